//! SEPA transfers of the partner and of users to bank accounts.

use p100::Iban;
use p100_raw::types::{self, ErrorCode, PartyType, ProcessingError, SepaTransferType};
use p100_raw::webhooks::{WebhookEvent, WebhookKind};
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use super::{Progress, insufficient_funds};
use crate::call::Refusal;
use crate::currencies::{self, Currency};
use crate::ledger::{Account, InsufficientFunds, Leg};
use crate::schedule::Step;
use crate::time::Time;
use crate::world::{NewRow, World, unmovable};

const DONE: &str = "SUCCESSFUL";

/// One transfer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SepaTransfer {
    /// Who pays.
    #[serde(default = "partner")]
    account: Account,
    #[serde(with = "decimal::string")]
    amount: Decimal,
    /// On top of the amount.
    #[serde(with = "decimal::string")]
    fee: Decimal,
    transfer_title: String,
    destination_iban: String,
    /// Nobody is named on level 1: there the money must go to a contact of the payer.
    receiver: Option<Receiver>,
    progress: Progress,
    /// Whether it failed because the money would have gone to somebody else.
    #[serde(default)]
    stranger: bool,
    created_at: Time,
}

/// Who gets the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Receiver {
    Natural { first_name: String, last_name: String },
    Legal { company_name: String },
}

fn partner() -> Account {
    Account::Partner
}

impl SepaTransfer {
    fn first_name(&self) -> Option<&str> {
        if let Some(Receiver::Natural { first_name, .. }) = &self.receiver { Some(first_name) } else { None }
    }

    fn last_name(&self) -> Option<&str> {
        if let Some(Receiver::Natural { last_name, .. }) = &self.receiver { Some(last_name) } else { None }
    }

    fn company_name(&self) -> Option<&str> {
        if let Some(Receiver::Legal { company_name }) = &self.receiver { Some(company_name) } else { None }
    }

    /// Why it failed, if it did.
    fn error(&self) -> Option<ProcessingError> {
        let stranger = || {
            let text = "The account is no approved contact of the payer.";
            ProcessingError::builder().description(text).status("DESTINATION_NOT_APPROVED").build()
        };
        (self.progress == Progress::Failed).then(|| if self.stranger { stranger() } else { insufficient_funds() })
    }
}

impl World {
    pub(crate) fn create_partner_sepa_transfer(
        &mut self,
        request: types::PartnerSepaTransferRequest,
    ) -> Result<types::SepaTransferCreated, Refusal> {
        self.accept_sepa_transfer(Account::Partner, request)
    }

    pub(crate) fn create_user_sepa_transfer(&mut self, request: types::SepaTransferRequest) -> Result<types::SepaTransferCreated, Refusal> {
        if !self.spender(&request.source_external_user_id)?.has_active_fiat() {
            return Err(Refusal::message(400, "The EUR balance of the user is not active."));
        }
        let transfer = types::PartnerSepaTransferRequest::builder()
            .amount(request.amount)
            .currency(request.currency)
            .destination_iban(request.destination_iban)
            .transfer_title(request.transfer_title)
            .maybe_receiver_type(request.receiver_type)
            .maybe_receiver_first_name(request.receiver_first_name)
            .maybe_receiver_last_name(request.receiver_last_name)
            .maybe_company_name(request.company_name)
            .build();
        self.accept_sepa_transfer(Account::User(request.source_external_user_id.to_string()), transfer)
    }

    fn accept_sepa_transfer(
        &mut self,
        account: Account,
        request: types::PartnerSepaTransferRequest,
    ) -> Result<types::SepaTransferCreated, Refusal> {
        let (currency, iban, receiver) = check(&request, self.settings.sepa_level)?;
        let fee = request.amount * self.settings.sepa_fee_percentage / Decimal::ONE_HUNDRED;
        let fee = currency.rounded(fee.max(self.settings.sepa_fee_minimum));
        let unfunded = self.ledger.balance(&account, currency.slug) < request.amount + fee;
        if unfunded && self.settings.refuse_unfunded_transfers && account != Account::Partner {
            return Err(Refusal::code(ErrorCode::P433));
        }
        let transfer = SepaTransfer {
            account,
            amount: currency.padded(request.amount),
            fee: fee.normalize(),
            transfer_title: request.transfer_title,
            destination_iban: iban.as_str().to_owned(),
            receiver,
            progress: Progress::Processing,
            stranger: false,
            created_at: self.now,
        };
        let id = self.ids.uuid();
        let status = transfer.progress.word(DONE);
        self.record(&transfer.account, &NewRow { reference: &id, kind: "sepa-transfer", amount: transfer.amount, currency, status });
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
            .maybe_receiver_first_name(transfer.first_name())
            .maybe_receiver_last_name(transfer.last_name())
            .maybe_company_name(transfer.company_name())
            .status(transfer.progress.word(DONE).into())
            .currency("eur")
            .fee(transfer.fee)
            .created_at(transfer.created_at)
            .maybe_user(self.user_summary(&transfer.account))
            .maybe_error(transfer.error())
            .build();
        self.was_read(transfer_id);
        Ok(details)
    }

