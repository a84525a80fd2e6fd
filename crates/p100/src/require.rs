//! Reading what P100 may leave out.

use std::fmt;

/// Turns a member that is not there into an error that names it.
///
/// P100's samples are partial, so in responses and events nearly every member is an `Option`. One line each reads what your code cannot do
/// without:
///
/// ```
/// use p100::types::ExchangeDetails;
/// use p100::{Decimal, Require};
///
/// fn received(exchange: &ExchangeDetails) -> Result<(Decimal, &str), p100::Missing> {
///     let amount = exchange.amount_to.require("amountTo")?;
///     let currency = exchange.currency_to.as_deref().require("currencyTo")?;
///     Ok((amount, currency))
/// }
///
/// let exchange = ExchangeDetails::builder().status("COMPLETED".into()).amount_to("1481.5".parse()?).build();
/// assert_eq!(received(&exchange).expect_err("no currency").to_string(), "P100 left out `currencyTo`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Require {
    /// What is there.
    type Value;

    /// The value, or an error that names `member`, by its name in the JSON.
    ///
    /// # Errors
    /// P100 left it out, or wrote `null`.
    fn require(self, member: &'static str) -> Result<Self::Value, Missing>;
}

impl<T> Require for Option<T> {
    type Value = T;

    fn require(self, member: &'static str) -> Result<T, Missing> {
        self.ok_or(Missing { member })
    }
}

/// P100 left out a member that the code cannot do without.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// Its name in the JSON.
    pub member: &'static str,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P100 left out `{}`", self.member)
    }
}

impl std::error::Error for Missing {}
