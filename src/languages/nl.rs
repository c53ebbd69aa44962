//! Dutch. Data only. It follows the Taalunie: `dinsdag 24 november 2026 om 10.12 uur`, `1,2 MB`.

use super::{AskedIfSolved, Degrees, Greeting, KnownBy, Names, Reaction, Solving, Title, Tongue, Written};

pub(super) const TONGUE: Tongue = Tongue {
    document_tag: "nl-NL",
    known_by: KnownBy {
        own: "aan al als bij ben bent beste bedankt betaald bel belt dag dan dat deze dit doen door dus een eens er ook geen \
            graag goed groet groeten heb hebben hebt heeft het hij hoe hun iemand ik jaar jij jullie kan klacht kon krijg \
            kunnen kunt maar mag meer meneer met mevrouw mij mijn moet morgen naar nee niet niets niks nog nooit nu of omdat \
            ons onze op over reeds steeds te tegen terug toch tot uit uw vandaag vanaf veel volgens voor vraag waar waarom \
            wanneer want wat weer wel werd wij wil word worden wordt zeer zeg zich zij zijn zo zonder zou antwoord auto fout \
            gebeld gesproken kapot factuur helaas jammer maand vriendelijke schade slecht snel weken week afspraak geld \
            gisteren hierbij alstublieft wacht wachten",
        shared: "de en die van was is in we me ja hier om had u ze je",
        groups: &["ij", "aa", "uu", "oe", "ui", "eeu", "sch"],
    },
    written: Written {
        days: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
        behind_weekday: "",
        behind_day: |_| "",
        months: [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        before_year: " ",
        short_day: 2,
        behind_short_day: "",
        short_months: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
        at: " om ",
        hour_digits: 2,
        hour_mark: ".",
        oclock: " uur",
        short_oclock: "",
        decimal: ',',
        thousands: '.',
        minutes: ["minuut", "minuten"],
        hours: ["uur", "uur"],
        spans: ["dag", "dagen"],
    },
    greeting: Greeting {
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
    },
    names: Names {
        titles: &[
            ("mevrouw mevr mvr mw mej mejuffrouw", Title::Madam),
            ("dhr heer meneer mijnheer hr", Title::Sir),
            ("familie fam gezin", Title::Family),
            ("dr doctor", Title::Doctor),
            ("prof professor", Title::Professor),
            ("drs ir ing mr bc ds", Title::Silent),
        ],
        joining: "en of",
        no_persons: "erven erfgenamen nabestaanden wijlen cq e/o p/a zn zonen zoon stichting vereniging coöperatie gemeente \
            provincie ministerie maatschap holding groep lease leasing autobedrijf garage bedrijf bedrijven firma transport \
            logistiek diensten techniek installaties bouw bouwbedrijf beheer vastgoed makelaars makelaardij advocaten \
            notarissen accountants administratie adviseurs school hotel restaurant bakkerij slagerij winkel klantenservice \
            klantcontact helpdesk receptie secretariaat boekhouding afdeling team onbekend anoniem nvt klant",
    },
    solving: Solving {
        asked: AskedIfSolved::Usually,
        yes: &["Ja, mijn klacht is opgelost.", "ja", "ja opgelost", "ja het is opgelost"],
        no: &["Nee, mijn klacht is niet opgelost.", "nee", "nee niet opgelost"],
    },
    reaction: Reaction {
        thanking: "bedankt dank dankjewel dankuwel dankje danku merci top prima perfect geweldig tnx",
        polite: "aan afhandeling alles antwoord avond ben bent bericht blij correcte dag dat de dit duidelijke een en enorm \
            erg fijn fijne geduld geholpen geregeld goed goede hartelijk hartelijke heel helemaal het hele hulp ik \
            informatie inzet iedereen jij je jou jouw jullie mail mailtje medewerking met middag moeite mooi mooie \
            namens netjes nette nogmaals nu oke ok ons ontzettend ook oplossing opgelost prettig prettige reactie \
            service snel snelle super terugkoppeling tevreden tijd toelichting u uitleg uitstekend uitstekende uw van \
            veel vlotte voor vriendelijk vriendelijke week weekend weekeinde wel wens wensen wij zeer zijn zo is",
        asking: "is ben bent zijn",
        opening: "beste geachte hallo hoi hai hey dag goedemorgen goedemiddag goedenavond",
        within_names: "van de der den het 't ten ter el en of mevrouw heer meneer",
        negations: "niet niets niks nooit geen zonder",
        not_only: "alleen eens",
        refusing: "nee neen klopt fout onjuist stop",
        settled: "opgelost oplossing verholpen geregeld hersteld akkoord tevreden tevredenheid acceptabel accepteren accepteer \
            afgehandeld gerepareerd",
        opposed: "oneens ontevreden bezwaar onacceptabel onaanvaardbaar onopgelost heropenen heropen geschillencommissie",
        sign_offs: "groet, groeten, groetjes, gr, grt, mvg, mvrgr, met vriendelijke groet, met vriendelijke groeten, \
            vriendelijke groet, vriendelijke groeten, hartelijke groet, hartelijke groeten, met hartelijke groet, hoogachtend",
        added: "verzonden vanaf mijn iphone, verzonden vanaf mijn ipad, verzonden vanaf mijn galaxy, \
            verzonden vanaf mijn samsung, verstuurd vanaf mijn iphone, verstuurd vanaf mijn ipad, \
            verstuurd vanaf mijn galaxy, verstuurd vanaf mijn samsung, verzonden vanaf outlook voor, \
            verzonden vanuit outlook voor, outlook voor ios downloaden, outlook voor android downloaden",
    },
};
