//! WebSocket (RFC 6455): the handshake, what a client's bytes carry, and frames for it. Nothing is read or written
//! here: bytes go in, messages and bytes come out.
//!
//! The protocol itself is tungstenite's. Only the frames that we send are made here apart from it: those of a
//! server are not masked, so that the same bytes are right for everyone in a room.

use std::io::{self, Read, Write};

#[cfg(test)]
use tungstenite::Bytes;
use tungstenite::Message;
use tungstenite::error::{CapacityError, Error};
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tungstenite::protocol::frame::{CloseFrame, Frame, FrameHeader};
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};

use crate::http::{Request, Status, head};

/// Bytes that are kept for reading, of each connection.
const BUFFER: usize = 512;
/// The subprotocols of IRC (ircv3.net, "WebSocket"): what a message carries.
const PROTOCOLS: [(&str, Kind); 2] = [("text.ircv3.net", Kind::Text), ("binary.ircv3.net", Kind::Binary)];

/// What a message carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8.
    Text,
    /// Any bytes.
    Binary,
}

/// A handshake that is done once the answer has been sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// What to send.
    pub answer: Vec<u8>,
    /// What messages carry, if that was agreed.
    pub kind: Option<Kind>,
}

/// Whether a request asks for a WebSocket.
pub fn is_asked_for(request: &Request) -> bool {
    request.lists("upgrade", "websocket")
}

/// Answers the opening handshake (RFC 6455 §4.2). The first subprotocol of the client's that we know is chosen.
///
/// # Errors
/// The status to refuse it with, and why, in words for people.
pub fn accept(request: &Request) -> Result<Handshake, (Status, &'static str)> {
    if request.method != "GET" || !request.lists("connection", "upgrade") {
        return Err((Status::BAD_REQUEST, "a WebSocket begins with GET and `Connection: Upgrade`"));
    }
    if request.field("sec-websocket-version") != Some("13") {
        return Err((Status::UPGRADE_REQUIRED, "only version 13 of WebSocket is spoken here (RFC 6455)"));
    }
    // Sixteen bytes in base64.
    let key = request.field("sec-websocket-key").filter(|key| key.len() == 24 && key.ends_with("=="));
    let key = key.ok_or((Status::BAD_REQUEST, "`Sec-WebSocket-Key` is missing or not 16 bytes in base64"))?;
    let accepted = derive_accept_key(key.as_bytes());
    let known = |asked: &str| PROTOCOLS.into_iter().find(|(name, _)| *name == asked);
    let protocol = request.list("sec-websocket-protocol").find_map(known);
    let mut fields = vec![
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accepted.as_str()),
    ];
    fields.extend(protocol.map(|(name, _)| ("Sec-WebSocket-Protocol", name)));
    Ok(Handshake { answer: head(Status::SWITCHING, &fields), kind: protocol.map(|(_, kind)| kind) })
}

/// Our end of one WebSocket.
#[derive(Debug)]
pub struct WebSocket(WebSocketContext);

/// Why a WebSocket is at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The client has closed it, and the answer to that stands in the bytes to send.
    Closed,
    /// A message is larger than allowed.
    TooLarge,
    /// The client does not keep to the protocol.
    Broken(String),
}

/// Why we close (RFC 6455 §7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// 1000: all is said.
    Normal,
    /// 1001: the server stops.
    Away,
    /// 1002: that is not WebSocket, or not what is spoken in it.
    Protocol,
    /// 1008: it is not wanted here.
    Policy,
    /// 1009: too large.
    Size,
}

impl WebSocket {
    /// A new one, behind its handshake. Messages may have `limit` bytes.
    pub fn new(limit: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0)
            .max_frame_size(Some(limit))
            .max_message_size(Some(limit));
        Self(WebSocketContext::new(Role::Server, Some(config)))
    }

    /// Takes what was read. Each whole message goes to `message`; what must be sent (answers to pings and to
    /// a close) is appended to `answers`.
    ///
    /// # Errors
    /// Nothing more can come.
    pub fn receive(
        &mut self,
        bytes: &[u8],
        answers: &mut Vec<u8>,
        mut message: impl FnMut(Kind, &[u8]),
    ) -> Result<(), Ended> {
        let mut pipe = Pipe { bytes, answers };
        loop {
            match self.0.read(&mut pipe) {
                Ok(Message::Text(text)) => message(Kind::Text, text.as_bytes()),
                Ok(Message::Binary(bytes)) => message(Kind::Binary, &bytes),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_)) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => return Err(Ended::Closed),
                Err(Error::Capacity(CapacityError::MessageTooLong { .. })) => return Err(Ended::TooLarge),
                Err(error) => return Err(Ended::Broken(error.to_string())),
            }
        }
    }
}

