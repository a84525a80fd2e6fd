//! Who may call: the hosts that a sandbox accepts, the pages that may change it, and the control token.

use std::net::Ipv6Addr;

use p100_sandbox::Sandbox;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends the lines of a request as they are; the response is its status and all of its text.
async fn raw(sandbox: &Sandbox, lines: &[&str]) -> (u16, String) {
    let address = sandbox.base_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", lines.join("\r\n"));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    let response = String::from_utf8_lossy(&response).into_owned();
    (response.split(' ').nth(1).unwrap().parse().unwrap(), response)
}

/// Every route of the control plane, and all that responds without a key.
async fn open_routes(sandbox: &Sandbox) -> Vec<(String, String)> {
    let unknown = p100::raw::reqwest::get(format!("{}/_sandbox/none", sandbox.base_url())).await.unwrap();
    let unknown: Value = unknown.json().await.unwrap();
    let control = unknown["routes"].as_array().unwrap().iter().map(|route| route.as_str().unwrap().split(": ").next().unwrap().to_owned());
    let open = p100::raw::operations::ALL.iter().filter(|operation| !operation.authenticated);
    let open = open.map(|operation| format!("{} {}", operation.method, operation.path));
    let others = ["GET /_sandbox", "GET /_sandbox/none", "PUT /_sandbox/fund", "GET /", "GET /v2/none"].map(str::to_owned);
    let all = control.chain(open).chain(others);
    let all: Vec<_> =
        all.map(|route| route.split_once(' ').map(|(method, path)| (method.to_owned(), path.replace(['{', '}'], ""))).unwrap()).collect();
    assert!(all.len() > 35, "{all:?}");
    all
}

#[tokio::test]
async fn nothing_is_returned_to_a_foreign_host() {
    let sandbox = Sandbox::start().await.unwrap();
    let before = sandbox.export();
    for (method, path) in open_routes(&sandbox).await {
        let (status, response) = raw(&sandbox, &[&format!("{method} {path} HTTP/1.1"), "Host: evil.example:4100"]).await;
        assert_eq!(status, 421, "{method} {path}: {response}");
        let body: Value = serde_json::from_str(response.split_once("\r\n\r\n").unwrap().1).unwrap();
        assert!(body["message"].as_str().unwrap().contains("--allowed-host evil.example"), "{body}");
    }
    // The key of the API is known to everybody: a page that has its name resolve to here can send it.
    let (status, _) = raw(&sandbox, &["GET /v1/partner/balances HTTP/1.1", "Host: evil.example", "x-api-key: sandbox-key"]).await;
    assert_eq!(status, 421);
    assert_eq!(sandbox.export(), before);
}

#[tokio::test]
async fn every_host_that_a_call_names_counts() {
    let sandbox = Sandbox::builder().allowed_host("Sandbox.Test").allowed_host("10.1.2.3").start().await.unwrap();
    let port = sandbox.port();
    for (status, lines) in [
        (200, vec!["Host: localhost"]),
        (200, vec!["Host: LOCALHOST.:1"]),
        (200, vec!["Host: 127.0.0.53"]),
        (200, vec!["Host: [::1]:4100"]),
        (200, vec!["Host: sandbox.test"]),
        (200, vec!["Host: SANDBOX.test.:443"]),
        (200, vec!["Host: 10.1.2.3:4100"]),
        (200, vec!["Host: localhost", "X-Forwarded-Host: sandbox.test"]),
        (200, vec!["Host: localhost", "Forwarded: for=10.0.0.1;host=sandbox.test;proto=https"]),
        (421, vec![]),
        (421, vec!["Host:"]),
        (421, vec!["Host: 10.1.2.4"]),
        (421, vec!["Host: 0.0.0.0"]),
        (421, vec!["Host: other.sandbox.test"]),
        (421, vec!["Host: sandbox.test.evil.example"]),
        (421, vec!["Host: localhost:99999"]),
        (421, vec!["Host: localhost, evil.example"]),
        (421, vec!["Host: localhost", "Host: localhost"]),
        (421, vec!["Host: localhost", "Host: evil.example"]),
        (421, vec!["Host: evil.example", "Host: localhost"]),
        // A proxy in front cannot make a foreign name a known one, and does not hide one.
        (421, vec!["Host: evil.example", "X-Forwarded-Host: localhost"]),
        (421, vec!["Host: localhost", "X-Forwarded-Host: evil.example"]),
        (421, vec!["Host: localhost", "X-Forwarded-Host: localhost, evil.example"]),
        (421, vec!["Host: localhost", "X-Forwarded-Host: localhost", "X-Forwarded-Host: evil.example"]),
        (421, vec!["Host: localhost", "Forwarded: for=10.0.0.1;host=evil.example"]),
        (421, vec!["Host: localhost", "Forwarded: for=a, for=b; Host=\"evil.example:80\""]),
    ] {
        for target in ["GET /_sandbox/state HTTP/1.1", "GET /_sandbox/ HTTP/1.1"] {
            let response = raw(&sandbox, &[&[target], &*lines].concat()).await;
            assert_eq!(response.0, status, "{target} {lines:?}: {}", response.1);
        }
    }
    // A target with a host counts beside the header.
    for (status, target, host) in [
        (200, format!("http://127.0.0.1:{port}"), "localhost"),
        (421, "http://evil.example".to_owned(), "localhost"),
        (421, format!("http://evil.example:{port}"), "127.0.0.1"),
        (421, format!("http://localhost:{port}"), "evil.example"),
        (421, format!("http://localhost@evil.example:{port}"), "localhost"),
    ] {
        let response = raw(&sandbox, &[&format!("GET {target}/_sandbox/state HTTP/1.1"), &format!("Host: {host}")]).await;
        assert_eq!(response.0, status, "{target}: {}", response.1);
    }
    let (status, _) = raw(&sandbox, &["GET /_sandbox/state HTTP/1.0"]).await;
    assert_eq!(status, 421);
}