    pub(crate) fn settle_sepa_transfer(&mut self, id: &str) {
        let Some(transfer) = self.sepa_transfers.get(id) else { return };
        let mut transfer = transfer.clone();
        let stranger = transfer.receiver.is_none() && !self.is_approved_contact(&transfer.account, &transfer.destination_iban);
        let leg = |to, amount| Leg { from: transfer.account.clone(), to, currency: "eur", amount };
        let legs = [leg(Account::Outside, transfer.amount), leg(Account::Fees, transfer.fee)];
        let book = || if stranger { Err(InsufficientFunds) } else { self.ledger.book(self.now, id, &legs) };
        let Some(progress) = transfer.progress.carry_out(book) else { return };
        transfer.progress = progress;
        transfer.stranger = stranger;
        self.sepa_transfers.insert(id.to_owned(), transfer.clone());
        self.update_record(&transfer.account, id, progress.word(DONE));
        let event = types::SepaTransferStatusEvent::builder().id(id).status(progress.word(DONE).into());
        if let Some(error) = transfer.error() {
            self.emit(&WebhookEvent::SepaTransferStatus(Box::new(event.error(error).build())));
            return;
        }
        let nulls: &[_] = if transfer.first_name().is_none() { &["receiverFirstName", "receiverLastName"] } else { &[] };
        let event = event
            .type_(SepaTransferType::External)
            .amount(transfer.amount)
            .transfer_title(&transfer.transfer_title)
            .destination_iban(&transfer.destination_iban)
            .maybe_receiver_first_name(transfer.first_name())
            .maybe_receiver_last_name(transfer.last_name())
            .currency("eur")
            .fee(transfer.fee)
            .created_at(transfer.created_at)
            .build();
        self.emit_with_nulls(WebhookKind::SepaTransferStatus, &event, nulls);
    }
}

/// What the request asks for; refused with a sentence for each failure.
fn check(request: &types::PartnerSepaTransferRequest, level: u8) -> Result<(&'static Currency, Iban, Option<Receiver>), Refusal> {
    let currency = currencies::find(&request.currency).filter(|currency| currency.is_fiat());
    let mut sentences: Vec<String> = unmovable(request.amount, currency).into_iter().collect();
    if currency.is_none() {
        sentences.push("currency must be eur.".to_owned());
    }
    let iban = Iban::new(&*request.destination_iban).map_err(|error| sentences.push(format!("destinationIban {}.", error.rule()))).ok();
    let receiver = receiver(request, level, &mut sentences);
    match (currency, iban) {
        (Some(currency), Some(iban)) if sentences.is_empty() => Ok((currency, iban, receiver)),
        _ => Err(sentences.into()),
    }
}

/// On level 2 a person with both names or a company with its name, and nothing of the other; on level 1 nobody.
fn receiver(request: &types::PartnerSepaTransferRequest, level: u8, sentences: &mut Vec<String>) -> Option<Receiver> {
    let names = [
        ("receiverFirstName", &request.receiver_first_name),
        ("receiverLastName", &request.receiver_last_name),
        ("companyName", &request.company_name),
    ];
    if level == 1 {
        let given = names.iter().filter(|(_, name)| name.is_some()).map(|(member, _)| *member);
        let given = request.receiver_type.iter().map(|_| "receiverType").chain(given);
        sentences.extend(given.map(|member| format!("{member} must not be given on level 1.")));
        return None;
    }
    let Some(receiver_type) = &request.receiver_type else {
        sentences.push("receiverType should not be empty.".to_owned());
        return None;
    };
    let [first_name, last_name, company_name] = names.map(|(member, name)| {
        let wanted = (*receiver_type == PartyType::Legal) == (member == "companyName");
        match name {
            Some(name) if wanted && !name.trim().is_empty() => return Some(name.clone()),
            Some(_) if !wanted => sentences.push(format!("{member} must not be given with receiverType {receiver_type}.")),
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
