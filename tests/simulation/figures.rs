//! The figures of the month's reports, held against the town's book, which counts rounds, outcomes, money and terms from what
//! people did and what came to their mailboxes: for the whole, each department and each channel.

use crate::ledger::{Complaint, Round, Verdict};
use crate::month::Month;
use crate::slow::{Moment, a_day_later, at_wall, third_working_day, wall};
use chrono::{NaiveDate, TimeDelta};
use klachtpost::case::LetterKind;
use klachtpost::daemon::lives_of;
use klachtpost::desk::month_figures;
use klachtpost::digest::month::Figures;

/// The month that was over when it was reported, and the one that is not over yet.
const MONTHS: [(&str, u32); 2] = [("2026-03", 3), ("2026-04", 4)];

/// Everything that is not as the book says.
pub async fn differ(month: &Month) -> Vec<String> {
    let office = &month.town.office;
    let now = office.clock.now();
    let mut found = reports_differ(month).await;
    for (name, number) in MONTHS {
        let asked = name.parse().unwrap();
        let lives = lives_of(office, asked, now).await.unwrap();
        let told = month_figures(asked, &lives, &office.rules, now).report;
        let span = Span::of(number, now);
        let mut compare = |scope: String, figures: &Figures, is_in: &dyn Fn(&Complaint) -> bool| {
            let book = span.count(month.complaints.iter().filter(|one| is_in(one)));
            let differs = book.into_iter().zip(told_of(figures)).filter(|(truth, told)| truth != told);
            found.extend(differs.map(|(truth, told)| format!("{name}, {scope}: {truth:?}, not {told:?}")));
        };
        compare("all".into(), &told.total, &|_| true);
        for by in &told.departments {
            compare(by.name.clone(), &by.figures, &|one| one.department == by.name);
        }
        for by in &told.channels {
            let channel = format!("{:?}", by.channel).to_lowercase();
            compare(channel.clone(), &by.figures, &|one| one.channel.replace("passed on", "email") == channel);
        }
    }
    found
}

/// March's goes to each supervisor and to the management once, and April's is not due yet.
async fn reports_differ(month: &Month) -> Vec<String> {
    let letters = month.town.office.register.letters(None, &[]).await.unwrap();
    let mut came: Vec<String> =
        letters.into_iter().filter(|letter| letter.kind == LetterKind::Month).map(|letter| letter.to).collect();
    let departments = month.town.office.rules.departments.iter().map(|department| department.supervisor.to_string());
    let mut expected: Vec<String> = departments.chain(["directie@lease.example".to_owned()]).collect();
    came.sort();
    expected.sort();
    if came == expected { Vec::new() } else { vec![format!("the month's report went to {came:?}, not {expected:?}")] }
}

