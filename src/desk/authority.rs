//! Who may do what with which proof: the one table (invariant 6), and the only place where a sender's proof is judged. Pure.
//!
//! Who somebody is to the company is read from the settings when the mail is acted on, so that who left may nothing any
//! more. A token says which letter is answered and to which side it went; Reply-To, names and numbers say nothing. On which
//! cases somebody may act is a matter of departments ([`binds`]); what somebody may ask to see, of `wants::scope`.

use super::verbs::Verb;
use super::{Role, Rules};
use crate::case::{Address, Side};
use crate::mail::SenderProof;

/// What a mail asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// To carry out a reply on the case of the letter it answers: its text goes to the customer, its verbs are done.
    Handle,
    /// To put an answer on file that the customer had from the sender already.
    Record,
    /// To open a case for a customer: a complaint taken down (§2.1.1, §2.3) or a mail passed on (§2.2).
    Register,
    /// To show a mail that was put aside, or to make it a complaint; to take in mails that are not on file.
    Look,
    /// To tell something that is on file: `#zoek`, `#stand`, `#dossier`. The answer goes to the registered address only.
    Ask,
    /// To be read as a colleague's: who writes is told what the desk understands, and no customer is made of it.
    Speak,
}

/// How sure it must be that the sender is who the mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Proven by the trusted mail server, whatever the operator accepts: no letter of ours was in the sender's hands.
    Certainty,
    /// Proven by the trusted mail server; where it says nothing, the operator may have accepted that.
    Proof,
    /// Not disowned by it.
    NoDenial,
}

struct Row {
    act: Act,
    roles: &'static [Role],
    /// Of the letter that must be answered.
    token: Option<Side>,
    needs: Needs,
}

const COLLEAGUES: &[Role] = &[Role::Staff, Role::Employee];
const STAFF: &[Role] = &[Role::Staff];

/// Whoever is in no row writes as anybody: on the case whose letter is answered, marked where it is not the customer who
/// writes; else in a case of his own.
const TABLE: [Row; 6] = [
    Row { act: Act::Handle, roles: STAFF, token: Some(Side::Staff), needs: Needs::Proof },
    Row { act: Act::Record, roles: STAFF, token: None, needs: Needs::Certainty },
    Row { act: Act::Register, roles: COLLEAGUES, token: None, needs: Needs::Proof },
    Row { act: Act::Look, roles: STAFF, token: None, needs: Needs::Proof },
    Row { act: Act::Ask, roles: STAFF, token: None, needs: Needs::NoDenial },
    Row { act: Act::Speak, roles: COLLEAGUES, token: None, needs: Needs::NoDenial },
];

impl Act {
    /// What a colleague's mail that answers no letter about a case asks for with its first verb, or without one.
    pub fn of_new(verb: Option<Verb>, is_passed_on: bool) -> Self {
        match verb {
            Some(Verb::Register(_)) => Self::Register,
            Some(Verb::Show | Verb::Restore | Verb::Adopt) => Self::Look,
            None | Some(Verb::Note) if is_passed_on => Self::Register,
            _ => Self::Speak,
        }
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.act == self)
    }

    /// Whether it is for such a person, who answers a letter that went to this side, or none.
    pub fn is_for(self, role: Role, answers: Option<Side>) -> bool {
        self.row().is_some_and(|row| row.roles.contains(&role) && (row.token.is_none() || row.token == answers))
    }

    /// Whether the sender is believed so far. Each act is a colleague's, so Exchange's word on colleagues is as good as any.
    pub fn believes(self, proof: SenderProof, rules: &Rules) -> bool {
        match (proof, self.row().map(|row| row.needs)) {
            (SenderProof::Failed | SenderProof::Unclear, _) | (_, None) => false,
            (SenderProof::Proven | SenderProof::Inside, _) | (SenderProof::None, Some(Needs::NoDenial)) => true,
            (SenderProof::None, Some(Needs::Certainty)) => false,
            (SenderProof::None, Some(Needs::Proof)) => rules.accept_unproven_staff,
        }
    }
}

/// Whether cases of that department are this person's to act on; of one that is gone, those of the fallback.
pub(super) fn binds(department: &str, address: &Address, rules: &Rules) -> bool {
    rules.department_or_fallback(department).is_some_and(|d| d.binds(address))
}
