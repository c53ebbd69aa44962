//! Rows of `outbox` as the caps see them (invariant 5): how many letters count as what, those that are held until an hour
//! has passed, those that go out together. What a cap is, and what is over it, is decided elsewhere. Only SQL.

use super::outbox::{address, kind, through};
use super::sets::{numbered, rows_of, tuples_from};
use super::{Register, RegisterError, Sent, Tx, millis, moment, unreadable};
use crate::case::{Event, LetterId, Moment, Side, What};
use crate::desk::caps::{CUSTOMER, Cap, Caps, Count, Counts, ToCount, UNPROVEN, mailbox};
use crate::desk::{Bundled, Sight, Waiting};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Letters counted one by one: as many as the largest cap of one address asks for; more make no difference.
const COUNTED_MAX: i64 = 200;
/// Letters that went out themselves or are on their way, written of itself by klachtpost: the index of that condition has
/// only these. Only a held one has a reason for it: told by that and not by the state, sending a letter leaves the index as it is.
const SENT: &str = "automatic = 1 AND held_because = '' AND bundled_in IS NULL";

impl Tx {
    /// Counts for a decision's letters, inside the transaction that records them: so each decision of a batch counts those
    /// of the ones before it.
    ///
    /// # Errors
    /// The database refused.
    pub async fn counts(&mut self, wanted: &ToCount, caps: Caps, now: Moment) -> Result<Counts, RegisterError> {
        if wanted.of.is_empty() && wanted.domains.is_empty() {
            return Ok(Counts::default());
        }
        let unproven = match caps.unproven {
            Some(max) => self.sent_to_domains(&wanted.domains, UNPROVEN, max, now).await?,
            None => BTreeMap::new(),
        };
        Ok(Counts {
            of: self.counts_of(&wanted.of, now).await?,
            to_domain: self.sent_to_domains(&wanted.domains, "", caps.domain, now).await?,
            unproven,
            of_desk: self.sent_by_desk(caps.desk, now).await?,
            waits_at_desk: self.waits_at_desk().await?,
        })
    }

