//! Users that a test takes for granted.

use bon::Builder;
use p100_raw::types::DocumentType;
use serde::{Deserialize, Serialize};

use super::person::Address;
use super::{Form, Person, Stage, wrong_countries};
use crate::call::Refusal;
use crate::world::World;

/// A user who is simply there: verified and with active balances, or limited. No webhooks report them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NewUser {
    /// The partner's own id of the user.
    pub external_user_id: String,
    /// Where the user lives, as two capital letters: `LT`.
    #[serde(default = "lithuania")]
    #[builder(default = lithuania())]
    pub country: String,
    /// Whether it is a limited user, without KYC.
    #[serde(default)]
    #[builder(default)]
    pub limited: bool,
}

impl NewUser {
    /// A verified user in Lithuania.
    pub fn new(external_user_id: impl Into<String>) -> Self {
        Self::builder().external_user_id(external_user_id).build()
    }
}

fn lithuania() -> String {
    "LT".to_owned()
}

impl World {
    /// Adds the user; the response is P100's id.
    pub(crate) fn seed_user(&mut self, user: NewUser) -> Result<String, Refusal> {
        let nameless = user.external_user_id.trim().is_empty().then(|| "externalUserId should not be empty.".to_owned());
        let sentences = nameless.into_iter().chain(wrong_countries(&[("country", &user.country)]));
        Refusal::unless_empty(sentences.collect())?;
        let person = Person {
            email: "ada@example.com".to_owned(),
            phone: Some("37060000000".to_owned()),
            first_name: "Ada".to_owned(),
            last_name: "Example".to_owned(),
            address: Address::OneLine("Sample Street 1".to_owned()),
            city: "Vilnius".to_owned(),
            post_code: Some("01001".to_owned()),
            citizenship: Some(user.country.clone()),
            country: user.country,
            nationality: None,
            document_type: Some(DocumentType::Passport),
            document_number: Some("X0000001".into()),
            pesel: None,
            user_identification_number: None,
            birth_country: None,
            birth_date: None,
        };
        self.add_user(&user.external_user_id, person, Form::Early, if user.limited { Stage::Limited } else { Stage::Active })
    }
}
