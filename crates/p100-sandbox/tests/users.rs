//! Users: their life, their balances, and the files they upload.

use std::time::Duration;

use p100::types::{
    CreateLimitedUserRequest, CreateUserRequest, DocumentType, FiatBalanceStatus, KycFilesForm, PartyType, PoaFilesForm, PoaStatus,
    TransferRequest, UpdateUserRequest, UserVerificationRequest, WalletType, WithdrawalRequest,
};
use p100::{Client, Decimal, Document, Error, Iban, KycFiles, Month, PoaFiles, raw};
use p100_sandbox::{Account, Sandbox, SandboxBuilder, Settings, Step, When};
use serde_json::{Value, json};

pub(crate) const JPEG: &[u8] = b"\xFF\xD8\xFF and so on";

/// A sandbox in which a step does not happen at once.
pub(crate) fn with_step(step: Step, when: When) -> SandboxBuilder {
    let mut settings = Settings::default();
    settings.steps.insert(step, when);
    Sandbox::builder().settings(settings)
}

pub(crate) fn request(id: &str, country: &str) -> CreateUserRequest {
    CreateUserRequest::builder()
        .external_user_id(id)
        .email("ada@example.com")
        .phone("37060000000")
        .first_name("Ada")
        .last_name("Example")
        .address("Sample Street 1")
        .city("Vilnius")
        .post_code("01100")
        .country(country)
        .citizenship("LT")
        .document_type(DocumentType::Passport)
        .document_number("X0000001")
        .build()
}

/// The form of February 2026.
pub(crate) fn later_request(id: &str, country: &str) -> CreateUserRequest {
    CreateUserRequest::builder()
        .external_user_id(id)
        .email("eva@example.com")
        .phone("37060000000")
        .first_name("Eva")
        .last_name("Sample")
        .street("Test Avenue")
        .number("7B")
        .city("Kaunas")
        .post_code("44001")
        .country(country)
        .citizenship("LT")
        .nationality("LT")
        .birth_date("1988-01-31")
        .birth_country("LT")
        .user_identification_number("000111222")
        .has_accepted_p100_tc(true)
        .build()
}

pub(crate) fn limited(id: &str) -> CreateLimitedUserRequest {
    CreateLimitedUserRequest::builder()
        .external_user_id(id)
        .email("ada@example.com")
        .first_name("Ada")
        .last_name("Example")
        .address("Sample Street 1")
        .city("Vilnius")
        .country("LT")
        .document_type(DocumentType::Passport)
        .document_number("X0000001")
        .birth_country("LT")
        .birth_date("1990-12-10")
        .build()
}

pub(crate) fn jpeg() -> Document {
    Document::from_bytes(JPEG).expect("a picture")
}

/// Creates a user of Lithuania with all files for a passport.
pub(crate) async fn with_files(client: &Client, id: &str) {
    client.users().create(&request(id, "LT")).await.expect("a user");
    client.kyc().upload_files(id, KycFiles::passport(jpeg(), jpeg())).await.expect("files");
}

/// Starts the verification from own files.
pub(crate) async fn verify(client: &Client, id: &str) {
    client.kyc().start_verification(&UserVerificationRequest::builder().external_user_id(id).build()).await.expect("a verification");
}

/// Status and code, or status and message where no code is known.
pub(crate) fn refusal<T: std::fmt::Debug>(response: Result<T, Error>) -> (u16, String) {
    let error = response.expect_err("a refusal");
    let status = error.status().expect("a response").as_u16();
    let body: Value = serde_json::from_slice(error.body().expect("a body")).expect("JSON");
    let text = body["errorCode"].as_str().or(body["message"].as_str()).expect("a code or a message");
    (status, text.to_owned())
}

/// What a P403 says.
pub(crate) fn invalid<T: std::fmt::Debug>(response: Result<T, Error>) -> String {
    let error = response.expect_err("a refusal");
    assert_eq!(error.code(), Some(&p100::types::ErrorCode::P403));
    error.error_body().and_then(|body| body.error_message.clone()).expect("sentences")
}

