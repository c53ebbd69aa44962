//! The company's own sentences (`[[text]]`, `#tekst`): a handler asks for one, the customer gets it, the receipt shows it; and a
//! running daemon takes new ones, or none of a file in which one cannot be used.

use crate::letter::Written;
use crate::procedure::{HANDLER, HOUR, JAN, has, one, received, writes};
use crate::world::{World, until};

const DELAYED: &str = "\n[[text]]\nname = \"uitstel\"\nnl = \"\"\"\n{{ salutation }}\n\nUw klacht {{ number }} kost ons meer tijd.\n\"\"\"\n";
const MISSPELT: &str = "\n[[text]]\nname = \"fout\"\nnl = \"Beste {{ naam }},\"\n";

fn add(world: &World, lines: &str) {
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    std::fs::write(world.settings_file(), settings + lines).unwrap();
}

#[tokio::test]
async fn a_handler_answers_with_a_text_of_the_companys() {
    let world = World::with_postfix();
    add(&world, DELAYED);
    let (number, notification) = received(&world, HOUR).await;
    assert!(notification.text.contains("uitstel"), "{}", notification.text);

    writes(&world, Written::reply(HANDLER, &notification, "#tekst uistel\n\nGroet, Joris")).await;
    let asked = one(&world, "j.devries", "is geen vaste tekst van uw bedrijf");
    assert!(asked.text.contains("#tekst uitstel") && asked.html.contains("uitstel</a>"), "{}", asked.text);
    assert!(!has(&world, "jan.jansen", "meer tijd"), "nothing was sent");

    let typed = "#tekst uitstel\n\nIk bel u morgen zelf.\nJoris de Vries";
    writes(&world, Written::reply(HANDLER, &notification, typed)).await;
    let expected = format!("Beste Jan Jansen,\n\nUw klacht {number} kost ons meer tijd.\n\nIk bel u morgen zelf.");
    let answer = one(&world, "jan.jansen", "meer tijd");
    let text = answer.text.replace("\r\n", "\n");
    assert!(text.contains(&expected) && !text.contains("#tekst"), "{text}");
    let receipt = one(&world, "j.devries", "Uw antwoord gaat naar de klant");
    assert!(receipt.text.contains(&format!("Uw klacht {number} kost ons meer tijd.")), "{}", receipt.text);
    assert!(world.case(&number).await["first_response_at"].is_string());
    world.verify().await;
}

#[tokio::test]
async fn a_running_daemon_takes_new_texts_and_none_that_cannot_be_filled_in() {
    let world = World::with_postfix();
    let good = std::fs::read_to_string(world.settings_file()).unwrap();
    std::fs::write(world.settings_file(), format!("{good}{MISSPELT}")).unwrap();
    let check = world.check().await;
    let said = check.out + &check.log;
    assert!(check.code != 0 && said.contains("text \"fout\".nl: found {{ naam }}"), "{said}");
    std::fs::write(world.settings_file(), &good).unwrap();

    let daemon = world.daemon();
    until("IDLE", || world.dovecot.commands("klachten").contains("IDLE").then_some(())).await;
    std::fs::write(world.settings_file(), format!("{good}{DELAYED}{MISSPELT}")).unwrap();
    daemon.reload();
    until("a refusal", || daemon.log().contains("refused as a whole").then_some(())).await;
    assert!(daemon.log().contains("{{ naam }}"), "{}", daemon.log());
    std::fs::write(world.settings_file(), format!("{good}{DELAYED}")).unwrap();
    daemon.reload();
    until("the new settings", || daemon.log().contains("the settings were read anew").then_some(())).await;

    world.deliver(&Written::new(&format!("Jan Jansen <{JAN}>"), "Kras", "Mijn auto heeft schade.").bytes());
    let notification = one(&world, "schade", "Mijn auto heeft schade.");
    world.deliver(&Written::reply(HANDLER, &notification, "#tekst uitstel").bytes());
    one(&world, "jan.jansen", "meer tijd");
    assert_eq!(daemon.stop().await, 0);
    world.verify().await;
}
