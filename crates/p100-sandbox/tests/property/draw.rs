//! What is drawn at random: money, right and wrong, steps and faults.

use std::time::Duration;

use fastrand::Rng;
use p100::Decimal;
use p100::raw::{Operation, operations};
use p100::types::ErrorCode;
use p100_sandbox::{Fault, FaultKind, Settings, Step, When};

/// A currency, as far as this test knows it.
#[derive(Clone, Copy)]
pub(super) struct Currency {
    pub(super) slug: &'static str,
    pub(super) decimals: u32,
    /// Most digits of usual amounts in its smallest unit: about 1000 EUR.
    digits: u32,
}

pub(super) const CURRENCIES: [Currency; 8] = [
    currency("eur", 2, 5),
    currency("btc", 8, 6),
    currency("doge", 8, 12),
    currency("eth", 8, 8),
    currency("ltc", 8, 9),
    currency("pol", 8, 11),
    currency("usdc", 6, 9),
    currency("usdt", 6, 9),
];

const fn currency(slug: &'static str, decimals: u32, digits: u32) -> Currency {
    Currency { slug, decimals, digits }
}

pub(super) fn decimals(slug: &str) -> u32 {
    CURRENCIES.iter().find(|currency| currency.slug == slug).expect("a currency").decimals
}

/// An amount of a currency.
pub(super) struct Money {
    pub(super) amount: Decimal,
    /// The currency; if it is none, any other.
    pub(super) slug: &'static str,
    /// The currency as it is written.
    pub(super) written: String,
    /// Whether it can be moved at all.
    pub(super) valid: bool,
}

/// The most that can be moved at a time.
const MOST: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);

/// Whether so much of a currency with these decimals can be moved.
pub(super) fn movable(amount: Decimal, decimals: u32) -> bool {
    amount > Decimal::ZERO && amount <= MOST && amount.normalize().scale() <= decimals
}

/// True once in so many times.
pub(super) fn once_in(rng: &mut Rng, times: u32) -> bool {
    rng.u32(..times) == 0
}

pub(super) fn pick<'a, T>(rng: &mut Rng, all: &'a [T]) -> Option<&'a T> {
    (!all.is_empty()).then(|| &all[rng.usize(..all.len())])
}

/// The slug of a currency as it may be written; false: there is no such.
pub(super) fn written(rng: &mut Rng, slug: &str) -> (String, bool) {
    match rng.u32(..40) {
        0 => ("gbp".to_owned(), false),
        1..5 => (slug.to_uppercase(), true),
        _ => (slug.to_owned(), true),
    }
}

/// Money of one of these currencies.
pub(super) fn money(rng: &mut Rng, slugs: &[&'static str]) -> Money {
    let slug = *pick(rng, slugs).expect("a currency");
    let Currency { decimals, digits, .. } = CURRENCIES.iter().find(|currency| currency.slug == slug).expect("a currency");
    let unit = Decimal::new(1, *decimals);
    let amount = match rng.u32(..120) {
        0 => Decimal::ZERO,
        1 => -unit,
        2 => -MOST,
        3 => Decimal::new(15, decimals + 1),
        4 => Decimal::new(1, 28),
        5 => MOST + unit,
        6 => Decimal::MAX,
        // About the most there can be, which nobody has.
        7 => MOST - unit * Decimal::from(rng.u32(..1_000_000)),
        8 => unit,
        // Zeros at the end are no decimals.
        9 => Decimal::new(1_000_000_000_000, 12),
        _ => {
            let digits = rng.u32(1..=*digits);
            unit * Decimal::from(rng.u64(1..10_u64.pow(digits)))
        }
    };
    let (written, known) = written(rng, slug);
    Money { amount, slug, written, valid: movable(amount, *decimals) && known }
}

/// Other steps, other rates.
pub(super) fn change(rng: &mut Rng, settings: &mut Settings) {
    use Step::*;
    let payments = [Exchange, Transfer, SepaTransfer, WithdrawalBroadcast, WithdrawalConfirmation, DepositCheck];
    for step in [KycDecision, Activation, OrderWallet, OrderConfirmation].into_iter().chain(payments) {
        let when = match rng.u32(..8) {
            0..4 => When::Immediate,
            4 => When::AfterReads(rng.u32(1..=2)),
            5 | 6 => When::AfterTime(Duration::from_millis(rng.u64(1..90_000))),
            _ => When::ByHand,
        };
        settings.steps.insert(step, when);
    }
    let Currency { slug, .. } = *pick(rng, &CURRENCIES[1..]).expect("a currency");
    let rate = settings.rates.get_mut(slug).expect("a rate");
    // Up to a tenth up or down, with decimals that divide badly.
    *rate = (*rate * Decimal::new(rng.i64(900_001..1_100_000), 6)).round_dp(8).max(Decimal::new(1, 4));
    settings.refuse_unfunded_transfers = once_in(rng, 4);
}

/// Something that goes wrong, as it can go wrong: what takes effect is never said to be refused.
pub(super) fn fault(rng: &mut Rng) -> Fault {
    const OPERATIONS: [&Operation; 19] = [
        &operations::CREATE_TRANSFER,
        &operations::CREATE_TRANSFER,
        &operations::CREATE_EXCHANGE,
        &operations::CREATE_PARTNER_EXCHANGE,
        &operations::CREATE_PARTNER_SEPA_TRANSFER,
        &operations::CREATE_PARTNER_SEPA_TRANSFER,
        &operations::CREATE_USER_SEPA_TRANSFER,
        &operations::CREATE_WITHDRAWAL,
        &operations::CREATE_PARTNER_WITHDRAWAL,
        &operations::CREATE_LIMITED_USER,
        &operations::CREATE_CARD,
        &operations::BLOCK_CARD,
        &operations::LOCK_RATE,
        &operations::UPDATE_DEPOSIT_TRAVEL_RULE,
        &operations::SUSPEND_USER,
        &operations::DELETE_USER,
        &operations::GET_TRANSFER,
        &operations::GET_EXCHANGE,
        &operations::GET_USER_BALANCES,
    ];
    let (kind, takes_effect) = match rng.u32(..12) {
        0..3 => (FaultKind::Reset, true),
        3..5 => (FaultKind::Reset, false),
        5..7 => (FaultKind::Truncate, true),
        7 => (FaultKind::Code(ErrorCode::P500), rng.bool()),
        8 => (FaultKind::Code(ErrorCode::P412), false),
        9 => (FaultKind::Status(502), rng.bool()),
        10 => (FaultKind::Status(429), false),
        _ => (FaultKind::Delay(rng.u64(1..5)), true),
    };
    let fault = Fault::new(OPERATIONS[rng.usize(..OPERATIONS.len())], kind).times(rng.u32(1..=2));
    if takes_effect { fault.after_effect() } else { fault }
}
