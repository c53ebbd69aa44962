//! The templates of `templates/`, built into the program, and the engine that fills them in. A letter's words stand
//! once per language, and are filled in once: text and page are drawn of the same blocks. Touches nothing outside.

use super::as_page::Look;
use super::blocks::{self, Flow, Kit};
use super::language::Words;
use super::own::Own;
use super::printing::{self, Reading};
use super::{RenderError, TemplateError, as_page, as_text};
use crate::case::{Language, LetterKind};
use crate::desk::verbs::{Row, TABLE};
use crate::text::lines;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, Value};
use minijinja::{Environment, Template, UndefinedBehavior, context};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every file below `templates/`: its name there and its text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// The pages around a letter.
const TEXT_PAGE: &str = "base.txt";
const HTML_PAGE: &str = "base.html";
/// The folder of words that several letters use, a file per language.
const WORDS: &str = "words/";

/// What a letter is at most cut to, by what is cut: the reasons stand beside the numbers.
const LIMITS: [(&str, usize); 16] = [
    // A complaint is printed up to here, some ten pages; the whole is on file.
    ("text", 20_000),
    // What stood below it, from earlier mails: enough to see what it was about.
    ("quoted", 4_000),
    // A question or an advice is a page at most; nobody reads more, and the register has it.
    ("asked", 10_000),
    // Steps of a case shown to a supervisor, and the text of one: the last ones say how it stands.
    ("steps", 40),
    ("step", 1_500),
    // Of a whole file: some hundred pages; the mails themselves are attached.
    ("file_steps", 300),
    ("file_step", 10_000),
    ("letters", 100),
    // Attachments, addresses and the like named one by one.
    ("listed", 50),
    // Keywords named in the reason why a case came here.
    ("keywords", 8),
    // Cases shown of one list: two screens of a phone, each with a button.
    ("cases", 20),
    // Of what was typed below a verb and used for nothing: enough to know it again.
    ("unused", 1_000),
    // First lines of a mail that was put aside; and such mails shown with them: a dozen is looked through in two minutes.
    ("excerpt", 400),
    ("in_full", 12),
    // Reasons why something was no complaint: the spreadsheet has them all.
    ("dismissals", 10),
    // Files named on a sheet; more are a parcel.
    ("on_sheet", 30),
];

/// The engine with every template compiled, and the words of each language.
pub(super) struct Templates {
    engine: Environment<'static>,
    vocabularies: BTreeMap<&'static str, Value>,
    limits: Value,
    /// What templates call blocks by.
    kit: Value,
}

/// What a letter's template came to.
pub(super) struct Filled {
    /// Words and blocks ([`blocks::read`]).
    made: String,
    /// What the letter's own template calls it; None: it answers in its thread.
    pub subject: Option<String>,
    /// What an inbox shows beside the subject; None: how the letter begins.
    pub preheader: Option<String>,
}

/// What stands above a letter in an inbox.
#[derive(Debug, Clone, Copy)]
pub(super) struct Headed<'a> {
    pub subject: &'a str,
    pub preheader: &'a str,
}

