//! Who may do what with which proof, cell by cell: the table of `authority.rs` itself, and what a mail of each sender comes
//! to under each proof, with each token and for each thing that can be asked for (invariant 6).

use super::draft::Problem;
use super::verbs::{TABLE, Value, Verb};
use super::*;
use crate::desk::authority::Act;
use crate::mail::SenderProof;

/// What a mail came to, in the words of the table below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// An answer to the customer.
    Relayed,
    /// Asked the sender which case is meant.
    Asked,
    /// Set aside; the registered address is asked.
    Unproven,
    /// Set aside and shown to a supervisor, nobody asked.
    Aside,
    NotYours,
    /// The customer's follow-up.
    Customer,
    /// Filed as somebody else's, marked.
    Other,
    NewCase,
}

/// A sender, and what comes of its mail under each proof: without a token, with the customer's, with one of staff.
type Row = (&'static str, [Came; 4], [Came; 4], [Came; 4]);

fn came(decision: &MailDecision) -> Came {
    let has = |kind| sent(decision).iter().any(|(sent, _)| *sent == kind);
    let asked = |problem: &Problem| {
        decision.letters.iter().any(|d| matches!(&d.content, Content::Question(q) if q.why == *problem))
    };
    match decision.verdict.disposition {
        Disposition::Complaint => Came::NewCase,
        Disposition::SetAside if asked(&Problem::Unproven) => Came::Unproven,
        Disposition::SetAside => Came::Aside,
        Disposition::FollowUp if kinds(decision) == ["followed_up"] => Came::Customer,
        Disposition::FollowUp => Came::Other,
        Disposition::Staff if has(LetterKind::Answer) => Came::Relayed,
        Disposition::Staff if asked(&Problem::NoCase) => Came::Asked,
        Disposition::Staff if asked(&Problem::NotYourCase { department: "Schade en verzekering".into() }) => {
            Came::NotYours
        }
        _ => panic!("{decision:?}"),
    }
}

/// Sender × token × proof, cell by cell. The proofs: confirmed, denied, nothing said, nothing said where the operator
/// accepts that.
#[test]
fn who_may_do_what_with_which_proof() {
    use Came::{Aside, Asked, Customer, NewCase, NotYours, Other, Relayed, Unproven};
    let asked = [Asked, Aside, Asked, Asked];
    let acts = [Relayed, Unproven, Unproven, Relayed];
    let not_yours = [NotYours, Unproven, Unproven, NotYours];
    let rows: [Row; 11] = [
        // sender, without a token, with the customer's, with a staff token
        ("jan@lease.example", asked, [Other; 4], acts),
        ("JAN@Lease.Example", asked, [Other; 4], acts),
        ("chef@lease.example", asked, [Other; 4], acts),
        ("schade@lease.example", asked, [Other; 4], acts),
        ("fien@lease.example", asked, [Other; 4], not_yours),
        ("baas@lease.example", asked, [Other; 4], not_yours),
        ("directie@lease.example", asked, [Other; 4], not_yours),
        ("receptie@lease.example", asked, [Other; 4], [Other; 4]),
        (KLANT, [NewCase; 4], [Customer; 4], [Customer; 4]),
        ("vertrokken@lease.example", [NewCase; 4], [Other; 4], [Other; 4]),
        ("jan@lease.exarnple", [NewCase; 4], [Other; 4], [Other; 4]),
    ];
    let strict = Company::new();
    let lenient = Company::of(&SETTINGS.replace("trusted_auth", "accept_unproven_staff = true\ntrusted_auth"));
    for (from, without, customers, staffs) in rows {
        let (of_customer, of_staff) = (strict.token(Side::Customer), strict.token(Side::Staff));
        // A customer's token made into one of staff, and a token of another installation, are none.
        let altered = of_customer.replace(".c.", ".s.");
        let foreign = Keys::new(b"een ander huis met een ander geheim", []).write(&Token {
            case: Some(number(7)),
            side: Side::Staff,
            letter: letter_id(1),
        });
        let tokens = [
            ("", without),
            (&*altered, without),
            (&*foreign, without),
            (&*of_customer, customers),
            (&*of_staff, staffs),
        ];
        for (token, outcomes) in tokens {
            let proofs = [(&strict, "pass"), (&strict, "fail"), (&strict, "none"), (&lenient, "none")];
            for ((company, proof), outcome) in proofs.into_iter().zip(outcomes) {
                let mail = post(from, "Wij betalen de schade.").dmarc(proof);
                let mail = if token.is_empty() { mail } else { mail.answering(token) };
                let decision = company.decide(&mail);
                assert_eq!(came(&decision), outcome, "{from}, {token}, {proof}");
                if outcome != Relayed && outcome != NewCase {
                    assert_eq!(to_customers(&decision).count(), 0, "{from}, {token}, {proof}");
                }
            }
        }
    }
    // What the operator accepts is silence, never a denial.
    let denied = post(JAN, "Wij betalen.").answering(&lenient.token(Side::Staff)).dmarc("fail");
    assert_eq!(came(&lenient.decide(&denied)), Unproven);
}

const ROLES: [Role; 4] = [Role::Staff, Role::Employee, Role::Ourselves, Role::Outsider];
const PROOFS: [SenderProof; 3] = [SenderProof::Proven, SenderProof::None, SenderProof::Failed];

/// An act; for which roles it is; whether only in answer to a letter to staff; and whether it is done under each proof.
type Cells = (Act, [bool; 4], bool, [bool; 3], [bool; 3]);

#[test]
fn each_cell_of_the_table_itself() {
    let (staff, colleagues) = ([true, false, false, false], [true, true, false, false]);
    let (proof, no_denial) = ([true, false, false], [true, true, false]);
    let cells: [Cells; 6] = [
        // act, for whom, in answer to staff's letter only, believed, believed where the operator accepts silence
        (Act::Handle, staff, true, proof, no_denial),
        (Act::Record, staff, false, proof, proof),
        (Act::Register, colleagues, false, proof, no_denial),
        (Act::Look, staff, false, proof, no_denial),
        (Act::Ask, staff, false, no_denial, no_denial),
        (Act::Speak, colleagues, false, no_denial, no_denial),
    ];
    let strict = Company::new().rules;
    let lenient = Rules { accept_unproven_staff: true, ..strict.clone() };
    for (act, roles, only_to_staff, believed, leniently) in cells {
        for (role, may) in ROLES.into_iter().zip(roles) {
            for answers in [None, Some(Side::Customer), Some(Side::Staff)] {
                let may = may && (!only_to_staff || answers == Some(Side::Staff));
                assert_eq!(act.is_for(role, answers), may, "{act:?}, {role:?}, {answers:?}");
            }
        }
        for (proof, (strictly, leniently)) in PROOFS.into_iter().zip(believed.into_iter().zip(leniently)) {
            assert_eq!(act.believes(proof, &strict), strictly, "{act:?}, {proof:?}");
            assert_eq!(act.believes(proof, &lenient), leniently, "{act:?}, {proof:?}, accepted unproven");
        }
    }
}

/// What becomes of something that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is done, or the sender hears why it cannot be, which is another reason than who he is.
    Heard,
    /// Nothing is done; the registered address is asked whether it wrote this.
    Unproven,
    /// Nothing is done and nobody but a supervisor is told.
    Aside,
    /// Nothing is done: another department's.
    NotYours,
    /// Nothing is done: no work of this colleague's.
    NotForYou,
    /// Somebody else's mail on the case.
    Other,
    Customer,
    /// A complaint of the sender's own.
    NewCase,
}

