//! French. Data only.

use super::{AskedIfSolved, Degrees, Greeting, KnownBy, Names, Reaction, Solving, Title, Tongue, Written};

pub(super) const TONGUE: Tongue = Tongue {
    document_tag: "fr",
    known_by: KnownBy {
        own: "le la les une et est vous nous je mon ma mes votre vos pas ne pour que qui dans sur avec ce cette ai avez \
            été mais plus bonjour merci au aux du des il elle sont suis j'ai c'est toujours cordialement un de en n'ai n'est d'une \
            d'un qu'il s'il l'argent ont fait faire être comme quand pourquoi comment notre nos leur leurs ou où si tout très \
            trop rien jamais personne encore depuis semaine semaines jours mois hier aujourd'hui réclamation facture voiture \
            véhicule contrat problème réponse remboursement panne réparation réparée cassé cassée reçu déçu déçue attends \
            attente appelé rappelle rappeler plaît madame monsieur salutations veuillez inacceptable mécontent \
            après avant cela ça y",
        shared: "",
        groups: &[],
    },
    written: Written {
        days: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        behind_weekday: "",
        behind_day: |day| if day == 1 { "er" } else { "" },
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        before_year: " ",
        short_day: 3,
        behind_short_day: ".",
        short_months: [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc.",
        ],
        at: " à ",
        hour_digits: 1,
        hour_mark: " h ",
        oclock: "",
        short_oclock: "",
        decimal: ',',
        thousands: ' ',
        minutes: ["minute", "minutes"],
        hours: ["heure", "heures"],
        spans: ["jour", "jours"],
    },
    greeting: Greeting {
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
    },
    names: Names {
        titles: &[
            ("mme madame mlle", Title::Madam),
            ("monsieur", Title::Sir),
            ("famille", Title::Family),
            ("docteur", Title::Doctor),
            ("professeur", Title::Professor),
        ],
        joining: "et",
        no_persons: "fils groupe",
    },
    solving: Solving {
        asked: AskedIfSolved::Usually,
        yes: &["Oui, ma réclamation est résolue.", "oui", "oui résolue", "oui c'est résolu"],
        no: &["Non, ma réclamation n'est pas résolue.", "non", "non pas résolue"],
    },
    reaction: Reaction {
        thanking: "merci remercie remercions parfait",
        polite: "beaucoup pour votre aide reponse rapide bonne journee soiree bonjour tres bien je vous nous tout toute encore \
            resolu regle satisfait satisfaite suis content contente informations traitement vos et la le les",
        asking: "est etes",
        opening: "bonjour bonsoir madame monsieur cher chere",
        within_names: "madame monsieur et du la le",
        negations: "pas aucun aucune jamais rien sans",
        not_only: "",
        refusing: "non faux inexact",
        settled: "resolu resolue regle reglee repare reparee satisfait satisfaite accord accepte",
        opposed: "desaccord insatisfait insatisfaite mecontent mecontente inacceptable conteste",
        sign_offs: "cordialement, bien cordialement, bien a vous, salutations, meilleures salutations, sinceres salutations",
        added: "envoye de mon iphone, envoye de mon ipad, envoye depuis mon, envoye a partir de outlook, telecharger outlook",
    },
};
