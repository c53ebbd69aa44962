//! The folders we need on the server: found or made, below the prefix the server wants for personal folders (RFC 2342);
//! where it does not say, the plain name is tried first, then below INBOX. A folder that cannot be made keeps no mail from
//! being taken in: it is tried again when a mail is to be moved there. Touches the network through the wire.

use super::super::error::{MailboxError, Step};
use super::super::names::{modified_utf7, quoted};
use super::super::tidy::PERSONAL;
use super::super::{Destination, Folder};
use super::wire::{Completion, Denial, Wire};
use crate::config::Mailbox as Settings;
use imap_proto::{MailboxDatum, MailboxListData, NameAttribute, Response};

/// How names of folders are written on this server, and whether it says where personal ones are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    Utf7,
    Utf7WithNamespace,
    /// IMAP4rev2 alone (RFC 9051 §5.1).
    Utf8WithNamespace,
}

/// Names of our folders as the server writes them.
#[derive(Debug)]
pub(super) struct Folders {
    inbox: String,
    /// `None` where no junk folder is watched.
    junk: Option<String>,
    processed: Place,
    set_aside: Place,
    unreadable: Place,
}

/// Where one of our folders is, or is to be made: the first of these names that the server takes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    name: String,
    /// Names to try where that one is not there and cannot be made.
    others: Vec<String>,
}

impl Folders {
    /// Finds our folders; makes those that mails are moved to, if it can. The junk folder is somebody else's: it is
    /// found, not made.
    pub(super) async fn prepare(wire: &mut Wire, settings: &Settings, naming: Naming) -> Result<Self, MailboxError> {
        let namespace = match naming {
            Naming::Utf7 => None,
            Naming::Utf7WithNamespace | Naming::Utf8WithNamespace => namespace(wire).await?,
        };
        let delimiter = delimiter(wire).await?;
        let shelf = Shelf { namespace, delimiter, naming };
        let inbox = shelf.wire_name("inbox", &settings.inbox)?;
        let junk = match settings.junk.as_str() {
            "" => None,
            name => {
                let plain = shelf.wire_name("junk", name)?;
                Some(find(wire, &shelf.where_it_may_be(&plain)).await?.unwrap_or(plain))
            }
        };
        let processed = shelf.find_or_make(wire, "processed", &settings.processed).await?;
        let set_aside = shelf.find_or_make(wire, "set_aside", &settings.set_aside).await?;
        let unreadable = shelf.find_or_make(wire, "unreadable", &settings.unreadable).await?;
        Ok(Self { inbox, junk, processed, set_aside, unreadable })
    }

    /// Makes the inbox again, if it is the one that each account has and it is gone.
    pub(super) async fn make_inbox(&self, wire: &mut Wire) -> Result<Restored, MailboxError> {
        if !self.inbox.eq_ignore_ascii_case("INBOX") {
            return Ok(Restored::WasThere);
        }
        Ok(match make(wire, &self.inbox).await? {
            None => Restored::Made,
            Some(_) => Restored::WasThere,
        })
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
        &self.place(to).name
    }

    fn place(&self, to: Destination) -> &Place {
        match to {
            Destination::Processed => &self.processed,
            Destination::SetAside => &self.set_aside,
            Destination::Unreadable => &self.unreadable,
        }
    }

    fn place_mut(&mut self, to: Destination) -> &mut Place {
        match to {
            Destination::Processed => &mut self.processed,
            Destination::SetAside => &mut self.set_aside,
            Destination::Unreadable => &mut self.unreadable,
        }
    }

    /// Makes the folder when it is not there; says whether it had to.
    pub(super) async fn restore(&mut self, wire: &mut Wire, to: Destination) -> Result<Restored, MailboxError> {
        let place = self.place(to).clone();
        if exists(wire, &place.name).await? {
            return Ok(Restored::WasThere);
        }
        let mut denied = None;
        for name in std::iter::once(&place.name).chain(&place.others) {
            match make(wire, name).await? {
                None => {
                    *self.place_mut(to) = Place { name: name.clone(), others: Vec::new() };
                    return Ok(Restored::Made);
                }
                Some(denial) => denied = Some(wire.denied(Step::MakeFolder(name.clone()), denial)),
            }
        }
        Err(denied.unwrap_or_else(|| wire.protocol(Step::MakeFolder(place.name), "no name to make it under")))
    }
}

/// Whether a folder had to be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Restored {
    WasThere,
    Made,
}

/// How this server's folders are arranged.
struct Shelf {
    /// What personal folders begin with, where the server says so.
    namespace: Option<String>,
    delimiter: Option<String>,
    naming: Naming,
}

impl Shelf {
    fn wire_name(&self, key: &'static str, name: &str) -> Result<String, MailboxError> {
        if name.is_empty() || name.chars().any(char::is_control) {
            let found = format!("{name:?}");
            return Err(MailboxError::Setting { key, expected: "a folder name in one line", found });
        }
        Ok(match self.naming {
            Naming::Utf8WithNamespace => name.to_owned(),
            Naming::Utf7 | Naming::Utf7WithNamespace => modified_utf7(name),
        })
    }

