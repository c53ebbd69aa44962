//! Dialects of IMAP, one line each: what a server says, and what must come of it. The server behind them is honest in all
//! else: two mails of five bytes, UID 4 and 7. The next provider's manner is one line more.

use crate::connecting::fake_settings;
use crate::support::fake_imap::{Answer, FakeImap};
use klachtpost::config::Security;
use klachtpost::mailbox::{Deadlines, Destination, Doubt, Fetched, Folder, Mailbox, MailboxError, Uid, Woken};
use std::time::{Duration, Instant};

/// What must come of it.
#[derive(Debug, Clone, Copy)]
enum Comes {
    /// Both mails come whole and are filed away.
    Works,
    /// Both come, and the second says why it cannot be had.
    Withheld,
    /// Both come, and what came for the first is not believed.
    Doubted(Doubt),
    /// The rest is listed, and this many are counted.
    Unlisted(usize),
    /// Both come; filing away fails with these words.
    Stays(&'static [&'static str]),
    /// It cannot be opened, and the operator reads these words.
    Fails(&'static [&'static str]),
}
use Comes::{Doubted, Fails, Stays, Unlisted, Withheld, Works};

/// One dialect: what it says to the commands that begin so. `TAG` stands for the command's tag, `HANGUP` at the end for
/// hanging up.
struct Dialect {
    name: &'static str,
    says: &'static [(&'static str, &'static str)],
    comes: Comes,
}

const fn line(name: &'static str, says: &'static [(&'static str, &'static str)], comes: Comes) -> Dialect {
    Dialect { name, says, comes }
}

const COURIERS: &str = "* 1 FETCH (UID 4 BODY[] {129}\r\nFrom: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\nThis message is no longer available on the server.\r\n)\r\n* 2 FETCH (UID 7 BODY[] {5}\r\nother)\r\nTAG OK done\r\n";

