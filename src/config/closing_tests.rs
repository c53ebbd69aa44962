//! What is asked at the closing, and what is told of the committee.

use super::from_toml;
use super::tests::LEAST;

/// It closed on 20 July 2025: no letter sends a customer there.
#[test]
fn the_european_platform_is_no_committee() {
    for (key, url) in [
        ("url", "https://ec.europa.eu/consumers/odr/main/"),
        ("own_url", "https://EC.europa.eu/odr"),
        ("own_url", "https://webgate.ec.europa.eu/odr"),
    ] {
        let plain = if key == "url" { "" } else { "url = \"https://commissie.example\"\n" };
        let settings = format!("{LEAST}\n[committee]\nname = \"C\"\n{plain}{key} = \"{url}\"\n");
        let refused = from_toml(&settings, "k.toml").unwrap_err().to_string();
        assert!(refused.contains("closed on 20 July 2025"), "{refused}");
    }
    let settings = format!("{LEAST}\n[committee]\nname = \"C\"\nurl = \"https://commissie.example\"\n");
    let committee = from_toml(&settings, "k.toml").unwrap().committee.unwrap();
    let defaults = (committee.takes_part, committee.binding, committee.after_days, committee.own_url, committee.fee);
    assert_eq!(defaults, (true, true, 28, None, None));
}

#[test]
fn whether_it_was_solved_is_asked_where_it_is_set_and_in_which_languages() {
    let read = |lines: &str| from_toml(&format!("{LEAST}\n[closing]\n{lines}\n"), "k.toml");
    let usual = read("").unwrap().closing;
    assert!(!usual.ask);
    let asked_in = |tag: &str| usual.ask_languages.iter().any(|one| one == tag);
    assert_eq!(["nl", "en", "fr", "de"].map(asked_in), [true, true, true, false], "{:?}", usual.ask_languages);
    let asked = read("ask = true\nask_languages = [\"nl\", \"de\"]").unwrap().closing;
    assert_eq!((asked.ask, asked.ask_languages), (true, vec!["nl".to_owned(), "de".into()]));
    let refused = read("ask_languages = [\"nl\", \"xx\"]").unwrap_err().to_string();
    assert!(refused.contains("ask_languages") && refused.contains("xx"), "{refused}");
}

#[test]
fn causes_are_words_each_once() {
    let read = |causes: &str| from_toml(&format!("{LEAST}\n[closing]\ncauses = {causes}\n"), "k.toml");
    assert_eq!(read("[\"planning\", \"te laat\"]").unwrap().closing.causes, ["planning", "te laat"]);
    let long = format!("[\"{}\"]", "x".repeat(41));
    for bad in ["[\"a\", \"A\"]", "[\"\"]", long.as_str()] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
