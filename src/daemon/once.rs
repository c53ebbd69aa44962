//! One round of the daemon's work, for a timetable: takes in what is there, does what is due, empties the outbox, stops.

use super::comparing::compare;
use super::hindered::{intake_failed, intake_works};
use super::intake::ask_the_hour;
use super::leases::{self, Lease, while_held};
use super::run::given_up;
use super::telling::Telling;
use super::{
    Office, Round, Sender, Step, WorkError, adopt_asked, decide_batch, hour, overviews, redacting, take_in, tick,
    tokens,
};
use crate::mailbox::Mailbox;
use crate::register::LetterState;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Rounds of `run --once`, so that a desk that writes to itself cannot keep it going.
const ROUNDS_MAX: usize = 10_000;
/// Letters that `run --once` tries one by one on a server that refused different people alike, before it leaves it at that.
const PROBES_MAX: i64 = 8;

/// Takes in what is there, does what is due, empties the outbox, stops. A server that is away does not keep the
/// rest from being done.
///
/// # Errors
/// A server or the register failed: what was on file by then stays, and the next run goes on from there.
pub async fn run_once(office: Arc<Office>) -> Result<(), WorkError> {
    let done = Box::pin(one_round(&office)).await;
    // What hangs may hold a connection, and is not waited for.
    if !office.hung.is_too_much() {
        leases::give_back(&office).await;
    }
    done
}

async fn one_round(office: &Arc<Office>) -> Result<(), WorkError> {
    let mut desk = Lease::of_desk();
    redacting::again(office, None).await;
    let accepted = office.register.count_letters(LetterState::Accepted).await;
    let mut sender = Sender::new(office).await;
    let mut meanwhile = Round::Idle;
    // At a wrong hour nothing is done but telling of it.
    let taken_in = match hour::believe(office).await {
        Ok(()) => {
            let all_taken_in = CancellationToken::new();
            // On the heap, as what a round does is much to keep at once.
            let taking_in = Box::pin(async {
                let take_in = async {
                    match office.register.hurry(office.clock.now()).await {
                        Ok(()) => take_in_each(office).await,
                        Err(error) => Err(none_taken_in(office, error.into())),
                    }
                };
                let taken_in = while_held(office, take_in).await;
                all_taken_in.cancel();
                taken_in
            });
            let sending = Box::pin(async {
                tokio::select! {
                    round = send_meanwhile(office, &mut sender, &all_taken_in) => round,
                    // What hangs may keep the register's write lock, and then no round ends.
                    () = given_up(office) => Round::Idle,
                }
            });
            let (taken_in, sent) = tokio::join!(taking_in, sending);
            meanwhile = sent;
            taken_in
        }
        Err(error) => Err(none_taken_in(office, error)),
    };
    if office.hung.is_too_much() {
        return taken_in.and(Err(WorkError::Hangs));
    }
    if matches!(taken_in, Err(WorkError::Clock { .. })) {
        let told = Telling::default().round(office).await;
        return taken_in.and(told.map(drop));
    }
    // What was acknowledged just now is not told of as late.
    if meanwhile == Round::Idle {
        meanwhile = send_waiting(office, &mut sender).await;
    }
    let under = desk.office(office).await.ok().flatten();
    let ticked = match &under {
        Some(under) => Box::pin(tick(under)).await,
        None => Ok(Step::Idle),
    };
    let sent = match (sender, accepted) {
        (Ok(sender), Ok(accepted)) => Box::pin(send_all(office, sender, meanwhile, accepted)).await,
        (Err(error), _) => Err(error),
        (_, Err(error)) => Err(error.into()),
    };
    tokens::look_after(office).await;
    // Runs from a timetable count too: since when it fails is on file.
    let told = Box::pin(Telling::default().round(office)).await;
    taken_in.and(ticked.map(drop)).and(sent).and(told.map(drop))
}

async fn opened(office: &Office) -> Result<Mailbox, WorkError> {
    Ok(Mailbox::open(&office.mailbox_now().await?).await?)
}

/// No mailbox was looked into at all.
fn none_taken_in(office: &Office, error: WorkError) -> WorkError {
    office.each().for_each(|office| intake_failed(&office, &error));
    error
}

