//! Samples of what people are told of mails that were put aside: the notice, a mail asked for, the digest's section. Pure.

use super::overviews::digest;
use super::{address, after, notification, number, pick};
use crate::case::Language;
use crate::desk::draft::{
    Alarm, AlarmAbout, Content, Done, Notification, Problem, Receipt, Remark, SetAside, Shown, Unacknowledged,
};
use crate::digest::{Balance, Digest, LostMail, MailDay, NotOnFile, PutAside, Route, Tells, Unsent, WhyAside};

pub(super) fn letters(language: Language) -> Vec<Content> {
    let spam = put_aside();
    let unreadable = PutAside {
        mail: 4712,
        from: String::new(),
        subject: String::new(),
        received_at: after(0, -40),
        why: WhyAside::Unread(None),
        excerpt: String::new(),
        tells: Tells::All,
    };
    let few = vec![spam.clone(), complaint(language), unreadable];
    let many = (1..=13).map(|mail| PutAside { mail, ..spam.clone() }).collect();
    let others = [
        WhyAside::OurMark,
        WhyAside::InOurName,
        WhyAside::Unproven,
        WhyAside::Resent,
        WhyAside::MachineOfStaff,
        WhyAside::Bulk,
        WhyAside::Click,
        WhyAside::MailSystem,
        WhyAside::NoLetterNamed,
        WhyAside::Authority,
        WhyAside::Nothing,
        WhyAside::Unread(Some("its parts are nested too deep".to_owned())),
    ];
    let others = others.into_iter().map(|why| PutAside { why, ..spam.clone() });
    let hidden = PutAside { from: String::new(), subject: String::new(), tells: Tells::ThatItIsThere, ..spam.clone() };
    let others = others.chain([hidden]).collect();
    let (number, real) = (number(123), address("jan.jansen@klant.example"));
    let receipt = Receipt {
        done: vec![Done::Acknowledged { to: real }],
        customer: super::customer(),
        due: super::due(),
        first_response_done: false,
        case_closed: false,
    };
    let question = |why| {
        super::handled::question(
            why,
            &pick(language, "#klacht 17", "#complaint 17"),
            crate::desk::About::Nothing,
            language,
        )
    };
    vec![
        Content::SetAside(SetAside { mails: few, waiting: 0 }),
        Content::SetAside(SetAside { mails: vec![spam], waiting: 0 }),
        Content::SetAside(SetAside { mails: many, waiting: 12 }),
        Content::SetAside(SetAside { mails: others, waiting: 0 }),
        Content::Shown(shown(language)),
        Content::Shown(Shown {
            text: String::new(),
            is_read: false,
            case: Some(number),
            why: None,
            can_be_complaint: false,
            whole: false,
            ..shown(language)
        }),
        Content::Digest(Box::new(Digest { mail: Some(Box::new(mail_day(language))), ..digest(language) })),
        Content::Digest(Box::new(Digest { mail: Some(Box::new(unbalanced(language))), ..digest(language) })),
        Content::Digest(Box::new(Digest { mail: Some(Box::new(forgotten(language))), ..digest(language) })),
        Content::Alarm(Alarm { about: AlarmAbout::NotOnFile(Box::new(not_on_file(language, 20, 0))) }),
        Content::Alarm(Alarm { about: AlarmAbout::NotOnFile(Box::new(not_on_file(language, 1, 0))) }),
        Content::Alarm(Alarm { about: AlarmAbout::NotOnFile(Box::new(not_on_file(language, 5, 5))) }),
        question(Problem::NothingToAdopt),
        question(Problem::HandledBefore { case: None, received_at: after(-2, 0), prefilled: String::new() }),
        Content::Notification(Box::new(Notification {
            remarks: vec![Remark::AnswersUnknown(number), Remark::AnswersForgotten(number)],
            ..notification(language)
        })),
        Content::Notification(Box::new(Notification {
            remarks: vec![Remark::SenderDisowned],
            unacknowledged: Some(Unacknowledged::Disowned),
            ..notification(language)
        })),
        Content::Notification(Box::new(Notification {
            remarks: vec![was_aside(Some("e.hendriks@voorbeeld.example")), was_aside(None)],
            ..notification(language)
        })),
        Content::Receipt(receipt),
        question(Problem::NoSuchMail),
        question(Problem::IsComplaint { mail: 17, case: number }),
    ]
}

