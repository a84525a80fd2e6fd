//! Reading large and small responses: amounts as `Decimal`, against amounts as text.

use std::hint::black_box;
use std::sync::Arc;

use p100::raw::reqwest::header::HeaderMap;
use p100::raw::reqwest::{self, StatusCode, Url};
use p100::raw::{Bytes, Call, Decoded, RawResponse, Sending, Transport, decode};
use p100::{Client, Month, types};
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::runtime::Builder;

use crate::{Case, Repeat, by_hand};

const TRANSACTIONS: usize = 10_000;

/// The types alone: `serde_json::from_slice` into each.
pub(crate) fn transactions() -> Case {
    let body = history();
    let p100: types::TransactionHistory = read(&body);
    let by_hand: by_hand::TransactionHistory = read(&body);
    let transactions = p100.transactions.expect("transactions");
    assert_eq!((transactions.len(), by_hand.transactions.len()), (TRANSACTIONS, TRANSACTIONS));
    for (one, other) in transactions.iter().zip(&by_hand.transactions) {
        assert_eq!(one.amount.map(|amount| amount.to_string()).as_ref(), Some(&other.amount));
    }
    Case { p100: decoding::<types::TransactionHistory>(body.clone()), by_hand: decoding::<by_hand::TransactionHistory>(body) }
}

/// As an integrator meets it: with the path of a member that fails, and with all that precedes the decoding of a response.
pub(crate) fn transactions_by_client() -> Case {
    let body = history();
    let base_url = Url::parse("http://127.0.0.1").expect("a URL");
    let transport = Canned { body: body.clone().into() };
    let client = Client::from(p100::raw::Client::with_transport(base_url, reqwest::Client::new(), Arc::new(transport)));
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let month = Month::new(2025, 8).expect("a month");
    Case {
        p100: Box::new(move |count| {
            runtime.block_on(async {
                for _ in 0..count {
                    black_box(client.partner().transactions(month).await.expect("transactions"));
                }
            });
        }),
        by_hand: decoding::<by_hand::TransactionHistory>(body),
    }
}

/// One amount of the whole history is an object: that of the last entry, so that all has been read strictly before.
pub(crate) fn repair_one() -> Case {
    repair(TRANSACTIONS - 1)
}

/// The amount of each entry is an object, as if the document were wrong about it.
pub(crate) fn repair_each() -> Case {
    repair(0)
}

/// As the client decodes, a history whose entries deviate from `first` on, against one that fits.
fn repair(first: usize) -> Case {
    let sound = history();
    let mut bent: serde_json::Value = read(&sound);
    for entry in bent["transactions"].as_array_mut().expect("entries").iter_mut().skip(first) {
        entry["amount"] = json!({"value": entry["amount"]});
    }
    let bent = bent.to_string().into_bytes();
    let decoded = lenient(&bent);
    assert_eq!(decoded.deviations.total(), TRANSACTIONS - first);
    assert!(decoded.deviations.len() <= 100, "the list is bounded");
    assert_eq!(decoded.value.transactions.expect("transactions").len(), TRANSACTIONS, "no entry is lost");
    let decoding = |body: Vec<u8>| -> Repeat {
        Box::new(move |count| {
            for _ in 0..count {
                black_box(lenient(black_box(&body)));
            }
        })
    };
    Case { p100: decoding(bent), by_hand: decoding(sound) }
}

fn lenient(body: &[u8]) -> Decoded<types::TransactionHistory> {
    decode(body).expect("a history")
}

pub(crate) fn partner_balances() -> Case {
    let body = balances();
    let p100: types::PartnerBalances = read(&body);
    let by_hand: by_hand::PartnerBalances = read(&body);
    for (one, other) in p100.crypto_balances.expect("balances").iter().zip(&by_hand.crypto_balances) {
        assert_eq!((one.amount.to_string(), one.rate.to_string()), (other.amount.clone(), other.rate.0.clone()));
    }
    Case { p100: decoding::<types::PartnerBalances>(body.clone()), by_hand: decoding::<by_hand::PartnerBalances>(body) }
}

