//! SEPA deposits: where to pay in, and what happens to money that arrives there. A deposit whose title is the reference of an account has
//! its sender checked first, and the sender's IBAN becomes a contact of the account.

use std::collections::BTreeMap;

use bon::Builder;
use p100::Iban;
use p100_raw::types::{self, ErrorCode, SepaContactStatus};
use p100_raw::webhooks::{WebhookEvent, WebhookKind};
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use crate::balances;
use crate::call::Refusal;
use crate::control::SepaDepositLine;
use crate::currencies::Currency;
use crate::ledger::{Account, Leg};
use crate::machine;
use crate::schedule::Step;
use crate::time::Time;
use crate::world::{NewRow, World, movable};

/// Accounts that deposits came from, by IBAN, with the state of their check.
pub(crate) type Contacts = BTreeMap<String, Check>;

/// A deposit whose sender is checked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckedDeposit {
    account: Account,
    #[serde(with = "decimal::string")]
    amount: Decimal,
    sender_name: String,
    sender_iban: String,
    transfer_title: String,
    check: Check,
    pub(crate) created_at: Time,
}

/// How far the check of a sender is: for a contact by its latest, for a deposit by its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Check {
    Pending,
    Approved,
    Rejected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    PaidIn,
    Approved,
    Rejected,
}

/// Of a contact.
static CONTACT: &[(Check, Cause, Check)] = &[
    (Check::Rejected, Cause::PaidIn, Check::Pending),
    (Check::Pending, Cause::Approved, Check::Approved),
    (Check::Rejected, Cause::Approved, Check::Approved),
    (Check::Pending, Cause::Rejected, Check::Rejected),
];

impl Check {
    pub(crate) fn word(self) -> SepaContactStatus {
        match self {
            Self::Pending => SepaContactStatus::Pending,
            Self::Approved => SepaContactStatus::Approved,
            Self::Rejected => SepaContactStatus::Rejected,
        }
    }
}

/// A bank transfer to a user, that is to arrive. If its title is the user's reference, its sender is checked first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SepaDeposit {
    /// Who receives it.
    pub external_user_id: String,
    /// How much, in EUR, as a JSON string or number.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
    /// Who sends it.
    pub sender_name: String,
    /// The account it comes from.
    pub sender_iban: String,
    /// What the sender writes on it.
    #[serde(default)]
    pub transfer_title: Option<String>,
}

/// A bank transfer to whom its title names, the partner or a user. Its sender is checked first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ReferencedSepaDeposit {
    /// How much, in EUR, as a JSON string or number.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
    /// Who sends it.
    pub sender_name: String,
    /// The account it comes from.
    pub sender_iban: String,
    /// The reference: the `title` of getPartnerSepaDepositInfo or getUserSepaDepositInfo.
    pub transfer_title: String,
}

impl CheckedDeposit {
    fn credited(&self) -> Credited<'_> {
        Credited {
            account: &self.account,
            amount: self.amount,
            sender_name: &self.sender_name,
            sender_iban: &self.sender_iban,
            transfer_title: Some(&self.transfer_title),
            created_at: self.created_at,
        }
    }

    /// As the page shows it.
    pub(crate) fn line(&self, id: &str) -> SepaDepositLine {
        SepaDepositLine {
            sepa_deposit_id: id.to_owned(),
            account: self.account.clone(),
            amount: self.amount,
            sender_name: self.sender_name.clone(),
            sender_iban: self.sender_iban.clone(),
            status: self.check.word(),
        }
    }
}

impl World {
    pub(crate) fn get_partner_sepa_deposit_info(&mut self) -> Result<types::SepaDepositInfo, Refusal> {
        Ok(self.sepa_deposit_info(&Account::Partner))
    }

    pub(crate) fn get_user_sepa_deposit_info(&mut self, external_user_id: &str) -> Result<types::SepaDepositInfo, Refusal> {
        if !self.user(external_user_id)?.is_verified() {
            return Err(Refusal::code(ErrorCode::P459));
        }
        Ok(self.sepa_deposit_info(&Account::User(external_user_id.to_owned())))
    }

    pub(crate) fn list_partner_sepa_contacts(&mut self) -> Result<types::SepaContactList, Refusal> {
        Ok(self.sepa_contact_list(&Account::Partner))
    }

    pub(crate) fn list_user_sepa_contacts(&mut self, external_user_id: &str) -> Result<types::SepaContactList, Refusal> {
        self.user(external_user_id)?;
        Ok(self.sepa_contact_list(&Account::User(external_user_id.to_owned())))
    }

