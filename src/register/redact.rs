//! Redaction: what is on file of a person is blanked, in one transaction, and the chain says so (invariant 8). Events keep
//! their place and their kind; what they say is said without persons, and proven by the event that blanked it. Only SQL and
//! hashing; whether it may be done is decided elsewhere.

use super::case_row::CaseRow;
use super::chain::{Link, payload_hash};
use super::engine::{Begin, Engine};
use super::outbox::REDACTED;
use super::redact_scope::Scope;
use super::redactions::RedactionEntry;
use super::seal::Reseal;
use super::sets::{numbered, rows_of};
use super::{Register, RegisterError, Tx, millis, unreadable};
use crate::case::{
    Actor, Blanks, Case, CaseNumber, Event, LetterId, MailboxName, Moment, Redacted, RedactedEvent, What,
};
use crate::desk::caps::Cap;
use futures_util::TryStreamExt;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whom it was for.
const NOBODY: &str = "nobody@redacted.invalid";

/// Tables of which something is blanked. PostgreSQL writes them anew one after the other, and holds each while it does.
const BLANKED: [&str; 10] = [
    "mail",
    "mail_raw",
    "cases",
    "event",
    "event_payload",
    "outbox",
    "letter",
    "letter_carried",
    "refused_first",
    "not_on_file",
];
/// By one klachtpost at a time, be it an instance or a command: held by the connection, and free when that ends.
const ONE_AT_A_TIME: &str =
    "SELECT CASE WHEN pg_try_advisory_lock(hashtext('klachtpost writes its tables anew')) THEN 1 ELSE 0 END";

/// What became of writing the file or the tables anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purged {
    Here,
    /// Another klachtpost is at it.
    Elsewhere,
}

/// What was done of an entry that was blanked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedactionStage {
    pub purged: bool,
    pub removed: bool,
}

const EVENT: &str = "SELECT event.seq, at, case_number, kind, actor, mail_id, previous_hash, body FROM event \
                     JOIN event_payload ON event_payload.seq = event.seq";
/// Events of no case that tell of letters.
const OF_LETTERS: &str = "case_number = '' AND kind IN ('sealed', 'letter_fate', 'letter_written', 'letter_resent')";

impl Register {
    /// How far entries were carried out in this register, of each that was blanked in it.
    ///
    /// # Errors
    /// The database refused.
    pub async fn redaction_stages(&self) -> Result<HashMap<String, RedactionStage>, RegisterError> {
        let rows = sqlx::query("SELECT entry, purged_at, removed_at FROM redaction").fetch_all(&self.pool).await?;
        let is = |row: &AnyRow, column| Ok::<bool, RegisterError>(row.try_get::<Option<i64>, _>(column)?.is_some());
        let done = |row: &AnyRow| Ok((row.try_get(0)?, RedactionStage { purged: is(row, 1)?, removed: is(row, 2)? }));
        rows.iter().map(done).collect()
    }

    /// What machines' lists say of each entry that was blanked here; empty where none has told.
    ///
    /// # Errors
    /// The database refused.
    pub async fn redactions_told(&self) -> Result<HashMap<String, String>, RegisterError> {
        let rows = sqlx::query("SELECT entry, listed FROM redaction").fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// How many these are: asked each minute.
    ///
    /// # Errors
    /// The database refused.
    pub async fn count_redactions(&self) -> Result<i64, RegisterError> {
        let text = "SELECT CAST(count(*) AS BIGINT) FROM redaction";
        Ok(sqlx::query(text).fetch_one(&self.pool).await?.try_get(0)?)
    }

    /// Tells other machines of entries that were blanked before they could be told.
    ///
    /// # Errors
    /// The database refused.
    pub async fn tell_redactions(&self, told: &[(String, String)]) -> Result<(), RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        for (entry, listed) in told {
            let tell = sqlx::query("UPDATE redaction SET listed = $2 WHERE entry = $1 AND listed = ''");
            tell.bind(entry).bind(listed).execute(&mut *tx.inner).await?;
        }
        tx.commit().await
    }

