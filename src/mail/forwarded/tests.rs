//! What the rules of this folder promise, on small mails of our own.

use super::{attached, inline};
use crate::mail::parse::{Header, Leaf, Parsed};
use crate::mail::{Forwarded, ForwardedHow, ToldBy};
use proptest::prelude::*;

const BODY: &str = "Mijn auto is beschadigd teruggekomen.\n\nGroet, Anna";

fn read(text: &str, subject: &str) -> Forwarded {
    inline::of(text, subject).unwrap_or_else(|| panic!("not seen as passed on ({subject}):\n{text}"))
}

fn assert_anna(found: &Forwarded, text: &str) {
    assert_eq!(found.from.name, "Anna de Wit", "{text}");
    assert_eq!(found.from.address, "anna@klant.example", "{text}");
    assert_eq!(found.subject, "Schade aan mijn auto", "{text}");
    assert_eq!(found.body, BODY, "{text}");
}

/// One block in the labels of a language: from, date, to, copy, subject.
fn block(labels: [&str; 5]) -> String {
    let [from, date, to, copy, subject] = labels;
    format!(
        "{from}: Anna de Wit <anna@klant.example>\n{date}: 23-11-2026 10:12\n{to}: Balie <balie@bedrijf.example>\n\
         {copy}: Piet <piet@bedrijf.example>\n{subject}: Schade aan mijn auto\n"
    )
}

#[rustfmt::skip]
const LANGUAGES: &[[&str; 5]] = &[
    ["Van", "Verzonden", "Aan", "CC", "Onderwerp"], ["From", "Sent", "To", "Cc", "Subject"],
    ["Von", "Gesendet", "An", "Cc", "Betreff"], ["De\u{a0}", "Envoyé\u{a0}", "À\u{a0}", "Cc\u{a0}", "Objet\u{a0}"],
    ["De", "Enviado el", "Para", "CC", "Asunto"], ["De", "Enviada", "Para", "Cc", "Assunto"],
    ["Da", "Inviato", "A", "Cc", "Oggetto"], ["De la", "Trimis", "Către", "Cc", "Subiect"],
    ["Fra", "Sendt", "Til", "Kopi", "Emne"], ["Från", "Skickat", "Till", "Kopia", "Ämne"],
    ["Lähettäjä", "Lähetetty", "Vastaanottaja", "Kopio", "Aihe"],
    ["Saatja", "Saadetud", "Adressaat", "Koopia", "Teema"], ["No", "Nosūtīts", "Kam", "Kopija", "Temats"],
    ["Nuo", "Išsiųsta", "Kam", "Kopija", "Tema"], ["Od", "Wysłano", "Do", "DW", "Temat"],
    ["Od", "Odesláno", "Komu", "Kopie", "Předmět"], ["Od", "Odoslané", "Komu", "Kópia", "Predmet"],
    ["Feladó", "Elküldve", "Címzett", "Másolatot kap", "Tárgy"], ["Od", "Poslano", "Za", "Kp", "Zadeva"],
    ["Šalje", "Poslano", "Prima", "Cc", "Naslov"], ["Од", "Датум", "Прима", "Копија", "Наслов"],
    ["От", "Изпратено", "До", "Копие", "Относно"], ["От", "Отправлено", "Кому", "Копия", "Тема"],
    ["Від", "Надіслано", "Кому", "Копія", "Тема"], ["Από", "Στάλθηκε", "Προς", "Κοιν", "Θέμα"],
    ["Kimden", "Gönderildi", "Kime", "Bilgi", "Konu"], ["מאת", "נשלח", "אל", "עותק", "נושא"],
    ["من", "تم الإرسال", "إلى", "نسخة", "الموضوع"], ["差出人", "送信日時", "宛先", "Cc", "件名"],
    ["发件人", "发送时间", "收件人", "抄送", "主题"], ["寄件者", "寄件日期", "收件者", "副本", "主旨"], ["보낸 사람", "보낸 날짜", "받는 사람", "참조", "제목"],
    ["Từ", "Ngày", "Đến", "Cc", "Chủ đề"], ["FRÁ", "Sent", "Til", "Afrit", "Efni"],
    ["*De*", "*Enviat*", "*Per a*", "*A/c*", "*Assumpte*"], ["Dari", "Dikirim", "Kepada", "Tembusan", "Subjek"],
];

