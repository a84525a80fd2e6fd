//! One body of each event.

use p100::webhooks::WebhookKind;

pub(crate) const PAYLOADS: &[(WebhookKind, &str)] = &[
    (WebhookKind::UserBalanceGenerated, r#"{"externalUserId":"customer-42","status":"ACTIVE"}"#),
    (WebhookKind::KycFileAdded, r#"{"externalUserId":"customer-42","status":"ADDED"}"#),
    (WebhookKind::PoaVerificationStatus, r#"{"externalUserId":"customer-42","status":"QUESTIONED"}"#),
    (
        WebhookKind::KycVerificationStatus,
        r#"{"externalUserId":"customer-42","verificationStatus":"VERIFIED","attemptStatus":"SUCCESSFUL","rejectionReason":null}"#,
    ),
    (
        WebhookKind::TransferStatus,
        r#"{"id":"t-1","sourceExternalUserId":"customer-42","destinationExternalUserId":null,"amount":35.5,"currency":"usdc",
            "status":"FAILED","createdAt":"2025-08-12T08:10:00.000Z","error":{"description":"no funds","status":"NO_FUNDS"}}"#,
    ),
    (
        WebhookKind::SepaTransferStatus,
        r#"{"id":"s-1","type":"external","amount":"75.20","transferTitle":"Payout 0815","destinationIban":"DE89370400440532013000",
            "receiverFirstName":"Ada","receiverLastName":"Example","status":"SUCCESSFUL","currency":"eur","fee":2,
            "createdAt":"2025-08-12T08:00:00.000Z"}"#,
    ),
    (
        WebhookKind::SepaDepositReceived,
        r#"{"externalUserId":"customer-42","id":"d-1","amount":"120.00","currency":"eur","senderName":"Ada Example",
            "senderIban":"DE89370400440532013000","transferTitle":"Hello","createdAt":"2025-08-13T10:00:00.000Z"}"#,
    ),
    (
        WebhookKind::CryptoWithdrawalStatus,
        r#"{"id":"w-1","amount":20.5,"fee":0.6,"destination":"0x11","status":"SUCCESSFUL","transactionHash":null,
            "currency":{"name":"usdc","network":"polygon"},"createdAt":"2025-08-12T08:05:00.000Z"}"#,
    ),
    (
        WebhookKind::CryptoDepositStatus,
        r#"{"externalUserId":"customer-42","cryptoDepositId":"c-1","amount":0.001,"currency":"eth","status":"WAITING_FOR_TR_DATA",
            "transactionHash":"0x10","createdAt":"2025-03-20T11:34:37.646Z"}"#,
    ),
    (
        WebhookKind::ExchangeStatus,
        r#"{"exchangeId":"e-1","externalUserId":"customer-42","amountFrom":0.5,"amountTo":1481.5,"currencyFrom":"eth",
            "currencyTo":"eur","rate":3000.5,"fee":18.75,"status":"COMPLETED","createdAt":"2025-08-12T08:00:30.000Z"}"#,
    ),
    (
        WebhookKind::CardTransaction,
        r#"{"externalUserId":"customer-42","cardId":"k-1","merchantName":"Example Shop","amount":12.99,"currency":"eur",
            "createdAt":"2025-08-14T18:30:00.000Z"}"#,
    ),
    (
        WebhookKind::Card3dsCode,
        r#"{"externalUserId":"customer-42","cardId":"k-1","code":"482913","merchantName":"Example Shop","amount":12.99}"#,
    ),
    (WebhookKind::CardActivationCode, r#"{"externalUserId":"customer-42","cardId":"k-1","code":"730155"}"#),
    (
        WebhookKind::OrderStatus,
        r#"{"orderId":"o-1","status":"WAITING_FOR_CONFIRMATION","confirmations":4,"requiredConfirmations":12,"receivedAmount":200.5}"#,
    ),
    (
        WebhookKind::PaymentLinkStatus,
        r#"{"paymentLinkId":"p-1","status":"AWAITING_COMPLETION","amount":"49.90","currency":"eur","transactions":[]}"#,
    ),
];