/// A figure by its name; shares as kept and of.
type Counted = (&'static str, usize, usize);

fn told_of(figures: &Figures) -> Vec<Counted> {
    let share = |name, share: klachtpost::digest::month::Share| (name, share.kept, share.of);
    let days = figures.lodged_to_closed_days;
    vec![
        ("received", figures.received, 0),
        ("closed", figures.closed, 0),
        ("reopened", figures.reopened, 0),
        ("open at the end", figures.open_at_end, 0),
        ("in the meantime", figures.interims, 0),
        ("dismissed", figures.dismissed, 0),
        share("reactions in time", figures.first_response_in_time),
        share("solved in time", figures.resolved_in_time),
        share("stayed closed", figures.stayed_closed),
        ("upheld and rejected", figures.outcomes.founded, figures.outcomes.unfounded),
        ("unsaid and partly", figures.outcomes.unsaid, figures.outcomes.partly),
        ("paid", figures.compensation.rounds, usize::try_from(figures.compensation.cents).unwrap()),
        ("caused by planning", figures.causes.iter().map(|cause| cause.count).sum(), 0),
        ("to the committee", figures.disputes, 0),
        ("rulings for and against", figures.rulings.founded, figures.rulings.partly + figures.rulings.unfounded),
        ("rulings without a word", figures.rulings.unsaid, 0),
        ("once more", figures.repeat_customers, figures.repeat_references),
        ("half seconds to the last closing", days.map_or(0, |days| whole(days.median * 172_800.0)), 0),
    ]
}

fn whole(number: f64) -> usize {
    format!("{number:.0}").parse().unwrap()
}

/// A month on the wall, as far as it has passed.
struct Span {
    from: Moment,
    to: Moment,
}

impl Span {
    fn of(month: u32, now: Moment) -> Self {
        let midnight = |month| at_wall(NaiveDate::from_ymd_opt(2026, month, 1).unwrap(), 0, 0);
        Self { from: midnight(month), to: midnight(month + 1).min(now) }
    }

    fn holds(&self, at: Moment) -> bool {
        wall(self.from) <= wall(at) && wall(at) < wall(self.to)
    }

    fn count<'a>(&self, all: impl Iterator<Item = &'a Complaint>) -> Vec<Counted> {
        let (dropped, all): (Vec<&Complaint>, Vec<&Complaint>) = all.partition(|one| one.dismissed.is_some());
        let rounds: Vec<Round> = all.iter().flat_map(|one| one.rounds()).collect();
        let closed: Vec<&Round> = rounds.iter().filter(|round| round.closed.is_some_and(|at| self.holds(at))).collect();
        let upheld: Vec<u64> = closed
            .iter()
            .filter_map(|round| if let Some(Verdict::Upheld(cents)) = round.verdict { Some(cents) } else { None })
            .collect();
        let rejected = closed.iter().filter(|round| round.verdict == Some(Verdict::Rejected)).count();
        let again: Vec<Round> = all.iter().flat_map(|one| one.rounds().into_iter().skip(1)).collect();
        let paid = usize::try_from(upheld.iter().sum::<u64>()).unwrap();
        let was_open = |round: &Round| round.received < self.to && round.closed.is_none_or(|at| at >= self.to);
        let open = all.iter().filter(|one| one.rounds().iter().any(was_open)).count();
        vec![
            ("received", all.iter().filter(|one| self.holds(one.lodged)).count(), 0),
            ("closed", closed.len(), 0),
            ("reopened", again.iter().filter(|round| self.holds(round.received)).count(), 0),
            ("open at the end", open, 0),
            ("in the meantime", self.held(&all, |one| &one.interims), 0),
            ("dismissed", dropped.iter().filter(|one| one.dismissed.is_some_and(|at| self.holds(at))).count(), 0),
            self.kept("reactions in time", &rounds, |round| (a_day_later(round.received), round.responded)),
            self.kept("solved in time", &rounds, |round| (third_working_day(round.received), round.closed)),
            self.stayed_closed(&all),
            ("upheld and rejected", upheld.len(), rejected),
            ("unsaid and partly", closed.len() - upheld.len() - rejected, 0),
            ("paid", upheld.iter().filter(|cents| **cents > 0).count(), paid),
            ("caused by planning", upheld.iter().filter(|cents| **cents > 0).count(), 0),
            ("to the committee", self.held(&all, |one| &one.disputes), 0),
            ("rulings for and against", self.held(&all, |one| &one.rulings), 0),
            ("rulings without a word", 0, 0),
            // Everybody complains once.
            ("once more", 0, 0),
            ("half seconds to the last closing", self.middle(&all), 0),
        ]
    }

    fn held(&self, all: &[&Complaint], moments: impl Fn(&Complaint) -> &Vec<Moment>) -> usize {
        all.iter().flat_map(|one| moments(one)).filter(|at| self.holds(**at)).count()
    }

    fn kept(&self, name: &'static str, rounds: &[Round], term: impl Fn(&Round) -> (Moment, Option<Moment>)) -> Counted {
        let ended: Vec<(Moment, Option<Moment>)> =
            rounds.iter().map(term).filter(|(due, _)| self.holds(*due)).collect();
        let kept = ended.iter().filter(|(due, stopped)| stopped.is_some_and(|at| at <= *due)).count();
        (name, kept, ended.len())
    }

    fn stayed_closed(&self, all: &[&Complaint]) -> Counted {
        let (mut kept, mut of) = (0, 0);
        for rounds in all.iter().map(|one| one.rounds()) {
            for (n, round) in rounds.iter().enumerate() {
                let Some(after) = round.closed.map(|at| at + TimeDelta::days(30)) else { continue };
                if self.holds(after) {
                    of += 1;
                    kept += usize::from(rounds.get(n + 1).is_none_or(|next| next.received >= after));
                }
            }
        }
        ("stayed closed", kept, of)
    }

    /// The middle of all ways from the complaint to its end, in half seconds: whole, so that nothing is rounded.
    fn middle(&self, all: &[&Complaint]) -> usize {
        let ended = all.iter().filter_map(|one| one.closed.filter(|at| self.holds(*at)).map(|at| at - one.lodged));
        let mut seconds: Vec<i64> = ended.map(|way| way.num_seconds()).collect();
        seconds.sort_unstable();
        let Some(upper) = seconds.get(seconds.len() / 2) else { return 0 };
        usize::try_from(seconds[(seconds.len() - 1) / 2] + upper).unwrap()
    }
}