#[test]
fn every_language_is_read_in_every_shape() {
    for labels in LANGUAGES {
        let block = block(*labels);
        let quoted = format!("{block}\n{BODY}").lines().map(|line| format!("> {line}\n")).collect::<String>();
        for text in [
            format!("---------- Forwarded message ---------\n{block}\n{BODY}"),
            format!("Zie hieronder.\r\n\r\n________________________________\r\n{block}\r\n{BODY}"),
            format!("Zie hieronder.\n\n-----Oorspronkelijk bericht-----\n{block}\n{BODY}"),
            format!("{block}\n\n{BODY}\n"),
            format!("Begin doorgestuurd bericht:\n\n{quoted}"),
            format!("-------- Doorgestuurd bericht --------\n{}\n\n\n{BODY}", block.replace(": ", ": \t")),
            format!("{block}{BODY}"),
            block.replace('\n', "\n\n") + "\n" + BODY,
        ] {
            let found = read(&text, "FW: Schade");
            assert_anna(&found, &text);
            assert!(found.certain, "{text}");
            assert_eq!(found.above, if text.starts_with("Zie") { "Zie hieronder." } else { "" }, "{text}");
            assert_eq!(found.date, "23-11-2026 10:12");
        }
    }
}

#[test]
fn a_block_on_one_line_is_read() {
    let text = format!(
        "Voor jullie.\n  ----- Doorgestuurd bericht ----- Van: Anna de Wit <anna@klant.example>Aan: \"b@x.example\" \
         <b@x.example>Verzonden: maandag 23 november 2026 10:12:00 CETOnderwerp: Schade aan mijn auto\n {BODY}"
    );
    let found = read(&text, "Klacht");
    assert_anna(&found, &text);
    assert_eq!(found.above, "Voor jullie.");
    assert_eq!(found.received.map(|moment| moment.to_rfc3339()).as_deref(), Some("2026-11-23T10:12:00+01:00"));
}

#[test]
fn an_attribution_line_counts_under_a_forward_subject_only() {
    for line in [
        "Op 23-11-2026 10:12 heeft \"Anna de Wit\" <anna@klant.example> geschreven:",
        "Op ma 23 nov. 2026 om 10:12 schreef Anna de Wit\n<anna@klant.example>:",
        "Le 23/11/2026 10:12, « Anna de Wit » <anna@klant.example> a écrit\u{a0}:",
        "Am 23.11.2026, 10:12 schrieb Anna de Wit <anna@klant.example>:",
        "Anna de Wit <anna@klant.example> kirjoitti 23.11.2026 kello 10.12:",
        "Dňa 23/11/2026 10:12 používateľ Anna de Wit <anna@klant.example> napísal(a):",
        "28/11/2026 10:12 időpontban \"Anna de Wit\" <anna@klant.example> ezt írta:",
    ] {
        let text = format!("Graag oppakken.\n\n{line}\n\n{BODY}");
        let found = read(&text, "FW: Schade aan mijn auto");
        assert_anna(&found, &text);
        assert_eq!(found.above, "Graag oppakken.");
        assert!(found.certain && found.date.contains("2026"), "{text}: {}", found.date);
        assert_eq!(inline::of(&text, "Re: Schade aan mijn auto"), None);
        assert_eq!(inline::of(&text, "Schade aan mijn auto"), None);
    }
}

