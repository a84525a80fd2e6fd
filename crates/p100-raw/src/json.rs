//! Reading JSON that arrived, with errors that say where but never what: the value that fails may be a card number.

mod lenient;
#[allow(dead_code, reason = "the document decides which shapes its types have")]
mod parts;
mod strict;

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use self::lenient::Failure;
pub(crate) use self::lenient::FoundMember;
#[allow(unused_imports, reason = "the document decides which shapes its types have")]
pub(crate) use self::parts::{list, map, optional, optional_list, optional_map};
use self::strict::Strict;
use crate::decimal::{LOSSY, NOT_A_NUMBER, TOO_LONG};
use crate::error::OneLine;

/// JSON that is not what the document says. Names the member and what was expected there, never the value found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidJson {
    path: String,
    expected: String,
    line: usize,
    column: usize,
}

impl InvalidJson {
    /// The path of the member that failed, e.g. `cards[0].status`; `.` if it is the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same, where line and column would be those of another text than the one that arrived.
    pub(crate) fn without_place(self) -> Self {
        Self { line: 0, column: 0, ..self }
    }
}

impl fmt::Display for InvalidJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at `{}`", OneLine(&self.path))?;
        if self.line > 0 {
            write!(f, " (line {}, column {})", self.line, self.column)?;
        }
        write!(f, ": {}", self.expected)
    }
}

impl std::error::Error for InvalidJson {}

/// A value that was read, and what of its text was not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded<T> {
    /// The value.
    pub value: T,
    /// The parts that do not fit the document and were set aside.
    pub deviations: Deviations,
}

/// A part of a JSON text that does not fit the document, so that it was set aside: a member counts as absent, a list entry is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deviation {
    /// Where it is, e.g. `transactions[3].amount`.
    pub path: String,
    /// What was expected there. Never the value found.
    pub expected: String,
}

/// The deviations of one JSON text. Dereferences to the first of them, as a slice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deviations {
    first: Vec<Deviation>,
    total: usize,
}

impl Deviations {
    /// How many are listed: enough to see what is wrong, when a wrong guess makes every entry of a long list deviate.
    const LISTED: usize = 32;

    /// How many there are in all. Of many, only the first are listed.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    pub(crate) fn push(&mut self, path: &str, expected: &str) {
        self.total += 1;
        if self.first.len() < Self::LISTED {
            self.first.push(Deviation { path: path.to_owned(), expected: expected.to_owned() });
        }
    }

    /// Forgets all but so many.
    fn truncate(&mut self, total: usize) {
        self.total = total;
        self.first.truncate(total);
    }
}

impl std::ops::Deref for Deviations {
    type Target = [Deviation];

    fn deref(&self) -> &[Deviation] {
        &self.first
    }
}

/// Reads JSON that P100 sent. Strictly if it fits the document; otherwise each member that may be absent, and each entry of a list or map,
/// is set aside if it does not fit, and listed among the deviations. A required member that does not fit takes the smallest such part around
/// it along. Arrays are never read as objects.
///
/// A number where the document has a text is read as that text, with every digit, and is no deviation: ids, codes and times may be numbers.
///
/// A byte order mark is skipped. Bytes that are no text and half surrogate pairs cost the member that holds them, two values for one name
/// that member. Names that the document does not know cost nothing.
///
/// # Errors
/// The text is not JSON, or not that of a `T` at all: a member that must be there is missing.
pub fn decode<T: DeserializeOwned>(text: &[u8]) -> Result<Decoded<T>, InvalidJson> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    // Checking the whole for UTF-8 at once is cheaper than each string.
    let whole = std::str::from_utf8(text);
    if let Some(value) = whole.ok().and_then(strictly) {
        return Ok(Decoded { value, deviations: Deviations::default() });
    }
    match whole {
        Ok(text) => leniently(text),
        // In a copy that is overwritten, for it may hold a card number.
        Err(_) => leniently(&Zeroizing::new(readable(text))),
    }
}

/// Decodes the payload of an event.
pub(crate) fn event<T: DeserializeOwned, E>(body: &[u8], event: fn(Box<T>) -> E) -> Result<Decoded<E>, InvalidJson> {
    let Decoded { value, deviations } = decode(body)?;
    Ok(Decoded { value: event(Box::new(value)), deviations })
}

