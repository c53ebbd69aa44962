//! Passwords and keys stay where they belong: not in the log at any level, not in an error, not where others can read
//! them; and no connection below TLS 1.2, or without TLS where TLS was asked for.

use crate::letter::Written;
use crate::support::certs::PrivateCa;
use crate::support::dovecot::{PASSWORD, Setup as DovecotSetup, USER};
use crate::support::engines;
use crate::support::smtp::{Delivery, Login, Protection, Setup, SmtpServer};
use crate::world::{Differs, Ran, World};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::os::unix::fs::PermissionsExt;
use tokio::io::AsyncReadExt;

const SMTP_LOGIN: Login = Login { username: "brieven", password: "br1even-gehe1m", mechanisms: "PLAIN LOGIN" };
const KEY: &str = "5f2c-een-sleutel-van-veel-tekens-9a1d";
/// All that can be asked of the log, of ourselves and of each library that sees a secret.
const EVERYTHING: &str = "trace,async_imap=trace,async_imap::imap_stream=trace,async_imap::client=trace,lettre=trace,\
                          lettre::transport::smtp=trace,sqlx=trace,sqlx::query=trace,rustls=trace,tokio_rustls=trace,log=trace";

/// The secrets, also as they go over the wire.
fn secrets() -> Vec<String> {
    let plain = |user: &str, password: &str| STANDARD.encode(format!("\0{user}\0{password}"));
    vec![
        PASSWORD.to_owned(),
        SMTP_LOGIN.password.to_owned(),
        KEY.to_owned(),
        STANDARD.encode(PASSWORD),
        STANDARD.encode(SMTP_LOGIN.password),
        plain(USER, PASSWORD),
        plain(SMTP_LOGIN.username, SMTP_LOGIN.password),
    ]
}

fn assert_silent(ran: &Ran) {
    for secret in secrets() {
        for said in [&ran.out, &ran.log] {
            let at = said.find(&secret).map(|at| said[at.saturating_sub(200)..].chars().take(400).collect::<String>());
            assert_eq!(at, None, "{secret} was told");
        }
    }
}

async fn run_at_trace(world: &World, arguments: &[&str]) -> Ran {
    let mut command = world.command(arguments);
    let output = command.env("KLACHTPOST_LOG", EVERYTHING).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), log: text(output.stderr) }
}

#[tokio::test]
async fn a_day_at_the_finest_level_of_the_log_tells_no_secret() {
    let authority = PrivateCa::new();
    let certificate = Some(authority.certificate_for("localhost"));
    let world = World::start_with(DovecotSetup { certificate, ..DovecotSetup::default() });
    let protection = Protection::StartTls(authority.certificate_for("localhost").server_config());
    let delivery = Delivery::HomesBelow(world.homes());
    let smtp = SmtpServer::start(Setup { protection, login: Some(SMTP_LOGIN), delivery, ..Setup::default() }).await;
    let server = |port: u16, security: &str| {
        let ca = authority.ca_file();
        format!("host = \"localhost\"\nport = {port}\nsecurity = \"{security}\"\nca_file = \"{}\"\n", ca.display())
    };
    let login = format!("username = \"{}\"\npassword = \"{}\"\n", SMTP_LOGIN.username, SMTP_LOGIN.password);
    let sender = Some(server(smtp.port(), "starttls") + &login);
    world.settle_with(smtp.port(), Differs { mailbox: Some(server(world.dovecot.imaps_port, "tls")), sender });
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    let without = settings.lines().filter(|line| !line.starts_with("secret = ")).collect::<Vec<_>>().join("\n");
    std::fs::write(world.settings_file(), without).unwrap();
    world.set("desk", &format!("secret = \"{KEY}\""));

    let check = run_at_trace(&world, &["--config", &world.own_settings(), "check"]).await;
    assert_eq!(check.code, 0, "{}", check.out);
    assert_silent(&check);
    world.deliver(&Written::new("jan.jansen@klant.example", "Schade", "Er zit een deuk in.").bytes());
    let taken_in = run_at_trace(&world, &["run", "--once"]).await;
    assert_eq!(taken_in.code, 0, "{}", taken_in.log);
    assert_silent(&taken_in);
    assert!(taken_in.log.contains("mail decided on"), "the log was not there: {}", taken_in.log);
    let notification = world.letters_once("schade", 1).await.remove(0);
    world.deliver(&Written::reply("schade@lease.example", &notification, "Wij bellen u vandaag.").bytes());
    assert_silent(&run_at_trace(&world, &["run", "--once"]).await);
    world.letters_once("jan.jansen", 2).await;
    for report in [&["case", "list", "--json"][..], &["outbox", "list", "--json"], &["digest"], &["verify"]] {
        assert_silent(&run_at_trace(&world, report).await);
    }
    // Refused, and of another key: errors are no way out either.
    world.dovecot.deliver(USER, &Written::new("emma.brown@klant.example", "Damage", "A dent.").bytes());
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    std::fs::write(world.settings_file(), settings.replace("username = \"klachten\"", "username = \"niemand\""))
        .unwrap();
    let refused = run_at_trace(&world, &["run", "--once"]).await;
    assert_eq!(refused.code, 75, "{}", refused.log);
    assert_silent(&refused);
}

