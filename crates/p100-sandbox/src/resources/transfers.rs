//! Internal transfers between the partner and its users.

use p100_raw::types::{self, ErrorCode};
use p100_raw::webhooks::WebhookKind;
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use super::{Progress, insufficient_funds};
use crate::call::Refusal;
use crate::ledger::{Account, Leg};
use crate::schedule::Step;
use crate::time::Time;
use crate::world::{NewRow, World, movable, no_balances};

const DONE: &str = "SUCCESSFUL";

/// One transfer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transfer {
    from: Account,
    to: Account,
    #[serde(with = "decimal::string")]
    amount: Decimal,
    currency: String,
    progress: Progress,
    created_at: Time,
}

impl World {
    pub(crate) fn create_transfer(&mut self, request: types::TransferRequest) -> Result<types::TransferCreated, Refusal> {
        let parties = match (request.source_external_user_id, request.destination_external_user_id) {
            (None, None) => return Err(Refusal::code(ErrorCode::P424)),
            (Some(user), None) => Ok((Account::User(user.to_string()), Account::Partner)),
            (None, Some(user)) => Ok((Account::Partner, Account::User(user.to_string()))),
            (Some(_), Some(_)) => Err("Only one of sourceExternalUserId and destinationExternalUserId should be given.".to_owned()),
        };
        let currency = movable(request.amount, &request.currency);
        let ((from, to), currency) = match (parties, currency) {
            (Ok(parties), Ok(currency)) => (parties, currency),
            (parties, currency) => {
                let sentences = parties.err().into_iter().chain(currency.err().into_iter().flatten());
                return Err(sentences.collect::<Vec<_>>().into());
            }
        };
        for account in [&from, &to] {
            if let Account::User(user) = account
                && !self.spender(user)?.has_balances()
            {
                return Err(no_balances());
            }
        }
        if self.settings.refuse_unfunded_transfers && self.ledger.balance(&from, currency.slug) < request.amount {
            return Err(Refusal::code(ErrorCode::P433));
        }
        let id = self.ids.uuid();
        let progress = Progress::Processing;
        for account in [&from, &to] {
            let row = NewRow { reference: &id, kind: "transfer", amount: request.amount, currency, status: progress.word(DONE) };
            self.record(account, &row);
        }
        let transfer = Transfer { from, to, amount: request.amount, currency: currency.slug.to_owned(), progress, created_at: self.now };
        self.transfers.insert(id.clone(), transfer);
        self.plan(Step::Transfer, &id);
        Ok(types::TransferCreated::builder().transfer_id(id).build())
    }

    pub(crate) fn get_transfer(&mut self, transfer_id: &str) -> Result<types::TransferDetails, Refusal> {
        let transfer = self.transfers.get(transfer_id).ok_or_else(|| Refusal::message(404, "Transfer does not exist."))?;
        let details = types::TransferDetails::builder()
            .id(transfer_id)
            .maybe_source_external_user_id(transfer.from.user())
            .maybe_destination_external_user_id(transfer.to.user())
            .amount(transfer.amount)
            .currency(&transfer.currency)
            .status(transfer.progress.word(DONE).into())
            .created_at(transfer.created_at)
            .maybe_error((transfer.progress == Progress::Failed).then(insufficient_funds))
            .build();
        self.was_read(transfer_id);
        Ok(details)
    }

    pub(crate) fn settle_transfer(&mut self, id: &str) {
        let Some(transfer) = self.transfers.get_mut(id) else { return };
        let leg = Leg { from: transfer.from.clone(), to: transfer.to.clone(), currency: &transfer.currency, amount: transfer.amount };
        let Some(progress) = transfer.progress.carry_out(|| self.ledger.book(self.now, id, &[leg])) else { return };
        transfer.progress = progress;
        let transfer = transfer.clone();
        for account in [&transfer.from, &transfer.to] {
            self.update_record(account, id, progress.word(DONE));
        }
        let event = types::TransferStatusEvent::builder()
            .id(id)
            .maybe_source_external_user_id(transfer.from.user())
            .maybe_destination_external_user_id(transfer.to.user())
            .amount(transfer.amount)
            .currency(transfer.currency)
            .status(progress.word(DONE).into())
            .created_at(transfer.created_at)
            .maybe_error((progress == Progress::Failed).then(insufficient_funds))
            .build();
        let partner = if transfer.from == Account::Partner { "sourceExternalUserId" } else { "destinationExternalUserId" };
        self.emit_with_nulls(WebhookKind::TransferStatus, &event, &[partner]);
    }
}
