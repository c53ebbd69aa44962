//! Logins by token (OAuth 2): mail in and letters out at servers that take no password, with a provider of the test's own; and
//! what an operator reads where there is no token.

use crate::letter::Written;
use crate::support::dovecot::{self, PASSWORD, USER};
use crate::support::smtp::{Delivery, Login, Setup, SmtpServer};
use crate::support::tokens::{Answer, TOKEN, TokenServer};
use crate::world::{World, until};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const KEY: &str = include_str!("tokens/application.key");
const CERTIFICATE: &str = include_str!("tokens/application.pem");
/// The key's public half (RFC 8017, DER).
const PUBLIC: &[u8] = include_bytes!("tokens/application.pub.der");
const BY_SECRET: &str =
    "provider = \"microsoft\"\ntenant = \"eigen.example\"\nclient_id = \"app-1\"\nclient_secret = \"hush-hush\"";

/// A desk whose servers take tokens, and no password.
struct Desk {
    world: World,
    tokens: TokenServer,
    _smtp: SmtpServer,
    /// With what Dovecot was told.
    _folder: TempDir,
}

impl Desk {
    async fn with(oauth2: &str) -> Self {
        Self::offering(oauth2, "xoauth2 oauthbearer", "XOAUTH2 OAUTHBEARER").await
    }

    async fn offering(oauth2: &str, imap: &str, smtp: &'static str) -> Self {
        let tokens = TokenServer::start().await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let more = tokens.dovecot(&folder.path().join("oauth2.conf"));
        let more =
            more.replace("mechanisms = plain login xoauth2 oauthbearer", &format!("mechanisms = plain login {imap}"));
        let world = World::start_with(dovecot::Setup { more, ..dovecot::Setup::default() });
        let login = Login { username: USER, password: TOKEN, mechanisms: smtp };
        let delivery = Delivery::HomesBelow(world.homes());
        let smtp = SmtpServer::start(Setup { login: Some(login), delivery, ..Setup::default() }).await;
        world.settle(smtp.port());
        let file = world.settings_file();
        let settings = std::fs::read_to_string(&file).unwrap().replace(&format!("password = \"{PASSWORD}\"\n"), "");
        std::fs::write(&file, format!("{settings}\n{}", tokens.settings(oauth2))).unwrap();
        world.set("mailbox", "auth = \"oauth2\"");
        world.set("sender", &format!("auth = \"oauth2\"\nusername = \"{USER}\""));
        Self { world, tokens, _smtp: smtp, _folder: folder }
    }

    /// A complaint comes in, and goes out as an acknowledgement.
    async fn works(&self) {
        self.world.deliver(&Written::new("jan.jansen@klant.example", "Schade", "Er zit een deuk in.").bytes());
        let ran = self.world.run(&["run", "--once"]).await;
        assert_eq!(ran.code, 0, "{}", ran.log);
        self.world.letters_once("jan.jansen", 1).await;
    }

    /// The field that the provider was sent with the request of that number.
    fn asked(&self, request: usize, field: &str) -> String {
        let asked = self.tokens.asked();
        let form = asked.get(request).unwrap_or_else(|| panic!("request {request} of {asked:?}"));
        form.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// `check`, with nothing in what it says that varies or is a secret.
    async fn check(&self) -> String {
        let ran = self.world.check().await;
        assert!(!format!("{}{}", ran.out, ran.log).contains("hush-hush"), "{ran:?}");
        let lines = ran.out.lines().filter(|line| line.contains("token") || line.contains("[oauth2]"));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let file = self.world.file(name);
        std::fs::write(&file, content).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        file
    }
}

#[tokio::test]
async fn a_desk_works_with_one_token_for_mailbox_and_sender_by_either_way_of_telling_it() {
    for (imap, smtp) in
        [("xoauth2", "XOAUTH2"), ("oauthbearer", "OAUTHBEARER"), ("xoauth2 oauthbearer", "XOAUTH2 OAUTHBEARER")]
    {
        let desk = Desk::offering(BY_SECRET, imap, smtp).await;
        desk.works().await;
        assert_eq!(desk.tokens.asked().len(), 1, "one token for both: {:?}", desk.tokens.asked());
        assert_eq!(desk.asked(0, "grant_type"), "client_credentials");
        assert_eq!(desk.asked(0, "scope"), "https://outlook.office365.com/.default");
        assert_eq!((desk.asked(0, "client_id"), desk.asked(0, "client_secret")), ("app-1".into(), "hush-hush".into()));
    }
}

/// The claims of a signed assertion, after its signature was verified.
fn claims(assertion: &str) -> (Value, Value) {
    let (text, signature) = assertion.rsplit_once('.').unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, PUBLIC);
    key.verify(text.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).expect("our signature");
    let (header, claims) = text.split_once('.').unwrap();
    let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (read(header), read(claims))
}

