//! `klachtpost init` on real servers: from a mailbox and a password to the first complaint that is acknowledged; and what an
//! operator reads where it cannot be.

use crate::letter::Written;
use crate::support::dovecot::{PASSWORD, Setup as DovecotSetup, USER};
use crate::support::postfix::Postfix;
use crate::support::smtp::{Act, At, Delivery, Fault, Setup, SmtpServer};
use crate::world::{PEOPLE, Ran, World};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A company whose names are its own.
const DESK: &str = "klachten@eigen.example";
/// What its mail server does with the results that stand in a mail: takes out its own, and adds what it found.
pub const GUARDS: &str = "/^Authentication-Results: mx\\.eigen\\.example/ IGNORE\n\
                      /^Subject:/ PREPEND Authentication-Results: mx.eigen.example; dmarc=pass header.from=eigen.example\n";
/// It adds, and takes nothing out.
const ADDS: &str =
    "/^Subject:/ PREPEND Authentication-Results: mx.eigen.example; dmarc=pass header.from=eigen.example\n";
/// It takes its own out of everything, and adds none to mail of its own.
const TAKES_OUT: &str = "/^Authentication-Results: mx\\.eigen\\.example/ IGNORE\n";

/// A flag that has another value, or none.
type Change<'a> = (&'a str, Option<&'a str>);

/// Servers of that company; its people have the mailboxes of every story.
pub struct Company {
    pub world: World,
    pub postfix: Postfix,
}

impl Company {
    pub fn with(header_checks: &str) -> Self {
        let world = World::start();
        let mut addresses: Vec<String> = PEOPLE.iter().map(|name| format!("{name}@eigen.example")).collect();
        addresses.extend([DESK.to_owned(), "jan.jansen@klant.example".to_owned()]);
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let postfix = Postfix::start_with(&world.homes(), &addresses, header_checks);
        Self { world, postfix }
    }

