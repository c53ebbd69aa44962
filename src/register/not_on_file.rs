//! Rows of `not_on_file`, `compared` and `identity`: what lies in the mailbox's own folders and is not in the register,
//! after a backup was restored or because another register works there too (invariant 1). Only SQL.

use super::engine::Begin;
use super::mails::without_nul;
use super::sets::{numbered, rows_of};
use super::within::{Condition, of_folder, of_letter};
use super::{Register, RegisterError, Tx, millis, moment, unreadable};
use crate::case::{Adopts, CaseNumber, LetterId, Moment};
use crate::desk::{FiledBy, LostMail, NotOnFile, Sought, Within};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{HashMap, HashSet};

/// Lost mails that a letter or a digest names one by one: enough to see what kind of mail it is.
const NAMED_MAX: i64 = 10;

/// What an own folder's mail is looked for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Empty where it has none.
    pub message_id: String,
    pub received_at: Option<Moment>,
    pub size: i64,
}

/// A mail of an own folder that is not in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The folder as the register names it.
    pub mailbox: String,
    pub uid_validity: i64,
    pub uid: i64,
    pub size: i64,
    pub filed_by: FiledBy,
    pub mail: LostMail,
}

/// An own folder, compared up to a UID.
#[derive(Debug, Clone)]
pub struct ComparedFolder<'a> {
    pub mailbox: &'a str,
    pub uid_validity: i64,
    pub next_uid: i64,
    /// Known to be missing once, and gone from the folder since.
    pub gone: &'a [i64],
    pub at: Moment,
}

impl Register {
    /// What names this register on the mails that it files away.
    ///
    /// # Errors
    /// The database refused.
    pub async fn mark(&self) -> Result<String, RegisterError> {
        let row = sqlx::query("SELECT mark FROM identity").fetch_optional(&self.pool).await?;
        let row = row.ok_or_else(|| unreadable("no row in the table `identity`"))?;
        Ok(row.try_get(0)?)
    }

    /// Since when this register takes in mail: what was there before is not its own. Noted at the first question.
    ///
    /// # Errors
    /// The database refused.
    pub async fn began_at(&self, now: Moment) -> Result<Moment, RegisterError> {
        let row = sqlx::query("SELECT began_at FROM identity").fetch_optional(&self.pool).await?;
        if let Some(at) = row.and_then(|row| row.try_get::<Option<i64>, _>(0).ok().flatten()) {
            return Ok(moment(at));
        }
        let first = "SELECT (SELECT MIN(fetched_at) FROM mail), (SELECT at FROM event ORDER BY seq LIMIT 1)";
        let row = sqlx::query(first).fetch_one(&self.pool).await?;
        let known = [row.try_get::<Option<i64>, _>(0)?, row.try_get::<Option<i64>, _>(1)?];
        let began = known.into_iter().flatten().map(moment).fold(now, Moment::min);
        let note = sqlx::query("UPDATE identity SET began_at = $1 WHERE began_at IS NULL");
        self.alone(note.bind(millis(began))).await?;
        Ok(began)
    }

