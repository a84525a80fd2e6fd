//! Virtual cards: issuing them, blocking and unblocking, PINs and limits.

mod issue;
mod spending;

use p100_raw::types::{self, CardStatus, ErrorCode};
use p100_raw::{Decimal, Sensitive, decimal};
use serde::{Deserialize, Serialize};

pub use self::spending::{CardChannel, CardTransaction};

use self::issue::Secrets;
use self::spending::Spending;
use super::message;
use super::users::User;
use crate::call::Refusal;
use crate::machine;
use crate::time::Time;
use crate::world::World;

/// The card countries of the legacy docs.
const COUNTRIES: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL",
    "PT", "RO", "SE", "SI", "SK",
];

/// One card. A deleted one stays: it counts among the cards that were created.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Card {
    external_user_id: String,
    label: String,
    state: State,
    secrets: Secrets,
    pin: Sensitive,
    limits: Limits,
    pub(crate) created_at: Time,
    spendings: Vec<Spending>,
}

/// What a card can be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Active,
    LockedByUser,
    Deleted,
}

/// What changes the state of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Block,
    Unblock,
    Delete,
}

static STATES: &[(State, Cause, State)] = &[
    (State::Active, Cause::Block, State::LockedByUser),
    (State::LockedByUser, Cause::Unblock, State::Active),
    (State::Active, Cause::Delete, State::Deleted),
    (State::LockedByUser, Cause::Delete, State::Deleted),
];

impl State {
    fn word(self) -> CardStatus {
        match self {
            Self::Active => CardStatus::Active,
            Self::LockedByUser => CardStatus::LockedByUser,
            Self::Deleted => CardStatus::Deleted,
        }
    }
}

/// What may be spent with a card, in EUR.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    all: Limit,
    atm: Limit,
    ecom: Limit,
}

/// What may be spent in a calendar month and on a day of it, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Limit {
    #[serde(with = "decimal::string")]
    monthly: Decimal,
    #[serde(with = "decimal::string")]
    daily: Decimal,
}

impl Limit {
    const fn euros(monthly: u32, daily: u32) -> Self {
        Self { monthly: Decimal::from_parts(monthly, 0, 0, false, 0), daily: Decimal::from_parts(daily, 0, 0, false, 0) }
    }
}

/// The limits of a new card: those of the document's sample, as P100's are not known.
const START: Limits = Limits { all: Limit::euros(3000, 500), atm: Limit::euros(800, 200), ecom: Limit::euros(2500, 400) };

impl Card {
    fn is_active(&self) -> bool {
        self.state == State::Active
    }

    fn is_deleted(&self) -> bool {
        self.state == State::Deleted
    }

    pub(crate) fn external_user_id(&self) -> &str {
        &self.external_user_id
    }

    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    pub(crate) fn status(&self) -> CardStatus {
        self.state.word()
    }

    pub(crate) fn last_digits(&self) -> &str {
        self.secrets.last_digits()
    }
}

