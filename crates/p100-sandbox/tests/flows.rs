//! Whole stories of an integration, with a receiver of webhooks that is one: what is asked, what is reported, and who holds what in the
//! end.

mod partner;

use std::time::Duration;

use p100::raw::operations;
use p100::types::{
    CardStatus, CreateCardRequest, DocumentType, ErrorCode, ExchangeRequest, FiatBalanceStatus, KycAttemptStatus, KycVerificationLevel,
    OrderLockRequest, PartnerSepaTransferRequest, PartyType, PoaStatus, SepaContactStatus, SepaTransferRequest, TransferRequest,
    TravelRuleDetails, TravelRuleRequest, TravelRuleWalletType, UpdateCardLimitsRequest, UpdateCardPinRequest, UserVerificationRequest,
    WalletType, WithdrawalRequest,
};
use p100::{Attempt, Currency, Decimal, Iban, KycFiles, PoaFiles, Progress, Verdict, WaitPolicy};
use p100_sandbox::control::{CardChannel, CardConfirmation, CardTransaction, CryptoDeposit, KycDecision, NewUser, ReferencedSepaDeposit};
use p100_sandbox::{Account, DeliveryState, Fault, Settings, Step, When};

use crate::money::{USER, amount, fees, fund, holdings, refused_without_code, user};
use crate::users::{jpeg, later_request, limited, refusal, request};
use partner::{Partner, status_of};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const WALLET: &str = "0x1111111111111111111111111111111111111111";

fn steps(steps: &[(Step, When)]) -> Settings {
    let mut settings = Settings::default();
    settings.steps = steps.iter().copied().collect();
    settings
}

/// The partner with one verified user and these funds of the partner's own.
async fn with_user(settings: Settings, funds: &str) -> Partner {
    let partner = Partner::start(settings).await;
    partner.sandbox.add_user(NewUser::new(USER)).unwrap();
    fund(&partner.sandbox, &Account::Partner, funds);
    partner
}

#[tokio::test]
async fn own_files_and_a_questioned_proof_of_address_lead_to_an_account_with_an_iban() {
    let mut partner = Partner::start(steps(&[(Step::PoaReview, When::ByHand)])).await;
    let client = partner.client();
    let mut ada = request(USER, "MD");
    ada.document_type = Some(DocumentType::IdCard);
    assert_eq!(client.users().create(&ada).await.unwrap().poa_required, Some(true));
    client.kyc().upload_files(USER, KycFiles::id_card(jpeg(), jpeg(), jpeg())).await.unwrap();
    assert_eq!(partner.reported().await, ["kycFileAdded ADDED"; 3]);

    let proof = || PoaFiles::new([jpeg(), jpeg()]).unwrap();
    client.kyc().upload_proof_of_address(USER, proof()).await.unwrap();
    assert_eq!(partner.reported().await, ["poaVerificationStatus WAITING"]);
    let pending = client.kyc().upload_proof_of_address(USER, proof()).await.unwrap();
    assert_eq!(pending.error_code, Some(ErrorCode::P211), "one is under review");
    partner.sandbox.decide_poa(USER, PoaStatus::Questioned).unwrap();
    client.kyc().upload_proof_of_address(USER, proof()).await.unwrap();
    partner.sandbox.decide_poa(USER, PoaStatus::Approved).unwrap();
    let expected = ["poaVerificationStatus QUESTIONED", "poaVerificationStatus WAITING", "poaVerificationStatus APPROVED"];
    assert_eq!(partner.reported().await, expected);
    let error = client.kyc().upload_proof_of_address(USER, proof()).await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::P447), "it is verified");

    let [eur] = &client.users().balances(USER).await.unwrap().fiat_balances.unwrap()[..] else { panic!("one fiat balance") };
    assert_eq!((&eur.status, &eur.iban), (&Some(FiatBalanceStatus::WaitingToBeActivated), &None));
    client.kyc().start_verification(&UserVerificationRequest::builder().external_user_id(USER).build()).await.unwrap();
    let expected = [
        "kycVerificationStatus PENDING NOT_VERIFIED",
        "kycVerificationStatus VERIFICATION NOT_VERIFIED",
        "kycVerificationStatus SUCCESSFUL VERIFIED",
        "userBalanceGenerated ACTIVE",
    ];
    assert_eq!(partner.reported().await, expected);
    let [eur] = &client.users().balances(USER).await.unwrap().fiat_balances.unwrap()[..] else { panic!("one fiat balance") };
    assert_eq!((&eur.status, eur.amount), (&Some(FiatBalanceStatus::Active), Decimal::ZERO));
    Iban::new(eur.iban.as_deref().unwrap()).unwrap();
}

