//! Against a real Postfix: accepted, delivered, refused.

use super::support::postfix::Postfix;
use super::{ENVELOPE, LETTER, kind, settings};
use klachtpost::outbox::smtp::Smtp;
use klachtpost::outbox::{Envelope, Outcome, RefusedFor, Stage};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::time::{Duration, Instant};

/// Owner of the mail; any number from 100 up will do.
const MAIL_OWNER: u32 = 5000;

/// The first mail in a Maildir, once it is there.
async fn first_mail(maildir: &Path, postfix: &Postfix) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let entry = std::fs::read_dir(maildir.join("new")).ok().and_then(|mut entries| entries.next());
        if let Some(entry) = entry {
            return std::fs::read_to_string(entry.unwrap().path()).unwrap();
        }
        assert!(Instant::now() < until, "nothing delivered; postfix says:\n{}", postfix.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn postfix_takes_and_delivers_and_refuses() {
    let homes = tempfile::Builder::new().permissions(PermissionsExt::from_mode(0o755)).tempdir().unwrap();
    let jan = homes.path().join("jan");
    std::fs::create_dir(&jan).unwrap();
    chown(&jan, Some(MAIL_OWNER), Some(MAIL_OWNER)).unwrap();
    let postfix = Postfix::start(homes.path(), &["jan@klant.example"]);
    let mut smtp = Smtp::open(&settings(postfix.port())).await.unwrap();

    let letter = [LETTER, b".\r\n.x\n"].concat();
    let outcome = smtp.send(ENVELOPE, &letter).await;
    let Outcome::Accepted { reply, server } = &outcome else { panic!("{outcome:?}\n{}", postfix.log()) };
    assert!(reply.starts_with("250 2.0.0 Ok: queued as "), "{reply}");
    assert_eq!(server, "mx.test.example");
    let mail = first_mail(&jan.join("Maildir"), &postfix).await;
    assert!(mail.starts_with("Return-Path: <klachten@desk.example>\n"), "{mail}");
    assert!(mail.ends_with("\n\nDank u.\n.\n.x\n"), "{mail}");

    let unknown = smtp.send(Envelope { to: "weg@klant.example", ..ENVELOPE }, LETTER).await;
    assert!(matches!(unknown, Outcome::Refused { stage: Stage::RcptTo, cause: RefusedFor::Other, .. }), "{unknown:?}");
    let outside = smtp.send(Envelope { to: "jan@elsewhere.example", ..ENVELOPE }, LETTER).await;
    assert_eq!(kind(&outside), 'r', "{outside:?}");
    let too_big = smtp.send(ENVELOPE, &[LETTER, &b"x\r\n".repeat(10_000_000)].concat()).await;
    assert_eq!(kind(&too_big), 's', "{too_big:?}");
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a', "on the same connection after all this");
}
