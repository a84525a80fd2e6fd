//! Payments as this test reckons them, in whole numbers and without a look at the sandbox's own sums.

use std::collections::BTreeMap;

use p100::{Client, Decimal, Error, ExternalUserId};
use p100_sandbox::Account;

use super::draw::decimals;

/// Money that changes hands.
#[derive(Clone, Debug)]
pub(super) struct Movement {
    pub(super) from: Account,
    pub(super) to: Account,
    pub(super) slug: String,
    pub(super) amount: Decimal,
}

/// Who holds how much of what.
pub(super) type Holdings = BTreeMap<(Account, String), Decimal>;

pub(super) fn movement(from: &Account, to: &Account, slug: &str, amount: Decimal) -> Movement {
    Movement { from: from.clone(), to: to.clone(), slug: slug.to_owned(), amount }
}

pub(super) fn apply<'a>(holdings: &mut Holdings, movements: impl IntoIterator<Item = &'a Movement>) {
    for Movement { from, to, slug, amount } in movements {
        *holdings.entry((from.clone(), slug.clone())).or_default() -= amount;
        *holdings.entry((to.clone(), slug.clone())).or_default() += amount;
    }
}

/// What the details of a payment report, beside how far it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reported {
    pub(super) event: &'static str,
    users: [Option<ExternalUserId>; 2],
    /// Amounts and what of.
    amounts: Vec<(Decimal, String)>,
    fee: Option<Decimal>,
}

/// A payment that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Payment {
    pub(super) reported: Reported,
    /// What it moves if it succeeds.
    pub(super) movements: Vec<Movement>,
}

/// The events that report payments, and the member that names the payment.
pub(super) const EVENTS: [(&str, &str); 4] =
    [("transferStatus", "id"), ("exchangeStatus", "exchangeId"), ("sepaTransferStatus", "id"), ("cryptoWithdrawalStatus", "id")];

impl Payment {
    pub(super) fn transfer(from: &Account, to: &Account, slug: &str, amount: Decimal) -> Self {
        let reported =
            Reported { event: "transferStatus", users: [user(from), user(to)], amounts: vec![(amount, slug.to_owned())], fee: None };
        Self { reported, movements: vec![movement(from, to, slug, amount)] }
    }

    pub(super) fn sepa(account: &Account, amount: Decimal) -> Self {
        // 0.1 %, halves of a cent up, and at least 1 EUR.
        let fee = Decimal::new(i64::try_from((units(amount, 2) + 500) / 1000).expect("a small number").max(100), 2);
        let reported = Reported {
            event: "sepaTransferStatus",
            users: [user(account), None],
            amounts: vec![(amount, "eur".to_owned())],
            fee: Some(fee),
        };
        let pay = |to, amount| movement(account, to, "eur", amount);
        Self { reported, movements: vec![pay(&Account::Outside, amount), pay(&Account::Fees, fee)] }
    }

    pub(super) fn withdrawal(account: &Account, slug: &str, network: &str, amount: Decimal, fee: Decimal, network_fee: Decimal) -> Self {
        let amounts = vec![(amount, format!("{slug} on {network}"))];
        let reported = Reported { event: "cryptoWithdrawalStatus", users: [user(account), None], amounts, fee: Some(fee + network_fee) };
        let pay = |to, amount| movement(account, to, slug, amount);
        Self { reported, movements: vec![pay(&Account::Outside, amount + network_fee), pay(&Account::Fees, fee)] }
    }

