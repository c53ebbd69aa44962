//! Drafts the desk writes in more than one place: who gets them, and in which thread they stand. Pure.

use super::choices::{About, choices};
use super::deciding::{Deciding, Pen};
use super::draft::{
    Acknowledgement, Agenda, AgendaStage, Carried, Closing, Content, Cover, Done, Draft, Earlier, FollowUp, ListedCase,
    Manual, Notification, Problem, Question, Receipt, Remark, Topic, Unacknowledged, Writer,
};
use super::sight::{handler_address, is_hidden, may};
use super::words::Words;
use super::{Role, Rules};
use crate::case::{Address, AgendaItem, Case, CaseState, Customer, Language, Outcome, Side};
use crate::mail::Mail;

fn topic(case: &Case) -> Topic {
    let name = &case.customer.name;
    let address = || case.customer.address.as_ref().map(ToString::to_string).unwrap_or_default();
    Topic { subject: case.subject.clone(), customer: if name.is_empty() { address() } else { name.clone() } }
}

impl Pen<'_> {
    /// A letter to the customer, in the thread of the customer's mail client.
    pub fn to_customer(self, case: &Case, to: Address, content: Content) -> Draft {
        let acts = case.representative.as_ref().filter(|acts| acts.address == to);
        let thread = acts.map_or(&case.customer_thread, |acts| &acts.thread);
        Draft {
            to_name: case.addressee(&to).name,
            side: Side::Customer,
            language: case.language,
            in_reply_to: thread.last().cloned(),
            references: thread.clone(),
            ..self.to_staff(case, to, content)
        }
    }

    /// A letter to staff, in the case's thread of their mail client.
    pub fn to_staff(self, case: &Case, to: Address, content: Content) -> Draft {
        Draft {
            case: Some(case.number),
            customer_language: Some(case.language),
            topic: topic(case),
            in_reply_to: case.staff_thread.first().cloned(),
            references: case.staff_thread.clone(),
            ..self.caseless(to, content)
        }
    }

    /// The same to somebody who may have no part in it: of a case that is hidden from its reader the letter names nothing.
    pub fn to_anybody(self, case: &Case, to: Address, content: Content) -> Draft {
        if is_hidden(case, &to, self.rules) { self.caseless(to, content) } else { self.to_staff(case, to, content) }
    }

    /// A letter to staff that belongs to no case.
    pub fn caseless(self, to: Address, content: Content) -> Draft {
        Draft {
            id: self.fresh.letter(),
            to,
            to_name: String::new(),
            side: Side::Staff,
            case: None,
            language: self.rules.language,
            customer_language: None,
            topic: Topic::default(),
            in_reply_to: None,
            references: Vec::new(),
            carried: Vec::new(),
            enclosed: Vec::new(),
            content,
        }
    }

    /// §2.1.2: the complaint is being handled.
    pub fn acknowledgement(self, case: &Case, to: Address) -> Draft {
        self.acknowledgement_of(case, to, None)
    }

    /// The same, with what the customer wrote where that is proven to be whom the letter goes to.
    pub fn acknowledgement_of(self, case: &Case, to: Address, own_words: Option<String>) -> Draft {
        let customer_name = case.addressee(&to).name;
        let text = Acknowledgement { customer_name, own_words, ..acknowledgement_text(case, self.rules) };
        self.to_customer(case, to, Content::Acknowledgement(text))
    }

    /// To the department: a complaint to handle. Made again from the register, for the next person up (invariant 4) or the next
    /// one to handle it, it names no attachments: the first reader's server refused the letter.
    pub fn notification(self, case: &Case, to: Address, beside: Beside) -> Draft {
        let content = Content::Notification(Box::new(Notification {
            customer: case.customer.clone(),
            channel: case.channel,
            subject: case.subject.clone(),
            text: case.text.clone(),
            quoted: beside.quoted,
            references: case.references.clone(),
            department_title: self.rules.title(&case.department).to_owned(),
            why: case.routing.clone(),
            received_at: case.received_at,
            due: case.due,
            listed: Vec::new(),
            remarks: beside.remarks,
            reopened: case.reopened > 0,
            unacknowledged: beside.unacknowledged,
            cover: beside.cover,
            earlier: beside.earlier,
            manual: beside.manual,
            texts: self.rules.text_names(),
        }));
        Draft { carried: beside.carried, ..self.to_staff(case, to, content) }
    }

    /// To a handler: what the customer wrote in another case, which goes on in this one.
    pub fn merged_notice(self, case: &Case, to: Address, gone: &Case) -> Draft {
        let elsewhere = gone.customer.address.as_ref().filter(|wrote| case.customer.address.as_ref() != Some(wrote));
        let (by, remark) = match elsewhere {
            Some(wrote) => {
                let wrote = wrote.to_string();
                (Writer::Other(wrote.clone()), Remark::WasCaseOf { number: gone.number, wrote })
            }
            None => (Writer::Customer, Remark::WasCase(gone.number)),
        };
        let content = Content::FollowUp(FollowUp {
            customer: case.customer.clone(),
            by,
            subject: gone.subject.clone(),
            text: gone.text.clone(),
            quoted: String::new(),
            received_at: gone.lodged_at,
            due: case.due,
            listed: Vec::new(),
            remarks: vec![remark],
            state: case.state,
            cover: None,
            first_response_done: case.first_response_at().is_some(),
        });
        self.to_staff(case, to, content)
    }

    /// §2.4.2: the written confirmation of the settlement.
    pub fn closing(self, case: &Case, to: Address, settlement: &str) -> Draft {
        let closing = Closing { customer_name: case.addressee(&to).name, ..closing_text(case, settlement, self.rules) };
        self.to_customer(case, to, Content::Closing(closing))
    }

    /// To whoever has something on the agenda (§2.4.1), as long as that person is staff; else to who handles the case now,
    /// so that nothing is forgotten and nobody who left is told of it (invariant 6).
    pub fn agenda_letter(self, case: &Case, item: &AgendaItem, stage: AgendaStage) -> Draft {
        let content = Content::Agenda(Agenda {
            id: item.id.clone(),
            sequence: item.sequence,
            stage,
            at: item.at,
            text: item.text.clone(),
            customer: case.customer.clone(),
        });
        let is_staff = self.rules.role(&item.whose) == Role::Staff && !is_hidden(case, &item.whose, self.rules);
        let other = if is_staff { None } else { handler_address(case, self.rules) };
        self.to_staff(case, other.unwrap_or_else(|| item.whose.clone()), content)
    }
}

