//! Somebody wrote on a case that is there: the customer, by an own mail or one that a colleague passed on (§2.2), or somebody
//! else who holds a letter of it. Filed, shown to who handles it, and what it changes. Pure.

use super::after_closing::{AfterClosing, after_closing, solved_said};
use super::deciding::{Deciding, decides_on_mail};
use super::draft::{Draft, Remark, Writer};
use super::intent::without_reference;
use super::letters_out::asks_if_solved;
use super::may_reply::may_reply;
use super::opening::remarks;
use super::sent_by::is_machine;
use super::sight::{handler_address, supervisor};
use super::words::Words;
use super::{Arrival, CaseFile, Disposition, MailDecision, Verdict};
use crate::case::{Actor, Address, Case, CaseState, Event, LetterKind, Reopened, Solved, Tie, What};
use crate::mail::SenderProof;

/// A mail on a case that is there.
pub(super) struct OnCase<'a> {
    pub on: Deciding<'a>,
    pub file: &'a CaseFile,
}

decides_on_mail!(OnCase);

impl OnCase<'_> {
    /// The customer writes on the case; or somebody in the customer's name, whom nothing proves (see `belonging.rs`).
    pub fn customer_wrote(&self, tie: Tie) -> MailDecision {
        let from = self.intent.author();
        let mut words = Words::of(self.mail, Writer::Customer);
        self.take_out_reference(&mut words);
        let mut marked = remarks(self.mail.mail, &[]);
        let what = self.followed_up(&words, from.clone(), tie);
        if self.file.case.customer.address != self.intent.from {
            marked.insert(0, Remark::ByRepresentative(from.clone()));
        }
        if tie == Tie::NamedUnproven {
            if self.mail.mail.proof != SenderProof::Failed {
                marked.insert(0, Remark::SenderUnproven);
            }
            return self.keep(self.events(&Actor::Other(from), [what]), &words, marked);
        }
        let said = self.solved(&words, tie).map(|solved| What::SolvedSaid { solved });
        let is_solved = said == Some(What::SolvedSaid { solved: Solved::Yes });
        let events = self.events(&Actor::Customer, std::iter::once(what).chain(said));
        if is_solved {
            return self.follows(events, "the customer says that it is solved");
        }
        if self.file.case.state == CaseState::Closed {
            let to = may_reply(self.mail.mail, self.intent, self.rules).ok();
            return self.after_closing(events, &words, to, marked);
        }
        self.keep(events, &words, marked)
    }

    /// What the customer answers to the question below the closing: only in answer to that letter (invariant 6), of a case that is
    /// still closed, and only who was asked: below a closing without the question "yes" answers something else. A file beside a
    /// "yes" says something more.
    fn solved(&self, words: &Words, tie: Tie) -> Option<Solved> {
        let case = &self.file.case;
        let answers = tie == Tie::Letter && self.known.letter_kind == Some(LetterKind::Closing);
        let from = self.intent.from.as_ref()?;
        let is_asked = answers && case.state == CaseState::Closed && asks_if_solved(case, from, self.rules);
        let solved = solved_said(&words.text, &[case.customer.name.as_str()]).filter(|_| is_asked)?;
        (solved == Solved::No || words.files == 0).then_some(solved)
    }

    /// The links below the closing open a new mail, which has the letter's reference in a line of its text.
    fn take_out_reference(&self, words: &mut Words) {
        let without = |line| without_reference(line, self.rules);
        if words.text.lines().any(|line| without(line).is_some()) {
            let kept = words.text.lines().map(|line| without(line).unwrap_or(line));
            words.text = kept.collect::<Vec<_>>().join("\n").trim_end().to_owned();
        }
    }

    /// The customer's words in a mail that a colleague passed on (§2.2): as if the customer had sent them here when the
    /// colleague had them. What the colleague wrote beside them is a note.
    pub fn passed_on(&self, words: &Words, customer: &Address, by: &Address, mut marked: Vec<Remark>) -> MailDecision {
        let note = words.cover.as_ref().map(|cover| What::Noted { text: cover.text.clone() });
        let what = std::iter::once(self.followed_up(words, customer.to_string(), Tie::Named)).chain(note);
        let events = self.events(&Actor::Staff(by.clone()), what);
        marked.extend(remarks(self.mail.mail, &[]));
        if self.file.case.state == CaseState::Closed {
            // A mailbox that nobody reads gets no letter by this way either (invariant 5).
            let to = Some(customer.clone()).filter(|customer| !is_machine(customer));
            return self.after_closing(events, words, to, marked);
        }
        self.keep(events, words, marked)
    }

    /// Somebody holds a letter of the case but is not the one it went to: filed, marked, and told nothing (invariant 6).
    /// Without an address where the mail names no sender.
    pub fn other_wrote(&self) -> MailDecision {
        let from = self.intent.author();
        let words = Words::of(self.mail, Writer::Other(from.clone()));
        let (text, references) = words.kept(self.rules);
        let message_id = words.message_id.clone();
        let what = What::OtherWrote { message_id, from: from.clone(), text, references };
        let marked = std::iter::once(Remark::FromOther(from.clone())).chain(remarks(self.mail.mail, &[])).collect();
        self.keep(self.events(&Actor::Other(from), [what]), &words, marked)
    }

    fn followed_up(&self, words: &Words, from: String, tie: Tie) -> What {
        let (text, references) = words.kept(self.rules);
        What::FollowedUp { message_id: words.message_id.clone(), from, text, references, tie }
    }

    fn events(&self, actor: &Actor, what: impl IntoIterator<Item = What>) -> Vec<Event> {
        what.into_iter().map(|what| self.event(Some(self.file.case.number), actor.clone(), what)).collect()
    }

    fn follows(&self, events: Vec<Event>, reason: &str) -> MailDecision {
        let (case, reason) = (Some(self.file.case.number), reason.to_owned());
        let verdict = Verdict { disposition: Disposition::FollowUp, reason, case };
        MailDecision { verdict, events, letters: Vec::new() }
    }

    /// On file, and shown to who handles the case; nothing else changes.
    fn keep(&self, events: Vec<Event>, words: &Words, marked: Vec<Remark>) -> MailDecision {
        let mut decision = self.follows(events, "somebody wrote on this case");
        let to = handler_address(&self.file.case, self.rules);
        let shown = to.map(|to| self.follow_up(&self.file.case, to, words, marked));
        decision.letters.extend(shown);
        self.with_urgent(decision, &self.file.case, words)
    }

    /// What cannot wait is told at once, whoever writes it.
    fn with_urgent(&self, mut decision: MailDecision, case: &Case, words: &Words) -> MailDecision {
        let (told, letter): (Vec<Event>, Vec<Draft>) =
            self.urgent(case, &words.subject, &words.text).into_iter().unzip();
        decision.events.extend(told);
        decision.letters.extend(letter);
        decision
    }

    /// Thanks and signatures are filed and reopen nothing; disagreement, or any real text, opens the case again with new
    /// terms from this mail (invariant 9), and the supervisor is told (§2.4, end).
    fn after_closing(
        &self,
        events: Vec<Event>,
        words: &Words,
        to: Option<Address>,
        mut marked: Vec<Remark>,
    ) -> MailDecision {
        let actor = events.first().map_or(Actor::Customer, |event| event.actor.clone());
        let mut decision = self.follows(events, "thanks after closing, or nothing said");
        if self.says_nothing_more(words) {
            return decision;
        }
        let reopened = Reopened { received_at: words.received_at, due: self.rules.due(words.received_at) };
        decision.verdict.reason = "the customer disagrees, or adds something: open again".to_owned();
        decision.events.extend(self.events(&actor, [What::Reopened(reopened)]));
        let mut case = self.file.case.clone();
        decision.events.iter().for_each(|event| case.apply(event));
        // Who wrote before the register forgot it was acknowledged then.
        let owed = self.mail.arrival == Arrival::New || case.acknowledged_at().is_none();
        decision.letters.extend(to.filter(|_| owed).map(|to| self.acknowledgement(&case, to)));
        let supervisor = supervisor(&case, self.rules);
        let mut readers: Vec<Address> = handler_address(&case, self.rules).into_iter().chain(supervisor).collect();
        readers.dedup();
        marked.insert(0, Remark::Reopened);
        for to in readers {
            decision.letters.push(self.follow_up(&case, to, words, marked.clone()));
        }
        self.with_urgent(decision, &case, words)
    }

    fn says_nothing_more(&self, words: &Words) -> bool {
        let name = self.file.case.customer.name.as_str();
        let said = after_closing(&words.text, &[name]);
        words.files == 0 && matches!(said, AfterClosing::Thanks | AfterClosing::Nothing)
    }
}
