//! Our letter as clients quote its page in the plain text of a reply: buttons, links and cells on lines of their own. All of
//! that is our letter; what a person types between it, short as it is, is asked about (invariant 7). So it is with what a
//! server puts below the quote, in one form of the text or in both.

use super::draft::Problem;
use super::*;
use crate::mail::{MARKER, Place};

const WROTE: &str = "Op do 5 mrt 2026 om 10:00 schreef Klachten <klachten@lease.example>:\n\n";
const HEAD: &str = "Van: Klachten <klachten@lease.example>\nVerzonden: donderdag 5 maart 2026 10:00\nAan: Jan\nOnderwerp: [K-2026-000007] Kras op de deur\n\n";

/// The targets of its buttons.
fn targets(company: &Company) -> [String; 2] {
    let token = company.token(Side::Staff);
    ["", "%23intern%0D%0A"].map(|verb| {
        format!(
            "mailto:klachten@lease.example?subject=Re%3A%20%5BK-2026-000007%5D%20Kras%20op%20de%20deur&body={verb}%0D%0A%0D%0A%23%23-%20klachtpost%20-%23%23%0D%0AKenmerk%3A%20{token}%0D%0A"
        )
    })
}

/// What an inbox shows of it, and what stands behind that: as text, and as the page has it.
const SHOWN: &str = "Antwoord uiterlijk vr 6 mrt, 10.00 · Er zit een kras op de deur";
const HIDDEN: &str = "<div style=\"display:none;mso-hide:all\">Antwoord uiterlijk vr 6 mrt, 10.00 · Er zit een kras op de deur&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;</div>";

fn page(company: &Company) -> String {
    let [answer, note] = targets(company).map(|url| url.replace('&', "&amp;"));
    format!(
        "{HIDDEN}<div><div>{MARKER}</div><div>Kenmerk: {}</div><h1>Nieuwe klacht <span>K-2026-000007</span></h1>\
         <table><tr><td>Reageren</td><td>uiterlijk vr 6 mrt, 10.00</td></tr><tr><td>Klant</td><td>Karin</td></tr></table>\
         <div><a href=\"{answer}\">Antwoorden</a> <a href=\"{note}\">Notitie</a></div><h2>De klant schrijft</h2>\
         <div>Er zit een kras op de deur en niemand belt mij terug.</div><h2>Zo werkt het</h2>\
         <ul><li>#intern op de eerste regel bewaart uw tekst als notitie; de klant krijgt niets.</li></ul></div>",
        company.token(Side::Staff)
    )
}

/// The company, whose register has the letter in its two forms; the plain one has no buttons.
fn with_letter() -> Company {
    let mut company = Company::new();
    let token = company.token(Side::Staff);
    let text = format!(
        "{MARKER}\nKenmerk: {token}\n\nNieuwe klacht K-2026-000007\n\nReageren: uiterlijk vr 6 mrt, 10.00\nKlant: Karin\n\n\
         De klant schrijft\n\n> Er zit een kras op de deur en niemand belt mij terug.\n\nZo werkt het\n\n\
         - #intern op de eerste regel bewaart uw tekst als notitie; de klant krijgt niets.\n"
    );
    let letter = format!(
        "From: Klachten <klachten@lease.example>\nSubject: [K-2026-000007] Kras op de deur\nMIME-Version: 1.0\n\
         Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\
         --b\nContent-Type: text/html; charset=utf-8\n\n{}\n--b--\n",
        page(&company)
    );
    company.letter_bytes = Some(letter.replace('\n', "\r\n").into_bytes());
    company
}

/// A link broken after so many characters.
fn broken(link: &str, width: usize) -> String {
    let chars: Vec<char> = link.chars().collect();
    chars.chunks(width).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
}

/// The page as text, with its buttons as clients write them.
fn shown(company: &Company, buttons: &str, cell: &str) -> String {
    format!(
        "{MARKER}\nKenmerk: {}\n\nNieuwe klacht K-2026-000007\n\nReageren{cell}uiterlijk vr 6 mrt, 10.00\nKlant{cell}Karin\n{buttons}\n\n\
         *De klant schrijft*\n\n[image: Logo]\nEr zit een kras op de deur en niemand belt mij\nterug.\n\nZo werkt het\n\n   - \
         #intern op de eerste regel bewaart uw tekst als notitie; de klant\n   krijgt\n   niets.\n",
        company.token(Side::Staff)
    )
}

/// As Gmail, Thunderbird, Apple Mail, Outlook and webmails write it.
fn texts(company: &Company) -> Vec<String> {
    let [answer, note] = targets(company);
    let bare = |url: &str| url.trim_start_matches("mailto:").to_owned();
    let mut buttons = vec![
        format!("Antwoorden <{answer}> Notitie <{note}>"),
        format!("Antwoorden<{answer}> Notitie<{note}>"),
        format!("Antwoorden\n<{answer}>\nNotitie\n<{note}>"),
        format!("Antwoorden\n<{}>\nNotitie\n<{}>", bare(&answer), bare(&note)),
        format!("Antwoorden <{}> Notitie <{}>", bare(&answer), bare(&note)),
        format!("Antwoorden ({answer}) Notitie ({note})"),
        // The target cut short by the client.
        "Antwoorden <klachten@lease.example?subject=Re%3A%20x> Notitie <klachten@lease.example?subject=x>".to_owned(),
        "Antwoorden Notitie".to_owned(),
        "Antwoorden\nNotitie".to_owned(),
    ];
    for width in [40, 72, 76] {
        let wrapped = |url: &str| broken(&format!("<{url}>"), width);
        buttons.push(format!("Antwoorden\n{}\nNotitie\n{}", wrapped(&answer), wrapped(&note)));
        buttons.push(format!("Antwoorden\n{}\nNotitie\n{}", wrapped(&bare(&answer)), wrapped(&bare(&note))));
    }
    let of = |buttons: &String| [" ", "\t", "\n", " | "].map(|cell| shown(company, buttons, cell));
    buttons.iter().flat_map(of).collect()
}

