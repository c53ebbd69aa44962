//! `#gemachtigde`: somebody acts for the customer. Nobody does without a ground, which is staff's word: recorded, not proven. The
//! customer is told, letters go to the other one from now on, and nothing that was written before goes along (invariant 7). Pure.

use super::Work;
use crate::case::{Address, Ground, Reach, Representative, What};
use crate::desk::Role;
use crate::desk::draft::{Content, Done, Problem, Represented, RepresentedStage};
use crate::desk::form::{plain, short, the_address};
use crate::desk::sent_by::is_machine;
use crate::desk::verbs::Verb;
use crate::desk::when;
use crate::text::fold;

/// What is typed behind the verb to end it.
const NONE: [&str; 5] = ["geen", "uit", "klaar", "none", "off"];
/// Words by which a ground begins.
const LAWYER: [&str; 5] = ["advocaat", "advocate", "lawyer", "solicitor", "attorney"];
const AUTHORISATION: [&str; 4] = ["volmacht", "machtiging", "authorisation", "authorization"];
const CUSTOMER: [&str; 2] = ["klant", "customer"];
/// Before the day of an authorisation.
const OF: [&str; 5] = ["van", "d.d.", "dd", "of", "dated"];

impl Work<'_> {
    pub(super) fn representative(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(Verb::Representative)?;
        if NONE.contains(&fold(value).as_str()) {
            return self.end_representative(text);
        }
        let acts = self.acts(value)?;
        let before = self.case.representative.clone().filter(|before| before.address != acts.address);
        let told = self.tell_customer(RepresentedStage::Begins, &acts);
        if let Some(before) = before {
            self.tell_representative(RepresentedStage::RepresentativeEnds, &before);
        }
        self.record(What::RepresentativeSet(acts.clone()));
        self.tell_representative(RepresentedStage::RepresentativeBegins, &acts);
        self.keep(text);
        self.tell(Done::RepresentativeSet { acts, told });
        Ok(())
    }

    fn end_representative(&mut self, text: &str) -> Result<(), Problem> {
        let Some(acts) = self.case.representative.clone() else { return Err(self.not_now(Verb::Representative)) };
        self.tell_representative(RepresentedStage::RepresentativeEnds, &acts);
        self.record(What::RepresentativeEnded);
        let told = self.tell_customer(RepresentedStage::Ends, &acts);
        self.keep(text);
        self.tell(Done::RepresentativeEnded { was: acts.address, told });
        Ok(())
    }

    /// At the customer's own address; None: there is none to write to, and staff tell it themselves.
    fn tell_customer(&mut self, stage: RepresentedStage, acts: &Representative) -> Option<Address> {
        let to = match self.case.customer.reach() {
            Reach::Mail(to) if !is_machine(to) => to.clone(),
            Reach::Mail(_) | Reach::Post | Reach::Phone => return None,
        };
        self.write_of(stage, acts, to.clone(), self.case.customer.name.clone());
        Some(to)
    }

    pub(super) fn tell_representative(&mut self, stage: RepresentedStage, acts: &Representative) {
        self.write_of(stage, acts, acts.address.clone(), acts.name.clone());
    }

    fn write_of(&mut self, stage: RepresentedStage, acts: &Representative, to: Address, name: String) {
        let content = Content::Represented(Represented {
            stage,
            name,
            customer_name: self.case.customer.name.clone(),
            representative_name: acts.name.clone(),
            representative: acts.address.clone(),
        });
        let letter = self.reply.to_customer(&self.case, to, content);
        self.letters.push(letter);
    }

    /// Who it is, and on what ground: none is refused.
    fn acts(&self, written: &str) -> Result<Representative, Problem> {
        let refused = || Problem::NoRepresentative { written: written.to_owned() };
        let address = the_address(written).ok_or_else(refused)?;
        let rules = self.reply.rules;
        let is_other = self.case.customer.address.as_ref() != Some(&address);
        let may_be = rules.role(&address) == Role::Outsider && rules.authority(&address).is_none();
        if !is_other || !may_be || is_machine(&address) {
            return Err(refused());
        }
        let is_word = |word: &&str| !word.contains('@') && !word.starts_with("mailto:");
        let words: Vec<&str> = written.split_whitespace().filter(is_word).collect();
        let begins = |list: &[&str]| {
            let folded = |word: &&str| fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
            words.iter().position(|word| list.contains(&folded(word).as_str()))
        };
        // "Klant" may be a name as well.
        let at = begins(&LAWYER).or_else(|| begins(&AUTHORISATION)).or_else(|| begins(&CUSTOMER));
        let at = at.ok_or_else(|| self.no_ground(written))?;
        let (name, ground) = words.split_at(at);
        let ground = self.ground(ground).ok_or_else(|| self.no_ground(written))?;
        let name = short(&name.join(" "));
        let name = plain(name.trim_matches([',', ';', '<', '>', '(', ')', '"', ':'])).to_owned();
        Ok(Representative { address, name, ground, thread: Vec::new() })
    }

    fn no_ground(&self, written: &str) -> Problem {
        Problem::NoGround { written: written.to_owned() }
    }

    fn ground(&self, words: &[&str]) -> Option<Ground> {
        let (first, rest) = words.split_first()?;
        let first = fold(first.trim_matches(|c: char| !c.is_alphanumeric()));
        if LAWYER.contains(&first.as_str()) {
            return Some(Ground::Lawyer);
        }
        if CUSTOMER.contains(&first.as_str()) {
            // "klant" alone is a word, and no ground.
            return (!rest.is_empty()).then_some(Ground::Customer);
        }
        let day: Vec<&str> = rest.iter().copied().filter(|word| !OF.contains(&fold(word).as_str())).collect();
        let calendar = &self.reply.rules.calendar;
        let at = when::received(&day.join(" "), self.reply.now, calendar).ok()?;
        Some(Ground::Authorisation(calendar.local(at).date_naive()))
    }
}
