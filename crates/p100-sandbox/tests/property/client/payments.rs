//! Money in, out and across.

use std::time::Duration;

use p100::types::{
    ExchangeRequest, OrderLockRequest, OrderRequest, PartnerExchangeRequest, PartnerSepaTransferRequest, PartnerWithdrawalRequest,
    PartyType, PaymentLinkRequest, RateLock, SepaTransferRequest, TransferRequest, TravelRuleDetails, TravelRuleRequest,
    TravelRuleWalletType, WalletType, WithdrawalRequest,
};
use p100_sandbox::control::{CryptoDeposit, PaymentLinkPayment, SepaDeposit};
use p100_sandbox::{Account, Entry};

use super::super::draw::{Money, money, movable, once_in, pick, written};
use super::super::notes::Deposit;
use super::super::payment::{self, Movement, Payment, movement};
use super::{Actor, NOBODY, Outcome};

const ALL: [&str; 8] = ["eur", "btc", "doge", "eth", "ltc", "pol", "usdc", "usdt"];
const CRYPTO: [&str; 7] = ["btc", "doge", "eth", "ltc", "pol", "usdc", "usdt"];
const IBAN: &str = "DE89370400440532013000";

impl Actor {
    /// Notes a payment, if there is or may be one.
    fn note_payment(&mut self, outcome: Outcome<String>, payment: Option<Payment>) -> bool {
        let (done, mut notes) = (matches!(outcome, Outcome::Done(_)), self.notes());
        match (outcome, payment) {
            (Outcome::Done(id), Some(payment)) => {
                let before = notes.payments.insert(id, payment);
                assert!(before.is_none(), "two payments have one id: {before:?}");
            }
            (Outcome::Lost(certain), Some(payment)) => notes.lost.push((payment, certain)),
            _ => {}
        }
        done
    }

    pub(super) fn fund_with(&mut self, account: &Account, Money { amount, slug, written, valid }: &Money) {
        let response = self.sandbox.fund(account, written, *amount);
        if self.sort_command("fund", *valid, response).is_some() {
            self.notes().booked.push(movement(&Account::Outside, account, slug, *amount));
        }
    }

    pub(super) fn fund(&mut self) {
        let (account, exists) = self.account();
        let account = if once_in(&mut self.rng, 60) { Account::Fees } else { account };
        let money = money(&mut self.rng, &ALL);
        let valid = money.valid && exists && account != Account::Fees;
        self.fund_with(&account, &Money { valid, ..money });
    }

    pub(super) async fn transfer(&mut self) {
        let (user, exists) = self.user();
        let Money { amount, slug, written, valid } = money(&mut self.rng, &ALL);
        let (source, destination) = match self.rng.u32(..60) {
            0 => (None, None),
            1 => (Some(&user), Some(&user)),
            2..31 => (Some(&user), None),
            _ => (None, Some(&user)),
        };
        let request = TransferRequest::builder()
            .maybe_source_external_user_id(source)
            .maybe_destination_external_user_id(destination)
            .amount(amount)
            .currency(written);
        let response = self.client.transfers().create(&request.build()).await;
        let account = Account::User(user.clone());
        let valid = valid && exists && source.is_some() != destination.is_some();
        let payment = valid.then(|| match source {
            Some(_) => Payment::transfer(&account, &Account::Partner, slug, amount),
            None => Payment::transfer(&Account::Partner, &account, slug, amount),
        });
        let outcome = self.sort("transfer", valid, response.map(|pending| pending.id().to_owned()));
        self.note_payment(outcome, payment);
    }

    pub(super) async fn lock_rate(&mut self) {
        let (account, exists) = self.account();
        self.lock_rate_of(account, exists).await;
    }

    async fn lock_rate_of(&mut self, account: Account, exists: bool) -> Option<(Account, RateLock)> {
        let response = match &account {
            Account::User(user) => self.client.exchange().lock_rate(user).await,
            _ => self.client.partner().lock_rate().await,
        };
        let outcome = self.sort("lock", exists, response.map(|lock| lock.details().clone()));
        let Outcome::Done(lock) = outcome else { return None };
        self.notes().locks.push((account.clone(), lock.clone()));
        Some((account, lock))
    }