/// The events about a user, oldest first, without the user's id.
pub(crate) fn events(sandbox: &Sandbox, id: &str) -> Vec<(String, Value)> {
    let events = sandbox.deliveries().into_iter().filter_map(|delivery| {
        let mut body: Value = serde_json::from_str(&delivery.body).expect("JSON");
        let members = body.as_object_mut().expect("an object");
        (members.remove("externalUserId") == Some(json!(id))).then_some((delivery.event, body))
    });
    events.collect()
}

/// A month of the year the sandbox starts in.
pub(crate) fn month(number: u8) -> Month {
    Month::new(2025, number).expect("a month")
}

fn event(name: &str, body: Value) -> (String, Value) {
    (name.to_owned(), body)
}

#[tokio::test]
async fn a_new_user_has_empty_balances_that_wait() {
    let sandbox = Sandbox::start().await.unwrap();
    let created = sandbox.client().users().create(&request("ada", "LT")).await.unwrap();
    assert_eq!(created.poa_required, Some(false));
    let created_balances = created.balances.unwrap();
    let [eur] = &created_balances.fiat_balances.as_ref().unwrap()[..] else { panic!("one fiat balance") };
    assert_eq!((eur.name.as_str(), eur.amount.to_string().as_str()), ("eur", "0.00"));
    assert_eq!((&eur.iban, &eur.status), (&None, &Some(FiatBalanceStatus::WaitingToBeActivated)));
    let crypto = created_balances.crypto_balances.as_ref().unwrap();
    assert!(crypto.len() > 5);
    assert!(crypto.iter().all(|balance| balance.wallet.is_none()));

    let balances = sandbox.client().users().balances("ada").await.unwrap();
    assert_eq!((balances.user_id, balances.poa_required), (Some(created.user_id), Some(false)));
    assert_eq!((balances.fiat_balances, balances.crypto_balances), (created_balances.fiat_balances, created_balances.crypto_balances));
}

#[tokio::test]
async fn an_id_is_used_once_even_after_its_user_is_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "LT")).await.unwrap();
    assert_eq!(refusal(client.users().create(&request("ada", "LT")).await), (400, "P411".into()));
    assert_eq!(refusal(client.users().create_limited(&limited("ada")).await), (400, "P411".into()));
    client.users().delete("ada").await.unwrap();
    assert_eq!(refusal(client.users().create(&request("ada", "LT")).await), (400, "P411".into()));
}

#[tokio::test]
async fn users_need_an_id_and_countries_in_capitals() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let mut wrong = request("ada", "Lithuania");
    wrong.citizenship = "lt".into();
    let sentences = "country must be two capital letters. citizenship must be two capital letters.";
    assert_eq!(invalid(client.users().create(&wrong).await), sentences);
    assert_eq!(invalid(client.users().create(&request("", "LT")).await), "externalUserId should not be empty.");
    let mut wrong = limited("ada");
    wrong.birth_country = "L1".into();
    assert_eq!(invalid(client.users().create_limited(&wrong).await), "birthCountry must be two capital letters.");
    wrong = limited("ada");
    wrong.birth_date = "31.12.1990".into();
    assert_eq!(invalid(client.users().create_limited(&wrong).await), "birthDate must be a valid date.");
    client.users().create(&request("ada", "LT")).await.unwrap();
    let update = UpdateUserRequest::builder().country("xx").build();
    assert_eq!(invalid(client.users().update("ada", &update).await), "country must be two capital letters.");
    let nothing = UpdateUserRequest::builder().build();
    assert_eq!(invalid(client.users().update("ada", &nothing).await), "At least one member must be given.");
}

#[tokio::test]
async fn users_of_seven_countries_must_prove_their_address() {
    let sandbox = Sandbox::start().await.unwrap();
    for country in ["AM", "AR", "AZ", "GE", "IL", "MD", "UA"] {
        let created = sandbox.client().users().create(&request(country, country)).await.unwrap();
        assert_eq!(created.poa_required, Some(true), "{country}");
    }
    // Who moves there must do so from then on.
    sandbox.client().users().create(&request("ada", "LT")).await.unwrap();
    sandbox.client().users().update("ada", &UpdateUserRequest::builder().country("MD").phone("1").build()).await.unwrap();
    assert_eq!(sandbox.client().users().balances("ada").await.unwrap().poa_required, Some(true));
}

