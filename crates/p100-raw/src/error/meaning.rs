//! What a response that is no success certainly says: the one place that distinguishes a refusal from anything else.

use reqwest::StatusCode;

use super::AccessDenied;
use crate::corrections::CodeClass;
use crate::{CheckedCorrections, ErrorCodeInfo, error_codes, json};

/// What a response that is no success certainly says about the call.
///
/// P100 sends faults of its own with status 400, and gateways on the way respond with any status. So a status alone is no evidence that
/// nothing happened; a code that the document knows is.
///
/// | stage | status | body | meaning | a write may have taken effect | a read is sent again | a write is sent again |
/// |---|---|---|---|---|---|---|
/// | not sent: the request cannot be built, or a file of it cannot be read | | | | no | no | no |
/// | no connection | | | | no | yes | yes |
/// | HTTP/2: the server refuses the stream | | | | no | yes | yes |
/// | HTTP/2: the server closes the connection without a fault, the stream is above the last one that it takes, and the request has a body | | | | no | yes | yes |
/// | no response, for any other reason | | | | yes | yes | no |
/// | the response is cut off | any | a part | | yes | yes | no |
/// | the response is larger than the client takes | any | a part | | yes | no | no |
/// | the whole response | 2xx | not what the document says | | yes | no | no |
/// | | 5xx | any | [`ServerFault`](Self::ServerFault) | yes | yes | no |
/// | | 4xx | a code of the family `P5xx`, known or not, such as `P500` and `P501` | [`ServerFault`](Self::ServerFault) | yes | yes | no |
/// | | 408 | anything else | [`Unclear`](Self::Unclear) | yes | yes | no |
/// | | 499 | anything else | [`Unclear`](Self::Unclear) | yes | no | no |
/// | | 425, 429 | a code that the document knows, or no code and an `errorName` that it knows | [`Refused`](Self::Refused), with several codes [`RefusedVariously`](Self::RefusedVariously) | no | yes | yes |
/// | | another 4xx | a code that the document knows, or no code and an `errorName` that it knows | [`Refused`](Self::Refused), with several codes [`RefusedVariously`](Self::RefusedVariously) | no | no | no |
/// | | 401 | no code, and one of the words `xo1`, `xo2`, `xo3` | [`Denied`](Self::Denied) | no | no | no |
/// | | 425, 429 | a code of P100's form that the document does not know, such as `P499` | [`UnknownCode`](Self::UnknownCode) | yes | yes | no |
/// | | another 4xx | a code of P100's form that the document does not know, such as `P499` | [`UnknownCode`](Self::UnknownCode) | yes | no | no |
/// | | 400, 425, 429 | anything else: empty, HTML, `{}`, `{"message": ..}`, `{"code": ..}`, a text, an array, JSON that is cut off | [`Unclear`](Self::Unclear) | yes | yes | no |
/// | | another 4xx, such as 401, 403, 404, 409, 422, 424 | anything else | [`Unclear`](Self::Unclear) | yes | no | no |
/// | | 1xx, 3xx | any | [`Unclear`](Self::Unclear) | yes | no | no |
///
/// A read is an operation of [`Retry::Safe`](crate::Retry::Safe), a write any other; no read takes effect. Whether a call is sent again is up
/// to the transport: the last two columns are those of the crate `p100`, as often as its policy allows, after the wait that the response
/// asks for, and while the call has time. A write that P100 refused with 425 or 429 did nothing, and later it may be taken; after any other
/// refusal the same call would be refused again.
///
/// Codes are looked for in `errorCode`, also one level down in `error` and `errors`, and compared without case and surrounding blanks. Of
/// several, each must be known; one that is no text counts as unknown, `null` as absent. A code that [`Corrections`](crate::Corrections)
/// call a server fault counts as one of the family `P5xx`, one that they call a refusal as known: the meaning is then
/// [`RefusedByCorrection`](Self::RefusedByCorrection).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// P100 refused the call with this code and did nothing.
    Refused(&'static ErrorCodeInfo),
    /// P100 refused the call and did nothing, with several codes that the document knows: which of them is the reason is not certain.
    RefusedVariously,
    /// P100 refused the call and did nothing, with a code that a correction calls a refusal and the document does not know.
    RefusedByCorrection,
    /// P100 refused the key or the address and did nothing.
    Denied(AccessDenied),
    /// P100 or something before it failed. Whether the call took effect is not stated.
    ServerFault,
    /// P100 gave a code that the document does not know. Most of these are refusals, but its list is not public.
    UnknownCode,
    /// Nothing that is certain.
    Unclear,
}

