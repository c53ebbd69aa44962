//! Answers a monitoring system: `GET /metrics` and `GET /healthz`, over plain HTTP/1.1 (RFC 9112), one request a
//! connection. All that is answered is in memory, and whoever asks is bounded: neither a scrape nor an attack takes
//! anything from the loops. What it asks for goes into no log.

use super::current::Current;
use crate::metrics::{self, Health, Snapshot};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Who asks at once: two monitoring systems and an orchestrator; others wait in the system's queue.
const CONNECTIONS_MAX: usize = 8;
/// Octets of a request's line and headers: what asks for figures needs some hundred.
const HEAD_MAX: usize = 8 * 1024;
/// A connection from its beginning to its end.
const PATIENCE: Duration = Duration::from_secs(5);
/// Until its request is there: who says nothing keeps no place from others for long.
const HEAD_PATIENCE: Duration = Duration::from_secs(1);
/// Where the system gives no connection (too many open files), it is asked again; the port is kept.
const PAUSE: Duration = Duration::from_secs(1);
/// A port that is taken is tried again; complaints do not wait for it.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// Serves until the daemon stops, where the settings say so.
pub(super) async fn serving_loop(current: &Arc<Current>) {
    let Some(listen) = current.now().config.metrics.listen else { return };
    let mut told = false;
    while current.open().is_some() {
        match TcpListener::bind(listen).await {
            Ok(listener) => {
                tracing::info!(%listen, "figures are given");
                tokio::select! { () = current.stopped() => break, () = serve(current, &listener) => {} }
            }
            Err(error) if !std::mem::replace(&mut told, true) => tracing::error!(
                %listen, %error,
                "no figures are given: the port cannot be had; it is tried every minute; next: free it, or set another [metrics] listen"
            ),
            Err(_) => {}
        }
        tokio::select! { () = current.stopped() => break, () = tokio::time::sleep(TRY_AGAIN) => {} }
    }
}

/// Gives a place to each who comes, as long as it is polled.
async fn serve(current: &Arc<Current>, listener: &TcpListener) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut told = false;
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                told = false;
                let current = current.clone();
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(PATIENCE, converse(stream, &current)).await;
                    drop(place);
                });
            }
            Err(error) => {
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!(%error, "figures cannot be given for a while; it is tried every second");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn converse(mut stream: TcpStream, current: &Current) -> std::io::Result<()> {
    let Ok(head) = tokio::time::timeout(HEAD_PATIENCE, head(&mut stream)).await else { return Ok(()) };
    let answer = match head? {
        Head::Whole(head) => answer(&head, &current.snapshot()),
        Head::TooLong => Answer::plain("431 Request Header Fields Too Large", "the request is too long\n"),
        Head::Left => return Ok(()),
    };
    stream.write_all(&answer.bytes()).await?;
    stream.shutdown().await
}

/// A request's line and headers.
enum Head {
    Whole(Vec<u8>),
    TooLong,
    /// Who asked went away.
    Left,
}

async fn head(stream: &mut TcpStream) -> std::io::Result<Head> {
    let mut head = Vec::new();
    loop {
        if head.windows(4).any(|end| end == b"\r\n\r\n") {
            return Ok(Head::Whole(head));
        }
        if head.len() > HEAD_MAX {
            return Ok(Head::TooLong);
        }
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(Head::Left);
        }
    }
}

/// What is answered.
struct Answer {
    status: &'static str,
    media_type: &'static str,
    body: String,
}

impl Answer {
    fn plain(status: &'static str, body: impl Into<String>) -> Self {
        Self { status, media_type: "text/plain; charset=utf-8", body: body.into() }
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { status, media_type, body } = self;
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\n\
             Connection: close\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

fn answer(head: &[u8], now: &Snapshot) -> Answer {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
    let [method, target, version] = words[..] else { return Answer::plain("400 Bad Request", "no request\n") };
    if !version.starts_with(b"HTTP/1.") {
        return Answer::plain("400 Bad Request", "no request\n");
    }
    if method != b"GET" {
        return Answer::plain("405 Method Not Allowed", "GET only\n");
    }
    match target.split(|byte| *byte == b'?').next() {
        Some(b"/metrics") => Answer { status: "200 OK", media_type: metrics::MEDIA_TYPE, body: metrics::text(now) },
        Some(b"/healthz") => match metrics::health(now) {
            (Health::Well, said) => Answer::plain("200 OK", said),
            (Health::Hangs, said) => Answer::plain("503 Service Unavailable", said),
        },
        _ => Answer::plain("404 Not Found", "/metrics and /healthz\n"),
    }
}
