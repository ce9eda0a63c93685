//! WebSocket on the wire (RFC 6455): fragments, pings, closes, and what breaks the rules.

use std::io::{Read, Write};
use std::net::TcpStream;

use rustix::process::Signal;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::{Bytes, Message};

use crate::support::ws::{Visit, WsClient};
use crate::support::{PATIENCE, Peer, eventually};
use crate::{Server, house};

const HANDSHAKE: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

fn open(server: &Server) -> WsClient {
    WsClient::open(server.addr(2), &Visit::default()).expect("a WebSocket")
}

/// The code with which it is closed.
fn closed(client: &mut WsClient) -> Option<CloseCode> {
    while client.message().is_some() {}
    client.closed.take().map(|frame| frame.code)
}

#[test]
fn a_message_in_fragments_is_one_line() {
    let server = house().start();
    let mut client = open(&server);
    let frame =
        |bytes: &'static [u8], code, last| Message::Frame(Frame::message(bytes, OpCode::Data(code), last));
    client.say(frame(b"NI", Data::Text, false));
    client.say(Message::Ping(Bytes::from_static(b"between")));
    client.say(frame(b"CK a", Data::Continue, false));
    client.say(frame(b"nn", Data::Continue, true));
    client.say(Message::text("USER ann 0 * :ann"));
    assert_eq!(client.message(), Some(Message::Pong(Bytes::from_static(b"between"))));
    assert!(client.message().expect("a welcome").into_text().expect("text").contains(" 001 ann "));
}

#[test]
fn a_client_that_closes_is_answered_and_gone() {
    let server = house().start();
    let mut tom = Peer::user(&server, "tom");
    tom.send("MONITOR + ann");
    tom.sync();
    let mut client = Peer::new(open(&server));
    client.register_without_waiting("ann");
    tom.expect(" 730 tom :ann");
    drop(client);
    tom.expect(" 731 tom :ann");
    let mut client = open(&server);
    client.socket.close(None).expect("it closes");
    assert_eq!(closed(&mut client), Some(CloseCode::Normal));
}

#[test]
fn each_end_has_its_code() {
    let mut server = house().set("limits.recvq = 4608").start();
    // Larger than a line may ever be.
    let mut client = open(&server);
    client.say(Message::text("x".repeat(5000)));
    assert_eq!(closed(&mut client), Some(CloseCode::Size));
    // Against the protocol: a frame without a mask.
    let mut raw = raw(&server);
    raw.write_all(b"\x81\x02hi").expect("sent");
    assert_eq!(close_code(&mut raw), Some(1002));
    // Text that is none.
    let mut raw = self::raw(&server);
    raw.write_all(b"\x81\x82\0\0\0\0\xff\xff").expect("sent");
    assert_eq!(close_code(&mut raw), Some(1002));
    // The server stops.
    let mut client = open(&server);
    server.signal(Signal::TERM);
    assert_eq!(closed(&mut client), Some(CloseCode::Away));
    drop(client);
    assert_eq!(server.wait().code, Some(0));
}

/// A connection behind its handshake.
fn raw(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.addr(2)).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(HANDSHAKE).expect("sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    stream
}

/// The code of the close frame with which it ends.
fn close_code(stream: &mut TcpStream) -> Option<u16> {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let at = bytes.iter().rposition(|&byte| byte == 0x88)?;
    Some(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]))
}

#[test]
fn lines_sent_right_behind_the_handshake_are_taken() {
    let server = house().start();
    let mut stream = TcpStream::connect(server.addr(2)).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut bytes = HANDSHAKE.to_vec();
    for line in ["NICK ann", "USER ann 0 * :ann"] {
        bytes.extend([0x81, 0x80 | line.len() as u8, 0, 0, 0, 0]);
        bytes.extend(line.as_bytes());
    }
    stream.write_all(&bytes).expect("sent");
    hear(&mut stream, " 422 ann ");
}

/// Reads until this has come.
fn hear(stream: &mut TcpStream, text: &str) {
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&heard).contains(text) {
        let count = stream.read(&mut buffer).expect("an answer");
        assert!(count > 0, "closed: {}", String::from_utf8_lossy(&heard));
        heard.extend_from_slice(&buffer[..count]);
    }
}

/// A frame of a client, with a mask that changes nothing.
fn frame(code: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | code, 0x80 | payload.len() as u8, 0, 0, 0, 0];
    frame.extend_from_slice(payload);
    frame
}

#[test]
fn what_comes_with_the_handshake_is_heard_and_so_is_its_end() {
    let server = house().start();
    let mut tom = Peer::user(&server, "tom");
    tom.join("#room");
    let mut bytes = HANDSHAKE.to_vec();
    for line in ["NICK ann", "USER ann 0 * :ann", "JOIN #room", "PRIVMSG #room :in one go"] {
        bytes.extend(frame(1, line.as_bytes()));
    }
    bytes.extend(frame(8, &1000_u16.to_be_bytes()));
    let mut stream = TcpStream::connect(server.addr(2)).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(&bytes).expect("sent");
    tom.expect("PRIVMSG #room :in one go");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 101 ") && answer.matches("HTTP/").count() == 1, "{answer}");
}

#[test]
fn byte_by_byte_is_the_same() {
    let server = house().start();
    let mut stream = raw(&server);
    let mut bytes = Vec::new();
    for line in ["NICK ann", "USER ann 0 * :ann", "PING done"] {
        bytes.extend([0x81, 0x80 | line.len() as u8, 1, 2, 3, 4]);
        bytes.extend(
            line.bytes().zip([1, 2, 3, 4].into_iter().cycle()).map(|(byte, mask): (u8, u8)| byte ^ mask),
        );
    }
    for byte in bytes {
        stream.write_all(&[byte]).expect("sent");
    }
    hear(&mut stream, ":done");
}

#[test]
fn who_pings_and_never_reads_takes_no_memory() {
    let server = house().start();
    let mut stream = raw(&server);
    stream.set_write_timeout(Some(std::time::Duration::from_millis(500))).expect("a timeout");
    let before = server.memory();
    let pings = frame(9, &[b'p'; 125]).repeat(1000);
    // Sixty megabytes of them, or as many as the server takes.
    for _ in 0..460 {
        if stream.write_all(&pings).is_err() {
            break;
        }
    }
    let mut tom = Peer::user(&server, "tom");
    tom.sync();
    assert!(server.memory() < before + 8 * 1024, "{} KiB more", server.memory() - before);
}

#[test]
fn a_page_that_vanishes_is_noticed() {
    let server = house().start();
    let before = server.descriptors();
    for _ in 0..20 {
        drop(raw(&server));
        drop(TcpStream::connect(server.addr(1)).expect("connected"));
    }
    eventually("all are forgotten", || server.descriptors() <= before);
}
