//! The house stays as `src/lib.rs` lays it out: which room may use which, who may touch the outside world, and that every
//! file can be read on its own. Reads the sources as text; touches nothing else.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

#[path = "architecture/both_databases.rs"]
mod both_databases;
#[path = "architecture/languages.rs"]
mod languages;
#[path = "architecture/paths.rs"]
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Lines of a file: one sitting's reading. Word lists are data, nobody reads them from end to end.
const LINES_MAX: usize = 450;
const WORD_LIST_LINES_MAX: usize = 1_000;
/// How a word list says that it is one, in its first lines.
const WORD_LIST: &str = "Data only";
/// Fewer files than this were never all of the house: then the test looks in the wrong place.
const FILES_MIN: usize = 80;

/// Which rooms each room may use, in the order in which they stand on each other: one way through the house.
const MAY_USE: &[(&str, &[&str])] = &[
    ("languages", &[]),
    ("case", &["languages"]),
    ("config", &["case", "languages", "text"]),
    ("calendar", &["case", "config"]),
    ("clock", &["case", "crash"]),
    ("crash", &[]),
    ("text", &[]),
    ("mail", &["languages", "text"]),
    ("speech", &["case", "languages", "text"]),
    ("typeface", &["text"]),
    ("metrics", &["case"]),
    ("digest", &["case", "calendar", "typeface"]),
    ("desk", &["case", "calendar", "config", "languages", "mail", "digest", "speech", "text"]),
    ("letters", &["case", "calendar", "mail", "digest", "desk", "speech", "text", "typeface"]),
    ("register", &["case", "clock", "config", "crash", "desk", "letters", "text"]),
    ("access", &["case", "clock", "config"]),
    ("mailbox", &["access", "case", "config"]),
    ("outbox", &["access", "case", "config", "text"]),
    (
        "daemon",
        &[
            "access", "case", "calendar", "clock", "config", "crash", "mail", "mailbox", "digest", "desk", "letters",
            "register", "outbox", "metrics",
        ],
    ),
    (
        "commands",
        &[
            "access", "case", "calendar", "clock", "config", "mail", "mailbox", "digest", "desk", "letters",
            "register", "outbox", "daemon",
        ],
    ),
    ("main", &["commands"]),
];

/// What only some rooms may touch: the words, and the rooms or files.
const ONLY: &[(&[&str], &[&str])] = &[
    (&["Utc::now", "Local::now", "SystemTime::now", "getrandom"], &["clock"]),
    (&["env::var", "env::vars", "env::var_os", "env::vars_os"], &["config", "commands", "main", "crash"]),
    (&["sqlx::"], &["register"]),
    (&["async_imap::", "imap_proto::"], &["mailbox"]),
    (&["ureq::"], &["access/post.rs"]),
    (&["hickory_resolver::"], &["commands/init/finding.rs"]),
    // Which letters of ours a mail names; beside that, whether something that goes out or along holds a token.
    (
        &["keys.read", "keys.find", "keys.find_all"],
        &["desk/intent/", "desk/carried.rs", "letters/door.rs", "daemon/comparing.rs"],
    ),
    // Beside these, two ask it whether an address is one.
    (&["lettre::"], &["outbox", "letters", "config/check.rs", "mail/forwarded/party.rs"]),
    (&["mail_parser::"], &["mail", "letters/door.rs", "commands/page.rs"]),
    (&["minijinja::"], &["letters"]),
    (&["tokio_cron_scheduler::", "sd_notify::"], &["daemon"]),
    (&["clap::", "println!", "eprintln!"], &["commands", "main"]),
    (&["process::exit", "ExitCode"], &["main", "commands"]),
    (
        &["std::fs", "File", "OpenOptions", "std::net"],
        &["config", "access", "mailbox", "outbox", "register", "daemon/office.rs", "commands", "crash"],
    ),
    (&["tokio::", "async fn", ".await"], &["access", "mailbox", "outbox", "register", "daemon", "commands", "main"]),
];

/// A mail is understood once: what is called, and the one file in which the desk may call it, beside where it is defined.
const ONE_CALLER: &[(&str, &str)] = &[
    ("desk::verbs::parse", "desk/intent/typed.rs"),
    ("desk::verbs::of_reply", "desk/intent/typed.rs"),
    ("desk::verbs::asks_for_everything", "desk/intent/typed.rs"),
    ("desk::verbs::named_in", "desk/intent/typed.rs"),
    ("desk::intent::token::answered_letter", "desk/intent/mod.rs"),
    ("desk::intent::sender", "desk/intent/mod.rs"),
    ("desk::sent_by::SentBy::of", "desk/intent/mod.rs"),
    ("desk::web_form::form_of", "desk/intent/mod.rs"),
];

