//! The sandbox does what the document says: every operation succeeds, every documented error can be provoked, every event arrives.

use std::collections::BTreeMap;
use std::sync::Arc;

use p100::types::ErrorCode;
use p100::webhooks::{Event, Receiver, Verifier, router};
use p100::{Client, Decimal};
use p100_raw::webhooks::WebhookKind;
use p100_raw::{Error, operations};
use p100_sandbox::control::{
    CardChannel, CardConfirmation, CardTransaction, CryptoDeposit, NewUser, PaymentLinkPayment, ReferencedSepaDeposit, SepaDeposit,
};
use p100_sandbox::{Account, Fault, Sandbox, Settings};
use p100_spec::Operation;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::DOCUMENT;
use crate::examples::validator;
use crate::harness::{self, Arguments, RawResponse};

const USER: &str = "customer-42";
/// Lives where a proof of address is mandatory.
const POA_USER: &str = "customer-43";
const LIMITED_USER: &str = "customer-44";
const NEW_USER: &str = "customer-46";
const NOBODY: &str = "nobody";
const NO_ID: &str = "00000000-0000-4000-8000-000000000000";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// A sandbox with users, and what earlier responses named.
struct Stage {
    sandbox: Sandbox,
    client: Client,
}

impl Stage {
    /// With a verified user, one who waits for a proof of address, and a limited one; all rich.
    async fn new(settings: Settings) -> Self {
        let sandbox = Sandbox::builder().settings(settings).start().await.expect("a sandbox");
        let client = sandbox.client_builder().retries(p100::Retries::none()).build().expect("a client");
        let stage = Self { sandbox, client };
        let body = with(&example("createUser"), &[("externalUserId", POA_USER), ("country", "UA"), ("documentType", "PASSPORT")]);
        stage.must("createUser", &Arguments { body, ..Arguments::default() }).await;
        stage.sandbox.add_user(NewUser::new(USER)).expect("a user");
        stage.sandbox.add_user(NewUser::builder().external_user_id(LIMITED_USER).limited(true).build()).expect("a user");
        for account in [Account::Partner, Account::User(USER.to_owned())] {
            for currency in ["eur", "eth", "usdc", "btc"] {
                stage.sandbox.fund(&account, currency, Decimal::from(1_000_000)).expect("funds");
            }
        }
        stage
    }

    async fn call(&self, id: &str, arguments: &Arguments) -> Result<RawResponse, Error> {
        harness::call(self.client.raw(), id, arguments).await
    }

    async fn must(&self, id: &str, arguments: &Arguments) -> Value {
        let received = self.call(id, arguments).await.unwrap_or_else(|error| panic!("{id}: {error} {:?}", error.api_error()));
        serde_json::from_str(&received.text).unwrap_or(Value::String(received.text))
    }

    /// Arguments with which `operation` succeeds here.
    async fn arguments(&self, operation: &Operation) -> Arguments {
        self.fitted(operation, Arguments::of(operation, NO_ID)).await
    }

