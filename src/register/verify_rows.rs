//! The third part of verifying: mails and letters held against their seals in the chain, and letters' fates against the
//! events that tell of them (invariant 8). Chain and rows are looked at together, so that only those rows are in memory
//! about which the chain has not said its last word yet, and those that are amiss. Only SQL.

use super::RegisterError;
use super::seal::{Fate, LetterRow, MailRow, letter_rows, mail_rows};
use super::verify::Finding;
use crate::case::{Event, LetterId, Seal, What};
use futures_util::TryStreamExt;
use sqlx::{AnyConnection, Row};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of events that say something about rows.
const KINDS: [&str; 5] = ["sealed", "letter_fate", "letter_resent", "aside_told", "bundled"];

/// What the chain says about mails and letters.
#[derive(Default)]
pub(super) struct Rows {
    mails: BTreeMap<i64, OfMail>,
    letters: BTreeMap<LetterId, OfLetter>,
    /// Of which events spoke since their rows were looked up.
    spoken_of: SpokenOf,
    sealed_mails: Ids,
    /// How often a letter was sealed.
    letter_seals: usize,
    /// Events about rows that were blanked: then a row without one proves nothing.
    blanked: usize,
}

#[derive(Default)]
struct SpokenOf {
    mails: BTreeSet<i64>,
    letters: BTreeSet<LetterId>,
}

/// What the chain said about a mail so far. Where it was sealed and settled before, what is said since.
#[derive(Default)]
struct OfMail {
    seal: Option<Seal>,
    /// The letter that somebody was told in.
    told: Option<String>,
    was_settled: bool,
    /// None: there is none.
    row: Option<MailRow>,
}

/// What the chain said about a letter so far. Where it was sealed and settled before, what is said since.
#[derive(Default)]
struct OfLetter {
    seal: Option<Seal>,
    /// The last word on it: the state of its row, and its fate.
    fate: Option<(&'static str, Fate)>,
    /// The letter that it goes out in.
    bundled: Option<String>,
    /// None: there is none.
    row: Option<LetterRow>,
}

impl Rows {
    /// Whether events of this kind say something about rows.
    pub fn are_in(kind: &str) -> bool {
        KINDS.contains(&kind)
    }

    /// Takes in what an event says about rows.
    pub fn take(&mut self, event: &Event) {
        match &event.what {
            What::Sealed(sealed) => {
                if let Some((mail, seal)) = event.mail.zip(sealed.mail.clone()) {
                    self.mail(mail).seal = Some(seal);
                }
                self.letter_seals += sealed.letters.len();
                for sealed in &sealed.letters {
                    self.letter(&sealed.letter).seal = Some(sealed.seal.clone());
                }
            }
            What::AsideTold { letter, mails } => {
                let letter = letter.as_ref().map(LetterId::as_str).unwrap_or_default();
                for mail in mails {
                    self.mail(*mail).told = Some(letter.to_owned());
                }
            }
            What::Bundled { letters, into } => {
                for letter in letters {
                    self.letter(letter).bundled = Some(into.as_str().to_owned());
                }
            }
            What::LetterResent { letter, .. } => self.letter(letter).fate = None,
            _ => {}
        }
        if let Some((letter, state, fate)) = Fate::told_by(event) {
            self.letter(letter).fate = Some((state, fate));
        }
    }

    fn mail(&mut self, mail: i64) -> &mut OfMail {
        self.spoken_of.mails.insert(mail);
        let was_settled = self.sealed_mails.contains(mail);
        self.mails.entry(mail).or_insert_with(|| OfMail { was_settled, ..OfMail::default() })
    }

    fn letter(&mut self, letter: &LetterId) -> &mut OfLetter {
        self.spoken_of.letters.insert(letter.clone());
        self.letters.entry(letter.clone()).or_default()
    }

    /// An event without its content.
    pub fn blanked(&mut self, kind: &str) {
        self.blanked += usize::from(Self::are_in(kind));
    }

