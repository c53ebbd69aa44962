//! The words of absence notices, by what they do in a sentence; lower case, separated by white space. Pure tables.

/// Whether the word stands in the list.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

/// Words that say that somebody is away.
pub(super) const AWAY: &str = "
    afwezig afwezigheid vakantie verlof ouderschapsverlof zwangerschapsverlof vakantieverlof
    away vacation holiday holidays leave absent out
    abwesend abwesenheit urlaub elternzeit mutterschutz dienstreise
    absent absente absence congé congés vacances
    ausente ausencia vacaciones fuera
    assente assenza ferie
    ausência férias fora
    nieobecny nieobecna nieobecność urlopie urlop
    frånvarande semester fravær fraværende ferie
    poissa lomalla dovolené szabadságon concediu izinde
";

/// Words that say it where they are denied: "not at the office".
pub(super) const AWAY_DENIED: &str = "
    kantoor aanwezig bereikbaar beschikbaar werkzaam werk
    office available reachable
    büro haus erreichbar verfügbar
    bureau joignable disponible
    oficina disponible localizable
    ufficio raggiungibile disponibile
    escritório disponível
    biurze dostępny dostępna
    kontoret tillgänglig tilgængelig tilgjengelig
";

/// Who writes.
pub(super) const FIRST: &str = "
    ik ben wij we zijn
    i am we are i'm i'll
    ich bin werde wir sind
    je j suis serai nous sommes
    estoy estaré estaremos estamos
    sono sarò siamo saremo
    estou estarei estamos estaremos
    jestem będę
    jag är jeg er vi
    olen jsem vagyok sunt
";

/// Who reads.
pub(super) const SECOND: &str = "
    u uw je jouw jullie you your sie ihre ihr ihren ihrer du deine vous votre vos tu su sus vuestro usted ustedes lei sua
    suo vostra vostro você seu sua twój państwa pani pana din ditt dit
";

/// Words of a French sentence, in which "je" is who writes and "du" is none of the readers.
pub(super) const FRENCH: &str = "suis serai répondrai traiterai serons jusqu au";

/// What was written to whom is away.
pub(super) const MAIL: &str = "
    mail mails email emails e-mail e-mails mailtje bericht berichten message messages inbox mailbox
    nachricht nachrichten mitteilung anfrage courriel courriels messages mensaje mensajes correo correos messaggio messaggi
    mensagem mensagens wiadomość wiadomości meddelande besked melding
";

pub(super) const NEGATIONS: &str = "
    nee neen nein nope niet geen nooit niets not no never cannot cant can't unable nicht kein keine keinen nie ne pas non aucun nunca não nie
    inte ikke ej ei nem
";

/// Behind these a name stands.
pub(super) const COLLEAGUE: &str = "
    collega collegae contact met bij naar via of en with colleague to or and kollege kollegen kollegin kolleginnen an herr
    herrn frau oder und collègue à avec ou et monsieur madame compañero compañera con a o y collega colega com ou e
    contattare contacter joindre contactar kontaktieren kollega med och eller og heer mevrouw dhr mevr mw mr mrs ms
";

/// Whatever notice they stand in, it is no mere absence: what a customer may have to say.
pub(super) const TELLING: &str = "
    klacht klachten auto lease geld schade advocaat rechter eens oneens akkoord ontevreden
    complaint complaints car money damage lawyer court disagree agree
    beschwerde anwalt rechtsanwalt schaden geld einverstanden gericht
    plainte réclamation avocat voiture argent accord queja abogado coche dinero reclamo avvocato auto denaro
";

/// Words of a sign-off: nothing else may stand in its line.
pub(super) const GREETING: &str = "
    groet groeten groetjes mvg gr met vriendelijke hartelijke zonnige vakantiegroet hoogachtend
    regards kind best warm many thanks sincerely yours cheers wishes
    freundliche freundlichen grüße grüßen gruß mit beste viele herzliche mfg vg lg
    cordialement bien à vous salutations meilleures distinguées sincères
    saludos cordiales atentamente un saludo cordiali saluti distinti cumprimentos atenciosamente com os melhores
    pozdrawiam pozdrowienia hälsningar vänliga med venlig hilsen vennlig mvh
";

/// Words that open a mail; a name follows.
pub(super) const OPENING: &str = "
    beste geachte hallo hoi dag goedendag goedemorgen goedemiddag dear hi hello good sehr liebe lieber guten bonjour madame
    cher chère estimado estimada hola buongiorno gentile prezado prezada olá szanowni dzień hej hei kære bästa
";

/// Phrases that deny, and stand in such notices all the same.
pub(super) const PHRASES: [&str; 13] = [
    "geen toegang tot",
    "no access to",
    "not have access to",
    "limited access to",
    "keinen zugriff auf",
    "kein zugriff auf",
    "pas accès à",
    "sin acceso a",
    "non ho accesso",
    "sem acesso a",
    "zo spoedig mogelijk",
    "as soon as possible",
    "so bald wie möglich",
];

