//! What a trouble that lasts looks like in the log: said once when it begins and once when it is over, however often it
//! is tried meanwhile; and what the service manager is told.

use crate::letter::Written;
use crate::support::proxy::{Act as ProxyAct, Dialect, Proxy};
use crate::support::smtp::{Act, At, Fault, Setup, SmtpServer};
use crate::world::{Differs, World, until};
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

/// Long enough for several attempts: the first waits are a second, two and four.
const SEVERAL_ATTEMPTS: Duration = Duration::from_secs(6);

fn lines_with(log: &str, words: &str) -> usize {
    log.lines().filter(|line| line.contains(words)).count()
}

#[tokio::test]
async fn a_mailbox_that_stays_away_is_said_once_and_so_is_its_return() {
    for act in [
        ProxyAct::Say("TAG NO [AUTHENTICATIONFAILED] not today\r\n"),
        ProxyAct::SayAndHangUp("* BYE too busy\r\n"),
        ProxyAct::Cut,
    ] {
        let world = World::start();
        let smtp = SmtpServer::start(Setup::default()).await;
        let proxy = Proxy::start(Dialect::Imap, world.dovecot.imap_port).await;
        let mailbox = Some(format!("host = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n", proxy.port));
        world.settle_with(smtp.port(), Differs { mailbox, sender: None });
        proxy.always("LOGIN", act.clone());
        let daemon = world.daemon();
        until("the trouble", || daemon.log().contains("taking in").then_some(())).await;
        tokio::time::sleep(SEVERAL_ATTEMPTS).await;
        let log = daemon.log();
        assert_eq!(lines_with(&log, "taking in"), 1, "{act:?}:\n{log}");
        assert!(log.lines().count() < 10, "{act:?}:\n{log}");
        proxy.behave();
        until("the return", || daemon.log().contains("taking in goes on").then_some(())).await;
        assert_eq!(daemon.stop().await, 0);
    }
}

#[tokio::test]
async fn a_sending_server_that_stays_away_is_said_once_however_many_connections_there_are() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup::default()).await;
    world.settle(smtp.port());
    smtp.fault(Fault::at(At::Greeting, Act::reply_and_drop("421 4.3.2 closed")));
    for number in 0..8 {
        let from = format!("klant{number}@klant{number}.example");
        world.deliver(&Written::new(&from, "Schade", "Er zit een deuk in.").bytes());
    }
    let daemon = world.daemon();
    until("the trouble", || daemon.log().contains("sending fails").then_some(())).await;
    let connections = smtp.connections();
    until("further attempts", || (smtp.connections() > connections + 4).then_some(())).await;
    let log = daemon.log();
    assert_eq!(lines_with(&log, "sending fails"), 1, "{log}");
    smtp.clear_faults();
    until("the return", || daemon.log().contains("sending goes on").then_some(())).await;
    assert_eq!(lines_with(&daemon.log(), "sending goes on"), 1);
    assert_eq!(daemon.stop().await, 0);
}

/// systemd's protocol: a datagram when ready, and then one within each interval, beside the line for who asks.
#[tokio::test]
async fn the_service_manager_hears_that_all_loops_move() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup::default()).await;
    world.settle(smtp.port());
    let path = world.file("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut command = world.command(&["run"]);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "400000");
    let mut process = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let heard = tokio::task::spawn_blocking(move || {
        let mut heard = Vec::new();
        while heard.len() < 5 {
            let mut bytes = [0; 256];
            let length = socket.recv(&mut bytes).unwrap();
            let said = String::from_utf8_lossy(&bytes[..length]).trim().to_owned();
            if !said.starts_with("STATUS=") {
                heard.push(said);
            }
        }
        heard
    });
    let heard = heard.await.unwrap();
    process.kill().await.unwrap();
    assert_eq!(heard[0], "READY=1\nSTATUS=no mail fetched yet");
    assert_eq!(heard[1..], ["WATCHDOG=1"; 4]);
}
