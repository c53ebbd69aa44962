//! The connection is cut, falls silent or carries noise at every single place of an ordinary session: each command,
//! each line of an answer, in the middle of a mail and of a letter. Places are counted in a session without faults.

use crate::desk::{Desk, Repeats};
use crate::support::chance::is_long;
use crate::support::proxy::{Act, Heard, Proxy, Spot};
use std::time::{Duration, Instant};

/// Lines of letters and mails that are tried where not all are: one of so many, which meets each kind of them.
const OF_TEXTS: usize = 40;
/// The same for lines of answers at which the server falls silent.
const OF_REPLIES: usize = 5;

/// The side a fault is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Imap,
    Smtp,
}

impl Side {
    fn proxy(self, desk: &Desk) -> &Proxy {
        match self {
            Self::Imap => &desk.imap,
            Self::Smtp => &desk.out,
        }
    }
}

/// What passes in a round without faults, after the folders are made.
async fn counted(desk: &Desk) -> [(Side, Vec<Heard>); 2] {
    for _ in 0..2 {
        let (before, subjects) = (desk.before().await, desk.deliver());
        desk.clean_round().await;
        desk.assert_registered(&before, &subjects, "a clean round").await;
        desk.assert_sent(&before, Repeats::None, "a clean round").await;
    }
    [(Side::Imap, desk.imap.heard()), (Side::Smtp, desk.out.heard())]
}

/// The answer to a letter's ending dot: what happens to it leaves open whether the letter was taken.
pub fn is_about_a_letter(heard: &[Heard], at: usize) -> bool {
    let is_dot = |heard: &Heard| matches!(heard.spot, Spot::Command(_)) && heard.line == ".";
    matches!(heard[at].spot, Spot::Reply(_)) && at > 0 && is_dot(&heard[at - 1])
}

/// Does `act` at each place that `wanted` picks; how many there were.
async fn at_every_place(act: Act, wanted: impl Fn(Side, &Heard) -> bool) {
    let desk = Desk::open().await;
    let started = Instant::now();
    let (mut tried, mut missed) = (0, 0);
    for (side, heard) in counted(&desk).await {
        for (at, place) in heard.iter().enumerate().filter(|(_, place)| wanted(side, place)) {
            let what = format!("{act:?} at {side:?} {:?} ({})", place.spot, place.line);
            let is_open = side == Side::Smtp && is_about_a_letter(&heard, at);
            let mut fired = false;
            // On a busy machine a short wait ends before it comes to that: then nothing may be lost either.
            for patience in [1, 4, 16] {
                let (before, subjects) = (desk.before().await, desk.deliver());
                side.proxy(&desk).arm(place.spot, act.clone());
                desk.faulty_round_with(patience).await;
                fired = side.proxy(&desk).fired();
                desk.clean_round().await;
                desk.assert_registered(&before, &subjects, &what).await;
                let repeats = if is_open && fired { Repeats::One } else { Repeats::None };
                desk.assert_sent(&before, repeats, &what).await;
                if fired {
                    break;
                }
            }
            // Letters differ by a line or two from round to round, so that the last lines of one may not be there.
            assert!(fired || is_text(place), "{what}: it never came to that");
            tried += 1;
            missed += usize::from(!fired);
        }
    }
    println!("{act:?}: {tried} places in {:.1} s", started.elapsed().as_secs_f32());
    assert!(tried >= 20 && missed * 20 <= tried, "{tried} places were tried, it never came to {missed} of them");
}

fn is_text(place: &Heard) -> bool {
    matches!(place.spot, Spot::Text(_))
}

/// Of the text only some lines, unless all are wanted.
fn or_some_text(place: &Heard) -> bool {
    !matches!(place.spot, Spot::Text(line) if !is_long() && line % OF_TEXTS != 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut() {
    at_every_place(Act::Cut, |_, place| or_some_text(place)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_in_the_middle_of_a_line() {
    // A command of which half came is as good as none; of an answer and a text the half matters.
    at_every_place(Act::CutMid, |_, place| {
        is_long() || (or_some_text(place) && !matches!(place.spot, Spot::Command(_)))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence() {
    // Each costs a wait. Silence before a command's answer is one whichever line of it is missing, so of the lines of
    // answers some will do, and those that tell of a letter.
    at_every_place(Act::Stall, |_, place| match place.spot {
        Spot::Reply(line) => is_long() || line % OF_REPLIES == 1 || place.line.contains("queued as"),
        _ => or_some_text(place),
    })
    .await;
}

/// Noise within a text is left out: without TLS no protocol could notice. Under TLS it is a broken connection, below.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise() {
    at_every_place(Act::Garble, |_, place| !is_text(place)).await;
}

/// Bytes of the servers' side of a TLS session at which something happens; all of them are spread over the whole of it.
const TLS_PLACES: usize = 5;
const TLS_PLACES_LONG: usize = 200;

/// Under TLS nobody between can change a thing: noise is a broken connection, wherever it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_tls() {
    let desk = Desk::open_secured().await;
    let sizes = counted(&desk).await.map(|(side, _)| (side, side.proxy(&desk).bytes()));
    let places = if is_long() { TLS_PLACES_LONG } else { TLS_PLACES };
    for (side, size) in sizes {
        assert!(size > 1_000, "{side:?}: {size} bytes are no session");
        // Not up to the very end: sizes of sessions differ by some bytes, and a goodbye need not be heard.
        for at in (0..places).map(|place| 1 + place * (size - size / 4) / places) {
            for act in [Act::Cut, Act::Garble, Act::Stall] {
                let what = format!("{act:?} at byte {at} of {side:?}");
                let (before, subjects) = (desk.before().await, desk.deliver());
                side.proxy(&desk).arm(Spot::Byte(at), act.clone());
                desk.faulty_round_with(4).await;
                desk.clean_round().await;
                desk.assert_registered(&before, &subjects, &what).await;
                desk.assert_sent_at_least_once(&before, &what).await;
            }
        }
    }
}

/// A server that drips is waited for as long as each wait allows, and not longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drip() {
    let desk = Desk::open().await;
    counted(&desk).await;
    for (each, gets_through) in [(Duration::from_millis(1), true), (Duration::from_millis(50), false)] {
        for side in [Side::Imap, Side::Smtp] {
            let what = format!("{each:?} a byte over {side:?}");
            let (before, subjects) = (desk.before().await, desk.deliver());
            desk.imap.behave();
            desk.out.behave();
            side.proxy(&desk).arm(Spot::Reply(1), Act::Slow(each));
            if gets_through {
                let usual = (Default::default(), Default::default());
                desk.round(usual.0, usual.1).await.0.unwrap();
                desk.assert_registered(&before, &subjects, &what).await;
                desk.assert_sent(&before, Repeats::None, &what).await;
            } else {
                let (taken_in, rounds) = desk.round(crate::desk::short_imap(), crate::desk::short_smtp()).await;
                let gave_up = taken_in.is_err() || rounds.last() != Some(&klachtpost::daemon::Round::Idle);
                assert!(gave_up, "{what}: it was waited for");
                desk.clean_round().await;
                desk.assert_registered(&before, &subjects, &what).await;
                desk.assert_sent(&before, Repeats::None, &what).await;
            }
        }
    }
}