fn decoding<T: DeserializeOwned>(body: Vec<u8>) -> Repeat {
    Box::new(move |count| {
        for _ in 0..count {
            black_box(read::<T>(black_box(&body)));
        }
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> T {
    serde_json::from_slice(body).expect("the response of this type")
}

/// Responds to every call with the same bytes, without a network.
#[derive(Debug)]
struct Canned {
    body: Bytes,
}

impl Transport for Canned {
    fn send<'a>(&'a self, _: &'a Call) -> Sending<'a> {
        Box::pin(async { Ok(RawResponse::new(StatusCode::OK, HeaderMap::new(), self.body.clone())) })
    }
}

/// A month of a busy partner: amounts of 2, 6 and 8 decimals, half of the entries with a time of change.
fn history() -> Vec<u8> {
    const TYPES: [&str; 5] = ["exchange", "withdrawal", "sepa_transfer", "deposit", "card_payment"];
    let entry = |number: usize| {
        let (whole, part) = (number * 37 % 5_000, number * 7_919);
        let (currency, amount) = match number % 4 {
            0 => ("btc", format!("{}.{:08}", whole % 3, part % 100_000_000)),
            1 => ("usdc", format!("{whole}.{:06}", part % 1_000_000)),
            _ => ("eur", format!("{whole}.{:02}", part % 100)),
        };
        let time = format!("2025-08-{:02}T{:02}:{:02}:00.000Z", number % 28 + 1, number % 24, number % 60);
        let mut entry = json!({
            "type": TYPES[number % TYPES.len()],
            "amount": amount,
            "currency": currency,
            "status": if number.is_multiple_of(10) { "PENDING" } else { "SUCCESSFUL" },
            "createdAt": time,
        });
        if number.is_multiple_of(2) {
            entry["updatedAt"] = time.into();
        }
        entry
    };
    json!({"transactions": (0..TRANSACTIONS).map(entry).collect::<Vec<_>>()}).to_string().into_bytes()
}

/// One fiat balance and eight currencies, two of them on two networks: strings for amounts, numbers for rates and terms.
fn balances() -> Vec<u8> {
    let network = |name: &str| {
        json!({
            "mainnet": true,
            "name": name,
            "withdrawal": {"feeWithdrawal": 0.0005, "minWithdrawal": 3},
            "deposit": {"minDeposit": 1.25},
        })
    };
    let crypto = [
        ("btc", "0.53120000", 90000.25, vec!["btc"]),
        ("doge", "1520.00000000", 0.1523, vec!["doge"]),
        ("eth", "12.00450000", 3000.5, vec!["ethereum"]),
        ("eurt", "100.00000000", 0.9987, vec!["ethereum"]),
        ("ltc", "0.00000000", 74.31, vec!["ltc"]),
        ("pol", "88.10000000", 0.21, vec!["polygon"]),
        ("usdc", "15250.250000", 0.87, vec!["ethereum", "polygon"]),
        ("usdt", "15.250000", 0.8693, vec!["ethereum", "polygon"]),
    ];
    let crypto = crypto.map(|(slug, amount, rate, networks)| {
        json!({
            "id": "3b1f7a52-8f4e-4c0b-9a77-0c1d2e3f4a02",
            "amount": amount,
            "name": slug,
            "wallet": "0x52908400098527886E0F7030069857D2E4169EE7",
            "rate": rate,
            "networkConfig": networks.into_iter().map(|name| (name.to_owned(), network(name))).collect::<serde_json::Map<_, _>>(),
        })
    });
    let fiat = json!({
        "id": "0d5c6c1e-52a5-4a0f-8f0a-6f1f2c9f7a01",
        "amount": "1250.40",
        "name": "eur",
        "rate": 1,
        "iban": "LT121000011101001000",
        "status": "ACTIVE",
    });
    json!({"fiatBalances": [fiat], "cryptoBalances": crypto}).to_string().into_bytes()
}
