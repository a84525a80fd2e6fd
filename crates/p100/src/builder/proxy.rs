//! Whether the proxies that the environment names can be used: what cannot be read would be ignored, and calls go out past the proxy.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;

use hyper_util::client::proxy::matcher::Matcher;
use p100_raw::reqwest::Url;

/// The variable that cannot be used for servers of `scheme`, if there is one, and why. Not its value: that may hold a password.
pub(super) fn unusable(scheme: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<(&'static str, &'static str)> {
    // With this no proxy is used at all: `HTTP_PROXY` may then be a header of the request that the program serves.
    if variable("REQUEST_METHOD").is_some() {
        return None;
    }
    let of_scheme = if scheme == "http" { ["HTTP_PROXY", "http_proxy"] } else { ["HTTPS_PROXY", "https_proxy"] };
    [of_scheme, ["ALL_PROXY", "all_proxy"], ["NO_PROXY", "no_proxy"]].into_iter().find_map(|names| {
        let (name, value) = names.into_iter().find_map(|name| Some((name, variable(name)?)))?;
        let is_usable = if name.eq_ignore_ascii_case("NO_PROXY") { is_list } else { is_proxy };
        Some((name, reason(&value, is_usable)?))
    })
}

fn reason(value: &OsStr, is_usable: fn(&str) -> Result<(), &'static str>) -> Option<&'static str> {
    value.to_str().map_or(Err("it is not text"), |text| if text.is_empty() { Ok(()) } else { is_usable(text) }).err()
}

/// Whether the HTTP client finds an address in it.
fn is_proxy(text: &str) -> Result<(), &'static str> {
    let proxies = Matcher::builder().all(text).build();
    let found = "https://p100.io".parse().ok().and_then(|server| proxies.intercept(&server));
    // It takes a port that is no number for none.
    if found.is_some_and(|proxy| Url::parse(&proxy.uri().to_string()).is_ok_and(|url| url.has_host())) {
        Ok(())
    } else {
        Err("it is no address of a proxy, such as http://proxy.example:3128")
    }
}

/// Whether each entry is a name, an address or a network; what has a slash and is no network would be a name that no server has.
fn is_list(text: &str) -> Result<(), &'static str> {
    let is_network = |entry: &str| {
        let Some((address, length)) = entry.split_once('/') else { return true };
        let longest = address.parse().map(|address| if matches!(address, IpAddr::V4(_)) { 32 } else { 128 });
        longest.is_ok_and(|longest| length.parse::<u8>().is_ok_and(|length| length <= longest))
    };
    let is_usable = text.split(',').map(str::trim).all(|entry| is_network(entry) && !entry.contains(char::is_control));
    if is_usable { Ok(()) } else { Err("an entry is no name, address or network, such as 10.0.0.0/8") }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::unusable;

    const NO_ADDRESS: &str = "it is no address of a proxy, such as http://proxy.example:3128";
    const NO_ENTRY: &str = "an entry is no name, address or network, such as 10.0.0.0/8";

    fn check(scheme: &str, set: &[(&str, &str)]) -> Option<(&'static str, &'static str)> {
        unusable(scheme, |name| set.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(*value)))
    }

    #[test]
    fn a_proxy_that_would_be_ignored_is_named() {
        for value in
            ["http://proxy.example:3128", "proxy.example:3128", "proxy", "http://user:pa%20ss@[::1]:3128/", "https://p", "socks5://p:1", ""]
        {
            for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
                assert_eq!(check("https", &[(name, value)]), None, "{name}={value}");
            }
        }
        for value in [
            "http://",
            "http://proxy:port",
            "ftp://proxy",
            "://proxy",
            "http:/proxy",
            "http://pro xy",
            " ",
            "proxy\n",
            "/proxy",
            "http://[::1",
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
                assert_eq!(check("https", &[(name, value)]), Some((name, NO_ADDRESS)), "{value:?}");
            }
            for name in ["HTTP_PROXY", "http_proxy"] {
                assert_eq!(check("http", &[(name, value)]), Some((name, NO_ADDRESS)), "{value:?}");
                assert_eq!(check("https", &[(name, value)]), None, "not used for https");
            }
        }
    }

    #[test]
    fn the_first_of_two_names_counts_and_a_cgi_program_has_no_proxy() {
        let (good, bad) = ("http://proxy:3128", "http://");
        assert_eq!(check("https", &[("HTTPS_PROXY", good), ("https_proxy", bad)]), None);
        assert_eq!(check("https", &[("HTTPS_PROXY", good), ("ALL_PROXY", bad)]), Some(("ALL_PROXY", NO_ADDRESS)));
        assert_eq!(check("http", &[("HTTP_PROXY", bad), ("REQUEST_METHOD", "GET")]), None);
    }

    #[test]
    fn what_is_no_network_is_no_entry() {
        for value in ["", "*", "p100.io, .example,localhost", "10.0.0.0/8,::1, fd00::/8", "127.0.0.1,"] {
            assert_eq!(check("https", &[("NO_PROXY", value)]), None, "{value}");
        }
        for value in ["10.0.0.0/33", "fd00::/129", "10.0.0.0/255.0.0.0", "https://p100.io", "p100.io/", "p100.io,10.0.0/8", "a\nb"] {
            assert_eq!(check("https", &[("no_proxy", value)]), Some(("no_proxy", NO_ENTRY)), "{value}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_text_cannot_be_read() {
        use std::os::unix::ffi::OsStringExt;
        for name in ["HTTPS_PROXY", "all_proxy", "NO_PROXY"] {
            let found = unusable("https", |asked| (asked == name).then(|| OsString::from_vec(vec![b'h', 0xff])));
            assert_eq!(found, Some((name, "it is not text")));
        }
    }
}
