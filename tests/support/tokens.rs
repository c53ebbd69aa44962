//! A provider of tokens of the test's own: HTTPS with its own authority, answers that are scripted, and for Dovecot a page over
//! plain HTTP that says of a token whose it is. Keeps what it was asked.

use super::certs::PrivateCa;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// The token that servers take.
pub const TOKEN: &str = "token-of-the-test";

/// What it answers once: status, further header lines, body.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: &'static str,
    pub body: String,
}

impl Answer {
    pub fn ok(body: &str) -> Self {
        Self { status: 200, headers: "", body: body.to_owned() }
    }

    /// A refusal, as the provider words it.
    pub fn refusal(status: u16, error: &str, description: &str) -> Self {
        let body = format!("{{\"error\":\"{error}\",\"error_description\":\"{description}\"}}");
        Self { status, headers: "", body }
    }
}

#[derive(Default)]
struct Script {
    next: VecDeque<Answer>,
    asked: Vec<Vec<(String, String)>>,
}

/// Runs until dropped.
pub struct TokenServer {
    ca: PrivateCa,
    script: Arc<Mutex<Script>>,
    port: u16,
    plain_port: u16,
    running: [JoinHandle<()>; 2],
}

impl TokenServer {
    pub async fn start() -> Self {
        let ca = PrivateCa::new();
        let acceptor = TlsAcceptor::from(ca.certificate_for("localhost").server_config());
        let (script, listener, plain) = (Arc::<Mutex<Script>>::default(), listening().await, listening().await);
        let port = listener.local_addr().unwrap().port();
        let plain_port = plain.local_addr().unwrap().port();
        let answering = script.clone();
        let tokens = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, script) = (acceptor.clone(), answering.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(tcp).await else { return };
                    let _ = answer(stream, |form| script.lock().unwrap().answer(form)).await;
                });
            }
        });
        let introspection = tokio::spawn(async move {
            while let Ok((tcp, _)) = plain.accept().await {
                let _ = answer(tcp, |form| {
                    let is_known = form.iter().any(|(_, value)| value == TOKEN);
                    Answer::ok(&format!("{{\"active\":{is_known},\"username\":\"{}\"}}", super::dovecot::USER))
                })
                .await;
            }
        });
        Self { ca, script, port, plain_port, running: [tokens, introspection] }
    }

    /// What it answers next, before it goes back to giving [`TOKEN`] for an hour.
    pub fn next(&self, answer: Answer) {
        self.script.lock().unwrap().next.push_back(answer);
    }

    /// Takes back what it was told to answer and was not asked for.
    pub fn forget(&self) {
        self.script.lock().unwrap().next.clear();
    }

    /// The forms it was sent.
    pub fn asked(&self) -> Vec<Vec<(String, String)>> {
        self.script.lock().unwrap().asked.clone()
    }

    /// Lines of `[oauth2]` that lead here.
    pub fn settings(&self, more: &str) -> String {
        let (port, ca) = (self.port, self.ca.ca_file());
        format!(
            "[oauth2]\ntoken_url = \"https://localhost:{port}/token\"\nlogin_url = \"https://localhost:{port}/login\"\n\
             ca_file = \"{}\"\n{more}\n",
            ca.display()
        )
    }

    /// Lines with which Dovecot asks here whose a token is; `file` is written for it.
    pub fn dovecot(&self, file: &PathBuf) -> String {
        let asks = format!(
            "introspection_mode = post\nintrospection_url = http://127.0.0.1:{}/\nusername_attribute = username\n\
             active_attribute = active\nactive_value = true\n",
            self.plain_port
        );
        std::fs::write(file, asks).unwrap();
        format!(
            "auth_mechanisms = plain login xoauth2 oauthbearer\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  \
             args = {}\n}}\n",
            file.display()
        )
    }
}

impl Drop for TokenServer {
    fn drop(&mut self) {
        self.running.iter().for_each(JoinHandle::abort);
    }
}

impl Script {
    fn answer(&mut self, form: Vec<(String, String)>) -> Answer {
        self.asked.push(form);
        let usual =
            || Answer::ok(&format!("{{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"{TOKEN}\"}}"));
        self.next.pop_front().unwrap_or_else(usual)
    }
}

async fn listening() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap()
}

/// One request, one answer, and the end of the connection.
async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    say: impl FnOnce(Vec<(String, String)>) -> Answer,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if let Some(stated) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = stated.trim().parse().unwrap_or_default();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let form = body.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (plain(name), plain(value)));
    let Answer { status, headers, body } = say(form.collect());
    let reply = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}

/// A value of a form.
fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}
