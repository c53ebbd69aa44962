//! `klachtpost case export --folder`: a case as a folder that somebody who asks for their data can be given (GDPR art. 15): a
//! page to read, the mails and letters as they are, and the data for programs. What is the customer's own, what is of others
//! and what is internal stand apart, because a person must look through it before it is sent.

use super::super::export::{File, gathered};
use super::super::page::escape;
use super::super::printing::{counted, say};
use super::{event_json, file_json, moment_of, sentence, short_time, time, words};
use crate::case::{Actor, Address, Case, CaseNumber, Event, Language, LetterKind, Moment, What};
use crate::config::Config;
use crate::register::{LetterRow, Register, RegisterError, StoredEvent};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:760px;margin:24px auto;padding:0 16px;color:#1f2937}\
pre{white-space:pre-wrap;font:inherit;border-left:3px solid #d1d5db;padding-left:12px}small{color:#6b7280}\
.first{background:#fef3c7;padding:12px 16px;border-radius:8px}";

/// Why the folder was not made.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum FolderError {
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error("failed to write to {path}: {why}\n  hint: name a folder that is not there yet, where you can write", path = .path.display())]
    Files { path: PathBuf, why: std::io::Error },
}

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Customer,
    Others,
    Internal,
}

impl Part {
    const ALL: [Self; 3] = [Self::Customer, Self::Others, Self::Internal];

    fn folder(self) -> &'static str {
        match self {
            Self::Customer => "1-customer",
            Self::Others => "2-others",
            Self::Internal => "3-internal",
        }
    }

    fn title(self, language: Language) -> &'static str {
        match self {
            Self::Customer => language.pick("Van en aan de klant", "From and to the customer"),
            Self::Others => language.pick("Van anderen", "From others"),
            Self::Internal => language.pick("Intern", "Internal"),
        }
    }

    /// What is not certainly somebody else's is internal: a person may find that it can go along.
    fn of(event: &StoredEvent) -> Self {
        match event.event.as_ref().map(|event| &event.what) {
            Some(
                What::Opened(_)
                | What::FollowedUp { .. }
                | What::Answered { .. }
                | What::Interim { .. }
                | What::AnsweredDirectly(_)
                | What::Closed(_)
                | What::Reopened(_),
            ) => Self::Customer,
            Some(What::LetterWritten { letter_kind, .. } | What::LetterFate { letter_kind, .. }) => {
                Self::of_letter(*letter_kind)
            }
            Some(What::OtherWrote { .. } | What::AuthorityWrote { .. } | What::CustomerUnknown { .. }) => Self::Others,
            _ => Self::Internal,
        }
    }

    /// What would be the customer's.
    fn unless(self, is_anothers: bool) -> Self {
        if self == Self::Customer && is_anothers { Self::Others } else { self }
    }

    fn of_letter(kind: LetterKind) -> Self {
        match kind {
            // It went to somebody who is not the customer.
            LetterKind::Misdirected | LetterKind::Represented => Self::Others,
            kind if kind.is_for_customer() => Self::Customer,
            _ => Self::Internal,
        }
    }
}

/// Who the folder is for: what is another customer's is never theirs, though both cases go on as one.
struct Whose {
    customer: Option<Address>,
    /// Cases of others that go on in this one.
    strangers: BTreeSet<CaseNumber>,
}

impl Whose {
    async fn of(register: &Register, case: &Case) -> Result<Self, RegisterError> {
        let mut whose = Self { customer: case.customer.address.clone(), strangers: BTreeSet::new() };
        for number in &case.absorbed {
            let address = register.case(*number).await?.and_then(|other| other.customer.address);
            if !address.is_some_and(|address| whose.is_theirs(address.as_str())) {
                whose.strangers.insert(*number);
            }
        }
        Ok(whose)
    }

    fn is_theirs(&self, address: &str) -> bool {
        let customer = self.customer.as_ref().map(Address::key);
        customer.is_some() && Address::parse(address).ok().map(|address| address.key()) == customer
    }

    fn is_strangers(&self, number: Option<CaseNumber>) -> bool {
        number.is_some_and(|number| self.strangers.contains(&number))
    }