#[tokio::test]
async fn a_rejected_hosted_kyc_is_begun_anew_and_passed() {
    let mut partner = Partner::start(Settings::default()).await;
    let client = partner.client();
    client.users().create(&request(USER, "LT")).await.unwrap();
    let mut reported = Vec::new();
    for approve in [false, true] {
        let session = client.kyc().create_session(&crate::kyc::session(USER)).await.unwrap().verification_id;
        // The user's browser opens the page: it has no key.
        let page = client.kyc().page_url(USER, &session).unwrap();
        let response = crate::http().get(page).send().await.unwrap();
        assert!(response.status().is_success() && response.text().await.unwrap().contains("<form"));
        let reason = (!approve).then(|| "DOCUMENT_EXPIRED".to_owned());
        partner.sandbox.decide_kyc_session(&session, KycDecision::builder().approve(approve).maybe_reason(reason).build()).unwrap();
        let status = client.kyc().status(USER).await.unwrap();
        let expected = match approve {
            false => (Some(KycVerificationLevel::NotVerified), KycAttemptStatus::RejectedByProvider, Some("DOCUMENT_EXPIRED")),
            true => (Some(KycVerificationLevel::Verified), KycAttemptStatus::Successful, None),
        };
        assert_eq!((status.verification_status, status.attempt_status, status.rejection_reason.as_deref()), expected);
        reported.extend(partner.reported().await);
    }
    let expected = [
        "kycVerificationStatus PENDING NOT_VERIFIED",
        "kycVerificationStatus VERIFICATION NOT_VERIFIED",
        "kycVerificationStatus REJECTED_BY_PROVIDER NOT_VERIFIED DOCUMENT_EXPIRED",
        "kycVerificationStatus PENDING NOT_VERIFIED",
        "kycVerificationStatus VERIFICATION NOT_VERIFIED",
        "kycVerificationStatus SUCCESSFUL VERIFIED",
    ];
    assert_eq!(reported, expected);
    let status = async || client.users().balances(USER).await.unwrap().fiat_balances.as_ref().unwrap()[0].status.clone();
    assert_eq!(status().await, Some(FiatBalanceStatus::WaitingToBeActivated), "that is the partner's to start");
    client.kyc().start_verification(&UserVerificationRequest::builder().external_user_id(USER).build()).await.unwrap();
    assert_eq!(partner.reported().await, ["userBalanceGenerated ACTIVE"]);
    assert_eq!(status().await, Some(FiatBalanceStatus::Active));
}

