//! The folders we need on the server: found or made, below the prefix the server wants for personal folders. The
//! library cannot read a NAMESPACE answer, so the prefix is found by trying: the plain name first, then below INBOX
//! (Courier, Cyrus, Dovecot with `prefix = INBOX.`). Touches the network through the wire.

use super::super::error::{MailboxError, Step};
use super::super::names::{modified_utf7, quoted};
use super::super::{Destination, Folder};
use super::wire::{Completion, Denial, Wire};
use crate::config::Mailbox as Settings;
use imap_proto::{MailboxDatum, MailboxListData, NameAttribute, Response};

/// Names of our folders as the server writes them.
#[derive(Debug)]
pub(super) struct Folders {
    inbox: String,
    /// `None` where no junk folder is watched.
    junk: Option<String>,
    processed: String,
    set_aside: String,
    unreadable: String,
}

impl Folders {
    /// Finds our folders; makes those that mails are moved to. The junk folder is somebody else's: it is found, not made.
    pub(super) async fn prepare(wire: &mut Wire, settings: &Settings) -> Result<Self, MailboxError> {
        let delimiter = delimiter(wire).await?;
        let delimiter = delimiter.as_deref();
        let inbox = wire_name("inbox", &settings.inbox)?;
        let junk = match settings.junk.as_str() {
            "" => None,
            name => {
                let plain = wire_name("junk", name)?;
                Some(find(wire, &plain, delimiter).await?.unwrap_or(plain))
            }
        };
        let processed = find_or_make(wire, &wire_name("processed", &settings.processed)?, delimiter).await?;
        let set_aside = find_or_make(wire, &wire_name("set_aside", &settings.set_aside)?, delimiter).await?;
        let unreadable = find_or_make(wire, &wire_name("unreadable", &settings.unreadable)?, delimiter).await?;
        Ok(Self { inbox, junk, processed, set_aside, unreadable })
    }

    /// The folder to watch; asking for a junk folder that is not set up is an error of settings.
    pub(super) fn watched(&self, folder: Folder) -> Result<&str, MailboxError> {
        match folder {
            Folder::Inbox => Ok(&self.inbox),
            Folder::Filed(destination) => Ok(self.destination(destination)),
            Folder::Junk => self.junk.as_deref().ok_or(MailboxError::Setting {
                key: "junk",
                expected: "the name of the folder to watch too",
                found: "none".into(),
            }),
        }
    }

    pub(super) fn has_junk(&self) -> bool {
        self.junk.is_some()
    }

    pub(super) fn destination(&self, to: Destination) -> &str {
        match to {
            Destination::Processed => &self.processed,
            Destination::SetAside => &self.set_aside,
            Destination::Unreadable => &self.unreadable,
        }
    }

    /// Makes the folder again when it has vanished since the start; says whether it was gone.
    pub(super) async fn restore(&self, wire: &mut Wire, to: Destination) -> Result<Restored, MailboxError> {
        let name = self.destination(to);
        if exists(wire, name).await? {
            return Ok(Restored::WasThere);
        }
        match make(wire, name).await? {
            None => Ok(Restored::Made),
            Some(denial) => Err(wire.denied(Step::MakeFolder(name.to_owned()), denial)),
        }
    }
}

/// Whether a folder had to be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Restored {
    WasThere,
    Made,
}

fn wire_name(key: &'static str, name: &str) -> Result<String, MailboxError> {
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(MailboxError::Setting { key, expected: "a folder name in one line", found: format!("{name:?}") });
    }
    Ok(modified_utf7(name))
}

async fn find_or_make(wire: &mut Wire, plain: &str, delimiter: Option<&str>) -> Result<String, MailboxError> {
    if let Some(found) = find(wire, plain, delimiter).await? {
        return Ok(found);
    }
    let mut candidates = candidates(plain, delimiter).into_iter();
    let first = candidates.next().unwrap_or_else(|| plain.to_owned());
    let Some(denial) = make(wire, &first).await? else { return Ok(first) };
    for candidate in candidates {
        if make(wire, &candidate).await?.is_none() {
            return Ok(candidate);
        }
    }
    Err(wire.denied(Step::MakeFolder(first), denial))
}

