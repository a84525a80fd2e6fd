//! The control plane over HTTP, and who may call what.

use std::time::Duration;

use p100::raw::reqwest::{Method, StatusCode, header};
use p100::types::{OrderLockRequest, OrderRequest, PartnerWalletRequest, PaymentLinkRequest, TransferRequest, TransferStatus};
use p100::{AccessDenied, Client, Decimal};
use p100_sandbox::control::{Books, CryptoDeposit, NewUser, Overview, Reset, UserState};
use p100_sandbox::{Account, Delivery, DeliveryState, Receiver, Sandbox, Settings, Step, When};
use serde_json::{Value, json};

use crate::refusals::operation;
use crate::users::{limited, request, verify, with_files, with_step};

/// Sends a command; the response is its status and JSON.
async fn send(sandbox: &Sandbox, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = crate::http().request(method, format!("{}/_sandbox/{path}", sandbox.base_url()));
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// A command that is carried out.
async fn post(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    let (status, response) = send(sandbox, Method::POST, path, Some(body)).await;
    assert_eq!(status, 200, "{path}: {response}");
    response
}

/// What a command that is refused gets.
async fn refused(sandbox: &Sandbox, method: Method, path: &str, body: Value) -> (u16, String) {
    let (status, response) = send(sandbox, method, path, Some(body)).await;
    (status, response["message"].as_str().unwrap_or_default().to_owned())
}

async fn get(sandbox: &Sandbox, path: &str) -> Value {
    let (status, response) = send(sandbox, Method::GET, path, None).await;
    assert_eq!(status, 200, "{path}: {response}");
    response
}

/// A sandbox with money, an active user with a card, webhooks, something that waits, and a fault.
async fn lived_in() -> Sandbox {
    let sandbox = with_step(Step::Transfer, When::AfterReads(2)).seed(7).start().await.unwrap();
    let client = sandbox.client();
    with_files(&client, "ada").await;
    verify(&client, "ada").await;
    client.users().create_limited(&limited("lim")).await.unwrap();
    post(&sandbox, "fund", json!({"account": "user:ada", "currency": "eur", "amount": "100.5"})).await;
    let card = p100::types::CreateCardRequest::builder().external_user_id("ada").label("Shopping").pin("1234").build();
    client.cards().create(&card).await.unwrap();
    let back = TransferRequest::from_user("ada", Decimal::ONE, "eur");
    let _ = client.transfers().create(&back).await.unwrap();
    let order = order(&client).await;
    post(&sandbox, &format!("orders/{order}/payments"), json!({"amount": "12.5"})).await;
    let link = PaymentLinkRequest::builder().amount(Decimal::TEN).currency("eur").build();
    let link = client.raw().create_payment_link(&link).await.unwrap().into_inner().payment_link_id;
    post(&sandbox, &format!("payment-links/{link}/payments"), json!({"currency": "usdc", "amount": 1})).await;
    client.raw().create_partner_wallet(&PartnerWalletRequest::builder().currency("btc").build()).await.unwrap();
    post(&sandbox, "faults", json!({"operation": "getRates", "kind": "reset", "times": 3})).await;
    sandbox.advance(Duration::from_millis(12_345)).await;
    sandbox
}

/// An order of 100 usdc.
pub(crate) async fn order(client: &Client) -> String {
    let lock = OrderLockRequest::builder().amount(Decimal::from(87)).currency("usdc").network("polygon").build();
    let lock_id = client.raw().lock_order_rate(&lock).await.unwrap().into_inner().lock_id;
    client.raw().create_order(&OrderRequest::builder().lock_id(lock_id).build()).await.unwrap().into_inner().order_id
}

#[tokio::test]
async fn accounts_are_funded() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.client().users().create_limited(&limited("user:lim/1")).await.unwrap();
    post(&sandbox, "fund", json!({"account": "partner", "currency": "eur", "amount": 10.25})).await;
    post(&sandbox, "fund", json!({"account": "user:user:lim/1", "currency": "BTC", "amount": "0.00000001"})).await;
    let books = get(&sandbox, "ledger").await;
    assert_eq!(books["balances"]["partner"], json!({"eur": "10.25"}));
    assert_eq!(books["balances"]["user:user:lim/1"], json!({"btc": "0.00000001"}));
    assert_eq!(books["balances"]["outside"], json!({"eur": "-10.25", "btc": "-0.00000001"}));
    let sums: Books = serde_json::from_value(books.clone()).unwrap();
    assert!(sums.sums.len() == 2 && sums.sums.values().all(Decimal::is_zero), "{books}");
    assert_eq!((&books["entries"][0]["from"], &books["entries"][0]["amount"]), (&json!("outside"), &json!("10.25")));

    for (body, message) in [
        (json!({"account": "partnr", "currency": "eur", "amount": 1}), "account: there is no account `partnr`"),
        (json!({"account": "fees", "currency": "eur", "amount": 1}), "account must be `partner`, or `user:`"),
        (json!({"account": "partner", "currency": "chf", "amount": 1}), "currency is not supported."),
        (json!({"account": "partner", "currency": "eur", "amount": "1.001"}), "amount must have at most 2 decimals."),
        (json!({"account": "partner", "currency": "eur", "amount": 0}), "amount must be a positive number."),
        (json!({"account": "partner", "currency": "btc", "amount": 1e13}), "amount must not be greater than"),
        (json!({"account": "partner", "currency": "eur", "amount": "lots"}), "amount"),
        (json!({"account": "partner", "currency": "eur"}), "missing field `amount`"),
        (json!({"account": "partner", "currency": "eur", "amount": 1, "for": "fun"}), "unknown field `for`"),
        (json!([]), "invalid type: array, expected an object"),
    ] {
        let (status, text) = refused(&sandbox, Method::POST, "fund", body.clone()).await;
        assert!(status == 400 && text.contains(message), "{body}: {status} {text}");
    }
    assert_eq!(sandbox.books().entries.len(), 2);
}