    /// Up to which UID a folder was compared; None: never, or its UIDs count anew.
    ///
    /// # Errors
    /// The database refused.
    pub async fn compared_up_to(&self, mailbox: &str, uid_validity: i64) -> Result<Option<i64>, RegisterError> {
        let text = "SELECT next_uid FROM compared WHERE mailbox = $1 AND uid_validity = $2";
        let row = sqlx::query(text).bind(mailbox).bind(uid_validity).fetch_optional(&self.pool).await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// Which of these a company has on file, by their places. The moment of receipt and the size survive a move, and so does the
    /// Message-ID; a server may state one of the first two otherwise than before. A mail that was never read has no
    /// Message-ID on file.
    ///
    /// # Errors
    /// The database refused.
    pub async fn on_file(&self, within: &Within, probes: &[Probe]) -> Result<HashSet<usize>, RegisterError> {
        let mut found = self.on_file_by_id(within, probes).await?;
        // Without a Message-ID on file.
        let unread = self.receipts(within, probes, "message_id = ''").await?;
        let is_unread = |probe: &Probe| probe.received_at.is_some_and(|at| unread.contains(&(millis(at), probe.size)));
        found.extend(probes.iter().enumerate().filter(|(_, probe)| is_unread(probe)).map(|(place, _)| place));
        Ok(found)
    }

    /// Which of these were read, and are on file, by their places: none that was redacted.
    ///
    /// # Errors
    /// The database refused.
    pub async fn on_file_by_id(&self, within: &Within, probes: &[Probe]) -> Result<HashSet<usize>, RegisterError> {
        let ids: Vec<String> = probes.iter().map(|probe| without_nul(&probe.message_id)).collect();
        let by_id = self.receipts_of(within, ids.iter().filter(|id| !id.is_empty())).await?;
        let is_on_file = |(probe, id): (&Probe, &String)| {
            let second = probe.received_at.map(|at| millis(at) / 1000);
            let same = |(at, size): &(i64, i64)| *size == probe.size || second == Some(*at / 1000);
            by_id.get(id).is_some_and(|rows| rows.iter().any(same))
        };
        let found = probes.iter().zip(&ids).enumerate().filter(|(_, pair)| is_on_file(*pair));
        Ok(found.map(|(place, _)| place).collect())
    }

    /// Receipt and size of the mails that have these Message-IDs.
    async fn receipts_of(
        &self,
        within: &Within,
        ids: impl Iterator<Item = &String>,
    ) -> Result<HashMap<String, Vec<(i64, i64)>>, RegisterError> {
        let ids: Vec<&String> = ids.collect();
        let mut found: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
        for some in ids.chunks(rows_of(1)) {
            let (list, own) = (numbered(1, some.len()), of_folder(within, "mailbox", 1 + some.len()));
            let text =
                format!("SELECT message_id, received_at, size FROM mail WHERE message_id IN ({list}) AND {}", own.text);
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, id| query.bind(id.as_str()));
            for row in own.values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&self.pool).await? {
                found.entry(row.try_get(0)?).or_default().push((row.try_get(1)?, row.try_get(2)?));
            }
        }
        Ok(found)
    }

    /// Which of these wait in these mailboxes to be decided on, by their places. By receipt and size, as they were not read yet; none that came by a
    /// pipe.
    ///
    /// # Errors
    /// The database refused.
    pub async fn undecided(&self, within: &Within, probes: &[Probe]) -> Result<HashSet<usize>, RegisterError> {
        let waiting = self.receipts(within, probes, "disposition IS NULL AND uid_validity <> 0").await?;
        let waits = |probe: &Probe| probe.received_at.is_some_and(|at| waiting.contains(&(millis(at), probe.size)));
        Ok(probes.iter().enumerate().filter(|(_, probe)| waits(probe)).map(|(place, _)| place).collect())
    }

    /// Receipt and size of such mails, received at the same moments.
    async fn receipts(
        &self,
        within: &Within,
        probes: &[Probe],
        which: &str,
    ) -> Result<HashSet<(i64, i64)>, RegisterError> {
        let moments: Vec<i64> = probes.iter().filter_map(|probe| probe.received_at.map(millis)).collect();
        let mut found = HashSet::new();
        for some in moments.chunks(rows_of(1)) {
            let (list, own) = (numbered(1, some.len()), of_folder(within, "mailbox", 1 + some.len()));
            let text = format!(
                "SELECT received_at, size FROM mail WHERE {which} AND received_at IN ({list}) AND {}",
                own.text
            );
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, at| query.bind(*at));
            for row in own.values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&self.pool).await? {
                found.insert((row.try_get(0)?, row.try_get(1)?));
            }
        }
        Ok(found)
    }

    /// Those of a folder that are known to be missing.
    ///
    /// # Errors
    /// The database refused.
    pub async fn missing_in(&self, mailbox: &str) -> Result<Vec<Missing>, RegisterError> {
        let text = format!("{MISSING} WHERE mailbox = $1 ORDER BY received_at, uid");
        let rows = sqlx::query(sqlx::AssertSqlSafe(text)).bind(mailbox).fetch_all(&self.pool).await?;
        rows.iter().map(missing).collect()
    }

    /// Those of a folder that a person asked to take in.
    ///
    /// # Errors
    /// The database refused.
    pub async fn adopted_in(&self, mailbox: &str) -> Result<Vec<Missing>, RegisterError> {
        let text = format!("{MISSING} WHERE mailbox = $1 AND asked_at IS NOT NULL ORDER BY received_at, uid");
        let rows = sqlx::query(sqlx::AssertSqlSafe(text)).bind(mailbox).fetch_all(&self.pool).await?;
        rows.iter().map(missing).collect()
    }

    /// All that is missing, for people; None where nothing is.
    ///
    /// # Errors
    /// The database refused.
    pub async fn not_on_file(&self) -> Result<Option<NotOnFile>, RegisterError> {
        self.summary("1 = 1", &Within::All).await
    }

    /// The same of one company.
    ///
    /// # Errors
    /// The database refused.
    pub async fn not_on_file_of(&self, within: &Within) -> Result<Option<NotOnFile>, RegisterError> {
        self.summary("1 = 1", within).await
    }

    /// What of a company's is missing and nobody was told of.
    ///
    /// # Errors
    /// The database refused.
    pub async fn untold_not_on_file(&self, within: &Within) -> Result<Option<NotOnFile>, RegisterError> {
        self.summary("told_in IS NULL", within).await
    }

    async fn summary(&self, which: &str, within: &Within) -> Result<Option<NotOnFile>, RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mailbox", 1);
        let which = format!("{which} AND {own}");
        let text = format!(
            "SELECT CAST(count(*) AS BIGINT), CAST(COALESCE(SUM(CASE filed_by WHEN 'others' THEN 1 ELSE 0 END), 0) AS BIGINT), \
             MIN(received_at), MAX(received_at) FROM not_on_file WHERE {which}"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text));
        let row = values.iter().fold(query, |query, value| query.bind(value)).fetch_one(&self.pool).await?;
        let (count, others): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let (Some(oldest), Some(newest)) = (row.try_get::<Option<i64>, _>(2)?, row.try_get::<Option<i64>, _>(3)?)
        else {
            return Ok(None);
        };
        let text = format!("{MISSING} WHERE {which} ORDER BY received_at, uid LIMIT {NAMED_MAX}");
        let query = sqlx::query(sqlx::AssertSqlSafe(text));
        let rows = values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&self.pool).await?;
        let named = rows.iter().map(|row| missing(row).map(|missing| missing.mail)).collect::<Result<_, _>>()?;
        let whole = |count: i64| usize::try_from(count).unwrap_or_default();
        let (oldest, newest) = (moment(oldest), moment(newest));
        Ok(Some(NotOnFile { count: whole(count), others: whole(others), oldest, newest, named }))
    }

    /// These are on file now, or have left the folder.
    ///
    /// # Errors
    /// The database refused.
    pub async fn no_longer_missing(&self, mailbox: &str, uids: &[i64]) -> Result<(), RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        tx.forget_missing(mailbox, uids).await?;
        tx.commit().await
    }
}