#[tokio::test]
async fn a_limited_user_receives_pays_and_withdraws_crypto_and_nothing_else() {
    let mut partner = Partner::start(Settings::default()).await;
    let client = partner.client();
    let created = client.users().create_limited(&limited(USER)).await.unwrap();
    for balance in created.balances.as_ref().unwrap() {
        assert_eq!(balance.wallet.is_some(), balance.name != "eur", "{}", balance.name);
    }
    let deposit = CryptoDeposit::builder().account(user()).currency("usdc").amount(amount("25.5")).build();
    partner.sandbox.receive_crypto_deposit(deposit).unwrap();
    let transfer = TransferRequest::from_user(USER, amount("20.5"), "usdc");
    let transfer = client.transfers().create(&transfer).await.unwrap().wait(WaitPolicy::default()).await.unwrap();
    assert!(matches!(transfer, Progress::Succeeded(_)), "{transfer:?}");
    let withdrawal = WithdrawalRequest::builder().source_external_user_id(USER).currency("usdc").amount(amount("4")).wallet_address(WALLET);
    let withdrawal = withdrawal.network("POLYGON").name("Ada Example").wallet_type(WalletType::NonCustodial);
    let withdrawal = withdrawal.receiver_type(PartyType::Natural).build();
    let withdrawal = client.withdrawals().create(&withdrawal).await.unwrap().wait(WaitPolicy::default()).await.unwrap();
    assert!(matches!(withdrawal, Progress::Succeeded(_)), "{withdrawal:?}");

    let expected = [
        "cryptoDepositStatus WAITING_FOR_VERIFICATION 25.5 usdc",
        "cryptoDepositStatus SUCCESSFUL 25.5 usdc",
        "transferStatus SUCCESSFUL 20.5 usdc",
        "cryptoWithdrawalStatus PROCESSING 4",
        "cryptoWithdrawalStatus SUCCESSFUL 4",
    ];
    assert_eq!(partner.reported().await, expected);
    assert_eq!(holdings(&partner.sandbox, &user()).await, "0.48 usdc");
    assert_eq!(holdings(&partner.sandbox, &Account::Partner).await, "20.5 usdc");
    assert_eq!(fees(&partner.sandbox, "usdc"), amount("0.5"));

    assert_eq!(refusal(client.kyc().status(USER).await).1, "P459");
    let card = CreateCardRequest::builder().external_user_id(USER).label("Shopping").pin("1234").build();
    assert_eq!(refusal(client.cards().create(&card).await).1, "P459");
    let balances = client.users().balances(USER).await.unwrap();
    assert_eq!((balances.fiat_balances.as_ref().unwrap()[0].iban.as_ref(), balances.poa_required), (None, None));
}

#[tokio::test]
async fn a_funded_user_exchanges_at_a_locked_rate_and_not_at_an_expired_one() {
    let mut partner = with_user(steps(&[(Step::Exchange, When::AfterReads(2))]), "0.5 eth").await;
    let client = partner.client();
    let transfer = TransferRequest::to_user(USER, amount("0.5"), "eth");
    let _ = client.transfers().create(&transfer).await.unwrap();

    let lock = client.exchange().lock_rate(USER).await.unwrap();
    let pending = lock.exchange(amount("0.2"), "eth", "eur").await.unwrap();
    assert_eq!(holdings(&partner.sandbox, &user()).await, "0.5 eth", "accepted is not done");
    let policy = WaitPolicy::default().first_wait(Duration::from_millis(1));
    let progress = pending.wait(policy).await.unwrap();
    let Progress::Succeeded(exchange) = &progress else { panic!("{progress:?}") };
    // 1.49 % of 0.2 eth, and 0.19702 eth at 3000.5.
    assert_eq!(
        (exchange.amount_from, exchange.amount_to, exchange.rate),
        (Some(amount("0.2")), Some(amount("591.15")), Some(amount("3000.5")))
    );
    assert_eq!(holdings(&partner.sandbox, &user()).await, "591.15 eur, 0.3 eth");
    assert_eq!(fees(&partner.sandbox, "eth"), amount("0.00298"));
    assert_eq!(partner.reported().await, ["transferStatus SUCCESSFUL 0.5 eth", "exchangeStatus COMPLETED"]);

    let late = client.exchange().lock_rate(USER).await.unwrap();
    partner.sandbox.advance(Duration::from_secs(61)).await;
    // The time of the sandbox passes, not that of this machine: so it is P100 that refuses it.
    let error = late.exchange(amount("0.1"), "eth", "eur").await.unwrap_err();
    assert_eq!(refused_without_code(&error).0, 400);
    assert!(!late.is_expired());
    let request = ExchangeRequest::builder().source_external_user_id(USER).lock_id(late.id()).amount(amount("0.1"));
    let error = client.exchange().create(&request.currency_from("eth").currency_to("eur").build()).await.unwrap_err();
    assert_eq!(refused_without_code(&error).0, 400);
    assert!(error.may_have_taken_effect(), "no page states the code of an expired lock, so this is no certain refusal");
    assert_eq!(holdings(&partner.sandbox, &user()).await, "591.15 eur, 0.3 eth");
    assert_eq!(partner.reported().await, [""; 0]);
}

