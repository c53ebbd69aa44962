//! `klachtpost register`: the register as a whole. `backup` takes a copy of it while the daemon runs, `copy` moves it to another
//! database while none does; both read through what they wrote.

use super::looking::{self, ended_by, register_at};
use super::printing::{Form, complain, progress, say};
use super::verify::verified;
use super::{Exit, failed};
use crate::config::{BadUrl, Config, DatabaseUrl, Postgres, SecretSource};
use crate::register::{Backup, ChainHead, Register, RegisterError, Verified};
use clap::Subcommand;
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to do with the register.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy it to a new file, as it stands at this moment, and prove the copy; klachtpost may run meanwhile
    #[command(
        after_help = "Example, for a timer of each night:\n  klachtpost register backup /var/backups/klachtpost-$(date +%F).db\n\nThe secret and the list of redactions that stand beside the register are copied along. Keep them as safe as it."
    )]
    Backup {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        form: Form,
    },
    /// Copy the register into another database, and prove the copy; no klachtpost may run on either
    #[command(
        after_help = "Examples:\n  klachtpost register copy --from sqlite:klachtpost.db --to sqlite:/srv/klachtpost.db\n  klachtpost register copy --from sqlite:klachtpost.db --to postgres://klachtpost@db.lease.example/klachtpost --to-password-file /etc/klachtpost/register.password\n\nAll of it is copied or nothing. The settings are not changed: name the new one in register.url afterwards. A password does not belong on a command line, where all can read it: where none is given, that of register.password_file serves for the user and servers of register.url."
    )]
    Copy {
        /// The register there is, as in register.url
        #[arg(long, value_name = "URL")]
        from: String,
        /// A file with the password for it, readable by you alone
        #[arg(long, value_name = "FILE")]
        from_password_file: Option<PathBuf>,
        /// The database it goes to: a new one, or one whose register is empty
        #[arg(long, value_name = "URL")]
        to: String,
        /// A file with the password for it, readable by you alone
        #[arg(long, value_name = "FILE")]
        to_password_file: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    let ended = match command {
        Command::Backup { file, form } => {
            back_up(&config, &file).await.map(|backup| tell(&config, &file, &backup, form))
        }
        Command::Copy { from, from_password_file, to, to_password_file, form } => {
            let from = with_password("--from", from, from_password_file, &config);
            let to = with_password("--to", to, to_password_file, &config);
            match (from, to) {
                (Ok(from), Ok(to)) => copy(&from, &to).await.map(|copied| copied.tell(form)),
                (Err(error), _) | (_, Err(error)) => return failed(&error, Exit::WrongUsage),
            }
        }
    };
    match ended {
        Ok(exit) => exit,
        Err(error @ (RegisterError::Backup { .. } | RegisterError::NotEmpty { .. } | RegisterError::InUse { .. })) => {
            failed(&error, Exit::FoundProblems)
        }
        Err(error) => ended_by(&error),
    }
}

/// A URL of the command line, with the password from its file, or from the settings where they are of that server and user.
///
/// # Errors
/// The file or the URL cannot be used, and the next step.
fn with_password(option: &str, url: String, file: Option<PathBuf>, config: &Config) -> Result<DatabaseUrl, String> {
    let url = DatabaseUrl::from(url);
    if !url.is_postgres() {
        let unused = format!("{option}-password-file: expected a PostgreSQL URL in {option}, found none; take it out");
        return if file.is_none() { Ok(url) } else { Err(unused) };
    }
    let bad = |bad: BadUrl| format!("{option}: found {}; {}", bad.found, bad.write);
    let database = Postgres::parse(&url).map_err(bad)?;
    if database.has_password() {
        complain(&format!(
            "{option}: a password on the command line stands in the list of processes and in the shell's history; next time use {option}-password-file"
        ));
    }
    let database = match (file, Postgres::parse(&config.register.url)) {
        (Some(file), _) => {
            let password =
                SecretSource::named(file).text().map_err(|error| format!("{option}-password-file: {error}"))?;
            let twice = |_| format!("{option}-password-file: found a password in {option} as well; take that one out");
            database.with_password(password).map_err(twice)?
        }
        (None, Ok(known)) => database.with_password_of(&known),
        (None, Err(_)) => database,
    };
    Ok(database.url())
}

