//! klachtpost runs a company's complaints procedure entirely over e-mail: customers mail the complaints address,
//! staff press Reply, supervisors read a daily digest. This page is the map.
//!
//! # One way through the house
//! ```text
//! mailbox ─► mail ─► desk ─► letters ─► register ─► outbox
//!  fetch     read    decide   render     one          send
//!  (IMAP)    (pure)  (pure)   (pure)     transaction  (SMTP)
//!                     ▲
//!       timers ───────┘   (a tick is decided on like a mail)
//! ```
//! What comes in is a *mail*, what we send is a *letter*, the file opened for a complaint is a *case*, what happened
//! to it is an *event*.
//!
//! | room | what lives there | may touch |
//! |---|---|---|
//! | [`languages`] | what each language of customers says and knows in its own way | plain values |
//! | [`case`] | the nouns: case, event, number, reply token | plain values |
//! | [`calendar`] | working days, holidays, due moments | plain values |
//! | [`config`] | the settings | files and environment, at start and at a reload |
//! | [`clock`] | the hour and chance | the OS clock |
//! | [`crash`] | where tests kill the process | nothing, but in test builds |
//! | [`access`] | tokens for servers that take no password | network, one file |
//! | [`mailbox`] | IMAP and Maildir in | network |
//! | [`mail`] | bytes → what a mail says | memory; never fails |
//! | [`text`] | how text is compared, and what of it nobody sees | plain values |
//! | [`speech`] | how moments, amounts and names are said, in each language | plain values |
//! | [`typeface`] | the font of paper and pictures | plain values |
//! | [`metrics`] | what a monitoring system is told | plain values |
//! | [`digest`] | the supervisor's overview | plain values |
//! | [`desk`] | what is done about it | its arguments |
//! | [`letters`] | a draft → final bytes | templates |
//! | [`register`] | all SQL; decisions in one transaction | the database |
//! | [`outbox`] | SMTP and Maildir out, with four outcomes | network |
//! | [`daemon`] | the loops | every room's front door |
//! | [`commands`] | the subcommands | the daemon and the rooms |
//!
//! Rooms are used in one direction only; a test reads every `use` and holds it against this table's order.
//!
//! # What always holds
//! The code cites these by number.
//!
//! 1. Nothing is lost: every UID of the inbox ends as exactly one row with its raw bytes and one disposition; a mail is
//!    moved only after its row is committed.
//! 2. A mail is registered once, and a number is given out once, whatever crashes, polls, routes or is restored.
//! 3. Decide, then record, then send: events, state and finished letters are one transaction.
//! 4. Sending knows four outcomes: accepted, refused, try again, unknown (repeated with the same Message-ID).
//! 5. No letter answers a machine.
//! 6. A sender's name is no proof: a reply is tied to a case by a signed token of a letter that is on file, a staff verb
//!    also needs a proven sender. A number, or an id of a mail on file, says something only from the case's own customer's
//!    address, and unproven it changes nothing.
//! 7. Nothing internal reaches a customer.
//! 8. The past does not change: events are append-only and chained; a case is what its events make it.
//! 9. Clocks start at the mail server's receipt, in the desk's zone.
//! 10. Everything has a limit with a name and a reason.
//! 11. Letters are for people.
//! 12. An operator is never guessing: tried, expected, found, next step.

pub mod access;
pub mod calendar;
pub mod case;
pub mod clock;
pub mod commands;
pub mod config;
pub mod crash;
pub mod daemon;
pub mod desk;
pub mod digest;
pub mod languages;
pub mod letters;
pub mod mail;
pub mod mailbox;
pub mod metrics;
pub mod outbox;
pub mod register;
pub mod speech;
pub mod text;
pub mod typeface;
