//! Reads of `plain` byte for byte.

use std::net::Ipv4Addr;

use dialect::plain::wire::{ClientUnit, EXIT, MOST, MOST_TEXT, ServerUnit, c_string};
use proptest::collection::vec;
use proptest::prelude::*;

fn relay(port: u16, text: &[u8]) -> ServerUnit<'_> {
    ServerUnit::Relay { ip: Ipv4Addr::LOCALHOST, port, text }
}

fn from_client(unit: ClientUnit<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    unit.encode(&mut bytes);
    bytes
}

fn from_server(unit: ServerUnit<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    unit.encode(&mut bytes);
    bytes
}

#[test]
fn the_exchange_is_read_and_written_as_the_programs_do() {
    let cut = b"\xe6\x98\xaf\xe6\x98\xaf\xe4\xba";
    for (unit, bytes) in [
        (ClientUnit::Text(b"hello all"), &b"hello all"[..]),
        (ClientUnit::Text(cut), cut),
        (ClientUnit::Exit, b"exit;"),
    ] {
        assert_eq!(ClientUnit::decode(bytes), unit);
        assert_eq!(from_client(unit), bytes);
    }
    for (unit, bytes) in [
        (relay(58266, b"hello all"), &b"from client ip=127.0.0.1 port=58266 hello all"[..]),
        (relay(58278, cut), &[b"from client ip=127.0.0.1 port=58278 ", &cut[..]].concat()),
        (relay(1, b""), b"from client ip=127.0.0.1 port=1 "),
        (ServerUnit::Exit, b"exit;"),
        (ServerUnit::Text(b"-- ann is here"), b"-- ann is here"),
    ] {
        assert_eq!(ServerUnit::decode(bytes), unit);
        assert_eq!(from_server(unit), bytes);
    }
}

#[test]
fn exit_counts_only_as_a_whole_c_string() {
    assert_eq!(ClientUnit::decode(b"exit;\0junk"), ClientUnit::Exit);
    for text in [&b"exit;\n"[..], b"helloexit;", b"exit", b"EXIT;", b" exit;", b""] {
        assert_eq!(ClientUnit::decode(text), ClientUnit::Text(text));
    }
}

#[test]
fn a_last_read_may_be_text_and_exit() {
    assert_eq!(ClientUnit::parting(b"helloexit;"), Some(&b"hello"[..]));
    assert_eq!(ClientUnit::parting(b"exit;"), Some(&b""[..]));
    assert_eq!(ClientUnit::parting(b"exit;x"), None);
}

#[test]
fn a_nul_ends_a_read_and_is_never_sent() {
    assert_eq!(c_string(b"a\0b"), b"a");
    assert_eq!(c_string(b"\0"), b"");
    assert_eq!(ClientUnit::decode(b"a\0b"), ClientUnit::Text(b"a"));
    assert_eq!(from_server(relay(5, b"a\0b")), b"from client ip=127.0.0.1 port=5 ab");
}

#[test]
fn no_text_makes_a_client_end() {
    for text in [&b"exit;"[..], b"\0exit;", b"ex\0it;"] {
        assert_eq!(from_server(ServerUnit::Text(text)), b"exit; ");
        assert_eq!(from_client(ClientUnit::Text(text)), b"exit; ");
    }
}

#[test]
fn what_is_not_quite_a_relay_is_text() {
    for text in [
        &b"from client ip=127.0.0.1 port=5"[..],
        b"from client ip=127.0.0.1 port=65536 x",
        b"from client ip=::1 port=5 x",
        b"from client ip=127.0.0 port=5 x",
        b"from client ip=127.0.0.1  port=5 x",
        b"from client ip=\xff port=5 x",
    ] {
        assert_eq!(ServerUnit::decode(text), ServerUnit::Text(text));
    }
}

#[test]
fn text_that_fits_makes_a_unit_that_fits() {
    let longest = Ipv4Addr::new(255, 255, 255, 255);
    assert_eq!(ServerUnit::room(longest, 65535), MOST_TEXT);
    assert_eq!(ServerUnit::room(Ipv4Addr::LOCALHOST, 58266), MOST - 36);
    let text = vec![b'x'; MOST_TEXT];
    assert_eq!(from_server(ServerUnit::Relay { ip: longest, port: 65535, text: &text }).len(), MOST);
}

proptest! {
    #[test]
    fn reading_undoes_writing(ip in any::<[u8; 4]>(), port in any::<u16>(), text in vec(1u8.., 0..60)) {
        let relay = ServerUnit::Relay { ip: ip.into(), port, text: &text };
        let bytes = from_server(relay);
        prop_assert_eq!(ServerUnit::decode(&bytes), relay);
        prop_assume!(text != EXIT);
        let bytes = from_client(ClientUnit::Text(&text));
        prop_assert_eq!(&bytes, &from_server(ServerUnit::Text(&text)));
        prop_assert_eq!(ClientUnit::decode(&bytes), ClientUnit::Text(&text));
        prop_assert_eq!(ServerUnit::decode(&bytes), ServerUnit::Text(&text));
    }
}
