//! A user pays in by SEPA and out again to the same account, as partners on level 1 do it: `cargo run --example user_sepa`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{SepaContactStatus, SepaTransferRequest};
use p100::{Currency, Decimal, Iban, Progress, Require, WaitPolicy};
use p100_sandbox::control::{NewUser, ReferencedSepaDeposit};
use p100_sandbox::{Sandbox, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut settings = Settings::default();
    settings.sepa_level = 1;
    let sandbox = Sandbox::builder().settings(settings).start().await?;
    sandbox.add_user(NewUser::new("customer-42"))?;
    let client = sandbox.client();

    // Show the user where to pay in. Only a transfer with exactly this title is matched.
    let info = client.sepa().deposit_info("customer-42").await?;
    let title = info.title.require("title")?;
    println!("pay to {} of {}, title {title}", info.iban.require("iban")?, info.account_holder.require("accountHolder")?);

    // The bank transfer arrives. The event ibanStatus shows whether its sender is the user.
    let iban = Iban::new("DE89 3704 0044 0532 0130 00")?;
    sandbox.receive_referenced_sepa_deposit(
        ReferencedSepaDeposit::builder()
            .amount(Decimal::from(120))
            .sender_name(sandbox.overview().users[0].name.clone())
            .sender_iban(iban.as_str())
            .transfer_title(title)
            .build(),
    )?;
    let contacts = client.sepa().contacts("customer-42").await?.contacts.require("contacts")?;
    let is_approved = contacts
        .iter()
        .any(|contact| contact.iban.as_deref() == Some(iban.as_str()) && contact.status == Some(SepaContactStatus::Approved));
    println!("the account may be paid out to: {is_approved}");

    // On level 1 nobody is named: the money goes back to where it came from.
    let payout = SepaTransferRequest::builder()
        .source_external_user_id("customer-42")
        .amount(Currency::EUR.check(Decimal::new(5000, 2))?)
        .currency(Currency::EUR)
        .destination_iban(&iban)
        .transfer_title("Payout 0818")
        .build();
    let pending = client.sepa().create(&payout).await?;
    match pending.wait(WaitPolicy::default()).await? {
        Progress::Succeeded(transfer) => {
            let (amount, currency) = (transfer.amount.require("amount")?, transfer.currency.require("currency")?);
            println!("paid out {amount} {currency}, fee {}", transfer.fee.require("fee")?);
        }
        Progress::Failed(transfer) => println!("not paid out: {:?}", transfer.error),
        Progress::InProgress(transfer) => println!("still {}: ask again later for {}", transfer.status, pending.id()),
    }
    Ok(())
}