const DIALECTS: &[Dialect] = &[
    // What is beside the question.
    line("blank lines", &[("SELECT", "\r\n* 2 EXISTS\r\n\r\n* OK [UIDVALIDITY 17] x\r\nTAG OK\r\n")], Works),
    line(
        "an unknown word",
        &[("SELECT", "* XYZZY (1 2\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 17] x\r\nTAG OK x\r\n")],
        Works,
    ),
    line(
        "an unknown word with literals",
        &[
            (
                "SELECT",
                "* XYZZY (foo {3}\r\nabc) bar {7}\r\n(\r\n* OK)\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 17] x\r\nTAG OK x\r\n",
            ),
            ("UID MOVE", "* 3 XYZZY ~{3}\r\nabc\r\nTAG OK x\r\n"),
        ],
        Works,
    ),
    line("ESEARCH for itself", &[("UID MOVE", "* ESEARCH (TAG \"A1\") UID ALL 4,7\r\nTAG OK x\r\n")], Works),
    line(
        "JMAPACCESS",
        &[("CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE MOVE JMAPACCESS\r\n* JMAPACCESS \"https://x/\"\r\nTAG OK x\r\n")],
        Works,
    ),
    line("two spaces in CAPABILITY", &[("CAPABILITY", "* CAPABILITY  IMAP4rev1  MOVE \r\nTAG OK x\r\n")], Works),
    line("IMAP4rev2 alone", &[("CAPABILITY", "* CAPABILITY IMAP4rev2\r\nTAG OK x\r\n")], Works),
    line(
        "a NAMESPACE in an odd form",
        &[
            ("CAPABILITY", "* CAPABILITY IMAP4rev1 NAMESPACE MOVE\r\nTAG OK x\r\n"),
            ("NAMESPACE", "* NAMESPACE ((\"\" \"/\" \"X-PARAM\" (\"a\" \"b\"))) NIL ((\"#p/\" \"/\"))\r\nTAG OK x\r\n"),
        ],
        Works,
    ),
    line(
        "NAMESPACE refused",
        &[("CAPABILITY", "* CAPABILITY IMAP4rev1 NAMESPACE MOVE\r\nTAG OK x\r\n"), ("NAMESPACE", "TAG BAD what?\r\n")],
        Works,
    ),
    line(
        "8-bit text after a bracket",
        &[("SELECT", "* OK [ALERT]\u{e9}\u{e9}n\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 17] x\r\nTAG OK x\r\n")],
        Works,
    ),
    line("a bare line feed", &[("UID MOVE", "* 2 EXISTS\nTAG OK done\n")], Works),
    line(
        "the question repeated for a whole",
        &[
            ("UID FETCH 4,7 (UID BODY.PEEK[])", "TAG BAD one at a time\r\n"),
            ("UID FETCH 4 (UID BODY", "* 1 FETCH (UID 4 BODY[]<0.1048576> {5}\r\nfirst)\r\nTAG OK x\r\n"),
            ("UID FETCH 7 (UID BODY", "* 2 FETCH (UID 7 BODY[]<0.1048576> \"other\")\r\nTAG OK x\r\n"),
        ],
        Works,
    ),
    line("BODYSTRUCTURE it cannot make", &[("UID FETCH 4,7 (UID BODYSTRUCTURE", "TAG NO [SERVERBUG] oops\r\n")], Works),
    // Mails that are not what they are said to be.
    line(
        "a line of FETCH nobody can read",
        &[
            (
                "UID FETCH 4,7 (UID BODY.PEEK[])",
                "* 1 FETCH (UID 4 BODY[] {5}\r\nfirst)\r\n* 2 FETCH nonsense\r\nTAG OK x\r\n",
            ),
            ("UID FETCH 7 (UID BODY", "* 2 FETCH nonsense\r\nTAG OK x\r\n"),
        ],
        Withheld,
    ),
    line(
        "the listing disagrees",
        &[(
            "UID FETCH 1:*",
            "* 1 FETCH (UID 4 RFC822.SIZE 5021 FLAGS ())\r\n* 2 FETCH (UID 7 RFC822.SIZE 5 FLAGS ())\r\nTAG OK x\r\n",
        )],
        Doubted(Doubt::Size { stated: 5021 }),
    ),
    line(
        "BODYSTRUCTURE disagrees",
        &[(
            "UID FETCH 4,7 (UID BODYSTRUCTURE",
            "* 1 FETCH (UID 4 BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 5021 80 NIL NIL NIL NIL))\r\nTAG OK x\r\n",
        )],
        Doubted(Doubt::Size { stated: 5021 }),
    ),
    line(
        "Courier: a text of its own",
        &[
            (
                "UID FETCH 1:*",
                "* 1 FETCH (UID 4 RFC822.SIZE 129 FLAGS ())\r\n* 2 FETCH (UID 7 RFC822.SIZE 5 FLAGS ())\r\nTAG OK x\r\n",
            ),
            ("UID FETCH 4,7 (UID BODY.PEEK[])", COURIERS),
        ],
        Doubted(Doubt::Substitute),
    ),
    line(
        "Courier: deleted after the listing",
        &[
            (
                "UID FETCH 1:*",
                "* 1 FETCH (UID 4 RFC822.SIZE 5021 FLAGS ())\r\n* 2 FETCH (UID 7 RFC822.SIZE 5 FLAGS ())\r\nTAG OK x\r\n",
            ),
            ("UID FETCH 4,7 (UID BODY.PEEK[])", COURIERS),
            ("UID FETCH 4 (UID BODY", COURIERS),
        ],
        Doubted(Doubt::Substitute),
    ),
    line(
        "a size that is a little wrong",
        &[(
            "UID FETCH 1:*",
            "* 1 FETCH (UID 4 RFC822.SIZE 7 FLAGS ())\r\n* 2 FETCH (UID 7 RFC822.SIZE 5 FLAGS ())\r\nTAG OK x\r\n",
        )],
        Works,
    ),
    line(
        "a size of nothing",
        &[(
            "UID FETCH 1:*",
            "* 1 FETCH (UID 4 RFC822.SIZE 0 FLAGS ())\r\n* 2 FETCH (UID 7 RFC822.SIZE 2 FLAGS ())\r\nTAG OK x\r\n",
        )],
        Works,
    ),
    line(
        "a size that is two hundred bytes too large",
        &[
            (
                "UID FETCH 1:*",
                "* 1 FETCH (UID 4 RFC822.SIZE 205 FLAGS ())\r\n* 2 FETCH (UID 7 RFC822.SIZE 205 FLAGS ())\r\nTAG OK x\r\n",
            ),
            ("UID FETCH 4 (UID RFC822.SIZE)", "* 1 FETCH (UID 4 RFC822.SIZE 205)\r\nTAG OK x\r\n"),
            ("UID FETCH 7 (UID RFC822.SIZE)", "* 2 FETCH (UID 7 RFC822.SIZE 205)\r\nTAG OK x\r\n"),
        ],
        Works,
    ),
    line(
        "a size far too large, and a BODYSTRUCTURE that is right",
        &[
            (
                "UID FETCH 1:*",
                "* 1 FETCH (UID 4 RFC822.SIZE 5021 FLAGS ())\r\n* 2 FETCH (UID 7 RFC822.SIZE 5 FLAGS ())\r\nTAG OK x\r\n",
            ),
            (
                "UID FETCH 4 (UID BODYSTRUCTURE",
                "* 1 FETCH (UID 4 BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0 NIL NIL NIL NIL))\r\nTAG OK x\r\n",
            ),
        ],
        Works,
    ),
    line(
        "a BODYSTRUCTURE that is a little wrong",
        &[(
            "UID FETCH 4,7 (UID BODYSTRUCTURE",
            "* 1 FETCH (UID 4 BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 205 9 NIL NIL NIL NIL))\r\nTAG OK x\r\n",
        )],
        Works,
    ),
    line(
        "one mail too many in the count",
        &[("SELECT", "* 3 EXISTS\r\n* OK [UIDVALIDITY 17] x\r\nTAG OK x\r\n")],
        Unlisted(1),
    ),
    line(
        "one that only SEARCH knows",
        &[
            ("UID FETCH 1:*", "* 1 FETCH (UID 4 RFC822.SIZE 5 FLAGS ())\r\nTAG OK x\r\n"),
            ("UID SEARCH ALL", "* SEARCH 4 7\r\nTAG OK x\r\n"),
        ],
        Works,
    ),
    // What is turned down after the login.
    line(
        "no more folders",
        &[
            ("LIST \"\" \"Verwerkt\"", "TAG OK none\r\n"),
            ("LIST \"\" \"INBOX.Verwerkt\"", "TAG OK none\r\n"),
            ("CREATE \"Verwerkt\"", "TAG NO [CANNOT] Invalid mailbox name\r\n"),
            ("CREATE", "TAG NO [LIMIT] Too many folders\r\n"),
            ("UID MOVE", "TAG NO [TRYCREATE] No such folder\r\n"),
        ],
        Stays(&["INBOX.Verwerkt", "[LIMIT] Too many folders", "no more folders"]),
    ),
    line(
        "a prefix of the server's",
        &[
            ("CAPABILITY", "* CAPABILITY IMAP4rev1 NAMESPACE MOVE\r\nTAG OK x\r\n"),
            ("NAMESPACE", "* NAMESPACE ((\"Post/\" \"/\")) NIL NIL\r\nTAG OK x\r\n"),
            ("LIST \"\" \"\"", "* LIST (\\NoSelect) \"/\" \"\"\r\nTAG OK x\r\n"),
            ("LIST", "TAG OK none\r\n"),
            ("CREATE", "TAG NO [NOPERM] Permission denied\r\n"),
            ("UID MOVE", "TAG NO [TRYCREATE] No such folder\r\n"),
        ],
        Stays(&["\"Post/Verwerkt\"", "Permission denied", "rights"]),
    ),
    line(
        "a read-only inbox",
        &[("UID MOVE", "TAG NO [NOPERM] Mailbox is read-only\r\n")],
        Stays(&["read-only", "rights"]),
    ),
    line(
        "a full mailbox",
        &[("UID MOVE", "TAG NO [OVERQUOTA] Quota exceeded\r\n")],
        Stays(&["Quota exceeded", "the mailbox is full"]),
    ),
    // Who is not let in.
    line(
        "LOGINDISABLED",
        &[("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nTAG OK x\r\n")],
        Fails(&["LOGINDISABLED", "mailbox.security"]),
    ),
    line(
        "PRIVACYREQUIRED",
        &[("LOGIN", "TAG NO [PRIVACYREQUIRED] Plaintext authentication disallowed\r\n")],
        Fails(&["mailbox.security"]),
    ),
    line(
        "BAD at the login",
        &[("LOGIN", "TAG BAD Must issue a STARTTLS command first\r\n")],
        Fails(&["STARTTLS", "mailbox.security"]),
    ),
    line(
        "OAuth2 only",
        &[
            ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\nTAG OK x\r\n"),
            ("LOGIN", "TAG NO LOGIN failed.\r\n"),
        ],
        Fails(&["OAuth2", "app password"]),
    ),
    line(
        "an app password is wanted",
        &[("LOGIN", "TAG NO [ALERT] Application-specific password required\r\n")],
        Fails(&["app password"]),
    ),
    line("no Maildir", &[("LOGIN", "TAG NO Unable to open this mailbox.\r\n")], Fails(&["no mailbox on the server"])),
    line(
        "no Maildir, and a BYE",
        &[("LOGIN", "* BYE [ALERT] Fatal error: No such file or directory\r\n")],
        Fails(&["BYE", "no mailbox on the server"]),
    ),
    line(
        "too many connections",
        &[("LOGIN", "* BYE Too many connections from this address\r\nHANGUP")],
        Fails(&["Too many connections", "close some"]),
    ),
    line(
        "too many connections, with a NO",
        &[("LOGIN", "TAG NO [LIMIT] too many connections\r\n")],
        Fails(&["[LIMIT]", "close some"]),
    ),
    line(
        "too many connections, with a NO and no code",
        &[("LOGIN", "TAG NO Maximum number of connections from user+IP exceeded\r\n")],
        Fails(&["Maximum number", "close some"]),
    ),
    line(
        "a wrong password",
        &[("LOGIN", "TAG NO [AUTHENTICATIONFAILED] Authentication failed.\r\n")],
        Fails(&["mailbox.username and mailbox.password"]),
    ),
];

