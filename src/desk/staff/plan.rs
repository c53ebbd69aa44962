//! From the verbs of a mail to steps, each with its text: which verb gets the text that was typed (invariant 7). Pure.

use crate::desk::draft::Problem;
use crate::desk::replies::ReplyGoes;
use crate::desk::verbs::{Line, Reply, TextGoes, Verb};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub verb: Verb,
    /// What stood behind the verb, where that is no text (an address, a department).
    pub value: String,
    pub text: String,
}

/// Everything a mail asks for, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub steps: Vec<Step>,
}

impl Plan {
    pub fn reaches_customer(&self) -> bool {
        self.outward().next().is_some()
    }

    /// The steps whose text goes to the customer.
    pub fn outward(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| is_outward(&step.verb))
    }
}

/// Whether the text would go to the customer, as far as the verbs say, or nobody can tell.
pub(super) fn may_leave(typed: &Reply, plainly: ReplyGoes) -> bool {
    let lines = &typed.instruction.lines;
    lines.iter().any(|line| is_outward(&line.verb)) || lines.is_empty() && plainly != ReplyGoes::Handler
}

/// The steps of a reply, whose text goes there where no verb says otherwise.
///
/// # Errors
/// Two verbs want the text, and it is not clear which of it the customer would get; nothing says who gets it.
pub(super) fn plan(typed: &Reply, plainly: ReplyGoes) -> Result<Plan, Problem> {
    let lines = &typed.instruction.lines;
    if lines.is_empty() {
        let (verb, text) = match plainly {
            ReplyGoes::Handler => (Verb::Advise, &typed.whole),
            ReplyGoes::Customer => (Verb::Answer, &typed.instruction.text),
            ReplyGoes::Nowhere if typed.whole.is_empty() => return Err(Problem::NothingTyped),
            ReplyGoes::Nowhere => return Err(Problem::ForWhom),
        };
        return Ok(Plan { steps: vec![Step { verb, value: String::new(), text: text.clone() }] });
    }
    // A sentence of the company's own goes along with what else the customer gets; alone it is an answer.
    let asks_for_text = |line: &&Line| line.verb == Verb::StandardText;
    let mut lines: Vec<Line> = lines.iter().filter(|line| !asks_for_text(line)).cloned().collect();
    let text_alone = typed.instruction.lines.iter().find(asks_for_text);
    if let Some(line) = text_alone.filter(|_| !lines.iter().any(|line| is_outward(&line.verb))) {
        lines.push(Line { verb: Verb::Answer, written: line.written.clone(), value: String::new() });
    }
    let owner = owner(&lines)?;
    let mut steps: Vec<Step> = Vec::new();
    for line in &lines {
        let takes_value = line.verb.row().value.is_text();
        let (value, own) = if takes_value { ("", line.value.as_str()) } else { (line.value.as_str(), "") };
        match steps.iter_mut().find(|step| step.verb == line.verb && takes_value) {
            Some(step) => step.text = joined(&step.text, own),
            None => steps.push(Step { verb: line.verb, value: value.to_owned(), text: own.to_owned() }),
        }
    }
    if let Some(step) = owner.and_then(|verb| steps.iter_mut().find(|step| step.verb == verb)) {
        // What leaves the house keeps less when in doubt; what stays in the file keeps more.
        let internal = !is_outward(&step.verb);
        let text = if internal { &typed.whole } else { &typed.instruction.text };
        step.text = joined(&step.text, text);
    }
    // What is judged or told of a case that is opened again belongs to its new round.
    steps.sort_by_key(|step| step.verb != Verb::Reopen);
    // Who the customer is, is settled before anything is written.
    steps.sort_by_key(|step| (step.verb != Verb::Customer, step.verb != Verb::Representative));
    // Who closes and spoke to the customer told the outcome: the conversation confirms the closing (§2.4.2).
    if steps.iter().any(|step| step.verb == Verb::Close) {
        steps.sort_by_key(|step| step.verb == Verb::Phoned);
    }
    // Whoever drops it may answer in the same mail.
    steps.sort_by_key(|step| step.verb == Verb::Dismiss);
    Ok(Plan { steps })
}

/// The verb that gets the text below the verbs.
fn owner(lines: &[Line]) -> Result<Option<Verb>, Problem> {
    let goes = |verb: Verb| verb.row().text;
    let mut outgoing: Vec<Verb> = lines.iter().map(|line| line.verb).filter(is_outward).collect();
    outgoing.dedup();
    // A note or a conversation without words of its own would want the same text.
    let wanting = lines.iter().find(|line| line.verb.row().wants_text && line.value.is_empty()).map(|line| line.verb);
    match (outgoing.as_slice(), wanting) {
        ([first, second, ..], _) => Err(two_texts(*first, *second)),
        ([first], Some(second)) => Err(two_texts(*first, second)),
        ([only], None) => Ok(Some(*only)),
        ([], Some(verb)) => Ok(Some(verb)),
        ([], None) => {
            let kept = lines.iter().map(|line| line.verb).find(|verb| goes(*verb) == TextGoes::CaseFile);
            // A verb that has no use for a text keeps it all the same: it is not thrown away.
            Ok(kept.or_else(|| lines.first().map(|line| line.verb)))
        }
    }
}

pub(super) fn is_outward(verb: &Verb) -> bool {
    matches!(verb.row().text, TextGoes::Customer | TextGoes::Settlement)
}

fn two_texts(first: Verb, second: Verb) -> Problem {
    Problem::TwoTexts { first: first.row().dutch.to_owned(), second: second.row().dutch.to_owned() }
}

fn joined(above: &str, below: &str) -> String {
    [above, below].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}
