//! Several mailboxes on one Dovecot: two of one company and a third of another. Each complaint is answered from where it
//! came in; what one company has, the other never sees.

use crate::letter::{Letter, Written};
use crate::support::dovecot::PASSWORD;
use crate::support::postgres;
use crate::support::smtp::{Received, Setup, SmtpServer};
use crate::world::{AUTHSERV, Ran, World, until};
use serde_json::Value;

const JAN: &str = "Jan Jansen <jan.jansen@klant.example>";
const LEASE: &str = "klachten@lease.example";
const BUSINESS: &str = "zakelijk@lease.example";
const RENTAL: &str = "klachten@verhuur.example";
/// A colleague of the lease company, and one of the rental company.
const HANDLER: &str = "j.devries@lease.example";
const DESK_CLERK: &str = "b.balie@verhuur.example";
/// Where nobody answers.
const DEAD_PORT: u16 = 9;

struct Boxes {
    world: World,
    smtp: SmtpServer,
}

impl Boxes {
    async fn start() -> Self {
        let world = World::start();
        let smtp = SmtpServer::start(Setup::default()).await;
        world.settle(smtp.port());
        let boxes = Self { world, smtp };
        boxes.settle(boxes.world.dovecot.imap_port);
        boxes
    }

    /// The business mailbox is on a server at that port.
    fn settle(&self, business_port: u16) {
        let mailbox = |name: &str, port: u16, lines: &str| {
            format!(
                "[[mailbox]]\nname = \"{name}\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n\
                 username = \"{name}\"\npassword = \"{PASSWORD}\"\npoll_seconds = 3600\n\
                 trusted_authserv_id = \"{AUTHSERV}\"\n{lines}\n"
            )
        };
        let department = |name: &str, company: &str, staff: &str, more: &str| {
            format!(
                "[[department]]\nname = \"{name}\"\ntitle = \"Afdeling {name}\"\naddress = \"{name}@{company}.example\"\n\
                 supervisor = \"chef.{name}@{company}.example\"\nstaff = [\"{staff}\"]\n{more}\n"
            )
        };
        let port = self.world.dovecot.imap_port;
        let settings = format!(
            "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"{LEASE}\"\n{}{}{}\
             [sender]\nhost = \"localhost\"\nport = {}\nsecurity = \"none\"\n[register]\nurl = \"sqlite:{}\"\n\
             [operator]\naddress = \"beheer@lease.example\"\nalarm_after_minutes = 5\n\
             [committee]\nname = \"Leasecommissie\"\nurl = \"https://commissie.example/klacht\"\n{}{}{}",
            mailbox("klachten", port, "departments = [\"schade\", \"facturatie\"]"),
            mailbox(
                "zakelijk",
                business_port,
                "address = \"zakelijk@lease.example\"\ndepartments = [\"facturatie\"]\nfallback = \"facturatie\"\n\
                 sub_addressing = true"
            ),
            mailbox(
                "verhuur",
                port,
                "address = \"klachten@verhuur.example\"\ncompany = \"Voorbeeld Verhuur\"\ndepartments = [\"balie\"]\n\
                 fallback = \"balie\"\n[mailbox.digest]\nrecipients = [\"directie@verhuur.example\"]"
            ),
            self.smtp.port(),
            self.world.file("klachtpost.db").display(),
            department("schade", "lease", HANDLER, "keywords = [\"kras*\"]\nfallback = true"),
            department("facturatie", "lease", HANDLER, "keywords = [\"factuur*\"]"),
            department("balie", "verhuur", DESK_CLERK, "keywords = [\"sleutel*\"]"),
        );
        std::fs::write(self.world.settings_file(), postgres::adapted(settings)).unwrap();
    }

    /// Mail arrives in that account, addressed to those.
    fn deliver(&self, account: &str, to: &str, mail: &Written) {
        let mail = Written { to: to.to_owned(), ..mail.clone() };
        self.world.dovecot.deliver(account, &mail.bytes());
    }

    /// All that went to somebody, oldest first.
    fn got(&self, to: &str) -> Vec<Letter> {
        let all = self.smtp.letters();
        all.into_iter().filter(|letter| letter.to == to).map(|letter: Received| Letter::of(letter.bytes)).collect()
    }