fn answer(dialect: &Dialect, command: &str) -> Option<Answer> {
    let says = dialect.says.iter().find(|(begins, _)| command.starts_with(begins))?.1;
    Some(match says.strip_suffix("HANGUP") {
        Some(says) => Answer::SayAndHangUp(says.to_owned()),
        None => Answer::Say(says.to_owned()),
    })
}

#[tokio::test]
async fn each_dialect_comes_to_what_its_line_says() {
    let mut read = String::new();
    for dialect in DIALECTS {
        let server = FakeImap::start(|command: &str| answer(dialect, command)).await;
        let began = Instant::now();
        let outcome = go_through(server.port).await;
        let heard = server.heard();
        assert!(began.elapsed() < Duration::from_secs(10), "{}: {:?}", dialect.name, began.elapsed());
        if let Some(error) = hold_against(dialect, outcome, &heard) {
            let error = error.replace(&format!(":{}:", server.port), ":PORT:");
            read += &format!("{}\n    {error}\n", dialect.name);
        }
    }
    insta::assert_snapshot!("what_the_operator_reads", read);
}

/// What came of one mailbox.
struct Outcome {
    unlisted: usize,
    mails: Vec<(Uid, Fetched)>,
    filed: Result<Vec<Uid>, MailboxError>,
}

