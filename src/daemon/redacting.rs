//! Redaction, step by step: listed beside the register, blanked in it, its remains purged from the file, the originals taken
//! out of our own folders. Each step is noted, so that a crash, a server that is away or a restored backup only means that
//! what is left is done the next time (§2.4.3).

use super::comparing::{own_folders, size};
use super::mailboxes::OfMailbox;
use super::office::Office;
use super::watching::{Complaint, News};
use super::{Salts, WorkError};
use crate::case::{Case, CaseNumber, LetterKind, MailboxName, Moment};
use crate::crash;
use crate::desk::{Disposition, FoundIn, Role, Sought, Within};
use crate::mail;
use crate::mailbox::{Filed, Folder, Mailbox, MailboxError, Uid};
use crate::register::{Beside, Probe, Purged, RedactedCase, RedactionEntry, RedactionList, RegisterError, Scope};
use std::collections::{BTreeSet, HashSet};

/// Mails whose headers are asked for at a time.
const PAGE: usize = 500;
/// How a spreadsheet ends that goes with an overview: what stands in it is not read here.
const SHEET: &str = ".xlsx";

/// What a person asked to redact.
#[derive(Debug, Clone)]
pub struct ToRedact {
    /// Each with all its halves.
    pub cases: BTreeSet<CaseNumber>,
    /// Mails that concern no case.
    pub mails: Vec<i64>,
    pub reason: String,
    pub ground: Option<String>,
}

/// How far redacting has come, all entries together.
#[derive(Debug, Default)]
pub struct Redacting {
    /// Why remains may still be in the file.
    pub not_purged: Option<String>,
    /// Why originals may still be in the mailbox.
    pub not_removed: Option<String>,
}

/// What would be, or was, blanked.
///
/// # Errors
/// The register refused.
pub async fn scope_of(office: &Office, asked: &ToRedact) -> Result<Scope, WorkError> {
    let cases: Vec<CaseNumber> = asked.cases.iter().copied().collect();
    let mut tx = office.register.begin().await?;
    let (known, folders) = (tx.load_cases(&cases).await?, tx.folders_of(&asked.mails).await?);
    drop(tx);
    let of_mails = folders.iter().map(|folder| office.mailboxes.of_folder(folder));
    let within = company_of(office, of_cases(office, known.values()).chain(of_mails));
    let beside = beside(office, &asked.cases, within).await?;
    let mut tx = office.register.begin().await?;
    Ok(tx.redaction_scope(&asked.cases, &asked.mails, &beside).await?)
}

/// Lists what is asked, and blanks it in the register. What is left is for [`finish`].
///
/// # Errors
/// The list or the register refused: what is listed is blanked the next time.
pub async fn redact(office: &Office, asked: &ToRedact, scope: &Scope) -> Result<(), WorkError> {
    let mut list = office.redactions()?;
    let mut salts = Salts::new()?;
    list.begin(salts.draw())?;
    let cases: Vec<CaseNumber> = asked.cases.iter().copied().collect();
    let mut tx = office.register.begin().await?;
    let opened = tx.opened_at(&cases).await?;
    drop(tx);
    let entry = RedactionEntry {
        id: salts.draw(),
        at: office.clock.now(),
        reason: asked.reason.clone(),
        ground: asked.ground.clone(),
        cases: opened.into_iter().map(|(number, opened_at)| RedactedCase { number, opened_at }).collect(),
        mails: scope.mails.values().map(|mail| list.mark(&mail.message_id, mail.received_at, mail.size)).collect(),
        mailboxes: mailboxes_of(office, &scope.within),
        salt: String::new(),
    };
    list.add(entry)?;
    blank_listed(office, &list).await
}

/// Blanks what is listed and was not blanked yet, so that nobody asks for it twice.
///
/// # Errors
/// The list or the register refused.
pub async fn catch_up(office: &Office) -> Result<(), WorkError> {
    blank_listed(office, &office.redactions()?).await
}

