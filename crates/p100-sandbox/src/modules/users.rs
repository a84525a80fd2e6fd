//! Users: who they are, and what the partner does with them.

mod files;
mod lifecycle;
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
use super::message;
use crate::balances;
use crate::call::Refusal;
use crate::control::{UserLine, UserState};
use crate::currencies;
use crate::ledger::Account;
use crate::world::World;

/// One user, full or limited. A deleted one stays, so that the books do and no other user gets the id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    user_id: String,
    person: Person,
    standing: Standing,
    stage: Stage,
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
}

/// What the partner says about a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    email: String,
    phone: Option<String>,
    first_name: String,
    last_name: String,
    address: String,
    city: String,
    post_code: Option<String>,
    country: String,
    citizenship: Option<String>,
    document_type: DocumentType,
    document_number: Sensitive,
    pesel: Option<Sensitive>,
    birth_country: Option<String>,
    birth_date: Option<String>,
}

impl User {
    fn new(user_id: String, person: Person, stage: Stage) -> Self {
        Self {
            user_id,
            person,
            standing: Standing::Admitted,
            stage,
            poa: Poa::NotGiven,
            extended: false,
            pictures: BTreeSet::new(),
            session: None,
            rejection_reason: None,
            cards: Vec::new(),
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
        set(&mut self.person.document_type, document_type);
        set(&mut self.person.document_number, document_number);
    }

    fn poa_required(&self) -> bool {
        !self.is_limited() && poa::is_mandatory(self.country())
    }

    /// Whether a proof of address is mandatory and has not been approved.
    pub(super) fn lacks_poa(&self) -> bool {
        self.poa_required() && self.poa != Poa::Approved
    }

    /// Whether a picture that the document needs has not been uploaded.
    pub(super) fn lacks_pictures(&self) -> bool {
        !Picture::needed(&self.person.document_type).iter().all(|picture| self.pictures.contains(picture))
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
            poa_required: self.poa_required(),
        }
    }

    /// The user as the details of payments show them.
    pub(crate) fn summary(&self, external_user_id: &str) -> types::UserSummary {
        let person = &self.person;
        types::UserSummary::builder()
            .external_user_id(external_user_id)
            .email(&person.email)
            .first_name(&person.first_name)
            .last_name(&person.last_name)
            .address(&person.address)
            .city(&person.city)
            .country(&person.country)
            .document_type(person.document_type.as_str().to_lowercase())
            .document_number(person.document_number.clone())
            .maybe_pesel(person.pesel.clone())
            .maybe_birth_country(person.birth_country.clone())
            .maybe_birth_date(person.birth_date.clone())
            .build()
    }
}

impl World {
    /// The user of this id, to be changed, who has not been deleted.
    pub(super) fn user_mut(&mut self, external_user_id: &str) -> Result<&mut User, Refusal> {
        let user = self.users.get_mut(external_user_id).filter(|user| !user.is_deleted());
        user.ok_or_else(|| Refusal::code(ErrorCode::P412))
    }

    pub(crate) fn create_user(&mut self, request: types::CreateUserRequest) -> Result<types::UserCreated, Refusal> {
        check_new(&request.external_user_id, &[("country", &request.country), ("citizenship", &request.citizenship)])?;
        let person = Person {
            email: request.email,
            phone: Some(request.phone),
            first_name: request.first_name,
            last_name: request.last_name,
            address: request.address,
            city: request.city,
            post_code: Some(request.post_code),
            country: request.country,
            citizenship: Some(request.citizenship),
            document_type: request.document_type,
            document_number: request.document_number,
            pesel: None,
            birth_country: None,
            birth_date: None,
        };
        let external_user_id = request.external_user_id;
        let user_id = self.add_user(&external_user_id, person, Stage::Created)?;
        let poa_required = self.user(&external_user_id)?.poa_required();
        let account = Account::User(external_user_id);
        let balances = types::CreatedBalances::builder()
            .fiat_balances(balances::fiat(self, &account, false))
            .crypto_balances(balances::crypto(self, &account, false))
            .build();
        Ok(types::UserCreated::builder().user_id(user_id).poa_required(poa_required).balances(balances).build())
    }

