//! English. Data only.

use super::{AskedIfSolved, Degrees, Greeting, KnownBy, Names, Reaction, Solving, Title, Tongue, Written};

pub(super) const TONGUE: Tongue = Tongue {
    document_tag: "en",
    known_by: KnownBy {
        own: "the and you your i i'm it's don't can't my that this not have has are with for but they from would could should \
            been were there what when why which please thank thanks dear regards it be to at as our us their them he she his \
            her if because about any still again never nobody no yes how who did does do will can am than then out up very \
            after before since already yet hello hi complaint car invoice broken call called answer wrong money today \
            tomorrow yesterday weeks days i've didn't doesn't won't haven't unacceptable waiting refund",
        shared: "is in was we me on of an a so by had or all week over",
        groups: &[],
    },
    written: Written {
        days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        behind_weekday: "",
        behind_day: |_| "",
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        before_year: " ",
        short_day: 3,
        behind_short_day: "",
        short_months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        at: " at ",
        hour_digits: 2,
        hour_mark: ":",
        oclock: "",
        short_oclock: "",
        decimal: '.',
        thousands: ',',
        minutes: ["minute", "minutes"],
        hours: ["hour", "hours"],
        spans: ["day", "days"],
    },
    greeting: Greeting {
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
    },
    names: Names {
        titles: &[
            ("mrs ms miss", Title::Madam),
            // In Dutch `mr` is somebody who studied law.
            ("mr mister sir", Title::Sir),
            ("family", Title::Family),
        ],
        joining: "and",
        no_persons: "sons group company logistics services service consultancy consulting solutions systems software media \
            shop store support office unknown anonymous customer",
    },
    solving: Solving {
        asked: AskedIfSolved::Usually,
        yes: &["Yes, my complaint is solved.", "yes", "yes solved", "yes it is solved"],
        no: &["No, my complaint is not solved.", "no", "no not solved"],
    },
    reaction: Reaction {
        thanking: "thanks thank thx ty cheers appreciate appreciated",
        polite: "a again all am and are assistance clear day effort email evening everything excellent explanation fast fixed for \
            good great happy have help i i'm it it's kind kindly lot lovely many message much my nice now patience \
            pleased prompt quick reply resolved response satisfied so solution solved support swift team that that's the \
            this time very we with wonderful work you your",
        asking: "is are am it",
        opening: "dear hi hello",
        within_names: "",
        negations: "nothing not never don't dont doesn't isn't isnt hasn't haven't can't cannot without",
        not_only: "only",
        refusing: "no nope wrong false",
        settled: "agree resolved solved fixed settled satisfied happy acceptable accept repaired",
        opposed: "disagree dissatisfied unsatisfied unhappy unacceptable unresolved reopen",
        sign_offs: "regards, kind regards, best regards, best, cheers, yours sincerely, sincerely",
        added: "sent from my iphone, sent from my ipad, sent from my galaxy, sent from my samsung, sent from outlook for, \
            get outlook for",
    },
};