async fn find(wire: &mut Wire, plain: &str, delimiter: Option<&str>) -> Result<Option<String>, MailboxError> {
    for candidate in candidates(plain, delimiter) {
        if exists(wire, &candidate).await? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// Where a folder may be: under its plain name, or below INBOX.
fn candidates(plain: &str, delimiter: Option<&str>) -> Vec<String> {
    let mut names = vec![plain.to_owned()];
    if let Some(delimiter) = delimiter {
        let prefix = format!("INBOX{delimiter}");
        if !plain.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(&prefix)) {
            names.push(prefix + plain);
        }
    }
    names
}

async fn delimiter(wire: &mut Wire) -> Result<Option<String>, MailboxError> {
    let mut delimiter = None;
    let mut on_data = |data: &Response<'_>| {
        if let Some(entry) = list_entry(data) {
            delimiter = entry.delimiter.as_deref().map(str::to_owned);
        }
    };
    let within = wire.deadlines().command;
    wire.run_ok(Step::FindFolder(String::new()), "LIST \"\" \"\"", within, &mut on_data).await?;
    Ok(delimiter)
}

async fn exists(wire: &mut Wire, name: &str) -> Result<bool, MailboxError> {
    let mut found = false;
    let mut on_data = |data: &Response<'_>| {
        // A name with `*` or `%` is a pattern to LIST, so the answers are compared.
        found |= list_entry(data).is_some_and(|entry| is_called(entry, name) && is_selectable(entry));
    };
    let within = wire.deadlines().command;
    let command = format!("LIST \"\" {}", quoted(name));
    // Some servers say NO to a name outside their prefix: then it is not there.
    match wire.run(Step::FindFolder(name.to_owned()), &command, within, &mut on_data).await? {
        Completion::Ok => Ok(found),
        Completion::Denied(_) => Ok(false),
    }
}

/// The library hands on quoted names with their escapes, and literal ones without.
fn is_called(entry: &MailboxListData<'_>, name: &str) -> bool {
    entry.name == name || quoted(name) == format!("\"{}\"", entry.name)
}

fn is_selectable(entry: &MailboxListData<'_>) -> bool {
    !entry.name_attributes.iter().any(|attribute| match attribute {
        NameAttribute::NoSelect => true,
        NameAttribute::Extension(name) => name.eq_ignore_ascii_case("\\NonExistent"),
        _ => false,
    })
}

fn list_entry<'a>(data: &'a Response<'_>) -> Option<&'a MailboxListData<'a>> {
    match data {
        Response::MailboxData(MailboxDatum::List(entry)) => Some(entry),
        _ => None,
    }
}

/// Makes a folder and subscribes to it, so that people see it in their mail client.
async fn make(wire: &mut Wire, name: &str) -> Result<Option<Denial>, MailboxError> {
    let within = wire.deadlines().command;
    let step = Step::MakeFolder(name.to_owned());
    let command = format!("CREATE {}", quoted(name));
    match wire.run(step.clone(), &command, within, &mut |_| {}).await? {
        // Another instance was faster (RFC 5530).
        Completion::Denied(denial) if !denial.text.contains("[ALREADYEXISTS]") => return Ok(Some(denial)),
        _ => {}
    }
    // A server without subscriptions says NO; the folder works all the same.
    let command = format!("SUBSCRIBE {}", quoted(name));
    wire.run(step, &command, within, &mut |_| {}).await?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_looked_for_plainly_and_below_inbox() {
        assert_eq!(candidates("Verwerkt", Some(".")), ["Verwerkt", "INBOX.Verwerkt"]);
        assert_eq!(candidates("inbox.Verwerkt", Some(".")), ["inbox.Verwerkt"]);
        assert_eq!(candidates("Verwerkt", None), ["Verwerkt"]);
    }

    #[test]
    fn names_with_line_breaks_are_refused() {
        assert!(wire_name("processed", "a\r\nb").is_err());
        assert!(wire_name("processed", "").is_err());
        assert_eq!(wire_name("processed", "Eén").unwrap(), "E&AOk-n");
    }
}
