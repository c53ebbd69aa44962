//! What taking a text apart promises, by example and by property.

use super::*;
use proptest::prelude::*;

fn of(text: &str) -> NewText {
    split(&Parsed { text: text.to_owned(), ..Parsed::default() })
}

fn of_html(page: &str) -> NewText {
    let page = super::super::html::to_text(page);
    split(&Parsed { text: page.text, marks: page.marks, ..Parsed::default() })
}

#[test]
fn a_mail_without_quotes_is_all_new() {
    let text = "Geachte heer,\n\nDatum: 3 mei 2026\nOnderwerp: mijn auto\n\n- stuk\n- vies\n\nGroet,\nJan de Vries\n06-12345678";
    let new = of(text);
    assert_eq!((new.reply.as_str(), new.relayable.as_str(), new.quoted.as_str()), (text, text, ""));
}

#[test]
fn answers_above_a_quote_of_any_client() {
    for below in [
        "Op ma 23 nov. 2026 om 10:12 schreef Klachten <klachten@x.nl>:\n\n> Uw klacht\n> is ontvangen",
        "Op 23 nov. 2026 om 10:12 heeft Klachten <klachten@x.nl> het volgende geschreven:\n\nUw klacht is ontvangen",
        "Van: Klachten <klachten@x.nl>\nVerzonden: maandag 23 november 2026 10:12\nAan: Jan\nOnderwerp: klacht\n\nUw klacht",
        "________________________________\nVan: Klachten <klachten@x.nl>\nDatum: 23 nov. 2026\nAan: Jan\n\nUw klacht",
        "-----Oorspronkelijk bericht-----\nVan: Klachten\nUw klacht",
        "-------- Original message --------\nFrom: Klachten\nDate: 23/11/2026 10:12 (GMT+01:00)\nTo: Jan\n\nUw klacht",
        "Verstuurd vanaf mijn iPhone\n\nOp 23 nov. 2026 om 10:12 schreef Klachten <klachten@x.nl>:\n\n\u{feff}Uw klacht",
        "Outlook voor Android downloaden<https://aka.ms/x>\n________________________________\nFrom: Klachten <k@x.nl>\nSent: Monday, November 23, 2026\nTo: Jan\n\nUw klacht",
        "> Uw klacht is ontvangen",
        "-- \nJan de Vries\nDe Vries BV",
    ] {
        let new = of(&format!("Dank u wel.\n\nMvg Jan\n\n{below}"));
        assert_eq!(new.reply, "Dank u wel.\n\nMvg Jan", "{below}");
        assert_eq!(new.relayable, "Dank u wel.\n\nMvg Jan", "{below}");
        assert!(new.quoted.contains("Uw klacht") || new.quoted.contains("BV"), "{below}");
    }
}

#[test]
fn inline_answers_stay_but_are_not_relayed() {
    let new = of(
        "Zie onder.\n\nOp ma 23 nov. 2026 om 10:12 schreef K <k@x.nl>:\n> Wat is er stuk?\nDe motor.\n> Sinds wanneer?\nMei.\n> Groet",
    );
    assert_eq!(new.reply, "Zie onder.\n\n> Wat is er stuk?\nDe motor.\n> Sinds wanneer?\nMei.");
    assert_eq!(new.relayable, "Zie onder.");
}

#[test]
fn a_quote_with_only_a_closing_under_it_was_not_answered_there() {
    let new = of(
        "Dank u.\n\nOp ma 23 nov. 2026 om 10:12 schreef K <k@x.nl>:\n> Wat is er stuk?\n\nMet vriendelijke groet,\nJan",
    );
    assert_eq!(new.reply, "Dank u.\n\nMet vriendelijke groet,\nJan");
}

