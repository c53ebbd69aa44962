//! An envelope address as SMTP can carry it. Pure.
//! Customers' addresses are taken as they come: what an address is worth is the server's to say, so only what would
//! break the command line is refused here.

use lettre::Address;

/// Longest path a server must take (RFC 5321 §4.5.3.1.3), without its angle brackets.
const MAX_ADDRESS_BYTES: usize = 254;

/// Why an address cannot be put in an SMTP command. Names no address, so that it can be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum AddressError {
    #[error("the address holds a line break or another control character")]
    Control,
    #[error("the address is longer than {MAX_ADDRESS_BYTES} bytes")]
    TooLong,
    #[error("the address is not of the form name@domain")]
    Form,
}

/// The address with its domain in ASCII (RFC 5890 A-labels), which every server understands.
///
/// `a..b@x.nl` and `.a@x.nl` are against the grammar, and yet exist (Japanese providers gave them out): they pass.
pub(super) fn for_smtp(text: &str) -> Result<Address, AddressError> {
    if text.chars().any(char::is_control) {
        return Err(AddressError::Control);
    }
    if text.len() > MAX_ADDRESS_BYTES {
        return Err(AddressError::TooLong);
    }
    let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Form)?;
    let domain = idna::domain_to_ascii(domain).map_err(|_| AddressError::Form)?;
    if let Ok(address) = Address::new(local, &domain) {
        return Ok(address);
    }
    let domain_is_sound = Address::new("postmaster", &domain).is_ok();
    if domain_is_sound && !local.is_empty() && local.chars().all(is_dot_or_atom) {
        return Ok(Address::new_dangerous(local, &domain));
    }
    Err(AddressError::Form)
}

/// RFC 5322 `atext` with the dot, and letters beyond ASCII (RFC 6531).
fn is_dot_or_atom(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_that_exist_pass() {
        for (text, expected) in [
            ("jan@klant.example", "jan@klant.example"),
            ("a..b@klant.example", "a..b@klant.example"),
            (".a.@klant.example", ".a.@klant.example"),
            ("\"jan de vries\"@klant.example", "\"jan de vries\"@klant.example"),
            ("jan@müller.example", "jan@xn--mller-kva.example"),
            ("josé@klant.example", "josé@klant.example"),
        ] {
            assert_eq!(for_smtp(text).map(|a| a.to_string()), Ok(expected.to_string()), "{text}");
        }
    }

    #[test]
    fn what_would_break_the_command_is_refused() {
        let long = format!("{}@klant.example", "a".repeat(MAX_ADDRESS_BYTES));
        for (text, expected) in [
            ("jan@klant.example\r\nDATA", AddressError::Control),
            ("\"a\nb\"@klant.example", AddressError::Control),
            (long.as_str(), AddressError::TooLong),
            ("jan", AddressError::Form),
            ("@klant.example", AddressError::Form),
            ("jan@", AddressError::Form),
            ("jan> SIZE=1@klant.example", AddressError::Form),
            ("jan@klant.example> BODY=7BIT", AddressError::Form),
        ] {
            assert_eq!(for_smtp(text), Err(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_breaks_out_of_the_angle_brackets(text in "\\PC{0,20}@\\PC{0,20}") {
            if let Ok(address) = for_smtp(&text) {
                let (local, domain) = (address.user(), address.domain());
                prop_assert!(domain.is_ascii() && !domain.contains(['<', '>', ' ']));
                prop_assert!(local.starts_with('"') || !local.contains(['<', '>', ' ']), "{local}");
            }
        }
    }
}
