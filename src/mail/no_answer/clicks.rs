//! What mail programs send at one click: reactions, recalls, receipts told in words. Pure.

use super::super::Mood;
use super::super::parse::Parsed;

/// The part in which Gmail sends a reaction as data.
pub(super) const REACTION_PART: &str = "text/vnd.google.email-reaction+json";
/// "Jan de Boer heeft gereageerd op uw bericht" is shorter; a longer line says something itself.
const LINE_WORDS_MAX: usize = 12;
/// A receipt in words: what was read, to whom, when sent, when read.
const RECEIPT_LINES_MAX: usize = 14;
/// "Your message to K. Achten was read on Monday 23 November 2026 10:12:00 (UTC+01:00) Amsterdam" is a line of it.
const RECEIPT_WORDS_MAX: usize = 24;

/// How programs say that somebody reacted, at the end of their line.
const REACTED: [&str; 18] = [
    "reacted to your message",
    "reacted to your email",
    "reacted via gmail",
    "heeft gereageerd op uw bericht",
    "heeft gereageerd op je bericht",
    "heeft gereageerd op uw e-mail",
    "heeft gereageerd via gmail",
    "hat auf ihre nachricht reagiert",
    "hat auf deine nachricht reagiert",
    "hat über gmail reagiert",
    "a réagi à votre message",
    "a réagi via gmail",
    "ha reaccionado a tu mensaje",
    "ha reaccionado a su mensaje",
    "ha reaccionado desde gmail",
    "ha reagito al tuo messaggio",
    "reagiu à sua mensagem",
    "reageerde op uw bericht",
];

/// The mood of a reaction: signs, and at most the line in which the program says whose they are.
pub(super) fn reaction(parsed: &Parsed, reply: &str) -> Option<Mood> {
    let has_part = parsed.leaves.iter().any(|leaf| leaf.media_type == REACTION_PART);
    let (mut signs, mut said) = (String::new(), Vec::new());
    for line in reply.lines().map(str::trim).filter(|line| !line.is_empty()) {
        signs.extend(line.chars().filter(|c| is_sign(*c)));
        if line.chars().any(char::is_alphanumeric) {
            said.push(line.trim_end_matches(['.', ':', ' ']).to_lowercase());
        }
    }
    let is_said = |line: &String| {
        let named = REACTED.iter().any(|phrase| line.ends_with(phrase)) || (has_part && line.contains("gmail"));
        named && line.split_whitespace().nth(LINE_WORDS_MAX).is_none()
    };
    let is_reaction = match said.as_slice() {
        [] => has_part,
        [line] => is_said(line) && (has_part || !signs.is_empty()),
        _ => false,
    };
    is_reaction.then(|| Mood::of(&signs))
}

/// No letter, figure or plain punctuation: an emoji, or a part of one.
fn is_sign(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace() && !"\u{a0}“”‘’«»…–—".contains(c)
}

/// Outlook asks our server to take a mail back; outside its own organisation that is one more mail.
pub(super) fn is_recall(subject: &str, text: &str) -> bool {
    const SUBJECTS: [&str; 9] = [
        "recall:",
        "intrekken:",
        "rückruf:",
        "rappel :",
        "rappel:",
        "recuperar:",
        "richiamo:",
        "odwołanie:",
        "återkalla:",
    ];
    const SAID: [&str; 9] = [
        "would like to recall the message",
        "wil het bericht",
        "möchte die nachricht",
        "souhaite rappeler le message",
        "desea recuperar el mensaje",
        "quisiera recuperar el mensaje",
        "desidera richiamare il messaggio",
        "chce odwołać wiadomość",
        "vill återkalla meddelandet",
    ];
    let subject = subject.trim().to_lowercase();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let said = lines.next().unwrap_or_default().to_lowercase();
    let is_form = said.is_empty() || SAID.iter().any(|phrase| said.contains(phrase));
    SUBJECTS.iter().any(|prefix| subject.starts_with(prefix)) && is_form && lines.next().is_none()
}

/// A receipt in words: its subject, and a text that says which mail was read when, and nothing else.
pub(super) fn is_receipt(subject: &str, text: &str) -> bool {
    const SUBJECTS: [&str; 15] = [
        "gelezen:",
        "niet gelezen:",
        "ongelezen verwijderd:",
        "read:",
        "not read:",
        "gelesen:",
        "nicht gelesen:",
        "ungelesen gelöscht:",
        "lu :",
        "lu:",
        "non lu :",
        "leído:",
        "letto:",
        "lida:",
        "przeczytano:",
    ];
    const LABELS: [&str; 24] = [
        "aan:",
        "to:",
        "an:",
        "à :",
        "à:",
        "para:",
        "a:",
        "cc:",
        "onderwerp:",
        "subject:",
        "betreff:",
        "objet :",
        "objet:",
        "asunto:",
        "oggetto:",
        "assunto:",
        "verzonden:",
        "sent:",
        "gesendet:",
        "envoyé :",
        "envoyé:",
        "enviado:",
        "inviato:",
        "enviada:",
    ];
    const HEADS: [&str; 9] = [
        "uw bericht",
        "het bericht",
        "your message",
        "ihre nachricht",
        "votre message",
        "su mensaje",
        "il messaggio",
        "sua mensagem",
        "dit is een ontvangstbevestiging",
    ];
    const READ: [&str; 15] = [
        "is gelezen op",
        "werd gelezen op",
        "is ongelezen verwijderd",
        "is verwijderd zonder",
        "was read on",
        "was deleted without",
        "wurde gelesen",
        "gelesen am",
        "gelesen.",
        "a été lu le",
        "a été supprimé",
        "se leyó el",
        "fue leído el",
        "è stato letto",
        "foi lida em",
    ];
    let subject = subject.trim().to_lowercase();
    if !SUBJECTS.iter().any(|prefix| subject.starts_with(prefix)) {
        return false;
    }
    let is_form = |line: String| {
        let is_short = line.split_whitespace().nth(RECEIPT_WORDS_MAX).is_none();
        let is_head = HEADS.contains(&line.trim_end_matches([':', '.']));
        is_head
            || LABELS.iter().any(|label| line.starts_with(label))
            || (is_short && READ.iter().any(|said| line.contains(said)))
    };
    let mut lines = text.lines().map(|line| line.trim().to_lowercase()).filter(|line| !line.is_empty());
    lines.by_ref().take(RECEIPT_LINES_MAX).all(is_form) && lines.next().is_none()
}
