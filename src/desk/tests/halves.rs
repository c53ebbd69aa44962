//! A cut is doubted on staff's side (invariant 7): what falls away below a colleague's words is our letter, the client's
//! lines above it and a signature, or nothing goes out and the sender is shown both halves.

use super::draft::{Choice, Does, Done, Problem, Stays};
use super::*;
use crate::mail::{MARKER, Place};

/// The words of the notification, as it was sent.
fn shown(company: &Company) -> String {
    format!(
        "{MARKER}\nTyp uw antwoord boven deze regel: het is voor de klant.\nKenmerk: {}\n\nNieuwe klacht K-2026-000007\n\n\
         Beantwoord deze e-mail: wat u typt, gaat naar de klant.\n\nReageren: uiterlijk vr 6 mrt, 10.00\nKlant: Karin Klant (klant@prive.example)\n\n\
         De klant schrijft\n\n> Er zit een kras op de deur en niemand belt mij terug, al drie weken lang niet.\n>\n> Karin\n\n\
         Zo werkt het\n\n- #intern op de eerste regel bewaart uw tekst als notitie; de klant krijgt niets.\n\
         - #afgehandeld op de eerste regel sluit de klacht; de tekst eronder krijgt de klant als uitkomst.\n",
        company.token(Side::Staff)
    )
}

/// The company, whose register has the notification.
fn with_letter() -> Company {
    let mut company = Company::new();
    let letter = format!(
        "From: Voorbeeld Lease klachten <klachten@lease.example>\r\nTo: schade@lease.example\r\nSubject: [K-2026-000007] Kras op de deur\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}",
        shown(&company).replace('\n', "\r\n")
    );
    company.letter_bytes = Some(letter.into_bytes());
    company
}

fn quoted(company: &Company, mark: &str) -> String {
    shown(company).lines().map(|line| format!("{mark}{line}\n")).collect()
}

/// Wrapped anew after so many words.
fn wrapped(company: &Company, mark: &str) -> String {
    let text = shown(company);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.chunks(8).map(|line| format!("{mark}{}\n", line.join(" "))).collect()
}

const WROTE: &str = "Op do 5 mrt 2026 om 10:00 schreef Klachten <klachten@lease.example>:\n\n";
const HEAD: &str = "Van: Voorbeeld Lease klachten <klachten@lease.example>\nVerzonden: donderdag 5 maart 2026 10:00\nAan: Jan\nOnderwerp: [K-2026-000007] Kras op de deur\n\n";

/// The letter as clients quote it.
fn quotes(company: &Company) -> Vec<String> {
    let (marked, bare) = (quoted(company, "> "), shown(company));
    let rule = "_".repeat(32);
    vec![
        format!("{WROTE}{marked}"),
        format!("{WROTE}{}", wrapped(company, "> ")),
        format!(
            "> Op 5 mrt 2026, om 10:00 heeft Klachten <klachten@lease.example> het volgende geschreven:\n> \n{marked}"
        ),
        format!("{HEAD}{bare}"),
        format!("{HEAD}{}", wrapped(company, "")),
        format!("{rule}\n{HEAD}{bare}"),
        format!("-----Oorspronkelijk bericht-----\n{HEAD}{bare}"),
        format!(
            "-------- Original Message --------\nFrom: Klachten <klachten@lease.example>\nDate: 3/5/26 10:00 (GMT+01:00)\nTo: Jan\nSubject: Kras\n\n{bare}"
        ),
        format!(
            "Von: Voorbeeld Lease klachten <klachten@lease.example>\nGesendet: Donnerstag, 5. März 2026 10:00\nAn: Jan\nBetreff: Kras\n\n{bare}"
        ),
        format!("On Thu, 5 Mar 2026 at 10:00, Klachten <klachten@lease.example> wrote:\n{marked}"),
        format!("klachten@lease.example wrote:\n\n{}", quoted(company, "\t")),
        format!("{WROTE}{}", marked.lines().take(6).collect::<Vec<_>>().join("\n")),
        "Op do 5 mrt 2026 om 10:00 schreef Klachten <klachten@lease.example>:".to_owned(),
        String::new(),
        format!("{MARKER}\nKenmerk: {}\n", company.token(Side::Staff)),
        shown(company),
    ]
}