    /// With a lock of the same account or another's, fresh, expired or used, or with none.
    pub(super) async fn exchange(&mut self) {
        let (mut account, exists) = self.account();
        let lock = match self.rng.u32(..20) {
            0..14 => self.lock_rate_of(account.clone(), exists).await,
            14..19 => {
                let notes = self.notes.lock().expect("no client has failed");
                let recent = &notes.locks[notes.locks.len().saturating_sub(20)..];
                let lock = pick(&mut self.rng, recent).cloned();
                if let Some((owner, _)) = lock.as_ref().filter(|_| self.rng.bool()) {
                    account = owner.clone();
                }
                lock
            }
            _ => None,
        };
        if once_in(&mut self.rng, 20) {
            self.sandbox.advance(Duration::from_secs(60)).await;
        }
        let sold = money(&mut self.rng, &ALL);
        let other = *pick(&mut self.rng, &ALL).expect("a currency");
        let to = written(&mut self.rng, other);
        self.exchange_with(lock, account, sold, other, to).await;
    }

    /// Tries all locks that may be good still.
    pub(in super::super) async fn try_locks(&mut self) {
        let recent: Vec<_> = self.notes().locks.iter().rev().take(20).cloned().collect();
        for (account, lock) in recent {
            let ten = Money { amount: 10.into(), slug: "eur", written: "eur".to_owned(), valid: true };
            self.exchange_with(Some((account.clone(), lock)), account, ten, "btc", ("btc".to_owned(), true)).await;
        }
    }

    async fn exchange_with(
        &mut self,
        lock: Option<(Account, RateLock)>,
        account: Account,
        Money { amount, slug, written: from, valid }: Money,
        other: &str,
        (to, known): (String, bool),
    ) {
        let exists = match &account {
            Account::User(user) => user != NOBODY && !self.notes().deleted.contains(user),
            _ => true,
        };
        let lock_id = lock.as_ref().map_or("no-lock", |(_, lock)| &lock.id).to_owned();
        let alive = lock.as_ref().is_some_and(|(_, lock)| self.sandbox.now() < lock.valid_until.as_ref().unwrap().utc().expect("a time"));
        let usable = alive && lock.as_ref().is_some_and(|(owner, _)| *owner == account) && !self.notes().used_locks.contains(&lock_id);
        let payment = lock.as_ref().filter(|_| valid && exists && known && slug != other && usable);
        let payment = payment.and_then(|(_, lock)| Payment::exchange(&account, (slug, amount), other, lock));
        let response = match &account {
            Account::User(user) => {
                let request = ExchangeRequest::builder().source_external_user_id(user).amount(amount).currency_from(from).currency_to(to);
                self.client.exchange().create(&request.lock_id(&lock_id).build()).await
            }
            _ => {
                let request = PartnerExchangeRequest::builder().amount(amount).currency_from(from).currency_to(to);
                self.client.partner().exchange(&request.lock_id(&lock_id).build()).await
            }
        };
        let outcome = self.sort("exchange", payment.is_some(), response.map(|pending| pending.id().to_owned()));
        if self.note_payment(outcome, payment) {
            assert!(self.notes().used_locks.insert(lock_id), "a lock served two exchanges");
        }
    }

    pub(super) async fn sepa_transfer(&mut self) {
        let eur = if once_in(&mut self.rng, 40) { money(&mut self.rng, &CRYPTO) } else { money(&mut self.rng, &["eur"]) };
        let iban = if once_in(&mut self.rng, 30) { "DE89370400440532013001" } else { IBAN };
        let destination = p100::Iban::unchecked(iban);
        let (account, exists) = self.account();
        let valid = eur.valid && eur.slug == "eur" && iban == IBAN && exists;
        let response = match &account {
            Account::User(user) => {
                let request = SepaTransferRequest::builder().source_external_user_id(user).amount(eur.amount).currency(eur.written);
                let request = request.destination_iban(destination).transfer_title("Payout").receiver_type(PartyType::Natural);
                self.client.sepa().create(&request.receiver_first_name("Ada").receiver_last_name("Example").build()).await
            }
            _ => {
                let request = PartnerSepaTransferRequest::builder().amount(eur.amount).currency(eur.written).destination_iban(destination);
                let request = request.transfer_title("Payout").receiver_type(PartyType::Legal).company_name("Example Ltd").build();
                self.client.partner().sepa_transfer(&request).await
            }
        };
        let outcome = self.sort("sepa", valid, response.map(|pending| pending.id().to_owned()));
        self.note_payment(outcome, valid.then(|| Payment::sepa(&account, eur.amount)));
    }

