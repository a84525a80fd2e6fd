//! Internal transfers that name exactly one user, as P100 wants them.

use crate::types::TransferRequest;
use crate::{Currency, Decimal, ExternalUserId};

impl TransferRequest {
    /// The partner pays `user`.
    ///
    /// ```
    /// use p100_raw::{Decimal, types::TransferRequest};
    ///
    /// let request = TransferRequest::to_user("customer-42", Decimal::new(1250, 2), "eur");
    /// assert!(request.source_external_user_id.is_none());
    /// ```
    #[must_use]
    pub fn to_user(user: impl Into<ExternalUserId>, amount: Decimal, currency: impl Into<Currency>) -> Self {
        Self::builder().destination_external_user_id(user).amount(amount).currency(currency).build()
    }

    /// `user` pays the partner.
    #[must_use]
    pub fn from_user(user: impl Into<ExternalUserId>, amount: Decimal, currency: impl Into<Currency>) -> Self {
        Self::builder().source_external_user_id(user).amount(amount).currency(currency).build()
    }
}
