//! What a value must be beyond its type, and what the sections must be to each other. Pure but for what [`Section`]
//! reads; nothing here looks anything up on a network.

use super::keyword::{Keyword, MIN_LETTERS};
use super::mailboxes::{key_of, mailboxes_agree};
use super::operator::watch_is_for_somebody;
use super::outside::authorities_are_outside;
use super::register::postgres_needs_a_secret;
use super::section::{Reading, Section, clipped};
use super::text::texts_can_be_sent;
use super::web_form::forms_are_nobody_else;
use super::{Auth, Config, Mailbox, PLATE, Reference};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;

/// Fewest characters of a reply secret: 128 bits written as hexadecimal.
const MIN_SECRET_CHARS: usize = 32;
/// Longest name that staff type behind a verb: of a department, of a text.
const MAX_NAME_CHARS: usize = 40;
/// A line in the head of a letter on paper; more does not stand in its column.
const MAX_PRINTED_CHARS: usize = 60;
/// Lines of the company's address there; more would run into the window of the envelope.
const MAX_PRINTED_LINES: usize = 3;

fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

/// A bare e-mail address that must be there.
pub(super) fn address(s: &mut Section, key: &'static str, write: &str) -> String {
    let text = s.required(key, write);
    if !is_address(&text) {
        s.refuse(key, format!("\"{}\"", clipped(&text)), format!("write {write}, without name or brackets"));
    }
    text
}

/// The same where it may be left out.
pub(super) fn given_address(s: &mut Section, key: &'static str) -> Option<String> {
    let text = s.text(key).filter(|text| !text.is_empty())?;
    if !is_address(&text) {
        s.refuse(key, format!("\"{}\"", clipped(&text)), "write a bare address, or take it out");
    }
    Some(text)
}

/// A list of bare e-mail addresses.
pub(super) fn addresses(s: &mut Section, key: &'static str) -> Vec<String> {
    let texts = s.list(key);
    let bad: Vec<String> =
        texts.iter().filter(|text| !is_address(text)).map(|bad| format!("\"{}\"", clipped(bad))).collect();
    if !bad.is_empty() {
        let write = format!("write bare addresses, e.g. `{key} = [\"jan@lease.example\"]`");
        s.refuse(key, bad.join(", "), write);
    }
    texts
}

/// A line of the company's address block, if one is given.
pub(super) fn printed_line(s: &mut Section, key: &'static str) -> Option<String> {
    let line = s.text(key).filter(|line| !line.is_empty())?;
    fits_on_paper(s, key, &line);
    Some(line)
}

/// The postcode and place of that block.
pub(super) fn printed_place(s: &mut Section, key: &'static str) -> String {
    let line = s.required(
        key,
        "the company's postcode and place, e.g. `postcode_and_place = \"3800 AC  Amersfoort\"`, or take out [paper]",
    );
    if !line.is_empty() {
        fits_on_paper(s, key, &line);
    }
    line
}

fn fits_on_paper(s: &mut Section, key: &'static str, line: &str) {
    if !is_printed(line) {
        let write = format!("write one line of at most {MAX_PRINTED_CHARS} characters");
        s.refuse(key, format!("\"{}\"", clipped(line)), write);
    }
}

/// The lines of the company's address block that must be there.
pub(super) fn printed_lines(s: &mut Section, key: &'static str) -> Vec<String> {
    let lines = s.list(key);
    let write = format!(
        "write one to {MAX_PRINTED_LINES} lines of at most {MAX_PRINTED_CHARS} characters, e.g. `{key} = [\"Postbus 100\"]`"
    );
    match lines.iter().find(|line| !is_printed(line)) {
        Some(bad) => s.refuse(key, format!("\"{}\"", clipped(bad)), write),
        None if lines.is_empty() => s.refuse(key, "nothing", write),
        None if lines.len() > MAX_PRINTED_LINES => s.refuse(key, format!("{} lines", lines.len()), write),
        None => {}
    }
    lines
}

fn is_printed(line: &str) -> bool {
    !line.trim().is_empty() && line.chars().count() <= MAX_PRINTED_CHARS && !line.contains(char::is_control)
}

/// A server's name or IP address, without scheme or port.
pub(super) fn host(s: &mut Section, needed: bool) -> String {
    let host = s.text_or("host", "");
    if needed && host.is_empty() {
        s.refuse("host", "nothing", "write the server's name, e.g. `host = \"mail.lease.example\"`");
    }
    let is_name = host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if !is_name && host.parse::<std::net::IpAddr>().is_err() {
        let write = "write the server's name alone; the port goes into `port`";
        s.refuse("host", format!("\"{}\"", clipped(&host)), write);
    }
    host
}

