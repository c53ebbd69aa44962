//! What the desk is shown before it decides, read inside the transaction that will record the decision: so each
//! mail of a batch is decided on what the one before it made. Only SQL.

use super::mails::{Identity, numbered};
use super::{RegisterError, Tx, outbox};
use crate::case::{Address, CaseNumber, CaseState, LetterId};
use crate::desk::{BouncedLetter, Lookup, Snapshot};
use sqlx::Row;

/// Numbers named in one subject that are looked up; more is no reference but noise.
const NAMED_MAX: usize = 5;
/// Open cases of the people a colleague mailed: beyond that the list to choose from helps nobody.
const MAILED_MAX: usize = 20;

impl Tx {
    /// Everything the desk must know about a mail.
    ///
    /// # Errors
    /// The database refused.
    pub async fn snapshot(
        &mut self,
        mail: i64,
        identity: &Identity,
        lookup: &Lookup,
    ) -> Result<Snapshot, RegisterError> {
        let mut known = Snapshot {
            next_serial: self.next_serial(lookup.year).await?,
            duplicate_of: self.duplicate_of(mail, identity).await?,
            ..Snapshot::default()
        };
        if known.duplicate_of.is_none() {
            known.put_back = self.put_back(mail, identity).await?;
        }
        if known.duplicate_of.is_none() && known.put_back.is_none() {
            known.duplicate_of = self.duplicate_aside(mail, identity).await?;
        }
        if let Some(asked) = &lookup.asked {
            known.stored = self.stored(asked).await?;
        }
        if let Some(token) = &lookup.token {
            known.letter = Some(token.letter.clone());
            match self.letter_of(&token.letter).await? {
                Some(letter) => {
                    known.letter_kind = Some(letter.letter.kind);
                    known.letter_department = Some(letter.department).filter(|d| !d.is_empty());
                    // A digest's buttons hold tokens of the cases in it.
                    if let Some(number) = letter.case.or(token.case) {
                        known.file = self.case_file(number).await?;
                    }
                }
                // Gone with a restored backup, or another register's: under its number there may be somebody else's
                // case by now (invariant 6).
                None => known.unknown_letter = Some(token.clone()),
            }
        }
        if let Some(letter) = &lookup.bounced
            && let Some(found) = self.letter_of(letter).await?
        {
            if let Some(number) = found.case {
                known.file = self.case_file(number).await?;
            }
            let bundled = self.bundled_in(letter).await?;
            if let (None, Some(number)) = (&known.file, bundled.iter().find_map(|letter| letter.case)) {
                known.file = self.case_file(number).await?;
            }
            known.bounced = Some(BouncedLetter { bundled, ..found.letter });
        }
        for number in self.open_cases_of(&lookup.mailed).await? {
            known.mailed.extend(self.case_file(number).await?);
        }
        if let Some(number) = lookup.confirms {
            known.confirms = self.case_file(number).await?;
        }
        for number in lookup.named.iter().take(NAMED_MAX) {
            if let Some(case) = self.case_going_on(*number).await?.filter(|case| !known.named.contains(&case.number)) {
                known.named.push(case.number);
            }
        }
        if let Some(letter) = &lookup.adopts {
            known.to_adopt = self.to_adopt(letter).await?;
        }
        if let Some(want) = &lookup.want {
            known.found = Some(self.find(want).await?);
        }
        Ok(known)
    }

    /// The open cases of these customers, oldest first.
    async fn open_cases_of(&mut self, customers: &[Address]) -> Result<Vec<CaseNumber>, RegisterError> {
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT number FROM cases WHERE state = $1 AND customer_address IN ({}) ORDER BY year, serial LIMIT {MAILED_MAX}",
            numbered(2, customers.len())
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(CaseState::Open.name());
        let rows = customers.iter().fold(query, |query, one| query.bind(one.key())).fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| Ok(row.try_get::<String, _>(0)?.parse().ok())).filter_map(Result::transpose).collect()
    }

    async fn letter_of(&mut self, letter: &LetterId) -> Result<Option<KnownLetter>, RegisterError> {
        let row = sqlx::query("SELECT id, kind, recipient, case_number, department FROM outbox WHERE id = $1")
            .bind(letter.as_str())
            .fetch_optional(&mut *self.inner)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(KnownLetter {
            letter: BouncedLetter {
                id: letter.clone(),
                kind: outbox::kind(&row, 1)?,
                to: outbox::address(&row, 2)?,
                bundled: Vec::new(),
            },
            case: row.try_get::<String, _>(3)?.parse().ok(),
            department: row.try_get(4)?,
        }))
    }
}

struct KnownLetter {
    letter: BouncedLetter,
    case: Option<CaseNumber>,
    department: String,
}
