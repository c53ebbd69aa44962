//! A customer's mail that a colleague sent on as it was (RFC 5322 §3.6.6): the case is the customer's, received when the
//! colleague's mailbox had it (§2.2, invariant 9). Pure.
//!
//! Anybody can write Resent fields. Unless the mail server proves the colleague, or the operator accepts colleagues
//! unproven, they change nothing but that the department is told of them: then the mail is what any mail from its From is.

use super::authority::Act;
use super::colleague::plausible;
use super::deciding::Deciding;
use super::draft::{Content, Done, Draft, Receipt, Remark};
use super::{MailDecision, Role, Rules};
use crate::case::{Address, Case, Moment};
use crate::mail::Mail;

/// A colleague who sent a mail on.
pub(super) struct SentOn {
    by: Address,
    is_believed: bool,
    at: Option<Moment>,
}

/// The colleague who says to have sent this mail on.
pub(super) fn sent_on(mail: &Mail, rules: &Rules) -> Option<SentOn> {
    let resent = mail.resent.as_ref()?;
    let by = Address::parse(&resent.from.address).ok().filter(|by| rules.role(by) != Role::Outsider)?;
    let is_believed = Act::Register.believes(resent.proof, rules);
    Some(SentOn { by, is_believed, at: resent.received.map(|at| at.to_utc()) })
}

impl SentOn {
    /// When the complaint was received.
    pub fn received_at(&self, own: Moment) -> Moment {
        plausible(self.at.filter(|_| self.is_believed), own)
    }

    /// Who received the complaint, where that is believed.
    pub fn receiver(&self) -> Option<&Address> {
        Some(&self.by).filter(|_| self.is_believed)
    }

    /// What the department should know.
    pub fn remark(&self) -> Option<Remark> {
        (!self.is_believed).then(|| Remark::ResentUnproven(self.by.to_string()))
    }

    /// The receipt: the colleague hears what became of the mail. It goes to the registered address.
    pub fn receipt(&self, decision: &MailDecision, case: &Case, on: &Deciding<'_>) -> Option<Draft> {
        if !self.is_believed {
            return None;
        }
        let is_acknowledgement = |draft: &&Draft| matches!(draft.content, Content::Acknowledgement(_));
        let acknowledged = decision.letters.iter().find(is_acknowledgement).map(|draft| draft.to.clone());
        let done = Done::registered(case, acknowledged, on.rules);
        Some(on.receipt(case, self.by.clone(), Receipt::of(case, vec![done])))
    }
}
