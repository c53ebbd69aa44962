//! Opening a case, by whatever way the complaint came in: its events, the acknowledgement, the notification (§2.1.2).
//! Pure.

use super::deciding::Deciding;
use super::draft::{Cover, Draft, Manual, OddSender, Remark, Sheet, Unacknowledged, Unread};
use super::earlier::earlier;
use super::letters_out::{Beside, acknowledgement_text, language_of};
use super::paper::written;
use super::routing::Written;
use super::sight::notified;
use super::words::TEXT_MAX;
use super::{CaseFile, Disposition, MailDecision, Rules, Snapshot, Verdict};
use crate::case::{
    Actor, Address, Case, CaseNumber, Channel, Confidential, Customer, Event, Language, Moment, Opened, What,
};
use crate::mail::{FindingKind, Mail, SenderProof};

/// What is complained of, by whom and when, however it was found out.
pub(super) struct Complaint {
    pub channel: Channel,
    /// None: that of the text.
    pub language: Option<Language>,
    pub customer: Customer,
    pub subject: String,
    pub text: String,
    /// When the company had it (invariant 9).
    pub received_at: Moment,
    /// The id by which the customer knows the mail.
    pub message_id: Option<String>,
}

impl Complaint {
    /// As it is registered: routed, with its terms and what it can be found by.
    pub fn opened(self, mail: &Mail, rules: &Rules) -> Opened {
        let (from, to) = (self.customer.named(), mail.receivers());
        let routing =
            rules.routes.route_all(Written { subject: &self.subject, text: &self.text, from: &from, to: &to });
        Opened {
            references: rules.references.find(&format!("{}\n{}", self.subject, self.text)),
            channel: self.channel,
            language: self.language.unwrap_or_else(|| language_of(&self.text, &self.subject, rules)),
            customer: self.customer,
            subject: self.subject,
            text: self.text.chars().take(TEXT_MAX).collect(),
            department: routing.department,
            routing: routing.why,
            due: rules.due(self.received_at),
            received_at: self.received_at,
            message_id: self.message_id,
            mailbox: Some(rules.mailbox.clone()),
        }
    }
}

/// A case to open, by whatever way the complaint came in.
pub(super) struct NewCase<'a> {
    pub opened: Opened,
    /// Who brought it in.
    pub actor: Actor,
    /// The address the acknowledgement goes to, or why none goes out.
    pub acknowledge: Result<Address, Unacknowledged>,
    /// What the acknowledgement repeats; see [`super::own_words`].
    pub own_words: Option<String>,
    /// Cases it may belong with.
    pub named: &'a [CaseNumber],
    /// What stood below the complaint in its mail.
    pub quoted: String,
    /// What the colleague wrote who passed it on.
    pub cover: Option<Cover>,
    /// Who alone sees it, where it belongs with a case that is hidden.
    pub confidential: Option<Confidential>,
}

