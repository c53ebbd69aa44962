//! The table of kinds of letters: the one place that says of each who reads it, where a reply goes, what it tells machines, what
//! it is counted as, and whether its attachments may be listed. Its words stand in `templates/`, in the folder of its name, the
//! subject among them. Plain data.

use serde::{Deserialize, Serialize};

/// Who reads a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Or somebody who was taken for one: such a letter passes the door check (invariant 7).
    Customer,
    /// The handler, or who sent the mail that it answers.
    Staff,
    /// Who watches over a department, the company or personal data.
    Supervisor,
    /// Who keeps klachtpost running; where a case is concerned a supervisor.
    Operator,
}

/// Where the text of a reply without a verb goes. Only who was shown the customer's words answers them; of every other reply the
/// sender is asked (invariant 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyGoes {
    /// To the customer.
    Customer,
    /// To the handler, as advice (§2.1.3).
    Handler,
    /// Nowhere: the sender is asked.
    Nowhere,
}

/// What a letter says of itself to machines (RFC 3834 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A person decided on it and typed it, one letter for one act, so that it can feed no loop. It is not marked: where the
    /// customer's own desk handles mail by machine, marked it would be filed unread.
    Person,
    /// It answers a mail by itself.
    Replied,
    /// Advice is one, though a person typed it: we wrap it, and an absence notice in answer to it would be of use to nobody.
    Generated,
}

/// What machines should not answer (MS-OXCMAIL 2.2.1.77).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    All,
    /// That a handler is away is worth knowing, because the case waits then: the supervisor is told of it, by a letter that
    /// asks for silence itself.
    ButAbsence,
}

/// What a letter is counted as where caps hold letters back (invariant 5): those that are written because mails came in, or a
/// term ran out, by the hundred. What a person typed is never held, nor what comes once a day, nor what tells that something
/// waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedAs {
    /// To one mailbox of a customer; of a stranger whom nothing proves for itself.
    Acknowledged,
    /// The same, and it is what goes out in the stead of those that were held.
    Bundled,
    /// To one colleague, about what that one sent.
    Answered,
    /// The same: that something was not done must not wait because of all that was.
    Asked,
    /// About the mails of one stranger.
    Told,
    /// To one supervisor, each kind for itself: it comes at once, but not by the hundred.
    AtOnce,
    /// To one reader, about terms.
    Warned,
    /// The caps of a domain and of the desk alone.
    Uncounted,
    Never,
}

/// What is done with attachments that do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// All go along or the letter is an error: what staff sent to a customer must not go half.
    Whole,
    /// They are listed. Who prints a letter sent the attachments, and has them.
    Listed,
}

/// How much a letter tells the customer of the complaint (§1): each says what those before it say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// No customer reads it, or it is about whom we write to.
    Nothing,
    /// The complaint is registered.
    Registered,
    /// A word in the meantime: it is known, and answers nothing.
    Meanwhile,
    Answer,
    /// How it was settled, which also answers.
    Outcome,
}

/// What is to be known of a kind of letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The stable name: in the register, and of the folder of its templates.
    pub name: &'static str,
    pub reader: Reader,
    pub reply: ReplyGoes,
    pub origin: Origin,
    pub silence: Silence,
    pub counted: CountedAs,
    pub files: Files,
    pub says: Says,
}

