//! A server over TLS that fails on purpose, request by request, and counts what it read; HTTP/2 frame by frame, and HTTP/1.1. For tests.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::loopback::{Tls, listen};
use crate::{Client, ClientBuilder};

pub(super) const REFUSED_STREAM: u32 = 7;
pub(super) const NO_ERROR: u32 = 0;

/// A stream that no connection reaches: with it a server announces that it will close.
const LAST: u32 = (1 << 31) - 1;

/// What the server does with one request. Where HTTP/1.1 knows no such thing, it closes the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// None: it responds, and keeps the connection.
    Respond,
    /// Responds, and closes the connection while it idles.
    RespondAndClose,
    /// Announces that it will close the connection, and responds.
    AnnounceAndRespond,
    /// Announces it, and closes the connection without a response.
    AnnounceAndClose,
    /// Resets the stream with this reason, once the request is there.
    Reset(u32),
    /// Resets the stream with this reason, before the request is there.
    ResetEarly(u32),
    /// Begins a response, and resets the stream with this reason.
    ResetInResponse(u32),
    /// Closes the connection with this reason, and says that it did not process the request.
    LeaveOut(u32),
    /// Closes the connection with this reason, and does not say that.
    GoAway(u32),
    /// Closes the connection, and says nothing.
    Close,
    /// Closes it before the request is there.
    CloseEarly,
}

impl Fault {
    /// Whether the server states that it did not process the request.
    pub(super) fn is_unprocessed(self) -> bool {
        matches!(self, Self::Reset(REFUSED_STREAM) | Self::ResetEarly(REFUSED_STREAM) | Self::LeaveOut(_))
    }
}

#[derive(Debug, Default)]
struct Seen {
    script: VecDeque<Fault>,
    /// Whole requests, less those that the server stated not to have processed.
    processed: usize,
    /// All whole requests.
    whole: usize,
    connections: usize,
}

pub(super) struct Server {
    tls: Tls,
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    /// A server that follows the script, and without one responds. Its responses bear this `Date`.
    pub(super) async fn start(protocol: &'static str, script: impl IntoIterator<Item = Fault>, date: &'static str) -> Self {
        let tls = Tls::new(protocol);
        let seen = Arc::new(Mutex::new(Seen { script: script.into_iter().collect(), ..Seen::default() }));
        let (acceptor, kept) = (tls.acceptor.clone(), Arc::clone(&seen));
        let address = listen(move |stream| {
            let (acceptor, seen) = (acceptor.clone(), Arc::clone(&kept));
            async move {
                seen.lock().expect("not poisoned").connections += 1;
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let mut line = Line { stream, seen, date };
                // How it ends is what the client sees.
                let _ = if protocol == "h2" { line.http_2().await } else { line.http_1().await };
            }
        })
        .await;
        Self { tls, address, seen }
    }

    pub(super) fn client(&self, configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        self.tls.client(self.address, configure)
    }

    /// How many requests it processed, or does not say that it did not.
    pub(super) fn processed(&self) -> usize {
        self.seen().processed
    }

    pub(super) fn whole(&self) -> usize {
        self.seen().whole
    }

    pub(super) fn connections(&self) -> usize {
        self.seen().connections
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("not poisoned")
    }
}

struct Line {
    stream: TlsStream<TcpStream>,
    seen: Arc<Mutex<Seen>>,
    date: &'static str,
}

const BODY: &str = r#"{"transferId":"t-1","id":"r-1"}"#;

fn closed() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

impl Line {
    fn next(&self) -> Fault {
        self.seen.lock().expect("not poisoned").script.pop_front().unwrap_or(Fault::Respond)
    }

    fn count(&self, fault: Fault) {
        let mut seen = self.seen.lock().expect("not poisoned");
        seen.whole += 1;
        seen.processed += usize::from(!fault.is_unprocessed());
    }

    async fn http_1(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        loop {
            let mut fault = None;
            let end = loop {
                let text = String::from_utf8_lossy(&bytes).to_lowercase();
                if let Some((head, _)) = text.split_once("\r\n\r\n") {
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
                    let end = head.len() + 4 + length;
                    if bytes.len() >= end {
                        break end;
                    }
                }
                if self.stream.read_buf(&mut bytes).await? == 0 {
                    return Ok(());
                }
                if matches!(fault.get_or_insert_with(|| self.next()), Fault::CloseEarly | Fault::ResetEarly(_)) {
                    return Err(closed());
                }
            };
            bytes.drain(..end);
            let fault = fault.unwrap_or_else(|| self.next());
            // It cannot say what HTTP/1.1 has no word for.
            self.count(Fault::Close);
            let response = format!("HTTP/1.1 200 OK\r\ndate: {}\r\ncontent-length: {}\r\n\r\n{BODY}", self.date, BODY.len());
            match fault {
                Fault::Respond => self.stream.write_all(response.as_bytes()).await?,
                Fault::RespondAndClose | Fault::AnnounceAndRespond => {
                    self.stream.write_all(response.as_bytes()).await?;
                    return self.stream.shutdown().await;
                }
                Fault::ResetInResponse(_) => {
                    let half = &response[..response.len() - 5];
                    self.stream.write_all(half.as_bytes()).await?;
                    return Err(closed());
                }
                _ => return Err(closed()),
            }
        }
    }

