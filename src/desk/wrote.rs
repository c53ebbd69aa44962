//! Somebody wrote on a case that is there: the customer, by an own mail or one that a colleague passed on (§2.2), or somebody
//! else who holds a letter of it. Filed, shown to who handles it, and what it changes. Pure.

use super::after_closing::{AfterClosing, after_closing};
use super::draft::{Cover, Remark, Writer};
use super::letters_out::{acknowledgement, department, follow_up, handler_address};
use super::may_reply::{is_machine, may_reply, sender};
use super::opening::{TEXT_MAX, remarks};
use super::{Arrival, CaseFile, Decision, Disposition, Fresh, Incoming, Rules};
use crate::case::{Actor, Address, CaseState, Event, Moment, Reference, Reopened, Tie, What};
use crate::mail::{Attachment, Forwarded, Mail, SenderProof, Standing, without_banner};

/// What somebody wrote, whichever way it came in.
pub(super) struct Words {
    pub by: Writer,
    /// The id of the mail it stands in.
    pub message_id: Option<String>,
    pub subject: String,
    /// Only what is new.
    pub text: String,
    /// What stands below it.
    pub quoted: String,
    /// When the company had it (invariant 9).
    pub received_at: Moment,
    /// Files that came with it; of a mail passed on, without that mail itself.
    pub files: usize,
    /// What the colleague who passed it on wrote beside it.
    pub cover: Option<Cover>,
}

impl Words {
    /// The mail's own.
    pub fn of(mail: &Incoming<'_>, by: Writer) -> Self {
        Self {
            by,
            message_id: mail.mail.message_id.clone(),
            subject: mail.mail.subject.clone(),
            text: mail.mail.reply.clone(),
            quoted: mail.mail.quoted.clone(),
            received_at: mail.received_at,
            files: attached(mail.mail).count(),
            cover: None,
        }
    }

    /// Those of the mail that was passed on.
    pub fn passed_on(mail: &Mail, forwarded: &Forwarded, received_at: Moment, cover: Option<Cover>) -> Self {
        // A mail of nothing but quotes says what it quotes.
        let says_nothing = forwarded.said.trim().is_empty();
        let (text, quoted) =
            if says_nothing { (&forwarded.body, String::new()) } else { (&forwarded.said, forwarded.quoted.clone()) };
        Self {
            by: Writer::Customer,
            message_id: forwarded.message_id.clone(),
            subject: forwarded.subject.clone(),
            quoted,
            text: without_banner(text),
            received_at,
            files: attached(mail).filter(|file| !file.media_type.starts_with("message/")).count(),
            cover,
        }
    }

    /// As the case keeps it, with the plates and contract numbers in it.
    fn kept(&self, rules: &Rules) -> (String, Vec<Reference>) {
        let references = rules.references.find(&format!("{}\n{}", self.subject, self.text));
        (self.text.chars().take(TEXT_MAX).collect(), references)
    }
}

/// A mail on a case that is there.
pub(super) struct OnCase<'a> {
    pub mail: &'a Incoming<'a>,
    pub file: &'a CaseFile,
    pub rules: &'a Rules,
    pub now: Moment,
}