impl Tx {
    /// Takes mails off file that wait in these mailboxes to be decided on, and were decided on by a register that knew more: they lie in our own
    /// folder, where they are missing then. Each is still where it lies.
    ///
    /// # Errors
    /// The database refused.
    pub async fn take_off_file(&mut self, within: &Within, probes: &[&Probe]) -> Result<(), RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mailbox", 3);
        let these = format!(
            "SELECT id FROM mail WHERE disposition IS NULL AND uid_validity <> 0 AND received_at = $1 AND size = $2 AND {own}"
        );
        for probe in probes {
            let Some(at) = probe.received_at.map(millis) else { continue };
            for of in ["mail_raw WHERE mail_id", "trial WHERE mail_id", "mail WHERE id"] {
                let text = format!("DELETE FROM {of} IN ({these})");
                let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(at).bind(probe.size);
                values.iter().fold(query, |query, value| query.bind(value)).execute(&mut *self.inner).await?;
            }
        }
        Ok(())
    }

    /// Notes mails that are missing; those known are left as they are. Each new one may have had a number: as many are
    /// not given out (a gap harms nobody). How many are new.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_missing(&mut self, found: &[(Missing, i32)], now: Moment) -> Result<usize, RegisterError> {
        let mut years: HashMap<i32, u32> = HashMap::new();
        for (missing, year) in found {
            let noted = sqlx::query(
                "INSERT INTO not_on_file (mailbox, uid_validity, uid, received_at, size, filed_by, sender, subject, found_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            )
            .bind(&missing.mailbox)
            .bind(missing.uid_validity)
            .bind(missing.uid)
            .bind(millis(missing.mail.received_at))
            .bind(missing.size)
            .bind(missing.filed_by.name())
            .bind(without_nul(&missing.mail.from))
            .bind(without_nul(&missing.mail.subject))
            .bind(millis(now))
            .execute(&mut *self.inner)
            .await?;
            if noted.rows_affected() > 0 {
                *years.entry(*year).or_default() += 1;
            }
        }
        for (year, count) in &years {
            let serial = self.next_serial(*year).await?.saturating_sub(1).saturating_add(*count);
            self.note_numbers(&[CaseNumber { year: *year, serial }]).await?;
        }
        Ok(years.values().map(|count| *count as usize).sum())
    }

    /// A folder was compared to its end.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_compared(&mut self, folder: &ComparedFolder<'_>) -> Result<(), RegisterError> {
        self.forget_missing(folder.mailbox, folder.gone).await?;
        // UIDs of another UIDVALIDITY are nobody's any more: what is missing still is found again.
        for statement in [
            "DELETE FROM not_on_file WHERE mailbox = $1 AND uid_validity <> $2",
            "DELETE FROM compared WHERE mailbox = $1 AND uid_validity <> $2",
        ] {
            let query = sqlx::query(statement).bind(folder.mailbox).bind(folder.uid_validity);
            query.execute(&mut *self.inner).await?;
        }
        sqlx::query(
            "INSERT INTO compared (mailbox, uid_validity, next_uid, compared_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (mailbox, uid_validity) DO UPDATE SET next_uid = $3, compared_at = $4",
        )
        .bind(folder.mailbox)
        .bind(folder.uid_validity)
        .bind(folder.next_uid)
        .bind(millis(folder.at))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    async fn forget_missing(&mut self, mailbox: &str, uids: &[i64]) -> Result<(), RegisterError> {
        for uid in uids {
            let query = sqlx::query("DELETE FROM not_on_file WHERE mailbox = $1 AND uid = $2");
            query.bind(mailbox).bind(*uid).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// Who wrote what is missing of a company's, and about what, is not kept of these people.
    pub(super) async fn blank_missing(&mut self, named: &[Sought], within: &Within) -> Result<(), RegisterError> {
        if named.is_empty() {
            return Ok(());
        }
        for row in sqlx::query(MISSING).fetch_all(&mut *self.inner).await? {
            let Missing { mailbox, uid_validity, uid, mail, .. } = missing(&row)?;
            let is_named = |sought: &Sought| sought.is_in(&mail.from) || sought.is_in(&mail.subject);
            if within.has_folder(&mailbox) && named.iter().any(is_named) {
                let blank = "UPDATE not_on_file SET sender = '', subject = '' \
                             WHERE mailbox = $1 AND uid_validity = $2 AND uid = $3";
                let query = sqlx::query(blank).bind(mailbox).bind(uid_validity).bind(uid);
                query.execute(&mut *self.inner).await?;
            }
        }
        Ok(())
    }

    /// A person was told of all that is missing of a company's, in that letter.
    ///
    /// # Errors
    /// The database refused.
    pub async fn told_not_on_file(&mut self, letter: &LetterId, within: &Within) -> Result<(), RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mailbox", 2);
        let text = format!("UPDATE not_on_file SET told_in = $1 WHERE told_in IS NULL AND {own}");
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(letter.as_str());
        values.iter().fold(query, |query, value| query.bind(value)).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// How many mails of a company's a letter told of that nobody asked to take in yet.
    pub(super) async fn waiting_to_adopt(
        &mut self,
        letter: &LetterId,
        within: &Within,
    ) -> Result<usize, RegisterError> {
        let Condition { text: told, values } = told_by(within, 1);
        let text = format!("SELECT CAST(count(*) AS BIGINT) FROM not_on_file WHERE asked_at IS NULL AND {told}");
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(letter.as_str());
        let row = values.iter().fold(query, |query, value| query.bind(value)).fetch_one(&mut *self.inner).await?;
        Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default())
    }

    /// A person asked to take them in: of what a letter told, that of the person's company.
    pub(super) async fn ask_to_adopt(
        &mut self,
        adopts: &Adopts,
        at: Moment,
        within: &Within,
    ) -> Result<(), RegisterError> {
        let (which, letter) = match adopts {
            Adopts::ToldIn(letter) => (told_by(within, 2), letter.as_str()),
            Adopts::OwnAndUnmarked => (Condition::of("filed_by <> 'others' AND $2 = ''"), ""),
            Adopts::OthersToo => (Condition::of("$2 = ''"), ""),
        };
        let text = format!("UPDATE not_on_file SET asked_at = $1 WHERE asked_at IS NULL AND {}", which.text);
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(millis(at)).bind(letter);
        which.values.iter().fold(query, |query, value| query.bind(value)).execute(&mut *self.inner).await?;
        Ok(())
    }
}

