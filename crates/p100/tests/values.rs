//! Values are refused where they enter the program, and what passes is what P100 wants on the wire.

use std::fmt::Debug;

use p100::raw::Timestamp;
use p100::{
    CardId, CountryCode, Currency, Decimal, ExternalUserId, Iban, InvalidValue, Month, Network, Pin, Sensitive, UpperCaseNetwork,
    VerificationId, types,
};
use proptest::prelude::*;

const ALL: [(Currency, u32); 8] = [
    (Currency::EUR, 2),
    (Currency::BTC, 8),
    (Currency::ETH, 8),
    (Currency::LTC, 8),
    (Currency::POL, 8),
    (Currency::DOGE, 8),
    (Currency::USDC, 6),
    (Currency::USDT, 6),
];

/// What every way in makes of a text; all must agree.
fn read<T>(text: &str) -> Result<T, InvalidValue>
where
    T: std::str::FromStr<Err = InvalidValue> + for<'a> TryFrom<&'a str, Error = InvalidValue>,
    T: TryFrom<String, Error = InvalidValue> + Debug + PartialEq,
{
    let value = text.parse();
    assert_eq!(value, T::try_from(text));
    assert_eq!(value, T::try_from(text.to_owned()));
    value
}

/// The message about a text that must be refused and not repeated.
fn refused<T>(text: &str) -> String
where
    T: std::str::FromStr<Err = InvalidValue> + for<'a> TryFrom<&'a str, Error = InvalidValue>,
    T: TryFrom<String, Error = InvalidValue> + Debug + PartialEq,
{
    let error = read::<T>(text).expect_err(text);
    assert_eq!(error.to_string(), format!("{} {}", error.field(), error.rule()));
    error.to_string()
}

#[test]
fn texts_of_p100_stay_as_they_are() {
    for text in ["", ".", "..", "customer-42", "a/b", "...", " ", "ą", "%2e", "EUR", "Polygon"] {
        macro_rules! stays {
            ($($value:ident),*) => {$(
                let value = $value::from(text);
                assert_eq!(value, $value::from(text.to_owned()));
                assert_eq!((&*value, value.as_str(), value.as_ref(), value.to_string().as_str()), (text, text, text, text));
                let json = serde_json::to_string(&value).expect("JSON");
                assert_eq!(json, serde_json::to_string(text).expect("JSON"));
                assert_eq!(serde_json::from_str::<$value>(&json).expect("a text"), value);
            )*};
        }
        stays!(ExternalUserId, CardId, VerificationId, Currency, Network, UpperCaseNetwork);
    }
}

#[tokio::test]
async fn ids_that_a_path_cannot_carry_are_refused_before_anything_is_sent() {
    let server = p100_httpmock::MockServer::start_async().await;
    let mock = server.list_cards(|_when, then| {
        then.ok(&types::CardList::builder().cards(Vec::new()).build());
    });
    let client = p100::Client::builder().base_url(server.base_url()).api_key("key").build().expect("a client");
    for text in ["", ".", "..", "...", " ", "a/b", "%2e"] {
        let result = client.cards().list(text).await;
        assert_eq!(result.is_ok(), !["", ".", ".."].contains(&text), "{text}");
        assert!(result.err().is_none_or(|error| !error.may_have_taken_effect()), "{text}");
    }
    assert_eq!(mock.calls(), 4);
}

#[test]
fn a_pin_is_four_ascii_digits_and_shows_nowhere() {
    let pin = read::<Pin>("0042").expect("a PIN");
    assert_eq!(pin.expose(), "0042");
    assert!(!format!("{pin:?} {pin:#?}").contains("0042"));
    assert_eq!(Sensitive::from(pin), Sensitive::from("0042"));
    for text in ["", "123", "12345", "12a4", "12 4", "-123", "١٢٣٤", "1२3"] {
        assert_eq!(refused::<Pin>(text), "pin must be exactly 4 digits from 0 to 9", "{text}");
        assert!(text.is_empty() || !format!("{:?}", Pin::new(text)).contains(text), "{text}");
    }
}

#[test]
fn currencies_are_known_in_either_case_and_compared_as_written() {
    for (currency, decimals) in ALL {
        assert_eq!(currency.decimals(), Some(decimals), "{currency}");
        let upper = Currency::from(currency.to_uppercase());
        assert!(upper.is(&currency) && upper != currency && !upper.is("pln"), "{currency}");
        assert_eq!(upper.decimals(), Some(decimals), "{upper}");
        assert_eq!(Currency::from(currency.as_str()), currency);
    }
    for currency in [Currency::BTC, Currency::from("BTC")] {
        assert_eq!(types::NetworkFeeCurrency::from(&currency), types::NetworkFeeCurrency::Btc);
        assert_eq!(types::NetworkFeeCurrency::from(currency), types::NetworkFeeCurrency::Btc);
    }
}

#[test]
fn an_amount_of_nothing_or_less_is_refused() {
    for text in ["0", "0.00", "-0", "-1", "-0.01", "0.000000000000"] {
        let error = Currency::EUR.check(text.parse().expect("a decimal")).expect_err(text);
        assert_eq!(error.to_string(), "amount must be greater than zero");
    }
}