/// One source file of the program.
struct Source {
    /// Below `src`, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part.ends_with("tests.rs"))
    }

    /// The program's own lines: no comments, and nothing that is compiled for tests only.
    fn code(&self) -> Vec<&str> {
        let mut code = Vec::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            if line.trim() == "#[cfg(test)]" {
                let indent = &line[..line.len() - line.trim_start().len()];
                // An item ends where rustfmt puts its closing bracket, or with the semicolon of its only line.
                let end = format!("{indent}}}");
                let _ =
                    lines.find(|line| *line == end || (line.ends_with(';') && !line[indent.len()..].starts_with(' ')));
            } else if !line.trim_start().starts_with("//") {
                code.push(line);
            }
        }
        code
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let rust = files_below(&src).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let sources: Vec<Source> = rust
        .map(|path| Source {
            path: path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/"),
            text: std::fs::read_to_string(&path).unwrap(),
        })
        .collect();
    assert!(sources.len() >= FILES_MIN, "only {} files below {}", sources.len(), src.display());
    sources
}

/// Where `word` stands in the line as a word of its own.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let starts_free = !word.starts_with(part_of_name) || !before.is_some_and(part_of_name);
        let ends_free = !word.ends_with(part_of_name) || !after.is_some_and(part_of_name);
        starts_free && ends_free
    })
}

/// The rooms a line names: `crate::desk::…`, `klachtpost::commands::…`, `crate::{case::…, desk}`.
fn rooms_named<'a>(line: &'a str, rooms: &[&'a str]) -> Vec<&'a str> {
    let after = ["crate::", "klachtpost::"].into_iter().find_map(|start| Some(line.split_once(start)?.1));
    let Some(after) = after else { return Vec::new() };
    let names: Vec<&str> = match after.strip_prefix('{') {
        Some(list) => list.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect(),
        None => after.split(|c: char| !(c.is_alphanumeric() || c == '_')).take(1).collect(),
    };
    rooms.iter().copied().filter(|room| names.contains(room)).collect()
}

fn none_of(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn rooms_use_only_the_rooms_they_stand_on() {
    let rooms: Vec<&str> = MAY_USE.iter().map(|(room, _)| *room).collect();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.path != "lib.rs" && !source.is_test()) {
        let Some((room, allowed)) = MAY_USE.iter().find(|(room, _)| *room == source.room()) else {
            wrong.push(format!("src/{} is in no room of src/lib.rs", source.path));
            continue;
        };
        seen.insert(*room);
        for line in source.code() {
            let used = rooms_named(line, &rooms).into_iter().filter(|used| used != room && !allowed.contains(used));
            wrong.extend(used.map(|used| format!("src/{}: {room} may not use {used}: {}", source.path, line.trim())));
        }
    }
    none_of(&wrong);
    assert_eq!(seen.len(), rooms.len(), "a room of the table is empty; seen: {seen:?}");
}

#[test]
fn the_order_of_the_rooms_has_no_circle() {
    let mut standing: Vec<&str> = Vec::new();
    while standing.len() < MAY_USE.len() {
        let next = MAY_USE
            .iter()
            .find(|(room, uses)| !standing.contains(room) && uses.iter().all(|used| standing.contains(used)));
        let (room, _) = next.unwrap_or_else(|| panic!("rooms use each other in a circle; standing: {standing:?}"));
        standing.push(room);
    }
}

/// The sources of the desk without tests, and what each names.
fn desk() -> Vec<(Source, BTreeSet<Vec<String>>)> {
    let sources: Vec<Source> = sources().into_iter().filter(|s| s.room() == "desk" && !s.is_test()).collect();
    let modules: BTreeSet<Vec<String>> = sources.iter().map(Source::module).collect();
    let passed_on: BTreeMap<_, _> = sources.iter().flat_map(|source| source.passes_on(&modules)).collect();
    let home_of = |mut path: Vec<String>| {
        // `desk::Intent` stands for `desk::intent::Intent`; nobody passes a name on more often than modules nest.
        for _ in 0..path.len() {
            let known = (1..=path.len()).rev().find_map(|n| Some((n, passed_on.get(&path[..n])?)));
            let Some((n, home)) = known.filter(|(n, home)| path[..*n] != home[..]) else { break };
            path = home.iter().chain(&path[n..]).cloned().collect();
        }
        path
    };
    let with_paths = sources.into_iter().map(|source| {
        let paths = source.paths(&modules).into_iter().map(home_of).collect();
        (source, paths)
    });
    with_paths.collect()
}

#[test]
fn the_modules_of_the_desk_point_one_way() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (source, paths) in desk().into_iter().filter(|(source, _)| source.path != "desk/mod.rs") {
        let own = source.module()[1].clone();
        let others = paths.into_iter().filter(|path| path.len() > 2 && path[0] == "desk" && path[1] != own);
        uses.entry(own.clone()).or_default().extend(others.map(|mut path| path.swap_remove(1)));
    }
    let edges: usize = uses.values().map(BTreeSet::len).sum();
    assert!(uses.len() > 40 && edges > 100, "{} modules and {edges} uses were never all of the desk", uses.len());
    let mut standing: BTreeSet<String> = BTreeSet::new();
    while standing.len() < uses.len() {
        let free = uses.iter().filter(|(module, used)| !standing.contains(*module) && used.is_subset(&standing));
        let free: Vec<String> = free.map(|(module, _)| module.clone()).collect();
        let left = || uses.iter().filter(|(module, _)| !standing.contains(*module));
        let circle = || left().map(|(module, used)| format!("{module} -> {:?}", used - &standing)).collect::<Vec<_>>();
        assert!(!free.is_empty(), "modules of the desk use each other in a circle:\n{}", circle().join("\n"));
        standing.extend(free);
    }
}

