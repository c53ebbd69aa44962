//! What a template can print beside the draft itself, which it gets as it is: the letter's number and token, its buttons, what
//! goes along, and what takes some counting. Values only, no words. Pure.

mod overviews;

use super::as_page::Look;
use super::language::{Words, for_staff};
use super::mailto::{self, Button, Press, Replies};
use super::printing::{self, Reading};
use super::{House, MARKER, Signed, mime, subject};
use crate::case::{Clock, Language, LetterKind, Moment, Reach, Reference, Texts, Worded};
use crate::desk::ReplyGoes;
use crate::desk::draft::{Carried, Choice, Content, Does, Draft, MayAnswer, Problem, Question, Term, Way};
use crate::desk::verbs::{TABLE, Verb};
use crate::digest::MailDay;
use minijinja::context;
use minijinja::value::{Object, Value};
use std::sync::{Arc, OnceLock};

/// Attachments named one by one; a mail may have thousands.
const LISTED_MAX: usize = 50;

/// Buttons beside those that answer: more than a phone shows in two rows.
const ACTS_MAX: usize = 4;
/// The colours of a link, and of the line beside what is quoted, where the company has none of its own.
const INK: &str = "#0b57a4";
const LINE: &str = "#b6c2d1";
/// Pixels that a logo is shown at: so small that a letter begins on a phone's first screen.
const LOGO_WIDTH_MAX: u32 = 200;
const LOGO_HEIGHT_MAX: u32 = 60;

/// All that a letter is made of.
pub(super) struct Seen<'a> {
    pub draft: &'a Draft,
    /// Attachments that go along, and those that do not fit.
    pub carried: &'a [Carried],
    pub left_out: &'a [Carried],
    pub house: &'a House,
    pub signed: Signed<'a>,
    pub reading: &'a Arc<Reading>,
}