impl Deciding<'_> {
    /// Opens a case: its events, the acknowledgement, the notification (§2.1.2); `marked` is what staff should know beside what
    /// the mail itself shows. The case comes back as it stands.
    pub fn open_case(&self, new: NewCase<'_>, mut marked: Vec<Remark>) -> (MailDecision, Case) {
        let (mail, rules) = (self.mail.mail, self.rules);
        let number = CaseNumber { year: rules.year(self.now), serial: self.known.next_serial };
        let mut case = Case::open(number, self.now, &new.opened);
        case.confidential.clone_from(&new.confidential);
        let event = |actor, what| self.event(Some(number), actor, what);
        let mut events = vec![event(new.actor, What::Opened(Box::new(new.opened)))];
        events.extend(new.confidential.map(|readers| event(Actor::Desk, What::ConfidentialSet(readers))));
        events.extend(new.named.iter().map(|other| event(Actor::Desk, What::Linked { other: *other })));

        let unacknowledged = new.acknowledge.as_ref().err().copied();
        if unacknowledged == Some(Unacknowledged::Disowned) {
            events.push(event(Actor::Desk, What::AcknowledgementHeld));
        }
        let acknowledged = new.acknowledge.ok().map(|to| self.acknowledgement_of(&case, to, new.own_words));
        let department = notified(&case, rules);
        let by_post = department.clone().filter(|_| unacknowledged == Some(Unacknowledged::ByPost));
        let sheet = || Sheet::Acknowledgement(acknowledgement_text(&case, rules));
        let on_paper = by_post.map(|to| self.paper(&case, to, sheet()));
        events.extend(on_paper.as_ref().and_then(written).map(|what| event(Actor::Desk, what)));
        // Where answers are asked to go is only news where they go elsewhere.
        let is_true = |remark: &Remark| {
            !matches!(remark, Remark::ReplyToElsewhere(_)) || case.customer.address == self.intent.from
        };
        marked.extend(remarks(mail, new.named).into_iter().filter(is_true));
        let (quoted, carried) = (new.quoted, self.carry());
        let beside = Beside { quoted, remarks: marked, unacknowledged, cover: new.cover, carried, ..Beside::default() };
        let notification = department.map(|to| {
            let earlier = earlier(&case, &to, &self.known.earlier, rules);
            let manual = if self.known.practised.contains(&to) { Manual::Short } else { Manual::Whole };
            self.notification(&case, to, Beside { earlier, manual, ..beside })
        });
        let urgent = self.urgent(&case, &case.subject, &case.text);
        let (told, urgent): (Vec<Event>, Vec<Draft>) = urgent.into_iter().unzip();
        events.extend(told);
        let reason = format!("a complaint for {}", case.department);
        let decision = MailDecision {
            verdict: Verdict { disposition: Disposition::Complaint, reason, case: Some(number) },
            events,
            letters: acknowledged.into_iter().chain(notification).chain(on_paper).chain(urgent).collect(),
        };
        (decision, case)
    }
}

/// Who alone sees a case that belongs with others, by what it answers or names: what one of them hides may stand in it.
pub(super) fn hidden_with(known: &Snapshot, linked: &[CaseNumber]) -> Option<Confidential> {
    let mut related = known.file.iter().chain(&known.answered).chain(&known.named);
    let is_linked = |file: &&CaseFile| linked.contains(&file.case.number) && file.case.confidential.is_some();
    related.find(is_linked).and_then(|file| file.case.confidential.clone())
}

/// What staff should know about this mail.
pub(super) fn remarks(mail: &Mail, named: &[CaseNumber]) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = named.iter().copied().map(Remark::MayBelongTo).collect();
    if mail.proof == SenderProof::Failed {
        remarks.push(Remark::SenderDisowned);
    }
    remarks.extend(mail.findings.iter().filter_map(|finding| match finding.kind {
        FindingKind::ReplyToElsewhere => {
            let stated: Vec<&str> = mail.reply_to.iter().map(|party| party.address.as_str()).collect();
            Some(Remark::ReplyToElsewhere(stated.join(", ")))
        }
        FindingKind::SeveralFrom => Some(Remark::SenderOdd(OddSender::Several)),
        FindingKind::FromUnclear => Some(Remark::SenderOdd(OddSender::Unclear)),
        FindingKind::NameImitatesAddress => Some(Remark::SenderOdd(OddSender::NameShowsAddress)),
        FindingKind::CharsetGuessed | FindingKind::Empty | FindingKind::NoFrom => None,
        FindingKind::ReadAsFar => Some(Remark::NotAllRead(Unread::End)),
        FindingKind::NestedTooDeep | FindingKind::TooManyParts => Some(Remark::NotAllRead(Unread::ManyParts)),
        FindingKind::TooManyHeaders | FindingKind::HeaderTooLong => Some(Remark::NotAllRead(Unread::Headers)),
        FindingKind::TextTooLong => Some(Remark::NotAllRead(Unread::End)),
        FindingKind::OnlyTheBeginning => Some(Remark::OnlyTheBeginning),
        FindingKind::Winmail => Some(Remark::NotAllRead(Unread::Winmail)),
        FindingKind::Encrypted => Some(Remark::NotAllRead(Unread::Encrypted)),
        FindingKind::TextInTwoPlaces => Some(Remark::NotAllRead(Unread::TwoTexts)),
        FindingKind::Unreadable => Some(Remark::NotAllRead(Unread::Damaged)),
    }));
    // A hundred damaged parts are one remark.
    remarks.dedup();
    remarks
}
