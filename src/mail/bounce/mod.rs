//! Does it report a failed delivery (RFC 3464 and the many that are not), of whom and of what. Pure: reads the parts
//! of one mail, never fails, linear in their size.
//!
//! | file | answers |
//! |---|---|
//! | `report.rs` | the fields of RFC 3464, in a part of their own or in the text |
//! | `notice.rs` | free text: recipients, codes, and where the returned letter begins |
//! | `sns.rs` | Amazon's notification in JSON |
//! | `evidence.rs`, `phrases.rs` | did a mail server write it, and does it speak of a failure |
//! | `status.rs`, `address.rs` | codes and addresses in free text |
//! | `letter.rs` | which letter came back |

use super::parse::{Leaf, Parsed};
use super::{Bounce, BounceAction};
use status::{Class, Status};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

pub(super) mod address;
mod evidence;
mod letter;
mod notice;
mod phrases;
mod report;
mod sns;
mod status;

/// Addresses of ours that are kept out of the failed recipients: those the report was sent to.
const OWN_ADDRESSES_MAX: usize = 50;

/// What became of the letter for a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Failed,
    Delayed,
    /// Delivered, relayed or expanded.
    Delivered,
}

/// One recipient as a report or notice tells it.
#[derive(Debug, Clone)]
struct Fate {
    recipient: Option<String>,
    action: Action,
    status: Option<Status>,
    /// By the status, else by the SMTP reply code.
    class: Option<Class>,
    cause: Cause,
}

/// Do the remote server's own words stand beside it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Quoted,
    Untold,
}

/// What a notification of another form says.
struct Bounced {
    fates: Vec<Fate>,
    original_message_id: Option<String>,
}

/// The failure a mail reports. Reports of success, feedback reports (RFC 5965) and receipts (RFC 8098) are none.
pub(crate) fn of(parsed: &Parsed) -> Option<Bounce> {
    if matches!(parsed.report_type.as_str(), "feedback-report" | "disposition-notification") {
        return None;
    }
    let text = notice_text(parsed);
    if let Some(bounced) = sns::bounce(&text) {
        return conclude(bounced.fates, bounced.original_message_id, "a notification of Amazon SES");
    }
    let (notice, returned) = notice::split(&text);
    let original = || letter::message_id(parsed, returned);
    let mut fates: Vec<Fate> = Vec::new();
    if evidence::is_from_machine(parsed) {
        fates.extend(status_parts(parsed).flat_map(report::fates));
    }
    let has_status_part = !fates.is_empty();
    if !has_status_part {
        if !evidence::is_notice(parsed, notice, returned) {
            return wrapped(parsed);
        }
        fates = report::fates(notice);
    }
    let ours = [own_addresses(parsed), letter::senders(parsed, returned)].concat();
    if fates.is_empty() {
        fates = notice::fates(notice, &ours, action_of(parsed, notice));
    } else {
        refine(&mut fates, notice, &ours);
    }
    name_by_header(&mut fates, parsed);
    let reason =
        if has_status_part { "a delivery report (RFC 3464)" } else { "a mail server's notice in its own words" };
    conclude(fates, original(), reason)
}

/// A report that a gateway passes on inside a mail of its own: only a machine's, because a person who attaches a report
/// asks about it.
fn wrapped(parsed: &Parsed) -> Option<Bounce> {
    let is_mail = |leaf: &&Leaf| matches!(leaf.media_type.as_str(), "message/rfc822" | "message/global");
    let leaf = parsed.leaves.iter().find(is_mail).filter(|_| evidence::is_from_machine(parsed))?;
    let inner = leaf.message();
    (evidence::is_report_form(inner) || evidence::from_daemon(inner)).then(|| of(inner)).flatten()
}

/// The mail comes from a mail server's own address (mailer-daemon, postmaster, the null sender).
pub(crate) fn is_from_daemon(parsed: &Parsed) -> bool {
    evidence::from_daemon_address(parsed)
}

/// A machine sent it, by its form, its sender or its own word.
pub(crate) fn is_from_machine(parsed: &Parsed) -> bool {
    evidence::is_from_machine(parsed)
}

/// The `message/delivery-status` parts of the mail itself (a nested message is one leaf, so none of its own).
fn status_parts(parsed: &Parsed) -> impl Iterator<Item = &str> {
    let is_status = |t: &str| t == "message/delivery-status" || t == "message/global-delivery-status";
    parsed.leaves.iter().filter(move |leaf| is_status(&leaf.media_type)).filter_map(|leaf| leaf.text.as_deref())
}