/// Does what is left of all that is listed: in a register that was restored, after a crash, once the mailbox can be reached.
///
/// # Errors
/// The register refused to blank. What else could not be done is told, and done the next time.
pub async fn finish(office: &Office, mailbox: Option<&mut Mailbox>) -> Result<Redacting, WorkError> {
    share(office).await?;
    let list = office.redactions()?;
    if list.entries.is_empty() {
        return Ok(Redacting::default());
    }
    let blanked = blank_listed(office, &list).await;
    let stages = office.register.redaction_stages().await?;
    let stages: Vec<_> = list.entries.iter().filter_map(|entry| stages.get(&entry.id)).collect();
    let mut told = Redacting::default();
    if stages.iter().any(|stage| !stage.purged) {
        crash::point("before purging what was redacted");
        told.not_purged = match office.register.purge(office.clock.now()).await {
            Ok(Purged::Here) => None,
            Ok(Purged::Elsewhere) => Some("another klachtpost writes the tables anew at this moment".to_owned()),
            Err(error) => Some(error.to_string()),
        };
    }
    if stages.iter().any(|stage| !stage.removed) {
        told.not_removed = match mailbox {
            Some(mailbox) => removed_here(office, mailbox, &list).await?,
            None => Some("the mailbox was not opened".to_owned()),
        };
        if told.not_removed.is_none() {
            office.register.note_removed(office.clock.now()).await?;
        }
    }
    blanked.map(|()| told)
}

/// Of several machines each has a list of its own: what another one's says is taken over by way of the register, so that
/// whichever is left after a loss has all of it.
async fn share(office: &Office) -> Result<(), WorkError> {
    if !office.register.is_shared() {
        return Ok(());
    }
    let told = office.register.redactions_told().await?;
    let mut list = office.redactions()?;
    let new = list.learn(told.values().filter(|listed| !listed.is_empty()))?;
    if new > 0 {
        tracing::info!(entries = new, "redactions that another machine listed stand in this one's list too");
    }
    let is_untold = |entry: &&RedactionEntry| told.get(&entry.id).is_some_and(String::is_empty);
    let untold: Result<Vec<_>, RegisterError> =
        list.entries.iter().filter(is_untold).map(|entry| Ok((entry.id.clone(), list.told(entry)?))).collect();
    Ok(office.register.tell_redactions(&untold?).await?)
}

/// The same for the daemon, where there are others than the `seen` last.
pub(super) async fn share_new(office: &Office, seen: &mut Option<i64>) {
    if !office.register.is_shared() {
        return;
    }
    let shared = async {
        let count = office.register.count_redactions().await?;
        if seen.replace(count) != Some(count) {
            share(office).await?;
        }
        Ok::<_, WorkError>(())
    };
    if let Err(error) = shared.await {
        *seen = None;
        if office.watch.first(Complaint::Listing) == News::Yes {
            tracing::warn!(%error, "this machine's list of redactions is not brought up to date; every minute tries again");
        }
        return;
    }
    office.watch.mended(Complaint::Listing);
}

/// As [`finish`], for the daemon: the log says what is left, once. Where it fails, nothing goes out about what is listed, and
/// all else goes on: a redaction keeps no complaint from being taken in.
pub(super) async fn again(office: &Office, mailbox: Option<&mut Mailbox>) {
    let is_there = mailbox.is_some();
    let told = match finish(office, mailbox).await {
        Ok(told) => told,
        Err(error) => {
            let held = hold_listed(office).await.err().map(|error| error.to_string());
            if office.watch.first(Complaint::Blanking) == News::Yes {
                tracing::error!(%error, not_held = held, "what is listed as redacted is still on file; its letters are held");
            }
            return;
        }
    };
    office.watch.mended(Complaint::Blanking);
    let left = told.not_purged.iter().chain(told.not_removed.iter().filter(|_| is_there));
    for left in left {
        if office.watch.first(Complaint::Redacting) == News::Yes {
            tracing::warn!(left, "a redaction is not finished; every look at the mailbox's folders tries again");
        }
    }
}