    async fn init(&self, changes: &[Change<'_>]) -> Ran {
        init(&self.world, self.postfix.port(), changes).await
    }
}

fn password_file(world: &World, mode: u32) -> PathBuf {
    let file = world.file("given.password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    file
}

/// `init` with every flag it needs, but for these changes: another value, or none.
async fn init(world: &World, smtp_port: u16, changes: &[Change<'_>]) -> Ran {
    let password = password_file(world, 0o600).display().to_string();
    let (imap, smtp) = (format!("127.0.0.1:{}/none", world.dovecot.imap_port), format!("127.0.0.1:{smtp_port}/none"));
    let register = world.file("klachtpost.db").display().to_string();
    let mut flags: Vec<(&str, String)> = vec![
        ("--company", "Eigen Lease".into()),
        ("--address", DESK.into()),
        ("--imap", imap),
        ("--smtp", smtp),
        ("--username", USER.into()),
        ("--password-file", password),
        ("--department", "klantenservice".into()),
        ("--department-address", "klantenservice@eigen.example".into()),
        ("--supervisor", "s.bakker@eigen.example".into()),
        ("--register", register),
        ("--wait", "20".into()),
    ];
    for (flag, value) in changes {
        flags.retain(|(name, _)| name != flag);
        flags.extend(value.map(|value| (*flag, value.to_owned())));
    }
    let mut arguments = vec!["init"];
    arguments.extend(flags.iter().flat_map(|(flag, value)| [*flag, value.as_str()]));
    world.run(&arguments).await
}

/// What an operator reads, the same at each run.
fn told(world: &World, ran: &Ran, smtp_port: u16) -> String {
    alike(world, &format!("exit {}\n{}{}", ran.code, ran.out, ran.log), smtp_port)
}

/// Without what differs from run to run.
pub fn alike(world: &World, text: &str, smtp_port: u16) -> String {
    let folder = world.file("").display().to_string();
    let text = text.replace(folder.trim_end_matches('/'), "FOLDER");
    let text = text.replace(&world.dovecot.imap_port.to_string(), "IMAP").replace(&smtp_port.to_string(), "SMTP");
    let text = text.replace(&world.dovecot.imaps_port.to_string(), "IMAPS");
    without_seconds(&text)
}

/// `after 0.3 s` differs from run to run.
fn without_seconds(text: &str) -> String {
    let mut parts = text.split("back after ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| {
        format!("{whole}back after N{}", part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'))
    })
}

#[tokio::test]
async fn from_a_mailbox_to_the_first_acknowledged_complaint() {
    let company = Company::with(GUARDS);
    let world = &company.world;
    let set_up = company.init(&[("--operator", Some("beheer@eigen.example"))]).await;
    assert_eq!(set_up.code, 0, "{}{}", set_up.out, set_up.log);
    insta::assert_snapshot!(told(world, &set_up, company.postfix.port()));

    let mode = std::fs::metadata(world.settings_file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    assert!(
        settings.contains("trusted_authserv_id = \"mx.eigen.example\"") && !settings.contains(PASSWORD),
        "{settings}"
    );
    assert!(!settings.contains("lease.example") && !settings.contains("committee"), "{settings}");
    assert_eq!(world.left_in_inbox(), 0, "the test mails are gone");
    for folder in [".Verwerkt", ".Terzijde", ".Onleesbaar"] {
        assert!(world.dovecot.maildir(USER).join(folder).is_dir(), "{folder}");
        assert_eq!(world.dovecot.mails(USER, folder).len(), 0, "{folder}");
    }

    let check = world.run(&["check", "--send"]).await;
    assert_eq!(check.code, 0, "{}{}", check.out, check.log);
    assert!(check.out.contains("ok       round trip: a test mail came back"), "{}", check.out);
    assert!(check.out.contains("\"mx.eigen.example\" says who sent a mail, and took out"), "{}", check.out);

    world.deliver(&Written::new("Jan Jansen <jan.jansen@klant.example>", "Klacht", "De auto start niet.").bytes());
    let ran = world.run(&["run", "--once"]).await;
    assert_eq!(ran.code, 0, "{}", ran.log);
    let acknowledgement = world.letters_once("jan.jansen", 1).await.remove(0);
    let cases = world.cases().await;
    assert_eq!((cases.len(), cases[0]["number"].as_str()), (1, Some(acknowledgement.number().as_str())));
    assert_eq!(cases[0]["department"], "klantenservice");
    world.letters_once("klantenservice", 1).await;
    world.verify().await;

    // A second time nothing is written over.
    let again = company.init(&[]).await;
    insta::assert_snapshot!("again", told(world, &again, company.postfix.port()));
    assert_eq!(std::fs::read_to_string(world.settings_file()).unwrap(), settings);
}

#[tokio::test]
async fn an_id_is_proposed_only_where_a_forged_line_is_taken_out() {
    // It stays: nobody's word, and that must be said.
    let adds = Company::with(ADDS);
    let unproven = adds.init(&[]).await;
    assert!(!adds.world.settings_file().exists());
    insta::assert_snapshot!("a_forged_line_stays", told(&adds.world, &unproven, adds.postfix.port()));
    let accepted = adds.init(&[("--accept-unproven-staff", Some("yes"))]).await;
    assert_eq!(accepted.code, 0, "{}{}", accepted.out, accepted.log);
    let settings = std::fs::read_to_string(adds.world.settings_file()).unwrap();
    assert!(settings.contains("accept_unproven_staff = true") && !settings.contains("authserv"), "{settings}");

    // Mail to oneself bears none: what the mails of before bear is told, and taken at the operator's word alone.
    let takes_out = Company::with(TAKES_OUT);
    let proof = "Authentication-Results: mx.eigen.example; dmarc=pass header.from=klant.example\r\n".to_owned();
    let earlier = Written { proof, ..Written::new("jan.jansen@klant.example", "Vraag", "Hoe laat bent u open?") };
    takes_out.world.deliver(&earlier.bytes());
    let nobodys = takes_out.init(&[]).await;
    insta::assert_snapshot!("nobody_says_who_sent_a_mail", told(&takes_out.world, &nobodys, takes_out.postfix.port()));
    let by_word = takes_out.init(&[("--trusted-authserv-id", Some("mx.eigen.example"))]).await;
    assert_eq!(by_word.code, 0, "{}{}", by_word.out, by_word.log);
    let settings = std::fs::read_to_string(takes_out.world.settings_file()).unwrap();
    assert!(settings.contains("trusted_authserv_id = \"mx.eigen.example\""), "{settings}");
    assert!(by_word.out.contains("BEFORE YOU RUN IT: 1 mail lies in the inbox."), "{}", by_word.out);
    assert_eq!(takes_out.world.left_in_inbox(), 1, "and no other mail is touched");
}

#[tokio::test]
async fn what_the_operator_reads_where_it_cannot_be() {
    let world = World::start_with(DovecotSetup::default());
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    let imap_as_smtp = format!("127.0.0.1:{}/none", world.dovecot.imap_port);
    let smtp_as_imap = format!("127.0.0.1:{}/none", smtp.port());
    let tls_imap = format!("localhost:{}/tls", world.dovecot.imap_port);
    let tls_smtp = format!("localhost:{}/tls", smtp.port());
    let wrong = world.file("wrong.password");
    std::fs::write(&wrong, "fout\n").unwrap();
    std::fs::set_permissions(&wrong, std::fs::Permissions::from_mode(0o600)).unwrap();
    let wrong = wrong.display().to_string();
    let open = world.file("open.password");
    std::fs::write(&open, "geheim\n").unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = open.display().to_string();
    let cases: Vec<(&str, Vec<Change<'_>>)> = vec![
        ("flags are missing", vec![("--company", None), ("--password-file", None), ("--supervisor", None)]),
        ("a flag that is no answer", vec![("--address", Some("klachten"))]),
        ("no server is found", vec![("--imap", None), ("--smtp", None)]),
        (
            "a server outside the domain",
            vec![("--imap", Some("imap.elders.example")), ("--smtp", Some("smtp.elders.example"))],
        ),
        (
            "a mailbox of Microsoft's",
            vec![
                ("--imap", Some("outlook.office365.com")),
                ("--accept-host", Some("outlook.office365.com")),
                ("--password-file", None),
            ],
        ),
        ("a password file that others can read", vec![("--password-file", Some(&open))]),
        ("a password file that is not there", vec![("--password-file", Some("/none/password"))]),
        ("a wrong password", vec![("--password-file", Some(&wrong))]),
        ("an SMTP port for IMAP", vec![("--imap", Some(&smtp_as_imap))]),
        ("an IMAP port for SMTP", vec![("--smtp", Some(&imap_as_smtp))]),
        ("TLS to a plain port for IMAP", vec![("--imap", Some(&tls_imap))]),
        ("TLS to a plain port for SMTP", vec![("--smtp", Some(&tls_smtp)), ("--smtp-username", Some("none"))]),
        ("no TLS to another machine", vec![("--imap", Some("imap.eigen.example:143/none"))]),
        ("the desk's own address for the department", vec![("--department-address", Some(DESK))]),
        ("nobody there", vec![("--imap", Some("127.0.0.1:1/none"))]),
    ];
    let mut all = String::new();
    for (what, changes) in cases {
        let ran = init(&world, smtp.port(), &changes).await;
        all += &format!("== {what}: {}\n", told(&world, &ran, smtp.port()));
        assert!(!world.settings_file().exists() && !all.contains(PASSWORD), "{what}");
    }
    // The sender's address is refused; the letter goes elsewhere.
    smtp.fault(Fault::at(At::Dot, Act::reply("550 5.7.1 no")).times(1));
    let ran = init(&world, smtp.port(), &[]).await;
    all += &format!("== the test mail is refused: {}\n", told(&world, &ran, smtp.port()));
    let elsewhere = Some("schade@eigen.example");
    let ran = init(&world, smtp.port(), &[("--address", elsewhere), ("--wait", Some("1"))]).await;
    all += &format!("== the address is another mailbox: {}\n", told(&world, &ran, smtp.port()));
    assert!(!world.settings_file().exists());
    insta::assert_snapshot!(all);
}
