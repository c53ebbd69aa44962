//! `klachtpost demo`: placeholder
use super::Exit;
use std::path::PathBuf;
pub async fn run(_dir: Option<PathBuf>) -> Exit {
    Exit::Done
}
