//! Identification of users.

use crate::raw::operations;
use crate::{Client, Error, ExternalUserId, VerificationId, types};

/// Identification of users: [`Client::kyc`]. Either upload the documents and start the verification, or send the user to P100's page.
///
/// If a start or a session [may have taken effect](Error::may_have_taken_effect), check with [`status`](Self::status). The id of a session comes
/// with the response only, so without it the user needs a new one.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::types::UserVerificationRequest;
/// use p100::{Document, KycFiles};
///
/// let files = KycFiles::passport(Document::from_path("passport.png")?, Document::from_path("selfie.jpg")?);
/// client.kyc().upload_files("customer-42", files).await?;
/// client.kyc().start_verification(&UserVerificationRequest::builder().external_user_id("customer-42").build()).await?;
/// let status = client.kyc().status("customer-42").await?;
/// println!("{status:?}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Kyc(pub(crate) Client);

impl Kyc {
    /// Uploads photos of a user's document, all at once or one by one: checked ones ([`KycFiles`](crate::KycFiles)) or any. It may take as
    /// long as [`call_timeout`](crate::ClientBuilder::call_timeout) says; attempts of uploads have no limit of their own.
    ///
    /// Operation [`uploadKycFiles`](crate::raw::Client::upload_kyc_files).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn upload_files(
        self,
        external_user_id: impl Into<ExternalUserId>,
        files: impl Into<types::KycFilesForm>,
    ) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().upload_kyc_files(&external_user_id.into(), files.into()).await?.into_inner())
    }

    /// Uploads a user's proof of address: one to three files in one call, checked ones ([`PoaFiles`](crate::PoaFiles)) or any. A response
    /// with the code `P211` says that an earlier proof is still being checked; it is no error. It may take as long as
    /// [`call_timeout`](crate::ClientBuilder::call_timeout) says; attempts of uploads have no limit of their own.
    ///
    /// Operation [`uploadPoaFiles`](crate::raw::Client::upload_poa_files).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn upload_proof_of_address(
        self,
        external_user_id: impl Into<ExternalUserId>,
        files: impl Into<types::PoaFilesForm>,
    ) -> Result<types::PoaFilesResult, Error> {
        Ok(self.0.raw().upload_poa_files(&external_user_id.into(), files.into()).await?.into_inner())
    }

    /// The address of P100's page of a session: where to send the user's browser. It needs no key and works once, so do not open it
    /// yourself. Nothing is sent.
    ///
    /// # Errors
    /// One of the ids is empty or a dot segment.
    pub fn page_url(
        self,
        external_user_id: impl Into<ExternalUserId>,
        verification_id: impl Into<VerificationId>,
    ) -> Result<String, Error> {
        let (user, verification) = (external_user_id.into(), verification_id.into());
        let parameters = [("externalUserId", user.as_str()), ("verificationId", verification.as_str())];
        self.0.raw().url(&operations::OPEN_KYC_PAGE, &parameters)
    }
}
