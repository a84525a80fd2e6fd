use p100::Decimal;
use p100_sandbox::{Account, Sandbox};

#[tokio::test]
async fn the_partner_is_funded() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.fund(&Account::Partner, "eur", Decimal::new(1000, 2)).expect("funds");
    let error = sandbox.client().users().balances("nobody").await.expect_err("no such user");
    println!("{error}");
    let request = p100::types::TransferRequest::builder().amount(Decimal::ONE).currency("eur").build();
    let error = sandbox.client().transfers().create(&request).await.expect_err("no parties");
    assert_eq!(error.code(), Some(&p100::types::ErrorCode::P424));
    sandbox.stop().await;
}
