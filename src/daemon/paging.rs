//! `[operator] command`: a program that is run where no letter to the operator gets through. Its arguments are those of the
//! settings and nothing else; no shell reads them, its environment is empty, its time is bounded, and what a mail or a server
//! said does not reach it (invariant 6). Starts a process.

use super::processors::anywhere;
use crate::desk::outage::{Spot, Word};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Sending a message takes seconds; what takes longer hangs.
const TIME: Duration = Duration::from_secs(60);

/// Why nobody was called.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotCalled {
    #[error("[operator] command: no program is named")]
    Nothing,
    #[error(
        "[operator] command: tried to run {program}, expected it to end with 0, found {found}; next: run it by hand"
    )]
    Failed { program: String, found: String },
}

/// What the command is given to read: our own words, and none of a server's or a mail's.
pub(super) fn line_of(spot: &Spot, say: Word) -> String {
    match say {
        Word::Failing { trouble, since } => {
            format!(
                "klachtpost: {} fails ({}) since {}",
                spot.name(),
                trouble.name(),
                since.format("%Y-%m-%d %H:%M UTC")
            )
        }
        Word::Over { .. } | Word::Nothing => format!("klachtpost: {} works", spot.name()),
    }
}

/// Runs it; `line` is on its standard input.
pub(super) async fn call(command: &[String], line: &str) -> Result<(), NotCalled> {
    call_within(TIME, command, line).await
}

async fn call_within(time: Duration, command: &[String], line: &str) -> Result<(), NotCalled> {
    let (program, arguments) = command.split_first().ok_or(NotCalled::Nothing)?;
    let failed = |found: String| NotCalled::Failed { program: program.clone(), found };
    let mut prepared = Command::new(program);
    prepared.args(arguments).env_clear().current_dir("/").process_group(0).kill_on_drop(true);
    prepared.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = anywhere(|| prepared.spawn()).map_err(|error| failed(error.to_string()))?;
    let (id, pipe) = (process.id(), process.stdin.take());
    let running = async {
        if let Some(mut pipe) = pipe {
            // One that reads nothing may end before all is written.
            let _ = pipe.write_all(format!("{line}\n").as_bytes()).await;
        }
        process.wait().await
    };
    match tokio::time::timeout(time, running).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(failed(status.to_string())),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => {
            end_all(id);
            Err(failed(format!("that it had not ended after {} seconds", time.as_secs())))
        }
    }
}

/// It and what it started.
fn end_all(id: Option<u32>) {
    let group = id.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        // It may have ended this very moment.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Vec<String> {
        ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[tokio::test]
    async fn it_is_run_with_its_own_arguments_in_an_empty_environment_and_reads_one_line() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("called");
        let script = format!(
            "env | grep -v -e '^PWD=' -e '^_=' -e '^SHLVL=' > {0}; echo \"$1\" >> {0}; cat >> {0}",
            file.display()
        );
        let mut command = shell(&script);
        command.extend(["sh".to_owned(), "$(id); klachtpost".to_owned()]);
        call(&command, "what is wrong").await.unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "$(id); klachtpost\nwhat is wrong\n");
    }

    #[tokio::test]
    async fn what_does_not_end_well_has_called_nobody() {
        let said = |command: Vec<String>| async move { call(&command, "x").await.unwrap_err().to_string() };
        let all = [said(shell("exit 3")).await, said(vec!["/no/such/program".into()]).await, said(Vec::new()).await];
        insta::assert_snapshot!(all.join("\n"));
    }

    #[tokio::test]
    async fn what_hangs_is_ended_with_all_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        let script = format!("sleep 600 & echo $! > {}; wait", file.display());
        let error = call_within(Duration::from_secs(1), &shell(&script), "x").await.unwrap_err();
        assert!(error.to_string().contains("had not ended after 1 seconds"), "{error}");
        let started: i32 = std::fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        for _ in 0..100 {
            // Dead, or dead and not yet cleared away by whoever adopted it.
            let status = std::fs::read_to_string(format!("/proc/{started}/stat")).unwrap_or_default();
            if status.is_empty() || status.contains(") Z ") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("what it started goes on");
    }
}
