//! A PostgreSQL of the test process's own: fresh folder, own port, no password, ended with the process even where that is
//! killed. Started when the first test asks for a database. Works as root, which `initdb` refuses, and as an ordinary user.
//! Nothing is written to disk for sure (`fsync = off`) but where a test is about a server that was killed.

use super::certs::ServerCertificate;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The variable that has the tests' registers on PostgreSQL.
const ENGINE: &str = "KLACHTPOST_TESTS_ENGINE";
/// Where Debian puts each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// Who owns the databases.
pub const OWNER: &str = "klachtpost";
/// Who must prove himself, and with what.
pub const PROVEN: &str = "bewezen";
pub const PASSWORD: &str = "geheim-van-de-test";
/// Longest wait for a server to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// A port found free may be taken before the server has it.
const START_ATTEMPTS: usize = 5;
/// With PostgreSQL klachtpost makes no secret itself.
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Runs the server and ends it when the tests are gone: then nobody writes to its input any more.
const KEEPER: &str = r#"
"$0/postgres" -D "$1/data" -p "$2" -F -h 127.0.0.1 -k '' -c max_connections=400 -c shared_buffers=64MB \
    -c max_wal_size=4GB -c log_min_messages=fatal $3 </dev/null >"$1/log" 2>&1 &
while read -r _; do :; done
kill -QUIT $!
wait
[ -e "$1/again" ] || rm -rf "$1"
"#;

/// Whether registers are on PostgreSQL in this run.
pub fn is_on() -> bool {
    std::env::var(ENGINE).is_ok_and(|engine| engine == "postgres")
}

/// How a register is called in what is shown to people.
pub fn shown(file: &Path) -> String {
    let url = register_url(file);
    url.split('?').next().unwrap_or_default().trim_start_matches("sqlite:").to_owned()
}

/// The URL of a register: that file, or a database of its own that is named after it and made when it is asked for first.
pub fn register_url(file: &Path) -> String {
    if is_on() { database_of(file) } else { format!("sqlite:{}", file.display()) }
}

/// Settings for a SQLite file, as they must be for this run.
pub fn adapted(settings: String) -> String {
    const URL: &str = "url = \"sqlite:";
    if !is_on() {
        return settings;
    }
    let Some(start) = settings.find(URL) else { return settings };
    let behind = &settings[start + URL.len()..];
    let (file, rest) = behind.split_once('"').unwrap();
    let named =
        if rest.contains("\nredactions = ") { String::new() } else { format!("\nredactions = \"{file}.redacted\"") };
    let text = format!("{}url = \"{}\"{named}{rest}", &settings[..start], database_of(Path::new(file)));
    with_secret(text)
}

/// The same where the URL is right already.
pub fn with_secret(settings: String) -> String {
    let has_secret = settings.lines().any(|line| line.starts_with("secret"));
    if has_secret { settings } else { settings.replacen("[desk]\n", &format!("[desk]\nsecret = \"{SECRET}\"\n"), 1) }
}

/// The database that stands for a register's file.
pub fn database_of(file: &Path) -> String {
    static MADE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let name = name_of(file);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if made.insert(name.clone()) {
        instance().sql("postgres", &format!("CREATE DATABASE {name}"));
    }
    instance().url(&name)
}

/// Another register that holds what this one holds; nobody may be connected to it.
pub fn copy_database(from: &Path, to: &Path) {
    database_of(to);
    let (from, to) = (name_of(from), name_of(to));
    instance().sql("postgres", &format!("DROP DATABASE {to} WITH (FORCE)"));
    instance().sql("postgres", &format!("CREATE DATABASE {to} TEMPLATE {from}"));
}

/// A database that was never opened.
pub fn empty(file: &Path) {
    let name = name_of(file);
    instance().sql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
    instance().sql("postgres", &format!("CREATE DATABASE {name}"));
}

/// The same of a register that is open.
pub fn dump_into(from: &Path, to: &Path) {
    database_of(to);
    let (from, to) = (name_of(from), name_of(to));
    let postgres = instance();
    postgres.sql("postgres", &format!("DROP DATABASE {to} WITH (FORCE)"));
    postgres.sql("postgres", &format!("CREATE DATABASE {to}"));
    let mut dump = Command::new(postgres.bin.join("pg_dump"));
    let mut dump = dump.arg(postgres.url(&from)).stdout(Stdio::piped()).spawn().unwrap();
    let mut psql = Command::new(postgres.bin.join("psql"));
    psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]).arg(postgres.url(&to)).stdout(Stdio::null());
    let restored = psql.stdin(dump.stdout.take().unwrap()).status().unwrap();
    assert!(restored.success() && dump.wait().unwrap().success(), "{from} into {to}");
}

/// Whether these words are anywhere in it, in a text or in bytes.
pub fn holds(file: &Path, words: &str) -> bool {
    let postgres = instance();
    let dump = Command::new(postgres.bin.join("pg_dump")).arg(postgres.url(&name_of(file))).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let text = String::from_utf8_lossy(&dump.stdout).into_owned();
    let bytes: String = words.bytes().map(|byte| format!("{byte:02x}")).collect();
    text.contains(words) || text.contains(&bytes)
}

