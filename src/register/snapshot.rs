//! What the desk is shown before it decides, read inside the transaction that will record the decisions. Only SQL.

use super::answered::KnownLetter;
use super::mails::{Identity, without_nul};
use super::sets::{numbered, rows_of, tuples};
use super::within::{Condition, of_case};
use super::{RegisterError, Tx, cases};
use crate::case::{Address, Case, CaseNumber, CaseState, LetterId, Side};
use crate::desk::{BouncedLetter, CaseFile, ClickedOn, Lookup, Naming, Said, Snapshot, Within};
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Mails on file with one of the ids that a mail answers: whoever sends many with the same id gains nothing.
const ANSWERED_MAX: usize = 20;
/// How long after the first a second copy of a complaint is known as one, in milliseconds; whose servers' clocks differ.
const TWICE_WITHIN: i64 = 3_600_000;
/// Cases of one address that are looked at, the newest: a person does not open more.
const TWICE_MAX: i64 = 20;
/// Open cases of the people a colleague mailed: beyond that the list to choose from helps nobody.
const MAILED_MAX: usize = 20;
/// Cases whose customers an authority's mail may name: what came in within a year or more; an authority seldom writes.
const NAMING_CASES_MAX: i64 = 5_000;
/// Cases that are named to whoever must choose.
const NAMED_MAX: usize = 5;

/// A mail, and what must be known to decide on it.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub mail: i64,
    pub identity: &'a Identity,
    pub lookup: &'a Lookup,
    /// What its company has on file: nothing else is looked at.
    pub within: &'a Within,
}

