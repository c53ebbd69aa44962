//! What a mail is to the desk, understood once: who wrote it and who that is to the company, which letter of ours it answers,
//! which verbs were typed in it, whether a machine sent it, and what the register must look up for it. Pure.
//!
//! Deciders read it from here, and look for none of it in the mail again. One thing must wait for the register: what was typed
//! in a reply can only be told from what that letter said once the letter is at hand ([`TypedReply`]).

mod related;
mod servers;
mod token;
mod typed;

pub(super) use related::{is_click, mailed};
pub(super) use servers::{SEARCHED_CHARS, ServersWord};
pub(super) use token::{Ours, letter_that_came_back, without_reference};
pub(super) use typed::{NewText, TypedReply, is_verbs_only, mistaken};

use super::sent_by::SentBy;
use super::snapshot::{Incoming, Lookup, Stored};
use super::web_form::{FilledIn, form_of};
use super::{Role, Rules};
use crate::case::{Address, Moment, Token};
use crate::mail::{Mail, Party};
use typed::Typed;

/// What a mail is to the desk.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Who wrote it, where that is an address that can be written to.
    pub(super) from: Option<Address>,
    /// Who that is to the company.
    pub(super) role: Role,
    /// The author's name, as the mail shows it.
    pub(super) name: String,
    pub(super) sent_by: SentBy,
    /// Whether a mail server speaks of a letter of ours.
    pub(super) server: ServersWord,
    /// It is a letter of ours that came back.
    pub(super) ours: Option<Ours>,
    /// The letter of ours that it answers.
    pub(super) answers: Option<Token>,
    /// A web form of the company's, filled in.
    pub(super) form: Option<FilledIn>,
    /// What a colleague typed.
    pub(super) typed: Typed,
    lookup: Lookup,
}

/// Understands a mail that came in at the desk now.
pub fn understand(incoming: &Incoming<'_>, rules: &Rules, now: Moment) -> Intent {
    let mail = incoming.mail;
    let from = sender(mail);
    let role = from.as_ref().map_or(Role::Outsider, |from| rules.role(from));
    let answers = token::answered_letter(mail, role, rules);
    let mut intent = Intent {
        name: author(mail).map(|party| party.name.clone()).unwrap_or_default(),
        sent_by: SentBy::of(mail, rules),
        server: ServersWord::None,
        ours: token::round_trip(mail, rules).or_else(|| token::our_own(mail, rules)),
        form: form_of(mail, rules),
        typed: Typed::of(mail, role, answers.as_ref(), rules),
        lookup: Lookup::default(),
        from,
        role,
        answers,
    };
    intent.server = intent.servers_word(mail, rules);
    intent.lookup = intent.wanted(mail, rules, now);
    intent
}

impl Intent {
    /// What the register must look up before the mail can be decided on.
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// When it was sent, where it is a test mail of the watch's.
    pub fn round_trip(&self) -> Option<Moment> {
        match self.ours {
            Some(Ours::RoundTrip(sent_at)) => Some(sent_at),
            _ => None,
        }
    }

    /// The author's address for people; empty where there is none.
    pub(super) fn author(&self) -> String {
        self.from.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    fn wanted(&self, mail: &Mail, rules: &Rules, now: Moment) -> Lookup {
        // A server's words about a letter of ours are no answer to it.
        let token = self.answers.as_ref().filter(|_| self.server == ServersWord::None);
        let mut wanted = Lookup {
            mailed: self.mailed(mail, rules),
            confirms: self.confirms(token),
            asked: self.asked(token),
            adopts: self.adopts(token),
            token: token.cloned(),
            numbers: token::numbers(mail, rules),
            named: self.named(mail, rules),
            answered: self.answered(mail),
            said: self.said(mail),
            earlier: self.customer(mail),
            notified: rules.departments.iter().map(|department| department.address.clone()).collect(),
            topic: self.topic(mail),
            naming: self.naming(mail, rules),
            want: self.want(mail, rules),
            year: rules.year(now),
            ..Lookup::default()
        };
        self.look_up_failed(&mut wanted, mail, rules, now);
        wanted
    }
}

/// Who wrote it. Of a mail in whose From a group put its own address that is whom the group names, who is believed nothing
/// (see `intake`).
fn author(mail: &Mail) -> Option<&Party> {
    mail.written_by.as_ref().or(mail.from.as_ref())
}

/// The author's address, when it is one that can be written to.
pub(super) fn sender(mail: &Mail) -> Option<Address> {
    author(mail).and_then(|party| Address::parse(&party.address).ok())
}

/// Who wrote a mail that is on file.
pub(super) fn sender_of(stored: &Stored) -> Option<Address> {
    stored.mail.as_deref().and_then(sender)
}