    /// That it is of or to another than this customer.
    fn is_anothers(&self, event: &Event) -> bool {
        let by_address = match &event.what {
            What::Opened(opened) => opened.customer.address.as_ref().is_some_and(|one| !self.is_theirs(one.as_str())),
            What::FollowedUp { from, .. } => !self.is_theirs(from),
            What::LetterWritten { to, .. } | What::LetterFate { to, .. } => !self.is_theirs(to),
            _ => false,
        };
        by_address || self.is_strangers(event.case)
    }

    fn part_of(&self, stored: &StoredEvent) -> Part {
        let is_anothers = stored.event.as_ref().is_some_and(|event| self.is_anothers(event));
        Part::of(stored).unless(is_anothers)
    }

    fn part_of_letter(&self, letter: &LetterRow) -> Part {
        let is_anothers = self.is_strangers(letter.case) || !self.is_theirs(&letter.to);
        Part::of_letter(letter.kind).unless(is_anothers)
    }
}

/// One mail or letter.
struct Piece {
    part: Part,
    name: String,
    told: String,
    raw: Option<Vec<u8>>,
}

/// Writes the folder. False: there is no such case.
pub(super) async fn write(
    config: &Config,
    register: &Register,
    number: CaseNumber,
    folder: &Path,
    now: Moment,
) -> Result<bool, FolderError> {
    let Some(file) = gathered(register, number).await? else { return Ok(false) };
    let whose = Whose::of(register, &file.case).await?;
    let pieces = pieces(config, register, &file, &whose).await?;
    make(folder)?;
    for part in Part::ALL {
        make(&folder.join(part.folder()))?;
        let data = data(config, &file, &whose, part, now);
        put(&folder.join(part.folder()).join("data.json"), format!("{data:#}\n").as_bytes())?;
    }
    let (mut written, mut gone) = (0, 0);
    for piece in &pieces {
        match &piece.raw {
            Some(raw) => {
                put(&folder.join(piece.part.folder()).join(&piece.name), raw)?;
                written += 1;
            }
            None => gone += 1,
        }
    }
    put(&folder.join("index.html"), page(config, &file, &whose, &pieces).as_bytes())?;
    say!("{}: {} in {}", file.case.number, counted(written, "mail or letter"), folder.display());
    if gone > 0 {
        say!("{} were blanked and are only named.", counted(gone, "mail or letter"));
    }
    say!(
        "Look through all of it before it is sent: 2-others and 3-internal hold what is not the customer's own, and attachments may too."
    );
    Ok(true)
}

async fn pieces(config: &Config, register: &Register, file: &File, whose: &Whose) -> Result<Vec<Piece>, RegisterError> {
    let mut by_mail: BTreeMap<i64, Part> = BTreeMap::new();
    for event in file.events.iter().filter_map(|stored| stored.event.as_ref()) {
        let Some(mail) = event.mail else { continue };
        let part = match event.actor {
            Actor::Customer => Part::Customer,
            Actor::Other(_) => Part::Others,
            Actor::Staff(_) | Actor::Desk | Actor::Server => Part::Internal,
        };
        // Klachtpost's own events follow on the one that says who wrote.
        let part = by_mail.entry(mail).or_insert(part);
        // A letter that follows on it may go to another than who wrote.
        let is_anothers = event.actor == Actor::Customer && whose.is_anothers(event);
        *part = part.unless(is_anothers);
    }
    let mut pieces = Vec::new();
    for mail in &file.mails {
        let kind = mail.disposition.map_or("undecided", |disposition| disposition.name());
        let part = by_mail.get(&mail.id).copied().unwrap_or(Part::Internal).unless(whose.is_strangers(mail.case));
        let told = format!("{}  {kind}", short_time(config, mail.received_at));
        let name = format!("mail-{:06}-{kind}.eml", mail.id);
        pieces.push(Piece { part, name, told, raw: register.raw_mail(mail.id).await? });
    }
    for letter in &file.letters {
        pieces.push(piece_of(config, register, letter, whose.part_of_letter(letter)).await?);
    }
    Ok(pieces)
}

async fn piece_of(
    config: &Config,
    register: &Register,
    letter: &LetterRow,
    part: Part,
) -> Result<Piece, RegisterError> {
    let kind = letter.kind.name();
    Ok(Piece {
        part,
        name: format!("letter-{}-{kind}.eml", letter.id),
        told: format!("{}  {} to {}", short_time(config, letter.created_at), kind.replace('_', " "), letter.to),
        raw: register.light_letter(&letter.id).await?,
    })
}

