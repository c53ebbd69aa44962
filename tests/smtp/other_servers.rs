//! Against a real OpenSMTPD and a real Exim: checked, accepted, delivered, refused, and a name beyond ASCII.

use super::support::other_smtp::{Kind, OtherSmtp};
use super::{ENVELOPE, LETTER, kind, settings};
use klachtpost::outbox::smtp::Smtp;
use klachtpost::outbox::{Asked, Envelope, Outcome, Transport};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::time::{Duration, Instant};

/// Owner of the mail; any number from 100 up will do.
const MAIL_OWNER: u32 = 5000;
const ASKED: Asked<'_> =
    Asked { desk: "klachten@klant.example", with_token: Some("klachten+kp.2026-1.c.a.b.c@klant.example") };

/// The first mail in a Maildir, once it is there.
async fn first_mail(maildir: &Path, server: &OtherSmtp) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let entry = std::fs::read_dir(maildir.join("new")).ok().and_then(|mut entries| entries.next());
        if let Some(entry) = entry {
            return std::fs::read_to_string(entry.unwrap().path()).unwrap();
        }
        assert!(Instant::now() < until, "nothing delivered; the server says:\n{}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn takes_and_delivers_and_refuses(which: Kind) {
    let homes = tempfile::Builder::new().permissions(PermissionsExt::from_mode(0o755)).tempdir().unwrap();
    for name in ["jan", "klachten"] {
        let home = homes.path().join(name);
        std::fs::create_dir(&home).unwrap();
        chown(&home, Some(MAIL_OWNER), Some(MAIL_OWNER)).unwrap();
    }
    let server = OtherSmtp::start(which, homes.path(), &["jan@klant.example", "klachten@klant.example"]);
    let sender = settings(server.port());
    let found = Transport::check(&sender, &ASKED).await.unwrap_or_else(|error| panic!("{error}\n{}", server.log()));
    assert!(found.contains("(mx.test.example)") && found.contains("takes letters from the desk"), "{found}");

    let mut smtp = Smtp::open(&sender).await.unwrap();
    let letter = [LETTER, b".\r\n.x\r\n"].concat();
    for _ in 0..3 {
        let outcome = smtp.send(ENVELOPE, &letter).await;
        let Outcome::Accepted { reply, server: name } = &outcome else { panic!("{outcome:?}\n{}", server.log()) };
        assert!(reply.starts_with("250 ") && name == "mx.test.example", "{outcome:?}");
    }
    let mail = first_mail(&homes.path().join("jan/Maildir"), &server).await;
    assert!(mail.contains("Dank u.\n.\n.x\n"), "{mail}");

    let outside = smtp.send(Envelope { to: "jan@elsewhere.example", ..ENVELOPE }, LETTER).await;
    assert_eq!(kind(&outside), 'r', "{outside:?}");
    let unknown = smtp.send(Envelope { to: "weg@klant.example", ..ENVELOPE }, LETTER).await;
    assert_eq!(kind(&unknown), 'r', "{unknown:?}");
    let too_big = smtp.send(ENVELOPE, &[LETTER, &b"x\r\n".repeat(15_000_000)].concat()).await;
    assert_eq!(kind(&too_big), 's', "{too_big:?}");
    // A name beyond ASCII goes where the server knows SMTPUTF8, and is refused with the reason where it does not.
    let outcome = smtp.send(Envelope { to: "jos\u{e9}@klant.example", ..ENVELOPE }, LETTER).await;
    assert!(matches!(&outcome, Outcome::Refused { reply, .. } if reply.starts_with("5") || reply.contains("SMTPUTF8")));
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a', "after all this");
}

#[tokio::test]
async fn opensmtpd_takes_and_delivers_and_refuses() {
    takes_and_delivers_and_refuses(Kind::OpenSmtpd).await;
}

#[tokio::test]
async fn exim_takes_and_delivers_and_refuses() {
    takes_and_delivers_and_refuses(Kind::Exim).await;
}
