//! A server on loopback that does as little as HTTP/1.1 allows: it keeps connections alive, and responds to every GET with rates and every
//! POST with the id of a transfer.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;

const RATES: &str = r#"{"btc":90000.25,"doge":0.1523,"eth":3000.5,"eur":1,"eurt":0.9987,"ltc":74.31,"pol":0.21,"usdc":0.87,"usdt":0.8693}"#;
const CREATED: &str = r#"{"transferId":"7fb02323-969a-4936-94ea-86b8773ff1a2"}"#;

/// Starts it in threads of its own.
///
/// # Errors
/// There is no port for it.
pub fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that breaks is the client's to report.
            thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (rates, created) = (response("200 OK", RATES), response("201 Created", CREATED));
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let response = if line.starts_with(b"GET ") { &rates } else { &created };
        let mut length = 0;
        while line != b"\r\n" {
            line.clear();
            reader.read_until(b'\n', &mut line)?;
            // In lower case, as hyper writes it.
            if let Some(value) = line.strip_prefix(b"content-length: ") {
                length = String::from_utf8_lossy(value).trim().parse().map_err(io::Error::other)?;
            }
        }
        line.clear();
        io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
        stream.write_all(response)?;
    }
    Ok(())
}

fn response(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ndate: Tue, 12 Aug 2025 08:00:00 GMT\r\ncontent-type: application/json; charset=utf-8\r\n\
        content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
