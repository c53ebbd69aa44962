//! What an acknowledgement repeats: the customer's own words, to nobody but whom the server proves (invariant 11).

use super::*;

const PIET: &str = "piet@prive.example";
const SAID: &str = "Er is schade aan mijn auto.";

/// What the acknowledgements of that mail repeat, and where they go.
fn repeated(company: &Company, post: &Post) -> Vec<(String, Option<String>)> {
    let decision = company.decide(post);
    let acknowledgements = decision.letters.iter().filter_map(|draft| match &draft.content {
        Content::Acknowledgement(letter) => Some((draft.to.to_string(), letter.own_words.clone())),
        _ => None,
    });
    acknowledgements.collect()
}

fn nothing_to(company: &Company, post: &Post, what: &str) {
    for (to, words) in repeated(company, post) {
        assert_eq!(words, None, "{what}, to {to}");
    }
}

#[test]
fn the_very_address_that_is_proven_reads_its_own_words() {
    let company = Company::new();
    let by_dkim = post(PIET, SAID).header("Authentication-Results: mx.lease.example; dkim=pass header.d=prive.example");
    for proven in
        [post(PIET, SAID).dmarc("pass"), by_dkim, post(PIET, SAID).dmarc("pass").header("Reply-To: piet@prive.example")]
    {
        assert_eq!(repeated(&company, &proven), [(PIET.to_owned(), Some(SAID.to_owned()))]);
    }
}

#[test]
fn what_others_wrote_below_is_not_repeated() {
    let text = format!(
        "{SAID}\n\nOp ma 2 mrt. 2026 om 10:12 schreef Els <els@elders.example>:\n> Koop nu!\n> https://x.example"
    );
    assert_eq!(repeated(&Company::new(), &post(PIET, &text).dmarc("pass")), [(PIET.to_owned(), Some(SAID.to_owned()))]);
}

#[test]
fn whom_nothing_proves_gets_no_word_of_it() {
    let company = Company::new();
    let elsewhere = "Authentication-Results: mx.elders.example; dmarc=pass header.from=prive.example";
    let of_another = "Authentication-Results: mx.lease.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example";
    for (what, post) in [
        ("no result", post(PIET, SAID)),
        ("a result of nobody we trust", post(PIET, SAID).header(elsewhere)),
        ("another domain's signature", post(PIET, SAID).header(of_another)),
        ("none", post(PIET, SAID).dmarc("none")),
    ] {
        assert_eq!(repeated(&company, &post), [(PIET.to_owned(), None)], "{what}");
    }
    nothing_to(&company, &post(PIET, SAID).dmarc("fail"), "a disowned sender");
}

#[test]
fn what_somebody_passed_on_is_not_repeated() {
    let proven = || post(PIET, SAID).dmarc("pass");
    for (what, post) in [
        ("answers go elsewhere", proven().header("Reply-To: ander@elders.example")),
        ("answers go to two", proven().header("Reply-To: piet@prive.example, ander@elders.example")),
        ("a list", proven().header("List-Id: <klachten.lease.example>")),
        ("a list's post", proven().header("List-Post: <mailto:groep@lease.example>")),
        ("redirected", proven().header("Resent-From: jan@lease.example\r\nResent-To: klachten@lease.example")),
        ("a machine", proven().header("Auto-Submitted: auto-generated")),
        (
            "a colleague's own",
            post(JAN, &format!("#telefoon\nKlant: Piet\nE-mail: {PIET}\nKlacht: {SAID}")).dmarc("pass"),
        ),
        (
            "a colleague's forward",
            post(
                "receptie@lease.example",
                &format!(
                    "Van: Piet <{PIET}>\nVerzonden: woensdag 4 maart 2026 09:15\nAan: Jan\nOnderwerp: Kras\n\n{SAID}"
                ),
            )
            .subject("FW: Kras")
            .dmarc("pass"),
        ),
    ] {
        nothing_to(&Company::new(), &post, what);
    }
}

#[test]
fn what_a_form_says_is_not_its_senders() {
    let form = "[[form]]\nfrom = \"noreply@www.lease.example\"\ncustomer = \"field\"\nfields = { email = \"E-mail\", text = \"Bericht\" }\n";
    let company = Company::of(&format!("{SETTINGS}{form}"));
    let text = format!("E-mail: {PIET}\nBericht: {SAID}");
    let filled = post("noreply@www.lease.example", &text).dmarc("pass");
    assert_eq!(repeated(&company, &filled), [(PIET.to_owned(), None)]);
}

#[test]
fn a_long_complaint_is_repeated_in_part() {
    let long = "schade ".repeat(1_000);
    let repeated = repeated(&Company::new(), &post(PIET, &long).dmarc("pass"));
    let words = repeated[0].1.clone().unwrap();
    assert_eq!(words.chars().count(), 1_500);
    assert!(words.ends_with('…'));
}

/// The customer answers the acknowledgement, with one's own words quoted in it: only what is new is taken in.
#[test]
fn an_answer_below_which_the_own_words_stand_is_new_text_alone() {
    let mut company = Company::new();
    company.letter_kind = Some(LetterKind::Acknowledgement);
    let quoted = format!(
        "Hierbij de foto.\n\nOp do 5 mrt. 2026 om 10:00 schreef Voorbeeld Lease – klachten <klachten@lease.example>:\n\
         > Wij hebben uw klacht ontvangen.\n> Met vriendelijke groet,\n> Voorbeeld Lease\n>\n> Dit schreef u ons\n> > {SAID}\n> --------\n> Kenmerk: x"
    );
    let decision = company.decide(&post(KLANT, &quoted).answering(&company.token(Side::Customer)).dmarc("pass"));
    let told = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::FollowUp(letter) => Some(letter.text.clone()),
        _ => None,
    });
    assert_eq!(told.as_deref(), Some("Hierbij de foto."));
}
