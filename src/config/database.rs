//! The URL of the register's database, and a PostgreSQL one taken apart: several hosts, one database. It can hold a password,
//! which nothing here shows. Pure.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;

/// Where PostgreSQL listens unless told otherwise.
const USUAL_PORT: u16 = 5432;
/// How to write one.
const WRITE_POSTGRES: &str = "write `url = \"postgres://USER@HOST/DATABASE\"`, several hosts with a comma between them; docs/postgresql.md says more";

/// Where the register is, as the settings say it; shown without its password.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Whether it names a PostgreSQL database.
    pub fn is_postgres(&self) -> bool {
        self.starts_with("postgres:") || self.starts_with("postgresql:")
    }
}

impl Deref for DatabaseUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for DatabaseUrl {
    fn from(url: T) -> Self {
        Self(url.into())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_postgres(), Postgres::parse(self)) {
            (false, _) => write!(f, "{:?}", self.0),
            (true, Ok(database)) => database.fmt(f),
            (true, Err(_)) => f.write_str("postgres:…"),
        }
    }
}

/// A PostgreSQL database.
#[derive(Clone)]
pub struct Postgres {
    /// As it stands in the URL.
    user: String,
    password: Option<SecretString>,
    hosts: Vec<Host>,
    /// As it stands in the URL.
    database: String,
    protection: Protection,
    /// Files for TLS, as they stand in the URL.
    files: Vec<String>,
}

/// One server of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    /// As it stands in the URL.
    name: String,
    port: u16,
}

/// What is done against who listens on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// TLS, and the server's certificate names the host.
    Full,
    /// None: the way is within one machine.
    Loopback,
}

/// What of a URL cannot be used; never the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadUrl {
    pub found: String,
    pub write: String,
}

impl BadUrl {
    fn of(found: impl Into<String>, write: impl Into<String>) -> Self {
        Self { found: found.into(), write: write.into() }
    }
}

impl Postgres {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// It cannot be used, and why.
    pub fn parse(url: &str) -> Result<Self, BadUrl> {
        let bad = |found: &str| BadUrl::of(found, WRITE_POSTGRES);
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
        let rest = rest.ok_or_else(|| bad("a PostgreSQL URL without `//`"))?;
        let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = place.split_once('/').unwrap_or((place, ""));
        let (account, hosts) = authority.rsplit_once('@').ok_or_else(|| bad("no user"))?;
        let (user, password) = account.split_once(':').map_or((account, None), |(user, word)| (user, Some(word)));
        if user.is_empty() {
            return Err(bad("no user"));
        }
        if database.is_empty() || database.contains('/') {
            return Err(bad("no name of a database"));
        }
        if !is_plain(user) {
            return Err(BadUrl::of("a user with `#`, a blank or a control character in it", WRITE_POSTGRES));
        }
        if !is_plain(database) {
            return Err(BadUrl::of("a database with `#`, a blank or a control character in its name", WRITE_POSTGRES));
        }
        let password = password.filter(|password| !password.is_empty());
        let hosts = hosts.split(',').map(Host::parse).collect::<Result<Vec<_>, _>>()?;
        let mut database = Self {
            user: user.to_owned(),
            password: password.map(decoded).transpose()?.map(SecretString::from),
            hosts,
            database: database.to_owned(),
            protection: Protection::Full,
            files: Vec::new(),
        };
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            database.take(parameter)?;
        }
        if database.hosts.iter().all(Host::is_socket) {
            database.protection = Protection::Loopback;
        }
        Ok(database)
    }

    fn take(&mut self, parameter: &str) -> Result<(), BadUrl> {
        match parameter.split_once('=').unwrap_or((parameter, "")) {
            ("sslmode", "verify-full") => self.protection = Protection::Full,
            ("sslmode", "disable") if self.hosts.iter().all(Host::is_here) => self.protection = Protection::Loopback,
            ("sslmode", "disable") => {
                return Err(BadUrl::of(
                    "sslmode=disable for a host that is not this machine",
                    "take it out: passwords and complaints would go over the network for all to read; with a CA of your own \
                     add `?sslrootcert=/path/to/ca.pem`",
                ));
            }
            ("sslmode", _) => {
                return Err(BadUrl::of(
                    "an sslmode that does not prove who the server is",
                    "take it out: verify-full is meant, and `disable` on loopback and sockets alone",
                ));
            }
            ("sslrootcert" | "sslcert" | "sslkey", file) if !is_plain(file) => {
                return Err(BadUrl::of(
                    "a file with `#`, a blank or a control character in its name",
                    "give it another name",
                ));
            }
            ("sslrootcert" | "sslcert" | "sslkey", file) if !file.is_empty() => self.files.push(parameter.to_owned()),
            (name, _) => {
                let name: String = name.chars().take(20).collect();
                let write =
                    "sslmode, sslrootcert, sslcert and sslkey are known; the password goes into register.password_file";
                return Err(BadUrl::of(format!("an unknown parameter `{name}`"), write));
            }
        }
        Ok(())
    }

    /// The same with a password from elsewhere.
    ///
    /// # Errors
    /// It has one.
    pub fn with_password(self, password: SecretString) -> Result<Self, BadUrl> {
        match self.password {
            None => Ok(Self { password: Some(password), ..self }),
            Some(_) => Err(BadUrl::of("a password in register.url as well", "take one of the two out")),
        }
    }

    /// The same with the password of another URL, where that is of the same user on the same servers.
    #[must_use]
    pub fn with_password_of(self, known: &Self) -> Self {
        let is_same = self.user == known.user && self.hosts == known.hosts;
        if self.password.is_none() && is_same { Self { password: known.password.clone(), ..self } } else { self }
    }

    /// Whether the URL holds one.
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Whether whoever connects must prove who he is, and nothing is given for it.
    pub fn lacks_password(&self) -> bool {
        let certificate = self.files.iter().any(|file| file.starts_with("sslcert="));
        self.password.is_none() && !certificate && !self.hosts.iter().all(Host::is_here)
    }

    /// All of it again, as [`Postgres::parse`] takes it.
    pub fn url(&self) -> DatabaseUrl {
        let hosts: Vec<String> = self.hosts.iter().map(Host::written).collect();
        let mode = match self.protection {
            Protection::Full => "verify-full",
            Protection::Loopback => "disable",
        };
        let files = self.files.iter().map(|file| format!("&{file}")).collect::<String>();
        let account = self.account();
        format!("postgres://{account}@{}/{}?sslmode={mode}{files}", hosts.join(","), self.database).into()
    }

    fn account(&self) -> String {
        let word =
            |password: &SecretString| utf8_percent_encode(password.expose_secret(), NON_ALPHANUMERIC).to_string();
        let password = self.password.as_ref().map(|password| format!(":{}", word(password)));
        format!("{}{}", self.user, password.unwrap_or_default())
    }

    /// For each server, in order, how it is called and the URL for it alone.
    pub fn servers(&self) -> Vec<(String, DatabaseUrl)> {
        let one = |host: &Host| {
            let alone = Self { hosts: vec![host.clone()], ..self.clone() };
            let protection = if host.is_socket() { Protection::Loopback } else { self.protection };
            let mut url = Self { protection, ..alone.clone() }.url().0;
            // The driver takes an address of IPv6 only so.
            if let Some(address) = host.name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
                url = url.replacen(&format!("@{}", host.name), "@localhost", 1) + &format!("&hostaddr={address}");
            }
            (alone.to_string(), url.into())
        };
        self.hosts.iter().map(one).collect()
    }
}

