//! German. Data only.

use super::{AskedIfSolved, Degrees, Greeting, KnownBy, Names, Reaction, Solving, Title, Tongue, Written};

pub(super) const TONGUE: Tongue = Tongue {
    document_tag: "de",
    known_by: KnownBy {
        own: "der das und ich nicht ist sie mit für auf ein eine einen einem zu von dem den des wir uns mir mein meine ihr \
            ihre haben habe hat sind bin wird werden wurde auch aber oder wenn dass noch schon sehr bitte danke geehrte \
            grüße grüßen nach bei aus kein keine keinen wie warum seit die im zum zur es \
            er beim vom meinem meinen meiner ihnen ihrem ihren ihrer unser unsere unseren jetzt immer wieder mehr nie \
            niemals endlich leider dringend sofort gestern heute woche wochen tage tagen monat monate monaten \
            rechnung falsch beschwerde schlecht werkstatt fahrzeug kaputt antwort warte wartet ruft zurück zurückrufen \
            vertrag schaden reparatur termin kunde guten liebe freundlichen geehrter möchte würde können kann muss \
            soll sollte über durch ohne gegen unverschämt enttäuscht unzufrieden erhalten bekommen gemacht",
        shared: "",
        groups: &[],
    },
    written: Written {
        days: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        behind_weekday: ",",
        behind_day: |_| ".",
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        before_year: " ",
        short_day: 2,
        behind_short_day: ".",
        short_months: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
        at: " um ",
        hour_digits: 1,
        hour_mark: ".",
        oclock: " Uhr",
        short_oclock: " Uhr",
        decimal: ',',
        thousands: '.',
        minutes: ["Minute", "Minuten"],
        hours: ["Stunde", "Stunden"],
        spans: ["Tag", "Tage"],
    },
    greeting: Greeting {
        madam: "Guten Tag Frau {},",
        sir: "Guten Tag Herr {},",
        couple: "Guten Tag Frau und Herr {},",
        family: "Guten Tag Familie {},",
        either: "Guten Tag Frau oder Herr {},",
        plain: "Guten Tag {},",
        doctor: "Guten Tag Dr. {},",
        professor: "Guten Tag Prof. {},",
        degrees: Degrees::Beside { doctor: "Dr. ", professor: "Prof. " },
        large_particle: false,
        unnamed_madam: "Sehr geehrte Dame,",
        unnamed_sir: "Sehr geehrter Herr,",
        unnamed: "Sehr geehrte Damen und Herren,",
    },
    names: Names {
        titles: &[("frau", Title::Madam), ("herr herrn", Title::Sir), ("doktor", Title::Doctor)],
        joining: "und",
        no_persons: "söhne gruppe",
    },
    solving: Solving {
        // German courts take a question about satisfaction for advertising, which needs consent: who wants it there says so.
        asked: AskedIfSolved::OnlyWhereSet,
        // The last ones are what earlier links typed.
        yes: &[
            "Ja, meine Beschwerde ist erledigt.",
            "ja erledigt",
            "ja sie ist erledigt",
            "Ja, meine Beschwerde ist gelöst.",
            "ja gelöst",
            "ja es ist gelöst",
        ],
        no: &[
            "Nein, meine Beschwerde ist nicht erledigt.",
            "nein",
            "nein nicht erledigt",
            "Nein, meine Beschwerde ist nicht gelöst.",
            "nein nicht gelöst",
        ],
    },
    reaction: Reaction {
        thanking: "danke dankeschon danken bedanke bedanken",
        polite: "vielen herzlichen schon fur ihre ihr schnelle hilfe antwort die das den der wir bin sehr gut gute guten \
            schnellen bearbeitung losung gelost nachricht informationen ihnen ihren tag herzliche alles bestens zufrieden \
            erledigt perfekt toll liebe freundliche freundlichen nochmals einmal und mit",
        asking: "ist sind bin",
        opening: "guten sehr liebe lieber",
        within_names: "frau herr damen herren und von zu geehrte geehrter geehrten tag",
        negations: "nicht kein keine keinen nie niemals ohne",
        not_only: "",
        refusing: "nein falsch",
        settled: "gelost geklart erledigt behoben repariert einverstanden zufrieden akzeptiere akzeptabel",
        opposed: "unzufrieden widerspreche widerspruch inakzeptabel ungelost",
        sign_offs: "mit freundlichen grussen, freundliche grusse, viele grusse, mit freundlichem gruss, beste grusse, \
            liebe grusse, mfg, lg",
        added: "von meinem iphone gesendet, von meinem ipad gesendet, gesendet von meinem iphone, gesendet mit der, \
            gesendet von outlook fur, outlook fur ios",
    },
};
