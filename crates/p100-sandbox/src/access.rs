//! Who may call: the names that a sandbox accepts, the web pages that may change it, and the token that opens its control plane.
//!
//! Any page on the web can have its own name resolve to this machine (DNS rebinding) and then reads whatever responds to that name. So all
//! calls have to name loopback or a host that was allowed, those of the API too: its default key is known to everybody.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderName, Method, Uri, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use p100_raw::Sensitive;
use subtle::ConstantTimeEq;

use crate::call::Refusal;

/// Says that the sandbox runs, and nothing else: needs no token.
pub(crate) const HEALTH: &str = "/_sandbox/health";

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(crate) struct Access {
    /// Hosts beyond loopback, as [`host`] writes them.
    allowed: Vec<String>,
    token: Option<Sensitive>,
}

impl Access {
    /// The error says what is wrong with the options.
    pub(crate) fn new(address: IpAddr, allowed: &[String], token: Option<Sensitive>) -> Result<Self, String> {
        if token.as_ref().is_some_and(|token| token.expose().trim().is_empty()) {
            return Err("the control token is empty: choose one that nobody guesses".to_owned());
        }
        if !is_loopback(address) && token.is_none() {
            return Err(format!(
                "on {address} everybody who reaches this machine can read and change the sandbox: choose a control token with \
                 P100_SANDBOX_CONTROL_TOKEN or --control-token"
            ));
        }
        let allowed = allowed.iter().map(|name| match host(name) {
            Some(host) if !has_port(name) => Ok(host),
            _ => {
                Err(format!("allowed host `{name}`: expected the name or address of a host without scheme and port, such as sandbox.test"))
            }
        });
        let mut allowed: Vec<String> = allowed.collect::<Result<_, _>>()?;
        if !address.is_unspecified() {
            allowed.push(address.to_canonical().to_string());
        }
        Ok(Self { allowed, token })
    }

    /// Refuses a call that is for another host, from another page, or without the token.
    pub(crate) fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let named = self.check_hosts(uri, headers)?;
        if !is_control(uri.path()) {
            return Ok(());
        }
        if !method.is_safe() {
            self.check_page(headers, &named)?;
        }
        match &self.token {
            Some(token) if uri.path() != HEALTH && !is_given(headers, token) => Err(Refusal::message(
                401,
                "The control plane needs the control token that the sandbox was started with (--control-token or \
                 P100_SANDBOX_CONTROL_TOKEN): send `Authorization: Bearer TOKEN`, or the token as the password of Basic authentication.",
            )),
            _ => Ok(()),
        }
    }

    /// Every host that the call names, with its port. Each has to be allowed: what a proxy adds can only narrow that.
    fn check_hosts<'a>(&self, uri: &'a Uri, headers: &'a HeaderMap) -> Result<Vec<&'a str>, Refusal> {
        let refused = |text: String| Err(Refusal::message(421, text));
        if headers.get_all(header::HOST).iter().count() > 1 {
            return refused("The call has several Host headers.".to_owned());
        }
        let mut named: Vec<&str> = uri.authority().map(|authority| authority.as_str()).into_iter().collect();
        for (name, value) in headers.iter().filter(|(name, _)| *name == header::HOST || *name == FORWARDED_HOST) {
            let Ok(value) = value.to_str() else { return refused(format!("The header {name} names no host.")) };
            if name == FORWARDED_HOST { named.extend(value.split(',').map(str::trim)) } else { named.push(value) }
        }
        for value in headers.get_all(header::FORWARDED) {
            let Ok(value) = value.to_str() else { return refused("The header forwarded names no host.".to_owned()) };
            let pairs = value.split([',', ';']).filter_map(|pair| pair.split_once('='));
            named.extend(
                pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("host")).map(|(_, value)| value.trim().trim_matches('"')),
            );
        }
        if named.is_empty() {
            return refused("The call has no Host header.".to_owned());
        }
        for authority in &named {
            match host(authority) {
                None => return refused(format!("`{authority}` is no host.")),
                Some(host) if names_loopback(&host) || self.allowed.contains(&host) => {}
                Some(host) => {
                    return refused(format!(
                        "The call is for the host `{host}`, and this sandbox accepts calls to loopback only. If the name is right, allow it: \
                         `--allowed-host {host}`, P100_SANDBOX_ALLOWED_HOST, or `allowed_host` of the builder."
                    ));
                }
            }
        }
        Ok(named)
    }

    /// Refuses the commands of other web pages: those can post to any port of the machine. Programs send neither header.
    fn check_page(&self, headers: &HeaderMap, named: &[&str]) -> Result<(), Refusal> {
        let is_own_site = headers.get_all(SEC_FETCH_SITE).iter().all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
        let is_own_origin = headers.get_all(header::ORIGIN).iter().all(|origin| {
            let Some((scheme, authority)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else { return false };
            match scheme {
                "http" => named.iter().any(|named| named.eq_ignore_ascii_case(authority)),
                // A proxy in front ends the encryption.
                "https" => {
                    named.iter().any(|named| named.eq_ignore_ascii_case(authority))
                        || host(authority).is_some_and(|host| self.allowed.contains(&host) && !names_loopback(&host))
                }
                _ => false,
            }
        });
        if is_own_site && is_own_origin { Ok(()) } else { Err(Refusal::message(403, "This command comes from a page of another origin.")) }
    }
}