impl Deciding<'_> {
    /// To staff about a mail of theirs: answers that very mail, so that it stands below it.
    pub fn answering(&self, mut draft: Draft) -> Draft {
        if let Some(id) = &self.mail.mail.message_id {
            draft.in_reply_to = Some(id.clone());
            draft.references.push(id.clone());
        }
        draft
    }

    /// A question to a sender who is staff; nothing of the mail was relayed.
    pub fn question(&self, case: Option<&Case>, to: Address, why: Problem) -> Draft {
        self.question_about(case, to, why, &self.mail.mail.reply)
    }

    /// The same about what was typed in it.
    pub fn question_about(&self, case: Option<&Case>, to: Address, why: Problem, typed: &str) -> Draft {
        let about = if case.is_some() { About::Case } else { About::Nothing };
        let choices = choices(&why, typed, about, self.rules.language);
        let content = Content::Question(Question { why, text: typed.to_owned(), choices });
        let draft = match case {
            Some(case) => self.to_staff(case, to, content),
            None => Draft {
                topic: Topic { subject: self.mail.mail.subject.clone(), customer: String::new() },
                ..self.caseless(to, content)
            },
        };
        self.answering(draft)
    }

    /// To a colleague whose mail did something on a case.
    pub fn receipt(&self, case: &Case, to: Address, receipt: Receipt) -> Draft {
        self.answering(self.to_staff(case, to, Content::Receipt(receipt)))
    }

    /// The same where it did something that belongs to no case.
    pub fn receipt_of_no_case(&self, to: Address, done: Vec<Done>) -> Draft {
        let receipt = Receipt {
            done,
            customer: Customer::default(),
            due: self.rules.due(self.now),
            first_response_done: true,
            case_closed: false,
        };
        self.answering(self.caseless(to, Content::Receipt(receipt)))
    }

    /// To the handler: somebody wrote on the case.
    pub fn follow_up(&self, case: &Case, to: Address, words: &Words, remarks: Vec<Remark>) -> Draft {
        let content = Content::FollowUp(FollowUp {
            customer: case.customer.clone(),
            by: words.by.clone(),
            subject: case.subject.clone(),
            text: words.text.clone(),
            quoted: words.quoted.clone(),
            received_at: words.received_at,
            due: case.due,
            listed: Vec::new(),
            remarks,
            state: case.state,
            cover: words.cover.clone(),
            first_response_done: case.first_response_at().is_some(),
        });
        Draft { carried: self.carry(), ..self.to_staff(case, to, content) }
    }
}

