//! The currencies of the sandbox: networks, fees and the rates it starts with.

use p100_raw::{Decimal, decimal};

/// A currency that balances exist in.
pub(crate) struct Currency {
    pub(crate) slug: &'static str,
    /// Digits after the point that its balances are written with.
    pub(crate) decimals: u32,
    /// Price in EUR at the start.
    rate: &'static str,
    /// Default first. None: it is fiat.
    pub(crate) networks: &'static [Network],
}

/// A chain that a currency moves on.
pub(crate) struct Network {
    /// As balances and fees write it; withdrawals write it in capitals.
    pub(crate) key: &'static str,
    /// Name of the chain on staging.
    pub(crate) chain: &'static str,
    /// P100's fee of a withdrawal.
    fee: &'static str,
    /// The chain's fee of a withdrawal, on top.
    network_fee: &'static str,
}

/// P100's fees are those of its table; the fees of the chains and the rates are made up.
pub(crate) static ALL: &[Currency] = &[
    Currency { slug: "eur", decimals: 2, rate: "1", networks: &[] },
    Currency { slug: "btc", decimals: 8, rate: "90000.25", networks: &[network("btc", "test", "0.0003", "0.000469")] },
    Currency { slug: "doge", decimals: 8, rate: "0.1523", networks: &[network("doge", "test", "5", "0.5")] },
    Currency { slug: "eth", decimals: 8, rate: "3000.5", networks: &[network("ethereum", "sepolia", "0.003", "0.0004")] },
    Currency { slug: "ltc", decimals: 8, rate: "74.31", networks: &[network("ltc", "test", "0.002", "0.0001")] },
    Currency { slug: "pol", decimals: 8, rate: "0.21", networks: &[network("polygon", "amoy", "0.5", "0.01")] },
    Currency { slug: "usdc", decimals: 6, rate: "0.87", networks: &STABLE },
    Currency { slug: "usdt", decimals: 6, rate: "0.8693", networks: &STABLE },
];

static STABLE: [Network; 2] = [network("ethereum", "sepolia", "10", "1.2"), network("polygon", "amoy", "0.5", "0.02")];

const fn network(key: &'static str, chain: &'static str, fee: &'static str, network_fee: &'static str) -> Network {
    Network { key, chain, fee, network_fee }
}

/// The currency of this slug, in small or capital letters.
pub(crate) fn find(slug: &str) -> Option<&'static Currency> {
    ALL.iter().find(|currency| currency.slug.eq_ignore_ascii_case(slug))
}

impl Currency {
    pub(crate) fn is_fiat(&self) -> bool {
        self.networks.is_empty()
    }

    pub(crate) fn start_rate(&self) -> Decimal {
        number(self.rate)
    }

    /// `amount` as balances are written: with all its decimals.
    pub(crate) fn padded(&self, amount: Decimal) -> Decimal {
        let mut amount = amount;
        amount.rescale(self.decimals);
        amount
    }

    /// `amount`, more than nothing, to the nearest that can be booked; halves up.
    pub(crate) fn rounded(&self, amount: Decimal) -> Decimal {
        (amount + Decimal::new(5, self.decimals + 1)).trunc_with_scale(self.decimals)
    }

    /// The network of this name, in small or capital letters; the default without one.
    pub(crate) fn network(&self, key: Option<&str>) -> Option<&'static Network> {
        match key {
            None => self.networks.first(),
            Some(key) => self.networks.iter().find(|network| network.key.eq_ignore_ascii_case(key)),
        }
    }
}

impl Network {
    pub(crate) fn fee(&self) -> Decimal {
        number(self.fee)
    }

    pub(crate) fn network_fee(&self) -> Decimal {
        number(self.network_fee)
    }
}

fn number(text: &str) -> Decimal {
    decimal::parse(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use p100_raw::decimal;

    #[test]
    fn every_number_is_one() {
        for currency in super::ALL {
            assert!(decimal::parse(currency.rate).is_ok(), "{}", currency.slug);
            for network in currency.networks {
                assert!(decimal::parse(network.fee).is_ok() && decimal::parse(network.network_fee).is_ok(), "{}", currency.slug);
            }
        }
    }
}
