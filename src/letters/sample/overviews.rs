//! Samples of the overviews: a day of a department and of the company, a quiet day, a month and a quiet month. Pure.

use super::{address, after, now, number, pick, subject};
use crate::case::{AgendaItem, Channel, Clock, Duty, DutyKind, Escalation, Language};
use crate::desk::draft::Content;
use crate::digest::month::{
    ByChannel, ByDepartment, Compared, Compensation, Dismissal, Figures, Frequency, Month, MonthOverview, MonthReport,
    Outcomes, PastTerms, Share, Spread,
};
use crate::digest::{Before, Digest, DisputeStands, Goes, Mark, May, OfDepartment, Picture, Row, Section};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The overviews in that language.
pub(super) fn letters(language: Language) -> Vec<Content> {
    let own = digest(language);
    let of = |title: String, open, overdue| OfDepartment { title, received: 2, open, overdue, closed: 1 };
    let by_department = vec![of(title(language), 8, 3), of(pick(language, "Klantenservice", "Customer service"), 2, 0)];
    let look = |rows: &Vec<Row>| rows.iter().cloned().map(to_look_at).collect();
    let sections = own.sections.iter().map(|(section, rows)| (*section, look(rows))).collect();
    let company = Digest { sections, departments: Vec::new(), titles: Vec::new(), ..own.clone() };
    let company = Digest { by_department, sheet: Goes::LeftOut, ..company };
    let company = Digest { picture: own.picture.clone().map(|picture| Picture { png: None, ..picture }), ..company };
    let digests = [own, company, quiet_digest(language)].map(|digest| Content::Digest(Box::new(digest)));
    let company = month(language);
    let own = MonthOverview {
        department_title: Some(title(language)),
        compared: alone(company.compared.report.clone()),
        sheet: Goes::LeftOut,
        past_terms: PastTerms::default(),
        proposed: Vec::new(),
    };
    let months = [company, own, quiet_month(language)].map(|month| Content::Month(Box::new(month)));
    digests.into_iter().chain(months).collect()
}

fn title(language: Language) -> String {
    pick(language, "Schade en verzekering", "Damage and insurance")
}

pub(super) fn digest(language: Language) -> Digest {
    Digest {
        day: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default(),
        departments: vec!["schade".to_owned()],
        titles: vec![title(language)],
        since: after(-72, 0),
        now: now(),
        sections: sections(language),
        received_since: 3,
        open: 10,
        closed_since: 1,
        before: Before { open: 9, overdue: 1 },
        by_department: Vec::new(),
        questions: 2,
        // Pixels do not matter here.
        picture: Some(Picture { png: Some(b"png".to_vec()), alt: alt(language) }),
        sheet: Goes::Along,
        mail: None,
        chain_head: "3f5a9c0b7d1e2f4a6b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c".to_owned(),
    }
}

fn quiet_digest(language: Language) -> Digest {
    Digest {
        sections: BTreeMap::new(),
        received_since: 0,
        open: 0,
        closed_since: 0,
        before: Before::default(),
        questions: 0,
        picture: None,
        sheet: Goes::Nothing,
        ..digest(language)
    }
}

fn alt(language: Language) -> String {
    pick(
        language,
        "Klachten per dag van 27 okt tot en met 23 nov: 31 ontvangen, 28 gesloten; te laat: nu 2, op het hoogst 4.",
        "Complaints per day from 27 Oct to 23 Nov: 31 received, 28 closed; overdue: 2 now, 4 at most.",
    )
}

fn row(language: Language, serial: u32, subject: &str, customer: &str, next: Option<(Clock, i64)>) -> Row {
    Row {
        number: number(serial),
        subject: subject.to_owned(),
        customer: customer.to_owned(),
        department_title: title(language),
        handler: "p.dewit@voorbeeld.example".to_owned(),
        received_at: after(-30, 0),
        next: next.map(|(clock, hours)| (clock, after(hours, 0))),
        closed_at: None,
        marks: Vec::new(),
        reply_address: "schade@voorbeeld.example".to_owned(),
        may: may(),
    }
}

/// Who reads the whole company's list acts on none of it.
pub(in crate::letters) fn to_look_at(row: Row) -> Row {
    Row { may: May::Look, ..row }
}