#[tokio::test]
async fn an_application_proves_itself_with_its_certificate() {
    let desk = Desk::with("").await;
    let (key, certificate) = (desk.file("app.key", KEY), desk.file("app.pem", CERTIFICATE));
    desk.world.set(
        "oauth2",
        &format!(
            "provider = \"microsoft\"\ntenant = \"t\"\nclient_id = \"app-1\"\ncertificate_file = \"{}\"\nkey_file = \"{}\"",
            certificate.display(),
            key.display()
        ),
    );
    desk.works().await;
    let (header, claims) = claims(&desk.asked(0, "client_assertion"));
    assert_eq!(
        (header["alg"].as_str(), claims["iss"].as_str(), claims["sub"].as_str()),
        (Some("RS256"), Some("app-1"), Some("app-1"))
    );
    assert_eq!(header["x5t#S256"].as_str().map(str::len), Some(43));
    assert!(claims["aud"].as_str().unwrap().ends_with("/token") && claims["jti"].as_str().unwrap().len() > 20);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 11 * 60);
}

#[tokio::test]
async fn a_google_service_account_acts_for_the_mailbox() {
    let desk = Desk::with("").await;
    let account =
        serde_json::json!({"type": "service_account", "client_email": "kp@project.example", "private_key": KEY});
    let account = desk.file("account.json", &account.to_string());
    desk.world.set("oauth2", &format!("provider = \"google\"\nservice_account_file = \"{}\"", account.display()));
    desk.works().await;
    let (_, claims) = claims(&desk.asked(0, "assertion"));
    assert_eq!(claims["sub"], USER);
    assert_eq!((&claims["iss"], &claims["scope"]), (&"kp@project.example".into(), &"https://mail.google.com/".into()));
}

#[tokio::test]
async fn a_person_logs_in_once_by_a_code_and_the_login_is_renewed() {
    let desk = Desk::with("").await;
    let file = desk.world.file("login.token");
    desk.world.set(
        "oauth2",
        &format!(
            "provider = \"microsoft\"\ntenant = \"t\"\nclient_id = \"app-1\"\ntoken_file = \"{}\"",
            file.display()
        ),
    );
    assert!(desk.check().await.contains("run `klachtpost login` once"));
    desk.tokens.next(Answer::ok(
        "{\"user_code\":\"ABCD-1234\",\"device_code\":\"device\",\"verification_uri\":\"https://login.example/device\",\"interval\":0,\"expires_in\":900}",
    ));
    desk.tokens.next(Answer::refusal(400, "authorization_pending", "wait"));
    desk.tokens.next(Answer::ok("{\"access_token\":\"unused\",\"expires_in\":3600,\"refresh_token\":\"first\"}"));
    let ran = desk.world.run(&["login"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("https://login.example/device") && ran.out.contains("ABCD-1234"), "{}", ran.out);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    desk.tokens.next(Answer::ok(&format!(
        "{{\"access_token\":\"{TOKEN}\",\"expires_in\":\"3600\",\"refresh_token\":\"second\"}}"
    )));
    desk.works().await;
    assert_eq!((desk.asked(3, "grant_type"), desk.asked(3, "refresh_token")), ("refresh_token".into(), "first".into()));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "second\n");
}

#[tokio::test]
async fn a_person_logs_in_once_by_a_page_and_strangers_on_the_port_are_told_nothing() {
    let desk = Desk::with("").await;
    let file = desk.world.file("login.token");
    desk.world.set(
        "oauth2",
        &format!(
            "provider = \"google\"\nclient_id = \"app-1\"\nclient_secret = \"hush-hush\"\ntoken_file = \"{}\"",
            file.display()
        ),
    );
    let mut command = desk.world.command(&["login"]);
    let mut login = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(login.stdout.take().unwrap()).lines();
    let page = loop {
        let line = lines.next_line().await.unwrap().expect("the page's address");
        if line.starts_with("https://") {
            break line;
        }
    };
    let value = |name: &str| page.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)).unwrap().to_owned();
    let (state, port) = (value("state="), value("redirect_uri=").rsplit("%3A").next().unwrap().parse::<u16>().unwrap());
    assert_eq!(value("code_challenge_method="), "S256");
    let ask = async |path: String| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said
    };
    assert!(ask("/?state=guessed&code=stolen".to_owned()).await.contains("Nothing here"));
    desk.tokens.next(Answer::ok("{\"access_token\":\"unused\",\"expires_in\":3600,\"refresh_token\":\"first\"}"));
    assert!(ask(format!("/?state={state}&code=4%2Fcode")).await.contains("close this page"));
    assert!(login.wait().await.unwrap().success());
    assert_eq!((desk.asked(0, "code"), desk.asked(0, "client_secret")), ("4/code".into(), "hush-hush".into()));
    assert!(desk.asked(0, "code_verifier").len() >= 43);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "first\n");
}

