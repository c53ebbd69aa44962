//! `klachtpost demo`: the main job on the embedded defaults: mail in and out of Maildirs, SQLite, a test clock. Needs no
//! server and asks nothing. Everything real is the daemon's own steps; only the customers and staff are scripted.

mod people;
mod script;

use super::page::{self, Happening, Head, Party, Wrote};
use super::printing::say;
use super::{Exit, failed};
use crate::case::Moment;
use crate::clock::Clock;
use crate::config::{self, ConfigError, SAMPLE};
use crate::daemon::{Office, OfficeError, Round, Sender, Step, WorkError, take_in, tick};
use crate::mailbox::{Mailbox, MailboxError};
use crate::register::{CaseQuery, RegisterError};
use chrono_tz::Tz;
use people::{Person, World};
use script::Act;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the demo's mailboxes are made unless another folder is named.
const DIR: &str = "klachtpost-demo";
/// Who gets the overview of the whole company.
const DIRECTORS: &str = "directie@lease.example";
/// Marks a folder as the demo's own, which a next run may empty.
const MARK: &str = ".klachtpost-demo";

#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("failed to write below {dir}: {why}\n  hint: name another folder with --dir", dir = .dir.display())]
    Files { dir: PathBuf, why: std::io::Error },
    #[error("{} holds something else than an earlier demo\n  hint: name another folder with --dir", .0.display())]
    NotOurs(PathBuf),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error("the script's mail `{0}` finds no letter to answer")]
    NoLetter(&'static str),
}

/// Runs the script and tells what happened and where to look.
pub async fn run(dir: Option<PathBuf>) -> Exit {
    let dir = dir.unwrap_or_else(|| PathBuf::from(DIR));
    match play(&dir).await {
        Ok(()) => Exit::Done,
        Err(error) => failed(&error, Exit::FoundProblems),
    }
}

async fn play(dir: &Path) -> Result<(), DemoError> {
    let files = |why| DemoError::Files { dir: dir.to_owned(), why };
    fresh_folder(dir)?;
    let clock = Clock::at(script::START.parse().unwrap_or_default());
    let office = Arc::new(Office::open(settings(dir)?, clock.clone()).await?);
    let only = office.register.only_daemon(&office.config.register.url).await?;
    let world = World::new(dir);
    let mut mailbox = Mailbox::open(&office.config.mailbox).await?;
    let mut sender = Sender::new(&office).await?;
    tick(&office).await?;
    say!("A day and a half at Voorbeeld Lease, on a test clock.\n");
    for act in script::acts() {
        let at: Moment = act.at.parse().unwrap_or_default();
        clock.set(at);
        say!("{}  {}", at.with_timezone(&office.config.desk.time_zone).format("%a %d %b %H:%M"), act.told);
        match act.act {
            Act::Mail(mail) => world.deliver_to_desk(&mail.bytes(at), at).map_err(files)?,
            Act::Reply(reply) => {
                let letter = world.find_letter(reply.as_person, reply.about).map_err(files)?;
                let letter = letter.ok_or(DemoError::NoLetter(reply.about))?;
                world.deliver_to_desk(&reply.bytes(&letter, at), at).map_err(files)?;
            }
            Act::Wait => {}
        }
        work(&office, &mut mailbox, &mut sender).await?;
    }
    sender.close().await;
    end(dir, &office, &world).await?;
    office.register.close().await;
    drop(only);
    Ok(())
}

/// Everything there is to do at this moment.
async fn work(office: &Arc<Office>, mailbox: &mut Mailbox, sender: &mut Sender) -> Result<(), DemoError> {
    let before = office.register.letters(None, &[]).await?.len();
    take_in(office, mailbox).await?;
    while tick(office).await? == Step::Worked {}
    while sender.send_due(office).await? == Round::Worked {}
    for letter in office.register.letters(None, &[]).await?.iter().skip(before) {
        let case = letter.case.map(|n| n.to_string()).unwrap_or_default();
        say!("                  -> {:<15} {:<34} {case}", letter.kind.name().replace('_', " "), letter.to);
    }
    Ok(())
}