#[test]
fn what_other_programs_put_above_a_quote_is_known() {
    for below in [
        "จาก: K <k@x.nl>\nส่ง: 23/11/2026 10:12\nถึง: Jan\nเรื่อง: x\n\nUw klacht",
        "Относно: x\nИзпратено: 23 ноември 2026\nОт: K <k@x.nl>\nДо: Jan\n\nUw klacht",
        "-----Sākotnējais ziņojums-----\n\nUw klacht",
        "---- Klaas Vaak schreef ----\n\nUw klacht",
        "##- Please type your reply above this line -##\n\nUw klacht",
        ">>> Klaas <k@x.nl> 23-11-2026 10:12 >>>\nUw klacht",
        "Klaas <k@x.nl>\n23-11-2026 10:12\n\nTo\nJan\ncc\n\nSubject\nx\n\nUw klacht",
        "   Klaas\n   <k@x.nl>              To\n              Jan\n   23-11-2026 10:12   cc\n\n         Subject\n   x\n\nUw klacht",
        "Klaas <k@x.nl>\nSent by: Piet <p@x.nl>\n23-11-2026 10:12\n\nUw klacht",
    ] {
        let new = of(&format!("Dank u wel.\n\nMvg Jan\n\n{below}"));
        assert_eq!(new.reply, "Dank u wel.\n\nMvg Jan", "{below}");
        assert!(new.quoted.contains("Uw klacht"), "{below}");
    }
}

#[test]
fn an_answer_below_a_quote_with_a_head_is_found() {
    for head in [
        "-----Oorspronkelijk bericht-----",
        "From: K [mailto:k@x.nl]",
        "In message <1@x.nl>, Klaas Vaak writes",
        "________________________________",
        "-----Original Message-----\nFrom: K <k@x.nl>\nSent: 23-11-2026 10:12\nTo: Jan",
    ] {
        let new = of(&format!("{head}\n\n> Wat is er stuk?\n\nDe motor."));
        assert_eq!((new.reply.as_str(), new.relayable.as_str()), ("De motor.", ""), "{head}");
    }
}

#[test]
fn words_that_look_like_a_separator_cut_nothing() {
    for own in [
        "Hierbij de doorgestuurde mail:\nik ben boos.",
        "--- originele factuur ---\nis kwijt.",
        "---\nDat was niet alles. Er is meer.",
        "Aan\n\nOnderwerp\n\nhebben we niets.",
    ] {
        let text = format!("Beste mensen,\n\n{own}");
        assert_eq!(of(&text).reply, text);
    }
}

#[test]
fn what_was_cut_is_told_with_its_sign() {
    let signs = |text: &str| of(text).cuts.iter().map(|cut| cut.sign).collect::<Vec<_>>();
    assert_eq!(signs("Ja.\n\nOp 23 nov. 2026 om 10:12 schreef K <k@x.nl>:\n> a"), [CutSign::Attribution]);
    assert_eq!(signs("Ja.\n\n-----Oorspronkelijk bericht-----\na"), [CutSign::Separator]);
    assert_eq!(signs("Ja.\n\nVan: K <k@x.nl>\nVerzonden: 23-11-2026\nAan: J\n\na"), [CutSign::HeaderBlock]);
    assert_eq!(signs("Ja.\n-- \nJan\n\n> a"), [CutSign::QuoteMarks, CutSign::SignatureDelimiter]);
    assert_eq!(signs("Ja.\n\nVerstuurd vanaf mijn iPhone"), [CutSign::AppLine]);
    assert_eq!(signs("Ja."), []);
}

#[test]
fn an_answer_below_the_quote_is_found() {
    let new =
        of(&format!("Op ma 23 nov. 2026 om 10:12 schreef K <k@x.nl>:\n> {MARKER}\n> Wat is er stuk?\n\nDe motor."));
    assert_eq!((new.reply.as_str(), new.relayable.as_str()), ("De motor.", ""));
}

#[test]
fn inline_answers_below_a_quoted_marker_are_registered() {
    let new = of(&format!(
        "Zie onder.\n\nOp ma 23 nov. 2026 om 10:12 schreef K <k@x.nl>:\n> {MARKER}\n> Wat is er stuk?\nDe motor."
    ));
    assert!(new.reply.ends_with("De motor."));
    assert_eq!(new.relayable, "Zie onder.");
}

