//! Lines of plain text as they grow: blanks run together, blank lines kept to one, quote marks in front. Pure.

use super::{Mark, Page, STRUCK};
use crate::mail::limits::QUOTE_MARKS_MAX;

/// Builds the text of a page.
#[derive(Default)]
pub(super) struct Writer {
    page: Page,
    line: String,
    /// Number of the line being written.
    number: usize,
    /// A blank is due before the next word.
    blank: bool,
    /// A blank line is due before the next text.
    gap: bool,
    /// The line holds no-break spaces only: the way editors write a blank line.
    spacer: bool,
    /// Levels of quotation of the next line.
    pub quotes: usize,
    /// The line being written started inside this many.
    line_quotes: usize,
    /// Put in front of the next text of a new line (a list's bullet).
    pub bullet: Option<String>,
    /// Keep blanks and line ends as they are.
    pub preformatted: usize,
    /// Marks that wait for the next text.
    pending: Vec<Mark>,
    /// Elements that strike out, one inside the other.
    strikes: usize,
    /// The words being written are marked as struck out.
    in_struck: bool,
}

impl Writer {
    /// Adds text whose entities are decoded.
    pub fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            for (nth, line) in text.split('\n').enumerate() {
                if nth > 0 {
                    self.new_line();
                }
                self.word(line.trim_end_matches('\r'));
            }
            return;
        }
        // A no-break space is no white space here: it makes an empty paragraph a blank line.
        let is_blank = |c: char| c.is_ascii_whitespace();
        self.blank |= text.starts_with(is_blank);
        for word in text.split(is_blank).filter(|w| !w.is_empty()) {
            self.word(word);
            self.blank = true;
        }
        self.blank = text.ends_with(is_blank);
    }

    fn word(&mut self, word: &str) {
        let word = word.replace('\u{a0}', " ");
        if word.trim().is_empty() && self.line.is_empty() {
            self.spacer = true;
            return;
        }
        if self.line.is_empty() {
            self.start_line();
        } else if self.blank {
            self.line.push(' ');
        }
        self.blank = false;
        if self.strikes > 0 && !self.in_struck {
            (self.in_struck, self.page.struck) = (true, true);
            self.line.push_str(STRUCK);
        }
        self.line.push_str(&word);
    }

    /// The text that follows is struck out.
    pub fn strike(&mut self) {
        self.strikes += 1;
    }

    /// The end of that.
    pub fn strike_end(&mut self) {
        self.strikes = self.strikes.saturating_sub(1);
        if self.strikes == 0 {
            self.end_struck();
        }
    }

    /// What is struck out is marked line by line.
    fn end_struck(&mut self) {
        if std::mem::take(&mut self.in_struck) {
            self.line.push_str(STRUCK);
        }
    }

    /// Notes a picture that the mail brought. One in a quote, or below what begins one, stands below all words.
    pub fn picture(&mut self, id: &str) {
        let is_below = self.quotes > 0 || !self.pending.is_empty();
        let lines = self.number + usize::from(!self.line.is_empty());
        self.page.pictures.push((if is_below { usize::MAX } else { lines }, id.to_owned()));
    }

    fn start_line(&mut self) {
        if self.gap && self.number > 0 {
            self.gap = false;
            self.line_quotes = self.quotes.min(self.line_quotes);
            self.push_line();
        }
        (self.gap, self.spacer) = (false, false);
        self.line_quotes = self.quotes;
        let number = self.number;
        self.page.marks.extend(self.pending.drain(..).map(|mark| (number, mark)));
        if let Some(bullet) = self.bullet.take() {
            self.line.push_str(&bullet);
        }
    }

    /// Ends the line being written if there is anything on it.
    pub fn end_line(&mut self) {
        self.blank = false;
        self.gap |= std::mem::take(&mut self.spacer);
        if !self.line.is_empty() {
            self.push_line();
        }
    }

    /// A line end that the page asks for: twice makes a blank line.
    pub fn new_line(&mut self) {
        if self.line.is_empty() {
            self.gap = true;
        }
        self.end_line();
    }

    /// Ends the line, and puts a blank one before the next text.
    pub fn end_paragraph(&mut self) {
        self.end_line();
        self.gap = true;
    }

    fn push_line(&mut self) {
        self.end_struck();
        let marks = self.line_quotes.min(QUOTE_MARKS_MAX);
        let line = std::mem::take(&mut self.line);
        let content = line.trim_end();
        self.page.text.extend(std::iter::repeat_n('>', marks));
        if marks > 0 && !content.is_empty() {
            self.page.text.push(' ');
        }
        self.page.text.push_str(content);
        self.page.text.push('\n');
        self.number += 1;
    }

    /// Between two cells of a row.
    pub fn separate(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push_str("  ");
        }
    }

    /// Notes what begins at the next text.
    pub fn mark(&mut self, mark: Mark) {
        self.pending.push(mark);
    }

    /// Notes what ends with the text so far.
    pub fn mark_end(&mut self, mark: Mark) {
        self.end_line();
        self.page.marks.push((self.number, mark));
    }

    pub fn finish(mut self) -> Page {
        self.end_line();
        self.page
    }
}
