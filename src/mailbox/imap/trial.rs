//! Trying, for `check`, what filing away needs: the folders, the rights, room, and a move out of the inbox, with a mail of
//! our own that bears a keyword no sender can set. The daemon leaves mails with that keyword out of its lists, and here
//! they are removed by UID EXPUNGE only, so that no mail of others goes with them. Touches the network through the wire.

use super::super::error::{MailboxError, Step};
use super::super::names::{quoted, uid_sets};
use super::super::words::is_about_room;
use super::super::{Destination, Folder, Trial, Tried, Uid};
use super::file_away::{Filing, file_away};
use super::offered::Removal;
use super::wire::Completion;
use super::{Imap, TRIAL_KEYWORD, select};
use imap_proto::{MailboxDatum, Response};

const DESTINATIONS: [Destination; 3] = [Destination::Processed, Destination::SetAside, Destination::Unreadable];
/// Of a quota, in hundredths: what is left then is days and not weeks.
const NEARLY_FULL: u64 = 95;

impl Imap {
    /// Tries it; `mail` is ASCII with CR LF line ends. What the server turns down is in the [`Trial`].
    pub(in super::super) async fn try_filing(&mut self, mail: &str) -> Result<Trial, MailboxError> {
        let mut trial = Trial::default();
        for to in DESTINATIONS {
            if let Err(error) = self.folders.restore(&mut self.wire, to).await {
                trial.hindered_by(error)?;
            }
        }
        self.ask_rights(&mut trial).await?;
        self.ask_quota(&mut trial).await?;
        if self.removal == Removal::Keyword {
            trial.hindrances.push("the server offers neither MOVE nor UIDPLUS: mails that are registered stay in the inbox, with a keyword; next: nothing is lost by it, but the inbox grows; move them by hand now and then".to_owned());
        }
        if !self.expunges_by_uid {
            trial.tried = Tried::Not("without UIDPLUS a mail of our own could not be taken away again".to_owned());
            return Ok(trial);
        }
        for folder in [Folder::Filed(Destination::Processed), Folder::Inbox] {
            self.clear(folder, &mut trial).await?;
        }
        self.there_and_back(mail, &mut trial).await?;
        Ok(trial)
    }

    async fn there_and_back(&mut self, mail: &str, trial: &mut Trial) -> Result<(), MailboxError> {
        let inbox = self.folders.watched(Folder::Inbox)?.to_owned();
        let command = format!("APPEND {} (\\Seen {TRIAL_KEYWORD})", quoted(&inbox));
        let within = self.wire.deadlines().transfer;
        if let Completion::Denied(denial) = self.wire.append(Step::MoveMails, &command, mail, within).await? {
            if is_about_room(&denial.text) {
                trial.hindrances.push(format!("the server takes no mail into {inbox:?} ({}: {}), so that it may turn complaints away too; next: make room: delete old mail or have the quota raised", denial.verdict, denial.text));
                return Ok(());
            }
            // The mail server puts mail into the inbox, not we: only the trial needs this right.
            trial.tried = Tried::Not(format!("{}: {}", denial.verdict, denial.text));
            return Ok(());
        }
        self.selected = select(&mut self.wire, &self.folders, Folder::Inbox).await?;
        trial.uid_validity = self.selected.uid_validity;
        let uids = self.of_trials(trial, Folder::Inbox).await?;
        if uids.is_empty() {
            trial.tried = Tried::Not("the server keeps no keywords".to_owned());
            return self.clear_unmarked(mail).await;
        }
        let mut filing = Filing { folders: &mut self.folders, removal: self.removal, mark: self.mark.as_deref() };
        match file_away(&mut self.wire, &mut filing, &uids, Destination::Processed).await {
            Ok(gone) if gone.len() == uids.len() => trial.tried = Tried::Moved,
            Ok(_) => trial.hindrances.push("the server says that it moved a mail out of the inbox, and it stays there; next: give the account the right to delete and expunge in the inbox".to_owned()),
            Err(error) => trial.hindered_by(error)?,
        }
        self.bring_back(&inbox).await?;
        for folder in [Folder::Filed(Destination::Processed), Folder::Inbox] {
            self.clear(folder, trial).await?;
        }
        Ok(())
    }

    /// What cannot be brought back is taken away where it is: only the trial needs that right.
    async fn bring_back(&mut self, inbox: &str) -> Result<(), MailboxError> {
        let Some(uids) = self.found_in(Folder::Filed(Destination::Processed)).await? else { return Ok(()) };
        for set in uid_sets(uids) {
            let verb = if self.removal == Removal::Move { "MOVE" } else { "COPY" };
            let command = format!("UID {verb} {} {}", set.written, quoted(inbox));
            let within = self.wire.deadlines().transfer;
            self.wire.run(Step::MoveMails, &command, within, &mut |_| {}).await?;
        }
        Ok(())
    }