/// All else that is said in such notices, in no particular order.
pub(super) const KNOWN: &str = "
    ik ben wij we zijn zal zullen u uw je jouw mijn mij ons onze tot en met t m van vanaf t/m wegens in verband i v m de het
    een op aan te om bij na naar tijdens deze dit dat die is wordt worden kan kunt kunnen heeft weer terug binnen buiten niet
    geen s per voor ook alleen als dan er door via of uit weer nog
    momenteel tijdelijk vandaag morgen maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart
    april mei juni juli augustus september oktober november december week weken dag dagen uur ochtend middag jan feb mrt apr
    jun jul aug sep sept okt nov dec ma di wo do vr za zo
    mail mails email emails e mailtje bericht berichten kantoor bereikbaar bereiken aanwezig beschikbaar werkzaam
    terugkomst terugkeer terug beantwoord beantwoorden lees lezen gelezen doorgestuurd doorgezonden spoedig snel mogelijk
    zsm reageren reageer reactie antwoord antwoorden periode dringende spoedeisende urgente zaken vragen spoed gevallen geval
    contact opnemen neem nemen telefoonnummer telefonisch nummer bellen bel collega collegae afdeling receptie secretariaat
    automatisch automatische bedankt dank begrip heer mevrouw relatie afzender beperkt beperkte toegang regelmatig dagelijks
    neemt waar vervangt vervanger waarneming dhr mevr mw kerst kerstvakantie zomervakantie pasen ziekte cursus
    i am i'm i'll we are will be my me our us the a an on at in of to for from until till through by with and or this that
    is it if as not no have has back return returning returned again during please thank thanks you your any
    currently temporarily today tomorrow monday tuesday wednesday thursday friday saturday sunday january february march
    may june july august october december week weeks day days morning afternoon annual maternity parental paternity sick
    public national bank travelling traveling
    message messages inbox mailbox office available reachable reach read reply respond answer answered forwarded forward
    automatic automated urgent urgently emergency matter matters matter's assistance assist help need needs require contact
    call phone telephone email colleague colleagues team department limited access regularly occasionally when upon after
    all emails which soon possible there where who can could would response receive received receipt
    ich bin werde wird wir sind bis zum zu zur ab dem den der die das des ein eine einen im in am an auf aus von vom mit und
    oder nicht kein keine keinen wieder zurück erreichbar sein ihre ihr ihren ihrer sie mich mir mein meine meiner meinen
    unser unsere nach bei bitte danke vielen dank für diese dieser dieses zeit während derzeit momentan leider außer haus
    büro nachricht nachrichten weitergeleitet gelesen beantwortet beantworten beantworte melden wenden kontaktieren
    dringenden dringend fällen fall angelegenheiten rückkehr automatische automatisch antwort kollegen kollege kollegin
    kolleginnen herr herrn frau damen herren geehrte geehrter geehrten montag dienstag mittwoch donnerstag freitag samstag
    sonntag januar februar märz mai juni juli august oktober dezember einschließlich inklusive wochen tage tag
    sobald möglich sich habe elternzeit vertretung vertritt mail mails telefonisch unter
    je j suis serai nous sommes serons du au le la les l de des d un une en et ou à jusqu jusque ne n pas et mon ma mes
    notre nos votre vos vous mon bureau absent absente courriel message messages sera seront lu lus traité traités transféré
    transférés transmis transmise redirigé redirigés suivi suivis répondrai traiterai 1er répondre réponse retour dès pendant cette période urgence urgent urgente cas pour par sur merci
    veuillez contacter joindre collègue collègues lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars
    avril mai juin juillet août septembre octobre novembre décembre inclus automatique bonjour madame monsieur congé annuel
    estoy estaré de del la el las los hasta desde y o en por para con mi mis nuestro su sus usted mensaje mensajes correo correos será serán leído leídos reenviado reenviados atendido
    respondido responderé respuesta regreso vuelta urgente urgencia caso casos póngase contacto puede contactar gracias lunes
    martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre
    noviembre diciembre automática no oficina
    sono sarò siamo fino al dal dall il lo gli del della e o in per con mio mia mie miei nostro suo sua messaggio messaggi ritorno verrà verranno sarà saranno inoltrato inoltrati letto letti
    rientro risponderò risposta urgente urgenza urgenze contattare grazie lunedì martedì mercoledì giovedì venerdì sabato domenica
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre automatica ufficio non
    estou estarei até ao desde do da dos das no na em por para com meu minha nosso sua seu mensagem mensagens será serão lida lidas reencaminhada encaminhada regresso retorno
    responderei resposta contactar contatar obrigado obrigada segunda terça quarta quinta sexta feira janeiro fevereiro
    março abril maio junho julho agosto setembro outubro novembro dezembro automática escritório não
    jestem będę do od dnia w na z i lub po powrocie wiadomość wiadomości odpowiem proszę o kontakt sprawach pilnych nie
    urlopie biurze dziękuję
    jag är jeg er vi på till til fra från och og eller med min mina mitt mit vårt inte ikke kontoret tillbaka tilbage
    tilbake svar svarar svarer måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag
";
