//! `klachtpost instances`: which instances work on the register, what each holds and since when, and when it was last seen.

use super::Exit;
use super::looking::{ended_by, register, register_at};
use super::printing::{Form, say};
use crate::config::Config;
use crate::register::{InstanceRow, ahead};
use serde_json::json;

/// Lists them, the longest at work first.
pub async fn run(config: Config, form: Form) -> Exit {
    let register = match register(&config).await {
        Ok(register) => register,
        Err(error) => return ended_by(&error),
    };
    let rows = match register.instances().await {
        Ok(rows) => rows,
        Err(error) => return ended_by(&error),
    };
    register.close().await;
    for row in &rows {
        if form.is_json() { say!("{}", in_json(row)) } else { say!("{}", line(row, &config)) }
    }
    if !form.is_json() {
        let alive = rows.iter().filter(|row| row.is_alive).count();
        match (register.is_shared(), alive) {
            (false, _) => say!("A register in a file has one klachtpost at a time: {}", register_at(&config)),
            (true, 1) => say!("1 instance is at work on {}", register_at(&config)),
            (true, count) => say!("{count} instances are at work on {}", register_at(&config)),
        }
    }
    Exit::Done
}

fn line(row: &InstanceRow, config: &Config) -> String {
    let local =
        |at: crate::case::Moment| at.with_timezone(&config.desk.time_zone).format("%Y-%m-%d %H:%M:%S").to_string();
    let state = if row.is_alive { "at work" } else { "gone" };
    let holds = row.holds.iter().map(|(lease, since)| format!("{lease} since {}", local(*since)));
    let holds: Vec<String> = holds.chain((row.letters > 0).then(|| format!("{} letters", row.letters))).collect();
    let holds = if holds.is_empty() { "nothing".to_owned() } else { holds.join(", ") };
    let clock = row.clock_off.map(|off| format!(", its clock is {} the database's: it works on nothing", ahead(off)));
    format!(
        "{}  {state}, started {}, last seen {}, holds {holds}{}",
        row.name,
        local(row.started_at),
        local(row.seen_at),
        clock.unwrap_or_default()
    )
}

fn in_json(row: &InstanceRow) -> serde_json::Value {
    json!({
        "name": row.name,
        "alive": row.is_alive,
        "started_at": row.started_at.to_rfc3339(),
        "last_seen_at": row.seen_at.to_rfc3339(),
        "holds": row.holds.iter().map(|(lease, since)| json!({"lease": lease, "since": since.to_rfc3339()})).collect::<Vec<_>>(),
        "letters": row.letters,
        "clock_off_seconds": row.clock_off.map(|off| off.num_seconds()),
    })
}
