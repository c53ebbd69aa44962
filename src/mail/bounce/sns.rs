//! Bounces that Amazon SES reports as a JSON notification by mail. Pure.

use super::status::{self, Status};
use super::{Action, Bounced, Cause, Fate};
use serde::Deserialize;

/// A notification carries the headers of one letter, which SNS limits to 256 KiB.
const JSON_MAX_BYTES: usize = 512 * 1024;

/// What SNS wraps around the notification when "raw delivery" is off.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "Message")]
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    #[serde(alias = "eventType")]
    notification_type: String,
    bounce: Option<Bounce>,
    mail: Option<Letter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    #[serde(default)]
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    diagnostic_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Letter {
    common_headers: Option<CommonHeaders>,
    message_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommonHeaders {
    message_id: Option<String>,
}

/// The bounce in a notification; `None` for complaints, deliveries and other text.
pub(super) fn bounce(text: &str) -> Option<Bounced> {
    if !text.trim_start().starts_with('{') || text.len() > JSON_MAX_BYTES {
        return None;
    }
    // Mail programs wrap the one long line of JSON, within its strings too, and put a blank before what follows.
    let joined = text.replace("\r\n", "\n").replace("\n ", "").replace('\n', "");
    let notification: Notification = match first_value::<Envelope>(&joined) {
        Some(envelope) => first_value(&envelope.message)?,
        None => first_value(&joined)?,
    };
    let bounce = notification.bounce.filter(|_| notification.notification_type == "Bounce")?;
    let fates = bounce.bounced_recipients.into_iter().map(|r| {
        let codes = status::codes(&r.diagnostic_code).chain(status::codes(&r.status));
        let status = Status::best(codes);
        let class = status.map(Status::class).or_else(|| stated(&bounce.bounce_type));
        Fate { recipient: Some(r.email_address), action: Action::Failed, status, class, cause: Cause::Quoted }
    });
    let original = notification.mail.and_then(|m| m.common_headers.and_then(|h| h.message_id).or(m.message_id));
    Some(Bounced {
        fates: fates.collect(),
        original_message_id: original.map(|id| id.trim_matches(['<', '>']).to_owned()),
    })
}

fn stated(bounce_type: &str) -> Option<status::Class> {
    match bounce_type {
        "Permanent" => Some(status::Class::Permanent),
        "Transient" => Some(status::Class::Temporary),
        _ => None,
    }
}

/// The JSON value a text begins with; a footer may follow.
fn first_value<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNCE: &str = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bouncedRecipients":
 [{"emailAddress":"jan@example.org","diagnosticCode":"smtp; 452 4.2.2 full"}]},"mail":{"commonHeaders":{"messageId":"<a@b.nl>"}}}
--
stop"#;

    #[test]
    fn a_bounce_is_read_and_other_notifications_are_none() {
        let found = bounce(BOUNCE).expect("a bounce");
        assert_eq!(found.original_message_id.as_deref(), Some("a@b.nl"));
        let fate = found.fates.first().expect("a recipient");
        assert_eq!((fate.recipient.as_deref(), fate.class), (Some("jan@example.org"), Some(status::Class::Temporary)));
        assert!(bounce(&BOUNCE.replace("\"Bounce\"", "\"Delivery\"")).is_none());
        assert!(bounce("{ not json").is_none());
        assert!(bounce("Dear sir").is_none());
    }
}
