//! Machines that answer klachtpost, on a clock that is set by hand: whatever they claim to be, it settles by itself, each
//! mail is on file, and the people concerned are told once (invariant 5).

use crate::people;
use crate::slow::Moment;
use crate::support::chance::is_long_at_speed;
use crate::town::{DESK, Got, Proof, Town};
use chrono::TimeDelta;
use klachtpost::case::Case;
use klachtpost::register::{CaseQuery, LetterState};

const ROBOT: &str = "robot@klant.example";
/// The first hour's letters, and one more for each bundle of a day.
const LETTERS_A_DAY_MAX: usize = 20;

/// A Monday, before the digest.
fn start() -> Moment {
    "2026-03-02T06:00:00Z".parse().unwrap()
}

fn to<'a>(letters: &'a [Got], whom: &'a str) -> impl Iterator<Item = &'a Got> {
    letters.iter().filter(move |letter| letter.to == whom)
}

async fn cases(town: &Town) -> Vec<Case> {
    town.office.register.cases(CaseQuery::All).all().await.unwrap()
}

async fn verified(town: &Town) {
    assert_eq!(town.office.register.verify().await.unwrap().findings, []);
}

/// Works every quarter of an hour from then on.
async fn hours(town: &mut Town, from: Moment, hours: i64) -> Vec<Got> {
    let mut letters = Vec::new();
    for quarter in 1..=4 * hours {
        letters.extend(town.work(from + TimeDelta::minutes(15 * quarter)).await);
    }
    letters
}

#[tokio::test]
async fn a_flood_from_one_sender_is_registered_whole_and_answered_with_few_letters() {
    let mails = if is_long_at_speed() { 10_000 } else { 150 };
    let mut town = Town::found(start(), Proof::Accepted).await;
    for n in 0..mails {
        let raw =
            people::mail(ROBOT, &format!("Deuk {n}"), "Er zit een deuk in.", &format!("{n}@r.example"), start(), "");
        town.deliver(&raw, start());
    }
    let mut letters = town.work(start()).await;
    let all = cases(&town).await;
    assert_eq!(all.len(), mails);
    assert_eq!((to(&letters, ROBOT).count(), to(&letters, "schade@lease.example").count()), (10, 20));
    let waiting = town.office.register.letters(None, &[LetterState::Held]).await.unwrap().len();
    assert_eq!(waiting, 2 * mails - 30, "held, not dropped");

    letters.extend(hours(&mut town, start(), 3).await);
    let customer = to(&letters, ROBOT).count();
    assert!(customer <= LETTERS_A_DAY_MAX, "{customer} letters to one sender");
    let department: Vec<_> = to(&letters, "schade@lease.example").collect();
    let bundles: Vec<_> = department.iter().filter(|letter| letter.mail.subject.contains("meldingen in")).collect();
    assert_eq!(bundles.len(), mails.div_ceil(2_500), "{:?}", department.last().map(|letter| &letter.mail.subject));
    assert!(bundles[0].mail.attachments.len() <= 100, "the first ones are attached");
    // Every complaint is acknowledged within the term, by the letter that names it, and the register has the proof.
    for case in cases(&town).await {
        let at = case.acknowledged_at().unwrap_or_else(|| panic!("{} is not acknowledged", case.number));
        assert!(at <= case.due.acknowledge && case.first_response_at().is_none(), "{}", case.number);
    }
    let named: String = to(&letters, ROBOT).map(|letter| letter.mail.text.clone() + &letter.mail.subject).collect();
    assert!(named.contains(&all[mails - 1].number.to_string()), "the last one is named too");
    let alarms: Vec<_> = letters.iter().filter(|letter| letter.mail.subject.contains("te veel e-mails")).collect();
    let [alarm] = alarms.as_slice() else { panic!("{} alarms", alarms.len()) };
    assert!(alarm.mail.text.contains(ROBOT) && alarm.mail.text.contains(DESK), "{}", alarm.mail.text);
    assert_eq!(town.office.register.count_letters(LetterState::Held).await.unwrap(), 0);
    assert_eq!(town.office.register.count_letters(LetterState::Bundled).await.unwrap(), 0, "all have their end");
    verified(&town).await;
    println!("figures: flood: {mails} mails of one sender, {} cases, {customer} letters to that sender", all.len());
}

