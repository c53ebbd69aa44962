//! What routing promises: by example, and by property.

use super::*;
use proptest::prelude::*;

fn department(name: &str, keywords: &[&str]) -> Department {
    Department {
        name: name.to_owned(),
        title_in: Vec::new(),
        title: name.to_owned(),
        address: format!("{name}@lease.example"),
        supervisor: "chef@lease.example".to_owned(),
        staff: Vec::new(),
        keywords: keywords.iter().map(ToString::to_string).collect(),
        fallback: name == "klantenservice",
        committee: true,
    }
}

fn routes() -> Routes {
    Routes::compile(&[
        department("schade", &["schade*", "*schade", "ruit", "eigen risico"]),
        department("onderhoud", &["apk", "onderhoud*", "*banden"]),
        department("facturatie", &["*factuur*", "incasso*", "geld terug", "coöperatie"]),
        department("klantenservice", &["bejegening"]),
    ])
    .unwrap()
}

/// Department, and what was met as `place:keyword=found`.
fn routed(subject: &str, text: &str) -> (String, String) {
    let routing = routes().route(subject, text);
    let why: Vec<String> = routing
        .why
        .matched()
        .iter()
        .map(|m| format!("{:?}:{}={}", m.place, m.keyword, m.found).to_lowercase())
        .collect();
    (routing.department, why.join(" "))
}

#[test]
fn a_word_is_met_whole_unless_a_star_leaves_it_open() {
    for (text, department, why) in [
        ("De schade is groot.", "schade", "text:schade*=schade text:*schade=schade"),
        ("mijn schadeformulier", "schade", "text:schade*=schadeformulier"),
        ("de hagelschade.", "schade", "text:*schade=hagelschade"),
        ("een eindfactuurbedrag", "facturatie", "text:*factuur*=eindfactuurbedrag"),
        ("voor de APK-keuring", "onderhoud", "text:apk=apk"),
        ("winterbanden!", "onderhoud", "text:*banden=winterbanden"),
        ("mijn eigen\r\n  risico", "schade", "text:eigen risico=eigen risico"),
        ("bij de Cooperatie", "facturatie", "text:coöperatie=cooperatie"),
        ("een COÖPERATIE", "facturatie", "text:coöperatie=cooperatie"),
    ] {
        assert_eq!(routed("", text), (department.to_owned(), why.to_owned()), "{text}");
    }
}

#[test]
fn a_part_of_a_word_is_no_match() {
    for text in ["gespruit en ruiten", "apkeuring", "bandenpech", "mijn eigen risicootje", "beschadiging", "geldterug"]
    {
        let routing = routes().route("", text);
        assert_eq!((routing.department.as_str(), &routing.why), ("klantenservice", &Why::Fallback), "{text}");
    }
}

#[test]
fn a_longer_keyword_that_does_not_fit_does_not_hide_a_shorter_one() {
    let routes = Routes::compile(&[
        department("een", &["schade"]),
        department("twee", &["schade formulier"]),
        department("klantenservice", &[]),
    ])
    .unwrap();
    assert_eq!(routes.route("", "schade formuliertje").department, "een");
}

#[test]
fn the_subject_weighs_as_much_as_three_times_in_the_text() {
    assert_eq!(routed("Ruit", "apk apk").0, "schade");
    assert_eq!(routed("Apk", "een factuur en een incasso").0, "onderhoud");
    let tie = routes().route("Ruit", "apk apk apk");
    assert!(matches!(&tie.why, Why::Tie { others, .. } if others == &["onderhoud"]) && tie.department == "schade");
}

#[test]
fn a_word_that_keeps_coming_back_counts_three_times_and_once_in_the_subject() {
    let often = "apk ".repeat(50);
    assert_eq!(routed("Ruit", &format!("{often} ruit")).0, "schade");
    assert_eq!(routed("apk apk apk apk", "ruit ruit ruit eigen risico").0, "schade");
}

#[test]
fn where_in_the_text_a_word_stands_does_not_matter() {
    let filler = "zin zonder betekenis ".repeat(200);
    assert_eq!(routed("", &format!("apk apk {filler} ruit")).0, "onderhoud");
    assert_eq!(routed("", &format!("ruit {filler} apk apk")).0, "onderhoud");
}