impl Meaning {
    /// What a response of this status and body says.
    #[must_use]
    pub fn of(status: StatusCode, body: &[u8]) -> Self {
        Self::corrected(status, body, None)
    }

    pub(crate) fn corrected(status: StatusCode, body: &[u8], corrections: Option<&CheckedCorrections>) -> Self {
        if status.is_server_error() {
            return Self::ServerFault;
        }
        if !status.is_client_error() {
            return Self::Unclear;
        }
        let said = of_body(body, |code| corrections.and_then(|corrections| corrections.class(code)));
        match said {
            // Their own meaning is that nobody waited for the end.
            Self::Refused(_) | Self::RefusedVariously | Self::RefusedByCorrection | Self::UnknownCode
                if matches!(status.as_u16(), 408 | 499) =>
            {
                Self::Unclear
            }
            Self::Unclear if status == StatusCode::UNAUTHORIZED => match denied(body) {
                AccessDenied::Unknown => Self::Unclear,
                reason => Self::Denied(reason),
            },
            _ => said,
        }
    }

    /// Whether the call certainly had no effect.
    #[must_use]
    pub fn nothing_happened(self) -> bool {
        matches!(self, Self::Refused(_) | Self::RefusedVariously | Self::RefusedByCorrection | Self::Denied(_))
    }
}

fn of_body(body: &[u8], class: impl Fn(&str) -> Option<CodeClass>) -> Meaning {
    let text = String::from_utf8_lossy(body);
    let (mut codes, mut names) = (Vec::new(), Vec::new());
    for (name, value) in witnesses(&text) {
        // A code that is no text is one that nobody can know.
        let word = || serde_json::from_str::<String>(value).unwrap_or_default();
        match &*name {
            "errorCode" => codes.push(word()),
            _ => names.push(word()),
        }
    }
    if codes.is_empty() {
        let is_fault = |info: &&ErrorCodeInfo| class(info.code) == Some(CodeClass::ServerFault);
        let known: Option<Vec<_>> = names.iter().map(|name| by_name(name).filter(|info| !is_fault(info))).collect();
        return match known.as_deref() {
            Some([info, others @ ..]) if others.iter().all(|other| other.code == info.code) => Meaning::Refused(info),
            _ => Meaning::Unclear,
        };
    }
    if codes.iter().any(|code| class(code).map_or_else(|| is_server_fault(code), |class| class == CodeClass::ServerFault)) {
        return Meaning::ServerFault;
    }
    if !codes.iter().all(|code| class(code).is_some() || has_form(code)) {
        return Meaning::Unclear;
    }
    if codes.iter().all(|code| class(code).is_some() || known(code).is_some()) && codes.iter().any(|code| known(code).is_none()) {
        return Meaning::RefusedByCorrection;
    }
    let known: Option<Vec<_>> = codes.iter().map(|code| known(code)).collect();
    match known.as_deref() {
        Some([info, others @ ..]) if others.iter().any(|other| other.code != info.code) => Meaning::RefusedVariously,
        Some([info, ..]) => Meaning::Refused(info),
        _ => Meaning::UnknownCode,
    }
}

