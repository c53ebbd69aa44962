//! Rows of `outbox`, `letter` and `letter_carried`: letters claimed by lease, sent, held. What the outcome of a
//! sending means is decided elsewhere; here it is written down. Only SQL.

use super::sets::{rows_of, tuples};
use super::{Register, RegisterError, Tx, millis, moment, unreadable};
use crate::case::{Address, CaseNumber, LetterId, LetterKind, MailboxName, Moment};
use crate::desk::draft::{Carried, Source};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// What a letter carries along, in order; [`carried_row`] reads it.
pub(super) const CARRIED: &str = "SELECT mail_id, part, of_letter, name, media_type, size, sha256 \
                                  FROM letter_carried WHERE letter_id = $1 ORDER BY position";

/// Why a letter is held that was blanked before it went.
pub(super) const REDACTED: &str = "redacted";

/// Where a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterState {
    Queued,
    /// Somebody is sending it now.
    Leased,
    Accepted,
    Refused,
    /// A person, or the hour, must let it go.
    Held,
    /// Another letter goes out in its stead.
    Bundled,
}

impl LetterState {
    pub const ALL: [Self; 6] = [Self::Queued, Self::Leased, Self::Accepted, Self::Refused, Self::Held, Self::Bundled];

    /// The stable name in the register and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Leased => "leased",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Held => "held",
            Self::Bundled => "bundled",
        }
    }
}

/// What is written down about a sending.
#[derive(Debug, Clone)]
pub enum Sent {
    Accepted {
        at: Moment,
        server: String,
        reply: String,
    },
    Refused {
        reply: String,
    },
    /// Refused in a way that is not, or not yet, the letter's end.
    Waits {
        not_before: Moment,
        reply: String,
    },
    /// Tried again then; also where it is unknown whether the server took it.
    Again {
        not_before: Moment,
        reply: String,
    },
    /// Too big: again at once, with its attachments only named.
    Lighter {
        not_before: Moment,
        reply: String,
    },
}

impl Sent {
    /// For the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::Waits { .. } => "waits",
            Self::Again { .. } => "again",
            Self::Lighter { .. } => "lighter",
        }
    }
}

/// A letter as lists show it.
#[derive(Debug, Clone)]
pub struct LetterRow {
    pub id: LetterId,
    pub kind: LetterKind,
    pub case: Option<CaseNumber>,
    pub to: String,
    pub state: LetterState,
    pub held_because: String,
    pub message_id: String,
    pub attempts: i64,
    pub created_at: Moment,
    pub not_before: Moment,
    pub accepted_at: Option<Moment>,
    pub reply: String,
}

/// What [`LetterRow`] is made of.
const LETTER_COLUMNS: &str = "SELECT id, kind, case_number, recipient, state, held_because, message_id, attempts, \
     created_at, not_before, accepted_at, reply FROM outbox";
const LETTER_ORDER: &str = "ORDER BY created_at, id";

impl Register {
    /// The earliest moment at which a letter is due.
    ///
    /// # Errors
    /// The database refused.
    pub async fn next_letter_due(&self) -> Result<Option<Moment>, RegisterError> {
        let row =
            sqlx::query("SELECT MIN(not_before) FROM outbox WHERE state = 'queued'").fetch_one(&self.pool).await?;
        Ok(row.try_get::<Option<i64>, _>(0)?.map(moment))
    }

    /// Makes letters that wait for a retry due at once (`run --once`), all at the same moment: those that were not tried
    /// yet come first, so that none waits behind one that fails each time.
    ///
    /// # Errors
    /// The database refused.
    pub async fn hurry(&self, now: Moment) -> Result<(), RegisterError> {
        let hurry = sqlx::query("UPDATE outbox SET not_before = $1 WHERE state = 'queued'");
        self.alone(hurry.bind(millis(now))).await?;
        Ok(())
    }

    /// Holds a letter back, or lets it go. False where there is no such letter in a fitting state.
    ///
    /// # Errors
    /// The database refused.
    pub async fn hold_letter(&self, id: &LetterId, because: &str) -> Result<bool, RegisterError> {
        let hold = "UPDATE outbox SET state = 'held', held_because = $2 WHERE id = $1 AND state = 'queued'";
        Ok(self.alone(sqlx::query(hold).bind(id.as_str()).bind(because)).await? > 0)
    }

    /// See [`Register::hold_letter`].
    ///
    /// # Errors
    /// The database refused.
    pub async fn release_letter(&self, id: &LetterId, now: Moment) -> Result<bool, RegisterError> {
        let release =
            "UPDATE outbox SET state = 'queued', held_because = '', not_before = $2 WHERE id = $1 AND state = 'held'";
        Ok(self.alone(sqlx::query(release).bind(id.as_str()).bind(millis(now))).await? > 0)
    }

    /// Letters of a case, or all, oldest first; `states` empty means every state.
    ///
    /// # Errors
    /// The database refused.
    pub async fn letters(
        &self,
        case: Option<CaseNumber>,
        states: &[LetterState],
    ) -> Result<Vec<LetterRow>, RegisterError> {
        let (columns, order) = (LETTER_COLUMNS, LETTER_ORDER);
        let rows = match case {
            Some(number) => {
                sqlx::query(AssertSqlSafe(format!("{columns} WHERE case_number = $1 {order}")))
                    .bind(number.to_string())
                    .fetch_all(&self.pool)
                    .await?
            }
            None => sqlx::query(AssertSqlSafe(format!("{columns} {order}"))).fetch_all(&self.pool).await?,
        };
        let rows: Result<Vec<LetterRow>, _> = rows.iter().map(letter_row).collect();
        Ok(rows?.into_iter().filter(|row| states.is_empty() || states.contains(&row.state)).collect())
    }

