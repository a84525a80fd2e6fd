//! Wrong requests: every failure has its sentence, and nothing of them brings the sandbox down.

use p100::raw::{Operation, operations};
use p100::types::ErrorCode;
use p100_sandbox::control::NewUser;
use p100_sandbox::{Account, Sandbox};
use serde_json::{Value, json};

const NO_ID: &str = "00000000-0000-4000-8000-000000000000";

pub(crate) fn operation(id: &str) -> &'static Operation {
    operations::ALL.iter().find(|operation| operation.id == id).unwrap()
}

/// Calls an operation with whatever body; the response is its status and JSON.
async fn call(sandbox: &Sandbox, id: &str, body: impl Into<String>) -> (u16, Value) {
    let operation = operation(id);
    let url = format!("{}{}", sandbox.base_url(), operation.path.replace("{externalUserId}", "ada"));
    let request = crate::http().request(operation.method.parse().unwrap(), url).header("x-api-key", "sandbox-key");
    let response = request.body(body.into()).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// What a P403 says.
async fn invalid(sandbox: &Sandbox, id: &str, body: impl Into<String>) -> String {
    let (status, response) = call(sandbox, id, body).await;
    assert_eq!((status, response["errorCode"].as_str()), (400, Some(ErrorCode::P403.as_str())), "{response}");
    response["errorMessage"].as_str().unwrap().to_owned()
}

/// A sandbox with the verified user `ada`.
async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.add_user(NewUser::new("ada")).unwrap();
    sandbox
}