/// systemd gives a unit its credentials as files of a folder of its own, with bits for the group, and says where.
#[tokio::test]
async fn systemd_credentials_are_read_where_systemd_puts_them() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup::default()).await;
    world.settle(smtp.port());
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    std::fs::write(world.settings_file(), settings.replace(&format!("password = \"{PASSWORD}\"\n"), "")).unwrap();
    let credentials = world.file("credentials");
    std::fs::create_dir(&credentials).unwrap();
    let file = credentials.join("mailbox.password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o440)).unwrap();
    let run = |with_folder: bool| {
        // In a unit: Environment=KLACHTPOST__MAILBOX__PASSWORD_FILE=%d/mailbox.password
        let mut command = world.command(&["--config", &world.own_settings(), "check"]);
        command.env("KLACHTPOST__MAILBOX__PASSWORD_FILE", &file);
        if with_folder {
            command.env("CREDENTIALS_DIRECTORY", &credentials);
        }
        command
    };
    let output = run(true).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("ok       mailbox: login"), "{said}");
    // The same file anywhere else is one that others can read.
    let output = run(false).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("chmod 600") && !said.contains(PASSWORD), "{said}");
}

#[tokio::test]
async fn the_key_made_on_first_start_is_not_used_once_others_can_read_it() {
    if engines::is_about_the_other("the_key_made_on_first_start_is_not_used_once_others_can_read_it") {
        return;
    }
    let world = World::start();
    let smtp = SmtpServer::start(Setup::default()).await;
    world.settle(smtp.port());
    world.work().await;
    let key = world.file("klachtpost.db.secret");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    let ran = world.run(&["run", "--once"]).await;
    assert_eq!(ran.code, 1, "{}", ran.log);
    assert!(ran.log.contains("chmod 600") && ran.log.contains("0644"), "{}", ran.log);
}

/// What we offer a server, in the first bytes of the handshake: the extension `supported_versions` (RFC 8446 §4.2.1)
/// with TLS 1.3 and 1.2, and nothing older.
#[tokio::test]
async fn nothing_older_than_tls_1_2_is_offered() {
    let world = World::start();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = |port: u16| Some(format!("host = \"localhost\"\nport = {port}\nsecurity = \"tls\"\n"));
    world.settle_with(port, Differs { mailbox: server(port), sender: server(port) });
    let hellos = tokio::spawn(async move {
        let mut hellos = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = vec![0; 2048];
            let read = stream.read(&mut hello).await.unwrap();
            hello.truncate(read);
            hellos.push(hello);
        }
        hellos
    });
    assert_eq!(world.run(&["check"]).await.code, 1);
    for hello in hellos.await.unwrap() {
        let versions = [0x00, 0x2b, 0x00, 0x05, 0x04, 0x03, 0x04, 0x03, 0x03];
        assert!(hello.windows(versions.len()).any(|part| part == versions), "{hello:x?}");
    }
}
