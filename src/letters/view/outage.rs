//! What the letter to the operator can print: what was tried, what was found, and the next step, in plain words
//! (invariant 12). Pure.

use super::Seen;
use crate::desk::draft::{Outage, OutageStage};
use crate::desk::outage::{Area, Trouble};
use crate::letters::words::Words;
use minijinja::context;
use minijinja::value::Value;

/// Hours up to which a duration is told in minutes too, which is how an outage is talked about.
const MINUTES_MAX: i64 = 24 * 60;

impl Seen<'_> {
    pub(super) fn outage(&self, outage: &Outage) -> Value {
        let words = self.words;
        let lasted = outage.now - outage.since;
        let in_minutes = lasted.num_minutes();
        let lasted = if (60..MINUTES_MAX).contains(&in_minutes) {
            words.pick(format!("{in_minutes} minuten"), format!("{in_minutes} minutes"))
        } else {
            words.span(lasted)
        };
        let (trouble, found) = match &outage.stage {
            OutageStage::Failing { trouble, found } => (Some(*trouble), found.as_str()),
            OutageStage::Over => (None, ""),
        };
        context! {
            area => outage.area.name(),
            over => trouble.is_none(),
            ahead => trouble.is_some_and(Trouble::is_ahead),
            since => words.moment(outage.since),
            now => words.moment(outage.now),
            lasted,
            tried => match &outage.mailbox {
                // Whose it is must be seen: the others may work.
                Some(mailbox) => format!("{} (mailbox \u{201c}{mailbox}\u{201d})", tried(outage.area, words)),
                None => tried(outage.area, words).to_owned(),
            },
            found => trouble.map_or("", |trouble| found_words(outage.area, trouble, words)),
            next => trouble.map_or("", |trouble| next(outage.area, trouble, words)),
            log_line => self.line(found),
        }
    }
}

fn tried(area: Area, words: Words) -> &'static str {
    match area {
        Area::Intake => words.pick(
            "inloggen op de klachtenmailbox en ophalen wat er binnenkwam",
            "logging in to the complaints mailbox and taking in what had come",
        ),
        Area::Mailbox => words.pick(
            "alle e-mail ophalen, en wat geregistreerd is naar de mappen daarvoor verplaatsen",
            "taking in all mail, and moving what is registered to the folders for it",
        ),
        Area::Access => words.pick(
            "een token aanvragen, waarmee klachtpost bij de mailserver inlogt",
            "asking for a token, with which klachtpost logs in to the mail server",
        ),
        Area::Route => words.pick(
            "een testbericht aan het klachtenadres sturen, en kijken of het daar binnenkomt",
            "sending a test mail to the complaints address, and looking whether it comes in there",
        ),
        Area::Sending => words.pick(
            "de brieven die klaarstaan aan de mailserver geven",
            "handing the waiting letters to the mail server",
        ),
    }
}

fn found_words(area: Area, trouble: Trouble, words: Words) -> &'static str {
    match trouble {
        Trouble::Login if area == Area::Access => {
            words.pick("de aanbieder weigert een token", "the provider refuses a token")
        }
        Trouble::Away if area == Area::Access => words.pick(
            "de aanbieder van de tokens is niet te bereiken of antwoordt niet",
            "the provider of the tokens cannot be reached or does not answer",
        ),
        Trouble::Away => words.pick(
            "de mailserver is niet te bereiken of antwoordt niet",
            "the mail server cannot be reached or does not answer",
        ),
        Trouble::Certificate => words.pick(
            "de beveiligde verbinding komt niet tot stand; meestal is het certificaat verlopen of voor een andere naam",
            "the secured connection cannot be made; usually the certificate has expired or is for another name",
        ),
        Trouble::Login => words.pick(
            "de mailserver weigert de gebruikersnaam of het wachtwoord",
            "the mail server refuses the user name or the password",
        ),
        Trouble::Folder => words.pick(
            "een map van de mailbox bestaat niet meer of kan niet worden gemaakt",
            "a folder of the mailbox is gone or cannot be made",
        ),
        Trouble::Refusal => {
            words.pick("de mailserver antwoordt, maar weigert de opdracht", "the mail server answers, but refuses")
        }
        Trouble::Moving => words.pick(
            "de mailserver verplaatst e-mail niet die klachtpost al geregistreerd heeft; die blijft in de inbox staan",
            "the mail server does not move e-mail that klachtpost has registered; it stays in the inbox",
        ),
        Trouble::Giving => words.pick(
            "de mailserver heeft e-mail in de inbox die hij niet geeft; de andere e-mail is wel geregistreerd",
            "the mail server has e-mail in the inbox that it does not give; the other e-mail is registered",
        ),
        Trouble::Files => words.pick("de map is niet te lezen of te schrijven", "the folder cannot be read or written"),
        Trouble::Register => words.pick(
            "de database van klachtpost is niet te lezen of te schrijven",
            "klachtpost's own database cannot be read or written",
        ),
        Trouble::Clock => words.pick(
            "de klok van deze computer kan niet goed staan; klachtpost beslist en verstuurt niets tot hij weer klopt",
            "this computer's clock cannot be right; klachtpost decides and sends nothing until it is",
        ),
        Trouble::ExpiresInAMonth => words.pick(
            "het geheim of certificaat waarmee klachtpost tokens aanvraagt, verloopt binnen een maand",
            "the secret or certificate with which klachtpost asks for tokens expires within a month",
        ),
        Trouble::ExpiresInAWeek => words.pick(
            "het geheim of certificaat waarmee klachtpost tokens aanvraagt, verloopt binnen een week",
            "the secret or certificate with which klachtpost asks for tokens expires within a week",
        ),
        Trouble::ExpiresInADay => words.pick(
            "het geheim of certificaat waarmee klachtpost tokens aanvraagt, verloopt vandaag of morgen of is al verlopen",
            "the secret or certificate with which klachtpost asks for tokens expires today or tomorrow, or has expired",
        ),
        Trouble::Stuck => {
            words.pick("het ophalen is begonnen en komt niet tot een einde", "taking in was begun and comes to no end")
        }
        Trouble::NotBack => words.pick(
            "het testbericht is verstuurd, maar komt niet in de klachtenmailbox aan",
            "the test mail was sent, and does not arrive in the complaints mailbox",
        ),
        Trouble::Fault => words.pick("een fout in klachtpost zelf", "a fault in klachtpost itself"),
    }
}

