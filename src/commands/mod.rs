//! The subcommands: each reads its arguments, calls the rooms' front doors, and prints. The only room that prints.
//! No rule is repeated here.

mod adopt;
mod case;
mod check;
mod completions;
mod day;
mod demo;
mod digest;
mod explain;
mod export;
mod ingest;
mod init;
mod instances;
mod login;
mod looking;
mod outbox;
mod own_mail;
mod page;
mod person;
mod printing;
mod register;
mod report;
mod retention;
mod round_trip;
mod route;
mod run;
mod templates;
mod trial;
mod verify;

use crate::clock::Clock;
use crate::config::{self, Config};
pub use crate::daemon::keep_together;
use crate::digest::month::Month;
use check::Sends;
use clap::{Parser, Subcommand};
use printing::{Form, complain};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Below the list of commands.
const HELP: &str = "\
Examples:
  klachtpost demo                                  a day and a half of complaints, without a server
  klachtpost --config klachtpost.toml check        is all as it should be?
  klachtpost case list --open --overdue            what is late
  klachtpost case show K-2026-000123               one complaint

Exit codes: 0 done, 1 problems found, 2 wrong usage, 75 try again later.
KLACHTPOST_LOG=debug says more on standard error; KLACHTPOST__SECTION__KEY gives a setting.";

/// Runs a company's complaints procedure entirely over e-mail.
#[derive(Debug, Parser)]
#[command(version, about, after_help = HELP)]
pub struct Arguments {
    /// Settings file; else $KLACHTPOST_CONFIG, else /etc/klachtpost/klachtpost.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

impl Arguments {
    /// Whether it goes on until it is stopped, or has a mailbox full to do.
    pub fn is_daemon(&self) -> bool {
        matches!(self.command, Command::Run { .. })
    }

    /// What is logged where nothing else is asked for: the demo tells its story itself.
    pub fn usual_log_level(&self) -> &'static str {
        match self.command {
            Command::Demo { .. } => "warn",
            _ => "info",
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch the mailbox and run the procedure
    #[command(after_help = "Examples:\n  klachtpost run\n  klachtpost run --once      from cron, or to try")]
    Run {
        /// Take in what is there, do what is due, empty the outbox, stop
        #[arg(long)]
        once: bool,
        /// The host's clock is right, whatever mail and register say against it
        #[arg(long)]
        trust_clock: bool,
    },
    /// Show the main job on a test clock; needs no server and no settings
    #[command(after_help = "Example:\n  klachtpost demo --dir /tmp/demo")]
    Demo {
        /// Where the mailboxes are made, and the page to look at [default: klachtpost-demo, in this folder]
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Let klachtpost into a mailbox of Microsoft 365 or Google as a person, once: see `oauth2` in the settings
    #[command(after_help = "Example:\n  klachtpost login      then open the page that it names, in a browser")]
    Login,
    /// Set a desk up with the mailbox you have: asks, tries it, and writes the settings
    #[command(
        after_help = "Examples:\n  klachtpost init                                 asks for everything\n  klachtpost --config k.toml init --company \"Voorbeeld Lease\" --address klachten@lease.example \\\n    --password-file pw --department klantenservice --department-address ks@lease.example --supervisor chef@lease.example"
    )]
    Init(init::Arguments),
    /// Try settings, templates, database, IMAP and SMTP; one line per finding
    #[command(
        after_help = "Example:\n  klachtpost --config klachtpost.toml check\n\nRun it as the user that klachtpost runs as: it makes the register where there is none."
    )]
    Check {
        #[command(flatten)]
        form: Form,
        /// Send test mails to itself, too, and see that they come back; they are taken away again
        #[arg(long)]
        send: bool,
    },
    /// Show what a mail says and what would be done about it; nothing is stored
    #[command(after_help = "Example:\n  klachtpost explain --received 2026-11-23T10:12:00+01:00 complaint.eml")]
    Explain {
        #[command(flatten)]
        form: Form,
        #[command(flatten)]
        by: explain::As,
        /// Mails to read, as files (.eml)
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Take in one mail from an MTA's pipe; exits 0 or 75 only
    #[command(after_help = "Example, in /etc/aliases:\n  klachten: \"|klachtpost ingest -\"")]
    Ingest {
        /// The mailbox it is of, by its name in the settings; else the first
        #[arg(long, value_name = "NAME")]
        mailbox: Option<String>,
        /// This machine's clock is right, whatever the database's says against it
        #[arg(long)]
        trust_clock: bool,
        /// A mail as a file, or - for standard input
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
    },
    /// List mails of our own folders that are not in the register, and take them in
    #[command(after_help = "Example, after a backup was restored:\n  klachtpost adopt\n  klachtpost adopt --yes")]
    Adopt {
        #[command(flatten)]
        form: Form,
        /// Take them in: with their true receipt, and a new number for each complaint
        #[arg(long)]
        yes: bool,
        /// Those too that bear another register's mark
        #[arg(long)]
        others: bool,
    },
    /// List cases, show one, or write its whole file
    #[command(subcommand)]
    Case(case::Command),
    /// Find all that is on file of somebody
    #[command(subcommand)]
    Person(person::Command),
    /// Show what is past its retention term, and blank it at your word
    #[command(subcommand)]
    Retention(retention::Command),
    /// Try new keywords on the complaints there are
    #[command(subcommand)]
    Route(route::Command),
    /// List letters, hold one back, let it go, or send it again
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// Show the digests of a day without sending them
    #[command(after_help = "Examples:\n  klachtpost digest\n  klachtpost digest --day 23-11-2026 --html digests.html")]
    Digest(digest::Arguments),
    /// Show the report of a month without sending it
    #[command(after_help = "Examples:\n  klachtpost report\n  klachtpost report --month 2026-10 --json")]
    Report {
        /// The month (2026-10); else the one before this
        #[arg(long, value_name = "MONTH")]
        month: Option<Month>,
        #[command(flatten)]
        form: Form,
    },
    /// List the instances that work on a PostgreSQL register: who holds what, since when, and last seen
    #[command(after_help = "Examples:\n  klachtpost instances\n  klachtpost instances --json")]
    Instances {
        #[command(flatten)]
        form: Form,
    },
    /// Back the register up while klachtpost runs, or copy it into another database
    #[command(subcommand)]
    Register(register::Command),
    /// List the letters, take one as your own, try it, and look at all of them
    #[command(subcommand)]
    Templates(templates::Command),
    /// Prove that nobody changed the past
    #[command(after_help = "Examples:\n  klachtpost verify\n  klachtpost verify --digest digest-of-may.eml")]
    Verify {
        /// A digest that was received earlier, saved as a file (.eml): the register must still hold the past it saw
        #[arg(long, value_name = "FILE")]
        digest: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
    /// Print what makes a shell complete these commands
    #[command(
        after_help = "Examples:\n  klachtpost completions bash > /etc/bash_completion.d/klachtpost\n  klachtpost completions fish | source"
    )]
    Completions {
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a folder; only who makes a package asks for it
    #[command(hide = true)]
    Manual { folder: PathBuf },
    /// Try one mail; only the daemon asks for it
    #[command(hide = true)]
    Trial,
}

