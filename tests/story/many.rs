//! A full inbox: every mail becomes one case and one accepted acknowledgement, and a second round changes nothing.

use crate::letter::Written;
use crate::support::smtp::{Setup, SmtpServer};
use crate::world::World;
use std::collections::BTreeSet;

/// More than one batch of fetching, deciding and sending each.
const WAITING: usize = 250;

#[tokio::test]
async fn a_full_inbox_becomes_as_many_cases_and_acknowledgements() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup::default()).await;
    world.settle(smtp.port());
    for number in 0..WAITING {
        let text = format!("Goedemorgen,\n\nDe factuur van maand {number} klopt niet.\n\nKlant {number}");
        world.deliver(&Written::new(&format!("klant{number}@klant.example"), "Factuur", &text).bytes());
    }
    world.work().await;
    assert_eq!(world.left_in_inbox(), 0);
    let cases = world.cases().await;
    let numbers: BTreeSet<_> = cases.iter().map(|case| case["number"].to_string()).collect();
    assert_eq!((cases.len(), numbers.len()), (WAITING, WAITING));
    assert!(cases.iter().all(|case| case["acknowledged_at"].is_string() && case["department"] == "facturatie"));
    let letters = smtp.letters();
    let acknowledged: BTreeSet<_> =
        letters.iter().filter(|l| l.to.starts_with("klant")).map(|l| l.to.clone()).collect();
    // One to each customer, one about each to the department.
    assert_eq!((acknowledged.len(), letters.len()), (WAITING, 2 * WAITING));

    world.work().await;
    assert_eq!((world.cases().await, smtp.letters().len()), (cases, 2 * WAITING));
    world.verify().await;
}
