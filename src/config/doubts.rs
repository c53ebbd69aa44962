//! What can be started with and is probably a mistake: `check` calls it a problem, the daemon warns. Pure but for the mode of
//! the settings file.

use super::mailboxes::key_of;
use super::problems::Problem;
use super::sample::secrets;
use super::section::{Reading, clipped};
use super::{Config, Department, Keyword, KeywordPlace, Mailbox, StaffProof};
use config::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// Permission bits of everybody who is neither the owner nor in the group: a package gives the daemon's group the file.
#[cfg(unix)]
const EVERYBODY: u32 = 0o007;

/// All of them, in the order of the manual.
pub(super) fn doubts(config: &Config, reading: &Reading) -> Vec<Problem> {
    let mut doubts: Vec<Problem> =
        config.mailboxes().filter_map(|mailbox| both_trusts(config, mailbox, reading)).collect();
    doubts.extend(committee_in_plain(config, reading));
    doubts.extend(keywords_of_several(&config.department, reading));
    doubts.extend(keywords_of_the_desk(config, reading));
    doubts
}

/// Invariant 6: with both, who is not proven acts as staff all the same.
fn both_trusts(config: &Config, mailbox: &Mailbox, reading: &Reading) -> Option<Problem> {
    let beside = match &mailbox.staff_proof {
        StaffProof::Nothing => return None,
        StaffProof::Results(trusted) => format!("trusted_authserv_id = \"{}\"", clipped(trusted)),
        StaffProof::Microsoft365 => "staff_proof = \"microsoft365\"".to_owned(),
    };
    mailbox.accept_unproven_staff.then(|| {
        let found = format!("true beside `{beside}`");
        let write = "take it out: as it stands, whoever the server proves nothing of can act as staff";
        reading.problem(&key_of(config, mailbox, "accept_unproven_staff"), found, write)
    })
}

/// Customers are sent there with their complaint.
fn committee_in_plain(config: &Config, reading: &Reading) -> Vec<Problem> {
    let of_desk = config.committee.iter().map(|committee| ("committee".to_owned(), committee));
    let of_mailboxes = config
        .mailboxes()
        .filter_map(|mailbox| Some((key_of(config, mailbox, "committee"), mailbox.own.committee.as_ref()?)));
    let urls = of_desk.chain(of_mailboxes).flat_map(|(section, committee)| {
        let urls = [("url", Some(&committee.url)), ("own_url", committee.own_url.as_ref())];
        urls.map(|(key, url)| (format!("{section}.{key}"), url))
    });
    let plain = |(key, url): (String, Option<&String>)| {
        let url = url.filter(|url| url.starts_with("http://"))?;
        let write = "write https:// once it opens so in a browser: letters send customers there";
        Some(reading.problem(&key, format!("\"{}\"", clipped(url)), write))
    };
    urls.filter_map(plain).collect()
}

/// A keyword of two departments decides nothing between them (§2.1.2).
fn keywords_of_several(departments: &[Department], reading: &Reading) -> Vec<Problem> {
    let mut owners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for department in departments {
        for keyword in &department.keywords {
            let owners = owners.entry(keyword.to_lowercase()).or_default();
            if !owners.contains(&department.name.as_str()) {
                owners.push(&department.name);
            }
        }
    }
    let of_several = owners.into_iter().filter_map(|(keyword, owners)| {
        let (first, others) = owners.split_first().filter(|(_, others)| !others.is_empty())?;
        let found = format!("\"{}\", which is one of {} too", clipped(&keyword), others.join(", "));
        let write = "leave it in one of them: it decides nothing between them";
        Some(reading.problem(&format!("department \"{first}\".keywords"), found, write))
    });
    of_several.collect()
}

/// What meets each complaint decides nothing, and leaves nothing to the fallback (§2.1.2). An alias is none of these: only
/// some mail comes by it.
fn keywords_of_the_desk(config: &Config, reading: &Reading) -> Vec<Problem> {
    // A word that only the address of one of several mailboxes meets tells them apart.
    let desks: Vec<String> = config.mailboxes().map(|one| config.address_of(one).to_lowercase()).collect();
    let meets_all = |part: &String| desks.iter().all(|desk| meets(part, desk));
    let doubt = |department: &Department, written: &String| {
        let keyword = Keyword::read(written);
        let is_met = keyword.place == Some(KeywordPlace::To) && keyword.parts.iter().all(meets_all);
        let found = format!("\"{}\", which the complaints address itself meets", clipped(written));
        let write = "take it out: each complaint goes there, so that no other keyword and no fallback counts beside it";
        is_met.then(|| reading.problem(&format!("department \"{}\".keywords", department.name), found, write))
    };
    let each = config.department.iter().flat_map(|one| one.keywords.iter().map(move |written| (one, written)));
    each.filter_map(|(department, written)| doubt(department, written)).collect()
}

/// As words are met: whole, but for an end that a star leaves open.
fn meets(part: &str, address: &str) -> bool {
    let part = part.to_lowercase();
    let word = part.trim_matches('*');
    let ends = |open: bool, own: Option<char>, beside: Option<char>| {
        let is_within = own.is_some_and(char::is_alphanumeric) && beside.is_some_and(char::is_alphanumeric);
        open || !is_within
    };
    !word.is_empty()
        && address.match_indices(word).any(|(at, _)| {
            let (before, after) = (address[..at].chars().next_back(), address[at + word.len()..].chars().next());
            ends(part.starts_with('*'), word.chars().next(), before)
                && ends(part.ends_with('*'), word.chars().next_back(), after)
        })
}

