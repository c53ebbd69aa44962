//! The mail balance and the mails put aside, into the digests of those who watch over the whole desk (invariant 1). Pure;
//! the register's counts come in.

use super::aside::put_aside;
use super::draft::Content;
use super::{Decision, Disposition, FolderCount, Rules, Stored};
use crate::case::What;
use crate::digest::{Balance, MailDay, PutAside, Route};

/// Mails put aside that a digest names one by one: what two minutes of reading allow. The others are counted.
pub const DAY_ASIDE_MAX: usize = 40;

/// What became of the mail of a day: `put_aside_count` mails were put aside, of which `stored` are named.
pub fn mail_day(counts: &[FolderCount], stored: &[Stored], put_aside_count: usize) -> MailDay {
    let aside: Vec<PutAside> = stored.iter().take(DAY_ASIDE_MAX).map(put_aside).collect();
    MailDay {
        folders: counts.iter().map(balance).collect(),
        more_aside: put_aside_count.saturating_sub(aside.len()),
        aside,
        not_on_file: None,
        route: Route::default(),
    }
}

fn balance(count: &FolderCount) -> Balance {
    let of = |disposition| count.mails.get(&disposition).copied().unwrap_or_default();
    Balance {
        folder: count.folder.clone(),
        given_out: count.given_out,
        complaints: of(Some(Disposition::Complaint)),
        follow_ups: of(Some(Disposition::FollowUp)),
        staff: of(Some(Disposition::Staff)),
        bounces: of(Some(Disposition::Bounce)),
        automatic: of(Some(Disposition::Automatic)),
        duplicates: of(Some(Disposition::Duplicate)),
        set_aside: of(Some(Disposition::SetAside)),
        unreadable: of(Some(Disposition::Unreadable)),
        round_trips: of(Some(Disposition::RoundTrip)),
        vanished: count.vanished,
        undecided: of(None),
    }
}

/// Adds it to the digests of the whole company and of the fallback department's supervisor, who is told of such mails. Where the
/// settings say so, a digest without anything in it is left out.
pub fn with_mail_day(mut decision: Decision, day: &MailDay, rules: &Rules) -> Decision {
    let supervisor = rules.fallback().map(|department| &department.supervisor);
    for letter in &mut decision.letters {
        let is_told = Some(&letter.to) == supervisor;
        if let Content::Digest(digest) = &mut letter.content
            && (is_told || digest.is_of_company())
        {
            digest.mail = Some(Box::new(day.clone()));
        }
    }
    if rules.digest.skip_empty {
        decision.letters.retain(|letter| !matches!(&letter.content, Content::Digest(digest) if digest.is_empty()));
        let left = decision.letters.len();
        for event in &mut decision.events {
            if let What::DigestWritten { recipients, .. } = &mut event.what {
                *recipients = left;
            }
        }
    }
    decision
}