fn was_aside(by: Option<&str>) -> Remark {
    Remark::WasAside { why: WhyAside::Spam, by: by.map(str::to_owned) }
}

fn put_aside() -> PutAside {
    PutAside {
        mail: 4710,
        from: "Prijswinnaar <x@loterij.example>".to_owned(),
        subject: "GEFELICITEERD!!!".to_owned(),
        received_at: after(-1, 0),
        why: WhyAside::Spam,
        excerpt: "U hebt gewonnen. Klik hier om uw prijs op te halen.".to_owned(),
        tells: Tells::All,
    }
}

fn complaint(language: Language) -> PutAside {
    PutAside {
        mail: 4711,
        from: "Karin de Groot <karin@klant.example>".to_owned(),
        subject: pick(language, "Vierde keer: waar blijft mijn geld???", "Fourth time: where is my money???"),
        excerpt: pick(
            language,
            "Beste mensen,\n\nDit is de vierde keer dat ik schrijf. U zou mij 300 euro terugbetalen.",
            "Dear all,\n\nThis is the fourth time I write. You were going to pay me back 300 euro.",
        ),
        ..put_aside()
    }
}

fn shown(language: Language) -> Shown {
    let told = complaint(language);
    Shown {
        mail: told.mail,
        from: told.from,
        subject: told.subject,
        received_at: told.received_at,
        why: Some(told.why),
        case: None,
        is_read: true,
        text: told.excerpt,
        attachments: vec![("bankafschrift.pdf".to_owned(), 182_000)],
        whole: true,
        can_be_complaint: true,
    }
}

fn mail_day(language: Language) -> MailDay {
    let folder = Balance {
        folder: "klachten".to_owned(),
        given_out: 14,
        complaints: 5,
        follow_ups: 2,
        staff: 3,
        automatic: 1,
        set_aside: 2,
        vanished: 1,
        ..Balance::default()
    };
    let aside = vec![put_aside(), complaint(language)];
    let route = Route { mail_at: Some(after(-1, 5)), accepted_at: Some(after(-1, 10)), ..Route::default() };
    MailDay { folders: vec![folder], aside, more_aside: 0, not_on_file: None, route }
}

fn forgotten(language: Language) -> MailDay {
    MailDay { not_on_file: Some(not_on_file(language, 20, 3)), ..mail_day(language) }
}

fn not_on_file(language: Language, count: usize, others: usize) -> NotOnFile {
    let told = complaint(language);
    let lost = LostMail { from: "karin@klant.example".to_owned(), subject: told.subject, received_at: after(-1, 0) };
    let named = vec![LostMail { subject: String::new(), from: String::new(), ..lost.clone() }, lost];
    NotOnFile {
        count,
        others,
        oldest: after(-20, 0),
        newest: after(-1, 0),
        named: named.into_iter().take(count).collect(),
    }
}

fn unbalanced(language: Language) -> MailDay {
    let even = mail_day(language);
    let mut folders = even.folders.clone();
    folders.extend(even.folders.iter().map(|one| Balance {
        folder: "klachten/Junk".to_owned(),
        given_out: one.given_out + 2,
        vanished: 0,
        ..one.clone()
    }));
    for folder in &mut folders {
        (folder.given_out, folder.round_trips) = (folder.given_out + 24, 24);
    }
    let waiting = Some(Unsent { letters: 12, since: after(-9, 0) });
    let route = Route { back_at: Some(after(0, -20)), waiting, ..even.route };
    MailDay { folders, more_aside: 3, route, ..even }
}