/// Every `errorCode` and `errorName` that is there, at the root and one level down.
fn witnesses(text: &str) -> Vec<(String, &str)> {
    let is_witness = |name: &str, value: &str| matches!(name, "errorCode" | "errorName") && value != "null";
    let mut found = Vec::new();
    for (name, value) in json::members(text).unwrap_or_default() {
        if is_witness(&name, value) {
            found.push((name, value));
        } else if matches!(&*name, "error" | "errors") {
            let below = json::entries(value).unwrap_or_else(|| vec![value]);
            let below = below.into_iter().filter_map(json::members).flatten();
            found.extend(below.filter(|(name, value)| is_witness(name, value)));
        }
    }
    found
}

/// What the document knows about a code, however it is written.
pub(super) fn known(code: &str) -> Option<&'static ErrorCodeInfo> {
    error_codes::ALL.iter().find(|info| info.code.eq_ignore_ascii_case(code.trim()))
}

fn by_name(name: &str) -> Option<&'static ErrorCodeInfo> {
    let is_of = |info: &&ErrorCodeInfo| info.name.is_some_and(|known| known.eq_ignore_ascii_case(name.trim()));
    error_codes::ALL.iter().find(is_of).filter(|info| !is_server_fault(info.code))
}

/// The letter P and three digits.
fn has_form(code: &str) -> bool {
    matches!(code.trim().as_bytes(), [b'P' | b'p', digits @ ..] if digits.len() == 3 && digits.iter().all(u8::is_ascii_digit))
}

/// The whole family: lint lets the document have no other server fault.
fn is_server_fault(code: &str) -> bool {
    matches!(code.trim().as_bytes(), [b'P' | b'p', b'5', ..])
}

/// The code of a body in which `errorCode` is missing at the root.
pub(super) fn code_below(body: &[u8]) -> Option<&'static ErrorCodeInfo> {
    let text = String::from_utf8_lossy(body);
    let code = witnesses(&text).into_iter().find(|(name, _)| name == "errorCode")?.1;
    known(&serde_json::from_str::<String>(code).ok()?)
}

