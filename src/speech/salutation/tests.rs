//! Names as they come in, and how the letter begins.

use super::*;

fn in_dutch(name: &str) -> String {
    salutation(name, Language::Dutch)
}

fn all_are(greeted: impl Fn(&str) -> String, table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(name, expected)| greeted(name) != *expected)
        .map(|(name, expected)| format!("{name:?}: {:?} in place of {expected:?}", greeted(name)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn who_gives_a_title_is_greeted_with_it() {
    all_are(
        in_dutch,
        &[
            ("Mevrouw De Wit", "Beste mevrouw De Wit,"),
            ("mevrouw de Wit", "Beste mevrouw De Wit,"),
            ("MEVROUW DE WIT", "Beste mevrouw De Wit,"),
            ("Mevr. A. de Wit", "Beste mevrouw De Wit,"),
            ("mevr A.B. de Wit-Jansen", "Beste mevrouw De Wit-Jansen,"),
            ("Mw. Jansen-de Boer", "Beste mevrouw Jansen-de Boer,"),
            ("mw. Jansen - de Boer", "Beste mevrouw Jansen-de Boer,"),
            ("mw. drs. F. el Amrani", "Beste mevrouw El Amrani,"),
            ("Mevrouw Anna Jansen", "Beste mevrouw Jansen,"),
            ("mevrouw anna jansen", "Beste mevrouw Jansen,"),
            ("Mevrouw Ana García López", "Beste mevrouw Ana García López,"),
            ("dhr. J. Jansen", "Beste heer Jansen,"),
            ("Dhr Jansen", "Beste heer Jansen,"),
            ("De heer J.P. van der Berg", "Beste heer Van der Berg,"),
            ("de heer van 't Hoff", "Beste heer Van 't Hoff,"),
            ("dhr. 't Hooft", "Beste heer 't Hooft,"),
            ("DHR. VAN DEN BERG", "Beste heer Van den Berg,"),
            ("Meneer Yılmaz", "Beste heer Yılmaz,"),
            ("dhr. J. de Heer", "Beste heer De Heer,"),
            ("dhr. IJsbrand", "Beste heer IJsbrand,"),
            ("dhr. ijsbrand", "Beste heer IJsbrand,"),
            ("Dhr. ir. K. O'Brien", "Beste heer O'Brien,"),
            ("De heer mr. dr. A.Visser", "Beste heer Visser,"),
            ("Fam. de Vries", "Beste familie De Vries,"),
            ("familie Jansen", "Beste familie Jansen,"),
            ("Familie van den Heuvel", "Beste familie Van den Heuvel,"),
            ("dhr. en mevr. Jansen", "Beste heer en mevrouw Jansen,"),
            ("De heer en mevrouw de Wit", "Beste heer en mevrouw De Wit,"),
            ("Frau Müller", "Beste mevrouw Müller,"),
            ("Herr von Humboldt", "Beste heer Von Humboldt,"),
            ("Mme Dupont", "Beste mevrouw Dupont,"),
            ("Mrs. Mary Smith", "Beste mevrouw Smith,"),
            ("Jansen, mevr.", "Beste mevrouw Jansen,"),
            ("Jansen, dhr. J.", "Beste heer Jansen,"),
            ("Wit, mevr. A. de", "Beste mevrouw De Wit,"),
            ("Mevrouw", "Geachte mevrouw,"),
            ("Dhr.", "Geachte heer,"),
        ],
    );
}

#[test]
fn titles_of_study_are_left_out_but_for_who_is_known_by_nothing_else() {
    all_are(
        in_dutch,
        &[
            ("drs. A. de Wit", "Beste A. de Wit,"),
            ("mr. Anna Visser", "Beste Anna Visser,"),
            ("ir. K. Bakker", "Beste K. Bakker,"),
            ("drs. de Wit", "Beste heer of mevrouw De Wit,"),
            ("mr. Visser", "Beste heer of mevrouw Visser,"),
            ("prof. dr. A. de Wit", "Beste professor De Wit,"),
            ("Dr. Bakker", "Beste doctor Bakker,"),
            ("mevr. prof. dr. Bakker", "Beste mevrouw Bakker,"),
            ("Anna Bakker MSc", "Beste Anna Bakker,"),
            ("Anna Bakker, MBA", "Beste Anna Bakker,"),
            ("Bakker, Anna, MA", "Beste Anna Bakker,"),
        ],
    );
}

#[test]
fn a_name_without_a_title_stands_whole_and_well_written() {
    all_are(
        in_dutch,
        &[
            ("Anna de Wit", "Beste Anna de Wit,"),
            ("ANNA DE WIT", "Beste Anna de Wit,"),
            ("anna de wit", "Beste Anna de Wit,"),
            ("Anna DE WIT", "Beste Anna de Wit,"),
            ("jan van der berg", "Beste Jan van der Berg,"),
            ("JAN-WILLEM VAN 'T HOFF", "Beste Jan-Willem van 't Hoff,"),
            ("jan-willem jansen", "Beste Jan-Willem Jansen,"),
            ("de Vries, Anna", "Beste Anna de Vries,"),
            ("Vries, Anna de", "Beste Anna de Vries,"),
            ("VRIES, ANNA DE", "Beste Anna de Vries,"),
            ("Jansen, J.P.", "Beste J.P. Jansen,"),
            ("de Heer, Jan", "Beste Jan de Heer,"),
            ("Wit, A.B. van der", "Beste A.B. van der Wit,"),
            ("Jan Van De Velde", "Beste Jan Van De Velde,"),
            ("j.p. jansen", "Beste J.P. Jansen,"),
            ("JP Jansen", "Beste JP Jansen,"),
            ("Anna", "Beste Anna,"),
            ("anna", "Beste Anna,"),
            ("Jan en Anna Jansen", "Beste Jan en Anna Jansen,"),
            ("'Fatima el Amrani'", "Beste Fatima el Amrani,"),
            ("\"Anna de Wit\"", "Beste Anna de Wit,"),
            ("Anna de Wit (privé)", "Beste Anna de Wit,"),
            ("Anna de Wit via Marktplaats", "Beste Anna de Wit,"),
            ("Jan McDonald", "Beste Jan McDonald,"),
            ("Ma Li", "Beste Ma Li,"),
            ("Gerard 't Hooft", "Beste Gerard 't Hooft,"),
            ("G. 't Hooft", "Beste G. 't Hooft,"),
            ("O'BRIEN", "Beste O'Brien,"),
        ],
    );
}

#[test]
fn what_is_no_person_is_not_repeated() {
    let no_person = [
        "",
        " ",
        "Bakkerij De Wit BV",
        "De Wit B.V.",
        "Jansen & Zonen",
        "Jansen en Zn.",
        "Garage Jansen",
        "Müller GmbH",
        "Stichting De Brug",
        "Gemeente Utrecht",
        "Team Verkoop",
        "Klantenservice",
        "info",
        "anna@voorbeeld.nl",
        "anna.dewit",
        "evil.nl",
        "Klik www.evil.nl nu",
        "bel 0900 1234",
        "Uw rekening is geblokkeerd bel ons",
        "een twee drie vier vijf zes zeven",
        "a, b, c, d",
        "Jan\r\nBcc: x@y.nl",
        "onbekend",
        "n.v.t.",
        "<b>Jan</b>",
    ];
    for name in no_person {
        assert!(
            ["Geachte heer, mevrouw,", "Beste Jan,"].contains(&in_dutch(name).as_str()),
            "{name:?}: {}",
            in_dutch(name)
        );
    }
    assert_eq!(in_dutch("Jan Bcc: x@y.nl"), "Geachte heer, mevrouw,");
}

#[test]
fn two_people_are_not_greeted_as_one_of_them() {
    let unnamed = "Geachte heer, mevrouw,";
    all_are(
        in_dutch,
        &[
            ("Dhr. Jansen en Mevr. de Wit", unnamed),
            ("Mevr. de Wit en dhr. Jansen", unnamed),
            ("De heer Jansen & mevrouw Bakker", unnamed),
            ("Mevrouw Jansen en de heer", unnamed),
            ("dhr. Jansen e/o mevr. Bakker", unnamed),
            ("Dr. Bakker en Dr. de Wit", unnamed),
            ("dhr. Jansen en familie", unnamed),
            ("Jansen, dhr. en mevr.", "Beste heer en mevrouw Jansen,"),
            ("Jan en Anna de Heer", "Beste Jan en Anna de Heer,"),
        ],
    );
    all_are(|name| salutation(name, Language::English), &[("Mr Smith and Mrs Jones", "Dear customer,")]);
}

#[test]
fn who_died_is_not_greeted() {
    for name in ["Erven Jansen", "Wijlen Jan Jansen", "Nabestaanden van J. Bakker", "Mevrouw Jansen c.q. erven"] {
        assert_eq!(in_dutch(name), "Geachte heer, mevrouw,", "{name}");
    }
}

#[test]
fn degrees_and_particles_behind_a_name_are_known() {
    all_are(
        in_dutch,
        &[
            ("dhr. J. Jansen jr.", "Beste heer Jansen,"),
            ("Jan Jansen Sr.", "Beste Jan Jansen,"),
            ("P. Koning MA", "Beste P. Koning,"),
            ("Wei MA", "Beste Wei Ma,"),
            ("WEI LING MA", "Beste Wei Ling Ma,"),
            ("Vries de, Anna", "Beste Anna de Vries,"),
            ("Berg van den, mevr. A.", "Beste mevrouw Van den Berg,"),
        ],
    );
}

#[test]
fn other_languages_greet_in_their_own_way() {
    all_are(
        |name| salutation(name, Language::English),
        &[
            ("Mr. John Smith", "Dear Mr Smith,"),
            ("Mrs Smith", "Dear Ms Smith,"),
            ("mevr. A. de Wit", "Dear Ms De Wit,"),
            ("Dr. Jane Smith", "Dear Dr Smith,"),
            ("Mr and Mrs Smith", "Dear Mr and Mrs Smith,"),
            ("Family Smith", "Dear Smith family,"),
            ("JOHN SMITH", "Dear John Smith,"),
            ("Smith, John", "Dear John Smith,"),
            ("Smith Ltd", "Dear customer,"),
            ("", "Dear customer,"),
        ],
    );
    all_are(
        |name| salutation(name, Language::German),
        &[
            ("Frau Müller", "Guten Tag Frau Müller,"),
            ("Frau Dr. Anna Müller", "Guten Tag Frau Dr. Müller,"),
            ("Herr Prof. Dr. von Humboldt", "Guten Tag Herr Prof. von Humboldt,"),
            ("Herr und Frau Müller", "Guten Tag Frau und Herr Müller,"),
            ("MÜLLER, ANNA", "Guten Tag Anna Müller,"),
            ("Müller GmbH", "Sehr geehrte Damen und Herren,"),
        ],
    );
    all_are(
        |name| salutation(name, Language::French),
        &[
            ("Mme Dupont", "Bonjour Madame Dupont,"),
            ("Monsieur Jean de La Tour", "Bonjour Monsieur de La Tour,"),
            ("Jeanne DUPONT", "Bonjour Jeanne Dupont,"),
            ("Dr Dupont", "Bonjour Docteur Dupont,"),
            ("Famille Dupont", "Bonjour,"),
            ("", "Madame, Monsieur,"),
        ],
    );
}

proptest::proptest! {
    /// Whatever stands in the place of a name: letters, blanks and what belongs to names, and nothing else is repeated.
    #[test]
    fn nothing_but_a_name_is_repeated(name in proptest::prelude::any::<String>()) {
        let greeted = in_dutch(&name);
        proptest::prop_assert!(greeted.chars().all(|c| c.is_alphabetic() || " .-'’,".contains(c)), "{}", greeted);
        proptest::prop_assert!(greeted.chars().count() < 120);
    }
}
