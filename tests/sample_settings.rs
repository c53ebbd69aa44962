//! The sample settings are what most companies start from: its keywords send real-life complaints to the right desk.

use klachtpost::config;
use klachtpost::desk::routing::Routes;

/// The sample's departments, on complaints as customers of a lease company write them.
#[test]
fn the_samples_keywords_route_what_customers_write() {
    let manual = include_str!("../config/klachtpost.toml");
    let settings = manual.replace("\n[mailbox]\n", "\n[mailbox]\npassword = \"geheim\"\n");
    let routes = Routes::compile(&config::from_toml(&settings, "sample").unwrap().department).unwrap();
    for (subject, text, department) in [
        ("Hagelschade", "Mijn auto staat al drie weken bij de garage.", "schade"),
        ("Klacht", "Bij een aanrijding is de bumper geraakt, de tegenpartij is aansprakelijk.", "schade"),
        ("Eigen risico onterecht", "U brengt 300 euro in rekening.", "schade"),
        ("APK vergeten", "Het onderhoud is niet uitgevoerd.", "onderhoud"),
        ("Klacht", "De leenauto was er niet en de monteur ook niet.", "onderhoud"),
        ("The brakes", "After the repair the car broke down again.", "onderhoud"),
        ("Dubbele factuur", "Er is twee keer afgeschreven.", "facturatie"),
        ("Boete", "Ik kreeg een bekeuring doorbelast met administratiekosten.", "facturatie"),
        ("Wrong invoice", "Please refund the amount.", "facturatie"),
        ("Meerkilometers", "De kilometerstand klopt niet.", "contract"),
        ("Opzegging", "Ik wil mijn leasecontract tussentijds beëindigen.", "contract"),
        ("Levertijd", "De nieuwe auto zou in mei geleverd worden.", "levering"),
        ("Klacht", "Bij het inleveren is een innamerapport met slijtage gemaakt.", "levering"),
        ("Onvriendelijk", "Ik word nooit teruggebeld.", "klantenservice"),
        ("Klacht", "Ik ben ontevreden.", "klantenservice"),
    ] {
        assert_eq!(routes.route(subject, text).department, department, "{subject}: {text}");
    }
}