#[test]
fn an_answer_is_not_passed_on() {
    let block = block(["Van", "Verzonden", "Aan", "CC", "Onderwerp"]);
    let below_rule = format!("Dat klopt!\n\n________________________________\n{block}\n{BODY}");
    let finnish =
        format!("Kyllä.\n\n{}\n{BODY}", self::block(["Lähettäjä", "Lähetetty", "Vastaanottaja", "Kopio", "Aihe"]));
    let quoted_forward = format!(
        "Dank!\n\nOp ma 23 nov. 2026 schreef Jan <j@x.example>:\n> Kijk:\n> ---------- Forwarded message ---------\n> {}",
        block.replace('\n', "\n> ")
    );
    let bare_quote =
        "Ja.\n> Kijk:\n>\n> Begin doorgestuurd bericht:\n>\n> Van: Anna <a@x.example>\n> Onderwerp: Klacht\n";
    for (text, subject) in [
        (below_rule.as_str(), "RE: Schade"),
        (below_rule.as_str(), "Antw: Doorst: Schade"),
        (below_rule.as_str(), "[EXTERN] SV: Schade"),
        (finnish.as_str(), "VS: Vahinko"),
        (quoted_forward.as_str(), "Re: Fwd: Schade"),
        (quoted_forward.as_str(), "Schade"),
        (bare_quote, "Schade"),
        ("Hallo,\n\nVan: mij\nMijn auto is stuk.\n-- \nAnna", "Klacht"),
        ("Ik heb dit doorgestuurd:\nmijn factuur.", "Klacht"),
    ] {
        assert_eq!(inline::of(text, subject), None, "{subject}\n{text}");
    }
    assert!(inline::of(&below_rule, "VS: Skade").is_some());
}

#[test]
fn what_is_not_sure_says_so() {
    let forward = "---------- Forwarded message ---------\n";
    let van = "Van: Anna <anna@klant.example>\nDatum: 23-11-2026 10:12\nOnderwerp: Klacht\n\n";
    let inner = "Van: Bob <bob@klant.example>\nDatum: 22-11-2026 10:12\nOnderwerp: Klacht\n\nHallo";
    for (text, subject) in [
        // Nothing says whether it was passed on or answered.
        (format!("Zie.\n\n{van}Hallo"), "Klacht"),
        // No address, one that cannot be mailed to, several.
        (format!("{forward}{}", van.replace("<anna@klant.example>", "")), "Fwd: Klacht"),
        (format!("{forward}{}", van.replace("anna@klant.example", "anna@klant..example")), "Fwd: Klacht"),
        (format!("{forward}{}", van.replace("Anna <", "Anna <b@x.example> namens <")), "Fwd: Klacht"),
        (format!("{forward}{}", van.replace("Anna <", "\"ceo@bank.example\" <")), "Fwd: Klacht"),
        // Passed on twice, or two of them.
        (format!("{forward}{van}Zie hieronder\n\n{forward}{inner}"), "Fwd: Klacht"),
        (format!("{van}Zie hieronder\n\n{inner}"), "FW: Klacht"),
        (format!("{}Zie hieronder\n\n{inner}", van.replace("Klacht", "FW: Klacht")), "FW: Klacht"),
        // A language that no table has, a block that is missing, an answer.
        (format!("{forward}Ukusuka: Anna <anna@klant.example>\nUsuku: 23\nIsihloko: Klacht\n\nHallo"), "Fwd: Klacht"),
        ("Zie de bijlage.".to_owned(), "Fwd: Klacht"),
        (format!("{forward}{van}Hallo"), "Re: Klacht"),
    ] {
        assert!(!read(&text, subject).certain, "{subject}\n{text}");
    }
    // An answer of the customer quotes its history; that makes nobody else the sender.
    let answer = format!("{}Nee.\n\n{inner}", van.replace("Klacht", "RE: Klacht"));
    assert!(read(&answer, "FW: Klacht").certain);
}

#[test]
fn folded_and_missing_values_are_read() {
    let text = "---------- Forwarded message ---------\nVan:\nAnna de Wit <anna@klant.example>\nAan: Piet <p@x.example>,\n\
                Jan <j@x.example>\nOnderwerp: Schade aan\nmijn auto\nDate: 23-11-2026 10:12\nBelang: Hoog\n\n";
    let text = format!("{text}{BODY}");
    assert_anna(&read(&text, ""), &text);

    let unnamed = read("-- Forwarded message --\nFrom: a@x.example <A@x.example>\nSubject:\nDate: now\n\nHi", "");
    assert_eq!((unnamed.from.name.as_str(), unnamed.subject.as_str(), unnamed.body.as_str()), ("", "", "Hi"));
    let unknown_copy = format!("FW\n\nVan: A <a@x.example>\nDatum: nu\nOnderwerp: X\nIkopi: B <b@x.example>\n\n{BODY}");
    assert_eq!(read(&unknown_copy, "FW: X").body, BODY);
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), raw: value.to_owned(), text: value.to_owned() }
}