    /// The originals of these entries are out of that mailbox; whether they are out of all of these.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_removed_from(
        &self,
        mailbox: &MailboxName,
        entries: &[String],
        all: &[MailboxName],
    ) -> Result<bool, RegisterError> {
        if all == std::slice::from_ref(mailbox) {
            return Ok(true);
        }
        let mut tx = self.begin_as(Begin::Apart).await?;
        let mut left = 0;
        for entry in entries {
            let note =
                sqlx::query("INSERT INTO redaction_removed (entry, mailbox) VALUES ($1, $2) ON CONFLICT DO NOTHING");
            note.bind(entry).bind(mailbox.as_str()).execute(&mut *tx.inner).await?;
            let text = format!(
                "SELECT CAST(count(*) AS BIGINT) FROM redaction_removed WHERE entry = $1 AND mailbox IN ({})",
                numbered(2, all.len())
            );
            let query = sqlx::query(AssertSqlSafe(text)).bind(entry);
            let query = all.iter().fold(query, |query, name| query.bind(name.as_str()));
            let from: i64 = query.fetch_one(&mut *tx.inner).await?.try_get(0)?;
            left += usize::from(usize::try_from(from).unwrap_or_default() < all.len());
        }
        tx.commit().await?;
        Ok(left == 0)
    }

    /// The originals of all that was blanked are out of all mailboxes.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_removed(&self, now: Moment) -> Result<(), RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        let note = sqlx::query("UPDATE redaction SET removed_at = $1 WHERE removed_at IS NULL");
        note.bind(millis(now)).execute(&mut *tx.inner).await?;
        sqlx::query("DELETE FROM redaction_removed").execute(&mut *tx.inner).await?;
        tx.commit().await
    }

    /// Writes the file or the tables anew, so that nothing of what was blanked is left in room that is not used any more, and
    /// empties SQLite's log beside the file. Needs as much room on the disk again, and nobody else who writes meanwhile: who does
    /// waits, on PostgreSQL for the table in hand.
    ///
    /// # Errors
    /// The database refused, or somebody reads an older state: it is tried again later.
    pub async fn purge(&self, now: Moment) -> Result<Purged, RegisterError> {
        let _turn = self.turn(Begin::Apart).await;
        let mut connection = self.writer.acquire().await?;
        if self.engine == Engine::Postgres {
            connection.close_on_drop();
            sqlx::raw_sql("SET statement_timeout = 0").execute(&mut *connection).await?;
            if sqlx::query_scalar::<_, i64>(ONE_AT_A_TIME).fetch_one(&mut *connection).await? == 0 {
                return Ok(Purged::Elsewhere);
            }
        }
        // What is blanked from now on is for the next time.
        let left = sqlx::query_scalar("SELECT entry FROM redaction WHERE purged_at IS NULL");
        let left: Vec<String> = left.fetch_all(&mut *connection).await?;
        if left.is_empty() {
            return Ok(Purged::Here);
        }
        match self.engine {
            Engine::Sqlite => {
                sqlx::raw_sql("VACUUM").execute(&mut *connection).await?;
                let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
                if row.try_get::<i64, _>(0)? != 0 {
                    return Err(RegisterError::LogInUse);
                }
            }
            // What the server's own log and its backups hold is gone when these are: docs/postgresql.md says so.
            Engine::Postgres => {
                for table in BLANKED {
                    let rewrite = format!("VACUUM (FULL) {table}");
                    sqlx::raw_sql(AssertSqlSafe(rewrite)).execute(&mut *connection).await?;
                }
            }
        }
        for some in left.chunks(rows_of(1)) {
            let text = format!("UPDATE redaction SET purged_at = $1 WHERE entry IN ({})", numbered(2, some.len()));
            let query = sqlx::query(AssertSqlSafe(text)).bind(millis(now));
            some.iter().fold(query, |query, entry| query.bind(entry)).execute(&mut *connection).await?;
        }
        Ok(Purged::Here)
    }
}