#[tokio::test]
async fn a_user_of_the_later_form_gets_balances_with_the_verification() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let created = client.users().create(&later_request("eva", "UA")).await.unwrap();
    assert_eq!((created.poa_required_for_extended, created.poa_required, created.balances), (Some(true), None, None));
    let balances = client.users().balances("eva").await.unwrap();
    assert_eq!((balances.user_id, balances.poa_required), (Some(created.user_id), None));
    assert!(balances.fiat_balances.as_ref().unwrap().is_empty() && balances.crypto_balances.as_ref().unwrap().is_empty());
    let eva = Account::User("eva".into());
    let none = (400, "The user has no balances.".to_owned());
    assert_eq!(sandbox.fund(&eva, "eur", Decimal::ONE).unwrap_err().to_string(), none.1);
    sandbox.fund(&Account::Partner, "eur", Decimal::ONE).unwrap();
    let transfer = TransferRequest::to_user("eva", Decimal::ONE, "eur");
    assert_eq!(refusal(client.transfers().create(&transfer).await), none);

    // Which document it is, is said now. A proof of address is called suspended, whatever the flag says.
    client.kyc().upload_files("eva", KycFiles::passport(jpeg(), jpeg())).await.unwrap();
    let start = UserVerificationRequest::builder().external_user_id("eva").document_type(DocumentType::Passport).document_number("X2");
    client.kyc().start_verification(&start.build()).await.unwrap();
    let balances = client.users().balances("eva").await.unwrap();
    assert_eq!(balances.fiat_balances.as_ref().unwrap()[0].status, Some(FiatBalanceStatus::Active));
    assert!(balances.crypto_balances.as_ref().unwrap().len() > 5);

    let _ = client.transfers().create(&transfer).await.unwrap();

    // In details the address is one line.
    let address = async || {
        let withdrawal = WithdrawalRequest::builder().source_external_user_id("eva").currency("btc").amount(Decimal::ONE);
        let withdrawal = withdrawal.wallet_address("0x1").name("Eva Sample").wallet_type(WalletType::Other);
        let withdrawal = client.withdrawals().create(&withdrawal.receiver_type(PartyType::Natural).build()).await.unwrap();
        let user = client.withdrawals().get(withdrawal.id()).await.unwrap().user.unwrap();
        (user.address, user.document_type, user.birth_date)
    };
    assert_eq!(address().await, (Some("Test Avenue 7B".into()), Some("passport".into()), Some("1988-01-31".into())));
    let update = UpdateUserRequest::builder().street("Other Street").number("1").build();
    client.users().update("eva", &update).await.unwrap();
    assert_eq!(address().await.0, Some("Other Street 1".to_owned()));
}

#[tokio::test]
async fn each_form_of_a_user_has_its_own_members() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let refused = async |change: fn(&mut CreateUserRequest)| {
        let mut request = later_request("eva", "LT");
        change(&mut request);
        invalid(client.users().create(&request).await)
    };
    assert_eq!(refused(|request| request.number = None).await, "number should not be empty.");
    assert_eq!(refused(|request| request.street = None).await, "street should not be empty.");
    let both = "address must not be given with street or number.";
    assert_eq!(refused(|request| request.address = Some("Test Avenue 7B".into())).await, both);
    let untrue = "hasAcceptedP100Tc must be true. nationality must be two capital letters.";
    let change = |request: &mut CreateUserRequest| {
        request.has_accepted_p100_tc = Some(false);
        request.nationality = Some("lt".into());
    };
    assert_eq!(refused(change).await, untrue);
    let neither = |request: &mut CreateUserRequest| (request.street, request.number) = (None, None);
    assert_eq!(refused(neither).await, "address, or street and number, should not be empty.");
    let mut earlier = request("ada", "LT");
    (earlier.document_type, earlier.document_number) = (None, None);
    assert_eq!(invalid(client.users().create(&earlier).await), "documentType should not be empty. documentNumber should not be empty.");
    client.users().create(&request("ada", "LT")).await.unwrap();
    let update = UpdateUserRequest::builder().street("Other Street").build();
    assert_eq!(invalid(client.users().update("ada", &update).await), "number should not be empty.");
}

