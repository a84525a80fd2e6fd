//! One of the clients: what it does next is drawn at random, and what must not be accepted is known beforehand.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fastrand::Rng;
use p100::types::{
    CreateCardRequest, ExchangeRequest, PartnerExchangeRequest, PartnerSepaTransferRequest, PartnerWithdrawalRequest, PartyType,
    TransferRequest, TravelRuleRequest, UpdateCardLimitsRequest, WalletType, WithdrawalRequest,
};
use p100::{Client, Decimal, Error, ErrorKind, Month, Retries};
use p100_sandbox::control::{CardChannel, CardTransaction, CryptoDeposit, NewUser, SepaDeposit};
use p100_sandbox::{Account, Sandbox};

use super::draw::{self, CURRENCIES, Money, money, movable, once_in, pick, written};
use super::notes::{Deposit, Notes};
use super::payment::{self, Payment, movement};
use crate::users::{limited, request};

const ALL: [&str; 8] = ["eur", "btc", "doge", "eth", "ltc", "pol", "usdc", "usdt"];
const CRYPTO: [&str; 7] = ["btc", "doge", "eth", "ltc", "pol", "usdc", "usdt"];
const IBAN: &str = "DE89370400440532013000";
const NOBODY: &str = "nobody";

/// Those who pay most, so that they meet.
const REGULARS: usize = 8;

