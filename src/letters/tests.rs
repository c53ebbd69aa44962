//! What letters promise, seen in the bytes that leave.

use super::*;

#[test]
fn every_letter_renders_in_both_languages() {
    Letters::new().unwrap();
}

#[test]
fn dump() {
    let letters = Letters::new().unwrap();
    std::fs::create_dir_all("/tmp/l1").unwrap();
    for (i, d) in sample::drafts().into_iter().enumerate() {
        let l = letters.render(&d, &sample::house(), &sample::keys(), sample::now()).unwrap();
        let n = format!("/tmp/l1/{i:02}-{}-{:?}", l.kind.name(), d.language);
        let m = mail_parser::MessageParser::default().parse(&l.bytes).unwrap();
        std::fs::write(format!("{n}.html"), m.body_html(0).unwrap().as_bytes()).unwrap();
        std::fs::write(
            format!("{n}.txt"),
            format!(
                "{}\n{}",
                String::from_utf8_lossy(&l.bytes).split("\r\n\r\n").next().unwrap(),
                m.body_text(0).unwrap()
            ),
        )
        .unwrap();
    }
}
