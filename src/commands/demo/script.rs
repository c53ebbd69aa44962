//! The demo's script: what customers and staff of a car-lease company write in a day and a half. Plain data, and how
//! plain mail clients would put it.

use super::people::DESK;
use crate::case::Moment;
use crate::mail::Mail;

/// A Monday morning in the desk's zone.
pub const START: &str = "2026-11-23T07:00:00Z";

/// One thing that happens.
pub struct Scene {
    pub at: &'static str,
    pub told: &'static str,
    pub act: Act,
}

pub enum Act {
    /// Somebody mails the complaints address.
    Mail(NewMail),
    /// Somebody presses Reply on a letter.
    Reply(Reply),
    /// The hour passes.
    Wait,
}

pub struct NewMail {
    from: &'static str,
    subject: &'static str,
    text: &'static str,
    /// File name and content of an attachment.
    attached: Option<(&'static str, &'static str)>,
}

pub struct Reply {
    pub as_person: &'static str,
    /// Words in the letter that is answered.
    pub about: &'static str,
    text: &'static str,
}

impl Act {
    /// Who writes, about what, and the words; None: nobody does.
    pub fn wrote(&self) -> Option<(&'static str, &'static str, &'static str)> {
        match self {
            // Behind the sender may stand another header of theirs.
            Self::Mail(mail) => Some((mail.from.lines().next().unwrap_or_default(), mail.subject, mail.text)),
            Self::Reply(reply) => Some((reply.as_person, "presses Reply", reply.text)),
            Self::Wait => None,
        }
    }
}

impl NewMail {
    /// As a plain mail client writes it.
    pub fn bytes(&self, at: Moment) -> Vec<u8> {
        let head = head(self.from, self.subject, at);
        match self.attached {
            None => format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", self.text),
            Some((name, content)) => format!(
                "{head}Content-Type: multipart/mixed; boundary=grens\r\n\r\n--grens\r\n\
                 Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n--grens\r\n\
                 Content-Type: text/csv; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n\
                 {content}\r\n--grens--\r\n",
                self.text
            ),
        }
        .into_bytes()
    }
}

impl Reply {
    /// Above the quoted letter, with In-Reply-To, as a plain mail client writes it.
    pub fn bytes(&self, letter: &Mail, at: Moment) -> Vec<u8> {
        let id = letter.message_id.as_deref().unwrap_or_default();
        let head = head(self.as_person, &format!("Re: {}", letter.subject), at);
        let quoted: String = letter.text.lines().map(|line| format!("> {line}\r\n")).collect();
        let wrote = format!("Op {} schreef Voorbeeld Lease <{DESK}>:", at.format("%d-%m-%Y %H:%M"));
        format!(
            "{head}In-Reply-To: <{id}>\r\nReferences: <{id}>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
             {}\r\n\r\n{wrote}\r\n{quoted}",
            self.text
        )
        .into_bytes()
    }
}

fn head(from: &str, subject: &str, at: Moment) -> String {
    format!(
        "From: {from}\r\nTo: {DESK}\r\nSubject: {subject}\r\nDate: {}\r\nMessage-ID: <{}@demo.example>\r\n\
         MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n",
        at.to_rfc2822(),
        at.timestamp_millis()
    )
}

fn mail(at: &'static str, told: &'static str, from: &'static str, subject: &'static str, text: &'static str) -> Scene {
    Scene { at, told, act: Act::Mail(NewMail { from, subject, text, attached: None }) }
}

fn reply(
    at: &'static str,
    told: &'static str,
    as_person: &'static str,
    about: &'static str,
    text: &'static str,
) -> Scene {
    Scene { at, told, act: Act::Reply(Reply { as_person, about, text }) }
}

/// What happens, in order.
pub fn acts() -> Vec<Scene> {
    let mut scenes = monday();
    scenes.extend(tuesday());
    scenes
}

