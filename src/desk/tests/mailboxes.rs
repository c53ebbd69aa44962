//! Several mailboxes: routing stays within a mailbox's departments, and a case goes its own mailbox's way.

use super::*;
use crate::desk::Within;
use crate::desk::rules::Filing;
use proptest::prelude::*;

const SEVERAL: &str = r#"
[desk]
name = "Voorbeeld Lease"
address = "klachten@lease.example"
[[mailbox]]
name = "klachten"
kind = "maildir"
path = "a"
accept_unproven_staff = true
departments = ["schade", "contract", "facturatie"]
[[mailbox]]
name = "zakelijk"
kind = "maildir"
path = "b"
accept_unproven_staff = true
address = "zakelijk@lease.example"
aliases = ["wagenpark@groep.example"]
departments = ["contract", "facturatie"]
fallback = "contract"
language = "en"
[mailbox.committee]
name = "Commissie Zakelijk"
url = "https://zakelijk.example"
months = 3
[mailbox.privacy]
contact = "fg.zakelijk@lease.example"
[[mailbox]]
name = "verhuur"
kind = "maildir"
path = "c"
trusted_authserv_id = "mx.verhuur.example"
company = "Voorbeeld Verhuur"
address = "klachten@verhuur.example"
departments = ["balie"]
fallback = "balie"
[sender]
kind = "maildir"
path = "out"
[committee]
name = "Commissie"
url = "https://commissie.example"
[privacy]
contact = "fg@lease.example"
[[department]]
name = "schade"
title = "Schade"
address = "schade@lease.example"
supervisor = "chef@lease.example"
keywords = ["kras*", "deuk"]
fallback = true
[[department]]
name = "contract"
title = "Contract"
address = "contract@lease.example"
supervisor = "chef@lease.example"
keywords = ["looptijd"]
[[department]]
name = "facturatie"
title = "Facturatie"
address = "facturatie@lease.example"
supervisor = "chef@lease.example"
keywords = ["factuur*", "incasso"]
[[department]]
name = "balie"
title = "Balie"
address = "balie@verhuur.example"
supervisor = "chef@verhuur.example"
keywords = ["sleutel*", "kras*"]
"#;

fn rules_of(name: &str) -> Rules {
    rules_from(SEVERAL, Some(name))
}

fn of_mailbox(rules: &Rules, name: Option<&str>) -> Case {
    Case { mailbox: name.map(MailboxName::from), ..case(rules) }
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec!["kras", "deuk", "looptijd", "factuur", "incasso", "sleutel", "auto", "en"]);
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn a_complaint_goes_to_a_department_of_its_mailbox(subject in words(), text in words()) {
        let fed = [
            ("klachten", &["schade", "contract", "facturatie"][..]),
            ("zakelijk", &["contract", "facturatie"][..]),
            ("verhuur", &["balie"][..]),
        ];
        for (name, departments) in fed {
            let routed = rules_of(name).routes.route(&subject, &text).department;
            prop_assert!(departments.contains(&routed.as_str()), "{name}: {routed}");
        }
    }
}

#[test]
fn what_no_keyword_meets_is_the_mailboxs_fallback_and_the_rest_the_companys() {
    let zakelijk = rules_of("zakelijk");
    assert_eq!(zakelijk.routes.route("Vraag", "Er zit een kras op.").department, "contract");
    assert_eq!(zakelijk.fallback().map(|d| d.name.as_str()), Some("schade"), "who is told of what concerns no case");
    assert_eq!(rules_of("verhuur").fallback().map(|d| d.name.as_str()), Some("balie"));
    assert_eq!((zakelijk.language, zakelijk.customers_language), (Language::Dutch, Language::English));
}

#[test]
fn each_address_is_our_own_in_every_mailbox_and_no_colleague_is_of_two_companies() {
    for name in ["klachten", "zakelijk", "verhuur"] {
        let rules = rules_of(name);
        let own = ["klachten@lease.example", "Zakelijk+kp.x@lease.example", "klachten@verhuur.example"];
        assert!(own.iter().all(|own| rules.role(&address(own)) == Role::Ourselves), "{name}");
        assert_eq!(rules.role(&address("wagenpark@groep.example")), Role::Ourselves);
    }
    let (lease, rental) = (rules_of("zakelijk"), rules_of("verhuur"));
    let [chef, other] = ["chef@lease.example", "chef@verhuur.example"].map(address);
    assert_eq!((lease.role(&chef), lease.role(&other)), (Role::Staff, Role::Outsider));
    assert_eq!((rental.role(&chef), rental.role(&other)), (Role::Outsider, Role::Staff));
    // Whose case it is does not matter for who they are: they guard the data of the whole company.
    assert_eq!(rules_of("klachten").role(&address("fg.zakelijk@lease.example")), Role::Employee);
}

#[test]
fn a_case_goes_its_mailboxs_way_whichever_one_a_mail_about_it_came_by() {
    for name in ["klachten", "zakelijk"] {
        let rules = rules_of(name);
        let (own, business) = (of_mailbox(&rules, Some("klachten")), of_mailbox(&rules, Some("zakelijk")));
        let day = |case: &Case| rules.committee_last_day(case).map(|day| day.to_string());
        assert_eq!(
            (day(&own).as_deref(), day(&business).as_deref()),
            (Some("2027-03-05"), Some("2026-06-05")),
            "{name}"
        );
        let contact = |case: &Case| rules.privacy_contact_of(case).map(ToString::to_string);
        assert_eq!(contact(&own).as_deref(), Some("fg@lease.example"), "{name}");
        assert_eq!(contact(&business).as_deref(), Some("fg.zakelijk@lease.example"), "{name}");
    }
    let rental = rules_of("verhuur");
    assert_eq!(rental.filing(&of_mailbox(&rental, Some("verhuur")), now()), Filing::NotTaken);
}

#[test]
fn a_company_has_its_own_mailboxes_and_the_first_what_came_before_them() {
    let rules = rules_of("klachten");
    let [none, first, rental] = [None, Some("klachten"), Some("verhuur")].map(|name| of_mailbox(&rules, name));
    let of_first = Within::AllBut(vec!["verhuur".into()]);
    let of_rental = Within::Only(vec!["verhuur".into()]);
    let seen = |within: &Within| [&none, &first, &rental].map(|case| within.has(case));
    assert_eq!(seen(&of_first), [true, true, false]);
    assert_eq!(seen(&of_rental), [false, false, true]);
    assert_eq!(seen(&Within::All), [true; 3]);
    assert!(of_rental.has_folder("verhuur/Terzijde") && !of_rental.has_folder("verhuurder"));
    assert!(of_first.has_folder("klachten") && !of_first.has_folder("verhuur"));
}
