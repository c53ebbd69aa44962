//! What a gateway writes above a mail ("`[EXTERN]`", "LET OP: deze e-mail komt van buiten de organisatie …"): nobody's words.
//! Known by its form: at the top, in a box or a paragraph of its own, short, it says that the mail is from outside, and warns.
//! The form says enough, so that nothing is remembered of other mails. Pure.

use super::blocks::is_rule;
use super::lines::Line;
use crate::mail::words;
use std::ops::Range;

/// Lines of a banner, its frame left away.
const LINES_MAX: usize = 8;
/// Characters: the longest ones say in two languages what to do.
const CHARS_MAX: usize = 900;
/// Two gateways may each have added theirs, in two languages.
const BANNERS_MAX: usize = 4;
/// A warning without a word for "mail" is a heading, not a sentence.
const HEADING_WORDS_MAX: usize = 8;

/// It came from outside.
#[rustfmt::skip]
const OUTSIDE: &[&str] = &[
    "van buiten", "buiten de organisatie", "buiten onze organisatie", "buiten uw organisatie", "externe afzender", "externe e-mail",
    "externe email", "externe mail", "externe bron", "extern bericht", "extern e-mail", "is extern", "extern verzonden", "extern adres",
    "external e-mail", "external email", "external mail", "external sender", "external message", "external source", "external address",
    "outside of", "outside the", "outside your", "outside our", "from outside", "originated outside", "is external", "externally",
    "externer absender", "externen absender", "externe nachricht", "externen e-mail", "externen quelle", "von extern", "von ausserhalb", "ausserhalb",
    "courriel externe", "message externe", "expediteur externe", "externe a", "l'exterieur", "source externe", "adresse externe",
    "correo externo", "remitente externo", "mensaje externo", "fuera de la", "fuera de su", "origen externo",
    "mittente esterno", "email esterna", "e-mail esterna", "messaggio esterno", "dall'esterno", "esterno all", "esterna all",
    "email externo", "e-mail externo", "mensagem externa", "fora da", "ekstern afsender", "ekstern e-mail", "ekstern avsender", "uden for",
    "utenfor", "extern avsandare", "externt", "utanfor", "spoza", "zewnetrzn", "organisaation ulkopuolelta", "ulkoinen",
    "don't often get email", "do not often get email", "niet vaak e-mail van", "nicht oft e-mail", "nicht haufig e-mail", "nicht oft eine e-mail",
    "n'obtenez pas souvent", "no suele recibir correo", "non si ricevono spesso",
];

/// How a warning begins.
#[rustfmt::skip]
const WARNS: &[&str] = &[
    "let op", "waarschuwing", "opgelet", "pas op", "attentie", "belangrijk", "veiligheid", "caution", "warning", "attention", "alert", "notice",
    "important", "security", "external", "extern", "achtung", "vorsicht", "warnung", "hinweis", "wichtig", "avertissement", "prudence",
    "mise en garde", "advertencia", "precaucion", "cuidado", "atencion", "aviso", "attenzione", "avviso", "avvertenza", "atencao", "uwaga",
    "varning", "obs", "advarsel", "huomio", "deze e-mail", "deze email", "deze mail", "dit bericht", "dit is een", "u ontvangt niet vaak", "this e-mail",
    "this email", "this message", "this is an", "this mail", "you don't often", "you do not often", "some people who received", "diese e-mail",
    "diese nachricht", "diese mail", "sie erhalten nicht", "sie haben nicht", "ce courriel", "cet e-mail", "ce message", "vous n'obtenez", "este correo", "este mensaje",
    "questa e-mail", "questa email", "questo messaggio", "esta mensagem", "este e-mail", "denne e-mail", "detta e-post", "ta wiadomosc",
];

/// What the reader should do or leave.
#[rustfmt::skip]
const ADVISES: &[&str] = &[
    "klik niet", "niet op links", "open geen", "geen bijlagen", "geen links", "tenzij u", "tenzij je", "wees voorzichtig", "wees alert", "vertrouwt u", "kent en vertrouwt",
    "ontdek waarom", "meer informatie over waarom", "do not click", "don't click", "do not open", "don't open", "unless you", "be careful", "be cautious", "exercise caution",
    "use caution", "recognize the sender", "recognise the sender", "verify the sender", "trust the", "learn why", "think before", "klicken sie nicht", "keine links", "keine anhange", "nicht auf links",
    "offnen sie keine", "seien sie vorsichtig", "es sei denn", "warum dies wichtig", "ne cliquez pas", "n'ouvrez pas", "n'ouvrez aucun", "soyez prudent", "sauf si",
    "a moins que", "a moins de", "pourquoi cela est important", "no haga clic", "no abra", "a menos que", "non cliccare", "non aprire", "a meno che", "nao clique", "nao abra",
    "klik ikke", "klikk ikke", "klicka inte", "nie klikaj", "nie otwieraj",
];