    /// The same arguments, naming what is there.
    async fn fitted(&self, operation: &Operation, mut arguments: Arguments) -> Arguments {
        for parameter in operation.parameters_in("path") {
            let value = match parameter.name.as_str() {
                "externalUserId" => user_of(operation).to_owned(),
                "cardId" => self.created("createCard", "cardId").await,
                "verificationId" => self.created("createKycSession", "verificationId").await,
                "cryptoDepositId" => self.held_deposit(),
                _ => {
                    let create = creator(operation).unwrap_or_else(|| panic!("{}: what makes a {}?", operation.id, parameter.name));
                    let id = create.outcome.as_ref().and_then(|outcome| outcome.id.clone()).expect("an id");
                    self.created(&create.id, &id).await
                }
            };
            arguments.values.insert(parameter.name.clone(), value);
        }
        arguments.values.entry("year".to_owned()).and_modify(|year| "2025".clone_into(year));
        arguments.values.entry("month".to_owned()).and_modify(|month| "8".clone_into(month));
        if operation.upload().is_some() {
            arguments.files.iter_mut().for_each(|(_, content)| *content = PNG.to_vec());
        }
        if !arguments.body.is_empty() {
            let body: Value = serde_json::from_str(&arguments.body).expect("JSON");
            let mut changes = Vec::new();
            // Operations that create users need a new one.
            let creates_user = operation.error_codes.iter().any(|code| code.code == "P411");
            for member in ["externalUserId", "sourceExternalUserId", "destinationExternalUserId"] {
                if body.get(member).is_some() {
                    let user = if creates_user { NEW_USER } else { user_of(operation) };
                    changes.push((member, user.to_owned()));
                }
            }
            if body.get("cardId").is_some() {
                changes.push(("cardId", self.created("createCard", "cardId").await));
            }
            if body.get("lockId").is_some() {
                let (lock, id) = match operation.id.as_str() {
                    "createOrder" => ("lockOrderRate", "lockId"),
                    "createPartnerExchange" => ("lockPartnerRate", "id"),
                    _ => ("lockRate", "id"),
                };
                changes.push(("lockId", self.created(lock, id).await));
            }
            arguments.body = with(&arguments.body, &changes.iter().map(|(member, value)| (*member, value.as_str())).collect::<Vec<_>>());
        }
        arguments
    }

    /// Typed code cannot send a request that lacks a member, or is no object where none is required.
    async fn assert_refuses_an_empty_body(&self, operation: &Operation) {
        let schema = operation.body.as_ref().and_then(p100_spec::MediaNode::schema).and_then(|name| DOCUMENT.schema(name));
        let schema = schema.expect("a schema");
        let takes_anything = schema.get("properties").is_none();
        let url = format!("{}{}", self.sandbox.base_url(), operation.path.replace("{externalUserId}", USER));
        let request = crate::harness::http().request(operation.method.word().parse().expect("a method"), url);
        let request = request.header("x-api-key", "sandbox-key").header("content-type", "application/json").body(if takes_anything {
            "[]"
        } else {
            "{}"
        });
        let received = request.send().await.expect("a response");
        assert_eq!(received.status(), 400, "{}", operation.id);
        let text = received.text().await.expect("text");
        assert_valid("Error", &text, &operation.id);
        let error: p100::types::Error = serde_json::from_str(&text).expect("an error");
        assert_eq!((error.error_code, error.error_name), (Some(ErrorCode::P403), None), "{}: {text}", operation.id);
        // Every failure has its sentence.
        let message = error.error_message.unwrap_or_default();
        for member in schema.strings("required") {
            assert!(message.contains(&format!("{member} should not be empty.")), "{}: {member} is missing in {message}", operation.id);
        }
    }

    /// What `operation` names when it is called.
    async fn created(&self, operation: &str, member: &str) -> String {
        let arguments = Box::pin(self.arguments(find(operation))).await;
        let received = self.must(operation, &arguments).await;
        received[member].as_str().unwrap_or_else(|| panic!("{operation} names no {member}: {received}")).to_owned()
    }

    /// A crypto deposit that waits for its sender.
    fn held_deposit(&self) -> String {
        let (account, currency) = (Account::User(USER.to_owned()), "eth".to_owned());
        let deposit = CryptoDeposit::builder().account(account).currency(currency).amount(Decimal::ONE).travel_rule(true).build();
        self.sandbox.receive_crypto_deposit(deposit).expect("a deposit")
    }

