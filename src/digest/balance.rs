//! The mail balance and the mails that were put aside, as the digest shows them (invariant 1): every UID the server gave
//! out is accounted for, and nothing that is put aside goes unseen. Plain values.

use super::not_on_file::NotOnFile;
use super::put_aside::PutAside;
use crate::case::Moment;
use serde::Serialize;

/// What became of the mail since the last digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MailDay {
    /// One for each watched folder that gave out UIDs.
    pub folders: Vec<Balance>,
    /// Set aside or unreadable, oldest first.
    pub aside: Vec<PutAside>,
    /// Further ones that are only counted.
    pub more_aside: usize,
    /// What lies in our own folders and is not in the register, however long ago it came.
    pub not_on_file: Option<NotOnFile>,
    pub route: Route,
}

/// The last signs of life of the way in and out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Route {
    /// When mail came in last.
    pub mail_at: Option<Moment>,
    /// When a server took a letter last.
    pub accepted_at: Option<Moment>,
    /// When a test mail came back last.
    pub back_at: Option<Moment>,
    /// Letters that are on file for a while and did not go out.
    pub waiting: Option<Unsent>,
}

/// Letters that wait to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unsent {
    pub letters: usize,
    /// Since when the first of them does.
    pub since: Moment,
}

/// One folder's mails: what the server gave out on one side, what each became on the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// The folder as the register names it.
    pub folder: String,
    /// UIDs that the server gave out (the growth of UIDNEXT, RFC 3501 §2.3.1.1), not our own rows.
    pub given_out: u64,
    pub complaints: u64,
    pub follow_ups: u64,
    pub staff: u64,
    pub bounces: u64,
    pub automatic: u64,
    pub duplicates: u64,
    pub set_aside: u64,
    pub unreadable: u64,
    /// Test mails of our own that came back.
    pub round_trips: u64,
    /// Gone from the folder before we read them, or numbers that the server skipped: nobody can tell these apart.
    pub vanished: u64,
    /// On file or asked for, and not decided on yet.
    pub undecided: u64,
}

impl Balance {
    /// UIDs given out that are not accounted for: 0, or something is wrong. Below 0: more on file than was given out.
    pub fn difference(&self) -> i64 {
        let accounted = [
            self.complaints,
            self.follow_ups,
            self.staff,
            self.bounces,
            self.automatic,
            self.duplicates,
            self.set_aside,
            self.unreadable,
            self.round_trips,
            self.vanished,
            self.undecided,
        ];
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        accounted.into_iter().map(signed).fold(signed(self.given_out), i64::saturating_sub)
    }
}

impl MailDay {
    /// All folders together.
    pub fn total(&self) -> Balance {
        self.folders.iter().fold(Balance::default(), |sum, one| Balance {
            folder: String::new(),
            given_out: sum.given_out + one.given_out,
            complaints: sum.complaints + one.complaints,
            follow_ups: sum.follow_ups + one.follow_ups,
            staff: sum.staff + one.staff,
            bounces: sum.bounces + one.bounces,
            automatic: sum.automatic + one.automatic,
            duplicates: sum.duplicates + one.duplicates,
            set_aside: sum.set_aside + one.set_aside,
            unreadable: sum.unreadable + one.unreadable,
            round_trips: sum.round_trips + one.round_trips,
            vanished: sum.vanished + one.vanished,
            undecided: sum.undecided + one.undecided,
        })
    }

    /// Nothing in it wants a person's look.
    pub fn is_quiet(&self) -> bool {
        let none_aside = self.aside.is_empty() && self.more_aside == 0;
        self.adds_up() && none_aside && self.not_on_file.is_none() && self.route.waiting.is_none()
    }

    /// Whether a folder does not add up; one folder's surplus never hides another's loss.
    pub fn adds_up(&self) -> bool {
        self.folders.iter().all(|folder| folder.difference() == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_misses_what_nobody_accounts_for() {
        let even =
            Balance { given_out: 9, complaints: 4, set_aside: 2, vanished: 2, undecided: 1, ..Balance::default() };
        assert_eq!(even.difference(), 0);
        assert_eq!(Balance { given_out: 10, ..even.clone() }.difference(), 1);
        assert_eq!(Balance { given_out: 7, ..even }.difference(), -2);
    }

    #[test]
    fn a_surplus_of_one_folder_does_not_hide_the_loss_of_another() {
        let lost = Balance { given_out: 1, ..Balance::default() };
        let surplus = Balance { complaints: 1, ..Balance::default() };
        let day = MailDay { folders: vec![lost, surplus], ..MailDay::default() };
        assert_eq!(day.total().difference(), 0);
        assert!(!day.adds_up());
    }
}
