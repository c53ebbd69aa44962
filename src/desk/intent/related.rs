//! What the register is asked for: the cases and mails that a mail may be about, and what a colleague asks to see. Pure.

use super::Intent;
use crate::case::{Address, CaseNumber, LetterId, Side, Token};
use crate::desk::authority::Act;
use crate::desk::sent_by::is_machine;
use crate::desk::verbs::Verb;
use crate::desk::wants::{Want, want};
use crate::desk::words::{TEXT_MAX, complaint};
use crate::desk::{Asked, ClickedOn, Naming, Role, Rules, Said};
use crate::mail::{Cut, CutSign, FindingKind, Forwarded, ForwardedHow, Mail, NoAnswer, SenderProof};

/// Cases named in one mail that are looked up; more is no reference but noise.
const NAMED_MAX: usize = 5;
/// Ids of one thread that are looked up, the nearest first: an id further up says little of what the mail is about.
const ANSWERED_MAX: usize = 10;
/// A mail to more people than this is no answer to a customer but a circular.
const MAILED_MAX: usize = 20;

impl Intent {
    /// Cases that the mail names: in its subject, in its new text, or by the id of an older letter of ours in its thread,
    /// which says no more than a number does.
    pub(super) fn named(&self, mail: &Mail, rules: &Rules) -> Vec<CaseNumber> {
        let passed_on = self.passed_on_by_colleague(mail);
        let inside = passed_on.iter().flat_map(|forwarded| [&forwarded.subject, &forwarded.said]);
        let typed = [&mail.subject, &mail.reply].into_iter().chain(inside).flat_map(|text| CaseNumber::find_all(text));
        let older = passed_on.iter().flat_map(|forwarded| &forwarded.answers).chain(&mail.references);
        let older = older.filter_map(|id| rules.keys.read(id)?.case);
        let mut named = Vec::new();
        for number in typed.chain(older) {
            if named.len() < NAMED_MAX && !named.contains(&number) {
                named.push(number);
            }
        }
        named
    }

    /// Ids of mails that this one answers, its direct parent first. An empty id answers nothing: it would meet every mail
    /// that has none.
    pub(super) fn answered(&self, mail: &Mail) -> Vec<String> {
        let passed_on = self.passed_on_by_colleague(mail);
        // The mail that is passed on may be on file itself.
        let inside = passed_on.iter().flat_map(|forwarded| forwarded.message_id.iter().chain(&forwarded.answers));
        let ids = mail.in_reply_to.iter().chain(inside).chain(mail.references.iter().rev());
        let mut answered: Vec<String> = Vec::new();
        for id in ids.filter(|id| !id.trim().is_empty()) {
            if answered.len() < ANSWERED_MAX && !answered.contains(id) {
                answered.push(id.clone());
            }
        }
        answered
    }

    /// What is said, by whom, where it may have been sent twice. Not by a machine: two callers leave the same words with a
    /// voicemail box, and two customers with a web form. For the same reason not where the answer is to go to somebody else.
    pub(super) fn said(&self, mail: &Mail) -> Option<Said> {
        if let Some(filled) = &self.form {
            return Said::new(filled.customer.address.clone()?, &filled.subject, &filled.text);
        }
        if let Some(forwarded) = self.passed_on_by_colleague(mail) {
            let customer = Address::parse(&forwarded.from.address).ok()?;
            return Said::new(customer, &forwarded.subject, &forwarded.said);
        }
        let from = self.outsider().filter(|from| !is_machine(from))?;
        let elsewhere = mail.findings.iter().any(|finding| finding.kind == FindingKind::ReplyToElsewhere);
        // What was cut off as a quote, or is too long to be kept, may differ.
        let is_signature = |cut: &Cut| {
            matches!(cut.sign, CutSign::SignatureDelimiter | CutSign::AppLine | CutSign::Disclaimer | CutSign::Banner)
        };
        let is_whole = mail.cuts.iter().all(is_signature)
            && mail.forwarded.is_none()
            && complaint(mail).chars().nth(TEXT_MAX - 1).is_none();
        let is_someones = mail.automatic.is_none() && !elsewhere && is_whole;
        is_someones.then(|| Said::new(from.clone(), &mail.subject, &complaint(mail))).flatten()
    }

    /// Whose complaint it is, where it is one.
    pub(super) fn customer(&self, mail: &Mail) -> Option<Address> {
        let of_form = self.form.as_ref().and_then(|filled| filled.customer.address.clone());
        let passed_on = || Address::parse(&self.passed_on_by_colleague(mail)?.from.address).ok();
        of_form.or_else(passed_on).or_else(|| self.outsider().cloned())
    }

    /// What a click in a mail program is about, where the program names it by its subject alone: "Intrekken: Kras op de deur".
    pub(super) fn topic(&self, mail: &Mail) -> Option<ClickedOn> {
        let from = self.outsider().filter(|_| is_click(mail))?;
        let (_, subject) = mail.subject.split_once(':')?;
        ClickedOn::new(from.clone(), subject)
    }

