//! The other side of `cargo xtask bench load`:
//!
//! ```text
//! load bare                   prints an address, and responds there as an axum handler that does nothing else, until its standard input ends
//! load users ADDRESS COUNT    creates so many users in the sandbox at ADDRESS
//! ```
#![allow(clippy::print_stdout, reason = "this is a command-line program")]

use std::env;
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::routing::{get, post};
use axum::{Json, Router};
use p100::Client;
use p100::types::{CreateUserRequest, DocumentType, ExchangeRates, TransferCreated, TransferRequest};
use tokio::net::TcpListener;

/// Calls under way at once.
const CALLERS: usize = 32;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bare"] => bare().await,
        ["users", address, count] => users(address, count.parse()?).await,
        _ => Err("load bare | users ADDRESS COUNT".into()),
    }
}

/// What the sandbox returns, without a state, a key or a check.
async fn bare() -> Result<(), Box<dyn Error + Send + Sync>> {
    let rates: ExchangeRates =
        serde_json::from_str(r#"{"btc":90000.25,"doge":0.1523,"eth":3000.5,"eur":1,"ltc":74.31,"pol":0.21,"usdc":0.87,"usdt":0.8693}"#)?;
    let transfer = |Json(_): Json<TransferRequest>| async {
        (axum::http::StatusCode::CREATED, Json(TransferCreated::builder().transfer_id("7fb02323-969a-4936-94ea-86b8773ff1a2").build()))
    };
    let app =
        Router::new().route("/v1/exchange/get-rate", get(move || async move { Json(rates.clone()) })).route("/v1/transfer", post(transfer));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}

async fn users(address: &str, count: usize) -> Result<(), Box<dyn Error + Send + Sync>> {
    let client = Client::builder().base_url(format!("http://{address}")).api_key("sandbox-key").build()?;
    let next = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (client, next) = (client.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return Ok::<_, p100::Error>(());
                    }
                    client.users().create(&user(number)).await?;
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await??;
    }
    println!("{count} users");
    Ok(())
}

fn user(number: usize) -> CreateUserRequest {
    CreateUserRequest::builder()
        .external_user_id(format!("user-{number}"))
        .email(format!("user-{number}@example.com"))
        .phone("37060000000")
        .first_name("Ada")
        .last_name("Example")
        .address("Sample Street 1")
        .city("Vilnius")
        .post_code("01001")
        .country("LT")
        .citizenship("LT")
        .document_type(DocumentType::Passport)
        .document_number(format!("X{number:07}"))
        .build()
}