/// A register in two places.
struct Copied {
    rows: i64,
    from: ChainHead,
    to: Verified,
}

async fn copy(from: &str, to: &str) -> Result<Copied, RegisterError> {
    let source = Register::open_existing(from).await?;
    let _source_is_ours = source.only_daemon(from).await?;
    let target = Register::open(to).await?;
    let _target_is_ours = target.only_daemon(to).await?;
    let rows = source.rows().await?;
    let bar = progress(rows, "rows");
    let copied = source.copy_to(&target, &mut |rows| bar.set_position(u64::try_from(rows).unwrap_or_default())).await;
    bar.finish_and_clear();
    copied?;
    let from = source.chain_head().await?;
    source.close().await;
    let verified = verified(&target).await?;
    target.close().await;
    Ok(Copied { rows, from, to: verified })
}

impl Copied {
    /// A copy is good when its chain ends as the first one's does, and nothing in it is amiss.
    fn tell(&self, form: Form) -> Exit {
        let Verified { events, cases, head, findings, .. } = &self.to;
        let is_same = *head == self.from;
        if form.is_json() {
            let head = json!({ "seq": head.seq, "hash": head.hash });
            let (rows, problems) = (self.rows, findings.len());
            say!(
                "{}",
                json!({ "rows": rows, "events": events, "cases": cases, "problems": problems, "head": head, "same": is_same })
            );
        } else {
            say!("{} rows copied: {events} events, {cases} cases, {} problems", self.rows, findings.len());
            findings.iter().for_each(|finding| say!("{}: {}", finding.place, finding.what));
            say!("Head of the chain: {} {}", head.seq, head.hash);
            if !is_same {
                say!("It was {} {} where it came from: do not use the copy.", self.from.seq, self.from.hash);
            }
            say!(
                "The secret of the letters is not in the register: give the new settings the same (desk.secret_file)."
            );
        }
        if is_same && findings.is_empty() { Exit::Done } else { Exit::FoundProblems }
    }
}

async fn back_up(config: &Config, file: &Path) -> Result<Backup, RegisterError> {
    let register = looking::register(config).await?;
    let bar = progress(register.chain_head().await?.seq, "events");
    let mut told = |events| bar.set_position(u64::try_from(events).unwrap_or_default());
    let backup = register.back_up(&config.register.url, file, &mut told).await;
    bar.finish_and_clear();
    register.close().await;
    backup
}

/// A copy of a register that somebody changed is kept: it may be all there is.
fn tell(config: &Config, file: &Path, backup: &Backup, form: Form) -> Exit {
    let Backup { size, verified, beside } = backup;
    let problems = verified.findings.len();
    if form.is_json() {
        let head = json!({ "seq": verified.head.seq, "hash": verified.head.hash });
        say!(
            "{}",
            json!({
                "register": register_at(config), "file": file, "size": size, "beside": beside, "events": verified.events,
                "cases": verified.cases, "problems": problems, "head": head,
            })
        );
    } else {
        let (events, cases) = (verified.events, verified.cases);
        say!("{}: {events} events, {cases} cases, {size} bytes, {problems} problems", file.display());
        beside.iter().for_each(|path| say!("{}", path.display()));
        say!("Head of the chain: {} {}", verified.head.seq, verified.head.hash);
        if problems > 0 {
            say!(
                "The register is not as klachtpost wrote it, and so is its copy: `klachtpost verify` says where. Keep an older backup."
            );
        }
    }
    if problems == 0 { Exit::Done } else { Exit::FoundProblems }
}
