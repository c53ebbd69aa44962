//! Letters on paper in the life of a case (§2.3): what waits to be posted, through fates, rounds and merges.

use super::*;

fn on_paper(hours: i64, letter: &str, letter_kind: LetterKind) -> Event {
    event(hours, What::PaperWritten { letter: LetterId::from_stored(letter), letter_kind })
}

fn posted(hours: i64, letter: &str, letter_kind: LetterKind, posted: i64) -> Event {
    let letter = LetterId::from_stored(letter);
    event(hours, What::Posted { letter, letter_kind, posted_at: at(posted) })
}

fn to_post(case: &Case) -> Vec<&str> {
    case.to_post().map(|paper| paper.letter.as_str()).collect()
}

#[test]
fn a_letter_on_paper_stops_its_clock_when_staff_say_it_was_posted_and_not_before() {
    use LetterKind::{Acknowledgement, Answer, Paper};
    let written =
        [on_paper(1, "a", Acknowledgement), accepted(2, "a", Paper), on_paper(3, "x", Answer), accepted(4, "x", Paper)];
    let waits = case(&written);
    assert_eq!((waits.acknowledged_at(), waits.first_response_at()), (None, None));
    assert_eq!(to_post(&waits), ["a", "x"]);
    assert_eq!(waits.overdue(at(24)), [Clock::Acknowledge, Clock::FirstResponse]);
    let one = case(&[&written[..], &[posted(8, "a", Acknowledgement, 5)]].concat());
    assert_eq!((one.acknowledged_at(), one.first_response_at()), (Some(at(5)), None));
    let both = case(&[&written[..], &[posted(8, "a", Acknowledgement, 5), posted(9, "x", Answer, 6)]].concat());
    assert_eq!((both.first_response_at(), to_post(&both).len()), (Some(at(6)), 0));
}

#[test]
fn the_earliest_of_a_call_and_a_posting_counts() {
    let call = event(7, What::PhoneContact { text: String::new() });
    let papers = [on_paper(1, "a", LetterKind::Acknowledgement), on_paper(1, "x", LetterKind::Answer)];
    let told_later = [posted(9, "a", LetterKind::Acknowledgement, 5), posted(9, "x", LetterKind::Answer, 6)];
    let case = case(&[&papers[..], &[call], &told_later].concat());
    assert_eq!((case.acknowledged_at(), case.first_response_at()), (Some(at(5)), Some(at(6))));
}

#[test]
fn a_closing_on_paper_is_owed_until_it_is_posted_or_told() {
    let written = [closed(2), on_paper(2, "c2", LetterKind::Closing)];
    let owed = case(&written);
    assert!(owed.owes_confirmation() && owed.closed_at == Some(at(2)));
    let sent = case(&[&written[..], &[posted(5, "c2", LetterKind::Closing, 4)]].concat());
    assert_eq!((sent.owes_confirmation(), sent.first_response_at()), (false, Some(at(4))));
    let told = case(&[&written[..], &[event(5, What::PhoneContact { text: String::new() })]].concat());
    assert!(!told.owes_confirmation());
}

#[test]
fn after_reopening_nobody_posts_the_closing_any_more_and_the_past_answers_nothing() {
    let before =
        [on_paper(1, "x", LetterKind::Answer), closed(2), on_paper(2, "c2", LetterKind::Closing), reopened(30)];
    let again = case(&before);
    assert_eq!(to_post(&again), ["x"]);
    let late = case(&[&before[..], &[posted(31, "x", LetterKind::Answer, 20)]].concat());
    assert_eq!((late.first_response_at(), to_post(&late).len()), (None, 0));
}

#[test]
fn a_sheet_that_reached_nobody_does_not_wait_to_be_posted_until_it_is_let_go_or_made_again() {
    let held = || fate(2, "x", LetterKind::Paper, LetterFate::Held { reason: "a note".into() });
    let written = [on_paper(1, "x", LetterKind::Answer), held()];
    let stopped = case(&written);
    assert_eq!((to_post(&stopped).len(), stopped.failed_letters.len()), (0, 1));
    let let_go = case(&[&written[..], &[accepted(3, "x", LetterKind::Paper)]].concat());
    assert_eq!((to_post(&let_go), let_go.failed_letters.len()), (vec!["x"], 0));
    let again = case(&[&written[..], &[on_paper(3, "y", LetterKind::Answer)]].concat());
    assert_eq!((to_post(&again), again.failed_letters.len()), (vec!["y"], 0));
}

#[test]
fn a_letter_of_an_earlier_round_answers_nothing_even_when_it_is_posted_in_a_later_one() {
    let late = [on_paper(1, "x", LetterKind::Answer), closed(2), reopened(30), posted(41, "x", LetterKind::Answer, 40)];
    assert_eq!((case(&late).first_response_at(), to_post(&case(&late)).len()), (None, 0));
    let fresh =
        [closed(2), reopened(30), on_paper(31, "x", LetterKind::Answer), posted(41, "x", LetterKind::Answer, 40)];
    assert_eq!(case(&fresh).first_response_at(), Some(at(40)));
    // That the complaint is registered the customer is told once.
    let told = [on_paper(1, "a", LetterKind::Acknowledgement), closed(2), reopened(30)];
    let told = case(&[&told[..], &[posted(41, "a", LetterKind::Acknowledgement, 20)]].concat());
    assert_eq!(told.acknowledged_at(), Some(at(20)));
}

#[test]
fn what_waits_to_be_posted_goes_over_to_the_case_that_stays() {
    let waits = [on_paper(1, "y", LetterKind::Answer)];
    let mut kept = case(&[on_paper(3, "x", LetterKind::Answer), absorbed(&waits)]);
    assert_eq!(to_post(&kept), ["y", "x"]);
    kept.apply(&posted(60, "y", LetterKind::Answer, 55));
    assert_eq!((kept.first_response_at(), to_post(&kept)), (Some(at(55)), vec!["x"]));
    let mut gone = case(&waits);
    gone.apply(&event(50, What::Merged { into: CaseNumber { year: 2026, serial: 8 } }));
    assert_eq!(to_post(&gone).len(), 0);
    // Nobody posts that an open complaint was closed, whichever of the two was.
    let done = [closed(2), on_paper(2, "z", LetterKind::Closing)];
    assert_eq!(to_post(&case(&[absorbed(&done)])).len(), 0);
    assert_eq!(to_post(&case(&[&done[..], &[absorbed(&[])]].concat())).len(), 0);
}

#[test]
fn two_settlements_on_paper_are_confirmed_when_both_are_posted() {
    let other = absorbed(&[closed(2), on_paper(2, "y", LetterKind::Closing)]);
    let mut kept = case(&[closed(1), on_paper(1, "x", LetterKind::Closing), other]);
    assert_eq!(to_post(&kept), ["x", "y"]);
    kept.apply(&posted(60, "x", LetterKind::Closing, 60));
    assert!(kept.owes_confirmation());
    kept.apply(&posted(61, "y", LetterKind::Closing, 61));
    assert!(!kept.owes_confirmation());
}