    /// Whether `account` may pay to this IBAN without naming a receiver.
    pub(super) fn is_approved_contact(&self, account: &Account, iban: &str) -> bool {
        self.contact(account, iban) == Some(Check::Approved)
    }

    /// A bank transfer to a user has arrived; the response is its id. Without the reference it is as if its handling by hand were over.
    pub(crate) fn receive_sepa_deposit(&mut self, deposit: SepaDeposit) -> Result<String, Refusal> {
        let account = Account::User(deposit.external_user_id);
        let SepaDeposit { amount, sender_name, sender_iban, .. } = deposit;
        match deposit.transfer_title {
            Some(transfer_title) if transfer_title == self.reference(&account) => {
                let deposit = ReferencedSepaDeposit { amount, sender_name, sender_iban, transfer_title };
                self.check_sender(account, deposit)
            }
            transfer_title => {
                let (currency, iban) = self.payable(&account, amount, sender_iban)?;
                let id = self.ids.uuid();
                let credited = Credited {
                    account: &account,
                    amount: currency.padded(amount),
                    sender_name: &sender_name,
                    sender_iban: iban.as_str(),
                    transfer_title: transfer_title.as_deref(),
                    created_at: self.now,
                };
                self.book_sepa_deposit(&id, &account, currency, amount)?;
                self.report_sepa_deposit(&id, &credited);
                Ok(id)
            }
        }
    }

    /// A bank transfer with a reference has arrived; the response is its id.
    pub(crate) fn receive_referenced_sepa_deposit(&mut self, deposit: ReferencedSepaDeposit) -> Result<String, Refusal> {
        let users = self.users.keys().map(|id| Account::User(id.clone()));
        let account = users.chain([Account::Partner]).find(|account| self.reference(account) == deposit.transfer_title);
        self.check_sender(account.ok_or_else(|| Refusal::message(404, "transferTitle is the reference of no account."))?, deposit)
    }

    /// The sender of a deposit is compared with the KYC data. That of the partner the sandbox does not know.
    pub(crate) fn check_sepa_deposit(&mut self, id: &str) {
        let Some(deposit) = self.sepa_deposits.get(id) else { return };
        let owner = deposit.account.user().and_then(|id| self.users.get(&id));
        let matches = owner.is_none_or(|user| same_name(&format!("{} {}", user.first_name(), user.last_name()), &deposit.sender_name));
        // One that is decided already stays so.
        let _ = self.conclude_sepa_deposit(id, matches);
    }

    /// Decides about a deposit whose sender is being checked, whatever the names are.
    pub(crate) fn decide_sepa_deposit(&mut self, id: &str, approve: bool) -> Result<(), Refusal> {
        self.conclude_sepa_deposit(id, approve)?;
        self.schedule.cancel(Step::SepaDepositCheck, id);
        Ok(())
    }

    /// Credits the deposit, or sends it back.
    fn conclude_sepa_deposit(&mut self, id: &str, approve: bool) -> Result<(), Refusal> {
        let deposit = self.sepa_deposits.get(id).ok_or_else(|| Refusal::message(404, "There is no such deposit."))?;
        if deposit.check != Check::Pending {
            return Err(Refusal::message(400, "The deposit is decided already."));
        }
        let deposit = deposit.clone();
        if approve {
            self.book_sepa_deposit(id, &deposit.account, movable(deposit.amount, "eur")?, deposit.amount)?;
            self.move_contact(&deposit.account, &deposit.sender_iban, Cause::Approved);
            self.report_sepa_deposit(id, &deposit.credited());
        } else {
            self.move_contact(&deposit.account, &deposit.sender_iban, Cause::Rejected);
        }
        let check = if approve { Check::Approved } else { Check::Rejected };
        self.sepa_deposits.insert(id.to_owned(), CheckedDeposit { check, ..deposit });
        Ok(())
    }

    fn check_sender(&mut self, account: Account, deposit: ReferencedSepaDeposit) -> Result<String, Refusal> {
        let (currency, iban) = self.payable(&account, deposit.amount, deposit.sender_iban)?;
        let id = self.ids.uuid();
        let known = self.is_approved_contact(&account, iban.as_str());
        if !known {
            self.move_contact(&account, iban.as_str(), Cause::PaidIn);
        }
        let deposit = CheckedDeposit {
            account,
            amount: currency.padded(deposit.amount),
            sender_name: deposit.sender_name,
            sender_iban: iban.as_str().to_owned(),
            transfer_title: deposit.transfer_title,
            check: Check::Pending,
            created_at: self.now,
        };
        self.sepa_deposits.insert(id.clone(), deposit);
        if known {
            self.conclude_sepa_deposit(&id, true)?;
        } else {
            self.plan(Step::SepaDepositCheck, &id);
        }
        Ok(id)
    }