/// An address of the web that a letter can show.
pub(super) fn url(s: &mut Section, key: &'static str) -> String {
    let url = s.required(key, "its web address, e.g. `url = \"https://www.commissie.example/\"`");
    web_address(s, key, &url);
    url
}

/// The same where it may be left out.
pub(super) fn given_url(s: &mut Section, key: &'static str) -> Option<String> {
    let url = s.text(key).filter(|url| !url.is_empty())?;
    web_address(s, key, &url);
    Some(url)
}

/// Whether a letter can show it.
pub(super) fn web_address(s: &mut Section, key: &'static str, url: &str) {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let is_plain = !rest.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\''));
    if !rest.starts_with(char::is_alphanumeric) || !is_plain {
        let write = "write a web address that begins with https:// or http://";
        s.refuse(key, format!("\"{}\"", clipped(url)), write);
    }
}

/// The key of the reply tokens, if one was given.
pub(super) fn reply_secret(s: &mut Section) -> Option<SecretString> {
    let secret = s.secret("secret", "secret_file");
    if let Some(secret) = &secret {
        let chars = secret.expose_secret().chars().count();
        if chars < MIN_SECRET_CHARS {
            let write = format!("write at least {MIN_SECRET_CHARS}, e.g. what `openssl rand -hex 32` prints");
            s.refuse("secret", format!("{chars} characters"), write);
        }
    }
    secret
}

/// Mail is moved from folder to folder, so no two may be one.
pub(super) fn folder_names(s: &mut Section, mailbox: &Mailbox) {
    let folders = [
        ("inbox", &mailbox.inbox),
        ("processed", &mailbox.processed),
        ("set_aside", &mailbox.set_aside),
        ("unreadable", &mailbox.unreadable),
        ("junk", &mailbox.junk),
    ];
    for (index, (key, folder)) in folders.iter().enumerate() {
        // No junk folder is watched where none is named.
        if folder.is_empty() && *key != "junk" {
            s.refuse(key, "nothing", format!("write a folder's name, e.g. `{key} = \"Klachten {key}\"`"));
        }
        let earlier = folders.iter().take(index).find(|(_, other)| other.eq_ignore_ascii_case(folder));
        if let Some((other, _)) = earlier.filter(|_| !folder.is_empty()) {
            s.refuse(key, format!("\"{}\", which is `{other}` too", clipped(folder)), "write a folder of its own");
        }
    }
}

/// A name that staff can type in one word; `why` it has to be one.
pub(super) fn one_word(s: &mut Section, key: &'static str, write: &str, why: &str) -> String {
    let name = s.required(key, write);
    let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !is_word || name.chars().count() > MAX_NAME_CHARS {
        let write = format!("write one word of at most {MAX_NAME_CHARS} letters and digits; {why}");
        s.refuse(key, format!("\"{}\"", clipped(&name)), write);
    }
    name
}

/// A kind of number by which people know a car or a contract.
pub(super) fn reference(s: &mut Section) -> Reference {
    let name = s.required("name", "what it is called in letters, e.g. `name = \"contract\"`");
    let pattern = s.text_or("pattern", "");
    if pattern.is_empty() && name != PLATE {
        s.refuse("pattern", "nothing", "write its regular expression; only `kenteken` has one of its own");
    }
    Reference { name, pattern }
}

/// Words that a complaint is routed by; a star only at an end. All that cannot be used are named at once.
pub(super) fn keywords(s: &mut Section, key: &'static str) -> Vec<String> {
    let keywords = s.list(key);
    let mut seen = BTreeSet::new();
    let mut bad = Vec::new();
    for keyword in &keywords {
        let why = match Keyword::parse(keyword) {
            Err(why) => why,
            Ok(_) if !seen.insert(keyword.to_lowercase()) => "twice: it would count double",
            Ok(_) => continue,
        };
        bad.push(format!("\"{}\" ({why})", clipped(keyword)));
    }
    if !bad.is_empty() {
        let write = format!(
            "write words of at least {MIN_LETTERS} letters, each once, a star only as the first or last character: \"schade*\""
        );
        s.refuse(key, bad.join(", "), write);
    }
    keywords
}

/// What holds between the sections.
pub(super) fn across_sections(config: &Config, reading: &mut Reading) {
    one_fallback(config, reading);
    names_once(config, reading);
    desk_writes_to_others(config, reading);
    forms_are_nobody_else(config, reading);
    authorities_are_outside(config, reading);
    tokens_come_from_somewhere(config, reading);
    watch_is_for_somebody(config, reading);
    mailboxes_agree(config, reading);
    texts_can_be_sent(config, reading);
    postgres_needs_a_secret(config, reading);
}