#[tokio::test]
async fn a_payout_without_a_response_is_looked_up_and_paid_once() {
    for takes_effect in [true, false] {
        let settings = steps(&[(Step::SepaTransfer, When::AfterTime(Duration::from_secs(30)))]);
        let mut partner = Partner::start(settings).await;
        fund(&partner.sandbox, &Account::Partner, "100 eur");
        let client = partner.client();
        let fault = Fault::reset(&operations::CREATE_PARTNER_SEPA_TRANSFER);
        partner.sandbox.add_fault(if takes_effect { fault.after_effect() } else { fault }).unwrap();
        let payout = PartnerSepaTransferRequest::builder().amount(amount("75.20")).currency("eur");
        let payout = payout
            .destination_iban(Iban::new("DE89370400440532013000").unwrap())
            .transfer_title("Payout 0815")
            .receiver_type(PartyType::Natural);
        let payout = payout.receiver_first_name("Ada").receiver_last_name("Example").build();

        let started_at = partner.sandbox.now();
        let error = client.partner().sepa_transfer(&payout).await.unwrap_err();
        assert!(error.may_have_taken_effect(), "{error}");
        let attempt = Attempt::new(&payout, started_at, partner.sandbox.now());
        match client.reconcile(&attempt).await.unwrap() {
            Verdict::Candidates(found) if takes_effect => {
                let [found] = &found.exact[..] else { panic!("one: {found:?}") };
                assert_eq!(
                    (found.amount, found.currency.as_deref().unwrap(), found.status.as_ref().unwrap().as_str()),
                    (Some(amount("75.2")), "eur", "PROCESSING")
                );
            }
            Verdict::NoTrace if !takes_effect => {
                assert_eq!(holdings(&partner.sandbox, &Account::Partner).await, "100 eur");
                // Later there is still none, so it is paid again.
                partner.sandbox.advance(Duration::from_secs(600)).await;
                assert_eq!(client.reconcile(&attempt).await.unwrap(), Verdict::NoTrace);
                let _ = client.partner().sepa_transfer(&payout).await.unwrap();
            }
            other => panic!("{takes_effect}: {other:?}"),
        }
        assert_eq!(partner.reported().await, [""; 0]);
        partner.sandbox.advance(Duration::from_secs(30)).await;
        assert_eq!(partner.reported().await, ["sepaTransferStatus SUCCESSFUL 75.20 eur"], "once");
        assert_eq!(holdings(&partner.sandbox, &Account::Partner).await, "23.8 eur");
        assert_eq!(fees(&partner.sandbox, "eur"), Decimal::ONE);
    }
}

#[tokio::test]
async fn a_deposit_waits_for_the_name_of_its_sender() {
    let mut partner = with_user(steps(&[(Step::DepositCheck, When::AfterTime(Duration::from_secs(600)))]), "1 eur").await;
    let client = partner.client();
    let deposit = CryptoDeposit::builder().account(user()).currency("btc").amount(amount("0.015")).travel_rule(true).build();
    partner.sandbox.receive_crypto_deposit(deposit).unwrap();
    partner.sandbox.advance(Duration::from_secs(600)).await;
    let events = partner.events().await;
    let statuses: Vec<_> = events.iter().map(status_of).collect();
    assert_eq!(statuses, ["WAITING_FOR_VERIFICATION", "WAITING_FOR_TR_DATA"]);
    assert_eq!(holdings(&partner.sandbox, &user()).await, "");

    // All that the partner knows is what the event says.
    let Some(p100::webhooks::WebhookEvent::CryptoDepositStatus(held)) = events[1].known() else { panic!("{events:?}") };
    assert_eq!((held.external_user_id.as_deref(), held.amount), (Some(USER), Some(amount("0.015"))));
    let own = TravelRuleDetails::builder().i_am_owner_of_wallet(true).first_name("Eva").last_name("Sample").build();
    let sender = TravelRuleRequest::builder().wallet_type(TravelRuleWalletType::SelfCustody).external_user_id(USER).details(own).build();
    client.deposits().update_travel_rule(&held.crypto_deposit_id, &sender).await.unwrap();
    assert_eq!(partner.reported().await, ["cryptoDepositStatus SUCCESSFUL 0.015 btc"]);
    assert_eq!(holdings(&partner.sandbox, &user()).await, "0.015 btc");
}

