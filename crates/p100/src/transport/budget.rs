//! How many retries a client may spend: when P100 is down, retries must not multiply the load.

use std::sync::{Mutex, PoisonError};

/// What one retry costs, and what each first attempt earns: ten calls pay for one retry.
const COST: u32 = 10;
const INCOME: u32 = 1;

/// A bucket of retries that starts full.
#[derive(Debug)]
pub(super) struct Budget {
    tokens: Mutex<u32>,
    full: u32,
}

impl Budget {
    /// Room for `retries` in a row.
    pub(super) fn new(retries: u32) -> Self {
        let full = retries.saturating_mul(COST);
        Self { tokens: Mutex::new(full), full }
    }

    /// A call begins.
    pub(super) fn earn(&self) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = (*tokens + INCOME).min(self.full);
    }

    /// Takes one retry, if there is one.
    pub(super) fn spend(&self) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let left = tokens.checked_sub(COST);
        *tokens = left.unwrap_or(*tokens);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn ten_calls_pay_for_one_retry() {
        let budget = Budget::new(2);
        assert_eq!([budget.spend(), budget.spend(), budget.spend()], [true, true, false]);
        (0..9).for_each(|_| budget.earn());
        assert!(!budget.spend());
        budget.earn();
        assert_eq!([budget.spend(), budget.spend()], [true, false]);
        (0..1000).for_each(|_| budget.earn());
        assert_eq!([budget.spend(), budget.spend(), budget.spend()], [true, true, false], "it never holds more than at first");
    }
}
