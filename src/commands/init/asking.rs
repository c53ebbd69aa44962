//! Where answers come from: the flags, else the person at the terminal, else what is proposed. Without a terminal what is
//! missing is named by its flag. Reads standard input; what a person types as a secret is not shown.

use super::super::printing::ask;
use super::questions::{Key, QUESTIONS, Question, Without, question};
use super::traces::Traces;
use clap::{Arg, ArgMatches, Command};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::io::BufRead;

/// The flags that were given.
#[derive(Debug, Clone, Default)]
pub struct Arguments(BTreeMap<Key, String>);

/// An argument for each question: the table is the command line.
impl clap::Args for Arguments {
    fn augment_args(command: Command) -> Command {
        command.args(
            QUESTIONS.iter().map(|question| {
                Arg::new(question.flag).long(question.flag).value_name(question.value).help(question.asks)
            }),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |question: &Question| {
            matches.get_one::<String>(question.flag).map(|text| (question.key, text.trim().to_owned()))
        };
        Ok(Self(QUESTIONS.iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("--{flag}: expected {expected}, found \"{found}\"")]
    Unfit { flag: &'static str, expected: &'static str, found: String },
    #[error(
        "there is no terminal to ask at, expected {}, found nothing\n  hint: {}",
        .0.iter().map(|question| format!("--{} {}", question.flag, question.value)).collect::<Vec<_>>().join(", "),
        .0.iter().map(|question| format!("--{}: {}", question.flag, question.asks)).collect::<Vec<_>>().join("\n        ")
    )]
    Missing(Vec<&'static Question>),
    #[error("the answers ended before the questions")]
    Ended,
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Question {}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.flag)
    }
}

/// Who answers.
pub(super) struct Interview<'a> {
    given: BTreeMap<Key, String>,
    /// None: nobody is there.
    person: Option<&'a mut dyn BufRead>,
    /// What must not stay where it is cut off.
    pub traces: Traces,
}

impl<'a> Interview<'a> {
    pub fn new(arguments: Arguments, person: Option<&'a mut dyn BufRead>) -> Self {
        Self { given: arguments.0, person, traces: Traces::default() }
    }

    /// All that is wrong with the flags alone, and what cannot be done without where nobody is there: before anything is tried.
    pub fn examine(&self, needed: &[Key]) -> Result<(), Unanswered> {
        for (key, text) in &self.given {
            fitting(question(*key), text)?;
        }
        let missing: Vec<&Question> =
            needed.iter().filter(|key| !self.is_given(**key)).map(|key| question(*key)).collect();
        if self.person.is_none() && !missing.is_empty() { Err(Unanswered::Missing(missing)) } else { Ok(()) }
    }

    pub fn is_given(&self, key: Key) -> bool {
        self.given.contains_key(&key)
    }

    /// The flag alone, or what holds without it.
    pub fn given(&self, key: Key) -> Option<String> {
        let usual = match question(key).without {
            Without::Unasked(usual) => Some(usual.to_owned()).filter(|usual| !usual.is_empty()),
            _ => None,
        };
        self.given.get(&key).cloned().or(usual)
    }

    /// The answer, or what is proposed for it.
    pub fn answer(&mut self, key: Key, proposed: Option<String>) -> Result<String, Unanswered> {
        let question = question(key);
        if let Some(text) = self.given.get(&key) {
            return fitting(question, text);
        }
        match (&mut self.person, proposed) {
            (Some(_), proposed) => self.typed(question, proposed.as_deref()),
            (None, Some(proposed)) => Ok(proposed),
            (None, None) if question.without == Without::LeftOut => Ok(String::new()),
            (None, None) => Err(Unanswered::Missing(vec![question])),
        }
    }