    fn one(&self, to: &str, words: &str) -> Letter {
        let mut fitting = self.got(to).into_iter().filter(|l| l.subject.contains(words) || l.text.contains(words));
        let found = fitting.next().unwrap_or_else(|| panic!("{to} never got `{words}`: {:#?}", self.subjects()));
        assert!(fitting.next().is_none(), "{to} got `{words}` more than once");
        found
    }

    fn subjects(&self) -> Vec<String> {
        let line = |letter: Received| {
            let read = Letter::of(letter.bytes);
            format!("{} -> {}: {}", read.from, letter.to, read.subject)
        };
        self.smtp.letters().into_iter().map(line).collect()
    }

    async fn departments(&self) -> Vec<String> {
        let of = |case: &Value| case["department"].as_str().unwrap_or_default().to_owned();
        self.world.cases().await.iter().map(of).collect()
    }
}

fn complaint(subject: &str, text: &str) -> Written {
    Written::new(JAN, subject, text)
}

#[tokio::test]
async fn each_complaint_is_answered_from_where_it_came_in() {
    let boxes = Boxes::start().await;
    boxes.deliver("klachten", LEASE, &complaint("Kras", "Er zit een kras op het portier."));
    boxes.deliver("zakelijk", BUSINESS, &complaint("Kras op de bus", "Er zit een kras op onze bus."));
    boxes.deliver("verhuur", RENTAL, &complaint("Sleutel", "De sleutel lag niet klaar."));
    boxes.world.work().await;
    // The business mailbox feeds one department: a word of another's sends nothing there.
    assert_eq!(boxes.departments().await, ["schade", "facturatie", "balie"]);
    let froms = |to: &str| boxes.got(to).into_iter().map(|letter| letter.from).collect::<Vec<_>>();
    assert_eq!(froms("jan.jansen@klant.example"), [LEASE, BUSINESS, RENTAL]);
    assert_eq!(froms("facturatie@lease.example"), [BUSINESS]);
    assert_eq!(froms("balie@verhuur.example"), [RENTAL]);
    let envelopes: Vec<String> = boxes.smtp.letters().into_iter().map(|letter| letter.from).collect();
    assert!(
        envelopes.iter().any(|from| from.starts_with("zakelijk+") && from.ends_with("@lease.example")),
        "{envelopes:?}"
    );
    let of_rental = boxes.got("jan.jansen@klant.example").remove(2);
    let whole = String::from_utf8_lossy(&of_rental.raw).into_owned();
    assert!(of_rental.text.contains("Voorbeeld Verhuur") && !whole.contains("Lease"), "{whole}");
    // Numbers are one sequence.
    let numbers: Vec<String> = boxes.got("jan.jansen@klant.example").iter().map(Letter::number).collect();
    assert!(numbers[0].ends_with("000001") && numbers[1].ends_with("000002") && numbers[2].ends_with("000003"));

    let told = boxes.got("facturatie@lease.example").remove(0);
    boxes.deliver("zakelijk", BUSINESS, &Written::reply(HANDLER, &told, "Wij halen de bus morgen op."));
    boxes.world.work().await;
    assert_eq!(boxes.one("jan.jansen@klant.example", "Wij halen de bus morgen op").from, BUSINESS);
    boxes.world.verify().await;
}

#[tokio::test]
async fn a_mail_to_two_mailboxes_is_one_complaint_and_to_two_companies_two() {
    let boxes = Boxes::start().await;
    let both = complaint("Factuur", "De factuur klopt niet.");
    let to = format!("{LEASE}, {BUSINESS}, {RENTAL}");
    for account in ["klachten", "zakelijk", "verhuur"] {
        boxes.deliver(account, &to, &both);
    }
    // The daemon reads all three at once.
    let daemon = boxes.world.daemon();
    until("three acknowledged mails", || (boxes.smtp.letters().len() >= 4).then_some(())).await;
    let in_inbox = || ["klachten", "zakelijk", "verhuur"].map(|user| boxes.world.dovecot.mails(user, "").len());
    until("empty inboxes", || (in_inbox() == [0, 0, 0]).then_some(())).await;
    assert_eq!(daemon.stop().await, 0);
    let mut departments = boxes.departments().await;
    departments.sort();
    assert_eq!(departments, ["balie", "facturatie"]);
    let mut froms: Vec<String> = boxes.got("jan.jansen@klant.example").into_iter().map(|letter| letter.from).collect();
    froms.sort();
    assert_eq!(froms.len(), 2, "{:?}", boxes.subjects());
    assert!(froms.contains(&RENTAL.to_owned()));
    boxes.world.verify().await;
}

