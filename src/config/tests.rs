//! What the settings promise: the manual says what the code does, mistakes are named all at once, secrets stay secret.

use super::section::Reading;
use super::*;
use chrono::Timelike;
use secrecy::ExposeSecret;
use std::path::Path;

pub(super) const MANUAL: &str = include_str!("../../config/klachtpost.toml");
/// Long enough for a reply secret.
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The least that can be started with.
pub(super) const LEAST: &str = r#"
[desk]
name = "Voorbeeld Lease"
address = "klachten@lease.example"
[mailbox]
kind = "maildir"
path = "in"
accept_unproven_staff = true
[sender]
kind = "maildir"
path = "out"
[[department]]
name = "schade"
title = "Schade"
address = "schade@lease.example"
supervisor = "chef@lease.example"
fallback = true
"#;

fn changed(from: &str, to: &str) -> String {
    assert!(LEAST.contains(from), "{from}");
    LEAST.replace(from, to)
}

/// The problems of `text`, as the operator reads them.
pub(super) fn refused(text: &str) -> String {
    from_toml(text, "k.toml").map(|_| ()).unwrap_err().to_string()
}

fn with_environment(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.toml");
    std::fs::write(&file, text).unwrap();
    load(Some(&file), variables.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())))
}

/// `key = value` of each line that begins with `mark`, with its section.
fn options(mark: &str) -> Vec<(String, String)> {
    let mut section = "";
    let mut options = Vec::new();
    for line in MANUAL.lines() {
        if let Some(name) = line.strip_prefix('#').unwrap_or(line).strip_prefix('[') {
            section = name.trim_matches(['[', ']']);
        }
        let Some((key, _)) = line.strip_prefix(mark).and_then(|rest| rest.split_once(" = ")) else { continue };
        if key.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            options.push((section.to_owned(), key.to_owned()));
        }
    }
    options
}

#[test]
fn the_manual_loads_as_it_is() {
    let passwords = [("KLACHTPOST__MAILBOX__PASSWORD", "geheim"), ("KLACHTPOST_LOG", "debug")];
    let config = with_environment(MANUAL, &passwords).unwrap();
    let names: Vec<&str> = config.department.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["schade", "onderhoud", "facturatie", "contract", "levering", "klantenservice"]);
    assert_eq!(config.mailbox.password.expose_secret(), "geheim");
    assert_eq!((config.mailbox.port, config.sender.port), (993, 465));
}

