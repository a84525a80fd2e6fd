//! A client whose clock is not the sandbox's.

use p100::chrono::TimeDelta;
use p100::raw::operations;
use p100::types::TransferRequest;
use p100::{Attempt, Clock, Decimal, Verdict};
use p100_sandbox::control::NewUser;
use p100_sandbox::{Account, Fault, Sandbox};

/// The response is lost; the transfer happened, or it did not.
#[tokio::test]
async fn no_clock_hides_a_transfer_or_ends_a_lock() {
    for seconds in [0, 61, -61, 360, -360, 600, -600, 86_400, -86_400] {
        for takes_effect in [true, false] {
            let sandbox = Sandbox::start().await.unwrap();
            sandbox.add_user(NewUser::new("u-1")).unwrap();
            sandbox.fund(&Account::Partner, "eur", Decimal::from(100)).unwrap();
            let now = sandbox.now() + TimeDelta::seconds(seconds);
            let client = sandbox.client_builder().clock(Clock::from_fn(move || now)).build().unwrap();

            let lock = client.partner().lock_rate().await.unwrap();
            let _ = lock.exchange(Decimal::ONE, "eur", "eth").await.unwrap();

            let fault = Fault::reset(&operations::CREATE_TRANSFER);
            sandbox.add_fault(if takes_effect { fault.after_effect() } else { fault }).unwrap();
            let transfer = TransferRequest::to_user("u-1", Decimal::from(5), "eur");
            let error = client.transfers().create(&transfer).await.unwrap_err();
            assert!(error.may_have_taken_effect());
            match client.reconcile(&Attempt::new(&transfer, now, now)).await.unwrap() {
                Verdict::Candidates(found) if takes_effect => assert_eq!(found.exact.len(), 1),
                Verdict::NoTrace if !takes_effect && seconds.abs() < 300 => {}
                Verdict::Unclear { entries, doubts } if !takes_effect && seconds.abs() > 300 => {
                    assert_eq!((entries.len(), doubts.len()), (0, 1));
                }
                other => panic!("{seconds} s, {takes_effect}: {other:?}"),
            }
        }
    }
}
