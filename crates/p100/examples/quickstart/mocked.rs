//! What the mock server of the quickstart answers.

use std::collections::BTreeMap;

use p100::Decimal;
use p100::types::{
    CardCreated, CardDetails, CardStatus, CreatedBalances, ExchangeRates, FiatBalance, FiatBalanceStatus, MessageResponse, UserCreated,
};
use p100_httpmock::MockServer;

const CARD: &str = "7018ac87-455f-4bf4-851a-0f6bcf82b84d";

/// Mocks the calls of the quickstart.
pub(crate) fn everything(server: &MockServer) {
    let rates = [("btc", Decimal::new(9_000_025, 2)), ("eur", Decimal::ONE), ("usdc", Decimal::new(87, 2))];
    let rates = rates.map(|(currency, rate)| (currency.to_owned(), rate));
    server.get_rates(|_, then| {
        then.ok(&ExchangeRates::from(BTreeMap::from(rates)));
    });
    let eur = FiatBalance::builder()
        .id("68109102-cde0-49ec-ae2c-d535a2eb30bd")
        .amount(Decimal::new(0, 2))
        .name("eur")
        .rate(Decimal::ONE)
        .status(FiatBalanceStatus::WaitingToBeActivated)
        .build();
    let balances = CreatedBalances::builder().fiat_balances(vec![eur]).crypto_balances(Vec::new()).build();
    let user = UserCreated::builder().user_id("f63064b1-c26b-4c9e-af22-0b483262751f").poa_required(false).balances(balances).build();
    server.create_user(|_, then| {
        then.ok(&user);
    });
    server.upload_kyc_files(|when, then| {
        when.external_user_id("customer-42").part("front", &b"\x89PNG\r\n\x1a\n"[..]);
        then.created(&MessageResponse::default());
    });
    server.create_card(|_, then| {
        then.ok(&CardCreated::builder().card_id(CARD).card_number("4000000000000002").cvv("987").exp("06/31").build());
    });
    server.get_card(|when, then| {
        when.external_user_id("customer-42").card_id(CARD);
        then.ok(&CardDetails::builder().status(CardStatus::Active).card_number("4000000000000002").cvv("987").exp("06/31").build());
    });
}
