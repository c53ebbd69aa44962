//! An SMTP server of our own for the tests: takes letters into memory or into Maildirs (the ones a Dovecot of the same
//! test serves), remembers all it was told, and misbehaves at the stage and in the way a test asks for.
//!
//! ```ignore
//! let server = SmtpServer::start(Setup::default()).await;
//! server.fault(Fault::at(At::Rcpt, Act::reply("450 4.7.1 greylisted")).times(1));
//! ... send to 127.0.0.1:server.port() ...
//! assert_eq!(server.letters().len(), 1);
//! ```

mod conversation;
mod fault;
mod maildir;

pub use fault::{Act, At, Fault};

use conversation::Conversation;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::rustls::ServerConfig;

/// How the server is to be. The default takes everything, in memory, without TLS and login.
pub struct Setup {
    /// 0 for any free one; give [`SmtpServer::port`] of a stopped server to come back in its place.
    pub port: u16,
    pub protection: Protection,
    pub login: Option<Login>,
    /// What EHLO offers besides STARTTLS, AUTH and SIZE.
    pub extensions: Vec<&'static str>,
    /// Told by EHLO and held to.
    pub size: Option<usize>,
    pub delivery: Delivery,
    pub crowd: Crowd,
}

/// How many connections at once it takes.
#[derive(Debug, Clone, Copy)]
pub enum Crowd {
    Any,
    /// One more than these is answered by 421 and closed.
    TurnedAwayOver(usize),
    /// One more than these hears nothing at all.
    SilentOver(usize),
}

#[derive(Clone)]
pub enum Protection {
    None,
    StartTls(Arc<ServerConfig>),
    Tls(Arc<ServerConfig>),
}

/// Who may send; without it there is no AUTH and anybody may.
#[derive(Clone)]
pub struct Login {
    pub username: &'static str,
    pub password: &'static str,
    /// As EHLO offers them: `PLAIN`, `LOGIN` or both with a space.
    pub mechanisms: &'static str,
}

#[derive(Clone)]
pub enum Delivery {
    /// Every recipient is known; read them back by [`SmtpServer::letters`].
    Memory,
    /// `jan+x@any.example` goes into `<folder>/jan/Maildir/new`; without the folder `<folder>/jan` there is no such user.
    HomesBelow(PathBuf),
    /// As [`Delivery::Memory`], without what stands in them: for more letters than memory holds.
    Envelopes,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            port: 0,
            protection: Protection::None,
            login: None,
            extensions: vec!["8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES"],
            size: None,
            delivery: Delivery::Memory,
            crowd: Crowd::Any,
        }
    }
}

/// One letter the server took over.
#[derive(Debug, Clone)]
pub struct Received {
    /// "" for the null sender.
    pub from: String,
    pub to: String,
    /// As sent, without the doubled dots and the ending one.
    pub bytes: Vec<u8>,
    pub at: SystemTime,
    /// Counted from 1.
    pub connection: usize,
}

impl Received {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Runs until dropped or stopped.
pub struct SmtpServer {
    shared: Arc<Shared>,
    port: u16,
    task: JoinHandle<()>,
}

/// What the conversations share with the test.
struct Shared {
    setup: Setup,
    faults: Mutex<Vec<Fault>>,
    letters: Mutex<Vec<Received>>,
    commands: Mutex<Vec<String>>,
    connections: Mutex<usize>,
    /// Those that go on now.
    open: Mutex<usize>,
    /// The most that went on at once.
    most: Mutex<usize>,
}

impl SmtpServer {
    pub async fn start(setup: Setup) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", setup.port)).await.expect("a free port");
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            setup,
            faults: Mutex::default(),
            letters: Mutex::default(),
            commands: Mutex::default(),
            connections: Mutex::default(),
            open: Mutex::default(),
            most: Mutex::default(),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { shared, port, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything taken over so far, in order.
    pub fn letters(&self) -> Vec<Received> {
        self.shared.letters.lock().unwrap().clone()
    }

    /// What was taken over behind the first `known` letters.
    pub fn letters_from(&self, known: usize) -> Vec<Received> {
        self.shared.letters.lock().unwrap().iter().skip(known).cloned().collect()
    }

    /// Every command line so far, in order, over all connections.
    pub fn commands(&self) -> Vec<String> {
        self.shared.commands.lock().unwrap().clone()
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        *self.shared.connections.lock().unwrap()
    }

    /// How many were held at once, at most.
    pub fn most_at_once(&self) -> usize {
        *self.shared.most.lock().unwrap()
    }

    /// Adds to the faults; the oldest that fits is taken.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.lock().unwrap().push(fault);
    }

    /// From here on it behaves.
    pub fn clear_faults(&self) {
        self.shared.faults.lock().unwrap().clear();
    }

    /// Goes away: the port is closed and every connection cut.
    pub async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut conversations = JoinSet::new();
    while let Ok((tcp, _)) = listener.accept().await {
        tcp.set_nodelay(true).unwrap();
        let number = {
            let mut connections = shared.connections.lock().unwrap();
            *connections += 1;
            *connections
        };
        // A conversation ends with an error when the client hangs up or a fault cuts it: both are as they should be.
        conversations.spawn(receive(tcp, number, Arc::clone(&shared)));
    }
}

/// Holds the conversation, or turns away one too many.
async fn receive(mut tcp: TcpStream, number: usize, shared: Arc<Shared>) -> io::Result<()> {
    let (room, turned_away) = match shared.setup.crowd {
        Crowd::Any => (usize::MAX, true),
        Crowd::TurnedAwayOver(room) => (room, true),
        Crowd::SilentOver(room) => (room, false),
    };
    if *shared.open.lock().unwrap() >= room {
        if turned_away {
            return tcp.write_all(b"421 4.7.0 Too many connections from your address\r\n").await;
        }
        return std::future::pending().await;
    }
    let _seat = Seat::take(Arc::clone(&shared));
    Conversation::hold(tcp, number, shared).await
}

/// Counts a conversation for as long as it goes on.
struct Seat(Arc<Shared>);

impl Seat {
    fn take(shared: Arc<Shared>) -> Self {
        let mut open = shared.open.lock().unwrap();
        *open += 1;
        let mut most = shared.most.lock().unwrap();
        *most = (*most).max(*open);
        drop((open, most));
        Self(shared)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        *self.0.open.lock().unwrap() -= 1;
    }
}
