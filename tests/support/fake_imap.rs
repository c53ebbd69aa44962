//! An IMAP server that misbehaves on cue. It serves a small, honest inbox until a test's script takes over the answer
//! to a command: then it says what the script says, falls silent, or hangs up.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What is said to a command. `TAG` in a text stands for the command's tag.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Go on after saying this.
    Say(String),
    /// Say this and hang up.
    SayAndHangUp(String),
    /// Say this and then nothing more, with the line open.
    SayAndFallSilent(String),
}

/// Looks at a command (without its tag) and takes it over, or leaves it to the honest server.
pub type Script = fn(&str) -> Option<Answer>;

/// A running server.
pub struct FakeImap {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl FakeImap {
    /// Starts a server with the usual greeting.
    pub async fn start(script: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::start_greeting(Answer::Say("* OK ready\r\n".into()), script).await
    }

    pub async fn start_greeting(
        greeting: Answer,
        script: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let script = Arc::new(script);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listening = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, greeting.clone(), Arc::clone(&script), Arc::clone(&listening)));
            }
        });
        Self { port, heard, task }
    }

    /// All commands so far, with their tags.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for FakeImap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(
    stream: TcpStream,
    greeting: Answer,
    script: Arc<impl Fn(&str) -> Option<Answer>>,
    heard: Arc<Mutex<Vec<String>>>,
) {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    if !give(&mut writing, greeting, "*").await {
        return;
    }
    let mut last_tag = "*".to_owned();
    while let Ok(Some(line)) = lines.next_line().await {
        heard.lock().unwrap().push(line.clone());
        // DONE has no tag: it ends the command before it.
        let (tag, command) = line.split_once(' ').unwrap_or((&last_tag, &line));
        let answer = script(command).unwrap_or_else(|| honest(command));
        if !give(&mut writing, answer, tag).await {
            return;
        }
        last_tag = tag.to_owned();
    }
}

/// Whether the conversation goes on.
async fn give(writing: &mut (impl AsyncWriteExt + Unpin), answer: Answer, tag: &str) -> bool {
    let (text, silent) = match &answer {
        Answer::Say(text) => (text, false),
        Answer::SayAndHangUp(text) => (text, false),
        Answer::SayAndFallSilent(text) => (text, true),
    };
    let text = text.replace("TAG", tag);
    let said = writing.write_all(text.as_bytes()).await.is_ok() && writing.flush().await.is_ok();
    if silent {
        std::future::pending::<()>().await;
    }
    said && matches!(answer, Answer::Say(_))
}

/// An inbox with two mails of 5 bytes, UID 4 and 7.
fn honest(command: &str) -> Answer {
    let data = match command.split(' ').next().unwrap_or_default() {
        "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS\r\n",
        "LIST" if command == "LIST \"\" \"\"" => "* LIST (\\NoSelect) \".\" \"\"\r\n",
        "LIST" => return Answer::Say(format!("* LIST () \".\" {}\r\nTAG OK done\r\n", &command["LIST \"\" ".len()..])),
        "SELECT" => {
            "* 2 EXISTS\r\n* OK [UIDVALIDITY 17] fine\r\n* OK [UIDNEXT 8] next\r\n* OK [PERMANENTFLAGS (\\*)] all\r\n"
        }
        "IDLE" => return Answer::Say("+ idling\r\n".into()),
        "UID" if command.contains("BODY") => {
            "* 1 FETCH (UID 4 BODY[]<0> {5}\r\nfirst)\r\n* 2 FETCH (UID 7 BODY[]<0> {5}\r\nother)\r\n"
        }
        "UID" if command.contains("FETCH") => {
            "* 1 FETCH (UID 4 RFC822.SIZE 5 INTERNALDATE \"17-Jul-2026 02:44:25 +0200\" FLAGS ())\r\n\
             * 2 FETCH (UID 7 RFC822.SIZE 5 INTERNALDATE \"17-Jul-2026 02:45:25 +0200\" FLAGS (\\Seen))\r\n"
        }
        _ => "",
    };
    Answer::Say(format!("{data}TAG OK done\r\n"))
}