/// Without the password.
impl fmt::Display for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<String> = self.hosts.iter().map(Host::written).collect();
        write!(f, "postgres://{}@{}/{}", self.user, hosts.join(","), self.database)
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Host {
    fn parse(text: &str) -> Result<Self, BadUrl> {
        let is_port = |port: &str| !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) if is_port(port) && (!name.contains(':') || name.ends_with(']')) => (name, Some(port)),
            _ => (text, None),
        };
        let port = port.map_or(Ok(USUAL_PORT), str::parse);
        let port = port.map_err(|_| BadUrl::of("a port that is none", WRITE_POSTGRES))?;
        let is_address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '%'))
        };
        let fits = is_address.map_or_else(|| is_name(name), |address| address.parse::<IpAddr>().is_ok());
        if !fits {
            return Err(BadUrl::of("a host that is none", WRITE_POSTGRES));
        }
        Ok(Self { name: name.to_owned(), port })
    }

    fn written(&self) -> String {
        format!("{}:{}", self.name, self.port)
    }

    /// A folder with a socket, its slashes written %2F.
    fn is_socket(&self) -> bool {
        self.name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%2f"))
    }

    /// Whether the way to it is within this machine.
    fn is_here(&self) -> bool {
        let address: Option<IpAddr> = self.name.trim_matches(['[', ']']).parse().ok();
        self.is_socket() || self.name == "localhost" || address.is_some_and(|address| address.is_loopback())
    }
}

/// Whether it stands in a URL for itself: what is behind a `#` the driver does not read, sslmode among it, and a NUL ends a name
/// in what it sends.
fn is_plain(text: &str) -> bool {
    let has_none = |text: &str| !text.chars().any(|c| c.is_whitespace() || c.is_control());
    !text.contains('#') && has_none(text) && !percent_decode_str(text).any(|byte| byte.is_ascii_control())
}

fn decoded(text: &str) -> Result<String, BadUrl> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(text.map_err(|_| BadUrl::of("a password that is no UTF-8", WRITE_POSTGRES))?.into_owned())
}

#[cfg(test)]
#[path = "database_tests.rs"]
mod tests;
