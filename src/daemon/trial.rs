//! A trial: a mail that was in hand when the process died, or that its batch could not be read or decided on with, is tried
//! alone in a process of its own before it is taken in hand again. That process is this very program; it gets bytes through
//! a pipe, has an empty environment, opens no network, no register and no file, and is bounded in memory, stack and time.
//! Only what such a process comes to says something about the mail (invariant 1). The upper half asks, the lower half is
//! what runs in that process.

use super::WorkError;
use super::aside::read_again;
use super::office::{Office, house, own_letters};
use super::processors::anywhere;
use super::reading::{self, Read, Understood, arrival, incoming, parse};
use crate::case::{Keys, Moment};
use crate::config::{Config, StaffProof};
use crate::crash::{self, Breaks};
use crate::desk::{Arrival, Fresh, Rules, Snapshot, Stored, on_mail, understand, witness};
use crate::letters::{House, Internal, Letters, door};
use crate::mail::Mail;
use crate::register::{Failure, Pending, Wanted};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// This very program, also where its file was replaced by another version meanwhile.
pub(super) const OURSELVES: &str = "/proc/self/exe";
/// The hidden subcommand.
pub const COMMAND: &str = "trial";
/// What a process answers that came to its end.
pub const ENDED: &[u8] = b"ended\n";
/// How a process ends that was not asked what a trial is asked. That is no mail's fault: none waits for ever for it.
const NOT_ASKED: i32 = 2;
/// Failed trials that set a mail apart: two, so that one cosmic ray or one full disk of swap is none.
pub(super) const FAILED_MAX: i64 = 2;
/// Several times what the largest mail takes.
const TRIAL: Duration = Duration::from_secs(30);
/// So much of it in processor time,
const PROCESSOR_TIMES: u32 = 2;
/// and so much by the clock, on a machine that has much else to do.
const CLOCK_TIMES: u32 = 5;
/// Memory of a trial beside the program itself, in octets: for small mails, and for each octet that it is given.
const MEMORY: u64 = 128 << 20;
const MEMORY_PER_OCTET: u64 = 12;
/// The program, its libraries, its stack and what the allocator sets apart, in octets of address space.
const MAPPED: u64 = 128 << 20;
/// Somewhat less than a thread of the daemon has: what passes here passes there.
const STACK: u64 = (2 << 20) - (256 << 10);

/// Signals by which a process ends itself, or meets its limit of processor time. Any other came from outside.
const OWN_DOING: &[(Signal, &str)] = &[
    (Signal::ABORT, "SIGABRT"),
    (Signal::SEGV, "SIGSEGV"),
    (Signal::BUS, "SIGBUS"),
    (Signal::ILL, "SIGILL"),
    (Signal::FPE, "SIGFPE"),
    (Signal::TRAP, "SIGTRAP"),
    (Signal::SYS, "SIGSYS"),
    (Signal::XCPU, "SIGXCPU, its limit of time"),
];

/// What a trial is asked, beside the bytes of mails and letters.
#[derive(Serialize, Deserialize)]
struct Question<'a> {
    processor_seconds: u64,
    staff_proof: StaffProof,
    max_message_bytes: i64,
    pending: Cow<'a, Pending>,
    decision: Option<ToDecide>,
}

/// What deciding needs beside the mail.
#[derive(Serialize, Deserialize)]
struct ToDecide {
    config: Config,
    keys: Keys,
    known: Snapshot,
    now: Moment,
    arrival: Arrival,
    /// Whether the bytes of the answered letter are among those handed over.
    has_letter: bool,
}

/// What the trials of a mail came to.
enum Verdict {
    Stood,
    /// For people: why it is set apart.
    Failed(String),
    /// They prove nothing: it is tried again.
    Waits,
}

