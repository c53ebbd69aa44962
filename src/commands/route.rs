//! `klachtpost route try`: new keywords, tried on the complaints there are; nothing is changed.

use super::looking::{self, ended_by, register_at};
use super::printing::{Form, complain, counted, say};
use super::{Exit, failed};
use crate::case::{Case, CaseState, MailboxName};
use crate::config::{Config, Department, tried_departments};
use crate::desk::routing::{Routes, RoutesError};
use crate::desk::{Ended, Met, Rehearsal, rehearse};
use crate::mail;
use crate::register::{CaseQuery, Register, RegisterError};
use clap::Subcommand;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::PathBuf;

/// Lines of one kind that are shown; `--json` has all.
const LINES_MAX: usize = 20;

/// What to do with keywords.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try new keywords on the last complaints: what would move, what never fires, how well each department is met
    #[command(after_help = "Example:\n  klachtpost route try keywords.toml --last 200")]
    Try {
        /// Settings, or nothing but the departments with `name` and `keywords` for each
        #[arg(value_name = "NEW.toml")]
        file: PathBuf,
        /// How many complaints of each mailbox, the newest
        #[arg(long, value_name = "N", default_value_t = 500)]
        last: usize,
        /// Only those of this mailbox, by its name in the settings; else of each
        #[arg(long, value_name = "NAME")]
        mailbox: Option<String>,
        #[command(flatten)]
        form: Form,
    },
}

/// A mailbox, and where its complaints go by the keywords of now and by those that are tried.
struct Tried {
    config: Config,
    now: Routes,
    tried: Routes,
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    let Command::Try { file, last, mailbox, form } = command;
    let tried = match tried_departments(&file, &config.department) {
        Ok(tried) => tried,
        Err(error) => return failed(&error, Exit::WrongUsage),
    };
    let wanted: Vec<&MailboxName> = config.mailboxes().map(|one| &one.name).collect();
    let wanted = match &mailbox {
        None => wanted,
        Some(name) => match wanted.iter().find(|one| one.as_str() == name) {
            Some(only) => vec![*only],
            None => {
                let found = format!("found \"{}\"", name.escape_debug());
                return failed(&format!("--mailbox: expected a mailbox of the settings, {found}"), Exit::WrongUsage);
            }
        },
    };
    for name in wanted {
        let done = match tried_of(&config, &tried, name) {
            Ok(tried) => try_one(&tried, last, form).await,
            // Of another company, whose departments are not tried.
            Err(RoutesError::NoFallback) if mailbox.is_none() && config.mailboxes().count() > 1 => {
                complain(&format!(
                    "mailbox {name}: not tried, {} has no department that gets what no keyword meets",
                    file.display()
                ));
                continue;
            }
            Err(error) => return failed(&error, Exit::WrongUsage),
        };
        if let Err(error) = done {
            return ended_by(&error);
        }
    }
    Exit::Done
}

/// A mailbox sends its complaints to the departments it feeds only.
fn tried_of(config: &Config, tried: &[Department], name: &MailboxName) -> Result<Tried, RoutesError> {
    let (now, with_tried) = (config.of_mailbox(name), Config { department: tried.to_vec(), ..config.clone() });
    let (before, after) = (now.fed_departments(), with_tried.of_mailbox(name).fed_departments());
    Ok(Tried { now: Routes::compile(&before)?, tried: Routes::compile(&after)?, config: now })
}

async fn try_one(of: &Tried, last: usize, form: Form) -> Result<(), RegisterError> {
    let cases = cases(&of.config, last).await?;
    let found = rehearse(&cases, &of.now, &of.tried);
    if form.is_json() {
        say!("{}", as_json(&of.config, cases.len(), &found))
    } else {
        print(&of.config, cases.len(), &found)
    }
    Ok(())
}

/// The last complaints of the mailbox as they came in, and where each ended.
async fn cases(config: &Config, last: usize) -> Result<Vec<Ended>, RegisterError> {
    let register = looking::register(config).await?;
    let (mut all, mut newest) = (register.cases(CaseQuery::All), VecDeque::new());
    while let Some(case) = all.next().await? {
        // What is confidential is read by nobody here, and what was redacted says nothing any more.
        let is_complaint = matches!(case.state, CaseState::Open | CaseState::Closed) && case.redacted_at.is_none();
        if is_complaint && case.confidential.is_none() && is_of_mailbox(&case, config) {
            newest.push_back(case);
            if newest.len() > last {
                newest.pop_front();
            }
        }
    }
    let mut ended = Vec::with_capacity(newest.len());
    for case in newest {
        ended.push(ended_of(&register, case).await?);
    }
    Ok(ended)
}

