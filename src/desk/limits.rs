//! How many automatic letters may go out, and what holds one back: the settings' numbers, and the names. Plain values.

use serde::Serialize;

/// Letters of the desk in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// To customers of one domain.
    pub domain: usize,
    /// Acknowledgements to addresses of one domain whose mails nothing proves: what a forger can have sent to others in its
    /// name. None: no mail server says who is proven.
    pub unproven: Option<usize>,
    /// Of the whole desk.
    pub desk: usize,
}

/// What holds a letter back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cap {
    /// One address: held and bundled.
    Address,
    /// Senders of one domain whom nothing proves: held until the hour has passed.
    Unproven,
    /// One domain: held until the hour has passed.
    Domain,
    /// The desk: held until the hour has passed.
    Desk,
}

impl Cap {
    pub const ALL: [Self; 4] = [Self::Address, Self::Unproven, Self::Domain, Self::Desk];

    /// The stable name in the register, as the reason why a letter is held.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "cap",
            Self::Unproven => "cap_unproven",
            Self::Domain => "cap_domain",
            Self::Desk => "cap_desk",
        }
    }
}