/// Somebody has mail sent to others: complaints in their name, under as many names as a mailbox has.
#[tokio::test]
async fn a_bomber_gets_few_letters_into_one_mailbox_and_a_bounded_number_into_a_domain() {
    let mut town = Town::found(start(), Proof::Headers).await;
    let complaint = |from: &str, n: usize| {
        people::mail(from, &format!("Deuk {n}"), "Er zit een deuk in.", &format!("{n}@bom.example"), start(), "")
    };
    for n in 0..60 {
        let from = if n % 2 == 0 { format!("victim+{n}@klant.example") } else { format!("v.ictim+{n}@klant.example") };
        town.deliver(&complaint(&from, n), start());
    }
    for n in 60..300 {
        town.deliver(&complaint(&format!("naam{n}@elders.example"), n), start());
    }
    let letters = town.work(start()).await;
    assert_eq!(cases(&town).await.len(), 300, "each is registered");
    let into = |letters: &[Got], domain: &str| letters.iter().filter(|letter| letter.to.ends_with(domain)).count();
    assert_eq!((into(&letters, "@klant.example"), into(&letters, "@elders.example")), (10, 200));
    let alarms = letters.iter().filter(|letter| letter.mail.subject.contains("onbewezen afzenders")).count();
    assert_eq!(alarms, 1, "a supervisor is told once");
    let later = hours(&mut town, start(), 24).await;
    assert_eq!(into(&later, "@elders.example"), 40, "the others waited");
    let of_mailbox = into(&later, "@klant.example");
    assert!((1..=10).contains(&of_mailbox), "{of_mailbox} more letters to one mailbox");
    verified(&town).await;
}

/// Answers every letter, so many minutes later, with a mail that says nothing of being automatic.
async fn with_autoresponder(town: &mut Town, whom: &str, minutes: i64, days: i64, first: Vec<Got>) -> Vec<Vec<Got>> {
    let (mut answered, mut by_day) = (0, Vec::new());
    let mut unanswered: Vec<Got> = to(&first, whom).cloned().collect();
    let mut of_day = first;
    let turns_a_day = 24 * 60 / minutes;
    for turn in 1..=days * turns_a_day {
        let now = start() + TimeDelta::minutes(minutes * turn);
        for letter in unanswered.drain(..) {
            answered += 1;
            let text = format!("Bedankt voor uw bericht {answered}. Wij nemen zo snel mogelijk contact met u op.");
            let id = format!("auto-{answered}@klant.example");
            // A subject of its own and no reference to the letter: nothing ties it to what it answers.
            let raw = match whom {
                ROBOT => people::mail(whom, &format!("Melding {answered}"), &text, &id, now, ""),
                _ => people::reply(whom, &letter, &text, &id, now),
            };
            town.deliver(&raw, now);
        }
        let came = town.work(now).await;
        unanswered.extend(to(&came, whom).cloned());
        of_day.extend(came);
        if turn % turns_a_day == 0 {
            by_day.push(std::mem::take(&mut of_day));
        }
    }
    by_day
}

#[tokio::test]
async fn an_autoresponder_that_lies_in_every_header_is_stopped_by_the_caps() {
    let mut town = Town::found(start(), Proof::Accepted).await;
    town.deliver(&people::mail(ROBOT, "Deuk", "Er zit een deuk in.", "1@klant.example", start(), ""), start());
    let first = town.work(start()).await;
    let by_day = with_autoresponder(&mut town, ROBOT, 5, 3, first).await;
    let letters: Vec<usize> = by_day.iter().map(|day| to(day, ROBOT).count()).collect();
    assert!(letters[0] <= LETTERS_A_DAY_MAX && letters[1] <= 6 && letters[2] <= 6, "{letters:?}");
    assert_eq!(cases(&town).await.len(), town.delivered(), "each of its mails is on file as a case");
    for (day, letters) in by_day.iter().enumerate() {
        let alarms = letters.iter().filter(|letter| letter.mail.subject.contains("te veel e-mails"));
        assert!(alarms.count() <= 1, "day {day}");
    }
    let told = by_day[0].iter().find(|letter| letter.mail.subject.contains("te veel e-mails")).expect("an alarm");
    assert!(told.mail.text.contains(ROBOT) && told.mail.text.contains(DESK), "{}", told.mail.text);
    verified(&town).await;
}

