//! The bare floor: what any program must do that takes mails in safely and writes two letters for each. Fetches all mails,
//! keeps each batch of fifty in one durable transaction, and sends the letters that klachtpost wrote, over four connections with
//! pipelining. Reads nothing in them, decides nothing, moves nothing. Touches the network and files.

use crate::support::dovecot::{PASSWORD, USER};
use futures_util::TryStreamExt;
use sqlx::any::AnyPoolOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};

const BATCH: usize = 50;
const CONNECTIONS: usize = 4;

/// A letter as the first round keeps it: its envelope on a line of its own, and the text as it goes over the wire.
pub fn stored(from: &str, to: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stored = format!("{from}\t{to}\n").into_bytes();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            stored.push(b'.');
        }
        stored.extend_from_slice(line);
    }
    stored
}

/// `IMAP-PORT SMTP-PORT FOLDER LETTERS`.
pub fn run(arguments: &[String]) {
    let [imap, smtp, folder, letters] = arguments else { panic!("{arguments:?}") };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (imap, smtp) = (imap.parse().unwrap(), smtp.parse().unwrap());
    runtime.block_on(fetch_commit_send(imap, smtp, Path::new(folder), PathBuf::from(letters)));
}

async fn fetch_commit_send(imap: u16, smtp: u16, folder: &Path, letters: PathBuf) {
    let (fetched, mut to_commit) = mpsc::channel::<Vec<Vec<u8>>>(1);
    let (committed, to_send) = mpsc::unbounded_channel::<usize>();
    let fetching = tokio::spawn(fetch(imap, fetched));
    let to_send = Arc::new(Mutex::new(to_send));
    let sending: Vec<_> =
        (0..CONNECTIONS).map(|_| tokio::spawn(send(smtp, to_send.clone(), letters.clone()))).collect();
    let pool = register(folder).await;
    let mut count = 0;
    while let Some(batch) = to_commit.recv().await {
        let mut transaction = pool.begin().await.unwrap();
        for mail in &batch {
            sqlx::query("INSERT INTO mail (raw) VALUES ($1)").bind(&mail[..]).execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        for _ in &batch {
            committed.send(2 * count).unwrap();
            committed.send(2 * count + 1).unwrap();
            count += 1;
        }
    }
    drop(committed);
    fetching.await.unwrap();
    for sender in sending {
        sender.await.unwrap();
    }
}

async fn register(folder: &Path) -> sqlx::AnyPool {
    sqlx::any::install_default_drivers();
    let url = format!("sqlite:{}?mode=rwc", folder.join("floor.db").display());
    let pool = AnyPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    let setup =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE mail (id INTEGER PRIMARY KEY, raw BLOB)";
    sqlx::raw_sql(setup).execute(&pool).await.unwrap();
    pool
}

async fn fetch(port: u16, fetched: mpsc::Sender<Vec<Vec<u8>>>) {
    let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut client = async_imap::Client::new(tcp);
    client.read_response().await.unwrap();
    let mut session = client.login(USER, PASSWORD).await.map_err(|(error, _)| error).unwrap();
    let mailbox = session.select("INBOX").await.unwrap();
    let mut next = 1;
    while next <= mailbox.exists {
        let last = (next + BATCH as u32 - 1).min(mailbox.exists);
        let mails: Vec<Vec<u8>> = {
            let stream = session.fetch(format!("{next}:{last}"), "(UID BODY.PEEK[])").await.unwrap();
            stream.map_ok(|mail| mail.body().unwrap_or_default().to_vec()).try_collect().await.unwrap()
        };
        fetched.send(mails).await.unwrap();
        next = last + 1;
    }
}

async fn send(port: u16, to_send: Arc<Mutex<mpsc::UnboundedReceiver<usize>>>, letters: PathBuf) {
    let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tcp.set_nodelay(true).unwrap();
    let mut server = BufReader::new(tcp);
    reply(&mut server).await;
    server.get_mut().write_all(b"EHLO floor.example\r\n").await.unwrap();
    reply(&mut server).await;
    loop {
        let Some(number) = to_send.lock().await.recv().await else { return };
        let stored = std::fs::read(letters.join(format!("{number:06}"))).unwrap();
        let end = stored.iter().position(|byte| *byte == b'\n').unwrap();
        let envelope = String::from_utf8_lossy(&stored[..end]).into_owned();
        let (from, to) = envelope.split_once('\t').unwrap();
        let commands = format!("MAIL FROM:<{from}> BODY=8BITMIME\r\nRCPT TO:<{to}>\r\nDATA\r\n");
        server.get_mut().write_all(commands.as_bytes()).await.unwrap();
        for _ in 0..3 {
            reply(&mut server).await;
        }
        server.get_mut().write_all(&stored[end + 1..]).await.unwrap();
        server.get_mut().write_all(b".\r\n").await.unwrap();
        reply(&mut server).await;
    }
}

/// One reply of however many lines; anything but a good one ends the benchmark.
async fn reply(server: &mut BufReader<TcpStream>) {
    let mut line = String::new();
    loop {
        line.clear();
        server.read_line(&mut line).await.unwrap();
        assert!(line.starts_with(['2', '3']), "{line}");
        if line.as_bytes().get(3) == Some(&b' ') {
            return;
        }
    }
}
