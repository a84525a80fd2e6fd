//! Resources on the wire: a sample of each; the contract tests see to the whole set.

mod clocks;
mod created;
mod orders;
mod rate_lock;
mod reconcile;

use p100::types::{self, MessageResponse};
use p100::{CardId, Client, Decimal, ExternalUserId, Iban, Month};
use p100_httpmock::MockServer;

async fn server_and_client() -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let client = Client::builder().base_url(server.base_url()).api_key("key").build().expect("a client");
    (server, client)
}

#[tokio::test]
async fn the_partner_lists_balances_and_transactions_and_pays_out() {
    let (server, client) = server_and_client().await;
    let balances = types::PartnerBalances::builder().fiat_balances(Vec::new()).crypto_balances(Vec::new()).build();
    server.get_partner_balances(|_, then| {
        then.ok(&balances);
    });
    assert_eq!(client.partner().balances().await.expect("a response"), balances);

    let history = types::TransactionHistory::builder().transactions(Vec::new()).build();
    server.get_partner_transactions(|when, then| {
        when.month(8).year(2025);
        then.ok(&history);
    });
    assert_eq!(client.partner().transactions(Month::new(2025, 8).expect("a month")).await.expect("a response"), history);

    let request = types::PartnerSepaTransferRequest::builder()
        .amount(Decimal::new(7520, 2))
        .currency("eur")
        .destination_iban(Iban::new("DE89370400440532013000").expect("an IBAN"))
        .transfer_title("Payout 0815")
        .receiver_type(types::PartyType::Legal)
        .company_name("Example Ltd")
        .build();
    server.create_partner_sepa_transfer(|when, then| {
        when.body(&request);
        then.ok(&types::SepaTransferCreated::builder().transfer_id("s-1").build());
    });
    let pending = client.partner().sepa_transfer(&request).await.expect("accepted");
    assert_eq!((pending.operation().id, pending.id()), ("createPartnerSepaTransfer", "s-1"));
    let details = server.mock(|when, then| {
        when.path("/v1/sepa-transfer/details/s-1");
        then.status(200).body(
            r#"{"id": "s-1", "type": "external", "amount": "75.20", "transferTitle": "Payout 0815",
                "destinationIban": "DE89370400440532013000",
                "receiverFirstName": null, "receiverLastName": null, "status": "SUCCESSFUL", "currency": "eur", "fee": 1,
                "createdAt": "2025-08-12T08:00:00.000Z"}"#,
        );
    });
    assert_eq!(client.sepa().get(pending.id()).await.expect("details").amount, Some(Decimal::new(7520, 2)));
    assert!(pending.status().await.expect("a response").is_final());
    assert_eq!(details.calls(), 2);
}

#[tokio::test]
async fn ids_of_users_come_as_text_of_any_kind() {
    let (server, client) = server_and_client().await;
    let mock = server.suspend_user(|when, then| {
        when.external_user_id("customer/42");
        then.ok(&MessageResponse::default());
    });
    client.users().suspend("customer/42").await.expect("a response");
    client.users().suspend(String::from("customer/42")).await.expect("a response");
    client.users().suspend(&String::from("customer/42")).await.expect("a response");
    let user = ExternalUserId::from("customer/42");
    client.users().suspend(&user).await.expect("a response");
    client.users().suspend(user).await.expect("a response");
    assert_eq!(mock.calls(), 5);
}

#[tokio::test]
async fn ids_of_cards_come_as_values_or_as_text_in_paths_and_in_bodies() {
    let (server, client) = server_and_client().await;
    let (user, card) = (ExternalUserId::from("u-1"), CardId::from("c-1"));
    let limits = server.get_card_limits(|when, then| {
        when.external_user_id("u-1").card_id("c-1");
        then.bad_request(&types::Error::builder().error_code(types::ErrorCode::P434).build());
    });
    let body = types::CardReference::builder().external_user_id(&user).card_id(&card).build();
    let block = server.block_card(|when, then| {
        when.body(&body);
        then.ok(&MessageResponse::default());
    });
    client.cards().limits(&user, &card).await.expect_err("no such card");
    client.cards().limits("u-1", "c-1").await.expect_err("no such card");
    client.cards().block(&user, &card).await.expect("a response");
    client.cards().block("u-1", "c-1").await.expect("a response");
    client.cards().block(user, card).await.expect("a response");
    assert_eq!((limits.calls(), block.calls()), (2, 3));
}

