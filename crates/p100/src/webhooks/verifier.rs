//! Whether a delivery comes from P100: the webhook token in the header `Authorization`.

use std::fmt;

use p100_raw::reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use p100_raw::{Corrections, InvalidCorrection, Sensitive};
use subtle::{Choice, ConstantTimeEq};

use super::{ReceiveError, ReceiveErrorKind};

/// Compares the header `Authorization` with the webhook token, one of the three credentials that P100 hands over.
///
/// The comparison takes the same time wherever the first difference is, and for whichever of several tokens; it does not
/// hide how long a token is. The tokens never show in `Debug` output.
///
/// The docs do not say whether a scheme such as `Bearer` precedes the token. The raw token is assumed; should P100 send
/// a scheme, accept both with `.also(format!("Bearer {token}"))`.
///
/// ```
/// use p100::webhooks::{HeaderMap, HeaderValue, ReceiveErrorKind, Verifier};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::new("new token")?.also("old token")?;
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(verifier.verify(&headers).unwrap_err().kind(), ReceiveErrorKind::MissingToken);
/// headers.insert("authorization", HeaderValue::from_static("guess"));
/// assert_eq!(verifier.verify(&headers).unwrap_err().kind(), ReceiveErrorKind::WrongToken);
/// headers.insert("authorization", HeaderValue::from_static("old token"));
/// verifier.verify(&headers)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    tokens: Vec<Sensitive>,
    header: HeaderName,
    /// What precedes and follows the token.
    form: (String, String),
}

impl Verifier {
    /// Accepts deliveries with this token.
    ///
    /// # Errors
    /// The token is empty, begins or ends with a blank or line break, or cannot be in a header: no delivery would ever match.
    pub fn new(token: impl Into<Sensitive>) -> Result<Self, InvalidToken> {
        Ok(Self { tokens: vec![checked(token.into())?], header: AUTHORIZATION, form: Default::default() })
    }

    /// Accepts deliveries with this token too: both the old and the new one while P100 changes over.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn also(mut self, token: impl Into<Sensitive>) -> Result<Self, InvalidToken> {
        self.tokens.push(checked(token.into())?);
        Ok(self)
    }

    /// Looks for the token in the header, and in the form, that these corrections name.
    ///
    /// # Errors
    /// One of them does not fit the document.
    pub fn corrections(mut self, corrections: &Corrections) -> Result<Self, InvalidCorrection> {
        let checked = corrections.check()?;
        let (before, after) = checked.token_form();
        self.form = (before.to_owned(), after.to_owned());
        self.header = checked.token_header().cloned().unwrap_or(AUTHORIZATION);
        Ok(self)
    }

    /// Checks the headers of a delivery. There must be exactly one `Authorization`, or header of the corrected name.
    ///
    /// # Errors
    /// [`MissingToken`](ReceiveErrorKind::MissingToken) if there is none or an empty one,
    /// [`WrongToken`](ReceiveErrorKind::WrongToken) if it is none of the tokens or not the only one. Return 401 to both.
    pub fn verify(&self, headers: &HeaderMap) -> Result<(), ReceiveError> {
        self.check(headers).map_err(|kind| ReceiveError::new(kind, None, None))
    }

    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), ReceiveErrorKind> {
        let mut values = headers.get_all(&self.header).iter();
        match (values.next(), values.next()) {
            (None, _) => Err(ReceiveErrorKind::MissingToken),
            (Some(value), None) if value.is_empty() => Err(ReceiveErrorKind::MissingToken),
            (Some(value), None) if self.knows(value) => Ok(()),
            _ => Err(ReceiveErrorKind::WrongToken),
        }
    }

    /// Every token is compared, so that the time does not tell which one matched.
    fn knows(&self, value: &HeaderValue) -> bool {
        let (before, after) = (self.form.0.as_bytes(), self.form.1.as_bytes());
        let Some(value) = value.as_bytes().strip_prefix(before).and_then(|value| value.strip_suffix(after)) else { return false };
        let matches = |token: &Sensitive| equal(token.expose().as_bytes(), value);
        self.tokens.iter().map(matches).fold(Choice::from(0), |any, one| any | one).into()
    }
}

/// Eight bytes at a time, for `subtle` takes as long for one.
fn equal(one: &[u8], other: &[u8]) -> Choice {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks(), other.as_chunks());
    let pairs = words.iter().zip(other_words).map(|(word, other)| u64::from_ne_bytes(*word).ct_eq(&u64::from_ne_bytes(*other)));
    pairs.fold(one.len().ct_eq(&other.len()) & rest.ct_eq(other_rest), |all, pair| all & pair)
}

fn checked(token: Sensitive) -> Result<Sensitive, InvalidToken> {
    let text = token.expose();
    if text.is_empty() {
        return Err(InvalidToken("the webhook token is empty"));
    }
    if text.trim() != text {
        return Err(InvalidToken("the webhook token begins or ends with a blank or line break, which no header carries"));
    }
    if HeaderValue::from_bytes(text.as_bytes()).is_err() {
        return Err(InvalidToken("the webhook token has characters that a header cannot carry, such as a line break"));
    }
    Ok(token)
}

/// Why a text can be no webhook token. Never shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidToken(&'static str);

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidToken {}

#[cfg(test)]
mod tests {
    use super::equal;

    #[test]
    fn a_difference_anywhere_is_seen() {
        for length in 0..=20 {
            let token = vec![b'a'; length];
            assert!(bool::from(equal(&token, &token)));
            assert!(!bool::from(equal(&token, &vec![b'a'; length + 1])));
            for place in 0..length {
                let mut other = token.clone();
                other[place] = b'b';
                assert!(!bool::from(equal(&token, &other)), "{place} of {length}");
            }
        }
    }
}
