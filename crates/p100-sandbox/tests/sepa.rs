//! SEPA transfers of the partner and of users, on both levels.

use std::time::Duration;

use p100::types::{ErrorCode, PartnerSepaTransferRequest, PartyType, SepaTransferRequest, SepaTransferStatus};
use p100::{Client, Iban};
use p100_sandbox::control::{NewUser, ReferencedSepaDeposit};
use p100_sandbox::{Account, Sandbox, Settings, Step, When};
use serde_json::json;

use crate::money::{self, USER, amount, events, fees, fund, history, holdings, refused_without_code, user};
use crate::users;

const IBAN: &str = "DE89370400440532013000";

fn to_person(value: &str) -> PartnerSepaTransferRequest {
    PartnerSepaTransferRequest::builder()
        .amount(amount(value))
        .currency("eur")
        .destination_iban(Iban::unchecked("de89 3704 0044 0532 0130 00"))
        .transfer_title("Payout 0815")
        .receiver_type(PartyType::Natural)
        .receiver_first_name("Ada")
        .receiver_last_name("Example")
        .build()
}

fn to_company(value: &str) -> PartnerSepaTransferRequest {
    let request = PartnerSepaTransferRequest::builder().amount(amount(value)).currency("eur").destination_iban(Iban::unchecked(IBAN));
    request.transfer_title("Invoice 1").receiver_type(PartyType::Legal).company_name("Example Ltd").build()
}

#[tokio::test]
async fn a_transfer_to_a_person_pays_amount_and_fee_and_reports_itself() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &Account::Partner, "100 eur");
    let pending = client.partner().sepa_transfer(&to_person("75.2")).await.expect("accepted");
    let details = client.sepa().get(pending.id()).await.expect("details");
    assert_eq!(details.status, SepaTransferStatus::Successful);
    assert_eq!((details.amount.as_ref().unwrap().to_string().as_str(), details.fee, details.user), ("75.20", Some(amount("1")), None));
    assert_eq!((details.destination_iban.as_deref().unwrap(), details.company_name), (IBAN, None));
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "23.8 eur");
    assert_eq!(fees(&sandbox, "eur"), amount("1"));
    assert_eq!(history(&sandbox, &Account::Partner).await, ["sepa-transfer 75.20 eur SUCCESSFUL"]);
    let expected = json!({
        "id": pending.id(), "type": "external", "amount": "75.20", "transferTitle": "Payout 0815", "destinationIban": IBAN,
        "receiverFirstName": "Ada", "receiverLastName": "Example", "status": "SUCCESSFUL", "currency": "eur", "fee": 1,
        "createdAt": "2025-08-12T08:00:00.000Z",
    });
    assert_eq!(events(&sandbox, "sepaTransferStatus"), [expected]);
}

#[tokio::test]
async fn a_company_has_no_names_but_its_event_has_their_members() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &Account::Partner, "20000 eur");
    let pending = client.partner().sepa_transfer(&to_company("12345.67")).await.expect("accepted");
    let details = client.sepa().get(pending.id()).await.expect("details");
    assert_eq!((details.fee, details.company_name.as_deref()), (Some(amount("12.35")), Some("Example Ltd")));
    assert_eq!((details.receiver_first_name, details.receiver_last_name), (None, None));
    let event = &events(&sandbox, "sepaTransferStatus")[0];
    assert_eq!((event.get("receiverFirstName"), event.get("receiverLastName")), (Some(&json!(null)), Some(&json!(null))));
    assert_eq!((&event["fee"], event.get("companyName")), (&json!(12.35), None));
}

#[tokio::test]
async fn a_transfer_whose_fee_is_not_covered_fails_with_a_small_event() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &Account::Partner, "10.99 eur");
    let pending = client.partner().sepa_transfer(&to_person("10")).await.expect("accepted");
    let details = client.sepa().get(pending.id()).await.expect("details");
    assert_eq!(details.status, SepaTransferStatus::Failed);
    assert_eq!(details.error.and_then(|error| error.status).as_deref(), Some("INSUFFICIENT_FUNDS"));
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "10.99 eur");
    let expected = json!({
        "id": pending.id(), "status": "FAILED",
        "error": {"description": "The balance is too low.", "status": "INSUFFICIENT_FUNDS"},
    });
    assert_eq!(events(&sandbox, "sepaTransferStatus"), [expected]);
}