impl Templates {
    /// Compiles every template. Text that comes in as a value is never itself read as a template.
    pub fn new(own: &[Own<'_>]) -> Result<Self, TemplateError> {
        let mut engine = Environment::new();
        // A variable that is not there is an error; and an error never shows the values of a letter.
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        engine.set_debug(false);
        // A tag on a line of its own leaves no blank line behind.
        engine.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        engine.set_auto_escape_callback(printing::escaping);
        printing::equip(&mut engine);
        for (name, source) in FILES {
            let source = own.iter().find(|own| own.name == *name).map_or(*source, |own| own.text);
            // Filters ask who reads it, and when.
            let reads = if name.starts_with(WORDS) { "" } else { "{% do read_as(reader) %}" };
            engine.add_template_owned(*name, format!("{reads}{source}"))?;
        }
        let vocabularies = Language::ALL.map(|language| Ok((language.tag(), vocabulary(&engine, language)?)));
        let vocabularies = vocabularies.into_iter().collect::<Result<_, minijinja::Error>>()?;
        Ok(Self { engine, vocabularies, limits: Value::from_pairs(LIMITS), kit: Value::from_object(Kit) })
    }

    /// The words of that language.
    pub fn vocabulary(&self, words: Words) -> Value {
        self.vocabularies.get(words.tag()).cloned().unwrap_or_default()
    }

    /// The letter, as its template says it.
    pub fn fill_in(&self, kind: LetterKind, filling: &Filling) -> Result<Filled, RenderError> {
        let template = self.find(&file_name(kind.name(), filling.0.reading.words.tag()))?;
        let filled = template.render_captured(filling.variables()).map_err(named)?;
        let exports = filled.state().exports();
        let said =
            |name: &str| filled.state().lookup(name).filter(|_| exports.contains(&name)).map(|of| of.to_string());
        let (subject, preheader) = (said("subject_line"), said("preheader"));
        Ok(Filled { made: filled.into_output(), subject, preheader })
    }

    /// The plain text around a body.
    pub fn text(&self, body: &str, filling: &Filling) -> Result<String, RenderError> {
        let body = Value::from_safe_string(body.to_owned());
        let whole = self.find(TEXT_PAGE)?.render(filling.around([("body", body)])).map_err(named)?;
        Ok(tidy(&whole) + "\n")
    }

    /// The page around a body.
    pub fn page(&self, body: &str, headed: Headed<'_>, filling: &Filling) -> Result<String, RenderError> {
        let body = Value::from_safe_string(body.to_owned());
        let (subject, preheader) = (Value::from(headed.subject), Value::from(headed.preheader));
        let around = filling.around([("body", body), ("letter_subject", subject), ("preheader", preheader)]);
        self.find(HTML_PAGE)?.render(around).map_err(named)
    }

    /// What the law wants said of the committee, as this letter says it; empty where it says nothing of it.
    pub fn committee(&self, filling: &Filling) -> Result<String, RenderError> {
        const SAID: &str = "{% do read_as(reader) %}{% from committee_part import committee %}\
            {% if committee_last_day %}{{ committee(house.committee, committee_last_day) }}{% endif %}";
        let said = self.engine.render_named_str("committee", SAID, filling.variables()).map_err(named)?;
        Ok(as_text::draw(&blocks::read(&said)?))
    }

    fn find(&self, name: &str) -> Result<Template<'_, '_>, RenderError> {
        self.engine.get_template(name).map_err(named)
    }

    /// What a letter's templates can ask for.
    pub fn filling(&self, reading: &Arc<Reading>, letter: ByName) -> Filling {
        let (kit, limits) = (self.kit.clone(), self.limits.clone());
        let (reading, letter) = (reading.clone(), Arc::new(letter));
        Filling(Variables { kit, limits, reading, around: Vec::new(), letter })
    }
}

impl Filled {
    /// What stands one after the other in it.
    ///
    /// # Errors
    /// As [`blocks::read`].
    pub fn flow(&self) -> Result<Flow<'_>, RenderError> {
        blocks::read(&self.made)
    }
}

/// The letter as text and as HTML, without the pages around it.
pub(super) fn drawn(flow: &Flow<'_>, look: Look<'_>) -> [String; 2] {
    [tidy(&as_text::draw(flow)), as_page::draw(flow, look)]
}

/// What a letter is filled with.
pub(super) struct Filling(Variables);

impl Filling {
    fn variables(&self) -> Value {
        Value::from_object(self.0.clone())
    }

