//! The commands that change the state, and what they refuse.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{CryptoDeposit, Fund, KycDecision, Reset};
use crate::call::Refusal;
use crate::core::Core;
use crate::deliveries::Delivery;
use crate::faults::Fault;
use crate::json;
use crate::ledger::{Account, Leg};
use crate::settings::Settings;
use crate::time::Time;
use crate::world::{World, movable, no_balances};

/// A command that cannot be carried out.
pub(crate) fn invalid(text: impl Into<String>) -> Refusal {
    Refusal::message(400, text)
}

/// The value of a JSON text. The error names the member that is wrong.
pub(crate) fn decode<T: DeserializeOwned>(text: &[u8]) -> Result<T, Refusal> {
    json::read(text).map_err(invalid)
}

/// Takes over what is given; null brings a default back.
fn merge(kept: &mut Map<String, Value>, given: Map<String, Value>) {
    for (name, value) in given {
        match (kept.get_mut(&name), value) {
            (Some(Value::Object(kept)), Value::Object(given)) => {
                for (name, value) in given {
                    if value.is_null() {
                        kept.remove(&name);
                    } else {
                        kept.insert(name, value);
                    }
                }
            }
            (Some(_), Value::Null) => _ = kept.remove(&name),
            // A name that is not known is refused later, null or not.
            (_, value) => _ = kept.insert(name, value),
        }
    }
}

impl Core {
    /// Carries out a command now; webhooks that it causes are sent.
    pub(crate) fn command<T>(&self, command: impl FnOnce(&mut World) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut world = self.world();
        let outcome = command(&mut world);
        self.wake(&world);
        outcome
    }

    /// Forgets everything but the settings.
    pub(crate) fn reset(&self, reset: &Reset) -> Result<(), Refusal> {
        let time = reset.time.clone().map(Time::try_from).transpose();
        let time = time.map_err(|error| invalid(format!("time: {error}")))?;
        self.replace(|world| World::new(reset.seed.unwrap_or_else(|| world.ids.seed()), time.unwrap_or(world.now), world.settings.clone()));
        Ok(())
    }

    /// Sends a webhook of the log once more.
    pub(crate) async fn redeliver_logged(&self, id: usize) -> Result<Delivery, Refusal> {
        self.redeliver(id).await.ok_or_else(|| Refusal::message(404, format!("id: there is no delivery {id}")))
    }

    /// Goes on from the state of a document.
    pub(crate) fn import(&self, state: &[u8]) -> Result<(), Refusal> {
        let world = World::read(state)?;
        self.replace(|_| world);
        Ok(())
    }

    /// Writes the state to its file now.
    pub(crate) async fn save(self: &Arc<Self>) -> Result<(), Refusal> {
        match self.keep().await {
            Some(kept) => kept.map_err(|error| Refusal::message(500, error)),
            None => Err(invalid("The state is kept nowhere: start the program with --state FILE.")),
        }
    }
}

impl World {
    pub(crate) fn set_settings(&mut self, settings: Settings) -> Result<(), Refusal> {
        settings.check().map_err(invalid)?;
        self.settings = settings;
        Ok(())
    }

    /// Changes the settings that are given, and of those with members the members that are.
    pub(crate) fn patch_settings(&mut self, patch: Map<String, Value>) -> Result<(), Refusal> {
        let mut settings = serde_json::to_value(&self.settings).map_err(|error| invalid(error.to_string()))?;
        if let Value::Object(kept) = &mut settings {
            merge(kept, patch);
        }
        self.set_settings(decode(settings.to_string().as_bytes())?)
    }

    pub(crate) fn fund(&mut self, Fund { account, currency, amount }: &Fund) -> Result<(), Refusal> {
        match account {
            Account::Partner => {}
            Account::User(user) => {
                let user = self.user(user).map_err(|_| Refusal::message(404, "account: there is no such user"))?;
                if !user.has_balances() {
                    return Err(no_balances());
                }
            }
            _ => return Err(invalid("account must be `partner`, or `user:` and the external id of a user")),
        }
        let currency = movable(*amount, currency)?;
        let leg = Leg { from: Account::Outside, to: account.clone(), currency: currency.slug, amount: *amount };
        let reference = self.ids.uuid();
        self.ledger.book(self.now, &reference, &[leg]).map_err(|_| invalid("amount is too large"))
    }

    /// Has a crypto deposit seen on its chain; the response is its id.
    pub(crate) fn receive(&mut self, deposit: CryptoDeposit) -> Result<String, Refusal> {
        self.receive_deposit(deposit.account, &deposit.currency, deposit.amount, deposit.travel_rule)
    }

    /// Decides about a crypto deposit that is not credited yet.
    pub(crate) fn decide_about_deposit(&mut self, id: &str, approve: bool) -> Result<(), Refusal> {
        if !self.deposits.contains_key(id) {
            return Err(Refusal::message(404, "There is no such deposit."));
        }
        match approve {
            false => self.refuse_deposit(id),
            true if self.proceed(id) => Ok(()),
            true => Err(invalid("The deposit is not being checked: it is decided, or the partner has to name the sender.")),
        }
    }

    /// Decides about the KYC of a user that is under way.
    pub(crate) fn decide_kyc_of(&mut self, external_user_id: &str, KycDecision { approve, reason }: KycDecision) -> Result<(), Refusal> {
        match self.user(external_user_id)?.line(external_user_id).verification_id {
            Some(session) => self.decide_kyc_session(&session, approve, reason),
            None => self.decide_user_verification(external_user_id, approve, reason),
        }
    }

    /// Does what waits for `subject`.
    pub(crate) fn proceed_with(&mut self, subject: &str) -> Result<(), Refusal> {
        if self.proceed(subject) { Ok(()) } else { Err(invalid(format!("subject: nothing waits for `{subject}`"))) }
    }

    pub(crate) fn add_fault(&mut self, fault: Fault) -> Result<(), Refusal> {
        fault.check().map_err(invalid)?;
        self.faults.push(fault);
        Ok(())
    }
}
