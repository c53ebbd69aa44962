//! Letters of one's own: which are used, and which are refused.

use super::*;
use crate::desk::draft::{Closing, Content};

fn mistakes(name: &str, text: &str) -> Vec<Mistake> {
    match Letters::with(&[Own { name, text }]) {
        Ok(_) => Vec::new(),
        Err(TemplateError::Own(mistakes)) => mistakes,
        Err(other) => panic!("{other}"),
    }
}

fn changed(name: &str, from: &str, to: &str) -> Vec<Mistake> {
    let text = ours(name).unwrap();
    assert!(text.contains(from), "{from} in {name}");
    mistakes(name, &text.replace(from, to))
}

#[test]
fn every_letter_of_ours_can_be_ones_own_and_is_used() {
    let own: Vec<Own<'_>> = list()
        .iter()
        .filter_map(|listed| text_of(&listed.name).map(|text| (listed.name.clone(), text)))
        .map(|(name, text)| Own { name: Box::leak(name.into_boxed_str()), text })
        .collect();
    assert_eq!(own.len(), list().len());
    Letters::with(&own).unwrap();
    let text = ours("closing/nl.j2").unwrap().replace("Dank dat u het ons", "Fijn dat u het ons");
    let letters = Letters::with(&[Own { name: "closing/nl.j2", text: &text }]).unwrap();
    let preview = letters.preview(&sample::house()).unwrap();
    let html = |name: &str| preview.iter().find(|one| one.name == name).unwrap().html.clone();
    assert!(html("closing/nl.j2").contains("Fijn dat u het ons") && html("closing/en.j2").contains("Thank you"));
    assert_eq!(preview.len(), own.len());
    // As the company looks, with its picture in the page.
    let preview = letters.preview(&sample::branded()).unwrap();
    let closing = preview.iter().find(|one| one.name == "closing/nl.j2").unwrap();
    assert!(closing.html.contains("#7a1f5c") && closing.html.contains("src=\"data:image/png;base64,iVBOR"));
}

#[test]
fn a_mistake_is_told_with_its_file_its_line_and_what_stands_there() {
    let found = changed("closing/nl.j2", "customer_name|salutation", "custmer_name|salutation");
    assert!(found[0].line.is_some() && found[0].found.contains("custmer_name"), "{found:?}");
    assert_eq!(found[0].file, "closing/nl.j2");
    let found = changed("notification/en.j2", "{{ show_remarks(remarks) }}", "{% if remarks %}");
    assert!(found[0].line.is_some() && found[0].file == "notification/en.j2", "{found:?}");
    let found = changed("closing/nl.j2", "k.panel(settlement)", "k.panel(setlement)");
    assert!(found[0].line.is_some() && found[0].found == "undefined value in `{{ k.panel(setlement) }}`", "{found:?}");
    // What letters share only finds that it was given nothing.
    let found = changed("notification/en.j2", "complaint(text, quoted", "complaint(txet, quoted");
    assert!(found[0].line.is_some() && found[0].found.contains("`txet`"), "{found:?}");
    assert!(mistakes("closng/nl.j2", "x")[0].to_string().contains("klachtpost templates list"));
}

#[test]
fn what_letters_of_one_case_share_is_found_among_all_that_letters_share() {
    for name in ["notification/nl.j2", "escalation/en.j2", "urgent/nl.j2", "privacy/en.j2"] {
        let text = ours(name).unwrap().replace("from case_part import", "from parts import");
        assert_eq!(mistakes(name, &text), [], "{name}");
    }
}

