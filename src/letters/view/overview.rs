//! What the digest's template can print: the same lists, cut to what can be read in two minutes. Pure.

use super::Seen;
use crate::case::{Address, Clock};
use crate::digest::{Digest, DisputeStands, Row};
use crate::letters::{clean, mailto};
use minijinja::context;
use minijinja::value::Value;

/// Cases named in one list: more is not read, and a mail over 100 kB is cut by some clients.
const ROWS_MAX: usize = 40;

/// Which list a case stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Overdue,
    Open,
    Closed,
    Failed,
}

impl Seen<'_> {
    pub(super) fn digest(&self, digest: &Digest) -> Value {
        let open = digest.overdue.len() + digest.due_today.len() + digest.open.len();
        let cell = |label, count: usize, late| context! { label, count, late };
        let list = |rows: &[Row], list| self.list(rows, list, digest.department_title.is_none());
        context! {
            day => self.words.day(digest.day),
            department => digest.department_title.as_deref().map(|title| self.line(title)),
            since => self.words.moment(digest.since),
            tally => vec![
                cell(self.words.pick("te laat", "overdue"), digest.overdue.len(), !digest.overdue.is_empty()),
                cell(self.words.pick("vandaag", "today"), digest.due_today.len(), false),
                cell(self.words.pick("open", "open"), open, false),
                cell(self.words.pick("gesloten", "closed"), digest.closed.len(), false),
            ],
            nothing_open => open == 0,
            overdue => list(&digest.overdue, List::Overdue),
            due_today => list(&digest.due_today, List::Open),
            failed => list(&digest.failed_letters, List::Failed),
            open => list(&digest.open, List::Open),
            closed => list(&digest.closed, List::Closed),
            received_since => digest.received_since,
            chain_head => self.line(&digest.chain_head),
        }
    }

    fn list(&self, rows: &[Row], list: List, whole_company: bool) -> Value {
        let shown: Vec<_> = rows.iter().take(ROWS_MAX).map(|row| self.row(row, list, whole_company)).collect();
        context! { rows => shown, count => rows.len(), more => rows.len().saturating_sub(ROWS_MAX) }
    }

    fn row(&self, row: &Row, list: List, whole_company: bool) -> Value {
        let subject = clean::line(&row.subject, clean::SUBJECT_CHARS_MAX);
        let line = crate::letters::subject::or_none(&subject, self.words);
        let customer = clean::line(&row.customer, clean::NAME_CHARS_MAX);
        let below =
            if whole_company { format!("{customer} · {}", self.line(&row.department_title)) } else { customer };
        // A handler known by name only is written to at the department.
        let to = Address::parse(&row.handler).map_or(row.reply_address.as_str(), |_| row.handler.as_str());
        let who = if row.handler.is_empty() { &row.reply_address } else { &row.handler };
        context! {
            number => row.number.to_string(),
            line,
            moment => self.row_moment(row, list),
            late => list == List::Overdue,
            below,
            who => self.line(who),
            url => mailto::plain(to, &format!("[{}] {subject}", row.number)),
        }
    }

    fn row_moment(&self, row: &Row, list: List) -> String {
        let unanswered =
            row.unanswered && list != List::Closed && row.next.is_none_or(|(clock, _)| clock != Clock::FirstResponse);
        let silent = if unanswered { self.words.pick("; nog geen reactie", "; no response yet") } else { "" };
        let moment = match (list, row.next, row.closed_at) {
            (List::Closed, _, Some(at)) => {
                format!("{} {}", self.words.pick("gesloten", "closed"), self.words.short(at))
            }
            (List::Overdue, Some((clock, due)), _) => {
                let (clock, due) = (self.words.clock(clock), self.words.short(due));
                self.words.pick(format!("{clock} te laat sinds {due}"), format!("{clock} overdue since {due}"))
            }
            (_, Some((clock, due)), _) => {
                let (clock, due) = (self.words.clock(clock), self.words.short(due));
                self.words.pick(format!("{clock} uiterlijk {due}"), format!("{clock} due {due}"))
            }
            (_, None, _) => {
                format!("{} {}", self.words.pick("ontvangen", "received"), self.words.short(row.received_at))
            }
        };
        let dispute = match row.dispute {
            Some(DisputeStands::WithCommittee) => {
                self.words.pick("; bij de geschillencommissie", "; with the committee")
            }
            Some(DisputeStands::Ruled) => self.words.pick("; uitspraak van de commissie", "; ruled by the committee"),
            None => "",
        };
        moment + silent + dispute
    }
}
