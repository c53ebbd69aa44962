//! A budget of work steps (invariant 10): how often lines are looked at while a text is taken apart. Steps and not time,
//! so that the same mail is read the same way on any machine. Who looks at lines one after the other does so by
//! [`Steps`], which ends when the budget is spent; what was not looked at is kept, and said in a finding. Pure.

use std::cell::Cell;

/// The steps that may be taken, and those that were.
#[derive(Debug)]
pub(crate) struct Work {
    max: usize,
    taken: Cell<usize>,
}

impl Work {
    pub fn new(max: usize) -> Self {
        Self { max, taken: Cell::new(0) }
    }

    /// Takes one step; false when none is left.
    fn step(&self) -> bool {
        let left = self.taken.get() < self.max;
        self.taken.set(self.taken.get() + usize::from(left));
        left
    }

    pub fn is_spent(&self) -> bool {
        self.taken.get() >= self.max
    }

    #[cfg(test)]
    pub fn taken(&self) -> usize {
        self.taken.get()
    }
}

/// Goes over anything, a step each.
pub(crate) struct Steps<'w, I> {
    inner: I,
    work: Option<&'w Work>,
}

impl<'w, I> Steps<'w, I> {
    /// Without a budget nothing is counted: a few lines looked at on their own.
    pub fn over(inner: I, work: Option<&'w Work>) -> Self {
        Self { inner, work }
    }
}

impl<I: Iterator> Iterator for Steps<'_, I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.work.is_none_or(Work::step).then(|| self.inner.next()).flatten()
    }
}

impl<I: DoubleEndedIterator> DoubleEndedIterator for Steps<'_, I> {
    fn next_back(&mut self) -> Option<I::Item> {
        self.work.is_none_or(Work::step).then(|| self.inner.next_back()).flatten()
    }
}
