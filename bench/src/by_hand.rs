//! What an integrator would write without `p100`: structs with amounts as text, and the calls with reqwest.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// A JSON number as its text: the cheapest way to a `String` that loses no digit.
pub(crate) struct Number(pub(crate) String);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|text| Self(text.get().to_owned()))
    }
}

#[derive(Deserialize)]
pub(crate) struct Rates(pub(crate) BTreeMap<String, Number>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransferRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_external_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) destination_external_user_id: Option<String>,
    pub(crate) amount: String,
    pub(crate) currency: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransferCreated {
    pub(crate) transfer_id: String,
}

#[derive(Deserialize)]
pub(crate) struct TransactionHistory {
    pub(crate) transactions: Vec<Transaction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read like everything of the response; only amounts are compared")]
pub(crate) struct Transaction {
    r#type: String,
    pub(crate) amount: String,
    currency: String,
    status: String,
    created_at: String,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read like everything of the response; only amounts are compared")]
pub(crate) struct PartnerBalances {
    fiat_balances: Vec<FiatBalance>,
    pub(crate) crypto_balances: Vec<CryptoBalance>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read like everything of the response; only amounts are compared")]
struct FiatBalance {
    id: String,
    amount: String,
    name: String,
    rate: Number,
    iban: Option<String>,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read like everything of the response; only amounts are compared")]
pub(crate) struct CryptoBalance {
    id: String,
    pub(crate) amount: String,
    name: String,
    wallet: Option<String>,
    pub(crate) rate: Number,
    network_config: BTreeMap<String, NetworkConfig>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read like everything of the response; only amounts are compared")]
struct NetworkConfig {
    mainnet: bool,
    name: String,
    withdrawal: WithdrawalTerms,
    deposit: Option<DepositTerms>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read like everything of the response; only amounts are compared")]
struct WithdrawalTerms {
    fee_withdrawal: Number,
    min_withdrawal: Option<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read like everything of the response; only amounts are compared")]
struct DepositTerms {
    min_deposit: Option<Number>,
}

/// Sends as the defaults of `p100` do, but for retries, traces and the limit of the size.
pub(crate) struct Client {
    http: reqwest::Client,
    base_url: String,
}

impl Client {
    pub(crate) fn new(server: SocketAddr, key: &str) -> Self {
        let mut key = HeaderValue::from_str(key).expect("a header");
        key.set_sensitive(true);
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .user_agent("by-hand/0.1.0")
            .default_headers(HeaderMap::from_iter([("x-api-key".parse().expect("a name"), key)]))
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        Self { http, base_url: format!("http://{server}") }
    }

    pub(crate) async fn get_rates(&self) -> reqwest::Result<Rates> {
        let url = format!("{}/v1/exchange/get-rate", self.base_url);
        let request = self.http.get(url).header(ACCEPT, HeaderValue::from_static("application/json"));
        request.send().await?.error_for_status()?.json().await
    }

    pub(crate) async fn create_transfer(&self, body: &TransferRequest) -> reqwest::Result<TransferCreated> {
        let url = format!("{}/v1/transfer", self.base_url);
        let request = self.http.post(url).header(ACCEPT, HeaderValue::from_static("application/json")).json(body);
        request.send().await?.error_for_status()?.json().await
    }
}
