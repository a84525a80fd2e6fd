//! TLS on loopback for tests: a server of any behaviour, and clients that trust it.

use std::net::SocketAddr;
use std::sync::Arc;

use p100_raw::reqwest::{self, tls::Certificate};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::types::TransferRequest;
use crate::{Client, ClientBuilder, Error};

/// A certificate for `localhost`, and who speaks one protocol with it.
#[derive(Clone)]
pub(super) struct Tls {
    certificate: Certificate,
    pub(super) acceptor: TlsAcceptor,
}

impl Tls {
    pub(super) fn new(protocol: &str) -> Self {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let certificate = Certificate::from_der(own.cert.der()).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
        let tls = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![own.cert.der().clone()], key);
        let mut tls = tls.expect("a configuration");
        tls.alpn_protocols = vec![protocol.into()];
        Self { certificate, acceptor: TlsAcceptor::from(Arc::new(tls)) }
    }

    /// A client of the server at `address`.
    pub(super) fn client(&self, address: SocketAddr, configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        let builder = Client::builder().base_url(format!("https://localhost:{}", address.port())).api_key("key");
        let root = self.certificate.clone();
        let adapt = move |http: reqwest::ClientBuilder| http.tls_certs_only([root.clone()]).resolve("localhost", address);
        configure(builder).build_with(adapt).expect("a client")
    }
}

pub(super) async fn listen<F: Future<Output = ()> + Send + 'static>(accept: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(accept(stream));
        }
    });
    address
}

/// A write with a body.
pub(super) async fn create(client: &Client) -> Result<(), Error> {
    let request = TransferRequest::to_user("u-1", 5.into(), "eur");
    client.transfers().create(&request).await.map(drop)
}
