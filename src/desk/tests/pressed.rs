//! No question is a dead end: whichever of its buttons is pressed does what it says, with what was typed, and never brings
//! the same question again.

use super::draft::{Choice, Does, InPart, Lacking, NoMerge, NoReader, NoRight, Often, Problem, Stands, Unsure, Way};
use super::halves::pressed;
use super::interim::about_days;
use super::outcome::questions;
use super::standard::about_texts;
use super::*;
use crate::case::{Closed, DirectAnswer};
use crate::mail::Place;
use chrono::TimeDelta;

pub(super) const TYPED: &str = "Beste Karin,\n\nWij betalen de schade.";

/// One that was asked: the problem, what had been typed, and the company it was asked in.
pub(super) struct Asked {
    why: Problem,
    typed: String,
    about: About,
    company: Company,
}

pub(super) fn on_case(why: Problem, typed: &str) -> Asked {
    Asked { why, typed: typed.to_owned(), about: About::Case, company: Company::new() }
}

fn on_none(why: Problem, typed: &str) -> Asked {
    Asked { about: About::Nothing, ..on_case(why, typed) }
}

impl Asked {
    pub(super) fn with(mut self, set: impl FnOnce(&mut Company)) -> Self {
        set(&mut self.company);
        self
    }
}

fn closed(company: &mut Company) {
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
}

fn by_post(company: &mut Company) {
    company.case().customer.address = None;
    company.case().customer.postal = vec!["Hof 12-b".into(), "3512 JK Utrecht".into()];
}

/// A letter on paper waits to be posted.
fn to_post(company: &mut Company) {
    by_post(company);
    let what = What::PaperWritten { letter: letter_id(4), letter_kind: LetterKind::Answer };
    let at = now() - TimeDelta::minutes(90);
    company.case().apply(&Event { at, case: Some(number(7)), actor: Actor::Desk, mail: None, what });
}

/// A second case of the customer.
fn two(company: &mut Company) {
    let mut other = company.files[0].clone();
    other.case.number = number(6);
    company.files.push(other);
}

/// What the sender was asked about waits for a word, on every case.
fn to_confirm(company: &mut Company) {
    for file in &mut company.files {
        let answer = DirectAnswer { text: TYPED.into(), message_id: None, from: address(JAN), received_at: now() };
        let what = What::AnswerToConfirm { question: letter_id(1), answer };
        file.events.push(Event { at: now(), case: Some(file.case.number), actor: Actor::Desk, mail: None, what });
    }
}

fn lower(written: &str) -> Problem {
    Problem::VerbLowerDown { written: written.into() }
}

fn unknown(written: &str, nearest: Option<&str>) -> Problem {
    Problem::UnknownVerb { written: written.into(), nearest: nearest.map(str::to_owned) }
}

fn not_merged(why: NoMerge) -> Problem {
    Problem::NotMerged { written: "K-2026-000006".into(), why }
}

fn not_now(verb: &str) -> Problem {
    Problem::NotNow { verb: verb.into() }
}

fn apart(place: Place, upper: &str) -> Problem {
    let lower = "De garage schrijft:\n\nVan: Garage Smit <info@garage.example>\nVerzonden: 27-2-2026\nAan: Jan\n\nDe bumper is binnen.";
    Problem::TextApart { place, upper: upper.into(), lower: lower.into() }
}

fn before_us(case: Option<CaseNumber>, prefilled: &str) -> Problem {
    let received_at = now() - TimeDelta::days(2);
    Problem::HandledBefore { case, received_at, prefilled: prefilled.into() }
}