#[tokio::test]
async fn a_limited_user_has_wallets_at_once_and_one_flat_list_of_balances() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let created = client.users().create_limited(&limited("ada")).await.unwrap();
    let balances = created.balances.unwrap();
    let (fiat, crypto): (Vec<_>, Vec<_>) = balances.iter().partition(|balance| balance.name == "eur");
    assert_eq!(fiat.len(), 1);
    assert!(fiat[0].wallet.is_none() && fiat[0].network_config.is_none());
    assert!(
        crypto
            .iter()
            .all(|balance| balance.wallet.is_some() && balance.network_config.as_ref().is_some_and(|networks| !networks.is_empty()))
    );
    let balances = client.users().balances("ada").await.unwrap();
    let eur = &balances.fiat_balances.unwrap()[0];
    assert_eq!((&eur.iban, &eur.status), (&None, &Some(FiatBalanceStatus::WaitingToBeActivated)));
    assert_eq!(balances.poa_required, None);
    for balance in balances.crypto_balances.as_ref().unwrap() {
        assert!(crypto.iter().any(|other| (&other.id, &other.wallet) == (&balance.id, &balance.wallet)), "{balance:?}");
    }
    // No KYC of any kind.
    assert_eq!(refusal(client.kyc().upload_files("ada", KycFiles::front(jpeg())).await).0, 400);
    assert_eq!(refusal(client.kyc().status("ada").await), (400, "P459".into()));
    let start = UserVerificationRequest::builder().external_user_id("ada").build();
    assert_eq!(refusal(client.kyc().start_verification(&start).await).0, 400);
    assert_eq!(refusal(client.kyc().upload_proof_of_address("ada", PoaFiles::new([jpeg()]).unwrap()).await), (404, "P460".into()));
}

#[tokio::test]
async fn verified_users_get_an_iban_and_wallets() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    with_files(&client, "ada").await;
    verify(&client, "ada").await;
    let balances = client.users().balances("ada").await.unwrap();
    let eur = &balances.fiat_balances.as_ref().unwrap()[0];
    assert_eq!(eur.status, Some(FiatBalanceStatus::Active));
    assert!(Iban::new(eur.iban.as_deref().unwrap()).is_ok());
    assert!(balances.crypto_balances.iter().flatten().all(|balance| balance.wallet.is_some()));
    let again = client.users().balances("ada").await.unwrap();
    assert_eq!(again, balances, "they stay");
}

#[tokio::test]
async fn an_update_changes_what_is_given() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "LT")).await.unwrap();
    // Both sides of an ID card are needed, so a front and a selfie no longer do.
    client.users().update("ada", &UpdateUserRequest::builder().document_type(DocumentType::IdCard).build()).await.unwrap();
    client.kyc().upload_files("ada", KycFiles::passport(jpeg(), jpeg())).await.unwrap();
    verify(&client, "ada").await;
    let status = client.kyc().status("ada").await.unwrap();
    assert_eq!(status.rejection_reason.as_deref(), Some("DOCUMENTS_MISSING"));
}

#[tokio::test]
async fn a_user_with_money_cannot_be_deleted_and_a_deleted_one_is_gone() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create_limited(&limited("ada")).await.unwrap();
    let ada = Account::User("ada".into());
    sandbox.fund(&ada, "usdc", Decimal::ONE).unwrap();
    assert_eq!(refusal(client.users().delete("ada").await), (400, "The user has money left.".into()));
    let back = p100::types::TransferRequest::from_user("ada", Decimal::ONE, "usdc");
    let _ = client.transfers().create(&back).await.unwrap();
    client.users().delete("ada").await.unwrap();
    for response in [
        refusal(client.users().delete("ada").await),
        refusal(client.users().balances("ada").await),
        refusal(client.users().transactions("ada", month(8)).await),
        refusal(client.users().update("ada", &UpdateUserRequest::builder().city("Kaunas").build()).await),
        refusal(client.users().suspend("ada").await),
        refusal(client.users().unsuspend("ada").await),
        refusal(client.kyc().upload_files("ada", KycFiles::front(jpeg())).await),
        refusal(client.kyc().upload_proof_of_address("ada", PoaFiles::new([jpeg()]).unwrap()).await),
    ] {
        assert_eq!(response, (400, "P412".into()));
    }
}