const SIGNATURES: [&str; 6] = [
    "",
    "-- \nJan Jansen\nSchade en verzekering\nWij helpen u graag verder!\nT 030 123 45 67\n\n",
    "--\nJan Jansen | Voorbeeld Lease BV\nwww.lease.example\n\n",
    "Verstuurd vanaf mijn iPhone\n\n",
    "Outlook voor Android downloaden<https://aka.ms/x>\n",
    "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.\n\n",
];

#[test]
fn an_answer_above_our_letter_goes_out_from_every_client_with_every_signature() {
    let company = with_letter();
    for (nth, quote) in quotes(&company).iter().enumerate() {
        for signature in SIGNATURES {
            let text = format!("Wij betalen.\n\nGroet, Jan\n\n{signature}{quote}");
            let decision = company.decide(&reply_of(&company, JAN, &text));
            assert_eq!(
                answer(&decision).map(|text| text.lines().next()),
                Some(Some("Wij betalen.")),
                "{nth}: {text}\n{decision:?}"
            );
        }
    }
}

/// What looks like the head of a quoted mail, or like a signature, and is none.
const CUTS: [&str; 9] = [
    "Van: Utrecht\nNaar: Zwolle\nDatum: 14 november 2026\n\nWij vergoeden 310 euro.",
    "De garage schrijft ons:\n\nVan: Garage Smit <info@garage.example>\nVerzonden: vrijdag 27 februari 2026 10:00\nAan: Jan\nOnderwerp: RE: schade\n\nDe bumper is binnen.\n\nWij betalen de huurauto.",
    "____________________\n\nWij vergoeden 310 euro.\n\nJan",
    "-- \nWij vergoeden ook de huur van 310 euro.",
    "----------\nPS de huurauto betalen wij ook",
    "-----Original Message-----\nFrom: Garage Smit <info@garage.example>\nSent: Friday\nTo: Jan\n\nThe bumper is in.",
    "Op vr 27 feb. 2026 om 10:00 schreef Garage Smit <info@garage.example>:\n\n> De bumper is binnen.",
    "> de klant belde vorige week\n\nDaar reageren wij morgen op.",
    "| dag | bedrag |\n| ma | 310 |",
];

#[test]
fn what_else_falls_away_is_asked_about_with_both_halves_and_nothing_goes_out() {
    let company = with_letter();
    for cut in CUTS {
        for quote in quotes(&company).iter().take(12) {
            for verb in ["", "#antwoord\n", "#afgehandeld\n"] {
                let text = format!("{verb}Beste Karin,\n\nWij hebben uw rit bekeken.\n\n{cut}\n\n{quote}");
                let decision = company.decide(&reply_of(&company, JAN, &text));
                let Problem::TextApart { upper, lower, place } = asked(&decision, JAN, &text) else {
                    panic!("{text}\n{decision:?}")
                };
                assert!(upper.contains("uw rit bekeken") && *place == Place::Above, "{text}");
                let last = cut.lines().last().unwrap().trim_start_matches("> ");
                assert!(lower.contains(last) && !lower.contains("Nieuwe klacht"), "{text}\n{lower}");
            }
        }
    }
}

#[test]
fn a_note_keeps_all_of_it_and_nobody_is_asked() {
    let company = with_letter();
    let text = format!("#intern\nLet op.\n\n{}\n\n{WROTE}{}", CUTS[1], quoted(&company, "> "));
    let decision = company.decide(&reply_of(&company, JAN, &text));
    let What::Noted { text } = &decision.events[0].what else { panic!("{decision:?}") };
    assert!(
        text.contains("Let op.") && text.contains("Wij betalen de huurauto.") && !text.contains("Nieuwe klacht"),
        "{text}"
    );
}