    /// Arguments with which `operation` returns `code` here; the stage is brought into the state for it.
    async fn provocation(&self, operation: &Operation, code: &str) -> Arguments {
        let mut arguments = self.arguments(operation).await;
        match code {
            "P403" => _ = arguments.values.insert("month".to_owned(), "13".to_owned()),
            "P410" if arguments.body.is_empty() => _ = arguments.values.insert("currency".to_owned(), "xyz".to_owned()),
            "P410" => arguments.body = with(&arguments.body, &[("currency", "xyz")]),
            "P411" => arguments.body = with(&arguments.body, &[("externalUserId", USER)]),
            "P412" => rename_user(&mut arguments, NOBODY),
            "P424" => arguments.body = without(&arguments.body, &["sourceExternalUserId", "destinationExternalUserId"]),
            "P426" => arguments.files.iter_mut().for_each(|(_, content)| *content = b"just text".to_vec()),
            "P428" => arguments.values.values_mut().for_each(|value| NO_ID.clone_into(value)),
            "P433" if operation.id == "createUserSepaTransfer" => arguments.body = with(&arguments.body, &[("amount", "2000000")]),
            "P433" => arguments.body = with(&arguments.body, &[("currency", "ltc")]),
            "P434" if arguments.body.is_empty() => _ = arguments.values.insert("cardId".to_owned(), NO_ID.to_owned()),
            "P434" => arguments.body = with(&arguments.body, &[("cardId", NO_ID)]),
            "P440" => arguments.files.iter_mut().for_each(|(_, content)| *content = [PNG, &[0; 6_000_000]].concat()),
            "P445" | "P459" if operation.id == "getKycStatus" => {
                rename_user(&mut arguments, if code == "P445" { POA_USER } else { LIMITED_USER });
            }
            "P447" | "P211" => _ = self.must("uploadPoaFiles", &files(POA_USER, &["files"], PNG)).await,
            "P451" => {
                // Verified, but in a country without cards.
                self.sandbox.add_user(NewUser::builder().external_user_id("far").country("US").build()).expect("a user");
                rename_user(&mut arguments, "far");
            }
            "P454" => _ = self.created("createCard", "cardId").await,
            "P455" => _ = self.must("suspendUser", &user(USER)).await,
            "P459" => rename_user(&mut arguments, POA_USER),
            "P461" => {
                let mut settings = self.sandbox.settings();
                settings.demand_extension = true;
                self.sandbox.set_settings(settings).expect("settings");
            }
            "P460" => rename_user(&mut arguments, USER),
            // Nothing a caller does provokes them.
            "P418" | "P500" | "P501" => {
                let known = operations::ALL.iter().find(|known| known.id == operation.id).expect("an operation");
                self.sandbox.add_fault(Fault::code(known, code.into())).expect("an operation");
            }
            other => panic!("no scenario provokes {other}"),
        }
        arguments
    }
}

#[tokio::test]
async fn every_operation_succeeds_with_every_example_and_returns_what_the_document_says() {
    let calls =
        DOCUMENT.operations().iter().flat_map(|operation| Arguments::all(operation, NO_ID).into_iter().map(move |one| (operation, one)));
    for (operation, arguments) in calls {
        let mut settings = Settings::default();
        // A request that names no receiver is one of level 1.
        let names = |member: &str| arguments.body.contains(&format!("\"{member}\""));
        settings.sepa_level = if names("destinationIban") && !names("receiverType") { 1 } else { 2 };
        let stage = Stage::new(settings).await;
        let arguments = stage.fitted(operation, arguments).await;
        let received = stage.call(&operation.id, &arguments).await;
        let received =
            received.unwrap_or_else(|error| panic!("{} with {}: {error}: {:?}", operation.id, arguments.body, error.api_error()));
        let response = operation.successes().find(|response| response.status == received.status);
        let response = response.unwrap_or_else(|| panic!("{}: status {}", operation.id, received.status));
        if !operation.returns_raw() {
            let schema = response.body.as_ref().and_then(p100_spec::MediaNode::schema).expect("a schema");
            assert_valid(schema, &received.text, &operation.id);
        }
    }
}

