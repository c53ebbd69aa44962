//! The table of staff verbs: the one place that says what each is called, where its text goes (invariant 7), and what
//! stands behind it on its line. The README's table and the list in letters are made of it. Plain data.

/// What staff can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    Note,
    Answer,
    /// An answer with all that stands above our letter, also what looks like a quoted mail.
    Everything,
    Close,
    Phoned,
    TakeOver,
    Assign,
    Department,
    Escalate,
    Advise,
    Agenda,
    /// What the sender did for the customer without us: a letter on paper, posted; a mail of their own, confirmed.
    Sent,
    Reopen,
    Dismiss,
    Restore,
    Merge,
    /// Who the customer is.
    Customer,
    Dispute,
    Ruling,
    Register(Taken),
    Show,
    /// The whole file of a case.
    Dossier,
    /// Cases that match some words.
    Search,
    /// The sender's open cases.
    Standing,
    Help,
}

/// How a complaint was taken in by staff (§2.1.1, §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Taken {
    ByPhone,
    ByLetter,
    AtDesk,
    /// By mail to a colleague, whose sender was not certain (§2.2).
    ByMail,
}

/// Where the text of a mail with this verb goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextGoes {
    /// To the customer.
    Customer,
    /// To the customer as the settlement (§2.4.2).
    Settlement,
    /// Into the file; nobody outside gets it.
    CaseFile,
    /// It is the new complaint's.
    Complaint,
    /// Nowhere: the verb has no use for a text.
    Nowhere,
}

/// What stands behind the verb on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// More text.
    Text,
    Address,
    /// An address, and perhaps a name.
    Customer,
    Department,
    /// A moment and what is to be done then.
    Moment,
    /// A moment that is past, none: now; beside a letter that asks which case, a case number.
    Past,
    /// The number of a mail on file.
    Mail,
    /// A case number.
    Case,
    /// Words to search for.
    Words,
    None,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub verb: Verb,
    pub dutch: &'static str,
    pub english: &'static str,
    /// Other words people type for it.
    pub aliases: &'static [&'static str],
    pub text: TextGoes,
    pub value: Value,
    /// It is nothing without a text.
    pub wants_text: bool,
    /// To be read after the verb.
    pub means_dutch: &'static str,
    pub means_english: &'static str,
}

