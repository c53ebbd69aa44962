//! Titles, particles and the words of names that are no person's. Plain words, in small letters and without full stops.

/// Who a title says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Title {
    Madam,
    Sir,
    Family,
    Doctor,
    Professor,
    /// Says nothing in a greeting: it is left out.
    Silent,
}

/// Titles before a name, and degrees behind it, without full stops and in small letters.
pub(super) const TITLES: [(&[&str], Title); 6] = [
    (
        &["mevrouw", "mevr", "mvr", "mw", "mej", "mejuffrouw", "frau", "mrs", "ms", "miss", "mme", "madame", "mlle"],
        Title::Madam,
    ),
    (&["dhr", "heer", "meneer", "mijnheer", "hr", "herr", "herrn", "mister", "monsieur", "sir"], Title::Sir),
    (&["familie", "fam", "family", "famille", "gezin"], Title::Family),
    (&["dr", "doctor", "docteur", "doktor"], Title::Doctor),
    (&["prof", "professor", "professeur"], Title::Professor),
    (
        &["drs", "ir", "ing", "mr", "bc", "ds", "msc", "bsc", "mba", "phd", "llm", "ma", "ba", "ra", "rc", "jr", "sr"],
        Title::Silent,
    ),
];

/// Degrees that are also names or initials (`Ma`, `Ba`): a title only behind a comma.
pub(super) const ONLY_BEHIND: [&str; 6] = ["ma", "ba", "ra", "rc", "jr", "sr"];

/// Those that no name ends with.
pub(super) const BEHIND_A_NAME: [&str; 2] = ["jr", "sr"];

/// What joins two people.
pub(super) const JOINING: [&str; 7] = ["en", "und", "and", "et", "of", "&", "+"];

/// Words that no person is called by: who writes is a company, a department or nobody, or for somebody who died.
pub(super) const NO_PERSONS: [&str; 105] = [
    "erven",
    "erfgenamen",
    "nabestaanden",
    "wijlen",
    "cq",
    "e/o",
    "p/a",
    "bv",
    "nv",
    "vof",
    "cv",
    "bvba",
    "gmbh",
    "ag",
    "kg",
    "ug",
    "ltd",
    "llc",
    "inc",
    "plc",
    "sa",
    "sarl",
    "sas",
    "srl",
    "zn",
    "zonen",
    "zoon",
    "sons",
    "söhne",
    "fils",
    "stichting",
    "vereniging",
    "coöperatie",
    "gemeente",
    "provincie",
    "ministerie",
    "maatschap",
    "holding",
    "groep",
    "group",
    "gruppe",
    "groupe",
    "lease",
    "leasing",
    "autobedrijf",
    "garage",
    "bedrijf",
    "bedrijven",
    "company",
    "firma",
    "transport",
    "logistics",
    "logistiek",
    "services",
    "service",
    "diensten",
    "techniek",
    "installaties",
    "bouw",
    "bouwbedrijf",
    "beheer",
    "vastgoed",
    "makelaars",
    "makelaardij",
    "advocaten",
    "notarissen",
    "accountants",
    "administratie",
    "adviseurs",
    "consultancy",
    "consulting",
    "solutions",
    "systems",
    "software",
    "media",
    "school",
    "hotel",
    "restaurant",
    "bakkerij",
    "slagerij",
    "winkel",
    "shop",
    "store",
    "info",
    "klantenservice",
    "klantcontact",
    "helpdesk",
    "support",
    "receptie",
    "secretariaat",
    "boekhouding",
    "afdeling",
    "team",
    "office",
    "noreply",
    "postmaster",
    "webmaster",
    "admin",
    "onbekend",
    "unknown",
    "anoniem",
    "anonymous",
    "nvt",
    "klant",
    "customer",
];

/// Small words within names. `en` joins two people and begins no surname.
pub(super) const PARTICLES: [&str; 29] = [
    "van", "de", "den", "der", "het", "ten", "ter", "te", "op", "'t", "'s", "in", "uit", "von", "zu", "zum", "la",
    "le", "du", "da", "di", "dos", "del", "los", "las", "el", "al", "bin", "ibn",
];