    pub(super) async fn withdraw(&mut self) {
        let (account, exists) = self.account();
        let slugs = if once_in(&mut self.rng, 40) { &ALL[..] } else { &CRYPTO };
        let Money { amount, slug, written, valid } = money(&mut self.rng, slugs);
        let fees: Vec<_> = self.fees.iter().filter(|(currency, ..)| *currency == slug).cloned().collect();
        let (network, fees) = match self.rng.u32(..20) {
            0 => (Some("nowhere".to_owned()), None),
            1..8 => (None, fees.first()),
            _ => {
                let fees = pick(&mut self.rng, &fees);
                (fees.map(|(_, network, ..)| network.to_uppercase()), fees)
            }
        };
        let wallet = if once_in(&mut self.rng, 40) { " " } else { "0x1111111111111111111111111111111111111111" };
        let payment = fees.filter(|_| valid && exists && wallet != " ");
        let payment = payment.map(|(_, network, fee, chain)| Payment::withdrawal(&account, slug, network, amount, *fee, *chain));
        let response = match &account {
            Account::User(user) => {
                let request = WithdrawalRequest::builder().source_external_user_id(user).currency(written).amount(amount);
                let request = request.wallet_address(wallet).maybe_network(network).name("Ada Example");
                let request = request.wallet_type(WalletType::NonCustodial).receiver_type(PartyType::Natural).build();
                self.client.withdrawals().create(&request).await
            }
            _ => {
                let request = PartnerWithdrawalRequest::builder().currency(written).amount(amount);
                let request = request.wallet_address(wallet).maybe_network(network).name("Example Ltd");
                let request = request.wallet_type(WalletType::Custodial).receiver_type(PartyType::Legal).build();
                self.client.partner().withdraw(&request).await
            }
        };
        let outcome = self.sort("withdrawal", payment.is_some(), response.map(|pending| pending.id().to_owned()));
        self.note_payment(outcome, payment);
    }

    /// Paid in full as soon as it is there, if it can be.
    pub(super) async fn order(&mut self) {
        let (slug, network, ..) = pick(&mut self.rng, &self.fees).cloned().expect("a network");
        let Money { amount, .. } = money(&mut self.rng, &["eur"]);
        let request = OrderLockRequest::builder().amount(amount).currency(slug).network(network).build();
        let response = self.client.raw().lock_order_rate(&request).await.map(|response| response.into_inner());
        let Outcome::Done(lock) = self.sort("order lock", movable(amount, 2), response) else { return };
        let request = OrderRequest::builder().lock_id(&lock.lock_id).build();
        let response = self.client.raw().create_order(&request).await.map(|response| response.into_inner().order_id);
        let Outcome::Done(id) = self.sort("order", true, response) else { return };
        if once_in(&mut self.rng, 10) {
            let again = self.client.raw().create_order(&request).await;
            self.sort("order", false, again.map(|response| response.into_inner()));
        }
        let response = self.sandbox.pay_order(&id, lock.amount);
        if self.sort_command("order payment", true, response).is_some() {
            self.notes().booked.extend(payment::order(slug, &lock));
            let response = self.client.raw().get_order(&id).await.map(|response| response.into_inner());
            if let Outcome::Done(order) = self.sort("order details", true, response) {
                assert_eq!((order.received_amount, order.total_amount_required), (Some(lock.amount), Some(lock.amount)));
            }
            let again = self.sandbox.pay_order(&id, lock.amount);
            self.sort_command("order payment", false, again);
        }
    }

