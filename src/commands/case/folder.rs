//! `klachtpost case export --folder`: a case as a folder that somebody who asks for their data can be given (GDPR art. 15): a
//! page to read, the mails and letters as they are, and the data for programs. What is the customer's own, what is of others
//! and what is internal stand apart, because a person must look through it before it is sent.

use super::super::export::{File, gathered};
use super::super::page::escape;
use super::super::printing::{counted, say};
use super::{event_json, file_json, moment_of, sentence, short_time, time, words};
use crate::case::{Actor, Case, Language, LetterKind, Moment, What};
use crate::config::Config;
use crate::register::{LetterRow, Register, RegisterError, StoredEvent};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
        match (self, language) {
            (Self::Customer, Language::Dutch) => "Van en aan de klant",
            (Self::Others, Language::Dutch) => "Van anderen",
            (Self::Internal, Language::Dutch) => "Intern",
            (Self::Customer, Language::English) => "From and to the customer",
            (Self::Others, Language::English) => "From others",
            (Self::Internal, Language::English) => "Internal",
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

    fn of_letter(kind: LetterKind) -> Self {
        match kind {
            // It went to somebody who is not the customer.
            LetterKind::Misdirected | LetterKind::Represented => Self::Others,
            kind if kind.is_for_customer() => Self::Customer,
            _ => Self::Internal,
        }
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
    number: crate::case::CaseNumber,
    folder: &Path,
    now: Moment,
) -> Result<bool, FolderError> {
    let Some(file) = gathered(register, number).await? else { return Ok(false) };
    let pieces = pieces(config, register, &file).await?;
    make(folder)?;
    for part in Part::ALL {
        make(&folder.join(part.folder()))?;
        let data = data(config, &file, part, now);
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
    put(&folder.join("index.html"), page(config, &file, &pieces).as_bytes())?;
    say!("{}: {} in {}", file.case.number, counted(written, "mail or letter"), folder.display());
    if gone > 0 {
        say!("{} were blanked and are only named.", counted(gone, "mail or letter"));
    }
    say!(
        "Look through all of it before it is sent: 2-others and 3-internal hold what is not the customer's own, and attachments may too."
    );
    Ok(true)
}

async fn pieces(config: &Config, register: &Register, file: &File) -> Result<Vec<Piece>, RegisterError> {
    let mut by_mail: BTreeMap<i64, Part> = BTreeMap::new();
    for event in file.events.iter().filter_map(|stored| stored.event.as_ref()) {
        let Some(mail) = event.mail else { continue };
        let part = match event.actor {
            Actor::Customer => Part::Customer,
            Actor::Other(_) => Part::Others,
            Actor::Staff(_) | Actor::Desk | Actor::Server => Part::Internal,
        };
        // Klachtpost's own events follow on the one that says who wrote.
        by_mail.entry(mail).or_insert(part);
    }
    let mut pieces = Vec::new();
    for mail in &file.mails {
        let kind = mail.disposition.map_or("undecided", |disposition| disposition.name());
        let part = by_mail.get(&mail.id).copied().unwrap_or(Part::Internal);
        let told = format!("{}  {kind}", short_time(config, mail.received_at));
        let name = format!("mail-{:06}-{kind}.eml", mail.id);
        pieces.push(Piece { part, name, told, raw: register.raw_mail(mail.id).await? });
    }
    for letter in &file.letters {
        pieces.push(piece_of(config, register, letter).await?);
    }
    Ok(pieces)
}

async fn piece_of(config: &Config, register: &Register, letter: &LetterRow) -> Result<Piece, RegisterError> {
    let kind = letter.kind.name();
    Ok(Piece {
        part: Part::of_letter(letter.kind),
        name: format!("letter-{}-{kind}.eml", letter.id),
        told: format!("{}  {} to {}", short_time(config, letter.created_at), kind.replace('_', " "), letter.to),
        raw: register.light_letter(&letter.id).await?,
    })
}

/// What programs read: the events of that part, and with the customer's own what is kept of the customer.
fn data(config: &Config, file: &File, part: Part, now: Moment) -> Value {
    let events = file.events.iter().filter(|event| Part::of(event) == part);
    let events: Vec<Value> = events.map(|event| event_json(config, event)).collect();
    let case = &file.case;
    let letters: Vec<LetterRow> =
        file.letters.iter().filter(|one| Part::of_letter(one.kind) == part).cloned().collect();
    match part {
        Part::Customer => json!({
            "number": case.number,
            "customer": case.customer,
            "subject": case.subject,
            "text": case.text,
            "references": case.references,
            "lodged_at": time(config, case.lodged_at),
            "settlement": case.settlement,
            "letters": letters.iter().map(|letter| super::letter_json(config, letter)).collect::<Vec<_>>(),
            "events": events,
        }),
        Part::Others => json!({ "number": case.number, "representative": case.representative, "events": events }),
        Part::Internal => {
            let mut all = file_json(config, case, &[], &letters, now);
            all["events"] = events.into();
            all
        }
    }
}

fn page(config: &Config, file: &File, pieces: &[Piece]) -> String {
    let Case { number, language, .. } = file.case;
    let (title, first, lang) = match language {
        Language::Dutch => (
            format!("Dossier {number}"),
            "Kijk dit door voordat u het verstuurt: haal eruit wat van anderen is of intern, ook uit bijlagen.",
            "nl",
        ),
        Language::English => (
            format!("File {number}"),
            "Look through this before you send it: take out what is of others or internal, from attachments too.",
            "en",
        ),
    };
    let parts: String = Part::ALL.into_iter().map(|part| section(config, file, pieces, part)).collect();
    format!(
        "<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title}</h1><p class=\"first\">{first}</p>{parts}</html>\n"
    )
}

fn section(config: &Config, file: &File, pieces: &[Piece], part: Part) -> String {
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
        file.events.iter().filter(|event| Part::of(event) == part).map(|event| told(&event)).collect();
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