macro_rules! kinds {
    ($($(#[$doc:meta])+ $kind:ident = $name:literal, $reader:ident, $reply:ident, $origin:ident, $silence:ident, $counted:ident, $files:ident, $says:ident;)+) => {
        /// What a letter is for. The names are stable: they stand in the register.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum LetterKind {
            $($(#[$doc])+ $kind,)+
        }

        impl LetterKind {
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Its row of the table.
            pub fn row(self) -> Row {
                match self {
                    $(Self::$kind => Row {
                        name: $name,
                        reader: Reader::$reader,
                        reply: ReplyGoes::$reply,
                        origin: Origin::$origin,
                        silence: Silence::$silence,
                        counted: CountedAs::$counted,
                        files: Files::$files,
                        says: Says::$says,
                    },)+
                }
            }
        }
    };
}

// Name, reader, where a plain reply goes, origin, silence, counted as, files, what it says to the customer.
kinds! {
    /// To the customer: registered, this is the number (§2.1.2).
    Acknowledgement = "acknowledgement", Customer, Nowhere, Replied, All, Acknowledged, Whole, Registered;
    /// To the department: here is a complaint.
    Notification = "notification", Staff, Customer, Generated, ButAbsence, Told, Listed, Nothing;
    /// A person's answer to the customer.
    Answer = "answer", Customer, Nowhere, Person, All, Never, Whole, Answer;
    /// A person's word in the meantime: why it takes longer, and until when. It answers nothing (§1).
    Interim = "interim", Customer, Nowhere, Person, All, Never, Whole, Meanwhile;
    /// To the handler: the customer wrote again.
    FollowUp = "follow_up", Staff, Customer, Generated, ButAbsence, Told, Listed, Nothing;
    /// To the customer: the written confirmation of the settlement (§2.4.2).
    Closing = "closing", Customer, Nowhere, Person, All, Never, Whole, Outcome;
    /// To staff: what was done with their mail.
    Receipt = "receipt", Staff, Nowhere, Generated, All, Answered, Whole, Nothing;
    /// To staff: what was not done, and what would be right.
    Question = "question", Staff, Nowhere, Generated, All, Asked, Whole, Nothing;
    /// To staff: a letter to the customer did not arrive.
    DeliveryFailed = "delivery_failed", Staff, Nowhere, Generated, All, Uncounted, Whole, Nothing;
    /// To a supervisor: the daily overview (§2.4.1).
    Digest = "digest", Supervisor, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To a supervisor: the report of a month (§2.4.1).
    Month = "month", Supervisor, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To staff: a mail that was set aside wants a look.
    SetAside = "set_aside", Staff, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To a supervisor or the operator: something needs a person now.
    Alarm = "alarm", Operator, Nowhere, Generated, All, Never, Listed, Nothing;
    /// To the handler or supervisor: a clock runs out, or ran out (§2.4.1).
    Term = "term", Staff, Nowhere, Generated, ButAbsence, Warned, Whole, Nothing;
    /// To the supervisor: a question with the whole file (§2.1.3).
    Escalation = "escalation", Supervisor, Handler, Generated, All, Never, Listed, Nothing;
    /// To the handler: the supervisor's advice.
    Advice = "advice", Staff, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To the handler: something on the agenda (§2.4.1).
    Agenda = "agenda", Staff, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To staff: a letter on paper for the customer, to be printed and posted (§2.3).
    Paper = "paper", Staff, Nowhere, Generated, All, Never, Listed, Nothing;
    /// To the supervisor: the customer went to the committee, or the committee ruled (the procedure's end).
    Dispute = "dispute", Supervisor, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To a colleague: the cases asked for.
    CaseList = "case_list", Staff, Nowhere, Generated, All, Answered, Whole, Nothing;
    /// To a colleague: the whole file of a case.
    Dossier = "dossier", Staff, Nowhere, Generated, All, Answered, Listed, Nothing;
    /// To the supervisor: a complaint is open for so long that its customer must hear of the committee.
    Status = "status", Supervisor, Nowhere, Generated, All, Uncounted, Whole, Nothing;
    /// To the supervisor: the handler of a case is away.
    Away = "away", Supervisor, Nowhere, Generated, All, Uncounted, Whole, Nothing;
    /// To staff: a mail on file that somebody asked to see.
    Shown = "shown", Staff, Nowhere, Generated, All, Uncounted, Listed, Nothing;
    /// To the operator: klachtpost does not get through to a server, or does again.
    Outage = "outage", Operator, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To a customer who sent a great many: one acknowledgement of several complaints (invariant 5).
    Acknowledgements = "acknowledgements", Customer, Nowhere, Replied, All, Bundled, Whole, Registered;
    /// To staff: letters that became too many, in one (invariant 5).
    Bundle = "bundle", Staff, Nowhere, Generated, All, Never, Listed, Nothing;
    /// To somebody who was written to as the customer and is not: the case goes on with somebody else.
    Misdirected = "misdirected", Customer, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To the supervisor: the committee, a court or a regulator wrote (the procedure's end).
    Authority = "authority", Supervisor, Nowhere, Generated, All, AtOnce, Listed, Nothing;
    /// To the supervisor: what a customer writes cannot wait.
    Urgent = "urgent", Supervisor, Nowhere, Generated, All, AtOnce, Whole, Nothing;
    /// To who guards personal data: somebody uses a right, or data were breached.
    Privacy = "privacy", Supervisor, Nowhere, Generated, All, Never, Whole, Nothing;
    /// To a customer, and to who acts for the customer: whom we write to from now on.
    Represented = "represented", Customer, Nowhere, Generated, All, Never, Whole, Nothing;
}

impl LetterKind {
    /// Whether the reader is a customer, or was taken for one.
    pub fn is_for_customer(self) -> bool {
        self.row().reader == Reader::Customer
    }

    /// Whether a customer gets words by it: in the letter itself, or on the paper that goes with it.
    pub fn reaches_customer(self) -> bool {
        self.is_for_customer() || self == Self::Paper
    }

    /// Whether klachtpost writes it of itself: counted for the caps (invariant 5). An answer is a person's.
    pub fn is_automatic(self) -> bool {
        !self.is_of_a_person()
    }

    /// Whether a colleague typed it for the customer.
    pub fn is_of_a_person(self) -> bool {
        self.row().origin == Origin::Person
    }

    /// Whether it goes out in the stead of others, whose fate is its own.
    pub fn is_bundle(self) -> bool {
        matches!(self, Self::Acknowledgements | Self::Bundle)
    }

    /// The stable name in the register.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The kind of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
