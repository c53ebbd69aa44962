//! The other subcommands, as an operator or a mail server calls them: what they print, and how they exit.

use crate::letter::Written;
use crate::support::postgres;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{Differs, Ran, World};

async fn with_homes() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    (world, smtp)
}

fn complaint() -> Written {
    Written::new("Jan Jansen <jan.jansen@klant.example>", "Schade", "Er zit een deuk in de bumper.")
}

#[tokio::test]
async fn check_tells_good_from_broken_and_touches_no_mail() {
    let (world, smtp) = with_homes().await;
    world.deliver(&complaint().bytes());
    let good = world.check().await;
    assert_eq!(good.code, 0, "{}", good.out);
    for finding in ["ok       settings: 6 departments", "ok       mailbox: ", "ok       sender: "] {
        assert!(good.out.lines().any(|line| line.starts_with(finding)), "{finding} in {}", good.out);
    }
    assert_eq!((world.left_in_inbox(), smtp.letters().len(), world.cases().await.len()), (1, 0, 0));

    let mailbox = Some("host = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\n".to_owned());
    world.settle_with(1, Differs { mailbox, ..Differs::default() });
    let broken = world.check().await;
    assert_eq!(broken.code, 1, "{}", broken.out);
    for finding in ["ok       settings: ", "PROBLEM  mailbox: ", "PROBLEM  sender: "] {
        assert!(broken.out.lines().any(|line| line.starts_with(finding)), "{finding} in {}", broken.out);
    }
    std::fs::write(world.settings_file(), "[desk]\nnaam = \"Voorbeeld\"\n").unwrap();
    let unreadable = world.run(&["check"]).await;
    assert_eq!(unreadable.code, 1);
    assert!(unreadable.out.contains("desk.naam") && unreadable.out.contains("klachtpost.toml"), "{}", unreadable.out);
}

#[tokio::test]
async fn what_is_left_of_the_sample_is_a_problem_and_other_reserved_names_are_noted() {
    let (world, _smtp) = with_homes().await;
    let left = world.run(&["check"]).await;
    assert_eq!(left.code, 1, "{}", left.out);
    let said = |ran: &Ran, start: &str, key: &str, found: &str| {
        ran.out.lines().any(|line| line.starts_with(start) && line.contains(key) && line.contains(found))
    };
    assert!(said(&left, "PROBLEM  settings: ", ": desk.address: ", "\"klachten@lease.example\""), "{}", left.out);
    assert!(said(&left, "PROBLEM  settings: ", "department \"schade\".staff", "j.devries@"), "{}", left.out);
    assert!(said(&left, "note     settings: ", ": committee.url: ", "commissie.example"), "{}", left.out);
    let settings = left.out.replace(&postgres::shown(&world.file("klachtpost.db")), "REGISTER");
    assert!(!settings.contains("127.0.0.1") && !settings.contains("keywords"), "{}", left.out);
    // Everything else is tried all the same.
    assert!(left.out.lines().any(|line| line.starts_with("ok       sender: ")), "{}", left.out);

    let own = world.check().await;
    assert_eq!(own.code, 0, "{}", own.out);
    assert!(said(&own, "note     settings: ", ": desk.address: ", "klachten@eigen.example"), "{}", own.out);
    assert!(!own.out.contains("PROBLEM"), "{}", own.out);

    // The daemon says so once and works.
    let ran = world.run(&["run", "--once"]).await;
    let lines = |words: &str| ran.log.lines().filter(|line| line.contains(words)).count();
    assert_eq!((ran.code, lines("as in the sample"), lines("kept for examples")), (0, 1, 1), "{}", ran.log);
    let log = ran.log.replace(&postgres::shown(&world.file("klachtpost.db")), "REGISTER");
    assert!(log.contains("desk.address") && !log.contains('@'), "{log}");
    assert!(!ran.log.contains('\u{1b}'), "colours in a log that goes to no terminal: {:?}", ran.log);
}

#[tokio::test]
async fn ports_of_another_kind_of_server_are_named_as_such() {
    let (world, smtp) = with_homes().await;
    let server = |port: u16| Some(format!("host = \"localhost\"\nport = {port}\nsecurity = \"none\"\n"));
    let crossed = Differs { mailbox: server(smtp.port()), sender: server(world.dovecot.imap_port) };
    world.settle_with(smtp.port(), crossed);
    let check = world.check().await;
    assert_eq!(check.code, 1, "{}", check.out);
    let says = |what: &str, words: &str| {
        check.out.lines().any(|line| line.starts_with(&format!("PROBLEM  {what}: ")) && line.contains(words))
    };
    assert!(says("mailbox", "is a port for sending (SMTP)"), "{}", check.out);
    assert!(says("sender", "this is a port for fetching mail (IMAP or POP3)"), "{}", check.out);
}