    /// Looks up the rows that events spoke of since the last time, and forgets those of which all is as it should be.
    pub async fn settle(&mut self, connection: &mut AnyConnection) -> Result<(), RegisterError> {
        let spoken_of = std::mem::take(&mut self.spoken_of);
        let mails: Vec<i64> = spoken_of.mails.into_iter().collect();
        let mut rows = mail_rows(connection, &mails).await?;
        for id in mails {
            let Entry::Occupied(mut known) = self.mails.entry(id) else { continue };
            let mail = known.get_mut();
            mail.row = rows.remove(&id);
            if mail.seal.is_some() {
                self.sealed_mails.insert(id);
            }
            // Settled before: who was told is as the row says, unless it is told anew.
            if mail.was_settled && mail.told.is_none() {
                mail.told = mail.row.as_ref().and_then(|row| row.told_in.clone());
            }
            if self.sealed_mails.contains(id) && mail.amiss().is_none() && mail.is_told() {
                known.remove();
            }
        }
        let letters: Vec<String> = spoken_of.letters.iter().map(|id| id.as_str().to_owned()).collect();
        let mut rows = letter_rows(connection, &letters).await?;
        for id in spoken_of.letters {
            let row = rows.remove(id.as_str());
            let Entry::Occupied(mut known) = self.letters.entry(id) else { continue };
            let letter = known.get_mut();
            letter.row = row;
            if letter.seal.is_some() && letter.amiss().is_none() && letter.is_bundled() && letter.is_fate() {
                known.remove();
            }
        }
        Ok(())
    }

    /// What is amiss, now that the chain has said all.
    pub async fn end(self, connection: &mut AnyConnection, findings: &mut Vec<Finding>) -> Result<(), RegisterError> {
        let is_blanked = self.blanked > 0;
        let mut find = |place: String, what: &str| findings.push(Finding { place, what: what.to_owned() });
        for (id, mail) in self.mails.iter().filter(|(id, _)| self.sealed_mails.contains(**id)) {
            let untold =
                || (!is_blanked && !mail.is_told()).then_some("who was told of it is not what its events tell");
            if let Some(what) = mail.amiss().or_else(untold) {
                find(format!("mail {id}"), what);
            }
        }
        for (id, letter) in &self.letters {
            let unbundled = || {
                (!is_blanked && !letter.is_bundled())
                    .then(|| "which letter it goes out in is not what its events tell".to_owned())
            };
            let amiss = letter.amiss().map(str::to_owned).or_else(unbundled);
            if let Some(what) = amiss.or_else(|| letter.other_fate(is_blanked)) {
                find(format!("letter {}", id.as_str()), &what);
            }
        }
        if !is_blanked {
            self.unsealed_mails(connection, &mut find).await?;
            self.unsealed_letters(connection, &mut find).await?;
        }
        astray(connection, &mut find).await
    }

    /// Rows that no decision of ours made. They are looked for one by one only where something does not add up.
    async fn unsealed_mails(
        &self,
        connection: &mut AnyConnection,
        find: &mut impl FnMut(String, &str),
    ) -> Result<(), RegisterError> {
        let count = sqlx::query("SELECT CAST(count(*) AS BIGINT) FROM mail WHERE disposition IS NOT NULL");
        let count = count.fetch_one(&mut *connection).await?.try_get::<i64, _>(0)?;
        if usize::try_from(count) == Ok(self.sealed_mails.len())
            && self.mails.values().all(|mail| mail.amiss().is_none())
        {
            return Ok(());
        }
        let text = "SELECT id FROM mail WHERE disposition IS NOT NULL ORDER BY id";
        let mut rows = sqlx::query(text).fetch(connection);
        while let Some(row) = rows.try_next().await? {
            let id = row.try_get(0)?;
            if !self.sealed_mails.contains(id) {
                find(format!("mail {id}"), "it was decided on outside the chain");
            }
        }
        Ok(())
    }

    /// The same of letters.
    async fn unsealed_letters(
        &self,
        connection: &mut AnyConnection,
        find: &mut impl FnMut(String, &str),
    ) -> Result<(), RegisterError> {
        let count = sqlx::query("SELECT CAST(count(*) AS BIGINT) FROM outbox").fetch_one(&mut *connection).await?;
        let missing = self.letters.values().filter(|letter| letter.seal.is_some() && letter.row.is_none()).count();
        if usize::try_from(count.try_get::<i64, _>(0)?) == Ok(self.letter_seals - missing) {
            return Ok(());
        }
        let mut sealed = BTreeSet::new();
        let text = "SELECT body FROM event JOIN event_payload ON event_payload.seq = event.seq WHERE kind = 'sealed'";
        let mut rows = sqlx::query(text).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let event = serde_json::from_str(row.try_get(0)?);
            if let Ok(Event { what: What::Sealed(of), .. }) = event {
                sealed.extend(of.letters.into_iter().map(|sealed| sealed.letter));
            }
        }
        drop(rows);
        let mut rows = sqlx::query("SELECT id FROM outbox ORDER BY id").fetch(connection);
        while let Some(row) = rows.try_next().await? {
            let id = LetterId::from_stored(row.try_get::<String, _>(0)?);
            if !sealed.contains(&id) {
                find(format!("letter {}", id.as_str()), "it was written outside the chain");
            }
        }
        Ok(())
    }
}

