//! What remains of an event once the personal data in it were blanked on a lawful request (GDPR art. 17): that it happened,
//! when, and what it did to the clocks (§2.4.3). Staff stay named: who handled a complaint is the company's own record. Plain
//! values.

use super::{
    Absorbed, Actor, Address, Breach, Case, CaseState, CommitteeWord, Customer, DirectAnswer, Event, LetterFate,
    Representative, Sealed, What, Why,
};
use serde::{Deserialize, Serialize};

/// Stands for everybody's address who is no colleague (RFC 2606: nobody's).
const NOBODY_AT: &str = "@redacted.invalid";

/// Personal data were blanked at a person's word. The hashes of what was blanked stay in the chain, and prove nothing any
/// more about anybody: their salts are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// Names the entry in the list beside the register.
    pub entry: String,
    pub reason: String,
    /// Why it was done although the case could still be needed.
    #[serde(default)]
    pub ground: Option<String>,
    #[serde(default)]
    pub events: Vec<RedactedEvent>,
    #[serde(default)]
    pub mails: usize,
    #[serde(default)]
    pub letters: usize,
}

/// An event whose content was blanked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactedEvent {
    pub seq: i64,
    /// Of its row and its content as they stand since.
    pub hash: String,
}

/// Blanks events, one after the other: who was somebody stays the same nobody in all of them, so that what they make of a
/// case stays what it was.
#[derive(Debug, Default)]
pub struct Blanks {
    known: Vec<String>,
}

impl Blanks {
    /// The event without personal data.
    #[must_use]
    pub fn event(&mut self, event: Event) -> Event {
        let actor = match event.actor {
            Actor::Other(address) => Actor::Other(self.written(&address)),
            actor => actor,
        };
        Event { actor, what: self.what(event.what), ..event }
    }

    fn what(&mut self, mut what: What) -> What {
        match &mut what {
            What::Opened(opened) => {
                opened.customer = self.customer(&opened.customer);
                opened.routing = without_words(&opened.routing);
                (opened.message_id, opened.references) = (None, Vec::new());
                clear([&mut opened.subject, &mut opened.text]);
            }
            What::FollowedUp { message_id, from, text, references, .. }
            | What::OtherWrote { message_id, from, text, references } => {
                (*message_id, *references, *from) = (None, Vec::new(), self.written(from));
                text.clear();
            }
            What::AuthorityWrote { message_id, from, text, .. } => {
                (*message_id, *from) = (None, self.written(from));
                text.clear();
            }
            What::AnsweredDirectly(answer) | What::AnswerToConfirm { answer, .. } => {
                *answer = DirectAnswer { text: String::new(), message_id: None, ..answer.clone() };
            }
            What::DepartmentSet { routing, .. } => *routing = without_words(routing),
            What::CustomerUnknown { from, perhaps } => (*from, *perhaps) = (self.written(from), Vec::new()),
            What::CustomerSet { customer } => *customer = self.customer(customer),
            What::UrgentTold { words, .. } => words.clear(),
            What::RepresentativeSet(acts) => *acts = self.acts(acts),
            What::BreachFound { text, breach } => {
                text.clear();
                *breach = Breach::default();
            }
            What::Absorbed(other) => self.absorbed(other),
            What::LetterWritten { letter_kind, to, message_id, .. } => {
                message_id.clear();
                if letter_kind.is_for_customer() {
                    *to = self.written(to);
                }
            }
            What::LetterFate { letter_kind, to, fate, .. } => {
                without_replies(fate);
                if letter_kind.is_for_customer() {
                    *to = self.written(to);
                }
            }
            What::LetterResent { letter_kind, to, .. } if letter_kind.is_for_customer() => *to = self.written(to),
            What::Closed(closed) => closed.settlement.clear(),
            What::AgendaSet(item) => item.text.clear(),
            What::Answered { text, .. }
            | What::Interim { text, .. }
            | What::Noted { text }
            | What::PhoneContact { text }
            | What::Escalated { question: text, .. }
            | What::Advised { text }
            | What::Dismissed { reason: text }
            | What::Disputed { text, .. }
            | What::RightUsed { text, .. }
            | What::IdentityKnown { how: text }
            | What::Ruled { text }
            | What::MailFiled { reason: text, .. }
            | What::Reconsidered { reason: text, .. } => text.clear(),
            // Each is named: whoever adds an event decides here whether it holds something of a person.
            What::AnswerShown { .. }
            | What::AwayTold { .. }
            | What::HandlerSet { .. }
            | What::Reopened(_)
            | What::Judged(_)
            | What::AnswerAsked { .. }
            | What::SolvedSaid { .. }
            | What::EscalationSettled
            | What::AgendaCleared { .. }
            | What::AgendaReminded { .. }
            | What::Restored
            | What::TermTold { .. }
            | What::Linked { .. }
            | What::ConfidentialSet(_)
            | What::ConfidentialLifted
            | What::RepresentativeEnded
            | What::DutySet(_)
            | What::DutyDone { .. }
            | What::CommitteeOwed
            | What::StatusAsked { .. }
            | What::Merged { .. }
            | What::LetterResent { .. }
            | What::Bundled { .. }
            | What::PaperWritten { .. }
            | What::Posted { .. }
            | What::AsideTold { .. }
            | What::AdoptionAsked { .. }
            | What::AcknowledgementHeld
            | What::AcknowledgementReleased
            | What::DigestWritten { .. }
            | What::MonthWritten { .. }
            | What::Redacted(_)
            | What::Sealed(_) => {}
        }
        what
    }