#[test]
fn a_customers_letter_says_what_it_must() {
    for (name, from, to, missing) in [
        ("closing/nl.j2", "{{ k.number(number) }}", "", "K-2026-000123"),
        ("closing/nl.j2", "{{ about(house.committee, committee_last_day) }}", "", "Geschillencommissie"),
        ("closing/nl.j2", "{{ k.panel(settlement) }}", "", "€ 240"),
        ("acknowledgement/en.j2", "k.b(due.resolve|moment)", "k.b(\"soon\")", "2026"),
        ("answer/nl.j2", "{{ k.typed(text) }}", "Dank u.", "Vervelend"),
    ] {
        let found = changed(name, from, to);
        assert!(found.iter().any(|mistake| mistake.found.contains(missing)), "{missing}: {found:?}");
    }
    for switched_off in ["{{ subject|safe }}", "{{ subject | safe }}", "{% autoescape false %}"] {
        let found = changed(
            "closing/nl.j2",
            "{{ k.panel(settlement) }}",
            &format!("{{{{ k.panel(settlement) }}}}\n{switched_off}"),
        );
        assert!(found[0].found.contains("`safe`") && found[0].line.is_some(), "{found:?}");
    }
}

#[test]
fn the_form_on_paper_is_tried_too() {
    let added = |name: &str, more: &str| {
        let text = format!("{}\n{more}\n", ours(name).unwrap());
        mistakes(name, &text)
    };
    // What the mail knows, a sheet knows too, and it has the same blocks.
    let fine = r#"
{% if brand and brand.phone %}{% call k.p() %}Bel {{ brand.phone }}{% endcall %}{% endif %}
{% call k.list() %}{% call k.item() %}{{ case_line }}{% endcall %}{% endcall %}{{ k.title(number) }}
{% call k.facts() %}{{ k.fact("Bijlagen", listed|length) }}{% endcall %}{{ k.quote(topic.subject) }}
{% for file in attached %}{% call k.notice() %}{{ file.name }} {{ file.size|size }}{% endcall %}{% endfor %}
{{ k.buttons([]) }}{{ k.phone("033 123 45 67") }}{% if token %}{{ k.b(company) }}{% endif %}
"#;
    for name in ["closing/nl.j2", "answer/de.j2", "interim/fr.j2", "acknowledgement/en.j2"] {
        assert_eq!(added(name, fine), [], "{name}");
    }
    let found = added("closing/nl.j2", "{% if form == \"paper\" %}{{ no_such_thing }}{% endif %}");
    assert!(found[0].line.is_some() && found[0].found.contains("no_such_thing"), "{found:?}");
    let found = added("answer/nl.j2", "{% for file in attached %}{{ file.nmae }}{% endfor %}");
    assert!(found[0].found.contains("nmae"), "{found:?}");
    let found = added("closing/nl.j2", "{% if brand %}{{ brand.fone }}{% endif %}");
    assert!(found[0].found.contains("fone"), "{found:?}");
    let text = ours("closing/nl.j2").unwrap();
    let text = format!("{{% if form != \"paper\" %}}{text}{{% else %}}{{{{ k.typed(\"Dag\") }}}}{{% endif %}}");
    let found = mistakes("closing/nl.j2", &text);
    for missing in ["K-2026-000123", "€ 240", "Geschillencommissie"] {
        let is_told = |mistake: &Mistake| mistake.found.contains(missing) && mistake.found.contains("on paper");
        assert!(found.iter().any(is_told), "{missing}: {found:?}");
    }
}

#[test]
fn a_long_text_comes_whole_and_with_its_lines() {
    for (name, from, to) in [
        ("answer/nl.j2", "{{ k.typed(text) }}", "{% call k.p() %}{{ text }}{% endcall %}"),
        ("answer/en.j2", "{{ k.typed(text) }}", "{{ text }}"),
        ("answer/de.j2", "{{ k.typed(text) }}", "{{ k.typed(text[:5000]) }}"),
        ("interim/fr.j2", "{{ k.typed(text) }}", "{{ k.quote(text, 4000) }}"),
        ("closing/nl.j2", "{{ k.panel(settlement) }}", "{% call k.p() %}{{ settlement|line }}{% endcall %}"),
        ("closing/en.j2", "{{ k.panel(settlement) }}", "{% call k.small() %}{{ settlement|text }}{% endcall %}"),
    ] {
        let found = changed(name, from, to);
        assert!(found.iter().any(|mistake| mistake.next.contains("`text`")), "{name}: {found:?}");
    }
    assert_eq!(changed("answer/nl.j2", "{{ k.typed(text) }}", "{{ k.quote(text) }}"), []);
    assert_eq!(changed("closing/nl.j2", "{{ k.panel(settlement) }}", "{{ k.block(settlement) }}"), []);
}