/// What of a row is not as it was sealed.
fn changed(seal: &Seal, sealed: &Seal, is_whole: bool) -> Option<&'static str> {
    if seal.row != sealed.row {
        return Some("a column was changed");
    }
    (is_whole && seal.content != sealed.content).then_some("its bytes were changed")
}

impl OfMail {
    fn amiss(&self) -> Option<&'static str> {
        let Some(row) = self.row.as_ref() else { return Some("its decision is there, the mail is not") };
        changed(&row.seal, self.seal.as_ref()?, row.is_whole)
    }

    fn is_told(&self) -> bool {
        self.row.as_ref().is_none_or(|row| row.told_in == self.told)
    }
}

impl OfLetter {
    /// Letters of which the chain tells and that were never written are amiss only where they were sealed.
    fn amiss(&self) -> Option<&'static str> {
        let sealed = self.seal.as_ref()?;
        let Some(row) = self.row.as_ref() else { return Some("its writing is there, the letter is not") };
        changed(&row.seal, sealed, row.is_whole)
    }

    fn is_bundled(&self) -> bool {
        self.row
            .as_ref()
            .is_none_or(|row| self.seal.is_none() && self.bundled.is_none() || row.bundled_in == self.bundled)
    }

    fn is_fate(&self) -> bool {
        let Some(row) = self.row.as_ref() else { return true };
        match &self.fate {
            Some((state, fate)) => *state == row.state && *fate == row.fate,
            // Still on its way; the reply is the last try's.
            None => {
                // One whose bundle was blanked waits again.
                let is_on_its_way = match row.state.as_str() {
                    "bundled" => row.bundled_in.is_some(),
                    "queued" | "leased" | "held" => row.bundled_in.is_none() || self.bundled.is_some(),
                    _ => false,
                };
                is_on_its_way && row.fate.accepted_at.is_none() && row.fate.server.is_empty()
            }
        }
    }

    fn other_fate(&self, is_blanked: bool) -> Option<String> {
        let row = self.row.as_ref().filter(|_| !self.is_fate() && (self.fate.is_some() || !is_blanked))?;
        let told = self.fate.as_ref().map_or("nothing of its end", |(state, _)| state);
        Some(format!("its row says {} {:?}, its events tell {told}", row.state, row.fate))
    }
}

/// A set of ids that mostly follow on each other: a bit for each.
#[derive(Default)]
struct Ids(BTreeMap<i64, [u64; 64]>);

impl Ids {
    fn place(id: i64) -> (i64, usize, u64) {
        (id >> 12, usize::try_from(id >> 6 & 63).unwrap_or_default(), 1 << (id & 63))
    }

    fn insert(&mut self, id: i64) {
        let (page, word, bit) = Self::place(id);
        self.0.entry(page).or_insert([0; 64])[word] |= bit;
    }

    fn len(&self) -> usize {
        self.0.values().flatten().map(|word| word.count_ones() as usize).sum()
    }

    fn contains(&self, id: i64) -> bool {
        let (page, word, bit) = Self::place(id);
        self.0.get(&page).is_some_and(|words| words[word] & bit != 0)
    }
}

/// Contents that were moved away from their row: that row would pass for blanked.
async fn astray(connection: &mut AnyConnection, find: &mut impl FnMut(String, &str)) -> Result<(), RegisterError> {
    for (place, query) in [
        ("events", "SELECT count(*) FROM event_payload WHERE seq NOT IN (SELECT seq FROM event)"),
        ("mails", "SELECT count(*) FROM mail_raw WHERE mail_id NOT IN (SELECT id FROM mail)"),
        ("letters", "SELECT count(*) FROM letter WHERE id NOT IN (SELECT id FROM outbox)"),
        ("letters", "SELECT count(*) FROM letter_carried WHERE letter_id NOT IN (SELECT id FROM outbox)"),
    ] {
        let astray: i64 = sqlx::query(query).fetch_one(&mut *connection).await?.try_get(0)?;
        if astray > 0 {
            find(place.to_owned(), "there is content that belongs to no row");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_ids_knows_each_of_them_and_no_other() {
        let mut ids = Ids::default();
        let some = [0, 1, 63, 64, 4_095, 4_096, -1, -4_097, i64::MAX, i64::MIN];
        for id in some {
            assert!(!ids.contains(id), "{id}");
            ids.insert(id);
            assert!(ids.contains(id), "{id}");
        }
        assert_eq!(ids.len(), some.len());
        for id in some {
            assert!(!ids.contains(id ^ 2), "{id}");
        }
    }
}
