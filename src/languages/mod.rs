//! The table of languages that customers are written to in: one file, one `Tongue`, for each. All that a language says or
//! knows in its own way beside its letters is in its row; the letters are in `templates/`. Data and how it is asked for; pure.
//!
//! A further language is a file beside these, its line in the list below, and its templates (`docs/letters.md`).

mod de;
mod en;
mod fr;
mod nl;
pub(crate) mod others;
mod tongue;

use serde::{Deserialize, Serialize};
pub(crate) use tongue::{AskedIfSolved, Degrees, Greeting, KnownBy, Names, Reaction, Solving, Title, Tongue, Written};

/// Makes of the list of languages what there is one of for each. `$` is handed in, because [`keyed`] is made in here.
macro_rules! languages {
    (($d:tt) $($(#[$meta:meta])* $name:ident = $tag:literal in $file:ident,)+) => {
        /// The language a letter is written in. Customers are written to in each of them; colleagues in Dutch or English.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        pub enum Language {
            $($(#[$meta])* #[serde(rename = $tag)] $name,)+
        }

        impl Language {
            /// How many there are.
            pub const COUNT: usize = [$($tag),+].len();
            pub const ALL: [Self; Self::COUNT] = [$(Self::$name),+];

            /// The language's tag (RFC 5646), as settings, headers and folders of templates name it.
            pub fn tag(self) -> &'static str {
                match self { $(Self::$name => $tag,)+ }
            }

            /// Its name in English, for whoever runs the desk.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// Its row of the table.
            pub(crate) fn tongue(self) -> &'static Tongue {
                match self { $(Self::$name => &$file::TONGUE,)+ }
            }
        }

        /// The keys of a setting that can be given in each language (`title_nl`, …), in the order of [`Language::ALL`].
        macro_rules! keyed {
            ($d own:literal) => { [$(concat!($d own, "_", $tag)),+] };
        }
        pub(crate) use keyed;
    };
}

languages! { ($)
    #[default]
    Dutch = "nl" in nl,
    English = "en" in en,
    German = "de" in de,
    French = "fr" in fr,
}

impl Language {
    /// One of two wordings for colleagues. No letter to them is in another language; what would be reads English.
    pub fn pick<T>(self, dutch: T, english: T) -> T {
        if self == Self::Dutch { dutch } else { english }
    }
}