fn leaf(media_type: &str, content: &str) -> Leaf {
    Leaf {
        media_type: media_type.to_owned(),
        headers: vec![header("content-type", media_type)],
        content: content.as_bytes().to_vec(),
        attachment: true,
        ..Leaf::default()
    }
}

fn carrying(leaves: Vec<Leaf>) -> Parsed {
    let headers = vec![header("subject", "Klacht van Anna")];
    Parsed {
        headers,
        media_type: "multipart/mixed".to_owned(),
        leaves,
        text: "Graag oppakken.\n".to_owned(),
        ..Parsed::default()
    }
}

const LETTER: &str = "Received: from b by c; Mon, 23 Nov 2026 10:13:00 +0100\r\nReceived: from a by b; Mon, 23 Nov 2026 \
                      10:12:00 +0100\r\nFrom: Anna de Wit <anna@klant.example>\r\nSubject: Schade\r\nDate: Mon, 23 Nov 2026 \
                      10:11:00 +0100\r\n\r\nMijn auto is stuk.\r\n";

#[test]
fn an_attached_mail_is_read() {
    let found = super::of(&carrying(vec![leaf("message/rfc822", LETTER)])).unwrap();
    assert_eq!((found.from.name.as_str(), found.from.address.as_str()), ("Anna de Wit", "anna@klant.example"));
    assert_eq!((found.subject.as_str(), found.body.as_str()), ("Schade", "Mijn auto is stuk."));
    assert_eq!((found.above.as_str(), found.how, found.certain), ("Graag oppakken.", ForwardedHow::Attached, true));
    assert_eq!(found.received.map(|moment| moment.to_rfc3339()).as_deref(), Some("2026-11-23T10:13:00+01:00"));

    let named = Leaf { name: Some("Klacht.EML".to_owned()), ..leaf("application/octet-stream", LETTER) };
    assert!(super::of(&carrying(vec![named])).is_some_and(|found| found.certain));

    // The client's "FW:" is about the mail attached, not about another one in the text.
    let mut marked = carrying(vec![leaf("message/rfc822", LETTER)]);
    marked.headers = vec![header("subject", "FW: Schade")];
    assert!(super::of(&marked).is_some_and(|found| found.certain && found.from.address == "anna@klant.example"));
}

#[test]
fn an_attached_mail_that_is_not_sure_says_so() {
    let two = carrying(vec![leaf("message/rfc822", LETTER), leaf("message/rfc822", LETTER)]);
    let two_authors =
        carrying(vec![leaf("message/rfc822", &LETTER.replace("Subject:", "From: b@x.example\r\nSubject:"))]);
    let nobody = carrying(vec![leaf("message/rfc822", &LETTER.replace("From:", "Fro:"))]);
    let mut answer = carrying(vec![leaf("message/rfc822", LETTER)]);
    answer.headers = vec![header("subject", "RE: Klacht")];
    let mut both = carrying(vec![leaf("message/rfc822", LETTER)]);
    both.text = "---------- Forwarded message ---------\nVan: B <b@x.example>\nOnderwerp: X\n\nHoi".to_owned();
    let digest = carrying(vec![Leaf { headers: Vec::new(), ..leaf("message/rfc822", LETTER) }]);
    let mut unread = both.clone();
    unread.headers = vec![header("subject", "FW: Klacht")];
    unread.text = "Zie hieronder.\n\n-----Doorgestuurd bericht-----\nHoi".to_owned();
    for parsed in [two, two_authors, nobody, answer, both, unread, digest] {
        assert_eq!(super::of(&parsed).map(|found| found.certain), Some(false), "{parsed:?}");
    }
}