impl OnCase<'_> {
    /// The customer writes on the case; or somebody in the customer's name, whom nothing proves (see `belonging.rs`).
    pub fn customer_wrote(&self, tie: Tie, fresh: &mut Fresh) -> Decision {
        let from = sender(self.mail.mail).map(|a| a.to_string()).unwrap_or_default();
        let words = Words::of(self.mail, Writer::Customer);
        let mut marked = remarks(self.mail.mail, &[]);
        let what = self.followed_up(&words, from.clone(), tie);
        if tie == Tie::NamedUnproven {
            if self.mail.mail.proof != SenderProof::Failed {
                marked.insert(0, Remark::SenderUnproven);
            }
            return self.keep(self.events(&Actor::Other(from), [what]), &words, marked, fresh);
        }
        let events = self.events(&Actor::Customer, [what]);
        if self.file.case.state == CaseState::Closed {
            let to = may_reply(self.mail.mail, self.rules).ok();
            return self.after_closing(events, &words, to, marked, fresh);
        }
        self.keep(events, &words, marked, fresh)
    }

    /// The customer's words in a mail that a colleague passed on (§2.2): as if the customer had sent them here when the
    /// colleague had them. What the colleague wrote beside them is a note.
    pub fn passed_on(
        &self,
        words: &Words,
        customer: &Address,
        colleague: &Address,
        mut marked: Vec<Remark>,
        fresh: &mut Fresh,
    ) -> Decision {
        let note = words.cover.as_ref().map(|cover| What::Noted { text: cover.text.clone() });
        let what = std::iter::once(self.followed_up(words, customer.to_string(), Tie::Named)).chain(note);
        let events = self.events(&Actor::Staff(colleague.clone()), what);
        marked.extend(remarks(self.mail.mail, &[]));
        if self.file.case.state == CaseState::Closed {
            // A mailbox that nobody reads gets no letter by this way either (invariant 5).
            let to = Some(customer.clone()).filter(|customer| !is_machine(customer));
            return self.after_closing(events, words, to, marked, fresh);
        }
        self.keep(events, words, marked, fresh)
    }

    /// Somebody holds a letter of the case but is not the one it went to: filed, marked, and told nothing (invariant 6).
    /// Without an address where the mail names no sender.
    pub fn other_wrote(&self, from: Option<&Address>, fresh: &mut Fresh) -> Decision {
        let from = from.map(ToString::to_string).unwrap_or_default();
        let words = Words::of(self.mail, Writer::Other(from.clone()));
        let (text, references) = words.kept(self.rules);
        let message_id = words.message_id.clone();
        let what = What::OtherWrote { message_id, from: from.clone(), text, references };
        let marked = std::iter::once(Remark::FromOther(from.clone())).chain(remarks(self.mail.mail, &[])).collect();
        self.keep(self.events(&Actor::Other(from), [what]), &words, marked, fresh)
    }

    fn followed_up(&self, words: &Words, from: String, tie: Tie) -> What {
        let (text, references) = words.kept(self.rules);
        What::FollowedUp { message_id: words.message_id.clone(), from, text, references, tie }
    }

    fn events(&self, actor: &Actor, what: impl IntoIterator<Item = What>) -> Vec<Event> {
        let (case, mail) = (Some(self.file.case.number), Some(self.mail.id));
        let event = |what| Event { at: self.now, case, actor: actor.clone(), mail, what };
        what.into_iter().map(event).collect()
    }

    fn filed(&self, events: Vec<Event>, reason: &str) -> Decision {
        Decision {
            disposition: Disposition::FollowUp,
            reason: reason.to_owned(),
            case: Some(self.file.case.number),
            events,
            letters: Vec::new(),
        }
    }

    /// On file, and shown to who handles the case; nothing else changes.
    fn keep(&self, events: Vec<Event>, words: &Words, marked: Vec<Remark>, fresh: &mut Fresh) -> Decision {
        let mut decision = self.filed(events, "somebody wrote on this case");
        let to = handler_address(&self.file.case, self.rules);
        let shown = to.map(|to| follow_up(&self.file.case, to, self.mail, words, marked, self.rules, fresh));
        decision.letters.extend(shown);
        decision
    }

    /// Thanks and signatures are filed and reopen nothing; disagreement, or any real text, opens the case again with new
    /// terms from this mail (invariant 9), and the supervisor is told (§2.4, end).
    fn after_closing(
        &self,
        events: Vec<Event>,
        words: &Words,
        acknowledge: Option<Address>,
        mut marked: Vec<Remark>,
        fresh: &mut Fresh,
    ) -> Decision {
        let actor = events.first().map_or(Actor::Customer, |event| event.actor.clone());
        let mut decision = self.filed(events, "thanks after closing, or nothing said");
        if self.says_nothing_more(words) {
            return decision;
        }
        let reopened = Reopened { received_at: words.received_at, due: self.rules.due(words.received_at) };
        decision.reason = "the customer disagrees, or adds something: open again".to_owned();
        decision.events.extend(self.events(&actor, [What::Reopened(reopened)]));
        let mut case = self.file.case.clone();
        decision.events.iter().for_each(|event| case.apply(event));
        // Who wrote before the register forgot it was acknowledged then.
        let owed = self.mail.arrival == Arrival::New || case.acknowledged_at().is_none();
        let acknowledge = acknowledge.filter(|_| owed);
        decision.letters.extend(acknowledge.map(|to| acknowledgement(&case, to, self.rules, fresh)));
        let supervisor = department(&case, self.rules).map(|d| d.supervisor.clone());
        let mut readers: Vec<Address> = handler_address(&case, self.rules).into_iter().chain(supervisor).collect();
        readers.dedup();
        marked.insert(0, Remark::Reopened);
        for to in readers {
            decision.letters.push(follow_up(&case, to, self.mail, words, marked.clone(), self.rules, fresh));
        }
        decision
    }

    fn says_nothing_more(&self, words: &Words) -> bool {
        let name = self.file.case.customer.name.as_str();
        let said = after_closing(&words.text, &[name]);
        words.files == 0 && matches!(said, AfterClosing::Thanks | AfterClosing::Nothing)
    }
}

/// What a person attached.
fn attached(mail: &Mail) -> impl Iterator<Item = &Attachment> {
    mail.attachments.iter().filter(|attachment| attachment.standing == Standing::Attached)
}
