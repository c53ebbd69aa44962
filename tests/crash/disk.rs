//! A full disk: the mail stays in the mailbox, the operator reads what is wrong and what to do, and once there is room
//! all goes on. By a limit on file sizes in every run, and on a real disk of a few pages in the long one.

use crate::balance::{every_letter_is_accepted, every_mail_is_one_row};
use crate::letter::Written;
use crate::scene::{Scene, end_of, mail_host};
use crate::support::dovecot::Dovecot;
use crate::support::engines;
use crate::world::until;
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes of an attachment that no small disk holds.
const LARGE: usize = 3_000_000;
/// Blocks of 512 bytes: above an empty register, below one with the large mail.
const FILE_BLOCKS_MAX: usize = 1_000;

fn large_complaint() -> Vec<u8> {
    let attached = Some(("film.mp4".to_owned(), vec![3; LARGE]));
    Written { attached, ..Written::new("jan@klant.example", "Schade", "Er zit een deuk in de bumper.") }.bytes()
}

fn small_complaint(number: usize) -> Vec<u8> {
    Written::new(&format!("klant{number}@klant.example"), "Schade", "Er zit een deuk in de bumper.").bytes()
}

/// Everything delivered is on file, and answered.
async fn all_is_well(scene: &Scene, host: &Dovecot, delivered: usize) {
    every_mail_is_one_row(scene, host, delivered).await;
    assert_eq!(every_letter_is_accepted(scene, &BTreeSet::new(), &scene.smtp.letters()).await, 0);
    scene.said(&["verify"]).await;
}

#[tokio::test]
async fn a_register_that_may_not_grow_loses_nothing_and_says_so() {
    if engines::is_about_the_other("a_register_that_may_not_grow_loses_nothing_and_says_so") {
        return;
    }
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    host.deliver(&scene.user, &small_complaint(0));
    assert_eq!(scene.work(&[]).await, 0);
    host.deliver(&scene.user, &large_complaint());
    host.deliver(&scene.user, &small_complaint(1));
    for _ in 0..2 {
        let plain = scene.command(&["run", "--once"]);
        let mut limited = scene.command_of(Path::new("/bin/sh"), &[]);
        let script = format!("trap '' XFSZ; ulimit -f {FILE_BLOCKS_MAX}; exec \"$0\" run --once");
        limited.args(["-c", &script]).arg(plain.as_std().get_program());
        let ended = end_of(limited).await;
        assert_eq!(ended.status.code(), Some(75), "{}", ended.log);
        assert!(ended.log.contains("failed to use the register") && ended.log.contains("hint:"), "{}", ended.log);
        assert_eq!(host.mails(&scene.user, "").len(), 2, "what is not on file stays in the inbox");
    }
    assert_eq!(scene.work(&[]).await, 0);
    all_is_well(&scene, &host, 3).await;
}

/// A disk of a few pages over a desk's folder; taken away when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn over(folder: &Path) -> Self {
        let disk = Self(folder.to_owned());
        disk.mount(&["-t", "tmpfs", "-o", "size=1500k", "klachtpost-test"]);
        disk
    }

    fn grow(&self) {
        self.mount(&["-o", "remount,size=64m"]);
    }

    fn mount(&self, arguments: &[&str]) {
        let mounted = Command::new("mount").args(arguments).arg(&self.0).status().unwrap();
        assert!(mounted.success(), "mount {arguments:?} {}", self.0.display());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Only where a disk may be mounted, which most containers forbid: so in the long run; the limit above is in every run.
#[tokio::test]
#[ignore = "mounts a small disk: needs root outside a container; tests/run --long takes it"]
async fn on_a_full_disk_the_daemon_waits_and_goes_on_by_itself_when_there_is_room() {
    let host = mail_host(1);
    let mut scene = Scene::new(&host, 0).await;
    let user = std::fs::metadata("/proc/self").unwrap().uid();
    assert_eq!(user, 0, "a disk of a few pages is mounted here: that needs root; next: run the tests as root");
    let disk = SmallDisk::over(scene.dir.path());
    scene.sends_to(scene.smtp.port(), &host);
    host.deliver(&scene.user, &small_complaint(0));
    assert_eq!(scene.work(&[]).await, 0);
    host.deliver(&scene.user, &large_complaint());
    host.deliver(&scene.user, &small_complaint(1));
    let ended = scene.once(&[]).await;
    assert_eq!(ended.status.code(), Some(75), "{}", ended.log);
    assert!(ended.log.contains("the disk is full") && ended.log.contains("make room"), "{}", ended.log);

    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let log = || std::fs::read_to_string(elsewhere.path()).unwrap();
    let mut command = scene.command(&["run"]);
    let daemon = command.stdout(Stdio::null()).stderr(elsewhere.reopen().unwrap()).spawn().unwrap();
    until("the daemon's word", || log().contains("the disk is full").then_some(())).await;
    assert_eq!(host.mails(&scene.user, "").len(), 2, "what is not on file stays in the inbox");
    disk.grow();
    until("the rest", || (scene.smtp.letters().len() >= 6 && host.mails(&scene.user, "").is_empty()).then_some(()))
        .await;
    assert_eq!(log().matches("the disk is full").count(), 1, "once, not at each attempt:\n{}", log());
    drop(daemon);
    scene.work(&[]).await;
    every_mail_is_one_row(&scene, &host, 3).await;
    scene.said(&["verify"]).await;
}
