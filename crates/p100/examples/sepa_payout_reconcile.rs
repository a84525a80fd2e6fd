//! A payout whose fate is unknown, and how to find out: `cargo run --example sepa_payout_reconcile`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::chrono::Utc;
use p100::types::{PartnerSepaTransferRequest, PartyType, Transaction, TransactionHistory, TransactionStatus, TransactionType};
use p100::{Attempt, Client, Currency, Decimal, Iban, Verdict};
use p100_httpmock::MockServer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = mocked().await;
    let client = Client::builder().base_url(server.base_url()).api_key("any").build()?;

    let payout = PartnerSepaTransferRequest::builder()
        .amount(Currency::EUR.check(Decimal::new(7520, 2))?)
        .currency(Currency::EUR)
        .destination_iban(Iban::new("DE89 3704 0044 0532 0130 00")?)
        .transfer_title("Payout 0815")
        .receiver_type(PartyType::Natural)
        .receiver_first_name("Ada")
        .receiver_last_name("Example")
        .build();

    let started_at = Utc::now();
    let error = match client.partner().sepa_transfer(&payout).await {
        Ok(pending) => {
            println!("accepted as {}", pending.id());
            return Ok(());
        }
        Err(error) => error,
    };
    println!("{error}");
    if !error.may_have_taken_effect() {
        println!("nothing happened: mend the request or try again");
        return Ok(());
    }

    // P100 knows no idempotency key, so the payout is not sent again before somebody has looked.
    match client.reconcile(&Attempt::new(&payout, started_at, Utc::now())).await? {
        Verdict::Candidates(found) => {
            for entry in found {
                println!("probably paid: {} {} {} at {}, {}", entry.type_, entry.amount, entry.currency, entry.created_at, entry.status);
            }
        }
        Verdict::Unclear(found) => println!("somebody must look: {found:?}"),
        Verdict::NoTrace => println!("no trace yet: look again in some minutes before paying again"),
    }
    Ok(())
}

/// P100 takes the payout, but the answer is lost behind a gateway.
async fn mocked() -> MockServer {
    let server = MockServer::start_async().await;
    server.create_partner_sepa_transfer(|_, then| {
        then.into_inner().status(504).body("<html>Gateway Timeout</html>");
    });
    let entry = Transaction::builder()
        .type_(TransactionType::from("sepa"))
        .amount(Decimal::new(7520, 2))
        .currency("eur")
        .status(TransactionStatus::from("PROCESSING"))
        .created_at(Utc::now())
        .build();
    server.get_partner_transactions(|_, then| {
        then.ok(&TransactionHistory::builder().transactions(vec![entry]).build());
    });
    server
}
