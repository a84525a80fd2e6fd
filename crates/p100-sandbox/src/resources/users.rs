//! Users: who they are, and what the partner does with them.

mod files;
mod lifecycle;
mod person;
mod poa;
mod seed;

use std::collections::BTreeSet;

use p100_raw::Sensitive;
use p100_raw::types::{self, DocumentType, ErrorCode};
use serde::{Deserialize, Serialize};

pub(super) use self::files::Picture;
pub(super) use self::lifecycle::{Cause, Stage};
pub(super) use self::poa::Poa;
pub use self::seed::NewUser;

use self::lifecycle::{Order, Standing};
use self::person::{Form, Person};
use super::message;
use crate::balances;
use crate::call::Refusal;
use crate::control::{UserLine, UserState};
use crate::currencies;
use crate::ledger::Account;
use crate::time::Time;
use crate::world::World;

/// One user, full or limited. A deleted one stays, so that the books do and no other user gets the id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    user_id: String,
    person: Person,
    #[serde(default)]
    form: Form,
    standing: Standing,
    stage: Stage,
    /// Whether balances have been opened.
    #[serde(default = "yes")]
    has_balances: bool,
    poa: Poa,
    /// Whether the partner has extended the user.
    #[serde(default)]
    extended: bool,
    /// What has been uploaded.
    pictures: BTreeSet<Picture>,
    /// The hosted KYC that is under way.
    pub(super) session: Option<String>,
    /// Why the last attempt at KYC failed.
    pub(super) rejection_reason: Option<String>,
    /// Every card there ever was, oldest first.
    pub(super) cards: Vec<String>,
    /// Not known of users from older states.
    #[serde(default)]
    pub(crate) created_at: Option<Time>,
}

fn yes() -> bool {
    true
}

impl User {
    fn new(user_id: String, person: Person, form: Form, stage: Stage, created_at: Time) -> Self {
        Self {
            user_id,
            person,
            form,
            has_balances: form == Form::Early,
            standing: Standing::Admitted,
            stage,
            poa: Poa::NotGiven,
            extended: false,
            pictures: BTreeSet::new(),
            session: None,
            rejection_reason: None,
            cards: Vec::new(),
            created_at: Some(created_at),
        }
    }

    pub(crate) fn is_deleted(&self) -> bool {
        self.standing == Standing::Deleted
    }

    pub(crate) fn is_suspended(&self) -> bool {
        self.standing == Standing::Suspended
    }

    /// Without KYC, now and forever.
    pub(crate) fn is_limited(&self) -> bool {
        self.stage == Stage::Limited
    }

    /// Whether the KYC is passed.
    pub(crate) fn is_verified(&self) -> bool {
        self.stage.is_verified()
    }

    pub(crate) fn is_extended(&self) -> bool {
        self.extended
    }

    /// Whether the EUR balance is active and has an IBAN.
    pub(crate) fn has_active_fiat(&self) -> bool {
        self.stage == Stage::Active
    }

    /// Whether the crypto balances have wallets.
    pub(crate) fn has_active_crypto(&self) -> bool {
        matches!(self.stage, Stage::Active | Stage::Limited)
    }

    pub(crate) fn has_balances(&self) -> bool {
        self.has_balances
    }

    /// Opens the balances of a user who has none.
    pub(super) fn open_balances(&mut self) {
        self.has_balances = true;
    }

    /// Where the user lives: two capital letters.
    pub(crate) fn country(&self) -> &str {
        &self.person.country
    }

    pub(crate) fn first_name(&self) -> &str {
        &self.person.first_name
    }