#[test]
fn what_was_typed_in_front_of_the_attribution_is_new_text_and_relayed() {
    // Invariant 7: only what was typed above the quote goes along, and all of that.
    for typed in [
        "Dank, maar nee.",
        "Geachte heer,\n\nDe auto is klaar.\nGroet, A.",
        "#afgehandeld geld terug",
        "#intern klant is boos",
    ] {
        for below in [
            "Op zo 29 nov. 2026 om 13:20 schreef Klachten <k@x.nl>:\n> intern",
            "Op zo 29 nov. 2026 om 13:20 schreef\nKlachten <k@x.nl>:\n\n> intern",
            "Op zo 29 nov. 2026 om 13:20 schreef Klachten <k@x.nl>:\n\nintern",
            "On Sun, Nov 29, 2026 at 1:20 PM Klachten <k@x.nl> wrote:\n\n> intern",
            "-----Oorspronkelijk bericht-----\nVan: Klachten <k@x.nl>\nintern",
            "Van: Klachten <k@x.nl>\nVerzonden: zondag 29 november 2026 13:20\nAan: A\nOnderwerp: x\n\nintern",
        ] {
            let new = of(&format!("{typed} {below}"));
            assert_eq!((new.reply.as_str(), new.relayable.as_str()), (typed, typed), "{typed} {below}");
            assert!(new.quoted.ends_with("intern"), "{typed} {below}");
        }
    }
    let caret = "Goed zo.<br><div class=moz-cite-prefix>Groet, A. Op 23-11-2026 om 10:12 schreef K:<br></div>\
                 <blockquote type=cite>intern</blockquote>";
    assert_eq!(of_html(caret).relayable, "Goed zo.\nGroet, A.");
}

#[test]
fn heads_of_webmails_are_known() {
    for below in [
        "*---- Original Message ----*\n\nUw klacht",
        "*----- Oorspronkelijk bericht -----*\nUw klacht",
        "> Message du 23/11/26 10:12\n> De : \"K\" <k@x.nl>\n> A : \"Jan\" <jan@y.nl>\n> Copie à :\n> Objet : klacht\n>\nUw klacht",
        "Message du 23/11/2026 10:12\nDe : \"K\" <k@x.nl>\nA : jan@y.nl\nSujet : klacht\n\nUw klacht",
        "From: K <k@x.nl> Sent: Monday, November 23, 2026 10:12 To: Jan <jan@y.nl> Subject: klacht\n\nUw klacht",
        "From: K <k@x.nl> Sent Monday, November 23, 2026 10:12 To: Jan <jan@y.nl> Subject: klacht\n\nUw klacht",
        "Gesendet: Montag, 23. November 2026 um 10:12 Uhr\nVon: \"K\" <k@x.nl>\nAn: jan@y.nl\nBetreff: klacht\n\nUw klacht",
    ] {
        let new = of(&format!("Dank u wel.\n\nMvg Jan\n\n{below}"));
        assert_eq!(
            (new.reply.as_str(), new.relayable.as_str()),
            ("Dank u wel.\n\nMvg Jan", "Dank u wel.\n\nMvg Jan"),
            "{below}"
        );
        assert!(new.quoted.contains("Uw klacht"), "{below}");
    }
}

#[test]
fn a_quoted_link_that_was_broken_over_lines_is_quoted() {
    for quoted in [
        "> Zie https://www.x.nl/een/hele/lange/weg/naar/een/bladzijde/die-breekt?\na=1&b=2\n> en verder.",
        "> Zie hier <\nhttps://www.x.nl/weg>\n\n> en verder.",
        "> Zie <https://www.x.nl/een/hele/lange/weg/naar/een/bladzijde/\ndie/breekt/en/nog/eens/breekt/\nhier.html>\n> en verder.",
        "> Zie https://www.x.nl/een/hele/lange/weg/naar/een/bladzijde/die-breekt?\na=1&b=2",
    ] {
        let new = of(&format!("Dank u.\n\nOp 23 nov. 2026 om 10:12 schreef K <k@x.nl>:\n{quoted}"));
        assert_eq!(new.reply, "Dank u.", "{quoted}");
    }
    let answered =
        of("Op 23 nov. 2026 om 10:12 schreef K <k@x.nl>:\n> Zie https://www.x.nl/weg\nGelezen.\n> Akkoord?\nJa/nee");
    assert_eq!(answered.reply, "Gelezen.\n> Akkoord?\nJa/nee");
}

