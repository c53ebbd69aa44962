//! What holds a letter's page together in every mail program. Classic Outlook draws with Word, which knows padding, width,
//! borders and backgrounds on tables and cells only: nothing else may carry the layout.

use super::*;

/// Every tag that opens: its name and its attributes.
fn tags(html: &str) -> impl Iterator<Item = (&str, &str)> {
    let body = html.split_once("<body").map_or("", |(_, body)| body);
    body.match_indices('<').filter_map(move |(at, _)| {
        let tag = body.get(at + 1..)?.split('>').next()?;
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        name.starts_with(|c: char| c.is_ascii_lowercase()).then_some((name, attributes))
    })
}

fn styles(attributes: &str) -> Vec<(&str, &str)> {
    let style = attributes.split_once("style=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
    style.split(';').filter_map(|rule| rule.split_once(':')).map(|(key, value)| (key.trim(), value.trim())).collect()
}

/// What of a tag Word would not show as meant.
fn fault(name: &str, attributes: &str) -> Option<String> {
    let is_box = matches!(name, "table" | "td" | "th");
    for (key, value) in styles(attributes).into_iter().filter(|_| !is_box) {
        let is_zero = value.split_whitespace().all(|length| length.trim_end_matches("px") == "0");
        let is_wrong = match key {
            key if key.starts_with("padding") => !is_zero,
            "width" | "max-width" => name != "img" && value != "100%",
            "border" | "border-left" | "border-top" => name == "a" || name == "span",
            "background" => name == "a",
            "display" => name != "a" && value.starts_with("inline"),
            _ => false,
        };
        if is_wrong {
            return Some(format!("{key}:{value} on <{name}>"));
        }
    }
    let lacks = |attribute: &str| !attributes.contains(attribute);
    match name {
        "table" if lacks("role=\"presentation\"") && lacks("data-table") => {
            Some("a table that says not what for".to_owned())
        }
        "img" if lacks("alt=") || lacks("width=") => Some("a picture without words or width".to_owned()),
        _ => None,
    }
}

#[test]
fn nothing_but_tables_and_cells_carries_the_layout() {
    for draft in DRAFTS.iter() {
        let html = read(draft).html;
        assert!(tags(&html).count() > 5, "{html}");
        for (name, attributes) in tags(&html) {
            assert_eq!(fault(name, attributes), None, "{:?}: <{name} {attributes}>", draft.content.kind());
        }
    }
}

/// A block that is opened is closed, so that no client has to guess.
#[test]
fn tables_rows_and_cells_are_closed_where_they_were_opened() {
    for draft in DRAFTS.iter() {
        let html = read(draft).html;
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1).filter_map(|tag| tag.split(['>', ' ']).next()) {
            match tag {
                "table" | "tr" | "td" | "th" | "div" | "ul" | "p" => open.push(tag),
                "/table" | "/tr" | "/td" | "/th" | "/div" | "/ul" | "/p" => {
                    assert_eq!(open.pop(), tag.strip_prefix('/'), "{:?}: {html}", draft.content.kind());
                }
                _ => {}
            }
            // A row stands in a table and a cell in a row, and nothing between them.
            let inside = |wanted: &str| open.iter().rev().nth(1).is_some_and(|outer| *outer == wanted);
            match tag {
                "tr" => assert!(inside("table"), "{:?}: a row outside a table", draft.content.kind()),
                "td" | "th" => assert!(inside("tr"), "{:?}: a cell outside a row", draft.content.kind()),
                "p" | "div" | "ul" => {
                    assert!(!inside("table") && !inside("tr"), "{:?}: <{tag}> between cells", draft.content.kind())
                }
                _ => {}
            }
        }
        assert_eq!(open, Vec::<&str>::new(), "{:?}", draft.content.kind());
    }
}
