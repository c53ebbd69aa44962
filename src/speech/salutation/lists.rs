//! What stands in names whatever language a letter is in: degrees, companies' forms, particles. Plain words, in small letters and
//! without full stops. Titles and the like, which each language has its own of, are in the table of languages.

/// Degrees beside a name: a greeting leaves them out.
pub(super) const DEGREES: [&str; 11] = ["msc", "bsc", "mba", "phd", "llm", "ma", "ba", "ra", "rc", "jr", "sr"];

/// Degrees that are also names or initials (`Ma`, `Ba`): a title only behind a comma.
pub(super) const ONLY_BEHIND: [&str; 6] = ["ma", "ba", "ra", "rc", "jr", "sr"];

/// Those that no name ends with.
pub(super) const BEHIND_A_NAME: [&str; 2] = ["jr", "sr"];

/// What joins two people.
pub(super) const JOINING: [&str; 2] = ["&", "+"];

/// Forms of companies, and what mailboxes are called.
pub(super) const NO_PERSONS: [&str; 22] = [
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
    "info",
    "noreply",
    "postmaster",
    "webmaster",
    "admin",
];

/// Small words within names. `en` joins two people and begins no surname.
pub(super) const PARTICLES: [&str; 29] = [
    "van", "de", "den", "der", "het", "ten", "ter", "te", "op", "'t", "'s", "in", "uit", "von", "zu", "zum", "la",
    "le", "du", "da", "di", "dos", "del", "los", "las", "el", "al", "bin", "ibn",
];
