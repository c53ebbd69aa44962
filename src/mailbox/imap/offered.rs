//! What the server can do, and what of it we use. Touches the network through the wire.

use super::super::error::{MailboxError, Step};
use super::super::tidy::REV2_ALONE;
use super::folders::Naming;
use super::wire::Wire;
use imap_proto::{Capability, Response};

/// How mails leave a folder on this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removal {
    /// MOVE (RFC 6851).
    Move,
    /// COPY, `\Deleted`, UID EXPUNGE (RFC 4315).
    CopyAndExpunge,
    /// Neither: a plain EXPUNGE could take mails of others with it, so the mail stays and gets [`super::DONE_KEYWORD`].
    Keyword,
}

/// How we learn of new mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Push {
    Idle,
    Poll,
}

/// What the server can do after the login, in capitals.
pub(super) struct Offered(Vec<String>);

impl Offered {
    /// IMAP4rev2 (RFC 9051) holds some extensions of its predecessor, and need not name them.
    pub fn has(&self, name: &str) -> bool {
        let within_rev2 = matches!(name, "MOVE" | "UIDPLUS" | "IDLE" | "NAMESPACE");
        self.0.iter().any(|offer| offer == name || (within_rev2 && offer == REV2_ALONE))
    }

    pub fn removal(&self) -> Removal {
        match () {
            () if self.has("MOVE") => Removal::Move,
            () if self.has("UIDPLUS") => Removal::CopyAndExpunge,
            () => Removal::Keyword,
        }
    }

    pub fn push(&self) -> Push {
        if self.has("IDLE") { Push::Idle } else { Push::Poll }
    }

    pub fn naming(&self) -> Naming {
        let is_utf8 = self.0.iter().any(|offer| offer == REV2_ALONE);
        match (self.has("NAMESPACE"), is_utf8) {
            (true, true) => Naming::Utf8WithNamespace,
            (true, false) => Naming::Utf7WithNamespace,
            (false, _) => Naming::Utf7,
        }
    }
}

pub(super) async fn capabilities(wire: &mut Wire) -> Result<Offered, MailboxError> {
    let mut offered: Vec<String> = Vec::new();
    let mut on_data = |data: &Response<'_>| {
        if let Response::Capabilities(list) = data {
            offered.extend(list.iter().filter_map(|capability| match capability {
                Capability::Atom(name) => Some(name.to_ascii_uppercase()),
                _ => None,
            }));
        }
    };
    let within = wire.deadlines().command;
    wire.run_ok(Step::Capabilities, "CAPABILITY", within, &mut on_data).await?;
    Ok(Offered(offered))
}
