//! What stands on a letter on paper (§2.3), in the customer's language: the sheet as PDF for the letter to who prints it,
//! and its text for the door, which reads no PDF (invariant 7). Pure.

use super::paper::{self, Block, PaperLetter, Sender};
use super::words::Words;
use super::{Committee, House, RenderError, clean, mime};
use crate::case::{CaseNumber, Moment};
use crate::desk::draft::{Acknowledgement, Answer, Closing, Content, Draft, Enclosed, Interim, Paper, Sheet};
use crate::typeface::{Typeface, Weight};
use chrono::{NaiveDate, TimeDelta};

/// A letter is printed, signed, posted and delivered within this time: a moment before that is past when it is read
/// (invariant 11).
const ON_ITS_WAY: TimeDelta = TimeDelta::days(2);
/// A line of an address or a name; what is longer is none.
const LINE_CHARS_MAX: usize = 200;
/// Attachments named on a sheet; more are a parcel.
const LISTED_MAX: usize = 30;

/// A sheet, ready to be printed.
pub(super) struct OnPaper {
    pub file: Enclosed,
    /// All that can be read on it: as it was written, and as it is printed.
    pub text: String,
}

/// The sheet of a letter that brings one.
///
/// # Errors
/// It cannot be printed: the address or the text is too long.
pub(super) fn print(draft: &Draft, house: &House, now: Moment) -> Result<Option<OnPaper>, RenderError> {
    let (Content::Paper(content), Some(number)) = (&draft.content, draft.case) else { return Ok(None) };
    let letter = Writing { draft, paper: content, house, number, now, words: words(content, house) }.letter();
    let unprintable = |error: &dyn std::error::Error| RenderError::Paper(error.to_string());
    let printed = paper::print(&letter).map_err(|error| unprintable(&error))?;
    let text = text_of(&letter);
    let face = Typeface::load(Weight::Regular).map_err(|error| unprintable(&error))?;
    let name = Words { language: draft.language, zone: house.zone }.sheet(content.sheet.kind());
    Ok(Some(OnPaper {
        file: Enclosed {
            name: format!("{number} {name}.pdf"),
            media_type: "application/pdf".to_owned(),
            content: printed.bytes,
        },
        text: format!("{text}\n{}", face.printable(&text)),
    }))
}

/// Whether the typeface lacks characters of the sheet: they are seen to be missing.
pub(super) fn lacks_characters(draft: &Draft, house: &House, now: Moment) -> bool {
    let (Content::Paper(content), Some(number)) = (&draft.content, draft.case) else { return false };
    let letter = Writing { draft, paper: content, house, number, now, words: words(content, house) }.letter();
    let marks = |text: &str| text.matches(crate::typeface::REPLACEMENT).count();
    Typeface::load(Weight::Regular).is_ok_and(|face| marks(&face.printable(&text_of(&letter))) > 0)
}

fn words(content: &Paper, house: &House) -> Words {
    Words { language: content.language, zone: house.zone }
}

/// Everything a reader can read, a piece on a line of its own.
fn text_of(letter: &PaperLetter) -> String {
    let blocks = letter.body.iter().flat_map(|block| match block {
        Block::Heading(text) | Block::Paragraph(text) => vec![text.as_str()],
        Block::Signature { greeting, signer } => std::iter::once(greeting).chain(signer).map(String::as_str).collect(),
    });
    let around = letter.recipient.iter().chain([&letter.subject]).chain(&letter.handled_by).map(String::as_str);
    around.chain(blocks).collect::<Vec<_>>().join("\n")
}

/// A sheet being written.
struct Writing<'a> {
    draft: &'a Draft,
    paper: &'a Paper,
    house: &'a House,
    number: CaseNumber,
    now: Moment,
    /// In the customer's language.
    words: Words,
}

