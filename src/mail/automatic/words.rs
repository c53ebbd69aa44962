//! What absence notices and answering machines write, in the languages of our mail. Lower case. Pure.

/// Local parts, without separators, of senders that nobody reads the answers of.
pub(super) const NOBODY: [&str; 9] = [
    "noreply",
    "donotreply",
    "dontreply",
    "nietbeantwoorden",
    "nietreageren",
    "noresponder",
    "nepasrepondre",
    "keineantwort",
    "autoresponder",
];

/// Subjects that a client puts before (or in place of) the subject it answers, where somebody is away.
const ABSENCE_SUBJECTS: &[&str] = &[
    "out of office",
    "out of the office",
    "out-of-office",
    "ooo:",
    "vacation",
    "away from",
    "on leave",
    "on holiday",
    "afwezig",
    "afwezigheid",
    "niet aanwezig",
    "met vakantie",
    "op vakantie",
    "buiten kantoor",
    "abwesenheit",
    "abwesend",
    "nicht im büro",
    "im urlaub",
    "absence",
    "absent du bureau",
    "absent(e)",
    "en congé",
    "message d'absence",
    "fuera de la oficina",
    "ausencia",
    "fuera de oficina",
    "ausência",
    "fora do escritório",
    "fuori sede",
    "fuori ufficio",
    "assenza",
    "assente",
    "nieobecność",
    "poza biurem",
    "frånvaro",
    "frånvarande",
    "inte på kontoret",
    "fravær",
    "ikke på kontoret",
    "ikke til stede",
    "poissa",
    "poissaolo",
    "v nepřítomnosti",
    "mimo kancelář",
    "nepřítomnost",
    "mimo kancelárie",
    "házon kívül",
    "irodán kívül",
    "absență",
    "în afara biroului",
    "ofis dışında",
    "εκτός γραφείου",
    "нет на работе",
    "вне офиса",
    "отсутств",
    "відсутн",
    "不在",
    "休暇",
    "休假",
    "外出",
    "부재",
];

/// Subjects of any machine that answers.
const ANSWER_SUBJECTS: &[&str] = &[
    "automatic reply",
    "automatic response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "autoresponder",
    "automated reply",
    "automated response",
    "automatisch antwoord",
    "automatische beantwoording",
    "automatische reactie",
    "automatische antwort",
    "auto-antwort",
    "autoantwort",
    "automatische beantwoord",
    "réponse automatique",
    "reponse automatique",
    "respuesta automática",
    "respuesta automatica",
    "resposta automática",
    "resposta automatica",
    "risposta automatica",
    "automatyczna odpowiedź",
    "odpowiedź automatyczna",
    "autosvar",
    "automatiskt svar",
    "automatisk svar",
    "automaattinen vastaus",
    "automatická odpověď",
    "automatická odpoveď",
    "automatikus válasz",
    "răspuns automat",
    "otomatik yanıt",
    "otomatik cevap",
    "αυτόματη απάντηση",
    "автоответ",
    "автоматический ответ",
    "автоматична відповідь",
    "自動応答",
    "自動返信",
    "自动回复",
    "自動回覆",
    "자동 회신",
    "자동회신",
];

