//! The demo's page: everybody's letters side by side, each shown as its reader's mail client would. Plain rendering.

use super::people::{Letter, Person};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f3f4f6;color:#1f2937}\
header{padding:24px;background:#fff;border-bottom:1px solid #d1d5db}section{padding:16px 24px}\
details{background:#fff;border:1px solid #d1d5db;border-radius:8px;margin:8px 0;max-width:720px}\
summary{padding:12px 16px;cursor:pointer}summary small{color:#6b7280}\
iframe{width:100%;height:640px;border:0;border-top:1px solid #e5e7eb}";

/// One HTML page without scripts; letters are shown in sandboxed frames.
pub fn render(people: &[Person]) -> String {
    let sections: String = people.iter().map(section).collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>klachtpost demo</title><style>{STYLE}</style><header><h1>klachtpost demo</h1>\
         <p>What everybody found in their mailbox. Open a letter to read it.</p></header>{sections}</html>\n"
    )
}

fn section(person: &Person) -> String {
    let letters: String = person.letters.iter().map(letter).collect();
    format!("<section><h2>{}</h2>{letters}</section>", escape(&person.address))
}

fn letter(letter: &Letter) -> String {
    let date = letter.mail.date.map(|date| date.format("%a %d %b %H:%M").to_string()).unwrap_or_default();
    format!(
        "<details><summary>{} <small>{date}</small></summary><iframe sandbox srcdoc=\"{}\"></iframe></details>",
        escape(&letter.mail.subject),
        escape(&letter.html)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
