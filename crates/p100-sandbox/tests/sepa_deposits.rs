//! SEPA deposits with a reference: the check of their senders, and the contacts that come of it.

use p100::types::{ErrorCode, SepaContactStatus};
use p100::{Client, Iban};
use p100_sandbox::control::{NewUser, ReferencedSepaDeposit, SepaDeposit};
use p100_sandbox::{Account, Sandbox, Settings, Step, When};
use serde_json::{Value, json};

use crate::money::{USER, events, history, holdings, user};
use crate::users;

const IBAN: &str = "DE89370400440532013000";

/// A sandbox with the verified user Ada Example.
async fn sandbox(check: When) -> (Sandbox, Client) {
    let mut settings = Settings::default();
    settings.steps.insert(Step::SepaDepositCheck, check);
    let sandbox = Sandbox::builder().settings(settings).start().await.expect("a sandbox");
    sandbox.add_user(NewUser::new(USER)).expect("a user");
    let client = sandbox.client();
    (sandbox, client)
}

/// A deposit of 120 EUR.
fn deposit(title: &str, sender_name: &str) -> ReferencedSepaDeposit {
    let (sender_name, transfer_title) = (sender_name.to_owned(), title.to_owned());
    ReferencedSepaDeposit::builder()
        .amount(120.into())
        .sender_name(sender_name)
        .sender_iban("de89 3704 0044 0532 0130 00")
        .transfer_title(transfer_title)
        .build()
}

async fn reference(client: &Client) -> String {
    client.sepa().deposit_info(USER).await.expect("where to pay in").title.unwrap()
}

async fn contacts(client: &Client) -> Vec<(String, SepaContactStatus)> {
    let list = client.sepa().contacts(USER).await.expect("contacts");
    list.contacts.unwrap().into_iter().map(|contact| (contact.iban.unwrap(), contact.status.unwrap())).collect()
}

fn statuses(sandbox: &Sandbox) -> Vec<Value> {
    events(sandbox, "ibanStatus").iter().map(|event| event["status"].clone()).collect()
}

#[tokio::test]
async fn everybody_pays_into_one_account_under_a_reference_of_their_own() {
    let (sandbox, client) = sandbox(When::Immediate).await;
    let partner = client.partner().sepa_deposit_info().await.expect("where to pay in");
    let ada = client.sepa().deposit_info(USER).await.expect("where to pay in");
    assert_eq!((&partner.iban, &partner.account_holder), (&ada.iban, &ada.account_holder));
    assert!(
        Iban::new(ada.iban.as_deref().unwrap()).is_ok()
            && partner.title.as_ref().unwrap().len() == 36
            && ada.title.as_ref().unwrap().len() == 36,
        "{ada:?}"
    );
    assert_ne!(partner.title, ada.title);
    assert_eq!(client.sepa().deposit_info(USER).await.expect("the same"), ada);
    client.users().create(&users::request("eva", "LT")).await.expect("a user");
    for (who, code) in [("nobody", ErrorCode::P412), ("eva", ErrorCode::P459)] {
        assert_eq!(client.sepa().deposit_info(who).await.expect_err("refused").code(), Some(&code), "{who}");
    }
    assert_eq!(client.sepa().contacts("nobody").await.expect_err("refused").code(), Some(&ErrorCode::P412));
    assert!(client.partner().sepa_contacts().await.expect("contacts").contacts.as_ref().unwrap().is_empty());
    drop(sandbox);
}

#[tokio::test]
async fn a_sender_of_the_users_name_becomes_a_contact_and_the_money_is_credited() {
    let (sandbox, client) = sandbox(When::ByHand).await;
    let title = reference(&client).await;
    let id = sandbox.receive_referenced_sepa_deposit(deposit(&title, "EXAMPLE  Ada")).expect("a deposit");
    assert_eq!(contacts(&client).await, [(IBAN.to_owned(), SepaContactStatus::Pending)]);
    assert_eq!(holdings(&sandbox, &user()).await, "");
    assert!(events(&sandbox, "sepaDepositReceived").is_empty());

    sandbox.proceed(&id).expect("it waits");
    assert_eq!(contacts(&client).await, [(IBAN.to_owned(), SepaContactStatus::Approved)]);
    assert_eq!(holdings(&sandbox, &user()).await, "120 eur");
    assert_eq!(history(&sandbox, &user()).await, ["sepa-deposit 120.00 eur SUCCESSFUL"]);
    let at = "2025-08-12T08:00:00.000Z";
    let reported = |status: &str| json!({"externalUserId": USER, "iban": IBAN, "status": status, "createdAt": at});
    assert_eq!(events(&sandbox, "ibanStatus"), [reported("PENDING"), reported("APPROVED")]);
    let expected = json!({
        "externalUserId": USER, "id": id, "amount": "120.00", "currency": "eur", "senderName": "EXAMPLE  Ada", "senderIban": IBAN,
        "transferTitle": title, "createdAt": at,
    });
    assert_eq!(events(&sandbox, "sepaDepositReceived"), [expected]);

    // The next one needs no check, whoever sends it.
    sandbox.receive_referenced_sepa_deposit(deposit(&title, "Jan Kowalski")).expect("a deposit");
    assert_eq!(holdings(&sandbox, &user()).await, "240 eur");
    assert_eq!(statuses(&sandbox).len(), 2);
}

