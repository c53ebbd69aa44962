//! `klachtpost case redact`: blanks what is on file of a case at a person's word, takes the originals out of the mailbox, and
//! says what it cannot reach (§2.4.3, GDPR art. 17).

use super::super::looking::register_at;
use super::super::person::{self, Person};
use super::super::printing::{counted, say};
use super::super::{Exit, failed};
use super::no_case;
use crate::case::{Case, CaseNumber, DutyKind};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, OfficeError, Redacting, ToRedact, WorkError, catch_up, finish, redact, scope_of};
use crate::desk::{Disposition, Sought, StillNeeded, still_needed};
use crate::mailbox::Mailbox;
use crate::register::{RegisterError, Scope};

/// What a person says about it.
#[derive(Debug, clap::Args)]
pub struct Word {
    /// Why, e.g. "art. 17, asked on 3-11"; it stays on file, so name nobody in it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The ground for doing it although the case may still be needed: open, disputed, or within the committee's term
    #[arg(long, value_name = "TEXT")]
    ground: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub(in super::super) enum RedactError {
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Redacts one case with all its halves.
pub(super) async fn run(config: Config, number: CaseNumber, word: Word) -> Exit {
    match carry_out(config, number, word).await {
        Ok(exit) => exit,
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
}

async fn carry_out(config: Config, number: CaseNumber, word: Word) -> Result<Exit, RedactError> {
    let place = register_at(&config);
    if let Err(error @ RegisterError::Absent { .. }) = super::looking::register(&config).await {
        return Ok(failed(&error, Exit::FoundProblems));
    }
    let office = Office::open(config, Clock::System).await?;
    catch_up(&office).await?;
    let mut tx = office.register.begin().await?;
    let going_on = tx.cases_going_on(&[number]).await?.remove(&number);
    drop(tx);
    let Some(case) = going_on else { return Ok(no_case(number)) };
    let is_done = case.redacted_at.is_some_and(|at| at >= case.last_event_at);
    if !is_done {
        let needed = still_needed(&case, &office.mailboxes.of_case(&case).rules, office.clock.now());
        if !needed.is_empty() && word.ground.is_none() {
            return Ok(still_needed_for(&case, &needed));
        }
        let cases = case.absorbed.iter().copied().chain([case.number]).collect();
        let asked = ToRedact { cases, mails: Vec::new(), reason: word.reason, ground: word.ground };
        let scope = scope_of(&office, &asked).await?;
        if let Some(why) = letters_wait(&scope, asked.ground.as_deref()) {
            return Ok(failed(&format!("{} is not redacted: {why}", case.number), Exit::FoundProblems));
        }
        let person = others_of(&office, &case).await?;
        redact(&office, &asked, &scope).await?;
        done(&asked, &scope, &place);
        out_of_reach(&case, person.as_ref());
    }
    let told = finish_in_mailboxes(&office).await?;
    if is_done {
        say!("{} was redacted before; nothing of it is in {place}.", case.number);
    }
    let exit = tell_left(&told);
    office.register.close().await;
    Ok(exit)
}

/// A ground goes above its own customer's letters, and above nobody else's.
fn letters_wait(scope: &Scope, ground: Option<&str>) -> Option<String> {
    if scope.sending > 0 {
        return Some("a letter of it is being sent at this moment; next: try again in a minute".to_owned());
    }
    if scope.waiting_for_others > 0 {
        return Some(format!(
            "letters about other complaints wait that carry it: {}; next: try again when they went: klachtpost outbox list",
            scope.waiting_for_others
        ));
    }
    let waiting = counted(scope.waiting, "letter");
    let why =
        format!("{waiting} of it wait to be sent, and never would be; next: wait until they went, or give --ground");
    (scope.waiting > 0 && ground.is_none()).then_some(why)
}

fn still_needed_for(case: &Case, needed: &[StillNeeded]) -> Exit {
    let words = |needed: &StillNeeded| match needed {
        StillNeeded::Open => "it is open".to_owned(),
        StillNeeded::Disputed => "the committee has not ruled on it".to_owned(),
        StillNeeded::Committee(day) => format!("its customer can go to the committee until {day}"),
        StillNeeded::Guarded(kind) => format!("{} is guarded", guarded(*kind)),
        StillNeeded::Owed => "something is owed to its customer in writing".to_owned(),
    };
    let why: Vec<String> = needed.iter().map(words).collect();
    let number = case.number;
    failed(
        &format!(
            "{number} is not redacted: {}; next: wait, or give the ground for doing it now with --ground",
            why.join(", ")
        ),
        Exit::FoundProblems,
    )
}

fn guarded(kind: DutyKind) -> &'static str {
    super::timeline::duty(kind)
}

/// What else is on file of the same person, before nobody knows any more who that is.
async fn others_of(office: &Office, case: &Case) -> Result<Option<Person>, RegisterError> {
    let sought = case.customer.address.as_ref().and_then(|address| Sought::parse(address.as_str()));
    match sought {
        Some(sought) => Ok(Some(person::on_file(&office.register, &sought).await?)),
        None => Ok(None),
    }
}

fn done(asked: &ToRedact, scope: &Scope, place: &str) {
    let cases: Vec<String> = asked.cases.iter().map(ToString::to_string).collect();
    let letters = counted(scope.letters.len() + scope.beside.len(), "letter");
    say!(
        "Redacted {}: {} and {letters} are blanked in {place}, with what the events say of persons.",
        cases.join(", "),
        counted(scope.mails.len(), "mail")
    );
    say!("The timeline and the chain stay; `klachtpost verify` says what was redacted.");
    say!(
        "Listed in {place}.redacted: keep that file beside every backup, so that a restored register is redacted again."
    );
}

/// What stays, and where a person must look.
fn out_of_reach(case: &Case, person: Option<&Person>) {
    say!("Not reached, for a person to see to:");
    say!("  - letters in the mailboxes of the customer and of colleagues, digests and reports among them");
    say!("  - backups of the register and of the mailbox, the mail server's bin and logs");
    say!("  - what was printed, saved or passed on");
    let others = person.iter().flat_map(|person| &person.cases).filter(|other| {
        other.number != case.number && !case.absorbed.contains(&other.number) && other.redacted_at.is_none()
    });
    let others: Vec<String> = others.map(|other| other.number.to_string()).collect();
    if !others.is_empty() {
        say!("  - other cases of the same person, or that name them: {}", others.join(", "));
    }
    let aside = person.iter().flat_map(|person| &person.mails).map(|(mail, _)| mail);
    let aside = aside.filter(|mail| mail.case.is_none() && mail.disposition == Some(Disposition::SetAside));
    let aside: Vec<String> = aside.map(|mail| mail.id.to_string()).collect();
    if !aside.is_empty() {
        say!("  - mails put aside that name the same address: {}", aside.join(", "));
    }
}

/// What is left of all that is listed, with each mailbox that can be had.
pub(in super::super) async fn finish_in_mailboxes(office: &Office) -> Result<Redacting, RedactError> {
    let (mut told, mut unreached) = (Redacting::default(), None);
    for office in office.each() {
        let opened = match office.mailbox_now().await {
            Ok(settings) => Mailbox::open(&settings).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        told = match opened {
            Ok(mut mailbox) => {
                let told = finish(&office, Some(&mut mailbox)).await?;
                mailbox.close().await;
                told
            }
            Err(why) => {
                unreached.get_or_insert(why);
                finish(&office, None).await?
            }
        };
    }
    // What the last of them leaves is left; why it could not be had says more.
    Ok(Redacting { not_removed: told.not_removed.map(|left| unreached.unwrap_or(left)), ..told })
}

/// Says what is not done yet.
pub(in super::super) fn tell_left(told: &Redacting) -> Exit {
    if let Some(why) = &told.not_removed {
        say!("Originals may still be in the mailbox's own folders ({why}).");
    } else {
        say!("The originals are out of the mailbox's own folders.");
    }
    if let Some(why) = &told.not_purged {
        say!("Remains may still be in unused room of the register's file ({why}).");
    }
    if told.not_removed.is_some() || told.not_purged.is_some() {
        say!("`klachtpost run` does what is left when it next starts, and so does this command.");
        return Exit::TryAgainLater;
    }
    Exit::Done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_goes_above_letters_of_the_case_alone() {
        let scope =
            |waiting, waiting_for_others, sending| Scope { waiting, waiting_for_others, sending, ..Scope::default() };
        assert_eq!(letters_wait(&scope(0, 0, 0), None), None);
        assert_eq!(letters_wait(&scope(2, 0, 0), Some("art. 17")), None);
        assert!(letters_wait(&scope(2, 0, 0), None).unwrap().starts_with("2 letters of it wait"));
        assert!(letters_wait(&scope(2, 3, 0), Some("art. 17")).unwrap().contains("that carry it: 3; next: "));
        assert!(letters_wait(&scope(1, 0, 1), Some("art. 17")).unwrap().contains("is being sent"));
    }
}
