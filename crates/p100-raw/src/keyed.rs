//! The transport of [`Client::new`](crate::Client::new): one attempt per call, with the partner's key for one origin.

use std::fmt;

use reqwest::Url;
use reqwest::redirect::Policy;

use crate::{ApiKey, BoxError, Call, Sending, Sensitive, Transport, transport};

/// Why [`Client::new`](crate::Client::new) makes no client: the key cannot be sent, or TLS cannot be set up. Nothing was sent. It does not
/// show the key.
#[derive(Debug)]
pub struct SetupError(BoxError);

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the client cannot be set up: {}", self.0)
    }
}

impl std::error::Error for SetupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl SetupError {
    fn new(reason: impl Into<BoxError>) -> Self {
        Self(reason.into())
    }
}

/// An HTTP client with the key of its calls.
#[derive(Debug)]
pub(crate) struct Keyed {
    http: reqwest::Client,
    key: ApiKey,
}

impl Keyed {
    pub(crate) fn new(http: reqwest::Client, base_url: &Url, key: &Sensitive) -> Result<Self, SetupError> {
        Ok(Self { http, key: ApiKey::new(key, base_url).map_err(SetupError::new)? })
    }
}

/// An HTTP client that carries the key to nobody else: it follows no redirects, and over `http` uses no proxy, which would read the key.
pub(crate) fn http(base_url: &Url) -> Result<reqwest::Client, SetupError> {
    let mut http = reqwest::Client::builder().redirect(Policy::none()).retry(reqwest::retry::never());
    if base_url.scheme() == "http" {
        http = http.no_proxy();
        // Reading the platform's certificates takes longer than all the rest.
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        {
            http = http.tls_certs_only([]);
        }
    }
    http.build().map_err(SetupError::new)
}

impl Transport for Keyed {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        Box::pin(async move { transport::execute(&self.http, self.key.request(call)?).await })
    }
}

#[cfg(test)]
mod tests {
    use reqwest::{Method, Request, Url};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use crate::{Call, Client, ErrorKind, Transport, operations};

    const KEY: &str = "k3y-0f-th3-p4rtn3r";

    #[tokio::test]
    async fn the_key_goes_to_the_configured_origin_only_and_shows_nowhere() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let elsewhere = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = |listener: &TcpListener| Url::parse(&format!("http://{}", listener.local_addr().expect("an address"))).expect("a URL");
        let client = Client::new(url(&listener), KEY).expect("a client");
        let redirect = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", url(&elsewhere));
        let serve = async {
            let (mut connection, _) = listener.accept().await.expect("a connection");
            let mut head = vec![0; 4096];
            let length = connection.read(&mut head).await.expect("a request");
            connection.write_all(redirect.as_bytes()).await.expect("a response");
            String::from_utf8_lossy(&head[..length]).into_owned()
        };
        let (result, head) = tokio::join!(client.get_partner_balances(), serve);
        assert!(head.contains(&format!("x-api-key: {KEY}\r\n")), "{head}");
        let error = result.expect_err("a redirect");
        assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::ErrorResponse, Some(307)));

        let keyed = super::Keyed::new(super::http(&url(&listener)).expect("a client"), &url(&listener), &KEY.into()).expect("a key");
        let request = Request::new(Method::GET, url(&elsewhere));
        let call = Call::new(&operations::GET_PARTNER_BALANCES, reqwest::Client::new(), request, None, None);
        assert!(keyed.send(&call).await.expect_err("another origin").to_string().contains("not sent"));
        let nobody = std::future::poll_fn(|context| std::task::Poll::Ready(elsewhere.poll_accept(context).is_pending()));
        assert!(nobody.await, "nobody else was called");

        let unusable = ["", " ", "k3y\n"].map(|key| Client::new(url(&listener), key).expect_err("no key").to_string());
        for text in unusable.into_iter().chain([format!("{client:?} {keyed:?} {error} {error:?}")]) {
            assert!(!text.contains("k3y"), "{text}");
        }
    }
}