#[tokio::test]
async fn a_card_is_issued_limited_used_blocked_and_deleted_and_another_has_to_wait() {
    let mut partner = with_user(Settings::default(), "1 eur").await;
    let client = partner.client();
    fund(&partner.sandbox, &user(), "100 eur");
    let request = || CreateCardRequest::builder().external_user_id(USER).label("Shopping").pin("1234").build();
    let card = client.cards().create(&request()).await.unwrap().card_id;
    let pay = |amount: Decimal, channel| {
        let payment = CardTransaction::builder().merchant_name("Example Shop").amount(amount).channel(channel).build();
        partner.sandbox.make_card_transaction(&card, payment).map_err(|refused| refused.to_string())
    };
    let limits = UpdateCardLimitsRequest::builder().external_user_id(USER).card_id(&card);
    let [fifty, thousand] = [50, 1000].map(Decimal::from);
    let limits = limits.daily_trx_all(fifty).monthly_trx_all(thousand).daily_trx_atm(fifty).monthly_trx_atm(thousand);
    client.cards().update_limits(&limits.daily_trx_ecom(amount("30")).monthly_trx_ecom(thousand).build()).await.unwrap();

    pay(amount("29.99"), CardChannel::Ecom).unwrap();
    assert_eq!(pay(amount("0.02"), CardChannel::Ecom), Err("The limit dailyTrxEcom does not allow this payment.".to_owned()));
    assert_eq!(pay(amount("20.02"), CardChannel::Pos), Err("The limit dailyTrxAll does not allow this payment.".to_owned()));
    pay(amount("20.01"), CardChannel::Pos).unwrap();
    partner.sandbox.advance(DAY).await;
    pay(amount("30"), CardChannel::Ecom).unwrap();
    assert_eq!(pay(amount("20"), CardChannel::Atm), Ok(partner.last_of("cardTransaction", "transactionId")));
    partner.sandbox.advance(DAY).await;
    assert_eq!(pay(amount("0.01"), CardChannel::Atm), Err("The balance is too low.".to_owned()));
    let confirmation = CardConfirmation::builder().merchant_name("Example Shop").amount(amount("5")).build();
    let code = partner.sandbox.send_card_3ds_code(&card, confirmation).unwrap();
    assert_eq!(code.expose(), partner.last_of("card3dsCode", "code"));
    let code = partner.sandbox.send_card_activation_code(&card).unwrap();
    assert_eq!(code.expose(), partner.last_of("cardActivationCode", "code"));
    let expected = [
        "cardTransaction 29.99 eur",
        "cardTransaction 20.01 eur",
        "cardTransaction 30 eur",
        "cardTransaction 20 eur",
        "card3dsCode 5 eur",
        "cardActivationCode",
    ];
    assert_eq!(partner.reported().await, expected);
    assert_eq!(holdings(&partner.sandbox, &user()).await, "");

    fund(&partner.sandbox, &user(), "10 eur");
    let pay = || {
        let payment = CardTransaction::builder().merchant_name("Example Shop").amount(Decimal::ONE).channel(CardChannel::Pos).build();
        partner.sandbox.make_card_transaction(&card, payment).map_err(|refused| refused.to_string())
    };
    client.cards().block(USER, &card).await.unwrap();
    assert_eq!(client.cards().get(USER, &card).await.unwrap().status, Some(CardStatus::LockedByUser));
    pay().unwrap_err();
    client.cards().unblock(USER, &card).await.unwrap();
    let pin = UpdateCardPinRequest::builder().external_user_id(USER).card_id(&card).pin("4321").build();
    client.cards().update_pin(&pin).await.unwrap();
    pay().unwrap();
    for _ in 0..5 {
        client.cards().create(&request()).await.unwrap();
    }
    assert_eq!(refusal(client.cards().create(&request()).await), (400, "The user got 5 cards within 24 hours.".to_owned()));
    assert_eq!(refusal(client.users().suspend(USER).await).1, "P454");
    for card in client.cards().list(USER).await.unwrap().cards.unwrap() {
        client.cards().delete(USER, card.card_id.unwrap()).await.unwrap();
    }
    assert!(client.cards().list(USER).await.unwrap().cards.as_ref().unwrap().is_empty());
    assert_eq!(pay(), Err("Card does not exist.".to_owned()));
    assert_eq!(refusal(client.cards().create(&request()).await).0, 400, "deleted ones count");
    partner.sandbox.advance(DAY).await;
    client.cards().create(&request()).await.unwrap();
    assert_eq!(holdings(&partner.sandbox, &user()).await, "9 eur");
    assert_eq!(partner.reported().await, ["cardTransaction 1 eur"]);
}