/// Whether a path belongs to the control plane.
pub(crate) fn is_control(path: &str) -> bool {
    path.strip_prefix("/_sandbox").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The host of `host` or `host:port` in one form: lower case, without brackets and the dot of the root.
fn host(authority: &str) -> Option<String> {
    if let Ok(address) = authority.parse::<Ipv6Addr>() {
        return Some(address.to_canonical().to_string());
    }
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        return (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then(|| address.to_canonical().to_string());
    }
    let (name, port) = authority.split_once(':').unwrap_or((authority, ""));
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_name =
        name.split('.').all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    (is_name && is_port(port)).then(|| name.to_ascii_lowercase())
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

fn has_port(authority: &str) -> bool {
    authority.parse::<Ipv6Addr>().is_err() && !authority.ends_with(']') && authority.contains(':')
}

fn names_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(is_loopback)
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Whether the token comes with the call: as a bearer token, or as a password, for which browsers ask.
fn is_given(headers: &HeaderMap, token: &Sensitive) -> bool {
    let Some((scheme, credentials)) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' ')) else {
        return false;
    };
    let is_token = |given: &[u8]| bool::from(given.ct_eq(token.expose().as_bytes()));
    if scheme.eq_ignore_ascii_case("bearer") {
        is_token(credentials.trim().as_bytes())
    } else if scheme.eq_ignore_ascii_case("basic") {
        let decoded = BASE64_STANDARD.decode(credentials.trim()).unwrap_or_default();
        let colon = decoded.iter().position(|byte| *byte == b':');
        colon.is_some_and(|colon| is_token(&decoded[colon + 1..]))
    } else {
        false
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{Access, host, names_loopback};

    #[test]
    fn only_loopback_is_loopback() {
        for name in [
            "localhost",
            "LocalHost",
            "localhost.",
            "localhost:4100",
            "localhost.:4100",
            "localhost:",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1.",
            "127.255.3.9:65535",
            "[::1]",
            "[::1]:4100",
            "::1",
            "[0:0:0:0:0:0:0:1]:1",
            "[::ffff:127.0.0.1]:4100",
        ] {
            assert!(host(name).is_some_and(|host| names_loopback(&host)), "{name}");
        }
        for name in [
            "",
            ".",
            ":",
            ":4100",
            "evil.example",
            "evil.example:4100",
            "localhost.evil.example",
            "evil.localhost",
            "127.0.0.1.evil.example",
            "127.0.0.1.nip.io:4100",
            "localhost..",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0.0.0.0",
            "[::]",
            "[::2]:1",
            "[::1",
            "[::1]x",
            "[::1]:x",
            "localhost:65536",
            "localhost:-1",
            "localhost:+1",
            "localhost:1:2",
            "user@localhost",
            "localhost@evil.example",
            "localhost evil",
            "localhost,evil.example",
            "http://localhost",
            "localhost/",
            "localhost#",
            "xn--lcalhost-n9c",
            "[127.0.0.1]",
            "128.0.0.1",
            "10.0.0.1",
            "localhost%2eevil.example",
            "ｌocalhost",
        ] {
            assert!(host(name).is_none_or(|host| !names_loopback(&host)), "{name}");
        }
    }

    #[test]
    fn outside_loopback_a_token_is_demanded() {
        let access = |address: &str, allowed: &[&str], token: Option<&str>| {
            let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
            Access::new(address.parse::<IpAddr>().unwrap(), &allowed, token.map(Into::into)).map(|access| access.allowed)
        };
        for loopback in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(access(loopback, &[], None).is_ok(), "{loopback}");
        }
        for outside in ["0.0.0.0", "::", "10.0.0.7", "::ffff:10.0.0.7"] {
            assert!(access(outside, &[], None).unwrap_err().contains("--control-token"), "{outside}");
            assert!(access(outside, &[], Some(" ")).is_err(), "{outside}");
            assert!(access(outside, &[], Some("t")).is_ok(), "{outside}");
        }
        assert_eq!(
            access("10.0.0.7", &["Sandbox.Test.", "[2001:DB8::1]"], Some("t")).unwrap(),
            ["sandbox.test", "2001:db8::1", "10.0.0.7"]
        );
        for wrong in ["", "*", "http://sandbox.test", "sandbox.test:4100", "[2001:db8::1]:80", "a b"] {
            assert!(access("127.0.0.1", &[wrong], None).unwrap_err().contains("without scheme and port"), "{wrong}");
        }
    }
}
