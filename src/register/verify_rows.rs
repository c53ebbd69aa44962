//! The second half of verifying: mails and letters held against their seals in the chain, and letters' fates against
//! the events that tell of them (invariant 8). Only SQL.

use super::RegisterError;
use super::seal::{Fate, letter_rows, mail_rows};
use super::verify::Finding;
use crate::case::{Event, LetterId, Seal, What};
use sqlx::{AnyConnection, Row};
use std::collections::BTreeMap;

/// Rows looked for at a time that have no seal: bounds the memory.
const PAGE: i64 = 1_000;

/// What the chain says about mails and letters.
#[derive(Default)]
pub(super) struct Sealings {
    mails: BTreeMap<i64, Seal>,
    letters: BTreeMap<LetterId, Seal>,
    /// The last word on a letter: the state of its row, and its fate.
    fates: BTreeMap<LetterId, (&'static str, Fate)>,
    /// Letters that go out in another one's shape.
    bundled: BTreeMap<LetterId, String>,
    /// Mails that somebody was told of, and the letter that told.
    told: BTreeMap<i64, String>,
    /// Seals that were blanked: then a row without one proves nothing.
    blanked: usize,
}

impl Sealings {
    /// Takes in what an event says about rows.
    pub fn take(&mut self, event: &Event) {
        if let What::Sealed(sealed) = &event.what {
            self.mails.extend(event.mail.zip(sealed.mail.clone()));
            self.letters.extend(sealed.letters.iter().map(|sealed| (sealed.letter.clone(), sealed.seal.clone())));
        }
        if let What::AsideTold { letter, mails } = &event.what {
            let letter = letter.as_ref().map(LetterId::as_str).unwrap_or_default();
            self.told.extend(mails.iter().map(|mail| (*mail, letter.to_owned())));
        }
        if let What::Bundled { letters, into } = &event.what {
            self.bundled.extend(letters.iter().map(|letter| (letter.clone(), into.as_str().to_owned())));
        }
        if let What::LetterResent { letter, .. } = &event.what {
            self.fates.remove(letter);
        }
        if let Some((letter, state, fate)) = Fate::told_by(event) {
            self.fates.insert(letter.clone(), (state, fate));
        }
    }

    /// An event without its content.
    pub fn blanked(&mut self, kind: &str) {
        self.blanked +=
            usize::from(["sealed", "letter_fate", "letter_resent", "aside_told", "bundled"].contains(&kind));
    }

    /// Holds every row against what the chain says.
    pub async fn hold(self, connection: &mut AnyConnection, findings: &mut Vec<Finding>) -> Result<(), RegisterError> {
        let mut find = |place: String, what: &str| findings.push(Finding { place, what: what.to_owned() });
        for (mail, seal) in &self.mails {
            let place = format!("mail {mail}");
            match mail_rows(connection, &[*mail]).await?.remove(mail) {
                None => find(place, "its decision is there, the mail is not"),
                Some(row) if row.seal.row != seal.row => find(place, "a column was changed"),
                Some(row) if row.is_whole && row.seal.content != seal.content => find(place, "its bytes were changed"),
                Some(row) if self.blanked == 0 && row.told_in.as_ref() != self.told.get(mail) => {
                    find(place, "who was told of it is not what its events tell");
                }
                Some(_) => {}
            }
        }
        for (letter, seal) in &self.letters {
            let place = format!("letter {}", letter.as_str());
            let Some(row) = letter_rows(connection, &[letter]).await?.remove(letter.as_str()) else {
                find(place, "its writing is there, the letter is not");
                continue;
            };
            if row.seal.row != seal.row {
                find(place, "a column was changed");
            } else if row.is_whole && row.seal.content != seal.content {
                find(place, "its bytes were changed");
            } else if self.blanked == 0 && row.bundled_in.as_ref() != self.bundled.get(letter) {
                find(place, "which letter it goes out in is not what its events tell");
            } else if !self.is_fate(letter, &row.state, &row.fate) {
                let told = self.fates.get(letter).map_or("nothing of its end", |(state, _)| state);
                find(place, &format!("its row says {} {:?}, its events tell {told}", row.state, row.fate));
            }
        }
        if self.blanked == 0 {
            self.unsealed(connection, &mut find).await?;
        }
        astray(connection, &mut find).await
    }

    fn is_fate(&self, letter: &LetterId, state: &str, fate: &Fate) -> bool {
        match self.fates.get(letter) {
            Some((told_state, told)) => *told_state == state && told == fate,
            // Still on its way; the reply is the last try's.
            None => {
                let is_on_its_way = match self.bundled.contains_key(letter) {
                    true => state == "bundled",
                    false => matches!(state, "queued" | "leased" | "held"),
                };
                self.blanked > 0 || is_on_its_way && fate.accepted_at.is_none() && fate.server.is_empty()
            }
        }
    }

    /// Rows that no decision of ours made.
    async fn unsealed(
        &self,
        connection: &mut AnyConnection,
        find: &mut impl FnMut(String, &str),
    ) -> Result<(), RegisterError> {
        let mut last = i64::MIN;
        loop {
            let query = "SELECT id FROM mail WHERE id > $1 AND disposition IS NOT NULL ORDER BY id LIMIT $2";
            let rows = sqlx::query(query).bind(last).bind(PAGE).fetch_all(&mut *connection).await?;
            for row in &rows {
                last = row.try_get(0)?;
                if !self.mails.contains_key(&last) {
                    find(format!("mail {last}"), "it was decided on outside the chain");
                }
            }
            if rows.is_empty() {
                break;
            }
        }
        let mut last = String::new();
        loop {
            let query = "SELECT id FROM outbox WHERE id > $1 ORDER BY id LIMIT $2";
            let rows = sqlx::query(query).bind(&last).bind(PAGE).fetch_all(&mut *connection).await?;
            for row in &rows {
                last = row.try_get(0)?;
                if !self.letters.contains_key(&LetterId::from_stored(last.as_str())) {
                    find(format!("letter {last}"), "it was written outside the chain");
                }
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
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
