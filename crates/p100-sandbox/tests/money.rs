//! What the tests of money share: accounts that are funded, books that are checked, events that are read.

use std::collections::BTreeMap;

use p100::types::Transaction;
use p100::{Client, Decimal, Error};
use p100_sandbox::{Account, Sandbox, Settings, Step, When};
use serde_json::Value;

use crate::users;

pub(crate) const USER: &str = "customer-42";

pub(crate) fn amount(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

/// A sandbox with one user, where these steps do not happen at once.
pub(crate) async fn sandbox(steps: &[(Step, When)]) -> (Sandbox, Client) {
    let mut settings = Settings::default();
    settings.steps = steps.iter().copied().collect();
    let sandbox = Sandbox::builder().settings(settings).start().await.expect("a sandbox");
    add_user(&sandbox).await;
    let client = sandbox.client();
    (sandbox, client)
}

/// One user who has crypto balances.
pub(crate) async fn add_user(sandbox: &Sandbox) {
    sandbox.client().users().create_limited(&users::limited(USER)).await.expect("a user");
}

pub(crate) fn user() -> Account {
    Account::User(USER.to_owned())
}

pub(crate) fn fund(sandbox: &Sandbox, account: &Account, money: &str) {
    let (value, currency) = money.split_once(' ').expect("an amount and a currency");
    sandbox.fund(account, currency, amount(value)).expect("funds");
}

/// What `account` holds by its balances, which are what the entries of the books come to.
pub(crate) async fn holdings(sandbox: &Sandbox, account: &Account) -> String {
    let books = sandbox.books();
    assert!(books.sums.values().all(Decimal::is_zero), "{:?}", books.sums);
    let mut sums = BTreeMap::new();
    for entry in books.entries {
        *sums.entry((entry.from, entry.currency.clone())).or_insert(Decimal::ZERO) -= entry.amount;
        *sums.entry((entry.to, entry.currency)).or_insert(Decimal::ZERO) += entry.amount;
    }
    let client = sandbox.client();
    let (fiat, crypto) = match account {
        Account::User(user) => {
            let balances = client.users().balances(user).await.expect("balances");
            (balances.fiat_balances, balances.crypto_balances)
        }
        _ => {
            let balances = client.partner().balances().await.expect("balances");
            (balances.fiat_balances, balances.crypto_balances)
        }
    };
    let (fiat, crypto) = (fiat.expect("fiat balances"), crypto.expect("crypto balances"));
    let reported = fiat.into_iter().map(|balance| (balance.name.to_string(), balance.amount));
    let reported = reported.chain(crypto.into_iter().map(|balance| (balance.name.to_string(), balance.amount)));
    let mut held = Vec::new();
    for (currency, amount) in reported {
        assert_eq!(sums.get(&(account.clone(), currency.clone())).copied().unwrap_or_default(), amount, "{currency}");
        if !amount.is_zero() {
            held.push(format!("{} {currency}", amount.normalize()));
        }
    }
    held.join(", ")
}

/// What P100 has earned of `currency`.
pub(crate) fn fees(sandbox: &Sandbox, currency: &str) -> Decimal {
    let entries = sandbox.books().entries.into_iter().filter(|entry| entry.to == Account::Fees && entry.currency == currency);
    entries.map(|entry| entry.amount).sum::<Decimal>().normalize()
}

/// The bodies of all webhooks of this event so far.
pub(crate) fn events(sandbox: &Sandbox, event: &str) -> Vec<Value> {
    let deliveries = sandbox.deliveries().into_iter().filter(|delivery| delivery.event == event);
    deliveries.map(|delivery| serde_json::from_str(&delivery.body).expect("JSON")).collect()
}

/// Status and text of a refusal that has no code.
pub(crate) fn refused_without_code(error: &Error) -> (u16, String) {
    assert_eq!(error.code(), None, "{error}");
    let text = error.error_body().and_then(|body| body.message.clone()).expect("a text");
    (error.status().expect("a status").as_u16(), text)
}

/// Types, amounts and states of the transactions on `account` in the month of the sandbox's clock.
pub(crate) async fn history(sandbox: &Sandbox, account: &Account) -> Vec<String> {
    let month = p100::Month::of(sandbox.now()).expect("a month");
    let client = sandbox.client();
    let history = match account {
        Account::User(user) => client.users().transactions(user, month).await,
        _ => client.partner().transactions(month).await,
    };
    let lines = history.expect("a history").transactions.expect("a list");
    let words = |line: Transaction| Some(format!("{} {} {} {}", line.type_?, line.amount?, line.currency?, line.status?));
    lines.into_iter().map(|line| words(line).expect("whole")).collect()
}
