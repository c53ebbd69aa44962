//! A mail client of the tests' own, as plain as can be: logs in and reads a folder over IMAP, byte for byte. It shares no
//! code with the product, so that what people find in their mailboxes is judged from outside.

use super::dovecot::PASSWORD;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// All mails of a user's inbox, oldest first.
pub fn inbox(port: u16, user: &str) -> Vec<Vec<u8>> {
    let mut client = Client::connect(port);
    client.command(&format!("LOGIN {user} \"{PASSWORD}\""));
    client.command("EXAMINE INBOX");
    let mails = client.command("UID FETCH 1:* (BODY.PEEK[])");
    client.command("LOGOUT");
    mails
}

struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the IMAP server answers");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut client = Self { stream: BufReader::new(stream) };
        client.line();
        client
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).expect("an answer in time");
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }

    /// The literals of the answer, which must be OK.
    fn command(&mut self, command: &str) -> Vec<Vec<u8>> {
        write!(self.stream.get_mut(), "a {command}\r\n").unwrap();
        let mut literals = Vec::new();
        loop {
            let line = self.line();
            if let Some(outcome) = line.strip_prefix("a ") {
                assert!(outcome.starts_with("OK"), "{command}: {outcome}");
                return literals;
            }
            let size = line.strip_suffix('}').and_then(|l| l.rsplit_once('{')).and_then(|(_, size)| size.parse().ok());
            if let Some(size) = size {
                let mut literal = vec![0; size];
                self.stream.read_exact(&mut literal).expect("the whole mail");
                literals.push(literal);
            }
        }
    }
}
