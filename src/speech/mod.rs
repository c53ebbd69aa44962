//! How moments, amounts and people are named in each language, and what of a stranger's text is fit to be printed. Letters are
//! written with it, and so are the company's own sentences, which the desk fills in. Pure.

pub(crate) mod clean;
pub(crate) mod language;
pub(crate) mod salutation;

pub(crate) use language::Words;
