//! Amounts of one currency in another, at prices in EUR. In whole numbers: decimals of this size would be rounded to the nearest first,
//! and so sometimes to the wrong side.

use p100_raw::Decimal;

/// What `sold` buys: `sold * rate_from / rate_to`, rounded down to so many decimals.
pub(crate) fn bought(sold: Decimal, rate_from: Decimal, rate_to: Decimal, decimals: u32) -> Option<Decimal> {
    let (above, below) = fraction(sold, rate_from, rate_to, decimals)?;
    Decimal::try_from_i128_with_scale(above.checked_div(below)?, decimals).ok()
}

/// What `amount` euros cost in a currency of this price, rounded up to so many decimals: selling it brings at least `amount`.
pub(crate) fn cost(amount: Decimal, rate: Decimal, decimals: u32) -> Option<Decimal> {
    let (above, below) = fraction(amount, Decimal::ONE, rate, decimals)?;
    let up = above.checked_add(below.checked_sub(1)?)?.checked_div(below)?;
    Decimal::try_from_i128_with_scale(up, decimals).ok()
}

/// `amount * rate_from / rate_to` in units of the last of so many decimals, as a fraction.
fn fraction(amount: Decimal, rate_from: Decimal, rate_to: Decimal, decimals: u32) -> Option<(i128, i128)> {
    let [amount, rate_from, rate_to] = [amount, rate_from, rate_to].map(|number| number.normalize());
    let mut above = amount.mantissa().checked_mul(rate_from.mantissa())?;
    let mut below = rate_to.mantissa();
    let (more, less) = (decimals + rate_to.scale(), amount.scale() + rate_from.scale());
    let factor = 10_i128.checked_pow(more.abs_diff(less))?;
    if more > less {
        above = above.checked_mul(factor)?;
    } else {
        below = below.checked_mul(factor)?;
    }
    Some((above, below))
}

#[cfg(test)]
mod tests {
    use p100_raw::Decimal;

    use super::{bought, cost};

    #[test]
    fn costs_are_rounded_up_so_that_they_bring_what_was_asked_for() {
        for (amount, rate, decimals, expected) in [
            ("346.59", "0.87", 6, "398.379311"),
            ("200", "0.8", 6, "250.000000"),
            ("0.01", "90000.25", 8, "0.00000012"),
            ("1000000000000", "0.00000001", 8, "100000000000000000000.00000000"),
        ] {
            let [amount, rate] = [amount, rate].map(|number| number.parse::<Decimal>().expect("a number"));
            let costs = cost(amount, rate, decimals).expect("a cost");
            assert_eq!(costs.to_string(), expected);
            assert!(bought(costs, rate, Decimal::ONE, 2).expect("an amount") >= amount, "{amount} at {rate}");
        }
    }

    #[test]
    fn without_a_price_there_is_no_cost() {
        assert_eq!(cost(Decimal::ONE, Decimal::ZERO, 8), None);
    }
}