/// Appends a message as one frame, the same for every client. Text that is not UTF-8 is mended.
pub fn frame(kind: Kind, message: &[u8], out: &mut Vec<u8>) {
    let mended = match kind {
        Kind::Text => String::from_utf8_lossy(message),
        Kind::Binary => return write_frame(Data::Binary, message, out),
    };
    write_frame(Data::Text, mended.as_bytes(), out);
}

fn write_frame(data: Data, payload: &[u8], out: &mut Vec<u8>) {
    let header = FrameHeader { opcode: OpCode::Data(data), ..FrameHeader::default() };
    header.format(payload.len() as u64, out).expect("a vector takes all that is written to it");
    out.extend_from_slice(payload);
}

/// Appends a frame that closes. `reason` is cut to what fits (123 bytes).
pub fn close(code: Code, reason: &str, out: &mut Vec<u8>) {
    let code = match code {
        Code::Normal => CloseCode::Normal,
        Code::Away => CloseCode::Away,
        Code::Protocol => CloseCode::Protocol,
        Code::Policy => CloseCode::Policy,
        Code::Size => CloseCode::Size,
    };
    let reason = &reason[..reason.floor_char_boundary(123)];
    let frame = Frame::close(Some(CloseFrame { code, reason: reason.into() }));
    frame.format(out).expect("a vector takes all that is written to it");
}

/// The payloads of frames that [`frame`] has made.
pub fn payloads(frames: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = frames;
    std::iter::from_fn(move || {
        let mut cursor = io::Cursor::new(rest);
        let (_, length) = FrameHeader::parse(&mut cursor).ok()??;
        let begin = usize::try_from(cursor.position()).ok()?;
        let end = begin.checked_add(usize::try_from(length).ok()?)?;
        let payload = rest.get(begin..end)?;
        rest = &rest[end..];
        Some(payload)
    })
}

/// A stream that has what was read, and takes what is to be sent.
struct Pipe<'a> {
    bytes: &'a [u8],
    answers: &'a mut Vec<u8>,
}

impl Read for Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.bytes.read(buffer)
    }
}

