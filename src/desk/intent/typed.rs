//! What a colleague typed: the one reader of verbs. Pure.

use crate::case::{Address, Side, Token};
use crate::desk::draft::Problem;
use crate::desk::replies::shows_typed;
use crate::desk::verbs::{self, Instruction, Mistake, Reply};
use crate::desk::{Role, Rules, Snapshot};
use crate::mail::{Extent, Mail, OurLetter, OwnWords, own_words, without_banner};

/// A mail's verbs and their text, as far as the mail alone tells; nothing of a stranger's mail.
#[derive(Debug, Clone, Default)]
pub(in crate::desk) struct Typed {
    /// Above quotes and signature. None: there is a mistake in it, and its sender is asked.
    pub reply: Option<Instruction>,
    /// In what may safely be relayed. None: the same.
    pub relayable: Option<Instruction>,
    /// A verb in the subject, where it is none.
    pub in_subject: Option<String>,
    /// Where it answers no letter about a case: what stands above a mail passed on, else all that is new.
    pub new: NewText,
}

/// What was typed in a mail of its own.
#[derive(Debug, Clone, Default)]
pub(in crate::desk) struct NewText {
    pub text: String,
    /// Without the verb that only says how much is meant.
    pub instruction: Instruction,
    pub mistake: Option<Mistake>,
}

impl Typed {
    pub(super) fn of(mail: &Mail, role: Role, answers: Option<&Token>, rules: &Rules) -> Self {
        let holds_staff_letter = answers.is_some_and(|token| token.side == Side::Staff);
        if role == Role::Outsider && !holds_staff_letter {
            return Self::default();
        }
        let own: Vec<&str> = mail.reply.lines().filter(|line| !line.trim_start().starts_with('>')).collect();
        Self {
            reply: verbs::parse(&own.join("\n")).ok(),
            relayable: verbs::parse(&mail.relayable).ok(),
            in_subject: verbs::named_in(&mail.subject),
            new: NewText::of(mail, rules),
        }
    }
}

impl NewText {
    fn of(mail: &Mail, rules: &Rules) -> Self {
        let typed = match &mail.forwarded {
            // Above what is passed on a gateway may have written, too.
            Some(forwarded) => without_banner(&forwarded.above),
            // All that stands above our letter, or the whole mail, where the sender says so.
            None if verbs::asks_for_everything(&mail.reply) => {
                own_words(mail, &OurLetter::read(None, rules.company_addresses().map(Address::as_str)), Extent::All).new
            }
            None => mail.reply.clone(),
        };
        match verbs::parse(&typed) {
            Ok(mut instruction) => {
                instruction.lines.retain(|line| line.verb != verbs::Verb::Everything);
                Self { text: typed, instruction, mistake: None }
            }
            Err(mistake) => Self { text: typed, instruction: Instruction::default(), mistake: Some(mistake) },
        }
    }
}

/// What was typed in a colleague's mail about a case.
pub(in crate::desk) struct TypedReply {
    /// The words, as far as it is certain whose they are (invariant 7).
    pub own: OwnWords,
    pub read: Result<Reply, Mistake>,
}

impl TypedReply {
    /// In a reply to a letter of ours, held against that letter.
    pub fn to_letter(mail: &Mail, known: &Snapshot, rules: &Rules) -> Self {
        let letter = OurLetter::read(known.letter_bytes.as_deref(), rules.company_addresses().map(Address::as_str));
        let letter = letter.repeating(shows_typed(known.letter_kind));
        let everything = verbs::asks_for_everything(&mail.relayable);
        Self::read(own_words(mail, &letter, if everything { Extent::All } else { Extent::AsRead }))
    }

    /// In a mail that went to the customer and answers no letter to staff.
    pub fn to_customer(mail: &Mail) -> Self {
        let Mail { relayable, reply, .. } = mail;
        Self::read(OwnWords { new: relayable.clone(), noted: reply.clone(), apart: None })
    }

    fn read(own: OwnWords) -> Self {
        let read = verbs::of_reply(&own.new, &own.noted).map(Reply::without_extent);
        Self { own, read }
    }
}

/// Whether a text holds verbs and nothing else.
pub(in crate::desk) fn is_verbs_only(text: &str) -> bool {
    verbs::parse(text).is_ok_and(|typed| typed.text.is_empty())
}

/// From a reading's mistake to what the sender is asked.
pub(in crate::desk) fn mistaken(mistake: &Mistake) -> Problem {
    match mistake.clone() {
        Mistake::Unknown { written, nearest } => Problem::UnknownVerb { written, nearest },
        Mistake::LowerDown { written } => Problem::VerbLowerDown { written },
    }
}
