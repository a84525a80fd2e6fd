//! What the partner says about a user, in the form of either generation of the docs.

use std::fmt;

use p100_raw::Sensitive;
use p100_raw::types::{self, DocumentType};
use serde::{Deserialize, Serialize};

use super::{set, wrong_countries};
use crate::call::Refusal;

/// A user as the partner describes them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) address: Address,
    pub(super) city: String,
    pub(super) post_code: Option<String>,
    pub(super) country: String,
    pub(super) citizenship: Option<String>,
    pub(super) nationality: Option<String>,
    pub(super) document_type: Option<DocumentType>,
    pub(super) document_number: Option<Sensitive>,
    pub(super) pesel: Option<Sensitive>,
    pub(super) user_identification_number: Option<Sensitive>,
    pub(super) birth_country: Option<String>,
    pub(super) birth_date: Option<String>,
}

/// Street and house number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Address {
    OneLine(String),
    StreetAndNumber { street: String, number: String },
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneLine(address) => f.write_str(address),
            Self::StreetAndNumber { street, number } => write!(f, "{street} {number}"),
        }
    }
}

impl Address {
    /// Taken from a request; `None` if it says nothing of one.
    fn read(address: Option<String>, street: Option<String>, number: Option<String>) -> Result<Option<Self>, &'static str> {
        match (address, street, number) {
            (None, None, None) => Ok(None),
            (Some(address), None, None) => Ok(Some(Self::OneLine(address))),
            (None, Some(street), Some(number)) => Ok(Some(Self::StreetAndNumber { street, number })),
            (None, Some(_), None) => Err("number should not be empty."),
            (None, None, Some(_)) => Err("street should not be empty."),
            (Some(_), ..) => Err("address must not be given with street or number."),
        }
    }
}

/// In which form a user was created: a user of the later one gets balances with the verification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Form {
    /// Of July 2025, with the address in one line and an identity document.
    #[default]
    Early,
    /// Of February 2026, with street and number.
    Late,
}

impl Person {
    /// The person of a request and its form; refused with a sentence for each failure.
    pub(super) fn of(request: types::CreateUserRequest) -> Result<(Self, Form), Refusal> {
        let mut sentences = Vec::new();
        let address = Address::read(request.address, request.street, request.number);
        let form = match &address {
            Ok(Some(Address::StreetAndNumber { .. })) => Form::Late,
            Ok(Some(Address::OneLine(_))) => {
                for (member, given) in
                    [("documentType", request.document_type.is_some()), ("documentNumber", request.document_number.is_some())]
                {
                    if !given {
                        sentences.push(format!("{member} should not be empty."));
                    }
                }
                Form::Early
            }
            Ok(None) => {
                sentences.push("address, or street and number, should not be empty.".to_owned());
                Form::Early
            }
            Err(sentence) => {
                sentences.push((*sentence).to_owned());
                Form::Late
            }
        };
        if form == Form::Late && request.has_accepted_p100_tc == Some(false) {
            sentences.push("hasAcceptedP100Tc must be true.".to_owned());
        }
        let codes = [
            ("country", Some(&request.country)),
            ("citizenship", Some(&request.citizenship)),
            ("nationality", request.nationality.as_ref()),
            ("birthCountry", request.birth_country.as_ref()),
        ];
        let codes: Vec<(&str, &str)> = codes.into_iter().filter_map(|(member, code)| Some((member, code?.as_str()))).collect();
        sentences.extend(wrong_countries(&codes));
        let (true, Ok(Some(address))) = (sentences.is_empty(), address) else { return Err(sentences.into()) };
        let person = Self {
            email: request.email,
            phone: Some(request.phone),
            first_name: request.first_name,
            last_name: request.last_name,
            address,
            city: request.city,
            post_code: Some(request.post_code),
            country: request.country,
            citizenship: Some(request.citizenship),
            nationality: request.nationality,
            document_type: request.document_type,
            document_number: request.document_number,
            pesel: None,
            user_identification_number: request.user_identification_number,
            birth_country: request.birth_country,
            birth_date: request.birth_date,
        };
        Ok((person, form))
    }

    /// The person of a limited user.
    pub(super) fn limited(request: types::CreateLimitedUserRequest) -> Self {
        Self {
            email: request.email,
            phone: None,
            first_name: request.first_name,
            last_name: request.last_name,
            address: Address::OneLine(request.address),
            city: request.city,
            post_code: None,
            country: request.country,
            citizenship: None,
            nationality: None,
            document_type: Some(request.document_type),
            document_number: Some(request.document_number),
            pesel: request.pesel,
            user_identification_number: None,
            birth_country: Some(request.birth_country),
            birth_date: Some(request.birth_date),
        }
    }

    /// Takes over what is given.
    pub(super) fn update(&mut self, request: types::UpdateUserRequest) -> Result<(), Refusal> {
        let codes = [("country", request.country.as_ref()), ("citizenship", request.citizenship.as_ref())];
        let given: Vec<(&str, &str)> = codes.into_iter().filter_map(|(member, code)| Some((member, code?.as_str()))).collect();
        let mut sentences = wrong_countries(&given);
        let address = Address::read(request.address, request.street, request.number);
        let address = address.unwrap_or_else(|sentence| {
            sentences.push(sentence.to_owned());
            None
        });
        Refusal::unless_empty(sentences)?;
        set(&mut self.address, address);
        set(&mut self.email, request.email);
        set(&mut self.first_name, request.first_name);
        set(&mut self.last_name, request.last_name);
        set(&mut self.city, request.city);
        set(&mut self.country, request.country);
        set(&mut self.phone, request.phone.map(Some));
        set(&mut self.post_code, request.post_code.map(Some));
        set(&mut self.citizenship, request.citizenship.map(Some));
        self.set_document(request.document_type, request.document_number);
        Ok(())
    }

    /// Names the document that is verified.
    pub(super) fn set_document(&mut self, document_type: Option<DocumentType>, document_number: Option<Sensitive>) {
        set(&mut self.document_type, document_type.map(Some));
        set(&mut self.document_number, document_number.map(Some));
    }

    /// As the details of payments show them. A document that is not known has empty texts: the members must be there.
    pub(super) fn summary(&self, external_user_id: &str) -> types::UserSummary {
        types::UserSummary::builder()
            .external_user_id(external_user_id)
            .email(&self.email)
            .first_name(&self.first_name)
            .last_name(&self.last_name)
            .address(self.address.to_string())
            .city(&self.city)
            .country(&self.country)
            .document_type(self.document_type.as_ref().map_or_else(String::new, |document| document.as_str().to_lowercase()))
            .document_number(self.document_number.clone().unwrap_or_else(|| "".into()))
            .maybe_pesel(self.pesel.clone())
            .maybe_birth_country(self.birth_country.clone())
            .maybe_birth_date(self.birth_date.clone())
            .build()
    }
}