#[tokio::test]
async fn commands_come_from_programs_and_from_the_own_page() {
    let sandbox = Sandbox::builder().allowed_host("sandbox.test").start().await.unwrap();
    let own = sandbox.base_url().to_owned();
    let host = format!("Host: {}", own.strip_prefix("http://").unwrap());
    for (status, lines) in [
        (200, vec![&*host]),
        (200, vec![&host, "Sec-Fetch-Site: same-origin"]),
        (200, vec![&host, "Sec-Fetch-Site: none"]),
        (200, vec!["Host: sandbox.test", "Origin: https://sandbox.test"]),
        (200, vec!["Host: sandbox.test:8443", "Origin: https://sandbox.test:8443", "Sec-Fetch-Site: same-origin"]),
        // A proxy that names itself, and one that does not.
        (200, vec![&host, "X-Forwarded-Host: sandbox.test", "Origin: https://sandbox.test"]),
        (200, vec![&host, "Origin: https://sandbox.test"]),
        (403, vec![&host, "Origin: http://sandbox.test"]),
        (403, vec![&host, "Origin: https://evil.example"]),
        (403, vec![&host, "Origin: https://sandbox.test.evil.example"]),
        (403, vec![&host, "Origin: https://localhost"]),
        (403, vec![&host, "Origin: null"]),
        (403, vec![&host, "Origin: chrome-extension://sandbox.test"]),
        (403, vec![&host, "Origin: https://sandbox.test", "Origin: https://evil.example"]),
        (403, vec![&host, "Sec-Fetch-Site: cross-site"]),
        (403, vec![&host, "Sec-Fetch-Site: same-site"]),
        (403, vec!["Host: localhost:1", "Origin: http://localhost:2"]),
    ] {
        for method in ["POST /_sandbox/settle HTTP/1.1", "DELETE /_sandbox/faults HTTP/1.1"] {
            let response = raw(&sandbox, &[&[method], &*lines].concat()).await;
            assert_eq!(response.0, status, "{method} {lines:?}: {}", response.1);
        }
        // A link to the page may come from anywhere.
        let (read, _) = raw(&sandbox, &[&["GET /_sandbox/ HTTP/1.1"], &*lines].concat()).await;
        assert_eq!(read, 200, "{lines:?}");
    }
}

#[tokio::test]
async fn the_control_plane_demands_its_token() {
    // `dGVzdDp0b2tlbjphYmM=` is `test:token:abc`.
    let sandbox = Sandbox::builder().control_token("token:abc").start().await.unwrap();
    for (method, path) in GUARDED {
        let (status, response) = raw(&sandbox, &[&format!("{method} {path} HTTP/1.1"), "Host: localhost"]).await;
        assert_eq!(status, 401, "{method} {path}: {response}");
        assert!(response.to_lowercase().contains("www-authenticate: basic") && response.contains("--control-token"), "{response}");
        assert!(!response.contains("token:abc"));
    }
    for (status, authorization) in [
        (200, "Bearer token:abc"),
        (200, "bearer  token:abc"),
        (200, "Basic dGVzdDp0b2tlbjphYmM="),
        (401, "Bearer token:ab"),
        (401, "Bearer token:abcd"),
        (401, "Bearer "),
        (401, "token:abc"),
        (401, "Basic token:abc"),
        (401, "Basic dGVzdA=="),
        (401, "Digest token:abc"),
    ] {
        let authorization = format!("Authorization: {authorization}");
        let response = raw(&sandbox, &["GET /_sandbox/state HTTP/1.1", "Host: localhost", &authorization]).await;
        assert_eq!(response.0, status, "{authorization}: {}", response.1);
    }
    let (status, health) = raw(&sandbox, &["GET /_sandbox/health HTTP/1.1", "Host: localhost"]).await;
    assert!(status == 200 && health.ends_with(r#"{"status":"ok"}"#), "{health}");
    sandbox.client().exchange().rates().await.unwrap();
}

const GUARDED: [(&str, &str); 8] = [
    ("GET", "/_sandbox"),
    ("GET", "/_sandbox/"),
    ("GET", "/_sandbox/state"),
    ("GET", "/_sandbox/overview"),
    ("POST", "/_sandbox/reset"),
    ("POST", "/_sandbox/kyc/some"),
    ("GET", "/_sandbox/none"),
    ("GET", "/_sandbox/health/"),
];

#[tokio::test]
async fn it_listens_where_it_is_configured() {
    let outside = Sandbox::builder().host("0.0.0.0".parse().unwrap());
    let error = outside.start().await.unwrap_err();
    assert!(error.kind() == std::io::ErrorKind::InvalidInput && error.to_string().contains("control token"), "{error}");
    let everywhere = Sandbox::builder().host("0.0.0.0".parse().unwrap()).control_token("t").start().await.unwrap();
    assert_eq!(everywhere.base_url(), format!("http://127.0.0.1:{}", everywhere.port()));
    everywhere.client().exchange().rates().await.unwrap();
    if std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        crate::not_checked("this machine has no IPv6");
        return;
    }
    let sandbox = Sandbox::builder().host(Ipv6Addr::LOCALHOST.into()).start().await.unwrap();
    assert_eq!(sandbox.base_url(), format!("http://[::1]:{}", sandbox.port()));
    sandbox.client().exchange().rates().await.unwrap();
    let (status, _) = raw(&sandbox, &["GET /_sandbox/ HTTP/1.1", &format!("Host: [::1]:{}", sandbox.port())]).await;
    assert_eq!(status, 200);
}
