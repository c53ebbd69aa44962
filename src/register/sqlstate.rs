//! What PostgreSQL means by its error codes (its manual, appendix A). Pure.

use super::Trouble;
use sqlx::postgres::PgDatabaseError;

/// Why a server cannot be used as it is, as far as an operator does something different about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Away,
    Tls,
    Login,
    NoDatabase,
    NoRoom,
    TooOld,
    ReadOnly,
    Encoding,
    MayNot,
    Foreign,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Away => "no PostgreSQL answers there",
            Self::Tls => "its TLS cannot be trusted",
            Self::Login => "it does not let this user in",
            Self::NoDatabase => "there is no such database",
            Self::NoRoom => "it takes no more connections",
            Self::TooOld => "it is too old",
            Self::ReadOnly => "it can only be read: a standby, or set to read only",
            Self::Encoding => "its texts cannot hold all that people write",
            Self::MayNot => "this user may not do there what klachtpost needs",
            Self::Foreign => "what is in it is not klachtpost's",
        })
    }
}

impl Refusal {
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Away => {
                "look whether it runs and listens at that host and port (listen_addresses, a firewall between); klachtpost can \
                 be started when it does"
            }
            Self::Tls => {
                "give the server a certificate for the very host of register.url (ssl = on), and name the CA that signed it: \
                 `?sslrootcert=/etc/klachtpost/ca.pem`; on one machine, `?sslmode=disable`"
            }
            Self::Login => {
                "write the user's password into register.password_file (ALTER ROLE … PASSWORD sets it), and look into the \
                 server's pg_hba.conf"
            }
            Self::NoDatabase => {
                "make it: CREATE DATABASE klachtpost OWNER klachtpost ENCODING 'UTF8' TEMPLATE template0"
            }
            Self::NoRoom => {
                "raise max_connections of the server, or the limit of this user or database (-1: none); an instance takes \
                 up to ten"
            }
            Self::TooOld => "install PostgreSQL 13 or newer, and bring the database over with pg_dump and pg_restore",
            Self::ReadOnly => {
                "name the primary in register.url, or all servers with commas between them: the first that can be written to \
                 is used"
            }
            Self::Encoding => {
                "make another database: CREATE DATABASE klachtpost OWNER klachtpost ENCODING 'UTF8' TEMPLATE template0"
            }
            Self::MayNot => "make the user the database's owner: ALTER DATABASE … OWNER TO …",
            Self::Foreign => "give klachtpost a database of its own; nothing was changed in this one",
        }
    }

    /// Of an error that came while connecting, or before anything was done.
    pub(super) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Tls(_) => Self::Tls,
            sqlx::Error::Io(why) if why.to_string().contains("certificate") => Self::Tls,
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                match &*code {
                    "28000" | "28P01" => Self::Login,
                    "3D000" => Self::NoDatabase,
                    "53300" => Self::NoRoom,
                    "25006" => Self::ReadOnly,
                    "42501" => Self::MayNot,
                    _ => Self::Away,
                }
            }
            _ => Self::Away,
        }
    }
}

/// What is wrong with the server as a whole; None: with the statement.
pub(super) fn trouble(error: &PgDatabaseError) -> Option<Trouble> {
    let code = error.code();
    match code {
        "53100" => Some(Trouble::Full),
        "53300" => Some(Trouble::Closed),
        "25006" => Some(Trouble::ReadOnly),
        "42501" => Some(Trouble::MayNot),
        "28000" | "28P01" | "3D000" => Some(Trouble::Lost),
        // A lock or statement that took too long, a deadlock, two at once.
        "55P03" | "57014" | "40P01" | "40001" | "25P02" => Some(Trouble::Locked),
        "58030" => Some(Trouble::Disk),
        "XX001" | "XX002" => Some(Trouble::Damaged),
        // Waited too long inside a transaction; the server stops, or starts.
        "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => Some(Trouble::Lost),
        _ if code.starts_with("08") => Some(Trouble::Lost),
        _ if code.starts_with("53") => Some(Trouble::Closed),
        _ => None,
    }
}