async fn go_through(port: u16) -> Result<Outcome, MailboxError> {
    let deadlines = Deadlines { command: Duration::from_secs(20), ..Deadlines::default() };
    let mut mailbox = Mailbox::open_within(&fake_settings(port, Security::None), deadlines).await?;
    let listing = mailbox.list(Folder::Inbox).await?;
    let mails = mailbox.fetch_many(&listing.entries, 1_000).await?;
    let filed = mailbox.file_away(&[Uid(4), Uid(7)], Destination::Processed).await;
    Ok(Outcome { unlisted: listing.unlisted, mails, filed })
}

/// The error, where one must come of it.
fn hold_against(dialect: &Dialect, outcome: Result<Outcome, MailboxError>, heard: &[String]) -> Option<String> {
    let name = dialect.name;
    if let Fails(words) = dialect.comes {
        let error = outcome.err().unwrap_or_else(|| panic!("{name}: let in")).to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{name}: {error}");
        return Some(error);
    }
    let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}\n{heard:?}"));
    let whole = |at: usize, text: &str| outcome.mails[at].1 == Fetched::Whole(text.as_bytes().to_vec());
    match dialect.comes {
        Withheld => assert!(matches!(outcome.mails[1].1, Fetched::Withheld { .. }), "{name}: {:?}", outcome.mails),
        Doubted(expected) => {
            let doubted = matches!(&outcome.mails[0].1, Fetched::Doubted { doubt, .. } if *doubt == expected);
            assert!(doubted && whole(1, "other"), "{name}: {:?}", outcome.mails);
        }
        _ => assert!(whole(0, "first") && whole(1, "other"), "{name}: {:?}\n{heard:?}", outcome.mails),
    }
    let unlisted = if let Unlisted(mails) = dialect.comes { mails } else { 0 };
    assert_eq!(outcome.unlisted, unlisted, "{name}");
    match (dialect.comes, outcome.filed) {
        (Stays(words), filed) => {
            let error = filed.err().unwrap_or_else(|| panic!("{name}: filed away")).to_string();
            assert!(words.iter().all(|word| error.contains(word)), "{name}: {error}");
            Some(error)
        }
        (_, Err(error)) => panic!("{name}: {error}"),
        (_, Ok(_)) => None,
    }
}

