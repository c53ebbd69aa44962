//! Letters of one's own (`[templates] folder`): the commands for them, what a start and a reload do with one that cannot be used,
//! and the door behind them.

use crate::letter::Written;
use crate::procedure::{HANDLER, HOUR, JAN, has, one, received, writes};
use crate::world::{Ran, World, until};
use std::path::PathBuf;

/// A folder for letters of one's own, named in the settings.
fn with_folder(world: &World) -> PathBuf {
    let folder = world.file("letters");
    std::fs::create_dir_all(&folder).unwrap();
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    let section = format!("{settings}\n[templates]\nfolder = \"{}\"\n", folder.display());
    std::fs::write(world.settings_file(), section).unwrap();
    folder
}

fn change(folder: &std::path::Path, name: &str, from: &str, to: &str) {
    let file = folder.join(name);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from} in {name}: {text}");
    std::fs::write(file, text.replace(from, to)).unwrap();
}

fn empty(folder: &std::path::Path) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
}

fn said(ran: &Ran) -> String {
    format!("{}{}", ran.out, ran.log)
}

#[tokio::test]
async fn one_of_ours_is_taken_out_changed_tried_and_looked_at() {
    let world = World::with_postfix();
    let folder = with_folder(&world);
    let to = folder.display().to_string();
    let list = world.run(&["templates", "list"]).await;
    let row = |name: &str| list.out.lines().find(|line| line.split(' ').next() == Some(name)).map(str::to_owned);
    assert!(row("closing/nl").is_some_and(|row| row.contains("customer") && row.ends_with("ours")), "{}", list.out);
    assert!(row("notification/en").is_some_and(|row| row.contains("staff")) && row("notification/de").is_none());

    let printed = world.run(&["templates", "export", "closing/nl"]).await;
    assert!(printed.code == 0 && printed.out.contains("{{ k.panel(settlement) }}"), "{}", said(&printed));
    let written = world.run(&["templates", "export", "closing/nl", "--to", &to]).await;
    assert!(written.code == 0 && folder.join("closing/nl.j2").is_file(), "{}", said(&written));
    let again = world.run(&["templates", "export", "closing/nl", "--to", &to]).await;
    assert_eq!(again.code, 1, "a file that is there stays: {}", said(&again));
    let unknown = world.run(&["templates", "export", "closng/nl"]).await;
    assert!(unknown.code == 2 && said(&unknown).contains("klachtpost templates list"), "{}", said(&unknown));

    change(&folder, "closing/nl.j2", "Dank dat u het ons hebt laten weten.", "Fijn dat u het ons zei.");
    let check = world.run(&["templates", "check"]).await;
    assert!(check.code == 0 && check.out.contains("1 letter of your own can be used"), "{}", said(&check));
    let own = world.run(&["templates", "list"]).await;
    assert_eq!(own.out.matches("your own").count(), 1, "{}", own.out);
    let page = world.file("letters.html");
    let preview = world.run(&["templates", "preview", "--out", &page.display().to_string()]).await;
    let page = std::fs::read_to_string(page).unwrap_or_default();
    assert!(preview.code == 0 && page.contains("Fijn dat u het ons zei."), "{}", said(&preview));
}