/// What it speaks of.
#[rustfmt::skip]
const MAILS: &[&str] = &[
    "mail", "bericht", "afzender", "message", "sender", "nachricht", "absender", "courriel", "expediteur", "correo", "mensaje",
    "remitente", "messaggio", "mittente", "mensagem", "remetente", "afsender", "avsender", "avsandare", "e-post", "wiadomosc", "nadawca", "viesti", "bijlage",
    "attachment", "links",
];

/// Words of a label alone.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "extern", "external", "externe", "externer", "externo", "externa", "esterno", "esterna", "ekstern", "email", "mail", "e", "sender", "afzender", "absender",
    "message", "bericht", "nachricht", "correo", "courriel", "expediteur", "remitente", "mittente", "messaggio", "messaggi", "ext", "let", "op", "caution", "warning", "achtung", "attention",
];

/// Whoever says these speaks of himself.
const OWN: &[&str] = &[
    "ik", "mijn", "mij", "i", "my", "me", "ich", "mein", "meine", "mir", "je", "mon", "ma", "mes", "yo", "mi", "io",
    "mio",
];

/// What no gateway writes of: whoever does has something to say.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "klacht", "klachten", "auto", "lease", "geld", "schade", "advocaat", "rechter", "eens", "oneens", "akkoord", "ontevreden", "garage", "euro",
    "betaal", "betaalt", "betalen", "aanrijding", "factuur", "facturen", "tekent", "krijgt", "complaint", "complaints", "car", "money", "damage",
    "lawyer", "court", "disagree", "agree", "invoice", "pay", "paid", "schaden", "geschaedigt", "anwalt", "rechnung", "beschwerde", "plainte", "avocat",
    "voiture", "facture",
];

/// The banners above a text: lines of it, from the top, frames included.
pub(super) fn find(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < BANNERS_MAX {
        let start = super::next_text(lines, at);
        let Some(end) = end_of(lines, start) else { break };
        found.push(start..end);
        at = end;
    }
    found
}

