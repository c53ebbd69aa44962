//! Mail of an authority: the committee, a court, a regulator of the settings (the procedure's end). It is no complaint and gets
//! no answer. It is filed with the case that it is about, changes nothing there, and the supervisor has it at once: never is it
//! filed unseen (invariant 1). Pure.
//!
//! Here alone a case is known by a number or a name that somebody else than its customer writes (the exception to
//! invariant 6), because nothing follows from it but that a supervisor reads it. Where the mail server checks senders, a mail
//! that it does not confirm is no authority's: an ordinary complaint, which staff are told is in that name.

use super::belonging::numbers;
use super::deciding::Deciding;
use super::draft::{Content, Cover, Done, Draft, KnownBy, Official, OfficialAbout, Remark, Topic};
use super::sight::{is_hidden, supervisor};
use super::words::Words;
use super::{CaseFile, Disposition, MailDecision, Role, Rules, Snapshot, Verdict};
use crate::case::{Actor, Address, Case, CaseNumber, Certainty, Event, What};
use crate::config::Authority;
use crate::desk::draft::Writer;
use crate::digest::WhyAside;
use crate::mail::{Forwarded, Mail, SenderProof};

/// The authority that wrote a mail, and how sure that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    authority: &'a Authority,
    pub certainty: Certainty,
}

/// The authority whose mail this is; None: it is nobody's of the settings, or a server that checks senders does not confirm it.
pub(super) fn known_authority<'a>(mail: &Mail, from: Option<&Address>, rules: &'a Rules) -> Option<Known<'a>> {
    let authority = rules.authority(from.filter(|from| rules.role(from) == Role::Outsider)?)?;
    match mail.proof {
        // Whom a group names as the author nobody proved.
        _ if mail.written_by.is_some() => None,
        SenderProof::Proven => Some(Known { authority, certainty: Certainty::Proven }),
        SenderProof::None | SenderProof::Inside if !rules.checks_senders => {
            Some(Known { authority, certainty: Certainty::Unproven })
        }
        SenderProof::None | SenderProof::Inside | SenderProof::Failed | SenderProof::Unclear => None,
    }
}

/// A mail in an authority's name that is an ordinary complaint.
pub(super) fn remark(mail: &Mail, from: Option<&Address>, rules: &Rules) -> Option<Remark> {
    let authority = rules.authority(from?)?;
    known_authority(mail, from, rules).is_none().then(|| Remark::InNameOf(authority.name.clone()))
}

/// What it says, and to whom it came.
struct Said<'a> {
    by: Known<'a>,
    from: Address,
    words: Words,
    actor: Actor,
}