/// `auth = "oauth2"` says that there is a token, `[oauth2]` where it comes from.
fn tokens_come_from_somewhere(config: &Config, reading: &mut Reading) {
    let senders = [("sender", Some(&config.sender)), ("second_sender", config.second_sender.as_ref())];
    let of_senders = senders.into_iter().filter_map(|(name, sender)| Some((name, sender?.auth)));
    let of_senders = of_senders.map(|(section, auth)| (format!("{section}.auth"), auth));
    let mut wanting = config.mailboxes().map(|one| (key_of(config, one, "auth"), one.auth)).chain(of_senders);
    if config.oauth2.is_none()
        && let Some((key, _)) = wanting.find(|(_, auth)| *auth == Auth::OAuth2)
    {
        let write = "write [oauth2] and its keys below it: where the tokens come from";
        reading.refuse(&key, "\"oauth2\" without a section [oauth2]", write);
    }
}

/// §2.1.2: some department is responsible for every complaint.
fn one_fallback(config: &Config, reading: &mut Reading) {
    let fallbacks: Vec<&str> = config.department.iter().filter(|d| d.fallback).map(|d| d.name.as_str()).collect();
    if config.department.is_empty() {
        reading.refuse("department", "none", "write a [[department]] for each, one of them with `fallback = true`");
    } else if fallbacks.is_empty() {
        let write = "write `fallback = true` in the [[department]] that gets complaints no keyword meets";
        reading.refuse("department", "none with `fallback = true`", write);
    } else if fallbacks.len() > 1 {
        let found = format!("{} with `fallback = true` ({})", fallbacks.len(), fallbacks.join(", "));
        reading.refuse("department", found, "write it in one of them");
    }
}

fn names_once(config: &Config, reading: &mut Reading) {
    let mut seen = BTreeSet::new();
    for department in config.department.iter().filter(|d| !d.name.is_empty()) {
        if !seen.insert(department.name.to_lowercase()) {
            let key = format!("department \"{}\".name", department.name);
            reading.refuse(&key, "it twice", "write a name of its own for each department");
        }
    }
}

/// Invariant 5: a letter to the desk's own address would come back as mail, and be answered again.
fn desk_writes_to_others(config: &Config, reading: &mut Reading) {
    let of_mailboxes = config.mailboxes().flat_map(|one| one.own.address.iter().chain(&one.aliases));
    let own: Vec<String> = of_mailboxes.chain([&config.desk.address]).map(|own| without_tag(own)).collect();
    let is_desk = |address: &str| !config.desk.address.is_empty() && own.contains(&without_tag(address));
    let mut refuse = |key: String| {
        let write = "write another one: a letter to the complaints address would come back as a complaint";
        reading.refuse(&key, "the desk's own address", write);
    };
    for department in &config.department {
        let key = |key: &str| format!("department \"{}\".{key}", department.name);
        if is_desk(&department.address) {
            refuse(key("address"));
        }
        if is_desk(&department.supervisor) {
            refuse(key("supervisor"));
        }
        if department.staff.iter().any(|address| is_desk(address)) {
            refuse(key("staff"));
        }
    }
    if config.desk.employees.iter().any(|address| is_desk(address)) {
        refuse("desk.employees".to_owned());
    }
    if config.digest.recipients.iter().any(|address| is_desk(address)) {
        refuse("digest.recipients".to_owned());
    }
    if config.privacy.contact.as_ref().is_some_and(|contact| is_desk(contact)) {
        refuse("privacy.contact".to_owned());
    }
    for mailbox in config.mailboxes() {
        let contact = mailbox.own.privacy.as_ref().and_then(|privacy| privacy.contact.as_ref());
        if contact.is_some_and(|contact| is_desk(contact)) {
            refuse(key_of(config, mailbox, "privacy.contact"));
        }
        if mailbox.own.employees.iter().any(|address| is_desk(address)) {
            refuse(key_of(config, mailbox, "employees"));
        }
        if mailbox.own.digest_recipients.iter().any(|address| is_desk(address)) {
            refuse(key_of(config, mailbox, "digest.recipients"));
        }
    }
    if config.operator.as_ref().is_some_and(|operator| is_desk(&operator.address)) {
        refuse("operator.address".to_owned());
    }
}

/// The address in lower case, without what stands between `+` and `@`: that is delivered to the same mailbox.
fn without_tag(address: &str) -> String {
    let lower = address.to_lowercase();
    match lower.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => lower,
    }
}