fn monday() -> Vec<Scene> {
    vec![
        mail(
            "2026-11-23T08:12:00Z",
            "Jan Jansen complains about a repair.",
            "Jan Jansen <jan.jansen@klant.example>",
            "Kras na schadeherstel, en niemand belt terug",
            "Goedemorgen,\r\n\r\nNa het schadeherstel van vorige week zit er een nieuwe kras op de bumper van mijn \
             auto (ZZ-123-Z). Ik heb drie keer gebeld en word niet teruggebeld. Ik wil dat dit wordt hersteld.\r\n\r\n\
             Met vriendelijke groet,\r\nJan Jansen",
        ),
        Scene {
            at: "2026-11-23T08:40:00Z",
            told: "Emma Brown writes in English, with an attachment.",
            act: Act::Mail(NewMail {
                from: "Emma Brown <emma.brown@klant.example>",
                subject: "Invoice charged twice",
                text: "Hello,\r\n\r\nThe invoice for October was collected from my account twice. I have asked for my \
                       money back two weeks ago and have not heard anything since. Please refund me.\r\n\r\nKind \
                       regards,\r\nEmma Brown",
                attached: Some(("statement.csv", "date,amount\r\n2026-10-28,-389.00\r\n2026-10-29,-389.00")),
            }),
        },
        mail(
            "2026-11-23T09:05:00Z",
            "Fatima el Idrissi is not satisfied with the service.",
            "Fatima el Idrissi <fatima@klant.example>",
            "Ontevreden",
            "Ik sta nu al een week te wachten op antwoord. Dit is niet de eerste keer. Graag een reactie.",
        ),
        mail(
            "2026-11-23T09:06:00Z",
            "An out-of-office arrives: it is filed, and nobody answers it.",
            "Piet <piet@klant.example>\r\nAuto-Submitted: auto-replied",
            "Automatisch antwoord: afwezig",
            "Ik ben afwezig tot 1 december.",
        ),
        mail(
            "2026-11-23T09:20:00Z",
            "Reception writes down a telephone call.",
            "Receptie <receptie@lease.example>",
            "Telefonische klacht",
            "#telefoon\r\nKlant: Mevrouw De Wit\r\nE-mail: dewit@klant.example\r\nTelefoon: 06 12345678\r\n\
             Ontvangen: vandaag 9:50\r\n\r\nDe nieuwe auto zou vorige week geleverd worden. Niemand weet waar hij blijft.",
        ),
        reply(
            "2026-11-23T09:30:00Z",
            "J. de Vries of the damage department presses Reply.",
            "schade@lease.example",
            "Kras na schadeherstel",
            "Beste meneer Jansen,\r\n\r\nWat vervelend, en excuses dat u niet bent teruggebeld. Ik heb voor u een \
             afspraak gemaakt bij het schadebedrijf: woensdag 25 november om 9.00 uur. U krijgt vervangend \
             vervoer.\r\n\r\nMet vriendelijke groet,\r\nJ. de Vries",
        ),
        reply(
            "2026-11-23T10:02:00Z",
            "Invoicing keeps a note for colleagues.",
            "facturatie@lease.example",
            "Invoice charged twice",
            "#intern\r\nDubbele incasso door storing bij de bank op 28-10. Zie ook de andere klanten van die dag.",
        ),
        reply(
            "2026-11-23T10:20:00Z",
            "A typing error in a verb: nothing goes out, the sender is asked.",
            "facturatie@lease.example",
            "Invoice charged twice",
            "#afgehandelt\r\nWe refunded the second payment.",
        ),
        reply(
            "2026-11-23T10:25:00Z",
            "Invoicing closes the complaint with a settlement.",
            "facturatie@lease.example",
            "Invoice charged twice",
            "#afgehandeld\r\nWe refunded EUR 389.00 today; it will be on your account within two working days. We are \
             sorry for the mistake and for the wait.",
        ),
        reply(
            "2026-11-23T11:00:00Z",
            "Deliveries has called her, and puts the delivery on the agenda.",
            "levering@lease.example",
            "Niemand weet waar hij blijft",
            "#gebeld Excuses gemaakt; auto staat in de haven.\r\n#agenda do 10:00 levering De Wit controleren",
        ),
        reply(
            "2026-11-23T12:15:00Z",
            "Jan Jansen answers.",
            "jan.jansen@klant.example",
            "woensdag 25 november",
            "Woensdag past mij. Krijg ik de auto dezelfde dag terug?",
        ),
    ]
}

fn tuesday() -> Vec<Scene> {
    vec![
        Scene { at: "2026-11-24T06:30:30Z", told: "07:30: the daily digest goes out.", act: Act::Wait },
        reply(
            "2026-11-24T08:00:00Z",
            "The damage department closes Jan Jansen's complaint.",
            "schade@lease.example",
            "Krijg ik de auto dezelfde dag terug",
            "#afgehandeld\r\nDe kras wordt woensdag 25 november kosteloos hersteld; u krijgt de auto dezelfde dag om \
             16.00 uur terug, met een volle tank voor het ongemak.",
        ),
        Scene { at: "2026-11-25T06:30:30Z", told: "07:30: the digest of the next day.", act: Act::Wait },
    ]
}