#[tokio::test]
async fn a_suspended_user_moves_no_money_and_goes_on_where_they_would_be() {
    let sandbox = with_step(Step::KycDecision, When::AfterTime(Duration::from_secs(60))).start().await.unwrap();
    let client = sandbox.client();
    with_files(&client, "ada").await;
    verify(&client, "ada").await;
    sandbox.fund(&Account::User("ada".into()), "eur", Decimal::ONE).unwrap();
    for _ in 0..2 {
        client.users().suspend("ada").await.unwrap();
    }
    let payment = p100::types::TransferRequest::from_user("ada", Decimal::ONE, "eur");
    assert_eq!(refusal(client.transfers().create(&payment).await), (400, "P455".into()));
    sandbox.advance(Duration::from_secs(60)).await;
    for _ in 0..2 {
        client.users().unsuspend("ada").await.unwrap();
    }
    let _ = client.transfers().create(&payment).await.unwrap();
    assert_eq!(client.users().balances("ada").await.unwrap().fiat_balances.as_ref().unwrap()[0].status, Some(FiatBalanceStatus::Active));
}

#[tokio::test]
async fn the_history_is_reported_by_month() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create_limited(&limited("ada")).await.unwrap();
    sandbox.fund(&Account::Partner, "usdc", Decimal::TEN).unwrap();
    let payment = p100::types::TransferRequest::to_user("ada", Decimal::ONE, "usdc");
    let _ = client.transfers().create(&payment).await.unwrap();
    let august = client.users().transactions("ada", month(8)).await.unwrap().transactions;
    assert_eq!(august.as_ref().unwrap().len(), 1);
    assert_eq!(
        (
            august.as_ref().unwrap()[0].currency.as_deref().unwrap(),
            august.as_ref().unwrap()[0].amount.as_ref().unwrap().to_string().as_str()
        ),
        ("usdc", "1.000000")
    );
    assert!(client.users().transactions("ada", month(9)).await.unwrap().transactions.as_ref().unwrap().is_empty());
}

#[tokio::test]
async fn each_kyc_file_is_reported_of_when_it_was_taken_in() {
    let sandbox = with_step(Step::KycFile, When::AfterTime(Duration::from_secs(5))).start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "LT")).await.unwrap();
    client.kyc().upload_files("ada", KycFiles::id_card(jpeg(), jpeg(), jpeg())).await.unwrap();
    assert_eq!(events(&sandbox, "ada"), []);
    sandbox.advance(Duration::from_secs(5)).await;
    let added = event("kycFileAdded", json!({"status": "ADDED"}));
    assert_eq!(events(&sandbox, "ada"), [added.clone(), added.clone(), added]);
}

fn part(bytes: Vec<u8>) -> raw::FilePart {
    raw::FilePart::from_bytes("file.jpg", "image/jpeg", bytes)
}

#[tokio::test]
async fn files_are_refused_by_content_and_size() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "UA")).await.unwrap();
    let mut largest = JPEG.to_vec();
    largest.resize(5 * 1024 * 1024, 0);
    let mut too_large = largest.clone();
    too_large.push(0);
    for (bytes, code) in [(b"GIF89a".to_vec(), "P426"), (Vec::new(), "P426"), (too_large, "P440")] {
        let kyc = KycFilesForm::builder().front(part(JPEG.to_vec())).selfie(part(bytes.clone())).build();
        assert_eq!(refusal(client.kyc().upload_files("ada", kyc).await), (400, code.into()));
        let poa = PoaFilesForm::builder().files(vec![part(bytes)]).build();
        assert_eq!(refusal(client.kyc().upload_proof_of_address("ada", poa).await), (400, code.into()));
    }
    assert_eq!(events(&sandbox, "ada"), [], "a refused upload leaves nothing");
    for bytes in [largest, b"%PDF-1.7".to_vec(), b"\x89PNG\r\n\x1A\n".to_vec()] {
        client.kyc().upload_files("ada", KycFilesForm::builder().front(part(bytes)).build()).await.unwrap();
    }
}

