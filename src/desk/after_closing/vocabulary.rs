//! The words by which a customer's mail after the closing is judged, Dutch, English, German and French, folded. Pure tables; a list
//! of words is separated by white space, one of phrases by commas.

/// Whether the folded word stands in the list.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

/// The phrases of a list.
pub(super) fn phrases(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(',').map(str::trim)
}

/// Words one of which must be there.
pub(super) const THANKING: &str = "
    bedankt dank dankjewel dankuwel dankje danku merci top prima perfect geweldig thanks thank thx ty cheers tnx
    appreciate appreciated danke dankeschon gracias grazie obrigado obrigada
    danken bedanke bedanken remercie remercions parfait
";

/// Words that may stand beside them.
pub(super) const POLITE: &str = "
    aan afhandeling alles antwoord avond ben bent bericht blij correcte dag dat de dit duidelijke een en enorm
    erg fijn fijne geduld geholpen geregeld goed goede hartelijk hartelijke heel helemaal het hele hulp ik
    informatie inzet iedereen jij je jou jouw jullie mail mailtje medewerking met middag moeite mooi mooie
    namens netjes nette nogmaals nu oke ok ons ontzettend ook oplossing opgelost prettig prettige reactie
    service snel snelle super terugkoppeling tevreden tijd toelichting u uitleg uitstekend uitstekende uw van
    veel vlotte voor vriendelijk vriendelijke week weekend weekeinde wel wens wensen wij zeer zijn zo is a again
    all am and are assistance clear day effort email evening everything excellent explanation fast fixed for
    good great happy have help i i'm it it's kind kindly lot lovely many message much my nice now patience
    pleased prompt quick reply resolved response satisfied so solution solved support swift team that that's the
    this time very we with wonderful work you your
    vielen herzlichen schon fur ihre ihr schnelle hilfe antwort beaucoup pour votre aide reponse rapide muchas por su
    ayuda mille
    die das den der wir bin sehr gut gute guten schnellen bearbeitung losung gelost nachricht informationen ihnen
    ihren tag herzliche alles bestens zufrieden erledigt perfekt toll liebe freundliche freundlichen nochmals einmal
    und mit bonne journee soiree bonjour tres bien je vous nous tout toute encore resolu regle satisfait satisfaite
    suis content contente informations traitement vos et la le les
";

/// A sentence that begins with one of these may be a question without its mark.
pub(super) const ASKING: &str = "
    is are am ben bent zijn it
    ist sind bin est etes
";

/// Words that open a mail; a name follows.
pub(super) const OPENING: &str = "
    beste geachte hallo hoi hai hey dag goedemorgen goedemiddag goedenavond dear hi hello
    guten sehr liebe lieber bonjour bonsoir madame monsieur cher chere
";

/// Lower-case words within names, and titles before them.
pub(super) const WITHIN_NAMES: &str = "
    van de der den het 't ten ter el en of mevrouw heer meneer
    frau herr damen herren und von zu geehrte geehrter geehrten tag madame monsieur et du la le
";

/// Words that deny what follows.
pub(super) const NEGATIONS: &str = "
    niet niets niks nooit geen nothing not never don't dont doesn't isn't isnt hasn't haven't can't cannot zonder without
    nicht kein keine keinen nie niemals ohne pas aucun aucune jamais rien sans
";

/// Words that refuse by themselves: never a name.
pub(super) const REFUSING: &str = "
    nee neen nein no nope non klopt fout onjuist wrong false stop
    falsch faux inexact
";

/// Denied, these say that it is not settled.
pub(super) const SETTLED: &str = "
    opgelost oplossing verholpen geregeld hersteld akkoord tevreden tevredenheid acceptabel accepteren accepteer
    afgehandeld gerepareerd agree resolved solved fixed settled satisfied happy acceptable accept repaired
    gelost geklart erledigt behoben repariert einverstanden zufrieden akzeptiere akzeptabel resolu resolue regle
    reglee repare reparee satisfait satisfaite accord accepte
";

/// Words that say it by themselves, unless denied.
pub(super) const OPPOSED: &str = "
    oneens ontevreden bezwaar onacceptabel onaanvaardbaar onopgelost heropenen heropen geschillencommissie
    disagree dissatisfied unsatisfied unhappy unacceptable unresolved reopen
    unzufrieden widerspreche widerspruch inakzeptabel ungelost desaccord insatisfait insatisfaite mecontent mecontente
    inacceptable conteste
";

/// Lines that close a mail, without punctuation; a name follows.
pub(super) const SIGN_OFFS: &str = "
    groet, groeten, groetjes, gr, grt, mvg, mvrgr, met vriendelijke groet, met vriendelijke groeten,
    vriendelijke groet, vriendelijke groeten, hartelijke groet, hartelijke groeten, met hartelijke groet,
    hoogachtend, mit freundlichen grussen, freundliche grusse, viele grusse, cordialement, bien cordialement, saludos,
    regards, kind regards, best regards, best, cheers, yours sincerely, sincerely,
    mit freundlichem gruss, beste grusse, liebe grusse, mfg, lg, bien a vous, salutations, meilleures salutations,
    sinceres salutations
";

/// How lines begin that phones and mail programs add.
pub(super) const ADDED: &str = "
    verzonden vanaf mijn iphone, verzonden vanaf mijn ipad, verzonden vanaf mijn galaxy, verzonden vanaf mijn samsung,
    verstuurd vanaf mijn iphone, verstuurd vanaf mijn ipad, verstuurd vanaf mijn galaxy, verstuurd vanaf mijn samsung,
    verzonden vanaf outlook voor, verzonden vanuit outlook voor, outlook voor ios downloaden,
    outlook voor android downloaden, sent from my iphone, sent from my ipad, sent from my galaxy, sent from my samsung,
    sent from outlook for, get outlook for,
    von meinem iphone gesendet, von meinem ipad gesendet, gesendet von meinem iphone, gesendet mit der,
    gesendet von outlook fur, outlook fur ios, envoye de mon iphone, envoye de mon ipad, envoye depuis mon,
    envoye a partir de outlook, telecharger outlook
";

/// Signs that are thanks by themselves.
pub(super) const THANKFUL_SIGNS: &str = "👍🙏😊🙂😀😃😄😁☺❤💐🎉👌🤗👏";