#[tokio::test]
async fn the_hosted_page_of_kyc_is_raw_and_its_status_is_typed() {
    let (server, client) = server_and_client().await;
    server.open_kyc_page(|when, then| {
        when.external_user_id("u-1").verification_id("v-1");
        then.ok("<html>");
    });
    assert_eq!(client.kyc().page("u-1", "v-1").await.expect("a page").expose().as_ref(), b"<html>");
    server.upload_poa_files(|when, then| {
        when.external_user_id("u-1");
        then.accepted(&types::PoaFilesResult::builder().error_code(types::ErrorCode::P211).build());
    });
    let bill = p100::raw::FilePart::from_bytes("bill.pdf", "application/pdf", &b"%PDF-1.7"[..]);
    let form = types::PoaFilesForm::builder().files(vec![bill]).build();
    let result = client.kyc().upload_proof_of_address("u-1", form).await.expect("P211 is no error");
    assert_eq!(result.error_code, Some(types::ErrorCode::P211));
}

#[tokio::test]
async fn transfers_withdrawals_and_exchanges_are_pending_once_accepted() {
    let (server, client) = server_and_client().await;
    let transfer = types::TransferRequest::from_user("u-1", 5.into(), "eur");
    server.create_transfer(|when, then| {
        when.body(&transfer);
        then.created(&types::TransferCreated::builder().transfer_id("t-1").build());
    });
    assert_eq!(client.transfers().create(&transfer).await.expect("accepted").id(), "t-1");

    let withdrawal = types::WithdrawalRequest::builder()
        .source_external_user_id("u-1")
        .currency("btc")
        .amount(Decimal::ONE)
        .wallet_address("a")
        .name("Ada Example")
        .wallet_type(types::WalletType::KNOWN[0].clone())
        .receiver_type(types::PartyType::Natural)
        .build();
    server.create_withdrawal(|when, then| {
        when.body(&withdrawal);
        then.ok(&types::WithdrawalCreated::builder().withdrawal_id("w-1").build());
    });
    assert_eq!(client.withdrawals().create(&withdrawal).await.expect("accepted").id(), "w-1");
    server.get_network_fee(|when, then| {
        when.currency(&"usdc".into()).network(&types::NetworkFeeNetwork::Polygon);
        then.ok(&types::NetworkFee::builder().network_fee(Decimal::new(5, 1)).build());
    });
    let fee = client.withdrawals().network_fee(&p100::Currency::USDC, Some(types::NetworkFeeNetwork::Polygon)).await;
    assert_eq!(fee.expect("a fee").network_fee, Some(Decimal::new(5, 1)));
}

#[tokio::test]
async fn a_refusal_keeps_its_operation_and_code() {
    let (server, client) = server_and_client().await;
    let card = types::CardReference::builder().external_user_id("u-1").card_id("c-1").build();
    server.delete_card(|when, then| {
        when.body(&card);
        then.bad_request(&types::Error::builder().error_code(types::ErrorCode::P434).build());
    });
    let error = client.cards().delete("u-1", "c-1").await.expect_err("no such card");
    assert_eq!((error.operation().id, error.code()), ("deleteCard", Some(&types::ErrorCode::P434)));
    assert!(!error.may_have_taken_effect());

    server.update_deposit_travel_rule(|when, then| {
        when.crypto_deposit_id("d-1");
        then.not_found(&types::Error::default());
    });
    let sender = types::TravelRuleRequest::builder().wallet_type(types::TravelRuleWalletType::SelfCustody);
    let sender = sender.details(types::TravelRuleDetails::builder().i_am_owner_of_wallet(true).build()).build();
    assert!(client.deposits().update_travel_rule("d-1", &sender).await.expect_err("no such deposit").is_not_found());
}

#[test]
fn resources_are_owned_and_they_and_their_futures_move_between_threads() {
    fn check<T: Clone + Send + Sync + 'static>(_: T) {}
    fn check_future<T: Send>(_: T) {}
    let client = Client::builder().base_url("http://localhost").api_key("key").build().expect("a client");
    check(client.partner());
    check(client.users());
    check(client.kyc());
    check(client.exchange());
    check(client.deposits());
    check(client.withdrawals());
    check(client.transfers());
    check(client.sepa());
    check(client.orders());
    check(client.payment_links());
    check(client.cards());
    check_future(client.partner().balances());
    check_future(client.users().transactions("u-1", Month::new(2025, 8).expect("a month")));
    check_future(client.kyc().upload_files("u-1", types::KycFilesForm::builder().build()));
    check_future(client.exchange().lock_rate(String::from("u-1")));
    check_future(client.withdrawals().network_fee("btc", None));
    check_future(client.transfers().pending("t-1").wait(p100::WaitPolicy::default()));
    check_future(client.cards().block("u-1", "c-1"));
}