/// Every problem there is; a new one does not compile until it stands here.
fn name(why: &Problem) -> usize {
    use Problem as P;
    match why {
        P::UnknownVerb { .. } => 0,
        P::VerbLowerDown { .. } => 1,
        P::SettlementMissing => 2,
        P::RulingMissing => 3,
        P::NotMerged { .. } => 4,
        P::NothingTyped => 5,
        P::ColleagueInCopy { .. } => 6,
        P::Unproven => 7,
        P::NoCustomerAddress => 8,
        P::TooLongForPaper => 9,
        P::NothingToPost => 10,
        P::UnclearPosting { .. } => 11,
        P::PostedBeforeWritten { .. } => 12,
        P::CaseClosed => 13,
        P::TwoTexts { .. } => 14,
        P::NotAColleague { .. } => 15,
        P::UnknownDepartment { .. } => 16,
        P::UnclearMoment { .. } => 17,
        P::NotNow { .. } => 18,
        P::FormIncomplete { .. } => 19,
        P::WhoIsTheCustomer { .. } => 20,
        P::AskAlone { .. } => 21,
        P::CaseUnknown { .. } => 22,
        P::AskTheDepartment => 23,
        P::SentByYou { .. } => 24,
        P::WhichCase { .. } => 25,
        P::AnsweredAlready { .. } => 26,
        P::ManyAnswers { .. } => 27,
        P::NoSuchMail => 28,
        P::IsComplaint { .. } => 29,
        P::NoCase => 30,
        P::ForWhom => 31,
        P::NotYourCase { .. } => 32,
        P::TextApart { .. } => 33,
        P::NewMailWanted { .. } => 34,
        P::AskedYourself => 35,
        P::NotACustomer { .. } => 36,
        P::Encrypted => 37,
        P::TextsDiffer => 38,
        P::NothingToAdopt => 39,
        P::LetterUnknown { .. } => 40,
        P::ReadInPart(_) => 41,
        P::HandledBefore { .. } => 42,
        P::UnclearPromise { .. } => 43,
        P::Misjudged(_) => 44,
        P::Readers(_) => 45,
        P::Hidden => 46,
        P::Privacy(_) => 47,
        P::NoRepresentative { .. } => 48,
        P::NoGround { .. } => 49,
        P::UnclearLastDay { .. } => 50,
        P::UnknownText { .. } => 51,
        P::TextLacks { .. } => 52,
    }
}
const PROBLEMS: usize = 53;
/// Nothing can be pressed there: only the colleague's own mailbox, or another colleague, goes on from these.
const WITHOUT: [usize; 5] = [7, 23, 32, 39, 46];

fn about_verbs() -> Vec<Asked> {
    let two_texts = |first: &str, second: &str| Problem::TwoTexts { first: first.into(), second: second.into() };
    vec![
        on_case(unknown("#afgehandelt Betaald", Some("#afgehandeld")), &format!("#afgehandelt Betaald\n{TYPED}")),
        on_case(unknown("#toewijsen mia@lease.example", Some("#toewijzen")), "#toewijsen mia@lease.example\nGraag"),
        on_case(unknown("#vakantie", None), &format!("#vakantie\n{TYPED}")),
        on_case(unknown("Intern: zij overdrijft", Some("#intern")), "Intern: zij overdrijft"),
        on_case(unknown("intern", Some("#intern")), "intern\nde klant overdrijft"),
        on_case(lower("#intern zij overdrijft"), "Beste Karin,\n#intern zij overdrijft\nWij betalen."),
        on_case(lower("#afgehandeld"), "#overnemen\nBeste Karin,\n\n#afgehandeld\n\nWij betalen."),
        on_case(lower("Intern: zij overdrijft"), "Beste Karin,\n\nIntern: zij overdrijft"),
        on_case(Problem::NothingToAdopt, "#opnemen"),
        on_case(Problem::Encrypted, ""),
        on_case(Problem::TextsDiffer, TYPED),
        on_case(Problem::ReadInPart(InPart::TooLarge), TYPED),
        on_case(Problem::ReadInPart(InPart::Damaged), ""),
        on_case(Problem::SettlementMissing, "#afgehandeld"),
        on_case(Problem::SettlementMissing, "#intern Coulance\n#afgehandeld"),
        on_case(Problem::RulingMissing, "#uitspraak"),
        on_case(two_texts("#afgehandeld", "#intern"), &format!("#intern\n#afgehandeld\n{TYPED}")),
        on_case(two_texts("#antwoord", "#afgehandeld"), &format!("#antwoord\n#afgehandeld\n{TYPED}")),
        on_case(
            Problem::NotAColleague {
                written: "mia@lese.example".into(),
                colleagues: vec![address("mia@lease.example"), address(CHEF)],
            },
            "#toewijzen mia@lese.example\nGraag vandaag.",
        ),
        on_case(Problem::NotACustomer { written: "jan@gmail".into() }, "#klant jan@gmail\nZij belde."),
        on_case(Problem::Privacy(NoRight::Unclear { written: "klant".into() }), "#avg klant\nVraagt iets."),
        on_case(Problem::NoRepresentative { written: "mr Visser".into() }, "#gemachtigde mr Visser\nBelde."),
        on_case(Problem::NoGround { written: "p@kantoor.example".into() }, "#gemachtigde p@kantoor.example\nBelde."),
        on_case(Problem::Readers(NoReader::NobodyLeft), "#vertrouwelijk zonder leidinggevende\nOver haar."),
        on_case(
            Problem::UnknownDepartment {
                written: "servis".into(),
                departments: vec!["schade".into(), "service".into()],
            },
            "#afdeling servis\nHoort bij jullie.",
        ),
        on_case(Problem::AskAlone { verb: "#dossier".into() }, "#dossier\n#overnemen\nGraag"),
        on_case(
            Problem::NewMailWanted { verb: "#telefoon".into() },
            "#telefoon\nKlant: Piet Puk\nTelefoon: 030-1234567\n\nDe auto is stuk.",
        ),
        on_case(Problem::AskedYourself, "#escaleren Mag dit?"),
        on_case(apart(Place::Above, TYPED), ""),
        on_case(apart(Place::Below, ""), "#afgehandeld"),
        on_case(Problem::ForWhom, TYPED).with(|company| company.letter_kind = Some(LetterKind::Away)),
        on_case(Problem::NothingTyped, ""),
        on_case(Problem::ColleagueInCopy { address: "garage@werkplaats.example".into() }, TYPED),
        on_case(
            Problem::ColleagueInCopy { address: "garage@werkplaats.example".into() },
            &format!("#afgehandeld\n{TYPED}"),
        ),
    ]
}

