//! `klachtpost init`: from a mailbox that the company has to settings that work. Asks, or takes flags; finds the servers; logs
//! in, makes the folders, sends itself a test mail and reads what the company's server said of it; writes what the company
//! said, and what is left to do. Nothing is written before all of it works. Touches files, the DNS, mailbox and sender.

mod asking;
mod ending;
mod files;
mod finding;
mod providers;
mod questions;
mod traces;
mod trying;
mod written;

pub use asking::Arguments;

use super::check::mailbox::{self, Failed};
use super::check::proof;
use super::check::report::Report;
use super::check::smtp::{self, SenderProblem};
use super::printing::say;
use super::round_trip::{Route, TripError, Word};
use super::{Exit, failed};
use crate::access::{Access, AccessError};
use crate::case::{Address, AddressError};
use crate::clock::Clock;
use crate::config::{self, Config, ConfigError, Security};
use crate::mailbox::{Folder, Mailbox, MailboxError};
use asking::{Interview, Unanswered};
use files::{FileError, Made};
use providers::{LetsIn, provider_at};
use questions::{Key, Place, Protocol, question};
use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::time::Duration;
use trying::Foreign;
use written::{Department, Login, Proof, Said, SmtpLogin};

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
enum InitError {
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error(transparent)]
    Foreign(#[from] Foreign),
    #[error(transparent)]
    Files(#[from] FileError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(transparent)]
    Mailbox(#[from] Failed),
    #[error(transparent)]
    Sender(#[from] SenderProblem),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Trip(#[from] TripError),
    #[error(
        "expected a mail server whose word proves who a colleague is, found none (see above)\n  hint: --accept-unproven-staff yes says that you can do without: then whoever gets hold of a notification can act as staff. Or --trusted-authserv-id ID, where you know that your server writes it and takes out what others write in its name{0}"
    )]
    Unproven(&'static str),
}

/// The answer that relies on Exchange's word.
const MICROSOFT: &str = "microsoft365";

impl InitError {
    fn exit(&self) -> Exit {
        match self {
            Self::Unanswered(_) | Self::Files(FileError::There { .. }) => Exit::WrongUsage,
            _ => Exit::FoundProblems,
        }
    }

    /// Where an error names settings: which flags those are.
    fn flags(&self) -> &'static str {
        match self {
            Self::Config(_) | Self::Mailbox(_) | Self::Sender(_) => {
                "\n  here: [mailbox] is --imap HOST:PORT/SECURITY, --username and --password-file; [sender] is --smtp and --smtp-username"
            }
            _ => "",
        }
    }
}

/// Sets a desk up.
pub async fn run(explicit: Option<&Path>, arguments: Arguments) -> Exit {
    let file = config::settings_file(explicit, super::environment());
    let mut input = std::io::stdin().lock();
    let is_there = input.is_terminal();
    let person: Option<&mut dyn BufRead> = if is_there { Some(&mut input) } else { None };
    match set_up(&file, &mut Interview::new(arguments, person)).await {
        Ok(()) => Exit::Done,
        Err(error) => failed(&format!("{error}{}\nNo settings were written.", error.flags()), error.exit()),
    }
}

async fn set_up(file: &Path, interview: &mut Interview<'_>) -> Result<(), InitError> {
    let file = files::absent(file)?;
    interview.examine(&needed(interview))?;
    let (company, address) = (interview.answer(Key::Company, None)?, interview.answer(Key::Address, None)?);
    let desk = Address::parse(&address)?;
    interview.traces.go_with_the_process().map_err(FileError::Unguarded)?;
    let made = Made::beside(&file, interview.traces.clone());
    let mut said = ask(interview, &made, company, &desk).await?;
    let name = file.display().to_string();
    let config = config::from_toml(&said.settings(), &name)?;
    let report = Report::for_people();
    let wait = interview.given(Key::Wait).and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
    let tried = try_out(report, &config, &desk, interview.given(Key::TrustedId), Duration::from_secs(wait)).await?;
    said.proof = proof(interview, report, &said.login, &tried)?;
    let text = said.settings();
    config::from_toml(&text, &name)?;
    made.write(&file, &text)?;
    made.keep();
    ending::say_what_is_left(&file, &said, tried.waiting);
    Ok(())
}

/// What nobody but the company can say; the password where it is known that one is wanted.
fn needed(interview: &Interview<'_>) -> Vec<Key> {
    let mut needed = vec![Key::Company, Key::Address, Key::Department, Key::DepartmentAddress, Key::Supervisor];
    let by_token = [Key::ClientId, Key::ServiceAccountFile].into_iter().any(|key| interview.is_given(key));
    let named = interview.given(Key::Imap).and_then(|text| Place::read(&text, Protocol::Imap));
    if named.is_some_and(|place| provider_at(&place).is_none_or(|one| one.lets_in == LetsIn::ByPassword)) && !by_token {
        needed.push(Key::PasswordFile);
    }
    needed
}

/// All the other questions.
async fn ask(interview: &mut Interview<'_>, made: &Made, company: String, desk: &Address) -> Result<Said, InitError> {
    let (imap, smtp) = servers(interview, desk.domain()).await?;
    trying::confirm(interview, desk.domain(), &[&imap, &smtp])??;
    let username = interview.answer(Key::Username, Some(desk.to_string()))?;
    let login = login(interview, made, desk, &imap, &username)?;
    let name = interview.answer(Key::Department, None)?;
    let title = interview.answer(Key::Title, Some(capitalised(&name)))?;
    Ok(Said {
        company,
        address: desk.to_string(),
        smtp_login: smtp_login(interview, made, &smtp)?,
        imap,
        smtp,
        ca_file: interview.given(Key::CaFile).map(|path| files::absolute(&path)).transpose()?,
        username,
        login,
        proof: Proof::Nothing,
        department: Department {
            name,
            title,
            address: interview.answer(Key::DepartmentAddress, None)?,
            supervisor: interview.answer(Key::Supervisor, None)?,
        },
        operator: Some(interview.answer(Key::Operator, None)?).filter(|address| !address.is_empty()),
        register: interview.given(Key::Register).map(|path| files::absolute(&path)).transpose()?,
    })
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Those that were named, or else that are found and there.
async fn servers(interview: &mut Interview<'_>, domain: &str) -> Result<(Place, Place), InitError> {
    let (mut imap, mut smtp) = (None, None);
    if !(interview.is_given(Key::Imap) && interview.is_given(Key::Smtp)) {
        let found = finding::find(domain).await;
        if let Some(provider) = found.provider {
            say!("The mail of {domain} is kept by {}.{}", provider.name, provider.lets_in.guide());
        }
        imap = trying::imap_server(if interview.is_given(Key::Imap) { &[] } else { &found.imap }).await;
        smtp = trying::smtp_server(if interview.is_given(Key::Smtp) { &[] } else { &found.smtp }).await;
        let unknown = [(Key::Imap, &imap), (Key::Smtp, &smtp)].into_iter();
        let unknown: Vec<Key> =
            unknown.filter(|(key, found)| found.is_none() && !interview.is_given(*key)).map(|(key, _)| key).collect();
        if !unknown.is_empty() {
            let names = unknown.iter().map(|key| question(*key).flag.to_uppercase()).collect::<Vec<_>>().join(" and ");
            say!("No {names} server of {domain} was found; your provider says which they are, for mail programs.");
        }
        interview.examine(&unknown)?;
    }
    let mut place = |key, protocol, found: Option<Place>| {
        let text = interview.answer(key, found.map(|place| place.to_string()))?;
        let unfit =
            || Unanswered::Unfit { flag: question(key).flag, expected: question(key).expected, found: text.clone() };
        Place::read(&text, protocol).ok_or_else(unfit)
    };
    Ok((place(Key::Imap, Protocol::Imap, imap)?, place(Key::Smtp, Protocol::Smtp, smtp)?))
}

fn login(
    interview: &mut Interview<'_>,
    made: &Made,
    desk: &Address,
    imap: &Place,
    username: &str,
) -> Result<Login, InitError> {
    let lets_in = match provider_at(imap) {
        _ if interview.is_given(Key::ClientId) => LetsIn::Microsoft,
        _ if interview.is_given(Key::ServiceAccountFile) => LetsIn::Google,
        _ if interview.is_given(Key::PasswordFile) => LetsIn::ByPassword,
        provider => provider.map_or(LetsIn::ByPassword, |one| one.lets_in),
    };
    if lets_in == LetsIn::Microsoft {
        interview.examine(&[Key::ClientId, Key::ClientSecretFile])?;
        let tenant = interview.answer(Key::Tenant, Some(desk.domain().to_owned()))?;
        let client_id = interview.answer(Key::ClientId, None)?;
        let secret = made.secret(interview, Key::ClientSecretFile, "The application's secret", "client.secret")?;
        return Ok(Login::Microsoft { tenant, client_id, secret });
    }
    if lets_in == LetsIn::Google {
        let key = interview.answer(Key::ServiceAccountFile, None)?;
        if !key.is_empty() {
            return Ok(Login::Google { service_account: files::absolute(&key)?.into() });
        }
    }
    let what = format!("The password of {username}");
    Ok(Login::Password(made.secret(interview, Key::PasswordFile, &what, "mailbox.password")?))
}

/// Without a word on it, the mailbox's login; a server on this very machine mostly wants none.
fn smtp_login(interview: &mut Interview<'_>, made: &Made, smtp: &Place) -> Result<SmtpLogin, InitError> {
    match interview.given(Key::SmtpUsername) {
        None if smtp.security == Security::None => Ok(SmtpLogin::None),
        None => Ok(SmtpLogin::AsTheMailbox),
        Some(none) if none == "none" => Ok(SmtpLogin::None),
        Some(username) => {
            let what = format!("The password of {username} at {}", smtp.host);
            let password = made.secret(interview, Key::SmtpPasswordFile, &what, "sender.password")?;
            Ok(SmtpLogin::Other { username, password })
        }
    }
}

/// What came of trying.
struct Tried {
    word: Word,
    /// Whose word the last mails bear, whoever wrote it into them.
    likely: Option<String>,
    /// Mails in the inbox.
    waiting: usize,
}

/// Logs in at both servers, and goes the whole way once and once again.
async fn try_out(
    report: Report<'_>,
    config: &Config,
    desk: &Address,
    named: Option<String>,
    wait: Duration,
) -> Result<Tried, InitError> {
    let access = Access::new(config);
    let (mut mailbox, found) = mailbox::open(&access, &config.mailbox).await?;
    report.line("mailbox", Ok::<_, &str>(found));
    report.line("sender", Ok::<_, &str>(smtp::sender(config, &access, &config.sender).await?));
    let sender = access.sender(config.sender.clone(), Clock::System.now()).await?;
    let likely = proof::likely(&mut mailbox).await.map_err(Failed::from)?;
    let mut route = Route::new(&mut mailbox, &sender, desk, wait);
    let (after, word) = route.go(named.as_deref()).await?;
    let came = format!("a test mail to {desk} came back after {:.1} s, and was taken away again", after.as_secs_f32());
    report.line("round trip", Ok::<_, &str>(came));
    let waiting = waiting(&mut mailbox).await.map_err(Failed::from)?;
    mailbox.close().await;
    Ok(Tried { word, likely, waiting })
}

async fn waiting(mailbox: &mut Mailbox) -> Result<usize, MailboxError> {
    Ok(mailbox.list(Folder::Inbox).await?.entries.len())
}

/// Invariant 6: only a server that takes out what others write in its name is proposed; anything else is the operator's word.
fn proof(interview: &mut Interview<'_>, report: Report<'_>, login: &Login, tried: &Tried) -> Result<Proof, InitError> {
    if interview.is_given(Key::StaffProof) && interview.answer(Key::StaffProof, None)? == MICROSOFT {
        return Ok(Proof::Microsoft365);
    }
    if let Word::Guarded(id) = &tried.word {
        report.line("proof of senders", Ok::<_, &str>(&tried.word));
        return Ok(Proof::Server(interview.answer(Key::TrustedId, Some(id.clone()))?));
    }
    report.note("proof of senders", &tried.word);
    if let Some(likely) = tried.likely.as_ref().filter(|_| tried.word == Word::Nobodys) {
        report.note(
            "proof of senders",
            format!("the last mails bear results of \"{likely}\", which may be your server's or came with them"),
        );
    }
    // Exchange writes no results of its own within a directory, and a word of another kind.
    let is_microsoft = matches!(login, Login::Microsoft { .. }) && !interview.is_given(Key::TrustedId);
    if is_microsoft && interview.answer(Key::StaffProof, None)? == MICROSOFT {
        return Ok(Proof::Microsoft365);
    }
    let also =
        if is_microsoft { ". Or --staff-proof microsoft365, where docs/microsoft365.md says it is safe" } else { "" };
    let id = interview.answer(Key::TrustedId, None)?;
    if !id.is_empty() {
        return Ok(Proof::Server(id));
    }
    match interview.answer(Key::AcceptUnproven, None) {
        Ok(answer) if answer == "yes" => Ok(Proof::Nothing),
        Ok(_) | Err(Unanswered::Missing(_)) => Err(InitError::Unproven(also)),
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use std::path::PathBuf;

    fn proven(answers: &str, login: Login) -> Result<Proof, InitError> {
        let mut input = Cursor::new(answers.to_owned());
        let mut interview = Interview::new(Arguments::default(), Some(&mut input));
        let tried = Tried { word: Word::Nobodys, likely: None, waiting: 0 };
        proof(&mut interview, Report::for_people(), &login, &tried)
    }

    #[test]
    fn at_microsoft_365_exchanges_word_is_offered_and_nowhere_else() {
        let secret = PathBuf::from("/etc/klachtpost/secret");
        let microsoft = || Login::Microsoft { tenant: "t".into(), client_id: "c".into(), secret: secret.clone() };
        assert_eq!(proven("yes\nmicrosoft365\n", microsoft()).unwrap(), Proof::Microsoft365);
        assert_eq!(proven("no\n\nyes\n", microsoft()).unwrap(), Proof::Nothing);
        assert_eq!(proven("\nmx.lease.nl\n", microsoft()).unwrap(), Proof::Server("mx.lease.nl".into()));
        let unproven = proven("no\n\nno\n", microsoft()).unwrap_err().to_string();
        assert!(unproven.contains("--staff-proof microsoft365"), "{unproven}");
        let unproven = proven("\nno\n", Login::Password(secret.clone())).unwrap_err().to_string();
        assert!(unproven.contains("--accept-unproven-staff") && !unproven.contains("microsoft365"), "{unproven}");
    }
}
