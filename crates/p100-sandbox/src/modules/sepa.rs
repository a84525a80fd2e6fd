//! SEPA transfers of the partner to bank accounts.

use p100::Iban;
use p100_raw::types::{self, ErrorCode, PartyType, SepaTransferType};
use p100_raw::webhooks::{WebhookEvent, WebhookKind};
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use super::{Progress, insufficient_funds};
use crate::call::Refusal;
use crate::currencies::{self, Currency};
use crate::ledger::{Account, Leg};
use crate::schedule::Step;
use crate::time::Time;
use crate::world::{NewRow, World, unmovable};

const DONE: &str = "SUCCESSFUL";

/// One transfer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SepaTransfer {
    #[serde(with = "decimal::string")]
    amount: Decimal,
    /// On top of the amount.
    #[serde(with = "decimal::string")]
    fee: Decimal,
    transfer_title: String,
    destination_iban: String,
    receiver: Receiver,
    progress: Progress,
    created_at: Time,
}

/// Who gets the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Receiver {
    Natural { first_name: String, last_name: String },
    Legal { company_name: String },
}

impl Receiver {
    fn first_name(&self) -> Option<&str> {
        if let Self::Natural { first_name, .. } = self { Some(first_name) } else { None }
    }

    fn last_name(&self) -> Option<&str> {
        if let Self::Natural { last_name, .. } = self { Some(last_name) } else { None }
    }

    fn company_name(&self) -> Option<&str> {
        if let Self::Legal { company_name } = self { Some(company_name) } else { None }
    }
}

impl World {
    pub(crate) fn create_partner_sepa_transfer(
        &mut self,
        request: types::PartnerSepaTransferRequest,
    ) -> Result<types::SepaTransferCreated, Refusal> {
        let (currency, iban, receiver) = check(&request)?;
        let fee = request.amount * self.settings.sepa_fee_percentage / Decimal::ONE_HUNDRED;
        let fee = currency.rounded(fee.max(self.settings.sepa_fee_minimum));
        let transfer = SepaTransfer {
            amount: currency.padded(request.amount),
            fee: fee.normalize(),
            transfer_title: request.transfer_title,
            destination_iban: iban.as_str().to_owned(),
            receiver,
            progress: Progress::Processing,
            created_at: self.now,
        };
        let id = self.ids.uuid();
        let status = transfer.progress.word(DONE);
        self.record(&Account::Partner, &NewRow { reference: &id, kind: "sepa-transfer", amount: transfer.amount, currency, status });
        self.sepa_transfers.insert(id.clone(), transfer);
        self.plan(Step::SepaTransfer, &id);
        Ok(types::SepaTransferCreated::builder().transfer_id(id).build())
    }

    pub(crate) fn get_sepa_transfer(&mut self, transfer_id: &str) -> Result<types::SepaTransferDetails, Refusal> {
        let transfer = self.sepa_transfers.get(transfer_id).ok_or_else(|| Refusal::code(ErrorCode::P428))?;
        let details = types::SepaTransferDetails::builder()
            .id(transfer_id)
            .type_(SepaTransferType::External)
            .amount(transfer.amount)
            .transfer_title(&transfer.transfer_title)
            .destination_iban(&transfer.destination_iban)
            .maybe_receiver_first_name(transfer.receiver.first_name())
            .maybe_receiver_last_name(transfer.receiver.last_name())
            .maybe_company_name(transfer.receiver.company_name())
            .status(transfer.progress.word(DONE).into())
            .currency("eur")
            .fee(transfer.fee)
            .created_at(transfer.created_at)
            .maybe_error((transfer.progress == Progress::Failed).then(insufficient_funds))
            .build();
        self.was_read(transfer_id);
        Ok(details)
    }

    pub(crate) fn settle_sepa_transfer(&mut self, id: &str) {
        let Some(transfer) = self.sepa_transfers.get_mut(id) else { return };
        let leg = |to, amount| Leg { from: Account::Partner, to, currency: "eur", amount };
        let legs = [leg(Account::Outside, transfer.amount), leg(Account::Fees, transfer.fee)];
        let Some(progress) = transfer.progress.carry_out(|| self.ledger.book(self.now, id, &legs)) else { return };
        transfer.progress = progress;
        let transfer = transfer.clone();
        self.update_record(&Account::Partner, id, progress.word(DONE));
        let event = types::SepaTransferStatusEvent::builder().id(id).status(progress.word(DONE).into());
        if progress == Progress::Failed {
            self.emit(&WebhookEvent::SepaTransferStatus(Box::new(event.error(insufficient_funds()).build())));
            return;
        }
        let event = event
            .type_(SepaTransferType::External)
            .amount(transfer.amount)
            .transfer_title(transfer.transfer_title)
            .destination_iban(transfer.destination_iban)
            .maybe_receiver_first_name(transfer.receiver.first_name())
            .maybe_receiver_last_name(transfer.receiver.last_name())
            .currency("eur")
            .fee(transfer.fee)
            .created_at(transfer.created_at)
            .build();
        let nulls: &[_] = if transfer.receiver.company_name().is_some() { &["receiverFirstName", "receiverLastName"] } else { &[] };
        self.emit_with_nulls(WebhookKind::SepaTransferStatus, &event, nulls);
    }
}

/// What the request asks for; refused with a sentence for each failure.
fn check(request: &types::PartnerSepaTransferRequest) -> Result<(&'static Currency, Iban, Receiver), Refusal> {
    let currency = currencies::find(&request.currency).filter(|currency| currency.is_fiat());
    let mut sentences = Vec::new();
    match currency {
        Some(currency) => sentences.extend(unmovable("amount", request.amount, currency)),
        None => sentences.push("currency must be eur.".to_owned()),
    }
    let iban = Iban::new(&request.destination_iban).map_err(|error| sentences.push(format!("destinationIban {}.", error.rule()))).ok();
    if request.transfer_title.trim().is_empty() {
        sentences.push("transferTitle should not be empty.".to_owned());
    }
    let receiver = receiver(request, &mut sentences);
    match (currency, iban, receiver) {
        (Some(currency), Some(iban), Some(receiver)) if sentences.is_empty() => Ok((currency, iban, receiver)),
        _ => Err(Refusal::invalid(sentences.join(" "))),
    }
}

/// A person with both names or a company with its name, and nothing of the other.
fn receiver(request: &types::PartnerSepaTransferRequest, sentences: &mut Vec<String>) -> Option<Receiver> {
    let names = [
        ("receiverFirstName", &request.receiver_first_name),
        ("receiverLastName", &request.receiver_last_name),
        ("companyName", &request.company_name),
    ];
    let [first_name, last_name, company_name] = names.map(|(member, name)| {
        let wanted = (request.receiver_type == PartyType::Legal) == (member == "companyName");
        match name {
            Some(name) if wanted && !name.trim().is_empty() => return Some(name.clone()),
            Some(_) if !wanted => sentences.push(format!("{member} must not be given with receiverType {}.", request.receiver_type)),
            _ if wanted => sentences.push(format!("{member} should not be empty.")),
            _ => {}
        }
        None
    });
    match (first_name, last_name, company_name) {
        (Some(first_name), Some(last_name), None) => Some(Receiver::Natural { first_name, last_name }),
        (None, None, Some(company_name)) => Some(Receiver::Legal { company_name }),
        _ => None,
    }
}
