//! The way to a server that a test can close: each connection is cut and none is taken, or nothing passes and nobody is told.

use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    Open,
    /// Connections end, and new ones end at once.
    Cut,
    /// Connections stay, and nothing passes.
    Silent,
}

/// Runs until dropped.
pub struct Gate {
    pub port: u16,
    passage: Arc<watch::Sender<Passage>>,
    task: JoinHandle<()>,
}

impl Gate {
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let passage = Arc::new(watch::Sender::new(Passage::Open));
        let of_all = passage.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let passage = of_all.subscribe();
                tokio::spawn(async move {
                    if *passage.borrow() == Passage::Cut {
                        return;
                    }
                    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
                    let ((from_client, to_client), (from_server, to_server)) =
                        (client.into_split(), server.into_split());
                    tokio::select! {
                        () = pass(from_client, to_server, passage.clone()) => {}
                        () = pass(from_server, to_client, passage) => {}
                    }
                });
            }
        });
        Self { port, passage, task }
    }

    pub fn set(&self, passage: Passage) {
        self.passage.send_replace(passage);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut passage: watch::Receiver<Passage>,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            _ = passage.wait_for(|passage| *passage == Passage::Cut) => return,
        };
        let Ok(count @ 1..) = read else { return };
        match passage.wait_for(|passage| *passage != Passage::Silent).await.map(|passage| *passage) {
            Ok(Passage::Open) => {}
            _ => return,
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