impl Seen<'_> {
    /// The variables of the letter's template and of the page around it: where two have one name, it is the first's.
    pub fn view(&self) -> [Value; 4] {
        let beside = match &self.draft.content {
            Content::Question(question) => self.question(question),
            Content::Term(term) => context! {
                to_post => stops(term),
                acts => overviews::acts(&self.reading.replies, &term.may, None, ACTS_MAX),
            },
            Content::CaseList(list) => context! { acts => self.listed_acts(&list.cases) },
            Content::Bundle(bundle) => context! { acts => self.listed_acts(&bundle.complaints) },
            Content::Notification(letter) => grouped(&letter.references),
            Content::Dossier(file) => grouped(&file.references),
            Content::Digest(digest) => self.digest(digest),
            Content::Month(month) => overviews::month(month),
            Content::Paper(_) => context! { lacks_characters => self.signed.lacks_characters },
            _ => context! {},
        };
        [beside, self.page(), self.listed(), printing::plain(&self.draft.content)]
    }

    fn page(&self) -> Value {
        let draft = self.draft;
        let kind = draft.content.kind();
        let to_read = matches!(&draft.content, Content::Dossier(file) if file.may_answer != MayAnswer::Yes);
        // Of several complaints each has its own.
        let number = draft.case.filter(|_| kind != LetterKind::Acknowledgements);
        // A customer gets no verbs and no buttons.
        let has_buttons = !kind.is_for_customer() && draft.case.is_some();
        context! {
            for_customer => kind.is_for_customer(),
            reply_goes => match ReplyGoes::of(kind) {
                ReplyGoes::Customer => self.to_customer(),
                ReplyGoes::Handler => "handler",
                ReplyGoes::Nowhere if draft.case.is_some() && !to_read => "case",
                ReplyGoes::Nowhere => "none",
            },
            customer_language => draft.customer_language.map(Language::tag),
            marker => MARKER,
            token => self.signed.token,
            number => number.map_or_else(String::new, |number| number.to_string()),
            company => self.house.company.as_str(),
            desk_address => self.house.desk_address.as_str(),
            house => house(self.house, self.reading.words.language),
            brand => self.brand(),
            ink => self.look().ink,
            line => self.look().line,
            topic => printing::plain(&draft.topic),
            case_line => self.reading.replies.subject.as_str(),
            buttons => Value::from_object(Buttons(has_buttons.then(|| self.reading.clone()))),
            attached => self.carried.iter().map(|one| file(&one.name, one.size)).collect::<Vec<_>>(),
            left_out => self.left_out.len(),
            has_entry => !draft.enclosed.is_empty(),
        }
    }

    /// The company's own look: of a letter to a customer only.
    fn brand(&self) -> Option<Value> {
        let brand = self.house.brand.as_ref().filter(|_| self.draft.content.kind().is_for_customer())?;
        let hours =
            brand.opening_hours.as_ref().map(|hours| hours.for_reader(self.reading.words.language).text.clone());
        // A sheet has no pictures.
        let logo = brand.logo.as_ref().filter(|_| self.reading.form != printing::Form::Paper).map(|logo| {
            let (width, height) = shown_at(logo.width, logo.height);
            let alt = logo.alt.as_deref().unwrap_or(&self.house.company);
            context! { id => mime::logo_id(self.draft, self.house), width, height, alt }
        });
        context! {
            logo,
            colour => brand.colour.as_deref(),
            phone => brand.phone.as_deref(),
            website => brand.website.as_deref(),
            hours,
        }
        .into()
    }

    /// How its page looks.
    pub fn look(&self) -> Look<'_> {
        let brand = self.house.brand.as_ref().filter(|_| self.draft.content.kind().is_for_customer());
        let colour = brand.and_then(|brand| brand.colour.as_deref());
        Look { ink: colour.unwrap_or(INK), line: colour.unwrap_or(LINE) }
    }

    /// What the draft lists, then what turned out too large to go along.
    fn listed(&self) -> Value {
        let drafted: &[(String, usize)] = match &self.draft.content {
            Content::Notification(letter) => &letter.listed,
            Content::FollowUp(letter) => &letter.listed,
            Content::Dossier(file) => &file.listed,
            _ => &[],
        };
        let drafted = drafted.iter().map(|(name, size)| file(name, *size));
        let left_out = self.left_out.iter().map(|one| file(&one.name, one.size));
        let all: Vec<Value> = drafted.chain(left_out).collect();
        let shown = all.len().min(LISTED_MAX);
        context! { listed => &all[..shown], listed_more => all.len() - shown }
    }

    /// How what is typed reaches the customer, if at all.
    fn to_customer(&self) -> &'static str {
        let customer = match &self.draft.content {
            Content::Notification(letter) => &letter.customer,
            Content::FollowUp(letter) => &letter.customer,
            _ => return "customer",
        };
        match customer.reach() {
            Reach::Mail(_) => "customer",
            Reach::Post => "paper",
            Reach::Phone => "no_customer",
        }
    }

    /// The ways to go on, and the verb that was probably meant with what it does; all of them where nobody can tell.
    fn question(&self, letter: &Question) -> Value {
        let rows: Vec<&str> = match &letter.why {
            Problem::UnknownVerb { nearest: None, .. } => TABLE.iter().map(|row| row.verb.name()).collect(),
            Problem::UnknownVerb { nearest: Some(verb), .. } | Problem::VerbLowerDown { written: verb } => {
                Verb::named(verb.trim_start_matches('#')).map(Verb::name).into_iter().collect()
            }
            _ => Vec::new(),
        };
        // What the sender typed stands in the ways to go on already.
        let is_apart = matches!(letter.why, Problem::TextApart { .. });
        let is_shown = is_apart || letter.choices.iter().any(|choice| !choice.text.is_empty());
        let verb = match &letter.why {
            Problem::NotNow { verb } => Verb::named(verb.trim_start_matches('#')).map_or("", Verb::name),
            _ => "",
        };
        context! { meant => rows, is_shown, not_now => verb, ways => self.ways(&letter.choices) }
    }

    /// The replies that only have to be completed or sent: a button for each, and the same to be copied.
    fn ways(&self, choices: &[Choice]) -> Option<Value> {
        let buttons = choices.iter().filter_map(|choice| self.button(choice));
        let buttons: Vec<Value> = buttons.map(|button| printing::seen(&button)).collect();
        let all =
            choices.iter().map(|choice| context! { label => self.label(&choice.does), verbs => choice.verbs.clone() });
        let text = match choices {
            [] => return None,
            [only] => typed(only),
            [first, ..] => first.text.clone(),
        };
        Some(context! { buttons, all => all.collect::<Vec<_>>(), several => choices.len() > 1, text })
    }

    fn button(&self, choice: &Choice) -> Option<Button> {
        let label = self.label(&choice.does);
        match choice.way {
            Way::Reply => self.reading.replies.prefilled(&typed(choice), label),
            Way::NewMail => {
                let url = mailto::new_mail(self.house.desk_address.as_str(), &typed(choice))?;
                Some(Button { label, url })
            }
        }
    }

    fn label(&self, does: &Does) -> String {
        let of = |name: &str| printing::word(&self.reading.vocabulary, "does", name);
        match does {
            Does::Verb(verb) => self.reading.replies.label(Press::Verb(*verb)),
            Does::OnCase(number) => number.to_string(),
            // A phone has no room for whole addresses.
            Does::To(colleague) => format!("{} {}", of("to"), colleague.local()),
            Does::ToDepartment(name) => format!("{} {name}", of("to_department")),
            Does::At(moment) => moment.clone(),
            Does::StandardText(name) => name.clone(),
            Does::ToCustomer => of("to_customer"),
            Does::Whole => of("whole"),
            Does::UpperHalf => of("upper_half"),
            Does::Again => of("again"),
            Does::Confirm => of("confirm"),
            Does::Complete => of("complete"),
            Does::Undated => of("undated"),
            Does::Now => of("now"),
        }
    }
}

/// Buttons by their name; each is made when a template asks for it.
#[derive(Debug)]
struct Buttons(Option<Arc<Reading>>);