#[tokio::test]
async fn a_receiver_that_is_down_for_three_attempts_misses_nothing_and_reports_repeats() {
    let mut partner = with_user(Settings::default(), "100 eur").await;
    let client = partner.client();
    partner.go_down().await;
    let mut ids = Vec::new();
    for number in 1..=3 {
        let transfer = TransferRequest::to_user(USER, number.into(), "eur");
        ids.push(client.transfers().create(&transfer).await.unwrap().id().to_owned());
    }
    // At once, after 8 seconds and after 16 more.
    partner.sandbox.settle().await;
    partner.sandbox.advance(Duration::from_secs(24)).await;
    assert!(partner.sandbox.deliveries().iter().all(|delivery| (delivery.state, delivery.attempts.len()) == (DeliveryState::Waiting, 3)));
    assert_eq!(partner.reported().await, [""; 0]);
    // Meanwhile it is asked for, so nobody has to wait for the webhook.
    assert_eq!(holdings(&partner.sandbox, &user()).await, "6 eur");

    // It keeps the first event, but fails before it can say so.
    partner.come_back(1).await;
    partner.sandbox.advance(Duration::from_secs(31)).await;
    assert_eq!(partner.reported().await, [""; 0], "the fourth attempt is due 32 seconds after the third");
    partner.sandbox.advance(Duration::from_secs(1)).await;
    let expected = ["transferStatus SUCCESSFUL 1 eur", "transferStatus SUCCESSFUL 2 eur", "transferStatus SUCCESSFUL 3 eur"];
    let first = partner.events().await;
    assert_eq!(first.iter().map(partner::words).collect::<Vec<_>>(), expected);
    partner.sandbox.advance(Duration::from_secs(64)).await;
    let again = partner.events().await;
    assert_eq!(again.iter().map(partner::words).collect::<Vec<_>>(), expected[..1], "the one that was not returned");

    let keys: Vec<_> = first.iter().map(|event| event.dedupe_key().unwrap()).collect();
    for (key, id) in keys.iter().zip(&ids) {
        assert_eq!(*key, format!(r#"["transferStatus","{id}","SUCCESSFUL"]"#));
    }
    assert_eq!(again[0].dedupe_key().as_ref(), Some(&keys[0]), "a repeat");
    let attempts: Vec<_> = partner.sandbox.deliveries().iter().map(|delivery| (delivery.state, delivery.attempts.len())).collect();
    assert_eq!(attempts, [5, 4, 4].map(|attempts| (DeliveryState::Delivered, attempts)));
    partner.sandbox.advance(DAY).await;
    assert_eq!(partner.reported().await, [""; 0]);
}

#[tokio::test]
async fn a_payer_pays_an_order_in_two_parts_and_the_partner_gets_what_was_asked_for() {
    let mut partner = Partner::start(Settings::default()).await;
    let client = partner.client();
    let request = OrderLockRequest::builder().currency("usdc").amount(amount("346.59")).network("polygon").build();
    let lock = client.orders().lock_rate(&request).await.unwrap();
    let order = lock.order().await.unwrap();
    let details = client.orders().get(order.id()).await.unwrap();
    assert_eq!((details.total_amount_required, details.received_amount), (Some(lock.details().amount), Some(Decimal::ZERO)));
    assert!(details.wallet_address.is_some() && lock.currency() == Some(&Currency::USDC));

    let first = amount("100");
    partner.sandbox.pay_order(order.id(), first).unwrap();
    assert_eq!(holdings(&partner.sandbox, &Account::Partner).await, "");
    partner.sandbox.pay_order(order.id(), lock.details().amount - first).unwrap();
    assert_eq!(holdings(&partner.sandbox, &Account::Partner).await, "346.59 eur");
    let details = client.orders().get(order.id()).await.unwrap();
    assert_eq!((details.received_amount, details.confirmations), (Some(lock.details().amount), details.required_confirmations));
    // The address, and each part with its three confirmations.
    assert_eq!(partner.reported().await, ["orderStatus WAITING_FOR_CONFIRMATION"; 9]);

    let late = client.orders().lock_rate(&request).await.unwrap();
    partner.sandbox.advance(Duration::from_secs(61)).await;
    assert_eq!(late.lifetime(), Some(Duration::from_secs(60)), "both its times are by the sandbox's clock");
    let error = late.order().await.unwrap_err();
    assert_eq!(refused_without_code(&error).0, 400);
}

#[tokio::test]
async fn a_user_pays_in_from_an_account_and_may_then_pay_out_to_it() {
    let mut settings = Settings::default();
    settings.sepa_level = 1;
    let mut partner = Partner::start(settings).await;
    let client = partner.client();
    client.users().create(&later_request(USER, "LT")).await.unwrap();
    client.kyc().upload_files(USER, KycFiles::passport(jpeg(), jpeg())).await.unwrap();
    client.kyc().start_verification(&UserVerificationRequest::builder().external_user_id(USER).build()).await.unwrap();
    assert_eq!(partner.reported().await.last().unwrap(), "userBalanceGenerated ACTIVE");

    let iban = "DE89370400440532013000";
    let payout = SepaTransferRequest::builder()
        .source_external_user_id(USER)
        .amount(amount("50"))
        .currency("eur")
        .destination_iban(Iban::unchecked(iban));
    let payout = payout.transfer_title("Payout 0818").build();
    let pay_out = async || client.sepa().create(&payout).await.unwrap().wait(WaitPolicy::default()).await.unwrap();
    let Progress::Failed(failed) = pay_out().await else { panic!("nobody has paid in from there") };
    assert_eq!(failed.error.unwrap().status.as_deref(), Some("DESTINATION_NOT_APPROVED"));

    let info = client.sepa().deposit_info(USER).await.unwrap();
    let (sender_name, sender_iban) = ("Eva Sample".to_owned(), iban.to_owned());
    let deposit = ReferencedSepaDeposit::builder()
        .amount(amount("120"))
        .sender_name(sender_name)
        .sender_iban(sender_iban)
        .transfer_title(info.title.unwrap())
        .build();
    partner.sandbox.receive_referenced_sepa_deposit(deposit).unwrap();
    let [contact] = &client.sepa().contacts(USER).await.unwrap().contacts.unwrap()[..] else { panic!("one contact") };
    assert_eq!((contact.iban.as_deref().unwrap(), &contact.status), (iban, &Some(SepaContactStatus::Approved)));
    assert!(matches!(pay_out().await, Progress::Succeeded(_)));
    assert_eq!(holdings(&partner.sandbox, &user()).await, "69 eur");
    let expected = [
        "sepaTransferStatus FAILED",
        "ibanStatus PENDING",
        "ibanStatus APPROVED",
        "sepaDepositReceived 120.00 eur",
        "sepaTransferStatus SUCCESSFUL 50.00 eur",
    ];
    assert_eq!(partner.reported().await, expected);
}
