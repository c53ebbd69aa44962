//! No mistake in the line of a secret shows the secret, and neither does what holds it.

use crate::config::{ConfigError, from_toml, load};

const SECRET: &str = "GEHEIM-woord-van-genoeg-tekens-voor-een-sleutel";
const DEPARTMENT: &str = "[[department]]\nname = \"schade\"\ntitle = \"Schade\"\naddress = \"schade@lease.example\"\n\
                          supervisor = \"chef@lease.example\"\nfallback = true\n";

/// Settings with these lines for the secrets of the desk, the mailbox and both ways to send.
fn settings(desk: &str, password: &str) -> String {
    format!(
        "[desk]\nname = \"Voorbeeld\"\naddress = \"klachten@lease.example\"\n{desk}\n\
         [mailbox]\nhost = \"localhost\"\nusername = \"u\"\naccept_unproven_staff = true\n{password}\n\
         [sender]\nhost = \"localhost\"\nusername = \"u\"\n{password}\n\
         [second_sender]\nhost = \"localhost\"\nusername = \"u\"\n{password}\n\
         [operator]\naddress = \"beheer@lease.example\"\n{DEPARTMENT}"
    )
}

#[test]
fn settings_with_secrets_show_none_of_them_however_they_are_printed() {
    let lines = format!("secret = \"{SECRET}\"\nprevious_secrets = [\"{SECRET}\"]");
    let config = from_toml(&settings(&lines, &format!("password = \"{SECRET}\"")), "k.toml").unwrap();
    assert!(config.second_sender.is_some());
    for shown in [format!("{config:?}"), format!("{config:#?}"), format!("{:?}", config.clone().second_sender)] {
        assert!(!shown.contains("GEHEIM"), "{shown}");
    }
}

#[test]
fn no_mistake_in_the_line_of_a_secret_shows_it() {
    for line in [
        "KEY = \"SECRET",
        "KEY = 'SECRET",
        "KEY = SECRET",
        "KEY \"SECRET\"",
        "KEY = \"SECRET\" x",
        "KEY = \"SECRET\\q\"",
        "KEY = \"SECRET\\u0007\"",
        "KEY = [[\"SECRET\"]]",
        "KEY = { a = \"SECRET\" }",
        "KEY = \"SECRET\"\nKEY = \"SECRET\"",
        "KEY = \"SECRET\"\nKEY_file = \"x\"",
        "KEYS = \"SECRET\"",
        "x = \"SECRET\"",
    ] {
        let of = |key: &str| line.replace("KEY", key).replace("SECRET", SECRET);
        for text in [settings(&of("secret"), ""), settings("", &of("password")), settings(&of("previous_secrets"), "")]
        {
            shows_nothing(from_toml(&text, "k.toml").err(), line);
        }
    }
}

#[test]
fn no_mistake_in_a_secret_of_the_environment_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.toml");
    std::fs::write(&file, settings("", "")).unwrap();
    for key in ["DESK__SECRETS", "MAILBOX__PASWORD", "MAILBOX", "SENDER__PASSWORD__X", "DESK__SECRET", "OPERATOR__X"] {
        // A line end is nothing that a secret can have.
        let variable = (format!("KLACHTPOST__{key}"), format!("{SECRET}\n{SECRET}"));
        shows_nothing(load(Some(&file), [variable].into_iter()).err(), key);
    }
}

fn shows_nothing(error: Option<ConfigError>, what: &str) {
    let error = error.unwrap_or_else(|| panic!("{what} was taken"));
    for shown in [format!("{error}"), format!("{error:?}"), format!("{error:#?}")] {
        assert!(!shown.contains("GEHEIM"), "{what}: {shown}");
    }
}

/// A password that changes in its file is the new one at the next connection; one that cannot be read is the old one.
#[test]
fn a_changed_password_needs_no_restart() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mailbox.password");
    let write = |text: &str| {
        std::fs::write(&file, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    };
    write("oud\n");
    let guard = crate::config::secret::SecretFile::Own;
    let source = crate::config::SecretSource { path: file.clone(), guard };
    let now = || source.read().map(|secret| secrecy::ExposeSecret::expose_secret(&secret).to_owned());
    assert_eq!(now().as_deref(), Some("oud"));
    write("nieuw\n");
    assert_eq!(now().as_deref(), Some("nieuw"));
    write("twee\nregels\n");
    assert_eq!(now(), None);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(now(), None);
}