#[test]
fn nothing_turns_the_cleaning_off() {
    let panel = "{{ k.panel(settlement) }}";
    for switched_off in
        ["{%+ autoescape false %}{%+ endautoescape %}", "{%\n autoescape false %}", "{{ subject\n|\nsafe }}"]
    {
        let found = changed("closing/nl.j2", panel, &format!("{panel}{switched_off}"));
        assert!(found[0].found.contains("`safe`") && found[0].line.is_some(), "{switched_off}: {found:?}");
    }
}

#[test]
fn what_a_stranger_wrote_is_clean_whatever_prints_it() {
    const ATTACK: &str = "<img src=x onerror=alert(1)>\u{202e}fdp.exe";
    let panel = "{{ k.panel(settlement) }}";
    let printed = r#"
{{ subject|text }}
{{ subject|below }}
{{ k.quote(subject) }}
{{ k.block(subject) }}
{{ k.link(subject) }}
{{ k.phone(subject) }}
{{ k.mailto({"label": subject, "url": subject}) }}
{{ k.title(subject, subject) }}
{% call k.facts() %}{{ k.fact(subject, subject) }}{% endcall %}
{{ subject|e }}
{{ subject|escape|replace("x", subject) }}
{{ [k.number(number), subject]|join(" ") }}
{{ k.number(number) ~ subject }}
{% set said %}{{ subject }}{% endset %}{{ said }}
"#;
    let text = ours("closing/nl.j2").unwrap().replace(panel, &format!("{panel}{printed}"));
    let letters = Letters::with(&[Own { name: "closing/nl.j2", text: &text }]).unwrap();
    let sample = sample::drafts().into_iter().find(|draft| name_of(draft) == "closing/nl.j2").unwrap();
    let Content::Closing(closing) = sample.content.clone() else { panic!() };
    let content = Content::Closing(Closing { subject: ATTACK.to_owned(), ..closing });
    for (form, body) in letters.forms(&Draft { content, ..sample }, &sample::house()).unwrap() {
        assert!(body.matches("fdp.exe").count() > 10, "{form:?}: {body}");
        assert!(!body.contains('\u{202e}'), "{form:?}: {body}");
        assert!(form != Shown::Page || !body.contains("<img"), "{body}");
    }
}

#[test]
fn a_page_has_no_tags_but_those_of_the_blocks() {
    let number = "{{ k.number(number) }}";
    for written in [
        "<span style=\"display:none\">{{ number }}</span>",
        "<!-- {{ number }} -->",
        "<b\nhidden>{{ number }}</b>",
        "&nbsp;{{ number }}",
    ] {
        let found = changed("closing/nl.j2", number, written);
        assert!(found[0].found.starts_with("a tag") && found[0].line.is_some(), "{found:?}");
        let text = ours("closing/nl.j2").unwrap().replace(number, written);
        let letters = Letters::checked_before(&[Own { name: "closing/nl.j2", text: &text }]).unwrap();
        let preview = letters.preview(&sample::house()).unwrap();
        let html = &preview.iter().find(|one| one.name == "closing/nl.j2").unwrap().html;
        let shown = written.replace("{{ number }}", "K-2026-000123").replace('&', "&amp;");
        let shown = shown.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert!(html.contains(&shown), "{html}");
    }
    let fine = "{% if 1 <number|length %}AT&T; {{ number }} < 3 & meer{% endif %}".replace("AT&T;", "A & B");
    assert_eq!(changed("closing/nl.j2", number, &fine), []);
}

