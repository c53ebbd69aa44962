//! From answers to the text of the settings: only what this company said, and what follows from it. What is usual is left to
//! the program. Pure.

use super::questions::{Place, Protocol, security_word};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What a company said.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub company: String,
    pub address: String,
    pub imap: Place,
    pub smtp: Place,
    pub ca_file: Option<String>,
    pub username: String,
    pub login: Login,
    pub smtp_login: SmtpLogin,
    pub proof: Proof,
    pub department: Department,
    pub operator: Option<String>,
    pub register: Option<String>,
}

/// What a login is proven with.
#[derive(Debug, Clone)]
pub(super) enum Login {
    Password(PathBuf),
    Microsoft { tenant: String, client_id: String, secret: PathBuf },
    Google { service_account: PathBuf },
}

/// How the sending server lets us in.
#[derive(Debug, Clone)]
pub(super) enum SmtpLogin {
    AsTheMailbox,
    Other { username: String, password: PathBuf },
    None,
}

/// What proves that a colleague is one (invariant 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    Server(String),
    /// The word of Exchange, which the operator relies on.
    Microsoft365,
    /// The operator's word that nothing does.
    Nothing,
}

/// The department that gets what no keyword meets: all, as long as it is the only one.
#[derive(Debug, Clone)]
pub(super) struct Department {
    pub name: String,
    pub title: String,
    pub address: String,
    pub supervisor: String,
}

impl Said {
    /// The text of the settings file.
    pub fn settings(&self) -> String {
        let mut out = String::from(
            "# Made by `klachtpost init`. Everything else that can be set, with what it means, stands in the manual of the\n\
             # settings, config/klachtpost.toml; `klachtpost check` says whether all is as it should be.\n",
        );
        section(&mut out, "[desk]", &[("name", Some(json!(self.company))), ("address", Some(json!(self.address)))]);
        self.mailbox(&mut out);
        self.sender(&mut out);
        self.oauth2(&mut out);
        if let Some(register) = &self.register {
            section(&mut out, "[register]", &[("url", Some(json!(format!("sqlite:{register}"))))]);
        }
        if let Some(operator) = &self.operator {
            section(&mut out, "[operator]", &[("address", Some(json!(operator)))]);
        }
        let Department { name, title, address, supervisor } = &self.department;
        let keys = [("name", name), ("title", title), ("address", address), ("supervisor", supervisor)];
        let keys =
            keys.map(|(key, text)| (key, Some(json!(text)))).into_iter().chain([("fallback", Some(json!(true)))]);
        section(&mut out, "[[department]]", &keys.collect::<Vec<_>>());
        out
    }

    fn mailbox(&self, out: &mut String) {
        let proof = match &self.proof {
            Proof::Server(id) => ("trusted_authserv_id", Some(json!(id))),
            Proof::Microsoft365 => ("staff_proof", Some(json!("microsoft365"))),
            Proof::Nothing => ("accept_unproven_staff", Some(json!(true))),
        };
        let mut keys = server(&self.imap, Protocol::Imap, self.ca_file.as_deref());
        keys.push(("username", Some(json!(self.username))));
        keys.extend(self.login_keys());
        keys.push(proof);
        section(out, "[mailbox]", &keys);
    }

    fn sender(&self, out: &mut String) {
        let mut keys = server(&self.smtp, Protocol::Smtp, self.ca_file.as_deref());
        match &self.smtp_login {
            SmtpLogin::AsTheMailbox => {
                keys.push(("username", Some(json!(self.username))));
                keys.extend(self.login_keys());
            }
            SmtpLogin::Other { username, password } => {
                keys.extend([("username", Some(json!(username))), ("password_file", Some(file(password)))]);
            }
            SmtpLogin::None => {}
        }
        section(out, "[sender]", &keys);
    }

    fn login_keys(&self) -> [Line; 1] {
        match &self.login {
            Login::Password(path) => [("password_file", Some(file(path)))],
            Login::Microsoft { .. } | Login::Google { .. } => [("auth", Some(json!("oauth2")))],
        }
    }

    fn oauth2(&self, out: &mut String) {
        match &self.login {
            Login::Password(_) => {}
            Login::Microsoft { tenant, client_id, secret } => {
                let keys =
                    [("provider", json!("microsoft")), ("tenant", json!(tenant)), ("client_id", json!(client_id))];
                let keys = keys.into_iter().chain([("client_secret_file", file(secret))]);
                section(out, "[oauth2]", &keys.map(|(key, value)| (key, Some(value))).collect::<Vec<_>>());
            }
            Login::Google { service_account } => {
                let keys = [("provider", json!("google")), ("service_account_file", file(service_account))];
                section(out, "[oauth2]", &keys.map(|(key, value)| (key, Some(value))));
            }
        }
    }
}

/// Settings that say where servers are, and else nothing that is true: to see whether somebody is there.
pub(super) fn servers_alone(imap: &Place, smtp: &Place) -> String {
    let mut out = String::from("[desk]\nname = \"-\"\naddress = \"a@b.nl\"\n");
    let mut mailbox = server(imap, Protocol::Imap, None);
    mailbox.extend(["username", "password"].map(|key| (key, Some(json!("-")))));
    mailbox.push(("accept_unproven_staff", Some(json!(true))));
    section(&mut out, "[mailbox]", &mailbox);
    section(&mut out, "[sender]", &server(smtp, Protocol::Smtp, None));
    let texts = [("name", "a"), ("title", "a"), ("address", "b@b.nl"), ("supervisor", "c@b.nl")];
    section(&mut out, "[[department]]", &texts.map(|(key, text)| (key, Some(json!(text)))));
    out + "fallback = true\n"
}

fn file(path: &Path) -> serde_json::Value {
    json!(path.display().to_string())
}

/// A key and its value, where it has one.
type Line = (&'static str, Option<serde_json::Value>);

/// A server's keys, those that are usual left out.
fn server(place: &Place, protocol: Protocol, ca_file: Option<&str>) -> Vec<Line> {
    let word = security_word(place.security);
    let is_usual = place.port == protocol.port(place.security);
    vec![
        ("host", Some(json!(place.host))),
        ("security", (word != "tls").then(|| json!(word))),
        ("port", (!is_usual).then(|| json!(place.port))),
        ("ca_file", ca_file.filter(|_| word != "none").map(|file| json!(file))),
    ]
}

/// A text or number is written in TOML as in JSON.
fn section(out: &mut String, header: &str, keys: &[Line]) {
    let _ = write!(out, "\n{header}\n");
    for (key, value) in keys {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {value}");
        }
    }
}

#[cfg(test)]
#[path = "written_tests.rs"]
mod tests;
