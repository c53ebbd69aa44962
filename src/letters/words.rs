//! Moments, sizes and the names of things in the reader's language. Pure: the desk's zone comes in as an argument.
//! Dutch follows the Taalunie: `dinsdag 24 november 2026 om 10.12 uur`, `1,2 MB`.

use crate::case::{Amount, Clock, DutyKind, Language, LetterKind, Moment, Outcome};
use crate::desk::draft::{HappenedWhat, OddSender, Stays, Unread};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike};
use chrono_tz::Tz;

const DAYS: [(&str, &str); 7] = [
    ("maandag", "Monday"),
    ("dinsdag", "Tuesday"),
    ("woensdag", "Wednesday"),
    ("donderdag", "Thursday"),
    ("vrijdag", "Friday"),
    ("zaterdag", "Saturday"),
    ("zondag", "Sunday"),
];

const MONTHS: [(&str, &str, &str); 12] = [
    ("januari", "jan", "January"),
    ("februari", "feb", "February"),
    ("maart", "mrt", "March"),
    ("april", "apr", "April"),
    ("mei", "mei", "May"),
    ("juni", "jun", "June"),
    ("juli", "jul", "July"),
    ("augustus", "aug", "August"),
    ("september", "sep", "September"),
    ("oktober", "okt", "October"),
    ("november", "nov", "November"),
    ("december", "dec", "December"),
];

/// How one reader reads: language and the desk's zone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub language: Language,
    pub zone: Tz,
}

impl Words {
    /// One of two wordings.
    pub fn pick<T>(self, dutch: T, english: T) -> T {
        match self.language {
            Language::Dutch => dutch,
            Language::English => english,
        }
    }

