//! Files of users: what may be uploaded, and the identity documents among them.

use p100_raw::types::{self, DocumentType, ErrorCode, KycFileStatus};
use p100_raw::webhooks::WebhookEvent;
use serde::{Deserialize, Serialize};

use super::lifecycle::Cause;
use crate::call::{File, Refusal};
use crate::resources::message;
use crate::schedule::Step;
use crate::world::World;

/// The first bytes of a JPEG, a PNG and a PDF.
const SIGNATURES: [&[u8]; 3] = [b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n", b"%PDF-"];

/// Refuses a file that is too large or of another type. The content determines the type, whatever the part says it is.
pub(super) fn check(file: &File) -> Result<(), Refusal> {
    if file.bytes.len() as u64 > p100::Document::MAX_SIZE {
        Err(Refusal::code(ErrorCode::P440))
    } else if SIGNATURES.iter().any(|signature| file.bytes.starts_with(signature)) {
        Ok(())
    } else {
        Err(Refusal::code(ErrorCode::P426))
    }
}

/// A picture of an identity document, or of its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Picture {
    Front,
    Back,
    Selfie,
}

impl Picture {
    fn of_part(part: &str) -> Option<Self> {
        match part {
            "front" => Some(Self::Front),
            "back" => Some(Self::Back),
            "selfie" => Some(Self::Selfie),
            _ => None,
        }
    }

    /// The pictures that a verification by this document needs. One that nobody has named may be a passport, which has the fewest.
    pub(crate) fn needed(document: Option<&DocumentType>) -> &'static [Self] {
        match document {
            None | Some(DocumentType::Passport) => &[Self::Front, Self::Selfie],
            _ => &[Self::Front, Self::Back, Self::Selfie],
        }
    }
}

impl World {
    pub(crate) fn upload_kyc_files(&mut self, external_user_id: &str, files: &[File]) -> Result<types::MessageResponse, Refusal> {
        let user = self.user_mut(external_user_id)?;
        if user.is_limited() {
            return Err(Refusal::message(400, "A limited user has no KYC."));
        }
        let files: Vec<(Picture, &File)> = files.iter().filter_map(|file| Some((Picture::of_part(&file.part)?, file))).collect();
        if files.is_empty() {
            return Err(Refusal::invalid("At least one of front, back and selfie should not be empty."));
        }
        files.iter().try_for_each(|(_, file)| check(file))?;
        user.pictures.extend(files.iter().map(|(picture, _)| *picture));
        user.advance(Cause::FileGiven);
        for _ in &files {
            self.plan(Step::KycFile, external_user_id);
        }
        Ok(message("The files were received."))
    }

    /// A file of the user is taken in.
    pub(crate) fn look_at_kyc_file(&mut self, external_user_id: &str) {
        if self.user(external_user_id).is_err() {
            return;
        }
        let event = types::KycFileAddedEvent::builder().external_user_id(external_user_id).status(KycFileStatus::Added).build();
        self.emit(&WebhookEvent::KycFileAdded(Box::new(event)));
    }
}