/// The names of all members of a JSON object, each once, in their order. Nothing if it is none.
#[must_use]
pub fn member_names(text: &[u8]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let members = lenient::names(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)).unwrap_or_default();
    members.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

/// The members of a JSON object, with all that have the same name.
pub(crate) fn members(text: &str) -> Option<Vec<(String, &str)>> {
    lenient::members(text.trim_start_matches('\u{feff}'))
}

/// The members of a JSON object, with all that have the same name, also those whose name is no text.
pub(crate) fn found(text: &str) -> Option<Vec<FoundMember<'_>>> {
    lenient::found(text)
}

/// Hands on what arrived as text, without a byte order mark. Bytes that are none cost the member that holds them.
pub(crate) fn as_text<T>(bytes: &[u8], read: impl FnOnce(&str) -> T) -> T {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(_) => read(&Zeroizing::new(readable(bytes))),
    }
}

/// The entries of a JSON array.
pub(crate) fn entries(text: &str) -> Option<Vec<&str>> {
    Some(serde_json::from_str::<Vec<&RawValue>>(text).ok()?.into_iter().map(RawValue::get).collect())
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn strictly<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Strict(&mut deserializer)).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

fn leniently<T: DeserializeOwned>(whole: &str) -> Result<Decoded<T>, InvalidJson> {
    let text = match serde_json::from_str::<&RawValue>(whole) {
        Ok(text) => text.get(),
        Err(error) => {
            return Err(InvalidJson { path: ".".to_owned(), expected: expected(&error), line: error.line(), column: error.column() });
        }
    };
    match lenient::read(text) {
        Ok((value, deviations)) => Ok(Decoded { value, deviations }),
        Err(Failure { expected, place, .. }) => {
            let (path, address) = place.map_or_else(|| (".".to_owned(), 0), |place| (place.path, place.address));
            let before = whole.get(..address.saturating_sub(whole.as_ptr().addr())).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.len() - before.rfind('\n').map_or(0, |place| place + 1) + 1;
            Err(InvalidJson { path, expected, line, column })
        }
    }
}

/// As text, with half a surrogate pair for bytes that are none: no string reads it, and what skips a string skips it.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 64);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str("\\ud800");
        }
    }
    text
}

/// What a deserializer expected. serde words a mismatch as `<what was found>, expected <what was wanted>`.
fn expected(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof | Category::Io => "the text ends too early".to_owned(),
        Category::Syntax => "this is not JSON".to_owned(),
        Category::Data => {
            let message = error.to_string();
            without_value(message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message))
        }
    }
}

