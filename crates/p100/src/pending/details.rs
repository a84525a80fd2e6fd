//! What the details of an asynchronous operation have in common.

use crate::types::{self, ProcessingError};
use crate::{Client, Error};

/// Details that report an outcome: of an exchange, a withdrawal, a SEPA transfer, a transfer, an order or a payment link. For these six
/// only.
pub trait Details: sealed::Sealed + Sized + Send {
    /// The status as P100 wrote it.
    fn status(&self) -> &str;

    /// Whether the document does not know this status.
    fn is_unknown_status(&self) -> bool;

    /// Why it failed, if it did and P100 says so.
    fn processing_error(&self) -> Option<&ProcessingError>;

    /// Asks P100 for the details of an id.
    fn get(client: &Client, id: &str) -> impl Future<Output = Result<Self, Error>> + Send;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! details {
    ($($details:ident of $resource:ident $(with $error:ident)?),*) => {$(
        impl sealed::Sealed for types::$details {}

        impl Details for types::$details {
            fn status(&self) -> &str {
                self.status.as_str()
            }

            fn is_unknown_status(&self) -> bool {
                self.status.is_unknown()
            }

            fn processing_error(&self) -> Option<&ProcessingError> {
                None $(.or(self.$error.as_ref()))?
            }

            async fn get(client: &Client, id: &str) -> Result<Self, Error> {
                client.$resource().get(id).await
            }
        }
    )*};
}

details!(
    ExchangeDetails of exchange with error,
    WithdrawalDetails of withdrawals with error,
    SepaTransferDetails of sepa with error,
    TransferDetails of transfers with error,
    OrderDetails of orders,
    PaymentLinkDetails of payment_links
);
