//! What mail clients write around a quoted mail and under one's own text, in the languages they speak. Data only; kept in
//! lower case, matched on lower-cased text with straight apostrophes. Structure is looked at first: these words
//! decide only where structure leaves doubt. The tables are laid out by hand: a word a line would hide their order.

/// Words for "wrote" in attribution lines ("Op … schreef …:").
#[rustfmt::skip]
pub(super) const WROTE: &[&str] = &[
    // Germanic
    "wrote", "quoting", "citeren", "zitat von", "writes", "schreef", "geschreven", "schrieb", "geschrieben", "skrev",
    "skrifaði", "skreiv",
    // Romance
    "écrit", "ecrit", "escribió", "escribio", "escrito", "scritto", "scrisse", "escreveu", "escrit", "escrigué",
    "scris",
    // Slavic and Baltic
    "napisał", "napisał(a)", "napisała", "pisze", "napsal", "napsal(a)", "napsala", "napísal", "napísal(a)",
    "napisao", "napisao/la", "napisala", "napisal", "написал", "написал(а)", "написала", "пишет", "написав",
    "написав(-ла)", "пише", "написа", "rašė", "parašė", "rakstīja",
    // Others
    "kirjoitti", "kirjutas", "írta", "ezt írta", "έγραψε", "yazdı", "yazmış", "كتب", "تمت كتابة", "כתב", "כתבה",
    "נכתב", "menulis", "nagsulat", "viết", "เขียนว่า", "写道", "寫道", "写了", "書きました", "のメール", "작성", "님이 작성", "ने लिखा",
    "idatzi", "egin du", "ysgrifennodd",
];

/// Pronouns that, beside such a word, make a sentence of one's own ("op 3 mei om 10:15 schreef ik u:").
#[rustfmt::skip]
pub(super) const OWN_WORDS: &[&str] = &[
    "schreef ik", "schreef wij", "schreven wij", "schreef je", "schreef u", "heb ik", "hebben wij", "hebben we",
    "heeft u", "i wrote", "we wrote", "wrote to you", "you have written", "ik heb", "schrieb ich", "schrieben wir",
    "j'ai écrit", "nous avons écrit", "stond er", "het volgende gebeurd",
];

/// Between dashes: "-----Oorspronkelijk bericht-----". Forwards too: what is below is somebody else's.
#[rustfmt::skip]
pub(super) const SEPARATORS: &[&str] = &[
    "original message", "original email", "original mail", "original appointment", "forwarded message",
    "forwarded by", "oorspronkelijk bericht", "oorspronkelijke bericht", "origineel bericht",
    "oorspronkelijke afspraak", "doorgestuurd bericht", "doorgezonden bericht", "ursprüngliche nachricht",
    "ursprüngliche mail", "original-nachricht", "originalnachricht", "originalnachricht", "weitergeleitete nachricht",
    "weitergeleitet von", "message d'origine", "message original", "message originel", "message transféré",
    "message initial", "e-mail d'origine", "mensaje original", "mensaje reenviado", "correo original",
    "messaggio originale", "messaggio inoltrato", "mensagem original", "mensagem encaminhada", "missatge original",
    "oprindelig meddelelse", "oprindelig besked", "original besked", "videresendt besked", "ursprungligt meddelande",
    "originalmeddelande", "vidarebefordrat meddelande", "opprinnelig melding", "videresendt melding",
    "alkuperäinen viesti", "välitetty viesti", "wiadomość oryginalna", "oryginalna wiadomość", "wiadomość przekazana",
    "przekazana wiadomość", "původní zpráva", "přeposlaná zpráva", "pôvodná správa", "izvorna poruka",
    "izvirno sporočilo", "originalna poruka", "исходное сообщение", "оригинальное сообщение",
    "пересылаемое сообщение", "переадресованное сообщение", "оригінальне повідомлення", "вихідне повідомлення",
    "оригинално съобщение", "eredeti üzenet", "továbbított üzenet", "mesajul original", "mesaj original",
    "αρχικό μήνυμα", "πρωτότυπο μήνυμα", "orijinal mesaj", "özgün ileti", "iletilen mesaj", "الرسالة الأصلية",
    "הודעה מקורית", "thư gốc", "tin nhắn gốc", "pesan asli", "原始邮件", "原始郵件", "原邮件", "转发邮件", "轉寄郵件", "元のメッセージ",
    "転送されたメッセージ", "원본 메시지", "원본 메일", "전달된 메시지",
];

/// On a line of their own, with a colon: Apple Mail above the header of a forwarded or quoted mail.
#[rustfmt::skip]
pub(super) const BEGINS: &[&str] = &[
    "begin forwarded message", "begin doorgestuurd bericht", "anfang der weitergeleiteten nachricht",
    "début du message réexpédié", "début du message transféré", "inicio del mensaje reenviado",
    "inizio messaggio inoltrato", "início da mensagem encaminhada", "start på videresendt besked",
    "vidarebefordrat mejl", "videresendt melding", "välitetty viesti alkaa", "początek przekazywanej wiadomości",
    "начало переадресованного сообщения", "began forwarded message", "下面是被转发的邮件", "転送されたメッセージ",
];

