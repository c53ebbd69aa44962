//! What converting promises, by example, by property and by cost.

use super::*;
use proptest::prelude::*;

fn text(page: &str) -> String {
    to_text(page).text
}

#[test]
fn blocks_breaks_and_blanks() {
    assert_eq!(text("<p>Beste  mensen,</p><p>De\n auto<br>rijdt niet.</p>"), "Beste mensen,\n\nDe auto\nrijdt niet.\n");
    assert_eq!(text("<div>een</div><div><br></div><div>twee</div>"), "een\n\ntwee\n");
    assert_eq!(text("<p class=MsoNormal>een</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>twee"), "een\n\ntwee\n");
    assert_eq!(text("<b>vet</b><i>schuin</i> en <u>recht</u>"), "vetschuin en recht\n");
    assert_eq!(text("<pre>a  b\n  c</pre>"), "a  b\n  c\n");
}

#[test]
fn entities_also_the_broken_ones() {
    assert_eq!(text("caf&eacute; &amp; &lt;b&gt; &#8364; &#x20AC; &#128;"), "café & <b> € € €\n");
    assert_eq!(text("a&nbsp;b &nope; R&D &amp"), "a b &nope; R&D &\n");
}

#[test]
fn links_keep_their_target_once() {
    assert_eq!(text("<a href='https://x.nl/a?b=1&amp;c=2'>klik</a>"), "klik <https://x.nl/a?b=1&c=2>\n");
    assert_eq!(text("<a href='mailto:a@b.nl'>a@b.nl</a>, <a href='https://x.nl/'>x.nl</a>"), "a@b.nl, x.nl\n");
    assert_eq!(text("<a href='#top'>boven</a> <a href='javascript:x()'>x</a>"), "boven x\n");
}

#[test]
fn lists_and_tables_are_readable() {
    assert_eq!(text("<ul><li>een<li>twee<ul><li>drie</ul></ul>"), "- een\n- twee\n  - drie\n");
    assert_eq!(text("<ol><li>een</li><li>twee</li></ol>"), "1. een\n2. twee\n");
    assert_eq!(text("<table><tr><td>Naam<td>Jan<tr><td>Plaats</td><td>Ede</td></table>"), "Naam  Jan\nPlaats  Ede\n");
}

#[test]
fn what_is_hidden_stays_out() {
    let page = "<head><title>t</title><style>p{}</style></head>a<script>b</script><div style='display: none'>c<p>d</p></div>\
                <span hidden>e</span><!-- f --><img src=x alt=logo>g";
    assert_eq!(text(page), "ag\n");
    assert_eq!(text("Leuk <img alt='😊' src=x>"), "Leuk 😊\n");
}

#[test]
fn quotes_get_marks_and_indents_do_not() {
    assert_eq!(
        text("mijn<blockquote type=cite>een<blockquote>twee</blockquote></blockquote>"),
        "mijn\n> een\n>> twee\n"
    );
    assert_eq!(text("<blockquote style='margin-left:40px'>ingesprongen</blockquote>"), "ingesprongen\n");
}

#[test]
fn clients_say_where_a_quoted_mail_begins() {
    let outlook = "mijn<div id=appendonsend></div><hr tabindex='-1'><div id=divRplyFwdMsg>Van: x</div>hun";
    assert_eq!(to_text(outlook).marks.first(), Some(&(1, Mark::Rest)));
    let desktop = "mijn<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p>Van: x</p></div>";
    assert!(to_text(desktop).marks.contains(&(2, Mark::Rest)));
    let gmail = "mijn<div class=gmail_quote>Op ma schreef x:<blockquote class=gmail_quote>hun</blockquote></div>";
    assert!(to_text(gmail).marks.contains(&(1, Mark::Sign)));
    let signed = "mijn<div class=gmail_signature>Jan</div>nog iets";
    assert_eq!(to_text(signed).marks, [(1, Mark::Signature), (2, Mark::SignatureEnd)]);
}

#[test]
fn cost_grows_with_length_whatever_the_page_is_made_of() {
    // Each would take minutes if any step looked back over what went before.
    for piece in
        ["<div>", "<a href=\"", "<p", "</x>", "<blockquote>a", "&", "<!--", "<style>", "<ul><li>", "<b title='>"]
    {
        let page = piece.repeat(200_000 / piece.len());
        assert!(text(&page).len() <= page.len() * 12, "{piece}");
    }
}

proptest! {
    #[test]
    fn any_page_gives_text_without_controls(page in "[a-z <>/&;=\"'!-]{0,200}") {
        let shown = text(&page);
        prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'));
    }

    #[test]
    fn text_without_markup_is_kept(words in proptest::collection::vec("[a-z]{1,8}", 1..20)) {
        let joined = words.join(" ");
        prop_assert_eq!(text(&joined), format!("{joined}\n"));
    }
}