#[tokio::test]
async fn every_documented_error_code_can_be_provoked() {
    for operation in DOCUMENT.operations() {
        for known in &operation.error_codes {
            let what = format!("{} {}", operation.id, known.code);
            let mut settings = Settings::default();
            settings.refuse_unfunded_transfers = known.code == "P433";
            if known.code == "P211" {
                settings.steps.insert(p100_sandbox::Step::PoaReview, p100_sandbox::When::ByHand);
            }
            let stage = Stage::new(settings).await;
            if known.code == "P403" && operation.body.is_some() {
                stage.assert_refuses_an_empty_body(operation).await;
                continue;
            }
            let arguments = stage.provocation(operation, &known.code).await;
            match stage.call(&operation.id, &arguments).await {
                // P211 comes with a success.
                Ok(received) => {
                    assert_eq!((received.status, known.status), (known.status, 202), "{what}");
                    assert!(received.text.contains(&known.code), "{what}: {}", received.text);
                }
                Err(error) => {
                    assert_eq!(error.code(), Some(&ErrorCode::from(known.code.as_str())), "{what}: {:?}", error.body());
                    assert_eq!(error.status().map(|status| status.as_u16()), Some(known.status), "{what}");
                    assert_valid("Error", std::str::from_utf8(error.body().expect("a body")).expect("text"), &what);
                }
            }
        }
    }
}

#[tokio::test]
async fn every_operation_with_a_key_reports_a_missing_and_a_wrong_one_apart() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let http = harness::http();
    let raw = p100_raw::Client::with_transport(sandbox.base_url().parse().expect("a URL"), http.clone(), Arc::new(http));
    let wrong = Client::builder().base_url(sandbox.base_url()).api_key("wrong").build().expect("a client");
    for operation in DOCUMENT.operations().iter().filter(|operation| operation.authenticated) {
        let arguments = Arguments::of(operation, NO_ID);
        for (client, word) in [(&raw, "xo1"), (wrong.raw(), "xo2")] {
            let error = harness::call(client, &operation.id, &arguments).await.expect_err("refused");
            let body = String::from_utf8_lossy(error.body().expect("a body")).into_owned();
            assert!(error.access_denied().is_some() && body.contains(word), "{} {word}: {body}", operation.id);
        }
    }
}

#[tokio::test]
async fn every_event_arrives_and_is_understood() {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let kept = Arc::clone(&events);
    let receiver = Receiver::new(Verifier::new("the token").expect("a token"));
    let app = router(receiver, move |event| {
        let kept = Arc::clone(&kept);
        async move {
            kept.lock().await.push(event);
            Ok::<_, std::convert::Infallible>(())
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut settings = Settings::default();
    settings.webhooks = Some(
        p100_sandbox::Receiver::builder().url(format!("http://{}", listener.local_addr().expect("an address"))).token("the token").build(),
    );
    tokio::spawn(async move { axum::serve(listener, app).await });

    let stage = Stage::new(settings).await;
    let identifies = |operation: &&Operation| operation.outcome.as_ref().is_some_and(|outcome| outcome.event.is_some());
    let own_files = "customer-45";
    let body = with(&example("createUser"), &[("externalUserId", own_files), ("country", "LT"), ("documentType", "PASSPORT")]);
    stage.must("createUser", &Arguments { body, ..Arguments::default() }).await;
    stage.must("uploadKycFiles", &files(own_files, &["front", "selfie"], PNG)).await;
    stage.must("startUserVerification", &body_of(&[("externalUserId", own_files)])).await;
    for operation in DOCUMENT.operations().iter().filter(identifies).filter(|operation| operation.id != "createUser") {
        let arguments = stage.arguments(operation).await;
        stage.must(&operation.id, &arguments).await;
    }
    let card = stage.created("createCard", "cardId").await;
    let deposit = SepaDeposit::builder()
        .external_user_id(USER)
        .amount(Decimal::ONE)
        .sender_name("Ada Example")
        .sender_iban("DE89370400440532013000")
        .build();
    stage.sandbox.receive_sepa_deposit(deposit).expect("a deposit");
    let transfer_title = stage.created("getUserSepaDepositInfo", "title").await;
    let (sender_name, sender_iban) = ("Ada Example".to_owned(), "DE89370400440532013000".to_owned());
    let deposit = ReferencedSepaDeposit::builder()
        .amount(Decimal::ONE)
        .sender_name(sender_name)
        .sender_iban(sender_iban)
        .transfer_title(transfer_title)
        .build();
    stage.sandbox.receive_referenced_sepa_deposit(deposit).expect("a deposit");
    let link = stage.created("createPaymentLink", "paymentLinkId").await;
    let payment = PaymentLinkPayment::builder().currency("usdc").amount(Decimal::ONE).build();
    stage.sandbox.pay_payment_link(&link, &payment).expect("a payment");
    let (merchant_name, amount) = ("Example Shop".to_owned(), Decimal::ONE);
    let payment = CardTransaction::builder().merchant_name(merchant_name.clone()).amount(amount).channel(CardChannel::Ecom).build();
    stage.sandbox.make_card_transaction(&card, payment).expect("a payment");
    stage
        .sandbox
        .send_card_3ds_code(&card, CardConfirmation::builder().merchant_name(merchant_name).amount(amount).build())
        .expect("a code");
    stage.sandbox.send_card_activation_code(&card).expect("a code");
    stage.sandbox.settle().await;

    let events = events.lock().await;
    let mut counts: BTreeMap<WebhookKind, usize> = BTreeMap::new();
    for event in events.iter() {
        let payload = event.known().unwrap_or_else(|| panic!("not understood: {event:?}"));
        *counts.entry(payload.kind()).or_default() += 1;
        let webhook = DOCUMENT.webhooks().iter().find(|webhook| webhook.id == payload.kind().route().id).expect("a webhook");
        assert_valid(&webhook.payload, std::str::from_utf8(event.raw.data()).expect("text"), &webhook.id);
    }
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), WebhookKind::ALL, "{counts:?}");
}

fn assert_valid(schema: &str, text: &str, what: &str) {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{what}: {error} in {text}"));
    let errors: Vec<String> = validator(schema).iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{what}: {errors:?} in {text}");
}

fn find(id: &str) -> &'static Operation {
    DOCUMENT.operations().iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("no operation {id}"))
}

