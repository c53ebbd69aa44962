//! Somebody's data, as an operator gives, finds and erases them (GDPR art. 15 and 17): the folder, the search, and a redaction of
//! a complaint in two halves whose originals leave the mailbox.

use crate::letter::{Letter, Written};
use crate::support::dovecot::USER;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::World;

const JAN: &str = "jan.jansen@klant.example";
const HANDLER: &str = "j.devries@lease.example";

async fn arrives(world: &World, mail: Written) {
    world.deliver(&mail.bytes());
    world.work().await;
}

fn last(world: &World, user: &str) -> Letter {
    world.letters(user).pop().unwrap_or_else(|| panic!("{user} got nothing"))
}

/// Mails of Jan in the desk's own folder.
fn originals(world: &World) -> usize {
    let all = world.dovecot.mails(USER, ".Verwerkt");
    all.iter().filter(|raw| String::from_utf8_lossy(raw).contains(&format!("<{JAN}>"))).count()
}

#[tokio::test]
async fn somebodys_data_are_found_given_and_erased() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    let jan = format!("Jan Jansen <{JAN}>");
    arrives(&world, Written::new(&jan, "Kras door schade", "Er zit een kras op XK-123-B, bel 06-12345678.")).await;
    let (stays, notified) = (last(&world, "jan.jansen").number(), last(&world, "schade"));
    arrives(&world, Written::new(&jan, "Nog steeds schade", "Niemand belt mij terug over die kras.")).await;
    let gone = last(&world, "jan.jansen").number();
    let again = last(&world, "schade");
    arrives(&world, Written::reply(HANDLER, &again, &format!("#samenvoegen {stays}\nZelfde kras."))).await;

    // Found, however it is typed.
    for who in [JAN, "+31 6 12345678", "xk123b"] {
        let found = world.run(&["person", "find", who]).await;
        assert!(found.code == 0 && found.out.contains(&stays), "{who}: {}{}", found.out, found.log);
    }
    let nobody = world.run(&["person", "find", "nobody@klant.example"]).await;
    assert!(nobody.out.starts_with("0 cases, 0 mails"), "{}", nobody.out);

    // Given, with what is whose apart.
    let folder = world.file("dossier");
    let given = world.run(&["case", "export", &stays, "--folder", folder.to_str().unwrap()]).await;
    assert!(given.code == 0 && given.out.contains("Look through"), "{}{}", given.out, given.log);
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("Van en aan de klant") && page.contains("Er zit een kras"), "{page}");
    let own = std::fs::read_to_string(folder.join("1-customer/data.json")).unwrap();
    assert!(own.contains("Er zit een kras") && !own.contains("Zelfde kras"), "{own}");
    let own: Vec<_> = std::fs::read_dir(folder.join("1-customer")).unwrap().collect();
    assert!(own.len() >= 5, "two complaints, two acknowledgements and the data: {own:?}");
    let again = world.run(&["case", "export", &stays, "--folder", folder.to_str().unwrap()]).await;
    assert_eq!(again.code, 1, "nothing is written over: {}", again.out);

    // Not erased while it is needed, but at a ground.
    let redact = ["case", "redact", gone.as_str(), "--reason", "art. 17"];
    let refused = world.run(&redact).await;
    assert!(refused.code == 1 && refused.log.contains("it is open"), "{}{}", refused.out, refused.log);
    arrives(&world, Written::reply(HANDLER, &notified, "#afgehandeld\nWij hebben de kras hersteld.")).await;
    let refused = world.run(&redact).await;
    assert!(refused.code == 1 && refused.log.contains("can go to the committee until"), "{}", refused.log);
    assert!(originals(&world) >= 2);
    let done = world.run(&[&redact[..], &["--ground", "art. 17(1)(d)"]].concat()).await;
    assert!(done.code == 0 && done.out.contains("The originals are out of the mailbox"), "{}{}", done.out, done.log);
    assert!(done.out.contains(&stays) && done.out.contains(&gone) && done.out.contains("Not reached"), "{}", done.out);
    assert_eq!(originals(&world), 0);
    let found = world.run(&["person", "find", JAN]).await;
    assert!(found.out.starts_with("0 cases, 0 mails and 0 letters"), "{}", found.out);
    let shown = world.run(&["case", "show", &stays]).await;
    assert!(shown.out.contains("redacted") && !shown.out.to_lowercase().contains("jansen"), "{}", shown.out);
    world.verify().await;
    let proof = world.run(&["verify"]).await;
    assert!(proof.out.contains("Redacted at a person's word") && proof.out.contains(&gone), "{}", proof.out);
    let again = world.run(&redact).await;
    assert!(again.code == 0 && again.out.contains("redacted before"), "{}{}", again.out, again.log);

    // Life goes on: the desk works, and whoever writes again has a complaint of their own.
    arrives(&world, Written::new(&jan, "Weer schade", "Nu een deuk.")).await;
    assert_eq!(world.cases().await.len(), 3);
    world.verify().await;
}

/// Invariant 7: a folder that one customer is given holds nothing of another, though a colleague made one case of both.
#[tokio::test]
async fn what_is_another_customers_is_not_given_along() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    let jan = format!("Jan Jansen <{JAN}>");
    arrives(&world, Written::new(&jan, "Kras door schade", "Er zit een kras op XK-123-B.")).await;
    let stays = last(&world, "jan.jansen").number();
    let emma = "Emma Brown <emma.brown@klant.example>";
    // She names his case, as whoever sat in the other car may.
    let text = format!("Ook schade aan GV-456-D, bel 06-87654321, zegt Emma. Het gaat om {stays}.");
    arrives(&world, Written::new(emma, "Botsing met schade", &text)).await;
    let hers = last(&world, "emma.brown");
    let again = last(&world, "schade");
    arrives(&world, Written::reply(HANDLER, &again, &format!("#samenvoegen {stays}\nEen botsing."))).await;
    assert_eq!(world.case(&hers.number()).await["merged_into"], stays.as_str());
    arrives(&world, Written::reply("emma.brown@klant.example", &hers, "Emma wacht nog.")).await;

    let folder = world.file("dossier");
    let given = world.run(&["case", "export", &stays, "--folder", folder.to_str().unwrap()]).await;
    assert_eq!(given.code, 0, "{}{}", given.out, given.log);
    let all_of = |part: &str| -> String {
        let files = std::fs::read_dir(folder.join(part)).unwrap();
        files.map(|file| String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned()).collect()
    };
    let own = all_of("1-customer");
    assert!(own.contains("Er zit een kras") && own.contains("XK-123-B"), "{own}");
    for hers in ["Emma", "emma.brown", "87654321", "GV-456-D", "GV456D", "Botsing"] {
        assert!(!own.contains(hers), "{hers}: {own}");
    }
    let data = std::fs::read_to_string(folder.join("1-customer/data.json")).unwrap();
    assert!(!data.contains("routing") && !data.contains(HANDLER), "{data}");
    let others = all_of("2-others");
    assert!(others.contains("87654321") && others.contains("emma.brown"), "{others}");
}
