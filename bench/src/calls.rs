//! One GET and one POST over a kept-alive connection.

use std::hint::black_box;
use std::net::SocketAddr;

use p100::{Client, Decimal, types};
use tokio::runtime::{Builder, Runtime};

use crate::{Case, by_hand};

const KEY: &str = "9d1f6c3b5a7e4f20b8c6d4e2f0a19375";
const USER: &str = "bca65c48-df49-4831-a7b2-de7903321581";

pub(crate) fn get_rates(server: SocketAddr) -> Case {
    let (client, http) = (client(server), by_hand::Client::new(server, KEY));
    let (ours, theirs) = (runtime(), runtime());
    let p100 = ours.block_on(client.exchange().rates()).expect("rates");
    let by_hand = theirs.block_on(http.get_rates()).expect("rates");
    let text: Vec<_> = p100.iter().map(|(slug, rate)| (slug.clone(), rate.to_string())).collect();
    assert_eq!(text, by_hand.0.into_iter().map(|(slug, rate)| (slug, rate.0)).collect::<Vec<_>>());
    Case {
        p100: Box::new(move |count| {
            ours.block_on(async {
                for _ in 0..count {
                    black_box(client.exchange().rates().await.expect("rates"));
                }
            });
        }),
        by_hand: Box::new(move |count| {
            theirs.block_on(async {
                for _ in 0..count {
                    black_box(http.get_rates().await.expect("rates"));
                }
            });
        }),
    }
}

pub(crate) fn create_transfer(server: SocketAddr) -> Case {
    let (client, http) = (client(server), by_hand::Client::new(server, KEY));
    let (ours, theirs) = (runtime(), runtime());
    let p100 = ours.block_on(client.transfers().create(&request())).expect("a transfer");
    let by_hand = theirs.block_on(http.create_transfer(&request_by_hand())).expect("a transfer");
    assert_eq!(p100.id(), by_hand.transfer_id);
    Case {
        p100: Box::new(move |count| {
            ours.block_on(async {
                for _ in 0..count {
                    drop(black_box(client.transfers().create(&request()).await.expect("a transfer")));
                }
            });
        }),
        by_hand: Box::new(move |count| {
            theirs.block_on(async {
                for _ in 0..count {
                    black_box(http.create_transfer(&request_by_hand()).await.expect("a transfer"));
                }
            });
        }),
    }
}

fn request() -> types::TransferRequest {
    types::TransferRequest::to_user(USER, black_box(Decimal::new(3550, 2)), "eur")
}

fn request_by_hand() -> by_hand::TransferRequest {
    by_hand::TransferRequest {
        source_external_user_id: None,
        destination_external_user_id: Some(USER.to_owned()),
        amount: black_box("35.50").to_owned(),
        currency: "eur".to_owned(),
    }
}

fn client(server: SocketAddr) -> Client {
    Client::builder().base_url(format!("http://{server}")).api_key(KEY).build().expect("a client")
}

/// One thread each, so that instructions and allocations of a call can be distinguished from those of the server.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
