//! The balances of an account as bodies show them, the same for the partner and for users.

use std::collections::BTreeMap;

use p100_raw::Decimal;
use p100_raw::types::{self, FiatBalanceStatus};

use crate::currencies::{self, Currency, Network};
use crate::ledger::Account;
use crate::world::World;

/// The fiat balances of `account`. Only active ones have an IBAN.
pub(crate) fn fiat(world: &World, account: &Account, active: bool) -> Vec<types::FiatBalance> {
    let balance = |currency: &Currency| {
        types::FiatBalance::builder()
            .id(id(world, account, currency))
            .amount(amount(world, account, currency))
            .name(currency.slug)
            .rate(world.settings.rate(currency))
            .maybe_iban(active.then(|| iban(world, &account.to_string())))
            .status(if active { FiatBalanceStatus::Active } else { FiatBalanceStatus::WaitingToBeActivated })
            .build()
    };
    currencies::ALL.iter().filter(|currency| currency.is_fiat()).map(balance).collect()
}

/// The crypto balances of a user. Only active ones have a deposit address.
pub(crate) fn crypto(world: &World, account: &Account, active: bool) -> Vec<types::CryptoBalance> {
    crypto_with(world, account, |_| active)
}

/// The crypto balances of `account`, some with a deposit address.
pub(crate) fn crypto_with(world: &World, account: &Account, has_wallet: impl Fn(&Currency) -> bool) -> Vec<types::CryptoBalance> {
    let balance = |currency: &Currency| {
        types::CryptoBalance::builder()
            .id(id(world, account, currency))
            .amount(amount(world, account, currency))
            .name(currency.slug)
            .maybe_wallet(has_wallet(currency).then(|| wallet(world, &account.to_string(), currency)))
            .rate(world.settings.rate(currency))
            .network_config(currency.networks.iter().map(|network| (network.key.to_owned(), terms(network))).collect::<BTreeMap<_, _>>())
            .build()
    };
    currencies::ALL.iter().filter(|currency| !currency.is_fiat()).map(balance).collect()
}

/// What a network asks for. The sandbox takes any amount, so the minimums are nothing.
fn terms(network: &Network) -> types::NetworkConfig {
    types::NetworkConfig::builder()
        .mainnet(false)
        .name(network.chain)
        .withdrawal(types::NetworkWithdrawalTerms::builder().fee_withdrawal(network.fee()).min_withdrawal(Decimal::ZERO).build())
        .deposit(types::NetworkDepositTerms::builder().min_deposit(Decimal::ZERO).build())
        .build()
}

fn amount(world: &World, account: &Account, currency: &Currency) -> Decimal {
    currency.padded(world.ledger.balance(account, currency.slug))
}

fn id(world: &World, account: &Account, currency: &Currency) -> String {
    world.ids.uuid_of(&format!("balance {account} {}", currency.slug))
}

/// A made-up IBAN with right check digits.
pub(crate) fn iban(world: &World, owner: &str) -> String {
    let number = world.ids.of(&format!("iban {owner}")).u64(..10_u64.pow(16));
    // The letters L and T count as 21 and 29; the check digits make the whole leave 1 when divided by 97.
    let check = 98 - (u128::from(number) * 1_000_000 + 21_29_00) % 97;
    format!("LT{check:02}{number:016}")
}

/// A made-up deposit address of an account or an order. Those of chains other than Ethereum's kind cannot be mistaken for real ones.
pub(crate) fn wallet(world: &World, owner: &str, currency: &Currency) -> String {
    let mut rng = world.ids.of(&format!("wallet {owner} {}", currency.slug));
    let hex = format!("{:032x}{:08x}", rng.u128(..), rng.u32(..));
    let on_ethereum = currency.networks.iter().any(|network| matches!(network.key, "ethereum" | "polygon"));
    if on_ethereum { format!("0x{hex}") } else { format!("sandbox-{}-{hex}", currency.slug) }
}

#[cfg(test)]
mod tests {
    use p100::Iban;

    use super::iban;
    use crate::ledger::Account;
    use crate::settings::Settings;
    use crate::world::World;

    #[test]
    fn the_ibans_of_accounts_are_ibans_and_differ() {
        let world = World::new(7, chrono::DateTime::UNIX_EPOCH.into(), Settings::default());
        let ibans = |world: &World| (0..200).map(|user| iban(world, &Account::User(user.to_string()).to_string())).collect::<Vec<_>>();
        let mut all = ibans(&world);
        assert_eq!(all, ibans(&world), "the seed reports them");
        for iban in &all {
            assert!(Iban::new(iban).is_ok(), "{iban}");
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 200);
    }
}