    /// The same for the page around a letter, with what stands on it.
    fn around(&self, names: impl Into<Vec<(&'static str, Value)>>) -> Value {
        Value::from_object(Variables { around: names.into(), ..self.0.clone() })
    }
}

/// What a letter says, in the order of the names: the short ones first, because lengths are faster compared than letters.
#[derive(Debug)]
pub(super) struct ByName(Vec<(Value, Value)>);

impl ByName {
    /// All that the values hold in one table, because templates ask it some hundred times a letter. Where two have one name, it
    /// is the first's.
    pub fn of(views: &[Value]) -> Self {
        let said = views.iter().flat_map(|view| {
            let names = view.try_iter().into_iter().flatten();
            names.filter_map(|name| view.get_item(&name).ok().map(|value| (name, value)))
        });
        let mut said: Vec<(Value, Value)> = said.collect();
        said.sort_by(|(one, _), (other, _)| place(one.as_str()).cmp(&place(other.as_str())));
        said.dedup_by(|(later, _), (first, _)| later.as_str() == first.as_str());
        Self(said)
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let at = self.0.binary_search_by(|(known, _)| place(known.as_str()).cmp(&place(Some(name)))).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }
}

fn place(name: Option<&str>) -> (usize, &str) {
    let name = name.unwrap_or_default();
    (name.len(), name)
}

/// The variables of a template.
#[derive(Debug, Clone)]
struct Variables {
    kit: Value,
    limits: Value,
    reading: Arc<Reading>,
    /// On the page around a letter.
    around: Vec<(&'static str, Value)>,
    letter: Arc<ByName>,
}

impl Variables {
    /// What every template can ask for, beside what the letter says.
    fn everywhere(&self, name: &str) -> Option<Value> {
        let tag = self.reading.words.tag();
        Some(match name {
            "k" => self.kit.clone(),
            "parts" => Value::from("parts.j2"),
            "case_part" => Value::from("case.j2"),
            "mail_day_part" => Value::from("mail_day.j2"),
            "committee_part" => Value::from(file_name("committee", tag)),
            "cost_part" => Value::from(file_name("committee", "costs")),
            "sheet_part" => Value::from(file_name("sheet", tag)),
            "form" => Value::from(self.reading.form.name()),
            "lang" => Value::from(tag),
            "w" => self.reading.vocabulary.clone(),
            "v" => self.reading.vocabulary.get_attr("verbs").unwrap_or_default(),
            "limits" => self.limits.clone(),
            "reader" => Value::from_dyn_object(self.reading.clone()),
            _ => return None,
        })
    }
}

impl Object for Variables {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        self.get_value_by_str(name.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        let around = self.around.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        around.cloned().or_else(|| self.everywhere(name)).or_else(|| self.letter.get(name).cloned())
    }
}

/// The text of one of ours, by its name below `templates/`.
pub(super) fn text_of(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The words of a language: what its file says, and the verbs of staff with their names.
fn vocabulary(engine: &Environment<'static>, language: Language) -> Result<Value, minijinja::Error> {
    let template = engine.get_template(&format!("{WORDS}{}.j2", language.tag()))?;
    let said = template.render_captured(())?;
    let names = said.state().exports();
    let words = names.into_iter().filter_map(|name| Some((name.to_owned(), said.state().lookup(name)?)));
    let words = Value::from_pairs(words);
    let verbs: Vec<_> = TABLE.iter().map(|row| (row.verb.name(), verb(row, language, &words))).collect();
    let manual: Value = verbs.iter().map(|(_, verb)| verb.clone()).collect();
    Ok(context! { manual, verbs => Value::from_pairs(verbs), ..words })
}

/// What a verb is called, what it does and where its text goes. Only languages of staff say what one does.
fn verb(row: &Row, language: Language, words: &Value) -> Value {
    let meaning = printing::find_word(words, "means", row.verb.name()).unwrap_or_default();
    context! { name => row.name_in(language), meaning, goes => printing::plain(row.text) }
}

fn named(error: minijinja::Error) -> RenderError {
    RenderError::Template(error.to_string())
}

fn file_name(folder: &str, name: &str) -> String {
    format!("{folder}/{name}.j2")
}

/// One blank line between paragraphs, none at the ends, no blanks at line ends.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut blank = false;
    for line in lines(text).map(str::trim_end) {
        if line.is_empty() {
            blank = !tidy.is_empty();
            continue;
        }
        if !tidy.is_empty() {
            tidy.push('\n');
        }
        if std::mem::take(&mut blank) {
            tidy.push('\n');
        }
        tidy.push_str(line);
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_compiles() {
        Templates::new(&[]).unwrap();
    }

    #[test]
    fn paragraphs_are_one_blank_line_apart() {
        assert_eq!(tidy("\n\n een \n\n\n\ntwee\n  drie\n\n"), " een\n\ntwee\n  drie");
    }
}
