//! `klachtpost init` at a terminal, a real one: it asks for what no flag said, and what is typed as a password is not shown.

use crate::init::{Company, GUARDS, alike};
use crate::support::dovecot::{PASSWORD, USER};
use crate::support::signals::interrupt;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A person's terminal: what is on it, and a keyboard.
struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    shown: String,
}

impl Terminal {
    /// Waits until this is asked.
    fn until(&mut self, asked: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let from = self.shown.len();
        while !self.shown[from..].contains(asked) {
            assert!(Instant::now() < deadline, "not asked: {asked}\n{}", self.shown);
            if let Ok(more) = self.screen.recv_timeout(Duration::from_millis(100)) {
                self.shown += &String::from_utf8_lossy(&more);
            }
        }
        // What is asked for unseen is typed once the terminal is silent.
        std::thread::sleep(Duration::from_millis(300));
    }

    /// Waits until this is asked, and types.
    fn answer(&mut self, asked: &str, typed: &str) {
        self.until(asked);
        writeln!(self.keyboard, "{typed}").unwrap();
    }
}

/// A terminal, and its other end for whoever works at it.
fn terminal() -> (Terminal, impl Fn() -> File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let slave = move || File::options().read(true).write(true).open(&name).unwrap();
    let keyboard = File::from(master);
    let (show, screen) = channel();
    let mut output = keyboard.try_clone().unwrap();
    std::thread::spawn(move || {
        let mut part = [0; 4_096];
        while let Ok(read) = output.read(&mut part) {
            if read == 0 || show.send(part[..read].to_vec()).is_err() {
                return;
            }
        }
    });
    (Terminal { keyboard, screen, shown: String::new() }, slave)
}

#[tokio::test]
async fn a_person_is_asked_and_a_password_is_not_shown() {
    let company = Company::with(GUARDS);
    let world = &company.world;
    let (mut terminal, slave) = terminal();
    let register = world.file("klachtpost.db").display().to_string();
    let mut command = world.command(&["init", "--register", &register, "--username", USER, "--wait", "20"]);
    let mut child = command.stdin(slave()).stdout(slave()).stderr(slave()).spawn().unwrap();
    let smtp = format!("127.0.0.1:{}/none", company.postfix.port());
    let imap = format!("127.0.0.1:{}/none", world.dovecot.imap_port);
    for (asked, typed) in [
        ("The company's name", "Eigen Lease"),
        ("The complaints address", "klachten"),
        ("Please type a bare address", ""),
        ("Please type a bare address", "klachten@eigen.example"),
        ("mail is fetched from", &imap),
        ("mail is sent through", &smtp),
        ("The password of klachten (not shown)", PASSWORD),
        ("in one word", "klantenservice"),
        ("name for people [Klantenservice]", ""),
        ("Where its mail goes", "klantenservice@eigen.example"),
        ("Who watches its terms", "s.bakker@eigen.example"),
        ("in trouble (Enter for none)", ""),
        ("whose word on senders counts [mx.eigen.example]", ""),
    ] {
        terminal.answer(asked, typed);
    }
    let ended = tokio::time::timeout(Duration::from_secs(60), child.wait()).await.expect("it ends").unwrap();
    while let Ok(more) = terminal.screen.recv_timeout(Duration::from_millis(200)) {
        terminal.shown += &String::from_utf8_lossy(&more);
    }
    assert_eq!(ended.code(), Some(0), "{}", terminal.shown);
    assert!(!terminal.shown.contains(PASSWORD), "{}", terminal.shown);
    insta::assert_snapshot!(alike(world, &terminal.shown.replace('\r', ""), company.postfix.port()));
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    assert!(settings.contains("trusted_authserv_id = \"mx.eigen.example\""), "{settings}");
    let password = world.file("mailbox.password");
    assert_eq!(std::fs::read_to_string(&password).unwrap(), format!("{PASSWORD}\n"));
    assert_eq!(std::fs::metadata(&password).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(world.run(&["check"]).await.code, 0);
}

/// Ctrl-C while a password is typed, and after it: the terminal is as it was, and nothing is in the way of the next try.
#[tokio::test]
async fn whoever_breaks_off_leaves_nothing_behind() {
    let company = Company::with(GUARDS);
    let world = &company.world;
    let smtp = format!("127.0.0.1:{}/none", company.postfix.port());
    let imap = format!("127.0.0.1:{}/none", world.dovecot.imap_port);
    let flags = ["--company", "Eigen Lease", "--address", "klachten@eigen.example", "--imap", &imap, "--smtp", &smtp];
    let is_repeated = |terminal: &File| tcgetattr(terminal).unwrap().local_modes.contains(LocalModes::ECHO);
    for breaks_off in ["The password of", "in one word"] {
        let (mut terminal, slave) = terminal();
        let mut command = world.command(&[&["init", "--username", USER][..], &flags].concat());
        let mut child = command.stdin(slave()).stdout(slave()).stderr(slave()).spawn().unwrap();
        if breaks_off != "The password of" {
            terminal.answer("The password of", PASSWORD);
        }
        terminal.until(breaks_off);
        let is_typed_unseen = breaks_off == "The password of";
        assert_eq!(
            (is_repeated(&slave()), world.file("mailbox.password").exists()),
            (!is_typed_unseen, !is_typed_unseen)
        );
        interrupt(child.id().unwrap());
        let ended = tokio::time::timeout(Duration::from_secs(60), child.wait()).await.expect("it ends").unwrap();
        assert_eq!(ended.code(), Some(130), "{}", terminal.shown);
        assert!(is_repeated(&slave()), "{breaks_off}");
        assert!(!world.file("mailbox.password").exists() && !world.settings_file().exists(), "{breaks_off}");
    }
}