#[test]
fn a_tie_goes_to_the_first_in_the_settings_and_names_the_others() {
    for text in ["apk, incasso en ruit", "ruit, incasso en apk"] {
        let routing = routes().route("", text);
        assert_eq!(routing.department, "schade");
        assert!(matches!(&routing.why, Why::Tie { others, .. } if others == &["onderhoud", "facturatie"]));
        assert_eq!(routing.why.matched().len(), 1, "only its own keywords explain the choice");
    }
}

#[test]
fn the_fallbacks_own_keywords_are_a_match() {
    let routing = routes().route("", "over de bejegening");
    assert!(matches!(routing.why, Why::Keywords { .. }) && routing.department == "klantenservice");
}

#[test]
fn what_lies_beyond_the_limits_is_not_read() {
    let long = "x ".repeat(MAX_TEXT_CHARS / 2);
    assert_eq!(routed("", &format!("{long}apk")).0, "klantenservice");
    assert_eq!(routed("", &format!("apk {long}")).0, "onderhoud");
    let subject = "é ".repeat(MAX_SUBJECT_CHARS / 2);
    assert_eq!(routed(&format!("{subject}apk"), "").0, "klantenservice");
    let found = routes().route("", &format!("schade{}", "x".repeat(5_000))).why.matched().to_vec();
    assert_eq!(found.first().map(|m| m.found.chars().count()), Some(MAX_FOUND_CHARS));
}

#[test]
fn departments_without_a_fallback_are_refused() {
    assert!(matches!(Routes::compile(&[department("schade", &["schade"])]), Err(RoutesError::NoFallback)));
    assert!(matches!(Routes::compile(&[]), Err(RoutesError::NoFallback)));
}

#[test]
fn a_routing_survives_being_stored() {
    for text in ["ruit", "ruit apk", "niets"] {
        let routing = routes().route(text, text);
        let stored = serde_json::to_string(&routing).unwrap();
        assert_eq!(serde_json::from_str::<Routing>(&stored).unwrap(), routing);
    }
    insta::assert_snapshot!(
        serde_json::to_string(&routes().route("Ruit", "apk apk apk")).unwrap(),
        @r#"{"department":"schade","why":{"by":"tie","matched":[{"keyword":"ruit","where":"subject","found":"ruit"}],"others":["onderhoud"]}}"#
    );
}

/// Words of the keywords and words beside them, in any order.
fn complaint() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("schade"),
        Just("blikschade"),
        Just("ruit"),
        Just("eigen risico"),
        Just("apk"),
        Just("Coöperatie"),
        Just("incassobureau"),
        Just("geld"),
        Just("terug"),
        Just("auto"),
        Just("één"),
        Just("bejegening"),
    ];
    proptest::collection::vec(word, 0..20).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn anything_is_routed_to_a_department_and_explained(subject in any::<String>(), text in any::<String>()) {
        let routing = routes().route(&subject, &text);
        prop_assert!(["schade", "onderhoud", "facturatie", "klantenservice"].contains(&routing.department.as_str()));
        prop_assert_eq!(routing.why.matched().is_empty(), routing.why == Why::Fallback);
    }

    #[test]
    fn any_keywords_compile_and_meet_themselves(keyword in "[\\p{L}\\p{N}]{1,12}( [\\p{L}\\p{N}]{1,12}){0,2}") {
        // An Arabic mark without its letter (U+FC70) is a blank with a mark, and folds to nothing: no word is written so.
        prop_assume!(!fold(&keyword).trim().is_empty());
        let routes = Routes::compile(&[department("een", &[&keyword]), department("klantenservice", &[])]).unwrap();
        prop_assert_eq!(routes.route("", &format!("Dag, {keyword}!")).department, "een");
    }

    #[test]
    fn no_keyword_however_odd_panics(keyword in any::<String>(), text in any::<String>()) {
        let routes = Routes::compile(&[department("een", &[&keyword]), department("klantenservice", &[])]).unwrap();
        let routing = routes.route(&keyword, &text);
        prop_assert!(!routing.department.is_empty());
    }

    #[test]
    fn capitals_accents_and_line_breaks_do_not_matter(subject in complaint(), text in complaint()) {
        let plain = routes().route(&subject, &text);
        let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(text.as_str()).collect();
        prop_assert_eq!(&routes().route(&subject.to_uppercase(), &text.to_uppercase()), &plain);
        prop_assert_eq!(&routes().route(&subject, &decomposed), &plain);
        prop_assert_eq!(&routes().route(&subject, &text.replace(' ', "\r\n ")), &plain);
    }

    /// A slow second calculation: whole words compared one by one.
    #[test]
    fn the_score_is_that_of_counting_words(text in complaint()) {
        let words: Vec<String> = text.split(' ').map(str::to_lowercase).collect();
        let times = |ok: &dyn Fn(&str) -> bool| words.iter().filter(|word| ok(word)).count().min(3);
        let pairs = |first: &str, second: &str| {
            words.windows(2).filter(|pair| pair[0] == first && pair[1] == second).count().min(3)
        };
        let scores = [
            ("schade", times(&|w| w.starts_with("schade")) + times(&|w| w.ends_with("schade"))
                + times(&|w| w == "ruit") + pairs("eigen", "risico")),
            ("onderhoud", times(&|w| w == "apk")),
            ("facturatie", times(&|w| w.starts_with("incasso")) + pairs("geld", "terug") + times(&|w| w == "coöperatie")),
            ("klantenservice", times(&|w| w == "bejegening")),
        ];
        let best = scores.iter().map(|(_, score)| *score).max().unwrap();
        let expected = scores.iter().find(|(_, score)| *score == best && best > 0).map_or("klantenservice", |(name, _)| name);
        prop_assert_eq!(routes().route("", &text).department, expected);
    }
}