#[tokio::test]
async fn the_clock_is_advanced() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(get(&sandbox, "clock").await, json!({"now": "2025-08-12T08:00:00.000Z", "speed": 0.0}));
    let advanced = post(&sandbox, "clock/advance", json!({"seconds": 86_401})).await;
    assert_eq!(advanced["now"], "2025-08-13T08:00:01.000Z");
    assert_eq!(sandbox.now().to_rfc3339(), "2025-08-13T08:00:01+00:00");
    let (status, text) = refused(&sandbox, Method::POST, "clock/advance", json!({"seconds": -1})).await;
    assert!(status == 400 && text.starts_with("seconds: "), "{text}");
    // There is an end to it that can still be written down and read again.
    let end = post(&sandbox, "clock/advance", json!({"seconds": u64::MAX})).await;
    assert_eq!(end["now"], "9999-12-31T23:59:59.999Z");
    sandbox.import(&sandbox.export()).await.unwrap();
}

#[tokio::test]
async fn settings_are_read_and_replaced() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut settings = get(&sandbox, "settings").await;
    assert_eq!((&settings["lockLifetime"], &settings["webhooks"]), (&json!(60), &Value::Null));
    settings["steps"] = json!({"transfer": {"afterTime": 1.5}, "exchange": {"afterReads": 2}, "depositCheck": "byHand"});
    settings["webhooks"] = json!({"url": "http://127.0.0.1:9/p100", "token": "t"});
    settings["addressAllowed"] = json!(false);
    assert_eq!(send(&sandbox, Method::PUT, "settings", Some(settings.clone())).await, (200, json!({})));
    assert_eq!(get(&sandbox, "settings").await, settings);
    assert_eq!(sandbox.settings().steps[&Step::Transfer], When::AfterTime(Duration::from_millis(1500)));
    let denied = sandbox.client().partner().balances().await.unwrap_err();
    assert_eq!(denied.access_denied(), Some(AccessDenied::AddressNotAllowed));

    for (body, message) in [
        (json!({"apiKey": ""}), "apiKey must be a text that fits into a header"),
        (json!({"webhooks": {"url": "localhost:80", "token": "t"}}), "webhooks.url must be an address"),
        (json!({"webhooks": {"url": "http://localhost", "token": "t\n"}}), "webhooks.token must be a text that fits into a header"),
        (json!({"webhooks": {"url": "http://localhost"}}), "webhooks: missing field `token`"),
        (json!({"steps": {"transfer": "never"}}), "unknown variant `never`, expected one of `immediate`"),
        (json!({"steps": {"transfer": {"afterTime": -1}}}), "afterTime: expected a number of seconds that is not negative"),
        (json!({"steps": {"payment": "immediate"}}), "unknown variant `payment`"),
        (json!({"exchangeFeePercentage": "101"}), "exchangeFeePercentage must be from 0 to 100"),
        (json!({"sepaLevel": 3}), "sepaLevel must be 1 or 2"),
        (json!({"sepaFeeMinimum": "-1"}), "sepaFeeMinimum must be from 0 to 1000000000000, with at most 2 decimals"),
        (json!({"sepaFeeMinimum": "79228162514264337593543950335"}), "sepaFeeMinimum must be from 0"),
        (json!({"sepaFeeMinimum": "0.001"}), "sepaFeeMinimum must be from 0"),
        (json!({"rates": {"eur": "2"}}), "rates.eur is always 1"),
        (json!({"rates": {"usd": "1"}}), "rates.usd: there is no such currency"),
        (json!({"rates": {"btc": "0"}}), "rates.btc must be a positive number"),
        (json!({"speed": 2}), "unknown field `speed`"),
    ] {
        let (status, text) = refused(&sandbox, Method::PUT, "settings", body.clone()).await;
        assert!(status == 400 && text.contains(message), "{body}: {status} {text}");
    }
    assert_eq!(get(&sandbox, "settings").await, settings);
    // What is missing is set back.
    send(&sandbox, Method::PUT, "settings", Some(json!({}))).await;
    assert_eq!(sandbox.settings(), Settings::default());
}