    /// Where a folder may be: under its plain name, below the server's prefix, or below INBOX.
    fn where_it_may_be(&self, plain: &str) -> Vec<String> {
        let below_inbox = self.delimiter.as_deref().map(|delimiter| format!("INBOX{delimiter}"));
        let mut names = vec![plain.to_owned()];
        for prefix in self.namespace.iter().chain(below_inbox.iter()).filter(|prefix| !prefix.is_empty()) {
            let has_it = plain.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
            let name = format!("{prefix}{plain}");
            if !has_it && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Where it is made: where the server says what personal folders begin with, there and nowhere else.
    fn where_to_make(&self, plain: &str) -> Vec<String> {
        let names = self.where_it_may_be(plain);
        match self.namespace.as_deref() {
            None => names,
            Some(prefix) => names.into_iter().find(|name| name.starts_with(prefix)).into_iter().collect(),
        }
    }

    async fn find_or_make(&self, wire: &mut Wire, key: &'static str, name: &str) -> Result<Place, MailboxError> {
        let plain = self.wire_name(key, name)?;
        if let Some(name) = find(wire, &self.where_it_may_be(&plain)).await? {
            return Ok(Place { name, others: Vec::new() });
        }
        let mut names = self.where_to_make(&plain);
        let mut denials = Vec::new();
        for name in &names {
            match make(wire, name).await? {
                None => return Ok(Place { name: name.clone(), others: Vec::new() }),
                Some(denial) => denials.push(format!("{}: {}", denial.verdict, denial.text)),
            }
        }
        tracing::debug!(key, ?denials, "a folder cannot be made; mails are registered all the same");
        let name = if names.is_empty() { plain } else { names.remove(0) };
        Ok(Place { name, others: names })
    }
}

async fn find(wire: &mut Wire, names: &[String]) -> Result<Option<String>, MailboxError> {
    for name in names {
        if exists(wire, name).await? {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}

/// What the server says personal folders begin with, and nothing where it says nothing we can read.
async fn namespace(wire: &mut Wire) -> Result<Option<String>, MailboxError> {
    let mut prefix = None;
    let mut on_data = |data: &Response<'_>| {
        let personal = |attribute: &NameAttribute<'_>| matches!(attribute, NameAttribute::Extension(name) if name.eq_ignore_ascii_case(PERSONAL));
        if let Some(entry) = list_entry(data).filter(|entry| entry.name_attributes.iter().any(personal)) {
            prefix = Some(entry.name.to_string());
        }
    };
    let within = wire.deadlines().command;
    wire.run(Step::FindFolder(String::new()), "NAMESPACE", within, &mut on_data).await?;
    Ok(prefix)
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

    fn shelf(namespace: Option<&str>, delimiter: Option<&str>, naming: Naming) -> Shelf {
        Shelf { namespace: namespace.map(str::to_owned), delimiter: delimiter.map(str::to_owned), naming }
    }

    #[test]
    fn a_folder_is_looked_for_plainly_and_below_the_prefix() {
        let unsaid = shelf(None, Some("."), Naming::Utf7);
        assert_eq!(unsaid.where_it_may_be("Verwerkt"), ["Verwerkt", "INBOX.Verwerkt"]);
        assert_eq!(unsaid.where_it_may_be("inbox.Verwerkt"), ["inbox.Verwerkt"]);
        assert_eq!(shelf(None, None, Naming::Utf7).where_it_may_be("Verwerkt"), ["Verwerkt"]);
        assert_eq!(unsaid.where_to_make("Verwerkt"), ["Verwerkt", "INBOX.Verwerkt"]);
    }

    #[test]
    fn a_folder_is_made_where_the_server_says_and_nowhere_else() {
        let naming = Naming::Utf7WithNamespace;
        assert_eq!(shelf(Some("INBOX."), Some("."), naming).where_to_make("Verwerkt"), ["INBOX.Verwerkt"]);
        assert_eq!(shelf(Some(""), Some("/"), naming).where_to_make("Verwerkt"), ["Verwerkt"]);
        assert_eq!(shelf(Some("Mail/"), Some("/"), naming).where_to_make("Verwerkt"), ["Mail/Verwerkt"]);
    }

    #[test]
    fn names_are_one_line_and_written_as_the_server_reads_them() {
        let rev1 = shelf(None, None, Naming::Utf7);
        assert!(rev1.wire_name("processed", "a\r\nb").is_err());
        assert!(rev1.wire_name("processed", "").is_err());
        assert_eq!(rev1.wire_name("processed", "Eén").unwrap(), "E&AOk-n");
        assert_eq!(shelf(None, None, Naming::Utf8WithNamespace).wire_name("processed", "Eén").unwrap(), "Eén");
    }
}
