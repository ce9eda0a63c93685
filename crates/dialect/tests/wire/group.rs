//! Reads of `group` byte for byte.

use std::net::{Ipv4Addr, SocketAddrV4};

use dialect::group::wire::{Ident, ServerUnit, private_port};
use proptest::collection::vec;
use proptest::prelude::*;

fn at(port: u16) -> Ident {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}

fn chat(port: u16, text: &[u8]) -> ServerUnit<'_> {
    ServerUnit::Chat { from: at(port), text }
}

fn encoded(unit: ServerUnit<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    unit.encode(&mut bytes);
    bytes
}

fn decoded(read: &[u8]) -> Vec<ServerUnit<'_>> {
    ServerUnit::decode(read).collect()
}

#[test]
fn the_exchange_is_read_and_written_as_the_programs_do() {
    for (unit, bytes) in [
        (ServerUnit::Online(at(56784)), &b"127.0.0.1:56784 is online\n"[..]),
        (ServerUnit::Online(at(56798)), b"127.0.0.1:56798 is online\n"),
        (chat(56798, "hi 你好".as_bytes()), b"from 127.0.0.1:56798: hi \xe4\xbd\xa0\xe5\xa5\xbd"),
        (chat(56798, b""), b"from 127.0.0.1:56798: "),
        (ServerUnit::Offline(at(56798)), b"a user left\n127.0.0.1:56798 is offline\n"),
        (ServerUnit::Full, b"too many users\n"),
        (ServerUnit::Other(b"what is this?"), b"what is this?"),
    ] {
        assert_eq!(decoded(bytes), [unit]);
        assert_eq!(encoded(unit), bytes);
    }
}

#[test]
fn units_that_run_together_are_told_apart() {
    let (online, offline) = (ServerUnit::Online(at(1)), ServerUnit::Offline(at(1)));
    let read = b"127.0.0.1:1 is online\n127.0.0.1:1 is online\nfrom 127.0.0.1:1: hi";
    assert_eq!(decoded(read), [online, online, chat(1, b"hi")]);
    let read = b"from 127.0.0.1:1: hia user left\n127.0.0.1:1 is offline\ntoo many users\n";
    assert_eq!(decoded(read), [chat(1, b"hi"), offline, ServerUnit::Full]);
    let read = b"from 127.0.0.1:1: hi127.0.0.1:1 is online\nfrom 127.0.0.1:2: yo";
    assert_eq!(decoded(read), [chat(1, b"hi"), online, chat(2, b"yo")]);
    let read = b"from 127.0.0.1:1: hi\nfrom 127.0.0.1:2: yo\nthere\n127.0.0.1:1 is online\n";
    assert_eq!(decoded(read), [chat(1, b"hi"), chat(2, b"yo\nthere"), online]);
    assert_eq!(decoded(b"rest\nfrom 127.0.0.1:1: a"), [ServerUnit::Other(b"rest"), chat(1, b"a")]);
}

#[test]
fn what_is_typed_on_a_line_is_nobody_elses_chat() {
    let forged = b"from 127.0.0.1:1: x from 127.0.0.1:2: I am a fool";
    assert_eq!(decoded(forged), [chat(1, b"x from 127.0.0.1:2: I am a fool")]);
}

#[test]
fn what_is_not_quite_a_unit_is_something_else() {
    for read in [
        &b"127.0.0.1:1 is online"[..],
        b"127.0.0.1:65536 is online\n",
        b"127.0.0.256:1 is online\n",
        b"a user left\n127.0.0.1:1 is online",
        b"from 127.0.0.1: x",
        b"from 127.0.0.1:1:x",
        b"from [::1]:1: x",
        b"too many users",
        b"\xff",
    ] {
        assert_eq!(decoded(read), [ServerUnit::Other(read)], "{:?}", String::from_utf8_lossy(read));
    }
    assert_eq!(decoded(b""), []);
    assert_eq!(decoded(b"\0from"), []);
}

#[test]
fn a_nul_ends_a_read_and_is_never_sent() {
    assert_eq!(decoded(b"from 127.0.0.1:1: a\0b"), [chat(1, b"a")]);
    assert_eq!(encoded(chat(1, b"a\0b")), b"from 127.0.0.1:1: ab");
}

#[test]
fn nobody_is_reached_behind_the_last_port() {
    assert_eq!(private_port(35098), Some(35099));
    assert_eq!(private_port(65534), Some(65535));
    assert_eq!(private_port(65535), None);
}

proptest! {
    #[test]
    fn reading_undoes_writing(ip in any::<[u8; 4]>(), port in any::<u16>(), text in vec(32u8.., 0..60)) {
        let who = SocketAddrV4::new(ip.into(), port);
        let chat = ServerUnit::Chat { from: who, text: &text };
        for unit in [ServerUnit::Online(who), ServerUnit::Offline(who), chat] {
            let bytes = encoded(unit);
            prop_assert_eq!(decoded(&bytes), [unit]);
        }
        let all = [ServerUnit::Online(who), chat, ServerUnit::Full, ServerUnit::Offline(who)];
        let mut read = encoded(all[0]);
        read.extend(encoded(chat));
        read.push(b'\n');
        read.extend([encoded(all[2]), encoded(all[3])].concat());
        prop_assert_eq!(decoded(&read), all);
    }
}