    /// Asks until something fits.
    fn typed(&mut self, question: &Question, proposed: Option<&str>) -> Result<String, Unanswered> {
        let ending = match proposed {
            Some(proposed) => format!(" [{proposed}]: "),
            None if question.without == Without::LeftOut => " (Enter for none): ".to_owned(),
            None => ": ".to_owned(),
        };
        loop {
            ask(&format!("{}{ending}", question.asks));
            let text = self.line()?;
            match (text.as_str(), proposed) {
                ("", Some(proposed)) => return Ok(proposed.to_owned()),
                ("", None) if question.without == Without::LeftOut => return Ok(text),
                _ => match fitting(question, &text) {
                    Ok(text) => return Ok(text),
                    Err(_) => ask(&format!("  Please type {}.\n", question.expected)),
                },
            }
        }
    }

    /// Whether a person says yes to this; None: nobody is there.
    pub fn confirmed(&mut self, what: &str) -> Result<Option<bool>, Unanswered> {
        if self.person.is_none() {
            return Ok(None);
        }
        ask(&format!("{what} (yes/no): "));
        Ok(Some(matches!(self.line()?.to_lowercase().as_str(), "yes" | "y" | "ja" | "j")))
    }

    /// What a person types unseen; None: nobody is there.
    pub fn secret(&mut self, what: &str) -> Result<Option<SecretString>, Unanswered> {
        if self.person.is_none() {
            return Ok(None);
        }
        ask(&format!("{what} (not shown): "));
        let hidden = self.traces.hidden();
        let typed = self.line();
        drop(hidden);
        ask("\n");
        Ok(Some(SecretString::from(typed?)).filter(|secret| !secrecy::ExposeSecret::expose_secret(secret).is_empty()))
    }

    fn line(&mut self) -> Result<String, Unanswered> {
        let mut line = String::new();
        match self.person.as_mut().map(|person| person.read_line(&mut line)) {
            Some(Ok(read)) if read > 0 => Ok(line.trim().to_owned()),
            _ => Err(Unanswered::Ended),
        }
    }
}

fn fitting(question: &Question, text: &str) -> Result<String, Unanswered> {
    if (question.fits)(text) {
        return Ok(text.to_owned());
    }
    let found = text.chars().take(60).flat_map(char::escape_debug).collect();
    Err(Unanswered::Unfit { flag: question.flag, expected: question.expected, found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn arguments(given: &[(Key, &str)]) -> Arguments {
        Arguments(given.iter().map(|(key, text)| (*key, (*text).to_owned())).collect())
    }

    #[test]
    fn without_a_terminal_all_that_is_missing_is_named_at_once() {
        let interview = Interview::new(arguments(&[(Key::Company, "Eigen Lease")]), None);
        let missing = interview.examine(&[Key::Company, Key::Address, Key::Supervisor]).unwrap_err().to_string();
        insta::assert_snapshot!(missing);
    }

    #[test]
    fn a_flag_outweighs_what_is_proposed_and_must_fit() {
        let mut interview = Interview::new(arguments(&[(Key::Imap, "imap.a.nl"), (Key::Supervisor, "chef")]), None);
        assert_eq!(interview.answer(Key::Imap, Some("mail.a.nl".into())).unwrap(), "imap.a.nl");
        assert_eq!(interview.answer(Key::Smtp, Some("smtp.a.nl".into())).unwrap(), "smtp.a.nl");
        assert_eq!(interview.answer(Key::Operator, None).unwrap(), "");
        assert!(matches!(interview.answer(Key::Department, None), Err(Unanswered::Missing(_))));
        let unfit = interview.examine(&[]).unwrap_err().to_string();
        assert_eq!(unfit, "--supervisor: expected a bare address, as name@company.nl, found \"chef\"");
    }

    #[test]
    fn a_person_is_asked_until_the_answer_fits() {
        let mut input = Cursor::new("\nschade en zo\nschade\n\n\n");
        let mut interview = Interview::new(Arguments::default(), Some(&mut input));
        assert_eq!(interview.answer(Key::Department, None).unwrap(), "schade");
        assert_eq!(interview.answer(Key::Title, Some("Schade".into())).unwrap(), "Schade");
        assert_eq!(interview.answer(Key::Operator, None).unwrap(), "");
        assert_eq!(interview.answer(Key::Supervisor, None), Err(Unanswered::Ended));
    }
}