#[tokio::test]
async fn some_settings_are_changed_and_the_others_stay() {
    let sandbox = Sandbox::start().await.unwrap();
    let patch = async |body: Value| send(&sandbox, Method::PATCH, "settings", Some(body)).await;
    let receiver = json!({"url": "http://127.0.0.1:9", "token": "t"});
    for body in [
        json!({"apiKey": "another", "webhooks": receiver, "steps": {"exchange": {"afterTime": 30}, "transfer": "byHand"}}),
        json!({"rates": {"btc": "2"}, "lockLifetime": 5, "webhooks": {"token": "u"}}),
        // Another way to wait takes the place of the one before.
        json!({"steps": {"exchange": {"afterReads": 2}}}),
        json!({"steps": {"transfer": null}, "lockLifetime": null}),
        json!({}),
    ] {
        assert_eq!(patch(body).await, (200, json!({})));
    }
    let mut expected = Settings::default();
    expected.api_key = "another".into();
    expected.webhooks = Some(Receiver::builder().url("http://127.0.0.1:9").token("u").build());
    expected.steps.insert(Step::Exchange, When::AfterReads(2));
    expected.rates.insert("btc".into(), Decimal::TWO);
    assert_eq!(sandbox.settings(), expected);

    for (body, message) in [
        (json!({"speed": 2}), "unknown field `speed`"),
        (json!({"speed": null}), "unknown field `speed`"),
        (json!({"rates": {"btc": "many"}}), "rates.btc"),
        (json!({"sepaLevel": 3, "apiKey": "third"}), "sepaLevel must be 1 or 2"),
        (json!([]), "expected a map"),
    ] {
        let (status, response) = patch(body).await;
        assert!(status == 400 && response["message"].as_str().unwrap().contains(message), "{status} {response}");
    }
    assert_eq!(sandbox.settings(), expected);
    assert_eq!(patch(json!({"webhooks": null})).await.0, 200);
    assert_eq!(sandbox.settings().webhooks, None);

    sandbox.change_settings(|settings| settings.demand_extension = true).unwrap();
    assert!(sandbox.settings().demand_extension);
    assert_eq!(sandbox.change_settings(|settings| settings.sepa_level = 3).unwrap_err().to_string(), "sepaLevel must be 1 or 2");
}