#[tokio::test]
async fn check_sees_that_no_mail_bears_the_word_of_the_trusted_server_and_names_those_that_do() {
    let (world, _smtp) = with_homes().await;
    let empty = world.check().await;
    assert_eq!(empty.code, 0, "{}", empty.out);
    assert!(empty.out.contains("note     proof of senders: there is no mail yet"), "{}", empty.out);
    for number in 0..25 {
        let proof = if number < 20 {
            "Authentication-Results: mx.elders.example;\r\n dmarc=pass header.from=klant.example\r\n"
        } else {
            ""
        };
        let written = Written { proof: proof.to_owned(), ..complaint() };
        world.deliver(&written.bytes());
    }
    let none = world.check().await;
    assert_eq!(none.code, 1, "{}", none.out);
    let expected = "PROBLEM  proof of senders: looked at the last 20 mails for results of \"mx.post.example\", \
                    found \"mx.elders.example\" in 15, none at all in 5; next: ";
    assert!(none.out.contains(expected), "{}", none.out);
    // One is enough, and where it was dealt with already it counts too.
    world.deliver(&complaint().bytes());
    world.work().await;
    let one = world.check().await;
    assert_eq!(one.code, 0, "{}", one.out);
    assert!(one.out.contains("ok       proof of senders: 1 of the last 20 mails bear"), "{}", one.out);
}

#[tokio::test]
async fn settings_that_were_probably_not_meant_are_problems_and_the_daemon_only_warns() {
    use std::os::unix::fs::PermissionsExt;
    let (world, _smtp) = with_homes().await;
    world.set("mailbox", "accept_unproven_staff = true");
    let own = world.own_settings();
    std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o644)).unwrap();
    let check = world.run(&["--config", &own, "check"]).await;
    assert_eq!(check.code, 1, "{}", check.out);
    for problem in
        ["mailbox.accept_unproven_staff: found true beside", "mailbox.password: found a secret in a file that"]
    {
        let is_problem = |line: &str| line.starts_with("PROBLEM  settings: ") && line.contains(problem);
        assert!(check.out.lines().any(is_problem), "{problem} in {}", check.out);
    }
    let run = world.run(&["--config", &own, "run", "--once"]).await;
    assert_eq!(run.code, 0, "{}", run.log);
    let warned = |line: &str| line.contains("WARN") && line.contains("mailbox.password");
    assert!(run.log.lines().any(warned), "{}", run.log);
}

#[tokio::test]
async fn a_wrong_command_line_is_told_from_trouble() {
    let world = World::start();
    assert_eq!(world.run(&["nonsense"]).await.code, 2);
    assert_eq!(world.run(&["--help"]).await.code, 0);
    // No settings yet: named, with what to write.
    let ran = world.run(&["run"]).await;
    assert_eq!(ran.code, 1);
    assert!(ran.log.contains(&world.settings_file().display().to_string()), "{}", ran.log);
}

#[tokio::test]
async fn ingest_takes_a_mail_from_a_pipe_and_says_nothing() {
    let (world, _smtp) = with_homes().await;
    let mail = complaint().bytes();
    for _ in 0..2 {
        let ran = world.run_with_input(&["ingest", "-"], &mail).await;
        assert_eq!((ran.code, ran.out.as_str(), ran.log.as_str()), (0, "", ""));
    }
    world.work().await;
    assert_eq!(world.cases().await.len(), 1, "the mail server's second try is the same mail");
    world.letters_once("jan.jansen", 1).await;

    // Over the limit of a mailbox, whose server keeps the rest: nobody else has the rest of this one.
    world.set("mailbox", "max_message_bytes = 65536");
    let film: Vec<u8> = (0..200_000u32).map(|at| (at % 251) as u8).collect();
    let attached = Some(("film.mp4".to_owned(), film.clone()));
    let large = Written { attached, ..Written::new("emma.brown@klant.example", "Schade", "Zie de film.") }.bytes();
    assert_eq!(world.run_with_input(&["ingest", "-"], &large).await.code, 0);
    world.work().await;
    let notification = world.letters_once("schade", 2).await.remove(1);
    assert_eq!(notification.attachments, [("film.mp4".to_owned(), film)]);

    std::fs::write(world.settings_file(), "nonsense").unwrap();
    let ran = world.run_with_input(&["ingest", "-"], &mail).await;
    assert_eq!((ran.code, ran.out.as_str(), ran.log.as_str()), (75, "", ""));
    let ran = world.run(&["ingest", "no-such-file"]).await;
    assert_eq!((ran.code, ran.out.as_str(), ran.log.as_str()), (75, "", ""));
}

