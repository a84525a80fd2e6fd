//! Crypto withdrawals to outside wallets, of users and of the partner.

use p100_raw::types::{self, ErrorCode, NetworkFeeNetwork};
use p100_raw::webhooks::WebhookEvent;
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use super::{FAILED, PROCESSING, insufficient_funds};
use crate::call::Refusal;
use crate::currencies::{Currency, Network};
use crate::ledger::{Account, Leg};
use crate::machine;
use crate::schedule::Step;
use crate::time::Time;
use crate::world::{NewRow, World, on_network, unmovable};

/// One withdrawal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Withdrawal {
    account: Account,
    currency: String,
    network: String,
    #[serde(with = "decimal::string")]
    amount: Decimal,
    /// P100's fee, on top.
    #[serde(with = "decimal::string")]
    fee: Decimal,
    /// The fee of the chain, on top as well.
    #[serde(with = "decimal::string")]
    network_fee: Decimal,
    destination: String,
    transaction_hash: Option<String>,
    state: State,
    created_at: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Processing,
    OnChain,
    Confirmed,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Broadcast,
    Unfunded,
    Confirmed,
}

static TABLE: &[(State, Cause, State)] = &[
    (State::Processing, Cause::Broadcast, State::OnChain),
    (State::Processing, Cause::Unfunded, State::Failed),
    (State::OnChain, Cause::Confirmed, State::Confirmed),
];

impl State {
    /// Only the word for success is in the document.
    fn word(self) -> &'static str {
        match self {
            Self::Processing | Self::OnChain => PROCESSING,
            Self::Confirmed => "SUCCESSFUL",
            Self::Failed => FAILED,
        }
    }
}

impl Withdrawal {
    fn total_fee(&self) -> Decimal {
        self.fee + self.network_fee
    }

    fn currency_on_network(&self) -> types::WithdrawalCurrency {
        types::WithdrawalCurrency::builder().name(&self.currency).network(&self.network).build()
    }
}

impl World {
    pub(crate) fn get_network_fee(
        &mut self,
        currency: types::NetworkFeeCurrency,
        network: Option<types::NetworkFeeNetwork>,
    ) -> Result<types::NetworkFee, Refusal> {
        // The default network has no name here.
        let network = match &network {
            Some(NetworkFeeNetwork::Unknown(_)) => return Err(Refusal::code(ErrorCode::P410)),
            Some(network) => Some(network.as_str()),
            None => None,
        };
        let (_, network) = on_network(currency.as_str(), network)?;
        Ok(types::NetworkFee::builder().network_fee(network.network_fee()).build())
    }

    pub(crate) fn create_withdrawal(&mut self, request: types::WithdrawalRequest) -> Result<types::WithdrawalCreated, Refusal> {
        self.spender(&request.source_external_user_id)?;
        let route = on_network(&request.currency, request.network.as_deref())?;
        self.accept_withdrawal(Account::User(request.source_external_user_id.to_string()), route, request.amount, request.wallet_address)
    }

    pub(crate) fn create_partner_withdrawal(
        &mut self,
        request: types::PartnerWithdrawalRequest,
    ) -> Result<types::WithdrawalCreated, Refusal> {
        let route = on_network(&request.currency, request.network.as_deref())?;
        self.accept_withdrawal(Account::Partner, route, request.amount, request.wallet_address)
    }

    pub(crate) fn get_withdrawal(&mut self, withdrawal_id: &str) -> Result<types::WithdrawalDetails, Refusal> {
        let withdrawal = self.withdrawals.get(withdrawal_id).ok_or_else(|| Refusal::message(404, "Withdrawal does not exist."))?;
        let details = types::WithdrawalDetails::builder()
            .id(withdrawal_id)
            .amount(withdrawal.amount)
            .fee(withdrawal.total_fee())
            .destination(&withdrawal.destination)
            .status(withdrawal.state.word().into())
            .maybe_transaction_hash(withdrawal.transaction_hash.as_deref())
            .currency(withdrawal.currency_on_network())
            .created_at(withdrawal.created_at)
            .maybe_user(self.user_summary(&withdrawal.account))
            .maybe_error((withdrawal.state == State::Failed).then(insufficient_funds))
            .build();
        self.was_read(withdrawal_id);
        Ok(details)
    }

    pub(crate) fn broadcast_withdrawal(&mut self, id: &str) {
        let Some(withdrawal) = self.withdrawals.get_mut(id).filter(|withdrawal| withdrawal.state == State::Processing) else { return };
        let leg = |to, amount| Leg { from: withdrawal.account.clone(), to, currency: &withdrawal.currency, amount };
        let legs =
            [leg(Account::Outside, withdrawal.amount), leg(Account::Fees, withdrawal.fee), leg(Account::Outside, withdrawal.network_fee)];
        if self.ledger.book(self.now, id, &legs).is_ok() {
            withdrawal.transaction_hash = Some(self.ids.transaction_hash());
            self.move_withdrawal(id, Cause::Broadcast);
            self.plan(Step::WithdrawalConfirmation, id);
        } else {
            self.move_withdrawal(id, Cause::Unfunded);
        }
    }

    pub(crate) fn confirm_withdrawal(&mut self, id: &str) {
        self.move_withdrawal(id, Cause::Confirmed);
    }

    fn accept_withdrawal(
        &mut self,
        account: Account,
        (currency, network): (&Currency, &Network),
        amount: Decimal,
        wallet_address: String,
    ) -> Result<types::WithdrawalCreated, Refusal> {
        Refusal::unless_empty(unmovable(amount, Some(currency)).into_iter().collect())?;
        let id = self.ids.uuid();
        let state = State::Processing;
        self.record(&account, &NewRow { reference: &id, kind: "crypto-withdrawal", amount, currency, status: state.word() });
        let withdrawal = Withdrawal {
            account,
            currency: currency.slug.to_owned(),
            network: network.key.to_owned(),
            amount,
            fee: network.fee(),
            network_fee: network.network_fee(),
            destination: wallet_address,
            transaction_hash: None,
            state,
            created_at: self.now,
        };
        self.withdrawals.insert(id.clone(), withdrawal);
        self.plan(Step::WithdrawalBroadcast, &id);
        Ok(types::WithdrawalCreated::builder().withdrawal_id(id).build())
    }

    /// Moves a withdrawal on and reports it, if it can move there.
    fn move_withdrawal(&mut self, id: &str, cause: Cause) {
        let Some(withdrawal) = self.withdrawals.get_mut(id) else { return };
        let Some(state) = machine::next(TABLE, withdrawal.state, cause) else { return };
        withdrawal.state = state;
        let withdrawal = withdrawal.clone();
        self.update_record(&withdrawal.account, id, state.word());
        let event = types::CryptoWithdrawalStatusEvent::builder()
            .id(id)
            .amount(withdrawal.amount)
            .fee(withdrawal.total_fee())
            .currency(withdrawal.currency_on_network())
            .destination(withdrawal.destination)
            .status(state.word().into())
            .maybe_transaction_hash(withdrawal.transaction_hash)
            .created_at(withdrawal.created_at)
            .maybe_user(self.user_summary(&withdrawal.account))
            .build();
        self.emit(&WebhookEvent::CryptoWithdrawalStatus(Box::new(event)));
    }
}
