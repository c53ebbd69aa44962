//! A person looks at what was put aside: `#toon 17` brings the mail, `#klacht 17` makes it a complaint with its true
//! receipt (invariant 9), once. So does putting it back into the inbox. Pure.
//!
//! Who may: the fallback department, which is told of such mails, the department of the case it is filed on, and
//! `digest.recipients`; from a proven sender (invariant 6). To others a number says nothing.

use super::aside::Aside;
use super::aside_notice::put_aside;
use super::authority::Act;
use super::draft::{Content, Done, Problem, Receipt, Remark, Shown, Topic, Unacknowledged};
use super::letters_out::{answering, caseless, to_staff};
use super::may_reply::{may_reply_looked_at, sender};
use super::opening::{NewCase, TEXT_MAX, open_case};
use super::originals::original;
use super::verbs::Verb;
use super::wants::typed;
use super::whose::Whose;
use super::{Arrival, Asked, Decision, Disposition, Fresh, Incoming, PutBack, Role, Rules, Snapshot, Stored};
use crate::case::{Actor, Address, Case, Event, Language, Moment, Opened, Side, Token, What};
use crate::mail::Mail;

/// How the register's reason begins for a mail that was put aside and is a complaint now.
const MADE_ONE: &str = "a person made it a complaint; before: ";

/// What a colleague wants of a mail on file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Show,
    MakeComplaint,
}

/// The mail on file that a mail of a colleague asks about: by its number, or as the only one that the answered notice
/// tells of.
pub(super) fn asked(mail: &Mail, token: Option<&Token>, rules: &Rules) -> Option<Asked> {
    let from = sender(mail)?;
    if !Act::Look.is_for(rules.role(&from), None) {
        return None;
    }
    let instruction = typed(mail)?;
    let [line] = instruction.lines.as_slice() else { return None };
    want(line.verb)?;
    let on_case = token.is_some_and(|token| token.case.is_some());
    match (number(&line.value), token) {
        // Text beside it is about the case that is answered, and belongs into its file.
        (Some(id), _) if !on_case || instruction.text.is_empty() => Some(Asked::Number(id)),
        (None, Some(token)) if !on_case && token.side == Side::Staff && line.value.is_empty() => {
            Some(Asked::ToldIn(token.letter.clone()))
        }
        _ => None,
    }
}

pub(super) fn want(verb: Verb) -> Option<Want> {
    match verb {
        Verb::Show => Some(Want::Show),
        Verb::Restore => Some(Want::MakeComplaint),
        _ => None,
    }
}

/// `17`, `#17`, `nr. 17`, `bericht 17`: the only number in it.
fn number(value: &str) -> Option<i64> {
    let mut runs = value.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    match (runs.next(), runs.next()) {
        (Some(run), None) if !value.contains("K-") => run.parse().ok(),
        _ => None,
    }
}

/// A proven colleague's mail that asks for one.
pub(super) struct Look<'a> {
    pub mail: &'a Incoming<'a>,
    pub from: &'a Address,
    pub known: &'a Snapshot,
    pub rules: &'a Rules,
    pub now: Moment,
}