    /// Takes mails of trials away, those of one that broke off too.
    async fn clear(&mut self, folder: Folder, trial: &mut Trial) -> Result<(), MailboxError> {
        let Some(uids) = self.found_in(folder).await? else { return Ok(()) };
        if folder == Folder::Inbox {
            trial.uid_validity = self.selected.uid_validity;
            trial.spend(uids.iter().map(|uid| Uid(i64::from(*uid))));
        }
        for set in uid_sets(uids) {
            self.expunge(&set.written).await?;
        }
        if self.found_in(folder).await?.is_some_and(|uids| !uids.is_empty()) {
            let name = self.folders.watched(folder)?;
            trial.hindrances.push(format!("a mail of this trial could not be taken away from {name:?}; next: delete it by hand (its subject is that of a trial), and give the account the right to delete and expunge there"));
        }
        Ok(())
    }

    async fn expunge(&mut self, set: &str) -> Result<(), MailboxError> {
        let within = self.wire.deadlines().command;
        for command in [format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"), format!("UID EXPUNGE {set}")] {
            self.wire.run(Step::MoveMails, &command, within, &mut |_| {}).await?;
        }
        Ok(())
    }

    /// Where the keyword was dropped: the mail's own Message-ID tells it from all others.
    async fn clear_unmarked(&mut self, mail: &str) -> Result<(), MailboxError> {
        let id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default();
        let uids = self.search(&format!("HEADER Message-ID {}", quoted(id))).await?;
        for set in uid_sets(uids) {
            self.expunge(&set.written).await?;
        }
        Ok(())
    }

    /// The mails of trials in a folder; `None` where it cannot be opened.
    async fn found_in(&mut self, folder: Folder) -> Result<Option<Vec<u32>>, MailboxError> {
        match select(&mut self.wire, &self.folders, folder).await {
            Ok(selected) => self.selected = selected,
            Err(MailboxError::Server { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
        Ok(Some(self.search(&format!("KEYWORD {TRIAL_KEYWORD}")).await?))
    }

    async fn of_trials(&mut self, trial: &mut Trial, folder: Folder) -> Result<Vec<Uid>, MailboxError> {
        let found = self.found_in(folder).await?.unwrap_or_default();
        let uids: Vec<Uid> = found.into_iter().map(|uid| Uid(i64::from(uid))).collect();
        trial.spend(uids.iter().copied());
        Ok(uids)
    }

    async fn search(&mut self, what: &str) -> Result<Vec<u32>, MailboxError> {
        let mut found = Vec::new();
        let mut on_data = |data: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = data {
                found.extend_from_slice(uids);
            }
        };
        let within = self.wire.deadlines().command;
        self.wire.run(Step::ListMails, &format!("UID SEARCH {what}"), within, &mut on_data).await?;
        Ok(found)
    }

    /// MYRIGHTS (RFC 4314), where the server has it.
    async fn ask_rights(&mut self, trial: &mut Trial) -> Result<(), MailboxError> {
        let inbox = (self.folders.watched(Folder::Inbox)?.to_owned(), "ltes");
        let others = DESTINATIONS.map(|to| (self.folders.destination(to).to_owned(), "li"));
        for (name, needed) in std::iter::once(inbox).chain(others) {
            let mut rights: Option<String> = None;
            let mut on_data = |data: &Response<'_>| {
                if let Response::MyRights(mine) = data {
                    rights = Some(mine.rights.iter().map(|right| char::from(*right)).collect());
                }
            };
            let within = self.wire.deadlines().command;
            let command = format!("MYRIGHTS {}", quoted(&name));
            self.wire.run(Step::FindFolder(name.clone()), &command, within, &mut on_data).await?;
            let Some(rights) = rights else { continue };
            let missing = missing_rights(&rights, needed);
            if !missing.is_empty() {
                trial.hindrances.push(format!("the account lacks the rights {missing:?} on {name:?}; next: have the mail administrator give them (SETACL)"));
            }
        }
        Ok(())
    }

    /// GETQUOTAROOT (RFC 9208), where the server has it.
    async fn ask_quota(&mut self, trial: &mut Trial) -> Result<(), MailboxError> {
        let inbox = self.folders.watched(Folder::Inbox)?.to_owned();
        let mut full = Vec::new();
        let mut on_data = |data: &Response<'_>| {
            let Response::Quota(quota) = data else { return };
            let nearly = quota
                .resources
                .iter()
                .filter(|one| one.limit > 0 && one.usage.saturating_mul(100) / one.limit >= NEARLY_FULL);
            full.extend(nearly.map(|one| format!("{} of {}", one.usage, one.limit)));
        };
        let within = self.wire.deadlines().command;
        let command = format!("GETQUOTAROOT {}", quoted(&inbox));
        self.wire.run(Step::FindFolder(inbox), &command, within, &mut on_data).await?;
        trial.hindrances.extend(full.into_iter().map(|used| {
            format!("the mailbox is nearly full ({used} is used); next: delete old mail or have the quota raised")
        }));
        Ok(())
    }
}

/// Old servers say `d` for deleting, expunging and more (RFC 4314 §2.1.1).
fn missing_rights(rights: &str, needed: &str) -> String {
    let has = |right: char| rights.contains(right);
    needed.chars().filter(|right| !(has(*right) || (matches!(right, 't' | 'e') && has('d')))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_rights_to_delete_are_known() {
        assert_eq!(missing_rights("lrswipkxtea", "ltes"), "");
        assert_eq!(missing_rights("lrsd", "ltes"), "");
        assert_eq!(missing_rights("lrs", "ltes"), "te");
        assert_eq!(missing_rights("lr", "li"), "i");
    }
}
