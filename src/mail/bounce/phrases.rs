//! The words of mail servers that do not write RFC 3464 reports, by what they say. Lower case, ASCII quotes. Pure.
//!
//! Words are a weak sign: [`super::evidence`] asks for a machine as the sender beside them.

/// Subjects of failure notices.
const FAILURE_SUBJECTS: &[&str] = &[
    "undeliver",
    "returned mail",
    "return mail",
    "failure notice",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "mail failed",
    "mail failure",
    "failed delivery",
    "failure delivery",
    "failed mail",
    "delivery status",
    "delivery notification",
    "delivery problem",
    "delivery report",
    "delivery error",
    "returning message",
    "returned to sender",
    "returning to sender",
    "return to sender",
    "not be delivered",
    "not delivered",
    "nondelivery",
    "non delivery",
    "non-delivery",
    "bounced mail",
    "mail system error",
    "error sending your mail",
    "message you sent blocked",
    "mail could not",
    "unable to deliver",
    "message delayed",
    "delayed mail",
    "delivery delayed",
    "could not send message",
    "warning: message",
    "message not sent",
    "rejected:",
    "recipient unknown",
    "user unknown",
    "mailbox full",
    // nl, de, fr, es, pt, it, pl, sv, da, no, fi, cs, ru, ja, zh
    "onbestelbaar",
    "niet bezorgd",
    "niet afgeleverd",
    "bezorging mislukt",
    "kan niet worden bezorgd",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "zustellfehler",
    "non remis",
    "non distribu",
    "échec de la remise",
    "echec de la remise",
    "no se puede entregar",
    "no entregado",
    "error de entrega",
    "não entregue",
    "não foi entregue",
    "não é possível entregar",
    "mancata consegna",
    "impossibile recapitare",
    "impossibile consegnare",
    "niedostarczon",
    "nie dostarczono",
    "går inte att leverera",
    "kunde inte levereras",
    "kan ikke leveres",
    "kunne ikke leveres",
    "ei voitu toimittaa",
    "nedoručiteln",
    "не доставлен",
    "недоставлен",
    "配信不能",
    "送信でき",
    "退信",
    "无法投递",
];

/// What a notice says of the failure itself.
const FAILURE_TEXTS: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "could not deliver",
    "cannot be delivered",
    "can not be delivered",
    "can't be delivered",
    "was not delivered",
    "were not delivered",
    "not be delivered",
    "unable to deliver",
    "not able to deliver",
    "wasn't able to deliver",
    "undeliverable",
    "delivery failed",
    "delivery has failed",
    "failed to deliver",
    "failed permanently",
    "delivery to the following recipient",
    "trouble delivering",
    "error delivering",
    "attempting to deliver",
    "trying to deliver",
    "tried to deliver",
    "did not reach",
    "did not receive this message",
    "had permanent fatal errors",
    "had delivery problems",
    "had delivery errors",
    "failure reasons",
    "returned message",
    "not listed in",
    "recipients were affected",
    "recipient not found",
    "mailbox unavailable",
    "invalid recipient",
    "no mailbox here",
    "delivery error",
    "following address failed",
    "following address(es) failed",
    "following addresses failed",
    "failed addresses",
    "returning message to sender",
    "returned to sender",
    "user unknown",
    "unknown user",
    "no such user",
    "mailbox is full",
    "mailbox full",
    "mailbox exceeds",
    "over quota",
    "quota exceeded",
    "non-delivered",
    "error message below",
    "transcript of session",
    "account is disabled",
    "not yet been delivered",
    "rejected by a remote",
    "rejected recipient",
    "has been delayed",
    "is delayed for",
    "permanent error",
    "may not exist, or you may not have permission to post",
    "could not send message",
    // nl, de, fr, es, it, pt, ru, ja
    "kon niet worden bezorgd",
    "kon niet worden afgeleverd",
    "niet bezorgd",
    "niet afgeleverd",
    "nicht zugestellt",
    "konnte nicht",
    "n'a pas pu être",
    "n'a pas été remis",
    "no se ha podido entregar",
    "no pudo ser entregado",
    "no se pudo entregar",
    "non è stato possibile",
    "não foi possível entregar",
    "não pôde ser entregue",
    "не может быть доставлено",
    "не удалось доставить",
    "送信できません",
    "配信できません",
    "配信できませんでした",
];

/// A mailing list does not take the letter.
const REFUSALS_BY_LIST: &[&str] = &[
    "not a member of this mailing list",
    "not allowed to post",
    "not authorized to post",
    "not permitted to post",
    "only members",
    "your message has been automatically rejected",
    "your message was rejected",
    "message was discarded",
];

/// The letter is still being tried.
const DELAYED: &[&str] = &[
    "not yet been delivered",
    "has been delayed",
    "is delayed for",
    "is delayed,",
    "will be retried",
    "still being retried",
    "warning message only",
    "delayed mail",
    "(delay)",
    "notification: delayed",
    "will continue to try",
    "will keep trying",
    "attempts will continue",
    "delivery delayed",
    "message delayed",
    "could not send message for past",
    "has been dela",
    "only a temporary failure report",
    "nog niet bezorgd",
    "wordt vertraagd",
    "verzögert",
    "retardé",
    "retrasado",
];

/// Words before an address that make it the failed recipient, at the end of what stands before it.
const BEFORE_RECIPIENT: &[&str] = &[
    "rcpt to",
    "recipient",
    "recipients",
    "recipient(s)",
    "recipient address",
    "message to",
    "mail to",
    "deliver to",
    "delivered to",
    "delivery to",
    "email to",
    "unknown user",
    "user unknown",
    "no such user",
    "mailbox is full",
    "mailbox full",
    "allowed size",
    "invalid address",
    "bad address",
    "user",
    "mailbox",
    "account",
    "errors",
    "failed",
    "attempts",
    "address",
    "addressee",
    "undeliverable",
    "empfänger",
    "adres",
    "ontvanger",
    "destinataire",
    "destinatario",
];

/// A notice says what it is in its first lines; the rest are recipients and what servers said of them.
const SEARCHED_CHARS: usize = 32 * 1024;

/// The part of a notice in which words are looked for, in lower case.
pub(super) fn searched(notice: &str) -> String {
    notice.chars().take(SEARCHED_CHARS).collect::<String>().to_lowercase()
}

pub(super) fn subject_tells_failure(subject: &str) -> bool {
    holds(&subject.to_lowercase(), FAILURE_SUBJECTS)
}

/// The subject begins as an answer or a forward does.
pub(super) fn is_passed_on(subject: &str) -> bool {
    const MARKS: [&str; 13] = ["re", "fw", "fwd", "antw", "doorst", "aw", "wg", "tr", "rv", "sv", "vs", "vb", "i"];
    let head = subject.split(':').next().unwrap_or_default().trim().to_lowercase();
    subject.contains(':') && MARKS.contains(&head.as_str())
}

/// `lower` is the notice in lower case.
pub(super) fn text_tells_failure(lower: &str) -> bool {
    holds(lower, FAILURE_TEXTS)
}

/// `lower` is the notice in lower case.
pub(super) fn text_tells_refusal_by_list(lower: &str) -> bool {
    holds(lower, REFUSALS_BY_LIST)
}

/// `lower` is subject or notice in lower case.
pub(super) fn tells_delay(lower: &str) -> bool {
    holds(lower, DELAYED)
}

pub(super) fn introduces_recipient(before: &str) -> bool {
    let before = before.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')').to_lowercase();
    BEFORE_RECIPIENT
        .iter()
        .any(|word| before.strip_suffix(word).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric)))
}

fn holds(lower: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| lower.contains(phrase))
}