/// The reply that a choice's button opens.
pub(super) fn pressed(company: &Company, choice: &Choice, more: &str) -> Post {
    let typed = format!("{}\n{}{more}", choice.verbs.join("\n"), choice.text);
    let reply = format!("{typed}\n\n{MARKER}\nKenmerk: {}\n", company.token(Side::Staff));
    post(JAN, &reply).dmarc("pass")
}

fn choices(decision: &MailDecision) -> &[Choice] {
    let asked = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Question(question) => Some(question.choices.as_slice()),
        _ => None,
    });
    asked.unwrap_or_else(|| panic!("nothing was asked: {decision:?}"))
}

#[test]
fn both_halves_or_the_upper_one_go_out_by_a_button_and_by_copying() {
    let mut company = with_letter();
    for cut in CUTS {
        let text = format!("Beste Karin,\n\nWij hebben uw rit bekeken.\n\n{cut}\n\n{WROTE}{}", quoted(&company, "> "));
        let decision = company.decide(&reply_of(&company, JAN, &text));
        let offered = choices(&decision).to_vec();
        company.letter_kind = Some(LetterKind::Question);
        let of =
            |does: Does| offered.iter().find(|choice| choice.does == does).unwrap_or_else(|| panic!("{does:?} {cut}"));
        let words =
            |text: &str| text.split_whitespace().filter(|word| *word != ">").map(str::to_owned).collect::<Vec<_>>();
        let whole = words(&format!("Beste Karin, Wij hebben uw rit bekeken. {cut}"));
        let copied = {
            let choice = of(Does::Whole);
            let typed = format!("{}\n{}\n\n{WROTE}{}", choice.verbs.join("\n"), choice.text, quoted(&company, "> "));
            reply_of(&company, JAN, &typed)
        };
        for mail in [pressed(&company, of(Does::Whole), ""), copied] {
            let decision = company.decide(&mail);
            assert_eq!(answer(&decision).map(words), Some(whole.clone()), "{cut}\n{decision:?}");
        }
        let upper = company.decide(&pressed(&company, of(Does::UpperHalf), ""));
        assert!(
            answer(&upper).is_some_and(|text| text.starts_with("Beste Karin,\n\nWij hebben uw rit bekeken.")),
            "{cut}"
        );
        let last = cut.lines().last().unwrap();
        assert!(!answer(&upper).is_some_and(|text| text.contains(last)), "{cut}");
        company.letter_kind = Some(LetterKind::Notification);
    }
}

#[test]
fn what_a_question_shows_of_the_senders_own_words_is_no_quote_in_the_reply_to_it() {
    let mut company = with_letter();
    let shown =
        format!("{}\n\nDit staat bovenaan\n\n> Beste Karin,\n\nDit staat daaronder\n\n{}", shown(&company), CUTS[0]);
    let letter = format!("From: klachten@lease.example\r\n\r\n{}", shown.replace('\n', "\r\n"));
    (company.letter_bytes, company.letter_kind) = (Some(letter.into_bytes()), Some(LetterKind::Question));
    let text = format!("#antwoord\nBeste Karin,\n\n{}\n\n{WROTE}{}", CUTS[0], quoted(&company, "> "));
    assert!(matches!(why(&company.decide(&reply_of(&company, JAN, &text))), Problem::TextApart { .. }));
}

