//! How each language greets. Plain words; who is greeted comes from `salutation.rs`.

/// How one language greets; `{}` is the name.
pub(super) struct Greeting {
    pub madam: &'static str,
    pub sir: &'static str,
    pub couple: &'static str,
    pub family: &'static str,
    /// A surname of which nobody knows who bears it.
    pub either: &'static str,
    pub plain: &'static str,
    pub doctor: &'static str,
    pub professor: &'static str,
    pub degrees: Degrees,
    /// `mevrouw De Wit`: the particle is written large where no given name stands before it (Taalunie).
    pub large_particle: bool,
    pub unnamed_madam: &'static str,
    pub unnamed_sir: &'static str,
    pub unnamed: &'static str,
}

/// Where a doctor's or professor's title stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Degrees {
    /// Only where `mevrouw` or `heer` is not known.
    Otherwise,
    /// In the place of `Mr` or `Ms`.
    Instead,
    /// `Frau Dr. Müller`.
    Beside,
}

pub(super) const DUTCH: Greeting = Greeting {
    madam: "Beste mevrouw {},",
    sir: "Beste heer {},",
    couple: "Beste heer en mevrouw {},",
    family: "Beste familie {},",
    either: "Beste heer of mevrouw {},",
    plain: "Beste {},",
    doctor: "Beste doctor {},",
    professor: "Beste professor {},",
    degrees: Degrees::Otherwise,
    large_particle: true,
    unnamed_madam: "Geachte mevrouw,",
    unnamed_sir: "Geachte heer,",
    unnamed: "Geachte heer, mevrouw,",
};

pub(super) const ENGLISH: Greeting = Greeting {
    madam: "Dear Ms {},",
    sir: "Dear Mr {},",
    couple: "Dear Mr and Mrs {},",
    family: "Dear {} family,",
    either: "Dear Mr or Ms {},",
    plain: "Dear {},",
    doctor: "Dear Dr {},",
    professor: "Dear Professor {},",
    degrees: Degrees::Instead,
    large_particle: true,
    unnamed_madam: "Dear Madam,",
    unnamed_sir: "Dear Sir,",
    unnamed: "Dear customer,",
};

pub(super) const GERMAN: Greeting = Greeting {
    madam: "Guten Tag Frau {},",
    sir: "Guten Tag Herr {},",
    couple: "Guten Tag Frau und Herr {},",
    family: "Guten Tag Familie {},",
    either: "Guten Tag Frau oder Herr {},",
    plain: "Guten Tag {},",
    doctor: "Guten Tag Dr. {},",
    professor: "Guten Tag Prof. {},",
    degrees: Degrees::Beside,
    large_particle: false,
    unnamed_madam: "Sehr geehrte Dame,",
    unnamed_sir: "Sehr geehrter Herr,",
    unnamed: "Sehr geehrte Damen und Herren,",
};

pub(super) const FRENCH: Greeting = Greeting {
    madam: "Bonjour Madame {},",
    sir: "Bonjour Monsieur {},",
    couple: "Bonjour Madame et Monsieur {},",
    // No greeting names a family and sounds like one.
    family: "Bonjour,",
    either: "Bonjour Madame ou Monsieur {},",
    plain: "Bonjour {},",
    doctor: "Bonjour Docteur {},",
    professor: "Bonjour Professeur {},",
    degrees: Degrees::Instead,
    large_particle: false,
    unnamed_madam: "Madame,",
    unnamed_sir: "Monsieur,",
    unnamed: "Madame, Monsieur,",
};
