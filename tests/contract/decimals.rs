//! Amounts: no digit is lost between JSON text and `Decimal`, in either wire form, through any type of the document.

use p100_httpmock::MockServer;
use p100_raw::{Decimal, Wire, decimal};
use proptest::prelude::*;
use serde_json::json;

use crate::DOCUMENT;
use crate::harness::{Arguments, SCHEMAS, assert_same_json, call, client, mock};
use crate::samples::Sample;
use crate::wire::recorder;

#[derive(serde::Serialize, serde::Deserialize)]
struct Both {
    #[serde(with = "decimal::string")]
    string: Decimal,
    #[serde(with = "decimal::number")]
    number: Option<Decimal>,
}

/// The text of a decimal with 1 to 28 significant digits and a point anywhere.
fn decimal_text() -> impl Strategy<Value = String> {
    (any::<bool>(), "[1-9][0-9]{0,27}", 0_usize..=28).prop_map(|(negative, digits, scale)| {
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        format!("{}{whole}{point}{fraction}", if negative { "-" } else { "" })
    })
}

proptest! {
    #[test]
    fn text_survives_both_wire_forms(text in decimal_text()) {
        let own = format!(r#"{{"string":"{text}","number":{text}}}"#);
        let other = format!(r#"{{"string":{text},"number":"{text}"}}"#);
        for source in [&own, &other] {
            let both: Both = serde_json::from_str(source).expect("decodes");
            prop_assert_eq!(both.string.to_string(), text.as_str());
            prop_assert_eq!(serde_json::to_string(&Wire(&both)).expect("encodes"), own.as_str());
        }
    }

    #[test]
    fn any_text_decodes_exactly_or_is_refused(text in "[-+0-9.eE_ ]{0,34}") {
        if let Ok(value) = decimal::parse(&text) {
            let reference: f64 = text.parse().expect("what we take, a float parser takes");
            let ours: f64 = value.to_string().parse().expect("a number");
            prop_assert!((reference - ours).abs() <= reference.abs() * 1e-12, "{} became {}", text, value);
        }
    }
}

/// 28 digits and trailing zeros: no float could carry these.
const WIDE: &str = "12345678901234567890.12345600";

/// A sample of a schema in which every decimal is [`WIDE`].
fn wide(schema: &str) -> String {
    // serde_json's own numbers are floats here, so the digits are put into the text afterwards.
    let sample = Sample { decimal: |number| if number { json!(987_654_321) } else { json!("987654321") }, ..Sample::default() };
    sample.of(schema).to_string().replace("987654321", WIDE)
}

#[test]
fn every_decimal_of_the_document_keeps_28_digits() {
    let mut seen = 0;
    for schema in SCHEMAS {
        let text = wide(schema.name);
        seen += text.matches(WIDE).count();
        let again = (schema.recode)(&text).unwrap_or_else(|error| panic!("{}: {error}", schema.name));
        assert_same_json(&again, &text, schema.name);
    }
    assert!(seen > 50, "{seen} decimals seen");
}

#[tokio::test]
async fn amounts_keep_28_digits_on_the_wire_in_both_directions() {
    let (recorder, arrived) = recorder().await;
    let (mut sent, mut received) = (0, 0);
    for operation in DOCUMENT.operations() {
        let mut arguments = Arguments::of(operation, "x");
        let body = operation.body.as_ref().filter(|_| operation.upload().is_none()).and_then(|body| body.schema());
        if let Some(schema) = body {
            arguments.body = wide(schema);
            call(&client(&recorder), &operation.id, &arguments).await.expect_err("status 500");
            let requests: Vec<_> = arrived.lock().expect("not poisoned").drain(..).collect();
            assert_same_json(std::str::from_utf8(requests[0].body_ref()).expect("text"), &arguments.body, &operation.id);
            sent += arguments.body.matches(WIDE).count();
        }
        let success = operation.successes().next().expect("a success");
        if let Some(schema) = success.body.as_ref().and_then(|body| body.schema()) {
            let server = MockServer::start_async().await;
            mock(&server, &operation.id, &arguments, success.status, &wide(schema));
            let response = call(&client(&server), &operation.id, &arguments).await.unwrap_or_else(|error| panic!("{error:?}"));
            assert_same_json(&response.text, &wide(schema), &operation.id);
            received += response.text.matches(WIDE).count();
        }
    }
    assert!(sent >= 10 && received >= 40, "{sent} sent, {received} received");
}
