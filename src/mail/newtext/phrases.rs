//! What stands under a person's own text, in the languages of our mail: lines of apps, disclaimers, closings. Data only;
//! kept in lower case, matched on lower-cased text with straight apostrophes. Structure is looked at first: these words
//! decide only where structure leaves doubt. The tables are laid out by hand: a word a line would hide their order. What
//! clients write around a quoted mail is in `words.rs`.

/// Pronouns that, beside such a word, make a sentence of one's own ("op 3 mei om 10:15 schreef ik u:").
#[rustfmt::skip]
pub(super) const OWN_WORDS: &[&str] = &[
    "schreef ik", "schreef wij", "schreven wij", "schreef je", "schreef u", "heb ik", "hebben wij", "hebben we",
    "heeft u", "i wrote", "we wrote", "wrote to you", "you have written", "ik heb", "schrieb ich", "schrieben wir",
    "j'ai écrit", "nous avons écrit", "stond er", "het volgende gebeurd",
];

/// Lines of other desks above which people are asked to type.
#[rustfmt::skip]
pub(super) const TYPE_ABOVE: &[&str] = &[
    "above this line", "above the line", "boven deze regel", "boven deze lijn", "über dieser zeile",
    "oberhalb dieser zeile", "au-dessus de cette ligne", "encima de esta línea", "acima desta linha",
    "sopra questa riga", "ovanför denna rad", "over denne linje",
];

/// Starts of the line an app puts under a mail.
#[rustfmt::skip]
pub(super) const SENT_FROM: &[&str] = &[
    "sent from", "sent with", "sent via", "sent using", "sent by", "get outlook for", "outlook for ios", "outlook for android", "verzonden vanaf",
    "verzonden via", "verzonden met", "verstuurd vanaf", "verstuurd via", "verstuurd met", "verstuurd door",
    "verzonden vanuit", "gestuurd vanaf", "outlook voor", "download outlook", "haal outlook", "outlook downloaden",
    "von meinem", "von meiner", "gesendet von", "gesendet mit", "gesendet über", "gesendet aus",
    "holen sie sich outlook", "outlook für", "envoyé de", "envoyé depuis", "envoyé à partir", "envoyé avec",
    "envoyé par", "télécharger outlook", "obtenir outlook", "obtenez outlook", "outlook pour", "enviado desde",
    "enviado con", "enviado do", "enviado de", "enviado a partir", "enviado pelo", "enviado via", "obtener outlook",
    "obter o outlook", "obtenha o outlook", "outlook para", "inviato da", "inviato dal", "inviato con",
    "scarica outlook", "ottieni outlook", "outlook per", "sendt fra", "sendt med", "hent outlook", "skickat från",
    "skickat med", "skaffa outlook", "hämta outlook", "lähetetty", "hanki outlook", "wysłane z", "wysłano z",
    "pobierz program outlook", "pobierz outlook", "odesláno z", "odoslané z", "получите outlook", "отправлено из",
    "отправлено с", "надіслано з", "küldve", "trimis de pe", "trimis din", "στάλθηκε από", "iphone'umdan gönderildi",
    "ipad'imden gönderildi", "أرسلت من", "تم الإرسال من", "נשלח מה", "dikirim dari", "được gửi từ", "gửi từ", "发自我的",
    "從我的", "从我的", "iphoneから送信", "ipadから送信", "나의 iphone에서 보냄", "내 iphone에서 보냄", "poslano s", "poslano z", "poslano iz",
    "poslato sa", "enviat des de", "elküldve az", "đã gửi từ", "ส่งจาก", "أُرسلت من", "send fra", "発信元", "via mobile", "via newton",
    "diese nachricht wurde von", "diese mail wurde von", "yahoo mail voor", "yahoo mail für", "yahoo mail pour",
    "yahoo mail for",
];

/// What such a line names; words as general as "sent by" count only beside one of these.
#[rustfmt::skip]
pub(super) const APPS: &[&str] = &[
    "iphon", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "nokia", "sony", "htc", "motorola",
    "pixel", "oneplus", "oppo", "blackberry", "windows", "mobile", "mobiel", "mobil", "móvil", "móbil", "telefoon",
    "phone", "téléphone", "telefon", "teléfono", "telefone", "celular", "cellulare", "smartphone", "tablet", "handy",
    "outlook", "gmail", "yahoo", "hotmail", "mailbox", "mail voor", "mail for", "mail für", "mail pour", "mail per",
    "mail app", "mail-app", "app voor", "web.de", "gmx", "aol", "proton", "spark", "sparrow", "typeapp", "bluemail",
    "blue mail", "k-9", "k9", "aqua mail", "aquamail", "airmail", "newton", "mailspring", "mailbird", "canary", "почты", "edison", "thunderbird", "fairemail",
    "ziggo", "kpn", "apple", "mac", "mijn", "my ", "mein", "mon ", "mi ", "mio", "meu", "min ", "moj", "mojeg",
    "моего", "устройства", "fastmail", "tutanota", "zoho", "superhuman", "inbox", "我的", "device",
];

