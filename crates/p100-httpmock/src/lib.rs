//! Typed mocks of the P100 Partner API, one method per operation, on [`httpmock`].
//!
//! ```
//! use p100_httpmock::MockServer;
//! use p100_raw::{Client, types};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! let created = types::TransferCreated::builder().transfer_id("7fb02323-969a-4936-94ea-86b8773ff1a2").build();
//! let mock = server.create_transfer(|_when, then| {
//!     then.created(&created);
//! });
//!
//! let client = Client::new(server.base_url().parse()?, "key")?;
//! let request = types::TransferRequest::from_user("customer-42", 5.into(), "eur");
//! let response = client.create_transfer(&request).await?;
//! assert_eq!(response.transfer_id, created.transfer_id);
//! mock.assert();
//! # Ok(())
//! # }
//! ```
//!
//! Parameter values match literally, whatever characters they contain. Amounts in responses keep all their digits. A request that no
//! mock matches gets status 418, and the error says which calls were expected.
//!
//! `body(..)` compares JSON as `httpmock` does: an amount that travels as a JSON number is compared as a float, so digits beyond the 17th
//! make no difference, and neither do zeros at the end. An amount that travels as a string is compared as text. If the digits matter, look
//! at the bytes: `when.into_inner().is_true(|request| request.body_ref() == expected)`.

#[rustfmt::skip]
mod generated;
mod matching;
mod server;
mod then;
mod when;

pub use generated::*;
pub use httpmock;
pub use server::MockServer;
pub use then::Then;
pub use when::{NoBody, Upload, When};
