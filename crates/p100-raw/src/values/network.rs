//! Blockchains that a currency lives on, in the two spellings P100 wants.

use std::borrow::Cow;

use super::open_value;
use crate::types;

open_value! {
    /// The network of a withdrawal, order or fee, in lower case. Only [`USDC`](crate::Currency::USDC) and [`USDT`](crate::Currency::USDT)
    /// leave a choice; P100 takes Ethereum if none is made.
    ///
    /// Where P100 writes networks in upper case, members are of the type [`UpperCaseNetwork`]; each turns into the other:
    ///
    /// ```
    /// use p100_raw::{Currency, Network, types};
    ///
    /// let request = types::PartnerWithdrawalRequest::builder()
    ///     .currency(Currency::USDC)
    ///     .network(Network::POLYGON)
    ///     .amount(Currency::USDC.check("20.5".parse()?)?)
    ///     .wallet_address("0x1111111111111111111111111111111111111111")
    ///     .name("Ada Example")
    ///     .wallet_type(types::WalletType::NonCustodial)
    ///     .receiver_type(types::PartyType::Natural)
    ///     .build();
    /// assert_eq!(request.network, Some("POLYGON".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Network = "network"
}

open_value! {
    /// A [`Network`] where P100 writes it in upper case, such as `POLYGON`: withdrawal requests and order details.
    ///
    /// A `Network` is written in upper case; a text stays as it is.
    UpperCaseNetwork = "network-upper-case"
}

impl Network {
    /// Ethereum. P100's default.
    pub const ETHEREUM: Self = Self(Cow::Borrowed("ethereum"));
    /// Polygon.
    pub const POLYGON: Self = Self(Cow::Borrowed("polygon"));

    /// Whether both name the same network, in whatever case. `==` compares texts exactly.
    ///
    /// ```
    /// use p100_raw::{Network, UpperCaseNetwork};
    ///
    /// assert!(Network::POLYGON.is("POLYGON"));
    /// assert!(!Network::POLYGON.is(Network::ETHEREUM));
    /// assert_eq!(Network::from(UpperCaseNetwork::from("POLYGON")), Network::POLYGON);
    /// ```
    #[must_use]
    pub fn is(&self, other: impl Into<Self>) -> bool {
        self.0.eq_ignore_ascii_case(&other.into().0)
    }

    /// The parameter of [`get_network_fee`](crate::Client::get_network_fee), which P100 documents for Polygon only: Ethereum goes
    /// without.
    ///
    /// ```
    /// use p100_raw::{Network, types};
    ///
    /// assert_eq!(Network::POLYGON.fee_parameter(), Some(types::NetworkFeeNetwork::Polygon));
    /// assert_eq!(Network::ETHEREUM.fee_parameter(), None);
    /// ```
    #[must_use]
    pub fn fee_parameter(&self) -> Option<types::NetworkFeeNetwork> {
        (!self.is(Self::ETHEREUM)).then(|| self.as_str().to_ascii_lowercase().into())
    }
}

impl From<UpperCaseNetwork> for Network {
    fn from(network: UpperCaseNetwork) -> Self {
        network.as_str().to_ascii_lowercase().into()
    }
}

impl From<Network> for UpperCaseNetwork {
    fn from(network: Network) -> Self {
        network.as_str().to_ascii_uppercase().into()
    }
}