#[test]
fn a_sentence_of_ones_own_above_a_quote_stays() {
    for own in [
        "Ik ben het niet eens met wat u op 3 mei om 10:12 schreef:",
        "ik ben het niet eens met wat uw monteur op 3 mei 2026 om 10:12 schreef:",
        "I don't agree with what you wrote on 3 May 2026 at 10:12:",
        "Hierbij wat de monteur mij op 3-5-2026 om 10:12 schreef:",
        "Dank, maar dit is wat op 3 mei 2026 aan info@x.nl geschreven is:",
    ] {
        for below in ["\n> De auto is niet stuk.\nDat is hij wel.", "\n\nDe auto is niet stuk."] {
            assert!(of(&format!("Beste,\n\n{own}{below}")).reply.contains(own), "{own}{below}");
        }
    }
}

#[test]
fn our_marker_ends_the_new_text() {
    let new = of(&format!("Goed zo.\n\nX Y wrote yesterday\n{MARKER} antwoord hierboven\nintern: klant is lastig"));
    assert!(!new.reply.contains("intern") && !new.relayable.contains("intern"));
    assert!(new.relayable.starts_with("Goed zo."));
}

#[test]
fn html_quotes_are_cut_by_what_the_client_marked() {
    let gmail = "<div>Goed zo.</div><br><div class=gmail_quote><div class=gmail_attr>Iets in een vreemde taal: <br></div>\
                 <blockquote class=gmail_quote>intern</blockquote></div>";
    let owa = "<div>Goed zo.</div><div id=appendonsend></div><hr tabindex='-1'><div id=divRplyFwdMsg><b>Xyz:</b> K<br></div>intern";
    let desktop = "<p class=MsoNormal>Goed zo.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal>\
                   <b>Van:</b> K &lt;k@x.nl&gt;<br><b>Verzonden:</b> maandag 23 november 2026</p></div>intern";
    let thunderbird = "Goed zo.<br><div class=moz-cite-prefix>Op 23-11-2026 om 10:12 schreef K:<br></div><blockquote type=cite>intern</blockquote>";
    let yahoo =
        "<div>Goed zo.</div><div id=yahoo_quoted_1 class=yahoo_quoted><div>Op maandag, K schreef:</div>intern</div>";
    let signed = "<div>Goed zo.</div><div class=gmail_signature>intern nummer 5</div>";
    for page in [gmail, owa, desktop, thunderbird, yahoo, signed] {
        let new = of_html(page);
        assert_eq!((new.reply.as_str(), new.relayable.as_str()), ("Goed zo.", "Goed zo."), "{page}");
    }
}

#[test]
fn clear_signed_text_is_read_through() {
    let new = of(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- - punt\nDank u.\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----",
    );
    assert_eq!(new.reply, "- punt\nDank u.");
}

#[test]
fn in_doubt_the_register_keeps_and_the_relay_does_not() {
    let new = of("Ik citeer uw mail.\n\nJan wrote on 3 May 2026 to a@b.nl\n\nDat klopt niet.");
    assert!(new.reply.ends_with("Dat klopt niet."));
    assert_eq!(new.relayable, "Ik citeer uw mail.");
}

/// Kinds of lines, by which each question about a line is asked.
const KINDS: &[&str] = &[
    "",
    "--",
    "---",
    "____________",
    ">",
    "> citaat",
    "| a | b |",
    "On 1-1-2026 at 10:10 x wrote",
    "Ja. On Mon, 23 Nov 2026 at 10:12, Jan <jan@x.nl> wrote:",
    "Van: x",
    "Datum: 23-11-2026 10:12",
    "X-Kop: waarde",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "confidential addressee",
    "een gewone zin zonder iets",
    "http://www.x.nl/a?b=c",
    "<",
];

/// Looks at lines for this text.
fn steps(text: &str, marks: &[(usize, Mark)]) -> usize {
    let work = Work::new(usize::MAX);
    split_within(&Parsed { text: text.to_owned(), marks: marks.to_vec(), ..Parsed::default() }, &work);
    work.taken()
}

