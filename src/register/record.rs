//! A decision, written down: the mail's disposition, the events, what they make of the cases, and the finished
//! letters, all in one transaction (invariant 3). The one place where cases change. Only SQL and `apply`.

use super::caps::side_name;
use super::cases::CaseRow;
use super::mails::{Identity, sha256, without_nul};
use super::{RegisterError, Tx, millis, unreadable};
use crate::case::{Case, CaseNumber, Event, LetterId, Moment, What};
use crate::desk::Decision;
use crate::desk::draft::Source;
use crate::letters::{self, Letter};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
}

impl Tx {
    /// Writes a decision down. `salts` gives each event's payload its random salt.
    ///
    /// # Errors
    /// The database refused; drop the transaction and nothing of it happened.
    pub async fn record(
        &mut self,
        mail: Option<(i64, &Identity)>,
        decision: &Decision,
        letters: &[Outgoing],
        now: Moment,
        salts: &mut (dyn FnMut() -> String + Send),
    ) -> Result<(), RegisterError> {
        if let Some((mail, identity)) = mail {
            self.decide_mail(mail, identity, decision, now).await?;
        }
        let mut cases = BTreeMap::new();
        for event in &decision.events {
            self.append(event, &salts()).await?;
            self.mark_mails(event).await?;
            self.mark_bundled(event).await?;
            self.apply(&mut cases, event).await?;
        }
        for (case, row) in cases.values() {
            self.save_case(case, *row).await?;
        }
        for outgoing in letters {
            self.put_letter(outgoing, now).await?;
        }
        if mail.is_some() || !letters.is_empty() {
            let written: Vec<&LetterId> = letters.iter().map(|outgoing| &outgoing.letter.id).collect();
            self.seal(mail.map(|(mail, _)| mail), &written, now, &salts()).await?;
        }
        for event in &decision.events {
            // Its row is another one now: what was sealed of it before no longer holds.
            if matches!(event.what, What::Reconsidered { .. }) && event.mail != mail.map(|(mail, _)| mail) {
                self.seal(event.mail, &[], now, &salts()).await?;
            }
        }
        Ok(())
    }

    /// What an event says of mails stands in their rows too.
    async fn mark_mails(&mut self, event: &Event) -> Result<(), RegisterError> {
        match (&event.what, event.mail) {
            (What::AsideTold { letter, mails }, _) => self.note_told(mails, letter.as_ref()).await,
            (What::AdoptionAsked { adopts, .. }, _) => self.ask_to_adopt(adopts, event.at).await,
            (What::Reconsidered { disposition, reason }, Some(mail)) => {
                self.reconsider(mail, disposition, event.case, reason).await
            }
            _ => Ok(()),
        }
    }

    async fn apply(
        &mut self,
        cases: &mut BTreeMap<CaseNumber, (Case, CaseRow)>,
        event: &Event,
    ) -> Result<(), RegisterError> {
        let Some(number) = event.case else { return Ok(()) };
        if let What::Opened(opened) = &event.what {
            cases.insert(number, (Case::open(number, event.at, opened), CaseRow::New));
            return Ok(());
        }
        let (case, _) = match cases.entry(number) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let case = self.load_case(number).await?;
                let case = case.ok_or_else(|| unreadable(format!("an event of the unknown case {number}")))?;
                place.insert((case, CaseRow::Known))
            }
        };
        case.apply(event);
        Ok(())
    }

    async fn put_letter(&mut self, outgoing: &Outgoing, now: Moment) -> Result<(), RegisterError> {
        let letter = &outgoing.letter;
        let state = if outgoing.held_because.is_some() { "held" } else { "queued" };
        sqlx::query(
            "INSERT INTO outbox (id, kind, case_number, side, department, message_id, envelope_from, recipient, \
             recipient_key, automatic, state, held_because, created_at, not_before, domain, counted_as) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15)",
        )
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
        .bind(letter.to.domain().to_lowercase())
        .bind(&outgoing.counted_as)
        .execute(&mut *self.inner)
        .await?;
        let light = letters::lighten(&letter.bytes, &letter.carried, letters::Apart::InItsMail);
        sqlx::query("INSERT INTO letter (id, bytes, light_size, light_sha256) VALUES ($1, $2, $3, $4)")
            .bind(letter.id.as_str())
            .bind(&letter.bytes[..])
            .bind(i64::try_from(light.len()).unwrap_or_default())
            .bind(sha256(&light))
            .execute(&mut *self.inner)
            .await?;
        for (position, carried) in letter.carried.iter().enumerate() {
            let (mail, part, of_letter) = match &carried.source {
                Source::Attachment { mail, index } => (Some(*mail), i64::try_from(*index).ok(), None),
                Source::Mail(mail) => (Some(*mail), None, None),
                Source::Letter(letter) => (None, None, Some(letter.as_str())),
            };
            sqlx::query(
                "INSERT INTO letter_carried (letter_id, position, mail_id, part, of_letter, name, media_type, size, \
                 sha256) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(letter.id.as_str())
            .bind(i64::try_from(position).unwrap_or_default())
            .bind(mail)
            .bind(part)
            .bind(of_letter)
            .bind(without_nul(&carried.name))
            .bind(without_nul(&carried.media_type))
            .bind(i64::try_from(carried.size).unwrap_or_default())
            .bind(&carried.sha256)
            .execute(&mut *self.inner)
            .await?;
        }
        Ok(())
    }
}