fn about_the_case() -> Vec<Asked> {
    let choices = vec![(number(6), "Factuur".to_owned()), (number(7), "Kras".to_owned())];
    let prefilled = format!("#antwoord\n{TYPED}");
    let already = Problem::AnsweredAlready {
        by: address("mia@lease.example"),
        at: now(),
        text: "Morgen.".into(),
        prefilled: prefilled.clone(),
    };
    let many =
        |prefilled: &str| Problem::ManyAnswers { count: 3, often: Often::InARow, prefilled: prefilled.to_owned() };
    let unclear = Problem::UnclearPosting { found: "morgen".into(), nearest: "05-03-2026 09:00".into() };
    let before = Problem::PostedBeforeWritten { said: now() - TimeDelta::days(2), written_at: now() };
    let by_phone = |company: &mut Company| company.case().customer.address = None;
    vec![
        on_case(not_merged(NoMerge::Unknown), "#samenvoegen").with(two),
        on_case(not_merged(NoMerge::OtherCustomer), "#samenvoegen K-2026-000006\nZelfde kras.").with(two),
        on_case(Problem::Unproven, TYPED),
        on_case(Problem::NoCustomerAddress, TYPED).with(by_phone),
        on_case(Problem::TooLongForPaper, &"Dit is een lange zin. ".repeat(900)).with(by_post),
        on_case(Problem::NothingToPost, "#verstuurd\nHij ligt op de bus."),
        on_case(unclear, "#verstuurd morgen\nMet de bus.").with(to_post),
        on_case(before, "#verstuurd dinsdag").with(to_post),
        on_case(Problem::CaseClosed, &format!("#afgehandeld\n{TYPED}")).with(closed),
        on_case(not_now("#toewijzen"), "#toewijzen mia@lease.example\nGraag").with(closed),
        on_case(not_now("#heropenen"), &format!("#heropenen\n{TYPED}")),
        on_case(not_now("#klacht"), "#klacht"),
        on_case(not_now("#verstuurd"), "#verstuurd\nVanmorgen."),
        on_case(Problem::SentByYou { customer: address(KLANT), why: Unsure::Sender }, TYPED).with(to_confirm),
        on_none(Problem::WhichCase { customer: address(KLANT), choices }, TYPED).with(two).with(to_confirm),
        on_case(already, TYPED),
        on_case(before_us(Some(number(7)), &format!("#afgehandeld\n{TYPED}")), TYPED).with(to_confirm),
        on_case(before_us(Some(number(7)), "#antwoord\n"), "").with(to_confirm),
        on_case(many(&prefilled), TYPED),
        on_case(many("#antwoord\n"), ""),
        on_case(Problem::NotYourCase { department: "Klantenservice".into() }, TYPED),
    ]
}

fn about_no_case() -> Vec<Asked> {
    let form = "#telefoon\nKlant: \nE-mail: \nTelefoon: 030-1234567\n\nDe auto is stuk.";
    let departments = vec!["schade".to_owned(), "service".to_owned()];
    vec![
        on_none(Problem::FormIncomplete { missing: vec![Lacking::Name], prefilled: form.into() }, form),
        on_none(Problem::WhoIsTheCustomer { prefilled: form.into() }, "ter info"),
        on_none(
            Problem::UnknownDepartment { written: "servis".into(), departments },
            "#telefoon\nKlant: Piet\nTelefoon: 030-1234567\nAfdeling: servis\n\nStuk.",
        ),
        on_none(Problem::CaseUnknown { written: "K-2026-9".into() }, "#dossier K-2026-9"),
        on_none(Problem::Hidden, TYPED),
        on_none(Problem::AskTheDepartment, "#zoek jansen"),
        on_none(Problem::NoSuchMail, "#toon 99"),
        on_none(Problem::IsComplaint { mail: 17, case: number(7) }, "#klacht 17"),
        on_none(Problem::LetterUnknown { case: Some(number(7)) }, TYPED),
        on_none(before_us(None, ""), TYPED),
        on_none(Problem::NoCase, TYPED),
        on_none(
            unknown("#telefon", Some("#telefoon")),
            "#telefon\nKlant: Piet\nTelefoon: 030-1234567\n\nDe auto is stuk.",
        ),
    ]
}

