//! One of the clients: what it does next is drawn at random, and what must not be accepted is known beforehand.

mod payments;
mod users;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fastrand::Rng;
use p100::{Client, Decimal, Error, ErrorKind, Month, Retries};
use p100_sandbox::control::NewUser;
use p100_sandbox::{Account, Refused, Sandbox};

use super::draw::{self, CURRENCIES, Money, once_in, pick};
use super::notes::Notes;
use super::payment;

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
    /// Every response in words, if somebody wants to compare.
    pub(super) responses: Option<Vec<String>>,
}

/// What came of a call.
enum Outcome<T> {
    Done(T),
    /// There was no response that could be read. With true it was carried out for certain.
    Lost(bool),
    Refused,
}

/// A client that does what it is asked once.
pub(super) fn client(sandbox: &Sandbox) -> Client {
    sandbox.client_builder().retries(Retries::none()).build().expect("a client")
}

impl Actor {
    pub(super) fn new(sandbox: &Arc<Sandbox>, client: &Client, notes: &Arc<Mutex<Notes>>, fees: &Arc<Fees>, seed: u64) -> Self {
        let (sandbox, notes, fees) = (Arc::clone(sandbox), Arc::clone(notes), Arc::clone(fees));
        Self { client: client.clone(), sandbox, notes, fees, rng: Rng::with_seed(seed), responses: None }
    }

    /// Users who can do everything and have some of everything.
    pub(super) fn begin(&mut self) {
        for number in 0..REGULARS {
            let id = format!("regular-{number}");
            self.sandbox.add_user(NewUser::builder().external_user_id(&id).limited(number == 0).build()).expect("a user");
            self.notes().users.push(id);
        }
        for slug in CURRENCIES.map(|currency| currency.slug) {
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
            0..28 => self.transfer().await,
            28..32 => self.order().await,
            32..34 => self.payment_link().await,
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
            172..184 => self.read_payment().await,
            184..186 => self.read_account().await,
            186..191 => self.proceed(),
            191..195 => self.advance().await,
            195..198 => self.add_fault(),
            198 => self.lock_rate().await,
            _ => self.change_settings(),
        }
    }

    /// Sorts a response. What is invalid must not be accepted; what may be valid may be refused all the same.
    fn sort<T: Debug>(&mut self, operation: &'static str, valid: bool, response: Result<T, Error>) -> Outcome<T> {
        let outcome = match response {
            Ok(response) => Outcome::Done(response),
            Err(error) => {
                self.log(operation, &(error.kind(), error.status(), error.body()));
                assert_ne!(error.status().map(|status| status.as_u16()), Some(500), "{operation}: {error}");
                let succeeded = error.status().is_some_and(|status| status.is_success());
                if error.may_have_taken_effect() {
                    Outcome::Lost(error.kind() == ErrorKind::IncompleteBody && succeeded)
                } else {
                    Outcome::Refused
                }
            }
        };
        if let Outcome::Done(response) = &outcome {
            self.log(operation, response);
        }
        assert!(valid || !matches!(outcome, Outcome::Done(_) | Outcome::Lost(true)), "{operation} of something invalid was accepted");
        self.notes().count(operation, matches!(outcome, Outcome::Done(_)));
        // What is invalid cannot have happened, lost or not: a trace of it would have no explanation.
        if valid { outcome } else { Outcome::Refused }
    }

    /// The same for a command to the sandbox: it is never lost.
    fn sort_command<T: Debug>(&mut self, operation: &'static str, valid: bool, response: Result<T, Refused>) -> Option<T> {
        self.log(operation, &response);
        assert!(valid || response.is_err(), "{operation} of something invalid was accepted");
        self.notes().count(operation, response.is_ok());
        response.ok()
    }

    fn log(&mut self, operation: &str, response: &dyn Debug) {
        if let Some(responses) = &mut self.responses {
            responses.push(format!("{operation}: {response:?}"));
        }
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

    pub(super) async fn read_payment(&mut self) {
        let found = {
            let notes = self.notes.lock().expect("no client has failed");
            // Any; the ids are random too.
            let from = format!("{:02x}", self.rng.u8(..));
            let found = notes.payments.range(from..).next().or(notes.payments.iter().next());
            found.map(|(id, payment)| (id.clone(), payment.reported.clone()))
        };
        let Some((id, reported)) = found else { return };
        let response = payment::details(&self.client, reported.event, &id).await;
        if let Outcome::Done((details, status, _)) = self.sort("details", true, response) {
            assert_eq!(details, reported, "{id}");
            // Another client may have read an older response and be slower to say so.
            if let Some(succeeded) = payment::outcome(&status) {
                self.notes().ended(&id, Some(succeeded));
            }
        }
    }

    /// What an account is reported to hold is what the books said at some moment of the call.
    async fn read_account(&mut self) {
        let (account, exists) = self.account();
        let before = self.sandbox.overview().entry_count;
        let response = balances(&self.client, &account).await;
        let Outcome::Done(reported) = self.sort("balances", exists, response) else { return };
        let after = self.sandbox.books();
        self.notes().check(&after);
        let mut held: BTreeMap<String, Decimal> = CURRENCIES.iter().map(|currency| (currency.slug.to_owned(), Decimal::ZERO)).collect();
        let moments = (0..=after.entries.len()).any(|moment| {
            if let Some(entry) = moment.checked_sub(1).map(|last| &after.entries[last]) {
                let held = held.get_mut(&entry.currency).expect("a currency");
                *held -= if entry.from == account { entry.amount } else { Decimal::ZERO };
                *held += if entry.to == account { entry.amount } else { Decimal::ZERO };
            }
            moment >= before && held == reported
        });
        assert!(moments, "{account} never had {reported:?}");
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
        let response = self.sandbox.proceed(subject);
        self.sort_command("proceed", subject != "nothing", response);
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
        let response = self.sandbox.add_fault(fault);
        self.sort_command("fault", true, response);
    }

    fn change_settings(&mut self) {
        let mut settings = self.sandbox.settings();
        draw::change(&mut self.rng, &mut settings);
        let response = self.sandbox.set_settings(settings);
        self.sort_command("settings", true, response);
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

/// What an account is reported to hold, by currency.
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
    let (fiat, crypto) = (fiat.unwrap(), crypto.unwrap());
    let fiat = fiat.into_iter().map(|balance| (balance.name.to_string(), balance.amount));
    Ok(fiat.chain(crypto.into_iter().map(|balance| (balance.name.to_string(), balance.amount))).collect())
}