#[test]
fn a_forward_wholly_inside_a_quote_is_one() {
    for text in [
        "> Zie hieronder.\n>\n> -----Doorgestuurd bericht-----\n> Van: Anna <anna@klant.example>\n> Datum: 23-11-2026 10:12\n> Aan: B <b@x.example>\n> Onderwerp: Klacht\n>\n> De auto is stuk.",
        "> Begin forwarded message:\n>\n> From: Anna <anna@klant.example>\n> Date: 23 November 2026\n> To: B <b@x.example>\n> Subject: Klacht\n>\n> De auto is stuk.",
        ">> Van: Anna <anna@klant.example>\n>> Verzonden: 23-11-2026 10:12\n>> Aan: b@x.example\n>> Onderwerp: Klacht\n>>\n>> De auto is stuk.",
    ] {
        let found = inline::of(text, "FW: Klacht").unwrap();
        assert_eq!(
            (found.from.address.as_str(), found.body.as_str()),
            ("anna@klant.example", "De auto is stuk."),
            "{text}"
        );
        assert!(found.certain, "{text}");
        // Under an answer's subject it is an answer's quote.
        assert!(inline::of(text, "RE: Klacht").is_none_or(|found| !found.certain), "{text}");
    }
}

#[test]
fn names_are_told_from_the_words_of_an_attribution() {
    for (line, name) in [
        ("2026. 11. 23. 10:12 keltezéssel, Kovács János <a@x.example> írta:", "Kovács János"),
        ("H 2026. nov. 23. 10:12-kor Kovács János <a@x.example> ezt írta:", "Kovács János"),
        ("2026. november 23-án Kovács János <a@x.example> írta:", "Kovács János"),
        ("Kovács János <a@x.example> ezt írta (időpont: 2026. nov. 23., H, 10:12):", "Kovács János"),
        ("2026. nov. 23. dátummal, 10:12 időpontban Kovács János <a@x.example> írta:", "Kovács János"),
        ("Op 23-11-2026 om 10:12u schreef Jan Jansen <a@x.example>:", "Jan Jansen"),
        ("Am 23.11.2026 um 10:12 Uhr schrieb Jan Jansen <a@x.example>:", "Jan Jansen"),
    ] {
        let found = inline::of(&format!("{line}\n\n> De auto is stuk."), "Fwd: x").unwrap();
        assert_eq!((found.from.name.as_str(), found.from.address.as_str()), (name, "a@x.example"), "{line}");
    }
}

#[test]
fn a_block_on_one_line_is_read_with_a_colon_lost() {
    for line in [
        "From: Anna <a@x.example> Sent: Monday, November 23, 2026 10:12 To: b@x.example Subject: Klacht",
        "From: Anna <a@x.example> Sent Monday, November 23, 2026 10:12 To: b@x.example Subject: Klacht",
        "Van: Anna <a@x.example> Aan b@x.example Verzonden: 23-11-2026 10:12 Onderwerp: Klacht",
    ] {
        let found = inline::of(&format!("{line}\n\nDe auto is stuk."), "FW: Klacht").unwrap();
        assert_eq!((found.from.name.as_str(), found.from.address.as_str()), ("Anna", "a@x.example"), "{line}");
        assert_eq!((found.subject.as_str(), found.body.as_str()), ("Klacht", "De auto is stuk."), "{line}");
    }
}

#[test]
fn a_report_is_passed_on_by_nobody() {
    let mut report = carrying(vec![leaf("message/rfc822", LETTER)]);
    report.media_type = "multipart/report".to_owned();
    assert_eq!(super::of(&report), None);
    assert_eq!(super::of(&carrying(vec![leaf("message/delivery-status", ""), leaf("message/rfc822", LETTER)])), None);
    assert_eq!(attached::of(&carrying(vec![leaf("image/png", "")])), None);
}

#[test]
fn a_group_that_rewrites_the_sender_is_looked_through() {
    let mut parsed = carrying(Vec::new());
    parsed.headers.push(header("from", "Anna via Klachten <klachten@bedrijf.example>"));
    assert_eq!(super::of(&parsed), None);
    parsed.headers.push(header("x-original-sender", "anna@klant.example"));
    let found = super::of(&parsed).unwrap();
    assert_eq!(
        (found.from.address.as_str(), found.how, found.certain),
        ("anna@klant.example", ForwardedHow::Rewritten, false)
    );
    parsed.headers.push(header("list-id", "<klachten.bedrijf.example>"));
    assert!(super::of(&parsed).is_some_and(|found| found.certain));
}