#[tokio::test]
async fn a_sender_of_another_name_is_rejected_and_gets_the_money_back() {
    let (sandbox, client) = sandbox(When::Immediate).await;
    let title = reference(&client).await;
    sandbox.receive_referenced_sepa_deposit(deposit(&title, "Jan Kowalski")).expect("a deposit");
    assert_eq!(contacts(&client).await, [(IBAN.to_owned(), SepaContactStatus::Rejected)]);
    assert_eq!(holdings(&sandbox, &user()).await, "");
    // It is checked anew with the next deposit.
    sandbox.receive_referenced_sepa_deposit(deposit(&title, "Ada Example")).expect("a deposit");
    assert_eq!(statuses(&sandbox), ["PENDING", "REJECTED", "PENDING", "APPROVED"]);
    assert_eq!(holdings(&sandbox, &user()).await, "120 eur");
}

#[tokio::test]
async fn somebody_decides_whatever_the_names_are() {
    let (sandbox, client) = sandbox(When::ByHand).await;
    let title = reference(&client).await;
    let [refused, passed] =
        ["Ada Example", "Jan Kowalski"].map(|sender| sandbox.receive_referenced_sepa_deposit(deposit(&title, sender)).expect("a deposit"));
    sandbox.decide_sepa_deposit(&refused, false).expect("it is being checked");
    sandbox.decide_sepa_deposit(&passed, true).expect("it is being checked");
    assert_eq!(statuses(&sandbox), ["PENDING", "REJECTED", "APPROVED"]);
    assert_eq!(holdings(&sandbox, &user()).await, "120 eur");
    for (id, text) in [(passed.as_str(), "The deposit is decided already."), ("none", "There is no such deposit.")] {
        assert_eq!(sandbox.decide_sepa_deposit(id, false).expect_err("decided").to_string(), text);
    }
    assert!(sandbox.overview().pending.is_empty());
    assert_eq!(sandbox.overview().sepa_deposit_count, 2);
}

#[tokio::test]
async fn a_deposit_of_the_partner_reports_its_iban_only() {
    let (sandbox, client) = sandbox(When::Immediate).await;
    let title = client.partner().sepa_deposit_info().await.expect("where to pay in").title.unwrap();
    sandbox.receive_referenced_sepa_deposit(deposit(&title, "Example Ltd")).expect("a deposit");
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "120 eur");
    assert_eq!(
        client.partner().sepa_contacts().await.expect("contacts").contacts.as_ref().unwrap()[0].status,
        Some(SepaContactStatus::Approved)
    );
    assert_eq!(statuses(&sandbox), ["PENDING", "APPROVED"]);
    assert_eq!(events(&sandbox, "ibanStatus")[0].get("externalUserId"), Some(&Value::Null));
    assert!(events(&sandbox, "sepaDepositReceived").is_empty());
}

#[tokio::test]
async fn only_the_reference_of_the_user_has_a_sender_checked() {
    let (sandbox, client) = sandbox(When::Immediate).await;
    let title = reference(&client).await;
    for (transfer_title, events) in [(None, 0), (Some("Rent".to_owned()), 0), (Some(title), 2)] {
        let (amount, sender_name) = (100.into(), "Ada Example".to_owned());
        let deposit = SepaDeposit::builder()
            .external_user_id(USER)
            .amount(amount)
            .sender_name(sender_name)
            .sender_iban(IBAN)
            .maybe_transfer_title(transfer_title)
            .build();
        sandbox.receive_sepa_deposit(deposit).expect("a deposit");
        assert_eq!(statuses(&sandbox).len(), events);
    }
    assert_eq!(holdings(&sandbox, &user()).await, "300 eur");
    let error = sandbox.receive_referenced_sepa_deposit(deposit("Rent", "Ada Example")).expect_err("nobody's");
    assert_eq!(error.to_string(), "transferTitle is the reference of no account.");
}