    async fn http_2(&mut self) -> io::Result<()> {
        let mut preface = [0; 24];
        self.stream.read_exact(&mut preface).await?;
        self.write(4, 0, 0, &[]).await?;
        let mut faults = HashMap::new();
        // The last stream that it said to process.
        let mut last = LAST;
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await?;
            let [l0, l1, l2, kind, flags, id @ ..] = head;
            let (length, id) = (u32::from_be_bytes([0, l0, l1, l2]), u32::from_be_bytes(id));
            let mut payload = vec![0; usize::try_from(length).expect("a length")];
            self.stream.read_exact(&mut payload).await?;
            let is_end = flags & 1 != 0;
            match kind {
                0 | 1 if id > last => self.seen.lock().expect("not poisoned").whole += usize::from(is_end),
                // SETTINGS and PING are confirmed.
                4 | 6 if !is_end => self.write(kind, 1, 0, if kind == 6 { &payload } else { &[] }).await?,
                // HEADERS
                1 => {
                    let fault = self.next();
                    match fault {
                        Fault::CloseEarly => return Err(closed()),
                        Fault::ResetEarly(reason) if !is_end => {
                            self.write(3, 0, id, &reason.to_be_bytes()).await?;
                        }
                        _ if is_end => self.whole_request(id, fault, &mut last).await?,
                        _ => drop(faults.insert(id, fault)),
                    }
                }
                // DATA
                0 if is_end => {
                    if let Some(fault) = faults.remove(&id) {
                        self.whole_request(id, fault, &mut last).await?;
                    }
                }
                _ => {}
            }
        }
    }

    async fn whole_request(&mut self, id: u32, fault: Fault, last: &mut u32) -> io::Result<()> {
        self.count(fault);
        match fault {
            Fault::Respond => self.respond(id).await,
            Fault::RespondAndClose => {
                self.respond(id).await?;
                self.stream.shutdown().await?;
                Err(closed())
            }
            Fault::AnnounceAndRespond => {
                self.go_away(LAST, NO_ERROR).await?;
                self.respond(id).await
            }
            Fault::AnnounceAndClose => {
                self.go_away(LAST, NO_ERROR).await?;
                Err(closed())
            }
            Fault::Reset(reason) | Fault::ResetEarly(reason) => self.write(3, 0, id, &reason.to_be_bytes()).await,
            Fault::ResetInResponse(reason) => {
                self.write(1, 4, id, &self.head()).await?;
                self.write(3, 0, id, &reason.to_be_bytes()).await
            }
            Fault::LeaveOut(reason) => {
                *last = id.saturating_sub(2);
                self.go_away(*last, reason).await
            }
            Fault::GoAway(reason) => {
                self.go_away(id, reason).await?;
                Err(closed())
            }
            Fault::Close | Fault::CloseEarly => Err(closed()),
        }
    }

    async fn respond(&mut self, id: u32) -> io::Result<()> {
        self.write(1, 4, id, &self.head()).await?;
        self.write(0, 1, id, BODY.as_bytes()).await
    }

    /// `:status: 200`, `content-length` and `date`, by their numbers in HPACK's static table.
    fn head(&self) -> Vec<u8> {
        let mut head = vec![0x88];
        for (number, value) in [(28, BODY.len().to_string().as_str()), (33, self.date)] {
            head.extend([0x0f, number - 15, u8::try_from(value.len()).expect("short")]);
            head.extend(value.as_bytes());
        }
        head
    }

    async fn go_away(&mut self, last: u32, reason: u32) -> io::Result<()> {
        self.write(7, 0, 0, &[last.to_be_bytes(), reason.to_be_bytes()].concat()).await
    }

    async fn write(&mut self, kind: u8, flags: u8, id: u32, payload: &[u8]) -> io::Result<()> {
        let [_, length @ ..] = u32::try_from(payload.len()).expect("short").to_be_bytes();
        let head = [&length, &[kind, flags][..], &id.to_be_bytes()].concat();
        self.stream.write_all(&[&head, payload].concat()).await?;
        self.stream.flush().await
    }
}