#[test]
fn an_unknown_currency_has_at_most_eight_decimals() {
    let currency = Currency::from("eurt");
    assert_eq!(currency.decimals(), None);
    let check = |text: &str| currency.check(text.parse().expect("a decimal"));
    assert!(check("1.12345678").is_ok());
    assert_eq!(check("1.123456789").expect_err("nine").to_string(), "amount must have at most 8 decimals in eurt");
}

/// Decimals known and unknown.
fn any_currency() -> impl Strategy<Value = (Currency, u32)> {
    let unknown = (Currency::from("eurt"), 8);
    proptest::sample::select(ALL.into_iter().chain([unknown]).collect::<Vec<_>>())
}

/// An amount as a text of digits, so that the test counts decimals without the code it tests.
fn any_digits() -> impl Strategy<Value = (String, String)> {
    ("[0-9]{1,12}", "[0-9]{0,15}")
}

proptest! {
    #[test]
    fn an_amount_passes_unchanged_in_value_or_not_at_all((currency, most) in any_currency(), (whole, fraction) in any_digits()) {
        let text = if fraction.is_empty() { whole.clone() } else { format!("{whole}.{fraction}") };
        let amount: Decimal = text.parse().expect("a decimal");
        let fits = fraction.trim_end_matches('0').len() <= most as usize;
        let positive = format!("{whole}{fraction}").bytes().any(|digit| digit != b'0');
        match currency.check(amount) {
            Ok(checked) => {
                prop_assert!(fits && positive, "{text} {currency}");
                prop_assert_eq!(checked, amount, "money was changed");
                prop_assert!(checked.scale() <= most, "{} has too many decimals for {}", checked, currency);
                if fraction.len() <= most as usize {
                    prop_assert_eq!(checked.to_string(), amount.to_string(), "the form was changed without need");
                }
            }
            Err(error) => {
                prop_assert!(!(fits && positive), "{text} {currency}: {error}");
                let decimals = format!("amount must have at most {most} decimals in {currency}");
                let expected = if fits { "amount must be greater than zero" } else { &decimals };
                prop_assert_eq!(error.to_string(), expected);
            }
        }
        prop_assert!(currency.check(-amount).is_err());
    }

    #[test]
    fn no_text_makes_a_value_panic(text in "\\PC*") {
        let _ = (read::<Pin>(&text), read::<CountryCode>(&text), read::<Iban>(&text), read::<Month>(&text));
        let _ = (Currency::from(&text).decimals(), Currency::from(&text).check(Decimal::ONE), Network::from(&text).fee_parameter());
    }

    #[test]
    fn no_iban_like_text_makes_a_panic(text in "[A-Z]{2}[0-9]{2}[A-Za-zß€ ]{0,40}") {
        let _ = read::<Iban>(&text);
    }

    #[test]
    fn one_mistyped_character_in_an_iban_is_found(at in 0..22_usize, by in "[0-9A-Z]") {
        let right = "DE89370400440532013000";
        let mut text = right.to_owned();
        text.replace_range(at..=at, &by);
        prop_assert_eq!(Iban::new(text.clone()).is_ok(), text == right);
    }
}

#[test]
fn networks_have_two_spellings_and_ethereum_is_no_fee_parameter() {
    for text in ["polygon", "POLYGON", "Polygon"] {
        assert!(Network::POLYGON.is(text) && Network::POLYGON.is(UpperCaseNetwork::from(text)), "{text}");
        assert_eq!(Network::from(UpperCaseNetwork::from(text)), Network::POLYGON);
        assert_eq!(UpperCaseNetwork::from(Network::from(text)), "POLYGON");
    }
    assert!(Network::from("ETHEREUM").fee_parameter().is_none());
    let other = Network::from("Arbitrum-One").fee_parameter();
    assert_eq!(other, Some(types::NetworkFeeNetwork::Unknown("arbitrum-one".to_owned())));
    // What P100 wants in upper case and what it wants in lower case, from one constant.
    let order = types::OrderLockRequest::builder().currency(Currency::USDC).amount(Decimal::ONE).network(Network::POLYGON).build();
    let withdrawal = types::PartnerWithdrawalRequest::builder()
        .currency(Currency::USDC)
        .network(Network::POLYGON)
        .amount(Decimal::ONE)
        .wallet_address("0x1")
        .name("Ada")
        .wallet_type(types::WalletType::NonCustodial)
        .receiver_type(types::PartyType::Natural)
        .build();
    assert_eq!(serde_json::to_value(&order).expect("JSON")["network"], "polygon");
    assert_eq!(serde_json::to_value(&withdrawal).expect("JSON")["network"], "POLYGON");
}

#[test]
fn a_country_is_two_letters() {
    assert_eq!(read::<CountryCode>("pl").expect("a code").to_string(), "PL");
    for text in ["", "P", "POL", "P1", "ß", "é", " P"] {
        assert_eq!(refused::<CountryCode>(text), "country must be the two letters of ISO 3166-1 alpha-2, such as PL");
    }
}

