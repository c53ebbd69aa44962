//! PostgreSQL under the benchmark: a server of its own that waits for the disk at each commit, as SQLite does, a database for
//! each round, and what the server counted. Touches the network and files.

use crate::support::postgres::Postgres;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Who counts the statements.
const COUNTS: &str = "-c fsync=on -c shared_buffers=256MB -c shared_preload_libraries=pg_stat_statements -c pg_stat_statements.max=10000";
/// How many of the statements are named.
const NAMED: usize = 12;

pub struct Server {
    postgres: Postgres,
    rounds: AtomicUsize,
}

impl Server {
    pub fn start() -> Self {
        let postgres = Postgres::start(COUNTS, None);
        postgres.sql("postgres", "CREATE EXTENSION pg_stat_statements");
        Self { postgres, rounds: AtomicUsize::new(0) }
    }

    /// Settings for a register in a new database.
    pub fn settings(&self, folder: &Path) -> String {
        let name = format!("round_{}", self.rounds.fetch_add(1, Ordering::Relaxed) + 1);
        self.postgres.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.postgres.sql("postgres", "SELECT pg_stat_statements_reset()");
        let redactions = folder.join("redacted");
        format!("[register]\nurl = \"{}\"\nredactions = \"{}\"\n", self.postgres.url(&name), redactions.display())
    }

    /// What the server counted in the last round, of so many mails.
    pub fn tell(&self, mails: usize) {
        let name = format!("round_{}", self.rounds.load(Ordering::Relaxed));
        let of = format!("FROM pg_stat_statements JOIN pg_database ON oid = dbid WHERE datname = '{name}'");
        let number = |text: &str| self.postgres.sql("postgres", text).parse::<f64>().unwrap();
        let all = number(&format!("SELECT COALESCE(sum(calls), 0) {of}"));
        let commits = number(&format!("SELECT COALESCE(sum(calls), 0) {of} AND query = 'COMMIT'"));
        let size = number(&format!("SELECT pg_database_size('{name}')"));
        let (all, commits) = (all / mails as f64, commits / mails as f64);
        println!(
            "statements  {all:.2} a mail, {commits:.2} of them commits; {:.0} KB a mail in all",
            size / mails as f64 / 1024.0
        );
        let most = format!(
            "SELECT calls || ' x ' || round(mean_exec_time::numeric, 2) || ' ms: ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 110) \
             {of} ORDER BY calls * mean_exec_time DESC LIMIT {NAMED}"
        );
        println!("{}", self.postgres.sql("postgres", &most));
        self.postgres.sql(&name, "VACUUM ANALYZE");
        println!(
            "{}",
            self.postgres.sql(
                &name,
                "SELECT relname || ': ' || pg_total_relation_size(oid) || ' octets, ' || reltuples || ' rows' FROM pg_class \
                 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC LIMIT 10"
            )
        );
    }
}