/// Who reads it may act, and give the case to two others.
pub(super) fn may() -> May {
    May::Act { colleagues: vec![address("j.devries@voorbeeld.example"), address("s.bakker@voorbeeld.example")] }
}

fn sections(language: Language) -> BTreeMap<Section, Vec<Row>> {
    let row = |serial, subject: &str, customer: &str, next| row(language, serial, subject, customer, next);
    let (first, resolve) = (|hours| Some((Clock::FirstResponse, hours)), |hours| Some((Clock::Resolve, hours)));
    let unhandled = Row {
        handler: String::new(),
        marks: vec![Mark::Unanswered],
        ..row(121, "Kras op het portier", "Fatima el Amrani", first(-15))
    };
    let asked = Row {
        marks: vec![question(language), Mark::Undelivered],
        ..row(117, "Eigen risico dubbel betaald", "T. Smit", resolve(-3))
    };
    let today = Row {
        marks: vec![Mark::ToPost(2), Mark::Reopened, Mark::Unanswered],
        ..row(122, "Factuur klopt niet", "J.P. van der Berg", first(8))
    };
    let escalated = Row { marks: vec![question(language)], ..row(123, &subject(language), "Jan Jansen", resolve(56)) };
    let undelivered = Row { marks: vec![Mark::Undelivered], ..row(118, "", "Anna de Boer", resolve(56)) };
    let untold = Row {
        marks: vec![Mark::ToPost(1), Mark::Unconfirmed, Mark::CommitteeOwed],
        closed_at: Some(after(-40, 0)),
        ..row(112, "Bumper", "Ş. Özgür", None)
    };
    let urgent = Row {
        marks: vec![Mark::Urgent(vec!["remmen".to_owned(), "gewond".to_owned()]), Mark::Unanswered],
        ..row(125, "Ongeluk", "E. de Jong", first(22))
    };
    let duty = |kind, hours| Mark::Duty(Duty { kind, due: after(hours, 0) });
    let guarded = Row {
        marks: vec![duty(DutyKind::Ruling, -5), duty(DutyKind::Defence, 300), Mark::Dispute(DisputeStands::Ruled)],
        closed_at: Some(after(-2_000, 0)),
        ..row(88, "Borg", "D. Vos", None)
    };
    let agenda =
        Row { marks: vec![to_do(language, -20), to_do(language, 5)], ..row(116, "Ruit", "K. Bos", resolve(56)) };
    let reopened = Row { marks: vec![Mark::Reopened], ..row(90, "Huurauto", "R. Mol", resolve(56)) };
    let waiting = Row { marks: vec![Mark::Unanswered], ..row(124, "Deuk", "S. Ozturk", first(20)) };
    let planned = Row { marks: vec![to_do(language, 76)], ..row(115, "Spiegel", "B. Post", resolve(56)) };
    let closed = Row { closed_at: Some(after(-20, 0)), ..row(119, "Wachttijd", "M. Visser", None) };
    BTreeMap::from([
        (Section::Urgent, vec![urgent]),
        (Section::Overdue, vec![unhandled, asked]),
        (Section::DueToday, vec![today]),
        (Section::Escalated, vec![escalated]),
        (Section::Duty, vec![guarded]),
        (Section::Undelivered, vec![undelivered, untold]),
        (Section::Agenda, vec![agenda]),
        (Section::Reopened, vec![reopened]),
        (Section::Waiting, vec![waiting]),
        (Section::Idle, vec![row(114, "Bandenwissel", "L. Kok", resolve(56))]),
        (Section::Planned, vec![planned]),
        (Section::Closed, vec![closed]),
    ])
}

fn question(language: Language) -> Mark {
    let question = pick(language, "Mag ik € 300 coulance bieden?", "May I offer € 300 as a gesture?");
    Mark::Question(Escalation { question, to: address("chef@voorbeeld.example"), at: after(-18, 0) })
}

fn to_do(language: Language, hours: i64) -> Mark {
    Mark::ToDo(AgendaItem {
        id: "a".to_owned(),
        at: after(hours, 0),
        text: pick(language, "garage bellen", "call the garage"),
        whose: address("p.dewit@voorbeeld.example"),
        sequence: 0,
        reminded: false,
    })
}