/// What a message says, less the value it quotes.
fn without_value(message: &str) -> String {
    if message.starts_with("missing field `") || [NOT_A_NUMBER.0, TOO_LONG.0, LOSSY.0].contains(&message) {
        return message.to_owned();
    }
    let wanted = message.rsplit_once(", expected ").map(|(_, wanted)| format!("expected {wanted}"));
    wanted.unwrap_or_else(|| "this is no value of the member's type".to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::{Deviations, decode};
    use crate::{Decimal, Sensitive};

    #[derive(Debug, PartialEq, Deserialize)]
    struct Payout {
        id: String,
        #[serde(default, with = "crate::decimal::string")]
        amount: Option<Decimal>,
        #[serde(default, deserialize_with = "super::optional")]
        fee: Option<Fee>,
        #[serde(default, deserialize_with = "super::optional")]
        pin: Option<Sensitive>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Fee {
        currency: String,
        #[serde(default, deserialize_with = "super::optional")]
        paid: Option<bool>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct History {
        #[serde(deserialize_with = "super::list")]
        payouts: Vec<Payout>,
        #[serde(default, deserialize_with = "super::optional_list")]
        words: Option<Vec<String>>,
        #[serde(default, deserialize_with = "super::optional_map")]
        fees: Option<BTreeMap<String, Fee>>,
        #[serde(default, with = "crate::decimal::number")]
        rates: BTreeMap<String, Decimal>,
    }

    /// A list within a list, and itself.
    #[derive(Debug, Deserialize)]
    struct Tree {
        #[serde(default, deserialize_with = "super::optional")]
        below: Option<Box<Tree>>,
    }

    fn paths(deviations: &Deviations) -> Vec<&str> {
        deviations.iter().map(|deviation| deviation.path.as_str()).collect()
    }

    fn read<T: DeserializeOwned + Debug>(text: impl AsRef<[u8]>) -> (T, Vec<String>) {
        let decoded = decode::<T>(text.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(text.as_ref())));
        let paths = paths(&decoded.deviations).into_iter().map(str::to_owned).collect();
        (decoded.value, paths)
    }

    #[test]
    fn errors_name_the_member_and_what_was_expected_but_not_the_value() {
        type Cards = BTreeMap<String, Vec<BTreeMap<String, String>>>;
        for (text, path, expected) in [
            (r#"{"cards": [{"pin": [1234]}]}"#, "cards[0].pin", "(line 1, column 20): expected a string"),
            ("{\"cards\": [\n  {\"pin\": [1234]}]}", "cards[0].pin", "(line 2, column 11): expected a string"),
            (r#"{"cards": [{"pin": "1234"}"#, ".", "the text ends too early"),
            (r#"{"cards": 1234}"#, "cards", "expected a list"),
            (r#"{"cards": null}"#, "cards", "expected a list"),
            ("[1234]", ".", "expected an object"),
            ("1234", ".", "expected an object"),
            ("", ".", "the text ends too early"),
            ("<html>1234", ".", "this is not JSON"),
            ("{} 1234", ".", "this is not JSON"),
        ] {
            let error = decode::<Cards>(text.as_bytes()).expect_err(text);
            assert_eq!(error.path(), path, "{text}");
            assert!(error.to_string().ends_with(expected), "{error}");
            assert!(!error.to_string().contains("1234"), "{error}");
        }
    }

    #[test]
    fn a_member_that_must_be_there_is_named_by_its_path() {
        for (text, path) in [
            ("{}", "id"),
            (r#"{"id": null}"#, "id"),
            (r#"{"id": {}, "amount": []}"#, "id"),
            (r#"{"id": "1", "id": "2"}"#, "id"),
            ("{\"id\": \"\u{fffd}\\ud800\"}", "id"),
        ] {
            assert_eq!(decode::<Payout>(text.as_bytes()).expect_err(text).path(), path, "{text}");
        }
        assert_eq!(decode::<History>(b"{}").expect_err("no list").path(), "payouts");
    }

    #[test]
    fn arrays_are_never_objects_at_any_depth() {
        for text in [r#"["1", "2"]"#, r#"["1", "2", null, null]"#, "[[]]", "[]", "null"] {
            assert_eq!(decode::<Payout>(text.as_bytes()).expect_err(text).path(), ".");
            assert_eq!(decode::<History>(text.as_bytes()).expect_err(text).path(), ".");
        }
        let (history, deviations) =
            read::<History>(r#"{"payouts": [["1", "2", null, null], {"id": "2", "fee": ["eur", true]}], "fees": {"a": ["eur"]}}"#);
        assert_eq!(deviations, ["payouts[0]", "payouts[1].fee", "fees.a"]);
        assert_eq!(history.payouts.len(), 1);
        #[derive(Debug, Deserialize)]
        #[allow(dead_code, reason = "only that it cannot be made is of interest")]
        enum Shape {
            Fee { currency: String },
            Other(Fee),
        }
        for text in [r#"{"Fee": ["eur"]}"#, r#"{"Other": ["eur"]}"#, r#"[{"Other": ["eur"]}]"#] {
            decode::<Shape>(text.as_bytes()).expect_err(text);
        }
        decode::<Shape>(br#"{"Fee": {"currency": "eur"}}"#).expect("an object");
    }

    #[test]
    fn what_may_be_absent_is_set_aside_and_the_rest_keeps_its_digits() {
        let (payout, deviations) = read::<Payout>(
            r#"{"id": "1", "amount": 0.1000000000000000000000000001, "fee": {"currency": "eur", "paid": "yes"}, "pin": [1234]}"#,
        );
        assert_eq!(payout.amount.expect("an amount").to_string(), "0.1000000000000000000000000001");
        assert_eq!(payout.fee, Some(Fee { currency: "eur".to_owned(), paid: None }));
        assert_eq!((payout.pin, deviations), (None, vec!["fee.paid".to_owned(), "pin".to_owned()]));
        let (payout, deviations) = read::<Payout>(r#"{"id": "1", "amount": 5.551115123125783e-17, "fee": "insufficient funds"}"#);
        assert_eq!((payout.amount, payout.fee, deviations), (None, None, vec!["amount".to_owned(), "fee".to_owned()]));
    }

    #[test]
    fn an_entry_that_does_not_fit_costs_itself_only() {
        let (history, deviations) = read::<History>(
            r#"{"payouts": [null, {"id": "1"}, {}, {"id": [2]}, 7, {"id": "3", "amount": "x"}], "words": ["a", null, true, "b"],
                "fees": {"x": {"currency": "eur"}, "y": null, "z": {"paid": true}}, "rates": {"btc": 1e-7, "doge": "much"}}"#,
        );
        let ids: Vec<&str> = history.payouts.iter().map(|payout| payout.id.as_str()).collect();
        assert_eq!(ids, ["1", "3"]);
        assert_eq!(history.words, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(history.fees.expect("a map").keys().collect::<Vec<_>>(), ["x"]);
        assert_eq!(history.rates["btc"].to_string(), "0.0000001");
        let expected = ["payouts[0]", "payouts[2].id", "payouts[3].id", "payouts[4]", "payouts[5].amount", "words[1]", "words[2]"];
        assert_eq!(deviations[..7], expected);
        assert_eq!(deviations[7..], ["fees.y", "fees.z.currency", "rates.doge"]);
    }

    #[test]
    fn null_is_absent_and_an_unknown_member_is_nobodys_business() {
        let (payout, deviations) = read::<Payout>(r#"{"id": "1", "amount": null, "fee": null, "pin": null, "new": [[{"a": 1, "a": 2}]]}"#);
        assert_eq!((payout.amount, payout.fee, payout.pin, deviations.len()), (None, None, None, 0));
    }

    #[test]
    fn a_number_where_text_is_expected_is_that_text_with_every_digit() {
        for number in ["0", "-1", "1234", "1754985600123", "340282366920938463463374607431768211456789", "0.10", "1e3"] {
            let (payout, deviations) =
                read::<Payout>(format!(r#"{{"id": {number}, "amount": "1", "pin": {number}, "fee": {{"currency": {number}}}}}"#));
            assert_eq!((payout.id.as_str(), payout.pin.as_ref().map(Sensitive::expose)), (number, Some(number)));
            assert_eq!((payout.fee.map(|fee| fee.currency), deviations.len()), (Some(number.to_owned()), 0));
        }
        let (history, deviations) = read::<History>(r#"{"payouts": [{"id": 1}, {"id": "2"}], "words": [1, "b"]}"#);
        assert_eq!(history.payouts.iter().map(|payout| payout.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((history.words, deviations.len()), (Some(vec!["1".to_owned(), "b".to_owned()]), 0));
    }

    #[test]
    fn malformed_bytes_and_names_cost_their_own_member_only() {
        let mut marked = b"\xef\xbb\xbf".to_vec();
        marked.extend(br#" {"id": "1"} "#);
        assert_eq!(read::<Payout>(marked).1.len(), 0);
        for (text, deviations) in [
            (&b"{\"id\": \"1\", \"new\": \"\xff\"}"[..], &[][..]),
            (b"{\"id\": \"1\", \"n\xffw\": \"\xff\", \"\\ud800\": 1, \"\\ud800\": 2}", &[]),
            (b"{\"id\": \"1\", \"pin\": \"\xff\"}", &["pin"]),
            (b"{\"id\": \"1\", \"pin\": \"\\ud83d\", \"fee\": {\"currency\": \"\\udc00\"}}", &["pin", "fee.currency"]),
            (b"{\"id\": \"1\", \"pin\": \"1\", \"pin\": \"2\"}", &["pin"]),
            (b"{\"id\": \"1\", \"pin\": \"1\", \"pin\": \"1\", \"id\": \"1\"}", &[]),
            (b"{\"id\": \"1\", \"fee\": {\"currency\": \"eur\", \"paid\": true, \"paid\": false}}", &["fee.paid"]),
        ] {
            assert_eq!(read::<Payout>(text).1, deviations, "{}", String::from_utf8_lossy(text));
        }
        let (history, deviations) = read::<History>(r#"{"payouts": [], "rates": {"btc": 1, "eth": 2, "btc": 3}}"#);
        assert_eq!((history.rates.len(), deviations), (1, vec!["rates.btc".to_owned()]));
        assert_eq!(decode::<Payout>(b"{\"id\": \"\xff\"}").expect_err("no text").path(), "id");
        assert_eq!(decode::<Payout>(b"{\"id\": \"1\"} \xff").expect_err("no JSON").path(), ".");
    }

    #[test]
    fn a_bad_amount_reports_why_but_not_which() {
        #[derive(Debug, serde::Deserialize)]
        struct Amount {
            #[serde(with = "crate::decimal::string")]
            #[expect(dead_code, reason = "only its absence is of interest")]
            amount: crate::Decimal,
        }
        for (amount, reason) in [
            (r#""12,34""#, "expected an amount: a JSON number, or a string that holds one"),
            ("null", "expected an amount: a JSON number, or a string that holds one"),
            (r#""12\u002c34""#, "expected an amount: a JSON number, or a string that holds one"),
            ("1234.00000000000000000000000000001", "an amount with more than 28 digits cannot be held exactly"),
        ] {
            let error = decode::<Amount>(format!(r#"{{"amount": {amount}}}"#).as_bytes()).expect_err(amount);
            assert_eq!(error.path(), "amount");
            assert!(error.to_string().ends_with(reason), "{error}");
            assert!(!error.to_string().contains("34"), "{error}");
        }
    }

    #[test]
    fn a_member_with_a_line_break_in_its_name_does_not_break_the_line() {
        let error = decode::<BTreeMap<String, String>>(br#"{"a\nERROR paid": true}"#).expect_err("no string");
        assert_eq!(error.path(), "a\nERROR paid");
        assert_eq!(error.to_string(), r"at `a\nERROR paid` (line 1, column 19): expected a string");
    }

    #[test]
    fn the_list_of_deviations_is_bounded_and_the_rest_is_counted() {
        let entries = vec![r#"{"id": "1", "amount": "x"}"#; 1000].join(",");
        let decoded = decode::<History>(format!(r#"{{"payouts": [{entries}]}}"#).as_bytes()).expect("a history");
        assert_eq!((decoded.value.payouts.len(), decoded.deviations.len(), decoded.deviations.total()), (1000, 32, 1000));
        assert_eq!(paths(&decoded.deviations)[31], "payouts[31].amount");
        let entries = vec![r#"{"amount": "x", "pin": 1}"#; 1000].join(",");
        let decoded = decode::<History>(format!(r#"{{"payouts": [{entries}]}}"#).as_bytes()).expect("a history");
        assert_eq!((decoded.value.payouts.len(), decoded.deviations.total()), (0, 1000), "one for each entry, not for its members too");
        assert_eq!(paths(&decoded.deviations)[31], "payouts[31].id");
    }

    #[test]
    fn nesting_ends_before_the_stack_does() {
        let nested = |depth| format!(r#"{{"odd": 1, "below": {}7{}}}"#, r#"{"below": "#.repeat(depth), "}".repeat(depth));
        let (tree, deviations) = read::<Tree>(nested(3));
        assert!(tree.below.is_some());
        assert_eq!(deviations, ["below.below.below.below"]);
        let (_, deviations) = read::<Tree>(nested(10_000));
        assert_eq!(deviations.len(), 1);
        let decoded =
            decode::<Payout>(format!(r#"{{"id": "1", "new": {0}{1}, "pin": {0}{1}}}"#, "[".repeat(10_000), "]".repeat(10_000)).as_bytes());
        assert_eq!(paths(&decoded.expect("a payout").deviations), ["pin"]);
    }
}