#[tokio::test]
async fn the_mailboxes_own_mail_goes_round_in_no_circle() {
    let boxes = Boxes::start().await;
    boxes.deliver("klachten", LEASE, &complaint("Kras", "Er zit een kras op het portier."));
    boxes.world.work().await;
    let letter = boxes.got("jan.jansen@klant.example").remove(0);
    // A rule at the customer's sends our letter to the other mailboxes; and one of these writes to another.
    boxes.world.dovecot.deliver("zakelijk", &letter.raw);
    boxes.world.dovecot.deliver("verhuur", &letter.raw);
    boxes.deliver("zakelijk", BUSINESS, &Written::new(RENTAL, "Re: klacht", "Doorgestuurd."));
    boxes.world.work().await;
    assert_eq!(boxes.departments().await, ["schade"], "none of them is a complaint");
    for user in ["zakelijk", "verhuur"] {
        assert!(!boxes.world.dovecot.mails(user, ".Terzijde").is_empty(), "{user}");
    }
    assert_eq!(boxes.got("jan.jansen@klant.example").len(), 1);
    assert!(boxes.got(RENTAL).is_empty() && boxes.got(BUSINESS).is_empty());
}

#[tokio::test]
async fn one_server_that_is_away_holds_up_no_other_mailbox() {
    let boxes = Boxes::start().await;
    boxes.settle(DEAD_PORT);
    boxes.deliver("klachten", LEASE, &complaint("Kras", "Er zit een kras op het portier."));
    boxes.deliver("zakelijk", BUSINESS, &complaint("Factuur", "De factuur klopt niet."));
    boxes.deliver("verhuur", RENTAL, &complaint("Sleutel", "De sleutel lag niet klaar."));
    let Ran { code, log, .. } = boxes.world.run(&["run", "--once"]).await;
    assert_eq!(code, 75, "{log}");
    assert!(log.contains("mailbox=\"zakelijk\"") || log.contains("mailbox=zakelijk"), "{log}");
    assert_eq!(boxes.departments().await, ["schade", "balie"]);
    let check = boxes.world.run(&["check"]).await;
    let problems: Vec<&str> = check.out.lines().filter(|line| line.starts_with("PROBLEM  mailbox")).collect();
    assert!(matches!(problems[..], [one] if one.starts_with("PROBLEM  mailbox of zakelijk: ")), "{}", check.out);
    boxes.settle(boxes.world.dovecot.imap_port);
    boxes.world.work().await;
    assert_eq!(boxes.departments().await, ["schade", "balie", "facturatie"]);
}

#[tokio::test]
async fn a_colleagues_answer_counts_in_each_mailbox_of_the_company_and_in_no_other() {
    let boxes = Boxes::start().await;
    boxes.deliver("klachten", LEASE, &complaint("Kras", "Er zit een kras op het portier."));
    boxes.world.work().await;
    let told = boxes.got("schade@lease.example").remove(0);
    boxes.deliver("zakelijk", BUSINESS, &Written::reply(HANDLER, &told, "Wij komen het portier spuiten."));
    boxes.world.work().await;
    let answer = boxes.one("jan.jansen@klant.example", "Wij komen het portier spuiten");
    assert_eq!(answer.from, LEASE, "a case is answered from where it came in");
    boxes.deliver("verhuur", RENTAL, &Written::reply(HANDLER, &told, "#afgehandeld Dit gaat een ander niet aan."));
    boxes.deliver("verhuur", RENTAL, &Written::reply("jan.jansen@klant.example", &answer, "En de bumper dan?"));
    boxes.world.work().await;
    let number = told.number();
    let case = boxes.world.case(&number).await;
    assert_eq!(case["state"], "open", "{case}");
    // What the other company's mailbox got is read there, as any mail of a stranger's.
    let others = boxes.departments().await;
    assert_eq!(others.iter().filter(|name| *name == "balie").count(), 2, "{others:?}");
    let shown = boxes.got("balie@verhuur.example").into_iter().map(|l| l.subject).collect::<Vec<_>>();
    assert!(shown.iter().all(|subject| !subject.starts_with(&format!("[{number}]"))), "{shown:?}");
    boxes.world.verify().await;
}