    /// `None`: it would buy nothing.
    pub(super) fn exchange(account: &Account, (slug, amount): (&str, Decimal), to: &str, lock: &p100::types::RateLock) -> Option<Self> {
        let rate = |slug: &str| units(*lock.rates.as_ref().unwrap().get(slug).expect("a rate"), 8);
        let (places, places_to) = (decimals(slug), decimals(to));
        let sold = units(amount, places);
        // In percent, so of ten thousand with two decimals; halves up.
        let fee = ((sold * units(lock.fee_percentage.unwrap(), 2) + 5_000) / 10_000).min(sold);
        let (mut above, mut below) = ((sold - fee) * rate(slug), rate(to));
        if places_to >= places {
            above *= 10_u128.pow(places_to - places)
        } else {
            below *= 10_u128.pow(places - places_to)
        }
        let money = |units: u128, places| Decimal::from_i128_with_scale(i128::try_from(units).expect("a number"), places);
        let (bought, fee) = (money(above / below, places_to), money(fee, places));
        let amounts = vec![(amount, slug.to_owned()), (bought, to.to_owned())];
        let reported = Reported { event: "exchangeStatus", users: [user(account), None], amounts, fee: None };
        let movements = vec![
            movement(account, &Account::Desk, slug, amount - fee),
            movement(account, &Account::Fees, slug, fee),
            movement(&Account::Desk, account, to, bought),
        ];
        (!bought.is_zero()).then_some(Self { reported, movements })
    }
}

/// What an order moves when it is paid as its lock says.
pub(super) fn order(slug: &str, lock: &p100::types::OrderLock) -> [Movement; 2] {
    let places = decimals(slug);
    // In cents, rounded down.
    let cents = units(lock.amount, places) * units(lock.rate, 8) / 10_u128.pow(places + 8 - 2);
    let euros = Decimal::from_i128_with_scale(i128::try_from(cents).expect("a number"), 2);
    [movement(&Account::Outside, &Account::Desk, slug, lock.amount), movement(&Account::Desk, &Account::Partner, "eur", euros)]
}

/// `amount`, which is positive and has no more decimals, in units of its last decimal.
fn units(amount: Decimal, decimals: u32) -> u128 {
    let amount = amount.normalize();
    amount.mantissa().unsigned_abs() * 10_u128.pow(decimals - amount.scale())
}

fn user(account: &Account) -> Option<ExternalUserId> {
    if let Account::User(id) = account { Some(id.into()) } else { None }
}

/// What P100 reports of a payment, its status, and everything in words.
pub(super) async fn details(client: &Client, event: &'static str, id: &str) -> Result<(Reported, String, String), Error> {
    Ok(match event {
        "transferStatus" => {
            let details = client.transfers().get(id).await?;
            let whole = format!("{details:?}");
            let users = [details.source_external_user_id, details.destination_external_user_id];
            (
                Reported { event, users, amounts: vec![(details.amount.unwrap(), details.currency.unwrap().to_string())], fee: None },
                details.status.to_string(),
                whole,
            )
        }
        "exchangeStatus" => {
            let details = client.exchange().get(id).await?;
            let whole = format!("{details:?}");
            let users = [details.user.and_then(|user| user.external_user_id), None];
            let sold = (details.amount_from.unwrap(), details.currency_from.unwrap().to_string());
            let amounts = vec![sold, (details.amount_to.unwrap(), details.currency_to.unwrap().to_string())];
            (Reported { event, users, amounts, fee: None }, details.status.to_string(), whole)
        }
        "sepaTransferStatus" => {
            let details = client.sepa().get(id).await?;
            let whole = format!("{details:?}");
            let amounts = vec![(details.amount.unwrap(), "eur".to_owned())];
            let users = [details.user.and_then(|user| user.external_user_id), None];
            (Reported { event, users, amounts, fee: Some(details.fee.unwrap()) }, details.status.to_string(), whole)
        }
        _ => {
            let details = client.withdrawals().get(id).await?;
            let whole = format!("{details:?}");
            let currency = details.currency.unwrap();
            let amounts = vec![(details.amount.unwrap(), format!("{} on {}", currency.name.unwrap(), currency.network.unwrap()))];
            let users = [details.user.and_then(|user| user.external_user_id), None];
            (Reported { event, users, amounts, fee: Some(details.fee.unwrap()) }, details.status.to_string(), whole)
        }
    })
}

/// Whether a payment is over, and how it ended.
pub(super) fn outcome(status: &str) -> Option<bool> {
    match status {
        "SUCCESSFUL" | "COMPLETED" => Some(true),
        "FAILED" => Some(false),
        "PROCESSING" => None,
        other => panic!("{other} is no status"),
    }
}
