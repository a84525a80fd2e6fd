//! Reading calls to one server, and to no other.

use std::net::IpAddr;

use anyhow::{Result, bail, ensure};
use p100_spec::Document;
use p100_spec::probe::{Credential, LARGEST, RawResponse, Silence, TIMEOUT, Target};
use reqwest::Url;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;

/// The variable of the environment that has the key.
pub(super) const KEY: &str = "P100_API_KEY";

/// The header that carries it.
const HEADER: &str = "x-api-key";

/// A server and the key for it.
pub(super) struct Server {
    origin: Url,
    is_of_document: bool,
    key: HeaderValue,
    http: reqwest::Client,
}

impl Server {
    /// The server of `base_url`, by default staging of the document.
    pub(super) fn new(document: &Document, base_url: Option<&str>, production: bool) -> Result<Self> {
        let servers: Vec<&str> =
            document.root().get("servers").into_iter().flat_map(|servers| servers.items()).filter_map(|server| server.str("url")).collect();
        let Some((staging, others)) = servers.split_first() else { bail!("the document has no servers") };
        let origin = origin(base_url.unwrap_or(staging))?;
        let is_at = |server: &str| Url::parse(server).is_ok_and(|server| host(&server) == host(&origin));
        let is_production = others.iter().any(|other| is_at(other));
        let is_of_document = servers.iter().any(|server| is_at(server));
        ensure!(!is_production || production, "this is production, with real users and cards; if you mean it: --production");
        let builder =
            reqwest::Client::builder().redirect(Policy::none()).retry(reqwest::retry::never()).timeout(TIMEOUT).user_agent("p100-probe");
        // A proxy of the environment would see what goes to this very machine in clear.
        let builder = if is_loopback(&origin) { builder.no_proxy() } else { builder };
        Ok(Self { origin, is_of_document, key: key()?, http: builder.build()? })
    }

    /// Its address: scheme, host and port.
    pub(super) fn address(&self) -> String {
        self.origin.origin().ascii_serialization()
    }

    /// Whether the document names it.
    pub(super) fn is_of_document(&self) -> bool {
        self.is_of_document
    }

    /// Sends a GET.
    pub(super) async fn get(&self, target: &Target, credential: Credential) -> Result<RawResponse, Silence> {
        let mut url = self.origin.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(&target.segments);
        }
        if !target.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&target.query);
        }
        let request = self.http.get(url).header(ACCEPT, "application/json");
        let request = match credential {
            Credential::Key => request.header(HEADER, self.key.clone()),
            Credential::Nothing => request,
            Credential::Wrong => request.header(HEADER, "wrong-key"),
        };
        let mut response = request.send().await.map_err(|error| silence(&error))?;
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(essence).unwrap_or_default();
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(|error| silence(&error))? {
            if body.len() + bytes.len() > LARGEST {
                return Err(Silence::TooLarge);
            }
            body.extend_from_slice(&bytes);
        }
        Ok(RawResponse { status: response.status().as_u16(), content_type, json: serde_json::from_slice(&body).ok() })
    }
}

/// The error itself is not shown: it has the address with the ids in it.
fn silence(error: &reqwest::Error) -> Silence {
    match error {
        error if error.is_timeout() => Silence::Late,
        error if error.is_connect() => Silence::Unreachable,
        _ => Silence::Interrupted,
    }
}

fn origin(text: &str) -> Result<Url> {
    // The text itself is not shown: somebody may have put a password into it.
    let Ok(url) = Url::parse(text) else { bail!("--base-url is not a URL") };
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    ensure!(
        is_bare && url.username().is_empty() && url.password().is_none(),
        "--base-url must be an origin such as https://partner-api-stage.p100.io: the paths bring their own /v1"
    );
    let is_safe = url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url);
    ensure!(is_safe, "--base-url must be https, since the key would be readable on the way; http is for loopback addresses");
    Ok(url)
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase()
}

fn is_loopback(url: &Url) -> bool {
    let host = host(url);
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn key() -> Result<HeaderValue> {
    let Some(key) = std::env::var(KEY).ok().filter(|key| !key.trim().is_empty()) else {
        bail!("the environment variable {KEY} has no key in it; it is the only place from which a key is taken");
    };
    let Ok(mut key) = HeaderValue::from_str(&key) else {
        bail!("the key in {KEY} has characters that a header cannot carry, such as a line break");
    };
    key.set_sensitive(true);
    Ok(key)
}

/// A content type without its parameters, if it is one.
fn essence(text: &str) -> String {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_type = essence.len() <= 60 && essence.chars().all(|c| c.is_ascii_lowercase() || "/+-.".contains(c));
    if is_type { essence } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::{essence, origin};

    #[test]
    fn the_key_goes_to_an_origin_that_keeps_it_secret() {
        for good in
            ["https://partner-api-stage.p100.io", "https://example.com:8443/", "http://127.0.0.1:1", "http://localhost", "http://[::1]:2"]
        {
            assert!(origin(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "https://example.com/v1",
            "https://u:secret@example.com",
            "https://e.com?secret",
            "secret",
            "ftp://e.com",
        ] {
            let error = origin(bad).expect_err(bad).to_string();
            assert!(error.starts_with("--base-url") && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_content_type_is_shown_only_if_it_is_one() {
        assert_eq!(essence("application/json; charset=utf-8"), "application/json");
        assert_eq!(essence("Text/HTML"), "text/html");
        assert_eq!(essence("ada@example.com"), "");
    }
}