/// The mail of a button, completed where it waits for something.
fn sent_by(asked: &Asked, choice: &Choice) -> Post {
    let mut choice = choice.clone();
    let mut more = "";
    if choice.stands == Stands::ToComplete {
        let wants = choice.verbs.last().cloned().unwrap_or_default();
        let value = match wants.trim() {
            "#samenvoegen" => "K-2026-000006",
            "#dossier" => "K-2026-000007",
            "#zoek" => "jansen",
            "#klant" => " piet@prive.example",
            "#avg" => " inzage",
            "#vertrouwelijk zonder leidinggevende" => " met baas@lease.example",
            "#gemachtigde" => " p@kantoor.example advocaat",
            "#gemachtigde p@kantoor.example" => " advocaat",
            "#vergoeding" => " 389,00",
            "#toon" | "#klacht" if wants.ends_with(' ') => "17",
            _ => "",
        };
        if value.is_empty() && choice.text.contains("Klant:") {
            choice.text =
                choice.text.replacen("Klant:", "Klant: Piet", 1).replacen("Telefoon:\n", "Telefoon: 030-1234567\n", 1);
        } else if value.is_empty() {
            more = "\nKlant: Piet\nTelefoon: 030-1234567\n\nWij betalen.";
        }
        if let Some(last) = choice.verbs.last_mut() {
            last.push_str(value);
        }
    }
    if asked.about == About::Nothing || choice.way == Way::NewMail {
        let letter = asked.company.rules.keys.write(&Token { case: None, side: Side::Staff, letter: letter_id(1) });
        let typed = format!("{}\n{}{more}", choice.verbs.join("\n"), choice.text);
        let reply = post(JAN, &typed).dmarc("pass");
        return if choice.way == Way::NewMail { reply } else { reply.answering(&letter) };
    }
    pressed(&asked.company, &choice, more)
}

/// What is done is what the button says.
fn does_it(decision: &MailDecision, choice: &Choice, company: &Company) -> bool {
    let has = |name: &str| kinds(decision).contains(&name);
    let goes = to_customers(decision).next().is_some() || has("paper_written");
    let note_text =
        || decision.events.iter().any(|event| matches!(&event.what, What::Noted { text } if !text.is_empty()));
    match &choice.does {
        Does::ToCustomer | Does::Whole | Does::UpperHalf => goes,
        Does::Again => goes || note_text() || has("handler_set"),
        Does::Verb(verbs::Verb::Note) => has("noted"),
        Does::Verb(verbs::Verb::Close) => has("closed"),
        Does::Verb(verbs::Verb::Answer) => goes,
        Does::Verb(verbs::Verb::Reopen) => has("reopened"),
        Does::Verb(verbs::Verb::Merge) => has("merged"),
        Does::Verb(verbs::Verb::Customer) => has("customer_set"),
        Does::Verb(verbs::Verb::Outcome(_) | verbs::Verb::Compensation) => has("judged"),
        Does::Verb(verbs::Verb::Dismiss) => has("dismissed"),
        Does::To(_) | Does::Verb(verbs::Verb::TakeOver | verbs::Verb::Assign) => has("handler_set"),
        Does::ToDepartment(_) => has("department_set") || has("opened"),
        Does::Now => has("posted"),
        Does::At(_) => has("posted") || has("agenda_set") || has("interim") || has("judged") || has("duty_set"),
        Does::Undated | Does::StandardText(_) => goes,
        Does::Confirm | Does::OnCase(_) => has("answered_directly"),
        Does::Complete => has("opened"),
        Does::Verb(verbs::Verb::Register(_)) => has("opened"),
        Does::Verb(_) => !decision.letters.is_empty() && company.files.len() < 9,
    }
}