#[test]
fn a_mail_is_understood_in_one_place() {
    let sources = desk();
    let mut wrong = Vec::new();
    for (called, only) in ONE_CALLER {
        let (module, name) = called.rsplit_once("::").unwrap();
        let path: Vec<String> = called.split("::").map(ToOwned::to_owned).collect();
        // A parser's own files call it too.
        let own = |source: &Source| {
            let here = format!("{}::", source.module().join("::"));
            here.starts_with(&format!("{module}::")) && !only.starts_with(&module.replace("::", "/"))
        };
        let callers = sources.iter().filter(|(source, paths)| paths.contains(&path) && !own(source));
        wrong.extend(
            callers
                .filter(|(source, _)| source.path != *only)
                .map(|(source, _)| format!("src/{}: {called} is for {only} only", source.path)),
        );
        let is_called = |line: &&str| line.contains(&format!("{name}(")) && !line.contains(&format!("fn {name}("));
        let there = sources.iter().find(|(source, _)| source.path == *only).map(|(source, _)| source.code());
        assert!(there.unwrap().iter().any(is_called), "{only} does not call {called}: this rule looks for nothing");
    }
    none_of(&wrong);
}

#[test]
fn only_the_named_rooms_touch_the_outside_world() {
    let sources = sources();
    let mut wrong = Vec::new();
    for (words, places) in ONLY {
        let mut met = 0;
        for source in sources.iter().filter(|source| !source.is_test()) {
            let here = places.iter().any(|place| *place == source.room() || source.path.starts_with(place));
            for line in source.code() {
                let Some(word) = words.iter().find(|word| has_word(line, word)) else { continue };
                met += 1;
                if !here {
                    wrong.push(format!("src/{}: {word} is for {places:?} only: {}", source.path, line.trim()));
                }
            }
        }
        assert!(met > 0, "nobody uses {words:?}: this rule looks for nothing");
    }
    none_of(&wrong);
}

#[test]
fn every_file_says_what_it_is_and_is_short_enough_to_read() {
    let mut wrong = Vec::new();
    let tests = files_below(&root().join("tests")).into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    let tests: Vec<Source> = tests
        .map(|path| Source {
            text: std::fs::read_to_string(&path).unwrap(),
            path: format!("tests: {}", path.display()),
        })
        .collect();
    for source in sources().iter().chain(&tests) {
        if !source.text.starts_with("//! ") {
            wrong.push(format!("{}: the first line does not say what it is (//! …)", source.path));
        }
        let head: Vec<&str> = source.text.lines().take_while(|line| line.starts_with("//!")).collect();
        let limit = if head.join(" ").contains(WORD_LIST) { WORD_LIST_LINES_MAX } else { LINES_MAX };
        let lines = source.text.lines().count();
        if lines > limit {
            wrong.push(format!("{}: {lines} lines, at most {limit}", source.path));
        }
    }
    none_of(&wrong);
}

