//! What a redaction reaches, and which letters of it are still on their way. Only SQL.

use super::outbox::{REDACTED, through};
use super::{RegisterError, Tx, moment, unreadable};
use crate::case::{CaseNumber, LetterId, Moment};
use crate::desk::caps::Cap;
use crate::desk::{Sought, Within};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet};

/// All that is on file of some cases, or of mails that concern none.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// All halves of each.
    pub cases: BTreeSet<CaseNumber>,
    /// By id; what each is known by.
    pub mails: BTreeMap<i64, ScopedMail>,
    /// All of them is blanked.
    pub letters: BTreeSet<LetterId>,
    /// Letters about more than this: only their text goes.
    pub beside: BTreeSet<LetterId>,
    /// The customers, by their addresses.
    pub named: Vec<Sought>,
    /// Whose they are.
    pub within: Within,
    /// Letters of them that are not sent yet.
    pub waiting: usize,
    /// Letters about others too that are not sent yet: blanked, these others would hear nothing.
    pub waiting_for_others: usize,
    /// Letters, of these, that somebody is sending at this moment.
    pub sending: usize,
}

#[derive(Debug, Clone)]
pub struct ScopedMail {
    pub message_id: String,
    pub received_at: i64,
    pub size: i64,
    /// The folder it lay in, as the register names it.
    pub mailbox: String,
    content_hash: String,
    told_in: Option<LetterId>,
}

/// What stands beside a case and names it or its customer, as who reads mails found.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    pub mails: Vec<i64>,
    pub letters: Vec<LetterId>,
    /// The customers whom it was looked through for.
    pub named: Vec<Sought>,
    /// The company whose cases they are: what another has of the same person is not touched.
    pub within: Within,
}

/// Why a letter of a listed case is held that could not be blanked.
const TO_BE_REDACTED: &str = "its complaint is to be redacted";
const MAIL: &str = "SELECT id, message_id, received_at, size, content_hash, told_in, mailbox FROM mail";

impl Tx {
    /// The mails of an entry that are on file here.
    ///
    /// # Errors
    /// The database refused.
    pub async fn mails_received_at(&mut self, moments: &[i64]) -> Result<BTreeMap<i64, ScopedMail>, RegisterError> {
        let text = format!("{MAIL} WHERE received_at IN");
        let rows = self.of_numbers(&text, moments).await?;
        rows.iter().map(scoped).collect()
    }

    /// When each of these cases was opened, as far as they are on file.
    ///
    /// # Errors
    /// The database refused.
    pub async fn opened_at(&mut self, cases: &[CaseNumber]) -> Result<BTreeMap<CaseNumber, Moment>, RegisterError> {
        let numbers: Vec<String> = cases.iter().map(ToString::to_string).collect();
        let text = "SELECT case_number, MIN(at) FROM event WHERE case_number IN";
        let rows = self.filed(text, "GROUP BY case_number", &numbers).await?;
        let opened = |row: &AnyRow| {
            let number: String = row.try_get(0)?;
            let number = number.parse().map_err(|e| unreadable(format!("case {number}: {e}")))?;
            Ok((number, moment(row.try_get(1)?)))
        };
        rows.iter().map(opened).collect()
    }