#[test]
fn what_is_typed_below_our_letter_quoted_line_by_line_is_the_answer() {
    let company = with_letter();
    let below = |mark: &str, text: &str| format!("{WROTE}{}\n{text}", quoted(&company, mark));
    for mark in ["> ", ">", "\t", "| "] {
        for signature in ["", "\n\n-- \nJan Jansen\nSchade", "\n\nVerstuurd vanaf mijn iPhone"] {
            let decision = company.decide(&reply_of(&company, JAN, &below(mark, &format!("Wij betalen.{signature}"))));
            assert_eq!(answer(&decision), Some("Wij betalen."), "{mark:?} {signature} {decision:?}");
        }
        let decision = company.decide(&reply_of(&company, JAN, &below(mark, "#afgehandeld\nWij betalen.")));
        assert_eq!(kinds(&decision), ["handler_set", "closed"], "{mark:?}");
        let decision = company.decide(&reply_of(&company, JAN, &below(mark, "#intern zij overdrijft")));
        assert_eq!(kinds(&decision), ["noted"], "{mark:?}");
        for alone in ["Met vriendelijke groet,\n\nJan Jansen\nSchade", "-- \nJan", "Verstuurd vanaf mijn iPhone", "Jan"]
        {
            let decision = company.decide(&reply_of(&company, JAN, &below(mark, alone)));
            assert_eq!(*asked(&decision, JAN, alone), Problem::NothingTyped, "{mark:?}");
        }
    }
    // What is left of the quote is enough, and some of it may stand below.
    let trimmed = format!(
        "{WROTE}> Er zit een kras op de deur en niemand belt mij terug, al drie weken lang niet.\n\nWij betalen."
    );
    assert_eq!(answer(&company.decide(&reply_of(&company, JAN, &trimmed))), Some("Wij betalen."));
    let between = format!("{trimmed}\n\n> Zo werkt het\n");
    assert_eq!(answer(&company.decide(&reply_of(&company, JAN, &between))), Some("Wij betalen."));
}

#[test]
fn where_it_is_not_certain_the_question_says_where_the_words_were_found_and_its_buttons_hold_them() {
    let company = with_letter();
    let marked = quoted(&company, "> ");
    let half: String = marked.lines().take(6).map(|line| format!("{line}\n")).collect();
    let rest: String = marked.lines().skip(6).map(|line| format!("{line}\n")).collect();
    for (text, place) in [
        (format!("{WROTE}{half}\nWij betalen.\n\n{rest}\nEn de huurauto ook."), Place::Between),
        (format!("{HEAD}{}\nWij betalen.", shown(&company)), Place::Below),
        (
            format!(
                "{WROTE}{marked}\nWij betalen.\nEr zit een kras op de deur en niemand\nbelt mij terug, al drie weken lang niet."
            ),
            Place::Between,
        ),
        (
            format!("{WROTE}{marked}\nWij betalen. Er zit een kras op de deur en niemand belt mij terug, zegt u."),
            Place::Below,
        ),
        ("> de klant belde\n> vorige week over een andere zaak\n\nWij betalen.".to_owned(), Place::Above),
    ] {
        let decision = company.decide(&reply_of(&company, JAN, &text));
        let Problem::TextApart { upper, lower, place: found } = asked(&decision, JAN, &text) else {
            panic!("{text} {decision:?}")
        };
        assert!(
            upper.is_empty() && lower.contains("Wij betalen.") && *found == place,
            "{text}\n{upper}\n{lower} {found:?}"
        );
        let choice = choices(&decision).iter().find(|choice| choice.does == Does::Whole).unwrap();
        assert!(choice.text.contains("Wij betalen."));
        let sent = company.decide(&pressed(&company, choice, ""));
        assert!(answer(&sent).is_some_and(|text| text.contains("Wij betalen.")), "{text}\n{sent:?}");
    }
    // On top and below: both are shown.
    let both = format!("Beste Karin,\n\n{WROTE}{marked}\nWij betalen.");
    let decision = company.decide(&reply_of(&company, JAN, &both));
    assert!(matches!(asked(&decision, JAN, &both), Problem::TextApart { place: Place::Below, .. }));
}

