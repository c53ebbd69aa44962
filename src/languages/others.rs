//! Languages that no letter is in, as far as they matter. Data only. What is said of one here goes into its row when it gets one.

use super::Reaction;

/// Frequent words that count against a mail being in one of ours, so that Spanish is not taken for French because both say `la`,
/// `me` and `un`. A list for neighbours that are as good as one.
pub(crate) const NEIGHBOURS: [&str; 4] = [
    // Spanish and Portuguese
    "el los las y que por para con una mi su usted pero está gracias hola muy como del lo o os não uma com meu \
        minha obrigado seu sua mas da do em um de en es no se",
    // Italian
    "il lo gli che di per con non una sono mio mia del della grazie ho ma anche buongiorno e è ci si un",
    // Polish and other Slavic in Latin letters
    "nie jest na się proszę dziękuję w z i że mam moje po dla je mi sam za",
    // Scandinavian
    "og och jeg jag ikke inte det er att at som har til till med på vi hilsen en",
];

/// Thanks of people who wrote their complaint in one of ours.
pub(crate) const REACTION: Reaction = Reaction {
    thanking: "gracias grazie obrigado obrigada",
    polite: "muchas por su ayuda mille",
    asking: "",
    opening: "",
    within_names: "",
    negations: "",
    not_only: "",
    refusing: "",
    settled: "",
    opposed: "",
    sign_offs: "saludos",
    added: "",
};
