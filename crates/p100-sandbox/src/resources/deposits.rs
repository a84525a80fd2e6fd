//! Crypto deposits, which are checked and may wait for travel-rule data.

use p100_raw::types;
use p100_raw::webhooks::WebhookEvent;
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use crate::call::Refusal;
use crate::control::DepositLine;
use crate::currencies::Currency;
use crate::ledger::{Account, Leg};
use crate::machine;
use crate::schedule::Step;
use crate::time::Time;
use crate::world::{NewRow, World, movable};

/// One crypto deposit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deposit {
    account: Account,
    #[serde(with = "decimal::string")]
    amount: Decimal,
    currency: String,
    transaction_hash: String,
    /// Whether the partner has to name the sender.
    travel_rule: bool,
    state: State,
    pub(crate) created_at: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum State {
    WaitingForVerification,
    WaitingForTravelRule,
    Credited,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Checked,
    SenderMissing,
    SenderNamed,
    Refused,
}

static TABLE: &[(State, Cause, State)] = &[
    (State::WaitingForVerification, Cause::Checked, State::Credited),
    (State::WaitingForVerification, Cause::SenderMissing, State::WaitingForTravelRule),
    (State::WaitingForVerification, Cause::Refused, State::Refused),
    (State::WaitingForTravelRule, Cause::SenderNamed, State::Credited),
    (State::WaitingForTravelRule, Cause::Refused, State::Refused),
];

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::WaitingForVerification => "WAITING_FOR_VERIFICATION",
            Self::WaitingForTravelRule => "WAITING_FOR_TR_DATA",
            Self::Credited => "SUCCESSFUL",
            Self::Refused => "UNSUCCESSFUL",
        }
    }
}

impl Deposit {
    /// As the page shows it.
    pub(crate) fn line(&self, id: &str) -> DepositLine {
        DepositLine {
            crypto_deposit_id: id.to_owned(),
            account: self.account.clone(),
            amount: self.amount,
            currency: self.currency.clone(),
            status: self.state.word().into(),
        }
    }
}

impl World {
    pub(crate) fn update_deposit_travel_rule(
        &mut self,
        crypto_deposit_id: &str,
        _sender: types::TravelRuleRequest,
    ) -> Result<types::MessageResponse, Refusal> {
        self.decide_deposit(crypto_deposit_id, Cause::SenderNamed, "The deposit does not wait for travel-rule data.")?;
        Ok(types::MessageResponse::builder().message("The deposit is released.").build())
    }

    /// A crypto deposit is seen on its chain; the response is its id.
    pub(crate) fn receive_deposit(
        &mut self,
        account: Account,
        currency: &str,
        amount: Decimal,
        travel_rule: bool,
    ) -> Result<String, Refusal> {
        let currency = movable(amount, currency)?;
        if currency.is_fiat() {
            return Err(Refusal::invalid("currency must be a cryptocurrency."));
        }
        self.check_receiver(&account, currency)?;
        let id = self.ids.uuid();
        let state = State::WaitingForVerification;
        self.record(&account, &NewRow { reference: &id, kind: "crypto-deposit", amount, currency, status: state.word() });
        let transaction_hash = self.ids.transaction_hash();
        let currency = currency.slug.to_owned();
        let deposit = Deposit { account, amount, currency, transaction_hash, travel_rule, state, created_at: self.now };
        self.report_deposit(&id, &deposit);
        self.deposits.insert(id.clone(), deposit);
        self.plan(Step::DepositCheck, &id);
        Ok(id)
    }

    /// A crypto deposit that is not credited yet never will be.
    pub(crate) fn refuse_deposit(&mut self, id: &str) -> Result<(), Refusal> {
        self.decide_deposit(id, Cause::Refused, "The deposit is credited or refused already.")?;
        // Its check is not needed any more.
        self.schedule.proceed(id);
        Ok(())
    }

    pub(crate) fn check_deposit(&mut self, id: &str) {
        let Some(deposit) = self.deposits.get(id) else { return };
        let cause = if deposit.travel_rule { Cause::SenderMissing } else { Cause::Checked };
        // One that has been refused meanwhile is not checked any more.
        let _ = self.decide_deposit(id, cause, "");
    }

    /// Moves a deposit on; `otherwise` says why that cannot be.
    fn decide_deposit(&mut self, id: &str, cause: Cause, otherwise: &str) -> Result<(), Refusal> {
        let deposit = self.deposits.get(id).ok_or_else(|| Refusal::message(404, "Deposit does not exist."))?;
        let state = machine::next(TABLE, deposit.state, cause).ok_or_else(|| Refusal::message(400, otherwise))?;
        let mut deposit = deposit.clone();
        if state == State::Credited {
            let leg = Leg { from: Account::Outside, to: deposit.account.clone(), currency: &deposit.currency, amount: deposit.amount };
            let booked = self.ledger.book(self.now, id, &[leg]);
            booked.map_err(|_| Refusal::message(400, "The balance would be too large."))?;
        }
        deposit.state = state;
        self.update_record(&deposit.account, id, state.word());
        self.report_deposit(id, &deposit);
        self.deposits.insert(id.to_owned(), deposit);
        Ok(())
    }

    /// Money reaches the partner, and users whose balance can be paid into.
    pub(super) fn check_receiver(&self, account: &Account, currency: &Currency) -> Result<(), Refusal> {
        match account {
            Account::Partner => Ok(()),
            Account::User(id) => {
                let user = self.user(id)?;
                let active = if currency.is_fiat() { user.has_active_fiat() } else { user.has_active_crypto() };
                if active {
                    Ok(())
                } else {
                    Err(Refusal::message(400, format!("The {} balance of the user is not active.", currency.slug)))
                }
            }
            _ => Err(Refusal::message(400, "Only the partner and users receive deposits.")),
        }
    }

    fn report_deposit(&mut self, id: &str, deposit: &Deposit) {
        let event = types::CryptoDepositStatusEvent::builder()
            .maybe_external_user_id(deposit.account.user())
            .crypto_deposit_id(id)
            .amount(deposit.amount)
            .currency(&deposit.currency)
            .status(deposit.state.word().into())
            .transaction_hash(&deposit.transaction_hash)
            .created_at(deposit.created_at)
            .build();
        self.emit(&WebhookEvent::CryptoDepositStatus(Box::new(event)));
    }
}
