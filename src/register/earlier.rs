//! What a notification tells beside the complaint: the customer's earlier cases, and whether its reader had many. One statement each
//! for all mails at hand. Only SQL.

use super::sets::{numbered, rows_of};
use super::snapshot::{Loaded, Wanted};
use super::{RegisterError, Tx, cases};
use crate::case::{Address, Case};
use sqlx::Row;
use std::collections::{BTreeSet, HashMap};

/// Cases of one customer by one mailbox that are looked at, the newest: a person does not open more. What another company has
/// crowds none of them out.
const EARLIER_MAX: i64 = 20;
/// Notifications after which somebody knows what can be done with one.
const NOTIFICATIONS_UNTIL_KNOWN: usize = 10;
/// Readers that are asked about in one statement: more departments than a company has.
const NOTIFIED_MAX: usize = 100;

impl Tx {
    /// The newest cases of the customers whose complaints these may be.
    pub(super) async fn earlier(&mut self, all: &[Wanted<'_>]) -> Result<HashMap<String, Vec<Case>>, RegisterError> {
        let customers: BTreeSet<String> =
            all.iter().filter_map(|one| one.lookup.earlier.as_ref()).map(Address::key).collect();
        let customers: Vec<String> = customers.into_iter().collect();
        let mut found: HashMap<String, Vec<Case>> = HashMap::new();
        for some in customers.chunks(rows_of(1)) {
            let text = format!(
                "SELECT customer_address, body FROM (SELECT customer_address, received_at, body, ROW_NUMBER() OVER \
                 (PARTITION BY customer_address, mailbox ORDER BY received_at DESC) AS nth FROM cases \
                 WHERE customer_address IN ({})) AS newest WHERE nth <= {EARLIER_MAX} ORDER BY customer_address, received_at DESC",
                numbered(1, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            let query = some.iter().fold(query, |query, one| query.bind(one.as_str()));
            for row in query.fetch_all(&mut *self.inner).await? {
                found.entry(row.try_get(0)?).or_default().push(cases::body(&row)?);
            }
        }
        Ok(found)
    }

    /// Who had so many notifications that they know by now what can be done with one.
    pub(super) async fn practised(&mut self, all: &[Wanted<'_>]) -> Result<BTreeSet<String>, RegisterError> {
        let readers: BTreeSet<String> =
            all.iter().flat_map(|one| &one.lookup.notified).map(Address::key).take(NOTIFIED_MAX).collect();
        if readers.is_empty() {
            return Ok(BTreeSet::new());
        }
        let one = |place: usize| {
            format!(
                "SELECT recipient_key FROM (SELECT recipient_key FROM outbox WHERE recipient_key = ${place} \
                 AND kind = 'notification' ORDER BY created_at LIMIT 1 OFFSET {}) AS reader{place}",
                NOTIFICATIONS_UNTIL_KNOWN - 1
            )
        };
        let text = (1..=readers.len()).map(one).collect::<Vec<_>>().join(" UNION ALL ");
        let query = sqlx::query(sqlx::AssertSqlSafe(text));
        let query = readers.iter().fold(query, |query, reader| query.bind(reader.as_str()));
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

impl Loaded {
    /// The customer's earlier cases, of the same company.
    pub(super) fn earlier_of(&self, one: &Wanted<'_>) -> Vec<Case> {
        let of = one.lookup.earlier.as_ref().and_then(|of| self.earlier.get(&of.key()));
        of.into_iter().flatten().filter(|case| one.within.has(case)).cloned().collect()
    }
}
