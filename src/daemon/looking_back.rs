//! What a sender must know of before its process began: what the server refused, and what its limits count.

use super::WorkError;
use super::office::Office;
use crate::outbox::answer::Answer;
use crate::outbox::judge::Judge;
use crate::outbox::quota::Quota;

/// What was refused before this process began, since the server last took a letter.
pub(super) async fn remembered(office: &Office) -> Result<Judge, WorkError> {
    let accepted_at = office.register.last_accepted().await?;
    let mut judge = Judge::new(accepted_at);
    for before in office.register.refused_since(accepted_at.unwrap_or_default()).await? {
        if let Some(answer) = Answer::read(&before.reply) {
            judge.remember(before.id.as_str(), &before.to, &answer);
        }
    }
    Ok(judge)
}

/// What the limits of the settings count of before this process began.
pub(super) async fn counted(office: &Office) -> Result<Quota, WorkError> {
    let sender = &office.config.sender;
    let mut quota = Quota::new(sender.per_minute, sender.per_day);
    if let Some(since) = quota.counts_since(office.clock.now()) {
        office.register.answered_after(since).await?.into_iter().for_each(|at| quota.took(1, at));
    }
    Ok(quota)
}