    /// The currency and the sender of a deposit that can be made.
    fn payable(&self, account: &Account, amount: Decimal, sender_iban: String) -> Result<(&'static Currency, Iban), Refusal> {
        let currency = movable(amount, "eur")?;
        self.check_receiver(account, currency)?;
        let iban = Iban::new(sender_iban).map_err(|error| Refusal::invalid(format!("senderIban {}.", error.rule())))?;
        Ok((currency, iban))
    }

    fn book_sepa_deposit(&mut self, id: &str, account: &Account, currency: &Currency, amount: Decimal) -> Result<(), Refusal> {
        let leg = Leg { from: Account::Outside, to: account.clone(), currency: currency.slug, amount };
        self.ledger.book(self.now, id, &[leg]).map_err(|_| Refusal::message(400, "The balance would be too large."))?;
        self.record(account, &NewRow { reference: id, kind: "sepa-deposit", amount, currency, status: "SUCCESSFUL" });
        Ok(())
    }

    /// Only of deposits of users is an event known.
    fn report_sepa_deposit(&mut self, id: &str, deposit: &Credited<'_>) {
        let Some(external_user_id) = deposit.account.user() else { return };
        let event = types::SepaDepositReceivedEvent::builder()
            .external_user_id(external_user_id)
            .id(id)
            .amount(deposit.amount)
            .currency("eur")
            .sender_name(deposit.sender_name)
            .sender_iban(deposit.sender_iban)
            .maybe_transfer_title(deposit.transfer_title)
            .created_at(deposit.created_at)
            .build();
        self.emit(&WebhookEvent::SepaDepositReceived(Box::new(event)));
    }

    fn contact(&self, account: &Account, iban: &str) -> Option<Check> {
        self.sepa_contacts.get(account)?.get(iban).copied()
    }

    /// Moves a contact on and reports it, if that changes anything.
    fn move_contact(&mut self, account: &Account, iban: &str, cause: Cause) {
        let check = match self.contact(account, iban) {
            None => Some(Check::Pending),
            Some(check) => machine::next(CONTACT, check, cause),
        };
        let Some(check) = check else { return };
        self.sepa_contacts.entry(account.clone()).or_default().insert(iban.to_owned(), check);
        let event = types::IbanStatusEvent::builder()
            .maybe_external_user_id(account.user())
            .iban(iban)
            .status(check.word())
            .created_at(self.now)
            .build();
        let nulls: &[_] = if *account == Account::Partner { &["externalUserId"] } else { &[] };
        self.emit_with_nulls(WebhookKind::IbanStatus, &event, nulls);
    }

    fn sepa_contact_list(&self, account: &Account) -> types::SepaContactList {
        let contacts = self.sepa_contacts.get(account).into_iter().flatten();
        let contacts = contacts.map(|(iban, check)| types::SepaContact::builder().iban(iban).status(check.word()).build());
        types::SepaContactList::builder().contacts(contacts.collect()).build()
    }

    /// What the title of a bank transfer must be so that it reaches `account` by itself.
    fn reference(&self, account: &Account) -> String {
        self.ids.uuid_of(&format!("sepa reference {account}"))
    }

    fn sepa_deposit_info(&self, account: &Account) -> types::SepaDepositInfo {
        types::SepaDepositInfo::builder()
            .title(self.reference(account))
            .iban(balances::iban(self, "sepa deposits"))
            .swift("SANDLT00XXX")
            .account_holder("P100 sandbox")
            .address("Sample Street 2, Vilnius")
            .build()
    }
}

/// A deposit that is credited, as its event reports it.
struct Credited<'a> {
    account: &'a Account,
    amount: Decimal,
    sender_name: &'a str,
    sender_iban: &'a str,
    transfer_title: Option<&'a str>,
    created_at: Time,
}

/// Whether two names are made of the same words, in any order and case.
fn same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| {
        let mut words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
        words.sort();
        words
    };
    words(one) == words(other)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_the_same_in_any_order_and_case() {
        assert!(super::same_name("Ada  Example", "EXAMPLE ada"));
        assert!(!super::same_name("Ada Example", "Ada Examples"));
        assert!(!super::same_name("Ada Example", "Ada"));
    }
}
