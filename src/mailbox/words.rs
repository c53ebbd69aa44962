//! What mail servers say, and what the operator does next: one table, searched for the server's own words, so that the
//! next provider's wording is one line more. Pure.

/// Where in the conversation a saying means what the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    LoggingIn,
    /// A folder, a move or a mark that is turned down.
    Working,
    /// The server takes leave, or never begins to talk IMAP.
    Meeting,
    Securing,
}

struct Saying {
    when: When,
    /// Any of these, in small letters.
    says: &'static [&'static str],
    next: &'static str,
}

/// What we add to a server's word about a login that was made with a token.
pub(super) const WITH_A_TOKEN: &str = "(with a token)";
const PROTECT: &str = "the server takes no password on an unprotected connection: set mailbox.security to \"starttls\" (143) or \"tls\" (993)";
const OAUTH: &str = "the server offers no login by password, only OAuth2: make an app password for this account, or ask the provider for IMAP with a password";
const NO_MAILBOX: &str = "the password is right, but the account has no mailbox on the server: have the mail administrator make it (Courier: maildirmake), or correct mailbox.username";
const RIGHTS: &str = "give the account the rights on this folder to insert and to delete mail (an administrator: MYRIGHTS shows which it has), or choose another one under [mailbox]";
const QUOTA: &str =
    "the mailbox is full: delete old mail or have the quota raised; complaints are registered meanwhile";

const CONNECTIONS: &str = "other programs hold the connections that the server allows this account or address: close some, or have the limit raised";
const NUMBERS: &str =
    "the server allows no more folders or mails: delete some by hand, or choose folders under [mailbox] that exist";

/// The table. The first line that fits counts.
const SAYINGS: &[Saying] = &[
    Saying {
        when: When::LoggingIn,
        // Too many attempts are another thing.
        says: &[
            "[limit]",
            "too many connections",
            "too many simultaneous",
            "too many concurrent",
            "too many sessions",
            "too many open",
            "maximum number of connections",
            "connection limit",
            "connections exceeded",
        ],
        next: CONNECTIONS,
    },
    Saying {
        when: When::LoggingIn,
        says: &["authenticated but not connected"],
        next: "the token is right, but the application may not open this mailbox: give its service principal FullAccess on it, with the object id of the enterprise application (docs/microsoft365.md)",
    },
    Saying {
        when: When::LoggingIn,
        says: &[WITH_A_TOKEN],
        next: "check mailbox.username, that IMAP is on for this mailbox, and that whom the token is for may open it (docs/microsoft365.md, docs/google.md)",
    },
    Saying { when: When::LoggingIn, says: &["oauth", "basicauthblocked", "basic authentication"], next: OAUTH },
    Saying {
        when: When::LoggingIn,
        says: &[
            "privacyrequired",
            "logindisabled",
            "login disabled",
            "login is disabled",
            "starttls",
            "plaintext authentication",
            "plaintext login",
            "plain text",
            "encryption",
            "tls required",
            "ssl required",
            "requires tls",
            "requires ssl",
        ],
        next: PROTECT,
    },
    Saying {
        when: When::LoggingIn,
        says: &["app password", "application-specific", "app-specific", "weblogin", "web login", "log in via your web"],
        next: "the provider wants an app password for mail programs: make one in the account's security settings, and set it as mailbox.password",
    },
    Saying {
        when: When::LoggingIn,
        says: &["[expired]", "password expired", "password has expired"],
        next: "the account's password has expired: set a new one, there and in mailbox.password",
    },
    Saying {
        when: When::LoggingIn,
        says: &["imap access is disabled", "imap disabled", "imap is disabled", "not enabled for imap", "imap access"],
        next: "switch on IMAP for this account in the provider's settings",
    },
    Saying {
        when: When::LoggingIn,
        says: &["account disabled", "account is disabled", "locked", "suspended", "blocked"],
        next: "the account is closed at the provider: have its administrator open it",
    },
    Saying {
        when: When::LoggingIn,
        says: &[
            "unable to open",
            "no such file",
            "no such mailbox",
            "mailbox does not exist",
            "maildir",
            "chdir",
            "home directory",
        ],
        next: NO_MAILBOX,
    },
    Saying {
        when: When::LoggingIn,
        says: &["[authorizationfailed]", "not authorized", "permission denied"],
        next: "the password is right, but the account may not open this mailbox: give it the right, or correct mailbox.username",
    },
    Saying {
        when: When::Meeting,
        says: &["too many", "maximum number of connections", "[limit]", "connection limit"],
        next: CONNECTIONS,
    },
    Saying {
        when: When::Meeting,
        says: &["unable to open", "no such file", "maildir", "chdir", "home directory"],
        next: NO_MAILBOX,
    },
    Saying {
        when: When::Meeting,
        says: &["preauth"],
        next: "klachtpost proves itself with its own password: name a port that asks for a login",
    },
    Saying {
        when: When::Securing,
        says: &["corrupt message", "invalidcontenttype", "not tls", "plain text"],
        next: "that port does not begin with TLS: set mailbox.security to \"starttls\" (usually port 143), or mailbox.port to the TLS port (usually 993)",
    },
    Saying {
        when: When::Securing,
        says: &["turned starttls down"],
        next: "the server has no STARTTLS on this port: set mailbox.security to \"tls\" and mailbox.port to its TLS port (usually 993)",
    },
    Saying {
        when: When::Working,
        says: &["quota", "mailbox full", "mailbox is full", "no space", "disk full", "disk is full"],
        next: QUOTA,
    },
    Saying { when: When::Working, says: &["[limit]", "too many", "maximum number of", "limit of"], next: NUMBERS },
    Saying {
        when: When::Working,
        says: &["[noperm]", "permission", "read-only", "read only", "not allowed", "access denied", "acl"],
        next: RIGHTS,
    },
    Saying {
        when: When::Working,
        says: &["[cannot]", "invalid mailbox name", "invalid name", "illegal", "character"],
        next: "choose a name under [mailbox] that the server allows",
    },
];