/// How a transaction begins that nobody else writes beside.
pub fn begin_alone() -> &'static str {
    if is_on() { "BEGIN; LOCK TABLE identity IN EXCLUSIVE MODE" } else { "BEGIN IMMEDIATE" }
}

/// What the hand behind the daemon's back does to SQLite's tables, said to PostgreSQL. Rows may stay without the one they
/// refer to.
pub fn by_hand(sql: &str) -> String {
    let plain = sql.replace("PRAGMA foreign_keys = OFF;", "").replace("PRAGMA defer_foreign_keys = 1;", "");
    let statement = if let Some(trigger) = plain.strip_prefix("CREATE TRIGGER ") {
        let (head, does) = trigger.split_once(" BEGIN SELECT RAISE(ABORT, ").unwrap();
        let words = does.strip_suffix("); END").unwrap();
        let (name, when) = head.split_once(' ').unwrap();
        let (event, condition) = when
            .split_once(" WHEN ")
            .map_or((when, String::new()), |(event, condition)| (event, format!(" WHEN ({condition})")));
        format!(
            "CREATE FUNCTION does_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION {words}; END $$; \
             CREATE TRIGGER {name} {event} FOR EACH ROW{condition} EXECUTE FUNCTION does_{name}()"
        )
    } else if let Some(name) = plain.strip_prefix("DROP TRIGGER ") {
        format!("DROP FUNCTION does_{name} CASCADE")
    } else {
        plain
    };
    format!("SET session_replication_role = replica; {statement}")
}

/// How the database is called that stands for a register's file.
pub fn name_of(file: &Path) -> String {
    let mut hash = DefaultHasher::new();
    std::path::absolute(file).unwrap().hash(&mut hash);
    format!("register_{:016x}", hash.finish())
}

/// A running server.
pub struct Postgres {
    pub port: u16,
    bin: PathBuf,
    dir: PathBuf,
    keeper: Child,
}

/// The one that the tests of this process share.
pub fn instance() -> &'static Postgres {
    static INSTANCE: OnceLock<Postgres> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        // All tests at once say more different ones than it keeps unless told.
        let counts = "-c shared_preload_libraries=pg_stat_statements -c pg_stat_statements.max=50000";
        let postgres = Postgres::start(counts, None);
        postgres.sql("postgres", "CREATE EXTENSION pg_stat_statements");
        postgres
    })
}

impl Postgres {
    /// One of a test's own, that offers TLS.
    pub fn with_certificate(certificate: &ServerCertificate) -> Self {
        Self::start("-c ssl=on -c ssl_cert_file=server.pem -c ssl_key_file=server.key", Some(certificate))
    }

    /// One of a test's own, with further options.
    pub fn start(options: &str, certificate: Option<&ServerCertificate>) -> Self {
        Self::start_in(folder(&User::of_servers()), options, certificate)
    }