#[tokio::test]
async fn nobody_looks_up_another_companys_complaints() {
    let boxes = Boxes::start().await;
    boxes.deliver("klachten", LEASE, &complaint("Kras", "Er zit een kras op het portier."));
    boxes.deliver("verhuur", RENTAL, &complaint("Kras", "Er zit een kras op het portier."));
    boxes.world.work().await;
    assert_eq!(boxes.departments().await, ["schade", "balie"], "the same words, to two companies");
    let lease = boxes.got("schade@lease.example").remove(0).number();
    let rental = boxes.got("balie@verhuur.example").remove(0).number();
    let boss = "directie@verhuur.example";
    for (asked, by) in [("#zoek kras", boss), ("#stand", DESK_CLERK)] {
        boxes.deliver("verhuur", RENTAL, &Written::new(by, "Vraag", asked));
    }
    boxes.deliver("verhuur", RENTAL, &Written::new(boss, "Vraag", &format!("#dossier {lease}")));
    let told = boxes.got("balie@verhuur.example").remove(0);
    boxes.deliver("verhuur", RENTAL, &Written::reply(DESK_CLERK, &told, &format!("#samenvoegen {lease}")));
    // Who is a colleague in one company is a stranger in the other.
    boxes.deliver("klachten", LEASE, &Written::new(boss, "Vraag", "#zoek kras"));
    boxes.world.work().await;
    let answers: Vec<Letter> = [boss, DESK_CLERK].iter().flat_map(|to| boxes.got(to)).collect();
    let found = answers.iter().filter(|letter| letter.text.contains(&rental)).count();
    assert!(found >= 2, "their own are found: {:?}", boxes.subjects());
    let of_rental = answers.iter().filter(|letter| letter.from == RENTAL);
    for letter in of_rental {
        // A number that was typed is said to be nobody's.
        let is_typed = |line: &&str| line.contains('#') || line.contains("Er is geen klacht");
        let names: Vec<&str> = letter.text.lines().filter(|line| line.contains(&lease) && !is_typed(line)).collect();
        assert!(names.is_empty(), "{}: {names:?}", letter.subject);
        assert!(!letter.text.contains("schade@lease.example"), "{}", letter.text);
    }
    let states: Vec<Value> = boxes.world.cases().await.iter().map(|case| case["state"].clone()).collect();
    assert!(states.iter().all(|state| state == "open"), "none was merged: {states:?}");
    boxes.world.verify().await;
}

#[tokio::test]
async fn a_pipe_says_which_mailbox_and_check_names_each() {
    let boxes = Boxes::start().await;
    let mail = Written { to: BUSINESS.to_owned(), ..complaint("Factuur", "De factuur klopt niet.") };
    let ran = boxes.world.run_with_input(&["ingest", "--mailbox", "zakelijk", "-"], &mail.bytes()).await;
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.log);
    let ran = boxes.world.run_with_input(&["ingest", "--mailbox", "elders", "-"], &mail.bytes()).await;
    assert_eq!((ran.code, ran.out.as_str()), (75, ""));
    boxes.world.work().await;
    assert_eq!(boxes.one("jan.jansen@klant.example", "K-").from, BUSINESS);
    let check = boxes.world.run(&["check"]).await;
    for name in ["klachten", "zakelijk", "verhuur"] {
        assert!(
            check.out.contains(&format!("ok       mailbox of {name}: login and folders are right")),
            "{}",
            check.out
        );
        assert!(check.out.contains(&format!("ok       own folders of {name}: ")), "{}", check.out);
    }
    let digest = boxes.world.json(&["digest", "--json"]).await;
    let to = |address: &str| digest.iter().filter(|letter| letter["to"] == address).collect::<Vec<_>>();
    // Each company's own, of the day and perhaps of the month.
    let text = |letter: &Value| letter["text"].as_str().unwrap_or_default().to_owned();
    let (rental, lease) = (to("directie@verhuur.example"), to("chef.facturatie@lease.example"));
    assert!(!rental.is_empty() && rental.iter().all(|letter| !text(letter).contains("Jan Jansen")), "{digest:#?}");
    assert!(lease.iter().any(|letter| text(letter).contains("Jan Jansen")), "{digest:#?}");
}

