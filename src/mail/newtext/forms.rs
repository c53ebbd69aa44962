//! Two forms of one mail's text (plain, and the page beside it), held against each other word by word: a client shows the
//! one and the desk reads the other, so that what a colleague meant is certain only where both say it (invariant 7). Pure.

use super::footer::{Begins, is_footer};
use super::lines;
use super::ours::{key, without_links};
use crate::mail::{Cut, Mail, Party};

/// The form of a mail's text that was not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtherForm {
    pub text: String,
    /// As `Mail::relayable`.
    pub relayable: String,
    /// As `Mail::cuts`.
    pub cuts: Vec<Cut>,
}

impl OtherForm {
    /// A mail of the same sender that has this text alone.
    pub fn as_mail(&self, from: Option<&Party>) -> Mail {
        let Self { text, relayable, cuts } = self.clone();
        Mail { text, relayable, cuts, from: from.cloned(), ..Mail::default() }
    }
}

/// Whether the two have the same words. A program may have put a signature or a disclaimer under one of them.
pub fn same_words(one: &str, other: &str, from: Option<&Party>) -> bool {
    let (one, other) = (Form::of(one), Form::of(other));
    let shared = one.letters.iter().zip(&other.letters).take_while(|(a, b)| a.0 == b.0).count();
    one.ends_at(shared, from) && other.ends_at(shared, from)
}

/// Whether each line of the one stands somewhere in the other.
pub fn stands_in(lines: &str, whole: &str) -> bool {
    let whole = key(&without_links(whole));
    lines.lines().all(|line| whole.contains(&letters_of(line)))
}

/// A text as letters and figures, each with the line it stands on.
struct Form<'a> {
    text: &'a str,
    letters: Vec<(char, usize)>,
}

impl<'a> Form<'a> {
    fn of(text: &'a str) -> Self {
        let of_line = |(at, line): (usize, &str)| letters_of(line).chars().map(|c| (c, at)).collect::<Vec<_>>();
        Self { text, letters: text.lines().enumerate().flat_map(of_line).collect() }
    }

    /// Below so many letters nothing is said any more.
    fn ends_at(&self, shared: usize, from: Option<&Party>) -> bool {
        let Some((_, line)) = self.letters.get(shared) else { return true };
        let rest = self.text.lines().skip(*line).collect::<Vec<_>>().join("\n");
        let lines = lines::of(&rest);
        let local = from.and_then(|party| party.address.split('@').next()).unwrap_or_default();
        let sender = [from.map_or("", |party| party.name.as_str()), local];
        is_footer(&lines.iter().collect::<Vec<_>>(), Begins::Unsaid, &sender)
    }
}

/// Without what a form adds of itself: the number of a list's item, the place of a picture, a link's target.
fn letters_of(line: &str) -> String {
    const NUMBER_FIGURES_MAX: usize = 2;
    let line = line.trim_start();
    let figures = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = (1..=NUMBER_FIGURES_MAX).contains(&figures);
    let bare = line.get(figures..).and_then(|rest| rest.strip_prefix(['.', ')'])).filter(|rest| rest.starts_with(' '));
    key(&without_links(&without_pictures(bare.filter(|_| numbered).unwrap_or(line))))
}

fn without_pictures(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, shown)) = rest.split_once('[') {
        let Some((inside, after)) = shown.split_once(']') else { break };
        kept.push_str(before);
        let low = inside.to_ascii_lowercase();
        if !["cid:", "image:", "afbeelding:"].iter().any(|sign| low.starts_with(sign)) {
            kept.push_str(inside);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let from = Party { name: "Anna Bakker".into(), address: "a.bakker@bedrijf.example".into() };
        same_words(one, other, Some(&from)) && same_words(other, one, Some(&from))
    }

    #[test]
    fn forms_that_say_the_same_are_known_whatever_a_client_makes_of_them() {
        for (plain, page) in [
            ("Wij *betalen*.", "Wij betalen."),
            ("1. de bumper\n2) de deur", "- de bumper\n- de deur"),
            ("Zie www.x.example<https://x.example/a?b=1>.", "Zie www.x.example."),
            ("Wij betalen.\n\n[cid:image001.png@01D]", "Wij betalen."),
            ("Wij betalen.", "Wij betalen.\n\nMet vriendelijke groet,\nAnna Bakker\nT 030 123 45 67"),
            ("Wij betalen.\nAnna", "Wij betalen.\nAnna Bakker\nKlachtenafdeling"),
            ("Wij betalen. Dat\nduurt een week.", "Wij betalen.\nDat duurt een\n week."),
            ("Ça va, über €", "ça va, über €"),
        ] {
            assert!(same(plain, page), "{plain} {page}");
        }
    }

    #[test]
    fn a_word_more_or_another_word_is_told() {
        for (plain, page) in [
            ("Wij betalen.", "Wij betalen niet."),
            ("Wij betalen 310 euro.", "Wij betalen 350 euro."),
            ("Wij betalen.", "Wij betalen.\n\nMaar de huurauto niet."),
            ("Wij betalen.\n\nGroet, Anna", "Wij betalen.\n\nNiet meer dan 300.\n\nGroet, Anna"),
            ("U krijgt niets terug.", ""),
            ("Wij betalen.", "Wij betalen.\n\nGroet, Anna\nPS de huurauto ook"),
        ] {
            assert!(!same(plain, page), "{plain} {page}");
        }
    }
}
