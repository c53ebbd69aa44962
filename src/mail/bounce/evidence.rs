//! Who reports: is the sender a mail server, or a person who writes about (or passes on) a failure? Pure.

use super::super::parse::Parsed;
use super::{address, letter, phrases, status};

/// Local parts that mail servers report under, without their separators.
const DAEMONS: [&str; 8] = [
    "mailerdaemon",
    "postmaster",
    "mailerdeamon",
    "maildaemon",
    "maildeliverysystem",
    "maildeliverysubsystem",
    "mailer",
    "mdaemon",
];
/// Display names of reporting servers, in lower case.
const DAEMON_NAMES: [&str; 8] = [
    "mail delivery",
    "mailer-daemon",
    "mailer daemon",
    "mail administrator",
    "system administrator",
    "content-filter",
    "delivery subsystem",
    "postmaster",
];

/// Is that the address of a mail server itself?
pub(super) fn is_daemon(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    let squeezed: String = local.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    DAEMONS.contains(&squeezed.as_str())
}

/// The address in From is a mail server's own: `MAILER-DAEMON`, with or without a domain, or the null sender.
pub(super) fn from_daemon_address(parsed: &Parsed) -> bool {
    let Some(from) = parsed.header("from") else { return false };
    match address::first(from) {
        Some(address) => is_daemon(address),
        None => from.contains("<>") || from.split(['<', '>', '"', ' ']).any(is_daemon),
    }
}

/// From is a mail server's by its address or its name.
pub(super) fn from_daemon(parsed: &Parsed) -> bool {
    let lower = parsed.header("from").unwrap_or_default().to_lowercase();
    from_daemon_address(parsed) || DAEMON_NAMES.iter().any(|name| lower.contains(name))
}

/// The envelope sender is null: whoever sent it wants no answer (RFC 5321 §4.5.5).
pub(super) fn null_sender(parsed: &Parsed) -> bool {
    parsed.header("return-path").is_some_and(|path| {
        let path = path.trim_matches(['<', '>', ' ', '\t']);
        path.is_empty() || (!path.contains('@') && is_daemon(path))
    })
}

/// The mail says by its form that it reports on a delivery.
pub(super) fn is_report_form(parsed: &Parsed) -> bool {
    parsed.report_type == "delivery-status"
        || parsed.header("x-failed-recipients").is_some()
        || (parsed.media_type == "multipart/report" && parsed.report_type.is_empty() && from_daemon(parsed))
}

/// A machine sent it. A person who passes a report on (some mail programs then keep its parts) answers or forwards;
/// a subject that begins with a failure is written by none of those programs.
pub(super) fn is_from_machine(parsed: &Parsed) -> bool {
    let subject = parsed.header("subject").unwrap_or_default();
    is_report_form(parsed)
        || parsed.media_type == "multipart/report"
        || from_daemon(parsed)
        || null_sender(parsed)
        || says_automatic(parsed)
        || from_role(parsed)
        || (phrases::subject_tells_failure(subject) && !phrases::is_passed_on(subject))
        || names_no_address(parsed)
}

/// No person's mail lacks the address to answer to.
fn names_no_address(parsed: &Parsed) -> bool {
    parsed.header("from").is_none_or(|from| !from.contains('@'))
}

fn says_automatic(parsed: &Parsed) -> bool {
    parsed.header("auto-submitted").is_some_and(|v| !v.trim().eq_ignore_ascii_case("no"))
}

/// A free text is a failure notice when a machine sent it *and* it speaks of a failure. A customer who quotes a bounce
/// to us has the words but not the sender; an absence notice has a null sender but not the words. `returned` is what
/// stands of the letter below the notice.
pub(super) fn is_notice(parsed: &Parsed, notice: &str, returned: &str) -> bool {
    if is_report_form(parsed) {
        return true;
    }
    let subject = parsed.header("subject").unwrap_or_default();
    let subject_tells = phrases::subject_tells_failure(subject);
    let is_daemon = from_daemon(parsed);
    let is_machine =
        is_daemon || null_sender(parsed) || says_automatic(parsed) || from_role(parsed) || names_no_address(parsed);
    let is_list = from_list_server(parsed);
    if !(is_machine || is_list || subject_tells) {
        return false;
    }
    let lower = phrases::searched(notice);
    let text_tells = phrases::text_tells_failure(&lower);
    if is_daemon {
        return subject_tells || text_tells || status::replies(notice).is_some();
    }
    let has_letter = !returned.is_empty() || parsed.leaves.iter().any(|leaf| letter::is_returned(&leaf.media_type));
    (is_machine && text_tells && (subject_tells || has_letter))
        || (subject_tells && !phrases::is_passed_on(subject) && text_tells && begins_as_notice(&lower))
        || (is_list && phrases::text_tells_refusal_by_list(&lower))
}

/// The first line is a server's: a banner, or the failure itself. Somebody who passes a notice on writes his own words
/// above it. `lower` is the notice in lower case.
fn begins_as_notice(lower: &str) -> bool {
    let line = lower.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let is_banner = ["---", "***", "===", "|---"].iter().any(|banner| line.starts_with(banner));
    is_banner || phrases::text_tells_failure(line)
}

/// The sender is a function of a machine and no person: some gateways report under such an address.
fn from_role(parsed: &Parsed) -> bool {
    const ROLES: [&str; 9] = [
        "noreply",
        "donotreply",
        "sysadmin",
        "administrator",
        "system",
        "root",
        "bounce",
        "notification",
        "postoffice",
    ];
    let Some(address) = parsed.header("from").and_then(address::first) else { return false };
    let local = address.split('@').next().unwrap_or_default();
    let squeezed: String = local.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ROLES.iter().any(|role| squeezed.starts_with(role))
}

/// A mailing list's own address: the list refuses a letter to it.
fn from_list_server(parsed: &Parsed) -> bool {
    let from = parsed.header("from").and_then(address::first).unwrap_or_default().to_ascii_lowercase();
    let local = from.split('@').next().unwrap_or_default();
    ["-admin", "-owner", "-bounces", "-request", "-help"].iter().any(|role| local.ends_with(role))
        || ["owner-", "majordomo", "listserv", "mailman"].iter().any(|role| local.starts_with(role))
}
