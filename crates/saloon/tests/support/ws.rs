//! A WebSocket client as a stream: each write is a message, and of each message the payload is read.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::CloseFrame;
use tungstenite::{Error, Message, WebSocket};

use super::PATIENCE;
use super::peer::Wire;
use super::tls;

/// What it runs over.
pub trait Duplex: Read + Write + Send {}
impl<T: Read + Write + Send> Duplex for T {}

/// What the client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    Text,
    Binary,
}

/// A WebSocket that is open.
pub struct WsClient {
    pub socket: WebSocket<Box<dyn Duplex>>,
    tcp: TcpStream,
    pub sends: Sends,
    /// Whether messages are lines: then their ends are put back.
    lines: bool,
    rest: Vec<u8>,
    /// What the server chose.
    pub protocol: Option<String>,
    /// Why it was closed, once it is.
    pub closed: Option<CloseFrame>,
}

/// How to come in.
#[derive(Clone, Default)]
pub struct Visit<'a> {
    pub path: &'a str,
    pub protocols: &'a str,
    pub fields: &'a [(&'static str, &'a str)],
    pub encrypted: bool,
    pub lines: bool,
}

impl WsClient {
    /// Opens one, or says with what status it was refused.
    pub fn open(addr: SocketAddr, visit: &Visit<'_>) -> Result<Self, u16> {
        let tcp = TcpStream::connect(addr).expect("connected");
        tcp.set_nodelay(true).expect("no delay");
        tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let stream: Box<dyn Duplex> = match visit.encrypted {
            true => Box::new(tls::over(tcp.try_clone().expect("a clone"))),
            false => Box::new(tcp.try_clone().expect("a clone")),
        };
        let scheme = if visit.encrypted { "wss" } else { "ws" };
        let mut request =
            format!("{scheme}://{addr}{}", visit.path).into_client_request().expect("a request");
        if !visit.protocols.is_empty() {
            let value = visit.protocols.parse().expect("a value");
            request.headers_mut().insert("Sec-WebSocket-Protocol", value);
        }
        for (name, value) in visit.fields {
            request.headers_mut().insert(*name, value.parse().expect("a value"));
        }
        match tungstenite::client(request, stream) {
            Ok((socket, response)) => {
                let chosen = response.headers().get("Sec-WebSocket-Protocol");
                let protocol = chosen.map(|value| value.to_str().expect("text").to_owned());
                let (rest, closed) = (Vec::new(), None);
                Ok(Self { socket, tcp, sends: Sends::Text, lines: visit.lines, rest, protocol, closed })
            }
            Err(tungstenite::HandshakeError::Failure(Error::Http(response))) => {
                Err(response.status().as_u16())
            }
            Err(error) => panic!("no WebSocket: {error}"),
        }
    }

    /// One for lines.
    pub fn lines(addr: SocketAddr, path: &str) -> Self {
        let visit = Visit { path, lines: true, ..Visit::default() };
        Self::open(addr, &visit).expect("a WebSocket")
    }

    /// The next message; none once it is closed.
    pub fn message(&mut self) -> Option<Message> {
        match self.socket.read() {
            Ok(Message::Close(frame)) => {
                self.closed = frame;
                // The answer to it is sent with the next read.
                self.message()
            }
            Ok(message) => Some(message),
            Err(Error::Io(error))
                if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
            {
                panic!("nothing came")
            }
            Err(_) => None,
        }
    }

    /// Sends one message.
    pub fn say(&mut self, message: Message) {
        self.socket.send(message).expect("sent");
    }
}

impl Read for WsClient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.message() {
                Some(Message::Text(text)) => self.rest.extend_from_slice(text.as_bytes()),
                Some(Message::Binary(bytes)) => self.rest.extend_from_slice(&bytes),
                Some(_) => continue,
                None => return Ok(0),
            }
            if self.lines {
                assert!(!self.rest.contains(&b'\n'), "a message is one line: {:?}", self.rest);
                self.rest.extend_from_slice(b"\r\n");
            }
        }
        let count = self.rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest.drain(..count);
        Ok(count)
    }
}

impl Write for WsClient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let message = match self.sends {
            Sends::Text => Message::text(String::from_utf8_lossy(bytes).into_owned()),
            Sends::Binary => Message::binary(bytes.to_vec()),
        };
        self.socket.send(message).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Wire for WsClient {
    fn set_patience(&self, patience: Duration) {
        self.tcp.set_read_timeout(Some(patience)).expect("a timeout");
    }

    fn end(&mut self) {
        self.tcp.shutdown(Shutdown::Write).expect("half closed");
    }
}