/// Holds the letters of cases that are listed and could not be blanked.
async fn hold_listed(office: &Office) -> Result<(), WorkError> {
    let list = office.redactions()?;
    for entry in not_blanked(office, &list).await? {
        let (cases, ..) = on_file(office, &list, entry).await?;
        let mut tx = office.register.begin().await?;
        tx.hold_letters_of(&cases).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What is listed and was not blanked in this register yet.
async fn not_blanked<'list>(
    office: &Office,
    list: &'list RedactionList,
) -> Result<Vec<&'list RedactionEntry>, RegisterError> {
    let stages = office.register.redaction_stages().await?;
    Ok(list.entries.iter().filter(|entry| !stages.contains_key(&entry.id)).collect())
}

/// Blanks what is listed and was not blanked yet; an entry that cannot be keeps no other from it.
async fn blank_listed(office: &Office, list: &RedactionList) -> Result<(), WorkError> {
    let mut first = Ok(());
    for entry in not_blanked(office, list).await? {
        if let Err(error) = blank(office, list, entry).await {
            first = first.and(Err(WorkError::NotBlanked { entry: entry.id.clone(), why: error.to_string() }));
        }
    }
    first
}

async fn blank(office: &Office, list: &RedactionList, entry: &RedactionEntry) -> Result<(), WorkError> {
    let mut salts = Salts::new()?;
    let (cases, mails, within) = on_file(office, list, entry).await?;
    let beside = beside(office, &cases, within).await?;
    let mut tx = office.register.begin().await?;
    let scope = tx.redaction_scope(&cases, &mails, &beside).await?;
    crash::point("before blanking");
    tx.redact(entry, &list.told(entry)?, &scope, office.clock.now(), &mut || salts.draw()).await?;
    tx.commit().await?;
    crash::point("after blanking");
    tracing::info!(
        entry = entry.id,
        cases = scope.cases.len(),
        mails = scope.mails.len(),
        "personal data were blanked"
    );
    Ok(())
}

/// The cases and mails of an entry that this register has, and whose they are: another case may have got a number since.
async fn on_file(
    office: &Office,
    list: &RedactionList,
    entry: &RedactionEntry,
) -> Result<(BTreeSet<CaseNumber>, Vec<i64>, Within), WorkError> {
    let numbers: Vec<CaseNumber> = entry.cases.iter().map(|case| case.number).collect();
    let moments: BTreeSet<i64> = entry.mails.iter().map(|mail| mail.received_at).collect();
    let moments: Vec<i64> = moments.into_iter().collect();
    let mut tx = office.register.begin().await?;
    let opened = tx.opened_at(&numbers).await?;
    let mails = tx.mails_received_at(&moments).await?;
    let is_same = |case: &&RedactedCase| opened.get(&case.number) == Some(&case.opened_at);
    let cases: BTreeSet<CaseNumber> = entry.cases.iter().filter(is_same).map(|case| case.number).collect();
    let known = tx.load_cases(&cases.iter().copied().collect::<Vec<_>>()).await?;
    // The same mail may have come to another company too. An entry from before companies were listed says no more than its mails.
    let named = entry.mailboxes.iter().map(|name| office.mailboxes.named(Some(name)));
    let within = company_of(office, of_cases(office, known.values()).chain(named));
    let is_listed = |mail: &crate::register::ScopedMail| {
        let is_theirs = entry.mailboxes.is_empty() || within.has_folder(&mail.mailbox);
        is_theirs && list.names(entry, &mail.message_id, mail.received_at, mail.size)
    };
    let mails = mails.into_iter().filter(|(_, mail)| is_listed(mail)).map(|(id, _)| id).collect();
    Ok((cases, mails, within))
}