impl Receipt {
    /// Of what was done on a case, as it stands by now.
    pub(super) fn of(case: &Case, done: Vec<Done>) -> Self {
        Self {
            done,
            customer: case.customer.clone(),
            due: case.due,
            first_response_done: case.first_response_at().is_some(),
            case_closed: case.state != CaseState::Open,
        }
    }
}

impl Done {
    /// The list of verbs, and the company's own sentences where there are any.
    pub(super) fn manual(rules: &Rules) -> impl Iterator<Item = Self> {
        let texts = Some(rules.text_names()).filter(|names| !names.is_empty());
        [Self::Help].into_iter().chain(texts.map(|names| Self::StandardTexts { names }))
    }

    /// A complaint is on file, and whom that was acknowledged to.
    pub(super) fn registered(case: &Case, acknowledged: Option<Address>, rules: &Rules) -> Self {
        let department_title = rules.title(&case.department).to_owned();
        Self::Registered { number: case.number, department_title, acknowledged }
    }
}

/// A case as lists show it. A handler who left the department handles it no more.
pub(super) fn listed(case: &Case, reader: &Address, rules: &Rules) -> ListedCase {
    let address = case.customer.address.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = case.customer.name.trim();
    let current = handler_address(case, rules);
    ListedCase {
        number: case.number,
        customer: if name.is_empty() { address } else { name.to_owned() },
        subject: case.subject.clone(),
        department_title: rules.title(&case.department).to_owned(),
        handler: case.handler.clone().filter(|handler| current.as_ref() == Some(handler)),
        state: case.state,
        received_at: case.received_at,
        closed_at: case.closed_at,
        next: case.next_clock(),
        may: may(case, reader, rules),
    }
}

/// What an acknowledgement says, by whatever way it goes.
pub(super) fn acknowledgement_text(case: &Case, rules: &Rules) -> Acknowledgement {
    Acknowledgement {
        customer_name: case.customer.name.clone(),
        department_title: rules.title_in(&case.department, case.language),
        received_at: case.received_at,
        due: case.due,
        reopened: case.reopened > 0,
        own_words: None,
    }
}

/// What a notification says beside the case as it stands.
#[derive(Default)]
pub(super) struct Beside {
    /// What stood below the complaint in its mail.
    pub quoted: String,
    pub remarks: Vec<Remark>,
    pub unacknowledged: Option<Unacknowledged>,
    /// What a colleague wrote for whoever reads it.
    pub cover: Option<Cover>,
    pub carried: Vec<Carried>,
    pub earlier: Earlier,
    pub manual: Manual,
}

/// What the confirmation says, by whatever way it goes.
pub(super) fn closing_text(case: &Case, settlement: &str, rules: &Rules) -> Closing {
    Closing {
        customer_name: case.customer.name.clone(),
        subject: case.subject.clone(),
        received_at: case.lodged_at,
        settlement: settlement.to_owned(),
        committee_last_day: rules.committee_last_day(case),
        asks: false,
    }
}

/// Whether the customer is asked if it was solved: where the company wants to know, and nobody was told "no" or is in a dispute.
/// Who acts for the customer is not asked.
pub(super) fn asks_if_solved(case: &Case, to: &Address, rules: &Rules) -> bool {
    let is_refused = case.judgement.outcome == Some(Outcome::Unfounded) || case.disputed.is_some();
    rules.closing.ask
        && rules.closing.ask_languages.iter().any(|tag| tag == case.language.tag())
        && case.customer.address.as_ref() == Some(to)
        && !is_refused
}

/// The language letters to this customer are written in.
pub(super) fn language(mail: &Mail, rules: &Rules) -> Language {
    spoken(mail.language, rules)
}

/// The same for a text that a colleague passed on or wrote down.
pub(super) fn language_of(text: &str, subject: &str, rules: &Rules) -> Language {
    spoken(crate::mail::language_of(text, subject), rules)
}

fn spoken(language: Option<Language>, rules: &Rules) -> Language {
    language.filter(|language| rules.languages.contains(language)).unwrap_or(rules.customers_language)
}
