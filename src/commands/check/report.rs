//! How findings of `klachtpost check` are printed: a line each, for people or as JSON.

use super::super::printing::{Form, say};
use crate::case::MailboxName;
use crate::config::ConfigError;
use serde_json::json;
use std::fmt::Display;

/// Where findings go.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Report<'a> {
    form: Form,
    /// Which mailbox they are of, where there are several.
    mailbox: Option<&'a MailboxName>,
}

impl<'a> Report<'a> {
    pub(in crate::commands) fn new(form: Form) -> Self {
        Self { form, mailbox: None }
    }

    /// In words.
    pub(in crate::commands) fn for_people() -> Self {
        Self { form: Form::PEOPLE, mailbox: None }
    }

    /// The same, of one mailbox.
    pub(in crate::commands) fn about(self, mailbox: Option<&'a MailboxName>) -> Self {
        Self { mailbox, ..self }
    }

    /// A finding, good or bad; whether it is good.
    pub(in crate::commands) fn line(self, what: &str, found: Result<impl Display, impl Display>) -> bool {
        match &found {
            Ok(found) => self.print("ok", what, found),
            Err(error) => self.print("PROBLEM", what, error),
        }
        found.is_ok()
    }

    /// What is wrong; never good.
    pub(in crate::commands) fn problem(self, what: &str, found: impl Display) -> bool {
        self.line(what, Err::<&str, _>(found))
    }

    /// What is good to know, and no problem.
    pub(in crate::commands) fn note(self, what: &str, found: impl Display) {
        self.print("note", what, &found);
    }

    /// What is wrong with settings that cannot be used: nothing else can be tried.
    pub(in crate::commands) fn unusable(self, error: &ConfigError) {
        match error {
            _ if !self.form.is_json() => say!("{error}"),
            ConfigError::Invalid(problems) => problems.0.iter().for_each(|problem| {
                self.problem("settings", problem);
            }),
            other => {
                self.problem("settings", other);
            }
        }
    }

    fn print(self, kind: &str, what: &str, found: &impl Display) {
        if self.form.is_json() {
            let mut finding = json!({ "finding": kind.to_lowercase(), "about": what, "said": found.to_string() });
            if let Some(mailbox) = self.mailbox {
                finding["mailbox"] = json!(mailbox);
            }
            say!("{finding}");
        } else {
            let of = self.mailbox.map(|mailbox| format!(" of {mailbox}")).unwrap_or_default();
            say!("{kind:<8} {what}{of}: {found}");
        }
    }
}