/// What comes twice alike is registered at once; of one that is said to be far larger staff hear.
#[tokio::test]
async fn a_mail_that_has_travelled_is_never_kept_out_for_its_size() {
    const MAIL: &str = "Received: from a by b\r\nFrom: jan@klant.example\r\n\r\nHet klopt niet.\r\n";
    for (stated, expected) in [
        (900_u64, Fetched::Whole(MAIL.into())),
        (90_000, Fetched::Slice { headers_and_start: MAIL.into(), size: Some(90_000) }),
    ] {
        let server = FakeImap::start(move |command: &str| {
            let says = match command {
                _ if command.starts_with("UID FETCH 1:*") || command.contains("RFC822.SIZE") => {
                    format!("* 1 FETCH (UID 4 RFC822.SIZE {stated} FLAGS ())\r\nTAG OK x\r\n")
                }
                _ if command.contains("BODY") => {
                    format!("* 1 FETCH (UID 4 BODY[]<0> {{{}}}\r\n{MAIL})\r\nTAG OK x\r\n", MAIL.len())
                }
                _ if command.starts_with("SELECT") => {
                    "* 1 EXISTS\r\n* OK [UIDVALIDITY 17] x\r\nTAG OK x\r\n".to_owned()
                }
                _ => return None,
            };
            Some(Answer::Say(says))
        });
        let server = server.await;
        let mut mailbox = Mailbox::open(&fake_settings(server.port, Security::None)).await.unwrap();
        let listing = mailbox.list(Folder::Inbox).await.unwrap();
        let mails = mailbox.fetch_many(&listing.entries, 1_000_000).await.unwrap();
        assert_eq!(mails, [(Uid(4), expected)], "{stated}");
    }
}

/// Cyrus never hears a DONE that comes with the IDLE it ends.
#[tokio::test]
async fn done_is_said_after_the_server_has_said_that_it_idles_and_goodbyes_are_short() {
    let slow = FakeImap::start(|command: &str| (command == "IDLE").then(|| Answer::SayAndFallSilent(String::new())));
    let slow = slow.await;
    let mut mailbox = Mailbox::open(&fake_settings(slow.port, Security::None)).await.unwrap();
    let cut = tokio::time::timeout(Duration::from_millis(200), mailbox.wait(Duration::from_secs(60)));
    assert!(cut.await.is_err());
    let began = Instant::now();
    mailbox.close().await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let heard = slow.heard();
    assert!(heard.last().is_some_and(|last| last.ends_with("IDLE")), "nothing is said before its `+`: {heard:?}");
}

/// A firewall sees a line that speaks, whether the server knows IDLE or not.
#[tokio::test]
async fn a_quiet_line_is_kept_awake_before_it_is_cut() {
    for idles in [true, false] {
        let server = FakeImap::start(move |command: &str| match command {
            "DONE" => Some(Answer::Say("TAG OK done\r\n".into())),
            "IDLE" if !idles => Some(Answer::Say("TAG BAD unknown\r\n".into())),
            _ => None,
        });
        let server = server.await;
        let deadlines = Deadlines { idle: Duration::from_millis(100), ..Deadlines::default() };
        let settings = fake_settings(server.port, Security::None);
        let mut mailbox = Mailbox::open_within(&settings, deadlines).await.unwrap();
        assert_eq!(mailbox.wait(Duration::from_millis(950)).await.unwrap(), Woken::Timeout);
        let word = if idles { "DONE" } else { "NOOP" };
        let spoken = server.heard().iter().filter(|line| line.ends_with(word)).count();
        assert!(spoken >= 5, "{:?}", server.heard());
    }
}