    /// Paid in up to three parts, in whatever: enough or not.
    pub(super) async fn payment_link(&mut self) {
        let Money { amount, .. } = money(&mut self.rng, &["eur"]);
        let request = PaymentLinkRequest::builder().amount(amount).currency("eur").build();
        let response = self.client.payment_links().create(&request).await.map(|link| link.payment_link_id);
        let Outcome::Done(id) = self.sort("link", movable(amount, 2), response) else { return };
        let mut paid = Vec::new();
        for _ in 0..3 {
            let Money { amount: part, slug, written, valid } = money(&mut self.rng, &CRYPTO);
            let payment = PaymentLinkPayment::builder().currency(written).amount(part).build();
            let response = self.sandbox.pay_payment_link(&id, &payment);
            if self.sort_command("link payment", valid, response).is_none() {
                continue;
            }
            paid.push(movement(&Account::Outside, &Account::Desk, slug, part));
            let mut booked = self.sandbox.books().entries;
            booked.retain(|entry| entry.reference == id);
            let Some(euros) = booked.pop() else { continue };
            assert!((&euros.from, &euros.to, &*euros.currency) == (&Account::Desk, &Account::Partner, "eur") && euros.amount >= amount);
            let reported = |entry: &Entry| (entry.from.clone(), entry.to.clone(), entry.currency.clone(), entry.amount);
            let known = |paid: &Movement| (paid.from.clone(), paid.to.clone(), paid.slug.clone(), paid.amount);
            assert_eq!(booked.iter().map(reported).collect::<Vec<_>>(), paid.iter().map(known).collect::<Vec<_>>());
            paid.push(movement(&euros.from, &euros.to, &euros.currency, euros.amount));
            self.notes().booked.append(&mut paid);
            let again = self.sandbox.pay_payment_link(&id, &payment);
            self.sort_command("link payment", false, again);
            return;
        }
    }

    pub(super) fn receive_crypto(&mut self) {
        let (account, exists) = self.account();
        let slugs = if once_in(&mut self.rng, 30) { &ALL[..1] } else { &CRYPTO };
        let Money { amount, slug, written, valid } = money(&mut self.rng, slugs);
        let travel_rule = once_in(&mut self.rng, 3);
        let deposit = CryptoDeposit::builder().account(account.clone()).currency(written).amount(amount).travel_rule(travel_rule).build();
        let response = self.sandbox.receive_crypto_deposit(deposit);
        if let Some(id) = self.sort_command("crypto deposit", valid && exists && slug != "eur", response) {
            let movement = movement(&Account::Outside, &account, slug, amount);
            self.notes().deposits.insert(id, Deposit { movement, travel_rule, named: Some(false), refused: false });
        }
    }

    /// By the bank's staff or by the partner.
    pub(super) async fn decide_deposit(&mut self) {
        let ids: Vec<String> = self.notes().deposits.keys().cloned().collect();
        let id = pick(&mut self.rng, &ids).map_or("no-deposit", String::as_str);
        if self.rng.bool() {
            let details = TravelRuleDetails::builder().company_name("Example Ltd").vat_id("PL0000000000").build();
            let sender = TravelRuleRequest::builder().wallet_type(TravelRuleWalletType::Custodial).details(details).build();
            let response = self.client.deposits().update_travel_rule(id, &sender).await;
            let valid = self.notes().deposits.get(id).is_some_and(|deposit| {
                // Once it has happened it cannot happen again.
                deposit.travel_rule && deposit.named != Some(true)
            });
            let named = match self.sort("travel rule", valid, response) {
                Outcome::Done(_) | Outcome::Lost(true) => Some(true),
                Outcome::Lost(false) => None,
                Outcome::Refused => return,
            };
            if let Some(deposit) = self.notes().deposits.get_mut(id).filter(|deposit| deposit.named != Some(true)) {
                deposit.named = named;
            }
        } else {
            let approve = self.rng.bool();
            let response = self.sandbox.decide_deposit(id, approve);
            let decided = self.sort_command("decision", id != "no-deposit", response).is_some();
            if let Some(deposit) = self.notes().deposits.get_mut(id) {
                deposit.refused |= decided && !approve;
            }
        }
    }

    pub(super) fn receive_sepa(&mut self) {
        let (external_user_id, exists) = self.user();
        let Money { amount, .. } = money(&mut self.rng, &["eur"]);
        let sender_iban = if once_in(&mut self.rng, 20) { "LT00" } else { IBAN };
        let account = Account::User(external_user_id.clone());
        let (sender_name, sender_iban) = ("Ada Example".to_owned(), sender_iban.to_owned());
        let valid = movable(amount, 2) && exists && sender_iban == IBAN;
        let deposit = SepaDeposit::builder()
            .external_user_id(external_user_id)
            .amount(amount)
            .sender_name(sender_name)
            .sender_iban(sender_iban)
            .build();
        let response = self.sandbox.receive_sepa_deposit(deposit);
        if self.sort_command("sepa deposit", valid, response).is_some() {
            self.notes().booked.push(movement(&Account::Outside, &account, "eur", amount));
        }
    }
}
