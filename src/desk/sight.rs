//! Who sees a case, and who watches over it: the one place where a confidential case differs from any other (`#vertrouwelijk`).
//! Such a case is its readers' alone: no department, no older token of it, no list shows it to anybody else. Who is a colleague
//! is judged now (invariant 6): where none of its readers is one any more, somebody else must watch over it. Pure.

use super::authority::binds;
use super::wants::scope;
use super::{Department, Role, Rules};
use crate::case::{Address, Case, CaseState, Confidential};
use crate::digest::May;

/// The department a case is with; where it was taken out of the settings, the fallback.
pub(super) fn department<'a>(case: &Case, rules: &'a Rules) -> Option<&'a Department> {
    rules.department_or_fallback(&case.department)
}

/// Who watches over a case (§2.4.1).
pub(super) fn supervisor(case: &Case, rules: &Rules) -> Option<Address> {
    let of_department = || department(case, rules).map(|department| department.supervisor.clone());
    case.confidential.as_ref().map_or_else(of_department, |confidential| keeper(confidential, case, rules))
}

/// Who gets what comes in on a case: the handler, as long as that person belongs to it, else the department.
pub(super) fn handler_address(case: &Case, rules: &Rules) -> Option<Address> {
    let handler = case.handler.clone().filter(|handler| acts_on(case, handler, rules));
    handler.or_else(|| notified(case, rules))
}

/// Who is told that there is something new to handle.
pub(super) fn notified(case: &Case, rules: &Rules) -> Option<Address> {
    match case.confidential {
        Some(_) => supervisor(case, rules),
        None => department(case, rules).map(|department| department.address.clone()),
    }
}

/// Whether this colleague may act on the case.
pub(super) fn acts_on(case: &Case, address: &Address, rules: &Rules) -> bool {
    match &case.confidential {
        Some(confidential) => is_reader(confidential, case, address, rules),
        None => binds(&case.department, address, rules),
    }
}

/// What this colleague may do about a case in a list: whoever acts on it may give it to the others of its department. Who reads a
/// confidential case is few, and nobody is proposed for it.
pub(super) fn may(case: &Case, address: &Address, rules: &Rules) -> May {
    if case.state != CaseState::Open || !acts_on(case, address, rules) {
        return May::Look;
    }
    let is_other = |one: &&Address| *one != address && case.handler.as_ref() != Some(one);
    let of_department = department(case, rules).filter(|_| case.confidential.is_none());
    let staff = of_department.map_or(&[][..], |department| &department.staff);
    May::Act { colleagues: staff.iter().filter(is_other).cloned().collect() }
}

/// Whether this colleague may be shown the case.
pub(super) fn may_see(case: &Case, address: &Address, rules: &Rules) -> bool {
    match &case.confidential {
        Some(confidential) => is_reader(confidential, case, address, rules),
        None => scope(address, rules).holds(&case.department),
    }
}

/// Whether something about the case would tell this address of one that is hidden from it.
pub(super) fn is_hidden(case: &Case, address: &Address, rules: &Rules) -> bool {
    case.confidential.as_ref().is_some_and(|confidential| !is_reader(confidential, case, address, rules))
}

fn is_reader(confidential: &Confidential, case: &Case, address: &Address, rules: &Rules) -> bool {
    let is_named = is_left(confidential, address, rules) && confidential.readers.contains(address);
    is_named || keeper(confidential, case, rules).as_ref() == Some(address)
}

/// A colleague still, and not who it is about.
fn is_left(confidential: &Confidential, address: &Address, rules: &Rules) -> bool {
    rules.role(address) == Role::Staff && !confidential.without.contains(address)
}

/// The first reader who is still a colleague; else the next person up whom it is not about, so that nothing is forgotten.
fn keeper(confidential: &Confidential, case: &Case, rules: &Rules) -> Option<Address> {
    let supervisors = department(case, rules).into_iter().chain(rules.fallback()).chain(&rules.departments);
    let next = supervisors.take(2).map(|d| &d.supervisor).chain(&rules.digest_recipients);
    let others = rules.departments.iter().map(|d| &d.supervisor);
    let mut all = confidential.readers.iter().chain(next).chain(others);
    let left = all.find(|address| is_left(confidential, address, rules));
    // Where nobody else is left, better the supervisor than nobody.
    left.or_else(|| department(case, rules).map(|department| &department.supervisor)).cloned()
}
