//! Receiving one webhook: the token checked, the event recognised, the bytes kept; against reading its payload and nothing else.

use std::hint::black_box;

use p100::raw::Bytes;
use p100::types::{CryptoDepositStatusEvent, DepositStatus};
use p100::webhooks::{Receiver, Verifier, WebhookEvent, testing};
use p100::{Decimal, raw::Timestamp};

use crate::Case;

const TOKEN: &str = "f3b1c8d27a6e4590b1d2c3f4a5968778695a4b3c2d1e0f9e8d7c6b5a49382716";

pub(crate) fn received() -> Case {
    let event = CryptoDepositStatusEvent::builder()
        .external_user_id("bca65c48-df49-4831-a7b2-de7903321581")
        .crypto_deposit_id("7fb02323-969a-4936-94ea-86b8773ff1a2")
        .amount(Decimal::new(12_500_000, 8))
        .currency("eth")
        .status(DepositStatus::Successful)
        .transaction_hash("0x9fc76417374aa880d4449a1f7f31ec597f00b1f6f3dd2d66f4c9c6c445836d8b")
        .created_at(Timestamp::from("2025-08-12T08:10:00.000Z"))
        .build();
    let event = WebhookEvent::CryptoDepositStatus(Box::new(event));
    let delivery = testing::delivery(&event, TOKEN).expect("a delivery");
    let receiver = Receiver::new(Verifier::new(TOKEN).expect("a token"));
    let received = receiver.receive(&delivery.path, &delivery.headers, delivery.body.clone()).expect("an event");
    assert_eq!(received.known(), Some(&event));
    let body: Bytes = delivery.body.clone();
    Case {
        p100: Box::new(move |count| {
            for _ in 0..count {
                let received = receiver.receive(black_box(&delivery.path), &delivery.headers, delivery.body.clone());
                black_box(received.expect("an event"));
            }
        }),
        by_hand: Box::new(move |count| {
            for _ in 0..count {
                black_box(serde_json::from_slice::<CryptoDepositStatusEvent>(black_box(&body)).expect("the payload"));
            }
        }),
    }
}