/// What that letter told of, by the number of its parameter, of a company's; a digest of the company's own tells of all that was
/// told. The values are bound behind the letter's.
fn told_by(within: &Within, letter: usize) -> Condition {
    let mails = of_folder(within, "not_on_file.mailbox", letter + 1);
    let letters = of_letter(within, letter + 1 + mails.values.len());
    let text = format!(
        "filed_by <> 'others' AND told_in IS NOT NULL AND {} AND (told_in = ${letter} \
         OR EXISTS (SELECT 1 FROM outbox WHERE id = ${letter} AND kind = 'digest' AND {}))",
        mails.text, letters.text
    );
    Condition { text, values: mails.values.into_iter().chain(letters.values).collect() }
}

const MISSING: &str =
    "SELECT mailbox, uid_validity, uid, size, filed_by, received_at, sender, subject FROM not_on_file";

fn missing(row: &AnyRow) -> Result<Missing, RegisterError> {
    let filed_by: String = row.try_get(4)?;
    Ok(Missing {
        mailbox: row.try_get(0)?,
        uid_validity: row.try_get(1)?,
        uid: row.try_get(2)?,
        size: row.try_get(3)?,
        filed_by: FiledBy::from_name(&filed_by).ok_or_else(|| unreadable(format!("filed_by `{filed_by}`")))?,
        mail: LostMail { received_at: moment(row.try_get(5)?), from: row.try_get(6)?, subject: row.try_get(7)? },
    })
}
