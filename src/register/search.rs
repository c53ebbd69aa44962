//! What a colleague's mail asks for, answered inside the transaction that will record the decision: one case, cases
//! that match some words, somebody's open cases. Every answer has a limit. Only SQL.

use super::cases::{HIDDEN, body};
use super::within::{Condition, of_case};
use super::{RegisterError, Tx};
use crate::case::{Address, Case, CaseState};
use crate::desk::{Found, Scope, Search, Standing, Want, Within, Word};
use sqlx::any::AnyRow;

/// Cases that a search gives: what fits on two screens of a phone; who wants others, searches more exactly.
pub const FOUND_MAX: usize = 20;
/// Open cases that are looked through for those of one person, the oldest first: more than any person has, few enough
/// to read at once when somebody sends ten thousand mails.
pub const OPEN_MAX: usize = 1_000;

/// Mark before a `%`, `_` or itself in a LIKE pattern; a backslash is read differently by the two databases.
const ESCAPE: char = '!';

impl Tx {
    /// Answers what the verbs of a mail ask for.
    ///
    /// # Errors
    /// The database refused.
    pub(super) async fn find(&mut self, want: &Want, within: &Within) -> Result<Found, RegisterError> {
        match want {
            Want::Case(number) => {
                let file = self.case_file(*number).await?.filter(|file| within.has(&file.case));
                Ok(Found::Case(file.map(Box::new)))
            }
            Want::Search(search) => self.search(search, within).await,
            Want::Standing(standing) => self.standing(standing, within).await,
        }
    }

    /// The newest cases that all of it matches.
    async fn search(&mut self, search: &Search, within: &Within) -> Result<Found, RegisterError> {
        let mut text = Text::default();
        text.company(within);
        text.scope(&search.scope, &search.reader);
        match search.number {
            Some(number) => text.and(|text| format!("number = {}", text.bind(number.to_string()))),
            None if search.words.is_empty() => return Ok(Found::Cases { cases: Vec::new(), more: false }),
            None => search.words.iter().for_each(|word| text.word(word)),
        }
        self.cases_of(&text, "ORDER BY year DESC, serial DESC", FOUND_MAX).await
    }

    /// Open cases this person handles, then those nobody does, then the others: who handles them may have left. Of a section of the
    /// digest all that may be in it, what came first at the top: a closed case is one where something is guarded or owed.
    async fn standing(&mut self, standing: &Standing, within: &Within) -> Result<Found, RegisterError> {
        let mut text = Text::default();
        text.company(within);
        text.scope(&standing.scope, &standing.handler);
        text.and(|text| {
            let open = format!("state = {}", text.bind(CaseState::Open.name().to_owned()));
            match standing.section {
                Some(_) => format!("({open} OR remind_at IS NOT NULL OR owed_at IS NOT NULL)"),
                None => open,
            }
        });
        if standing.section.is_some() {
            return self.cases_of(&text, "ORDER BY received_at, year, serial", OPEN_MAX).await;
        }
        let own = text.bind(standing.handler.key());
        let order =
            format!("ORDER BY CASE handler WHEN {own} THEN 0 WHEN '' THEN 1 ELSE 2 END, received_at, year, serial");
        self.cases_of(&text, &order, OPEN_MAX).await
    }

    async fn cases_of(&mut self, text: &Text, order: &str, max: usize) -> Result<Found, RegisterError> {
        let conditions = if text.conditions.is_empty() { "1 = 1".to_owned() } else { text.conditions.join(" AND ") };
        let sql = format!("SELECT body FROM cases WHERE {conditions} {order} LIMIT {}", max + 1);
        let query = sqlx::query(sqlx::AssertSqlSafe(sql));
        let query = text.values.iter().fold(query, |query, value| query.bind(value.as_str()));
        let rows: Vec<AnyRow> = query.fetch_all(&mut *self.inner).await?;
        let cases: Vec<Case> = rows.iter().take(max).map(body).collect::<Result<_, _>>()?;
        Ok(Found::Cases { cases, more: rows.len() > max })
    }
}

/// Conditions with their values: what people typed is never part of the SQL text.
#[derive(Default)]
struct Text {
    conditions: Vec<String>,
    values: Vec<String>,
}

impl Text {
    /// Gives a value its parameter.
    fn bind(&mut self, value: String) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn and(&mut self, condition: impl FnOnce(&mut Self) -> String) {
        let condition = condition(self);
        self.conditions.push(condition);
    }

    /// What the reader's company has on file, and no other's.
    fn company(&mut self, within: &Within) {
        let Condition { text, values } = of_case(within, self.values.len() + 1);
        self.values.extend(values);
        self.conditions.push(text);
    }

    /// Within the departments what is not confidential, and everywhere what names this reader: it is judged once more when the
    /// case is at hand.
    fn scope(&mut self, scope: &Scope, reader: &Address) {
        self.and(|text| {
            let within = text.departments(scope);
            let hidden = text.bind(format!("%{HIDDEN}%"));
            let named = text.bind(containing(&format!("\"{}\"", reader.as_str())));
            let keeper = text.bind(format!("%{HIDDEN}%"));
            format!(
                "(({within}) AND body NOT LIKE {hidden} OR body LIKE {keeper} AND lower(body) LIKE lower({named}) ESCAPE '{ESCAPE}')"
            )
        });
    }

    fn departments(&mut self, scope: &Scope) -> String {
        let (names, not) = match scope {
            Scope::All => return "1 = 1".to_owned(),
            Scope::Only(names) => (names, ""),
            Scope::AllBut(names) => (names, "NOT "),
        };
        match (names.is_empty(), not) {
            (true, "") => "1 = 0".to_owned(),
            (true, _) => "1 = 1".to_owned(),
            (false, not) => {
                let names: Vec<String> = names.iter().map(|name| self.bind(name.clone())).collect();
                format!("department {not}IN ({})", names.join(", "))
            }
        }
    }

    fn word(&mut self, word: &Word) {
        self.and(|text| {
            let in_words = format!("words LIKE {} ESCAPE '{ESCAPE}'", text.bind(containing(&word.folded)));
            if word.key.is_empty() {
                return in_words;
            }
            format!("({in_words} OR keys LIKE {} ESCAPE '{ESCAPE}')", text.bind(containing(&word.key)))
        });
    }
}

/// A LIKE pattern for texts that contain `part`.
pub(super) fn containing(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in part.chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