/// Reads these mails; one that was in hand before is alone, and is tried first. None: they are taken in hand again.
///
/// # Errors
/// The register cannot be used now.
pub(super) async fn read(office: &Arc<Office>, pending: Vec<Pending>) -> Result<Option<Vec<Read>>, WorkError> {
    let Some(tried) = pending.first().filter(|one| one.attempts > 0 && one.unreadable_because.is_none()) else {
        return Ok(reading::read(office, pending).await);
    };
    match verdict(office, tried, None).await? {
        Verdict::Stood => {}
        Verdict::Failed(reason) => return Ok(Some(apart(pending, &reason))),
        Verdict::Waits => return Ok(None),
    }
    let Some(read) = reading::read(office, pending).await else { return Ok(None) };
    let Some(Read { outcome: Ok(one), pending }) = read.first() else { return Ok(Some(read)) };
    let to_decide = to_decide(office, pending, one).await?;
    Ok(match verdict(office, pending, Some(to_decide)).await? {
        Verdict::Stood => Some(read),
        Verdict::Failed(reason) => Some(apart(read.into_iter().map(|read| read.pending), &reason)),
        Verdict::Waits => None,
    })
}

/// As what could not be read.
fn apart(pending: impl IntoIterator<Item = Pending>, reason: &str) -> Vec<Read> {
    pending.into_iter().map(|pending| Read { pending, outcome: Err(reason.to_owned()) }).collect()
}

/// The same snapshot that the decision will be made on, but for what others do meanwhile.
async fn to_decide(office: &Office, pending: &Pending, one: &Understood) -> Result<ToDecide, WorkError> {
    let now = office.clock.now();
    let mut tx = office.register.begin().await?;
    let mailbox = office.mailboxes.of_folder(&pending.mailbox);
    let (identity, lookup) = (&one.identity, one.intent.lookup());
    let wanted = Wanted { mail: pending.id, identity, lookup, within: &mailbox.within };
    let known = tx.snapshots(&[wanted]).await?.pop().unwrap_or_default();
    Ok(ToDecide {
        config: (*mailbox.config).clone(),
        keys: office.rules.keys.clone(),
        has_letter: known.letter_bytes.is_some(),
        known,
        now,
        arrival: arrival(mailbox, &pending.mailbox),
    })
}

/// Tries a mail until it stands, has failed twice, or a trial proves nothing.
async fn verdict(office: &Office, pending: &Pending, decision: Option<ToDecide>) -> Result<Verdict, WorkError> {
    let (failure, what) = match decision {
        None => (Failure::Reading, "reading it"),
        Some(_) => (Failure::Deciding, "deciding on it"),
    };
    let mailbox = office.mailboxes.of_folder(&pending.mailbox);
    let question = Question {
        processor_seconds: (crash::deadline(TRIAL) * PROCESSOR_TIMES).as_secs().max(1),
        staff_proof: mailbox.config.mailbox.staff_proof.clone(),
        max_message_bytes: reading::limit(mailbox),
        pending: Cow::Borrowed(pending),
        decision,
    };
    loop {
        match tried(office, &question).await {
            Ended::Well => return Ok(Verdict::Stood),
            Ended::Unproven(why) => {
                tracing::warn!(mail.id = pending.id, %why, "{what} alone proved nothing; the mail is tried again");
                return Ok(Verdict::Waits);
            }
            Ended::ByItself(how) => {
                tracing::error!(mail.id = pending.id, %how, "{what} ended a process of its own");
                crash::point("before counting a failed trial");
                let times = office.register.count_failure(pending.id, failure).await?;
                crash::point("after counting a failed trial");
                if times >= FAILED_MAX {
                    let reason = format!("{what} alone in a process of its own ended by {how}, twice");
                    return Ok(Verdict::Failed(reason));
                }
            }
        }
    }
}

/// How a trial ended.
enum Ended {
    Well,
    /// An abort, or a limit of its own.
    ByItself(String),
    /// It could not be started, or something else ended it.
    Unproven(String),
}