    /// An authority's words, its own or in a mail that a colleague passed on.
    pub(super) fn naming(&self, mail: &Mail, rules: &Rules) -> Option<Naming> {
        if let Some(forwarded) = self.passed_on_by_colleague(mail) {
            let from = Address::parse(&forwarded.from.address).ok()?;
            rules.authority(&from)?;
            return Some(Naming::new(&format!("{}\n{}", forwarded.subject, forwarded.body)));
        }
        // Whoever is not believed to be one costs no search.
        let is_believed = mail.proof == SenderProof::Proven || !rules.checks_senders;
        rules.authority(self.outsider().filter(|_| is_believed)?)?;
        Some(Naming::new(&format!("{}\n{}", mail.subject, mail.text)))
    }

    fn outsider(&self) -> Option<&Address> {
        self.from.as_ref().filter(|_| self.role == Role::Outsider)
    }

    /// A customer's mail that a colleague passed on.
    fn passed_on_by_colleague<'a>(&self, mail: &'a Mail) -> Option<&'a Forwarded> {
        let forwarded = mail.forwarded.as_ref().filter(|forwarded| forwarded.how != ForwardedHow::Rewritten);
        forwarded.filter(|_| self.role != Role::Outsider)
    }

    /// Whom the register must look up as customers.
    pub(super) fn mailed(&self, mail: &Mail, rules: &Rules) -> Vec<Address> {
        let from = self.from.as_ref().filter(|_| Act::Record.is_for(self.role, None));
        let mut all: Vec<Address> =
            from.into_iter().flat_map(|from| mailed(mail, from, rules)).take(MAILED_MAX + 1).collect();
        if all.len() > MAILED_MAX {
            return Vec::new();
        }
        all.sort_by_key(Address::key);
        all.dedup();
        all
    }

    /// The case named in a reply that does nothing but confirm, to a letter of ours that belongs to no case.
    pub(super) fn confirms(&self, token: Option<&Token>) -> Option<CaseNumber> {
        token.filter(|token| token.case.is_none() && token.side == Side::Staff)?;
        let typed = self.typed.relayable.as_ref()?;
        let only_confirms = !typed.lines.is_empty() && typed.lines.iter().all(|line| line.verb == Verb::Sent);
        let named = typed.lines.iter().find_map(|line| CaseNumber::find_all(&line.value).into_iter().next());
        named.filter(|_| only_confirms)
    }

    /// The mail on file that a mail of a colleague asks about: by its number, or as the only one that the answered notice
    /// tells of.
    pub(super) fn asked(&self, token: Option<&Token>) -> Option<Asked> {
        if !Act::Look.is_for(self.role, None) {
            return None;
        }
        let instruction = self.typed.reply.as_ref()?;
        let [line] = instruction.lines.as_slice() else { return None };
        if !matches!(line.verb, Verb::Show | Verb::Restore) {
            return None;
        }
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

    /// The letter in answer to which a colleague asks for its mails.
    pub(super) fn adopts(&self, token: Option<&Token>) -> Option<LetterId> {
        let token = token.filter(|token| token.case.is_none() && token.side == Side::Staff)?;
        let asks = self.typed.reply.as_ref()?.lines.iter().any(|line| line.verb == Verb::Adopt);
        asks.then(|| token.letter.clone())
    }

    /// What the verbs of a colleague's mail ask for.
    pub(super) fn want(&self, mail: &Mail, rules: &Rules) -> Option<Want> {
        let may_ask = Act::Ask.is_for(self.role, None) && Act::Ask.believes(mail.proof, rules);
        let (from, typed) = self.from.as_ref().filter(|_| may_ask).zip(self.typed.reply.as_ref())?;
        typed.lines.iter().find_map(|line| want(line, &typed.text, from, rules))
    }
}

/// Everybody in To and Cc but the desk and the sender.
pub(in crate::desk) fn mailed(mail: &Mail, from: &Address, rules: &Rules) -> impl Iterator<Item = Address> {
    let named = mail.to.iter().chain(&mail.cc).filter_map(|party| Address::parse(&party.address).ok());
    named.filter(move |address| !rules.is_desk(address) && address != from)
}

/// A click in a mail program is no answer.
pub(in crate::desk) fn is_click(mail: &Mail) -> bool {
    matches!(mail.no_answer, Some(NoAnswer::Recall | NoAnswer::Reaction(_) | NoAnswer::ReadReceipt))
}

/// `17`, `#17`, `nr. 17`, `bericht 17`: the only number in it.
fn number(value: &str) -> Option<i64> {
    let mut runs = value.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    match (runs.next(), runs.next()) {
        (Some(run), None) if !value.contains("K-") => run.parse().ok(),
        _ => None,
    }
}