    /// The language's tag (RFC 5646), for `Content-Language` and `<html lang>`.
    pub fn tag(self) -> &'static str {
        self.pick("nl", "en")
    }

    /// `dinsdag 24 november 2026`.
    pub fn day(self, date: NaiveDate) -> String {
        let (weekday, month) = (weekday(date), month(date));
        format!("{} {} {} {}", self.pick(weekday.0, weekday.1), date.day(), self.pick(month.0, month.2), date.year())
    }

    /// `november 2026`.
    pub fn month(self, first_day: NaiveDate) -> String {
        let month = month(first_day);
        format!("{} {}", self.pick(month.0, month.2), first_day.year())
    }

    /// `dinsdag 24 november 2026 om 10.12 uur`.
    pub fn moment(self, at: Moment) -> String {
        let local = self.local(at);
        let day = self.day(local.date_naive());
        self.pick(format!("{day} om {} uur", self.time(at)), format!("{day} at {}", self.time(at)))
    }

    /// `di 24 nov, 10.12`: for lists, where the eye looks for the hour.
    pub fn short(self, at: Moment) -> String {
        let date = self.local(at).date_naive();
        let (weekday, month) = (weekday(date), month(date));
        let weekday = self.pick(&weekday.0[..2], &weekday.1[..3]);
        format!("{weekday} {} {}, {}", date.day(), self.pick(month.1, &month.2[..3]), self.time(at))
    }

    /// `10.12` in Dutch, `10:12` in English.
    pub fn time(self, at: Moment) -> String {
        let local = self.local(at);
        format!("{:02}{}{:02}", local.hour(), self.pick('.', ':'), local.minute())
    }

    pub fn local(self, at: Moment) -> DateTime<Tz> {
        at.with_timezone(&self.zone)
    }

    /// `820 bytes`, `34 kB`, `1,2 MB`: decimal units, as mail clients show them.
    pub fn size(self, bytes: usize) -> String {
        let tenths = bytes / 100_000;
        match bytes {
            0..1_000 => format!("{bytes} bytes"),
            1_000..1_000_000 => format!("{} kB", bytes / 1_000),
            _ => format!("{}{}{} MB", tenths / 10, self.pick(',', '.'), tenths % 10),
        }
    }

    /// `3,5`: a number with at most one decimal.
    pub fn number(self, number: f64) -> String {
        let shown = format!("{number:.1}");
        let shown = shown.strip_suffix(".0").unwrap_or(&shown);
        self.pick(shown.replace('.', ","), shown.to_owned())
    }

    /// How long until or since: `25 minuten`, `3 uur`, `2 dagen`; rounded down.
    pub fn span(self, span: TimeDelta) -> String {
        let span = span.abs();
        match (span.num_minutes(), span.num_hours()) {
            (1, _) => self.pick("1 minuut", "1 minute").to_owned(),
            (minutes @ ..60, _) => self.pick(format!("{minutes} minuten"), format!("{minutes} minutes")),
            (_, 1) => self.pick("1 uur", "1 hour").to_owned(),
            (_, hours @ ..48) => self.pick(format!("{hours} uur"), format!("{hours} hours")),
            _ => self.pick(format!("{} dagen", span.num_days()), format!("{} days", span.num_days())),
        }
    }

    /// One step of a case's timeline.
    pub fn happened(self, what: HappenedWhat) -> &'static str {
        match what {
            HappenedWhat::Received => self.pick("Klacht ontvangen", "Complaint received"),
            HappenedWhat::CustomerWrote => self.pick("De klant schreef", "The customer wrote"),
            HappenedWhat::CustomerPerhaps => {
                self.pick("De klant schreef (afzender niet bewezen)", "The customer wrote (sender not proven)")
            }
            HappenedWhat::OtherWrote => self.pick("Iemand anders schreef", "Somebody else wrote"),
            HappenedWhat::Interim => self.pick("Tussenbericht aan de klant", "Interim letter to the customer"),
            HappenedWhat::Answered => self.pick("Antwoord aan de klant", "Answer to the customer"),
            HappenedWhat::Noted => self.pick("Interne notitie", "Internal note"),
            HappenedWhat::Phoned => self.pick("Klant gesproken", "Spoke to the customer"),
            HappenedWhat::Closed => self.pick("Gesloten", "Closed"),
            HappenedWhat::Reopened => self.pick("Heropend", "Reopened"),
            HappenedWhat::Moved => self.pick("Naar een andere afdeling", "Moved to another department"),
            HappenedWhat::Handled => self.pick("Behandelaar", "Handler"),
            HappenedWhat::Planned => self.pick("Op de agenda", "On the agenda"),
            HappenedWhat::Judged(None) => self.pick("Uitkomst", "Outcome"),
            HappenedWhat::Judged(Some(Outcome::Founded)) => self.pick("Uitkomst: gegrond", "Outcome: upheld"),
            HappenedWhat::Judged(Some(Outcome::Partly)) => {
                self.pick("Uitkomst: deels gegrond", "Outcome: partly upheld")
            }
            HappenedWhat::Judged(Some(Outcome::Unfounded)) => self.pick("Uitkomst: ongegrond", "Outcome: rejected"),
            HappenedWhat::Dismissed => self.pick("Geen klacht", "No complaint"),
            HappenedWhat::Restored => self.pick("Toch een klacht", "A complaint after all"),
            HappenedWhat::Escalated => self.pick("Voorgelegd aan de leidinggevende", "Put to the supervisor"),
            HappenedWhat::Advised => self.pick("Advies van de leidinggevende", "Advice of the supervisor"),
            HappenedWhat::Disputed => self.pick("Naar de geschillencommissie", "To the disputes committee"),
            HappenedWhat::Ruled => self.pick("Uitspraak van de commissie", "Ruling of the committee"),
            HappenedWhat::Represented => self.pick("Gemachtigde voor de klant", "Representative of the customer"),
            HappenedWhat::NotRepresented => self.pick("Geen gemachtigde meer", "No representative any more"),
            HappenedWhat::RightUsed => self.pick("Verzoek over persoonsgegevens", "Request about personal data"),
            HappenedWhat::Identified => self.pick("Bekend wie het vraagt", "Known who asks"),
            HappenedWhat::Breach => self.pick("Datalek", "Data breach"),
            HappenedWhat::Hidden => self.pick("Vertrouwelijk", "Confidential"),
            HappenedWhat::Shown => self.pick("Niet meer vertrouwelijk", "No longer confidential"),
            HappenedWhat::Urgent => self.pick("Dringend gemeld", "Reported as urgent"),
            HappenedWhat::AuthorityWrote => self.pick("Een instantie schreef", "An authority wrote"),
            HappenedWhat::DutySet => self.pick("Uiterste dag wordt bewaakt", "A last day is guarded"),
            HappenedWhat::DutyDone => self.pick("Klaar, niet meer bewaakt", "Done, no longer guarded"),
            HappenedWhat::CustomerSet => {
                self.pick("Wie de klant is, is rechtgezet", "Who the customer is, was put right")
            }
            HappenedWhat::Merged => self.pick("Samengevoegd", "Merged"),
            HappenedWhat::LetterFailed => {
                self.pick("Bericht aan de klant kwam niet aan", "Message to the customer did not arrive")
            }
            HappenedWhat::Posted => self.pick("Brief aan de klant gepost", "Letter to the customer posted"),
        }
    }

    /// Why a sender may be somebody else than it seems.
    pub fn odd_sender(self, what: OddSender) -> &'static str {
        match what {
            OddSender::Several => self.pick("er staan meer afzenders op", "it names several senders"),
            OddSender::Unclear => self.pick("het adres is vreemd geschreven", "the address is written in an odd way"),
            OddSender::NameShowsAddress => self.pick("de naam toont een ander adres", "the name shows another address"),
        }
    }

    /// What of a mail was not read.
    pub fn unread(self, what: Unread) -> &'static str {
        match what {
            Unread::ManyParts => self.pick("het bestaat uit te veel delen", "it has too many parts"),
            Unread::Headers => self.pick("de kop is te lang", "its headers are too long"),
            Unread::End => self.pick("het is te lang", "it is too long"),
            Unread::Winmail => self.pick("een winmail.dat van Outlook", "a winmail.dat of Outlook"),
            Unread::Encrypted => self.pick("het is versleuteld", "it is encrypted"),
            Unread::TwoTexts => {
                self.pick("de tekst staat er twee keer in, en niet gelijk", "it holds its text twice, and not the same")
            }
            Unread::Damaged => self.pick("een deel is beschadigd", "a part is damaged"),
        }
    }

    /// Why a file of a colleague's mail does not go along to the customer.
    pub fn stays(self, why: Stays) -> &'static str {
        match why {
            Stays::Mail => self.pick("een e-mail", "an e-mail"),
            Stays::Seal => self.pick("de beveiliging van uw e-mail", "the security of your e-mail"),
            Stays::Decoration => self.pick("een plaatje uit uw handtekening", "a picture of your signature"),
            Stays::OtherForm => self.pick("een andere vorm van uw tekst", "another form of your text"),
            Stays::Banner => {
                self.pick("dit zette een mailserver boven uw tekst", "a mail server put this above your text")
            }
            Stays::Internal => self.pick("er staat iets van een melding in", "part of a notice is in it"),
        }
    }

    /// Whether a complaint was founded.
    pub fn outcome(self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Founded => self.pick("gegrond", "upheld"),
            Outcome::Partly => self.pick("deels gegrond", "partly upheld"),
            Outcome::Unfounded => self.pick("ongegrond", "rejected"),
        }
    }

    /// A language, as a sentence names it.
    pub fn language(self, language: Language) -> &'static str {
        match language {
            Language::Dutch => self.pick("Nederlands", "Dutch"),
            Language::English => self.pick("Engels", "English"),
        }
    }

    /// `€ 1.234,56`, `€ 1,234.56`.
    pub fn amount(self, amount: Amount) -> String {
        let (euros, cents) = ((amount.cents() / 100).to_string(), amount.cents() % 100);
        let (point, comma) = self.pick((".", ","), (",", "."));
        let groups: Vec<&str> =
            euros.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
        format!("€ {}{comma}{cents:02}", groups.join(point))
    }

    /// What a clock's last moment is for.
    pub fn clock(self, clock: Clock) -> &'static str {
        match clock {
            Clock::Acknowledge => self.pick("ontvangstbevestiging", "acknowledgement"),
            Clock::FirstResponse => self.pick("eerste reactie", "first response"),
            Clock::Resolve => self.pick("oplossen", "resolution"),
            Clock::Promised => self.pick("beloofd bericht", "promised word"),
        }
    }

    /// What is guarded until its last moment, as a sentence goes on with it.
    pub fn duty(self, kind: DutyKind) -> &'static str {
        match kind {
            DutyKind::Defence => self.pick("verweer bij de commissie", "defence to the committee"),
            DutyKind::Ruling => self.pick("uitspraak uitvoeren", "carry out the ruling"),
            DutyKind::Access => {
                self.pick("verzoek om inzage beantwoorden (AVG)", "answer the request for access (GDPR)")
            }
            DutyKind::Erasure => {
                self.pick("verzoek om wissen beantwoorden (AVG)", "answer the request for erasure (GDPR)")
            }
            DutyKind::Rectification => {
                self.pick("verzoek om rectificatie beantwoorden (AVG)", "answer the request for rectification (GDPR)")
            }
            DutyKind::Objection => self.pick("bezwaar beantwoorden (AVG)", "answer the objection (GDPR)"),
            DutyKind::Breach => self.pick("datalek melden (AVG)", "notify the data breach (GDPR)"),
        }
    }

    /// A letter on paper by its name alone: for lists and file names.
    pub fn sheet(self, kind: LetterKind) -> &'static str {
        match kind {
            LetterKind::Acknowledgement => self.pick("ontvangstbevestiging", "acknowledgement"),
            LetterKind::Interim => self.pick("tussenbericht", "interim"),
            LetterKind::Closing => self.pick("afhandeling", "settlement"),
            _ => self.pick("antwoord", "answer"),
        }
    }

    /// How a letter to whoever bears the name begins.
    pub fn salutation(self, name: &str) -> String {
        super::salutation::salutation(name, self.language)
    }

    /// A letter's name within a sentence, with its article.
    pub fn letter(self, kind: LetterKind) -> &'static str {
        match kind {
            LetterKind::Acknowledgement => self.pick("de ontvangstbevestiging", "the acknowledgement"),
            LetterKind::Notification => self.pick("de melding van een nieuwe klacht", "the notice of a new complaint"),
            LetterKind::Answer => self.pick("het antwoord", "the answer"),
            LetterKind::Interim => self.pick("het tussenbericht", "the interim letter"),
            LetterKind::FollowUp => self.pick("de melding van een nieuw bericht", "the notice of a new message"),
            LetterKind::Closing => self.pick("de bevestiging van de afhandeling", "the confirmation of the settlement"),
            LetterKind::Receipt => self.pick("het ontvangstbericht", "the receipt"),
            LetterKind::Question => self.pick("de vraag", "the question"),
            LetterKind::DeliveryFailed => self.pick("de melding van een mislukte bezorging", "the delivery notice"),
            LetterKind::Digest => self.pick("het dagoverzicht", "the daily overview"),
            LetterKind::Month => self.pick("het maandoverzicht", "the monthly report"),
            LetterKind::SetAside => self.pick("de melding van een terzijde gelegd bericht", "the set-aside notice"),
            LetterKind::Alarm => self.pick("de waarschuwing", "the warning"),
            LetterKind::Term => self.pick("de melding van een termijn", "the notice of a time limit"),
            LetterKind::Escalation => self.pick("de vraag aan de leidinggevende", "the question to the supervisor"),
            LetterKind::Advice => self.pick("het advies", "the advice"),
            LetterKind::Shown => self.pick("het bericht dat u wilde zien", "the message you asked to see"),
            LetterKind::CaseList => self.pick("de lijst met klachten", "the list of complaints"),
            LetterKind::Dossier => self.pick("het dossier", "the file"),
            LetterKind::Agenda => self.pick("de afspraak", "the agenda entry"),
            LetterKind::Paper => self.pick("de brief om te posten", "the letter to be posted"),
            LetterKind::Dispute => {
                self.pick("het bericht over de geschillencommissie", "the notice about the committee")
            }
            LetterKind::Status => self.pick("de vraag om een tussenbericht", "the request for an interim letter"),
            LetterKind::Away => self.pick("de melding van een afwezige collega", "the notice of an absent colleague"),
            LetterKind::Outage => self.pick("het storingsbericht", "the notice of an outage"),
            LetterKind::Acknowledgements => {
                self.pick("de ontvangstbevestiging van meerdere klachten", "the acknowledgement of several complaints")
            }
            LetterKind::Misdirected => {
                self.pick("het bericht aan wie de klant niet is", "the notice to whoever is not the customer")
            }
            LetterKind::Represented => {
                self.pick("het bericht over de gemachtigde", "the notice about the representative")
            }
            LetterKind::Privacy => self.pick("het bericht over persoonsgegevens", "the notice about personal data"),
            LetterKind::Urgent => self.pick("de dringende melding", "the urgent notice"),
            LetterKind::Authority => self.pick("het bericht van een instantie", "the message of an authority"),
            LetterKind::Bundle => self.pick("het bericht met verzamelde meldingen", "the bundle of notices"),
        }
    }
}

