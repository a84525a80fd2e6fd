//! The page for people, and the page of a hosted KYC, in a real Chromium.
//!
//! It is the one in `P100_CHROMIUM` or on the search path. Where there is none these tests check nothing, unless `CI` is set: there it
//! is a failure.

mod chromium;

use std::time::Duration;

use p100::types::{PaymentLinkRequest, PoaStatus, TransferRequest};
use p100::{Decimal, PoaFiles};
use p100_sandbox::control::{CryptoDeposit, UserState};
use p100_sandbox::{Account, DeliveryState, Sandbox, Settings, Step, When};

use self::chromium::Chromium;
use crate::kyc::session;
use crate::users::{jpeg, limited, request, verify, with_files};

/// Everything that asks for a decision waits for one.
fn by_hand() -> Settings {
    let mut settings = Settings::default();
    for step in [Step::KycDecision, Step::PoaReview, Step::DepositCheck, Step::SepaDepositCheck, Step::Transfer] {
        settings.steps.insert(step, When::ByHand);
    }
    settings
}

#[tokio::test]
async fn a_person_runs_the_sandbox_from_its_page() {
    let Some(chromium) = Chromium::start().await else { return };
    let sandbox = Sandbox::builder().settings(by_hand()).start().await.unwrap();
    let client = sandbox.client();
    with_files(&client, "ada").await;
    verify(&client, "ada").await;
    client.users().create(&request("uma", "UA")).await.unwrap();
    client.kyc().upload_proof_of_address("uma", PoaFiles::new([jpeg()]).unwrap()).await.unwrap();
    let account = Account::User("ada".into());
    let deposit = CryptoDeposit::builder().account(Account::Partner).currency("usdc").amount(Decimal::from(75)).build();
    sandbox.receive_crypto_deposit(deposit).unwrap();

    let mut page = chromium.open(&format!("{}/_sandbox/", sandbox.base_url())).await;
    page.wait("document.body.dataset.ready !== undefined").await;
    let state = |id: &str| sandbox.overview().users.into_iter().find(|user| user.external_user_id == id).unwrap();

    page.click("button", "+1 min").await;
    page.wait("document.querySelector('#now').textContent === '2025-08-12 08:01:00 UTC'").await;
    assert_eq!(sandbox.now().to_rfc3339(), "2025-08-12T08:01:00+00:00");

    page.click("button", "Approve the KYC of ada").await;
    page.wait("document.querySelector('#users').textContent.includes('SUCCESSFUL')").await;
    assert_eq!(state("ada").state, UserState::Active);

    page.click("button", "Question the proof of address of uma").await;
    page.wait("document.querySelector('#users').textContent.includes('QUESTIONED')").await;
    assert_eq!(state("uma").poa, Some(PoaStatus::Questioned));

    page.click("button", "Approve the deposit of 75 usdc to partner").await;
    page.wait("document.querySelector('#balances').textContent.includes('75')").await;
    assert_eq!(sandbox.books().balances[&Account::Partner].0["usdc"], Decimal::from(75));

    // What is wrong with a command is said, and nothing happens.
    page.fill("form[data-command=fund] [name=amount]", "lots").await;
    page.click("button", "Fund").await;
    page.wait("document.querySelector('#notice .error')?.textContent.includes('amount')").await;
    page.fill("form[data-command=fund] [name=amount]", "12.34").await;
    page.choose("form[data-command=fund] [name=account]", "user:ada").await;
    page.choose("form[data-command=fund] [name=currency]", "eur").await;
    page.click("button", "Fund").await;
    page.wait("document.querySelector('#notice .done')?.textContent === 'Funded'").await;
    assert_eq!(sandbox.books().balances[&account].0["eur"], Decimal::new(1234, 2));

    let back = TransferRequest::from_user("ada", Decimal::ONE, "eur");
    let pending = client.transfers().create(&back).await.unwrap();
    let now = format!("Do transfer of {} now", pending.id());
    page.wait(&format!("document.querySelector('[aria-label=\"{now}\"]')")).await;
    page.click("button", &now).await;
    page.wait("document.querySelector('#pending').textContent.includes('None.')").await;
    assert_eq!(sandbox.books().balances[&Account::Partner].0["eur"], Decimal::ONE);

    page.fill("form[data-command=sepa] [name=amount]", "10").await;
    page.fill("form[data-command=sepa] [name=transferTitle]", &client.sepa().deposit_info("ada").await.unwrap().title.unwrap()).await;
    page.click("button", "Deposit euros").await;
    page.wait("document.querySelector('#sepa').textContent.includes('PENDING')").await;
    page.click("button", "Approve the deposit of 10.00 EUR from Jan Kowalski to user:ada").await;
    page.wait("document.querySelector('#sepa').textContent.includes('APPROVED')").await;
    page.wait("document.querySelector('#contacts tbody').textContent === 'user:adaPL61109010140000071219812874APPROVED'").await;
    assert_eq!(sandbox.books().balances[&account].0["eur"], Decimal::new(2134, 2));

    let order = crate::control::order(&client).await;
    page.wait("document.querySelector('#orders').textContent.includes('WAITING_FOR_CONFIRMATION')").await;
    page.choose("form[data-command=order] [name=orderId]", &order).await;
    page.fill("form[data-command=order] [name=amount]", "100").await;
    page.click("button", "Pay for the order").await;
    page.wait("document.querySelector('#orders').textContent.includes('settled')").await;
    let link = PaymentLinkRequest::builder().amount(Decimal::ONE).currency("eur").build();
    let link = client.raw().create_payment_link(&link).await.unwrap().into_inner().payment_link_id;
    page.wait("document.querySelector('#links').textContent.includes('AWAITING_COMPLETION')").await;
    page.choose("form[data-command=link] [name=paymentLinkId]", &link).await;
    page.fill("form[data-command=link] [name=amount]", "2").await;
    page.choose("form[data-command=link] [name=currency]", "usdc").await;
    page.click("button", "Pay on the link").await;
    page.wait("document.querySelector('#links').textContent.includes('settled')").await;
    assert_eq!(sandbox.books().balances[&Account::Partner].0["eur"], Decimal::new(8974, 2));

    page.choose("form[data-command=fault] [name=operation]", "getRates").await;
    page.click("button", "Add the fault").await;
    page.wait("document.querySelector('#faults').textContent.includes('getRates: code P500, 1 times')").await;
    page.click("button", "Clear the faults").await;
    page.wait("document.querySelector('#faults').textContent === ''").await;
    assert_eq!(sandbox.faults(), []);

    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::NoReceiver);
    page.click("button", "Send webhook 0 (kycFileAdded) again").await;
    page.wait("document.querySelector('#notice .done')?.textContent === 'Webhook 0 sent again: noReceiver'").await;
    assert!(sandbox.deliveries()[0].attempts.is_empty());

    // Another user, who is limited, and other settings: the webhook goes somewhere from now on, and fails there.
    page.fill("form[data-command=user] [name=externalUserId]", "lim").await;
    page.tick("form[data-command=user] [name=limited]").await;
    page.click("button", "Add the user").await;
    page.wait("document.querySelector('#users tbody tr').textContent.includes('lim')").await;
    assert_eq!(state("lim").state, UserState::Limited);
    page.click("button", "Read them again").await;
    page.wait("document.querySelector('#all-settings').value.includes('sandbox-key')").await;
    let mut settings: serde_json::Value = serde_json::from_str(&page.text("document.querySelector('#all-settings').value").await).unwrap();
    settings["webhooks"] = serde_json::json!({"url": format!("{}/no", sandbox.base_url()), "token": "t"});
    settings["demandExtension"] = true.into();
    page.fill("#all-settings", &settings.to_string()).await;
    page.click("button", "Replace the settings").await;
    page.wait("document.querySelector('#receiver').textContent.includes('/no')").await;
    assert!(sandbox.settings().demand_extension);
    page.click("button", "Send webhook 0 (kycFileAdded) again").await;
    page.wait("document.querySelector('#deliveries tbody tr:last-child').textContent.includes('waiting')").await;
    assert_eq!(sandbox.deliveries()[0].attempts.len(), 1);

    page.fill("form[data-command=state] [name=seed]", "7").await;
    page.click("button", "Reset: forget everything").await;
    page.wait("document.querySelector('#users').textContent.includes('None.')").await;
    assert!(sandbox.overview().users.is_empty());
    let errors = page.errors().await;
    assert!(errors.len() == 1 && errors[0].contains("/_sandbox/fund"), "only that of the amount that is none: {errors:?}");
    drop(page);

    // The sandbox ends, and its page says so.
    let mut page = chromium.open(&format!("{}/_sandbox/", sandbox.base_url())).await;
    page.wait("document.body.dataset.ready !== undefined").await;
    sandbox.stop().await;
    page.wait("document.querySelector('#notice .error')?.textContent === 'The sandbox does not respond.'").await;
}