/// A text without them.
pub fn without_banner(text: &str) -> String {
    let lines = super::lines::of(text);
    let below = find(&lines).last().map_or(0, |last| last.end);
    let kept = lines.get(below..).unwrap_or_default().iter().map(|line| line.text);
    kept.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Below the banner that begins here.
fn end_of(lines: &[Line<'_>], start: usize) -> Option<usize> {
    let framed = lines.get(start).is_some_and(is_rule);
    let first = if framed { super::next_text(lines, start + 1) } else { start };
    let paragraph =
        lines.get(first..)?.iter().take(LINES_MAX).take_while(|line| !line.is_blank() && !is_frame(line)).count();
    let said = |count: usize| words::fold(&joined(lines.get(first..first + count).unwrap_or_default()));
    let count = (1..=paragraph).find(|count| is_banner(&said(*count), lines.get(first)))?;
    let mut end = first + count;
    // Its last sentences, on lines of their own or broken over some.
    while end < first + paragraph && goes_on(lines.get(end - 1), lines.get(end)) {
        end += 1;
    }
    // A box ends with what it began with.
    let close = super::next_text(lines, end);
    if lines.get(close).is_some_and(|line| is_frame(line)) && (framed || close == end) {
        end = close + 1;
    }
    Some(end)
}

fn joined(lines: &[Line<'_>]) -> String {
    lines
        .iter()
        .map(|line| line.text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '|' | '*' | '!' | '>')))
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_frame(line: &Line<'_>) -> bool {
    is_rule(line)
        || !line.is_blank()
            && line.text.trim().chars().all(|c| matches!(c, '*' | '=' | '-' | '_' | '+' | '#' | '|' | '!' | ' '))
}

fn is_banner(said: &str, first: Option<&Line<'_>>) -> bool {
    if said.is_empty() || said.len() > CHARS_MAX || first.is_some_and(|line| line.quoted) {
        return false;
    }
    let named: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if named.iter().any(|word| TELLING.contains(word)) {
        return false;
    }
    if is_label(&named, first) {
        return true;
    }
    let has = |table: &[&str]| table.iter().any(|phrase| said.contains(phrase));
    let begin = said.trim_start_matches(|c: char| !c.is_alphanumeric());
    let warns = WARNS
        .iter()
        .any(|start| begin.strip_prefix(start).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    let speaks_of_mail = has(MAILS) || warns && named.len() <= HEADING_WORDS_MAX;
    let is_own = named.iter().any(|word| OWN.contains(word));
    has(OUTSIDE) && speaks_of_mail && (warns || has(ADVISES)) && !is_own
}

/// `[EXTERN]`, "*** EXTERNAL EMAIL ***": nothing but the label, and set apart as one.
fn is_label(named: &[&str], first: Option<&Line<'_>>) -> bool {
    const WORDS_MAX: usize = 5;
    let outside =
        named.iter().any(|word| word.starts_with("ext") || word.starts_with("est") || word.starts_with("ekst"));
    let text = first.map_or("", |line| line.text.trim());
    let set_apart = text.starts_with(['[', '(', '*', '!', '#', '<', '|', '⚠', '{', '-', '='])
        || !text.chars().any(char::is_lowercase);
    outside && set_apart && named.len() <= WORDS_MAX && named.iter().all(|word| LABELS.contains(word))
}

fn goes_on(above: Option<&Line<'_>>, line: Option<&Line<'_>>) -> bool {
    let (Some(above), Some(line)) = (above, line) else { return false };
    let said = words::fold(line.text);
    let own = said.split(|c: char| !c.is_alphanumeric()).any(|word| OWN.contains(&word));
    let broken = !above.text.trim_end().ends_with(['.', '!', '?', ':', ']', ')'])
        && line.text.trim_start().starts_with(char::is_lowercase);
    let advises = ADVISES.iter().any(|phrase| said.contains(phrase));
    !own && (broken || advises)
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    #[test]
    fn a_warning_of_a_persons_own_is_none() {
        for said in [
            "Let op: het bericht is extern verzonden, de garage betaalt alleen als u voor vrijdag tekent.",
            "Let op: dit bericht is ook extern verzonden, aan een advocaat.",
            "Let op: deze mail is extern verzonden, met een aanrijding en schade van 4000 euro als gevolg.",
            "Belangrijk: klik niet op links in e-mails die van buiten komen en uit onze naam om geld vragen.",
        ] {
            assert_eq!(without_banner(&format!("{said}\n\nBeste Jan, u krijgt 310 euro.")).lines().next(), Some(said));
        }
    }

    #[test]
    fn banners_of_many_gateways_and_languages() {
        for banner in [
            "[EXTERN]",
            "*** EXTERNAL EMAIL ***",
            "EXTERNE E-MAIL",
            "LET OP: Deze e-mail is afkomstig van buiten de organisatie. Klik niet op links en open geen bijlagen tenzij u de afzender kent.",
            "LET OP: van buiten de organisatie",
            "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender\nand know the content is safe.",
            "CAUTION: external email",
            "ACHTUNG: Externe E-Mail. Klicken Sie nicht auf Links und öffnen Sie keine Anhänge.",
            "ATTENTION : ce courriel provient de l'extérieur de l'organisation.\nNe cliquez pas sur les liens.",
            "This message was sent from outside your company. Be careful with attachments.",
            "You don't often get email from jan@klant.example. Learn why this is important",
            "Sie erhalten nicht oft eine E-Mail von jan@klant.example. Erfahren Sie, warum dies wichtig ist",
            "ADVERTENCIA: correo externo. No haga clic en enlaces.",
            "**********************\n* LET OP: externe afzender, wees voorzichtig *\n**********************",
            "--------------------------------\nWARNING: External sender\n--------------------------------",
        ] {
            let text = format!("{banner}\n\nBeste Jan, vrijdag klaar.");
            assert_eq!(without_banner(&text), "Beste Jan, vrijdag klaar.", "{banner}");
            let close = format!("{banner}\nBeste Jan, vrijdag klaar.");
            assert_eq!(without_banner(&close), "Beste Jan, vrijdag klaar.", "{banner}");
        }
    }

    #[test]
    fn words_of_people_are_none() {
        for text in [
            "Let op: de schade is veroorzaakt door iemand van buiten de organisatie, en die betaalt niet.",
            "Let op, ik stuur deze mail van buiten de stad.",
            "Attention: my email about the external garage was not answered.",
            "Externe schade aan de auto",
            "De externe monteur kwam niet.",
            "Warning: the car is outside the garage and the alarm goes off all night long, nobody answers.",
            "Deze mail gaat over de kras aan de buitenkant.",
            "Beste Jan,\n\nLET OP: Deze e-mail is afkomstig van buiten de organisatie.",
        ] {
            assert_eq!(without_banner(text), text);
        }
    }

    #[test]
    fn nothing_in_quotes_is_one() {
        assert!(find(&lines::of("> [EXTERN]\n> CAUTION: external email")).is_empty());
    }
}