#[tokio::test]
async fn demo_plays_the_main_job_and_leaves_mailboxes_to_look_at() {
    let world = World::start();
    let dir = world.file("vertoning");
    // Twice: its own folder is emptied; anything else's is left alone.
    for _ in 0..2 {
        let ran = world.run(&["demo", "--dir", dir.to_str().unwrap()]).await;
        assert_eq!((ran.code, ran.log.as_str()), (0, ""), "nothing stands between the lines of the story: {}", ran.out);
        for told in ["The cases", "K-2026-000001", "closed", "index.html", "0 problems"] {
            assert!(ran.out.contains(told), "{told} in {}", ran.out);
        }
    }
    let page = std::fs::read_to_string(dir.join("index.html")).unwrap();
    assert!(page.contains("Uw klacht K-2026-000001"), "the customer's acknowledgement is on the page");
    // In the order of time, with what the directors get first.
    let order =
        ["Klachten, woensdag 25 november", "complains about a repair", "presses Reply", "the daily digest goes out"];
    let places = order.map(|words| page.find(words).unwrap_or_else(|| panic!("{words} is not on the page")));
    assert!(places.is_sorted(), "{places:?}");
    let mailboxes = std::fs::read_dir(dir.join("letters")).unwrap().count();
    assert!(mailboxes >= 5, "customers, departments, supervisors: {mailboxes}");
    std::fs::create_dir(world.file("iets")).unwrap();
    std::fs::write(world.file("iets").join("brief.txt"), "van een ander").unwrap();
    let refused = world.run(&["demo", "--dir", world.file("iets").to_str().unwrap()]).await;
    assert_eq!(refused.code, 1);
    assert!(world.file("iets").join("brief.txt").exists());
}

#[tokio::test]
async fn explain_shows_what_would_be_done_without_doing_it() {
    let (world, _smtp) = with_homes().await;
    let (mail, received) = (world.file("klacht.eml"), "2026-11-20T16:00:00+01:00");
    let text = "Er zit een deuk in de bumper.\n\nGroet, Jan";
    let written = Written {
        attached: Some(("foto.jpg".into(), vec![1, 2, 3])),
        ..Written::new("Jan <jan@klant.example>", "Schade", text)
    };
    std::fs::write(&mail, written.bytes()).unwrap();
    let explained = world.json(&["explain", "--json", "--received", received, mail.to_str().unwrap()]).await.remove(0);
    for (key, value) in [("department", "schade"), ("subject", "Schade"), ("language", "nl"), ("kind", "new")] {
        assert_eq!(explained[key], value, "{key}");
    }
    assert_eq!(explained["from"], serde_json::json!({ "name": "Jan", "address": "jan@klant.example" }));
    assert_eq!(
        (&explained["attachments"][0]["name"], &explained["attachments"][0]["size"]),
        (&"foto.jpg".into(), &3.into())
    );
    assert!(explained["matched"].as_array().is_some_and(|matched| !matched.is_empty()));
    // A Friday afternoon: three working days on is Wednesday.
    assert_eq!(explained["due"]["acknowledge"], "2026-11-21T16:00:00+01:00");
    assert_eq!(explained["due"]["resolve"], "2026-11-25T17:30:00+01:00");
    for key in ["file", "problems", "to", "date", "message_id", "in_reply_to", "references", "text", "reply", "quoted"]
    {
        assert!(explained.get(key).is_some(), "{key}");
    }
    for key in ["automatic", "bounce", "forwarded", "verbs"] {
        assert!(explained.get(key).is_some(), "{key}");
    }
    assert!(!world.file("klachtpost.db").exists(), "not even a register is made");
    assert_eq!(world.run(&["explain", "--json", "no-such-file"]).await.code, 1);
}

#[tokio::test]
async fn lists_and_the_digest_are_printed_for_people() {
    let (world, smtp) = with_homes().await;
    world.deliver(&complaint().bytes());
    world.work().await;
    let list = world.run(&["case", "list"]).await;
    assert!(list.out.contains("Schade") && list.out.contains("jan.jansen@klant.example"), "{}", list.out);
    let number = world.cases().await[0]["number"].as_str().unwrap().to_owned();
    let shown = world.run(&["case", "show", &number]).await;
    assert!(shown.out.contains("Timeline") && shown.out.contains("acknowledgement"), "{}", shown.out);
    assert_eq!(world.run(&["case", "show", "K-2026-999999"]).await.code, 1);
    assert_eq!(world.run(&["case", "show", "nonsense"]).await.code, 2);
    let sent = smtp.letters().len();
    let digest = world.run(&["digest"]).await;
    assert_eq!(digest.code, 0, "{}", digest.log);
    for told in ["To: s.bakker@lease.example", "To: directie@lease.example", number.as_str()] {
        assert!(digest.out.contains(told), "{told} in {}", digest.out);
    }
    assert_eq!(smtp.letters().len(), sent, "a preview sends nothing");
}
