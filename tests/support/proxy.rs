//! A proxy between klachtpost and a real server, that does one thing wrong at a place a test names: the n-th command,
//! the n-th line of the server's answers, the n-th line of a mail or letter, or the n-th byte of what it cannot read
//! (TLS). It knows just enough of IMAP and SMTP to count those.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How the proxy reads what passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Imap,
    Smtp,
    /// Not at all: bytes are counted.
    Opaque,
}

/// A place in all that passed since the proxy was armed, counted from 1 over all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spot {
    /// A line of the client, also the dot that ends a letter.
    Command(usize),
    /// A line of the server; of what has none, a piece as it came.
    Reply(usize),
    /// A line of a letter under DATA, or of a mail in a literal.
    Text(usize),
    /// A byte of the server.
    Byte(usize),
}

/// What happens there, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The connection ends before the line is handed on.
    Cut,
    /// Half of the line is handed on, then the connection ends.
    CutMid,
    /// Nothing is handed on any more, and the connection stays open.
    Stall,
    /// Noise of the same length is handed on.
    Garble,
    /// The server never hears of the line, and the client hears this; `TAG` stands for the command's tag.
    Say(&'static str),
    /// As [`Act::Say`], and the connection ends.
    SayAndHangUp(&'static str),
    /// From here on every byte of the server takes this long.
    Slow(Duration),
}

/// One line that passed, as it was before anything was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub spot: Spot,
    pub line: String,
}

#[derive(Default)]
struct Plan {
    fault: Option<(Spot, Act)>,
    /// Happens at each such line instead of once: the answer to every command that begins so.
    always: Option<(&'static str, Act)>,
    fired: bool,
    commands: usize,
    replies: usize,
    texts: usize,
    bytes: usize,
    heard: Vec<Heard>,
}

/// Runs until dropped.
pub struct Proxy {
    pub port: u16,
    plan: Arc<Mutex<Plan>>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// In front of a server on this machine.
    pub async fn start(dialect: Dialect, server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let plan = Arc::new(Mutex::new(Plan::default()));
        let shared = Arc::clone(&plan);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(connect(client, server, dialect, Arc::clone(&shared)));
            }
        });
        Self { port, plan, task }
    }

    /// Begins to count anew, and does this there, once.
    pub fn arm(&self, spot: Spot, act: Act) {
        *self.plan.lock().unwrap() = Plan { fault: Some((spot, act)), ..Plan::default() };
    }

    /// Does this at every line of the client that begins so (after its tag), from here on.
    pub fn always(&self, command: &'static str, act: Act) {
        *self.plan.lock().unwrap() = Plan { always: Some((command, act)), ..Plan::default() };
    }

    /// Begins to count anew, and does nothing wrong.
    pub fn behave(&self) {
        *self.plan.lock().unwrap() = Plan::default();
    }

    /// Whether what was armed has happened.
    pub fn fired(&self) -> bool {
        self.plan.lock().unwrap().fired
    }

    /// All that passed since it was armed or behaves.
    pub fn heard(&self) -> Vec<Heard> {
        self.plan.lock().unwrap().heard.clone()
    }

    /// Bytes the server sent since then.
    pub fn bytes(&self) -> usize {
        self.plan.lock().unwrap().bytes
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the two directions of one connection know of each other.
#[derive(Default)]
struct Shared {
    in_data: bool,
}

async fn connect(client: TcpStream, server: u16, dialect: Dialect, plan: Arc<Mutex<Plan>>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let to_client = Arc::new(tokio::sync::Mutex::new(to_client));
    let shared = Arc::new(Mutex::new(Shared::default()));
    let (up, down) = (Arc::clone(&plan), plan);
    // Whichever direction ends first ends the connection.
    tokio::select! {
        _ = client_side(from_client, to_server, Arc::clone(&to_client), dialect, up, Arc::clone(&shared)) => {}
        _ = server_side(from_server, to_client, dialect, down, shared) => {}
    }
}

/// None: the connection ends.
async fn client_side(
    from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    back: Arc<tokio::sync::Mutex<OwnedWriteHalf>>,
    dialect: Dialect,
    plan: Arc<Mutex<Plan>>,
    shared: Arc<Mutex<Shared>>,
) -> Option<()> {
    let mut from = BufReader::new(from);
    loop {
        let line = piece(&mut from, dialect).await?;
        let act = if dialect == Dialect::Opaque {
            None
        } else {
            let is_text = shared.lock().unwrap().in_data && line != b".\r\n";
            if !is_text {
                shared.lock().unwrap().in_data = false;
            }
            plan.lock().unwrap().client_line(&line, is_text)
        };
        match act {
            Some(Act::Say(text)) => back.lock().await.write_all(answer(text, &line).as_bytes()).await.ok()?,
            Some(Act::SayAndHangUp(text)) => {
                back.lock().await.write_all(answer(text, &line).as_bytes()).await.ok()?;
                return None;
            }
            Some(Act::Stall) => {
                // Until the client has had enough.
                let _ = tokio::io::copy(&mut from, &mut tokio::io::sink()).await;
                return None;
            }
            act => hand_on(&mut to, line, act, None).await?,
        }
    }
}

async fn server_side(
    from: OwnedReadHalf,
    to: Arc<tokio::sync::Mutex<OwnedWriteHalf>>,
    dialect: Dialect,
    plan: Arc<Mutex<Plan>>,
    shared: Arc<Mutex<Shared>>,
) -> Option<()> {
    let mut from = BufReader::new(from);
    let (mut literal_left, mut slow) = (0usize, None);
    loop {
        let line = piece(&mut from, dialect).await?;
        let act = if dialect == Dialect::Opaque {
            plan.lock().unwrap().server_bytes(&line)
        } else {
            let is_text = literal_left > 0;
            literal_left = literal_left.saturating_sub(line.len());
            if dialect == Dialect::Imap && literal_left == 0 {
                literal_left = announced(&line);
            }
            if dialect == Dialect::Smtp && line.starts_with(b"354") {
                shared.lock().unwrap().in_data = true;
            }
            plan.lock().unwrap().server_line(&line, is_text)
        };
        match act {
            Some(Act::Stall) => std::future::pending().await,
            act => {
                if let Some(Act::Slow(each)) = act {
                    slow = Some(each);
                }
                hand_on(&mut *to.lock().await, line, act, slow).await?;
            }
        }
    }
}

/// A line, or what is there of something that has none.
async fn piece(from: &mut (impl AsyncBufRead + Unpin), dialect: Dialect) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    if dialect == Dialect::Opaque {
        bytes.resize(4096, 0);
        let read = from.read(&mut bytes).await.ok()?;
        bytes.truncate(read);
    } else {
        from.read_until(b'\n', &mut bytes).await.ok()?;
    }
    Some(bytes).filter(|bytes| !bytes.is_empty())
}