/// Whose these are: what another company has of the same person is its own. Where none is known, the first's, as all of before
/// there were several.
fn company_of<'a>(office: &Office, all: impl Iterator<Item = &'a OfMailbox>) -> Within {
    let all = all.map(|one| one.within.clone()).reduce(Within::or);
    all.unwrap_or_else(|| office.mailboxes.first().within.clone())
}

fn of_cases<'a>(office: &'a Office, cases: impl Iterator<Item = &'a Case>) -> impl Iterator<Item = &'a OfMailbox> {
    cases.map(|case| office.mailboxes.of_case(case))
}

/// The same by the names that stay.
fn mailboxes_of(office: &Office, within: &Within) -> Vec<MailboxName> {
    let names = office.mailboxes.all().map(OfMailbox::name);
    names.filter(|name| within.has_mailbox(Some(name))).cloned().collect()
}

/// What concerns no case and names one of these, or writes of its customer's address; and overviews with a spreadsheet of
/// that time. A customer who is a colleague too writes of much else: that is not looked for by the address.
async fn beside(office: &Office, cases: &BTreeSet<CaseNumber>, within: Within) -> Result<Beside, WorkError> {
    let (mut numbers, mut since): (Vec<String>, Option<Moment>) = (Vec::new(), None);
    let mut beside = Beside { within, ..Beside::default() };
    let cases: Vec<CaseNumber> = cases.iter().copied().collect();
    let cases = office.register.begin().await?.load_cases(&cases).await?;
    for (number, case) in cases {
        let mailbox = office.mailboxes.of_case(&case);
        numbers.push(number.to_string().to_lowercase());
        let address = case.customer.address.as_ref().filter(|address| mailbox.rules.role(address) == Role::Outsider);
        beside.named.extend(address.and_then(|address| Sought::parse(address.as_str())));
        since = since.min(Some(case.lodged_at)).or(Some(case.lodged_at));
    }
    let (Some(since), within) = (since, beside.within.clone()) else { return Ok(beside) };
    let named = beside.named.clone();
    let names = |mail: &mail::Mail| {
        let said = [&mail.subject, &mail.text].map(|text| text.to_lowercase());
        let is_named =
            |sought: &Sought| sought.found_in(mail).iter().any(|place| matches!(place, FoundIn::From | FoundIn::Text));
        numbers.iter().any(|number| said.iter().any(|text| text.contains(number.as_str())))
            || named.iter().any(is_named)
    };
    let mut after = 0;
    while let Some((id, raw)) = office.register.next_caseless_mail(&within, since, after, &BESIDE_MAILS).await? {
        after = id;
        if names(&mail::read(&raw, "")) {
            beside.mails.push(id);
        }
    }
    let mut after = String::new();
    while let Some((id, kind, raw)) = office.register.next_caseless_letter(&within, since, &after).await? {
        after = id.as_str().to_owned();
        let read = mail::read(&raw, "");
        let has_sheet = matches!(kind, LetterKind::Digest | LetterKind::Month | LetterKind::CaseList)
            && read.attachments.iter().any(|part| part.name.to_lowercase().ends_with(SHEET));
        if has_sheet || names(&read) {
            beside.letters.push(id);
        }
    }
    Ok(beside)
}

/// Of mails that concern no case, those that a colleague or a machine wrote: one that was put aside may be a complaint, and is
/// redacted only where it is named.
const BESIDE_MAILS: [Disposition; 4] =
    [Disposition::Staff, Disposition::Automatic, Disposition::Bounce, Disposition::Duplicate];

/// The same for all mailboxes: what one had is gone from this one, and from the others as far as they were looked into.
async fn removed_here(
    office: &Office,
    mailbox: &mut Mailbox,
    list: &RedactionList,
) -> Result<Option<String>, WorkError> {
    let left = remove_originals(office, mailbox, list).await?;
    if left.is_some() {
        return Ok(left);
    }
    let entries: Vec<String> = list.entries.iter().map(|entry| entry.id.clone()).collect();
    let all: Vec<MailboxName> = office.mailboxes.all().map(|one| one.name().clone()).collect();
    let from_all = office.register.note_removed_from(office.mailbox_name(), &entries, &all).await?;
    Ok((!from_all).then(|| "not every mailbox was looked into yet".to_owned()))
}