/// All verbs, in the order in which a handler needs them.
pub const TABLE: &[Row] = &[
    Row {
        verb: Verb::Note,
        dutch: "#intern",
        english: "#internal",
        aliases: &["note", "notitie"],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: true,
        means_dutch: "bewaart uw tekst als notitie; de klant krijgt niets",
        means_english: "keeps your text as a note; the customer gets nothing",
    },
    Row {
        verb: Verb::Close,
        dutch: "#afgehandeld",
        english: "#closed",
        aliases: &["close", "done", "gesloten", "sluiten"],
        text: TextGoes::Settlement,
        value: Value::Text,
        wants_text: false,
        means_dutch: "sluit de klacht; de tekst eronder krijgt de klant als uitkomst",
        means_english: "closes the complaint; the customer gets the text below it as the outcome",
    },
    Row {
        verb: Verb::Answer,
        dutch: "#antwoord",
        english: "#answer",
        aliases: &["reply"],
        text: TextGoes::Customer,
        value: Value::Text,
        wants_text: false,
        means_dutch: "stuurt uw tekst naar de klant, ook als er andere opdrachten bij staan",
        means_english: "sends your text to the customer, also beside other verbs",
    },
    Row {
        verb: Verb::Everything,
        dutch: "#alles",
        english: "#everything",
        aliases: &[],
        text: TextGoes::Customer,
        value: Value::Text,
        wants_text: false,
        means_dutch: "neemt alles mee wat u boven onze e-mail typte, ook wat op een geciteerde e-mail lijkt; alleen of boven een andere opdracht",
        means_english: "takes all that you typed above our e-mail, also what looks like a quoted e-mail; alone or above another verb",
    },
    Row {
        verb: Verb::Phoned,
        dutch: "#gebeld",
        english: "#called",
        aliases: &["phoned"],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: true,
        means_dutch: "legt vast dat u de klant hebt gesproken; dat telt als reactie",
        means_english: "records that you spoke to the customer; that counts as a reaction",
    },
    Row {
        verb: Verb::TakeOver,
        dutch: "#overnemen",
        english: "#mine",
        aliases: &["takeover", "neemover"],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: false,
        means_dutch: "maakt u de behandelaar",
        means_english: "makes you the handler",
    },
    Row {
        verb: Verb::Assign,
        dutch: "#toewijzen",
        english: "#assign",
        aliases: &[],
        text: TextGoes::CaseFile,
        value: Value::Address,
        wants_text: false,
        means_dutch: "geeft de klacht aan een collega van de afdeling: #toewijzen naam@bedrijf.nl",
        means_english: "gives the complaint to a colleague of the department: #assign name@company.com",
    },
    Row {
        verb: Verb::Department,
        dutch: "#afdeling",
        english: "#department",
        aliases: &[],
        text: TextGoes::CaseFile,
        value: Value::Department,
        wants_text: false,
        means_dutch: "geeft de klacht aan een andere afdeling: #afdeling naam",
        means_english: "gives the complaint to another department: #department name",
    },
    Row {
        verb: Verb::Escalate,
        dutch: "#escaleren",
        english: "#escalate",
        aliases: &["escaleer"],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: true,
        means_dutch: "legt uw vraag met het hele dossier voor aan de leidinggevende",
        means_english: "puts your question to the supervisor, with the whole file",
    },
    Row {
        verb: Verb::Advise,
        dutch: "#advies",
        english: "#advice",
        aliases: &["advise"],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: true,
        means_dutch: "stuurt uw tekst als advies naar de behandelaar; de klant krijgt niets",
        means_english: "sends your text as advice to the handler; the customer gets nothing",
    },
    Row {
        verb: Verb::Agenda,
        dutch: "#agenda",
        english: "#agenda",
        aliases: &[],
        text: TextGoes::CaseFile,
        value: Value::Moment,
        wants_text: false,
        means_dutch: "zet iets op uw agenda: #agenda vr 14:00 garage bellen; #agenda klaar haalt het weg",
        means_english: "puts something on your agenda: #agenda fri 14:00 call the garage; #agenda done takes it off",
    },
    Row {
        verb: Verb::Sent,
        dutch: "#verstuurd",
        english: "#sent",
        aliases: &["gepost", "posted", "mailed"],
        text: TextGoes::CaseFile,
        value: Value::Past,
        wants_text: false,
        means_dutch: "meldt dat de brief is gepost (#verstuurd gisteren 16:00), of, als wij het vragen, dat de klant uw antwoord al heeft",
        means_english: "tells us that the letter was posted (#sent yesterday 16:00) or, when we ask, that the customer has your answer already",
    },
    Row {
        verb: Verb::Reopen,
        dutch: "#heropenen",
        english: "#reopen",
        aliases: &["heropen"],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: false,
        means_dutch: "opent een gesloten klacht weer, met nieuwe termijnen",
        means_english: "opens a closed complaint again, with new terms",
    },
    Row {
        verb: Verb::Dismiss,
        dutch: "#geenklacht",
        english: "#nocomplaint",
        aliases: &[],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: false,
        means_dutch: "haalt dit uit de klachten; het blijft bewaard en de klant krijgt niets",
        means_english: "takes this out of the complaints; it stays on file and the customer gets nothing",
    },
    Row {
        verb: Verb::Restore,
        dutch: "#klacht",
        english: "#complaint",
        aliases: &[],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: false,
        means_dutch: "maakt er toch een klacht van; een terzijde gelegd bericht met zijn nummer: #klacht 17",
        means_english: "makes it a complaint after all; a message set aside by its number: #complaint 17",
    },
    Row {
        verb: Verb::Merge,
        dutch: "#samenvoegen",
        english: "#merge",
        aliases: &["samenvoeg"],
        text: TextGoes::CaseFile,
        value: Value::Case,
        wants_text: false,
        means_dutch: "maakt van twee klachten van een klant één: #samenvoegen K-2026-000123; beide nummers blijven werken",
        means_english: "makes two complaints of a customer one: #merge K-2026-000123; both numbers keep working",
    },
    Row {
        verb: Verb::Customer,
        dutch: "#klant",
        english: "#customer",
        aliases: &[],
        text: TextGoes::CaseFile,
        value: Value::Customer,
        wants_text: false,
        means_dutch: "zet recht wie de klant is: #klant naam@voorbeeld.nl Jan Jansen; brieven gaan voortaan daarheen",
        means_english: "puts right who the customer is: #customer name@example.com Jan Jansen; letters go there from now on",
    },
    Row {
        verb: Verb::Dispute,
        dutch: "#geschil",
        english: "#dispute",
        aliases: &[],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: false,
        means_dutch: "legt vast dat de klant naar de geschillencommissie is",
        means_english: "records that the customer went to the disputes committee",
    },
    Row {
        verb: Verb::Ruling,
        dutch: "#uitspraak",
        english: "#ruling",
        aliases: &[],
        text: TextGoes::CaseFile,
        value: Value::Text,
        wants_text: true,
        means_dutch: "legt vast wat de commissie besliste en wat wij daaraan doen",
        means_english: "records what the committee decided and what we do about it",
    },
    Row {
        verb: Verb::Register(Taken::ByPhone),
        dutch: "#telefoon",
        english: "#phone",
        aliases: &["telefonisch"],
        text: TextGoes::Complaint,
        value: Value::Text,
        wants_text: false,
        means_dutch: "meldt een klacht die u aan de telefoon kreeg, met regels Klant:, E-mail:, Telefoon:, Ontvangen:",
        means_english: "registers a complaint taken by telephone, with lines Customer:, E-mail:, Phone:, Received:",
    },
    Row {
        verb: Verb::Register(Taken::ByLetter),
        dutch: "#brief",
        english: "#letter",
        aliases: &[],
        text: TextGoes::Complaint,
        value: Value::Text,
        wants_text: false,
        means_dutch: "meldt een klacht die per post kwam; voeg de scan bij",
        means_english: "registers a complaint that came by post; attach the scan",
    },
    Row {
        verb: Verb::Register(Taken::AtDesk),
        dutch: "#balie",
        english: "#frontdesk",
        aliases: &[],
        text: TextGoes::Complaint,
        value: Value::Text,
        wants_text: false,
        means_dutch: "meldt een klacht die aan de balie werd gedaan",
        means_english: "registers a complaint made at the front desk",
    },
    Row {
        verb: Verb::Register(Taken::ByMail),
        dutch: "#doorgestuurd",
        english: "#forwarded",
        aliases: &[],
        text: TextGoes::Complaint,
        value: Value::Text,
        wants_text: false,
        means_dutch: "meldt een klacht die u per e-mail kreeg, als onduidelijk is wie de klant is",
        means_english: "registers a complaint mailed to you, where it is not clear who the customer is",
    },
    Row {
        verb: Verb::Show,
        dutch: "#toon",
        english: "#show",
        aliases: &[],
        text: TextGoes::Nowhere,
        value: Value::Mail,
        wants_text: false,
        means_dutch: "stuurt u een bericht dat terzijde is gelegd: #toon 17",
        means_english: "sends you a message that was set aside: #show 17",
    },
    Row {
        verb: Verb::Dossier,
        dutch: "#dossier",
        english: "#file",
        aliases: &["dossiers"],
        text: TextGoes::Nowhere,
        value: Value::Case,
        wants_text: false,
        means_dutch: "stuurt u het hele dossier van deze klacht, of van het nummer erachter",
        means_english: "sends you the whole file of this complaint, or of the number behind it",
    },
    Row {
        verb: Verb::Search,
        dutch: "#zoek",
        english: "#search",
        aliases: &["zoeken"],
        text: TextGoes::Nowhere,
        value: Value::Words,
        wants_text: false,
        means_dutch: "zoekt klachten op nummer, naam, adres, kenteken, contractnummer of woorden",
        means_english: "finds complaints by number, name, address, plate, contract number or words",
    },
    Row {
        verb: Verb::Standing,
        dutch: "#stand",
        english: "#mycases",
        aliases: &[],
        text: TextGoes::Nowhere,
        value: Value::None,
        wants_text: false,
        means_dutch: "stuurt u uw open klachten, de meest dringende bovenaan",
        means_english: "sends you your open complaints, the most urgent first",
    },
    Row {
        verb: Verb::Help,
        dutch: "#hulp",
        english: "#help",
        aliases: &[],
        text: TextGoes::Nowhere,
        value: Value::None,
        wants_text: false,
        means_dutch: "stuurt u deze lijst",
        means_english: "sends you this list",
    },
];

impl Value {
    /// What stands behind the verb is text, as what stands below it.
    pub fn is_text(self) -> bool {
        self == Self::Text
    }
}

impl Verb {
    /// Its row of the table.
    pub fn row(self) -> &'static Row {
        // Every verb has one: a test goes through them all.
        TABLE.iter().find(|row| row.verb == self).unwrap_or(&TABLE[0])
    }

    /// Whether it only asks the register and changes nothing: such a verb stands alone in a mail.
    pub fn asks(self) -> bool {
        matches!(self, Self::Dossier | Self::Search | Self::Standing)
    }

    /// The verb of that folded word, in either language or by an alias.
    pub fn named(word: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.names().any(|name| name == word)).map(|row| row.verb)
    }
}

impl Row {
    /// Its names, without the mark.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let main = [self.dutch, self.english].map(|name| name.trim_start_matches('#'));
        main.into_iter().chain(self.aliases.iter().copied())
    }
}