/// What was read for all mails at once.
#[derive(Default)]
pub(super) struct Loaded {
    serials: HashMap<i32, u32>,
    duplicates: HashMap<i64, i64>,
    letters: HashMap<String, KnownLetter>,
    bytes: HashMap<String, Vec<u8>>,
    /// By the ids of mails, the cases that these are filed on, with the mails' rows.
    cases_of_mails: HashMap<String, Vec<(i64, CaseNumber)>>,
    /// By the row of a mail in hand, the cases opened around its receipt by the same address, newest first.
    recent: HashMap<i64, Vec<Case>>,
    files: BTreeMap<CaseNumber, CaseFile>,
    /// By the key of an address, its newest cases.
    pub(super) earlier: HashMap<String, Vec<Case>>,
    /// Keys of addresses that had many notifications.
    practised: BTreeSet<String>,
}

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
        let mut snapshots = self.snapshots(&[Wanted { mail, identity, lookup, within: &Within::All }]).await?;
        Ok(snapshots.pop().unwrap_or_default())
    }

    /// The same about several, each as things stand before the first. What nearly every mail asks is read for all at once;
    /// what few do, for each.
    ///
    /// # Errors
    /// The database refused.
    pub async fn snapshots(&mut self, all: &[Wanted<'_>]) -> Result<Vec<Snapshot>, RegisterError> {
        let (duplicates, aside) = self.duplicates_of(all).await?;
        let mut loaded = Loaded { duplicates, ..Loaded::default() };
        for year in all.iter().map(|one| one.lookup.year).collect::<BTreeSet<_>>() {
            loaded.serials.insert(year, self.next_serial(year).await?);
        }
        let tokens = || all.iter().filter_map(|one| one.lookup.token.as_ref());
        let bounced = all.iter().filter_map(|one| one.lookup.bounced.as_ref());
        let letters: Vec<&LetterId> = tokens().map(|token| &token.letter).chain(bounced).collect();
        loaded.letters = self.letters_of(&letters).await?;
        let to_staff = tokens().filter(|token| token.side == Side::Staff).map(|token| &token.letter);
        loaded.bytes = self.letter_bytes(&to_staff.collect::<Vec<_>>()).await?;
        loaded.cases_of_mails = self.cases_of_mails(all).await?;
        loaded.recent = self.recent(all).await?;
        loaded.earlier = self.earlier(all).await?;
        loaded.practised = self.practised(all).await?;
        let mut apart = Vec::with_capacity(all.len());
        for one in all {
            apart.push(self.looked_up_alone(one, &loaded, aside.contains(&one.mail)).await?);
        }
        let wanted: BTreeSet<CaseNumber> =
            all.iter().zip(&apart).flat_map(|(one, apart)| loaded.numbers(one, apart)).collect();
        loaded.files = self.case_files(&wanted.into_iter().collect::<Vec<_>>()).await?;
        Ok(all.iter().zip(apart).map(|(one, apart)| loaded.snapshot(one, apart)).collect())
    }

    /// What few mails ask.
    async fn looked_up_alone(
        &mut self,
        one: &Wanted<'_>,
        loaded: &Loaded,
        may_be_aside: bool,
    ) -> Result<Alone, RegisterError> {
        let Wanted { mail, identity, lookup, within } = *one;
        let mut known = Snapshot { duplicate_of: loaded.duplicates.get(&mail).copied(), ..Snapshot::default() };
        if known.duplicate_of.is_none() && may_be_aside {
            known.put_back = self.put_back(mail, identity, within).await?;
            if known.put_back.is_none() {
                known.duplicate_of = self.duplicate_aside(mail, identity, within).await?;
            }
        }
        if !lookup.mailed.is_empty() {
            known.same_id = self.same_id(mail, identity, within).await?;
        }
        if let Some(asked) = &lookup.asked {
            known.stored = self.stored(asked, within).await?;
        }
        // Gone with a restored backup, or another register's: under its number there may be somebody else's case by now
        // (invariant 6).
        if let Some(token) = lookup.token.as_ref().filter(|token| !loaded.letters.contains_key(token.letter.as_str())) {
            known.unknown_letter = Some(token.clone());
            if let Some(number) = token.case {
                let case = self.case_going_on(number).await?.filter(|case| within.has(case));
                known.unknown_case = case.map(|case| case.number);
            }
        }
        let named = match (&lookup.bounced, self.last_letter_to(lookup, within).await?) {
            (Some(letter), _) => loaded.letters.get(letter.as_str()).cloned(),
            (None, Some(letter)) => self.letters_of(&[&letter]).await?.remove(letter.as_str()),
            (None, None) => None,
        };
        let named = named.filter(|found| within.has_mailbox(found.mailbox.as_ref()));
        let (mut bounced_of, mut bundled_of) = (None, None);
        if let Some(found) = named {
            let bundled = self.bundled_in(&found.letter.id).await?;
            bounced_of = found.case;
            bundled_of = bundled.iter().find_map(|letter| letter.case);
            let fates = self.fates_of(&found.letter.id, found.case).await?;
            known.bounced = Some(BouncedLetter { bundled, ..found.letter }.with_fates(&fates));
        }
        let mailed = self.open_cases_of(&lookup.mailed, within).await?;
        if let Some(letter) = &lookup.adopts {
            known.to_adopt = self.waiting_to_adopt(letter, within).await?;
        }
        if let Some(topic) = &lookup.topic {
            known.topic = self.clicked_on(topic, within).await?;
        }
        if let Some(naming) = &lookup.naming {
            known.customers = self.customers_named(naming, within).await?;
        }
        if let Some(want) = &lookup.want {
            known.found = Some(self.find(want, within).await?);
        }
        Ok(Alone { known, mailed, bounced_of, bundled_of })
    }

    /// The open cases of these customers, oldest first.
    async fn open_cases_of(
        &mut self,
        customers: &[Address],
        within: &Within,
    ) -> Result<Vec<CaseNumber>, RegisterError> {
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        let Condition { text: own, values } = of_case(within, customers.len() + 2);
        let text = open_cases_text(customers.len(), &own);
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(CaseState::Open.name());
        let query = customers.iter().fold(query, |query, one| query.bind(one.key()));
        let rows = values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| Ok(row.try_get::<String, _>(0)?.parse().ok())).filter_map(Result::transpose).collect()
    }

    /// The cases of the mails with the ids that these mails answer; of one id no more than can count. Never by an empty
    /// one, which many mails share.
    async fn cases_of_mails(
        &mut self,
        all: &[Wanted<'_>],
    ) -> Result<HashMap<String, Vec<(i64, CaseNumber)>>, RegisterError> {
        let ids: BTreeSet<String> = all.iter().flat_map(|one| answered_ids(one.lookup)).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let mut found: HashMap<String, Vec<(i64, CaseNumber)>> = HashMap::new();
        for some in ids.chunks(rows_of(1)) {
            let text = format!(
                "SELECT message_id, id, case_number FROM (SELECT message_id, id, case_number, \
                 ROW_NUMBER() OVER (PARTITION BY message_id, mailbox ORDER BY id) AS nth FROM mail WHERE message_id IN ({}) \
                 AND message_id <> '' AND case_number IS NOT NULL) AS filed WHERE nth <= {ANSWERED_MAX} ORDER BY id",
                numbered(1, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            let query = some.iter().fold(query, |query, id| query.bind(id.as_str()));
            for row in query.fetch_all(&mut *self.inner).await? {
                let (id, mail, number): (String, i64, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                found.entry(id).or_default().extend(number.parse().ok().map(|number| (mail, number)));
            }
        }
        Ok(found)
    }

    /// Cases that the same addresses opened within an hour of each mail's receipt, newest first.
    async fn recent(&mut self, all: &[Wanted<'_>]) -> Result<HashMap<i64, Vec<Case>>, RegisterError> {
        let said: Vec<(i64, &Said)> =
            all.iter().filter_map(|one| one.lookup.said.as_ref().map(|said| (one.mail, said))).collect();
        let mut found: HashMap<i64, Vec<Case>> = HashMap::new();
        for some in said.chunks(rows_of(2)) {
            let text = format!(
                "SELECT wanted, body FROM (SELECT column1 AS wanted, cases.body, cases.received_at, ROW_NUMBER() OVER \
                 (PARTITION BY column1, cases.mailbox ORDER BY cases.received_at DESC) AS nth FROM (VALUES {}) AS said \
                 JOIN mail ON mail.id = column1 JOIN cases ON customer_address = column2 \
                 AND cases.received_at BETWEEN mail.received_at - {TWICE_WITHIN} AND mail.received_at + {TWICE_WITHIN}) \
                 AS recent WHERE nth <= {TWICE_MAX} ORDER BY wanted, received_at DESC",
                tuples(self.engine, 2, some.len())
            );
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (mail, said)| {
                query.bind(*mail).bind(said.from.key())
            });
            for row in query.fetch_all(&mut *self.inner).await? {
                found.entry(row.try_get(0)?).or_default().push(cases::body(&row)?);
            }
        }
        Ok(found)
    }

    /// The sender's newest case of that subject.
    async fn clicked_on(&mut self, topic: &ClickedOn, within: &Within) -> Result<Option<CaseFile>, RegisterError> {
        let Condition { text: own, values } = of_case(within, 2);
        let text = format!(
            "SELECT body FROM cases WHERE customer_address = $1 AND {own} ORDER BY received_at DESC LIMIT {TWICE_MAX}"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(topic.from.key());
        for row in &values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&mut *self.inner).await? {
            let case = cases::body(row)?;
            if topic.is_of(&case) {
                return self.case_file(case.number).await;
            }
        }
        Ok(None)
    }

    /// Cases of the customers whom a text names, among the newest.
    async fn customers_named(&mut self, naming: &Naming, within: &Within) -> Result<Vec<CaseFile>, RegisterError> {
        let Condition { text: own, values } = of_case(within, 2);
        let text = format!(
            "SELECT body FROM cases WHERE state <> $1 AND {own} ORDER BY year DESC, serial DESC LIMIT {NAMING_CASES_MAX}"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(CaseState::Merged.name());
        let mut numbers = Vec::new();
        for row in &values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&mut *self.inner).await? {
            let case = cases::body(row)?;
            if numbers.len() < NAMED_MAX && naming.is_of(&case) {
                numbers.push(case.number);
            }
        }
        let mut files = self.case_files(&numbers).await?;
        Ok(numbers.iter().filter_map(|number| files.remove(number)).collect())
    }
}

/// What was looked up for one mail alone.
struct Alone {
    known: Snapshot,
    /// Open cases of the customers whom a colleague mailed.
    mailed: Vec<CaseNumber>,
    /// The case of the letter that came back, and the first of those that it stood for.
    bounced_of: Option<CaseNumber>,
    bundled_of: Option<CaseNumber>,
}

impl Loaded {
    /// The letter that the mail answers, and its case: a digest's buttons hold tokens of the cases in it.
    fn answered_letter(&self, lookup: &Lookup) -> Option<(&KnownLetter, Option<CaseNumber>)> {
        let token = lookup.token.as_ref()?;
        let letter = self.letters.get(token.letter.as_str())?;
        Some((letter, letter.case.or(token.case)))
    }

    /// The cases of the mails with the ids that this one answers, in the order of the ids.
    fn answered(&self, lookup: &Lookup) -> Vec<CaseNumber> {
        let mut seen = BTreeSet::new();
        let ids: Vec<String> = answered_ids(lookup).filter(|id| seen.insert(id.clone())).collect();
        let of_id = |(place, id): (usize, &String)| {
            let cases = self.cases_of_mails.get(id).into_iter().flatten();
            cases.map(move |(mail, number)| (*mail, place, *number)).collect::<Vec<_>>()
        };
        let mut found: Vec<(i64, usize, CaseNumber)> = ids.iter().enumerate().flat_map(of_id).collect();
        found.sort_unstable();
        found.truncate(ANSWERED_MAX);
        found.sort_by_key(|(_, place, _)| *place);
        found.into_iter().map(|(_, _, number)| number).collect()
    }

    /// The case that was opened with the same words.
    fn twice(&self, one: &Wanted<'_>) -> Option<CaseNumber> {
        let said = one.lookup.said.as_ref()?;
        let recent = self.recent.get(&one.mail)?;
        recent.iter().find(|case| one.within.has(case) && said.is_of(case)).map(|case| case.number)
    }

    /// The cases whose files the mail needs.
    fn numbers(&self, one: &Wanted<'_>, apart: &Alone) -> Vec<CaseNumber> {
        let lookup = one.lookup;
        let of_letter = self.answered_letter(lookup).and_then(|(_, case)| case);
        let single = [of_letter, apart.bounced_of, apart.bundled_of, lookup.confirms, self.twice(one)];
        let several = apart.mailed.iter().chain(&lookup.named).copied().chain(self.answered(lookup));
        single.into_iter().flatten().chain(several).collect()
    }

    fn snapshot(&self, one: &Wanted<'_>, apart: Alone) -> Snapshot {
        let lookup = one.lookup;
        let file = |number: Option<CaseNumber>| self.file(number?, one.within).cloned();
        // Another company's letter, or one about its case, is nobody's here: what answers it is read like any mail.
        let is_others = |case: &Option<CaseNumber>| {
            case.and_then(|number| self.files.get(&number)).is_some_and(|file| !one.within.has(&file.case))
        };
        let is_own = |letter: &KnownLetter| one.within.has_mailbox(letter.mailbox.as_ref());
        let answered_letter = self.answered_letter(lookup).filter(|(letter, case)| is_own(letter) && !is_others(case));
        let letter = answered_letter.map(|(letter, _)| letter);
        let of_letter = file(answered_letter.and_then(|(_, case)| case));
        let of_letter = if apart.bounced_of.is_some() { file(apart.bounced_of) } else { of_letter };
        let is_others_bounce = is_others(&apart.bounced_of) || is_others(&apart.bundled_of);
        let mut known = apart.known;
        known.bounced.take_if(|_| is_others_bounce);
        Snapshot {
            next_serial: self.serials.get(&lookup.year).copied().unwrap_or_default(),
            letter: lookup.token.as_ref().map(|token| token.letter.clone()),
            letter_kind: letter.map(|letter| letter.letter.kind),
            letter_bytes: letter.and_then(|letter| self.bytes.get(letter.letter.id.as_str())).cloned(),
            letter_department: letter.map(|letter| letter.department.clone()).filter(|name| !name.is_empty()),
            file: of_letter.or_else(|| file(apart.bundled_of)),
            mailed: apart.mailed.iter().filter_map(|number| file(Some(*number))).collect(),
            confirms: file(lookup.confirms),
            answered: self.files_of(&self.answered(lookup), one.within),
            named: self.files_of(&lookup.named, one.within),
            twice: file(self.twice(one)),
            earlier: self.earlier_of(one),
            practised: lookup.notified.iter().filter(|one| self.practised.contains(&one.key())).cloned().collect(),
            ..known
        }
    }

    fn file(&self, number: CaseNumber, within: &Within) -> Option<&CaseFile> {
        self.files.get(&number).filter(|file| within.has(&file.case))
    }

    /// The files that these numbers lead to, each once.
    fn files_of(&self, numbers: &[CaseNumber], within: &Within) -> Vec<CaseFile> {
        let mut seen = BTreeSet::new();
        let files = numbers.iter().filter_map(|number| self.file(*number, within));
        files.filter(|file| seen.insert(file.case.number)).cloned().collect()
    }
}

fn answered_ids(lookup: &Lookup) -> impl Iterator<Item = String> {
    lookup.answered.iter().map(|id| without_nul(id)).filter(|id| !id.is_empty())
}

/// Open cases by their customers. By `state` itself SQLite would go through all that is open, which it takes for as few.
pub(super) fn open_cases_text(customers: usize, own: &str) -> String {
    format!(
        "SELECT number FROM cases WHERE state || '' = $1 AND customer_address IN ({}) AND {own} \
         ORDER BY year, serial LIMIT {MAILED_MAX}",
        numbered(2, customers)
    )
}