#[test]
fn an_iban_is_read_as_people_write_it_and_sent_without_spaces() {
    for text in ["DE89370400440532013000", "DE89 3704 0044 0532 0130 00", " de89\u{a0}3704 0044 0532 0130 00\n"] {
        assert_eq!(read::<Iban>(text).expect(text).as_str(), "DE89370400440532013000");
    }
    for text in [
        "AT611904300234573201",
        "FR1420041010050500013M02606",
        "GB29NWBK60161331926819",
        "LT121000011101001000",
        "MT84MALT011000012345MTLCAST001S",
        "NL91ABNA0417164300",
        "NO9386011117947",
        "PL61109010140000071219812874",
    ] {
        assert_eq!(read::<Iban>(text).expect(text).to_string(), text);
    }
    let iban = Iban::new("DE89370400440532013000").expect("an IBAN");
    assert!(!format!("{iban:?}").contains("3704"));
}

#[test]
fn an_iban_that_we_would_refuse_can_be_sent_and_read_back() {
    let request = |iban: Iban| {
        types::PartnerSepaTransferRequest::builder()
            .amount(Decimal::ONE)
            .currency(Currency::EUR)
            .destination_iban(iban)
            .transfer_title("Rent")
            .build()
    };
    for text in ["XX00NEW", "de89 3704", ""] {
        assert!(Iban::new(text).is_err(), "{text}");
        let stored = serde_json::to_string(&request(Iban::unchecked(text))).expect("JSON");
        let read: types::PartnerSepaTransferRequest = serde_json::from_str(&stored).expect("is not checked again");
        assert_eq!(read.destination_iban, text);
        assert_eq!(read, request(Iban::unchecked(text)));
    }
}

#[test]
fn what_is_wrong_with_an_iban_is_said_without_repeating_it() {
    for (text, rule) in [
        ("", "two letters of a country"),
        ("XX89370400440532013000", "two letters of a country"),
        ("ẞ9370400440532013000", "two letters of a country"),
        ("DE8937040044053201300", "as long as the IBANs of its country"),
        ("DE893704004405320130000", "as long as the IBANs of its country"),
        ("DE8937040044053201300X", "letters and digits where"),
        ("DE-9370400440532013000", "letters and digits where"),
        ("DE89370400440532013001", "check digits"),
        ("DE00370400440532013000", "check digits"),
    ] {
        let message = refused::<Iban>(text);
        assert!(message.starts_with("iban ") && message.contains(rule), "{text}: {message}");
        assert!(text.is_empty() || !message.contains(text), "{message}");
    }
}

#[test]
fn a_month_has_a_year_of_four_digits() {
    let month = read::<Month>("2025-08").expect("a month");
    assert_eq!(Ok(month), Month::new(2025, 8));
    assert_eq!((month.year(), month.number(), month.to_string().as_str()), (2025, 8, "2025-08"));
    assert!(month < Month::new(2025, 10).expect("a month"));
    for year in [0, 25, 999, 10_000] {
        assert_eq!(Month::new(year, 1).expect_err("no year").to_string(), "year must have four digits, such as 2025");
    }
    for number in [0, 13, 255] {
        assert_eq!(Month::new(2025, number).expect_err("no month").to_string(), "month must be from 1 (January) to 12");
    }
    for text in ["", "2025", "2025-8", "2025-008", "25-08", "+025-08", "2025-+8", "2025-08-01", "2025/08"] {
        assert_eq!(refused::<Month>(text), "month must be written as 2025-08", "{text}");
    }
    assert!(refused::<Month>("2025-13").contains("1 (January) to 12"));
}

#[test]
fn a_month_runs_from_its_first_instant_to_that_of_the_next() {
    for (year, number, length) in [(2024, 2, 29), (2025, 2, 28), (2025, 12, 31), (9999, 12, 31)] {
        let month = Month::new(year, number).expect("a month");
        assert_eq!((month.end() - month.start()).num_days(), length, "{month}");
        assert_eq!(Month::of(month.start()), Ok(month));
    }
    let last = Timestamp::from("2025-08-31T23:59:59.999Z").utc().expect("a time");
    assert_eq!(Month::of(last), Month::new(2025, 8));
    let first = Timestamp::from("2025-09-01T00:30:00.000+02:00").utc().expect("a time");
    assert_eq!(Month::of(first), Month::new(2025, 8), "months are those of UTC");
    let end = Month::new(9999, 12).expect("a month").end();
    assert_eq!(Month::of(end).expect_err("five digits").field(), "year");
}

#[test]
fn values_go_into_requests_as_they_are() {
    let request = types::CreateCardRequest::builder()
        .external_user_id(ExternalUserId::from("customer-42"))
        .label("Shopping")
        .pin(Pin::new("1234").expect("a PIN"))
        .build();
    assert_eq!((request.external_user_id.as_str(), request.pin.expose()), ("customer-42", "1234"));
    let card = CardId::from("card");
    let reference = types::CardReference::builder().external_user_id("customer-42").card_id(&card).build();
    assert_eq!(reference.card_id, card.as_str());
}