/// The manual with the sections in it that may be left out, and in each what it cannot do without.
fn with_all_sections() -> String {
    let is_left_out = |key: &str| {
        matches!(key, "path" | "ca_file" | "username" | "password" | "phone" | "website" | "logo")
            || key.ends_with("_file")
    };
    let mut optional = false;
    let lines = MANUAL.lines().map(|line| {
        let header = line.strip_prefix('#').filter(|rest| rest.starts_with('['));
        optional = header.is_some() || optional && !line.starts_with('[');
        let example = line.strip_prefix("# e.g. ").filter(|_| optional);
        let needed = example.filter(|rest| rest.split_once(" = ").is_some_and(|(key, _)| !is_left_out(key)));
        header.or(needed).unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every default the manual says, taken out of its comment, changes nothing.
#[test]
fn the_manuals_defaults_are_those_of_the_code() {
    let manual = with_all_sections();
    let is_default = |line: &str| {
        line.strip_prefix('#')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()) && rest.contains(" = "))
    };
    let written: Vec<&str> =
        manual.lines().map(|line| if is_default(line) { line.trim_start_matches('#') } else { line }).collect();
    let password = [("KLACHTPOST__MAILBOX__PASSWORD", "geheim")];
    let (left_out, written) =
        (with_environment(&manual, &password).unwrap(), with_environment(&written.join("\n"), &password).unwrap());
    assert!(left_out.committee.is_some() && left_out.paper.is_some() && left_out.second_sender.is_some());
    // They are two files, each named in what is found in it.
    let plain = |config: Config| Config {
        borrowed: Borrowed::default(),
        doubts: Vec::new(),
        register: Register { url: config.register.url.clone(), ..Register::default() },
        ..config
    };
    let shown = |config: Config| format!("{:#?}", plain(config));
    assert_eq!(shown(written), shown(left_out));
    assert!(options("#").len() > 30);
}

/// Every key the code asks for is in the manual, and no other.
#[test]
fn the_manual_has_every_key_and_no_other() {
    let mut reading = Reading::new("manual", None, section::Purpose::Work);
    let tree = config::Config::builder()
        .add_source(config::File::from_str(&sample::written_out(MANUAL), config::FileFormat::Toml))
        .build()
        .and_then(|config| config.cache.into_table())
        .unwrap();
    sections::config(tree, &mut reading);
    // A mailbox's own sections have the keys of the company's; and one language stands for what can be given in each.
    let own = |key: &str| {
        let key = key.strip_prefix("mailbox.").filter(|rest| rest.contains('.')).unwrap_or(key);
        let languages = crate::languages::Language::ALL;
        let stem = languages.iter().find_map(|one| key.strip_suffix(one.tag())?.strip_suffix(['_', '.']));
        stem.map_or_else(|| key.to_owned(), |stem| format!("{stem} in each"))
    };
    let known = reading.known();
    let known = known.iter().filter_map(|key| key.split_once('.'));
    let asked = known.map(|(section, key)| own(&format!("{}.{key}", section.split(' ').next().unwrap_or(section))));
    let asked: std::collections::BTreeSet<String> = asked.collect();
    let mut manual: std::collections::BTreeSet<String> = ["", "#", "# e.g. "]
        .iter()
        .flat_map(|mark| options(mark))
        .map(|(section, key)| own(&format!("{section}.{key}")))
        .collect();
    manual.extend(["committee", "privacy", "paper", "digest"].map(|below| format!("mailbox.{below}")));
    let keys = "committee name title title_nl title_en title_de title_fr address supervisor staff keywords fallback";
    for key in keys.split(' ') {
        assert!(MANUAL.contains(&format!("\n#   {key} ")), "the departments' table lacks {key}");
        manual.insert(own(&format!("department.{key}")));
    }
    assert_eq!(manual, asked);
}

/// The defaults of the contract, by value.
#[test]
fn the_defaults_are_those_of_the_contract() {
    let config = from_toml(LEAST, "k.toml").unwrap();
    assert_eq!(config.desk.time_zone, chrono_tz::Europe::Amsterdam);
    assert_eq!(config.mailbox.max_message_bytes, 64 * 1024 * 1024);
    assert_eq!(config.sender.max_message_bytes, 25 * 1024 * 1024);
    assert_eq!((config.deadlines.acknowledge_hours, config.deadlines.first_response_hours), (24, 24));
    assert_eq!((config.deadlines.resolve_working_days, config.deadlines.warn_before_hours), (3, 4));
    assert_eq!((config.deadlines.end_of_day.hour(), config.deadlines.end_of_day.minute()), (17, 30));
    assert_eq!((config.digest.at.hour(), config.digest.at.minute(), config.digest.working_days_only), (7, 30, true));
    assert_eq!((config.mailbox.poll_seconds, config.mailbox.idle, config.sender.connections), (60, true, 4));
    assert_eq!(&*config.register.url, "sqlite:/var/lib/klachtpost/klachtpost.db");
    assert!(config.committee.is_none() && config.desk.secret.is_none());
    assert!(config.department.iter().all(|d| d.committee && d.staff.is_empty()));
}

#[test]
fn the_usual_port_follows_from_the_protection() {
    for (security, imap, smtp) in [("tls", 993, 465), ("starttls", 143, 587), ("none", 143, 25)] {
        let server = format!("host = \"127.0.0.1\"\nsecurity = \"{security}\"");
        let text =
            changed("kind = \"maildir\"\npath = \"in\"", &format!("username = \"u\"\npassword = \"p\"\n{server}"))
                .replace("kind = \"maildir\"\npath = \"out\"", &server);
        let config = from_toml(&text, "k.toml").unwrap();
        assert_eq!((config.mailbox.port, config.sender.port), (imap, smtp), "{security}");
    }
}

#[test]
fn the_environment_goes_over_the_file_and_stays_text() {
    let config = with_environment(
        LEAST,
        &[
            ("KLACHTPOST__MAILBOX__PASSWORD", "007"),
            ("KLACHTPOST__MAILBOX__PORT", "1993"),
            ("KLACHTPOST__MAILBOX__IDLE", "false"),
            ("KLACHTPOST__DESK__EMPLOYEES", "a@lease.example, b@lease.example"),
            ("KLACHTPOST__DEADLINES__END_OF_DAY", "16:00"),
            ("KLACHTPOST_CONFIG", "not this one"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(config.mailbox.password.expose_secret(), "007");
    assert_eq!((config.mailbox.port, config.mailbox.idle), (1993, false));
    assert_eq!(config.desk.employees, ["a@lease.example", "b@lease.example"]);
    assert_eq!(config.deadlines.end_of_day.hour(), 16);
}

#[test]
fn one_double_bracket_mailbox_is_the_mailbox() {
    let one = changed("[mailbox]", "[[mailbox]]\nname = \"een\"");
    let config = with_environment(&one, &[("KLACHTPOST__MAILBOX__JUNK", "Spam")]).unwrap();
    assert_eq!((config.mailbox.name.as_str(), config.mailbox.junk.as_str()), ("een", "Spam"));
}

#[test]
fn the_file_is_found_by_option_then_variable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, LEAST).unwrap();
    let variable = || std::iter::once(("KLACHTPOST_CONFIG".to_owned(), file.display().to_string()));
    assert!(load(None, variable()).is_ok());
    let error = load(Some(Path::new("/nowhere/k.toml")), variable()).unwrap_err().to_string();
    insta::assert_snapshot!(error);
}

#[test]
fn every_mistake_is_named_at_once() {
    let text = r#"
mail = 1
[desk]
name = "Voorbeeld\r\nBcc: x@y.example"
adress = "klachten@lease.example"
time_zone = "Amsterdam"
language = "fy"
employees = "jan@lease.example"
secret = "kort"
[mailbox]
host = "imap.lease.example:993"
security = "ssl"
username = 5
port = 0
poll_seconds = 100000
idle = "ja"
processed = "inbox"
unreadable = ""
ca_file = "/nowhere/ca.pem"
[sender]
host = "smtp.lease.example"
security = "none"
username = "klachten"
connections = -1
[register]
url = "postgres://klachtpost:wachtwoord@db/klachtpost"
[deadlines]
end_of_day = "half zes"
warn_before_hours = 24
resolve_working_days = 0
liberation_day = true
closed_days = ["24-12-2026"]
[digest]
at = "7.30"
recipients = ["Jan <jan@lease.example>"]
[committee]
name = "Commissie"
url = "ftp://commissie.example"
[[department]]
name = "schade"
title = "Schade"
address = "klachten@lease.example"
supervisor = "chef"
keywords = ["*"]
[[department]]
name = "Schade"
title = "Nog een"
address = "twee@lease.example"
supervisor = "chef@lease.example"
keywords = ["ru*it"]
[[department]]
title = "Drie woorden"
address = "drie@lease.example"
supervisor = "chef@lease.example"
keywords = ["Ruit", "ruit"]
fall_back = true
"#;
    insta::assert_snapshot!(refused(text));
}

#[test]
fn nothing_at_all_says_what_to_write() {
    insta::assert_snapshot!(refused(""));
}

#[test]
fn single_mistakes() {
    let texts = [
        changed("accept_unproven_staff = true\n", ""),
        changed("fallback = true", ""),
        format!(
            "{LEAST}[[department]]\nname = \"b\"\ntitle = \"B\"\naddress = \"b@c.example\"\nsupervisor = \"b@c.example\"\nfallback = true\n"
        ),
        changed("schade@lease.example", "Klachten+schade@lease.example"),
        changed("[desk]", "[desk]\nemployees = [\"klachten@lease.example\"]"),
        changed("[[department]]", "[department]"),
        changed("[sender]", "[[sender]]"),
        changed("path = \"in\"", ""),
        changed("[sender]", "[register]\nurl = \"sqlite::memory:\"\n[sender]"),
        changed("[sender]", "[register]\nurl = \"mysql://root:wachtwoord@db\"\n[sender]"),
        changed("path = \"out\"", "path = \"out\"\npassword = \"p\""),
        changed("name = \"schade\"", "name = \"schade en zo\""),
        changed("path = \"in\"", "path = \"in\"\npassword = 12345"),
        changed("path = \"in\"", "path = \"in\"\npassword = \"p\\nA1 NOOP\""),
        changed("path = \"in\"", "path = \"in\"\ntrusted_authserv_id = \"mx.lease.example; dkim=pass\""),
        changed("path = \"in\"", "path = \"in\"\nfolders = { inbox = \"x\" }"),
    ];
    let said: Vec<String> = texts.iter().map(|text| refused(text)).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_mistake_in_the_environment_names_the_variable() {
    let error = with_environment(
        LEAST,
        &[
            ("KLACHTPOST__MAILBOX__PORT", "imap"),
            ("KLACHTPOST__MAILBOX__PASWORD", "geheim"),
            ("KLACHTPOST_MAILBOX__JUNK", "geheim"),
        ],
    );
    let ConfigError::Invalid(Problems(problems)) = error.unwrap_err() else { panic!("another error") };
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn what_is_no_toml_is_not_quoted() {
    let error = refused("[mailbox]\npassword = \"wachtwoord\nhost = 1\n");
    assert!(!error.contains("wachtwoord"), "{error}");
    insta::assert_snapshot!(error);
}

#[test]
fn a_file_that_is_no_settings_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("big");
    std::fs::write(&file, "#".repeat(2 * 1024 * 1024)).unwrap();
    assert!(matches!(load(Some(&file), std::iter::empty()), Err(ConfigError::Unreadable { .. })));
}

/// A secret file of `mode`, and the settings that name it.
#[cfg(unix)]
fn secret_file(folder: &Path, content: &str, mode: u32) -> String {
    use std::os::unix::fs::PermissionsExt;
    let file = folder.join("secret");
    std::fs::write(&file, content).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    changed("[desk]", &format!("[desk]\nsecret_file = \"{}\"", file.display()))
}

#[cfg(unix)]
#[test]
fn a_secret_file_is_read_without_its_line_end_and_only_if_nobody_else_can() {
    let folder = tempfile::tempdir().unwrap();
    for mode in [0o600, 0o400] {
        let text = secret_file(folder.path(), &format!("{SECRET}\r\n"), mode);
        let config = from_toml(&text, "k.toml").unwrap();
        assert_eq!(config.desk.secret.unwrap().expose_secret(), SECRET);
    }
    for mode in [0o640, 0o604, 0o620, 0o601] {
        let error = refused(&secret_file(folder.path(), SECRET, mode));
        assert!(error.contains("desk.secret_file") && error.contains("chmod 600"), "{mode:o}: {error}");
        assert!(error.contains(&format!("{mode:04o}")) && !error.contains(SECRET), "{error}");
    }
    // systemd gives credentials group bits of its own.
    let text = secret_file(folder.path(), SECRET, 0o440);
    let credentials = folder.path().display().to_string();
    assert!(with_environment(&text, &[("CREDENTIALS_DIRECTORY", &credentials)]).is_ok());
    assert!(with_environment(&text, &[("CREDENTIALS_DIRECTORY", "/elsewhere")]).is_err());
}

#[cfg(unix)]
#[test]
fn a_secret_file_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = refused(&secret_file(folder.path(), "\n", 0o600));
    let large = refused(&secret_file(folder.path(), &"x".repeat(100_000), 0o600));
    let both = refused(
        &secret_file(folder.path(), SECRET, 0o600).replace("[desk]", &format!("[desk]\nsecret = \"{SECRET}\"")),
    );
    let absent = refused(&changed("[desk]", "[desk]\nsecret_file = \"/nowhere/secret\""));
    let a_folder = refused(&changed("[desk]", "[desk]\nsecret_file = \"/\""));
    let said =
        [empty, large, both, absent, a_folder].join("\n").replace(&folder.path().display().to_string(), "FOLDER");
    assert!(!said.contains(SECRET));
    insta::assert_snapshot!(said);
}

#[cfg(unix)]
#[test]
fn previous_secrets_are_a_list_one_text_or_the_lines_of_a_file() {
    let previous = |text: &str| -> Vec<String> {
        let config = from_toml(text, "k.toml").unwrap();
        config.desk.previous_secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect()
    };
    assert_eq!(previous(&changed("[desk]", "[desk]\nprevious_secrets = [\"een\", \"twee\"]")), ["een", "twee"]);
    assert_eq!(previous(&changed("[desk]", "[desk]\nprevious_secrets = \"een\"")), ["een"]);
    let folder = tempfile::tempdir().unwrap();
    let text = secret_file(folder.path(), "een\ntwee\n\n", 0o600).replace("secret_file", "previous_secrets_file");
    assert_eq!(previous(&text), ["een", "twee"]);
}

#[test]
fn debug_shows_no_secret() {
    let text = changed("[desk]", &format!("[desk]\nsecret = \"{SECRET}\"\nprevious_secrets = [\"{SECRET}\"]"))
        .replace("path = \"in\"", "path = \"in\"\npassword = \"wachtwoord\"")
        .replace("path = \"out\"", "path = \"out\"\nusername = \"u\"\npassword = \"wachtwoord\"");
    let shown = format!("{:?}", from_toml(&text, "k.toml").unwrap());
    assert!(!shown.contains(SECRET) && !shown.contains("wachtwoord"), "{shown}");
}

#[test]
fn the_address_block_of_letters_on_paper_is_checked_at_start() {
    let with = |lines: &str| format!("{LEAST}\n[paper]\n{lines}");
    let whole = "address = [\"Postbus 100\"]\npostcode_and_place = \"3800 AC  Amersfoort\"\nphone = \"033 123 45 67\"";
    let paper = from_toml(&with(whole), "k.toml").unwrap().paper.unwrap();
    assert_eq!((paper.address, paper.website), (vec!["Postbus 100".to_owned()], None));
    assert!(from_toml(LEAST, "k.toml").unwrap().paper.is_none());
    for wrong in [
        String::new(),
        whole.replace("3800 AC  Amersfoort", ""),
        whole.replace("[\"Postbus 100\"]", "[\"a\", \"b\", \"c\", \"d\"]"),
        whole.replace("Postbus 100", &"x".repeat(61)),
        whole.replace("033 123", "033\\n123"),
    ] {
        assert!(refused(&with(&wrong)).contains(": paper."), "{wrong}");
    }
}

const OPERATOR: &str = "[operator]\naddress = \"beheer@lease.example\"\n";

#[test]
fn the_operator_and_a_second_way_to_reach_them_may_be_left_out() {
    let config = from_toml(LEAST, "k.toml").unwrap();
    assert!(config.operator.is_none() && config.second_sender.is_none());
    let second = "[second_sender]\nkind = \"maildir\"\npath = \"anders\"\n";
    let config = from_toml(&changed("[sender]", &format!("{OPERATOR}{second}[sender]")), "k.toml").unwrap();
    let operator = config.operator.unwrap();
    assert_eq!((operator.address.as_str(), operator.alarm_after_minutes), ("beheer@lease.example", 30));
    assert_eq!(config.second_sender.unwrap().path, Path::new("anders"));
    // An alarm to the desk itself would be taken in as a complaint.
    let error = refused(&changed("[sender]", "[operator]\naddress = \"klachten@lease.example\"\n[sender]"));
    assert!(error.contains("operator.address") && error.contains("the desk's own address"), "{error}");
    let error = refused(&changed("[sender]", &format!("{OPERATOR}alarm_after_minutes = 1\n[sender]")));
    assert!(error.contains("operator.alarm_after_minutes") && error.contains("from 5 to 1440"), "{error}");
}
