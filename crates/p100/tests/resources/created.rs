//! The outcome of a user or a card whose create got no response.

use p100::raw::{Operation, operations};
use p100::types::{CardList, CardSummary, CreateCardRequest, CreateUserRequest};
use p100::{CountryCode, Doubt, ErrorKind, Retries};
use p100_httpmock::MockServer;
use p100_sandbox::control::NewUser;
use p100_sandbox::{Fault, Sandbox};

/// A sandbox in which the next call of the operation gets no response.
async fn sandbox(operation: &Operation, takes_effect: bool) -> Sandbox {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    lose_response(&sandbox, operation, takes_effect);
    sandbox
}

fn lose_response(sandbox: &Sandbox, operation: &Operation, takes_effect: bool) {
    let fault = Fault::reset(operation);
    sandbox.add_fault(if takes_effect { fault.after_effect() } else { fault }).expect("a fault");
}

#[tokio::test]
async fn a_user_whose_create_got_no_response_exists_or_does_not() {
    let country = || CountryCode::new("lt").expect("a country");
    let user = CreateUserRequest::builder().external_user_id("u-1").email("ada@example.com").phone("37060000000");
    let user = user.first_name("Ada").last_name("Example").street("Sample Street").number("1").city("Vilnius").post_code("01001");
    let user = user.country(country()).citizenship(country()).has_accepted_p100_tc(true).build();
    for takes_effect in [true, false] {
        let sandbox = sandbox(&operations::CREATE_USER, takes_effect).await;
        let client = sandbox.client();
        let error = client.users().create(&user).await.expect_err("no response");
        assert!(error.may_have_taken_effect(), "{error}");
        assert_eq!(client.users().exists("u-1").await.expect("a response"), takes_effect);
    }
}

#[tokio::test]
async fn a_user_exists_with_and_without_kyc_and_other_refusals_say_nothing() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.add_user(NewUser::new("verified")).expect("a user");
    assert!(sandbox.client().users().exists("verified").await.expect("a response"));

    for (status, code, expected) in [
        (400, "P412", Some(false)),
        (404, "P445", Some(true)),
        (400, "P459", Some(true)),
        (400, " p412 ", Some(false)),
        (500, "P412", None),
        (408, "P412", None),
        (400, "P412\",\"error\":{\"errorCode\":\"P500\"},\"x\":\"", None),
        (404, "", None),
        (400, "P500", None),
        (400, "P999", None),
        (401, "", None),
    ] {
        let server = MockServer::start_async().await;
        let client = p100::Client::builder().base_url(server.base_url()).api_key("key").retries(Retries::none());
        let client = client.build().expect("a client");
        server.get_kyc_status(|when, then| {
            let body = if code.is_empty() { String::new() } else { format!(r#"{{"errorCode":"{code}"}}"#) };
            when.external_user_id("u-1");
            then.into_inner().status(status).body(body);
        });
        let response = client.users().exists("u-1").await;
        match expected {
            Some(expected) => assert_eq!(response.expect("a response"), expected, "{code}"),
            None => assert_eq!(response.expect_err("no response").kind(), ErrorKind::ErrorResponse, "{code}"),
        }
    }
}

#[tokio::test]
async fn a_card_whose_create_got_no_response_is_found_among_those_that_were_not_there() {
    for takes_effect in [true, false] {
        let sandbox = Sandbox::start().await.expect("a sandbox");
        sandbox.add_user(NewUser::new("u-1")).expect("a user");
        let client = sandbox.client();
        let request = |label: &str| CreateCardRequest::builder().external_user_id("u-1").label(label).pin("1234").build();
        let first = client.cards().create(&request("Groceries")).await.expect("a card");
        lose_response(&sandbox, &operations::CREATE_CARD, takes_effect);
        let error = client.cards().create(&request("Shopping")).await.expect_err("no response");
        assert!(error.may_have_taken_effect(), "{error}");

        let issued = client.cards().issued_besides("u-1", std::slice::from_ref(&first.card_id)).await.expect("a response");
        let labels: Vec<_> = issued.cards.iter().map(|card| card.label.as_deref()).collect();
        assert_eq!(labels, if takes_effect { vec![Some("Shopping")] } else { Vec::new() });
        let all = client.cards().issued_besides("u-1", &[]).await.expect("a response");
        assert_eq!(all.cards.len(), issued.cards.len() + 1);
    }
}

#[tokio::test]
async fn a_list_of_cards_that_is_not_read_completely_never_says_that_there_is_no_other_card() {
    let known = r#"{"cardId":"c-1","label":"Groceries","status":"ACTIVE","cardLastDigits":"1234"}"#;
    for (body, cards, doubts) in [
        (format!(r#"{{"cards":[{known}]}}"#), 0, vec![]),
        (format!(r#"{{"cards":[{known},7]}}"#), 0, vec!["not all of the response could be read: `cards[1]`"]),
        (format!(r#"{{"cards":[{known},["c-2","Shopping"]]}}"#), 0, vec!["not all of the response could be read: `cards[1]`"]),
        (
            format!(r#"{{"cards":[{known}],"hasMore":false,"next":null}}"#),
            0,
            vec!["the list may be one page of several, for the response has also: `hasMore` `next`"],
        ),
    ] {
        let (server, client) = super::server_and_client().await;
        server.list_cards(|when, then| {
            when.external_user_id("u-1");
            then.into_inner().status(200).body(body.clone());
        });
        let issued = client.cards().issued_besides("u-1", &["c-1".into()]).await.expect(&body);
        assert_eq!(
            (issued.cards.len(), issued.doubts.iter().map(Doubt::to_string).collect::<Vec<_>>()),
            (cards, doubts.into_iter().map(str::to_owned).collect()),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_list_of_cards_that_is_not_there_is_no_empty_list_and_a_card_without_an_id_is_new() {
    let server = MockServer::start_async().await;
    let client = p100::Client::builder().base_url(server.base_url()).api_key("key").build().expect("a client");
    let mut mock = server.list_cards(|_, then| {
        then.ok(&CardList::default());
    });
    let issued = client.cards().issued_besides("u-1", &["k-1".into()]).await.expect("a response");
    assert_eq!((issued.cards, issued.doubts), (Vec::new(), vec![Doubt::NoList]));
    mock.delete();
    let nameless = CardSummary::builder().label("Shopping").build();
    let known = CardSummary::builder().card_id("k-1").build();
    server.list_cards(|_, then| {
        then.ok(&CardList::builder().cards(vec![known, nameless.clone()]).build());
    });
    let issued = client.cards().issued_besides("u-1", &["k-1".into()]).await.expect("a list");
    assert_eq!((issued.cards, issued.doubts), (vec![nameless], Vec::new()));
}
