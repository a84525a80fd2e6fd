//! The client as integrators configure it, on the wire.

use std::error::Error as _;
use std::time::Duration;

use p100::{Client, Environment, Retries};
use p100_httpmock::MockServer;
use p100_raw::{operations, types};

const KEY: &str = "k3y-0f-th3-p4rtn3r";

async fn server_and_client() -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let client = Client::builder().base_url(server.base_url()).api_key(KEY).build().expect("a client");
    (server, client)
}

#[tokio::test]
async fn the_key_goes_with_every_authenticated_call() {
    let (server, client) = server_and_client().await;
    let rates = types::ExchangeRates::default();
    let mock = server.mock(|when, then| {
        when.path(operations::GET_RATES.path).header("x-api-key", KEY);
        then.status(200).body("{}");
    });
    assert_eq!(client.raw().get_rates().await.expect("a response").into_inner(), rates);
    mock.assert();
}

#[tokio::test]
async fn the_key_does_not_go_where_the_document_asks_for_none() {
    let (server, client) = server_and_client().await;
    let mock = server.mock(|when, then| {
        when.path("/v1/kyc/verification/user/session").header_missing("x-api-key");
        then.status(200).header("content-type", "text/html").body("<html></html>");
    });
    client.raw().open_kyc_page(&"user".into(), &"session".into()).await.expect("a page");
    mock.assert();
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_key_does_not_arrive_there() {
    let (server, client) = server_and_client().await;
    let other = MockServer::start_async().await;
    let elsewhere = other.mock(|when, then| {
        when.is_true(|_| true);
        then.status(200).body("{}");
    });
    server.mock(|when, then| {
        when.is_true(|_| true);
        then.status(302).header("location", other.base_url());
    });
    let error = client.raw().get_rates().await.expect_err("a redirect");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(302));
    assert_eq!(elsewhere.calls(), 0);
}

#[tokio::test]
async fn the_key_shows_nowhere() {
    let (_server, client) = server_and_client().await;
    let builder = Client::builder().api_key(KEY);
    let error = client.raw().get_rates().await.expect_err("nothing is mocked");
    for text in [format!("{builder:?}"), format!("{client:?}"), format!("{error:?}"), error.to_string()] {
        assert!(!text.contains(KEY), "{text}");
    }
    let broken = Client::builder().environment(Environment::Staging).api_key(format!("{KEY}\n")).build().expect_err("a line break");
    assert!(!format!("{broken:?} {broken}").contains(KEY));
}

/// The environment of this process is shared by all tests, so each case runs in a process of its own.
#[tokio::test]
async fn the_key_is_taken_from_the_environment() {
    const CASE: &str = "P100_TEST_CASE";
    match std::env::var(CASE).as_deref() {
        Ok("set") => {
            let server = MockServer::start_async().await;
            let mock = server.mock(|when, then| {
                when.header("x-api-key", KEY);
                then.status(200).body("{}");
            });
            let client = Client::builder().base_url(server.base_url()).api_key_from_env().build().expect("a client");
            client.raw().get_rates().await.expect("a response");
            mock.assert();
        }
        Ok(_) => {
            let error = Client::builder().environment(Environment::Staging).api_key_from_env().build().expect_err("no key");
            assert!(error.to_string().contains("P100_API_KEY is not set"), "{error}");
        }
        Err(_) => {
            for case in ["set", "missing"] {
                let mut child = std::process::Command::new(std::env::current_exe().expect("this program"));
                child.args(["--exact", "client::the_key_is_taken_from_the_environment"]).env(CASE, case).env_remove("P100_API_KEY");
                if case == "set" {
                    child.env("P100_API_KEY", KEY);
                }
                let output = child.output().expect("runs");
                let text = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success() && text.contains("1 passed"), "{case}: {text}");
            }
        }
    }
}