#[tokio::test]
async fn what_cannot_be_used_is_named_with_file_line_and_variable_and_stops_a_start() {
    let world = World::with_postfix();
    let folder = with_folder(&world);
    let to = folder.display().to_string();
    for (name, from, put, found) in [
        ("closing/nl", "{{ k.panel(settlement) }}", "{{ k.panel(setlement) }}", "setlement"),
        ("closing/nl", "{{ k.number(number) }}", "", "no `K-2026-000123`"),
        ("acknowledgement/nl", "{{ k.b(due.resolve|moment) }}", "snel", "no `woensdag 25 november 2026"),
        ("closing/nl", "{{ about(house.committee, committee_last_day) }}", "", "Geschillencommissie"),
        ("closing/nl", "{{ k.panel(settlement) }}", "{{ k.panel(settlement|safe) }}", "`safe`"),
    ] {
        let file = format!("{name}.j2");
        empty(&folder);
        assert_eq!(world.run(&["templates", "export", name, "--to", &to]).await.code, 0);
        change(&folder, &file, from, put);
        let check = world.run(&["templates", "check"]).await;
        let told = said(&check);
        assert!(check.code == 1 && told.contains(&file) && told.contains(found), "{put}: {told}");
        let names_line = ["setlement", "`safe`"].contains(&found);
        assert!(!names_line || told.contains(&format!("{file}, line ")), "{told}");
        assert!(said(&world.check().await).contains(found), "{found}");
    }
    let start = world.run(&["run", "--once"]).await;
    assert!(start.code != 0 && said(&start).contains("`safe`"), "{}", said(&start));
    // The reference below a letter is the page's, and cannot be left out.
    empty(&folder);
    assert_eq!(world.run(&["templates", "export", "answer/nl", "--to", &to]).await.code, 0);
    let (_, notification) = received(&world, HOUR).await;
    writes(&world, Written::reply(HANDLER, &notification, "Wij herstellen het.")).await;
    assert!(one(&world, "jan.jansen", "Wij herstellen het.").text.contains("Kenmerk: kp."));
}

#[tokio::test]
async fn a_running_daemon_goes_on_with_the_letters_it_has_where_a_new_one_cannot_be_used() {
    let world = World::with_postfix();
    let folder = with_folder(&world);
    let to = folder.display().to_string();
    assert_eq!(world.run(&["templates", "export", "acknowledgement/nl", "--to", &to]).await.code, 0);
    change(&folder, "acknowledgement/nl.j2", "Wat vervelend dat u niet tevreden bent.", "Dat horen wij graag.");
    let daemon = world.daemon();
    until("IDLE", || world.dovecot.commands("klachten").contains("IDLE").then_some(())).await;

    change(&folder, "acknowledgement/nl.j2", "Dat horen wij graag.", "{{ nergens }}");
    daemon.reload();
    until("a refusal", || daemon.log().contains("refused as a whole").then_some(())).await;
    assert!(
        daemon.log().contains("acknowledgement/nl.j2, line ") && daemon.log().contains("nergens"),
        "{}",
        daemon.log()
    );
    world.deliver(&Written::new(&format!("Jan Jansen <{JAN}>"), "Kras", "Mijn auto heeft een kras.").bytes());
    one(&world, "jan.jansen", "Dat horen wij graag.");

    change(&folder, "acknowledgement/nl.j2", "{{ nergens }}", "Wij zoeken het uit.");
    daemon.reload();
    until("the new letters", || daemon.log().contains("the settings were read anew").then_some(())).await;
    world.deliver(&Written::new(&format!("Jan Jansen <{JAN}>"), "Deuk", "Nu ook nog een deuk in de bumper.").bytes());
    one(&world, "jan.jansen", "Wij zoeken het uit.");
    assert_eq!(daemon.stop().await, 0);
}

#[tokio::test]
async fn a_letter_of_ones_own_that_shows_what_is_staffs_stops_at_the_door() {
    let world = World::with_postfix();
    let folder = with_folder(&world);
    let to = folder.display().to_string();
    let (number, notification) = received(&world, HOUR).await;
    let reference = notification.text.lines().find_map(|line| line.strip_prefix("Kenmerk: ")).unwrap().to_owned();
    assert_eq!(world.run(&["templates", "export", "answer/nl", "--to", &to]).await.code, 0);
    change(&folder, "answer/nl.j2", "{{ k.typed(text) }}", &format!("{{{{ k.typed(text) }}}}\n{reference}"));
    assert_eq!(world.run(&["templates", "check"]).await.code, 0, "no sample can show it");
    writes(&world, Written::reply(HANDLER, &notification, "Wij herstellen het vandaag.")).await;
    assert!(!has(&world, "jan.jansen", "Wij herstellen het vandaag."));
    one(&world, "j.devries", "tegengehouden");
    assert!(world.case(&number).await["first_response_at"].is_null(), "the clock runs on");
}