fn weekday(date: NaiveDate) -> (&'static str, &'static str) {
    DAYS.get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or(("", ""))
}

fn month(date: NaiveDate) -> (&'static str, &'static str, &'static str) {
    MONTHS.get(date.month0() as usize).copied().unwrap_or(("", "", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn words(language: Language) -> Words {
        Words { language, zone: chrono_tz::Europe::Amsterdam }
    }

    #[test]
    fn a_moment_is_told_in_the_zone_and_the_language() {
        let at = chrono::Utc.with_ymd_and_hms(2026, 11, 24, 9, 12, 59).unwrap();
        assert_eq!(words(Language::Dutch).moment(at), "dinsdag 24 november 2026 om 10.12 uur");
        assert_eq!(words(Language::English).moment(at), "Tuesday 24 November 2026 at 10:12");
        assert_eq!(words(Language::Dutch).short(at), "di 24 nov, 10.12");
        assert_eq!(words(Language::English).short(at), "Tue 24 Nov, 10:12");
    }

    #[test]
    fn late_in_the_evening_it_is_already_tomorrow_in_the_zone() {
        let at = chrono::Utc.with_ymd_and_hms(2026, 7, 31, 22, 30, 0).unwrap();
        assert_eq!(words(Language::Dutch).moment(at), "zaterdag 1 augustus 2026 om 00.30 uur");
    }

    #[test]
    fn a_span_is_told_in_one_unit() {
        let spans = [0, 1, 59, 60, 119, 47 * 60, 48 * 60, -200].map(TimeDelta::minutes);
        let told = spans.map(|span| words(Language::Dutch).span(span));
        assert_eq!(told, ["0 minuten", "1 minuut", "59 minuten", "1 uur", "1 uur", "47 uur", "2 dagen", "3 uur"]);
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        let dutch = words(Language::Dutch);
        let sizes = [0, 999, 1_000, 999_999, 1_250_000].map(|bytes| dutch.size(bytes));
        assert_eq!(sizes, ["0 bytes", "999 bytes", "1 kB", "999 kB", "1,2 MB"]);
    }
}
