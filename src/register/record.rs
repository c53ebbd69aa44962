//! Decisions, written down: the mails' dispositions, the events, what they make of the cases, and the finished letters, all in
//! one transaction (invariant 3), in statements whose number does not grow with them. The one place where cases change. Only
//! SQL and `apply`.

use super::caps::side_name;
use super::case_row::CaseRow;
use super::mails::{Identity, sha256, without_nul};
use super::seal::Reseal;
use super::sets::{rows_of, tuples};
use super::{RegisterError, Tx, millis, unreadable};
use crate::case::{Case, CaseNumber, Event, LetterId, MailboxName, Moment, What};
use crate::desk::draft::{Carried, Source};
use crate::desk::{Decision, Verdict, Within};
use crate::letters::{self, Letter};
use std::collections::{BTreeMap, BTreeSet};

/// Columns of a letter that is put in the outbox.
const LETTER_COLUMNS: usize = 17;
/// Columns of an attachment that it carries along.
const CARRIED_COLUMNS: usize = 9;

/// A finished letter and how it goes out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub letter: Letter,
    /// The department a staff letter binds; empty for a customer's (invariant 6).
    pub department: String,
    /// Why it does not go out by itself; None: it does.
    pub held_because: Option<String>,
    /// What it counts as for the caps of one address; may be empty (invariant 5).
    pub counted_as: String,
    /// Through which mailbox it was written; None: the first.
    pub mailbox: Option<MailboxName>,
}

/// A mail that was decided on.
#[derive(Debug, Clone)]
pub struct DecidedMail {
    pub id: i64,
    pub identity: Identity,
    pub verdict: Verdict,
}

/// A decision with its finished letters.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// The mail that it decides on.
    pub mail: Option<&'a DecidedMail>,
    pub decision: &'a Decision,
    pub letters: &'a [Outgoing],
    /// What its company has on file: nothing else is touched by it.
    pub within: &'a Within,
}