fn result(decision: &MailDecision, from: &str) -> Outcome {
    let asked = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Question(question) => Some(&question.why),
        _ => None,
    });
    let opened_for = decision.events.iter().find_map(|event| match &event.what {
        What::Opened(opened) => opened.customer.address.clone(),
        _ => None,
    });
    match (decision.verdict.disposition, asked) {
        (_, Some(Problem::Unproven)) => Outcome::Unproven,
        (Disposition::SetAside, None) => Outcome::Aside,
        (_, Some(Problem::NotYourCase { .. })) => Outcome::NotYours,
        (_, Some(Problem::AskTheDepartment)) => Outcome::NotForYou,
        (Disposition::FollowUp, None) if kinds(decision) == ["followed_up"] => Outcome::Customer,
        (Disposition::FollowUp, None) if kinds(decision) == ["other_wrote"] => Outcome::Other,
        (Disposition::Complaint, None) if opened_for == Some(address(from)) => Outcome::NewCase,
        _ => Outcome::Heard,
    }
}

/// A verb with what stands behind it, and a text below it where that can be.
fn typed(verb: Verb) -> String {
    let row = verb.row();
    let value = match row.value {
        Value::Address => "mia@lease.example",
        Value::Customer => "piet@prive.example Piet",
        Value::Department => "service",
        Value::Moment => "vr 14:00 bellen",
        // With a number `#klacht` is about a mail put aside, whatever letter it answers.
        _ if verb == Verb::Restore => "17",
        Value::Mail => "17",
        Value::Case => "K-2026-000007",
        Value::Words => "kras",
        Value::Readers => "chef@lease.example",
        Value::Representative => "piet@kantoor.example advocaat",
        Value::Stage if verb == Verb::Right => "inzage",
        Value::Cause => "planning",
        Value::TextName => "groet",
        Value::Amount => "12,50",
        Value::Text | Value::Promise | Value::Past | Value::None | Value::LastDay | Value::Stage => "",
    };
    let asks = verb.asks() || matches!(verb, Verb::Show | Verb::Restore | Verb::Help);
    let form = "Klant: Fatima el Amrani\nE-mail: fatima@prive.example\n\nEr is schade aan de auto.";
    let below = match verb {
        Verb::Register(_) => form,
        _ if asks => "",
        _ => "Wij betalen de schade.",
    };
    format!("{} {value}\n{below}", row.dutch)
}