/// Header labels of a quoted mail, by what they name.
#[rustfmt::skip]
pub(super) const FROM: &[&str] = &[
    "from", "van", "von", "de", "da", "od", "fra", "från", "lähettäjä", "mittente", "remitente", "expéditeur",
    "nadawca", "odesílatel", "odosielateľ", "от", "від", "отправитель", "feladó", "expeditor", "de la", "από",
    "gönderen", "kimden", "من", "מאת", "dari", "từ", "发件人", "寄件者", "寄件人", "差出人", "送信者", "보낸 사람", "frá", "nuo", "no",
    "kellelt", "saatja", "afzender", "absender", "mailed by", "pošiljatelj", "šalje", "pošiljalac",
];
#[rustfmt::skip]
pub(super) const SENT: &[&str] = &[
    "sent", "date", "verzonden", "verstuurd", "datum", "gesendet", "envoyé", "envoyé le", "enviado", "enviado el",
    "enviado em", "enviada em", "enviada", "fecha", "data", "inviato", "inviata", "data invio", "sendt", "skickat",
    "dato", "lähetetty", "päivämäärä", "pvm", "wysłano", "wysłane", "odesláno", "odoslané", "dátum", "дата",
    "отправлено", "надіслано", "küldve", "elküldve", "trimis", "dată", "στάλθηκε", "ημερομηνία", "gönderildi",
    "gönderilme tarihi", "tarih", "التاريخ", "تاريخ الإرسال", "נשלח", "תאריך", "tanggal", "dikirim", "ngày", "gửi",
    "发送时间", "发送日期", "日期", "时间", "寄件日期", "日時", "送信日時", "送信日", "보낸 날짜", "날짜", "sent at", "sent on", "received", "le",
    "poslano", "poslato", "išsiųsta", "saadetud",
];
#[rustfmt::skip]
pub(super) const TO: &[&str] = &[
    "to", "aan", "naar", "an", "à", "a", "para", "per", "til", "till", "vastaanottaja", "destinatario",
    "destinataire", "do", "komu", "pro", "кому", "до", "címzett", "către", "catre", "la", "προς", "kime", "alıcı",
    "إلى", "אל", "kepada", "đến", "tới", "收件人", "收件者", "宛先", "받는 사람", "받는사람", "za", "prima", "kam", "kellele",
    "adressaat", "ontvanger", "empfänger", "cc", "kopie", "copie", "kopia", "bcc", "副本", "抄送", "참조", "c.c.", "ccn",
    "cci", "копия",
];
#[rustfmt::skip]
pub(super) const SUBJECT: &[&str] = &[
    "subject", "onderwerp", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "emne", "ämne", "aihe",
    "temat", "předmět", "predmet", "тема", "tárgy", "subiect", "θέμα", "konu", "الموضوع", "נושא", "subjek", "perihal",
    "chủ đề", "主题", "主旨", "件名", "제목", "efni", "tema", "teema", "assumpte", "titel", "title",
];
#[rustfmt::skip]
pub(super) const OTHER_LABELS: &[&str] = &[
    "reply-to", "reply to", "antwoord aan", "antwort an", "répondre à", "importance", "prioriteit", "priority",
    "urgentie", "bijlagen", "attachments", "anlagen", "pièces jointes", "organization", "message-id", "mailed-by",
    "responder a", "belang", "wichtigkeit", "when", "where", "wanneer", "locatie", "signed by",
];

/// Starts of the line an app puts under a mail.
#[rustfmt::skip]
pub(super) const SENT_FROM: &[&str] = &[
    "sent from", "sent with", "sent via", "sent using", "sent by", "get outlook for", "verzonden vanaf",
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
    "從我的", "从我的", "iphoneから送信", "ipadから送信", "나의 iphone에서 보냄", "내 iphone에서 보냄", "poslano s", "poslano iz",
    "poslato sa", "enviat des de", "via mobile", "yahoo mail voor", "yahoo mail für", "yahoo mail pour",
    "yahoo mail for",
];

/// What such a line names; words as general as "sent by" count only beside one of these.
#[rustfmt::skip]
pub(super) const APPS: &[&str] = &[
    "iphone", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "nokia", "sony", "htc", "motorola",
    "pixel", "oneplus", "oppo", "blackberry", "windows", "mobile", "mobiel", "mobil", "móvil", "móbil", "telefoon",
    "phone", "téléphone", "telefon", "teléfono", "telefone", "celular", "cellulare", "smartphone", "tablet", "handy",
    "outlook", "gmail", "yahoo", "hotmail", "mailbox", "mail voor", "mail for", "mail für", "mail pour", "mail per",
    "mail app", "mail-app", "app voor", "web.de", "gmx", "aol", "proton", "spark", "sparrow", "typeapp", "bluemail",
    "blue mail", "k-9", "k9", "aqua mail", "aquamail", "airmail", "newton", "edison", "thunderbird", "fairemail",
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
    "adresat",
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
