//! New cards: how many a user may have, and what is printed on them.

use std::time::Duration;

use chrono::{Datelike, Months};
use p100_raw::Sensitive;
use serde::{Deserialize, Serialize};

use crate::call::Refusal;
use crate::ids::Ids;
use crate::resources::User;
use crate::time::Time;
use crate::world::World;

/// How many cards a user may have at a time, locked ones included.
const EXISTING: usize = 10;

/// The first digits of every card: numbers that test cards have.
const PREFIX: &str = "400000";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How many cards a user may be given within a period.
struct Quota {
    most: usize,
    period: &'static str,
    /// From when on a card that was created then does not count any more.
    end: fn(Time) -> Time,
}

static QUOTAS: [Quota; 3] = [
    Quota { most: 5, period: "24 hours", end: |created| created + DAY },
    Quota { most: 10, period: "30 days", end: |created| created + DAY * 30 },
    Quota { most: 20, period: "12 months", end: a_year_later },
];

fn a_year_later(time: Time) -> Time {
    time.utc().checked_add_months(Months::new(12)).map_or(time + DAY * 365, Time::from)
}

impl World {
    /// Refuses a card too many. The code of that is not known.
    pub(super) fn check_quotas(&self, user: &User) -> Result<(), Refusal> {
        if self.all_cards(user).filter(|(_, card)| !card.is_deleted()).count() >= EXISTING {
            return Err(Refusal::message(400, format!("The user has {EXISTING} cards.")));
        }
        for Quota { most, period, end } in &QUOTAS {
            if self.all_cards(user).filter(|(_, card)| end(card.created_at) > self.now).count() >= *most {
                return Err(Refusal::message(400, format!("The user got {most} cards within {period}.")));
            }
        }
        Ok(())
    }
}

/// What is printed on a card.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Secrets {
    pub(super) card_number: Sensitive,
    pub(super) cvv: Sensitive,
    /// `MM/YY`.
    pub(super) exp: Sensitive,
}

impl Secrets {
    pub(super) fn new(ids: &mut Ids, now: Time) -> Self {
        let body = format!("{PREFIX}{}", ids.digits(9));
        let card_number = format!("{body}{}", check_digit(&body));
        let now = now.utc();
        let exp = format!("{:02}/{:02}", now.month(), (now.year() + 5).rem_euclid(100));
        Self { card_number: card_number.into(), cvv: ids.digits(3).into(), exp: exp.into() }
    }

    pub(super) fn last_digits(&self) -> &str {
        let number = self.card_number.expose();
        number.get(number.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// The digit that makes `body` a card number, by Luhn.
fn check_digit(body: &str) -> u32 {
    let digits = body.chars().rev().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip([2, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight / 10 + digit * weight % 10).sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_check_digit_is_luhns() {
        for number in ["4000000000000002", "4242424242424242", "5555555555554444", "79927398713"] {
            let (body, digit) = number.split_at(number.len() - 1);
            assert_eq!(super::check_digit(body).to_string(), digit, "{number}");
        }
    }
}