/// Words of disclaimers; two different ones in a closing paragraph make it one.
#[rustfmt::skip]
pub(super) const DISCLAIMER: &[&str] = &[
    "confidential", "intended recipient", "intended only", "intended solely", "addressee", "privileged", "disclaimer",
    "notify the sender", "unauthorised", "unauthorized", "please consider the environment", "vertrouwelijk",
    "geadresseerde", "uitsluitend bestemd", "alleen bestemd", "ten onrechte", "abusievelijk", "openbaarmaking",
    "denk aan het milieu", "proclaimer", "vertraulich", "adressat", "irrtümlich", "ausschließlich für den",
    "unbefugte", "confidentiel", "destinataire", "par erreur", "divulgation", "confidencial", "destinatario",
    "por error", "por erro", "destinatário", "riservat", "per errore", "konfidentiell", "fortrolig", "poufne",
    "adresat", "scanned for viruses", "virus scanning", "virus checked", "security system", "been scanned",
    "may be monitored", "monitored and/or recorded", "automatically logged", "received this email in error",
    "received this message in error", "gescand op virussen", "gecontroleerd op virussen", "virenfrei", "sans virus",
    "legally privileged", "strictly prohibited", "any attachments", "any files transmitted", "do not necessarily represent",
    "scanned by", "views expressed", "accepts no liability", "accept no liability", "no liability", "error-free",
    "before printing", "niet de beoogde ontvanger", "onbevoegd", "geen rechten worden ontleend", "elke aansprakelijkheid",
    "untersagt", "nicht gestattet", "vertrauliche", "rechtlich geschützt", "destiné", "pensez à l'environnement",
    "imprimer ce", "est interdite", "strictement interdit", "prohibid", "proibid", "vietat", "antes de imprimir",
    "prima di stampare", "zabronion", "důvěrn", "bizalmas", "kişiye özel", "luottamuksell", "конфиденциал", "förbjud",
];

/// What a company writes about itself below.
#[rustfmt::skip]
pub(super) const FOOTERS: &[&str] = &[
    "registered office", "registered in", "registered number", "company number", "company registration", "kvk", "k.v.k",
    "btw-nummer", "amtsgericht", "handelsregister", "geschäftsführer", "sitz der gesellschaft", "siège social", "rcs ",
    "siren", "capital social", "p.iva", "p. iva", "regon", "ičo", "cégjegyzék", "org.nr", "orgnr", "y-tunnus", "cvr",
];

/// First words of a closing: with nothing but one below a quote, the quote was not answered there.
#[rustfmt::skip]
pub(super) const CLOSINGS: &[&str] = &[
    "groet", "groeten", "groetjes", "met vriendelijke groet", "vriendelijke groet", "hartelijke groet", "mvg",
    "m.v.g", "hoogachtend", "bedankt", "alvast bedankt", "dank u", "dank je", "regards", "best regards",
    "kind regards", "warm regards", "best", "best wishes", "thanks", "thank you", "many thanks", "cheers",
    "sincerely", "yours", "gruß", "grüße", "mit freundlichen", "viele grüße", "freundliche grüße", "liebe grüße",
    "mfg", "lg", "vg", "danke", "cordialement", "bien cordialement", "bien à vous", "merci", "salutations", "saludos",
    "un saludo", "gracias", "atentamente", "saluti", "cordiali", "distinti", "grazie", "atenciosamente", "obrigado",
    "obrigada", "abraços", "cumprimentos", "hilsen", "venlig hilsen", "med venlig hilsen", "vennlig hilsen", "mvh",
    "vh", "hälsningar", "vänliga hälsningar", "med vänliga hälsningar", "terveisin", "ystävällisin", "pozdrawiam",
    "z poważaniem", "s pozdravem", "с уважением", "üdvözlettel", "saygılar",
];

/// How the first sentence of a disclaimer begins.
pub(super) const DISCLAIMER_OPENS: &[&str] = &[
    "disclaimer",
    "dit bericht",
    "dit e-mail",
    "dit email",
    "dit mailbericht",
    "deze e-mail",
    "deze email",
    "deze mail",
    "de informatie in",
    "de inhoud van",
    "de informatie verzonden",
    "this e-mail",
    "this email",
    "this message",
    "this communication",
    "this transmission",
    "the information contained",
    "the information in",
    "the content of",
    "the contents of",
    "confidentiality notice",
    "diese e-mail",
    "diese nachricht",
    "diese mail",
    "ce message",
    "ce courriel",
    "cet e-mail",
    "este mensaje",
    "este correo",
    "questo messaggio",
    "esta mensagem",
];

/// How sentences begin that servers put under every mail, and nobody types in an answer: with one word of a disclaimer in
/// it, such a sentence is one.
#[rustfmt::skip]
pub(super) const ADDED_OPENS: &[&str] = &[
    "aan dit bericht", "aan dit e-mail", "aan deze e-mail", "aan deze email", "aan deze mail", "aan de inhoud van dit",
    "aan de inhoud van deze e-mail", "aan de informatie in dit", "aan de informatie in deze e-mail", "denk aan het milieu",
    "indien u dit bericht", "indien u deze e-mail", "als u dit bericht", "als u deze e-mail", "wanneer u dit bericht",
    "bent u niet de", "indien u niet de", "de afzender is niet", "de afzender aanvaardt", "het is niet toegestaan dit bericht",
    "please consider the environment", "if you are not the", "if you have received this", "if you received this",
    "no rights can be derived from this", "any views", "any unauthorised", "any unauthorized", "the sender accepts",
    "bitte denken sie an die umwelt", "sollten sie diese", "wenn sie nicht der", "der inhalt dieser",
    "si vous n'êtes pas", "si vous avez reçu", "pensez à l'environnement", "si ha recibido", "se ricevete", "se recebeu",
];

/// Ends of a company's name.
#[rustfmt::skip]
pub(super) const LEGAL_FORMS: &[&str] = &[
    "bv", "nv", "vof", "cv", "gmbh", "ag", "kg", "ltd", "limited", "plc", "llc", "inc", "sarl", "sas", "sa", "srl", "spa", "ab",
    "oy", "aps", "as",
];

/// What phones say of typing errors.
pub(super) const EXCUSES: &[&str] =
    &["excuse", "brevity", "typo", "typfout", "tikfout", "beknopt", "kurze", "tippfehler", "concis"];
