//! What an event says: its stable name, and the texts of people that it holds. Plain values.

use super::{Channel, What};

impl What {
    /// A text of staff that never leaves the house (invariant 7). Each event says here whether it has one: of a verb whose
    /// text stays in the house, the text is one of these.
    pub fn internal_text(&self) -> Option<&str> {
        match self {
            Self::RightUsed { text, .. } | Self::IdentityKnown { how: text } | Self::BreachFound { text, .. } => {
                Some(text)
            }
            Self::Noted { text }
            | Self::Advised { text }
            | Self::PhoneContact { text }
            | Self::Disputed { text, .. }
            | Self::Ruled { text }
            | Self::Dismissed { reason: text } => Some(text),
            Self::Escalated { question, .. } => Some(question),
            Self::AgendaSet(item) => Some(&item.text),
            Self::Opened(_)
            | Self::FollowedUp { .. }
            | Self::OtherWrote { .. }
            | Self::Answered { .. }
            | Self::Interim { .. }
            | Self::AnsweredDirectly(_)
            | Self::CustomerUnknown { .. }
            | Self::CustomerSet { .. }
            | Self::AnswerToConfirm { .. }
            | Self::AuthorityWrote { .. }
            | Self::RepresentativeSet(_)
            | Self::RepresentativeEnded
            | Self::UrgentTold { .. }
            | Self::ConfidentialSet(_)
            | Self::ConfidentialLifted
            | Self::DutySet(_)
            | Self::DutyDone { .. }
            | Self::AnswerShown { .. }
            | Self::AwayTold { .. }
            | Self::HandlerSet { .. }
            | Self::Closed(_)
            | Self::Reopened(_)
            | Self::Judged(_)
            | Self::AnswerAsked { .. }
            | Self::SolvedSaid { .. }
            | Self::DepartmentSet { .. }
            | Self::EscalationSettled
            | Self::AgendaCleared { .. }
            | Self::AgendaReminded { .. }
            | Self::Restored
            | Self::TermTold { .. }
            | Self::Linked { .. }
            | Self::CommitteeOwed
            | Self::StatusAsked { .. }
            | Self::Absorbed(_)
            | Self::Merged { .. }
            | Self::LetterWritten { .. }
            | Self::LetterFate { .. }
            | Self::LetterResent { .. }
            | Self::Bundled { .. }
            | Self::PaperWritten { .. }
            | Self::Posted { .. }
            | Self::MailFiled { .. }
            | Self::AsideTold { .. }
            | Self::AdoptionAsked { .. }
            | Self::Reconsidered { .. }
            | Self::AcknowledgementHeld
            | Self::AcknowledgementReleased
            | Self::DigestWritten { .. }
            | Self::MonthWritten { .. }
            | Self::Redacted(_)
            | Self::Sealed(_) => None,
        }
    }

    /// What a customer wrote, as the case keeps it.
    pub fn customers_words(&self) -> Option<&str> {
        match self {
            Self::Opened(opened) if opened.channel == Channel::Email => Some(&opened.text),
            Self::FollowedUp { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The stable name that stands in the chain beside the payload.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::FollowedUp { .. } => "followed_up",
            Self::OtherWrote { .. } => "other_wrote",
            Self::Answered { .. } => "answered",
            Self::Interim { .. } => "interim",
            Self::AnsweredDirectly(_) => "answered_directly",
            Self::AnswerToConfirm { .. } => "answer_to_confirm",
            Self::AnswerShown { .. } => "answer_shown",
            Self::AwayTold { .. } => "away_told",
            Self::Noted { .. } => "noted",
            Self::HandlerSet { .. } => "handler_set",
            Self::Closed(_) => "closed",
            Self::Reopened(_) => "reopened",
            Self::Judged(_) => "judged",
            Self::AnswerAsked { .. } => "answer_asked",
            Self::SolvedSaid { .. } => "solved_said",
            Self::Linked { .. } => "linked",
            Self::CustomerUnknown { .. } => "customer_unknown",
            Self::CustomerSet { .. } => "customer_set",
            Self::PhoneContact { .. } => "phone_contact",
            Self::DepartmentSet { .. } => "department_set",
            Self::Escalated { .. } => "escalated",
            Self::Advised { .. } => "advised",
            Self::EscalationSettled => "escalation_settled",
            Self::AgendaSet(_) => "agenda_set",
            Self::AgendaCleared { .. } => "agenda_cleared",
            Self::AgendaReminded { .. } => "agenda_reminded",
            Self::Dismissed { .. } => "dismissed",
            Self::Restored => "restored",
            Self::TermTold { .. } => "term_told",
            Self::Disputed { .. } => "disputed",
            Self::AuthorityWrote { .. } => "authority_wrote",
            Self::UrgentTold { .. } => "urgent_told",
            Self::ConfidentialSet(_) => "confidential_set",
            Self::ConfidentialLifted => "confidential_lifted",
            Self::RepresentativeSet(_) => "representative_set",
            Self::RepresentativeEnded => "representative_ended",
            Self::RightUsed { .. } => "right_used",
            Self::IdentityKnown { .. } => "identity_known",
            Self::BreachFound { .. } => "breach_found",
            Self::DutySet(_) => "duty_set",
            Self::DutyDone { .. } => "duty_done",
            Self::Ruled { .. } => "ruled",
            Self::CommitteeOwed => "committee_owed",
            Self::StatusAsked { .. } => "status_asked",
            Self::Absorbed(_) => "absorbed",
            Self::Merged { .. } => "merged",
            Self::LetterWritten { .. } => "letter_written",
            Self::LetterFate { .. } => "letter_fate",
            Self::LetterResent { .. } => "letter_resent",
            Self::Bundled { .. } => "bundled",
            Self::PaperWritten { .. } => "paper_written",
            Self::Posted { .. } => "posted",
            Self::MailFiled { .. } => "mail_filed",
            Self::AsideTold { .. } => "aside_told",
            Self::AdoptionAsked { .. } => "adoption_asked",
            Self::Reconsidered { .. } => "reconsidered",
            Self::AcknowledgementHeld => "acknowledgement_held",
            Self::AcknowledgementReleased => "acknowledgement_released",
            Self::DigestWritten { .. } => "digest_written",
            Self::MonthWritten { .. } => "month_written",
            Self::Redacted(_) => "redacted",
            Self::Sealed(_) => "sealed",
        }
    }
}