impl World {
    /// The cards of a user, oldest first, deleted ones included.
    fn all_cards<'a>(&'a self, user: &'a User) -> impl Iterator<Item = (&'a str, &'a Card)> {
        user.cards.iter().filter_map(|id| Some((id.as_str(), self.cards.get(id)?)))
    }

    pub(super) fn has_active_cards(&self, user: &User) -> bool {
        self.all_cards(user).any(|(_, card)| card.is_active())
    }

    /// Deletes all cards of a user who is being deleted.
    pub(super) fn delete_cards(&mut self, external_user_id: &str) {
        let ids = self.user(external_user_id).map(|user| user.cards.clone()).unwrap_or_default();
        for id in ids {
            self.change_card(&id, Cause::Delete);
        }
    }

    /// Changes the state of a card. What was caused before changes nothing.
    fn change_card(&mut self, card_id: &str, cause: Cause) {
        if let Some(card) = self.cards.get_mut(card_id) {
            card.state = machine::next(STATES, card.state, cause).unwrap_or(card.state);
        }
    }

    /// The card of a user, which has not been deleted.
    fn card(&self, external_user_id: &str, card_id: &str) -> Result<&Card, Refusal> {
        let card = self.cards.get(card_id).filter(|card| card.external_user_id == external_user_id && !card.is_deleted());
        card.ok_or_else(|| Refusal::code(ErrorCode::P434))
    }

    /// The same, to be changed. The user must exist.
    fn card_mut(&mut self, external_user_id: &str, card_id: &str) -> Result<&mut Card, Refusal> {
        self.user(external_user_id)?;
        let card = self.cards.get_mut(card_id).filter(|card| card.external_user_id == external_user_id && !card.is_deleted());
        card.ok_or_else(|| Refusal::code(ErrorCode::P434))
    }

    /// Refuses cards to users who are not verified or, if the settings say so, not extended.
    fn check_card_holder(&self, user: &User) -> Result<(), Refusal> {
        if !user.is_verified() {
            return Err(Refusal::code(ErrorCode::P459));
        }
        if self.settings.demand_extension && !user.is_extended() {
            return Err(Refusal::code(ErrorCode::P461));
        }
        Ok(())
    }

    pub(crate) fn create_card(&mut self, request: types::CreateCardRequest) -> Result<types::CardCreated, Refusal> {
        let user = self.spender(&request.external_user_id)?;
        self.check_card_holder(user)?;
        if !COUNTRIES.contains(&user.country()) {
            return Err(Refusal::code(ErrorCode::P451));
        }
        self.check_quotas(user)?;
        let card_id = self.ids.uuid();
        let secrets = Secrets::new(&mut self.ids, self.now);
        let response = types::CardCreated::builder()
            .card_id(&card_id)
            .card_number(secrets.card_number.clone())
            .cvv(secrets.cvv.clone())
            .exp(secrets.exp.clone())
            .build();
        self.user_mut(&request.external_user_id)?.cards.push(card_id.clone());
        let card = Card {
            external_user_id: request.external_user_id.to_string(),
            label: request.label,
            state: State::Active,
            secrets,
            pin: request.pin,
            limits: START,
            created_at: self.now,
            spendings: Vec::new(),
        };
        self.cards.insert(card_id, card);
        Ok(response)
    }

    pub(crate) fn list_cards(&mut self, external_user_id: &str) -> Result<types::CardList, Refusal> {
        let user = self.user(external_user_id)?;
        let existing = self.all_cards(user).filter(|(_, card)| !card.is_deleted()).map(|(id, card)| {
            types::CardSummary::builder().card_id(id).status(card.status()).label(card.label()).card_last_digits(card.last_digits()).build()
        });
        Ok(types::CardList::builder().cards(existing.collect()).build())
    }

    /// The page of this operation knows no P412: the card of an unknown user is an unknown card.
    pub(crate) fn get_card(&mut self, external_user_id: &str, card_id: &str) -> Result<types::CardDetails, Refusal> {
        let user = self.user(external_user_id).map_err(|_| Refusal::code(ErrorCode::P434))?;
        self.check_card_holder(user)?;
        let card = self.card(external_user_id, card_id)?;
        Ok(types::CardDetails::builder()
            .status(card.status())
            .card_number(card.secrets.card_number.clone())
            .cvv(card.secrets.cvv.clone())
            .exp(card.secrets.exp.clone())
            .build())
    }

    pub(crate) fn update_card_pin(&mut self, request: types::UpdateCardPinRequest) -> Result<types::MessageResponse, Refusal> {
        self.card_mut(&request.external_user_id, &request.card_id)?.pin = request.pin;
        Ok(message("The PIN was changed."))
    }

    pub(crate) fn block_card(&mut self, request: types::CardReference) -> Result<types::MessageResponse, Refusal> {
        self.command_card(&request, Cause::Block, "The card is locked.")
    }

    pub(crate) fn unblock_card(&mut self, request: types::CardReference) -> Result<types::MessageResponse, Refusal> {
        self.command_card(&request, Cause::Unblock, "The card is active.")
    }

    pub(crate) fn delete_card(&mut self, request: types::CardReference) -> Result<types::MessageResponse, Refusal> {
        self.command_card(&request, Cause::Delete, "The card was deleted.")
    }

    fn command_card(&mut self, request: &types::CardReference, cause: Cause, done: &str) -> Result<types::MessageResponse, Refusal> {
        self.card_mut(&request.external_user_id, &request.card_id)?;
        self.change_card(&request.card_id, cause);
        Ok(message(done))
    }

    pub(crate) fn get_card_limits(&mut self, external_user_id: &str, card_id: &str) -> Result<types::CardLimits, Refusal> {
        let limits = self.card_mut(external_user_id, card_id)?.limits;
        Ok(types::CardLimits::builder()
            .monthly_trx_all(limits.all.monthly)
            .daily_trx_all(limits.all.daily)
            .monthly_trx_atm(limits.atm.monthly)
            .daily_trx_atm(limits.atm.daily)
            .monthly_trx_ecom(limits.ecom.monthly)
            .daily_trx_ecom(limits.ecom.daily)
            .build())
    }

    pub(crate) fn update_card_limits(&mut self, request: types::UpdateCardLimitsRequest) -> Result<types::MessageResponse, Refusal> {
        let limits = Limits {
            all: Limit { monthly: request.monthly_trx_all, daily: request.daily_trx_all },
            atm: Limit { monthly: request.monthly_trx_atm, daily: request.daily_trx_atm },
            ecom: Limit { monthly: request.monthly_trx_ecom, daily: request.daily_trx_ecom },
        };
        let card = self.card_mut(&request.external_user_id, &request.card_id)?;
        limits.check()?;
        card.limits = limits;
        Ok(message("The limits were changed."))
    }
}

impl Limits {
    fn check(&self) -> Result<(), Refusal> {
        let mut sentences = Vec::new();
        for (name, limit) in [("All", self.all), ("Atm", self.atm), ("Ecom", self.ecom)] {
            for (period, amount) in [("monthly", limit.monthly), ("daily", limit.daily)] {
                if amount < Decimal::ZERO {
                    sentences.push(format!("{period}Trx{name} must not be less than 0."));
                }
            }
            if limit.daily > limit.monthly {
                sentences.push(format!("dailyTrx{name} must not be greater than monthlyTrx{name}."));
            }
        }
        Refusal::unless_empty(sentences)
    }
}