    /// The folders that these mails came by, as far as they are on file.
    ///
    /// # Errors
    /// The database refused.
    pub async fn folders_of(&mut self, mails: &[i64]) -> Result<BTreeSet<String>, RegisterError> {
        let rows = self.of_numbers("SELECT DISTINCT mailbox FROM mail WHERE id IN", mails).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// What is on file of these cases and mails.
    ///
    /// # Errors
    /// The database refused.
    pub async fn redaction_scope(
        &mut self,
        cases: &BTreeSet<CaseNumber>,
        mails: &[i64],
        beside: &Beside,
    ) -> Result<Scope, RegisterError> {
        let numbers: Vec<String> = cases.iter().map(ToString::to_string).collect();
        let rows = self.of_texts(&format!("{MAIL} WHERE case_number IN"), &numbers).await?;
        let mut found: BTreeMap<i64, ScopedMail> = rows.iter().map(scoped).collect::<Result<_, _>>()?;
        let others: Vec<i64> = mails.iter().chain(&beside.mails).copied().collect();
        for row in self.of_numbers(&format!("{MAIL} WHERE id IN"), &others).await? {
            found.extend([scoped(&row)?]);
        }
        // The same mail by another route.
        let hashes: Vec<String> =
            found.values().map(|mail| mail.content_hash.clone()).filter(|hash| !hash.is_empty()).collect();
        let copies = format!("{MAIL} WHERE disposition = 'duplicate' AND content_hash IN");
        for row in self.of_texts(&copies, &hashes).await? {
            let (id, mail) = scoped(&row)?;
            found.extend(beside.within.has_folder(&mail.mailbox).then_some((id, mail)));
        }
        let (named, within) = (beside.named.clone(), beside.within.clone());
        let mut scope = Scope { cases: cases.clone(), mails: found, named, within, ..Scope::default() };
        let of_cases = self.of_texts("SELECT id FROM outbox WHERE case_number IN", &numbers).await?;
        let keys: Vec<String> = self.customers(&numbers).await?;
        let bundles =
            "SELECT id, mailbox FROM outbox WHERE case_number = '' AND side = 'customer' AND recipient_key IN";
        let mut bundles = self.of_texts(bundles, &keys).await?;
        bundles.retain(|row| through(row, 1).is_ok_and(|mailbox| beside.within.has_mailbox(mailbox.as_ref())));
        scope.letters = letters(of_cases.iter().chain(&bundles))?;
        let told_in = scope.mails.values().filter_map(|mail| mail.told_in.clone());
        let around: BTreeSet<LetterId> = told_in.chain(beside.letters.iter().cloned()).collect();
        scope.beside = around.difference(&scope.letters).cloned().collect();
        self.add_carrying(&mut scope).await?;
        self.add_waiting(&mut scope).await?;
        Ok(scope)
    }

    async fn customers(&mut self, numbers: &[String]) -> Result<Vec<String>, RegisterError> {
        let text = "SELECT customer_address FROM cases WHERE customer_address <> '' AND number IN";
        let rows = self.of_texts(text, numbers).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Letters that carry these mails or letters along, or go out in their stead; and those that carry these.
    async fn add_carrying(&mut self, scope: &mut Scope) -> Result<(), RegisterError> {
        let mails: Vec<i64> = scope.mails.keys().copied().collect();
        let mut rows = self.of_numbers("SELECT letter_id FROM letter_carried WHERE mail_id IN", &mails).await?;
        let mut carried = texts(scope.letters.iter().chain(&scope.beside));
        loop {
            for text in [
                "SELECT letter_id FROM letter_carried WHERE of_letter IN",
                "SELECT bundled_in FROM outbox WHERE bundled_in IS NOT NULL AND id IN",
            ] {
                rows.extend(self.of_texts(text, &carried).await?);
            }
            let found = letters(&rows)?;
            let new: Vec<LetterId> = found.into_iter().filter(|letter| !scope.holds(letter)).collect();
            if new.is_empty() {
                return Ok(());
            }
            carried = texts(&new);
            scope.beside.extend(new);
            rows.clear();
        }
    }

    /// Which of them are still to go.
    async fn add_waiting(&mut self, scope: &mut Scope) -> Result<(), RegisterError> {
        let caps = Cap::ALL.map(|cap| format!("'{}'", cap.name())).join(", ");
        let text = format!(
            "SELECT case_number, state FROM outbox \
             WHERE (state IN ('queued', 'leased') OR state = 'held' AND held_because IN ({caps})) AND id IN"
        );
        let all = texts(scope.letters.iter().chain(&scope.beside));
        for row in self.of_texts(&text, &all).await? {
            let (case, state): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let is_own = case.parse().is_ok_and(|case| scope.cases.contains(&case));
            *(if is_own { &mut scope.waiting } else { &mut scope.waiting_for_others }) += 1;
            scope.sending += usize::from(state == "leased");
        }
        Ok(())
    }

    /// Those of these letters that were blanked before they went, or that another instance has by now: nothing is written down
    /// of them here.
    ///
    /// # Errors
    /// The database refused.
    pub async fn not_ours(&mut self, all: &[&LetterId]) -> Result<BTreeSet<LetterId>, RegisterError> {
        let others = self.instance.as_ref().map(|own| format!(" OR COALESCE(leased_by, '') <> '{own}'"));
        let text = format!(
            "SELECT id FROM outbox WHERE (state = 'held' AND held_because = '{REDACTED}'{}) AND id IN",
            others.unwrap_or_default()
        );
        letters(&self.of_texts(&text, &texts(all.iter().copied())).await?)
    }

    /// Nothing goes out any more about these cases.
    ///
    /// # Errors
    /// The database refused.
    pub async fn hold_letters_of(&mut self, cases: &BTreeSet<CaseNumber>) -> Result<(), RegisterError> {
        let text = format!(
            "UPDATE outbox SET state = 'held', held_because = '{TO_BE_REDACTED}' \
             WHERE state = 'queued' AND case_number IN"
        );
        self.each_text(&text, &cases.iter().map(ToString::to_string).collect::<Vec<_>>()).await
    }
}

impl Scope {
    pub(super) fn holds(&self, letter: &LetterId) -> bool {
        self.letters.contains(letter) || self.beside.contains(letter)
    }
}

/// From a row of [`MAIL`].
fn scoped(row: &AnyRow) -> Result<(i64, ScopedMail), RegisterError> {
    let told_in: Option<String> = row.try_get(5)?;
    let mail = ScopedMail {
        message_id: row.try_get(1)?,
        received_at: row.try_get(2)?,
        size: row.try_get(3)?,
        mailbox: row.try_get(6)?,
        content_hash: row.try_get(4)?,
        told_in: told_in.filter(|id| !id.is_empty()).map(LetterId::from_stored),
    };
    Ok((row.try_get(0)?, mail))
}

fn texts<'a>(letters: impl IntoIterator<Item = &'a LetterId>) -> Vec<String> {
    letters.into_iter().map(ToString::to_string).collect()
}

/// From rows that begin with a letter's id.
fn letters<'a>(rows: impl IntoIterator<Item = &'a AnyRow>) -> Result<BTreeSet<LetterId>, RegisterError> {
    rows.into_iter().map(|row| Ok(LetterId::from_stored(row.try_get::<String, _>(0)?))).collect()
}