#[tokio::test]
async fn a_transfer_settles_when_the_settings_say() {
    let hour = Duration::from_secs(3600);
    let (sandbox, client) = money::sandbox(&[(Step::SepaTransfer, When::AfterTime(hour))]).await;
    fund(&sandbox, &Account::Partner, "11 eur");
    let pending = client.partner().sepa_transfer(&to_person("10")).await.expect("accepted");
    assert_eq!(client.sepa().get(pending.id()).await.expect("details").status.as_str(), "PROCESSING");
    assert!(events(&sandbox, "sepaTransferStatus").is_empty());
    sandbox.advance(hour).await;
    assert_eq!(client.sepa().get(pending.id()).await.expect("details").status, SepaTransferStatus::Successful);
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "");
}

#[tokio::test]
async fn every_failure_of_a_request_is_reported_in_one_text() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    let request = PartnerSepaTransferRequest::builder()
        .amount(amount("1.005"))
        .currency("eur")
        .destination_iban(Iban::unchecked("DE89 3704 0044 0532 0130 01"))
        .transfer_title("Rent")
        .receiver_type(PartyType::Natural)
        .receiver_first_name("Ada")
        .company_name("Example Ltd");
    let error = client.partner().sepa_transfer(&request.build()).await.expect_err("four failures");
    let expected = [
        "amount must have at most 2 decimals",
        "destinationIban does not fit its check digits: something in it is mistyped",
        "receiverLastName should not be empty",
        "companyName must not be given with receiverType NATURAL",
    ];
    assert_eq!(error.validation().expect("P403"), expected);
    let mut request = to_company("1");
    request.currency = "usdc".into();
    request.company_name = None;
    let error = client.partner().sepa_transfer(&request).await.expect_err("two failures");
    assert_eq!(error.validation().expect("P403"), ["currency must be eur", "companyName should not be empty"]);
}

/// The partner, a verified user, and this level.
async fn on_level(level: u8) -> (Sandbox, Client) {
    let mut settings = Settings::default();
    settings.sepa_level = level;
    let sandbox = Sandbox::builder().settings(settings).start().await.expect("a sandbox");
    sandbox.add_user(NewUser::new(USER)).expect("a user");
    let client = sandbox.client();
    (sandbox, client)
}

/// Without a receiver.
fn to_own_account(value: &str) -> PartnerSepaTransferRequest {
    let request = PartnerSepaTransferRequest::builder().amount(amount(value)).currency("eur").destination_iban(Iban::unchecked(IBAN));
    request.transfer_title("Payout 0816").build()
}

/// The same of a user.
fn of_user(request: PartnerSepaTransferRequest, user: &str) -> SepaTransferRequest {
    SepaTransferRequest::builder()
        .source_external_user_id(user)
        .amount(request.amount)
        .currency(request.currency)
        .destination_iban(request.destination_iban)
        .transfer_title(request.transfer_title)
        .maybe_receiver_type(request.receiver_type)
        .maybe_receiver_first_name(request.receiver_first_name)
        .maybe_receiver_last_name(request.receiver_last_name)
        .build()
}

#[tokio::test]
async fn a_user_pays_out_too() {
    let (sandbox, client) = on_level(2).await;
    fund(&sandbox, &user(), "100 eur");
    let pending = client.sepa().create(&of_user(to_person("75.2"), USER)).await.expect("accepted");
    let details = client.sepa().get(pending.id()).await.expect("details");
    assert_eq!(details.status, SepaTransferStatus::Successful);
    assert_eq!(details.user.and_then(|user| user.external_user_id).as_deref(), Some(USER));
    assert_eq!(holdings(&sandbox, &user()).await, "23.8 eur");
    assert_eq!(fees(&sandbox, "eur"), amount("1"));
    assert_eq!(history(&sandbox, &user()).await, ["sepa-transfer 75.20 eur SUCCESSFUL"]);
    assert!(events(&sandbox, "sepaTransferStatus")[0].get("externalUserId").is_none());
}

