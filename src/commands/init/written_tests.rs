//! What is written is read back as it was said, and nothing of the sample is in it.

use super::*;
use crate::config::{self, Security};
use proptest::prelude::*;

fn said(folder: &std::path::Path) -> Said {
    let password = folder.join("mailbox.password");
    std::fs::write(&password, "geheim\n").unwrap();
    std::fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    Said {
        company: "Eigen Lease B.V.".into(),
        address: "klachten@eigenlease.nl".into(),
        imap: Place::new("imap.eigenlease.nl", 993, Security::Tls),
        smtp: Place::new("smtp.eigenlease.nl", 2525, Security::StartTls),
        ca_file: None,
        username: "klachten@eigenlease.nl".into(),
        login: Login::Password(password),
        smtp_login: SmtpLogin::AsTheMailbox,
        proof: Proof::Server("mx.eigenlease.nl".into()),
        department: Department {
            name: "klantenservice".into(),
            title: "Klantenservice".into(),
            address: "klantenservice@eigenlease.nl".into(),
            supervisor: "chef@eigenlease.nl".into(),
        },
        operator: Some("beheer@eigenlease.nl".into()),
        register: None,
    }
}

#[test]
fn only_what_was_said_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let said = said(folder.path());
    let text = said.settings();
    let config = config::from_toml(&text, "k.toml").unwrap();
    assert_eq!((config.borrowed.sample.len(), config.borrowed.reserved.len(), config.doubts.len()), (0, 0, 0));
    assert!(config.committee.is_none() && config.paper.is_none());
    insta::assert_snapshot!(text.replace(&folder.path().display().to_string(), "/etc/klachtpost"));
}

#[test]
fn each_way_in_is_written_as_the_settings_want_it() {
    let folder = tempfile::tempdir().unwrap();
    let plain = said(folder.path());
    let Login::Password(file) = plain.login.clone() else { unreachable!() };
    let microsoft =
        Login::Microsoft { tenant: "eigenlease.nl".into(), client_id: "0000-11".into(), secret: file.clone() };
    let other = SmtpLogin::Other { username: "brieven".into(), password: file.clone() };
    let ways = [
        Said { login: microsoft.clone(), proof: Proof::Nothing, ..plain.clone() },
        Said { login: microsoft, proof: Proof::Microsoft365, ..plain.clone() },
        Said { login: Login::Google { service_account: file }, ..plain.clone() },
        Said { smtp_login: other, register: Some("/tmp/k.db".into()), operator: None, ..plain.clone() },
        Said { smtp_login: SmtpLogin::None, smtp: Place::new("localhost", 25, Security::None), ..plain },
    ];
    let texts = ways.map(|way| {
        let text = way.settings();
        config::from_toml(&text, "k.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
        text.lines()
            .skip(2)
            .collect::<Vec<_>>()
            .join("\n")
            .replace(&folder.path().display().to_string(), "/etc/klachtpost")
    });
    insta::assert_snapshot!(texts.join("\n----\n"));
}

proptest! {
    /// Whatever stands in a name, it is one value and no other key.
    #[test]
    fn names_come_back_as_they_were_said(company in "[^\\p{Cc}]{1,40}", title in "[ -~]{1,40}", host in "[a-z]{1,9}(\\.[a-z]{1,9}){0,2}") {
        prop_assume!(!company.trim().is_empty() && !title.trim().is_empty());
        let folder = tempfile::tempdir().unwrap();
        let mut said = said(folder.path());
        (said.company, said.department.title) = (company.clone(), title.clone());
        said.imap = Place::new(host.clone(), 1993, Security::StartTls);
        let config = config::from_toml(&said.settings(), "k.toml").unwrap();
        prop_assert_eq!(config.desk.name, company.trim());
        prop_assert_eq!(&config.department[0].title, title.trim());
        prop_assert_eq!((config.mailbox.host, config.mailbox.port, config.mailbox.security), (host, 1993, Security::StartTls));
        prop_assert_eq!(config.mailbox.staff_proof, config::StaffProof::Results("mx.eigenlease.nl".to_owned()));
    }
}
