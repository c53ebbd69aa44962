//! Mail providers by the names of their servers: where the mailboxes of a domain are that they keep. A provider is a row
//! more. What stands here is only proposed: each server is met first, and no password goes to it unconfirmed. Pure.

use super::questions::Place;
use crate::config::Security;

/// How a provider lets programs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetsIn {
    ByPassword,
    /// Tokens only: an application of the company's own.
    Microsoft,
    /// Tokens of a service account, or an app password.
    Google,
}

impl LetsIn {
    /// Where it says what has to be set up there first.
    pub fn guide(self) -> &'static str {
        match self {
            Self::ByPassword => "",
            Self::Microsoft => " What to set up there first: docs/microsoft365.md",
            Self::Google => " What to set up there first: docs/google.md",
        }
    }
}

/// One provider.
pub(super) struct Provider {
    pub name: &'static str,
    /// Names at whose end the mail exchangers (MX) of its domains are, and its own domains that people have addresses in.
    names: &'static [&'static str],
    imap: (&'static str, u16, Security),
    smtp: (&'static str, u16, Security),
    pub lets_in: LetsIn,
}

impl Provider {
    pub fn imap(&self) -> Place {
        Place::new(self.imap.0, self.imap.1, self.imap.2)
    }

    pub fn smtp(&self) -> Place {
        Place::new(self.smtp.0, self.smtp.1, self.smtp.2)
    }
}

const PROVIDERS: &[Provider] = {
    use Security::{StartTls, Tls};
    &[
        Provider {
            name: "Microsoft 365",
            names: &["mail.protection.outlook.com", "mx.microsoft"],
            imap: ("outlook.office365.com", 993, Tls),
            smtp: ("smtp.office365.com", 587, StartTls),
            lets_in: LetsIn::Microsoft,
        },
        Provider {
            name: "Google",
            names: &["google.com", "googlemail.com", "gmail.com"],
            imap: ("imap.gmail.com", 993, Tls),
            smtp: ("smtp.gmail.com", 465, Tls),
            lets_in: LetsIn::Google,
        },
        Provider {
            name: "TransIP",
            names: &["transip.email"],
            imap: ("imap.transip.email", 993, Tls),
            smtp: ("smtp.transip.email", 465, Tls),
            lets_in: LetsIn::ByPassword,
        },
        Provider {
            name: "KPN",
            names: &["kpnmail.nl"],
            imap: ("imap.kpnmail.nl", 993, Tls),
            smtp: ("smtp.kpnmail.nl", 587, StartTls),
            lets_in: LetsIn::ByPassword,
        },
        Provider {
            name: "Ziggo",
            names: &["ziggo.nl"],
            imap: ("imap.ziggo.nl", 993, Tls),
            smtp: ("smtp.ziggo.nl", 587, StartTls),
            lets_in: LetsIn::ByPassword,
        },
    ]
};

/// Who keeps the mail of this domain, as its mail exchangers tell.
pub(super) fn provider(domain: &str, exchangers: &[String]) -> Option<&'static Provider> {
    PROVIDERS
        .iter()
        .find(|one| std::iter::once(domain).chain(exchangers.iter().map(String::as_str)).any(|n| one.has(n)))
}

/// Who keeps a server of this name, where somebody named it.
pub(super) fn provider_at(place: &Place) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|one| one.imap.0 == place.host || one.smtp.0 == place.host)
}

impl Provider {
    fn has(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_lowercase();
        let below =
            |suffix: &&str| name.strip_suffix(*suffix).is_some_and(|before| before.is_empty() || before.ends_with('.'));
        self.names.iter().any(below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_known_by_the_exchangers_of_the_domain() {
        for (domain, exchanger, name) in [
            ("lease.nl", "lease-nl.mail.protection.outlook.com.", Some("Microsoft 365")),
            ("lease.nl", "lease-nl.a-v1.mx.microsoft", Some("Microsoft 365")),
            ("lease.nl", "ASPMX.L.GOOGLE.COM", Some("Google")),
            ("gmail.com", "", Some("Google")),
            ("lease.nl", "mx0.transip.email", Some("TransIP")),
            ("ziggo.nl", "", Some("Ziggo")),
            ("lease.nl", "mx.lease.nl", None),
            ("lease.nl", "evilgoogle.com", None),
        ] {
            assert_eq!(provider(domain, &[exchanger.to_owned()]).map(|one| one.name), name, "{domain} {exchanger}");
        }
        let named = Place::new("smtp.office365.com", 587, Security::StartTls);
        assert_eq!(provider_at(&named).map(|one| one.lets_in), Some(LetsIn::Microsoft));
    }
}