#[tokio::test]
async fn a_request_that_does_not_fit_its_schema_is_stated_everything_at_once() {
    let sandbox = sandbox().await;
    for body in ["", "{", "pin=1234"] {
        assert_eq!(invalid(&sandbox, "createCard", body).await, "The body must be JSON.");
    }
    let text = invalid(&sandbox, "createCard", r#"{"externalUserId": 7, "label": "x", "pin": "12345"}"#).await;
    for sentence in
        ["externalUserId must be a string.", "label must be longer than or equal to 3 characters.", "pin must match ^[0-9]{4}$."]
    {
        assert!(text.contains(sentence), "{sentence:?} in {text:?}");
    }
    assert_eq!(invalid(&sandbox, "createCard", "{}").await.matches("should not be empty.").count(), 3);
}

#[tokio::test]
async fn a_text_that_must_be_there_must_say_something() {
    let sandbox = sandbox().await;
    let blank = json!({"externalUserId": "", "email": "", "phone": " ", "firstName": "", "lastName": "\t", "city": "", "postCode": "",
        "country": "LT", "citizenship": "LT", "address": "", "documentType": "PASSPORT", "documentNumber": "X1"});
    let text = invalid(&sandbox, "createUser", blank.to_string()).await;
    let expected = ["externalUserId", "email", "phone", "firstName", "lastName", "city", "postCode"];
    assert_eq!(text, expected.map(|member| format!("{member} should not be empty.")).join(" "));
    let withdrawal =
        json!({"currency": "eth", "amount": 1, "walletAddress": "", "name": "Ada", "walletType": "CAVE", "receiverType": "NATURAL"});
    let text = invalid(&sandbox, "createPartnerWithdrawal", withdrawal.to_string()).await;
    assert!(text.contains("walletType must be one of") && text.contains("walletAddress should not be empty."), "{text}");
}

#[tokio::test]
async fn what_fits_the_schema_and_makes_no_sense_is_reported_everything_at_once_too() {
    let sandbox = sandbox().await;
    for (id, body, sentences) in [
        (
            "createTransfer",
            json!({"sourceExternalUserId": "nobody", "amount": "-1.123", "currency": "xyz"}),
            "amount must be a positive number. currency is not supported.",
        ),
        (
            "createTransfer",
            json!({"sourceExternalUserId": "ada", "destinationExternalUserId": "ada", "amount": "1.123", "currency": "eur"}),
            "Only one of sourceExternalUserId and destinationExternalUserId should be given. amount must have at most 2 decimals.",
        ),
        (
            "createPartnerExchange",
            json!({"amount": -1, "currencyFrom": "x", "currencyTo": "y", "lockId": NO_ID}),
            "amount must be a positive number. currencyFrom is not supported. currencyTo is not supported.",
        ),
        (
            "createPartnerSepaTransfer",
            json!({"amount": "0", "currency": "usd", "destinationIban": "LT", "transferTitle": "Rent", "receiverType": "LEGAL"}),
            "amount must be a positive number. currency must be eur. destinationIban must be as long as the IBANs of its country. \
             companyName should not be empty.",
        ),
        ("updateUser", json!({"country": "lt", "street": "x"}), "country must be two capital letters. number should not be empty."),
    ] {
        let text = invalid(&sandbox, id, body.to_string()).await;
        assert_eq!(text, sentences, "{id}");
    }
}

#[tokio::test]
async fn a_party_that_is_null_is_none() {
    let sandbox = sandbox().await;
    let transfer = |from: Value, to: Value| {
        let body = json!({"sourceExternalUserId": from, "destinationExternalUserId": to, "amount": 1, "currency": "eur"});
        call(&sandbox, "createTransfer", body.to_string())
    };
    assert_eq!(transfer(Value::Null, json!("ada")).await.0, 201);
    assert_eq!(transfer(json!("ada"), Value::Null).await.0, 201);
    let (status, response) = transfer(Value::Null, Value::Null).await;
    assert_eq!((status, &response["errorCode"]), (400, &json!("P424")));
    let (_, response) = transfer(json!(7), Value::Null).await;
    assert_eq!(response["errorMessage"], "sourceExternalUserId must be of the type null or string.");
}

#[tokio::test]
async fn what_cannot_be_read_is_reported_without_its_place_in_the_text() {
    let sandbox = sandbox().await;
    let twice = r#"{"sourceExternalUserId": "ada", "amount": 1, "amount": 2, "currency": "eur"}"#;
    assert_eq!(invalid(&sandbox, "createTransfer", twice).await, "duplicate field `amount`.");
}

#[tokio::test]
async fn a_path_that_is_no_text_is_refused_as_p100_refuses() {
    let sandbox = sandbox().await;
    let get = async |path: &str, key: &str| {
        let response = crate::http().get(format!("{}{path}", sandbox.base_url())).header("x-api-key", key).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let path = operation("getUserBalances").path.replace("{externalUserId}", "%FF");
    let (status, response) = get(&path, "sandbox-key").await;
    assert_eq!((status, response["errorCode"].as_str()), (400, Some("P403")), "{response}");
    assert_eq!(get(&path, "guessed").await.0, 401);
    let response = crate::http().post(format!("{}/_sandbox/users/%FF/kyc", sandbox.base_url())).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.json::<Value>().await.unwrap()), (400, json!({"message": "The path must be UTF-8."})));
}

/// The fees of this withdrawal cannot be added up: no sandbox writes that, and none checks it.
#[tokio::test]
async fn a_defect_gets_a_response_and_keeps_nothing_else_from_working() {
    let sandbox = sandbox().await;
    sandbox.fund(&Account::Partner, "eth", 10.into()).unwrap();
    let withdrawal =
        json!({"currency": "eth", "amount": 1, "walletAddress": "0x1", "name": "Ada", "walletType": "OTHER", "receiverType": "NATURAL"});
    let (_, made) = call(&sandbox, "createPartnerWithdrawal", withdrawal.to_string()).await;
    let id = made["withdrawalId"].as_str().unwrap();
    let mut state: Value = serde_json::from_str(&sandbox.export()).unwrap();
    let most = "79228162514264337593543950335";
    state["world"]["withdrawals"][id]["fee"] = json!(most);
    state["world"]["withdrawals"][id]["networkFee"] = json!(most);
    sandbox.import(&state.to_string()).await.unwrap();
    let error = sandbox.client().withdrawals().get(id).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 500);
    assert!(error.error_body().unwrap().message.as_ref().unwrap().contains("defect"), "{error}");
    sandbox.client().partner().balances().await.unwrap();
}
