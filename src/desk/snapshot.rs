//! What the desk is shown before it decides: one mail, and what the register knows about it. Plain values.

use super::Disposition;
use super::draft::Writer;
use super::wants::Want;
use crate::case::{
    Address, Case, CaseNumber, Event, LetterFate, LetterId, LetterKind, MailboxName, Moment, Token, What,
};
use crate::mail::Mail;
use crate::text::fold;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Characters of an authority's mail in which customers are looked for: its first pages say whom it is about.
const NAMING_CHARS_MAX: usize = 20_000;

/// A mail to decide on.
#[derive(Debug, Clone)]
pub struct Incoming<'a> {
    /// Its row in the register.
    pub id: i64,
    pub mail: &'a Mail,
    /// When the company's mail server received it (invariant 9).
    pub received_at: Moment,
    /// The server put it among the junk.
    pub from_junk: bool,
    pub arrival: Arrival,
}

/// How a mail came to the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Arrival {
    #[default]
    New,
    /// It lay in one of our own folders and was taken in at a person's word: a register that forgot it has most probably
    /// done once what it asks for.
    TakenIn,
}

/// What the register must look up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lookup {
    /// The proven token of the letter this mail answers.
    pub token: Option<Token>,
    /// Cases that proven tokens anywhere in the mail name: their numbers were given out, by whatever register.
    pub numbers: Vec<CaseNumber>,
    /// The letter of ours that a delivery report is about.
    pub bounced: Option<LetterId>,
    /// Where it names no letter: the addresses it names. The last letter to one of them is meant.
    pub failed: Vec<Address>,
    /// Not before this: so long a mail server tries.
    pub failed_since: Moment,
    /// Cases named without proof.
    pub named: Vec<CaseNumber>,
    /// Ids of mails that this one answers, the nearest first; none of them is empty.
    pub answered: Vec<String>,
    /// The complaint of which it may be a second copy.
    pub said: Option<Said>,
    /// Whose complaint it would be: what this customer complained of before.
    pub earlier: Option<Address>,
    /// To whom it may be shown first: whether they know by now what can be done with it.
    pub notified: Vec<Address>,
    /// What a click in a mail program is about.
    pub topic: Option<ClickedOn>,
    /// Whom a colleague mailed beside the desk: one of them may be a customer (see `direct.rs`).
    pub mailed: Vec<Address>,
    /// The case a colleague names in a reply to a question of ours that belongs to none.
    pub confirms: Option<CaseNumber>,
    /// What the verbs of a colleague's mail ask for.
    pub want: Option<Want>,
    /// The year a new case would be numbered in.
    pub year: i32,
    /// An authority's words, in which customers may be named.
    pub naming: Option<Naming>,
    /// The mail on file that a colleague asks about.
    pub asked: Option<Asked>,
    /// The letter whose missing mails a colleague asks to take in.
    pub adopts: Option<LetterId>,
}

/// An earlier mail that somebody clicked on, by its subject, and who clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickedOn {
    pub from: Address,
    subject: String,
}

impl ClickedOn {
    /// None where there is no subject to know it by.
    pub fn new(from: Address, subject: &str) -> Option<Self> {
        let subject = fold(subject);
        (!subject.is_empty()).then_some(Self { from, subject })
    }

    /// Whether it is the mail that opened the case.
    pub fn is_of(&self, case: &Case) -> bool {
        case.customer.address.as_ref() == Some(&self.from) && fold(&case.subject) == self.subject
    }
}

/// A complaint's words, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub from: Address,
    subject: String,
    words: String,
}

impl Said {
    /// None where nothing is said: two mails without a word are not the same complaint.
    pub fn new(from: Address, subject: &str, words: &str) -> Option<Self> {
        let (subject, words) = (fold(subject), fold(words));
        (!words.is_empty()).then_some(Self { from, subject, words })
    }

    /// Whether the case was opened with the same words.
    pub fn is_of(&self, case: &Case) -> bool {
        let is_theirs = case.customer.address.as_ref() == Some(&self.from);
        is_theirs && fold(&case.subject) == self.subject && fold(&case.text) == self.words
    }
}

/// A text in which customers may be named, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    text: String,
    words: Vec<String>,
}

impl Naming {
    pub fn new(text: &str) -> Self {
        let text: String = fold(text).chars().take(NAMING_CHARS_MAX).collect();
        let words = name_words(&text);
        Self { text, words }
    }

    /// Whether it names the case's customer: by address, or by the whole name, of which the first may be an initial.
    pub fn is_of(&self, case: &Case) -> bool {
        let by_address = case.customer.address.as_ref().is_some_and(|address| self.has_address(&address.key()));
        by_address || self.has_name(&name_words(&fold(&case.customer.name)))
    }

    fn has_address(&self, address: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@');
        self.text.split(|c| !is_part(c)).any(|word| word.trim_matches('.') == address)
    }

