//! The commands of the control plane, as a table.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::http::{Handler, Incoming, Route, status};
use super::{
    Advance, CardConfirmation, ClockState, DepositDecision, Fund, KycDecision, Made, OrderPayment, PoaDecision, Proceed, Reset, SentCode,
};
use crate::access::HEALTH;
use crate::call::{Refusal, Reply};
use crate::core::Core;
use crate::resources::kyc_page;
use crate::world::World;

type Handled = BoxFuture<'static, Result<Reply, Refusal>>;

#[rustfmt::skip]
pub(super) static ROUTES: &[Route] = &[
    route("GET", "/_sandbox/", "this control plane, as a page for people",
        |_, _| Box::pin(async { Ok(Reply::html(include_str!("../page.html").to_owned())) })),
    route("GET", HEALTH, "whether calls are served; needs no control token",
        |_, _| Box::pin(async { Ok(Reply::json(200, &Health { status: "ok" })) })),
    route("GET", "/_sandbox/overview", "everything that the page shows",
        |core, _| show(&core, |world| world.overview(core.speed()))),
    route("GET", "/_sandbox/ledger", "who holds what, and every movement of money",
        |core, _| show(&core, World::books)),
    route("GET", "/_sandbox/deliveries", "the log of webhooks",
        |core, _| show(&core, |world| world.deliveries.log().to_vec())),
    route("POST", "/_sandbox/deliveries/{id}/redeliver", "send a webhook of the log once more", redeliver),
    route("GET", "/_sandbox/clock", "what the clock shows",
        |core, _| show(&core, |world| clock(&core, world))),
    route("POST", "/_sandbox/clock/advance", "move the clock forward, through all that is due on the way", advance),
    route("POST", "/_sandbox/settle", "wait until every webhook that is due has been attempted", settle),
    route("POST", "/_sandbox/fund", "put money on an account out of nowhere",
        |core, incoming| change(&core, &incoming, |world, fund: Fund| world.fund(&fund).map(done))),
    route("POST", "/_sandbox/users", "add a verified or limited user without the way there",
        |core, incoming| change(&core, &incoming, |world, user| world.seed_user(user).map(made))),
    route("POST", "/_sandbox/deposits/crypto", "have a crypto deposit seen on its chain",
        |core, incoming| change(&core, &incoming, |world, deposit| world.receive(deposit).map(made))),
    route("POST", "/_sandbox/deposits/crypto/{cryptoDepositId}", "decide about a crypto deposit",
        |core, incoming| change(&core, &incoming, |world, DepositDecision { approve }| {
            world.decide_about_deposit(incoming.path("cryptoDepositId"), approve).map(done)
        })),
    route("POST", "/_sandbox/deposits/sepa", "have a bank transfer to a user arrive",
        |core, incoming| change(&core, &incoming, |world, deposit| world.receive_sepa_deposit(deposit).map(made))),
    route("POST", "/_sandbox/deposits/sepa/referenced", "have a bank transfer arrive whose title says for whom it is",
        |core, incoming| change(&core, &incoming, |world, deposit| world.receive_referenced_sepa_deposit(deposit).map(made))),
    route("POST", "/_sandbox/deposits/sepa/{sepaDepositId}", "decide about a SEPA deposit",
        |core, incoming| change(&core, &incoming, |world, DepositDecision { approve }| {
            world.decide_sepa_deposit(incoming.path("sepaDepositId"), approve).map(done)
        })),
    route("POST", "/_sandbox/orders/{orderId}/payments", "have somebody pay an order, or a part of it",
        |core, incoming| change(&core, &incoming, |world, OrderPayment { amount }| {
            world.pay_order(incoming.path("orderId"), amount).map(made)
        })),
    route("POST", "/_sandbox/payment-links/{paymentLinkId}/payments", "have somebody pay on a payment link",
        |core, incoming| change(&core, &incoming, |world, payment| {
            world.pay_payment_link(incoming.path("paymentLinkId"), &payment).map(made)
        })),
    route("POST", "/_sandbox/users/{externalUserId}/kyc", "decide about the KYC of a user",
        |core, incoming| change(&core, &incoming, |world, decision| {
            world.decide_kyc_of(incoming.path("externalUserId"), decision).map(done)
        })),
    route("POST", "/_sandbox/users/{externalUserId}/poa", "decide about the proof of address of a user",
        |core, incoming| change(&core, &incoming, |world, PoaDecision { decision }| {
            world.decide_poa(incoming.path("externalUserId"), decision).map(done)
        })),
    route("POST", "/_sandbox/kyc/{verificationId}", "decide about a hosted KYC, by JSON or by the form of its page", kyc),
    route("POST", "/_sandbox/cards/{cardId}/transactions", "pay with a card",
        |core, incoming| change(&core, &incoming, |world, transaction| {
            world.make_card_transaction(incoming.path("cardId"), transaction).map(made)
        })),
    route("POST", "/_sandbox/cards/{cardId}/3ds-code", "send a 3-D Secure code for an online payment with a card",
        |core, incoming| change(&core, &incoming, |world, CardConfirmation { merchant_name, amount }| {
            world.send_card_3ds_code(incoming.path("cardId"), merchant_name, amount).map(|code| SentCode { code })
        })),
    route("POST", "/_sandbox/cards/{cardId}/activation-code", "send a code for adding a card to a wallet",
        |core, incoming| change(&core, &incoming, |world, Nothing {}| {
            world.send_card_activation_code(incoming.path("cardId")).map(|code| SentCode { code })
        })),
    route("POST", "/_sandbox/proceed", "do at once what waits for something",
        |core, incoming| change(&core, &incoming, |world, Proceed { subject }| world.proceed_with(&subject).map(done))),
    route("GET", "/_sandbox/faults", "what will go wrong",
        |core, _| show(&core, |world| world.faults.clone())),
    route("POST", "/_sandbox/faults", "have the next calls of an operation go wrong",
        |core, incoming| change(&core, &incoming, |world, fault| world.add_fault(fault).map(done))),
    route("DELETE", "/_sandbox/faults", "have nothing go wrong any more",
        |core, incoming| change(&core, &incoming, |world, Nothing {}| { world.faults.clear(); Ok(done(())) })),
    route("GET", "/_sandbox/settings", "how the sandbox behaves",
        |core, _| show(&core, |world| world.settings.clone())),
    route("PUT", "/_sandbox/settings", "replace the settings; those that are missing get their defaults",
        |core, incoming| change(&core, &incoming, |world, settings| world.set_settings(settings).map(done))),
    route("PATCH", "/_sandbox/settings", "change some of the settings",
        |core, incoming| change(&core, &incoming, |world, patch| world.patch_settings(patch).map(done))),
    route("GET", "/_sandbox/state", "the whole state as JSON, secrets included", export),
    route("PUT", "/_sandbox/state", "go on from an exported state", import),
    route("POST", "/_sandbox/state/save", "write the state to the file of --state now", save),
    route("POST", "/_sandbox/reset", "forget everything but the settings", reset),
];