#[tokio::test]
async fn an_upload_needs_files() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "UA")).await.unwrap();
    let four = PoaFilesForm::builder().files((0..4).map(|_| part(JPEG.to_vec())).collect()).build();
    assert_eq!(invalid(client.kyc().upload_proof_of_address("ada", four).await), "files must contain 1 to 3 files.");
    for (path, field, sentence) in [
        ("kyc-files", "photo", "At least one of front, back and selfie should not be empty."),
        ("poa-files", "photo", "files must contain 1 to 3 files."),
    ] {
        // No typed client sends such a form.
        let form = raw::reqwest::multipart::Form::new().part(field, raw::reqwest::multipart::Part::bytes(JPEG));
        let url = format!("{}/v1/user/{path}/ada", sandbox.base_url());
        let response = crate::http().post(url).header("x-api-key", "sandbox-key").multipart(form).send().await.unwrap();
        assert_eq!(response.status(), 400);
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(body, json!({"errorCode": "P403", "errorMessage": sentence}));
    }
}

#[tokio::test]
async fn a_proof_of_address_is_reviewed_one_upload_at_a_time() {
    let sandbox = with_step(Step::PoaReview, When::ByHand).start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "UA")).await.unwrap();
    let upload = async || client.kyc().upload_proof_of_address("ada", PoaFiles::new([jpeg(), jpeg()]).unwrap()).await;
    assert_eq!(upload().await.unwrap().error_code, None);
    assert_eq!(events(&sandbox, "ada"), [event("poaVerificationStatus", json!({"status": "WAITING"}))]);
    assert_eq!(upload().await.unwrap().error_code, Some(p100::types::ErrorCode::P211));
    sandbox.proceed("ada").unwrap();
    assert_eq!(events(&sandbox, "ada")[1..], [event("poaVerificationStatus", json!({"status": "APPROVED"}))]);
    assert_eq!(refusal(upload().await), (400, "P447".into()));

    client.users().create(&request("bob", "LT")).await.unwrap();
    let response = client.kyc().upload_proof_of_address("bob", PoaFiles::new([jpeg()]).unwrap()).await;
    assert_eq!(refusal(response), (404, "P460".into()));
}

#[tokio::test]
async fn a_proof_of_address_is_decided_by_hand() {
    let sandbox = with_step(Step::PoaReview, When::AfterTime(Duration::from_secs(60))).start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "UA")).await.unwrap();
    let upload = async || client.kyc().upload_proof_of_address("ada", PoaFiles::new([jpeg()]).unwrap()).await.unwrap();
    assert!(sandbox.decide_poa("ada", PoaStatus::Approved).is_err(), "nothing is under review");
    assert!(sandbox.decide_poa("nobody", PoaStatus::Approved).is_err());
    for decision in [PoaStatus::Questioned, PoaStatus::Rejected] {
        upload().await;
        assert!(sandbox.decide_poa("ada", PoaStatus::Waiting).is_err(), "that is no decision");
        sandbox.decide_poa("ada", decision).unwrap();
        sandbox.advance(Duration::from_secs(59)).await;
    }
    upload().await;
    // The review of the upload before must not decide about this one.
    sandbox.advance(Duration::from_secs(59)).await;
    let words: Vec<Value> = events(&sandbox, "ada").into_iter().map(|(_, body)| body["status"].clone()).collect();
    assert_eq!(words, ["WAITING", "QUESTIONED", "WAITING", "REJECTED", "WAITING"]);
    sandbox.advance(Duration::from_secs(1)).await;
    assert_eq!(events(&sandbox, "ada")[5..], [event("poaVerificationStatus", json!({"status": "APPROVED"}))]);
}