/// Sentences of absence notices.
const ABSENCE_TEXTS: &[&str] = &[
    "out of the office",
    "out of office",
    "i am away",
    "i'm away",
    "on vacation",
    "on annual leave",
    "on holiday until",
    "currently away",
    "will be back on",
    "will return on",
    "limited access to my e",
    "no access to my e",
    "on maternity leave",
    "on parental leave",
    "afwezig",
    "niet op kantoor",
    "niet aanwezig",
    "met vakantie",
    "op vakantie",
    "met verlof",
    "buiten kantoor",
    "weer bereikbaar",
    "weer aanwezig",
    "nicht im büro",
    "nicht im hause",
    "im urlaub",
    "abwesend",
    "nicht erreichbar",
    "absent du bureau",
    "absente du bureau",
    "suis absent",
    "suis en congé",
    "de retour le",
    "fuera de la oficina",
    "de vacaciones",
    "estaré ausente",
    "fora do escritório",
    "de férias",
    "estarei ausente",
    "fuori ufficio",
    "sono assente",
    "in ferie",
    "poza biurem",
    "na urlopie",
    "jestem nieobecn",
    "inte på kontoret",
    "på semester",
    "ikke på kontoret",
    "på ferie",
    "poissa",
    "lomalla",
    "mimo kancelář",
    "na dovolené",
    "szabadságon",
    "nu sunt la birou",
    "în concediu",
    "ofis dışında",
    "yıllık izin",
    "εκτός γραφείου",
    "в отпуске",
    "вне офиса",
    "у відпустці",
    "不在",
    "休暇",
    "休假",
];
/// An absence notice says so at once; further down somebody else may be quoted.
const TEXT_CHARS: usize = 600;

/// A sign ends the subject, or a colon follows it soon: "Automatic reply: your letter", but not "Afwezigheid van uw
/// monteur op maandag, en dan nog iets". "Out of Office AutoReply:" is the longest in use.
const SIGN_TAIL_CHARS: usize = 25;

/// The words of an answering machine with which a subject begins.
pub(super) fn answer_sign(subject: &str) -> Option<&'static str> {
    sign(subject, ANSWER_SUBJECTS)
}

/// The words of an absence notice with which a subject begins.
pub(super) fn absence_sign(subject: &str) -> Option<&'static str> {
    sign(subject, ABSENCE_SUBJECTS)
}

fn sign(subject: &str, signs: &[&'static str]) -> Option<&'static str> {
    let subject = subject.trim_start_matches(['[', '(', '*', '"', ' ']);
    signs.iter().copied().find(|sign| {
        let Some(tail) = subject.strip_prefix(sign) else { return false };
        let near: String = tail.chars().take(SIGN_TAIL_CHARS).collect();
        near.contains([':', '：']) || near.len() == tail.len()
    })
}

/// The sign is all of the subject, or a colon parts it from what is answered.
pub(super) fn is_set_off(subject: &str, sign: &str) -> bool {
    let behind = subject.find(sign).and_then(|at| subject.get(at + sign.len()..));
    behind.is_none_or(|rest| rest.trim().is_empty() || rest.contains([':', '：']))
}

/// Lotus Notes puts the absent person's name into the subject: "Jan Jansen is out of the office."
pub(super) fn tells_of_absent(subject: &str) -> bool {
    const SAID_OF_OTHERS: [&str; 8] = [
        " is out of the office",
        " is out of office",
        " is niet op kantoor",
        " is afwezig",
        " ist außer haus",
        " ist nicht im büro",
        " est absent",
        " está fuera de la oficina",
    ];
    SAID_OF_OTHERS.iter().any(|words| subject.contains(words))
}

/// Somebody says in the first lines that *he* is away; a complaint says it of others.
pub(super) fn absence_of_self(text: &str) -> Option<&'static str> {
    const SAID_OF_SELF: [&str; 12] = [
        "i will be out of the office",
        "i'll be out of the office",
        "i am out of the office",
        "i'm out of the office",
        "ik ben afwezig",
        "ik ben niet op kantoor",
        "ik ben vanaf",
        "ich werde ab",
        "ich bin nicht im büro",
        "ich bin außer haus",
        "je serai absent",
        "estaré fuera de la oficina",
    ];
    let start = start_of(text);
    SAID_OF_SELF.iter().any(|words| start.contains(words)).then_some("words of one's own absence")
}

/// What sign of an absence the first lines of a text hold.
pub(super) fn absence_in_text(text: &str) -> Option<&'static str> {
    let start = start_of(text);
    ABSENCE_TEXTS.iter().any(|words| start.contains(words)).then_some("words of absence")
}

fn start_of(text: &str) -> String {
    text.chars().take(TEXT_CHARS).collect::<String>().to_lowercase()
}
