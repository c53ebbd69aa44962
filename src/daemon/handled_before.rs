//! Mails that are on file and not decided on, and lie in a folder for handled mail all the same: only what is decided on is moved,
//! so a register that was lost had decided on them (invariant 2). After a backup was restored each of them may have a number and
//! an acknowledgement: neither is given a second time, and a person is told (invariant 1).

use super::comparing::own_folders;
use super::office::Office;
use super::settle::{Decided, Desk, Happening, Written, settle};
use super::{Step, WorkError};
use crate::desk::on_handled_before;
use crate::mail;
use crate::register::{Identity, Probe, RegisterError, Tx, Undecided};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A mail of an own folder, and the year whose numbers it may have had one of.
pub(super) struct Found<'a> {
    pub place: usize,
    pub probe: &'a Probe,
    pub year: i32,
}

/// Sets those aside that are undecided here; the places of what they are.
///
/// # Errors
/// The register refused.
pub(super) async fn set_aside(office: &Office, found: &[Found<'_>]) -> Result<HashSet<usize>, WorkError> {
    let waiting = waiting(office).await?;
    if found.is_empty() || waiting.is_empty() {
        return Ok(HashSet::new());
    }
    let (mut places, mut handled): (HashSet<usize>, HashMap<i64, Handled>) = (HashSet::new(), HashMap::new());
    for Found { place, probe, year } in found {
        for mail in waiting.iter().filter(|mail| may_be(mail, probe)) {
            let head = office.register.head_of(mail.id).await?;
            let message_id = mail::read(headers(&head), "").message_id.unwrap_or_default();
            if message_id != probe.message_id || message_id.is_empty() && !agrees(mail, probe) {
                continue;
            }
            places.insert(*place);
            handled.entry(mail.id).or_insert(Handled { mail: mail.id, message_id, year: *year });
        }
    }
    let office = Arc::new(office.under(office.register.clone()));
    for one in handled.into_values() {
        match settle(&office, &[one]).await {
            Ok(Step::Worked | Step::Idle) | Err(WorkError::Register(RegisterError::Decided { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(places)
}

/// What came into this mailbox and waits. What lies in an own folder waits because a person asked to take it in.
async fn waiting(office: &Office) -> Result<Vec<Undecided>, WorkError> {
    let own: Vec<String> = own_folders(&office.config.mailbox).into_iter().map(|(name, _)| name).collect();
    let is_here = |mail: &Undecided| office.mailbox_name().has(&mail.mailbox) && !own.contains(&mail.mailbox);
    Ok(office.register.undecided().await?.into_iter().filter(is_here).collect())
}

/// A server may state the receipt or the size otherwise than before the move.
fn may_be(mail: &Undecided, probe: &Probe) -> bool {
    is_of_that_second(mail, probe) || mail.size == probe.size
}

/// Of a mail without an id both must be the same.
fn agrees(mail: &Undecided, probe: &Probe) -> bool {
    is_of_that_second(mail, probe) && mail.size == probe.size
}

fn is_of_that_second(mail: &Undecided, probe: &Probe) -> bool {
    probe.received_at.is_some_and(|at| at.timestamp() == mail.received_at.timestamp())
}

/// Up to the empty line: the mail itself is not read outside of its trial.
fn headers(head: &[u8]) -> &[u8] {
    let ends = [&b"\r\n\r\n"[..], b"\n\n"].map(|end| head.windows(end.len()).position(|window| window == end));
    let end = ends.into_iter().flatten().min();
    end.and_then(|end| head.get(..end + 2)).unwrap_or(head)
}

struct Handled {
    mail: i64,
    message_id: String,
    year: i32,
}

impl Happening for Handled {
    type Known = ();
    type Working = ();
    const POINTS: [&'static str; 2] = ["before recording decisions", "after recording decisions"];

    fn decide(&self, (): (), _working: &mut (), desk: &mut Desk<'_>) -> Option<Decided> {
        // Its content is not read: nothing is taken for the same mail because of it.
        let identity = Identity { message_id: self.message_id.clone(), content_hash: String::new() };
        let decision = on_handled_before(self.mail, desk.now);
        Some(Decided { mail: Some((self.mail, identity)), ..Decided::through(decision, desk.office.mailbox_name()) })
    }

    /// It may have had a number.
    async fn mark(&self, tx: &mut Tx, _office: &Office, _written: &Written) -> Result<(), WorkError> {
        Ok(tx.keep_free(self.year, 1).await?)
    }

    fn told(&self, _written: &Written) {
        tracing::warn!(
            mail.id = self.mail,
            "a mail that was not decided on lies in a folder for handled mail: it is put aside, and a person is told"
        );
    }
}
