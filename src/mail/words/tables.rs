//! The tables of `words.rs`: what Outlook, Outlook for Mac, Apple Mail, Gmail, Thunderbird, Yahoo, HubSpot and others
//! write in each language, in the clients' own spelling. Only data.

/// Labels of one language: from, to, cc, subject, date (sent), others; spellings apart by `|`.
pub(super) type Labels = [&'static str; 6];

/// One row for each language.
#[rustfmt::skip]
pub(super) const LABELS: &[Labels] = &[
    /* en */ ["From|Sender", "To", "Cc|Copy", "Subject", "Date|Sent|Sent on|Sent at|Date sent",
        "Received|Reply-To|Reply to|Bcc|Importance|Priority|Sensitivity|Attachments|Attachment|Organization|\
         Organisation|Resent-From|Resent-Date|Resent-To|Message-ID|Categories|Newsgroups|Mailing list|References|\
         On behalf of|Followup-To|Return-Path|Signed by|Mailed-By|Mailed by|Security|When|Where"],
    /* nl */ ["Van|Afzender|Verzender", "Aan|Naar|Ontvanger", "Kopie|Cc|Kopie aan", "Onderwerp|Betreft",
        "Datum|Verzonden|Verzonden op|Verstuurd|Verstuurd op",
        "Antwoord aan|Antwoord-aan|Antwoordadres|Beantwoorden|Bijlage|Bijlagen|Urgentie|Prioriteit|Belang|\
         Gevoeligheid|Organisatie|Categorieën|Bcc|Wanneer|Locatie"],
    /* de */ ["Von|Absender", "An|Empfänger", "Kopie|Kopie (Cc)", "Betreff|Thema",
        "Datum|Gesendet|Gesendet am|Verschickt|Verschickt am",
        "Antwort an|Antwort-An|Antworten an|Blindkopie|Priorität|Wichtigkeit|Anlagen|Anlage|Anhänge|Anhang|\
         Vertraulichkeit|Organisation|Firma"],
    /* fr */ ["De|Expéditeur|De la part de", "À|Pour|Destinataire|Destinataires", "Copie à|Copie|Cc", "Objet|Sujet",
        "Date|Envoyé|Envoyé le|Date d'envoi|Envoi",
        "Répondre à|Répondre-à|Réponse à|Cci|Copie cachée|Importance|Priorité|Pièces jointes|Pièce jointe|\
         Pièce(s) jointe(s)|Organisation"],
    /* es */ ["De|Remitente|Desde", "Para|A|Destinatario", "CC|Copia", "Asunto|Tema",
        "Fecha|Enviado|Enviado el|Enviada|Fecha de envío",
        "Responder a|Responder|CCO|Importancia|Prioridad|Datos adjuntos|Adjuntos|Archivos adjuntos"],
    /* pt */ ["De|Remetente", "Para|A|Destinatário", "CC|Com cópia|Cópia", "Assunto",
        "Data|Enviado|Enviado em|Enviada|Enviada em|Enviado a",
        "Responder a|Responder para|Responder-a|CCO|Bcc|Importância|Prioridade|Anexos|Anexo"],
    /* it */ ["Da|Mittente", "A|Destinatario|Per", "Cc|Copia|P.C.", "Oggetto|Soggetto",
        "Data|Inviato|Inviata|Inviato il|Data invio|Spedito", "Rispondi a|Rispondi-a|Ccn|Importanza|Priorità|Allegati|Allegato"],
    /* ca */ ["De|Remitent", "Per a|A", "A/c|Cc", "Assumpte|Tema", "Data|Enviat|Enviat el",
        "Respon a|Respondre a|Adjunts"],
    /* gl */ ["De", "Para|A", "Cc", "Asunto", "Data|Enviado", "Responder a"],
    /* eu */ ["Nork|Nondik", "Nori|Nora", "Cc", "Gaia", "Data|Noiz|Bidalia", "Erantzun honi"],
    /* ro */ ["De la|Expeditor", "Către|La|Destinatar", "Cc|Copie", "Subiect|Subiectul",
        "Dată|Data|Trimis|Trimis la|Expediat", "Răspunde la|Răspuns către|Importanță|Atașări"],
    /* da */ ["Fra|Afsender", "Til|Modtager", "Kopi|Cc", "Emne|Vedr", "Dato|Sendt|Sendt den",
        "Svar til|Svar-til|Prioritet|Vigtighed|Vedhæftede filer|Vedhæftet"],
    /* no */ ["Fra|Avsender", "Til|Mottaker", "Kopi|Kopi til", "Emne|Tittel", "Dato|Sendt",
        "Svar til|Svar-til|Viktighet|Prioritet|Vedlegg"],
    /* sv */ ["Från|Avsändare", "Till|Mottagare", "Kopia|Kopia till", "Ämne|Rubrik",
        "Datum|Skickat|Skickad|Skickat den|Skickades|Sänt",
        "Svar till|Svara till|Svarsadress|Prioritet|Bilagor|Bifogade filer|Hemlig kopia"],
    /* fi */ ["Lähettäjä|Keneltä", "Vastaanottaja|Vastaanottajat|Kenelle", "Kopio|Kopiot|Tiedoksi", "Aihe|Otsikko",
        "Päivämäärä|Päiväys|Lähetetty|Pvm", "Vastausosoite|Vastaus|Vastaa osoitteeseen|Tärkeys|Liitteet|Piilokopio"],
    /* is */ ["Frá|Sendandi", "Til|Viðtakandi", "Afrit", "Efni", "Dagsetning|Sent|Dags", "Svara til|Viðhengi"],
    /* et */ ["Saatja|Kellelt|Saatja aadress", "Adressaat|Kellele|Saaja", "Koopia", "Teema|Pealkiri",
        "Kuupäev|Saadetud|Saatmisaeg", "Vastus aadressile|Vasta|Manused|Tähtsus"],
    /* lv */ ["No|Sūtītājs", "Kam|Saņēmējs|Adresāts", "Kopija", "Temats|Tēma", "Datums|Nosūtīts|Sūtīts",
        "Atbildēt|Pielikumi"],
    /* lt */ ["Nuo|Siuntėjas", "Kam|Gavėjas", "Kopija", "Tema", "Data|Išsiųsta|Siųsta", "Atsakyti|Priedai"],
    /* pl */ ["Od|Nadawca", "Do|Odbiorca", "DW|Do wiadomości|Kopia", "Temat|Tytuł",
        "Data|Wysłano|Wysłane|Data wysłania", "Odpowiedz do|Odpowiedź do|UDW|Ważność|Priorytet|Załączniki|Załącznik"],
    /* cs */ ["Od|Odesílatel", "Komu|Adresát|Pro|Příjemce", "Kopie", "Předmět|Věc", "Datum|Odesláno|Odeslané",
        "Odpovědět komu|Odpověď komu|Skrytá kopie|Důležitost|Priorita|Přílohy|Příloha"],
    /* sk */ ["Od|Odosielateľ", "Komu|Pre|Adresát|Príjemca", "Kópia", "Predmet|Vec",
        "Dátum|Odoslané|Odoslaná|Poslané", "Odpovedať komu|Odpoveď komu|Odpoveď pre|Skrytá kópia|Dôležitosť|Prílohy"],
    /* hu */ ["Feladó|Küldő|Kitől", "Címzett|Kinek|Címzettek", "Másolat|Másolatot kap|Másolat kap", "Tárgy",
        "Dátum|Elküldve|Küldve|Küldés dátuma|Időpont",
        "Válaszcím|Titkos másolat|Fontosság|Mellékletek|Csatolt fájlok"],
    /* sl */ ["Od|Pošiljatelj", "Za|Komu|Prejemnik", "Kp|Kopija|V vednost", "Zadeva", "Datum|Poslano",
        "Odgovori na|Odgovor za|Priloge|Pomembnost"],
    /* hr */ ["Od|Šalje|Pošiljatelj", "Za|Prima|Prim", "Kopija|Cc", "Predmet|Naslov|Tema", "Datum|Poslano|Poslao",
        "Odgovori na|Odgovor|Odgovor na|Prilozi|Privici|Važnost"],
    /* sr */ ["Od|Šalje|Pošiljalac|Од|Шаље|Пошиљалац", "Za|Prima|Kome|За|Прима|Коме", "Kopija|Копија",
        "Tema|Naslov|Predmet|Тема|Наслов|Предмет", "Datum|Poslato|Датум|Послато|Дана",
        "Odgovor|Одговор|Одговор за|Прилози"],
    /* mk */ ["Од|Испраќач", "До|За", "Копија", "Предмет|Наслов", "Датум|Испратено", "Одговори на"],
    /* bg */ ["От|Подател", "До|Получател", "Копие|Як", "Относно|Тема", "Дата|Изпратено|Изпратена",
        "Отговор до|Отговор|Прикачени файлове"],
    /* ru */ ["От|Отправитель|От кого", "Кому|Получатель", "Копия|Копии", "Тема",
        "Дата|Отправлено|Отправлен|Дата отправки",
        "Ответить|Обратный адрес|Ответ|Кому ответить|Скрытая копия|Важность|Вложения|Приоритет"],
    /* uk */ ["Від|Від кого|Відправник", "Кому|До|Одержувач|Отримувач", "Копія", "Тема",
        "Дата|Відправлено|Надіслано|Дата надсилання",
        "Відповісти|Відповідь|Зворотна адреса|Адреса для відповіді|Прихована копія|Важливість|Вкладення"],
    /* be */ ["Ад|Ад каго", "Каму", "Копія", "Тэма", "Дата|Адпраўлена", "Адказаць"],
    /* el */ ["Από|Αποστολέας", "Προς|Παραλήπτης", "Κοιν|Κοινοποίηση|Κοιν.", "Θέμα",
        "Ημερομηνία|Στάλθηκε|Ημ/νία|Εστάλη", "Απάντηση σε|Απάντηση προς|Συνημμένα"],
    /* tr */ ["Kimden|Gönderen", "Kime|Alıcı|Alıcılar", "Bilgi|Kopya", "Konu",
        "Tarih|Gönderildi|Gönderilen|Gönderilme|Gönderim Tarihi|Gönderme Tarihi|Gönderilme Tarihi",
        "Yanıt Adresi|Yanıtla|Yanıt|Yanıtlama Adresi|Gizli|Önem|Ekler|Ek"],
    /* he */ ["מאת", "אל|נמען", "עותק|העתק", "נושא|הנושא", "תאריך|נשלח|בתאריך", "השב אל|קבצים מצורפים"],
    /* ar */ ["من|المرسل", "إلى|المستلم", "نسخة|نسخة إلى", "الموضوع|موضوع",
        "التاريخ|تاريخ الإرسال|تم الإرسال|أرسلت|تاريخ", "الرد على|رد إلى|المرفقات"],
    /* fa */ ["از|فرستنده", "به|گیرنده", "رونوشت", "موضوع", "تاریخ|ارسال شده|فرستاده شده", "پاسخ به"],
    /* ja */ ["差出人|送信元|送信者|From", "宛先|送信先|To", "Cc|写し", "件名|Subject", "日付|日時|送信日時|送信日|Date", "返信先|重要度|添付ファイル"],
    /* zh */ ["发件人|寄件者|寄件人|發件人|发件者|发信人", "收件人|收件者|收信人", "抄送|副本|抄送人", "主题|主旨|主題|标题",
        "日期|发送时间|發送時間|发送日期|寄件日期|傳送時間|已发送|时间", "回复|答复|回覆|回复至|附件|重要性|密送|密件副本"],
    /* ko */ ["보낸사람|보낸 사람|발신", "받는사람|받는 사람|수신", "참조", "제목", "날짜|보낸 날짜|보낸날짜|보낸 시간", "회신 대상|답장|첨부파일|중요도"],
    /* vi */ ["Từ|Người gửi", "Tới|Đến|Người nhận", "Đồng gửi", "Chủ đề|Tiêu đề", "Ngày|Đã gửi|Gửi lúc|Vào lúc",
        "Trả lời"],
    /* th */ ["จาก|ผู้ส่ง", "ถึง|ผู้รับ", "สำเนา|สำเนาถึง", "เรื่อง|หัวเรื่อง|หัวข้อ", "วันที่|ส่ง|ส่งเมื่อ",
        "ตอบกลับ"],
    /* id */ ["Dari|Pengirim", "Kepada|Ke|Untuk", "Tembusan|Salinan", "Subjek|Perihal|Judul",
        "Tanggal|Dikirim|Terkirim", "Balas ke"],
    /* ms */ ["Daripada", "Kepada", "Salinan", "Subjek|Tajuk", "Tarikh|Dihantar", "Balas kepada"],
    /* cy */ ["Oddi wrth|Oddiwrth", "At", "Copi", "Pwnc", "Dyddiad|Anfonwyd", "Ateb i"],
    /* fy */ ["Fan", "Oan", "Kopy", "Underwerp", "Datum|Ferstjoerd", "Antwurd oan"],
];

/// Parts of words (folded) that say "passed on" where a client draws a separator.
#[rustfmt::skip]
pub(super) const FORWARD_STEMS: &[&str] = &[
    "forward", "fwd", "doorgestuurd", "doorgezonden", "trochstjoerd", "weitergeleitet", "weiterleitung", "transfere",
    "transmis", "reacheminé", "réexpédi", "fait suivre", "reenviad", "reenvia", "renviat", "reexpedid", "inoltrat",
    "inoltro", "encaminhad", "reencaminhad", "birbidali", "redirecționat", "redirectat", "redirecionad", "retransmis",
    "videresend", "viderebefordr", "vidarebefordr", "vidaresend", "välitetty", "edelleenlähet", "välitetyn",
    "áframsend", "edastatud", "edasi saadetud", "edasisaadetud", "pārsūtīt", "persiųst", "persiunčiam", "przekazan",
    "przekazywan", "przesłan", "przesłane dalej", "přeposlan", "přeposílan", "předávan", "předan", "preposlan",
    "preposielan", "postúpen", "továbbított", "továbbítás", "posredovan", "proslijeđen", "prosleđen", "proslijeden",
    "проследен", "прослеђен", "препратен", "препрат", "пересылаем", "переслан", "переадресован", "перенаправлен",
    "пересланн", "перасланае", "переслане", "пересила", "перенаправлене", "προωθη", "προωθημ", "iletil",
    "yönlendiril", "הועבר", "המועברת", "שהועבר", "معاد توجيه", "إعادة توجيه", "محول", "تمت إعادة", "هدایت شده",
    "بازارسال", "転送", "转发", "轉寄", "轉發", "전달", "chuyển tiếp", "ส่งต่อ", "diteruskan", "dimajukan", "anfonwyd ymlaen",
];

/// Parts of words (folded) of separators that clients draw above a quoted mail, whether answered or passed on.
#[rustfmt::skip]
pub(super) const ORIGINAL_STEMS: &[&str] = &[
    "original", "oorspronkelijk", "origineel", "ursprung", "ursprüng", "message d'origine", "origine", "oprindelig",
    "opprinnelig", "alkuperäinen", "upphafleg", "oryginaln", "původní", "pôvodn", "eredeti", "orijinal", "özgün",
    "исходное", "исходн", "оригинал", "вихідне", "первоначальн", "izvorn", "izvirn", "originaln", "изворна", "αρχικό",
    "algne", "algkiri", "sākotnēj", "jatorrizko", "הודעה מקורית", "الأصلية", "اصلی", "元のメッセージ", "原始", "원본",
    "tin nhắn gốc", "thư gốc", "ต้นฉบับ", "asli", "asal", "quoted message", "reply message", "de respuesta", "message initial",
    "оригінальн", "πρωτότυπο", "原邮件", "原件", "özgün ileti", "copy of the message",
];

/// Subject prefixes of a mail passed on. "VS" is Danish and Norwegian for it, but Finnish and Estonian for an answer.
#[rustfmt::skip]
pub(super) const FORWARD_PREFIXES: &[&str] = &[
    "FW", "Fwd", "Forward", "Forwarded", "Doorst", "Doorgest", "Doorgestuurd", "Doorsturen", "WG", "Wtr", "Wtrlt",
    "Weitergeleitet", "Weiterleitung", "TR", "Transfert", "Transféré", "RV", "Reenv", "Reenviado", "ENC",
    "Encaminhado", "I", "Inoltro", "Inoltrato", "VB", "VS", "Videresendt", "VL", "FS", "Áframsent", "PD", "Przek",
    "Podaj dalej", "Přep", "Předáno", "Preposl", "Továbbítás", "Tov", "Továbbítva", "Posr", "Edasi", "Pārs", "Pārsūt",
    "Persiųsta", "İLT", "İlet", "Пересл", "Переслать", "Перес", "Препр", "Препратено", "ΠΡΘ", "Προώθ", "הועבר",
    "העבר", "إعادة توجيه", "إعادة ت", "転送", "转发", "轉寄", "轉發", "转", "전달", "ส่งต่อ", "TRS", "CTi", "Chuyển tiếp", "YML",
];

/// Subject prefixes of an answer.
#[rustfmt::skip]
pub(super) const REPLY_PREFIXES: &[&str] = &[
    "Re", "Reply", "Antw", "Antwoord", "AW", "Antwort", "Rép", "Réponse", "RES", "Resp", "Respuesta", "Resposta", "R",
    "RIF", "Risp", "SV", "Svar", "Vast", "Vastus", "ODP", "Odpověď", "Odpoveď", "Odg", "Odgovor", "VÁ", "Vál",
    "Válasz", "Atb", "Ats", "Atsak", "YNT", "Yanıt", "Cevap", "ΑΠ", "ΣΧΕΤ", "Отв", "Ответ", "Отг", "Відп", "BLS",
    "TL", "Trả lời", "回复", "答复", "回覆", "答覆", "返信", "회신", "답장", "השב", "תגובה", "رد", "الرد", "پاسخ", "ตอบกลับ", "RSP",
];

/// Parts of words (folded) for "message": beside one of the stems above, a drawn line is a client's separator and not
/// somebody's heading ("--- originele factuur ---").
#[rustfmt::skip]
pub(super) const MESSAGES: &[&str] = &[
    "message", "mail", "bericht", "berjocht", "nachricht", "mensaje", "correo", "messaggio", "mensagem", "missatge",
    "meddelelse", "besked", "meddelande", "melding", "mejl", "skilabod", "viesti", "kiri", "zinojum", "laisk",
    "wiadomosc", "zprav", "sprav", "poruk", "sporocil", "сообщени", "письмо", "повідомлен", "лист", "съобщен", "порук",
    "uzenet", "mesaj", "μηνυμα", "ileti", "رساله", "رسالة", "הודעה", "thu", "tin nhan", "pesan", "pesanan", "ข้อความ",
    "邮件", "郵件", "原件", "メッセージ", "메시지", "메일", "appointment", "afspraak", "termin", "rendez-vous", "mezu",
];

/// Words for "wrote" in attribution lines ("Op ma 23 nov. 2026 om 10:12 schreef …:"), in lower case.
#[rustfmt::skip]
pub(super) const WROTE: &[&str] = &[
    // Germanic
    "wrote", "quoting", "writes", "schreef", "geschreven", "citeren", "skreau", "schrieb", "geschrieben", "zitat von",
    "skrev", "skreiv", "skrifaði",
    // Romance and Celtic
    "écrit", "écrivait", "escribió", "escrito", "escribiu", "escriure", "escrit", "escrigué", "escreveu", "scritto",
    "scrisse", "scrive", "scris", "ysgrifennodd",
    // Slavic and Baltic
    "napisał", "napisał(a)", "napisała", "pisze", "napsal", "napsal(a)", "napsala", "napísal", "napísal(a)", "napísala",
    "napisao", "napisao/la", "napisala", "napisal", "pisal", "написал", "написал(а)", "написала", "пишет", "написав",
    "написав(-ла)", "написала", "пише", "написа", "написао", "напісаў", "rašė", "parašė", "rakstīja",
    // Others
    "kirjoitti", "kirjutas", "írta", "ezt írta", "έγραψε", "yazdı", "yazmış", "كتب", "تمت كتابة", "نوشت", "כתב", "כתבה",
    "נכתב", "menulis", "nagsulat", "viết", "เขียนว่า", "写道", "寫道", "写了", "書きました", "のメール", "作成", "작성", "님이 작성", "ने लिखा",
    "idatzi", "egin du",
];

/// First words (folded) of the line that closes a mail passed on, as Mutt draws it.
pub(super) const CLOSING: &[&str] = &["end ", "einde ", "ende ", "fin ", "fine "];

/// What header names with a hyphen begin with, where a mail's source is shown.
pub(super) const HEADER_FAMILIES: &[&str] = &[
    "x",
    "mime",
    "content",
    "user",
    "in",
    "message",
    "dkim",
    "domainkey",
    "list",
    "return",
    "thread",
    "arc",
    "resent",
    "authentication",
    "received",
    "delivered",
    "auto",
];

/// From labels of the languages in which the subject prefix "VS" means an answer.
pub(super) const VS_IS_REPLY: &[&str] = &["lähettäjä", "keneltä", "saatja", "kellelt"];