/// Behind the marks of a quote, too, people type: at the end of a line of ours, in the middle of it, with a mark of their own.
#[test]
fn what_was_typed_inside_the_quote_is_asked_about_and_nothing_goes_out() {
    let company = with_letter();
    let said = "> Er zit een kras op de deur en niemand belt mij terug, al drie weken lang niet.";
    for mark in ["> ", ">", "| ", ">> "] {
        let quote = quoted(&company, mark);
        let line = quote.lines().find(|line| line.contains("niemand belt")).unwrap().to_owned();
        for own in [
            format!("{line} => wij betalen NIET"),
            format!("{line} [JJ: wij betalen NIET]"),
            line.replace("niemand", "niemand (wij betalen NIET)"),
            format!("{line}\n{mark}wij betalen NIET"),
            format!("{line}\n>wij betalen NIET"),
            format!("{mark}wij betalen NIET\n{line}"),
        ] {
            let quote = quote.replace(&line, &own);
            for text in [
                format!("{WROTE}{quote}\nDe rest klopt."),
                format!("De rest klopt.\n\n{WROTE}{quote}"),
                format!("#afgehandeld\nDe rest klopt.\n\n{WROTE}{quote}"),
                format!("{WROTE}{quote}"),
            ] {
                let decision = company.decide(&reply_of(&company, JAN, &text));
                let Problem::TextApart { lower, .. } = asked(&decision, JAN, &text) else {
                    panic!("{text} {decision:?}")
                };
                assert!(lower.contains("wij betalen NIET"), "{text}\n{lower}");
                let all = choices(&decision).iter().find(|choice| choice.does == Does::Whole).unwrap();
                assert!(all.text.contains("wij betalen NIET"), "{all:?}");
            }
        }
    }
    // What a client does to a quote is not typed: it wraps the lines anew, and a gateway had written above our letter.
    for quote in [
        wrapped(&company, "> "),
        wrapped(&company, ">> "),
        format!(
            "> CAUTION: this message is from an external sender. Do not click links.\n>\n{}",
            quoted(&company, "> ")
        ),
        said.to_owned(),
    ] {
        let decision = company.decide(&reply_of(&company, JAN, &format!("{WROTE}{quote}\n\nWij betalen.")));
        assert_eq!(answer(&decision), Some("Wij betalen."), "{quote}\n{decision:?}");
    }
}

#[test]
fn a_letter_that_was_blanked_is_known_by_its_form() {
    let company = Company::new();
    for quote in quotes(&company).iter().take(11) {
        let decision = company.decide(&reply_of(&company, JAN, &format!("Wij betalen.\n\n{quote}")));
        assert_eq!(answer(&decision), Some("Wij betalen."), "{quote}");
        let pasted = format!("Wij betalen.\n\n{}\n\n{quote}", CUTS[1]);
        assert!(
            matches!(why(&company.decide(&reply_of(&company, JAN, &pasted))), Problem::TextApart { .. }),
            "{quote}"
        );
    }
}

#[test]
fn a_gateways_banner_does_not_go_to_the_customer() {
    let company = with_letter();
    for banner in ["[EXTERN]", "LET OP: Deze e-mail is afkomstig van buiten de organisatie. Klik niet op links."] {
        let text = format!("{banner}\n\n#antwoord\nWij betalen.\n\n{WROTE}{}", quoted(&company, "> "));
        let decision = company.decide(&reply_of(&company, JAN, &text));
        assert_eq!(answer(&decision), Some("Wij betalen."), "{banner}");
        let named = |done: &Done| match done {
            Done::StayedHere { files } => {
                files.iter().any(|(name, why)| banner.starts_with(name) && *why == Stays::Banner)
            }
            _ => false,
        };
        assert!(done(&decision).iter().any(named), "the receipt names it: {decision:?}");
        let in_quote = format!("Wij betalen.\n\n{WROTE}> {banner}\n>\n{}", quoted(&company, "> "));
        assert_eq!(answer(&company.decide(&reply_of(&company, JAN, &in_quote))), Some("Wij betalen."), "{banner}");
    }
}