#[tokio::test]
async fn an_autoresponder_that_takes_its_time_is_stopped_too() {
    let mut town = Town::found(start(), Proof::Accepted).await;
    town.deliver(&people::mail(ROBOT, "Deuk", "Er zit een deuk in.", "1@klant.example", start(), ""), start());
    let first = town.work(start()).await;
    // Eight letters an hour, which no cap of an hour would ever see.
    let by_day = with_autoresponder(&mut town, ROBOT, 7, 3, first).await;
    let letters: Vec<usize> = by_day.iter().map(|day| to(day, ROBOT).count()).collect();
    assert!(letters[0] <= 50 && letters[2] <= 6, "{letters:?}");
    verified(&town).await;
}

#[tokio::test]
async fn two_desks_that_are_each_others_customers_settle_by_themselves() {
    const OTHER: &str = "klachten@dealer.example";
    let mut ours = Town::found(start(), Proof::Accepted).await;
    let mut theirs = Town::found_as(OTHER, start(), Proof::Accepted).await;
    // Each complains to the other, in the name of its own desk.
    ours.deliver(&people::mail(OTHER, "Deuk", "Er zit een deuk in.", "1@dealer.example", start(), ""), start());
    let mail = people::mail(DESK, "Factuur", "De factuur klopt niet.", "1@lease.example", start(), "");
    theirs.deliver(
        String::from_utf8(mail).unwrap().replace(&format!("To: {DESK}"), &format!("To: {OTHER}")).as_bytes(),
        start(),
    );
    let (mut between, mut answered) = (0, false);
    for minute in 1..=48 * 60 / 5 {
        let now = start() + TimeDelta::minutes(5 * minute);
        let (from_us, from_them) = (ours.work_raw(now).await, theirs.work_raw(now).await);
        for (_, raw) in from_us.iter().filter(|(letter, _)| letter.to == OTHER) {
            theirs.deliver(raw, now);
            between += 1;
        }
        for (_, raw) in from_them.iter().filter(|(letter, _)| letter.to == DESK) {
            ours.deliver(raw, now);
            between += 1;
        }
        // A person at ours answers once: that answer is no machine's, and must not start it anew.
        let notification = from_us.iter().find(|(letter, _)| letter.to == "schade@lease.example");
        if let Some((letter, _)) = notification.filter(|_| !std::mem::replace(&mut answered, true)) {
            let text = "Wij herstellen de deuk.";
            ours.deliver(&people::reply("schade@lease.example", letter, text, "a@lease.example", now), now);
        }
    }
    assert!(answered && between <= 8, "{between} letters went between them");
    assert!(cases(&ours).await.len() <= 4 && cases(&theirs).await.len() <= 4);
    verified(&ours).await;
    verified(&theirs).await;
}

#[tokio::test]
async fn a_machine_in_a_mailbox_of_staff_that_says_nothing_of_it_is_slowed_down_and_told_of() {
    let mut town = Town::found(start(), Proof::Accepted).await;
    town.deliver(
        &people::mail("jan@klant.example", "Deuk", "Er zit een deuk in.", "1@klant.example", start(), ""),
        start(),
    );
    let first = town.work(start()).await;
    let by_day = with_autoresponder(&mut town, "schade@lease.example", 2, 2, first).await;
    let customer: Vec<usize> = by_day.iter().map(|day| to(day, "jan@klant.example").count()).collect();
    // The acknowledgement, and three answers a day: then a person must say that it is one.
    assert!(
        customer.iter().all(|of_day| *of_day <= 4),
        "what a machine of ours says goes to the customer: {customer:?}"
    );
    let alarms =
        by_day.iter().map(|day| day.iter().filter(|letter| letter.mail.subject.contains("te veel e-mails")).count());
    assert!(alarms.clone().all(|of_day| of_day <= 1) && alarms.sum::<usize>() > 0);
    verified(&town).await;
}