fn month(language: Language) -> MonthOverview {
    let total = figures(language);
    let quiet = Figures::default();
    let by = |name: &str, title: &str, figures: &Figures| ByDepartment {
        name: name.to_owned(),
        title: title.to_owned(),
        figures: figures.clone(),
    };
    let phone = Figures { received: 4, closed: 3, resolution_hours: None, first_response_hours: None, ..total.clone() };
    let by_channel = |channel, figures: &Figures| ByChannel { channel, figures: figures.clone() };
    let dismissal = |serial, reason: String| Dismissal { number: number(serial), at: after(-600, 0), reason };
    let report = MonthReport {
        month: october(),
        departments: vec![
            by("schade", &title(language), &total),
            by("factuur", &pick(language, "Facturen", "Invoices"), &quiet),
        ],
        channels: vec![by_channel(Channel::Email, &total), by_channel(Channel::Phone, &phone)],
        dismissals: vec![
            dismissal(87, pick(language, "een vraag over de handleiding", "a question about the manual")),
            dismissal(93, String::new()),
        ],
        total: total.clone(),
    };
    let before = Figures {
        received: 38,
        closed: 41,
        reopened: 0,
        disputes: 0,
        lodged_to_closed_days: None,
        stayed_closed: Share::default(),
        solved: Share::default(),
        compensation: Compensation::default(),
        ..total
    };
    let month_before = MonthReport {
        month: october().before(),
        departments: vec![by("schade", &title(language), &before)],
        channels: vec![by_channel(Channel::Email, &before)],
        dismissals: Vec::new(),
        total: before,
    };
    let compared = Compared { month_before, report: report.clone(), ..alone(report) };
    let proposed =
        vec![(title(language), "bumper".to_owned()), (title(language), pick(language, "hagel", "hailstone"))];
    let past_terms = PastTerms { cases: 12, mails: 340 };
    MonthOverview { department_title: None, compared, sheet: Goes::Along, past_terms, proposed }
}

fn figures(language: Language) -> Figures {
    let spread = |median, percentile_90, count| Some(Spread { median, percentile_90, count });
    let named = |name: &str, count| Frequency { name: name.to_owned(), count };
    Figures {
        received: 42,
        closed: 40,
        open_at_end: 7,
        reopened: 2,
        interims: 3,
        dismissed: 2,
        first_response_hours: spread(3.5, 20.0, 41),
        resolution_hours: spread(27.0, 71.5, 40),
        resolution_working_days: spread(1.0, 3.0, 40),
        lodged_to_closed_days: spread(1.2, 6.0, 39),
        first_response_in_time: Share { kept: 39, of: 41 },
        resolved_in_time: Share { kept: 36, of: 41 },
        stayed_closed: Share { kept: 37, of: 39 },
        solved: Share { kept: 17, of: 20 },
        outcomes: Outcomes { founded: 21, partly: 9, unfounded: 8, unsaid: 2 },
        causes: vec![
            named(&pick(language, "levertijd", "delivery time"), 11),
            named(&pick(language, "communicatie", "communication"), 6),
        ],
        compensation: Compensation { rounds: 5, cents: 128_950 },
        repeat_customers: 3,
        repeat_references: 2,
        references: vec![named("XK-123-B", 3)],
        disputes: 1,
        rulings: Outcomes { founded: 1, partly: 0, unfounded: 1, unsaid: 1 },
        keywords: vec![named("schade", 12), named("factuur", 9), named("kras", 7)],
    }
}

/// With nothing on file of the months before.
fn alone(report: MonthReport) -> Compared {
    let report = MonthReport { departments: Vec::new(), ..report };
    Compared { month_before: nothing(report.month.before()), year_before: nothing(report.month.year_before()), report }
}

fn nothing(month: Month) -> MonthReport {
    let (departments, channels, dismissals) = (Vec::new(), Vec::new(), Vec::new());
    MonthReport { month, total: Figures::default(), departments, channels, dismissals }
}

fn quiet_month(language: Language) -> MonthOverview {
    let (department_title, past_terms) = (Some(title(language)), PastTerms::default());
    MonthOverview {
        department_title,
        compared: alone(nothing(october())),
        sheet: Goes::Nothing,
        past_terms,
        proposed: Vec::new(),
    }
}

fn october() -> Month {
    Month::of(NaiveDate::from_ymd_opt(2026, 10, 1).unwrap_or_default())
}
