//! Mails that are the same (invariant 2): decided on before, set aside before, or only of the same id. Only SQL.

use super::mails::{Identity, without_nul};
use super::sets::{rows_of, tuples_from};
use super::within::{Condition, of_folder};
use super::{RegisterError, Tx, Wanted};
use crate::desk::Within;
use sqlx::Row;
use std::collections::{BTreeMap, HashMap, HashSet};

impl Tx {
    /// The same mails of each, company by company.
    pub(super) async fn duplicates_of(
        &mut self,
        all: &[Wanted<'_>],
    ) -> Result<(HashMap<i64, i64>, HashSet<i64>), RegisterError> {
        let mut companies: BTreeMap<&Within, Vec<(i64, &Identity)>> = BTreeMap::new();
        for one in all {
            companies.entry(one.within).or_default().push((one.mail, one.identity));
        }
        let (mut same, mut aside) = (HashMap::new(), HashSet::new());
        for (within, mails) in companies {
            let of_company = self.duplicates(&mails, within).await?;
            same.extend(of_company.0);
            aside.extend(of_company.1);
        }
        Ok((same, aside))
    }

    /// Of each mail, the mail of the same company decided on before that is the same (invariant 2) and was not put aside; and those of which
    /// one was put aside.
    async fn duplicates(
        &mut self,
        mails: &[(i64, &Identity)],
        within: &Within,
    ) -> Result<(HashMap<i64, i64>, HashSet<i64>), RegisterError> {
        let (mut same, mut aside) = (HashMap::new(), HashSet::new());
        for some in mails.chunks(rows_of(3)) {
            let Condition { text: own, values } = of_folder(within, "mailbox", 3 * some.len() + 1);
            let text = duplicates_text(some.len(), &own);
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (mail, identity)| {
                query.bind(*mail).bind(&identity.content_hash).bind(without_nul(&identity.message_id))
            });
            let query = values.iter().fold(query, |query, value| query.bind(value));
            for row in query.fetch_all(&mut *self.inner).await? {
                let mail: i64 = row.try_get(0)?;
                same.extend(row.try_get::<Option<i64>, _>(1)?.map(|other| (mail, other)));
                if row.try_get::<i64, _>(2)? > 0 {
                    aside.insert(mail);
                }
            }
        }
        Ok((same, aside))
    }

    /// A mail decided on before that has the same Message-ID, whatever it says.
    pub(super) async fn same_id(
        &mut self,
        mail: i64,
        identity: &Identity,
        within: &Within,
    ) -> Result<Option<i64>, RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mailbox", 3);
        let text = format!(
            "SELECT id FROM mail WHERE message_id = $1 AND message_id <> '' AND id <> $2 AND disposition IS NOT NULL \
             AND {own} ORDER BY id LIMIT 1"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(without_nul(&identity.message_id)).bind(mail);
        let row = values.iter().fold(query, |query, value| query.bind(value)).fetch_optional(&mut *self.inner).await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// The same mail, set aside. One that lay among the junk does not count for one in the inbox.
    pub(super) async fn duplicate_aside(
        &mut self,
        mail: i64,
        identity: &Identity,
        within: &Within,
    ) -> Result<Option<i64>, RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mailbox", 4);
        let text = format!(
            "SELECT id FROM mail WHERE content_hash = $1 AND message_id = $2 AND id <> $3 \
             AND disposition = 'set_aside' AND from_junk = (SELECT from_junk FROM mail WHERE id = $3) \
             AND {own} ORDER BY id LIMIT 1"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(&identity.content_hash)
            .bind(without_nul(&identity.message_id))
            .bind(mail);
        let row = values.iter().fold(query, |query, value| query.bind(value)).fetch_optional(&mut *self.inner).await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }
}

/// Of mails by their number, content and Message-ID, the first that is the same, and how many of those were put aside.
pub(super) fn duplicates_text(mails: usize, own: &str) -> String {
    format!(
        "SELECT column1, MIN(CASE WHEN disposition <> 'set_aside' THEN id END), \
         CAST(SUM(CASE WHEN disposition = 'set_aside' THEN 1 ELSE 0 END) AS BIGINT) \
         FROM (VALUES {}) AS wanted JOIN mail ON content_hash = column2 AND message_id = column3 AND id <> column1 \
         WHERE disposition IS NOT NULL AND disposition NOT IN ('duplicate', 'unreadable') AND {own} GROUP BY column1",
        tuples_from(1, 3, mails)
    )
}