/// Secrets that stand in a file which everybody on the machine can get at.
#[cfg(unix)]
pub(super) fn exposed(path: &Path, file: &Map<String, Value>) -> Vec<Problem> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode() & 0o7777);
    if mode & EVERYBODY == 0 {
        return Vec::new();
    }
    let problem = |key| Problem {
        place: path.display().to_string(),
        key,
        found: format!("a secret in a file that everybody can get at (mode {mode:04o})"),
        write: format!("run `chmod o= {}`, and have whoever was on this machine meanwhile in mind", path.display()),
    };
    secrets(file).into_iter().map(problem).collect()
}

/// Without permission bits there is nothing to look at.
#[cfg(not(unix))]
pub(super) fn exposed(_: &Path, _: &Map<String, Value>) -> Vec<Problem> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crate::config::tests::{LEAST, MANUAL, refused};
    use crate::config::{Config, from_toml, load, load_to_look};

    fn doubts(config: &Config) -> String {
        config.doubts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_probably_a_mistake_is_told_and_stops_nothing() {
        let text = LEAST.replace("accept_unproven", "trusted_authserv_id = \"mx.lease.example\"\naccept_unproven")
            + "keywords = [\"schade*\", \"deuk\"]\n[[department]]\nname = \"levering\"\ntitle = \"Levering\"\n\
               address = \"levering@lease.example\"\nsupervisor = \"chef@lease.example\"\nkeywords = [\"Deuk\", \"te laat\"]\n\
               [committee]\nname = \"Commissie\"\nurl = \"http://www.commissie.example/klacht\"\n";
        insta::assert_snapshot!(doubts(&from_toml(&text, "k.toml").unwrap()));
    }

    #[test]
    fn a_keyword_that_the_desks_own_address_meets_is_told() {
        let told = |keyword: &str| {
            let text = format!("{LEAST}keywords = [\"{keyword}\"]\n");
            let text = text.replacen("[mailbox]", "[mailbox]\naliases = [\"leasing@lease.example\"]", 1);
            doubts(&from_toml(&text, "k.toml").unwrap())
        };
        for met in [
            "to:klachten@lease.example",
            "To: Klachten@",
            "to:klachten",
            "to:@lease.example",
            "to:*acht*",
            "-to:klacht*",
        ] {
            assert!(told(met).contains("which the complaints address itself meets"), "{met}: {}", told(met));
        }
        for other in ["to:leasing@", "to:klacht", "to:chten", "klachten", "from:klachten@lease.example"] {
            assert_eq!(told(other), "", "{other}");
        }
    }

    #[test]
    fn the_manual_leaves_no_doubt() {
        let manual = MANUAL.replacen("# e.g. password = ", "password = ", 1);
        assert_eq!(doubts(&from_toml(&manual, "k.toml").unwrap()), "");
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_in_a_file_that_everybody_can_read_is_told() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("k.toml");
        let with = LEAST.replace("[sender]", "[sender]\nusername = \"u\"\npassword = \"geheim\"");
        let doubts_of = |text: &str, mode: u32| {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            doubts(&load(Some(&file), std::iter::empty()).unwrap())
        };
        let told = doubts_of(&with, 0o644);
        assert!(told.contains("sender.password: found a secret in a file") && told.contains("chmod o= "), "{told}");
        assert!(!told.contains("geheim"), "{told}");
        // A package gives the daemon's group the file; and without a secret anybody may read it.
        assert_eq!(doubts_of(&with, 0o640) + &doubts_of(LEAST, 0o644), "");
    }

    #[test]
    fn who_only_looks_needs_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("k.toml");
        let server = "kind = \"imap\"\nhost = \"mail.lease.example\"\nusername = \"u\"";
        for password in ["", "password_file = \"/none/password\""] {
            let text = LEAST.replace("kind = \"maildir\"\npath = \"in\"", &format!("{server}\n{password}"));
            std::fs::write(&file, &text).unwrap();
            assert!(refused(&text).contains("mailbox.password"));
            assert!(load_to_look(Some(&file), std::iter::empty()).is_ok());
            // What is wrong otherwise is wrong for them too.
            std::fs::write(&file, text.replace("supervisor", "supervisr")).unwrap();
            assert!(load_to_look(Some(&file), std::iter::empty()).is_err());
        }
    }

    #[test]
    fn unknown_keys_and_sections_are_told_with_what_was_meant() {
        let text = LEAST
            .replace("[sender]", "pol_seconds = 5\ntime_zone = \"x\"\nzzz = 1\n[sender]\nsecurty = \"tls\"")
            + "keyword = [\"a\"]\n[imap]\nhost = \"x\"\n[comittee]\nname = \"x\"\n[zzz]\n";
        insta::assert_snapshot!(refused(&format!("password = \"geheim\"\n{text}")));
    }

    #[test]
    fn all_keywords_that_cannot_be_used_are_told_at_once() {
        let bad =
            "keywords = [\"a*b\", \"deuk\", \"x\", \"c*d\", \"Deuk\"]\nstaff = [\"jan\", \"a@b.example\", \"piet\"]\n";
        insta::assert_snapshot!(refused(&(LEAST.to_owned() + bad)));
    }
}