/// Long mails of the lines that cost most: time grows with length, not with its square.
#[test]
fn long_texts_are_read_in_linear_time() {
    for line in [
        "X-A: b\n",
        "Date: x\nX-A: y\n",
        "From: AaBbCcDdEe:\n",
        "> > From: a\n",
        "--a--\n",
        "op 111 schreef:\n\n",
        "_____\n",
    ] {
        let time = |lines: usize| {
            let text = line.repeat(lines);
            let start = std::time::Instant::now();
            let _ = inline::of(&text, "Fwd: x");
            start.elapsed().as_secs_f64()
        };
        // Four times the lines; a square would take sixteen times as long. What else the machine does must not count, so
        // that one of several tries is enough.
        assert!((0..8).any(|_| time(8_000) < time(2_000).max(0.001) * 8.0), "{line:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_is_survived(text in "(\\PC|[\r\n>:@<\\-_]){0,300}", subject in "\\PC{0,40}") {
        let _ = inline::of(&text, &subject);
    }

    /// Whatever is made of the pieces that clients write, nothing panics and a certain sender has one address.
    #[test]
    fn pieces_in_any_order_are_survived(pieces in prop::collection::vec(prop::sample::select(vec![
        "From: ", "Van：", "Subject:", "Onderwerp: x", "Date: 23/11/2026 10:12",
        "---------- Forwarded message ---------", "\n", "\n\n", "> ", "\r", "____________", "a@b.example",
        "<a@b.example>", "[mailto:", "\"", "„É", "Op 23 nov. 2026 om 10:12 schreef ", ":", "*", "\u{feff}", "ß",
        "日付：", "@", "<", ">",
    ]), 0..40), subject in prop::sample::select(vec!["", "Fwd: x", "Re: x", "[a] FW: ", "[Fwd: x]"])) {
        if let Some(found) = inline::of(&pieces.concat(), subject) {
            prop_assert!(!found.certain || found.from.address.matches('@').count() == 1);
        }
    }
}

#[test]
fn the_line_that_ends_a_mail_passed_on_is_nobodys_words_and_what_is_below_is_the_forwarders() {
    for end in [
        "-----Einde doorgestuurd bericht-----",
        "--- End forwarded message ---",
        "---------- End of forwarded message ----------",
        "End forwarded message",
        "----- Ende der weitergeleiteten Nachricht -----",
        "----- Fin du message transféré -----",
        "> Einde doorgestuurd bericht",
    ] {
        let text = format!(
            "Graag oppakken.\n\n---------- Forwarded message ---------\n{}\n{BODY}\n\n{end}\n\nMia, receptie",
            block(["Van", "Verzonden", "Aan", "CC", "Onderwerp"])
        );
        let found = read(&text, "FW: Schade");
        assert_eq!((found.body.as_str(), found.above.as_str()), (BODY, "Graag oppakken.\n\nMia, receptie"), "{end}");
    }
    for own in ["Einde.", "Einde bericht!", "Het einde van dit bericht is zoek.", "End of story"] {
        let text = format!(
            "---------- Forwarded message ---------\n{}\n{BODY}\n{own}",
            block(["Van", "Verzonden", "Aan", "CC", "Onderwerp"])
        );
        assert!(read(&text, "FW: Schade").body.ends_with(own), "{own}");
    }
}

#[test]
fn an_attached_mail_without_a_servers_field_states_its_own_moment() {
    let (with, without) = (LETTER, LETTER.split_once("From:").map(|(_, rest)| format!("From:{rest}")).unwrap());
    let of = |letter: &str| super::of(&carrying(vec![leaf("message/rfc822", letter)])).unwrap();
    assert_eq!((of(with).told_by, of(&without).told_by), (ToldBy::Server, ToldBy::Date));
    assert_eq!(of(&without).received.map(|at| at.to_rfc3339()).as_deref(), Some("2026-11-23T10:11:00+01:00"));
}
