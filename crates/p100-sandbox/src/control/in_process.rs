//! The control plane as methods of a running [`Sandbox`].

use p100_raw::{Decimal, Sensitive};

use super::{
    Books, CardConfirmation, CardTransaction, CryptoDeposit, Fund, NewUser, Overview, PaymentLinkPayment, ReferencedSepaDeposit, Reset,
    SepaDeposit,
};
use crate::call::Refused;
use crate::deliveries::Delivery;
use crate::faults::Fault;
use crate::ledger::Account;
use crate::sandbox::Sandbox;
use crate::settings::Settings;
use crate::world::World;

impl Sandbox {
    /// Forgets everything but the settings. A webhook that is under way is interrupted, and so is [`advance`](Sandbox::advance).
    ///
    /// # Errors
    /// The time is none.
    pub async fn reset(&self, reset: &Reset) -> Result<(), Refused> {
        Ok(self.core().reset(reset)?)
    }

    /// How it behaves.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.core().world().settings.clone()
    }

    /// Replaces the settings. Steps that have been caused already happen when the old ones say; webhooks go where the new ones say.
    ///
    /// # Errors
    /// One of them is out of its range. Nothing has changed then.
    pub fn set_settings(&self, settings: Settings) -> Result<(), Refused> {
        Ok(self.core().command(|world| world.set_settings(settings))?)
    }

    /// Changes some of the settings, as [`set_settings`](Self::set_settings) would replace them all. All calls wait while `change` runs, so
    /// it must make none.
    ///
    /// # Errors
    /// One of them is out of its range. Nothing has changed then.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Result<(), Refused> {
        let command = |world: &mut World| {
            let mut settings = world.settings.clone();
            change(&mut settings);
            world.set_settings(settings)
        };
        Ok(self.core().command(command)?)
    }

    /// Puts money on an account out of nowhere: no deposit, no webhook.
    ///
    /// # Errors
    /// There is no such user or currency, or the amount cannot be moved.
    pub fn fund(&self, account: &Account, currency: &str, amount: Decimal) -> Result<(), Refused> {
        let fund = Fund { account: account.clone(), currency: currency.to_owned(), amount };
        Ok(self.core().command(|world| world.fund(&fund))?)
    }

    /// Adds a verified or limited user without the way there: no calls, no webhooks. The response is P100's id of the user.
    ///
    /// # Errors
    /// There is such a user, or the country is not two capital letters.
    pub fn add_user(&self, user: NewUser) -> Result<String, Refused> {
        Ok(self.core().command(|world| world.seed_user(user))?)
    }

    /// Has a crypto deposit seen on its chain; the response is its id.
    ///
    /// # Errors
    /// There is no such user or cryptocurrency, or the amount cannot be moved.
    pub fn receive_crypto_deposit(&self, deposit: CryptoDeposit) -> Result<String, Refused> {
        Ok(self.core().command(|world| world.receive(deposit))?)
    }

    /// Decides about a crypto deposit that is not credited yet: its check is passed now, or it is refused for good.
    ///
    /// # Errors
    /// There is no such deposit, it is decided, or it waits for travel-rule data, which only the partner has.
    pub fn decide_deposit(&self, crypto_deposit_id: &str, approve: bool) -> Result<(), Refused> {
        Ok(self.core().command(|world| world.decide_about_deposit(crypto_deposit_id, approve))?)
    }

    /// Has a bank transfer to a user arrive; the response is its id. If its title is the user's reference, its sender is checked first.
    ///
    /// # Errors
    /// There is no such user, or the amount or the sender's IBAN is none.
    pub fn receive_sepa_deposit(&self, deposit: SepaDeposit) -> Result<String, Refused> {
        Ok(self.core().command(|world| world.receive_sepa_deposit(deposit))?)
    }

    /// Has a bank transfer arrive whose title is the reference of the partner or of a user; the response is its id. Its sender is checked
    /// first, unless the IBAN is an approved contact.
    ///
    /// # Errors
    /// The title is the reference of nobody, or the amount or the sender's IBAN is none.
    pub fn receive_referenced_sepa_deposit(&self, deposit: ReferencedSepaDeposit) -> Result<String, Refused> {
        Ok(self.core().command(|world| world.receive_referenced_sepa_deposit(deposit))?)
    }

    /// Decides about a SEPA deposit whose sender is being checked: it is credited now, or sent back.
    ///
    /// # Errors
    /// There is no such deposit, or it is decided.
    pub fn decide_sepa_deposit(&self, sepa_deposit_id: &str, approve: bool) -> Result<(), Refused> {
        Ok(self.core().command(|world| world.decide_sepa_deposit(sepa_deposit_id, approve))?)
    }

    /// Has somebody pay an order, or a part of it, in its cryptocurrency; the response is the hash of the transaction.
    ///
    /// # Errors
    /// There is no such order, it has no address yet, has expired or is paid, or the amount cannot be moved.
    pub fn pay_order(&self, order_id: &str, amount: Decimal) -> Result<String, Refused> {
        Ok(self.core().command(|world| world.pay_order(order_id, amount))?)
    }

    /// Has somebody pay on a payment link; the response is the hash of the transaction.
    ///
    /// # Errors
    /// There is no such link, it is paid, there is no such cryptocurrency or network, or the amount cannot be moved.
    pub fn pay_payment_link(&self, payment_link_id: &str, payment: &PaymentLinkPayment) -> Result<String, Refused> {
        Ok(self.core().command(|world| world.pay_payment_link(payment_link_id, payment))?)
    }

    /// Decides about the KYC of a user that is under way, from own files or hosted.
    ///
    /// # Errors
    /// There is no such user, or no KYC of theirs is under way.
    pub fn decide_kyc(&self, external_user_id: &str, decision: super::KycDecision) -> Result<(), Refused> {
        Ok(self.core().command(|world| world.decide_kyc_of(external_user_id, decision))?)
    }

    /// Decides about a hosted KYC, as its page does.
    ///
    /// # Errors
    /// There is no such verification, or it is not under way any more.
    pub fn decide_kyc_session(&self, verification_id: &str, decision: super::KycDecision) -> Result<(), Refused> {
        Ok(self.core().command(|world| world.decide_kyc_session(verification_id, decision.approve, decision.reason))?)
    }

    /// Decides about the proof of address of a user: `Approved`, `Rejected` or `Questioned`.
    ///
    /// # Errors
    /// There is no such user, no proof of theirs is under review, or the decision is none.
    pub fn decide_poa(&self, external_user_id: &str, decision: p100_raw::types::PoaStatus) -> Result<(), Refused> {
        Ok(self.core().command(|world| world.decide_poa(external_user_id, decision))?)
    }

    /// Pays with a card; the response is the id of the transaction.
    ///
    /// # Errors
    /// There is no such card, it cannot be used, a limit does not allow the payment, or there is no money for it.
    pub fn make_card_transaction(&self, card_id: &str, transaction: CardTransaction) -> Result<String, Refused> {
        Ok(self.core().command(|world| world.make_card_transaction(card_id, transaction))?)
    }

    /// Sends a 3-D Secure code for an online payment with a card, by webhook; the response is the code.
    ///
    /// # Errors
    /// There is no such card, or it cannot be used.
    pub fn send_card_3ds_code(&self, card_id: &str, confirmation: CardConfirmation) -> Result<Sensitive, Refused> {
        let CardConfirmation { merchant_name, amount } = confirmation;
        Ok(self.core().command(|world| world.send_card_3ds_code(card_id, merchant_name, amount))?)
    }

    /// Sends a code for adding a card to a wallet such as Google Pay, by webhook; the response is the code.
    ///
    /// # Errors
    /// There is no such card, or it cannot be used.
    pub fn send_card_activation_code(&self, card_id: &str) -> Result<Sensitive, Refused> {
        Ok(self.core().command(|world| world.send_card_activation_code(card_id))?)
    }

    /// Does at once what waits for `subject`: the id of an exchange, transfer, withdrawal, deposit or order, or the external id of a user.
    ///
    /// # Errors
    /// Nothing waits for it.
    pub fn proceed(&self, subject: &str) -> Result<(), Refused> {
        Ok(self.core().command(|world| world.proceed_with(subject))?)
    }

    /// What will go wrong.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.core().world().faults.clone()
    }

    /// Has the next calls of an operation go wrong. Faults of one operation happen in the order in which they were added.
    ///
    /// # Errors
    /// There is no such operation, or a number is out of its range.
    pub fn add_fault(&self, fault: Fault) -> Result<(), Refused> {
        Ok(self.core().command(|world| world.add_fault(fault))?)
    }

    /// Has nothing go wrong any more.
    pub fn clear_faults(&self) {
        self.core().world().faults.clear();
    }

    /// The log of webhooks, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.core().world().deliveries.log().to_vec()
    }

    /// Sends a webhook of the log once more, with all its attempts before it, and returns how the first went.
    ///
    /// # Errors
    /// There is no such webhook.
    pub async fn redeliver(&self, id: usize) -> Result<Delivery, Refused> {
        Ok(self.core().redeliver_logged(id).await?)
    }

    /// The books: who holds what, and every movement of money.
    #[must_use]
    pub fn books(&self) -> Books {
        self.core().world().books()
    }

    /// Everything that the page shows.
    #[must_use]
    pub fn overview(&self) -> Overview {
        let speed = self.core().speed();
        self.core().world().overview(speed)
    }

    /// The whole state as JSON, secrets included. Importing it gives the same state, and exporting that the same bytes, while the clock is
    /// stopped.
    #[must_use]
    pub fn export(&self) -> String {
        self.core().snapshot().write()
    }

    /// Goes on from an exported state. A webhook that is under way is interrupted, and so is [`advance`](Sandbox::advance).
    ///
    /// # Errors
    /// It is not the state of a sandbox; the error says where. Nothing has changed then.
    pub async fn import(&self, state: &str) -> Result<(), Refused> {
        Ok(self.core().import(state.as_bytes())?)
    }

    /// [Stops](Self::stop), and returns the last state.
    pub async fn stop_and_export(mut self) -> String {
        self.end().await;
        self.export()
    }
}
