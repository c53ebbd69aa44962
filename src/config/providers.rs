//! What known providers take from one mailbox: the defaults of `[sender]` where its host is theirs. One table, from the
//! providers' own pages (2026-11); data and nothing else.

/// How much a provider takes; None: it says nothing of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Takes {
    /// Connections at once.
    pub connections: u64,
    /// Letters a minute.
    pub per_minute: Option<u64>,
    /// Letters in any 24 hours.
    pub per_day: Option<u64>,
}

/// Of a server that is nobody's we know.
const USUAL: Takes = Takes { connections: 4, per_minute: None, per_day: None };

/// Hosts, and what they take.
const TABLE: [(&[&str], Takes); 3] = [
    // learn.microsoft.com, "Message storage and concurrent connection throttling for SMTP Authenticated Submission": each of
    // our letters has one recipient.
    (
        &["smtp.office365.com", "outlook.office365.com", "smtp-mail.outlook.com"],
        Takes { connections: 3, per_minute: Some(30), per_day: Some(10_000) },
    ),
    // support.google.com/a/answer/166852: of a paid Workspace; of a trial or a mailbox below gmail.com 500.
    (&["smtp.gmail.com", "smtp.googlemail.com"], Takes { per_day: Some(2_000), ..USUAL }),
    // support.google.com/a/answer/2956491: of one user.
    (&["smtp-relay.gmail.com"], Takes { per_day: Some(10_000), ..USUAL }),
];

pub(super) fn takes(host: &str) -> Takes {
    let host = host.trim_end_matches('.');
    let is_theirs = |hosts: &[&str]| hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
    TABLE.into_iter().find(|(hosts, _)| is_theirs(hosts)).map_or(USUAL, |(_, takes)| takes)
}

#[cfg(test)]
mod tests {
    use crate::config::from_toml;

    /// Connections, letters a minute and a day.
    fn limits(host: &str, lines: &str) -> (usize, Option<u32>, Option<u32>) {
        let text = format!(
            "[desk]\nname = \"L\"\naddress = \"k@lease.example\"\n[mailbox]\nkind = \"maildir\"\npath = \"in\"\n\
             accept_unproven_staff = true\n[sender]\nhost = \"{host}\"\n{lines}\n[[department]]\nname = \"a\"\n\
             title = \"A\"\naddress = \"a@lease.example\"\nsupervisor = \"b@lease.example\"\nfallback = true\n"
        );
        let sender = from_toml(&text, "k.toml").unwrap().sender;
        (sender.connections, sender.per_minute, sender.per_day)
    }

    #[test]
    fn a_known_providers_limits_are_the_defaults_and_the_settings_go_before_them() {
        assert_eq!(limits("smtp.lease.example", ""), (4, None, None));
        assert_eq!(limits("SMTP.Office365.com", ""), (3, Some(30), Some(10_000)));
        assert_eq!(limits("smtp.gmail.com.", ""), (4, None, Some(2_000)));
        assert_eq!(limits("smtp-relay.gmail.com", ""), (4, None, Some(10_000)));
        assert_eq!(limits("smtp.gmail.com", "per_day = 500\nconnections = 1"), (1, None, Some(500)));
        assert_eq!(limits("smtp.office365.com", "per_minute = 0"), (3, None, Some(10_000)), "0 is no limit");
        assert_eq!(limits("smtp.lease.example", "per_minute = 5"), (4, Some(5), None));
    }
}