    async fn counts_of(
        &mut self,
        wanted: &BTreeSet<String>,
        now: Moment,
    ) -> Result<BTreeMap<String, Count>, RegisterError> {
        let some = |condition: &str, limit: i64| {
            format!(
                "(SELECT CAST(count(*) AS BIGINT) FROM (SELECT 1 FROM outbox WHERE counted_as = column1 AND counted_as <> '' \
                 AND {condition} LIMIT {limit}) AS counted)"
            )
        };
        let counted = [
            some("created_at > $1", COUNTED_MAX),
            some("created_at > $2", COUNTED_MAX),
            some("created_at > $2 AND held_because = 'cap'", 1),
        ];
        let mut counts = BTreeMap::new();
        for part in wanted.iter().collect::<Vec<_>>().chunks(rows_of(1)) {
            let text = format!(
                "SELECT column1, {} FROM (VALUES {}) AS wanted",
                counted.join(", "),
                tuples_from(3, 1, part.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(millis(now) - HOUR).bind(millis(now) - DAY);
            let query = part.iter().fold(query, |query, of| query.bind(of.as_str()));
            for row in query.fetch_all(&mut *self.inner).await? {
                let count = Count {
                    last_hour: number(&row, 1)?,
                    last_day: number(&row, 2)?,
                    is_held_today: number(&row, 3)? > 0,
                };
                counts.insert(row.try_get(0)?, count);
            }
        }
        Ok(counts)
    }

    /// Those that count as something that begins so, by domain. At most `limit` of each: more make no difference.
    async fn sent_to_domains(
        &mut self,
        domains: &BTreeSet<String>,
        counted_as: &str,
        limit: usize,
        now: Moment,
    ) -> Result<BTreeMap<String, usize>, RegisterError> {
        let mut sent = BTreeMap::new();
        for part in domains.iter().collect::<Vec<_>>().chunks(rows_of(1)) {
            let text = format!(
                "SELECT column1, (SELECT CAST(count(*) AS BIGINT) FROM (SELECT 1 FROM outbox WHERE {SENT} \
                 AND side = 'customer' AND domain = column1 AND created_at > $1 AND counted_as LIKE $2 LIMIT $3) AS counted) \
                 FROM (VALUES {}) AS wanted",
                tuples_from(4, 1, part.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(millis(now) - HOUR);
            let query = query.bind(format!("{counted_as}%")).bind(signed(limit));
            let query = part.iter().fold(query, |query, domain| query.bind(domain.as_str()));
            for row in query.fetch_all(&mut *self.inner).await? {
                sent.insert(row.try_get(0)?, number(&row, 1)?);
            }
        }
        Ok(sent)
    }

    async fn sent_to_domain(
        &mut self,
        domain: &str,
        counted_as: &str,
        limit: usize,
        now: Moment,
    ) -> Result<usize, RegisterError> {
        let domains = BTreeSet::from([domain.to_owned()]);
        Ok(self.sent_to_domains(&domains, counted_as, limit, now).await?.remove(domain).unwrap_or_default())
    }

    /// See [`Tx::sent_to_domains`].
    async fn sent_by_desk(&mut self, limit: usize, now: Moment) -> Result<usize, RegisterError> {
        let text = format!(
            "SELECT CAST(count(*) AS BIGINT) FROM (SELECT 1 FROM outbox WHERE {SENT} AND created_at > $1 LIMIT $2) AS counted"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(millis(now) - HOUR).bind(signed(limit));
        number(&query.fetch_one(&mut *self.inner).await?, 0)
    }

    /// Whether letters wait that the cap of the desk held back.
    async fn waits_at_desk(&mut self) -> Result<bool, RegisterError> {
        let row = sqlx::query("SELECT 1 FROM outbox WHERE state = 'held' AND held_because = $1 LIMIT 1")
            .bind(Cap::Desk.name())
            .fetch_optional(&mut *self.inner)
            .await?;
        Ok(row.is_some())
    }

    /// The letters to this address that a cap holds back, oldest first.
    ///
    /// # Errors
    /// The database refused.
    pub async fn held_for(&mut self, waiting: &Waiting, limit: usize) -> Result<Vec<Bundled>, RegisterError> {
        let rows = sqlx::query(
            "SELECT outbox.id, kind, case_number, COALESCE(light_size, 0), COALESCE(light_sha256, ''), outbox.mailbox FROM outbox \
             LEFT JOIN letter ON letter.id = outbox.id WHERE state = 'held' AND held_because = $1 AND recipient_key = $2 AND side = $3 \
             ORDER BY created_at, outbox.id LIMIT $4",
        )
        .bind(Cap::Address.name())
        .bind(waiting.to.key())
        .bind(side_name(waiting.side))
        .bind(signed(limit))
        .fetch_all(&mut *self.inner)
        .await?;
        self.bundled(&rows).await
    }

    /// The letters that this one stands for.
    ///
    /// # Errors
    /// The database refused.
    pub async fn bundled_in(&mut self, bundle: &LetterId) -> Result<Vec<Bundled>, RegisterError> {
        let rows = sqlx::query(
            "SELECT outbox.id, kind, case_number, COALESCE(light_size, 0), COALESCE(light_sha256, ''), outbox.mailbox FROM outbox \
             LEFT JOIN letter ON letter.id = outbox.id WHERE bundled_in = $1 AND bundled_in IS NOT NULL ORDER BY outbox.created_at, outbox.id",
        )
        .bind(bundle.as_str())
        .fetch_all(&mut *self.inner)
        .await?;
        self.bundled(&rows).await
    }

    /// Of a case that goes on in another, the other: as for a letter that goes out by itself.
    async fn bundled(&mut self, rows: &[AnyRow]) -> Result<Vec<Bundled>, RegisterError> {
        let mut letters = rows.iter().map(bundled).collect::<Result<Vec<_>, _>>()?;
        let cases: BTreeSet<_> = letters.iter().filter_map(|letter| letter.case).collect();
        let going_on = self.cases_going_on(&cases.into_iter().collect::<Vec<_>>()).await?;
        for letter in &mut letters {
            let case = letter.case.and_then(|number| going_on.get(&number));
            let is_hidden = case.is_some_and(|case| case.confidential.is_some());
            letter.sight = if is_hidden { Sight::Confidential } else { Sight::Usual };
            letter.case = case.map(|case| case.number);
        }
        Ok(letters)
    }

    /// What an event says of letters that go out together stands in their rows too.
    pub(super) async fn mark_bundled(&mut self, event: &Event) -> Result<(), RegisterError> {
        let What::Bundled { letters, into } = &event.what else { return Ok(()) };
        for some in letters.chunks(rows_of(1)) {
            let text = format!(
                "UPDATE outbox SET state = 'bundled', bundled_in = $1 WHERE state = 'held' AND id IN ({})",
                numbered(2, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(into.as_str());
            some.iter().fold(query, |query, letter| query.bind(letter.as_str())).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// The end of a bundle is the end of the letters it stands for.
    ///
    /// # Errors
    /// The database refused.
    pub async fn mark_bundle_sent(&mut self, bundle: &LetterId, sent: &Sent) -> Result<(), RegisterError> {
        let (state, accepted_at, server, reply) = match sent {
            Sent::Accepted { at, server, reply } => ("accepted", Some(millis(*at)), server.as_str(), reply.as_str()),
            Sent::Refused { reply } => ("refused", None, "", reply.as_str()),
            Sent::Again { .. } | Sent::Lighter { .. } | Sent::Waits { .. } => return Ok(()),
        };
        sqlx::query(
            "UPDATE outbox SET state = $2, accepted_at = $3, server = $4, reply = $5 \
             WHERE bundled_in = $1 AND bundled_in IS NOT NULL",
        )
        .bind(bundle.as_str())
        .bind(state)
        .bind(accepted_at)
        .bind(super::mails::without_nul(server))
        .bind(super::mails::without_nul(reply))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    async fn release(
        &mut self,
        cap: Cap,
        domain: Option<&str>,
        room: usize,
        now: Moment,
    ) -> Result<u64, RegisterError> {
        let released = sqlx::query(
            "UPDATE outbox SET state = 'queued', held_because = '', created_at = $1, not_before = $1 WHERE id IN (\
             SELECT id FROM outbox WHERE state = 'held' AND held_because = $2 AND domain = COALESCE($3, domain) \
             ORDER BY created_at, id LIMIT $4)",
        )
        .bind(millis(now))
        .bind(cap.name())
        .bind(domain)
        .bind(signed(room))
        .execute(&mut *self.inner)
        .await?;
        Ok(released.rows_affected())
    }
}

impl Register {
    /// Lets letters go that the cap of a domain or of the desk held back, the oldest first, as many as they allow by now.
    /// Returns how many.
    ///
    /// # Errors
    /// The database refused.
    pub async fn release_capped(&self, caps: Caps, now: Moment) -> Result<u64, RegisterError> {
        let rows = sqlx::query(
            "SELECT DISTINCT held_because, domain FROM outbox WHERE state = 'held' AND held_because IN ($1, $2, $3) \
             ORDER BY held_because, domain",
        )
        .bind(Cap::Desk.name())
        .bind(Cap::Domain.name())
        .bind(Cap::Unproven.name())
        .fetch_all(&self.pool)
        .await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let mut room = caps.desk.saturating_sub(tx.sent_by_desk(caps.desk, now).await?);
        let mut released = tx.release(Cap::Desk, None, room, now).await?;
        for row in &rows {
            let (because, domain): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let Some(cap) = [Cap::Domain, Cap::Unproven].into_iter().find(|cap| because == cap.name()) else {
                continue;
            };
            room = caps.desk.saturating_sub(tx.sent_by_desk(caps.desk, now).await?);
            room = room.min(caps.domain.saturating_sub(tx.sent_to_domain(&domain, "", caps.domain, now).await?));
            if let (Cap::Unproven, Some(max)) = (cap, caps.unproven) {
                room = room.min(max.saturating_sub(tx.sent_to_domain(&domain, UNPROVEN, max, now).await?));
            }
            released += tx.release(cap, Some(&domain), room, now).await?;
        }
        tx.commit().await?;
        Ok(released)
    }

    /// Addresses to which a cap holds letters back, the longest wait first; of a customer's mailbox with several of them only
    /// the first.
    ///
    /// # Errors
    /// The database refused.
    pub async fn waiting(&self, now: Moment) -> Result<Vec<Waiting>, RegisterError> {
        let rows = sqlx::query(
            "SELECT MIN(recipient), side, MIN(created_at) FROM outbox WHERE state = 'held' AND held_because = $1 \
             GROUP BY recipient_key, side ORDER BY 3, 1",
        )
        .bind(Cap::Address.name())
        .fetch_all(&self.pool)
        .await?;
        let (mut all, mut mailboxes) = (Vec::new(), BTreeSet::new());
        for row in &rows {
            let one = waiting(row)?;
            match one.side {
                Side::Staff => all.push(one),
                Side::Customer if mailboxes.insert(mailbox(&one.to)) => all.push(self.bundled_before(one, now).await?),
                Side::Customer => {}
            }
        }
        Ok(all)
    }

    async fn bundled_before(&self, waiting: Waiting, now: Moment) -> Result<Waiting, RegisterError> {
        let row = sqlx::query(
            "SELECT CAST(count(*) AS BIGINT), MAX(created_at) FROM outbox WHERE counted_as = $1 AND counted_as <> '' \
             AND created_at > $2 AND kind = 'acknowledgements'",
        )
        .bind(format!("{CUSTOMER}{}", mailbox(&waiting.to)))
        .bind(millis(now) - DAY)
        .fetch_one(&self.pool)
        .await?;
        let bundles_today = u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX);
        Ok(Waiting { bundles_today, last_bundle: row.try_get::<Option<i64>, _>(1)?.map(moment), ..waiting })
    }
}

fn waiting(row: &AnyRow) -> Result<Waiting, RegisterError> {
    let side: String = row.try_get(1)?;
    Ok(Waiting {
        to: address(row, 0)?,
        side: if side == side_name(Side::Customer) { Side::Customer } else { Side::Staff },
        oldest: moment(row.try_get(2)?),
        bundles_today: 0,
        last_bundle: None,
    })
}

fn bundled(row: &AnyRow) -> Result<Bundled, RegisterError> {
    Ok(Bundled {
        sight: Sight::Usual,
        id: LetterId::from_stored(row.try_get::<String, _>(0)?),
        kind: kind(row, 1)?,
        case: row.try_get::<String, _>(2)?.parse().ok(),
        light_size: usize::try_from(row.try_get::<i64, _>(3)?).map_err(|_| unreadable("a letter's size"))?,
        light_sha256: row.try_get(4)?,
        mailbox: through(row, 5)?,
    })
}

/// As the column `side` has it.
pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Customer => "customer",
        Side::Staff => "staff",
    }
}

fn number(row: &AnyRow, column: usize) -> Result<usize, RegisterError> {
    Ok(usize::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default())
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