/// P100's fee and the chain's of a withdrawal, by currency and network. The first network of a currency is its default.
pub(super) type Fees = Vec<(&'static str, String, Decimal, Decimal)>;

pub(super) struct Actor {
    sandbox: Arc<Sandbox>,
    client: Client,
    notes: Arc<Mutex<Notes>>,
    fees: Arc<Fees>,
    rng: Rng,
    /// Every answer in words, if somebody wants to compare.
    pub(super) answers: Option<Vec<String>>,
}

/// What came of a call.
enum Outcome<T> {
    Done(T),
    /// There was no answer that could be read. With true it was carried out for certain.
    Lost(bool),
    Refused,
}

/// A client that does what it is told once.
pub(super) fn client(sandbox: &Sandbox) -> Client {
    sandbox.client_builder().retries(Retries::none()).build().expect("a client")
}

impl Actor {
    pub(super) fn new(sandbox: &Arc<Sandbox>, notes: &Arc<Mutex<Notes>>, fees: &Arc<Fees>, seed: u64) -> Self {
        let (sandbox, notes, fees) = (Arc::clone(sandbox), Arc::clone(notes), Arc::clone(fees));
        Self { client: client(&sandbox), sandbox, notes, fees, rng: Rng::with_seed(seed), answers: None }
    }

    /// Users who can do everything and have some of everything.
    pub(super) fn begin(&mut self) {
        for number in 0..REGULARS {
            let id = format!("regular-{number}");
            self.sandbox.add_user(NewUser { limited: number == 0, ..NewUser::new(&id) }).expect("a user");
            self.notes().users.push(id);
        }
        for slug in ALL {
            self.fund_with(&Account::Partner, &some(slug));
            for number in 0..REGULARS {
                self.fund_with(&Account::User(format!("regular-{number}")), &some(slug));
            }
        }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().expect("no client has failed")
    }

    /// Does one thing.
    pub(super) async fn act(&mut self) {
        match self.rng.u32(..200) {
            0..34 => self.transfer().await,
            34..66 => self.exchange().await,
            66..80 => self.sepa_transfer().await,
            80..104 => self.withdraw().await,
            104..116 => self.fund(),
            116..124 => self.receive_crypto(),
            124..130 => self.decide_deposit().await,
            130..134 => self.receive_sepa(),
            134..142 => self.create_user().await,
            142..146 => self.suspend().await,
            146..151 => self.unsuspend().await,
            151..154 => self.delete_user().await,
            154..158 => self.create_card().await,
            158..168 => self.pay_with_card(),
            168..172 => self.command_card().await,
            172..182 => self.read_payment().await,
            182..186 => self.read_account().await,
            186..191 => self.proceed(),
            191..195 => self.advance().await,
            195..198 => self.add_fault(),
            198 => self.lock_rate().await,
            _ => self.change_settings(),
        }
    }

    /// Sorts an answer. What is invalid must not be accepted; what may be valid may be refused all the same.
    fn sort<T: Debug>(&mut self, operation: &'static str, valid: bool, answer: Result<T, Error>) -> Outcome<T> {
        let outcome = match answer {
            Ok(answer) => Outcome::Done(answer),
            Err(error) => {
                self.log(operation, &(error.kind(), error.status(), error.body()));
                assert_ne!(error.status().map(|status| status.as_u16()), Some(500), "{operation}: {error}");
                let succeeded = error.status().is_some_and(|status| status.is_success());
                if error.may_have_taken_effect() {
                    Outcome::Lost(error.kind() == ErrorKind::Truncated && succeeded)
                } else {
                    Outcome::Refused
                }
            }
        };
        if let Outcome::Done(answer) = &outcome {
            self.log(operation, answer);
        }
        assert!(valid || !matches!(outcome, Outcome::Done(_) | Outcome::Lost(true)), "{operation} of something invalid was accepted");
        self.notes().count(operation, matches!(outcome, Outcome::Done(_)));
        // What is invalid cannot have happened, lost or not: a trace of it would have no explanation.
        if valid { outcome } else { Outcome::Refused }
    }

    /// The same for a command to the sandbox: it is never lost.
    fn sort_command<T: Debug>(&mut self, operation: &'static str, valid: bool, answer: Result<T, p100_sandbox::Refused>) -> Option<T> {
        self.log(operation, &answer);
        assert!(valid || answer.is_err(), "{operation} of something invalid was accepted");
        self.notes().count(operation, answer.is_ok());
        answer.ok()
    }

    fn log(&mut self, operation: &str, answer: &dyn Debug) {
        if let Some(answers) = &mut self.answers {
            answers.push(format!("{operation}: {answer:?}"));
        }
    }

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

    /// A user, and whether there is one.
    fn user(&mut self) -> (String, bool) {
        let notes = self.notes.lock().expect("no client has failed");
        let id = match self.rng.u32(..50) {
            0 => return (NOBODY.to_owned(), false),
            1..8 => pick(&mut self.rng, &notes.users),
            _ => notes.users.get(self.rng.usize(..REGULARS)),
        };
        let id = id.expect("a user").clone();
        let exists = !notes.deleted.contains(&id);
        (id, exists)
    }

    /// The partner or a user, and whether there is one.
    fn account(&mut self) -> (Account, bool) {
        if once_in(&mut self.rng, 3) {
            return (Account::Partner, true);
        }
        let (user, exists) = self.user();
        (Account::User(user), exists)
    }

    fn fund_with(&mut self, account: &Account, Money { amount, slug, written, valid }: &Money) {
        let answer = self.sandbox.fund(account, written, *amount);
        if self.sort_command("fund", *valid, answer).is_some() {
            self.notes().booked.push(movement(&Account::Outside, account, slug, *amount));
        }
    }

    fn fund(&mut self) {
        let (account, exists) = self.account();
        let account = if once_in(&mut self.rng, 60) { Account::Fees } else { account };
        let money = money(&mut self.rng, &ALL);
        let valid = money.valid && exists && account != Account::Fees;
        self.fund_with(&account, &Money { valid, ..money });
    }

    async fn transfer(&mut self) {
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
        let answer = self.client.transfers().create(&request.build()).await;
        let account = Account::User(user.clone());
        let valid = valid && exists && source.is_some() != destination.is_some();
        let payment = valid.then(|| match source {
            Some(_) => Payment::transfer(&account, &Account::Partner, slug, amount),
            None => Payment::transfer(&Account::Partner, &account, slug, amount),
        });
        let outcome = self.sort("transfer", valid, answer.map(|pending| pending.id().to_owned()));
        self.note_payment(outcome, payment);
    }

    async fn lock_rate(&mut self) {
        let (account, exists) = self.account();
        self.lock_rate_of(account, exists).await;
    }

    async fn lock_rate_of(&mut self, account: Account, exists: bool) -> Option<(Account, p100::types::RateLock)> {
        let answer = match &account {
            Account::User(user) => self.client.exchange().lock_rate(user).await,
            _ => self.client.partner().lock_rate().await,
        };
        let outcome = self.sort("lock", exists, answer.map(|lock| lock.details().clone()));
        let Outcome::Done(lock) = outcome else { return None };
        self.notes().locks.push((account.clone(), lock.clone()));
        Some((account, lock))
    }

    /// With a lock of the same account or another's, fresh, expired or used, or with none.
    async fn exchange(&mut self) {
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
        let exists = match &account {
            Account::User(user) => user != NOBODY && !self.notes().deleted.contains(user),
            _ => true,
        };
        if once_in(&mut self.rng, 20) {
            self.sandbox.advance(Duration::from_secs(60)).await;
        }
        let Money { amount, slug, written: from, valid } = money(&mut self.rng, &ALL);
        let other = *pick(&mut self.rng, &ALL).expect("a currency");
        let (to, known) = written(&mut self.rng, other);
        let lock_id = lock.as_ref().map_or("no-lock", |(_, lock)| &lock.id).to_owned();
        let alive = lock.as_ref().is_some_and(|(_, lock)| self.sandbox.now() < lock.valid_until.utc().expect("a time"));
        let usable = alive && lock.as_ref().is_some_and(|(owner, _)| *owner == account) && !self.notes().used_locks.contains(&lock_id);
        let payment = lock.as_ref().filter(|_| valid && exists && known && slug != other && usable);
        let payment = payment.and_then(|(_, lock)| Payment::exchange(&account, (slug, amount), other, lock));
        let answer = match &account {
            Account::User(user) => {
                let request = ExchangeRequest::builder().source_external_user_id(user).amount(amount).currency_from(from).currency_to(to);
                self.client.exchange().create(&request.lock_id(&lock_id).build()).await
            }
            _ => {
                let request = PartnerExchangeRequest::builder().amount(amount).currency_from(from).currency_to(to);
                self.client.partner().exchange(&request.lock_id(&lock_id).build()).await
            }
        };
        let outcome = self.sort("exchange", payment.is_some(), answer.map(|pending| pending.id().to_owned()));
        if self.note_payment(outcome, payment) {
            assert!(self.notes().used_locks.insert(lock_id), "a lock served two exchanges");
        }
    }

    async fn sepa_transfer(&mut self) {
        let eur = if once_in(&mut self.rng, 40) { money(&mut self.rng, &CRYPTO) } else { money(&mut self.rng, &["eur"]) };
        let iban = if once_in(&mut self.rng, 30) { "DE89370400440532013001" } else { IBAN };
        let valid = eur.valid && eur.slug == "eur" && iban == IBAN;
        let request = PartnerSepaTransferRequest::builder().amount(eur.amount).currency(eur.written).destination_iban(iban);
        let request = request.transfer_title("Payout").receiver_type(PartyType::Legal).company_name("Example Ltd").build();
        let answer = self.client.partner().sepa_transfer(&request).await;
        let outcome = self.sort("sepa", valid, answer.map(|pending| pending.id().to_owned()));
        self.note_payment(outcome, valid.then(|| Payment::sepa(eur.amount)));
    }

    async fn withdraw(&mut self) {
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
        let answer = match &account {
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
        let outcome = self.sort("withdrawal", payment.is_some(), answer.map(|pending| pending.id().to_owned()));
        self.note_payment(outcome, payment);
    }

    fn receive_crypto(&mut self) {
        let (account, exists) = self.account();
        let slugs = if once_in(&mut self.rng, 30) { &ALL[..1] } else { &CRYPTO };
        let Money { amount, slug, written, valid } = money(&mut self.rng, slugs);
        let travel_rule = once_in(&mut self.rng, 3);
        let deposit = CryptoDeposit { account: account.clone(), currency: written, amount, travel_rule };
        let answer = self.sandbox.receive_crypto_deposit(deposit);
        if let Some(id) = self.sort_command("crypto deposit", valid && exists && slug != "eur", answer) {
            let movement = movement(&Account::Outside, &account, slug, amount);
            self.notes().deposits.insert(id, Deposit { movement, travel_rule, named: Some(false), refused: false });
        }
    }

    /// By the bank's staff or by the partner.
    async fn decide_deposit(&mut self) {
        let ids: Vec<String> = self.notes().deposits.keys().cloned().collect();
        let id = pick(&mut self.rng, &ids).map_or("no-deposit", String::as_str);
        if self.rng.bool() {
            let sender = TravelRuleRequest::builder().name("Ada Example").wallet_type(WalletType::NonCustodial);
            let answer = self.client.deposits().update_travel_rule(id, &sender.sender_type(PartyType::Natural).build()).await;
            let valid = self.notes().deposits.get(id).is_some_and(|deposit| {
                // Once it has happened it cannot happen again.
                deposit.travel_rule && deposit.named != Some(true)
            });
            let named = match self.sort("travel rule", valid, answer) {
                Outcome::Done(_) | Outcome::Lost(true) => Some(true),
                Outcome::Lost(false) => None,
                Outcome::Refused => return,
            };
            if let Some(deposit) = self.notes().deposits.get_mut(id).filter(|deposit| deposit.named != Some(true)) {
                deposit.named = named;
            }
        } else {
            let approve = self.rng.bool();
            let answer = self.sandbox.decide_deposit(id, approve);
            let decided = self.sort_command("decision", id != "no-deposit", answer).is_some();
            if let Some(deposit) = self.notes().deposits.get_mut(id) {
                deposit.refused |= decided && !approve;
            }
        }
    }

    fn receive_sepa(&mut self) {
        let (external_user_id, exists) = self.user();
        let Money { amount, .. } = money(&mut self.rng, &["eur"]);
        let sender_iban = if once_in(&mut self.rng, 20) { "LT00" } else { IBAN };
        let account = Account::User(external_user_id.clone());
        let (sender_name, sender_iban) = ("Ada Example".to_owned(), sender_iban.to_owned());
        let valid = movable(amount, 2) && exists && sender_iban == IBAN;
        let deposit = SepaDeposit { external_user_id, amount, sender_name, sender_iban, transfer_title: None };
        let answer = self.sandbox.receive_sepa_deposit(deposit);
        if self.sort_command("sepa deposit", valid, answer).is_some() {
            self.notes().booked.push(movement(&Account::Outside, &account, "eur", amount));
        }
    }

    async fn create_user(&mut self) {
        let number = self.notes().users.len();
        // Now and then somebody who is there already.
        let again = Some(self.user().0).filter(|id| id != NOBODY && once_in(&mut self.rng, 10));
        let id = again.unwrap_or_else(|| format!("user-{number}-{}", self.rng.u16(..)));
        let new = !self.notes().users.contains(&id);
        let (operation, answer) = match self.rng.u32(..3) {
            0 => ("create", self.client.users().create(&request(&id, "LT")).await.map(|_| ())),
            1 => ("create limited", self.client.users().create_limited(&limited(&id)).await.map(|_| ())),
            _ => {
                let answer = self.sandbox.add_user(NewUser::new(&id));
                if self.sort_command("add", new, answer).is_some() {
                    self.notes().users.push(id);
                }
                return;
            }
        };
        match self.sort(operation, new, answer) {
            Outcome::Refused => {}
            // Or perhaps not: then it is one more unknown user.
            Outcome::Done(()) | Outcome::Lost(_) => self.notes().users.push(id),
        }
    }

    async fn suspend(&mut self) {
        let (user, exists) = self.user();
        let answer = self.client.users().suspend(&user).await;
        self.sort("suspend", exists, answer);
    }

    async fn unsuspend(&mut self) {
        let (user, exists) = self.user();
        let answer = self.client.users().unsuspend(&user).await;
        self.sort("unsuspend", exists, answer);
    }

    /// Rarely one of those who have money.
    async fn delete_user(&mut self) {
        let newest = self.notes().users.last().cloned().expect("a user");
        let user = if once_in(&mut self.rng, 4) { self.user().0 } else { newest };
        let exists = user != NOBODY && !self.notes().deleted.contains(&user);
        let answer = self.client.users().delete(&user).await;
        if let Outcome::Done(_) | Outcome::Lost(true) = self.sort("delete", exists, answer) {
            self.notes().deleted.insert(user);
        }
    }

    async fn create_card(&mut self) {
        let (user, exists) = self.user();
        let request = CreateCardRequest::builder().external_user_id(&user).label("Shopping").pin("1234").build();
        let answer = self.client.cards().create(&request).await;
        if let Outcome::Done(card) = self.sort("card", exists, answer) {
            self.notes().cards.push((user, card.card_id));
        }
    }

    /// A card with its user.
    fn card(&mut self) -> (String, String) {
        let notes = self.notes.lock().expect("no client has failed");
        pick(&mut self.rng, &notes.cards).cloned().unwrap_or_else(|| (NOBODY.to_owned(), "no-card".to_owned()))
    }

    fn pay_with_card(&mut self) {
        let (user, card) = self.card();
        let Money { amount, .. } = money(&mut self.rng, &["eur"]);
        let amount = if once_in(&mut self.rng, 10) { amount } else { Decimal::new(self.rng.i64(1..3000), 2) };
        let valid = movable(amount, 2) && user != NOBODY && !self.notes().deleted.contains(&user);
        let channel = [CardChannel::Pos, CardChannel::Atm, CardChannel::Ecom][self.rng.usize(..3)];
        let answer = self.sandbox.make_card_transaction(&card, CardTransaction { merchant_name: "Shop".to_owned(), amount, channel });
        if self.sort_command("card payment", valid, answer).is_some() {
            self.notes().booked.push(movement(&Account::User(user), &Account::Outside, "eur", amount));
        }
    }

    async fn command_card(&mut self) {
        let (user, card) = self.card();
        let cards = self.client.cards();
        let answer = match self.rng.u32(..6) {
            0 => cards.block(&user, &card).await,
            1 | 2 => cards.unblock(&user, &card).await,
            3 => cards.delete(&user, &card).await,
            4 => {
                let request = UpdateCardLimitsRequest::builder().external_user_id(&user).card_id(&card);
                let [daily, monthly] = [self.rng.i64(-5..600), self.rng.i64(..6000)].map(Decimal::from);
                let request = request.daily_trx_all(daily).monthly_trx_all(monthly).daily_trx_atm(daily).monthly_trx_atm(monthly);
                cards.update_limits(&request.daily_trx_ecom(daily).monthly_trx_ecom(monthly).build()).await
            }
            _ => cards.get(&user, &card).await.map(|_| p100::types::MessageResponse::default()),
        };
        self.sort("card command", user != NOBODY, answer);
    }

    async fn read_payment(&mut self) {
        let found = {
            let notes = self.notes.lock().expect("no client has failed");
            // Any; the ids are random too.
            let from = format!("{:x}", self.rng.u8(..16));
            let found = notes.payments.range(from..).next().or(notes.payments.iter().next());
            found.map(|(id, payment)| (id.clone(), payment.told.clone()))
        };
        let Some((id, told)) = found else { return };
        let answer = payment::details(&self.client, told.event, &id).await;
        if let Outcome::Done((details, status)) = self.sort("details", true, answer) {
            assert_eq!(details, told, "{id}");
            // Another client may have read an older answer and be slower to say so.
            if let Some(succeeded) = payment::outcome(&status) {
                self.notes().ended(&id, Some(succeeded));
            }
        }
    }

    /// What an account is told to hold is what the books said at some moment of the call.
    async fn read_account(&mut self) {
        let (account, exists) = self.account();
        let before = self.sandbox.books();
        let answer = balances(&self.client, &account).await;
        let Outcome::Done(told) = self.sort("balances", exists, answer) else { return };
        let after = self.sandbox.books();
        {
            let mut notes = self.notes();
            notes.check(&before);
            notes.check(&after);
        }
        let mut held: BTreeMap<String, Decimal> = CURRENCIES.iter().map(|currency| (currency.slug.to_owned(), Decimal::ZERO)).collect();
        let moments = (0..=after.entries.len()).any(|moment| {
            if let Some(entry) = moment.checked_sub(1).map(|last| &after.entries[last]) {
                let held = held.get_mut(&entry.currency).expect("a currency");
                *held -= if entry.from == account { entry.amount } else { Decimal::ZERO };
                *held += if entry.to == account { entry.amount } else { Decimal::ZERO };
            }
            moment >= before.entries.len() && held == told
        });
        assert!(moments, "{account} never had {told:?}");
        let month = Month::of(self.sandbox.now()).expect("a month");
        let history = match &account {
            Account::User(user) => self.client.users().transactions(user, month).await,
            _ => self.client.partner().transactions(month).await,
        };
        self.sort("history", exists, history);
    }

    fn proceed(&mut self) {
        let waiting: Vec<String> = self.sandbox.overview().pending.into_iter().map(|step| step.subject).collect();
        let subject = pick(&mut self.rng, &waiting).map_or("nothing", String::as_str);
        let answer = self.sandbox.proceed(subject);
        self.sort_command("proceed", subject != "nothing", answer);
    }

    /// Mostly seconds, sometimes a day, rarely a month.
    async fn advance(&mut self) {
        let time = match self.rng.u32(..40) {
            0 => Duration::from_secs(31 * 24 * 3600),
            1..4 => Duration::from_secs(24 * 3600),
            _ => Duration::from_millis(self.rng.u64(1..45_000)),
        };
        self.sandbox.advance(time).await;
        self.notes().count("advance", true);
    }

    fn add_fault(&mut self) {
        let fault = draw::fault(&mut self.rng);
        let answer = self.sandbox.add_fault(fault);
        self.sort_command("fault", true, answer);
    }

    fn change_settings(&mut self) {
        let mut settings = self.sandbox.settings();
        draw::change(&mut self.rng, &mut settings);
        let answer = self.sandbox.set_settings(settings);
        self.sort_command("settings", true, answer);
    }
}

/// Enough for some payments and not for others.
fn some(slug: &'static str) -> Money {
    let amount = Decimal::from(match slug {
        "btc" => 1,
        "eth" => 2,
        "doge" => 20_000,
        _ => 2_000,
    });
    Money { amount, slug, written: slug.to_owned(), valid: true }
}

/// What an account is told to hold, by currency.
pub(super) async fn balances(client: &Client, account: &Account) -> Result<BTreeMap<String, Decimal>, Error> {
    let (fiat, crypto) = match account {
        Account::User(user) => {
            let balances = client.users().balances(user).await?;
            (balances.fiat_balances, balances.crypto_balances)
        }
        _ => {
            let balances = client.partner().balances().await?;
            (balances.fiat_balances, balances.crypto_balances)
        }
    };
    let fiat = fiat.into_iter().map(|balance| (balance.name, balance.amount));
    Ok(fiat.chain(crypto.into_iter().map(|balance| (balance.name, balance.amount))).collect())
}