/// What programs read: the events of that part, and with the customer's own what is kept of the customer.
fn data(config: &Config, file: &File, whose: &Whose, part: Part, now: Moment) -> Value {
    let events = file.events.iter().filter(|event| whose.part_of(event) == part);
    let mut events: Vec<Value> = events.map(|event| event_json(config, event)).collect();
    let letters: Vec<LetterRow> =
        file.letters.iter().filter(|one| whose.part_of_letter(one) == part).cloned().collect();
    let told = |letters: &[LetterRow]| letters.iter().map(|one| super::letter_json(config, one)).collect::<Vec<_>>();
    match part {
        Part::Customer => {
            events.iter_mut().for_each(without_the_house);
            let case = own(file);
            json!({
                "number": case.number,
                "customer": case.customer,
                "subject": case.subject,
                "text": case.text,
                "references": case.references,
                "lodged_at": time(config, case.lodged_at),
                "settlement": case.settlement,
                "letters": told(&letters),
                "events": events,
            })
        }
        Part::Others => json!({
            "number": file.case.number,
            "representative": file.case.representative,
            "letters": told(&letters),
            "events": events,
        }),
        Part::Internal => {
            let mut all = file_json(config, &file.case, &[], &letters, now);
            all["events"] = events.into();
            all
        }
    }
}

/// The case without what others brought into it: a telephone number or a contract may be theirs. Where events are blanked, so
/// is the case.
fn own(file: &File) -> Case {
    let events = file.events.iter().filter_map(|stored| stored.event.as_ref());
    let own = events.filter(|event| event.case == Some(file.case.number) && !matches!(event.what, What::Absorbed(_)));
    let mut own = Case::replay(own).unwrap_or_else(|| file.case.clone());
    own.customer.address.clone_from(&file.case.customer.address);
    own
}

/// Who works here, and by which words they got it, is none of the customer's data.
fn without_the_house(event: &mut Value) {
    let Some(event) = event.as_object_mut() else { return };
    event.remove("routing");
    if event.get("actor").and_then(Value::as_str).is_some_and(|actor| actor.contains('@')) {
        event.insert("actor".to_owned(), json!("staff"));
    }
}

fn page(config: &Config, file: &File, whose: &Whose, pieces: &[Piece]) -> String {
    let Case { number, language, .. } = file.case;
    let (title, first, lang) = language.pick(
        (
            format!("Dossier {number}"),
            "Kijk dit door voordat u het verstuurt: haal eruit wat van anderen is of intern, ook uit bijlagen.",
            "nl",
        ),
        (
            format!("File {number}"),
            "Look through this before you send it: take out what is of others or internal, from attachments too.",
            "en",
        ),
    );
    let parts: String = Part::ALL.into_iter().map(|part| section(config, file, whose, pieces, part)).collect();
    format!(
        "<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title}</h1><p class=\"first\">{first}</p>{parts}</html>\n"
    )
}

fn section(config: &Config, file: &File, whose: &Whose, pieces: &[Piece], part: Part) -> String {
    let told = |stored: &&StoredEvent| {
        let text = stored.event.as_ref().map(|event| words(&event.what)).unwrap_or_default();
        let text = if text.is_empty() { String::new() } else { format!("<pre>{}</pre>", escape(text)) };
        format!(
            "<p><small>{}</small> {}{text}</p>",
            escape(&moment_of(config, stored)),
            escape(&sentence(config, stored))
        )
    };
    let happened: String =
        file.events.iter().filter(|event| whose.part_of(event) == part).map(|event| told(&event)).collect();
    let named = |piece: &Piece| {
        let (name, told) = (escape(&piece.name), escape(&piece.told));
        match piece.raw {
            Some(_) => format!("<li><a href=\"{}/{name}\">{told}</a></li>", part.folder()),
            None => format!("<li>{told}</li>"),
        }
    };
    let files: String = pieces.iter().filter(|piece| piece.part == part).map(named).collect();
    format!("<h2>{}</h2>{happened}<ul>{files}</ul>", part.title(file.case.language))
}

fn make(folder: &Path) -> Result<(), FolderError> {
    let made = DirBuilder::new().mode(0o700).create(folder);
    made.map_err(|why| FolderError::Files { path: folder.to_owned(), why })
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(bytes));
    written.map_err(|why| FolderError::Files { path: path.to_owned(), why })
}
