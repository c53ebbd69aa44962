//! What a server says, and what the operator does next: one table for the check, the log and the letter to the operator.
//! Pure. A dialect that misleads is a row more.

use crate::outbox::transport::Stage;

/// When a row is for what was met.
enum When {
    /// The reply's code.
    Code(&'static [u16]),
    /// Words in what was met, in lower case; any of them.
    Says(&'static [&'static str]),
    /// Both.
    CodeSaying(&'static [u16], &'static [&'static str]),
    Always,
}

/// Stages, what is met there, and the next step. The first row that fits is taken.
const ROWS: &[(&[Stage], When, &str)] = {
    use Stage::{Connect, Content, Data, FinalDot, Greeting, Letter, Login, MailFrom, RcptTo, Tls};
    use When::{Always, Code, CodeSaying, Says};
    &[
        (
            &[Tls],
            Says(&["invalidcontenttype", "corrupt message"]),
            "this port begins in plain text: write security = \"starttls\" with its port (mostly 587), or the port for TLS \
             (mostly 465)",
        ),
        (
            &[Greeting, Tls],
            Says(&["the port speaks tls"]),
            "write security = \"tls\", or the port for STARTTLS (mostly 587)",
        ),
        (
            &[Tls],
            Says(&["does not offer starttls"]),
            "try security = \"tls\" with its port (mostly 465); on this machine itself \"none\"",
        ),
        (&[Tls], Says(&["ca_file"]), "write the authority's certificate there, in PEM"),
        (&[Tls], Says(&["unknownissuer"]), "write the authority's certificate in ca_file, where it is a private one"),
        (
            &[Tls],
            Says(&["not valid for name"]),
            "write host as the certificate names it, or let the administrator renew the certificate with this name",
        ),
        (&[Tls], Says(&["expired"]), "let the mail server's administrator renew the certificate"),
        (&[Tls], Says(&["notvalidyet"]), "look at this machine's clock"),
        (&[Tls], Always, "check host, port, security and ca_file"),
        (
            &[Connect],
            Says(&["refused"]),
            "check host, port and the network: nothing listens there, or a firewall turns us away",
        ),
        (
            &[Connect],
            Says(&["lookup", "name or service", "resolve"]),
            "check host, port and the network: the name is not known to the DNS",
        ),
        (&[Connect], Always, "check host, port and the network"),
        (
            &[Login],
            Says(&["cram-md5", "xoauth2", "gssapi", "scram", "ntlm", "oauthbearer", "digest-md5", "external"]),
            "let the administrator allow PLAIN or LOGIN over TLS (an app password, basic SMTP AUTH), or name another server",
        ),
        (
            &[Login],
            Says(&["offers no login"]),
            "many servers offer it only under TLS or on the submission ports: write security = \"tls\" (465) or \
             \"starttls\" (587); or take out username and password, where this machine may send without",
        ),
        (
            &[Login],
            Code(&[530, 538]),
            "the server wants TLS first: write security = \"tls\" (465) or \"starttls\" (587)",
        ),
        (
            &[Login],
            Says(&["smtpclientauthentication is disabled"]),
            "switch SMTP AUTH on for this mailbox (Set-CASMailbox -SmtpClientAuthenticationDisabled $false), or for the \
             organisation where it says Tenant; security defaults must not forbid it",
        ),
        (
            &[Login],
            CodeSaying(
                &[534, 535],
                &["application-specific", "app password", "basic authentication", "disabled", "5.7.9", "5.7.139"],
            ),
            "the provider does not take the account's own password: make an app password, or let the administrator allow \
             SMTP AUTH for this mailbox",
        ),
        (
            &[Login],
            Code(&[421, 432, 450, 451, 452, 454]),
            "nothing to do at first: the server cannot check logins now; it is tried again",
        ),
        (
            &[Login],
            Always,
            "check username and password; with a token, that it may send as this mailbox (SMTP.SendAsApp)",
        ),
        (
            &[Greeting],
            Says(&["at: * ok", "at: * preauth", "at: * bye", "at: +ok"]),
            "this is a port for fetching mail (IMAP or POP3): write the port for sending, 465 with security = \"tls\" or 587 \
             with \"starttls\"",
        ),
        (
            &[Greeting],
            Says(&["too many", "connections", "concurren"]),
            "write fewer `connections` in [sender], where it does not pass by itself",
        ),
        (
            &[Greeting],
            Code(&[554, 550, 521]),
            "the server does not talk to this machine: check host and port (a submission port, 465 or 587, wants a login \
             and takes more), or ask its administrator to let this address in",
        ),
        (
            &[Greeting],
            Says(&["nothing came"]),
            "check host, port and security: another kind of server may listen there",
        ),
        (
            &[MailFrom, RcptTo],
            Code(&[530, 534, 535, 538]),
            "the server wants a login: write username and password in [sender]",
        ),
        (
            &[MailFrom],
            Says(&["with a token"]),
            "let the server take name+token@domain for the same mailbox (\"plus addressing\", \"recipient delimiter\", \
             \"send as\"): letters are sent from it, so that what comes back names its case",
        ),
        (
            &[MailFrom],
            Always,
            "let the server allow this account to send as the desk's address ([desk] address), or log in as that mailbox",
        ),
        (
            &[RcptTo],
            Always,
            "let the server take mail for the desk's own address from this account (a login may be needed), and look whether \
             it lets us send at all",
        ),
        (
            &[Letter, Greeting, Data, Content, FinalDot],
            Always,
            "ask the mail server's administrator, whose log names the reason",
        ),
    ]
};

/// The next step for what was met at this stage: the reply's code where there was one, and the words.
pub(super) fn next_step(stage: Stage, code: Option<u16>, met: &str) -> &'static str {
    let met = met.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| met.contains(word));
    let has = |codes: &[u16]| code.is_some_and(|code| codes.contains(&code));
    let fits = |when: &When| match when {
        When::Code(codes) => has(codes),
        When::Says(words) => says(words),
        When::CodeSaying(codes, words) => has(codes) && says(words),
        When::Always => true,
    };
    let row = ROWS.iter().find(|(stages, when, _)| stages.contains(&stage) && fits(when));
    row.map_or("look into the mail server's log", |(_, _, next)| next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_a_next_step() {
        use Stage::{Connect, Content, Data, FinalDot, Greeting, Letter, Login, MailFrom, RcptTo, Tls};
        for stage in [Letter, Connect, Tls, Greeting, Login, MailFrom, RcptTo, Data, Content, FinalDot] {
            assert_ne!(next_step(stage, None, ""), "look into the mail server's log", "{stage}");
        }
    }

    #[test]
    fn no_row_stands_behind_one_that_takes_all() {
        for (at, (stages, _, next)) in ROWS.iter().enumerate() {
            for stage in *stages {
                let before = ROWS.iter().take(at).any(|(s, when, _)| s.contains(stage) && matches!(when, When::Always));
                assert!(!before, "never reached at {stage}: {next}");
            }
        }
    }
}
