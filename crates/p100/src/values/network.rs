//! Blockchains that a currency lives on, in the two spellings P100 wants.

use std::borrow::Cow;
use std::fmt;

use p100_raw::types;

use super::InvalidValue;

/// The network of a withdrawal or fee. Only [`USDC`](crate::Currency::USDC) and [`USDT`](crate::Currency::USDT) leave a choice;
/// P100 takes Ethereum if none is made.
///
/// P100 writes networks in upper case in withdrawal requests and in lower case elsewhere, so a network does not turn into a `String` by
/// itself: [`upper`](Self::upper) and [`lower`](Self::lower) say which.
///
/// ```
/// use p100::Network;
///
/// let network = Network::new("Polygon")?;
/// assert_eq!(network, Network::POLYGON);
/// assert_eq!((network.lower(), network.upper().as_str()), ("polygon", "POLYGON"));
/// # Ok::<(), p100::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(Cow<'static, str>);

impl Network {
    /// Ethereum. P100's default.
    pub const ETHEREUM: Self = Self(Cow::Borrowed("ethereum"));
    /// Polygon.
    pub const POLYGON: Self = Self(Cow::Borrowed("polygon"));

    /// Takes a name in either case, also one that has no constant here.
    ///
    /// # Errors
    /// The text is empty or has characters other than ASCII letters, digits, `.`, `-` and `_`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        slug("network", text.into()).map(|slug| Self(slug.into()))
    }

    /// As in balances (the keys of `networkConfig`) and in the fee query: `polygon`.
    #[must_use]
    pub fn lower(&self) -> &str {
        &self.0
    }

    /// As in [`WithdrawalRequest`](types::WithdrawalRequest) and [`PartnerWithdrawalRequest`](types::PartnerWithdrawalRequest):
    /// `POLYGON`.
    ///
    /// ```
    /// use p100::{Currency, Network, types};
    ///
    /// let request = types::PartnerWithdrawalRequest::builder()
    ///     .currency(Currency::USDC)
    ///     .network(Network::POLYGON.upper())
    ///     .amount(Currency::USDC.check("20.5".parse()?)?)
    ///     .wallet_address("0x1111111111111111111111111111111111111111")
    ///     .name("Ada Example")
    ///     .wallet_type(types::WalletType::NonCustodial)
    ///     .receiver_type(types::PartyType::Natural)
    ///     .build();
    /// assert_eq!(request.network.as_deref(), Some("POLYGON"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn upper(&self) -> String {
        self.0.to_ascii_uppercase()
    }

    /// The parameter of [`get_network_fee`](p100_raw::Client::get_network_fee), which P100 documents for Polygon only: Ethereum goes
    /// without.
    ///
    /// ```
    /// use p100::{Network, types};
    ///
    /// assert_eq!(Network::POLYGON.fee_parameter(), Some(types::NetworkFeeNetwork::Polygon));
    /// assert_eq!(Network::ETHEREUM.fee_parameter(), None);
    /// ```
    #[must_use]
    pub fn fee_parameter(&self) -> Option<types::NetworkFeeNetwork> {
        (*self != Self::ETHEREUM).then(|| self.lower().into())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.lower())
    }
}

/// The lower-case form of a name P100 gave something.
pub(super) fn slug(field: &'static str, mut text: String) -> Result<String, InvalidValue> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if text.is_empty() || !text.bytes().all(fits) {
        return Err(InvalidValue::new(field, "must be a name of ASCII letters, digits, `.`, `-` and `_`"));
    }
    text.make_ascii_lowercase();
    Ok(text)
}