impl Write for Pipe<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.answers.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Parsed, parse};

    /// What a client sends, one `write` after the other.
    fn client(messages: &[Message]) -> Vec<u8> {
        let mut context = WebSocketContext::new(Role::Client, None);
        let mut sent = Vec::new();
        for message in messages {
            let mut pipe = Pipe { bytes: &[], answers: &mut sent };
            context.write(&mut pipe, message.clone()).expect("it is written");
            context.flush(&mut pipe).expect("it is flushed");
        }
        sent
    }

    /// What a client makes of bytes.
    fn read(mut bytes: &[u8]) -> Vec<Message> {
        let mut context = WebSocketContext::new(Role::Client, None);
        let (mut answers, mut messages) = (Vec::new(), Vec::new());
        let mut pipe = Pipe { bytes: std::mem::take(&mut bytes), answers: &mut answers };
        while let Ok(message) = context.read(&mut pipe) {
            messages.push(message);
        }
        messages
    }

    fn take(socket: &mut WebSocket, bytes: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>, Result<(), Ended>) {
        let (mut messages, mut answers) = (Vec::new(), Vec::new());
        let end = socket.receive(bytes, &mut answers, |_, message| messages.push(message.to_vec()));
        (messages, answers, end)
    }

    fn asked(fields: &str) -> Request {
        let text = format!("GET /ws HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
        match parse(text.as_bytes()) {
            Parsed::Request(request, _) => *request,
            other => panic!("{other:?}"),
        }
    }

    const GOOD: &str = "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n\
                        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    #[test]
    fn the_example_of_the_specification_is_accepted() {
        let handshake = accept(&asked(GOOD)).expect("it is right");
        let answer = String::from_utf8(handshake.answer).expect("text");
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{answer}");
        assert!(!answer.contains("Sec-WebSocket-Protocol") && handshake.kind.is_none(), "{answer}");
    }

    #[test]
    fn the_first_subprotocol_that_is_known_is_chosen() {
        for (asked_for, kind) in [
            ("binary.ircv3.net, text.ircv3.net", Some(Kind::Binary)),
            ("chat, text.ircv3.net, binary.ircv3.net", Some(Kind::Text)),
            ("chat", None),
        ] {
            let fields = format!("{GOOD}Sec-WebSocket-Protocol: {asked_for}\r\n");
            assert_eq!(accept(&asked(&fields)).expect("it is right").kind, kind, "{asked_for}");
        }
    }

    #[test]
    fn a_handshake_with_something_missing_is_refused() {
        for (field, status) in [
            ("Sec-WebSocket-Version: 13\r\n", Status::UPGRADE_REQUIRED),
            ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", Status::BAD_REQUEST),
            ("Connection: keep-alive, Upgrade\r\n", Status::BAD_REQUEST),
        ] {
            assert_eq!(accept(&asked(&GOOD.replace(field, ""))).map_err(|(status, _)| status), Err(status));
        }
    }

    #[test]
    fn messages_come_whole_however_they_are_cut() {
        let long = "x".repeat(70_000);
        let bytes =
            client(&[Message::text("NICK ann"), Message::binary(&b"\xff\x00"[..]), Message::text(&*long)]);
        for step in [1, 2, 3, 7, 1000, bytes.len()] {
            let mut socket = WebSocket::new(100_000);
            let mut messages = Vec::new();
            for part in bytes.chunks(step) {
                let (some, answers, end) = take(&mut socket, part);
                assert_eq!((answers.len(), end), (0, Ok(())));
                messages.extend(some);
            }
            assert_eq!(messages, [b"NICK ann".to_vec(), b"\xff\x00".to_vec(), long.clone().into_bytes()]);
        }
    }

    #[test]
    fn pings_are_answered_and_a_close_too() {
        let mut socket = WebSocket::new(100);
        let (messages, answers, end) =
            take(&mut socket, &client(&[Message::Ping(Bytes::from_static(b"hi"))]));
        assert_eq!((messages.len(), end), (0, Ok(())));
        assert_eq!(read(&answers), [Message::Pong(Bytes::from_static(b"hi"))]);

        let (_, answers, end) = take(&mut socket, &client(&[Message::Close(None)]));

        assert_eq!(end, Err(Ended::Closed));
        assert_eq!(read(&answers), [Message::Close(None)]);
    }

    #[test]
    fn what_is_against_the_protocol_ends_it() {
        let mut masked_badly = Vec::new();
        frame(Kind::Text, b"no mask", &mut masked_badly);
        for bytes in [
            &masked_badly[..],
            b"\xf1\x80\0\0\0\0",
            b"\x8f\x80\0\0\0\0",
            b"\x09\x80\0\0\0\0",
            b"\x81\x81\0\0\0\0\xff",
        ] {
            let (messages, _, end) = take(&mut WebSocket::new(100), bytes);
            assert!(messages.is_empty() && matches!(end, Err(Ended::Broken(_))), "{bytes:?}: {end:?}");
        }
    }

    #[test]
    fn a_message_has_a_limit_whole_or_in_parts() {
        let whole = client(&[Message::text("x".repeat(101))]);
        assert_eq!(take(&mut WebSocket::new(100), &whole).2, Err(Ended::TooLarge));
        // Two fragments of 60: the first without FIN, the second a continuation.
        let part = |first: u8| [&[first, 0x80 | 60, 0, 0, 0, 0][..], &[b'x'; 60]].concat();
        let parts = [part(0x01), part(0x80)].concat();
        assert_eq!(take(&mut WebSocket::new(100), &parts).2, Err(Ended::TooLarge));
        assert_eq!(take(&mut WebSocket::new(120), &parts).0, [vec![b'x'; 120]]);
    }

    #[test]
    fn frames_are_what_a_client_reads() {
        let mut bytes = Vec::new();
        frame(Kind::Text, "grüße".as_bytes(), &mut bytes);
        frame(Kind::Text, b"bad \xff byte", &mut bytes);
        frame(Kind::Binary, b"bad \xff byte", &mut bytes);
        frame(Kind::Text, &[b'x'; 70_000], &mut bytes);
        let read = read(&bytes);
        assert_eq!(
            read[..3],
            [
                Message::text("grüße"),
                Message::text("bad \u{fffd} byte"),
                Message::binary(&b"bad \xff byte"[..])
            ]
        );
        assert_eq!(read[3].len(), 70_000);
        let payloads: Vec<_> = payloads(&bytes).collect();
        assert_eq!((payloads.len(), payloads[0], payloads[3].len()), (4, "grüße".as_bytes(), 70_000));
    }

    #[test]
    fn the_reason_of_a_close_is_cut_at_a_character() {
        let mut bytes = Vec::new();
        close(Code::Policy, &"ü".repeat(100), &mut bytes);
        let [Message::Close(Some(frame))] = &read(&bytes)[..] else { panic!("{bytes:?}") };
        assert_eq!((frame.code, frame.reason.len()), (CloseCode::Policy, 122));
    }

    #[test]
    fn any_bytes_end_in_messages_or_an_end_and_never_in_a_panic() {
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..24)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (seed >> 56) as u8
                })
                .collect();
            let mut socket = WebSocket::new(1000);
            for part in bytes.chunks(5) {
                if take(&mut socket, part).2.is_err() {
                    break;
                }
            }
        }
    }
}