#[tokio::test]
async fn not_every_user_can_pay_out() {
    let (sandbox, client) = on_level(2).await;
    client.users().create(&users::request("eva", "LT")).await.expect("a user without an IBAN");
    let refused = async |user: &str| client.sepa().create(&of_user(to_person("1"), user)).await.expect_err("refused");
    assert_eq!(refused("nobody").await.code(), Some(&ErrorCode::P412));
    assert_eq!(refused_without_code(&refused("eva").await), (400, "The EUR balance of the user is not active.".to_owned()));
    let mut settings = sandbox.settings();
    settings.refuse_unfunded_transfers = true;
    sandbox.set_settings(settings).expect("settings");
    // The amount, but not the fee.
    fund(&sandbox, &user(), "1.99 eur");
    assert_eq!(refused(USER).await.code(), Some(&ErrorCode::P433));
    client.users().suspend(USER).await.expect("suspended");
    assert_eq!(refused(USER).await.code(), Some(&ErrorCode::P455));
}

#[tokio::test]
async fn on_level_1_nobody_is_named_and_only_contacts_are_paid() {
    let (sandbox, client) = on_level(1).await;
    for account in [Account::Partner, user()] {
        fund(&sandbox, &account, "100 eur");
    }
    let error = client.partner().sepa_transfer(&to_person("1")).await.expect_err("somebody is named");
    let forbidden =
        ["receiverType", "receiverFirstName", "receiverLastName"].map(|member| format!("{member} must not be given on level 1"));
    assert_eq!(error.validation().expect("P403"), forbidden);

    let pending = client.partner().sepa_transfer(&to_own_account("10")).await.expect("accepted");
    let details = client.sepa().get(pending.id()).await.expect("details");
    assert_eq!(details.status, SepaTransferStatus::Failed);
    assert_eq!(details.error.and_then(|error| error.status).as_deref(), Some("DESTINATION_NOT_APPROVED"));
    assert_eq!(events(&sandbox, "sepaTransferStatus")[0]["error"]["status"], "DESTINATION_NOT_APPROVED");

    for account in [Account::Partner, user()] {
        let title = match account {
            Account::Partner => client.partner().sepa_deposit_info().await.expect("where to pay in").title,
            _ => client.sepa().deposit_info(USER).await.expect("where to pay in").title,
        };
        let (sender_name, sender_iban) = ("Ada Example".to_owned(), IBAN.to_owned());
        let deposit = ReferencedSepaDeposit::builder()
            .amount(amount("5"))
            .sender_name(sender_name)
            .sender_iban(sender_iban)
            .transfer_title(title.unwrap())
            .build();
        sandbox.receive_referenced_sepa_deposit(deposit).expect("a deposit");
        let pending = match account {
            Account::Partner => client.partner().sepa_transfer(&to_own_account("10")).await,
            _ => client.sepa().create(&of_user(to_own_account("10"), USER)).await,
        };
        let details = client.sepa().get(pending.expect("accepted").id()).await.expect("details");
        assert_eq!((details.status, details.receiver_first_name), (SepaTransferStatus::Successful, None));
        assert_eq!(holdings(&sandbox, &account).await, "94 eur");
    }
    let event = events(&sandbox, "sepaTransferStatus").remove(1);
    assert_eq!((event.get("receiverFirstName"), event.get("receiverLastName")), (Some(&json!(null)), Some(&json!(null))));
}

#[tokio::test]
async fn on_level_2_somebody_is_named() {
    let (_sandbox, client) = on_level(2).await;
    let error = client.partner().sepa_transfer(&to_own_account("1")).await.expect_err("nobody is named");
    assert_eq!(error.validation().expect("P403"), ["receiverType should not be empty"]);
}

#[tokio::test]
async fn an_unknown_transfer_has_a_code_and_status_404() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    let error = client.sepa().get("5a0e4f3c-2b6d-4a58-9c1e-7d8f9a0b1c03").await.expect_err("no such transfer");
    assert_eq!((error.code(), error.status().map(|status| status.as_u16())), (Some(&ErrorCode::P428), Some(404)));
}