impl Tx {
    /// Blanks what is in the scope, and says so in the chain; `listed` is what other machines are told of the entry. Done once for an entry: a second time changes nothing.
    ///
    /// # Errors
    /// The database refused; drop the transaction and nothing of it happened.
    pub async fn redact(
        &mut self,
        entry: &RedactionEntry,
        listed: &str,
        scope: &Scope,
        now: Moment,
        salts: &mut (dyn FnMut() -> String + Send),
    ) -> Result<(), RegisterError> {
        let note =
            sqlx::query("INSERT INTO redaction (entry, blanked_at, listed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        let noted = note.bind(&entry.id).bind(millis(now)).bind(listed).execute(&mut *self.inner).await?;
        // Numbers that were given out are not given out again, whatever a restored register knows of them.
        let numbers: Vec<CaseNumber> = entry.cases.iter().map(|case| case.number).collect();
        self.note_numbers(&numbers).await?;
        if noted.rows_affected() == 0 || scope.cases.is_empty() && scope.mails.is_empty() {
            return Ok(());
        }
        let events = self.rewrite(scope, salts).await?;
        self.blank_mails(scope).await?;
        self.blank_letters(scope).await?;
        self.blank_missing(&scope.named, &scope.within).await?;
        let told = Redacted {
            entry: entry.id.clone(),
            reason: entry.reason.clone(),
            ground: entry.ground.clone(),
            events,
            mails: scope.mails.len(),
            letters: scope.letters.len() + scope.beside.len(),
        };
        let redacted = |case: Option<CaseNumber>, told: Redacted| Event {
            at: now,
            case,
            actor: Actor::Desk,
            mail: None,
            what: What::Redacted(told),
        };
        let others = scope.cases.iter().skip(1);
        let others: Vec<Event> = others
            .map(|case| redacted(Some(*case), Redacted { events: Vec::new(), mails: 0, letters: 0, ..told.clone() }))
            .collect();
        let mut chained = vec![redacted(scope.cases.first().copied(), told)];
        chained.extend(others);
        let of_mails = scope.mails.keys().map(|mail| Reseal { mail: Some(*mail), letters: Vec::new() });
        let letters: Vec<&LetterId> = scope.letters.iter().chain(&scope.beside).collect();
        let of_letters = (!letters.is_empty()).then_some(Reseal { mail: None, letters });
        chained.extend(self.seals(&[of_mails.chain(of_letters).collect()], now).await?);
        self.append(&chained, salts).await?;
        self.make_cases(&scope.cases).await
    }

    /// Says what events say without persons; which they are, and what each row is since.
    async fn rewrite(
        &mut self,
        scope: &Scope,
        salts: &mut (dyn FnMut() -> String + Send),
    ) -> Result<Vec<RedactedEvent>, RegisterError> {
        let mut blanks = Blanks::default();
        let mut rewritten = Vec::new();
        for (link, event) in self.events_in(scope).await? {
            let after = match event.what.clone() {
                What::Sealed(sealed) => {
                    let of_mail = event.mail.is_some_and(|mail| scope.mails.contains_key(&mail));
                    let what = What::Sealed(sealed.without(of_mail, |letter| scope.holds(letter)));
                    Event { what, ..event.clone() }
                }
                _ => blanks.event(event.clone()),
            };
            if after == event {
                continue;
            }
            let body = serde_json::to_string(&after).map_err(|e| unreadable(format!("event {}: {e}", link.seq)))?;
            let actor = serde_json::to_string(&after.actor).map_err(|e| unreadable(format!("actor: {e}")))?;
            let salt = salts();
            let link = Link { payload_hash: payload_hash(&salt, &body), actor, ..link };
            let update = sqlx::query("UPDATE event_payload SET salt = $2, body = $3 WHERE seq = $1");
            update.bind(link.seq).bind(salt).bind(body).execute(&mut *self.inner).await?;
            let update = sqlx::query("UPDATE event SET actor = $2 WHERE seq = $1 AND actor <> $2");
            update.bind(link.seq).bind(&link.actor).execute(&mut *self.inner).await?;
            rewritten.push(RedactedEvent { seq: link.seq, hash: link.hash() });
        }
        Ok(rewritten)
    }

    /// The events that tell of what is in the scope, oldest first.
    async fn events_in(&mut self, scope: &Scope) -> Result<Vec<(Link, Event)>, RegisterError> {
        let numbers: Vec<String> = scope.cases.iter().map(ToString::to_string).collect();
        let mails: Vec<i64> = scope.mails.keys().copied().collect();
        let mut rows = self.of_texts(&format!("{EVENT} WHERE case_number IN"), &numbers).await?;
        rows.extend(self.of_numbers(&format!("{EVENT} WHERE case_number = '' AND mail_id IN"), &mails).await?);
        let mut events: BTreeMap<i64, (Link, Event)> = BTreeMap::new();
        for row in &rows {
            let (link, event) = linked(row)?;
            events.insert(link.seq, (link, event));
        }
        let text = format!("{EVENT} WHERE {OF_LETTERS} ORDER BY event.seq");
        let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(&mut *self.inner);
        while let Some(row) = rows.try_next().await? {
            let (link, event) = linked(&row)?;
            let is_told = match &event.what {
                What::Sealed(sealed) => sealed.letters.iter().any(|sealed| scope.holds(&sealed.letter)),
                What::LetterFate { letter, .. }
                | What::LetterWritten { letter, .. }
                | What::LetterResent { letter, .. } => scope.letters.contains(letter),
                _ => false,
            };
            if is_told {
                events.insert(link.seq, (link, event));
            }
        }
        Ok(events.into_values().collect())
    }

    async fn blank_mails(&mut self, scope: &Scope) -> Result<(), RegisterError> {
        let mails: Vec<i64> = scope.mails.keys().copied().collect();
        for text in [
            "DELETE FROM mail_raw WHERE mail_id IN",
            "UPDATE mail SET reason = '', message_id = '', content_hash = '' WHERE id IN",
        ] {
            self.each_mail(text, &mails).await?;
        }
        Ok(())
    }

    async fn blank_letters(&mut self, scope: &Scope) -> Result<(), RegisterError> {
        let all: Vec<String> = scope.letters.iter().chain(&scope.beside).map(ToString::to_string).collect();
        let own: Vec<String> = scope.letters.iter().map(ToString::to_string).collect();
        for (text, letters) in [
            ("DELETE FROM letter_carried WHERE letter_id IN", &all),
            ("DELETE FROM letter_carried WHERE of_letter IN", &all),
            ("DELETE FROM letter WHERE id IN", &all),
            ("DELETE FROM refused_first WHERE letter_id IN", &all),
        ] {
            self.each_text(text, letters).await?;
        }
        // What was to go out in one that waits, and is somebody else's, waits for the next such letter.
        let (cap, list) =
            (Cap::Address.name(), "SELECT id FROM outbox WHERE state IN ('queued', 'leased', 'held') AND id IN");
        let waiting = self.of_texts(list, &all).await?;
        let waiting: Vec<String> = waiting.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let again = format!(
            "UPDATE outbox SET state = 'held', held_because = '{cap}' WHERE state = 'bundled' AND bundled_in IN"
        );
        self.each_text(&again, &waiting).await?;
        // What waits never goes out: nothing is left of it.
        let hold = format!(
            "UPDATE outbox SET state = 'held', held_because = '{REDACTED}', lease_until = NULL \
             WHERE state IN ('queued', 'leased', 'held') AND id IN"
        );
        self.each_text(&hold, &all).await?;
        let blank = format!(
            "UPDATE outbox SET message_id = 'redacted-' || id, envelope_from = '', reply = '', counted_as = '', domain = '', \
             recipient = CASE side WHEN 'customer' THEN '{NOBODY}' ELSE recipient END, \
             recipient_key = CASE side WHEN 'customer' THEN '{NOBODY}' ELSE recipient_key END, \
             held_because = CASE state WHEN 'held' THEN '{REDACTED}' ELSE '' END WHERE id IN"
        );
        self.each_text(&blank, &own).await
    }

    /// The cases are what their events make of them now.
    async fn make_cases(&mut self, cases: &BTreeSet<CaseNumber>) -> Result<(), RegisterError> {
        for number in cases {
            let rows = self.of_texts(&format!("{EVENT} WHERE case_number IN"), &[number.to_string()]).await?;
            let mut events = rows.iter().map(linked).collect::<Result<Vec<_>, _>>()?;
            events.sort_by_key(|(link, _)| link.seq);
            let made = Case::replay(events.iter().map(|(_, event)| event));
            let made = made.ok_or_else(|| unreadable(format!("case {number} without the event that opened it")))?;
            self.save_cases(&[&made], CaseRow::Known).await?;
        }
        Ok(())
    }

    pub(super) async fn each_text(&mut self, text: &str, values: &[String]) -> Result<(), RegisterError> {
        for some in values.chunks(rows_of(1)) {
            let text = format!("{text} ({})", numbered(1, some.len()));
            let query = some.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, value| query.bind(value.as_str()));
            query.execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// Rows of a statement that ends where the list of texts begins.
    pub(super) async fn of_texts(&mut self, text: &str, values: &[String]) -> Result<Vec<AnyRow>, RegisterError> {
        self.filed(text, "", values).await
    }

    pub(super) async fn of_numbers(&mut self, text: &str, values: &[i64]) -> Result<Vec<AnyRow>, RegisterError> {
        let mut rows = Vec::new();
        for some in values.chunks(rows_of(1)) {
            let text = format!("{text} ({})", numbered(1, some.len()));
            let query = some.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, value| query.bind(*value));
            rows.extend(query.fetch_all(&mut *self.inner).await?);
        }
        Ok(rows)
    }
}

/// From a row of [`EVENT`].
fn linked(row: &AnyRow) -> Result<(Link, Event), RegisterError> {
    let (seq, body): (i64, String) = (row.try_get(0)?, row.try_get(7)?);
    let event = serde_json::from_str(&body).map_err(|e| unreadable(format!("event {seq}: {e}")))?;
    let link = Link {
        seq,
        at: row.try_get(1)?,
        case_number: row.try_get(2)?,
        kind: row.try_get(3)?,
        actor: row.try_get(4)?,
        mail_id: row.try_get(5)?,
        payload_hash: String::new(),
        previous_hash: row.try_get(6)?,
    };
    Ok((link, event))
}
