//! Samples of letters that stand for many. Pure.

use super::asked::listed;
use super::{after, due, number, title};
use crate::case::Language;
use crate::desk::draft::{Acknowledged, Acknowledgements, Bundle, Content, ListedCase};

pub(super) fn letters(language: Language) -> Vec<Content> {
    let to_customer = [vec![124, 125, 131], (124..=980).chain([990, 1_002]).collect(), vec![124], vec![124, 125]];
    let to_customer = to_customer.map(|serials| Content::Acknowledgements(acknowledgements(language, &serials)));
    let bundles = [
        Bundle {
            letters: 33,
            complaints: cases(language, 124..=150),
            messages: cases(language, 98..=99),
            terms: cases(language, 90..=91),
            answers: 2,
        },
        Bundle { letters: 1, complaints: Vec::new(), messages: Vec::new(), terms: Vec::new(), answers: 1 },
    ];
    to_customer.into_iter().chain(bundles.map(|bundle| Content::Bundle(Box::new(bundle)))).collect()
}

fn acknowledgements(language: Language, serials: &[u32]) -> Acknowledgements {
    let complaint = |(place, serial): (i64, &u32)| Acknowledged {
        number: number(*serial),
        received_at: after(-2, place % 60),
        department_title: title(language),
    };
    Acknowledgements {
        customer_name: "Jan Jansen".to_owned(),
        complaints: (0..).zip(serials).map(complaint).collect(),
        due: (serials.len() != 2).then(due),
    }
}

fn cases(language: Language, serials: std::ops::RangeInclusive<u32>) -> Vec<ListedCase> {
    let case = |serial| ListedCase { number: number(serial), ..listed(language) };
    serials.map(case).collect()
}