#[tokio::test]
async fn what_a_provider_refuses_is_told_apart_with_the_next_step() {
    let desk = Desk::with(BY_SECRET).await;
    let mut told = String::new();
    let aadsts = |number: &str| {
        Answer::refusal(401, "invalid_client", &format!("AADSTS{number}: 'x@eigen.example'. Trace ID: 1"))
    };
    let lacking = Answer::ok(&format!(
        "{{\"access_token\":\"h.{}.s\",\"expires_in\":3600}}",
        URL_SAFE_NO_PAD.encode("{\"aud\":\"https://outlook.office365.com\",\"roles\":[\"SMTP.SendAsApp\"]}")
    ));
    let busy = Answer { status: 429, headers: "Retry-After: 30\r\n", body: String::new() };
    let answers = [
        ("a wrong secret", aadsts("7000215")),
        ("an expired secret", aadsts("7000222")),
        ("an unknown application", aadsts("700016")),
        ("an unknown tenant", aadsts("90002")),
        ("no consent", aadsts("65001")),
        ("no permission", lacking),
        ("no such user", aadsts("50034")),
        ("conditional access", aadsts("53003")),
        ("a second factor", aadsts("50076")),
        ("an ended login", aadsts("700082")),
        ("Google: no delegation", Answer::refusal(401, "unauthorized_client", "Client is unauthorized")),
        ("Google: no such user, or the clock", Answer::refusal(400, "invalid_grant", "Invalid email or User ID")),
        ("Google: an ended login", Answer::refusal(400, "invalid_grant", "Token has been expired or revoked.")),
        ("asked too often", busy),
        ("out of order", Answer { status: 502, headers: "", body: "<html>".to_owned() }),
        ("no token in it", Answer::ok("{\"hello\":1}")),
        ("another refusal", aadsts("123456")),
    ];
    for (what, answer) in answers {
        desk.tokens.next(answer.clone());
        desk.tokens.next(answer);
        let said = desk.check().await;
        let line = said.lines().find(|line| line.contains("mailbox:")).unwrap_or_else(|| panic!("{what}: {said}"));
        told += &format!("{what}\n  {line}\n");
        // What the sender asked for as well, so that the next one begins anew.
        desk.tokens.forget();
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn a_token_that_the_servers_refuse_and_a_provider_that_is_away_end_no_letter() {
    let desk = Desk::with(BY_SECRET).await;
    desk.works().await;
    desk.world.deliver(&Written::new("emma.brown@klant.example", "Damage", "There is a dent in my car.").bytes());
    let wrong = Answer::ok("{\"access_token\":\"another\",\"expires_in\":3600}");
    desk.tokens.next(wrong);
    let ran = desk.world.run(&["run", "--once"]).await;
    assert_ne!(ran.code, 0);
    assert!(ran.log.contains("expected to be let in") && !ran.log.contains("another"), "{}", ran.log);
    desk.tokens.next(Answer { status: 503, headers: "", body: String::new() });
    desk.tokens.next(Answer { status: 503, headers: "", body: String::new() });
    let ran = desk.world.run(&["run", "--once"]).await;
    assert_ne!(ran.code, 0);
    assert!(ran.log.contains("the provider out of order (HTTP 503)"), "{}", ran.log);
    desk.tokens.forget();
    desk.world.work().await;
    desk.world.letters_once("emma.brown", 1).await;
    assert_eq!(desk.world.cases().await.len(), 2);
}

#[tokio::test]
async fn a_daemon_renews_its_token_and_hears_of_mail_meanwhile() {
    let desk = Desk::with(BY_SECRET).await;
    // It lives for four seconds: three quarters of it are over before the next look.
    desk.tokens.next(Answer::ok(&format!("{{\"access_token\":\"{TOKEN}\",\"expires_in\":4}}")));
    desk.world.set("mailbox", "idle = true");
    let daemon = desk.world.daemon();
    until("the first token", || (!desk.tokens.asked().is_empty()).then_some(())).await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    desk.world.deliver(&Written::new("jan.jansen@klant.example", "Schade", "Er zit een deuk in.").bytes());
    desk.world.letters_once("jan.jansen", 1).await;
    assert!(desk.tokens.asked().len() >= 2, "{:?}", desk.tokens.asked());
    let log = daemon.log();
    assert_eq!(daemon.stop().await, 0, "{log}");
    assert!(!log.contains(TOKEN) && !log.contains("hush-hush"), "{log}");
}