/// The user with whom the operation succeeds: most need a verified one, some one who is not, and nobody with money is deleted.
fn user_of(operation: &Operation) -> &'static str {
    match operation.id.as_str() {
        "uploadPoaFiles" | "createKycSession" | "openKycPage" | "deleteUser" => POA_USER,
        _ => USER,
    }
}

/// The operation whose details `operation` reports.
fn creator(operation: &Operation) -> Option<&'static Operation> {
    DOCUMENT.operations().iter().find(|create| {
        create.outcome.as_ref().is_some_and(|outcome| outcome.details.as_deref() == Some(&operation.id) && outcome.id.is_some())
    })
}

fn example(id: &str) -> String {
    Arguments::of(find(id), NO_ID).body
}

/// JSON text with some members set.
fn with(body: &str, members: &[(&str, &str)]) -> String {
    let mut body: Value = serde_json::from_str(body).expect("JSON");
    for (member, value) in members {
        body[*member] = Value::from(*value);
    }
    body.to_string()
}

fn without(body: &str, members: &[&str]) -> String {
    let mut body: serde_json::Map<String, Value> = serde_json::from_str(body).expect("JSON");
    body.retain(|member, _| !members.contains(&member.as_str()));
    Value::Object(body).to_string()
}

fn body_of(members: &[(&str, &str)]) -> Arguments {
    Arguments { body: with("{}", members), ..Arguments::default() }
}

fn user(id: &str) -> Arguments {
    Arguments { values: BTreeMap::from([("externalUserId".to_owned(), id.to_owned())]), ..Arguments::default() }
}

fn files(id: &str, parts: &[&str], content: &[u8]) -> Arguments {
    Arguments { files: parts.iter().map(|part| ((*part).to_owned(), content.to_owned())).collect(), ..user(id) }
}

/// Calls in the name of another user, wherever the user is named.
fn rename_user(arguments: &mut Arguments, id: &str) {
    if let Some(user) = arguments.values.get_mut("externalUserId") {
        id.clone_into(user);
    }
    if !arguments.body.is_empty() {
        let body: Value = serde_json::from_str(&arguments.body).expect("JSON");
        let members = ["externalUserId", "sourceExternalUserId", "destinationExternalUserId"];
        let present: Vec<(&str, &str)> =
            members.into_iter().filter(|member| body.get(member).is_some()).map(|member| (member, id)).collect();
        arguments.body = with(&arguments.body, &present);
    }
}