/// Carries out what needs no settings, no log and no loops, where that is asked for.
pub fn run_alone(arguments: &Arguments) -> Option<Exit> {
    match &arguments.command {
        Command::Trial => Some(trial::run()),
        Command::Completions { shell } => Some(completions::print(*shell)),
        Command::Manual { folder } => Some(completions::manual(folder)),
        _ => None,
    }
}

/// How a command ended: the contract's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    FoundProblems,
    WrongUsage,
    TryAgainLater,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::FoundProblems => 1,
            Exit::WrongUsage => 2,
            Exit::TryAgainLater => 75,
        })
    }
}

/// Carries out a command line.
pub async fn run(arguments: Arguments) -> Exit {
    printing::ended(carry_out(arguments).await)
}

async fn carry_out(arguments: Arguments) -> Exit {
    let explicit = arguments.config.as_deref();
    match arguments.command {
        Command::Demo { dir } => demo::run(dir).await,
        Command::Explain { form, by, files } => explain::run(explicit, form, &by, &files),
        Command::Ingest { mailbox, trust_clock, file } => {
            ingest::run(explicit, mailbox.as_deref(), &file, clock(trust_clock)).await
        }
        Command::Check { form, send } => {
            check::run(explicit, form, if send { Sends::TestMails } else { Sends::Nothing }).await
        }
        Command::Init(arguments) => init::run(explicit, arguments).await,
        other => match settings(explicit, &other) {
            Err(exit) => exit,
            Ok(config) => with_settings(other, explicit, config).await,
        },
    }
}

fn clock(is_trusted: bool) -> Clock {
    if is_trusted { Clock::Trusted } else { Clock::System }
}

async fn with_settings(command: Command, explicit: Option<&Path>, config: Config) -> Exit {
    match command {
        Command::Run { once, trust_clock } => run::run(explicit, config, once, clock(trust_clock)).await,
        Command::Login => login::run(config).await,
        Command::Adopt { form, yes, others } => adopt::run(config, form, yes, others).await,
        Command::Case(command) => case::run(config, command).await,
        Command::Person(command) => person::run(config, command).await,
        Command::Retention(command) => retention::run(config, command).await,
        Command::Route(command) => route::run(config, command).await,
        Command::Outbox(command) => outbox::run(config, command).await,
        Command::Digest(arguments) => digest::run(config, arguments).await,
        Command::Report { month, form } => report::run(config, month, form).await,
        Command::Instances { form } => instances::run(config, form).await,
        Command::Register(command) => register::run(config, command).await,
        Command::Templates(command) => templates::run(&config, command),
        Command::Verify { digest, form } => verify::run(config, digest.as_deref(), form).await,
        Command::Demo { .. }
        | Command::Explain { .. }
        | Command::Ingest { .. }
        | Command::Check { .. }
        | Command::Init(_)
        | Command::Completions { .. }
        | Command::Manual { .. }
        | Command::Trial => Exit::WrongUsage,
    }
}

/// The settings, or the problems with them on standard error. Who only looks into the register needs no secrets.
fn settings(explicit: Option<&Path>, command: &Command) -> Result<Config, Exit> {
    let looks = matches!(
        command,
        Command::Person(_)
            | Command::Route(_)
            | Command::Outbox(_)
            | Command::Digest(_)
            | Command::Report { .. }
            | Command::Instances { .. }
            | Command::Register(_)
            | Command::Templates(_)
            | Command::Verify { .. }
    );
    let looks = looks || matches!(command, Command::Case(command) if !matches!(command, case::Command::Redact { .. }));
    let read =
        if looks { config::load_to_look(explicit, environment()) } else { config::load(explicit, environment()) };
    read.map_err(|error| {
        complain(&error);
        Exit::FoundProblems
    })
}

/// The environment's variables that are text; `std::env::vars` would panic on others.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Prints an error for a person and says how the command ended.
fn failed(error: &dyn std::fmt::Display, exit: Exit) -> Exit {
    complain(&format!("klachtpost: {error}"));
    exit
}