    pub(crate) fn last_name(&self) -> &str {
        &self.person.last_name
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// Names the document that is verified.
    pub(super) fn set_document(&mut self, document_type: Option<DocumentType>, document_number: Option<Sensitive>) {
        self.person.set_document(document_type, document_number);
    }

    fn poa_required(&self) -> bool {
        !self.is_limited() && poa::is_mandatory(self.country())
    }

    /// Whether a verification asks for it: the later docs call that suspended.
    fn poa_demanded(&self) -> bool {
        self.form == Form::Early && self.poa_required()
    }

    /// Whether a proof of address is asked for and has not been approved.
    pub(super) fn lacks_poa(&self) -> bool {
        self.poa_demanded() && self.poa != Poa::Approved
    }

    /// Whether a picture that the document needs has not been uploaded.
    pub(super) fn lacks_pictures(&self) -> bool {
        !Picture::needed(self.person.document_type.as_ref()).iter().all(|picture| self.pictures.contains(picture))
    }

    /// Goes on to where `cause` leads, and says where; nowhere if it leads nowhere from here.
    pub(super) fn advance(&mut self, cause: Cause) -> Option<Stage> {
        self.stage = self.stage.by(cause)?;
        Some(self.stage)
    }

    /// As the page of the sandbox shows them.
    pub(crate) fn line(&self, external_user_id: &str) -> UserLine {
        let state = match (self.standing, self.stage) {
            (Standing::Deleted, _) => UserState::Deleted,
            (Standing::Suspended, _) => UserState::Suspended,
            (Standing::Admitted, Stage::Limited) => UserState::Limited,
            (Standing::Admitted, Stage::Active) => UserState::Active,
            (Standing::Admitted, _) if self.is_verified() => UserState::Verified,
            (Standing::Admitted, _) => UserState::Created,
        };
        UserLine {
            external_user_id: external_user_id.to_owned(),
            name: format!("{} {}", self.first_name(), self.last_name()),
            country: self.country().to_owned(),
            state,
            kyc: self.stage.attempt(),
            rejection_reason: self.rejection_reason.clone(),
            verification_id: self.session.clone(),
            poa: self.poa.status(),
            poa_required: self.poa_demanded(),
        }
    }

    /// The user as the details of payments show them.
    pub(crate) fn summary(&self, external_user_id: &str) -> types::UserSummary {
        self.person.summary(external_user_id)
    }
}

impl World {
    /// The user of this id, to be changed, who has not been deleted.
    pub(super) fn user_mut(&mut self, external_user_id: &str) -> Result<&mut User, Refusal> {
        let user = self.users.get_mut(external_user_id).filter(|user| !user.is_deleted());
        user.ok_or_else(|| Refusal::code(ErrorCode::P412))
    }

    /// A request of the earlier form gets a response in the earlier form, with the balances.
    pub(crate) fn create_user(&mut self, request: types::CreateUserRequest) -> Result<types::UserCreated, Refusal> {
        let external_user_id = request.external_user_id.clone();
        let (person, form) = Person::of(request)?;
        let user_id = self.add_user(&external_user_id, person, form, Stage::Created)?;
        let poa_required = self.user(&external_user_id)?.poa_required();
        let response = types::UserCreated::builder().user_id(user_id);
        if form == Form::Late {
            return Ok(response.poa_required_for_extended(poa_required).build());
        }
        let account = Account::User(external_user_id.to_string());
        let balances = types::CreatedBalances::builder()
            .fiat_balances(balances::fiat(self, &account, false))
            .crypto_balances(balances::crypto(self, &account, false))
            .build();
        Ok(response.poa_required(poa_required).balances(balances).build())
    }

    pub(crate) fn create_limited_user(&mut self, request: types::CreateLimitedUserRequest) -> Result<types::LimitedUserCreated, Refusal> {
        let external_user_id = request.external_user_id.clone();
        Refusal::unless_empty(wrong_countries(&[("country", &request.country), ("birthCountry", &request.birth_country)]))?;
        let user_id = self.add_user(&external_user_id, Person::limited(request), Form::Early, Stage::Limited)?;
        let account = Account::User(external_user_id.to_string());
        let crypto = balances::crypto(self, &account, true).into_iter().map(|balance| {
            types::LimitedBalance::builder()
                .id(balance.id)
                .amount(balance.amount)
                .name(balance.name)
                .maybe_wallet(balance.wallet)
                .rate(balance.rate)
                .maybe_network_config(balance.network_config)
                .build()
        });
        let fiat = balances::fiat(self, &account, false).into_iter().map(|balance| {
            types::LimitedBalance::builder().id(balance.id).amount(balance.amount).name(balance.name).rate(balance.rate).build()
        });
        Ok(types::LimitedUserCreated::builder().user_id(user_id).balances(crypto.chain(fiat).collect()).build())
    }

