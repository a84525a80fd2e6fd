//! A create whose outcome is unknown.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::Window;
use crate::raw::{Operation, operations};
use crate::types::{self, Transaction};
use crate::{Currency, Decimal, ExternalUserId};

/// How far the clocks may have been apart, and how much later than the call P100 may have recorded the payment.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Whose balances a payment moves.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Account {
    /// The partner's own.
    Partner,
    /// Those of the user with this `external_user_id`.
    User(ExternalUserId),
}

impl Account {
    pub(crate) fn user(external_user_id: impl Into<ExternalUserId>) -> Self {
        Self::User(external_user_id.into())
    }
}

impl fmt::Debug for Account {
    /// Not the id: it is the partner's name for a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Partner => "Partner",
            Self::User(_) => "User([redacted])",
        })
    }
}

/// A payment that was tried, as its trace in the transaction history will show it.
///
/// ```
/// use p100::chrono::{TimeDelta, Utc};
/// use p100::{Account, Attempt, types::TransferRequest};
///
/// let request = TransferRequest::to_user("customer-42", 5.into(), "eur");
/// let attempt = Attempt::new(&request, Utc::now() - TimeDelta::seconds(30), Utc::now());
/// assert_eq!(attempt.operation.id, "createTransfer");
/// assert_eq!(attempt.account, Account::User("customer-42".into()));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// What was called.
    pub operation: &'static Operation,
    /// In whose history the trace will be. For transfers that is the user's: the side with less traffic.
    pub account: Account,
    /// The amount of the request.
    pub amount: Decimal,
    /// The currency of `amount`.
    pub currency: Currency,
    /// Of an exchange, the currency that is bought. How much of it is not known beforehand.
    pub currency_to: Option<Currency>,
    /// When the call began, by this machine's wall clock, as all times of an attempt: [`Client::reconcile`](crate::Client::reconcile)
    /// corrects them by the [`ClockSkew`](crate::ClockSkew).
    pub started_at: DateTime<Utc>,
    /// When the call had failed. After a crash: when that was noticed, or the latest time at which the call can still have been under way.
    pub finished_at: DateTime<Utc>,
    pub(super) tolerance: TimeDelta,
}

impl Attempt {
    /// The attempt to carry out `request`, which went on from `started_at` to `finished_at`. Requests can be stored as JSON before they
    /// are sent, so that this can be made after a crash too.
    pub fn new(request: &impl Payment, started_at: DateTime<Utc>, finished_at: DateTime<Utc>) -> Self {
        let sealed::Subject { operation, account, amount, currency, currency_to } = request.subject();
        let (currency, currency_to) = (currency.clone(), currency_to.cloned());
        Self { operation, account, amount, currency, currency_to, started_at, finished_at, tolerance: TOLERANCE }
    }

    /// How much earlier than the beginning or later than the end an entry may be: 5 minutes, for a clock that was set since the attempt and
    /// for a request that P100 worked on after the connection was lost. A longer one finds more, right and wrong; 31 days are the most.
    /// With one that is shorter than the [`ClockSkew`](crate::ClockSkew) and its uncertainty nothing is ever certain.
    #[must_use]
    pub fn with_tolerance(self, tolerance: TimeDelta) -> Self {
        Self { tolerance: tolerance.abs().min(TimeDelta::days(31)), ..self }
    }

    /// From when until when an entry may be the payment, by a clock that is so far ahead of this machine's.
    pub(super) fn time(&self, least: TimeDelta, most: TimeDelta) -> (DateTime<Utc>, DateTime<Utc>) {
        let (first, last) = (self.started_at.min(self.finished_at), self.finished_at.max(self.started_at));
        let from = first.checked_add_signed(least - self.tolerance).unwrap_or(DateTime::<Utc>::MIN_UTC);
        let until = last.checked_add_signed(most + self.tolerance).unwrap_or(DateTime::<Utc>::MAX_UTC);
        (from, until)
    }

    /// Whether the entry can have to do with the attempt: unless its time or its currency says that it has not. Only a currency that this
    /// library knows says so: any other text may be P100's way to write the attempt's.
    pub(super) fn concerns(&self, entry: &Transaction, window: &Window) -> bool {
        // A time whose zone is not written may be hours away from what it seems.
        let time = entry.created_at.as_ref().filter(|time| time.has_offset()).and_then(|time| time.utc().ok());
        let elsewhen = time.is_some_and(|time| !window.holds(time));
        let own = [Some(&self.currency), self.currency_to.as_ref()];
        let foreign =
            entry.currency.as_ref().is_some_and(|currency| is_known(currency) && !own.into_iter().flatten().any(|own| same(own, currency)));
        !elsewhen && !foreign
    }

    /// Whether the entry, which concerns the attempt, is of its amount and has a time.
    pub(super) fn matches(&self, entry: &Transaction) -> bool {
        entry.created_at.is_some()
            && entry.currency.as_ref().is_some_and(|currency| same(&self.currency, currency))
            && entry.amount.is_some_and(|amount| self.amount.abs() == amount.abs())
    }
}

/// Whether this is the slug of a currency whose decimals are known.
fn is_known(currency: &Currency) -> bool {
    Currency::from(currency.as_str().trim()).decimals().is_some()
}

/// Whether two slugs name the same currency.
fn same(left: &Currency, right: &Currency) -> bool {
    left.as_str().trim().eq_ignore_ascii_case(right.as_str().trim())
}

/// Requests that move money and are acknowledged only with an id. For the requests of these seven operations only.
pub trait Payment: sealed::Payment {}

mod sealed {
    use super::{Account, Currency, Decimal, Operation};

    pub trait Payment {
        fn subject(&self) -> Subject<'_>;
    }

    pub struct Subject<'a> {
        pub operation: &'static Operation,
        pub account: Account,
        pub amount: Decimal,
        pub currency: &'a Currency,
        pub currency_to: Option<&'a Currency>,
    }
}

macro_rules! payments {
    ($($request:ident: $operation:ident by $account:expr, $currency:ident $(to $currency_to:ident)?;)*) => {$(
        impl Payment for types::$request {}

        impl sealed::Payment for types::$request {
            fn subject(&self) -> sealed::Subject<'_> {
                let account: fn(&Self) -> Account = $account;
                sealed::Subject {
                    operation: &operations::$operation,
                    account: account(self),
                    amount: self.amount,
                    currency: &self.$currency,
                    currency_to: None $(.or(Some(&self.$currency_to)))?,
                }
            }
        }
    )*};
}

payments! {
    ExchangeRequest: CREATE_EXCHANGE by |request| Account::user(&request.source_external_user_id), currency_from to currency_to;
    PartnerExchangeRequest: CREATE_PARTNER_EXCHANGE by |_| Account::Partner, currency_from to currency_to;
    WithdrawalRequest: CREATE_WITHDRAWAL by |request| Account::user(&request.source_external_user_id), currency;
    PartnerWithdrawalRequest: CREATE_PARTNER_WITHDRAWAL by |_| Account::Partner, currency;
    PartnerSepaTransferRequest: CREATE_PARTNER_SEPA_TRANSFER by |_| Account::Partner, currency;
    SepaTransferRequest: CREATE_USER_SEPA_TRANSFER by |request| Account::user(&request.source_external_user_id), currency;
    TransferRequest: CREATE_TRANSFER by |request| {
        let user = request.source_external_user_id.as_ref().or(request.destination_external_user_id.as_ref());
        user.map_or(Account::Partner, Account::user)
    }, currency;
}