/// Why access was refused. The form of that response is not documented, so the words of its text are searched.
pub(super) fn denied(body: &[u8]) -> AccessDenied {
    let text = String::from_utf8_lossy(body);
    let words = text.split(|character: char| !character.is_alphanumeric());
    let known = |word: &str| error_codes::ACCESS_DENIED.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    let mut reasons = words.filter_map(known).map(|(_, reason)| *reason);
    let first = reasons.next().unwrap_or(AccessDenied::Unknown);
    if reasons.all(|reason| reason == first) { first } else { AccessDenied::Unknown }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::Meaning;
    use crate::{AccessDenied, error_codes};

    /// The meaning of a body with a status of the 4xx that has none of its own, in one letter: Refused, refused Variously, Server fault, unknown
    /// Code, Unclear.
    const BODIES: &[(&[u8], char)] = &[
        (br#"{"errorCode":"P412"}"#, 'R'),
        (br#"{"errorCode":"P412","errorName":"invalid-user","errorMessage":"No such user."}"#, 'R'),
        (br#"{"errorCode":"p412 "}"#, 'R'),
        (b"\xef\xbb\xbf {\"errorCode\":\"P412\"} ", 'R'),
        (b"{\"errorCode\":\"P412\",\"errorMessage\":\"\xff\",\"new\":\"\\ud800\"}", 'R'),
        (br#"{"errorMessage":["a","b"],"errorCode":"P403"}"#, 'R'),
        (br#"{"error":{"errorCode":"P412"}}"#, 'R'),
        (br#"{"errors":[{"errorCode":"P412"},{"errorCode":"P403"}]}"#, 'V'),
        (br#"{"errors":[{"errorCode":"P445"},{"errorCode":"P412"}]}"#, 'V'),
        (br#"{"errors":[{"errorCode":"P412"},{"errorCode":" p412"}]}"#, 'R'),
        (br#"{"errorCode":"P412","error":{"errorCode":"P445"}}"#, 'V'),
        (br#"{"errorCode":null,"error":{"errorCode":"P412"}}"#, 'R'),
        (br#"{"errorCode":"P412","errorCode":"P412"}"#, 'R'),
        (br#"{"errorName":"invalid-user"}"#, 'R'),
        (br#"{"errorCode":"P500"}"#, 'S'),
        (br#"{"errorCode":" p501"}"#, 'S'),
        (br#"{"errorCode":"P599"}"#, 'S'),
        (br#"{"error":{"errorCode":"P500"}}"#, 'S'),
        (br#"{"errors":[{"errorCode":"P500"}]}"#, 'S'),
        (br#"{"errors":[{"errorCode":"P412"},{"errorCode":"P500"}]}"#, 'S'),
        (br#"{"errorCode":"P412","error":{"errorCode":"P500"}}"#, 'S'),
        (br#"{"errorCode":"P412","errorCode":"P500"}"#, 'S'),
        (br#"{"errorCode":"P500","errorName":"invalid-user"}"#, 'S'),
        (br#"{"errorCode":"P499"}"#, 'C'),
        (br#"{"errorCode":"P412","errors":[{"errorCode":"P499"}]}"#, 'C'),
        (br#"{"errorCode":"E1"}"#, 'U'),
        (br#"{"errorCode":"P4120"}"#, 'U'),
        (br#"{"errorCode":""}"#, 'U'),
        (br#"{"errorCode":412}"#, 'U'),
        (br#"{"errorCode":["P412"]}"#, 'U'),
        (br#"{"errorCode":{"errorCode":"P412"}}"#, 'U'),
        (br#"{"errorCode":412,"error":{"errorCode":"P412"}}"#, 'U'),
        (br#"{"errorCode":null}"#, 'U'),
        (br#"{"errorName":"unknown-exception"}"#, 'U'),
        (br#"{"errorName":["invalid-user"]}"#, 'U'),
        (br#"{"errorcode":"P412"}"#, 'U'),
        (br#"{"data":{"errorCode":"P412"}}"#, 'U'),
        (br#"{"error":{"error":{"errorCode":"P412"}}}"#, 'U'),
        (br#"{"code":"P412"}"#, 'U'),
        (br#"{"code":"P500"}"#, 'U'),
        (br#"{"message":"P412"}"#, 'U'),
        (br#"{"message":"Endpoint request timed out"}"#, 'U'),
        (br#"{"statusCode":404,"message":"Cannot POST /v1/transfer","error":"Not Found"}"#, 'U'),
        (br#"{}"#, 'U'),
        (br#"[]"#, 'U'),
        (br#"["P412"]"#, 'U'),
        (br#"[{"errorCode":"P412"}]"#, 'U'),
        (br#""P412""#, 'U'),
        (br#""p500""#, 'U'),
        (b"P412", 'U'),
        (b"null", 'U'),
        (b"412", 'U'),
        (b"", 'U'),
        (b" \n", 'U'),
        (b"<html>P412</html>", 'U'),
        (br#"{"errorCode":"P412""#, 'U'),
        (br#"{"errorCode":"P412"} trailing"#, 'U'),
        (b"{\"errorCode\":\"P4\xff12\"}", 'U'),
        (b"\xff\xfe", 'U'),
    ];

    fn letter(meaning: Meaning) -> char {
        match meaning {
            Meaning::Refused(_) => 'R',
            Meaning::RefusedVariously => 'V',
            Meaning::RefusedByCorrection => 'B',
            Meaning::Denied(_) => 'D',
            Meaning::ServerFault => 'S',
            Meaning::UnknownCode => 'C',
            Meaning::Unclear => 'U',
        }
    }

    #[test]
    fn only_a_readable_known_code_that_is_no_server_fault_is_a_refusal() {
        for status in 100..=999 {
            let status = StatusCode::from_u16(status).expect("a status");
            for (body, of_client_error) in BODIES {
                let expected = match (status.as_u16(), of_client_error) {
                    (500..=599, _) => 'S',
                    (408 | 499, 'R' | 'V' | 'C') => 'U',
                    (400..=499, meaning) => *meaning,
                    _ => 'U',
                };
                assert_eq!(letter(Meaning::of(status, body)), expected, "{status} {}", String::from_utf8_lossy(body));
            }
        }
    }

    #[test]
    fn each_code_of_the_document_is_a_refusal_but_for_server_faults() {
        for info in error_codes::ALL {
            let body = format!(r#"{{"errorCode":"{}"}}"#, info.code);
            let expected = if info.code.starts_with("P5") { Meaning::ServerFault } else { Meaning::Refused(info) };
            assert_eq!(Meaning::of(StatusCode::BAD_REQUEST, body.as_bytes()), expected, "{body}");
            if let Some(name) = info.name {
                let body = format!(r#"{{"errorName":"{name}"}}"#);
                assert_eq!(Meaning::of(StatusCode::BAD_REQUEST, body.as_bytes()), Meaning::Refused(info), "{body}");
            }
        }
        assert!(error_codes::ALL.iter().any(|info| info.name.is_some()));
    }

    #[test]
    fn a_corrected_code_is_what_the_correction_says_and_no_other_is() {
        let corrections = crate::Corrections::new().refusal("p499 ").refusal("E17").refusal("P501").server_fault("P412");
        let checked = corrections.check().expect("fits the document");
        for (body, expected) in [
            (r#"{"errorCode":"P499"}"#, 'B'),
            (r#"{"errorCode":" p499"}"#, 'B'),
            (r#"{"errorCode":"e17"}"#, 'B'),
            (r#"{"errorCode":"P501"}"#, 'R'),
            (r#"{"errorCode":"P412"}"#, 'S'),
            (r#"{"errorName":"invalid-user"}"#, 'U'),
            (r#"{"errors":[{"errorCode":"P499"},{"errorCode":"P403"}]}"#, 'B'),
            (r#"{"errors":[{"errorCode":"P499"},{"errorCode":"P498"}]}"#, 'C'),
            (r#"{"errors":[{"errorCode":"P499"},{"errorCode":"E18"}]}"#, 'U'),
            (r#"{"errors":[{"errorCode":"P499"},{"errorCode":"P500"}]}"#, 'S'),
            (r#"{"errors":[{"errorCode":"P499"},{"errorCode":"P412"}]}"#, 'S'),
            (r#"{"errorCode":"P498"}"#, 'C'),
            (r#"{"errorCode":"P403"}"#, 'R'),
            (r#"{"errorCode":499}"#, 'U'),
            ("E17", 'U'),
        ] {
            let meaning = checked.meaning(StatusCode::BAD_REQUEST, body.as_bytes());
            assert_eq!((letter(meaning), meaning.nothing_happened()), (expected, "RB".contains(expected)), "{body}");
            assert_eq!(letter(checked.meaning(StatusCode::BAD_GATEWAY, body.as_bytes())), 'S', "{body}");
            assert!(!checked.meaning(StatusCode::REQUEST_TIMEOUT, body.as_bytes()).nothing_happened(), "{body}");
        }
    }

    #[test]
    fn access_is_denied_by_words_only() {
        for (body, expected) in [
            (r#"{"message":"Access Denied. xo1"}"#, Meaning::Denied(AccessDenied::NoKey)),
            ("Access Denied. xo2", Meaning::Denied(AccessDenied::WrongKey)),
            ("XO3", Meaning::Denied(AccessDenied::AddressNotAllowed)),
            ("xo1 or xo2", Meaning::Unclear),
            ("foxo1", Meaning::Unclear),
            ("Unauthorized", Meaning::Unclear),
            (r#"{"errorCode":"P500","message":"xo1"}"#, Meaning::ServerFault),
        ] {
            assert_eq!(Meaning::of(StatusCode::UNAUTHORIZED, body.as_bytes()), expected, "{body}");
            assert!(!matches!(Meaning::of(StatusCode::FORBIDDEN, body.as_bytes()), Meaning::Denied(_)), "{body}");
        }
    }
}