/// Each mailbox that no other instance reads, one after the other; one that cannot be reached keeps none of the others from being
/// taken in.
async fn take_in_each(office: &Office) -> Result<(), WorkError> {
    let mut first = Ok(());
    for office in office.each().map(Arc::new) {
        let taken_in = match Lease::of_mailbox(&office).office(&office).await {
            Ok(Some(under)) => Box::pin(take_in_once(&under)).await,
            Ok(None) => {
                tracing::info!("another instance reads the mailbox: it is left to it");
                continue;
            }
            Err(error) => Err(error),
        };
        match taken_in {
            Ok(()) => intake_works(&office),
            Err(error) => {
                intake_failed(&office, &error);
                first = first.and(Err(error));
            }
        }
    }
    first
}

async fn take_in_once(office: &Arc<Office>) -> Result<(), WorkError> {
    let mut mailbox = match opened(office).await {
        Ok(mailbox) => mailbox,
        Err(error) => {
            // What came by a pipe needs no mailbox.
            overviews::begin(office).await?;
            while decide_batch(office).await? == Step::Worked {}
            return Err(error);
        }
    };
    mailbox.sign(&office.register.mark().await?);
    // Before a number is given out: some may be another customer's already.
    ask_the_hour(office, &mut mailbox).await?;
    overviews::begin(office).await?;
    redacting::again(office, Some(&mut mailbox)).await;
    compare(office, &mut mailbox).await?;
    take_in(office, &mut mailbox).await?;
    adopt_asked(office, &mut mailbox).await?;
    mailbox.close().await;
    Ok(())
}

/// Sends what is written while others are taken in; what the last round came to.
async fn send_meanwhile(
    office: &Arc<Office>,
    sender: &mut Result<Sender, WorkError>,
    all_taken_in: &CancellationToken,
) -> Round {
    loop {
        tokio::select! { () = all_taken_in.cancelled() => return Round::Idle, () = office.written.notified() => {} }
        match send_waiting(office, sender).await {
            Round::Worked | Round::Idle => {}
            // A server that takes nothing now is not tried again for each batch.
            round => return round,
        }
    }
}

/// Sends what is due, as long as there is something. Settings that nothing can be sent with keep no mail from being taken
/// in, and what cannot be recorded is met again in the last rounds.
async fn send_waiting(office: &Arc<Office>, sender: &mut Result<Sender, WorkError>) -> Round {
    let Ok(sender) = sender else { return Round::Idle };
    loop {
        match sender.send_due(office).await {
            Ok(Round::Worked) if !office.stop.is_cancelled() => {}
            Ok(round) => return round,
            Err(_) => return Round::Idle,
        }
    }
}

/// Sends what is due, each letter once, from where the last round left it; `accepted` letters had gone before this run.
async fn send_all(office: &Arc<Office>, mut sender: Sender, mut round: Round, accepted: i64) -> Result<(), WorkError> {
    let mut refused = 0;
    for _ in 0..ROUNDS_MAX {
        match round {
            Round::Worked | Round::Idle => {}
            // Another letter may go all the same: the least tried is the next.
            Round::ServerRefuses(_)
                if refused < office.register.count_letters(LetterState::Queued).await?.min(PROBES_MAX) =>
            {
                refused += 1;
                office.register.hurry(office.clock.now()).await?;
            }
            Round::ServerAway(_) | Round::ServerRefuses(_) | Round::Full(_) => break,
        }
        if office.stop.is_cancelled() {
            break;
        }
        round = sender.send_due(office).await?;
        if round == Round::Idle {
            break;
        }
    }
    sender.close().await;
    // A letter that is put off for a reason of its own is the next run's; where none went, it is the server.
    let left = office.register.count_letters(LetterState::Queued).await? > 0;
    let none_went = office.register.count_letters(LetterState::Accepted).await? == accepted;
    if matches!(round, Round::Full(_)) {
        return Err(WorkError::LettersOverLimit);
    }
    let waits = matches!(round, Round::ServerAway(_) | Round::ServerRefuses(_));
    if waits || left && none_went { Err(WorkError::LettersWait) } else { Ok(()) }
}
