//! What the templates of mails that were put aside can print: the notice, a mail that somebody asked to see, and the
//! digest's section with the mail balance. Pure.

use super::handled::view;
use super::staff::LISTED_MAX;
use super::{Seen, staff};
use crate::desk::draft::{SetAside, Shown};
use crate::desk::verbs::Verb;
use crate::digest::{Balance, LostMail, MailDay, NotOnFile, PutAside};
use crate::letters::{clean, mailto};
use minijinja::context;
use minijinja::value::Value;

/// First lines of a mail that was put aside.
const EXCERPT_CHARS_MAX: usize = 400;
/// Mails shown with their text and buttons: a dozen is looked through in two minutes. The others get a line each.
const IN_FULL_MAX: usize = 12;

impl Seen<'_> {
    pub(super) fn set_aside(&self, letter: &SetAside) -> Value {
        let (in_full, in_brief) = letter.mails.split_at(letter.mails.len().min(IN_FULL_MAX));
        context! {
            count => letter.mails.len(),
            mails => in_full.iter().map(|mail| self.put_aside(mail)).collect::<Vec<_>>(),
            in_brief => in_brief.iter().map(|mail| self.put_aside(mail)).collect::<Vec<_>>(),
            waiting => letter.waiting,
            example => letter.mails.first().map_or(0, |mail| mail.mail),
            on_case => self.draft.case.is_some(),
            complaint => self.verb(Verb::Restore),
            show => self.verb(Verb::Show),
        }
    }

    fn put_aside(&self, mail: &PutAside) -> Value {
        // What a colleague wrote on a case is no complaint of its own.
        let press = |press: mailto::About| view(&self.replies().about(press, mail.mail));
        let complaint = Some(press(mailto::About::Complaint)).filter(|_| self.draft.case.is_none());
        context! {
            number => mail.mail,
            from => self.line(&mail.from),
            line => self.subject_line(&mail.subject),
            received => self.words.short(mail.received_at),
            reason => self.line(&mail.reason),
            excerpt => clean::shortened(&mail.excerpt, EXCERPT_CHARS_MAX).0,
            buttons => complaint.into_iter().chain([press(mailto::About::Show)]).collect::<Vec<_>>(),
        }
    }

    pub(super) fn shown(&self, letter: &Shown) -> Value {
        let (text, text_shortened) = clean::shortened(&letter.text, staff::TEXT_CHARS_MAX);
        let button = letter.can_be_complaint.then(|| self.replies().about(mailto::About::Complaint, letter.mail));
        let files = letter.attachments.iter().take(LISTED_MAX);
        context! {
            mail => letter.mail,
            from => self.line(&letter.from),
            subject_line => self.subject_line(&letter.subject),
            received => self.words.short(letter.received_at),
            reason => self.line(&letter.reason),
            case => letter.case.map(|number| number.to_string()),
            is_read => letter.is_read,
            whole => letter.whole,
            text,
            text_shortened,
            files => files.map(|(name, size)| self.file(name, *size)).collect::<Vec<_>>(),
            original => !self.carried.is_empty(),
            left_out => !self.left_out.is_empty(),
            complaint => self.verb(Verb::Restore),
            press => button.iter().map(view).collect::<Vec<_>>(),
        }
    }

    pub(super) fn mail_day(&self, day: &MailDay) -> Value {
        let folder = |one: &Balance| {
            context! { name => self.line(&one.folder), given_out => one.given_out, difference => one.difference() }
        };
        let total = day.total();
        context! {
            counts => self.counts(&total),
            given_out => total.given_out,
            vanished => total.vanished,
            adds_up => day.adds_up(),
            folders => day.folders.iter().map(folder).collect::<Vec<_>>(),
            aside => day.aside.iter().map(|mail| self.put_aside(mail)).collect::<Vec<_>>(),
            count => day.aside.len() + day.more_aside,
            more => day.more_aside,
            complaint => self.verb(Verb::Restore),
            mail_at => day.route.mail_at.map(|at| self.words.short(at)),
            accepted_at => day.route.accepted_at.map(|at| self.words.short(at)),
            back_at => day.route.back_at.map(|at| self.words.short(at)),
            waiting => day.route.waiting.map(|waiting| context! {
                letters => waiting.letters,
                since => self.words.short(waiting.since),
            }),
            missing => day.not_on_file.as_ref().map(|missing| self.not_on_file(missing)),
        }
    }

    /// What lies in our own folders and is not in the register, with the button that takes it in.
    pub(super) fn not_on_file(&self, missing: &NotOnFile) -> Value {
        let lost = |mail: &LostMail| {
            context! {
                from => self.line(&mail.from),
                line => self.subject_line(&mail.subject),
                received => self.words.short(mail.received_at),
            }
        };
        let own = missing.count - missing.others.min(missing.count);
        let verb = self.verb(Verb::Adopt);
        let button = self.replies().prefilled(verb, self.words.pick("Opnemen", "Take them in"));
        context! {
            count => missing.count,
            own,
            others => missing.others,
            oldest => self.words.short(missing.oldest),
            newest => self.words.short(missing.newest),
            named => missing.named.iter().map(lost).collect::<Vec<_>>(),
            more => missing.count.saturating_sub(missing.named.len()),
            adopt => verb,
            buttons => button.iter().filter(|_| own > 0).map(view).collect::<Vec<_>>(),
        }
    }

    /// What the mails became, but for what none became.
    fn counts(&self, total: &Balance) -> Vec<Value> {
        let named = [
            (total.complaints, self.words.pick("Klachten", "Complaints")),
            (total.follow_ups, self.words.pick("Vervolg", "Follow-ups")),
            (total.staff, self.words.pick("Collega’s", "Colleagues")),
            (total.bounces, self.words.pick("Retour", "Bounces")),
            (total.automatic, self.words.pick("Automatisch", "Automatic")),
            (total.duplicates, self.words.pick("Dubbel", "Duplicates")),
            (total.set_aside, self.words.pick("Terzijde", "Set aside")),
            (total.unreadable, self.words.pick("Onleesbaar", "Unreadable")),
            (total.round_trips, self.words.pick("Eigen testberichten", "Own test mails")),
            (total.vanished, self.words.pick("Verdwenen", "Vanished")),
            (total.undecided, self.words.pick("Nog te lezen", "Still to read")),
        ];
        let some = named.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, name)| context! { name, count }).collect()
    }
}