#[test]
fn nothing_is_left_to_do_and_no_developers_machine_is_named() {
    // Put together here, so that this file does not hold them.
    let left = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["dbg", "!"],
        ["todo", "!"],
        ["unimplemented", "!"],
        ["/wor", "k/"],
        ["/roo", "t/"],
        ["/Use", "rs/"],
        ["/hom", "e/"],
        ["/.cargo/", "registry"],
    ]
    .map(|parts| parts.concat());
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["src", "tests", "config", "templates", "migrations"] {
        files.extend(files_below(&root().join(folder)));
    }
    assert!(files.len() >= FILES_MIN, "only {} files", files.len());
    files.extend(["Cargo.toml", "clippy.toml", ".ci/run"].map(|name| root().join(name)));
    let mut wrong = Vec::new();
    for file in files {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        for (number, line) in text.lines().enumerate() {
            // A path is met wherever it stands, a word only as a word: VTODO is a calendar's.
            let found = left.iter().filter(|w| if w.starts_with('/') { line.contains(*w) } else { has_word(line, w) });
            wrong.extend(found.map(|word| format!("{}:{}: {word}", file.display(), number + 1)));
        }
    }
    none_of(&wrong);
}

/// Programs of coreutils and the shell, which no Debian is without.
const EVERYWHERE: &[&str] = &["chown", "cp", "id", "sh"];

/// What a test runs on a bare machine is there: `tests/prepare` installs it, or it is part of every Debian.
#[test]
fn tests_run_no_program_that_prepare_does_not_see_to() {
    let prepare = std::fs::read_to_string(root().join("tests/prepare")).unwrap();
    let list = prepare.lines().find_map(|line| line.strip_prefix("commands=(")?.strip_suffix(')')).unwrap();
    let seen_to: BTreeSet<&str> = list.split_whitespace().chain(EVERYWHERE.iter().copied()).collect();
    let mut run = BTreeSet::new();
    for folder in ["src", "tests", "benches"] {
        for file in files_below(&root().join(folder)).iter().filter(|file| file.extension().is_some_and(|e| e == "rs"))
        {
            run.extend(programs(&std::fs::read_to_string(file).unwrap()));
        }
    }
    assert!(run.contains("dovecot") && run.contains("pdftotext"), "the programs of tests are not found: {run:?}");
    none_of(&run.iter().filter(|name| !seen_to.contains(name.as_str())).cloned().collect::<Vec<_>>());
}

/// The programs a source names: by name where it runs one, or by the folder that programs are in.
fn programs(text: &str) -> BTreeSet<String> {
    // Put together here, so that this file names none.
    let named = [["Command::", "new("], ["=", " "], ["Path::", "new("]].map(|before| before.concat() + "\"");
    let literals = named.iter().flat_map(|before| text.split(before.as_str()).skip(1).map(move |rest| (before, rest)));
    literals
        .filter_map(|(before, rest)| {
            let literal = rest.split('"').next()?;
            let folder = ["/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"].iter().find_map(|f| literal.strip_prefix(f));
            folder.or_else(|| before.starts_with("Command").then_some(literal)).map(ToOwned::to_owned)
        })
        .collect()
}

/// Words by which a Dutch sentence is known.
const DUTCH: [&str; 8] = [" de ", " het ", " een ", " wij ", " niet ", " naar ", " van ", " wordt "];

/// Where words stand that are no letter's: samples, and the table of verbs (of which the manuals are made).
const WORDS_OF_OTHERS: [&str; 2] = ["letters/sample", "desk/verbs/table.rs"];

/// What letters say stands in `templates/`, and nowhere in the rooms that decide on them and write them.
#[test]
fn what_letters_say_stands_in_no_source() {
    let of_letters = |source: &&Source| matches!(source.room(), "letters" | "desk") && !source.is_test();
    let is_words = |path: &str| WORDS_OF_OTHERS.iter().any(|other| path.starts_with(other));
    for source in sources().iter().filter(of_letters).filter(|source| !is_words(&source.path)) {
        for line in source.code() {
            let literals = line.split('"').skip(1).step_by(2);
            let said = literals.filter(|text| DUTCH.iter().any(|word| text.contains(word))).collect::<Vec<_>>();
            assert!(said.is_empty(), "{}: {said:?} belongs into templates/", source.path);
        }
    }
}