async fn hand_on(to: &mut OwnedWriteHalf, line: Vec<u8>, act: Option<Act>, slow: Option<Duration>) -> Option<()> {
    match act {
        Some(Act::Cut) => return None,
        Some(Act::CutMid) => {
            to.write_all(&line[..line.len() / 2]).await.ok()?;
            // What is on its way must get there before the end does.
            to.flush().await.ok()?;
            return None;
        }
        Some(Act::Garble) => return to.write_all(&noise(&line)).await.ok(),
        _ => {}
    }
    match slow {
        None => to.write_all(&line).await.ok(),
        Some(each) => {
            for byte in line {
                tokio::time::sleep(each).await;
                to.write_all(&[byte]).await.ok()?;
            }
            Some(())
        }
    }
}

impl Plan {
    fn client_line(&mut self, line: &[u8], is_text: bool) -> Option<Act> {
        let spot = if is_text { self.text() } else { self.command() };
        let always = self.always.as_ref().filter(|(command, _)| !is_text && after_tag(line).starts_with(command));
        if let Some((_, act)) = always {
            self.fired = true;
            return Some(act.clone());
        }
        self.pass(spot, line)
    }

    fn server_line(&mut self, line: &[u8], is_text: bool) -> Option<Act> {
        let spot = if is_text { self.text() } else { self.reply() };
        self.bytes += line.len();
        self.pass(spot, line)
    }

    fn server_bytes(&mut self, piece: &[u8]) -> Option<Act> {
        let before = self.bytes;
        self.bytes += piece.len();
        self.replies += 1;
        let (spot, act) = self.fault.clone()?;
        let is_here = match spot {
            Spot::Byte(at) => before < at && at <= self.bytes,
            Spot::Reply(at) => at == self.replies,
            Spot::Command(_) | Spot::Text(_) => false,
        };
        (is_here && !std::mem::replace(&mut self.fired, true)).then_some(act)
    }

    fn command(&mut self) -> Spot {
        self.commands += 1;
        Spot::Command(self.commands)
    }

    fn reply(&mut self) -> Spot {
        self.replies += 1;
        Spot::Reply(self.replies)
    }

    fn text(&mut self) -> Spot {
        self.texts += 1;
        Spot::Text(self.texts)
    }

    fn pass(&mut self, spot: Spot, line: &[u8]) -> Option<Act> {
        self.heard.push(Heard { spot, line: String::from_utf8_lossy(line).trim_end().to_owned() });
        let (at, act) = self.fault.clone()?;
        (at == spot && !std::mem::replace(&mut self.fired, true)).then_some(act)
    }
}

/// Same length, same end of line; no literal and no reply code in it.
fn noise(line: &[u8]) -> Vec<u8> {
    let end = line.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let (text, end) = line.split_at(line.len() - end);
    text.iter().enumerate().map(|(at, _)| b"?\xfe#\x01"[at % 4]).chain(end.iter().copied()).collect()
}

fn answer(text: &str, line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    text.replace("TAG", line.split(' ').next().unwrap_or_default())
}

fn after_tag(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    line.split_once(' ').map_or_else(String::new, |(_, command)| command.to_owned())
}

/// Bytes of the literal that `{123}` at the end of the line announces.
fn announced(line: &[u8]) -> usize {
    let line = String::from_utf8_lossy(line);
    let number = line.trim_end().strip_suffix('}').and_then(|line| line.rsplit_once('{'));
    number.and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
}
