//! `klachtpost route try`: new keywords, tried on the complaints there are; nothing is changed.

use super::looking::{self, ended_by, register_at};
use super::printing::{Form, counted, say};
use super::{Exit, failed};
use crate::case::{Case, CaseState};
use crate::config::{Config, tried_departments};
use crate::desk::routing::Routes;
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
        /// How many complaints, the newest
        #[arg(long, value_name = "N", default_value_t = 500)]
        last: usize,
        #[command(flatten)]
        form: Form,
    },
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    let Command::Try { file, last, form } = command;
    let tried = match tried_departments(&file, &config.department) {
        Ok(tried) => tried,
        Err(error) => return failed(&error, Exit::WrongUsage),
    };
    let (now, tried) = match (Routes::compile(&config.department), Routes::compile(&tried)) {
        (Ok(now), Ok(tried)) => (now, tried),
        (Err(error), _) | (_, Err(error)) => return failed(&error, Exit::WrongUsage),
    };
    match cases(&config, last).await {
        Ok(cases) => {
            let found = rehearse(&cases, &now, &tried);
            if form.is_json() {
                say!("{}", as_json(cases.len(), &found))
            } else {
                print(&config, cases.len(), &found)
            }
            Exit::Done
        }
        Err(error) => ended_by(&error),
    }
}

/// The last complaints as they came in, and where each ended.
async fn cases(config: &Config, last: usize) -> Result<Vec<Ended>, RegisterError> {
    let register = looking::register(config).await?;
    let (mut all, mut newest) = (register.cases(CaseQuery::All), VecDeque::new());
    while let Some(case) = all.next().await? {
        // What is confidential is read by nobody here, and what was redacted says nothing any more.
        let is_complaint = matches!(case.state, CaseState::Open | CaseState::Closed) && case.redacted_at.is_none();
        if is_complaint && case.confidential.is_none() {
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
    say!("{} tried, the newest in {}", counted(count, "complaint"), register_at(config));
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

fn as_json(count: usize, found: &Rehearsal) -> Value {
    let met = |met: Met| json!({ "precision": met.precision(), "recall": met.recall(), "right": met.right, "routed": met.routed });
    json!({
        "complaints": count,
        "moved": found.moved.iter().map(|one| json!({ "case": one.number, "from": one.from, "to": one.to, "ended": one.ended })).collect::<Vec<_>>(),
        "ties": found.ties.iter().map(|one| json!({ "case": one.number, "first": one.first, "others": one.others })).collect::<Vec<_>>(),
        "never_fired": found.never_fired.iter().map(|(department, keyword)| json!({ "department": department, "keyword": keyword })).collect::<Vec<_>>(),
        "departments": found.met.iter().map(|(name, both)| json!({ "name": name, "ended": both.tried.ended, "now": met(both.now), "new": met(both.tried) })).collect::<Vec<_>>(),
        "proposed": found.proposed.iter().map(|one| json!({ "department": one.department, "word": one.word, "right": one.right, "wrong": one.wrong })).collect::<Vec<_>>(),
    })
}