#[tokio::test]
async fn a_mail_is_explained_and_keywords_are_tried_as_its_mailbox_has_it() {
    let boxes = Boxes::start().await;
    let mail = |name: &str, to: &str, above: &str| {
        let file = boxes.world.file(name);
        let written = Written { to: to.to_owned(), ..complaint("Sleutel", "Er zit een kras op de sleutel.") };
        std::fs::write(&file, [above.as_bytes(), &written.bytes()].concat()).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let by_copy = mail("kopie.eml", "iemand@elders.example", "Delivered-To: Zakelijk+tag@lease.example\r\n");
    let explained = async |file: &str, more: &[&str]| {
        let found = boxes.world.json(&[&["explain", "--json", file], more].concat()).await.remove(0);
        (found["mailbox"].as_str().unwrap().to_owned(), found["department"].as_str().unwrap().to_owned())
    };
    for (file, more, mailbox, department) in [
        (mail("a.eml", LEASE, ""), &[][..], "klachten", "schade"),
        (mail("b.eml", &format!("{BUSINESS}, {LEASE}"), ""), &[], "zakelijk", "facturatie"),
        (mail("c.eml", RENTAL, ""), &[], "verhuur", "balie"),
        (mail("d.eml", "iemand@elders.example", ""), &[], "klachten", "schade"),
        (by_copy.clone(), &[], "zakelijk", "facturatie"),
        (by_copy.clone(), &["--mailbox", "verhuur"], "verhuur", "balie"),
    ] {
        let found = explained(&file, more).await;
        assert_eq!((found.0.as_str(), found.1.as_str()), (mailbox, department), "{file} {more:?}");
    }
    let page = boxes.world.run(&["explain", &by_copy]).await;
    assert!(page.out.contains("mailbox      zakelijk\n"), "{}", page.out);
    let unknown = boxes.world.run(&["explain", "--mailbox", "elders", &by_copy]).await;
    assert!(
        unknown.code == 2 && unknown.log.contains("(klachten, zakelijk, verhuur), found \"elders\""),
        "{}",
        unknown.log
    );

    boxes.deliver("klachten", LEASE, &complaint("Sleutel", "De sleutel is kwijt."));
    boxes.deliver("zakelijk", BUSINESS, &complaint("Kras op de bus", "Er zit een kras op onze bus."));
    boxes.deliver("verhuur", RENTAL, &complaint("Sleutel", "De sleutel lag niet klaar."));
    boxes.world.work().await;
    let file = boxes.world.file("new.toml");
    let department = |name: &str, word: &str| format!("[[department]]\nname = \"{name}\"\nkeywords = [\"{word}\"]\n");
    // The same words for departments that other mailboxes feed: a complaint stays where it came in.
    let tried = [department("schade", "bumper"), department("facturatie", "sleutel"), department("balie", "kras*")];
    std::fs::write(&file, tried.concat()).unwrap();
    let words = ["route", "try", file.to_str().unwrap()];
    let found = boxes.world.json(&[&words[..], &["--json"]].concat()).await;
    let moved = |one: &Value| {
        let to = |moved: &Value| moved["to"].as_str().unwrap_or_default().to_owned();
        one["moved"].as_array().unwrap().iter().map(to).collect::<Vec<_>>()
    };
    let of: Vec<(&Value, &Value, Vec<String>)> =
        found.iter().map(|one| (&one["mailbox"], &one["complaints"], moved(one))).collect();
    let one = Value::from(1);
    assert_eq!(
        of,
        [
            (&"klachten".into(), &one, vec!["facturatie".to_owned()]),
            (&"zakelijk".into(), &one, vec![]),
            (&"verhuur".into(), &one, vec![]),
        ]
    );
    let page = boxes.world.run(&[&words[..], &["--mailbox", "verhuur"]].concat()).await;
    assert!(
        page.code == 0 && page.out.starts_with("1 complaint tried of mailbox verhuur, "),
        "{}{}",
        page.out,
        page.log
    );
    assert!(!page.out.contains("schade") && !page.out.contains("facturatie"), "{}", page.out);
    assert_eq!(boxes.world.run(&[&words[..], &["--mailbox", "elders"]].concat()).await.code, 2);
}