impl Tx {
    /// Writes decisions down, in their order. `salts` gives each event's payload its random salt.
    ///
    /// # Errors
    /// The database refused; drop the transaction and nothing of it happened.
    pub async fn record_all(
        &mut self,
        all: &[Recorded<'_>],
        now: Moment,
        salts: &mut (dyn FnMut() -> String + Send),
    ) -> Result<(), RegisterError> {
        self.decide_mails(all, now).await?;
        for one in all {
            for event in &one.decision.events {
                self.mark_mails(event, one.within).await?;
                self.mark_bundled(event).await?;
            }
        }
        self.change_cases(all).await?;
        let letters: Vec<&Outgoing> = all.iter().flat_map(|one| one.letters).collect();
        self.put_letters(&letters, now).await?;
        let events = self.with_seals(all, now).await?;
        self.append(&events, salts).await
    }

    /// One decision alone: see [`Tx::record_all`].
    ///
    /// # Errors
    /// As there.
    pub async fn record(
        &mut self,
        mail: Option<&DecidedMail>,
        decision: &Decision,
        letters: &[Outgoing],
        now: Moment,
        salts: &mut (dyn FnMut() -> String + Send),
    ) -> Result<(), RegisterError> {
        self.record_all(&[Recorded { mail, decision, letters, within: &Within::All }], now, salts).await
    }

    /// The events in their order, behind those of each decision the seal of its mail and letters.
    async fn with_seals(&mut self, all: &[Recorded<'_>], now: Moment) -> Result<Vec<Event>, RegisterError> {
        let mut wanted = Vec::new();
        for one in all {
            let mail = one.mail.map(|mail| mail.id);
            let letters: Vec<&LetterId> = one.letters.iter().map(|outgoing| &outgoing.letter.id).collect();
            let own = (mail.is_some() || !letters.is_empty()).then_some(Reseal { mail, letters });
            // Its row is another one now: what was sealed of it before no longer holds.
            let again = one
                .decision
                .events
                .iter()
                .filter(|event| matches!(event.what, What::Reconsidered { .. }) && event.mail != mail);
            let again = again.map(|event| Reseal { mail: event.mail, letters: Vec::new() });
            wanted.push(own.into_iter().chain(again).collect::<Vec<_>>());
        }
        let mut seals = self.seals(&wanted, now).await?.into_iter();
        let mut events = Vec::new();
        for (one, wanted) in all.iter().zip(&wanted) {
            events.extend(one.decision.events.iter().cloned());
            events.extend(seals.by_ref().take(wanted.len()));
        }
        Ok(events)
    }

    /// What an event says of mails stands in their rows too.
    async fn mark_mails(&mut self, event: &Event, within: &Within) -> Result<(), RegisterError> {
        match (&event.what, event.mail) {
            (What::AsideTold { letter, mails }, _) => self.note_told(mails, letter.as_ref()).await,
            (What::AdoptionAsked { adopts, .. }, _) => self.ask_to_adopt(adopts, event.at, within).await,
            (What::Reconsidered { disposition, reason }, Some(mail)) => {
                self.reconsider(mail, disposition, event.case, reason).await
            }
            _ => Ok(()),
        }
    }

    /// Makes of the cases what the events make of them.
    async fn change_cases(&mut self, all: &[Recorded<'_>]) -> Result<(), RegisterError> {
        let events = || all.iter().flat_map(|one| &one.decision.events);
        let opened: BTreeSet<CaseNumber> =
            events().filter(|event| matches!(event.what, What::Opened(_))).filter_map(|event| event.case).collect();
        let known: BTreeSet<CaseNumber> = events().filter_map(|event| event.case).collect();
        let known: Vec<CaseNumber> = known.difference(&opened).copied().collect();
        let known = self.load_cases(&known).await?;
        let mut cases: BTreeMap<CaseNumber, (Case, CaseRow)> =
            known.into_iter().map(|(number, case)| (number, (case, CaseRow::Known))).collect();
        for event in events() {
            let Some(number) = event.case else { continue };
            if let What::Opened(opened) = &event.what {
                cases.insert(number, (Case::open(number, event.at, opened), CaseRow::New));
                continue;
            }
            let known = cases.get_mut(&number);
            let (case, _) = known.ok_or_else(|| unreadable(format!("an event of the unknown case {number}")))?;
            case.apply(event);
        }
        for wanted in [CaseRow::New, CaseRow::Known] {
            let some: Vec<&Case> = cases.values().filter(|(_, row)| *row == wanted).map(|(case, _)| case).collect();
            self.save_cases(&some, wanted).await?;
        }
        Ok(())
    }

    async fn put_letters(&mut self, letters: &[&Outgoing], now: Moment) -> Result<(), RegisterError> {
        for some in letters.chunks(rows_of(LETTER_COLUMNS)) {
            let text = format!(
                "INSERT INTO outbox (id, kind, case_number, side, department, message_id, envelope_from, recipient, \
                 recipient_key, automatic, state, held_because, created_at, not_before, domain, counted_as, mailbox) VALUES {}",
                tuples(self.engine, LETTER_COLUMNS, some.len())
            );
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, outgoing| {
                let letter = &outgoing.letter;
                let state = if outgoing.held_because.is_some() { "held" } else { "queued" };
                query
                    .bind(letter.id.as_str())
                    .bind(letter.kind.name())
                    .bind(letter.case.map(|n| n.to_string()).unwrap_or_default())
                    .bind(side_name(letter.side))
                    .bind(&outgoing.department)
                    .bind(&letter.message_id)
                    .bind(&letter.envelope_from)
                    .bind(letter.to.as_str())
                    .bind(letter.to.key())
                    .bind(i64::from(letter.kind.is_automatic()))
                    .bind(state)
                    .bind(without_nul(outgoing.held_because.as_deref().unwrap_or_default()))
                    .bind(millis(now))
                    .bind(millis(now))
                    .bind(letter.to.domain().to_lowercase())
                    .bind(&outgoing.counted_as)
                    .bind(outgoing.mailbox.as_ref().map(MailboxName::as_str).unwrap_or_default())
            });
            query.execute(&mut *self.inner).await?;
            self.put_bytes(some).await?;
        }
        if !letters.is_empty() {
            self.wake().await?;
        }
        let carried: Vec<_> = letters.iter().flat_map(|outgoing| carried_rows(&outgoing.letter)).collect();
        for some in carried.chunks(rows_of(CARRIED_COLUMNS)) {
            self.put_carried(some).await?;
        }
        Ok(())
    }

    async fn put_bytes(&mut self, letters: &[&Outgoing]) -> Result<(), RegisterError> {
        let text = format!(
            "INSERT INTO letter (id, bytes, light_size, light_sha256) VALUES {}",
            tuples(self.engine, 4, letters.len())
        );
        let query = letters.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, outgoing| {
            let letter = &outgoing.letter;
            let light = letters::lighten(&letter.bytes, &letter.carried, letters::Apart::InItsMail);
            let size = i64::try_from(light.len()).unwrap_or_default();
            query.bind(letter.id.as_str()).bind(&letter.bytes[..]).bind(size).bind(sha256(&light))
        });
        query.execute(&mut *self.inner).await?;
        Ok(())
    }

    async fn put_carried(&mut self, rows: &[(&LetterId, i64, &Carried)]) -> Result<(), RegisterError> {
        let text = format!(
            "INSERT INTO letter_carried (letter_id, position, mail_id, part, of_letter, name, media_type, size, sha256) \
             VALUES {}",
            tuples(self.engine, CARRIED_COLUMNS, rows.len())
        );
        let query = rows.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (letter, position, carried)| {
            let (mail, part, of_letter) = match &carried.source {
                Source::Attachment { mail, index } => (Some(*mail), i64::try_from(*index).ok(), None),
                Source::Mail(mail) => (Some(*mail), None, None),
                Source::Letter(letter) => (None, None, Some(letter.as_str())),
            };
            query
                .bind(letter.as_str())
                .bind(*position)
                .bind(mail)
                .bind(part)
                .bind(of_letter)
                .bind(without_nul(&carried.name))
                .bind(without_nul(&carried.media_type))
                .bind(i64::try_from(carried.size).unwrap_or_default())
                .bind(&carried.sha256)
        });
        query.execute(&mut *self.inner).await?;
        Ok(())
    }
}

fn carried_rows(letter: &Letter) -> impl Iterator<Item = (&LetterId, i64, &Carried)> {
    (0..).zip(&letter.carried).map(|(position, carried)| (&letter.id, position, carried))
}