    pub(crate) fn create_limited_user(&mut self, request: types::CreateLimitedUserRequest) -> Result<types::LimitedUserCreated, Refusal> {
        check_new(&request.external_user_id, &[("country", &request.country), ("birthCountry", &request.birth_country)])?;
        let person = Person {
            email: request.email,
            phone: None,
            first_name: request.first_name,
            last_name: request.last_name,
            address: request.address,
            city: request.city,
            post_code: None,
            country: request.country,
            citizenship: None,
            document_type: request.document_type,
            document_number: request.document_number,
            pesel: request.pesel,
            birth_country: Some(request.birth_country),
            birth_date: Some(request.birth_date),
        };
        let user_id = self.add_user(&request.external_user_id, person, Stage::Limited)?;
        let account = Account::User(request.external_user_id);
        let crypto = balances::crypto(self, &account, true).into_iter().map(|balance| {
            types::LimitedBalance::builder()
                .id(balance.id)
                .amount(balance.amount)
                .name(balance.name)
                .maybe_wallet(balance.wallet)
                .rate(balance.rate)
                .network_config(balance.network_config)
                .build()
        });
        let fiat = balances::fiat(self, &account, false).into_iter().map(|balance| {
            types::LimitedBalance::builder()
                .id(balance.id)
                .amount(balance.amount)
                .name(balance.name)
                .rate(balance.rate)
                .network_config(std::collections::BTreeMap::new())
                .build()
        });
        Ok(types::LimitedUserCreated::builder().user_id(user_id).balances(crypto.chain(fiat).collect()).build())
    }

    fn add_user(&mut self, external_user_id: &str, person: Person, stage: Stage) -> Result<String, Refusal> {
        if self.users.contains_key(external_user_id) {
            return Err(Refusal::code(ErrorCode::P411));
        }
        let user_id = self.ids.uuid();
        self.users.insert(external_user_id.to_owned(), User::new(user_id.clone(), person, stage));
        Ok(user_id)
    }

    pub(crate) fn update_user(
        &mut self,
        external_user_id: &str,
        request: types::UpdateUserRequest,
    ) -> Result<types::MessageResponse, Refusal> {
        let user = self.user_mut(external_user_id)?;
        let codes = [("country", request.country.as_ref()), ("citizenship", request.citizenship.as_ref())];
        let given: Vec<(&str, &str)> = codes.into_iter().filter_map(|(member, code)| Some((member, code?.as_str()))).collect();
        check_countries(&given)?;
        let person = &mut user.person;
        set(&mut person.email, request.email);
        set(&mut person.first_name, request.first_name);
        set(&mut person.last_name, request.last_name);
        set(&mut person.address, request.address);
        set(&mut person.city, request.city);
        set(&mut person.country, request.country);
        set(&mut person.phone, request.phone.map(Some));
        set(&mut person.post_code, request.post_code.map(Some));
        set(&mut person.citizenship, request.citizenship.map(Some));
        user.set_document(request.document_type, request.document_number);
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

    /// Changes the standing of a user. What was ordered before changes nothing.
    fn order(&mut self, external_user_id: &str, order: Order) -> Result<(), Refusal> {
        let user = self.user_mut(external_user_id)?;
        user.standing = user.standing.by(order).unwrap_or(user.standing);
        Ok(())
    }

    pub(crate) fn get_user_balances(&mut self, external_user_id: &str) -> Result<types::UserBalances, Refusal> {
        let user = self.user(external_user_id)?;
        let account = Account::User(external_user_id.to_owned());
        let answer = types::UserBalances::builder()
            .fiat_balances(balances::fiat(self, &account, user.has_active_fiat()))
            .crypto_balances(balances::crypto(self, &account, user.has_active_crypto()))
            .user_id(&user.user_id)
            .maybe_poa_required((!user.is_limited()).then(|| user.poa_required()))
            .build();
        self.was_read(external_user_id);
        Ok(answer)
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

/// Refuses a new user without an id, and countries that are none.
fn check_new(external_user_id: &str, countries: &[(&str, &String)]) -> Result<(), Refusal> {
    if external_user_id.is_empty() {
        return Err(Refusal::invalid("externalUserId should not be empty."));
    }
    check_countries(&countries.iter().map(|(member, code)| (*member, code.as_str())).collect::<Vec<_>>())
}

/// Refuses country codes that are not two capital letters. Whether there is such a country is not asked: lists of countries change.
pub(super) fn check_countries(countries: &[(&str, &str)]) -> Result<(), Refusal> {
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let wrong = countries.iter().filter(|(_, code)| !is_code(code));
    let sentences: Vec<String> = wrong.map(|(member, _)| format!("{member} must be two capital letters.")).collect();
    if sentences.is_empty() { Ok(()) } else { Err(Refusal::invalid(sentences.join(" "))) }
}
