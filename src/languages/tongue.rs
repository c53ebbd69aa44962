//! What a row of the table holds. Every field must be there, so that the compiler asks a new language for all of it.
//!
//! A list of words is separated by white space, one of phrases by commas; both as [`crate::text::fold`] makes them (small letters,
//! no accents), but where it is said otherwise.

/// A language.
pub(crate) struct Tongue {
    /// As a document names the language it is in (RFC 5646), with the country where that matters to a screen reader.
    pub document_tag: &'static str,
    pub known_by: KnownBy,
    pub written: Written,
    pub greeting: Greeting,
    pub names: Names,
    pub solving: Solving,
    pub reaction: Reaction,
}

/// By which words a mail is known to be in the language. In small letters, with their accents.
pub(crate) struct KnownBy {
    /// Frequent small words that no other language here has: they make up half of any text.
    pub own: &'static str,
    /// Those that another has too; they count half.
    pub shared: &'static str,
    /// Letter groups of longer words that the others have not.
    pub groups: &'static [&'static str],
}

/// How moments, sizes and amounts are written.
pub(crate) struct Written {
    /// Monday first.
    pub days: [&'static str; 7],
    pub behind_weekday: &'static str,
    /// Behind the number of the day.
    pub behind_day: fn(u32) -> &'static str,
    pub months: [&'static str; 12],
    /// Between month and year.
    pub before_year: &'static str,
    /// Characters of a day's name in a list.
    pub short_day: usize,
    pub behind_short_day: &'static str,
    pub short_months: [&'static str; 12],
    /// Between day and hour, between hour and minute, behind the minute.
    pub at: &'static str,
    /// Of the hour, with zeros before it.
    pub hour_digits: usize,
    pub hour_mark: &'static str,
    pub oclock: &'static str,
    /// The same in a list.
    pub short_oclock: &'static str,
    pub decimal: char,
    pub thousands: char,
    /// One and several: minutes, hours, days.
    pub minutes: [&'static str; 2],
    pub hours: [&'static str; 2],
    pub spans: [&'static str; 2],
}

/// How the language greets; `{}` is the name.
pub(crate) struct Greeting {
    pub madam: &'static str,
    pub sir: &'static str,
    pub couple: &'static str,
    pub family: &'static str,
    /// A surname of which nobody knows who bears it.
    pub either: &'static str,
    pub plain: &'static str,
    pub doctor: &'static str,
    pub professor: &'static str,
    pub degrees: Degrees,
    /// `mevrouw De Wit`: the particle is written large where no given name stands before it (Taalunie).
    pub large_particle: bool,
    pub unnamed_madam: &'static str,
    pub unnamed_sir: &'static str,
    pub unnamed: &'static str,
}

/// Where a doctor's or professor's title stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Degrees {
    /// Only where `mevrouw` or `heer` is not known.
    Otherwise,
    /// In the place of `Mr` or `Ms`.
    Instead,
    /// `Frau Dr. Müller`: these stand before the surname.
    Beside { doctor: &'static str, professor: &'static str },
}

/// What stands in people's names. In small letters with their accents, without full stops.
pub(crate) struct Names {
    /// Titles before a name. Who reads the language is greeted by these first; a title of another language is known, too.
    pub titles: &'static [(&'static str, Title)],
    /// What joins two people.
    pub joining: &'static str,
    /// Words that no person is called by: who writes is a company, a department or nobody, or for somebody who died.
    pub no_persons: &'static str,
}

/// Who a title says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Title {
    Madam,
    Sir,
    Family,
    Doctor,
    Professor,
    /// Says nothing in a greeting: it is left out.
    Silent,
}

/// The question below the closing, and its answers: what the link types, first of all, and how people say the same in few words.
pub(crate) struct Solving {
    pub asked: AskedIfSolved,
    pub yes: &'static [&'static str],
    pub no: &'static [&'static str],
}

/// Whether the question is asked in the language where the settings name none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskedIfSolved {
    Usually,
    OnlyWhereSet,
}

/// By which words a customer's mail after the closing is judged. All languages are looked through for each mail, because
/// thanks are often in another one.
pub(crate) struct Reaction {
    /// Words one of which must be there.
    pub thanking: &'static str,
    /// Words that may stand beside them.
    pub polite: &'static str,
    /// A sentence that begins with one of these may be a question without its mark.
    pub asking: &'static str,
    /// Words that open a mail; a name follows.
    pub opening: &'static str,
    /// Lower-case words within names, and titles before them.
    pub within_names: &'static str,
    /// Words that deny what follows.
    pub negations: &'static str,
    /// What a denial is followed by that says "not only": it denies something else.
    pub not_only: &'static str,
    /// Words that refuse by themselves: never a name.
    pub refusing: &'static str,
    /// Denied, these say that it is not settled.
    pub settled: &'static str,
    /// Words that say it by themselves, unless denied.
    pub opposed: &'static str,
    /// Lines that close a mail, without punctuation; a name follows. Phrases.
    pub sign_offs: &'static str,
    /// How lines begin that phones and mail programs add. Phrases.
    pub added: &'static str,
}
