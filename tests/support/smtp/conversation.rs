//! One connection of the test's SMTP server, from the greeting to the end. Strict where it matters to the tests: only
//! `CRLF . CRLF` ends a letter, and commands out of order are refused.

use super::{Act, At, Delivery, Protection, Received, Shared, maildir};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

pub struct Conversation {
    /// None only while TLS is being put under it.
    io: Option<BufReader<Box<dyn Stream>>>,
    shared: Arc<Shared>,
    number: usize,
    secured: bool,
    logged_in: bool,
    from: Option<String>,
    to: Option<String>,
    /// Goes out right behind the next reply.
    behind: Vec<u8>,
}

/// Whether a fault took the place of what would have been done.
#[derive(PartialEq)]
enum Met {
    Nothing,
    Answered,
}

impl Conversation {
    pub async fn hold(tcp: TcpStream, number: usize, shared: Arc<Shared>) -> io::Result<()> {
        let mut conversation = Self {
            io: Some(BufReader::new(Box::new(tcp))),
            logged_in: shared.setup.login.is_none(),
            shared,
            number,
            secured: false,
            from: None,
            to: None,
            behind: Vec::new(),
        };
        if let Protection::Tls(config) = conversation.shared.setup.protection.clone() {
            conversation.secure(TlsAcceptor::from(config)).await?;
        }
        if conversation.meet(At::Greeting).await? == Met::Nothing {
            conversation.say("220 mx.test.example ESMTP").await?;
        }
        while let Some(line) = conversation.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            conversation.shared.commands.lock().unwrap().push(line.clone());
            conversation.obey(&line).await?;
        }
        Ok(())
    }

    async fn obey(&mut self, line: &str) -> io::Result<()> {
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let verb = verb.to_ascii_uppercase();
        let (at, answer) = match verb.as_str() {
            "EHLO" | "HELO" => (At::Ehlo, self.extensions()),
            "RSET" => (At::Rset, "250 2.0.0 Ok".to_owned()),
            "NOOP" => (At::Noop, "250 2.0.0 Ok".to_owned()),
            "STARTTLS" => return self.starttls().await,
            "AUTH" => return self.auth(argument).await,
            "MAIL" => return self.mail(argument).await,
            "RCPT" => return self.rcpt(argument).await,
            "DATA" => return self.data().await,
            "QUIT" => {
                self.meet(At::Quit).await?;
                self.say("221 2.0.0 Bye").await?;
                return Err(io::Error::other("client quit"));
            }
            _ => return self.say("502 5.5.2 Command not known").await,
        };
        if self.meet(at).await? == Met::Nothing {
            (self.from, self.to) = if at == At::Noop { (self.from.take(), self.to.take()) } else { (None, None) };
            self.say(&answer).await?;
        }
        Ok(())
    }

    fn extensions(&self) -> String {
        let setup = &self.shared.setup;
        let mut lines = vec!["mx.test.example greets you".to_owned()];
        lines.extend(setup.extensions.iter().map(ToString::to_string));
        lines.extend(setup.size.map(|size| format!("SIZE {size}")));
        lines.extend(setup.login.as_ref().map(|login| format!("AUTH {}", login.mechanisms)));
        if matches!(setup.protection, Protection::StartTls(_)) && !self.secured {
            lines.push("STARTTLS".to_owned());
        }
        let last = lines.len() - 1;
        let numbered =
            lines.iter().enumerate().map(|(at, line)| format!("250{}{line}", if at == last { ' ' } else { '-' }));
        numbered.collect::<Vec<_>>().join("\r\n")
    }

    async fn starttls(&mut self) -> io::Result<()> {
        if self.meet(At::StartTls).await? == Met::Answered {
            return Ok(());
        }
        let Protection::StartTls(config) = self.shared.setup.protection.clone() else {
            return self.say("502 5.5.1 Not offered").await;
        };
        self.say("220 2.0.0 Ready").await?;
        self.secure(TlsAcceptor::from(config)).await
    }

    async fn secure(&mut self, acceptor: TlsAcceptor) -> io::Result<()> {
        let plain = self.io.take().expect("a stream").into_inner();
        self.io = Some(BufReader::new(Box::new(acceptor.accept(plain).await?)));
        self.secured = true;
        Ok(())
    }

    async fn auth(&mut self, argument: &str) -> io::Result<()> {
        if self.meet(At::Auth).await? == Met::Answered {
            return Ok(());
        }
        let Some(login) = self.shared.setup.login.clone() else {
            return self.say("503 5.5.1 No AUTH here").await;
        };
        let decode = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap_or_default()).unwrap_or_default();
        let given = match argument.split_once(' ') {
            Some((way @ ("XOAUTH2" | "OAUTHBEARER"), initial)) => {
                let given = token_in(&decode(initial));
                if given != [login.username, login.password] {
                    // It says what it holds against the token, and waits to be heard (RFC 7628 §3.2.3).
                    self.say(&format!("334 {}", STANDARD.encode("{\"status\":\"401\"}"))).await?;
                    let line = self.line().await?.unwrap_or_default();
                    let heard = if way == "XOAUTH2" { "" } else { "AQ==" };
                    assert_eq!(String::from_utf8_lossy(&line).trim_end(), heard, "the end of a refused login");
                }
                given
            }
            Some(("PLAIN", initial)) => decode(initial).split('\0').skip(1).map(str::to_owned).collect::<Vec<_>>(),
            _ => {
                let mut answers = Vec::new();
                for challenge in ["Username:", "Password:"] {
                    self.say(&format!("334 {}", STANDARD.encode(challenge))).await?;
                    let line = self.line().await?.unwrap_or_default();
                    answers.push(decode(String::from_utf8_lossy(&line).trim_end()));
                }
                answers
            }
        };
        self.logged_in = given == [login.username, login.password];
        self.say(if self.logged_in { "235 2.7.0 Ok" } else { "535 5.7.8 Authentication failed" }).await
    }

    async fn mail(&mut self, argument: &str) -> io::Result<()> {
        if self.meet(At::Mail).await? == Met::Answered {
            return Ok(());
        }
        let size = argument.split_once("SIZE=").and_then(|(_, rest)| rest.split(' ').next()?.parse::<usize>().ok());
        let limit = self.shared.setup.size.unwrap_or(usize::MAX);
        if !self.logged_in {
            return self.say("530 5.7.0 Authentication required").await;
        }
        if self.from.is_some() {
            return self.say("503 5.5.1 Nested MAIL command").await;
        }
        if size.is_some_and(|size| size > limit) {
            return self.say("552 5.3.4 Message size exceeds fixed limit").await;
        }
        self.from = Some(bracketed(argument));
        self.say("250 2.1.0 Ok").await
    }

    async fn rcpt(&mut self, argument: &str) -> io::Result<()> {
        let to = bracketed(argument);
        if self.from.is_none() {
            return self.say("503 5.5.1 Need MAIL command").await;
        }
        let known = match &self.shared.setup.delivery {
            Delivery::Memory | Delivery::Envelopes => true,
            Delivery::HomesBelow(homes) => maildir::home(homes, &to).is_some(),
        };
        self.to = Some(to);
        let met = self.meet(At::Rcpt).await?;
        if met == Met::Answered || !known {
            self.to = None;
        }
        match met {
            Met::Answered => Ok(()),
            Met::Nothing if known => self.say("250 2.1.5 Ok").await,
            Met::Nothing => self.say("550 5.1.1 User unknown").await,
        }
    }

    async fn data(&mut self) -> io::Result<()> {
        if self.meet(At::Data).await? == Met::Answered {
            return Ok(());
        }
        if self.to.is_none() {
            return self.say("503 5.5.1 Need RCPT command").await;
        }
        self.say("354 End data with <CR><LF>.<CR><LF>").await?;
        let bytes = self.content().await?;
        let met = self.meet(At::Dot).await?;
        let (from, to) = (self.from.take().unwrap_or_default(), self.to.take().unwrap_or_default());
        if met == Met::Answered {
            return Ok(());
        }
        if bytes.len() > self.shared.setup.size.unwrap_or(usize::MAX) {
            return self.say("552 5.3.4 Message file too big").await;
        }
        let count = self.take_over(from, to.clone(), bytes)?;
        self.to = Some(to);
        if self.meet(At::Taken).await? == Met::Nothing {
            self.say(&format!("250 2.0.0 Ok: queued as TEST{count}")).await?;
        }
        self.meet(At::Replied).await?;
        self.to = None;
        Ok(())
    }

    /// Up to the ending dot, the doubled dots made single.
    async fn content(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut is_first = true;
        while let Some(line) = self.line().await? {
            if line == b".\r\n" && (bytes.is_empty() || bytes.ends_with(b"\r\n")) {
                return Ok(bytes);
            }
            if is_first {
                self.meet(At::Content).await?;
                is_first = false;
            }
            bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn take_over(&self, from: String, to: String, bytes: Vec<u8>) -> io::Result<usize> {
        if let Delivery::HomesBelow(homes) = &self.shared.setup.delivery {
            let home = maildir::home(homes, &to).ok_or(io::ErrorKind::NotFound)?;
            maildir::deliver(&home, &from, &to, &bytes)?;
        }
        let bytes = if matches!(self.shared.setup.delivery, Delivery::Envelopes) { Vec::new() } else { bytes };
        let mut letters = self.shared.letters.lock().unwrap();
        letters.push(Received { from, to, bytes, at: SystemTime::now(), connection: self.number });
        Ok(letters.len())
    }

    /// Does what the test wants to go wrong here; an error ends the conversation.
    async fn meet(&mut self, at: At) -> io::Result<Met> {
        let recipient = self.to.clone().unwrap_or_default();
        let act = self.shared.faults.lock().unwrap().iter_mut().find_map(|fault| fault.due(at, &recipient));
        match act {
            None => Ok(Met::Nothing),
            Some(Act::Reply(bytes)) => self.write(&bytes).await.map(|()| Met::Answered),
            Some(Act::ReplyAndDrop(bytes)) => {
                self.write(&bytes).await?;
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Some(Act::Drop) => Err(io::ErrorKind::ConnectionAborted.into()),
            Some(Act::Stall) => std::future::pending().await,
            Some(Act::DropUnlessAlone) => {
                let is_alone = self.io.as_ref().is_none_or(|io| io.buffer().is_empty());
                if is_alone { Ok(Met::Nothing) } else { Err(io::ErrorKind::ConnectionAborted.into()) }
            }
            Some(Act::Behind(bytes)) => {
                self.behind = bytes;
                Ok(Met::Nothing)
            }
            Some(Act::Late(wait)) => {
                tokio::time::sleep(wait).await;
                Ok(Met::Nothing)
            }
            Some(Act::Held(gate)) => {
                let _closed = gate.acquire().await;
                Ok(Met::Nothing)
            }
        }
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        let mut bytes = format!("{line}\r\n").into_bytes();
        bytes.append(&mut self.behind);
        self.write(&bytes).await
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let io = self.io.as_mut().expect("a stream");
        io.write_all(bytes).await?;
        io.flush().await
    }

    /// With its line end; None when the client hung up.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.io.as_mut().expect("a stream").read_until(b'\n', &mut line).await?;
        Ok(Some(line).filter(|line| !line.is_empty()))
    }
}

/// What stands between `<` and `>`.
fn bracketed(argument: &str) -> String {
    argument
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or_else(String::new, |(path, _)| path.to_owned())
}

/// User and token of XOAUTH2 or OAUTHBEARER.
fn token_in(message: &str) -> Vec<String> {
    let parts: Vec<&str> = message.split(['\u{1}', ',']).collect();
    let value = |start: &str| parts.iter().find_map(|part| part.strip_prefix(start)).unwrap_or_default().to_owned();
    let user = if message.starts_with("n,") { value("a=") } else { value("user=") };
    vec![user, value("auth=Bearer ")]
}
