//! What errors report: `cargo run --example handle_errors`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{ErrorCode, TransferRequest};
use p100::{AccessDenied, Client, Decimal};
use p100_httpmock::MockServer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let responses = [
        (
            400,
            r#"{"errorCode":"P424","errorName":"source-or-destination-required","errorMessage":"Source or destination must be provided."}"#,
        ),
        (400, r#"{"errorCode":"P403","errorMessage":"amount must be positive. currency should not be empty."}"#),
        (400, r#"{"errorCode":"P412","errorName":"invalid-user"}"#),
        (400, r#"{"errorCode":"P999"}"#),
        (400, r#"{"errorCode":"P500"}"#),
        (401, r#"{"message":"Access Denied. xo2"}"#),
        (429, ""),
        (502, "<html>Bad Gateway</html>"),
        (201, r#"{"transferId": [17]}"#),
    ];
    for (status, body) in responses {
        let server = MockServer::start_async().await;
        server.create_transfer(|_, then| {
            then.into_inner().status(status).body(body);
        });
        let client = Client::builder().base_url(server.base_url()).api_key("any").build()?;
        println!("{status} {body}\n  {}", explain(&pay(&client).await.expect_err("every response here is an error")));
    }
    Ok(())
}

async fn pay(client: &Client) -> Result<(), p100::Error> {
    let amount = Decimal::new(1250, 2);
    let request = TransferRequest::to_user("customer-42", amount, "eur");
    let pending = client.transfers().create(&request).await?;
    println!("  accepted as {}: the example exchange_with_lock shows how to wait for the outcome", pending.id());
    Ok(())
}

/// What to do about it. The question whether money may have moved comes first.
fn explain(error: &p100::Error) -> String {
    if error.may_have_taken_effect() {
        let reference = error.support_reference().unwrap_or_else(|| "nothing to quote".to_owned());
        return format!("look before paying again (see the example sepa_payout_reconcile): {error} [{reference}]");
    }
    if let Some(sentences) = error.validation() {
        return format!("fix the request: {}", sentences.join(" / "));
    }
    match error.access_denied() {
        Some(AccessDenied::WrongKey) => return "the key is wrong: is it that of the other environment?".to_owned(),
        Some(AccessDenied::AddressNotAllowed) => return "ask P100 to allow this machine's address".to_owned(),
        Some(reason) => return format!("no access: {reason:?}"),
        None => {}
    }
    if error.is_rate_limited() {
        return format!("slow down; P100 asks to wait {:?}", error.retry_after());
    }
    match error.code() {
        Some(ErrorCode::P412) => "create the user first".to_owned(),
        Some(ErrorCode::Unknown(code)) => format!("a code this version does not know: {code}"),
        _ => format!("refused, nothing happened: {error}"),
    }
}
