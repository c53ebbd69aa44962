//! HTML → readable text.
pub(crate) struct Page {
    pub text: String,
    pub quote_starts: Vec<usize>,
}
pub(crate) fn to_text(html: &str) -> Page {
    Page { text: mail_parser::decoders::html::html_to_text(html), quote_starts: Vec::new() }
}