/// The text above the returned letter: plain parts, or the readable text of an HTML-only mail. A part that calls itself
/// multipart and has no parts (its boundary is missing) is read as the text it is.
fn notice_text(parsed: &Parsed) -> String {
    let own = parsed.leaves.iter().take_while(|leaf| !letter::is_returned(&leaf.media_type));
    let plain = own.filter_map(|leaf| match leaf.media_type.split('/').next() {
        Some("text") if leaf.media_type != "text/html" => leaf.text.as_deref().map(Cow::Borrowed),
        Some("multipart") => Some(String::from_utf8_lossy(&leaf.content)),
        _ => None,
    });
    let text = plain.collect::<Vec<_>>().join("\n");
    if text.trim().is_empty() { parsed.text.clone() } else { text }
}

/// A text that says so reports a delay, unless the letter was given up meanwhile.
fn action_of(parsed: &Parsed, notice: &str) -> Action {
    let subject = parsed.header("subject").unwrap_or_default().to_lowercase();
    let delayed = phrases::tells_delay(&subject) || phrases::tells_delay(&phrases::searched(notice));
    if delayed && parsed.header("x-failed-recipients").is_none() { Action::Delayed } else { Action::Failed }
}

/// Some servers put only `5.0.0` into the fields and the remote server's words into the text.
fn refine(fates: &mut [Fate], notice: &str, ours: &[String]) {
    let is_told = |f: &Fate| f.cause == Cause::Quoted || f.status.is_some_and(|s| s.precision() > 1);
    if fates.iter().all(|f| f.recipient.is_some() && is_told(f)) {
        return;
    }
    let told = notice::fates(notice, ours, Action::Failed);
    let by_name: HashMap<String, &Fate> = told.iter().filter_map(|t| Some((key(t.recipient.as_deref()?), t))).collect();
    let only = told.first().filter(|_| fates.len() == 1);
    for fate in fates {
        let same = fate.recipient.as_ref().and_then(|r| by_name.get(&key(r)).copied());
        let Some(told) = same.or(only) else { continue };
        fate.recipient = fate.recipient.take().or_else(|| told.recipient.clone());
        if is_told(fate) {
            continue;
        }
        let stated = fate.status.map(Status::class);
        let better = told.status.filter(|s| stated.is_none_or(|class| class == s.class()));
        fate.status = Status::best(fate.status.into_iter().chain(better));
        fate.class = fate.status.map(Status::class).or(fate.class).or(told.class);
    }
}

/// Addresses are compared without regard to case: no server in use tells `Jan@` from `jan@`.
fn key(address: &str) -> String {
    address.to_lowercase()
}

/// X-Failed-Recipients (exim, Gmail) names who failed better than any text does.
fn name_by_header(fates: &mut Vec<Fate>, parsed: &Parsed) {
    let Some(header) = parsed.header("x-failed-recipients") else { return };
    let named: Vec<&str> = address::places(header).filter_map(|place| header.get(place)).collect();
    let known: HashSet<String> =
        fates.iter().filter_map(|f| Some(f.recipient.as_ref()?.to_ascii_lowercase())).collect();
    if named.is_empty() || named.iter().all(|n| known.contains(&n.to_ascii_lowercase())) {
        return;
    }
    let status = Status::best(fates.iter().filter_map(|f| f.status));
    let class = status.map(Status::class).or_else(|| fates.iter().find_map(|f| f.class));
    *fates = named
        .into_iter()
        .map(|n| Fate { recipient: Some(n.to_owned()), action: Action::Failed, status, class, cause: Cause::Untold })
        .collect();
}

fn own_addresses(parsed: &Parsed) -> Vec<String> {
    const OWN: [&str; 6] = ["to", "delivered-to", "envelope-to", "x-original-to", "from", "reply-to"];
    let headers = parsed.headers.iter().filter(|h| OWN.contains(&h.name.as_str()));
    let addresses = headers.flat_map(|h| address::places(&h.text).filter_map(|place| h.text.get(place)));
    addresses.take(OWN_ADDRESSES_MAX).map(str::to_owned).collect()
}

/// Failures when there are any, else delays, else nothing.
fn conclude(fates: Vec<Fate>, original_message_id: Option<String>, reason: &'static str) -> Option<Bounce> {
    let action = [Action::Failed, Action::Delayed].into_iter().find(|a| fates.iter().any(|f| f.action == *a))?;
    let told: Vec<Fate> = fates.into_iter().filter(|f| f.action == action).collect();
    if told.iter().all(|f| f.class == Some(Class::Delivered)) {
        return None;
    }
    let mut seen = HashSet::new();
    let mut once = |key: String| seen.insert(key);
    let recipients = told.iter().filter_map(|f| f.recipient.clone()).filter(|r| once(key(r))).collect();
    let status = told.iter().filter_map(|f| f.status).map(|s| s.to_string()).filter(|s| once(s.clone())).collect();
    let gave_up = action == Action::Failed && told.iter().any(|f| f.class != Some(Class::Temporary));
    Some(Bounce {
        reason,
        action: if action == Action::Delayed { BounceAction::Delayed } else { BounceAction::Failed },
        permanent: Some(gave_up),
        recipients,
        status,
        original_message_id,
    })
}

#[cfg(test)]
mod tests;