    /// With its files in that folder, a new one of [`folder_for_disk`].
    pub fn start_in(dir: PathBuf, options: &str, certificate: Option<&ServerCertificate>) -> Self {
        let (bin, user) = (programs(), User::of_servers());
        let mut initdb = user.command(&bin.join("initdb"));
        initdb.args(["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]).arg(dir.join("data"));
        let made = initdb.current_dir(&dir).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let access = dir.join("data/pg_hba.conf");
        let rules = std::fs::read_to_string(&access).unwrap();
        std::fs::write(&access, format!("host all {PROVEN} 127.0.0.1/32 scram-sha-256\n{rules}")).unwrap();
        if let Some(certificate) = certificate {
            for (name, text) in [("server.pem", &certificate.certificate_pem), ("server.key", &certificate.key_pem)] {
                let file = dir.join("data").join(name);
                std::fs::write(&file, text).unwrap();
                std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
                user.owns(&file);
            }
        }
        let postgres = Self::run(bin, dir, &user, options);
        postgres.sql("postgres", &format!("CREATE ROLE {PROVEN} LOGIN PASSWORD '{PASSWORD}'"));
        postgres
    }

    /// Another server that follows this one and can only be read, until it is promoted. This one waits for it from when
    /// `synchronous_standby_names` says so.
    pub fn standby(&self) -> Self {
        let (bin, user) = (programs(), User::of_servers());
        let dir = folder(&user);
        let mut copy = user.command(&bin.join("pg_basebackup"));
        copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-D"]).arg(dir.join("data"));
        let copied = copy.arg("-d").arg(self.url("postgres")).current_dir(&dir).output().unwrap();
        assert!(copied.status.success(), "pg_basebackup: {}", String::from_utf8_lossy(&copied.stderr));
        Self::run(bin, dir, &user, "")
    }

    /// Makes a standby one that can be written to.
    pub fn promote(&self) {
        self.sql("postgres", "SELECT pg_promote(true, 60)");
    }

    /// As when its machine loses power.
    pub fn kill(&self) {
        super::signals::send(self.process(), rustix::process::Signal::KILL);
    }

    /// Started again in its folder and on its port, after it was killed.
    pub fn start_again(self) -> Self {
        std::fs::write(self.dir.join("again"), "").unwrap();
        let (bin, dir, port) = (self.bin.clone(), self.dir.clone(), self.port);
        drop(self);
        for _ in 0..START_ATTEMPTS {
            let keeper = keeper(&User::of_servers(), &bin, &dir, port, "-c fsync=on");
            let mut postgres = Self { port, bin: bin.clone(), dir: dir.clone(), keeper };
            if postgres.is_ready() {
                std::fs::remove_file(dir.join("again")).unwrap();
                return postgres;
            }
            // Processes of the killed one live on for a moment.
            drop(postgres);
            std::thread::sleep(Duration::from_millis(500));
        }
        panic!("PostgreSQL did not start again: {}", std::fs::read_to_string(dir.join("log")).unwrap_or_default());
    }

    fn run(bin: PathBuf, dir: PathBuf, user: &User, options: &str) -> Self {
        // The files of a start that failed are for the next.
        std::fs::write(dir.join("again"), "").unwrap();
        for _ in 0..START_ATTEMPTS {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let keeper = keeper(user, &bin, &dir, port, options);
            let mut postgres = Self { port, bin: bin.clone(), dir: dir.clone(), keeper };
            if postgres.is_ready() {
                std::fs::remove_file(postgres.dir.join("again")).unwrap();
                return postgres;
            }
        }
        panic!("PostgreSQL did not start: {}", std::fs::read_to_string(dir.join("log")).unwrap_or_default());
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Has it carried out, as the owner of everything.
    pub fn sql(&self, database: &str, text: &str) -> String {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text]).arg(self.url(database));
        let done = psql.stdin(Stdio::null()).output().unwrap();
        assert!(done.status.success(), "{text}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    /// The folder with its files.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The number of its first process.
    pub fn process(&self) -> u32 {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().trim().parse().unwrap()
    }

    fn is_ready(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let state = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
            // One that was killed leaves its file behind.
            let runs = state.lines().next().is_some_and(|id| Path::new("/proc").join(id.trim()).exists());
            if runs && state.lines().nth(7).is_some_and(|line| ["ready", "standby"].contains(&line.trim())) {
                return true;
            }
            // Who asks while it takes up its log after a crash is told so with a FATAL of his own.
            let told = |line: &str| line.contains("starting up") || line.contains("not yet accepting");
            let failed = |log: String| log.lines().any(|line| line.contains("FATAL") && !told(line));
            if std::fs::read_to_string(self.dir.join("log")).is_ok_and(failed) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A folder for a server, and in it the one for its data, to mount a disk on; then it is to be [`given_to_servers`].
pub fn folder_for_disk() -> (PathBuf, PathBuf) {
    let dir = folder(&User::of_servers());
    let data = dir.join("data");
    std::fs::create_dir(&data).unwrap();
    (dir, data)
}

/// That folder is for who runs the server, and for nobody else.
pub fn given_to_servers(folder: &Path) {
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o700)).unwrap();
    User::of_servers().owns(folder);
}

fn folder(user: &User) -> PathBuf {
    let dir = tempfile::Builder::new().prefix("klachtpost-pg").tempdir().unwrap().keep();
    std::fs::set_permissions(&dir, PermissionsExt::from_mode(0o700)).unwrap();
    user.owns(&dir);
    dir
}

fn keeper(user: &User, bin: &Path, dir: &Path, port: u16, options: &str) -> Child {
    let _ = std::fs::remove_file(dir.join("log"));
    let mut keeper = user.command(Path::new("/bin/sh"));
    keeper.args(["-c", KEEPER]).arg(bin).arg(dir).arg(port.to_string()).arg(options);
    keeper.current_dir(dir).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    keeper.spawn().unwrap()
}

/// The newest that is installed.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir(VERSIONS).expect("Debian's postgresql; next: tests/prepare");
    let number = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.map(|entry| entry.unwrap().path()).filter(|path| path.join("bin/initdb").exists());
    newest.max_by_key(number).expect("Debian's postgresql; next: tests/prepare").join("bin")
}

/// Who runs the server.
enum User {
    Ourselves,
    Other { id: u32, group: u32 },
}

impl User {
    fn of_servers() -> Self {
        if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
            return Self::Ourselves;
        }
        let accounts = std::fs::read_to_string("/etc/passwd").unwrap();
        let numbers = |name: &str| {
            let line = accounts.lines().find(|line| line.starts_with(&format!("{name}:")))?;
            let mut parts = line.split(':').skip(2).map(|part| part.parse::<u32>().ok());
            Some(Self::Other { id: parts.next()??, group: parts.next()?? })
        };
        numbers("postgres").or_else(|| numbers("nobody")).expect("a user that PostgreSQL can run as")
    }

    fn owns(&self, path: &Path) {
        if let Self::Other { id, group } = self {
            chown(path, Some(*id), Some(*group)).unwrap();
        }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Self::Other { id, group } = self {
            use std::os::unix::process::CommandExt;
            command.uid(*id).gid(*group);
        }
        command.env("LC_ALL", "C");
        command
    }
}
