//! What the register finds where no letter of ours is answered: cases by ids of mails on file, and a complaint that was
//! sent twice.

use super::*;
use klachtpost::desk::{Lookup, Said, Snapshot};

async fn shown(desk: &Desk, mail: i64, lookup: Lookup) -> Snapshot {
    let mut tx = desk.register.begin().await.unwrap();
    tx.snapshot(mail, &identity("nieuw@klant.example", "other"), &Lookup { year: 2026, ..lookup }).await.unwrap()
}

#[tokio::test]
async fn an_id_on_file_leads_to_its_case_and_an_empty_one_nowhere() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    desk.register.store_mails(&[new_mail(1), new_mail(2), new_mail(3)]).await.unwrap();
    for (mail, id, case) in [(1, "een@klant.example", 1), (2, "", 2)] {
        let mut tx = desk.register.begin().await.unwrap();
        let mut judged = judged(mail, &identity(id, "h"), Disposition::FollowUp);
        judged.verdict.case = Some(number(case));
        tx.record(Some(&judged), &decision(vec![]), &[], at(0), &mut salt).await.unwrap();
        tx.commit().await.unwrap();
    }
    for (answered, cases) in [
        (vec!["een@klant.example"], vec![number(1)]),
        (vec!["elders@klant.example", "een@klant.example"], vec![number(1)]),
        (vec!["Een@klant.example"], vec![]),
        (vec![""], vec![]),
        (vec!["\0"], vec![]),
        (vec!["", "een@klant.example"], vec![number(1)]),
        (vec![], vec![]),
    ] {
        let answered: Vec<String> = answered.into_iter().map(str::to_owned).collect();
        let found = shown(&desk, 3, Lookup { answered: answered.clone(), ..Lookup::default() }).await.answered;
        let found: Vec<CaseNumber> = found.iter().map(|file| file.case.number).collect();
        assert_eq!(found, cases, "{answered:?}");
    }
}

#[tokio::test]
async fn the_same_words_are_met_within_the_hour_only() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let received = |uid, minutes| NewMail { received_at: at(minutes), ..new_mail(uid) };
    desk.register.store_mails(&[received(1, 60), received(2, 61), received(3, -60), received(4, -61)]).await.unwrap();
    let said = |from: &str, text: &str| Said::new(address(from), "Deuk in de DEUR", text);
    let words = "De auto kwam  met een deuk.";
    for (mail, said, is_met) in [
        (1, said("jan@klant.example", words), true),
        (2, said("jan@klant.example", words), false),
        (3, said("JAN@klant.example", words), true),
        (4, said("jan@klant.example", words), false),
        (1, said("els@klant.example", words), false),
        (1, said("jan@klant.example", "De auto kwam met een kras."), false),
        (1, said("jan@klant.example", " "), false),
    ] {
        let twice = shown(&desk, mail, Lookup { said: said.clone(), ..Lookup::default() }).await.twice;
        assert_eq!(twice.is_some(), is_met, "{mail} {said:?}");
    }
}