    fn customer(&mut self, customer: &Customer) -> Customer {
        Customer { address: customer.address.as_ref().map(|address| self.address(address)), ..Customer::default() }
    }

    fn acts(&mut self, acts: &Representative) -> Representative {
        let (address, name) = (self.address(&acts.address), String::new());
        Representative { address, name, thread: Vec::new(), ..acts.clone() }
    }

    fn absorbed(&mut self, other: &mut Absorbed) {
        other.customer = self.customer(&other.customer);
        other.representative = other.representative.as_ref().map(|acts| self.acts(acts));
        (other.references, other.customer_thread, other.staff_thread) = (Vec::new(), Vec::new(), Vec::new());
        other.breach = other.breach.as_ref().map(|_| Breach::default());
        other.letters.iter_mut().for_each(|letter| letter.to = letter.to.take().map(|to| self.address(&to)));
        let texts = other.agenda.iter_mut().map(|item| &mut item.text);
        let texts = texts.chain(other.disputed.iter_mut().map(|dispute| &mut dispute.text));
        let texts = texts.chain(other.ruling.iter_mut().map(|ruling| &mut ruling.text));
        let texts = texts.chain(other.escalation.iter_mut().map(|question| &mut question.question));
        texts.chain(&mut other.identity).for_each(String::clear);
        other.urgent.iter_mut().for_each(|urgent| urgent.words.clear());
    }

    fn address(&mut self, address: &Address) -> Address {
        Address::parse(&self.written(address.as_str())).unwrap_or_else(|_| address.clone())
    }

    /// The nobody who stands for that address.
    fn written(&mut self, address: &str) -> String {
        let key = Address::parse(address).map_or_else(|_| address.to_lowercase(), |address| address.key());
        if key.is_empty() || key.ends_with(NOBODY_AT) {
            return key;
        }
        let known = self.known.iter().position(|known| *known == key);
        let place = known.unwrap_or_else(|| {
            self.known.push(key);
            self.known.len() - 1
        });
        format!("person-{}{NOBODY_AT}", place + 1)
    }
}

impl Sealed {
    /// Without the hashes of what was blanked: they are of no secret, and would show what somebody wrote to whoever has it.
    #[must_use]
    pub fn without(self, mail_is_blanked: bool, is_blanked: impl Fn(&super::LetterId) -> bool) -> Self {
        let letters = self.letters.into_iter().filter(|sealed| !is_blanked(&sealed.letter)).collect();
        Self { mail: self.mail.filter(|_| !mail_is_blanked), letters }
    }
}

impl Case {
    /// Nobody is written to any more, and nothing is guarded.
    pub(super) fn redact(&mut self, at: super::Moment) {
        self.redacted_at = Some(at);
        if self.state == CaseState::Open {
            (self.state, self.closed_at) = (CaseState::Closed, Some(at));
        }
        self.customer = Customer::default();
        (self.representative, self.escalation, self.promise) = (None, None, None);
        self.committee = CommitteeWord::default();
        self.letters.iter_mut().for_each(|letter| letter.to = None);
        self.agenda.clear();
        self.duties.clear();
        self.papers.clear();
        self.failed_letters.clear();
    }
}

/// Keywords are the company's; what they met is the customer's.
fn without_words(why: &Why) -> Why {
    let mut why = why.clone();
    if let Why::Keywords { matched } | Why::Tie { matched, .. } = &mut why {
        matched.iter_mut().for_each(|met| met.found.clear());
    }
    why
}

/// Servers repeat addresses in what they answer.
fn without_replies(fate: &mut LetterFate) {
    match fate {
        LetterFate::Accepted { reply, .. } | LetterFate::Refused { reply } => reply.clear(),
        LetterFate::Bounced { status, .. } => status.clear(),
        LetterFate::Held { reason } => reason.clear(),
        LetterFate::Unwritten { detail, .. } => detail.clear(),
    }
}

fn clear<const N: usize>(texts: [&mut String; N]) {
    texts.into_iter().for_each(String::clear);
}