/// Department by two departments' keywords, the first named and the fallback.
fn routed_by(keywords: &[&str], written: Written<'_>) -> String {
    let routes = Routes::compile(&[department("een", keywords), department("klantenservice", &[])]).unwrap();
    routes.route_all(written).department
}

#[test]
fn a_place_is_looked_in_alone() {
    let written =
        Written { subject: "Offerte", text: "mijn schade", from: "Jan jan@garage.example", to: "info@lease.example" };
    for (keyword, department) in [
        ("subject:offerte", "een"),
        ("subject:schade", "klantenservice"),
        ("from:@garage.example", "een"),
        ("from:garage", "een"),
        ("to:info", "een"),
        ("to:jan", "klantenservice"),
        ("garage", "klantenservice"),
        ("Subject: OFFERTE", "een"),
    ] {
        assert_eq!(routed_by(&[keyword], written), department, "{keyword}");
    }
}

#[test]
fn the_words_of_a_group_stand_in_order_near_each_other_and_in_one_sentence() {
    let of = |text: &str| routed_by(&["niet … terug*"], Written { text, ..Written::default() });
    for text in ["U heeft het niet terugbetaald.", "niet alles, dus niet op tijd terug", "NIET\nalles\nteruggekregen"] {
        assert_eq!(of(text), "een", "{text}");
    }
    for text in [
        "terugbetaald is het niet",
        "Dat is niet zo. U heeft terugbetaald.",
        "niet een twee drie vier vijf zes zeven acht negen terug",
        "nieten terug",
    ] {
        assert_eq!(of(text), "klantenservice", "{text}");
    }
    let routes =
        Routes::compile(&[department("een", &["niet ... terug*"]), department("klantenservice", &[])]).unwrap();
    let why = routes.route("", "het is niet aan mij terugbetaald").why;
    assert_eq!(why.matched()[0].found, "niet … terugbetaald");
}

#[test]
fn what_excludes_takes_a_department_out_however_much_speaks_for_it() {
    let of = |text: &str| {
        routed_by(&["schade*", "-verzekering", "-subject:offerte"], Written { text, ..Written::default() })
    };
    assert_eq!(of("schade, schade en schadeformulier"), "een");
    assert_eq!(of("schade, schade en de verzekering"), "klantenservice");
    assert_eq!(of("schade en een offerte"), "een", "that one is looked for in the subject alone");
    assert_eq!(of("de verzekering"), "klantenservice");
}

#[test]
fn which_keywords_fire_is_known_also_of_departments_that_do_not_get_it() {
    let fired = routes().fired(Written { text: "apk en schade", ..Written::default() });
    let others: Vec<String> = routes().keywords_but(&fired).into_iter().map(|(_, keyword)| keyword).collect();
    assert_eq!(
        others,
        [
            "ruit",
            "eigen risico",
            "onderhoud*",
            "*banden",
            "*factuur*",
            "incasso*",
            "geld terug",
            "coöperatie",
            "bejegening"
        ]
    );
}