impl Writing<'_> {
    fn letter(&self) -> PaperLetter {
        let customer = &self.paper.customer;
        let lines = std::iter::once(&customer.name).chain(&customer.postal).map(|line| one_line(line));
        PaperLetter {
            sender: self.sender(),
            recipient: lines.filter(|line| !line.is_empty()).collect(),
            written_at: self.now,
            zone: self.house.zone,
            language: self.paper.language,
            number: self.number,
            handled_by: Some(one_line(&self.paper.department_title)),
            subject: self.subject(),
            body: match &self.paper.sheet {
                Sheet::Acknowledgement(acknowledgement) => self.acknowledgement(acknowledgement),
                Sheet::Answer(answer) => self.answer(answer),
                Sheet::Interim(interim) => self.interim(interim),
                Sheet::Closing(closing) => self.closing(closing),
            },
        }
    }

    fn sender(&self) -> Sender {
        let head = self.house.letterhead.clone().unwrap_or_default();
        Sender {
            name: self.house.company.clone(),
            address: head.address,
            postcode_and_place: head.postcode_and_place,
            phone: head.phone,
            website: head.website,
        }
    }

    /// No text of a stranger in an acknowledgement (invariant 11).
    fn subject(&self) -> String {
        let subject = clean::line(&self.draft.topic.subject, clean::SUBJECT_CHARS_MAX);
        let plain = self.words.pick("uw klacht", "your complaint");
        match &self.paper.sheet {
            Sheet::Answer(_) | Sheet::Interim(_) | Sheet::Closing(_) if !subject.is_empty() => {
                format!("{plain} ‘{subject}’")
            }
            _ => plain.to_owned(),
        }
    }

    fn acknowledgement(&self, letter: &Acknowledgement) -> Vec<Block> {
        let (received, number) = (self.words.moment(letter.received_at), self.number);
        let department = one_line(&letter.department_title);
        let begun = self.words.pick(
            format!(
                "Wij hebben uw klacht ontvangen op {received}. Wat vervelend dat u niet tevreden bent. Goed dat u het \
                 ons laat weten: wij gaan er serieus mee aan de slag."
            ),
            format!(
                "We received your complaint on {received}. We are sorry that you are not satisfied. Thank you for \
                 telling us: we will look into it carefully."
            ),
        );
        let with = self.words.pick(
            format!("Uw klacht heeft nummer {number} en is in behandeling bij de afdeling {department}."),
            format!("Your complaint has number {number} and is being handled by our department {department}."),
        );
        let when = self.words.moment(letter.due.resolve);
        let aim = if letter.due.resolve > self.now + ON_ITS_WAY {
            self.words.pick(
                format!("Ons doel is uw klacht uiterlijk {when} op te lossen."),
                format!("We aim to resolve your complaint by {when}."),
            )
        } else {
            self.words.pick("U hoort zo snel mogelijk van ons.", "You will hear from us as soon as possible.").into()
        };
        let add = self.words.pick(
            "Wilt u iets toevoegen, zoals een foto of een document?",
            "Would you like to add something, such as a photo or a document?",
        );
        let words =
            [self.words.salutation(&letter.customer_name), begun, with, aim, format!("{add} {}", self.contact())];
        let privacy = self.house.privacy_url.as_ref().map(|url| {
            self.words.pick(
                format!("Hoe wij met uw gegevens omgaan, leest u op {url}"),
                format!("How we handle your data is explained at {url}"),
            )
        });
        words.into_iter().chain(privacy).map(Block::Paragraph).chain([self.signature()]).collect()
    }

    /// What staff typed, with their own salutation and signature.
    fn answer(&self, letter: &Answer) -> Vec<Block> {
        paragraphs(&letter.text).chain(self.attachments()).collect()
    }

    /// The same, and by when the customer hears more.
    fn interim(&self, letter: &Interim) -> Vec<Block> {
        let until = letter.promised.map(|until| self.words.moment(until));
        let promise = until.map(|until| {
            self.words.pick(
                format!("U hoort uiterlijk {until} weer van ons over uw klacht {}.", self.number),
                format!("You will hear from us again about your complaint {} by {until}.", self.number),
            )
        });
        let committee = self.committee(letter.committee_last_day).into_iter().map(Block::Paragraph);
        let promise = promise.map(Block::Paragraph);
        paragraphs(&letter.text).chain(promise).chain(committee).chain(self.attachments()).collect()
    }

    fn closing(&self, letter: &Closing) -> Vec<Block> {
        let day = self.words.day(self.words.local(letter.received_at).date_naive());
        let number = self.number;
        let begun = self.words.pick(
            format!(
                "Op {day} ontvingen wij uw klacht, met nummer {number}. Wij hebben uw klacht afgehandeld. Hieronder \
                 leest u de uitkomst."
            ),
            format!(
                "On {day} we received your complaint, with number {number}. We have dealt with it. Below you can read \
                 the outcome."
            ),
        );
        let disagree = self.words.pick(
            "Uw klacht is hiermee gesloten. Bent u het niet eens met de uitkomst, of is er nog iets niet in orde?",
            "Your complaint is now closed. If you do not agree with the outcome, or something is still not right:",
        );
        let again = self.words.pick("Wij kijken er graag opnieuw naar.", "We will gladly look at it again.");
        let heading = |dutch, english| Block::Heading(self.words.pick::<&str>(dutch, english).to_owned());
        let mut blocks = vec![Block::Paragraph(self.words.salutation(&letter.customer_name)), Block::Paragraph(begun)];
        blocks.push(heading("De uitkomst", "The outcome"));
        blocks.extend(paragraphs(&letter.settlement));
        blocks.push(heading("Bent u het er niet mee eens?", "If you do not agree"));
        blocks.push(Block::Paragraph(format!("{disagree} {} {again}", self.contact())));
        blocks.extend(self.committee(letter.committee_last_day).into_iter().map(Block::Paragraph));
        let thanks = self.words.pick("Dank dat u het ons hebt laten weten.", "Thank you for letting us know.");
        blocks.push(Block::Paragraph(thanks.to_owned()));
        blocks.push(self.signature());
        blocks.extend(self.attachments());
        blocks
    }

    /// The procedure, end: where a customer can go who still disagrees, and until when.
    fn committee(&self, last_day: Option<NaiveDate>) -> Vec<String> {
        let (Some(committee), Some(last)) = (&self.house.committee, last_day) else {
            return Vec::new();
        };
        let today = self.words.local(self.now).date_naive();
        let until = Some(last).filter(|day| *day >= today).map(|day| self.words.day(day));
        let (name, url) = (&committee.name, &committee.url);
        let until = until.map(|day| self.words.pick(format!("tot en met {day} "), format!("until {day} ")));
        let until = until.unwrap_or_default();
        let where_to = self.words.pick(
            format!("Komen wij er samen niet uit, dan kunt u uw klacht {until}voorleggen aan de {name}:\n{url}"),
            format!("If we cannot work it out together, you can take your complaint {until}to the {name}:\n{url}"),
        );
        let applies_to = Some(committee.applies_to.clone()).filter(|text| !text.is_empty());
        [where_to, self.taking_part(committee)].into_iter().chain(applies_to).collect()
    }

    /// What the company and the customer can expect of it (Dutch act on out-of-court settlement, art. 12).
    fn taking_part(&self, committee: &Committee) -> String {
        let stands = match (committee.takes_part, committee.binding) {
            (true, true) => self.words.pick(
                "Wij werken mee aan de behandeling; de uitspraak is bindend.",
                "We take part in its handling; its ruling is binding.",
            ),
            (true, false) => self.words.pick(
                "Wij werken mee aan de behandeling; de uitspraak is niet bindend.",
                "We take part in its handling; its ruling is not binding.",
            ),
            (false, _) => self.words.pick(
                "Wij werken niet mee aan de behandeling door de commissie.",
                "We do not take part in the committee's handling.",
            ),
        };
        let fee = committee
            .fee
            .as_ref()
            .map(|fee| self.words.pick(format!("De kosten voor u: {fee}."), format!("The cost for you: {fee}.")));
        let language = committee.language.map(|language| {
            let language = self.words.language(language);
            self.words.pick(format!("De behandeling is in het {language}."), format!("It is handled in {language}."))
        });
        let own = committee.own_url.as_ref().map(|own| {
            self.words.pick(format!("De website van de commissie:\n{own}"), format!("The committee's website:\n{own}"))
        });
        std::iter::once(stands.to_owned()).chain(fee).chain(language).chain(own).collect::<Vec<_>>().join(" ")
    }

    /// How a customer without e-mail reaches us: by post or telephone, where the settings name them.
    fn contact(&self) -> String {
        let (number, desk) = (self.number, &self.house.desk_address);
        let head = self.house.letterhead.as_ref();
        let by = match head.map(|head| head.phone.as_deref()) {
            Some(Some(phone)) => self.words.pick(
                format!("Schrijf ons dan op het adres hierboven, of bel {phone}"),
                format!("Please write to us at the address above, or call {phone}"),
            ),
            Some(None) => self.words.pick(
                "Schrijf ons dan op het adres hierboven".to_owned(),
                "Please write to us at the address above".to_owned(),
            ),
            None => self
                .words
                .pick(format!("Laat het ons dan weten via {desk}"), format!("Please let us know by mail to {desk}")),
        };
        by + &self.words.pick(format!(", en noem daarbij nummer {number}."), format!(", and mention number {number}."))
    }

    fn signature(&self) -> Block {
        let title = one_line(&self.paper.department_title);
        let department = self.words.pick(format!("afdeling {title}"), format!("department {title}"));
        Block::Signature {
            greeting: self.words.pick("Met vriendelijke groet,", "Kind regards,").to_owned(),
            signer: vec![self.house.company.clone(), department],
        }
    }

    /// What staff attached goes into the envelope too.
    fn attachments(&self) -> Option<Block> {
        let files = &self.draft.carried;
        let mut names: Vec<String> =
            files.iter().take(LISTED_MAX).map(|file| format!("– {}", mime::file_name(&file.name))).collect();
        if let Some(more @ 1..) = files.len().checked_sub(LISTED_MAX) {
            names.push(self.words.pick(format!("– en nog {more} andere"), format!("– and {more} more")));
        }
        let label = if files.len() == 1 {
            self.words.pick("Bijlage:", "Enclosed:")
        } else {
            self.words.pick("Bijlagen:", "Enclosed:")
        };
        (!names.is_empty()).then(|| Block::Paragraph(format!("{label}\n{}", names.join("\n"))))
    }
}

/// Typed text as paragraphs: blank lines part them.
fn paragraphs(text: &str) -> impl Iterator<Item = Block> {
    let text = clean::text(text);
    let mut found: Vec<String> = vec![String::new()];
    for line in text.lines() {
        match found.last_mut() {
            Some(last) if !line.trim().is_empty() => {
                if !last.is_empty() {
                    last.push('\n');
                }
                last.push_str(line);
            }
            _ => found.push(String::new()),
        }
    }
    found.into_iter().filter(|paragraph| !paragraph.is_empty()).map(Block::Paragraph)
}

fn one_line(text: &str) -> String {
    clean::line(text, LINE_CHARS_MAX)
}