    /// One word alone names nobody.
    fn has_name(&self, name: &[String]) -> bool {
        let [first, rest @ ..] = name else { return false };
        let initial: String = first.chars().take(1).collect();
        let is_name = |words: &[String]| match words {
            [said, others @ ..] => (said == first || *said == initial) && others == rest,
            [] => false,
        };
        !rest.is_empty() && self.words.windows(name.len()).any(is_name)
    }
}

fn name_words(folded: &str) -> Vec<String> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

/// Which mail on file is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// By the number that notices and digests give.
    Number(i64),
    /// The one that this notice tells of.
    ToldIn(LetterId),
}

/// A mail on file that somebody asks about, or is to be told of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stored {
    pub id: i64,
    pub disposition: Disposition,
    /// As the register keeps it: English.
    pub reason: String,
    /// The case it is filed on.
    pub case: Option<CaseNumber>,
    /// The department of that case.
    pub department: Option<String>,
    /// That case as it stands.
    pub filed_on: Option<Box<Case>>,
    pub received_at: Moment,
    pub from_junk: bool,
    /// Processes of its own that reading it ended.
    pub failed_readings: i64,
    /// Not a first slice only.
    pub whole: bool,
    /// Of the bytes, hexadecimal; None where there are none.
    pub sha256: Option<String>,
    /// Empty where the server never gave it, or it was blanked.
    #[serde(skip)]
    pub raw: Vec<u8>,
    /// The case that another copy of it became.
    pub became: Option<CaseNumber>,
    /// What it says; None where reading does not survive it.
    #[serde(skip)]
    pub mail: Option<Box<Mail>>,
}

/// A mail that was set aside, and that a person put back into the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutBack {
    /// The row it had first, and why it was set aside then.
    pub mail: i64,
    pub reason: String,
    /// When the mail server received it (invariant 9): a client may state another moment when it puts it back.
    pub received_at: Moment,
}

/// One folder's mails as the register counts them: the two sides of the mail balance (invariant 1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderCount {
    pub folder: String,
    /// UIDs that the server gave out.
    pub given_out: u64,
    pub vanished: u64,
    /// What the others became; under None those that wait, on file or at the server.
    pub mails: BTreeMap<Option<Disposition>, u64>,
}

impl FolderCount {
    /// Of a folder that gave out nothing.
    pub fn of(folder: &str) -> Self {
        Self { folder: folder.to_owned(), ..Self::default() }
    }
}

/// What the register knows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// The case of the token, or of the bounced letter.
    pub file: Option<CaseFile>,
    /// The department the answered letter was sent to; None for customers' letters.
    pub letter_department: Option<String>,
    /// The letter this mail answers.
    pub letter: Option<LetterId>,
    /// Its token, where that letter is not on file: it proves no case (invariant 6).
    pub unknown_letter: Option<Token>,
    /// The case that goes by the number in that token now.
    pub unknown_case: Option<CaseNumber>,
    /// What the answered letter was.
    pub letter_kind: Option<LetterKind>,
    /// Its bytes, where it went to staff; None: not on file, or blanked.
    #[serde(skip)]
    pub letter_bytes: Option<Vec<u8>>,
    pub bounced: Option<BouncedLetter>,
    /// Those of `Lookup::named` that exist; of a case that goes on in another, the other.
    pub named: Vec<CaseFile>,
    /// The cases that the mails of `Lookup::answered` are filed on, in that order.
    pub answered: Vec<CaseFile>,
    /// Cases of the customers whom `Lookup::naming` names, newest first.
    pub customers: Vec<CaseFile>,
    /// The sender's newest case of the subject that `Lookup::topic` names.
    pub topic: Option<CaseFile>,
    /// The case opened with what `Lookup::said` says, within an hour of this mail.
    pub twice: Option<CaseFile>,
    /// Open cases of the customers in `Lookup::mailed`.
    pub mailed: Vec<CaseFile>,
    /// The newest cases of `Lookup::earlier`.
    #[serde(default)]
    pub earlier: Vec<Case>,
    /// Those of `Lookup::notified` who had many notifications.
    #[serde(default)]
    pub practised: Vec<Address>,
    /// The case of `Lookup::confirms`.
    pub confirms: Option<CaseFile>,
    /// The serial the next case of the year gets.
    pub next_serial: u32,
    /// Another mail on file with the same identity (invariant 2).
    pub duplicate_of: Option<i64>,
    /// Another mail on file with the same Message-ID and other content; looked up only where `Lookup::mailed` is not empty.
    pub same_id: Option<i64>,
    /// The mail is one that was set aside, put back by a person.
    pub put_back: Option<PutBack>,
    /// The mail of `Lookup::asked`.
    pub stored: Option<Stored>,
    /// The answer to `Lookup::want`.
    pub found: Option<Found>,
    /// How many mails the letter of `Lookup::adopts` told of that wait.
    pub to_adopt: usize,
}

