//! A payout whose outcome is unknown, and how to find out: `cargo run --example sepa_payout_reconcile`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::raw::operations;
use p100::types::{PartnerSepaTransferRequest, PartyType};
use p100::{Attempt, Currency, Decimal, Iban, Require, Verdict};
use p100_sandbox::{Account, Fault, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    sandbox.fund(&Account::Partner, "eur", Decimal::from(100))?;
    // P100 takes the payout, but the connection ends before its response.
    sandbox.add_fault(Fault::reset(&operations::CREATE_PARTNER_SEPA_TRANSFER).after_effect())?;

    let payout = PartnerSepaTransferRequest::builder()
        .amount(Currency::EUR.check(Decimal::new(7520, 2))?)
        .currency(Currency::EUR)
        .destination_iban(Iban::new("DE89 3704 0044 0532 0130 00")?)
        .transfer_title("Payout 0815")
        .receiver_type(PartyType::Natural)
        .receiver_first_name("Ada")
        .receiver_last_name("Example")
        .build();

    let started_at = sandbox.now(); // elsewhere: Utc::now()
    let error = match client.partner().sepa_transfer(&payout).await {
        Ok(pending) => {
            println!("accepted as {}", pending.id());
            return Ok(());
        }
        Err(error) => error,
    };
    println!("{error}");
    if !error.may_have_taken_effect() {
        println!("nothing happened: fix the request or try again");
        return Ok(());
    }

    // P100 knows no idempotency key, so the payout is not sent again before somebody has looked.
    match client.reconcile(&Attempt::new(&payout, started_at, sandbox.now())).await? {
        Verdict::Candidates(found) => {
            for entry in found.exact {
                // A candidate has amount, currency and time.
                let (amount, currency) = (entry.amount.require("amount")?, entry.currency.require("currency")?);
                println!("probably the payment: {amount} {currency} at {}", entry.created_at.require("createdAt")?);
                println!("its status says whether it moved: {}", entry.status.require("status")?);
            }
        }
        Verdict::NoTrace => println!("no trace yet: look again in some minutes before paying again"),
        unclear => println!("somebody must look: {unclear:?}"),
    }
    Ok(())
}