/// What an operator does when the login is turned down with these words.
pub(super) fn next_at_login(text: &str) -> &'static str {
    lookup(When::LoggingIn, text).unwrap_or("check mailbox.username and mailbox.password")
}

/// Whether a login was turned down for connections, not for who asked.
pub(super) fn is_about_connections(text: &str) -> bool {
    lookup(When::LoggingIn, text) == Some(CONNECTIONS)
}

/// Whether mail is turned down because there is no room for it.
pub(super) fn is_about_room(text: &str) -> bool {
    next_at_work(text).is_some_and(|next| [QUOTA, NUMBERS].contains(&next))
}

/// What helps where a command was turned down with these words, if the table knows them.
pub(super) fn next_at_work(text: &str) -> Option<&'static str> {
    lookup(When::Working, text)
}

/// What helps where there is no working connection.
pub(super) fn next_when_away(found: &str) -> &'static str {
    lookup(When::Meeting, found).unwrap_or("is the server up, and are mailbox.host and mailbox.port right?")
}

/// What helps where the answer makes no sense.
pub(super) fn next_when_garbled(found: &str) -> &'static str {
    lookup(When::Meeting, found)
        .unwrap_or("none, it is tried again on a new connection; if it stays, look at what listens on that port")
}

/// What helps where TLS does not begin.
pub(super) fn next_without_tls(found: &str) -> &'static str {
    lookup(When::Securing, found).unwrap_or(
        "renew the certificate, correct mailbox.host, or name a private authority in mailbox.ca_file (a self-signed server certificate cannot be its own authority)",
    )
}

fn lookup(when: When, text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let fits = |saying: &&Saying| saying.when == when && saying.says.iter().any(|says| text.contains(says));
    SAYINGS.iter().find(fits).map(|saying| saying.next)
}

/// Ways of logging in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    /// The LOGIN command.
    Command,
    /// SASL PLAIN (RFC 4616).
    Plain,
}

/// How to log in where the server offers this (capitals); or what it says instead, in words of the table.
/// LOGIN's quoted strings are 7-bit.
pub(super) fn login_by(offers: &[String], ascii: Ascii) -> Result<Login, &'static str> {
    let offered = |name: &str| offers.iter().any(|offer| offer == name);
    let ways: Vec<&str> = offers.iter().filter_map(|offer| offer.strip_prefix("AUTH=")).collect();
    let only_tokens = !ways.is_empty() && ways.iter().all(|way| matches!(*way, "XOAUTH2" | "OAUTHBEARER"));
    match (offered("LOGINDISABLED"), ascii) {
        (true, _) if offered("AUTH=PLAIN") => Ok(Login::Plain),
        (true, _) if only_tokens => Err("LOGINDISABLED, and only OAuth2 is offered"),
        (true, _) => Err("LOGINDISABLED: no login by password on this connection"),
        (false, Ascii::Yes) => Ok(Login::Command),
        (false, Ascii::No) => Ok(Login::Plain),
    }
}

/// Whether name and password are plain ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ascii {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_saying_has_its_next_step() {
        for (says, next) in [
            ("[PRIVACYREQUIRED] Plaintext authentication disallowed", PROTECT),
            ("LOGINDISABLED: no login by password on this connection", PROTECT),
            ("BAD: Must issue a STARTTLS command first", PROTECT),
            ("LOGINDISABLED, and only OAuth2 is offered", OAUTH),
            ("Unable to open this mailbox.", NO_MAILBOX),
            ("[LIMIT] too many connections", CONNECTIONS),
            ("Too many login failures", "check mailbox.username and mailbox.password"),
            ("[ALERT] Fatal error: chdir: No such file or directory", NO_MAILBOX),
            ("[AUTHENTICATIONFAILED] Authentication failed.", "check mailbox.username and mailbox.password"),
        ] {
            assert_eq!(next_at_login(says), next, "{says}");
        }
        assert!(next_without_tls("received corrupt message of type InvalidContentType").contains("starttls"));
        assert!(next_without_tls("invalid peer certificate: Expired").contains("renew the certificate"));
        assert_eq!(next_at_work("[OVERQUOTA] Quota exceeded"), Some(QUOTA));
        assert_eq!(next_at_work("[NOPERM] Permission denied"), Some(RIGHTS));
        assert_eq!(next_at_work("[SERVERBUG] Oops"), None);
        assert!(next_when_away("the server said BYE: too many connections").contains("close some"));
    }

    #[test]
    fn the_way_of_logging_in_is_one_the_server_offers() {
        let by = |offers: &str, ascii| login_by(&offers.split(' ').map(str::to_owned).collect::<Vec<_>>(), ascii);
        assert_eq!(by("IMAP4REV1", Ascii::Yes), Ok(Login::Command));
        assert_eq!(by("IMAP4REV1 AUTH=XOAUTH2", Ascii::Yes), Ok(Login::Command), "the server's own words count");
        assert_eq!(by("IMAP4REV1", Ascii::No), Ok(Login::Plain));
        assert_eq!(by("IMAP4REV1 LOGINDISABLED AUTH=PLAIN", Ascii::Yes), Ok(Login::Plain));
        assert!(by("IMAP4REV1 STARTTLS LOGINDISABLED", Ascii::Yes).is_err());
        assert!(by("IMAP4REV1 LOGINDISABLED AUTH=XOAUTH2", Ascii::Yes).unwrap_err().contains("OAuth2"));
    }
}