impl Look<'_> {
    /// Shows the mail or makes it a complaint; `text` stood below the verb.
    ///
    /// # Errors
    /// Why neither was done.
    pub fn carry_out(&self, want: Want, text: &str, fresh: &mut Fresh) -> Result<Decision, Problem> {
        let stored = self.known.stored.as_ref().filter(|stored| self.may_see(stored)).ok_or(Problem::NoSuchMail)?;
        match want {
            Want::Show => Ok(self.show(stored, fresh)),
            Want::MakeComplaint => self.make_complaint(stored, text, fresh),
        }
    }

    fn may_see(&self, stored: &Stored) -> bool {
        let binds = |department: Option<&super::Department>| department.is_some_and(|d| d.binds(self.from));
        let of_case = stored.department.as_deref().and_then(|name| self.rules.department(name));
        let was_put_aside = is_put_aside(stored.disposition) || stored.reason.starts_with(MADE_ONE);
        self.rules.digest_recipients.contains(self.from)
            || binds(of_case)
            || was_put_aside && binds(self.rules.fallback())
    }

    fn show(&self, stored: &Stored, fresh: &mut Fresh) -> Decision {
        let content = Content::Shown(shown(stored, self.rules));
        let subject = stored.mail.as_deref().map(|mail| mail.subject.clone()).unwrap_or_default();
        let topic = Topic { subject, customer: String::new() };
        let carried = original(stored, self.rules).into_iter().collect();
        let letter = super::draft::Draft { topic, carried, ..caseless(self.from.clone(), content, self.rules, fresh) };
        let reason = format!("asked to see mail {}", stored.id);
        Decision { letters: vec![answering(letter, self.mail.mail)], ..self.filed(reason, None) }
    }

    fn make_complaint(&self, stored: &Stored, text: &str, fresh: &mut Fresh) -> Result<Decision, Problem> {
        let settled = stored.became.or(stored.case.filter(|_| stored.disposition == Disposition::Complaint));
        if let Some(case) = settled {
            return Err(Problem::IsComplaint { mail: stored.id, case });
        }
        if !is_put_aside(stored.disposition) {
            return Err(Problem::NoSuchMail);
        }
        let actor = Actor::Staff(self.from.clone());
        let looked = Looked {
            stored,
            actor: actor.clone(),
            by: Some(self.from),
            known: self.known,
            rules: self.rules,
            now: self.now,
        };
        let (opened, case, acknowledged) = looked.open(fresh);
        let mut decision = self.filed(format!("made mail {} a complaint", stored.id), Some(&case));
        decision.events.splice(0..0, opened.events);
        let event = |what| Event {
            at: self.now,
            case: Some(case.number),
            actor: actor.clone(),
            mail: Some(self.mail.id),
            what,
        };
        let reason = format!("{MADE_ONE}{}", stored.reason);
        let what = What::Reconsidered { disposition: Disposition::Complaint.name().to_owned(), reason };
        decision.events.push(Event { mail: Some(stored.id), ..event(what) });
        if !text.trim().is_empty() {
            decision.events.push(event(What::Noted { text: text.to_owned() }));
        }
        decision.letters = opened.letters;
        decision.letters.push(self.receipt(&case, acknowledged, fresh));
        Ok(decision)
    }

    fn receipt(&self, case: &Case, acknowledged: Option<Address>, fresh: &mut Fresh) -> super::draft::Draft {
        let department_title = self.rules.title(&case.department).to_owned();
        let done = vec![Done::Registered { number: case.number, department_title, acknowledged }];
        let receipt = Receipt {
            done,
            customer: case.customer.clone(),
            due: case.due,
            first_response_done: false,
            case_closed: false,
        };
        let letter = to_staff(case, self.from.clone(), Content::Receipt(receipt), self.rules, fresh);
        answering(letter, self.mail.mail)
    }

    fn filed(&self, reason: String, case: Option<&Case>) -> Decision {
        let number = case.map(|case| case.number);
        super::aside::filed(self.mail, Disposition::Staff, number, reason, self.now)
    }
}

/// Dispositions that a person may overrule.
fn is_put_aside(disposition: Disposition) -> bool {
    matches!(disposition, Disposition::SetAside | Disposition::Unreadable | Disposition::Automatic)
}

/// A mail that a person put back into the inbox: a complaint, received when it first came.
pub(super) fn put_back(
    mail: &Incoming<'_>,
    first: &PutBack,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let received_at = first.received_at.min(mail.received_at);
    let stored = Stored { received_at, ..Stored::of(mail, &first.reason) };
    let looked = Looked { stored: &stored, actor: Actor::Desk, by: None, known, rules, now };
    let (decision, ..) = looked.open(fresh);
    let reason =
        format!("a person put it back into the inbox; first set aside as number {}: {}", first.mail, first.reason);
    Decision { reason, ..decision }
}