#[tokio::test]
async fn of_long_lists_the_latest_are_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    let add = |user: String| {
        sandbox.add_user(NewUser::new(user.clone())).unwrap();
        let account = Account::User(user);
        sandbox.fund(&account, "eur", Decimal::ONE).unwrap();
        let deposit = CryptoDeposit::builder().account(account).currency("usdc").amount(Decimal::ONE).build();
        sandbox.receive_crypto_deposit(deposit).unwrap()
    };
    let first = add("aaa".into());
    sandbox.advance(Duration::from_secs(1)).await;
    (0..199).for_each(|number| _ = add(format!("m{number}")));
    sandbox.advance(Duration::from_secs(1)).await;
    let last = add("zzz".into());
    let overview = sandbox.overview();
    assert_eq!((overview.users.len(), overview.user_count, overview.deposits.len(), overview.deposit_count), (200, 201, 200, 201));
    assert_eq!((&*overview.users[0].external_user_id, &overview.deposits[0].crypto_deposit_id), ("zzz", &last));
    assert!(overview.users.iter().all(|user| user.external_user_id != "aaa"));
    assert!(overview.deposits.iter().all(|deposit| deposit.crypto_deposit_id != first));
    let holds = |user: &str| overview.balances.contains_key(&Account::User(user.into()));
    assert_eq!((holds("zzz"), holds("m7"), holds("aaa")), (true, true, false));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let iban = "DE89370400440532013000";
    for (path, body, message) in [
        ("users/nobody/kyc", json!({"approve": true}), "User does not exist."),
        ("users/nobody/poa", json!({"decision": "APPROVED"}), "User does not exist."),
        ("fund", json!({"account": "user:nobody", "currency": "eur", "amount": 1}), "account: there is no such user"),
        ("deposits/crypto", json!({"account": "user:nobody", "currency": "eth", "amount": 1}), "User does not exist."),
        (
            "deposits/sepa/referenced",
            json!({"amount": 1, "senderName": "Ada", "senderIban": iban, "transferTitle": "Rent"}),
            "transferTitle is the reference of no account.",
        ),
        ("cards/none/transactions", json!({"merchantName": "Shop", "amount": 1, "channel": "pos"}), "Card does not exist."),
        ("cards/none/3ds-code", json!({"merchantName": "Shop", "amount": 1}), "Card does not exist."),
        ("cards/none/activation-code", json!({}), "Card does not exist."),
    ] {
        assert_eq!(refused(&sandbox, Method::POST, path, body).await, (404, message.to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_reset_forgets_everything_but_the_settings() {
    let sandbox = lived_in().await;
    let settings = sandbox.settings();
    let at = sandbox.now();
    post(&sandbox, "reset", json!({})).await;
    let overview = sandbox.overview();
    assert_eq!((overview.user_count, overview.card_count, overview.delivery_count, overview.pending_count), (0, 0, 0, 0));
    assert!(overview.faults.is_empty() && overview.balances.is_empty());
    assert_eq!((sandbox.settings(), sandbox.now()), (settings, at));

    // The same seed and time give the same ids again, another seed others.
    let mut created = Vec::new();
    for seed in [7, 7, 8] {
        sandbox.reset(&Reset::builder().seed(seed).time("2025-08-12T08:00:00Z").build()).await.unwrap();
        assert_eq!(sandbox.now().to_rfc3339(), "2025-08-12T08:00:00+00:00");
        created.push(sandbox.client().users().create_limited(&limited("lim")).await.unwrap());
        sandbox.fund(&Account::Partner, "eur", Decimal::ONE).unwrap();
        created.push(sandbox.client().users().create_limited(&limited("lim2")).await.unwrap());
    }
    assert_eq!(created[..2], created[2..4]);
    assert_ne!(created[..2], created[4..]);
    assert_eq!(refused(&sandbox, Method::POST, "reset", json!({"time": "soon"})).await.0, 400);
    assert_eq!(sandbox.overview().user_count, 2);
}

#[tokio::test]
async fn the_state_goes_out_and_in_unchanged() {
    let sandbox = lived_in().await;
    let url = format!("{}/_sandbox/state", sandbox.base_url());
    let state = crate::http().get(&url).send().await.unwrap().text().await.unwrap();
    assert_eq!(state, sandbox.export());
    let transfer = sandbox.overview().pending[0].subject.clone();

    let other = Sandbox::start().await.unwrap();
    let put = crate::http().put(format!("{}/_sandbox/state", other.base_url())).body(state.clone());
    assert_eq!(put.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(other.export(), state);
    assert_eq!(Sandbox::builder().state(state).start().await.unwrap().export(), sandbox.export());

    // The copy goes on where the other was: the transfer is carried out at its second read, and ids go on in the same way.
    for sandbox in [&sandbox, &other] {
        let client = sandbox.client();
        assert_eq!(client.transfers().get(&transfer).await.unwrap().status.as_str(), "PROCESSING");
        client.transfers().get(&transfer).await.unwrap();
        assert_eq!(client.transfers().get(&transfer).await.unwrap().status, TransferStatus::Successful);
        client.users().create(&request("eve", "LT")).await.unwrap();
    }
    assert_eq!(other.export(), sandbox.export());
}

#[tokio::test]
async fn the_state_of_an_older_sandbox_lacks_what_came_later() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.client().users().create(&request("ada", "LT")).await.unwrap();
    let mut older: Value = serde_json::from_str(&sandbox.export()).unwrap();
    for member in ["orderLocks", "orders", "paymentLinks", "partnerWallets", "sepaDeposits", "sepaContacts"] {
        assert!(older["world"].as_object_mut().unwrap().remove(member).is_some(), "{member}");
    }
    for (holder, member) in [
        ("/world/users/ada", "form"),
        ("/world/users/ada", "hasBalances"),
        ("/world/users/ada", "extended"),
        ("/world/users/ada/person", "nationality"),
        ("/world/settings", "demandExtension"),
        ("/world/settings", "sepaLevel"),
    ] {
        assert!(older.pointer_mut(holder).unwrap().as_object_mut().unwrap().remove(member).is_some(), "{member}");
    }
    let newer = Sandbox::builder().state(older.to_string()).start().await.unwrap();
    assert_eq!(newer.export(), sandbox.export());
    // When a user came is not known then.
    older["world"]["users"]["ada"].as_object_mut().unwrap().remove("createdAt").unwrap();
    newer.import(&older.to_string()).await.unwrap();
    assert_eq!(newer.overview().users, sandbox.overview().users);
}

#[tokio::test]
async fn orders_and_payment_links_are_paid() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let id = order(&client).await;
    let paid = post(&sandbox, &format!("orders/{id}/payments"), json!({"amount": 100})).await;
    let order = client.raw().get_order(&id).await.unwrap().into_inner();
    assert_eq!(paid, json!({"id": order.transaction_hash}));
    let link = PaymentLinkRequest::builder().amount(Decimal::ONE).currency("eur").build();
    let link = client.raw().create_payment_link(&link).await.unwrap().into_inner().payment_link_id;
    let payment = json!({"currency": "usdc", "network": "polygon", "amount": "2"});
    let paid = post(&sandbox, &format!("payment-links/{link}/payments"), payment.clone()).await;
    let details = client.raw().get_payment_link(&link).await.unwrap().into_inner();
    assert_eq!(paid, json!({"id": details.transactions.as_ref().unwrap()[0].transaction_hash}));
    assert_eq!(sandbox.books().balances[&Account::Partner].0["eur"], Decimal::new(8874, 2));
    let overview: Overview = serde_json::from_value(get(&sandbox, "overview").await).unwrap();
    assert_eq!((overview.order_count, overview.payment_link_count), (1, 1));
    assert_eq!((&overview.orders[0].order_id, overview.orders[0].settled), (&id, true));
    assert_eq!((&overview.payment_links[0].payment_link_id, overview.payment_links[0].settled), (&link, true));
    for (path, body) in [("orders/none/payments", json!({"amount": 1})), ("payment-links/none/payments", payment)] {
        assert_eq!(refused(&sandbox, Method::POST, path, body).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_document_that_is_no_state_is_refused_and_changes_nothing() {
    let sandbox = lived_in().await;
    let state = sandbox.export();
    let good: Value = serde_json::from_str(&state).unwrap();
    let mut cases = vec![
        ("{".to_owned(), "EOF"),
        ("[]".to_owned(), "invalid type: array, expected an object"),
        (r#"{"format": 2}"#.to_owned(), "format is 2"),
    ];
    for (pointer, value, message) in [
        ("/world/now", json!("soon"), "world.now"),
        ("/world/users/ada/stage", json!("king"), "world.users.ada.stage"),
        ("/world/settings/rates/btc", json!("-1"), "world.settings.rates.btc must be a positive number"),
        (
            "/world/ledger/holdings/user:ada/eur",
            json!("1000000"),
            "world.ledger.holdings.user:ada.eur is 1000000, but its entries make 100.5",
        ),
        ("/world/ledger/holdings/user:ada", json!({}), "world.ledger.holdings.user:ada.eur is missing"),
        ("/world/ledger/entries/0/amount", json!("-5"), "world.ledger.entries[0].amount must be a positive number"),
        ("/world/ledger/entries/0/to", json!("nobody"), "world.ledger.entries[0].to"),
        ("/world/deliveries/log/0/id", json!(9), "world.deliveries.log[0].id must be 0"),
        ("/world/deliveries/due", json!([["2025-08-12T08:00:00.000Z", 99]]), "world.deliveries.due names 99"),
        ("/world/faults/0/operation", json!("pay"), "world.faults[0].operation: there is no `pay`"),
        ("/world/ids/drawn", json!("many"), "world.ids.drawn"),
        ("/world/now", json!("2025-08-12T10:00:00+02:00"), "world.now is not written as a sandbox writes it"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        cases.push((bad.to_string(), message));
    }
    let mut unknown = good.clone();
    unknown["world"]["users"]["ada"]["crown"] = json!(true);
    cases.push((unknown.to_string(), "world.users.ada.crown is not written as a sandbox writes it"));
    let mut missing = good;
    missing["world"].as_object_mut().unwrap().remove("cards");
    cases.push((missing.to_string(), "missing field `cards`"));

    for (document, message) in cases {
        let error = sandbox.import(&document).await.unwrap_err().to_string();
        assert!(error.contains(message), "{message:?} in {error:?}");
        assert_eq!(sandbox.export(), state, "{message}");
    }
}

#[tokio::test]
async fn money_users_and_cards_are_handled() {
    let mut settings = Settings::default();
    settings.steps.insert(Step::KycDecision, When::ByHand);
    for step in [Step::DepositCheck, Step::SepaDepositCheck] {
        settings.steps.insert(step, When::ByHand);
    }
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let client = sandbox.client();
    with_files(&client, "ada").await;
    verify(&client, "ada").await;
    let (status, text) = refused(&sandbox, Method::POST, "users/ada/kyc", json!({"decision": "approve"})).await;
    assert!(status == 400 && text.contains("unknown field `decision`"), "{text}");
    assert_eq!(post(&sandbox, "users/ada/kyc", json!({"approve": true})).await, json!({}));
    assert_eq!(sandbox.overview().users[0].state, UserState::Active);
    assert_eq!(refused(&sandbox, Method::POST, "kyc/none", json!({"approve": true})).await.0, 404);
    let (status, text) = refused(&sandbox, Method::POST, "users/ada/poa", json!({"decision": "APPROVED"})).await;
    assert_eq!((status, text.as_str()), (400, "No proof of address of this user is under review."));

    let deposit = post(&sandbox, "deposits/crypto", json!({"account": "user:ada", "currency": "btc", "amount": "0.5"})).await;
    let path = format!("deposits/crypto/{}", deposit["id"].as_str().unwrap());
    post(&sandbox, &path, json!({"approve": true})).await;
    assert_eq!(refused(&sandbox, Method::POST, &path, json!({"approve": true})).await.0, 400);
    let held = json!({"account": "user:ada", "currency": "btc", "amount": "1", "travelRule": true});
    let held = post(&sandbox, "deposits/crypto", held).await;
    let held = held["id"].as_str().unwrap();
    post(&sandbox, "proceed", json!({"subject": held})).await;
    let (status, text) = refused(&sandbox, Method::POST, "proceed", json!({"subject": held})).await;
    assert_eq!((status, text), (400, format!("subject: nothing waits for `{held}`")));
    let (_, text) = refused(&sandbox, Method::POST, &format!("deposits/crypto/{held}"), json!({"approve": true})).await;
    assert!(text.contains("the partner has to name the sender"), "{text}");
    post(&sandbox, &format!("deposits/crypto/{held}"), json!({"approve": false})).await;
    assert_eq!(refused(&sandbox, Method::POST, "deposits/crypto/none", json!({"approve": true})).await.0, 404);
    let sepa = json!({"externalUserId": "ada", "amount": "250", "senderName": "Jan", "senderIban": "PL61109010140000071219812874"});
    post(&sandbox, "deposits/sepa", sepa).await;
    let title = client.sepa().deposit_info("ada").await.unwrap().title;
    let sepa = json!({"amount": 1, "senderName": "Jan", "senderIban": "PL61109010140000071219812874", "transferTitle": title});
    let checked = post(&sandbox, "deposits/sepa/referenced", sepa).await;
    let path = format!("deposits/sepa/{}", checked["id"].as_str().unwrap());
    post(&sandbox, &path, json!({"approve": false})).await;
    assert_eq!(refused(&sandbox, Method::POST, &path, json!({"approve": true})).await.0, 400);
    assert_eq!(refused(&sandbox, Method::POST, "deposits/sepa/none", json!({"approve": true})).await.0, 404);

    let card = p100::types::CreateCardRequest::builder().external_user_id("ada").label("Shopping").pin("1234").build();
    let card = client.cards().create(&card).await.unwrap().card_id;
    let payment = json!({"merchantName": "Shop", "amount": "12.99", "channel": "ecom"});
    post(&sandbox, &format!("cards/{card}/transactions"), payment).await;
    let code = post(&sandbox, &format!("cards/{card}/3ds-code"), json!({"merchantName": "Shop", "amount": 5})).await;
    let activation = post(&sandbox, &format!("cards/{card}/activation-code"), json!({})).await;

    let books = sandbox.books();
    let balances = &books.balances[&Account::User("ada".into())].0;
    assert_eq!((balances["btc"], balances["eur"]), (Decimal::new(5, 1), Decimal::new(23_701, 2)));
    assert!(books.sums.values().all(Decimal::is_zero));
    let log: Vec<Delivery> = serde_json::from_value(get(&sandbox, "deliveries").await).unwrap();
    for (event, code) in [("card3dsCode", code), ("cardActivationCode", activation)] {
        let reported = log.iter().rfind(|delivery| delivery.event == event).unwrap_or_else(|| panic!("{event} in {log:?}"));
        assert!(reported.body.contains(code["code"].as_str().unwrap()));
    }
    let again = post(&sandbox, "deliveries/0/redeliver", json!({})).await;
    assert_eq!((&again["state"], &again["attempts"]), (&json!("noReceiver"), &json!([])));
    assert_eq!(refused(&sandbox, Method::POST, "deliveries/99/redeliver", json!({})).await, (404, "id: there is no delivery 99".into()));
    assert_eq!(refused(&sandbox, Method::POST, "deliveries/x/redeliver", json!({})).await, (400, "id must be a number".into()));
    post(&sandbox, "settle", json!({})).await;
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::NoReceiver);

    let overview: Overview = serde_json::from_value(get(&sandbox, "overview").await).unwrap();
    assert_eq!((overview.user_count, overview.card_count, overview.deposit_count), (1, 1, 2));
    assert_eq!(overview.cards[0].external_user_id, "ada");
    assert_eq!(overview.entries.len(), overview.entry_count);
    assert_eq!(overview.entries[0], *books.entries.last().unwrap(), "newest first");
}

#[tokio::test]
async fn a_hosted_kyc_is_decided_by_the_form_of_its_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "LT")).await.unwrap();
    let id = client.kyc().create_session(&crate::kyc::session("ada")).await.unwrap().verification_id;
    let form = async |id: &str, fields: &'static str| {
        let request = crate::http().post(format!("{}/_sandbox/kyc/{id}", sandbox.base_url()));
        let response = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(fields).send().await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
        (response.status().as_u16(), response.text().await.unwrap())
    };
    for wrong in ["", "decision=maybe", "decision=approve&who=me"] {
        assert_eq!(form(&id, wrong).await.0, 400, "{wrong}");
    }
    let (status, page) = form(&id, "decision=reject&reason=DOCUMENT_EXPIRED").await;
    assert!(status == 200 && page.contains("was not verified"), "{page}");
    assert_eq!(client.kyc().status("ada").await.unwrap().rejection_reason.as_deref(), Some("DOCUMENT_EXPIRED"));
    // What `curl -d` sends says that it is a form, whatever it is.
    let id = client.kyc().create_session(&crate::kyc::session("ada")).await.unwrap().verification_id;
    let request = crate::http().post(format!("{}/_sandbox/kyc/{id}", sandbox.base_url()));
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(r#" {"approve": true}"#);
    assert_eq!(request.send().await.unwrap().json::<Value>().await.unwrap(), json!({}));
    let (status, page) = form(&id, "decision=approve").await;
    assert!(status == 400 && page.contains("decided before"), "{page}");
    assert_eq!(form("<script>", "decision=approve").await.0, 404);
}

#[tokio::test]
async fn an_unknown_command_is_reported_which_there_are() {
    let sandbox = Sandbox::start().await.unwrap();
    for (method, path, status) in [(Method::GET, "nothing/here", 404), (Method::DELETE, "fund", 405), (Method::POST, "state", 405)] {
        let (responded, body) = send(&sandbox, method, path, None).await;
        assert_eq!(responded, status, "{path}");
        let routes: Vec<&str> = body["routes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(routes.contains(&"POST /_sandbox/fund: put money on an account out of nowhere"), "{routes:?}");
        // The README is the reference of all of them.
        for route in routes {
            let (route, _) = route.split_once(": ").unwrap();
            assert!(include_str!("../README.md").contains(&format!("`{route}`")), "{route} is missing in the README");
        }
    }
    let response = crate::http().get(format!("{}/_sandbox", sandbox.base_url())).send().await.unwrap();
    assert_eq!((response.status(), response.url().path()), (StatusCode::OK, "/_sandbox/"));
}

/// serde reads an array as a struct, member by member.
#[tokio::test]
async fn no_command_takes_an_array_for_an_object() {
    let sandbox = lived_in().await;
    let before = sandbox.export();
    let (_, unknown) = send(&sandbox, Method::GET, "none", None).await;
    let routes = unknown["routes"].as_array().unwrap().iter().map(|route| route.as_str().unwrap().split_once(": ").unwrap().0);
    let commands: Vec<_> = routes.map(|route| route.split_once(" /_sandbox/").unwrap()).filter(|(method, _)| *method != "GET").collect();
    assert!(commands.len() > 20, "{commands:?}");
    for (method, path) in commands {
        let method: Method = method.parse().unwrap();
        for body in [json!([]), json!(["x"]), json!([null]), json!([["x"], {}]), json!(["partner", "eur", "1", true, {}]), json!([{}])] {
            let (status, text) = refused(&sandbox, method.clone(), path, body.clone()).await;
            let is_said = text.contains("expected an object") || text.contains("expected a map");
            assert!(status == 400 && is_said, "{method} {path} {body}: {status} {text}");
        }
        let (status, text) = refused(&sandbox, method.clone(), path, json!({"nonsense": 1})).await;
        // A state of another form is reported by its number, whatever else is in it.
        let named = if (method.as_str(), path) == ("PUT", "state") { "missing field `format`" } else { "unknown field `nonsense`" };
        assert!(status == 400 && text.contains(named), "{method} {path}: {status} {text}");
    }
    assert_eq!(sandbox.export(), before);
    let state: Value = serde_json::from_str(&before).unwrap();
    let members = |value: &Value| Value::Array(value.as_object().unwrap().values().cloned().collect());
    let mut arrays = vec![members(&state)];
    let objects = [
        "/world",
        "/world/settings",
        "/world/ledger",
        "/world/ledger/entries/0",
        "/world/users/ada",
        "/world/users/lim/person",
        "/world/deliveries",
        "/world/deliveries/log/0",
        "/world/schedule",
        "/world/faults/0",
    ];
    for object in objects {
        let mut array = state.clone();
        let place = array.pointer_mut(object).unwrap_or_else(|| panic!("{object}"));
        *place = members(place);
        arrays.push(array);
    }
    for array in arrays {
        let error = sandbox.import(&array.to_string()).await.unwrap_err().to_string();
        assert!(error.contains("invalid type: array, expected an object"), "{error}");
    }
    assert_eq!(sandbox.export(), before);
}

#[tokio::test]
async fn what_is_given_twice_is_refused_by_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let before = sandbox.export();
    let twice = before.replacen(r#""users":{}"#, r#""users":{},"users":{}"#, 1);
    let rates = before.replacen(r#""rates":{"#, r#""rates":{"btc":"1","#, 1);
    for (method, path, body, name) in [
        (Method::POST, "fund", r#"{"account":"partner","currency":"eur","amount":1,"amount":2}"#, "amount"),
        (Method::POST, "users", r#"{"externalUserId":"a","externalUserId":"b"}"#, "externalUserId"),
        (Method::POST, "faults", r#"{"operation":"getRates","kind":"reset","kind":{"delay":1}}"#, "kind"),
        (Method::POST, "reset", r#"{"seed":1,"seed":1}"#, "seed"),
        (Method::PUT, "settings", r#"{"sepaLevel":1,"sepaLevel":2}"#, "sepaLevel"),
        (Method::PUT, "settings", r#"{"rates":{"btc":"1","btc":"2"}}"#, "btc"),
        (Method::PATCH, "settings", r#"{"sepaLevel":1,"sepaLevel":2}"#, "sepaLevel"),
        (Method::PATCH, "settings", r#"{"webhooks":{"url":"http://a","token":"t","url":"http://b"}}"#, "url"),
        (Method::PUT, "state", &twice, "users"),
        (Method::PUT, "state", &rates, "btc"),
    ] {
        let request = crate::http().request(method.clone(), format!("{}/_sandbox/{path}", sandbox.base_url()));
        let response = request.body(body.to_owned()).send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        assert!(status == 400 && text.contains(&format!("duplicate field `{name}`")), "{method} {path}: {status} {text}");
    }
    assert_eq!(sandbox.export(), before);
}

/// Any page that a browser shows can post to any port of its machine.
#[tokio::test]
async fn commands_of_other_web_pages_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("{}/_sandbox/fund", sandbox.base_url());
    let fund = |origin: &str| {
        let request = crate::http().post(&url).header(header::ORIGIN, origin).body(r#"{"account":"partner","currency":"eur","amount":1}"#);
        async { request.send().await.unwrap().status().as_u16() }
    };
    for origin in ["https://example.com", "null", "http://127.0.0.1:1", "http://127.0.0.1"] {
        assert_eq!(fund(origin).await, 403, "{origin}");
    }
    assert!(sandbox.books().entries.is_empty());
    assert_eq!(fund(sandbox.base_url()).await, 200);
}

#[tokio::test]
async fn a_key_is_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let stranger = |key: &str| Client::builder().base_url(sandbox.base_url()).api_key(key).build().unwrap();
    let error = stranger("guessed").partner().balances().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.access_denied()), (401, Some(AccessDenied::WrongKey)));
    let response = crate::http().get(format!("{}/v1/partner/balances", sandbox.base_url())).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.text().await.unwrap().contains("xo1")), (401, true));
    let mut settings = sandbox.settings();
    settings.api_key = "another".into();
    sandbox.set_settings(settings).unwrap();
    stranger("another").partner().balances().await.unwrap();
    // Whoever has no key does not learn whether the request would be right.
    let transfers = operation("createTransfer").path;
    let response = crate::http().post(format!("{}{transfers}", sandbox.base_url())).body("{").send().await.unwrap();
    assert_eq!(response.status().as_u16(), 401);
}

#[tokio::test]
async fn what_is_no_operation_is_reported_which_there_are() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = crate::http();
    for (method, path, status) in
        [(Method::GET, "/v2/balances", 404), (Method::GET, "/", 404), (Method::DELETE, "/v1/partner/balances", 405)]
    {
        let response = client.request(method, format!("{}{path}", sandbox.base_url())).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        if status == 405 {
            assert!(response.headers()[header::ALLOW].to_str().unwrap().contains("GET"));
        }
        let body: Value = response.json().await.unwrap();
        assert!(body["operations"].as_array().unwrap().contains(&json!("GET /v1/partner/balances (getPartnerBalances)")), "{body}");
        assert_eq!(body["control"], "/_sandbox/");
    }
}
