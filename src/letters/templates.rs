//! The templates of `templates/`, built into the program, and the engine that fills them in. A letter's words stand
//! once per language; the building blocks (`kit`) make plain text or HTML of them. Touches nothing outside.

use super::RenderError;
use crate::case::{Language, LetterKind};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

/// Which of the two bodies of a letter is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Html,
}

impl Form {
    fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Html => "html",
        }
    }
}

macro_rules! letters {
    ($($name:literal),+ $(,)?) => {
        [$(
            ($name, "nl", include_str!(concat!("../../templates/", $name, "/nl.j2"))),
            ($name, "en", include_str!(concat!("../../templates/", $name, "/en.j2"))),
        )+]
    };
}

/// One folder per letter, named as [`LetterKind::name`]; a new kind needs its folder and this line.
const LETTERS: &[(&str, &str, &str)] = &letters![
    "acknowledgement",
    "notification",
    "answer",
    "interim",
    "follow_up",
    "closing",
    "receipt",
    "question",
    "delivery_failed",
    "set_aside",
    "alarm",
    "term",
    "escalation",
    "advice",
    "agenda",
    "dispute",
    "status",
    "case_list",
    "dossier",
    "away",
    "shown",
    "digest",
    "paper",
    "month",
    "outage",
    "acknowledgements",
    "bundle",
    "misdirected",
    "authority",
    "urgent",
    "privacy",
    "represented",
];

/// Shared by all: (name, source); what has no extension is written once for both forms.
const SHARED: [(&str, &str); 7] = [
    ("kit.txt", include_str!("../../templates/kit.txt")),
    ("kit.html", include_str!("../../templates/kit.html")),
    ("base.txt", include_str!("../../templates/base.txt")),
    ("base.html", include_str!("../../templates/base.html")),
    ("parts", include_str!("../../templates/parts.j2")),
    ("committee_word", include_str!("../../templates/committee.j2")),
    ("mail_day", include_str!("../../templates/mail_day.j2")),
];

/// The engine with every template compiled. Text that comes in as a value is never itself read as a template.
pub(super) fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut engine = Environment::new();
    // A variable that is not there is an error, found at start; and an error never shows the values of a letter.
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_debug(false);
    // A tag on a line of its own leaves no blank line behind.
    engine.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    engine.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    engine.set_formatter(|out, state, value| match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(text)) if !value.is_safe() => Ok(out.write_str(&escape(text))?),
        _ => minijinja::escape_formatter(out, state, value),
    });
    engine.add_filter("oneline", |text: String| text.split_whitespace().collect::<Vec<_>>().join(" "));
    engine.add_filter("prefixed", prefixed);
    engine.add_filter("packed", packed);
    engine.add_filter("lines", html_lines);
    for (name, source) in SHARED {
        if name.contains('.') {
            engine.add_template(name, source)?;
            continue;
        }
        for form in [Form::Text, Form::Html] {
            engine.add_template_owned(format!("{name}.{}", form.extension()), source)?;
        }
    }
    for (letter, language, source) in LETTERS.iter().copied() {
        for form in [Form::Text, Form::Html] {
            engine.add_template_owned(template_name(letter, language, form), source)?;
        }
    }
    Ok(engine)
}

/// One body of a letter: its own template first, then the page around it.
pub(super) fn fill(
    engine: &Environment<'_>,
    kind: LetterKind,
    language: Language,
    form: Form,
    view: &Value,
) -> Result<String, RenderError> {
    let tag = match language {
        Language::Dutch => "nl",
        Language::English => "en",
    };
    let named = |error: minijinja::Error| RenderError::Template(error.to_string());
    let extension = form.extension();
    let part = |name: &str| format!("{name}.{extension}");
    let shared = context! {
        kit => part("kit"), parts => part("parts"), mail_day_part => part("mail_day"),
        committee_part => part("committee_word"), ..view.clone()
    };
    let letter = engine.get_template(&template_name(kind.name(), tag, form)).map_err(named)?;
    let body = letter.render(&shared).map_err(named)?;
    let body = match form {
        Form::Text => Value::from(tidy(&body)),
        Form::Html => Value::from_safe_string(body),
    };
    let page = engine.get_template(&format!("base.{extension}")).map_err(named)?;
    let whole = page.render(context! { body, ..shared }).map_err(named)?;
    Ok(match form {
        Form::Text => tidy(&whole) + "\n",
        Form::Html => whole.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n") + "\n",
    })
}

fn template_name(letter: &str, language: &str, form: Form) -> String {
    format!("{letter}/{language}.{}", form.extension())
}

/// One blank line between paragraphs, none at the ends, no blanks at line ends.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines().map(str::trim_end) {
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

/// Somebody's words in a letter to staff: a mark on each line, so that they cannot pass for ours.
fn prefixed(text: String) -> String {
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// Lines of a list without blank ones between them.
fn packed(text: String) -> String {
    text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// Text as HTML with its lines kept: escaped here, because what a filter returns as safe is not escaped again.
fn html_lines(text: String) -> Value {
    Value::from_safe_string(escape(&text).replace('\n', "<br>\n").replace('\t', "&emsp;"))
}

/// Text as HTML, in elements and in attributes. The engine's own escaping would also take the slashes out of addresses.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#x27;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_compiles() {
        environment().unwrap();
    }

    #[test]
    fn paragraphs_are_one_blank_line_apart() {
        assert_eq!(tidy("\n\n een \n\n\n\ntwee\n  drie\n\n"), " een\n\ntwee\n  drie");
    }

    #[test]
    fn text_of_a_stranger_is_escaped_in_html() {
        let html = html_lines("<script>'\"&\nb".to_owned());
        assert_eq!(html.to_string(), "&lt;script&gt;&#x27;&quot;&amp;<br>\nb");
    }
}