const fn route(method: &'static str, path: &'static str, does: &'static str, handler: Handler) -> Route {
    Route { method, path, does, handler }
}

/// A request that says nothing.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// A response that says nothing but that it is done.
#[derive(Serialize)]
struct Done {}

/// It runs.
#[derive(Serialize)]
struct Health {
    status: &'static str,
}

fn done(_: ()) -> Done {
    Done {}
}

fn made(id: String) -> Made {
    Made { id }
}

/// Returns something of the state.
fn show<T: Serialize>(core: &Core, look: impl FnOnce(&World) -> T) -> Handled {
    let reply = Reply::json(200, &look(&core.world()));
    Box::pin(async { Ok(reply) })
}

/// Changes the state as the request says.
fn change<R: DeserializeOwned, T: Serialize>(
    core: &Core,
    incoming: &Incoming,
    command: impl FnOnce(&mut World, R) -> Result<T, Refusal>,
) -> Handled {
    let response = incoming.json().and_then(|request| core.command(|world| command(world, request)));
    let reply = response.map(|response| Reply::json(200, &response));
    Box::pin(async { reply })
}

fn clock(core: &Core, world: &World) -> ClockState {
    ClockState { now: world.stamp(), speed: core.speed() }
}

fn advance(core: Arc<Core>, incoming: Incoming) -> Handled {
    Box::pin(async move {
        let Advance { seconds } = incoming.json()?;
        core.advance(Duration::from_secs(seconds)).await;
        let now = clock(&core, &core.world());
        Ok(Reply::json(200, &now))
    })
}

fn settle(core: Arc<Core>, incoming: Incoming) -> Handled {
    Box::pin(async move {
        let Nothing {} = incoming.json()?;
        core.settle().await;
        Ok(Reply::json(200, &Done {}))
    })
}

fn redeliver(core: Arc<Core>, incoming: Incoming) -> Handled {
    Box::pin(async move {
        let Nothing {} = incoming.json()?;
        let delivery = core.redeliver_logged(incoming.number("id")?).await?;
        Ok(Reply::json(200, &delivery))
    })
}

/// What the form of the hosted page sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KycForm {
    decision: FormDecision,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum FormDecision {
    Approve,
    Reject,
}

/// Responds to a form with a page, and JSON with JSON.
fn kyc(core: Arc<Core>, incoming: Incoming) -> Handled {
    Box::pin(async move {
        let id = incoming.path("verificationId");
        let Some(form) = incoming.form::<KycForm>().await else {
            let KycDecision { approve, reason } = incoming.json()?;
            core.command(|world| world.decide_kyc_session(id, approve, reason))?;
            return Ok(Reply::json(200, &Done {}));
        };
        let decided = form.and_then(|KycForm { decision, reason }| {
            let approve = matches!(decision, FormDecision::Approve);
            core.command(|world| world.decide_kyc_session(id, approve, reason.filter(|reason| !reason.is_empty())))?;
            Ok(if approve {
                "The identity was verified. This page can be closed."
            } else {
                "The identity was not verified. This page can be closed."
            })
        });
        Ok(match decided {
            Ok(text) => Reply::html(kyc_page::notice(text)),
            Err(refusal) => Reply { status: status(&refusal), ..Reply::html(kyc_page::notice(refusal.text())) },
        })
    })
}

fn export(core: Arc<Core>, _: Incoming) -> Handled {
    Box::pin(async move {
        let written = tokio::task::spawn_blocking(move || core.snapshot().write()).await;
        let body = written.map_err(|_| Refusal::defect())?.into_bytes();
        Ok(Reply { body, ..Reply::json(200, &()) })
    })
}

fn save(core: Arc<Core>, incoming: Incoming) -> Handled {
    Box::pin(async move {
        let Nothing {} = incoming.json()?;
        core.save().await?;
        Ok(Reply::json(200, &Done {}))
    })
}

fn import(core: Arc<Core>, incoming: Incoming) -> Handled {
    Box::pin(async move {
        core.import(&incoming.body)?;
        Ok(Reply::json(200, &Done {}))
    })
}

fn reset(core: Arc<Core>, incoming: Incoming) -> Handled {
    Box::pin(async move {
        let reset: Reset = incoming.json()?;
        core.reset(&reset)?;
        Ok(Reply::json(200, &Done {}))
    })
}