/// Takes the originals of all that is listed out of our own folders. None: none of them is left.
async fn remove_originals(
    office: &Office,
    mailbox: &mut Mailbox,
    list: &RedactionList,
) -> Result<Option<String>, WorkError> {
    let mut left = Vec::new();
    for (name, destination) in own_folders(&office.config.mailbox) {
        match remove_from(office, mailbox, Folder::Filed(destination), list).await {
            Ok(0) => {}
            Ok(count) => left.push(format!("{count} in {name}, which the mail server only marks as deleted")),
            Err(WorkError::Mailbox(error @ MailboxError::Server { .. })) => left.push(format!("{name}: {error}")),
            Err(WorkError::Mailbox(error)) => return Ok(Some(error.to_string())),
            Err(error) => return Err(error),
        }
        crash::point("after taking originals out of a folder");
    }
    Ok((!left.is_empty()).then(|| left.join("; ")))
}

async fn remove_from(
    office: &Office,
    mailbox: &mut Mailbox,
    folder: Folder,
    list: &RedactionList,
) -> Result<usize, WorkError> {
    mailbox.open_folder(folder).await?;
    let all = mailbox.filed_from(Uid(1)).await?;
    let may_be: Vec<Filed> =
        all.into_iter().filter(|one| list.may_know(one.entry.received_at, size(&one.entry))).collect();
    let mut left = 0;
    for page in may_be.chunks(PAGE) {
        let uids: Vec<Uid> = page.iter().map(|filed| filed.entry.uid).collect();
        let headers = mailbox.headers(&uids).await?;
        let read = page.iter().filter_map(|filed| Some((filed, mail::read(headers.get(&filed.entry.uid)?, ""))));
        let (uids, probes): (Vec<Uid>, Vec<Probe>) =
            read.map(|(filed, mail)| (filed.entry.uid, probe(filed, &mail))).unzip();
        left += take_away_redacted(office, mailbox, list, &uids, &probes).await?.left;
    }
    Ok(left)
}

/// Mails of the open folder that were redacted.
pub(super) struct TakenAway {
    pub redacted: HashSet<Uid>,
    /// Those that the mail server only marks as deleted.
    pub left: usize,
}

/// Takes what was redacted out of the open folder. Who sends the same mail again has it taken in again: it stays.
pub(super) async fn take_away_redacted(
    office: &Office,
    mailbox: &mut Mailbox,
    list: &RedactionList,
    uids: &[Uid],
    probes: &[Probe],
) -> Result<TakenAway, WorkError> {
    let listed: Vec<usize> =
        (0..probes.len()).filter(|place| probes.get(*place).is_some_and(|p| list.knows(&office.within, p))).collect();
    if listed.is_empty() {
        return Ok(TakenAway { redacted: HashSet::new(), left: 0 });
    }
    let on_file = office.register.on_file_by_id(&office.within, probes).await?;
    let redacted: Vec<Uid> = listed
        .into_iter()
        .filter(|place| !on_file.contains(place))
        .filter_map(|place| uids.get(place).copied())
        .collect();
    let left = if redacted.is_empty() { 0 } else { redacted.len() - mailbox.remove(&redacted).await?.len() };
    tracing::info!(mails = redacted.len(), left, "originals of what was redacted were taken away");
    Ok(TakenAway { redacted: redacted.into_iter().collect(), left })
}

/// What a mail of an own folder is known by.
pub(super) fn probe(filed: &Filed, mail: &mail::Mail) -> Probe {
    Probe {
        message_id: mail.message_id.clone().unwrap_or_default(),
        received_at: filed.entry.received_at,
        size: size(&filed.entry),
    }
}