    fn add_user(&mut self, external_user_id: &str, person: Person, form: Form, stage: Stage) -> Result<String, Refusal> {
        if self.users.contains_key(external_user_id) {
            return Err(Refusal::code(ErrorCode::P411));
        }
        let user_id = self.ids.uuid();
        self.users.insert(external_user_id.to_owned(), User::new(user_id.clone(), person, form, stage, self.now));
        Ok(user_id)
    }

    pub(crate) fn update_user(
        &mut self,
        external_user_id: &str,
        request: types::UpdateUserRequest,
    ) -> Result<types::MessageResponse, Refusal> {
        self.user_mut(external_user_id)?.person.update(request)?;
        Ok(message("The user was updated."))
    }

    /// Deletes a user with their cards. One who has money cannot be deleted: nobody could get at it any more.
    pub(crate) fn delete_user(&mut self, external_user_id: &str) -> Result<types::MessageResponse, Refusal> {
        self.user(external_user_id)?;
        let account = Account::User(external_user_id.to_owned());
        if currencies::ALL.iter().any(|currency| !self.ledger.balance(&account, currency.slug).is_zero()) {
            return Err(Refusal::message(400, "The user has money left."));
        }
        self.delete_cards(external_user_id);
        self.order(external_user_id, Order::Delete)?;
        Ok(message("The user was deleted."))
    }

    pub(crate) fn suspend_user(&mut self, external_user_id: &str) -> Result<types::MessageResponse, Refusal> {
        let user = self.user(external_user_id)?;
        if self.has_active_cards(user) {
            return Err(Refusal::code(ErrorCode::P454));
        }
        self.order(external_user_id, Order::Suspend)?;
        Ok(message("The user is suspended."))
    }

    pub(crate) fn unsuspend_user(&mut self, external_user_id: &str) -> Result<types::MessageResponse, Refusal> {
        self.order(external_user_id, Order::Unsuspend)?;
        Ok(message("The user is not suspended."))
    }

    /// Extends a verified user, once and for all. What the request may say is not known, so nothing of it counts.
    pub(crate) fn extend_user(
        &mut self,
        external_user_id: &str,
        _request: types::ExtendUserRequest,
    ) -> Result<types::MessageResponse, Refusal> {
        let user = self.user_mut(external_user_id)?;
        if !user.is_verified() {
            return Err(Refusal::code(ErrorCode::P459));
        }
        user.extended = true;
        Ok(message("The user is extended."))
    }

    /// Changes the status of a user. What was ordered before changes nothing.
    fn order(&mut self, external_user_id: &str, order: Order) -> Result<(), Refusal> {
        let user = self.user_mut(external_user_id)?;
        user.standing = user.standing.by(order).unwrap_or(user.standing);
        Ok(())
    }

    pub(crate) fn get_user_balances(&mut self, external_user_id: &str) -> Result<types::UserBalances, Refusal> {
        let user = self.user(external_user_id)?;
        let account = Account::User(external_user_id.to_owned());
        let (fiat, crypto) = if user.has_balances {
            let fiat = balances::fiat(self, &account, user.has_active_fiat());
            (fiat, balances::crypto(self, &account, user.has_active_crypto()))
        } else {
            (Vec::new(), Vec::new())
        };
        let poa_required = (user.form == Form::Early && !user.is_limited()).then(|| user.poa_required());
        let response = types::UserBalances::builder()
            .fiat_balances(fiat)
            .crypto_balances(crypto)
            .user_id(&user.user_id)
            .maybe_poa_required(poa_required)
            .build();
        self.was_read(external_user_id);
        Ok(response)
    }

    pub(crate) fn get_user_transactions(
        &mut self,
        external_user_id: &str,
        month: i32,
        year: i32,
    ) -> Result<types::TransactionHistory, Refusal> {
        self.user(external_user_id)?;
        Ok(self.transactions(&Account::User(external_user_id.to_owned()), month, year))
    }
}

/// Takes over what is given.
fn set<T>(member: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *member = value;
    }
}

/// A sentence for each country code that is not two capital letters. Whether there is such a country is not asked: lists of countries
/// change.
pub(super) fn wrong_countries(countries: &[(&str, &str)]) -> Vec<String> {
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let wrong = countries.iter().filter(|(_, code)| !is_code(code));
    wrong.map(|(member, _)| format!("{member} must be two capital letters.")).collect()
}