/// A sender, and what comes of a verb of such a row under each proof: confirmed, denied, nothing said, nothing said where
/// the operator accepts that.
type Column = [Outcome; 4];

/// The results for everything that can be asked for, from this sender: what acts on a case, what asks, what looks at a mail
/// put aside, what registers; in answer to the staff's letter of a case, and the same in a new mail.
fn expected(from: &str, verb: Verb, answers_staff: bool) -> Column {
    use Outcome::{Aside, Customer, Heard, NewCase, NotForYou, NotYours, Other, Unproven};
    let binds = ["jan@lease.example", "chef@lease.example", "schade@lease.example"].contains(&from);
    let is_staff = binds || ["fien@lease.example", "directie@lease.example"].contains(&from);
    let colleague = is_staff || from == "receptie@lease.example";
    let sees_case = binds || from == "directie@lease.example";
    let looks = matches!(verb, Verb::Show | Verb::Restore);
    match (colleague, answers_staff) {
        (false, true) if from == KLANT => [Customer; 4],
        (false, true) => [Other; 4],
        // A number from the address of the case's own customer: on the case, and that is all.
        (false, false) if from == KLANT && verb.row().value == Value::Case => [Customer; 4],
        (false, false) => [NewCase; 4],
        (true, _) if verb == Verb::Dossier && is_staff && !sees_case => [NotYours, Aside, NotYours, NotYours],
        (true, _) if verb.asks() && is_staff => [Heard, Aside, Heard, Heard],
        (true, _) if verb.asks() => [NotForYou, Aside, NotForYou, NotForYou],
        (true, _) if looks && is_staff => [Heard, Unproven, Unproven, Heard],
        (true, true) if binds => [Heard, Unproven, Unproven, Heard],
        (true, true) if is_staff => [NotYours, Unproven, Unproven, NotYours],
        (true, true) => [Other; 4],
        (true, false) if matches!(verb, Verb::Register(_) | Verb::Adopt) || looks => [Heard, Aside, Unproven, Heard],
        // The sender is asked which case is meant: that is safe to say, and only to the registered address.
        (true, false) => [Heard, Aside, Heard, Heard],
    }
}

