//! What the operator of a running daemon relies on: settings that are read anew without a restart, figures for a monitoring
//! system, and what the service manager is told of both.

use crate::letter::Written;
use crate::support::signals::{hang_up, terminate};
use crate::support::smtp::{Setup, SmtpServer};
use crate::world::{Daemon, PATIENCE, World, until};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

const ACCESSORIES: &str = "\n[[department]]\nname = \"accessoires\"\ntitle = \"Accessoires\"\naddress = \"onderhoud@lease.example\"\n\
                    supervisor = \"r.jansen@lease.example\"\nkeywords = [\"dakdrager\"]\n";

async fn world() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup::default()).await;
    world.settle(smtp.port());
    (world, smtp)
}

fn add(world: &World, lines: &str) {
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    std::fs::write(world.settings_file(), settings + lines).unwrap();
}

/// Which department a complaint gets that comes in now.
async fn department(world: &World, customer: &str) -> String {
    let from = format!("{customer}@klant.example");
    world.deliver(&Written::new(&from, "Klacht", "Mijn dakdrager fluit.").bytes());
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let cases = world.cases().await;
        let its = |case: &&Value| case["customer"]["address"] == from.as_str();
        if let Some(case) = cases.iter().find(its) {
            return case["department"].as_str().unwrap().to_owned();
        }
        assert!(std::time::Instant::now() < deadline, "no case of {from}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Reads the settings anew, until the log says that many times what it says of it.
async fn reload(daemon: &Daemon, says: &str, times: usize) {
    daemon.reload();
    until(says, || (daemon.log().matches(says).count() == times).then_some(())).await;
}

#[tokio::test]
async fn a_new_department_has_the_next_complaint_without_a_restart() {
    let (world, _smtp) = world().await;
    let daemon = world.daemon();
    until("IDLE", || world.dovecot.commands("klachten").contains("IDLE").then_some(())).await;
    assert_eq!(department(&world, "eerste").await, "klantenservice");
    add(&world, ACCESSORIES);
    reload(&daemon, "the settings were read anew", 1).await;
    assert_eq!(department(&world, "tweede").await, "accessoires");
    let logins = world.dovecot.commands("klachten").matches("IDLE").count();
    assert!(logins > 0 && !daemon.log().contains("taking in is interrupted"), "{}", daemon.log());
    assert_eq!(daemon.stop().await, 0);
    world.verify().await;
}

#[tokio::test]
async fn a_mistake_in_new_settings_changes_nothing() {
    let (world, _smtp) = world().await;
    let good = std::fs::read_to_string(world.settings_file()).unwrap();
    let daemon = world.daemon();
    until("IDLE", || world.dovecot.commands("klachten").contains("IDLE").then_some(())).await;
    // The new department is right; the mistake is elsewhere.
    for (times, mistake) in
        ["\n[departmnt]\n", "\n[deadlines]\nwarn_before_hours = 999\n", "\n[[[\n"].iter().enumerate()
    {
        std::fs::write(world.settings_file(), format!("{good}{ACCESSORIES}{mistake}")).unwrap();
        reload(&daemon, "refused as a whole", times + 1).await;
    }
    std::fs::remove_file(world.settings_file()).unwrap();
    reload(&daemon, "refused as a whole", 4).await;
    let log = daemon.log();
    assert!(log.contains("departmnt") && log.contains("deadlines.warn_before_hours"), "{log}");
    std::fs::write(world.settings_file(), format!("{good}{ACCESSORIES}")).unwrap();
    assert_eq!(department(&world, "eerste").await, "klantenservice", "what was refused is not half taken");
    reload(&daemon, "the settings were read anew", 1).await;
    assert_eq!(department(&world, "tweede").await, "accessoires");
    assert_eq!(daemon.stop().await, 0);
}

#[tokio::test]
async fn what_needs_a_restart_is_said_and_stays() {
    let (world, _smtp) = world().await;
    let daemon = world.daemon();
    until("IDLE", || world.dovecot.commands("klachten").contains("IDLE").then_some(())).await;
    world.set("mailbox", "processed = \"Elders\"");
    add(&world, &format!("{ACCESSORIES}[metrics]\nlisten = \"127.0.0.1:1\"\n"));
    reload(&daemon, "they need a restart", 1).await;
    assert!(daemon.log().contains("mailbox, metrics"), "{}", daemon.log());
    assert_eq!(department(&world, "eerste").await, "accessoires", "the rest is taken");
    until("the mail's move", || (world.left_in_inbox() == 0).then_some(())).await;
    assert!(world.dovecot.mails("klachten", "Elders").is_empty(), "the mailbox is the one of before");
    assert_eq!(daemon.stop().await, 0);
}

/// systemd's protocol of `Type=notify-reload`; `Type=notify` reads the same.
#[tokio::test]
async fn the_service_manager_hears_of_a_reload() {
    let (world, _smtp) = world().await;
    let path = world.file("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let mut command = world.command(&["run"]);
    command.env("NOTIFY_SOCKET", &path).stderr(std::process::Stdio::null());
    let mut process = command.spawn().unwrap();
    let number = process.id().unwrap();
    let mut heard: Vec<String> = Vec::new();
    let mut hear = |words: &'static str| {
        let deadline = std::time::Instant::now() + PATIENCE;
        while std::time::Instant::now() < deadline {
            let mut bytes = [0; 512];
            let Ok(length) = socket.recv(&mut bytes) else { continue };
            heard.push(String::from_utf8_lossy(&bytes[..length]).trim().to_owned());
            if heard.last().unwrap().contains(words) {
                return heard.last().unwrap().clone();
            }
        }
        panic!("never heard {words}: {heard:?}");
    };
    hear("READY=1");
    hear("0 cases open, 0 overdue");
    hang_up(number);
    let reloading = hear("RELOADING=1");
    assert!(reloading.lines().any(|line| line.starts_with("MONOTONIC_USEC=")), "{reloading}");
    assert!(!hear("READY=1").contains("refused"));
    add(&world, "\n[departmnt]\n");
    hang_up(number);
    hear("RELOADING=1");
    let ready = hear("READY=1");
    assert!(ready.contains("STATUS=settings of ") && ready.contains("refused, see the log"), "{ready}");
    terminate(number);
    hear("STOPPING=1");
    assert!(process.wait().await.unwrap().success());
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// What is answered to these bytes.
fn ask(at: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

fn get(at: SocketAddr, path: &str) -> String {
    ask(at, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
}

#[tokio::test]
async fn a_monitoring_system_is_told_how_it_goes_and_nothing_of_anybody() {
    let (world, smtp) = world().await;
    let at = free_port();
    add(&world, &format!("[metrics]\nlisten = \"{at}\"\n"));
    for number in 0..3 {
        world.deliver(&Written::new(&format!("klant{number}@klant.example"), "Deuk door hagel", "Geheim 0612").bytes());
    }
    world.work().await;
    let daemon = world.daemon();
    until("figures", || daemon.log().contains("figures are given").then_some(())).await;
    let has = |line: &str| get(at, "/metrics").lines().any(|one| one == line);
    let waited =
        until("the count", || has("klachtpost_cases_open{department=\"schade\"} 3").then(|| get(at, "/metrics")));
    let text = waited.await;
    for line in ["klachtpost_cases_total 3", "klachtpost_letters{state=\"queued\"} 0", "klachtpost_mails_undecided 0"] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
    assert!(text.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"), "{text}");
    until("intake", || has("klachtpost_area_works{area=\"intake\"} 1").then_some(())).await;
    for personal in ["klant", "@", "Deuk", "hagel", "0612", "K-2", "Bakker", "bakker"] {
        let told = text.replace("klantenservice", "");
        assert!(!told.contains(personal), "{personal}\n{text}");
    }
    assert!(get(at, "/healthz").ends_with("\r\n\r\nok\n"), "{}", get(at, "/healthz"));
    drop(smtp);
    assert_eq!(daemon.stop().await, 0);
}

#[tokio::test]
async fn whoever_asks_otherwise_is_refused_and_the_desk_works_on() {
    let (world, _smtp) = world().await;
    let at = free_port();
    add(&world, &format!("[metrics]\nlisten = \"{at}\"\n"));
    let daemon = world.daemon();
    until("figures", || daemon.log().contains("figures are given").then_some(())).await;
    let refused = [
        (b"POST /metrics HTTP/1.1\r\n\r\n".to_vec(), "405"),
        (b"GET /etc/passwd HTTP/1.1\r\n\r\n".to_vec(), "404"),
        (b"GET /../metrics HTTP/1.1\r\n\r\n".to_vec(), "404"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n".to_vec(), "400"),
        (b"GET /metrics\r\n\r\n".to_vec(), "400"),
        ([b"GET /metrics HTTP/1.1\r\nX: ".to_vec(), vec![b'a'; 20_000]].concat(), "431"),
    ];
    for (request, status) in refused {
        let answer = ask(at, &request);
        // Of what is too long the rest is not read, and the system may drop the answer for that.
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) || status == "431", "{status}: {answer}");
    }
    // Who says nothing shuts nobody out for long: two rounds of places are over in about two seconds.
    let silent: Vec<TcpStream> = (0..16).map(|_| TcpStream::connect(at).unwrap()).collect();
    let asked = std::time::Instant::now();
    assert!(get(at, "/healthz").contains(" 200 "));
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    drop(silent);
    // All places taken by who says nothing: they end, and others are answered.
    let silent: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(at).unwrap()).collect();
    assert_eq!(department(&world, "eerste").await, "klantenservice");
    drop(silent);
    until("an answer", || get(at, "/healthz").contains(" 200 ").then_some(())).await;
    assert_eq!(daemon.stop().await, 0);
}

/// The port stays the daemon's, and what comes meanwhile waits in the system's queue.
#[tokio::test]
async fn where_no_file_can_be_opened_for_a_while_figures_are_given_soon_after() {
    let (world, _smtp) = world().await;
    let at = free_port();
    add(&world, &format!("[metrics]\nlisten = \"{at}\"\n"));
    let daemon = world.daemon();
    until("figures", || daemon.log().contains("figures are given").then_some(())).await;
    let before = daemon.limit_files(Some(3));
    let asks = std::thread::spawn(move || get(at, "/healthz"));
    until("it is noticed", || daemon.log().contains("figures cannot be given for a while").then_some(())).await;
    daemon.limit_files(before);
    // `get` waits no longer than twenty seconds.
    assert!(asks.join().unwrap().contains(" 200 "));
    assert_eq!(daemon.log().matches("figures cannot be given").count(), 1, "{}", daemon.log());
    assert_eq!(daemon.stop().await, 0);
}

#[tokio::test]
async fn a_port_that_is_taken_keeps_no_complaint() {
    let (world, _smtp) = world().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    add(&world, &format!("[metrics]\nlisten = \"{}\"\n", taken.local_addr().unwrap()));
    let daemon = world.daemon();
    until("the trouble", || daemon.log().contains("no figures are given").then_some(())).await;
    assert_eq!(department(&world, "eerste").await, "klantenservice");
    assert_eq!(daemon.stop().await, 0);
}

#[tokio::test]
async fn the_log_can_be_read_by_machines() {
    let (world, _smtp) = world().await;
    let mut command = world.command(&["run", "--once"]);
    let ran = command.env("KLACHTPOST_LOG_FORMAT", "json").output().await.unwrap();
    assert!(ran.status.success());
    let lines: Vec<Value> =
        String::from_utf8(ran.stderr).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let register = |line: &&Value| line["fields"]["message"] == "complaints are registered here";
    let line = lines.iter().find(register).unwrap_or_else(|| panic!("{lines:?}"));
    assert_eq!(line["level"], "INFO");
    let mut command = world.command(&["run", "--once"]);
    let ran = command.env("KLACHTPOST_LOG_FORMAT", "yaml").output().await.unwrap();
    let log = String::from_utf8(ran.stderr).unwrap();
    assert!(log.contains("neither \"text\" nor \"json\""), "{log}");
    assert!(!log.contains('\u{1b}'), "no colours in a file: {log}");
}
