//! How long a response asks to wait, in every form that HTTP knows.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// What a longer wait counts as: nobody waits for it in the midst of a call.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait of a `Retry-After` header, 24 hours at most: seconds, also with a fraction, or a date, which is compared with the `Date` of the
/// same response. Without that it says nothing, for this machine's clock may be another one. Nothing if it is anything else, or there are
/// several.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let header = |name| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().filter(|_| values.next().is_none())?;
        Some(value.to_str().ok()?.trim())
    };
    let wait = header(RETRY_AFTER)?;
    let wait = match seconds(wait) {
        Some(seconds) => seconds,
        None => (http_date(wait)? - header(DATE).and_then(http_date)?).to_std().unwrap_or_default(),
    };
    Some(wait.min(LONGEST))
}

/// Digits with a fraction or without: neither signs nor exponents, nor words such as `inf`.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = [whole, fraction].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()));
    Some(Duration::try_from_secs_f64(text.parse().ok().filter(|_| is_number)?).unwrap_or(LONGEST))
}

/// A time in one of the three forms of RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and
/// `Sun Nov  6 08:49:37 1994`.
#[must_use]
pub fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let of_form = |form| NaiveDateTime::parse_from_str(text, form).ok().map(|time| time.and_utc());
    let current = DateTime::parse_from_rfc2822(text).ok().map(|time| time.to_utc());
    current.or_else(|| of_form("%A, %d-%b-%y %H:%M:%S GMT")).or_else(|| of_form("%a %b %e %H:%M:%S %Y"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{HeaderMap, HeaderValue};

    use super::{http_date, retry_after};

    fn wait(pairs: &[(&'static str, &'static str)]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        retry_after(&headers)
    }

    #[test]
    fn a_wait_is_seconds_with_or_without_a_fraction() {
        for (text, millis) in [
            ("3", 3000),
            (" 3 ", 3000),
            ("0", 0),
            ("0.5", 500),
            ("1.250", 1250),
            ("0.0004", 0),
            ("86400", 86_400_000),
            ("86401", 86_400_000),
            ("18446744073709551616", 86_400_000),
            ("99999999999999999999999999999999999999.9", 86_400_000),
        ] {
            assert_eq!(wait(&[("retry-after", text)]).map(|wait| wait.as_millis()), Some(millis), "{text}");
        }
        for garbage in ["", "soon", "-1", "+1", "1e3", "inf", "NaN", ".5", "5.", "1.2.3", "1,5", "3 s", "0x3", "3;4"] {
            assert_eq!(wait(&[("retry-after", garbage)]), None, "{garbage}");
        }
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "3"), ("retry-after", "4")]), None);
    }

    #[test]
    fn a_wait_until_a_date_is_counted_by_the_clock_of_the_response() {
        const DATES: [&str; 3] = ["Sun, 06 Nov 1994 08:49:40 GMT", "Sunday, 06-Nov-94 08:49:40 GMT", "Sun Nov  6 08:49:40 1994"];
        const NOW: [&str; 3] = ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
        for until in DATES {
            assert_eq!(wait(&[("retry-after", until)]), None, "by no clock that is known");
            assert_eq!(wait(&[("retry-after", until), ("date", "today")]), None);
            assert_eq!(wait(&[("retry-after", until), ("date", NOW[0]), ("date", NOW[1])]), None);
            for now in NOW {
                assert_eq!(wait(&[("retry-after", until), ("date", now)]), Some(Duration::from_secs(3)), "{until} {now}");
            }
        }
        let past = [("retry-after", NOW[0]), ("date", DATES[0])];
        assert_eq!(wait(&past), Some(Duration::ZERO), "a date of the past");
        let far = [("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"), ("date", NOW[2])];
        assert_eq!(wait(&far), Some(Duration::from_secs(86_400)));
    }

    #[test]
    fn what_is_no_date_of_http_is_none() {
        for text in [
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Monday, 06-Nov-94 08:49:37 GMT",
            "Mon Nov  6 08:49:37 1994",
            "1994-11-06T08:49:37Z",
            "Sun Nov 31 08:49:37 1994",
        ] {
            assert_eq!(http_date(text), None, "{text}");
        }
        assert_eq!(
            http_date("Wednesday, 15-Nov-34 23:12:00 GMT"),
            http_date("Wed, 15 Nov 2034 23:12:00 GMT"),
            "two digits of this century"
        );
    }
}