async fn end(dir: &Path, office: &Office, world: &World) -> Result<(), DemoError> {
    say!("\nThe cases");
    for case in office.register.cases(CaseQuery::All).all().await? {
        say!(
            "  {}  {:<7} {:<15} {:<24} {}",
            case.number,
            case.state.name(),
            case.department,
            case.customer.name,
            case.subject
        );
    }
    let verified = office.register.verify().await?;
    say!("\nThe register holds {} events and {} problems.", verified.events, verified.findings.len());
    let page = dir.join("index.html");
    let people = world.write_out().map_err(|why| DemoError::Files { dir: dir.to_owned(), why })?;
    std::fs::write(&page, page_of(&people, office.config.desk.time_zone))
        .map_err(|why| DemoError::Files { dir: dir.to_owned(), why })?;
    say!("\nEverybody's mailbox, as .eml files:");
    for person in &people {
        say!("  {:>2} letters  {}", person.letters.len(), person.folder.display());
    }
    say!("\nAll of it on one page, to look at in a browser: {}", page.display());
    Ok(())
}

/// The script, scene by scene, each with the letters that came of it; above them the last overview of the whole company.
fn page_of(people: &[Person], zone: Tz) -> String {
    let scenes = script::acts();
    let begins: Vec<Moment> = scenes.iter().map(|scene| scene.at.parse().unwrap_or_default()).collect();
    let happenings = scenes.iter().enumerate().map(|(number, scene)| {
        let (begin, end) = (begins[number], begins.get(number + 1));
        let came_of_it = |at: &Moment| *at >= begin && end.is_none_or(|end| at < end);
        let letters = people.iter().flat_map(|person| {
            let its = person.letters.iter().filter(|(at, _)| came_of_it(at));
            its.map(|(_, letter)| (party_of(&person.address), person.address.clone(), letter.clone()))
        });
        let wrote = scene.act.wrote().map(|(who, subject, text)| {
            (party_of(who), Wrote { who: who.to_owned(), subject: subject.to_owned(), text: text.replace('\r', "") })
        });
        let when = begin.with_timezone(&zone).format("%a %d %b %H:%M").to_string();
        Happening { when, told: scene.told.to_owned(), wrote, letters: letters.collect() }
    });
    let directors = people.iter().find(|person| person.address == DIRECTORS);
    let overview = directors.and_then(|person| person.letters.last()).map(|(_, letter)| letter);
    let lead = "A day and a half of complaints at Voorbeeld Lease: what everybody wrote, and found in their mailbox. First what \
                the directors get each morning.";
    let head = Head { title: "klachtpost demo".to_owned(), lead: lead.to_owned() };
    page::story(&head, overview, &happenings.collect::<Vec<_>>())
}

fn party_of(address: &str) -> Party {
    if address.contains("@klant.example") { Party::Customers } else { Party::Company }
}

/// An empty folder; an earlier demo's is emptied, anything else is left alone.
fn fresh_folder(dir: &Path) -> Result<(), DemoError> {
    let files = |why| DemoError::Files { dir: dir.to_owned(), why };
    if dir.join(MARK).exists() {
        std::fs::remove_dir_all(dir).map_err(files)?;
    } else if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(DemoError::NotOurs(dir.to_owned()));
    }
    std::fs::create_dir_all(dir).map_err(files)?;
    std::fs::write(dir.join(MARK), "").map_err(files)
}

fn settings(dir: &Path) -> Result<config::Config, ConfigError> {
    // The six departments of the sample.
    let departments = SAMPLE.find("[[department]]").map_or("", |at| &SAMPLE[at..]);
    let path = |name: &str| toml_string(&dir.join(name).display().to_string());
    let text = format!(
        r#"
[desk]
name = "Voorbeeld Lease"
address = "{desk}"
employees = ["receptie@lease.example"]
[mailbox]
kind = "maildir"
path = {inbox}
accept_unproven_staff = true
[sender]
kind = "maildir"
path = {mailboxes}
[register]
url = {register}
[digest]
recipients = ["{DIRECTORS}"]
[committee]
name = "Geschillencommissie Keurmerk Private Lease"
url = "https://www.keurmerkprivatelease.nl/paginas/het-keurmerk/detail/ik-heb-een-klacht/"
applies_to = "De commissie behandelt geschillen over private lease met Keurmerk."
{departments}"#,
        desk = people::DESK,
        inbox = path(people::INBOX),
        mailboxes = path(people::MAILBOXES),
        register = toml_string(&format!("sqlite:{}", dir.join("klachtpost.db").display())),
    );
    config::from_toml(&text, "the demo's settings")
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