/// Of the mailbox in hand; the first has also what came by none of today's.
fn is_of_mailbox(case: &Case, config: &Config) -> bool {
    let known = case.mailbox.as_ref().filter(|name| config.mailboxes().any(|one| one.name == **name));
    known.or_else(|| config.mailboxes().next().map(|first| &first.name)) == Some(&config.mailbox.name)
}

async fn ended_of(register: &Register, case: Case) -> Result<Ended, RegisterError> {
    let first = register.mails_of_case(case.number).await?.into_iter().next();
    let raw = match first {
        Some(mail) => register.raw_mail(mail.id).await?,
        None => None,
    };
    let to = raw.map(|raw| mail::read(&raw, "").receivers()).unwrap_or_default();
    Ok(Ended { to, ..Ended::of(&case) })
}

fn print(config: &Config, count: usize, found: &Rehearsal) {
    let several = config.mailboxes().count() > 1;
    let of = if several { format!(" of mailbox {}", config.mailbox.name) } else { String::new() };
    say!("{} tried{of}, the newest in {}", counted(count, "complaint"), register_at(config));
    say!("\n{:<16} {:>6}  {:<22} recall now -> new", "Department", "ended", "precision now -> new");
    let percent = |of: fn(Met) -> Option<usize>, now: Met, tried: Met| {
        let one = |met| of(met).map_or("-".to_owned(), |percent| format!("{percent}%"));
        format!("{} -> {}", one(now), one(tried))
    };
    for (department, met) in &found.met {
        let (precision, recall) =
            (percent(Met::precision, met.now, met.tried), percent(Met::recall, met.now, met.tried));
        say!("{}", format!("{department:<16} {:>6}  {precision:<22} {recall:<22}", met.tried.ended).trim_end());
    }
    let moved = found.moved.iter().map(|one| {
        let is_right = if one.to == one.ended { "right" } else { "wrong" };
        format!("{}  {} -> {}, ended in {} ({is_right})", one.number, one.from, one.to, one.ended)
    });
    lines("Would move", moved);
    let ties = found
        .ties
        .iter()
        .map(|one| format!("{}  {}, before {} in the settings", one.number, one.first, one.others.join(", ")));
    lines("Equal claims: the first department of the settings gets it", ties);
    lines("Never fired", found.never_fired.iter().map(|(department, keyword)| format!("{department}: {keyword}")));
    let words = found
        .proposed
        .iter()
        .map(|one| format!("{}: {} (right {}, wrong {})", one.department, one.word, one.right, one.wrong));
    lines("Words of what still goes wrong, that would route it right", words);
}

fn lines(title: &str, all: impl ExactSizeIterator<Item = String>) {
    let count = all.len();
    if count == 0 {
        return;
    }
    say!("\n{title}: {count}");
    all.take(LINES_MAX).for_each(|line| say!("  {line}"));
    if count > LINES_MAX {
        say!("  and {} more (--json has all)", count - LINES_MAX);
    }
}

fn as_json(config: &Config, count: usize, found: &Rehearsal) -> Value {
    let met = |met: Met| json!({ "precision": met.precision(), "recall": met.recall(), "right": met.right, "routed": met.routed });
    json!({
        "mailbox": config.mailbox.name,
        "complaints": count,
        "moved": found.moved.iter().map(|one| json!({ "case": one.number, "from": one.from, "to": one.to, "ended": one.ended })).collect::<Vec<_>>(),
        "ties": found.ties.iter().map(|one| json!({ "case": one.number, "first": one.first, "others": one.others })).collect::<Vec<_>>(),
        "never_fired": found.never_fired.iter().map(|(department, keyword)| json!({ "department": department, "keyword": keyword })).collect::<Vec<_>>(),
        "departments": found.met.iter().map(|(name, both)| json!({ "name": name, "ended": both.tried.ended, "now": met(both.now), "new": met(both.tried) })).collect::<Vec<_>>(),
        "proposed": found.proposed.iter().map(|one| json!({ "department": one.department, "word": one.word, "right": one.right, "wrong": one.wrong })).collect::<Vec<_>>(),
    })
}