impl Snapshot {
    /// The texts of the notes in all files that were looked up.
    pub fn notes(&self) -> Vec<String> {
        self.files().flat_map(|file| file.notes.iter().cloned()).collect()
    }

    fn files(&self) -> impl Iterator<Item = &CaseFile> {
        let wanted = match &self.found {
            Some(Found::Case(file)) => file.as_deref(),
            _ => None,
        };
        let related =
            self.answered.iter().chain(&self.named).chain(&self.customers).chain(&self.twice).chain(&self.topic);
        self.file.iter().chain(wanted).chain(related)
    }

    /// The case that was decided on, as it was before; whatever else is known of a case where it was none.
    pub fn into_file(self, decided: Option<CaseNumber>) -> Option<CaseFile> {
        let is_decided = |file: &CaseFile| Some(file.case.number) == decided;
        let wanted = match self.found {
            Some(Found::Case(file)) => file.map(|file| *file),
            _ => None,
        };
        let related =
            self.answered.into_iter().chain(self.named).chain(self.customers).chain(self.twice).chain(self.topic);
        let other = self.mailed.into_iter().chain(self.confirms).chain(wanted).chain(related).find(is_decided);
        other.or(self.file)
    }
}

/// What the register found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Found {
    /// None: no such case.
    Case(Option<Box<CaseFile>>),
    /// In the order asked for.
    Cases {
        cases: Vec<Case>,
        /// There are more than are given.
        more: bool,
    },
}

/// A case and what is kept beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseFile {
    pub case: Case,
    /// The texts of its notes: none of them may reach a customer (invariant 7).
    pub notes: Vec<String>,
    /// Everything that happened, oldest first, as far as its content was not blanked.
    pub events: Vec<Event>,
    /// The mails that are filed on it, oldest first.
    pub mails: Vec<FiledMail>,
    /// The letters that were written about it, oldest first.
    pub letters: Vec<FiledLetter>,
}

impl CaseFile {
    /// A case of which nothing else is known.
    pub fn of(case: Case) -> Self {
        Self { case, notes: Vec::new(), events: Vec::new(), mails: Vec::new(), letters: Vec::new() }
    }

    /// Who a sender is to the case.
    pub(super) fn writer(&self, from: Option<&Address>) -> Writer {
        if from.is_some() && self.case.customer.address.as_ref() == from {
            return Writer::Customer;
        }
        Writer::Other(from.map(ToString::to_string).unwrap_or_default())
    }

    /// When a letter of it was written.
    pub(super) fn written_at(&self, letter: &LetterId) -> Option<Moment> {
        self.events.iter().find_map(|event| match &event.what {
            What::LetterWritten { letter: written, .. } if written == letter => Some(event.at),
            _ => None,
        })
    }
}

/// A mail in a case's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledMail {
    /// Its row in the register.
    pub id: i64,
    pub received_at: Moment,
    pub disposition: Disposition,
    /// Octets, as it lay on the server.
    pub size: usize,
    /// Of its bytes, hexadecimal. None where the register has not all of it: over the limit, or blanked.
    pub sha256: Option<String>,
}

/// A letter in a case's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledLetter {
    pub id: LetterId,
    pub kind: LetterKind,
    pub written_at: Moment,
    /// Octets without the attachments it carried.
    pub light_size: usize,
    /// Of those octets, hexadecimal; None where they were blanked.
    pub light_sha256: Option<String>,
}

/// Who may see a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Sight {
    #[default]
    Usual,
    Confidential,
}

/// A letter that goes out in another one's shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundled {
    pub id: LetterId,
    pub kind: LetterKind,
    pub case: Option<CaseNumber>,
    /// Through which mailbox it was written; None: the first.
    #[serde(default)]
    pub mailbox: Option<MailboxName>,
    /// Whether its case is one that only its readers see.
    pub sight: Sight,
    /// Octets without the attachments it carries.
    pub light_size: usize,
    /// Of those octets, hexadecimal; empty where they were blanked.
    pub light_sha256: String,
}

/// A letter of ours that came back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BouncedLetter {
    pub id: LetterId,
    pub kind: LetterKind,
    pub to: Address,
    /// The letters it stood for.
    pub bundled: Vec<Bundled>,
    /// When it was first said that it did not arrive; None: nobody said so before.
    pub reported_at: Option<Moment>,
}

impl BouncedLetter {
    /// With what these events, oldest first, say of its fate. One that a server took after all may come back again.
    #[must_use]
    pub fn with_fates<'a>(self, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let reported_at = events.into_iter().fold(None, |reported, event| match &event.what {
            What::LetterFate { letter, fate, .. } if *letter == self.id => match fate {
                LetterFate::Accepted { .. } => None,
                _ => reported.or(Some(event.at)),
            },
            _ => reported,
        });
        Self { reported_at, ..self }
    }
}
