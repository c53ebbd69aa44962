//! How a token is told to a mail server. Pure.

use std::fmt;

/// The two ways; the first is what both great providers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Google's, which Microsoft took over.
    XOAuth2,
    /// RFC 7628.
    OAuthBearer,
}

/// By its name in the protocols.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::XOAuth2 => "XOAUTH2",
            Self::OAuthBearer => "OAUTHBEARER",
        })
    }
}

impl Way {
    /// The one to take of those that a server offers.
    pub fn offered(is_offered: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::XOAuth2, Self::OAuthBearer].into_iter().find(|way| is_offered(&way.to_string()))
    }

    /// What is sent, before base64.
    pub fn message(self, user: &str, token: &str, host: &str, port: u16) -> String {
        match self {
            Self::XOAuth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
            // `,` and `=` in a name are written otherwise (RFC 5801 §4).
            Self::OAuthBearer => {
                let name = user.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
        }
    }

    /// What is sent where the server asks on: it has refused, says why, and waits before it says so for good.
    pub fn heard(self) -> &'static str {
        match self {
            Self::XOAuth2 => "",
            Self::OAuthBearer => "\x01",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_those_of_the_papers() {
        let told = |way: Way| way.message("a=b@x.nl", "T", "h", 993);
        assert_eq!(told(Way::XOAuth2), "user=a=b@x.nl\x01auth=Bearer T\x01\x01");
        assert_eq!(told(Way::OAuthBearer), "n,a=a=3Db@x.nl,\x01host=h\x01port=993\x01auth=Bearer T\x01\x01");
        assert_eq!(Way::offered(|way| way == "OAUTHBEARER"), Some(Way::OAuthBearer));
        assert_eq!(Way::offered(|_| true), Some(Way::XOAuth2));
        assert_eq!(Way::offered(|_| false), None);
    }
}