#[test]
fn each_step_of_reading_is_linear_whatever_the_lines_are() {
    // Invariant 10, by counting and not by the clock: twice the lines take twice the steps, whatever two kinds of lines
    // stand in turns, below one another, or with a client's marks at each of them. (Near the end there is less to look at.)
    const LINES: usize = 96;
    let cost = |make: &dyn Fn(usize) -> String, mark: Option<Mark>| {
        let marked = |lines: usize| (0..lines).filter_map(|at| Some((at, mark?))).collect::<Vec<_>>();
        [LINES, 2 * LINES].map(|lines| steps(&make(lines), &marked(lines)))
    };
    for one in KINDS {
        for other in KINDS {
            let turns = |lines: usize| format!("{one}\n{other}\n").repeat(lines / 2);
            let blocks = |lines: usize| {
                format!("{}{}", format!("{one}\n").repeat(lines / 2), format!("{other}\n").repeat(lines / 2))
            };
            for (mark, make) in [
                (None, &turns as &dyn Fn(usize) -> String),
                (None, &blocks),
                (Some(Mark::Rest), &turns),
                (Some(Mark::Sign), &blocks),
            ] {
                let [once, twice] = cost(make, mark);
                assert!(twice <= 2 * once + 10 * LINES, "{one:?} and {other:?}: {once}, then {twice} steps");
                assert!(
                    twice <= 2 * LINES * STEPS_A_LINE_MAX,
                    "{one:?} and {other:?}: {twice} steps for {} lines",
                    2 * LINES
                );
            }
        }
    }
}

/// No line is looked at more often than this: so a text of `TEXT_BYTES_MAX` stays within the budget.
const STEPS_A_LINE_MAX: usize = 100;

#[test]
fn where_the_budget_ends_the_rest_is_kept_and_not_relayed_and_that_is_said() {
    let own = "een zin\n".repeat(50);
    let text = format!("{own}Van: Klachten\nVerzonden: 23-11-2026 10:12\nAan: Jan\n\nintern");
    let parsed = Parsed { text: text.clone(), ..Parsed::default() };
    let enough = Work::new(usize::MAX);
    let whole = split_within(&parsed, &enough);
    assert!(whole.finding.is_none() && whole.quoted.ends_with("intern"));
    for part in [0, 4, 10, 50, 90] {
        let new = split_within(&parsed, &Work::new(enough.taken() * part / 100));
        let finding = new.finding.unwrap();
        assert_eq!(finding.kind, FindingKind::ReadAsFar);
        assert!(finding.detail.starts_with("read as far as line "), "{}", finding.detail);
        assert!(new.reply.starts_with("een zin") && own.starts_with(&new.relayable), "{part}: {}", new.relayable);
        let words = |text: &str| text.split_whitespace().count();
        assert_eq!(words(&new.reply) + words(&new.quoted), words(&text), "{part}");
    }
}

/// Lines of which real mails are made, in any order.
fn anything() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "Dank u wel.",
        "",
        "> citaat",
        ">> dieper",
        "-- ",
        "--",
        "Jan",
        "Van: K <k@x.nl>",
        "Verzonden: 23-11-2026 10:12",
        "Aan: Jan",
        "Op 23 nov. 2026 om 10:12 schreef K <k@x.nl>:",
        "schreef",
        "<k@x.nl>:",
        "-----Original Message-----",
        "____________________",
        "Verstuurd vanaf mijn iPhone",
        MARKER,
        "| a | b",
        "On Monday",
        "wrote:",
        "\u{a0}",
        "een gewone zin zonder iets",
    ]);
    prop::collection::vec(pieces, 0..25).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_made_up(text in anything()) {
        let new = of(&text);
        let count = |part: &str| part.lines().filter(|l| !l.trim().is_empty()).count();
        prop_assert_eq!(count(&new.reply) + count(&new.quoted), count(&text));
    }

    #[test]
    fn what_is_relayed_is_above_every_quote_and_marker(text in anything()) {
        let new = of(&text);
        prop_assert!(new.relayable.len() <= new.reply.len());
        prop_assert!(!new.relayable.contains(MARKER) && !new.relayable.lines().any(|l| l.starts_with('>')));
        let above: String = text.split(MARKER).next().unwrap_or_default().split_whitespace().collect();
        let relayed: String = new.relayable.split_whitespace().collect();
        prop_assert!(above.contains(&relayed) || relayed.is_empty());
    }

    #[test]
    fn any_text_can_be_taken_apart(text in any::<String>()) {
        let new = of(&text);
        prop_assert!(new.reply.len() <= text.len());
    }
}