#[test]
fn what_nobody_would_see_is_refused() {
    let panel = "{{ k.panel(settlement) }}";
    for (written, found) in [
        ("klacht\u{1f}afhandeling", "control"),
        ("{% if form == \"txt\" %}x{% endif %}", "form"),
        ("{% if form!=\"html\" %}x{% endif %}", "form"),
    ] {
        let mistakes = changed("closing/nl.j2", panel, &format!("{panel}\n{written}"));
        assert!(mistakes[0].found.contains(found) && mistakes[0].line.is_some(), "{mistakes:?}");
    }
    for slip in [
        "{{ k.signature(\"Groet,\", nams) }}",
        "{{ k.buttons(butons) }}",
        "{{ k.phone(house.fone) }}",
        "{{ k.phone(none) }}",
        "{{ k.tally([{\"label\": \"x\", \"late\": false}]) }}",
        "{{ k.table([\"a\", \"b\"], [{\"name\": \"x\", \"below\": \"\", \"cells\": [1]}]) }}",
        "{% call k.p(class=\"x\") %}x{% endcall %}",
        "{{ k.entry(number) }}",
        "{% set ns = namespace(x=number) %}{% for i in range(99) %}{% set ns.x = k.b(ns.x) %}{% endfor %}{{ ns.x }}",
    ] {
        assert_ne!(changed("closing/nl.j2", panel, &format!("{panel}\n{slip}")), [], "{slip}");
    }
    // By place or by name.
    let fine = "{{ k.title(\"x\", number=number) }}{% call k.facts() %}{{ k.fact(\"a\", \"b\", true) }}{% endcall %}{{ k.quote(subject, max=40) }}";
    assert_eq!(changed("closing/nl.j2", panel, &format!("{panel}\n{fine}")), []);
}

#[test]
fn an_attribute_says_nothing() {
    let number = "{{ k.number(number) }}";
    let hiding = "{{ k.mailto({\"label\": \"klik\", \"url\": (\"x\\n\" ~ number)|text}) }}{% call k.in_text() %}{{ number }}{% endcall %}";
    let found = changed("closing/nl.j2", number, hiding);
    assert!(found.iter().any(|mistake| mistake.found == "no `K-2026-000123` as a page"), "{found:?}");
}

#[test]
fn what_stands_between_blocks_is_on_the_sheet_too() {
    let text = ours("closing/nl.j2").unwrap();
    let more = "\nOnze excuses, {{ k.number(number) }}.\n{{ k.phone(\"033 123 45 67\") }}\n{{ k.heading(k.link(\"https://x.nl/\")) }}\n";
    let text = format!("{text}{more}");
    let letters = Letters::with(&[Own { name: "closing/nl.j2", text: &text }]).unwrap();
    let sample = sample::drafts().into_iter().find(|draft| name_of(draft) == "closing/nl.j2").unwrap();
    let forms = letters.forms(&sample, &sample::house()).unwrap();
    let (_, sheet) = forms.iter().find(|(form, _)| *form == Shown::Paper).unwrap();
    assert!(sheet.ends_with("Onze excuses, K-2026-000123. 033 123 45 67\nhttps://x.nl/"), "{sheet}");
}

#[test]
fn what_only_one_form_says_is_missing_in_the_other() {
    for (only, missing) in [("in_text", "as a page"), ("on_page", "as text")] {
        let found = changed(
            "closing/nl.j2",
            "{{ k.number(number) }}",
            &format!("{{% call k.{only}() %}}{{{{ number }}}}{{% endcall %}}"),
        );
        let is_told = |mistake: &Mistake| mistake.found == format!("no `K-2026-000123` {missing}");
        assert!(found.iter().any(is_told), "{found:?}");
    }
}

#[test]
fn a_sheet_says_what_the_text_says() {
    let both = "{% call k.p() %}{% call k.in_text() %}typ dit{% endcall %}{% call k.on_page() %}druk hier{% endcall %}{% endcall %}";
    let text = format!("{}\n{both}\n", ours("closing/nl.j2").unwrap());
    let letters = Letters::with(&[Own { name: "closing/nl.j2", text: &text }]).unwrap();
    let sample = sample::drafts().into_iter().find(|draft| name_of(draft) == "closing/nl.j2").unwrap();
    for (form, body) in letters.forms(&sample, &sample::house()).unwrap() {
        assert_eq!((body.contains("typ dit"), body.contains("druk hier")), (form != Shown::Page, form == Shown::Page));
    }
}