fn next(area: Area, trouble: Trouble, words: Words) -> &'static str {
    match (trouble, area) {
        (Trouble::Away, _) => words.pick(
            "Kijk of de mailserver draait en of deze computer er verbinding mee krijgt.",
            "See whether the mail server runs and whether this computer can connect to it.",
        ),
        (Trouble::Certificate, _) => words.pick(
            "Laat het certificaat van de mailserver vernieuwen, of zet in de instellingen de naam die erop staat (host) of de uitgever (ca_file).",
            "Have the mail server's certificate renewed, or put the name on it (host) or its authority (ca_file) into the settings.",
        ),
        (Trouble::Login, Area::Access) => words.pick(
            "De regel uit het logboek zegt waarom het niet lukt, en wat u daaraan doet.",
            "The line of the log says why it fails, and what to do about it.",
        ),
        (Trouble::Login, _) => words.pick(
            "Controleer gebruikersnaam en wachtwoord in de instellingen; misschien is het wachtwoord gewijzigd of verlopen.",
            "Check the user name and password in the settings; perhaps the password was changed or has expired.",
        ),
        (Trouble::Folder, _) => words.pick(
            "Maak de map die in de regel uit het logboek staat aan in de mailbox, of verbeter de naam onder [mailbox] in de instellingen.",
            "Make the folder named in the line of the log in the mailbox, or correct its name under [mailbox] in the settings.",
        ),
        (Trouble::Moving, _) => words.pick(
            "Kijk of de mailbox vol is en of het account in de inbox mag wissen en in de andere mappen mag plaatsen; de regel uit het logboek zegt wat de server antwoordde.",
            "See whether the mailbox is full, and whether the account may delete in the inbox and insert in the other folders; the line of the log has the server's answer.",
        ),
        (Trouble::Giving, _) => words.pick(
            "Laat de beheerder van de mailserver kijken naar de opslag van deze mailbox. Verplaats of wis in de inbox niets: klachtpost vraagt er steeds opnieuw om.",
            "Have the mail server's administrator look at the storage of this mailbox. Move or delete nothing in the inbox: klachtpost keeps asking for it.",
        ),
        (Trouble::ExpiresInAMonth | Trouble::ExpiresInAWeek | Trouble::ExpiresInADay, _) => words.pick(
            "Maak bij de aanbieder een nieuw geheim of certificaat, zet het in het bestand ervan, en zet de nieuwe laatste dag in de instellingen (oauth2.secret_expires).",
            "Make a new secret or certificate at the provider, write it into its file, and its last day into the settings (oauth2.secret_expires).",
        ),
        (Trouble::Refusal, Area::Intake | Area::Mailbox | Area::Access) => words.pick(
            "Kijk in het logboek van de mailserver en of de mailbox vol is of geen rechten meer heeft.",
            "Look at the mail server's log, and whether the mailbox is full or has lost its rights.",
        ),
        (Trouble::NotBack, _) => words.pick(
            "Zoek het testbericht (het onderwerp begint met “klachtpost test”) in de andere mappen van de mailbox en in de quarantaine van de mailserver, en vraag de beheerder van de mailserver waar het blijft.",
            "Look for the test mail (its subject begins with “klachtpost test”) in the mailbox's other folders and in the mail server's quarantine, and ask the mail server's administrator where it goes.",
        ),
        (Trouble::Refusal, Area::Sending | Area::Route) => words.pick(
            "Vraag de beheerder van de mailserver of het klachtenadres er nog mag versturen.",
            "Ask the mail server's administrator whether the complaints address may still send there.",
        ),
        (Trouble::Files, _) => words.pick(
            "Controleer of de map bestaat, van de gebruiker van klachtpost is, en of de schijf niet vol is.",
            "See that the folder exists and belongs to klachtpost's user, and that the disk is not full.",
        ),
        (Trouble::Register, _) => words.pick(
            "Kijk of de schijf vol is, en of een ander programma het bestand gebruikt.",
            "See whether the disk is full, and whether another program uses the file.",
        ),
        (Trouble::Clock, _) => words.pick(
            "Zet de klok goed, en laat hem bijhouden (timedatectl set-ntp true). klachtpost gaat dan vanzelf verder. Staat de klok toch goed, start dan één keer klachtpost run --trust-clock.",
            "Set the clock, and have it kept (timedatectl set-ntp true). klachtpost then goes on by itself. If the clock is right after all, start klachtpost run --trust-clock once.",
        ),
        (Trouble::Stuck, _) => words.pick(
            "Herstart klachtpost (systemctl restart klachtpost); daarbij gaat niets verloren. Komt het terug, bewaar dan het logboek en meld het.",
            "Restart klachtpost (systemctl restart klachtpost); nothing is lost by that. If it comes back, keep the log and report it.",
        ),
        (Trouble::Fault, _) => words.pick(
            "Bewaar het logboek en meld deze fout bij de makers van klachtpost.",
            "Keep the log and report this fault to the makers of klachtpost.",
        ),
    }
}