fn marked(text: &str) -> String {
    text.lines().map(|line| format!("> {line}\n")).collect()
}

#[test]
fn buttons_links_and_cells_of_our_page_are_our_letter_in_every_client() {
    let company = with_letter();
    for text in texts(&company) {
        for mail in [
            format!("Wij betalen.\n\n{WROTE}{}", marked(&text)),
            format!("Wij betalen.\n\n{HEAD}{text}"),
            format!("{WROTE}{}\nWij betalen.", marked(&text)),
        ] {
            let decision = company.decide(&reply_of(&company, JAN, &mail));
            assert_eq!(answer(&decision), Some("Wij betalen."), "{mail}\n{decision:?}");
        }
    }
}

/// Clients that make text of the hidden line put it above the marker, with the filler behind it or without, behind marks, below
/// their own lines, or (some phones) right below what was typed. It is ours everywhere, and no customer gets it.
#[test]
fn the_line_that_only_an_inbox_shows_is_ours_wherever_it_is_quoted() {
    let company = with_letter();
    let below = shown(&company, "Antwoorden Notitie", "\t");
    let wrapped = |words: usize| {
        SHOWN.split(' ').collect::<Vec<_>>().chunks(words).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
    };
    for line in [SHOWN.to_owned(), format!("{SHOWN}\u{34f}\u{200c}\u{a0}\u{34f}\u{200c}\u{a0}"), wrapped(7), wrapped(2)]
    {
        for mail in [
            format!("Wij betalen.\n\n{WROTE}{}", marked(&format!("{line}\n{below}"))),
            format!("Wij betalen.\n\n{HEAD}{line}\n\n{below}"),
            format!("Wij betalen.\n\n{line}\n{below}"),
            format!("Wij betalen.\n\n{line}\n\n{below}"),
            format!("{WROTE}{}\nWij betalen.", marked(&format!("{line}\n{below}"))),
        ] {
            let decision = company.decide(&reply_of(&company, JAN, &mail));
            assert_eq!(answer(&decision), Some("Wij betalen."), "{mail}\n{decision:?}");
        }
    }
}

#[test]
fn what_is_typed_between_them_is_asked_about_short_as_it_is() {
    let company = with_letter();
    // Every way to write the buttons and every cell, not each with each.
    for text in texts(&company).iter().step_by(5) {
        for own in ["Nee", "20%", "#intern", "Akkoord, wij betalen", "terug.", "de kras", "bel mij 10.00"] {
            let at = text.find("*De klant").unwrap();
            let (above, below) = text.split_at(at);
            let mail = format!("De rest klopt.\n\n{WROTE}{}", marked(&format!("{above}{own}\n{below}")));
            let decision = company.decide(&reply_of(&company, JAN, &mail));
            let Problem::TextApart { place: Place::Between, lower, .. } = asked(&decision, JAN, &mail) else {
                panic!("{mail}\n{decision:?}")
            };
            assert!(lower.contains(own), "{own}: {lower}");
        }
    }
}

#[test]
fn a_verb_typed_below_the_quote_is_one_though_a_label_of_ours_begins_like_it() {
    let company = with_letter();
    for text in texts(&company).iter().step_by(5) {
        let mail = format!("{WROTE}{}\n#antwoord\nWij betalen.", marked(text));
        let decision = company.decide(&reply_of(&company, JAN, &mail));
        assert_eq!(answer(&decision), Some("Wij betalen."), "{mail}\n{decision:?}");
    }
}

#[test]
fn what_a_server_puts_below_the_quote_is_neither_an_answer_nor_asked_about() {
    let company = with_letter();
    let quote = shown(&company, "Antwoorden Notitie", "\t");
    let both = |text_below: &str, page_below: &str| {
        let text = format!("Wij betalen.\n\n{HEAD}{quote}\n{text_below}\n");
        let page = format!(
            "<p>Wij betalen.</p><div>Van: Klachten &lt;klachten@lease.example&gt;<br>Verzonden: donderdag 5 maart 2026 10:00<br>\
             Aan: Jan<br>Onderwerp: [K-2026-000007] Kras op de deur</div>{}<p>{page_below}</p>",
            page(&company)
        );
        let page = format!("Content-Type: text/html; charset=utf-8\n\n{page}\n");
        let parts = [format!("Content-Type: text/plain; charset=utf-8\n\n{text}"), page];
        company.decide(&super::along::answering(&company, "alternative", &parts))
    };
    for footer in [
        "Voorbeeld Lease BV. KvK 12345678. Aan dit bericht kunnen geen rechten worden ontleend.",
        "Denk aan het milieu voordat u deze e-mail afdrukt.",
        "De informatie verzonden met dit e-mailbericht is uitsluitend bestemd voor de geadresseerde.",
        "Example Ltd. If you are not the intended recipient, please notify the sender.",
    ] {
        for (text, page) in [(footer, footer), (footer, ""), ("", footer), ("", "")] {
            assert_eq!(answer(&both(text, page)), Some("Wij betalen."), "{text} / {page}");
        }
        let decision = company.decide(&reply_of(&company, JAN, &format!("{WROTE}{}\n{footer}", marked(&quote))));
        assert_eq!(*why(&decision), Problem::NothingTyped, "{footer}");
    }
    let own = "Wij betalen ook de huurauto.";
    for (text, page) in [(own, own), (own, ""), ("", own)] {
        assert_eq!(answer(&both(text, page)), None, "{text} / {page}");
    }
}