#[test]
fn every_button_of_every_question_does_what_it_says_and_none_asks_the_same_again() {
    let about_words = about_verbs().into_iter().chain(questions()).chain(about_days()).chain(about_texts());
    let all: Vec<Asked> = about_words.chain(about_the_case()).chain(about_no_case()).collect();
    let named: std::collections::BTreeSet<usize> = all.iter().map(|asked| name(&asked.why)).collect();
    assert_eq!(named.len(), PROBLEMS, "a problem is missing: {named:?}");
    for mut asked in all {
        let offered = choices(&asked.why, &asked.typed, asked.about, Language::Dutch);
        assert_eq!(offered.is_empty(), WITHOUT.contains(&name(&asked.why)), "{:?}", asked.why);
        if asked.about == About::Case {
            asked.company.letter_kind = Some(LetterKind::Question);
        }
        for choice in &offered {
            let mail = sent_by(&asked, choice);
            let decision = asked.company.decide(&mail);
            let again = decision.letters.iter().find_map(|draft| match &draft.content {
                Content::Question(question) => Some(&question.why),
                _ => None,
            });
            let says = format!("{:?}\n{choice:?}\n{}\n{decision:?}", asked.why, mail.text);
            // Only a mail on file that the proof's register does not have is asked about.
            let is_shown = matches!(choice.does, Does::Verb(verbs::Verb::Show));
            assert!(again.is_none() || is_shown, "{says}");
            assert!(does_it(&decision, choice, &asked.company), "{says}");
        }
    }
}

#[test]
fn what_was_typed_stands_in_the_buttons() {
    for why in [Problem::ForWhom, Problem::CaseClosed, Problem::ColleagueInCopy { address: "x@y.example".into() }] {
        for choice in choices(&why, TYPED, About::Case, Language::Dutch) {
            assert_eq!(choice.text, TYPED, "{why:?} {choice:?}");
        }
    }
}

#[test]
fn without_a_verb_only_replies_to_letters_with_the_customers_words_go_out() {
    let mut company = Company::new();
    for kind in LetterKind::ALL {
        company.letter_kind = Some(*kind);
        let decision = company.decide(&reply_of(&company, JAN, TYPED));
        match ReplyGoes::of(*kind) {
            ReplyGoes::Customer => assert_eq!(answer(&decision), Some(TYPED), "{kind:?}"),
            ReplyGoes::Handler => assert_eq!(sent(&decision)[0].0, LetterKind::Advice, "{kind:?}"),
            ReplyGoes::Nowhere => assert_eq!(*asked(&decision, JAN, kind.name()), Problem::ForWhom, "{kind:?}"),
        }
        // A verb says it.
        let with_verb = company.decide(&reply_of(&company, JAN, &format!("#antwoord\n{TYPED}")));
        assert_eq!(answer(&with_verb), Some(TYPED), "{kind:?}");
    }
    let shows: Vec<_> = LetterKind::ALL.iter().filter(|kind| ReplyGoes::of(**kind) == ReplyGoes::Customer).collect();
    assert_eq!(shows, [&LetterKind::Notification, &LetterKind::FollowUp]);
    company.letter_kind = None;
    assert_eq!(*why(&company.decide(&reply_of(&company, JAN, TYPED))), Problem::ForWhom);
}

#[test]
fn the_cases_own_people_may_read_along_and_others_stop_what_leaves() {
    let company = Company::new();
    for own in ["schade@lease.example", "mia@lease.example", CHEF] {
        for mail in [
            reply_of(&company, JAN, TYPED).header(&format!("Cc: {own}")),
            reply_of(&company, JAN, TYPED).to(&format!("klachten@lease.example, {own}")),
        ] {
            assert_eq!(answer(&company.decide(&mail)), Some(TYPED), "{own}");
        }
    }
    for other in ["service@lease.example", "fien@lease.example", "garage@werkplaats.example", "receptie@lease.example"]
    {
        let mail = reply_of(&company, JAN, TYPED).header(&format!("Cc: schade@lease.example, {other}"));
        assert_eq!(*why(&company.decide(&mail)), Problem::ColleagueInCopy { address: other.into() });
    }
}

#[test]
fn answers_are_counted_since_the_customer_last_wrote() {
    let mut company = Company::new();
    let says = |company: &mut Company, who: &str| {
        let decision = if who == JAN {
            company.decide(&reply_of(company, JAN, TYPED))
        } else {
            company.decide(&post(KLANT, "Nog een vraag.").answering(&company.token(Side::Customer)))
        };
        company.lives_through(&decision);
        decision
    };
    for _ in 0..3 {
        says(&mut company, JAN);
        says(&mut company, KLANT);
    }
    for _ in 0..3 {
        assert_eq!(sent(&says(&mut company, JAN))[0].0, LetterKind::Answer);
    }
    let decision = says(&mut company, JAN);
    let Problem::ManyAnswers { count: 3, often: Often::InARow, .. } = why(&decision) else { panic!("{decision:?}") };
}