#[test]
fn every_verb_of_every_sender_with_and_without_a_token_under_each_proof() {
    let strict = Company::new();
    let lenient = Company::of(&SETTINGS.replace("trusted_auth", "accept_unproven_staff = true\ntrusted_auth"));
    let senders = [
        "jan@lease.example",
        "chef@lease.example",
        "schade@lease.example",
        "fien@lease.example",
        "directie@lease.example",
        "receptie@lease.example",
        KLANT,
        "vertrokken@lease.example",
        "jan@lease.exarnple",
    ];
    let mut cells = 0;
    for verb in TABLE.iter().map(|row| row.verb) {
        for (from, answers_staff) in senders.into_iter().flat_map(|from| [(from, true), (from, false)]) {
            let proofs = [(&strict, "pass"), (&strict, "fail"), (&strict, "none"), (&lenient, "none")];
            for ((company, proof), wanted) in proofs.into_iter().zip(expected(from, verb, answers_staff)) {
                let mail = post(from, &typed(verb)).dmarc(proof);
                let mail = if answers_staff { mail.answering(&company.token(Side::Staff)) } else { mail };
                let decision = company.decide(&mail);
                let cell = format!("{verb:?} of {from}, {proof}, answers staff: {answers_staff}");
                assert_eq!(result(&decision, from), wanted, "{cell}: {decision:?}");
                nothing_is_done_unless_heard(&decision, wanted, from, &cell);
                cells += 1;
            }
        }
    }
    assert_eq!(cells, TABLE.len() * 9 * 2 * 4);
}

/// What is not heard changes no case, and is told to nobody outside but the sender of a complaint of his own.
fn nothing_is_done_unless_heard(decision: &MailDecision, wanted: Outcome, from: &str, cell: &str) {
    let harmless =
        ["mail_filed", "aside_told", "other_wrote", "followed_up", "opened", "linked", "acknowledgement_held"];
    if wanted != Outcome::Heard {
        assert!(kinds(decision).iter().all(|kind| harmless.contains(kind)), "{cell}: {:?}", kinds(decision));
        assert!(to_customers(decision).all(|draft| draft.to == address(from)), "{cell}: {decision:?}");
    }
    if !matches!(wanted, Outcome::Heard | Outcome::NewCase) {
        assert!(!kinds(decision).contains(&"opened"), "{cell}");
    }
}

/// Exchange's word makes a colleague of a colleague; of nobody else does it make anything.
#[test]
fn exchanges_word_proves_colleagues_and_nobody_else() {
    let company =
        Company::of(&SETTINGS.replace("trusted_authserv_id = \"mx.lease.example\"", "staff_proof = \"microsoft365\""));
    let says = |from: &str, word: &str| {
        let mail = post(from, "Wij betalen 240 euro terug.").answering(&company.token(Side::Staff));
        let raw = mail.header(&format!("X-MS-Exchange-Organization-AuthAs: {word}")).raw();
        came(&company.decide_read(&mail::read(&raw, mail::Witness::Microsoft365)))
    };
    assert_eq!(says("jan@lease.example", "Internal"), Came::Relayed);
    for word in ["Anonymous", "internal", "Internal\r\nX-MS-Exchange-Organization-AuthAs: Internal"] {
        assert_eq!(says("jan@lease.example", word), Came::Unproven, "{word}");
    }
    for from in ["vertrokken@lease.example", "jan@lease.exarnple"] {
        assert_eq!(says(from, "Internal"), says(from, "Anonymous"), "{from}");
    }
    // A customer in whose name a connector lets mail in stays unproven: a number changes nothing.
    let named = |word: &str| {
        let mail = post(KLANT, "Over K-2026-000007: ik trek mijn klacht in.");
        let raw = mail.header(&format!("X-MS-Exchange-Organization-AuthAs: {word}")).raw();
        company.decide_read(&mail::read(&raw, mail::Witness::Microsoft365))
    };
    assert_eq!(named("Internal"), named("Anonymous"));
    let direct = |word: &str| {
        let raw = post("jan@lease.example", "Beste klant, wij betalen.").header(&format!("Cc: {KLANT}"));
        let raw = raw.header(&format!("X-MS-Exchange-Organization-AuthAs: {word}")).raw();
        company.decide_read(&mail::read(&raw, mail::Witness::Microsoft365))
    };
    assert_ne!(direct("Internal"), direct("Anonymous"), "an answer of his own counts, or is asked about");
}