impl Object for Buttons {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let (reading, name) = (self.0.as_ref()?, key.as_str()?);
        let (_, press) = Press::ALL.into_iter().find(|(known, _)| *known == name)?;
        Some(printing::seen(&reading.replies.button(press)))
    }
}

/// How the letter's reader reads, and where its buttons write to.
pub(super) fn reading(
    draft: &Draft,
    house: &House,
    token: &str,
    vocabulary: Value,
    form: printing::Form,
    now: Moment,
) -> Reading {
    let words = words(draft, house);
    let subject = subject::case_line(draft, &vocabulary);
    Reading {
        words,
        now,
        form,
        me: draft.to.clone(),
        replies: Replies {
            address: house.reply_address(token).to_string(),
            desk: house.desk_address.to_string(),
            subject,
            token: token.to_owned(),
            words,
            vocabulary: vocabulary.clone(),
            goes: ReplyGoes::of(draft.content.kind()),
            link: OnceLock::new(),
        },
        vocabulary,
    }
}

/// The sides of a logo as it is shown: in proportion, and never larger than it is.
fn shown_at(width: u32, height: u32) -> (u32, u32) {
    let fits = |side: u32, other: u32, most: u32| {
        if side > most { (most, (other * most / side).max(1)) } else { (side, other) }
    };
    let (width, height) = fits(width, height, LOGO_WIDTH_MAX);
    let (height, width) = fits(height, width, LOGO_HEIGHT_MAX);
    (width, height)
}

/// How the letter's reader reads.
pub(super) fn words(draft: &Draft, house: &House) -> Words {
    let is_for_customer = draft.content.kind().is_for_customer();
    let language = if is_for_customer { draft.language } else { for_staff(draft.language) };
    Words { language, zone: house.zone }
}

/// What letters can say of the company to a reader of that language.
fn house(house: &House, language: Language) -> Value {
    let said = |texts: &Texts| printing::plain(texts.for_reader(language));
    let committee = house.committee.as_ref().map(|committee| {
        context! {
            fee => committee.fee.as_ref().map(|fee| printing::plain(amount(fee, language))),
            applies_to => said(&committee.applies_to),
            ..printing::plain(committee)
        }
    });
    context! {
        committee,
        signature => signature(house, language),
        privacy_url => house.privacy_url.as_deref(),
        letterhead => printing::plain(&house.letterhead),
    }
}

/// What the committee costs. An amount without words is in no language, and goes into the reader's own sentence.
fn amount(fee: &Texts, language: Language) -> Worded {
    let fee = fee.for_reader(language).clone();
    let has_words = fee.text.contains(char::is_alphabetic);
    Worded { language: if has_words { fee.language } else { language }, ..fee }
}

/// The line below the company's name; empty where there is none.
fn signature(house: &House, language: Language) -> String {
    let line = house.brand.as_ref().and_then(|brand| brand.signature.as_ref());
    line.map(|line| line.for_reader(language).text.clone()).unwrap_or_default()
}

fn file(name: &str, size: usize) -> Value {
    context! { name, size }
}

/// What the reply of a choice has in it.
fn typed(choice: &Choice) -> String {
    let text = Some(choice.text.clone()).filter(|text| !text.is_empty());
    choice.verbs.iter().cloned().chain(text).collect::<Vec<_>>().join("\n")
}

/// Numbers people know a car or a contract by; all of one kind together.
fn grouped(references: &[Reference]) -> Value {
    let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
    for one in references.iter().take(LISTED_MAX) {
        match kinds.iter_mut().find(|(name, _)| *name == one.name) {
            Some((_, all)) => all.push(&one.written),
            None => kinds.push((&one.name, vec![&one.written])),
        }
    }
    let references: Vec<Value> =
        kinds.into_iter().map(|(name, written)| context! { name, written => printing::plain(written) }).collect();
    context! { references }
}

/// The letters on paper whose posting would stop this clock.
fn stops(letter: &Term) -> Vec<Value> {
    let clocks = || std::iter::once(letter.clock).chain(letter.also.iter().map(|other| other.clock));
    let stops = |clock: Clock, kind: LetterKind| match clock {
        Clock::Acknowledge => kind == LetterKind::Acknowledgement,
        Clock::FirstResponse | Clock::Promised => matches!(kind, LetterKind::Answer | LetterKind::Closing),
        Clock::Resolve => false,
    };
    let running = letter.to_post.iter().filter(|one| clocks().any(|clock| stops(clock, one.kind)));
    running.take(LISTED_MAX).map(printing::plain).collect()
}

/// The mail balance, with what only counting shows.
fn mail_day(day: &MailDay) -> Value {
    let folders = day.folders.iter().map(|one| context! { difference => one.difference(), ..printing::plain(one) });
    context! {
        total => printing::plain(day.total()),
        adds_up => day.adds_up(),
        folders => folders.collect::<Vec<_>>(),
        ..printing::plain(day)
    }
}