/// A mail that a person calls a complaint.
struct Looked<'a> {
    stored: &'a Stored,
    actor: Actor,
    /// Who said so; None: whoever put it back into the inbox.
    by: Option<&'a Address>,
    known: &'a Snapshot,
    rules: &'a Rules,
    now: Moment,
}

impl Looked<'_> {
    /// The case, its letters, and the address that gets an acknowledgement.
    fn open(self, fresh: &mut Fresh) -> (Decision, Case, Option<Address>) {
        let unread = Mail::default();
        let mail = self.stored.mail.as_deref().unwrap_or(&unread);
        let incoming = Incoming {
            id: self.stored.id,
            mail,
            received_at: self.stored.received_at,
            from_junk: self.stored.from_junk,
            arrival: Arrival::New,
        };
        let whose = Whose::of(mail, self.rules);
        let acknowledge = self.acknowledge(mail, &whose);
        let acknowledged = acknowledge.as_ref().ok().cloned();
        let named = [];
        let new = NewCase {
            opened: self.opened(mail, &whose),
            actor: self.actor.clone(),
            acknowledge,
            named: &named,
            quoted: mail.quoted.clone(),
            cover: None,
        };
        let reason = put_aside(self.stored, self.rules).reason;
        let remark = Remark::WasAside { reason, by: self.by.map(ToString::to_string) };
        let marked = std::iter::once(remark).chain(whose.remark(mail)).collect();
        let (mut decision, case) = open_case(&incoming, new, marked, self.known, self.rules, self.now, fresh);
        let event =
            |what| Event { at: self.now, case: Some(case.number), actor: Actor::Desk, mail: Some(incoming.id), what };
        decision.events.extend(whose.on_file(mail).map(event));
        (decision, case, acknowledged)
    }

    /// A person looked, so that neither a spam filter nor the domain's word stands in the way; a machine gets none.
    fn acknowledge(&self, mail: &Mail, whose: &Whose<'_>) -> Result<Address, Unacknowledged> {
        if Aside::of(&self.stored.reason).is_loop() {
            return Err(Unacknowledged::Automatic);
        }
        let address = whose.acknowledge(may_reply_looked_at(mail, self.rules))?;
        // A colleague's name on a mail that nobody proved is no customer.
        Some(address).filter(|address| self.rules.role(address) == Role::Outsider).ok_or(Unacknowledged::NoAddress)
    }

    fn opened(&self, mail: &Mail, whose: &Whose<'_>) -> Opened {
        let mut opened = whose.opened(mail, self.stored.received_at, self.rules);
        opened.customer.address.take_if(|address| self.rules.role(address) != Role::Outsider);
        if self.stored.mail.is_none() {
            opened.subject = self.nameless();
        }
        opened
    }

    fn nameless(&self) -> String {
        match self.rules.language {
            Language::Dutch => format!("Bericht {} (niet te lezen)", self.stored.id),
            Language::English => format!("Message {} (could not be read)", self.stored.id),
        }
    }
}

/// A mail on file for somebody who asked to see it.
fn shown(stored: &Stored, rules: &Rules) -> Shown {
    let mail = stored.mail.as_deref();
    let told = put_aside(stored, rules);
    let file = |attachment: &crate::mail::Attachment| (attachment.name.clone(), attachment.content.len());
    Shown {
        mail: stored.id,
        from: told.from,
        subject: told.subject,
        received_at: stored.received_at,
        // Why it is where it is; of a complaint there is nothing to explain.
        reason: if is_put_aside(stored.disposition) { told.reason } else { String::new() },
        case: stored.case.or(stored.became),
        is_read: mail.is_some(),
        text: mail.map(|mail| mail.text.chars().take(TEXT_MAX).collect()).unwrap_or_default(),
        attachments: mail.map(|mail| mail.attachments.iter().map(file).collect()).unwrap_or_default(),
        whole: stored.whole,
        can_be_complaint: stored.became.is_none() && is_put_aside(stored.disposition),
    }
}
