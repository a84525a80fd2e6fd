//! How requests are recognised and responses written.

use std::convert::Infallible;

use futures_util::{FutureExt, stream};
use httpmock::{HttpMockRequest, Then, When};
use p100_raw::{Bytes, Operation, Wire};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Requests to `operation`, whatever their parameters.
pub(crate) fn operation(when: When, operation: &'static Operation) -> When {
    when.method(operation.method).is_true(move |request| parameters(operation, request.uri().path()).is_some())
}

/// Requests whose path parameter `name` is exactly `value`.
pub(crate) fn path_parameter(when: When, operation: &'static Operation, name: &'static str, value: &str) -> When {
    let value = value.to_owned();
    when.is_true(move |request| {
        let found = parameters(operation, request.uri().path());
        found.is_some_and(|found| found.iter().any(|(own, given)| *own == name && *given == value))
    })
}

/// The decoded path parameters of a request to `operation`; `None` if the path is another's. A parameter is a whole segment.
pub(crate) fn parameters(operation: &'static Operation, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut given = path.split('/');
    let mut found = Vec::new();
    for expected in operation.path.split('/') {
        let given = given.next()?;
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !given.is_empty() => found.push((name, percent_decode_str(given).decode_utf8_lossy().into_owned())),
            None if expected == given => {}
            _ => return None,
        }
    }
    given.next().is_none().then_some(found)
}

/// Requests whose multipart body has a part of this name and content.
pub(crate) fn part(when: When, name: &str, content: Vec<u8>) -> When {
    let name = name.to_owned();
    when.is_true(move |request| parts(request).is_some_and(|parts| parts.iter().any(|(own, body)| *own == name && *body == content)))
}

/// The parts of a multipart body with their names.
fn parts(request: &HttpMockRequest) -> Option<Vec<(String, Bytes)>> {
    let boundary = multer::parse_boundary(request.headers().get("content-type")?.to_str().ok()?).ok()?;
    let body = Bytes::copy_from_slice(request.body_ref());
    // The whole body is here, so no step of reading it has to wait.
    async move {
        let mut multipart = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
        let mut found = Vec::new();
        while let Some(field) = multipart.next_field().await.ok()? {
            found.push((field.name()?.to_owned(), field.bytes().await.ok()?));
        }
        Some(found)
    }
    .now_or_never()?
}

/// Requests whose JSON body is `value`: the same members in the same JSON forms, and equal when read, so that amounts are compared as
/// decimals and not as floats.
pub(crate) fn body<T>(when: When, value: &T) -> When
where
    T: Serialize + DeserializeOwned + PartialEq + Clone + Send + Sync + 'static,
{
    let expected = value.clone();
    let shape = serde_json::from_slice::<Value>(&json(value)).unwrap_or_default();
    when.is_true(move |request| {
        let body = request.body_ref();
        serde_json::from_slice::<Value>(body).is_ok_and(|found| same_shape(&found, &shape))
            && serde_json::from_slice::<T>(body).is_ok_and(|found| found == expected)
    })
}

/// Whether two texts have the same members and the same kinds of values: what the types themselves do not tell.
fn same_shape(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len() && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same_shape(value, other)))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_shape(left, right))
        }
        _ => std::mem::discriminant(left) == std::mem::discriminant(right),
    }
}

/// JSON text with every digit; `httpmock`'s own JSON responses pass through floats.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(&Wire(value)).unwrap_or_default()
}

/// The response to a request that no mock matches. The text is its name, which errors show; messages they do not.
pub(crate) fn unmatched(then: Then, text: impl Fn(&HttpMockRequest) -> String + Send + Sync + 'static) {
    then.respond_with(move |request| {
        let error = serde_json::json!({"errorCode": "MOCK", "errorName": text(request)});
        httpmock::HttpMockResponse::builder().status(418).header("content-type", "application/json").body(error.to_string()).build()
    });
}

#[cfg(test)]
mod tests {
    use p100_raw::operations;

    use super::parameters;

    #[test]
    fn a_path_is_that_of_an_operation_segment_by_segment() {
        let of_card = |path| parameters(&operations::GET_CARD, path);
        let expected = vec![("externalUserId", "customer/42".to_owned()), ("cardId", "c.1".to_owned())];
        assert_eq!(of_card("/v1/card/details/customer%2F42/c.1"), Some(expected));
        for other in ["/v1/card/details/u-1", "/v1/card/details/u-1/", "/v1/card/details//c-1", "/v1/card/limits/u-1/c-1", ""] {
            assert_eq!(of_card(other), None, "{other}");
        }
        for other in ["/v1/card/details/u-1/c-1/", "/v1/card/details/u-1/c-1/x", "/x/v1/card/details/u-1/c-1", "v1/card/details/u-1/c-1"] {
            assert_eq!(of_card(other), None, "{other}");
        }
        assert_eq!(parameters(&operations::GET_RATES, operations::GET_RATES.path), Some(Vec::new()));
        assert_eq!(parameters(&operations::GET_RATES, "/v1/exchange/getXrate"), None);
    }
}
