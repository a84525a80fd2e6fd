//! Cards in use: payments, and the codes that go with them. P100's API has no calls for that: shops and cardholders cause it.

use bon::Builder;
use chrono::Datelike;
use p100_raw::types::{self, ErrorCode};
use p100_raw::webhooks::WebhookEvent;
use p100_raw::{Decimal, Sensitive, decimal};
use serde::{Deserialize, Serialize};

use super::Limit;
use crate::call::Refusal;
use crate::ledger::{Account, Leg};
use crate::time::Time;
use crate::world::{NewRow, World, movable};

/// Cards are paid from this balance.
const CURRENCY: &str = "eur";

/// A payment with a card, to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct CardTransaction {
    /// Who is paid.
    pub merchant_name: String,
    /// How much, in EUR, as a JSON string or number.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
    /// Where it is used.
    pub channel: CardChannel,
}

/// Where a card is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CardChannel {
    /// In a shop.
    Pos,
    /// At a cash machine.
    Atm,
    /// In an online shop.
    Ecom,
}

/// A payment that was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spending {
    at: Time,
    #[serde(with = "decimal::string")]
    amount: Decimal,
    channel: CardChannel,
}

impl super::Card {
    /// Refuses a payment that a limit does not allow.
    fn check_limits(&self, amount: Decimal, channel: CardChannel, now: Time) -> Result<(), Refusal> {
        let day = |time: Time| time.utc().date_naive();
        let month = |time: Time| (time.utc().year(), time.utc().month());
        let on_this_day = |spending: &Spending| day(spending.at) == day(now);
        let in_this_month = |spending: &Spending| month(spending.at) == month(now);
        let limits = [
            ("All", self.limits.all, None),
            ("Atm", self.limits.atm, Some(CardChannel::Atm)),
            ("Ecom", self.limits.ecom, Some(CardChannel::Ecom)),
        ];
        for (name, Limit { monthly, daily }, only) in limits.into_iter().filter(|(_, _, only)| only.is_none_or(|only| only == channel)) {
            if self.spent(only, on_this_day).saturating_add(amount) > daily {
                return Err(Refusal::message(400, format!("The limit dailyTrx{name} does not allow this payment.")));
            }
            if self.spent(only, in_this_month).saturating_add(amount) > monthly {
                return Err(Refusal::message(400, format!("The limit monthlyTrx{name} does not allow this payment.")));
            }
        }
        Ok(())
    }

    /// What was spent in a period, through one channel or all of them.
    fn spent(&self, only: Option<CardChannel>, within: impl Fn(&Spending) -> bool) -> Decimal {
        let counted = self.spendings.iter().filter(|spending| only.is_none_or(|channel| channel == spending.channel));
        counted.filter(|spending| within(spending)).fold(Decimal::ZERO, |sum, spending| sum.saturating_add(spending.amount))
    }
}

impl World {
    /// The card of this id, whoever has it, in a state that it can be used in.
    fn usable_card(&mut self, card_id: &str) -> Result<&mut super::Card, Refusal> {
        let card = self.cards.get(card_id).filter(|card| !card.is_deleted()).ok_or_else(|| Refusal::code(ErrorCode::P434))?;
        let (owner, active) = (card.external_user_id.clone(), card.is_active());
        self.spender(&owner)?;
        if !active {
            return Err(Refusal::message(400, "The card is not active."));
        }
        self.cards.get_mut(card_id).ok_or_else(|| Refusal::code(ErrorCode::P434))
    }

    /// Pays with a card. Returns the id of the transaction.
    pub(crate) fn make_card_transaction(&mut self, card_id: &str, transaction: CardTransaction) -> Result<String, Refusal> {
        let CardTransaction { merchant_name, amount, channel } = transaction;
        let currency = movable(amount, CURRENCY)?;
        let now = self.now;
        let card = self.usable_card(card_id)?;
        card.check_limits(amount, channel, now)?;
        let external_user_id = card.external_user_id.clone();
        let account = Account::User(external_user_id.clone());
        let transaction_id = self.ids.uuid();
        let leg = Leg { from: account.clone(), to: Account::Outside, currency: CURRENCY, amount };
        self.ledger.book(now, &transaction_id, &[leg]).map_err(|_| Refusal::code(ErrorCode::P433))?;
        self.usable_card(card_id)?.spendings.push(Spending { at: now, amount, channel });
        self.record(&account, &NewRow { reference: &transaction_id, kind: "card", amount, currency, status: "SUCCESSFUL" });
        let event = types::CardTransactionEvent::builder()
            .external_user_id(external_user_id)
            .card_id(card_id)
            .transaction_id(&transaction_id)
            .merchant_name(merchant_name)
            .amount(amount)
            .currency(CURRENCY)
            .created_at(now)
            .build();
        self.emit(&WebhookEvent::CardTransaction(Box::new(event)));
        Ok(transaction_id)
    }

    /// Has the bearer of a card confirm an online payment. Returns the code, which goes out as a webhook.
    pub(crate) fn send_card_3ds_code(&mut self, card_id: &str, merchant_name: String, amount: Decimal) -> Result<Sensitive, Refusal> {
        movable(amount, CURRENCY)?;
        let external_user_id = self.usable_card(card_id)?.external_user_id.clone();
        let code = Sensitive::from(self.ids.digits(6));
        let event = types::Card3dsCodeEvent::builder()
            .external_user_id(external_user_id)
            .card_id(card_id)
            .code(code.clone())
            .merchant_name(merchant_name)
            .amount(amount)
            .currency(CURRENCY)
            .build();
        self.emit(&WebhookEvent::Card3dsCode(Box::new(event)));
        Ok(code)
    }

    /// Has a card added to a wallet such as Google Pay. Returns the code, which goes out as a webhook.
    pub(crate) fn send_card_activation_code(&mut self, card_id: &str) -> Result<Sensitive, Refusal> {
        let external_user_id = self.usable_card(card_id)?.external_user_id.clone();
        let code = Sensitive::from(self.ids.digits(6));
        let event =
            types::CardActivationCodeEvent::builder().external_user_id(external_user_id).card_id(card_id).code(code.clone()).build();
        self.emit(&WebhookEvent::CardActivationCode(Box::new(event)));
        Ok(code)
    }
}