impl<'a> Deciding<'a> {
    /// The authority that wrote the mail at hand.
    pub fn by_authority(&self) -> Option<Known<'a>> {
        known_authority(self.mail.mail, self.intent.from.as_ref(), self.rules)
    }

    /// A mail of an authority; `file` is that of the letter of ours that it answers.
    pub fn on_official(&self, by: Known<'_>, file: Option<&CaseFile>) -> MailDecision {
        let from = self.intent.author();
        let Some(address) = self.intent.from.clone() else { return self.set_aside(None, WhyAside::Authority) };
        let mut words = Words::of(self.mail, Writer::Other(from.clone()));
        // What it answers says nothing; the whole of it may be one quote.
        if words.text.trim().is_empty() {
            words.text.clone_from(&self.mail.mail.text);
        }
        let said = Said { by, from: address, words, actor: Actor::Other(from) };
        match file.map(|file| (file, KnownBy::Number)).or_else(|| about(self.known)) {
            Some((file, known_by)) => self.official_on(file, known_by, said),
            None => self.official_apart(said),
        }
    }

    /// The same in a colleague's hands, who passed it on (§2.2); the colleague hears that the supervisor has it. The forward
    /// proves the colleague, and not who wrote what stands in it: anybody can write to a colleague in an authority's name.
    pub fn official_passed_on(
        &self,
        by: &Address,
        from: Address,
        forwarded: &Forwarded,
        above: &str,
    ) -> Option<MailDecision> {
        let authority = self.rules.authority(&from)?;
        let cover = Cover::of(by, above);
        let mut words = Words::passed_on(self.mail.mail, forwarded, self.mail.received_at, cover);
        words.by = Writer::Other(from.to_string());
        let known = Known { authority, certainty: Certainty::Unproven };
        let said = Said { by: known, from, words, actor: Actor::Staff(by.clone()) };
        let mut decision = match about(self.known) {
            Some((file, known_by)) => self.official_on(file, known_by, said),
            None => self.official_apart(said),
        };
        let done = vec![Done::ToSupervisor { from: authority.name.clone() }];
        decision.letters.push(self.receipt_of_no_case(by.clone(), done));
        Some(decision)
    }

    /// On file with the case, and to its supervisor; no state and no term changes.
    fn official_on(&self, file: &CaseFile, known_by: KnownBy, said: Said<'_>) -> MailDecision {
        let case = &file.case;
        let wrote = What::AuthorityWrote {
            authority: said.by.authority.name.clone(),
            message_id: said.words.message_id.clone(),
            from: said.from.to_string(),
            text: said.words.kept(self.rules).0,
            certainty: said.by.certainty,
        };
        let note = said.words.cover.as_ref().map(|cover| What::Noted { text: cover.text.clone() });
        let event = |what| self.event(Some(case.number), said.actor.clone(), what);
        let events: Vec<Event> = std::iter::once(wrote).chain(note).map(event).collect();
        let about = OfficialAbout {
            known_by,
            customer: case.customer.clone(),
            subject: case.subject.clone(),
            state: case.state,
            lodged_at: case.lodged_at,
        };
        let others = self.known.named.iter().filter(|other| other.case.number != case.number);
        let letter = supervisor(case, self.rules).map(|to| {
            let perhaps = self.perhaps(others, &to);
            self.official(Some(case), to, &said, Some(about), perhaps)
        });
        let (disposition, reason) = (Disposition::FollowUp, "an authority wrote about this case".to_owned());
        let verdict = Verdict { disposition, reason, case: Some(case.number) };
        MailDecision { verdict, events, letters: letter.into_iter().collect() }
    }

    /// Nobody can tell what it is about: a person reads it at once, and it stays where what was put aside can be asked for. Where
    /// it may be about a case that is hidden, that is one of its readers, and nobody else is shown it.
    fn official_apart(&self, said: Said<'_>) -> MailDecision {
        let hidden = hidden(&self.known.customers).map(|file| &file.case);
        let reason = WhyAside::Authority.english().to_owned();
        let mut decision = self.filed(Disposition::SetAside, hidden.map(|case| case.number), reason);
        let fallback = || self.rules.fallback().map(|department| department.supervisor.clone());
        let Some(to) = hidden.map_or_else(fallback, |case| supervisor(case, self.rules)) else { return decision };
        let perhaps = self.perhaps(&self.known.customers, &to);
        let letter = self.official(None, to, &said, None, perhaps);
        let what = What::AsideTold { letter: Some(letter.id.clone()), mails: vec![self.mail.id] };
        decision.events.push(Event { mail: None, ..self.event(None, Actor::Desk, what) });
        decision.letters.push(letter);
        decision
    }

    /// Cases that it may be about, where the reader may know that they are there.
    fn perhaps<'f>(&self, files: impl IntoIterator<Item = &'f CaseFile>, to: &Address) -> Vec<CaseNumber> {
        numbers(files.into_iter().filter(|file| !is_hidden(&file.case, to, self.rules)))
    }

    fn official(
        &self,
        case: Option<&Case>,
        to: Address,
        said: &Said<'_>,
        about: Option<OfficialAbout>,
        perhaps: Vec<CaseNumber>,
    ) -> Draft {
        let content = Content::Authority(Box::new(Official {
            authority: said.by.authority.name.clone(),
            from: said.from.to_string(),
            certainty: said.by.certainty,
            subject: said.words.subject.clone(),
            text: said.words.text.clone(),
            quoted: said.words.quoted.clone(),
            received_at: said.words.received_at,
            about,
            perhaps,
            cover: said.words.cover.clone(),
        }));
        let draft = match case {
            Some(case) => self.to_staff(case, to, content),
            None => {
                let topic = Topic { subject: said.words.subject.clone(), customer: String::new() };
                Draft { topic, ..self.caseless(to, content) }
            }
        };
        Draft { carried: self.carry(), ..draft }
    }
}

/// The case that it answers a mail of, or names; by its customer only where that is one and the same case. Of several a hidden
/// one: what is said of it is for its readers.
fn about(known: &Snapshot) -> Option<(&CaseFile, KnownBy)> {
    let by_number =
        hidden(known.answered.iter().chain(&known.named)).or(known.answered.first()).or(known.named.first());
    let by_name = match known.customers.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    by_number.map(|file| (file, KnownBy::Number)).or(by_name.map(|file| (file, KnownBy::Name)))
}

fn hidden<'f>(files: impl IntoIterator<Item = &'f CaseFile>) -> Option<&'f CaseFile> {
    files.into_iter().find(|file| file.case.confidential.is_some())
}