    /// All letters, oldest first, one after the other: there may be very many.
    pub fn all_letters(&self) -> BoxStream<'_, Result<LetterRow, RegisterError>> {
        let text = AssertSqlSafe(format!("{LETTER_COLUMNS} {LETTER_ORDER}"));
        sqlx::query(text).fetch(&self.pool).map(|row| letter_row(&row?)).boxed()
    }

    /// How many letters are in each of these states.
    ///
    /// # Errors
    /// The database refused.
    pub async fn count_letters(&self, state: LetterState) -> Result<i64, RegisterError> {
        let row = sqlx::query("SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE state = $1")
            .bind(state.name())
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }
}

impl Tx {
    /// Writes down what became of sendings; their events are recorded with it, and of those that were accepted in the end it is
    /// forgotten that they were refused ([`Tx::forget_refused`]). One that was blanked meanwhile stays so, and so
    /// does one that another instance took over, because we were not heard of: what becomes of it is that one's to say.
    ///
    /// # Errors
    /// The database refused.
    pub async fn mark_sent(&mut self, all: &[(&LetterId, &Sent)]) -> Result<(), RegisterError> {
        let own = self.instance.as_ref().map(|own| format!(" AND leased_by = '{own}'")).unwrap_or_default();
        for some in all.chunks(rows_of(7)) {
            let text = format!(
                "UPDATE outbox SET state = column2, accepted_at = column3, server = column4, reply = column5, \
                 not_before = COALESCE(column6, not_before), light = CASE WHEN column7 = 1 THEN 1 ELSE light END, \
                 attempts = attempts + 1, lease_until = NULL FROM (VALUES {}) AS sent WHERE id = column1 \
                 AND NOT (state = 'held' AND held_because = '{REDACTED}'){own}",
                tuples(self.engine, 7, some.len())
            );
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (id, sent)| {
                let (state, accepted_at, server, reply, not_before, light) = match sent {
                    Sent::Accepted { at, server, reply } => ("accepted", Some(*at), server.as_str(), reply, None, 0),
                    Sent::Refused { reply } => ("refused", None, "", reply, None, 0),
                    Sent::Waits { not_before, reply } => ("queued", None, "", reply, Some(*not_before), 0),
                    Sent::Again { not_before, reply } => ("queued", None, "", reply, Some(*not_before), 0),
                    Sent::Lighter { not_before, reply } => ("queued", None, "", reply, Some(*not_before), 1_i64),
                };
                query
                    .bind(id.as_str())
                    .bind(state)
                    .bind(accepted_at.map(millis))
                    .bind(super::mails::without_nul(server))
                    .bind(super::mails::without_nul(reply))
                    .bind(not_before.map(millis))
                    .bind(light)
            });
            query.execute(&mut *self.inner).await?;
        }
        Ok(())
    }
}

pub(super) fn carried_row(row: &AnyRow) -> Result<Carried, RegisterError> {
    let size: i64 = row.try_get(5)?;
    let columns = (row.try_get(0)?, row.try_get::<Option<i64>, _>(1)?, row.try_get::<Option<String>, _>(2)?);
    let source = match columns {
        (_, _, Some(letter)) => Source::Letter(LetterId::from_stored(letter)),
        (Some(mail), Some(index), None) => {
            Source::Attachment { mail, index: usize::try_from(index).map_err(|_| unreadable("part number"))? }
        }
        (Some(mail), None, None) => Source::Mail(mail),
        (None, _, None) => return Err(unreadable("an attachment of nothing")),
    };
    Ok(Carried {
        source,
        name: row.try_get(3)?,
        media_type: row.try_get(4)?,
        size: usize::try_from(size).map_err(|_| unreadable("part size"))?,
        sha256: row.try_get(6)?,
    })
}

fn letter_row(row: &AnyRow) -> Result<LetterRow, RegisterError> {
    let state: String = row.try_get(4)?;
    Ok(LetterRow {
        id: LetterId::from_stored(row.try_get::<String, _>(0)?),
        kind: kind(row, 1)?,
        case: row.try_get::<String, _>(2)?.parse().ok(),
        to: row.try_get(3)?,
        state: LetterState::ALL
            .into_iter()
            .find(|s| s.name() == state)
            .ok_or_else(|| unreadable(format!("letter state `{state}`")))?,
        held_because: row.try_get(5)?,
        message_id: row.try_get(6)?,
        attempts: row.try_get(7)?,
        created_at: moment(row.try_get(8)?),
        not_before: moment(row.try_get(9)?),
        accepted_at: row.try_get::<Option<i64>, _>(10)?.map(moment),
        reply: row.try_get(11)?,
    })
}

pub(super) fn kind(row: &AnyRow, column: usize) -> Result<LetterKind, RegisterError> {
    let name: String = row.try_get(column)?;
    LetterKind::from_name(&name).ok_or_else(|| unreadable(format!("letter kind `{name}`")))
}

/// The mailbox that a letter was written through; None: the first.
pub(super) fn through(row: &AnyRow, column: usize) -> Result<Option<MailboxName>, RegisterError> {
    let name: String = row.try_get(column)?;
    Ok((!name.is_empty()).then(|| MailboxName::new(name)))
}

pub(super) fn address(row: &AnyRow, column: usize) -> Result<Address, RegisterError> {
    let text: String = row.try_get(column)?;
    Address::parse(&text).map_err(|_| unreadable("a recipient that is no address"))
}