#[tokio::test]
async fn the_page_shows_data_as_text_and_fits_a_phone() {
    let Some(chromium) = Chromium::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let evil = "<img src=x onerror='document.title=1'></script><b>";
    let mut user = limited(evil);
    user.first_name = evil.to_owned();
    sandbox.client().users().create_limited(&user).await.unwrap();
    sandbox.fund(&Account::User(evil.into()), "btc", "0.12345678".parse().unwrap()).unwrap();

    let mut page = chromium.open(&format!("{}/_sandbox/", sandbox.base_url())).await;
    page.wait("document.body.dataset.ready !== undefined").await;
    let text = page.text("document.querySelector('main').textContent").await;
    assert_eq!(text.matches(evil).count(), 7, "{text}");
    assert_eq!(page.text("document.title + document.querySelectorAll('img, b').length").await, "P100 sandbox0");
    assert!(text.contains("0.12345678") && text.contains("the sum over all is zero"), "{text}");

    let unnamed = "[...document.querySelectorAll('input, select, textarea')].filter(field => !field.labels.length).length + \
         [...document.querySelectorAll('button, a')].filter(button => !button.textContent.trim()).length";
    assert_eq!(page.text(unnamed).await, "0");
    let light = page.text("getComputedStyle(document.body).backgroundColor").await;
    page.call("Emulation.setEmulatedMedia", r#"{"features": [{"name": "prefers-color-scheme", "value": "dark"}]}"#).await;
    assert_ne!(page.text("getComputedStyle(document.body).backgroundColor").await, light);
    for width in [360, 800, 1280] {
        let metrics = format!(r#"{{"width": {width}, "height": 800, "deviceScaleFactor": 1, "mobile": true}}"#);
        page.call("Emulation.setDeviceMetricsOverride", &metrics).await;
        assert_eq!(page.text("document.documentElement.scrollWidth").await, width.to_string(), "nothing sticks out");
    }
    assert_eq!(page.errors().await, [] as [String; 0]);
}

#[tokio::test]
async fn a_person_decides_about_a_hosted_kyc_in_the_browser() {
    let Some(chromium) = Chromium::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for (id, decision, verified) in [("ada", "Approve", true), ("bob", "Reject", false)] {
        client.users().create(&request(id, "LT")).await.unwrap();
        let session = client.kyc().create_session(&session(id)).await.unwrap();
        let operation = p100::raw::operations::ALL.iter().find(|operation| operation.id == "openKycPage").unwrap();
        let path = operation.path.replace("{externalUserId}", id).replace("{verificationId}", &session.verification_id);
        let mut page = chromium.open(&format!("{}{}", sandbox.base_url(), path)).await;
        page.click("button", decision).await;
        let said = if verified { "The identity was verified" } else { "The identity was not verified" };
        page.wait(&format!("document.body.textContent.includes('{said}')")).await;
        assert_eq!(client.kyc().status(id).await.unwrap().verification_status.as_ref().unwrap().as_str() == "VERIFIED", verified, "{id}");
        assert_eq!(page.errors().await, [] as [String; 0]);
    }
    tokio::time::timeout(Duration::from_secs(5), sandbox.stop())
        .await
        .expect("a browser that keeps connections does not keep it from ending");
}
