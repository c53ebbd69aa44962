//! The ways on from a sentence of the company's own that there is not, or that cannot be filled in. Pure.

use super::{CHOICES_MAX, Ways};
use crate::desk::draft::{Choice, Does};
use crate::desk::verbs::{Verb, leading, standard_text};
use crate::text::fold;

impl Ways {
    /// Each there is, in the place of the one that was typed; where there is none, without it.
    pub(super) fn standard_texts(&self, written: &str, names: &[String]) -> Vec<Choice> {
        if names.is_empty() {
            return self.without_text(written);
        }
        let named = |name: &String| {
            let line = format!("{} {name}", self.name(Verb::StandardText));
            self.sent(Does::StandardText(name.clone()), &self.in_place_of(written, &line))
        };
        names.iter().take(CHOICES_MAX).map(named).collect()
    }

    /// Without it something must be typed.
    pub(super) fn without_text(&self, written: &str) -> Vec<Choice> {
        vec![self.sent(Does::ToCustomer, &self.in_place_of(written, "")).completing()]
    }

    fn in_place_of(&self, written: &str, line: &str) -> String {
        let is_meant = |typed: &str| standard_text(typed).is_some_and(|name| fold(&name) == fold(written));
        let lines = self.typed.text.lines().map(|typed| if is_meant(typed) { line } else { typed });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// All that was typed; what stands above the words is a verb like the others.
    fn sent(&self, does: Does, text: &str) -> Choice {
        let (asked, rest) = leading(text);
        let mut verbs = self.lines(|_| true);
        verbs.extend(asked.into_iter().map(str::to_owned));
        if verbs.is_empty() {
            verbs.push(self.name(Verb::Answer));
        }
        self.of(does, verbs, &rest)
    }
}