/// One trial. Asked to stop, it is ended, and proves nothing.
async fn tried(office: &Office, question: &Question<'_>) -> Ended {
    let deadline = crash::deadline(TRIAL) * CLOCK_TIMES;
    tokio::select! {
        () = office.stop.cancelled() => Ended::Unproven("klachtpost was asked to stop".to_owned()),
        ended = tokio::time::timeout(deadline, answered(office, question)) => match ended {
            Ok(Ok((status, answer))) => judged(status, &answer),
            Ok(Err(why)) => Ended::Unproven(why.to_string()),
            Err(_) => Ended::ByItself(format!("its deadline of {} seconds", deadline.as_secs_f64())),
        }
    }
}

async fn answered(office: &Office, question: &Question<'_>) -> std::io::Result<(ExitStatus, Vec<u8>)> {
    let json = serde_json::to_vec(question)?;
    let known = question.decision.as_ref().map(|decision| &decision.known);
    let stored = known.and_then(|known| known.stored.as_ref()).map(|stored| stored.raw.as_slice());
    let letter = known.and_then(|known| known.letter_bytes.as_deref());
    let mut command = Command::new(&office.program);
    command.arg(COMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut process = anywhere(|| command.spawn())?;
    crash::point("after starting a trial");
    let pipe = process.stdin.take();
    let hand_over = async {
        let Some(mut pipe) = pipe else { return };
        for part in [&json, &question.pending.raw, stored.unwrap_or_default(), letter.unwrap_or_default()] {
            // A process that ended reads no more; how it ended is what counts.
            let _ = pipe.write_all(&(part.len() as u64).to_be_bytes()).await;
            let _ = pipe.write_all(part).await;
        }
    };
    let ((), output) = tokio::join!(hand_over, process.wait_with_output());
    output.map(|output| (output.status, output.stdout))
}

fn judged(status: ExitStatus, answer: &[u8]) -> Ended {
    if status.success() && answer == ENDED {
        return Ended::Well;
    }
    if status.code() == Some(NOT_ASKED) {
        tracing::error!("a trial could not read what it was asked: a fault in klachtpost; please report it");
        return Ended::Well;
    }
    let own = OWN_DOING.iter().find(|(signal, _)| status.signal() == Some(signal.as_raw()));
    own.map_or_else(|| Ended::Unproven(status.to_string()), |(_, how)| Ended::ByItself((*how).to_owned()))
}

/// Why a trial could not be held; it proves nothing then.
#[derive(Debug, thiserror::Error)]
pub enum NoTrial {
    #[error("what was handed over is not what a trial is asked")]
    Question,
    #[error("the host does not give it the memory it may use")]
    Memory,
    #[error("the host does not let it be bounded: {0}")]
    Limit(#[from] rustix::io::Errno),
}

/// Tries the mail that was handed over, in this process, which does nothing else. Where it comes back, the mail stood; a
/// panic is caught here as it is in the daemon.
///
/// # Errors
/// It did not come to trying it.
pub fn stand(handed: &[u8]) -> Result<(), NoTrial> {
    // Nobody waits for the answer where the daemon is gone.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let mut rest = handed;
    let mut next = || part(&mut rest).ok_or(NoTrial::Question);
    let (json, raw, stored, letter) = (next()?, next()?, next()?, next()?);
    let question: Question<'_> = serde_json::from_slice(json).map_err(|_| NoTrial::Question)?;
    bound(question.processor_seconds, handed.len() as u64)?;
    let pending = Pending { raw: raw.to_vec(), ..question.pending.into_owned() };
    let parsed = parse(&pending, witness(&question.staff_proof), question.max_message_bytes);
    let (Some(mut decision), Ok(mail)) = (question.decision, parsed) else { return Ok(()) };
    decision.known.letter_bytes = decision.has_letter.then(|| letter.to_vec());
    let asked = decision.known.stored.take().map(|asked| Stored { raw: stored.to_vec(), ..asked });
    decision.known.stored = asked.map(|asked| read_again(asked, witness(&question.staff_proof)));
    // A panic is a failure like another, and is met again where the mail is decided on.
    let _ = catch_unwind(AssertUnwindSafe(|| decide(&decision, &pending, &mail)));
    Ok(())
}

/// The first length and so many octets.
fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<8>()?;
    let (part, after) = after.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(part)
}

/// What this process may use from now on. Where the host gives less than that even now, nothing that follows would be the
/// mail's doing.
fn bound(processor_seconds: u64, handed: u64) -> Result<(), NoTrial> {
    let memory = MEMORY + handed.saturating_mul(MEMORY_PER_OCTET);
    let octets = usize::try_from(memory).map_err(|_| NoTrial::Memory)?;
    Vec::<u8>::new().try_reserve_exact(octets).map_err(|_| NoTrial::Memory)?;
    lower(Resource::As, MAPPED + handed + memory)?;
    lower(Resource::Stack, STACK)?;
    lower(Resource::Cpu, processor_seconds)?;
    // A picture of this memory on disk would be a copy of the mail that nobody knows of.
    Ok(lower(Resource::Core, 0)?)
}

/// No limit that the host set is raised.
fn lower(resource: Resource, to: u64) -> rustix::io::Result<()> {
    let given = getrlimit(resource);
    let current = Some(given.current.map_or(to, |current| current.min(to)));
    setrlimit(resource, Rlimit { current, ..given })
}

/// Decides on the mail and writes the letters, for nobody.
fn decide(to: &ToDecide, pending: &Pending, mail: &Mail) -> Option<()> {
    let rules = Rules::new(&to.config, to.keys.clone()).ok()?;
    let incoming = incoming(pending, mail, to.arrival);
    let intent = understand(&incoming, &rules, to.now);
    crash::poison(Breaks::Deciding, mail.subject.as_bytes());
    let decision = on_mail(&incoming, &intent, &to.known, &rules, to.now, &mut Fresh::new([0; 32]));
    let (letters, house) = stationery(&to.config)?;
    let notes = to.known.notes();
    for draft in &decision.letters {
        if let Ok(letter) = letters.render(draft, &house, &rules.keys, to.now) {
            let _ = door(&letter, &Internal { keys: &rules.keys, notes: &notes, customers: &[] });
        }
    }
    Some(())
}

/// What the daemon writes with: the company's own letters as well, since one of them may be what does not end.
fn stationery(config: &Config) -> Option<(Letters, House)> {
    Some((Letters::checked_before(&own_letters(config)).ok()?, house(config).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Brand, Logo, TemplateFile, from_toml};

    const SETTINGS: &str = r#"
[desk]
name = "Voorbeeld Lease"
address = "klachten@lease.example"
[mailbox]
kind = "maildir"
path = "in"
accept_unproven_staff = true
[sender]
kind = "maildir"
path = "out"
[[department]]
name = "schade"
title = "Schade"
address = "schade@lease.example"
supervisor = "chef@lease.example"
fallback = true
"#;

    #[test]
    fn a_trial_writes_with_the_companys_own_letters_and_logo() {
        let mut config = from_toml(SETTINGS, "k.toml").unwrap();
        let text = crate::letters::ours("closing/nl.j2").unwrap().replace("Dank dat u het ons", "Fijn dat u het ons");
        config.templates.files = vec![TemplateFile { name: "closing/nl.j2".to_owned(), text }];
        let logo = Logo {
            content: vec![0x89, b'P', b'N', b'G', 0xff],
            media_type: "image/png".to_owned(),
            width: 1,
            height: 1,
            alt: None,
        };
        config.brand = Some(Brand { logo: Some(logo.clone()), ..Brand::default() });
        let handed = serde_json::to_vec(&config).unwrap();
        let (letters, house) = stationery(&serde_json::from_slice(&handed).unwrap()).unwrap();
        let shown = letters.preview(&house).unwrap();
        let closing = shown.iter().find(|one| one.name == "closing/nl.j2").unwrap();
        assert!(closing.html.contains("Fijn dat u het ons"));
        assert_eq!(house.brand.unwrap().logo.unwrap().content, logo.content);
    }
}
