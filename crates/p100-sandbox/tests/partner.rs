//! The partner's own account.

use p100::Iban;
use p100::types::{ErrorCode, FiatBalanceStatus, PartnerWalletRequest};
use p100_sandbox::{Account, Sandbox};

use crate::money::{self, amount, fund, history};

#[tokio::test]
async fn balances_show_every_currency_with_all_its_decimals_and_the_terms_of_its_networks() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &Account::Partner, "1250.4 eur");
    fund(&sandbox, &Account::Partner, "15.25 usdt");
    let balances = client.partner().balances().await.expect("balances");
    let [eur] = &balances.fiat_balances.as_ref().unwrap()[..] else { panic!("one fiat balance") };
    assert_eq!((eur.name.as_str(), eur.amount.to_string().as_str(), eur.rate), ("eur", "1250.40", amount("1")));
    assert_eq!(eur.status, Some(FiatBalanceStatus::Active));
    Iban::new(eur.iban.as_deref().expect("an IBAN")).expect("a right one");
    let crypto = balances.crypto_balances.unwrap();
    let amounts: Vec<_> = crypto.iter().map(|balance| format!("{} {}", balance.amount, balance.name)).collect();
    let expected =
        ["0.00000000 btc", "0.00000000 doge", "0.00000000 eth", "0.00000000 ltc", "0.00000000 pol", "0.000000 usdc", "15.250000 usdt"];
    assert_eq!(amounts, expected);
    let usdt = &crypto[6];
    assert!(crypto.iter().all(|balance| balance.wallet.is_none()));
    let networks = usdt.network_config.as_ref().unwrap();
    let reported: Vec<_> = networks.iter().map(|(key, terms)| (key.as_str(), terms.name.as_deref(), terms.mainnet)).collect();
    assert_eq!(reported, [("ethereum", Some("sepolia"), Some(false)), ("polygon", Some("amoy"), Some(false))]);
    assert_eq!(networks["polygon"].withdrawal.as_ref().unwrap().fee_withdrawal, Some(amount("0.5")));
}

#[tokio::test]
async fn ids_and_addresses_of_balances_stay_and_come_from_the_seed() {
    let addresses = async |seed| {
        let sandbox = Sandbox::builder().seed(seed).start().await.expect("a sandbox");
        sandbox.client().raw().create_partner_wallet(&wallet_request("usdc", None)).await.expect("a wallet");
        let first = sandbox.client().partner().balances().await.expect("balances");
        assert_eq!(first, sandbox.client().partner().balances().await.expect("balances"));
        let ids: Vec<_> = first.crypto_balances.unwrap().iter().map(|balance| (balance.id.clone(), balance.wallet.clone())).collect();
        (first.fiat_balances.as_ref().unwrap()[0].iban.clone(), ids)
    };
    assert_eq!(addresses(1).await, addresses(1).await);
    assert_ne!(addresses(1).await, addresses(2).await);
}

fn wallet_request(currency: &str, network: Option<&str>) -> PartnerWalletRequest {
    PartnerWalletRequest::builder().currency(currency).maybe_network(network).build()
}

#[tokio::test]
async fn a_balance_has_no_wallet_before_one_is_created_and_then_keeps_it() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    let create = async |currency: &str, network| client.raw().create_partner_wallet(&wallet_request(currency, network)).await;
    let first = create("USDC", Some("Polygon")).await.expect("a wallet").into_inner();
    assert_eq!((first.currency.as_deref().unwrap(), first.network.as_deref()), ("usdc", Some("polygon")));
    assert!(first.wallet.as_ref().unwrap().starts_with("0x") && first.wallet.as_ref().unwrap().len() == 42, "{first:?}");
    let again = create("usdc", None).await.expect("the same").into_inner();
    assert_eq!((again.wallet.as_deref().unwrap(), again.network.as_deref()), (first.wallet.as_deref().unwrap(), Some("ethereum")));
    let balances = client.partner().balances().await.expect("balances").crypto_balances.unwrap();
    let wallets: Vec<_> = balances.iter().filter_map(|balance| Some((balance.name.as_str(), balance.wallet.as_deref()?))).collect();
    assert_eq!(wallets, [("usdc", first.wallet.as_deref().unwrap())]);
    for (currency, network) in [("eur", None), ("gbp", None), ("btc", Some("polygon"))] {
        let error = create(currency, network).await.expect_err("no such currency");
        assert_eq!(error.code(), Some(&ErrorCode::P410), "{currency}");
    }
}

#[tokio::test]
async fn transactions_are_reported_by_month() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &Account::Partner, "2 eur");
    let transfer = p100::types::TransferRequest::to_user(money::USER, amount("1"), "eur");
    let _ = client.transfers().create(&transfer).await.expect("accepted");
    assert_eq!(history(&sandbox, &Account::Partner).await, ["transfer 1.00 eur SUCCESSFUL"]);
    sandbox.advance(std::time::Duration::from_secs(31 * 24 * 3600)).await;
    assert!(history(&sandbox, &Account::Partner).await.is_empty());
    for (query, sentences) in [
        ("month=13&year=2025", "month must not be greater than 12."),
        ("month=13&month=1", "year should not be empty. month must not be greater than 12."),
        ("month=May&year=25", "month must be an integer number. year must not be less than 1000."),
        ("", "month should not be empty. year should not be empty."),
    ] {
        // No typed client asks so.
        let url = format!("{}/v1/partner/transactions?{query}", sandbox.base_url());
        let response = crate::http().get(url).header("x-api-key", "sandbox-key").send().await.expect("a response");
        let body: serde_json::Value = serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON");
        assert_eq!(body, serde_json::json!({"errorCode": "P403", "errorMessage": sentences}), "{query}");
    }
}