/// Proxies are named by the environment, so each case runs in a process of its own.
#[tokio::test]
async fn a_proxy_of_the_environment_is_used_but_for_loopback() {
    const CASE: &str = "P100_TEST_CASE";
    let build = |url: String| Client::builder().base_url(url).allow_http().api_key(KEY).retries(Retries::none()).build().expect("a client");
    match std::env::var(CASE).as_deref() {
        Ok("loopback") => {
            let server = MockServer::start_async().await;
            let mock = server.get_rates(|_, then| drop(then.ok(&types::ExchangeRates::default())));
            build(server.base_url()).raw().get_rates().await.expect("a response");
            build(server.base_url().replace("127.0.0.1", "localhost")).raw().get_rates().await.expect("a response");
            assert_eq!(mock.calls(), 2);
        }
        Ok(_) => {
            build("http://partner-api.example".to_owned()).raw().get_rates().await.expect("a response");
        }
        Err(_) => {
            let proxy = MockServer::start_async().await;
            let asked = proxy.mock(|when, then| {
                when.header("host", "partner-api.example").header("x-api-key", KEY);
                then.status(200).body("{}");
            });
            for case in ["loopback", "elsewhere"] {
                let mut child = std::process::Command::new(std::env::current_exe().expect("this program"));
                child.args(["--exact", "client::a_proxy_of_the_environment_is_used_but_for_loopback"]).env(CASE, case);
                for name in ["http_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "REQUEST_METHOD"] {
                    child.env_remove(name);
                }
                let output = child.env("HTTP_PROXY", proxy.base_url()).output().expect("runs");
                let text = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success() && text.contains("1 passed"), "{case}: {text}");
            }
            asked.assert();
        }
    }
}

#[tokio::test]
async fn the_longest_time_is_no_limit() {
    let server = MockServer::start_async().await;
    let mock = server.get_rates(|_, then| drop(then.ok(&types::ExchangeRates::default())));
    for time in [Duration::MAX, Duration::MAX / 2, Duration::from_secs(1 << 40)] {
        let builder = Client::builder().base_url(server.base_url()).api_key(KEY);
        let client = builder.connect_timeout(time).attempt_timeout(time).call_timeout(time).build().expect("a client");
        client.raw().get_rates().await.expect("a response");
    }
    assert_eq!(mock.calls(), 3);
}

#[test]
fn a_configuration_that_cannot_work_is_refused_with_the_reason() {
    let build = |url: &str| Client::builder().base_url(url).api_key(KEY).build();
    for (url, reason) in [
        ("p100", "not a URL"),
        ("http://partner-api.p100.io", "must be https"),
        ("ftp://127.0.0.1", "must be https"),
        ("https://partner-api.p100.io/v1", "must be an origin"),
        ("https://user@partner-api.p100.io", "must be an origin"),
        ("https://partner-api.p100.io\n", "control characters"),
        ("\thttps://partner-api.p100.io", "control characters"),
        ("https://partner-\r\napi.p100.io", "control characters"),
        (" https://partner-api.p100.io", "blanks"),
        ("https://partner-api.p100.io\u{85}", "control characters"),
    ] {
        let error = build(url).expect_err(url);
        assert!(error.to_string().contains(reason), "{url}: {error}");
    }
    assert!(build("p100").expect_err("no URL").source().is_some());
    for url in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "https://partner-api.p100.io/"] {
        assert!(build(url).is_ok(), "{url}");
    }
    let no_key = Client::builder().environment(Environment::Production).build().expect_err("no key");
    assert!(no_key.to_string().contains("no API key"), "{no_key}");
    let no_server = Client::builder().api_key(KEY).build().expect_err("no server");
    assert!(no_server.to_string().contains("no server"), "{no_server}");
    let empty = Client::builder().environment(Environment::Staging).api_key(" ").build().expect_err("empty");
    assert!(empty.to_string().contains("empty"), "{empty}");
}

#[test]
fn clients_can_be_shared_between_threads() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    fn check_future<T: Send>(_: T) {}
    check::<Client>();
    let client = Client::builder().environment(Environment::Staging).api_key(KEY).build().expect("a client");
    check_future(client.raw().get_rates());
}
