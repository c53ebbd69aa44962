//! What an element means for the text: hidden, a quote, the start of a quoted mail, a signature. The ids, classes and
//! styles are those that mail clients write. Pure.

use super::Mark;
use super::tokens::Tag;

/// Nobody sees it: preheaders, tracking pixels, what Outlook keeps for itself.
pub(super) fn is_hidden(tag: &Tag<'_>) -> bool {
    if tag.attribute("hidden").is_some_and(|value| !value.eq_ignore_ascii_case("false")) {
        return true;
    }
    let Some(style) = tag.attribute("style") else { return false };
    declarations(style).any(|(name, value)| match &*name {
        "display" => value.starts_with("none"),
        "visibility" => value.starts_with("hidden"),
        "mso-hide" => value.starts_with("all"),
        "font-size" => matches!(&*value, "0" | "0px" | "0pt" | "0em"),
        "opacity" => value == "0",
        _ => false,
    })
}

/// The words in it are struck out: they are not meant any more.
pub(super) fn strikes(tag: &Tag<'_>) -> bool {
    let named = ["del", "s", "strike"].iter().any(|name| tag.name.eq_ignore_ascii_case(name));
    let styled = || {
        declarations(tag.attribute("style").unwrap_or_default())
            .any(|(name, value)| name.starts_with("text-decoration") && value.contains("line-through"))
    };
    named || styled()
}

/// Name and value of each declaration of a style, in lower case and without blanks.
fn declarations(style: &str) -> impl Iterator<Item = (String, String)> {
    let squeeze = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    style.split(';').filter_map(move |d| d.split_once(':').map(|(name, value)| (squeeze(name), squeeze(value))))
}

/// A blockquote that quotes: several editors also indent with one, and say so by a margin and nothing else.
pub(super) fn quotes(tag: &Tag<'_>) -> bool {
    let said = ["type", "cite", "class"].into_iter().any(|name| tag.attribute(name).is_some_and(|v| !v.is_empty()));
    let style = tag.attribute("style").unwrap_or_default().to_ascii_lowercase();
    said || style.contains("border") || !style.contains("margin")
}

/// Whether a client says with this element that a quoted mail or a signature begins.
pub(super) fn mark(tag: &Tag<'_>) -> Option<Mark> {
    let id = tag.attribute("id").unwrap_or_default().to_ascii_lowercase();
    // Outlook on the web puts x_ before the names of what it quotes.
    let id = id.trim_start_matches("x_");
    let class = tag.attribute("class").unwrap_or_default().to_ascii_lowercase();
    let has_class = |wanted: &[&str]| {
        class.split_whitespace().any(|c| wanted.contains(&c.trim_start_matches("x_").trim_start_matches("ecx")))
    };
    let rest_id = matches!(id, "divrplyfwdmsg" | "appendonsend" | "stopspelling" | "olk_src_body_section")
        || id == "ms-outlook-mobile-reference-message"
        || id.starts_with("yahoo_quoted");
    let rule = tag.name.eq_ignore_ascii_case("hr") && tag.attribute("tabindex") == Some("-1");
    let rest_class = &["yahoo_quoted", "protonmail_quote", "tutanota_quote", "ms-outlook-mobile-reference-message"];
    if rest_id || rule || has_class(rest_class) || is_outlook_border(tag) {
        return Some(Mark::Rest);
    }
    if has_class(&["gmail_quote", "gmail_quote_container", "gmail_attr", "moz-cite-prefix", "zmail_extra"]) {
        return Some(Mark::Sign);
    }
    let signature_id = matches!(id, "signature" | "applemailsignature" | "ms-outlook-mobile-signature");
    let signature_class =
        &["gmail_signature", "moz-signature", "protonmail_signature_block", "ms-outlook-mobile-signature"];
    let smart = tag.attribute("data-smartmail").is_some_and(|v| v.eq_ignore_ascii_case("gmail_signature"));
    (signature_id || smart || has_class(signature_class)).then_some(Mark::Signature)
}

/// Outlook on the desktop draws a line above the header of the quoted mail, in these colours and no others.
fn is_outlook_border(tag: &Tag<'_>) -> bool {
    let Some(style) = tag.attribute("style") else { return false };
    let is_line = |(name, value): (String, String)| {
        name == "border-top" && ["#b5c4df", "#e1e1e1"].iter().any(|colour| value.contains(colour))
    };
    let outlook = declarations(style).any(is_line);
    outlook && tag.name.eq_ignore_ascii_case("div")
}
