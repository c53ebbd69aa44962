//! `format=flowed` (RFC 3676): lines that end in a blank go on in the next one. Pure.

use crate::text::lines;

/// Paragraphs put together again and stuffed blanks taken off. Quoted lines stay as they are: whoever reads a quote
/// needs its marks. With `delsp` the blank at a line's end is no part of the text (§4.1).
pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = false;
    for line in lines(text) {
        let quoted = line.starts_with('>');
        let content = if quoted { line } else { line.strip_prefix(' ').unwrap_or(line) };
        if open && quoted {
            // A quote ends a paragraph, even one that says it goes on (§4.5).
            out.push('\n');
        }
        let flows = !quoted && content.ends_with(' ') && content != "-- ";
        out.push_str(if flows && delsp { content.strip_suffix(' ').unwrap_or(content) } else { content });
        if !flows {
            out.push('\n');
        }
        open = flows;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_one_line_and_a_signature_stays_apart() {
        assert_eq!(unflow("Een lange \nzin.\n\nTwee\n-- \nJan", false), "Een lange zin.\n\nTwee\n-- \nJan\n");
        assert_eq!(unflow("Een lan \nge zin", true), "Een lange zin\n");
    }

    #[test]
    fn stuffing_goes_and_quotes_stay() {
        assert_eq!(unflow(" >geen citaat\n> wel \n> een", false), ">geen citaat\n> wel \n> een\n");
        assert_eq!(unflow("loopt door \n> citaat", false), "loopt door \n> citaat\n");
    }
}
