//! Packets byte for byte.

use dialect::packet::wire::{Kind, LEAVE_SUFFIX, MOST_TEXT, Packet, PacketError, SIZE, leave_text};
use proptest::collection::vec;
use proptest::prelude::*;

/// A packet with these bytes at the beginning of its fields.
fn datagram(kind: u8, name: &[u8], text: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; SIZE];
    bytes[0] = kind;
    bytes[4..4 + name.len()].copy_from_slice(name);
    bytes[24..24 + text.len()].copy_from_slice(text);
    bytes
}

fn packet<'a>(kind: Kind, name: &'a [u8], text: &'a [u8]) -> Packet<'a> {
    Packet { kind, name, text }
}

#[test]
fn packets_are_read_and_written_as_the_programs_do() {
    let leave = b"ann\x20\xe7\xa6\xbb\xe5\xbc\x80\xe4\xba\x86\xe8\x81\x8a\xe5\xa4\xa9";
    let vectors: [(Kind, u8, &[u8], &[u8]); 5] = [
        (Kind::Join, 1, b"ann", b""),
        (Kind::Join, 1, b"bob", b""),
        (Kind::Chat, 2, b"ann", b"hello"),
        (Kind::Chat, 2, b"ann", b"world"),
        (Kind::Leave, 3, b"ann", leave),
    ];
    for (kind, number, name, text) in vectors {
        let bytes = datagram(number, name, text);
        assert_eq!(Packet::decode(&bytes), Ok(packet(kind, name, text)));
        assert_eq!(packet(kind, name, text).encode()[..], bytes);
    }
    assert_eq!(leave_text(b"ann"), leave);
    assert_eq!(
        LEAVE_SUFFIX.chars().map(u32::from).collect::<Vec<_>>(),
        [0x20, 0x79bb, 0x5f00, 0x4e86, 0x804a, 0x5929]
    );
}

#[test]
fn old_bytes_behind_a_nul_mean_nothing() {
    let bytes = datagram(2, b"ann\0bcdefghijklmnopq", b"x\0rld");
    assert_eq!(Packet::decode(&bytes), Ok(packet(Kind::Chat, b"ann", b"x")));
}

#[test]
fn a_program_may_leave_with_a_chat_packet() {
    let leaves = |kind, name, text: &[u8]| packet(kind, name, text).is_leave();
    assert!(leaves(Kind::Leave, b"ann", b""));
    assert!(leaves(Kind::Chat, b"ann", &leave_text(b"ann")));
    assert!(leaves(Kind::Chat, b"", &leave_text(b"")));
    assert!(!leaves(Kind::Chat, b"bob", &leave_text(b"ann")));
    assert!(!leaves(Kind::Chat, b"ann", b"ann"));
    assert!(!leaves(Kind::Join, b"ann", &leave_text(b"ann")));
}

#[test]
fn what_is_no_packet_is_refused() {
    for length in [0, 1, 4, SIZE - 1, SIZE + 1, 1 << 20] {
        assert_eq!(Packet::decode(&vec![1; length]), Err(PacketError::Length(length)));
    }
    for kind in [0, 4, 255] {
        assert_eq!(Packet::decode(&datagram(kind, b"a", b"")), Err(PacketError::Kind(i32::from(kind))));
    }
    let mut big_endian = datagram(0, b"a", b"");
    big_endian[3] = 1;
    assert_eq!(Packet::decode(&big_endian), Err(PacketError::Kind(1 << 24)));
    let mut negative = datagram(0, b"a", b"");
    negative[..4].fill(0xff);
    assert_eq!(Packet::decode(&negative), Err(PacketError::Kind(-1)));
    assert_eq!(Packet::decode(&datagram(1, &[b'a'; 20], b"")), Err(PacketError::EndlessName));
}

#[test]
fn a_text_without_nul_is_1024_bytes_of_text() {
    let bytes = datagram(2, &[b'a'; 19], &[b'x'; 1024]);
    let packet = Packet::decode(&bytes).expect("a packet");
    assert_eq!((packet.name.len(), packet.text.len()), (19, 1024));
    assert_eq!(packet.encode()[24 + MOST_TEXT..], [0]);
}

#[test]
fn what_is_too_long_is_cut_between_characters() {
    let name = "你".repeat(7);
    let text = "é".repeat(600);
    let bytes = packet(Kind::Chat, name.as_bytes(), text.as_bytes()).encode();
    let cut = Packet::decode(&bytes).expect("a packet");
    assert_eq!(cut.name, "你".repeat(6).as_bytes());
    assert_eq!(cut.text, "é".repeat(511).as_bytes());
}

proptest! {
    #[test]
    fn reading_undoes_writing(
        kind in proptest::sample::select(&[Kind::Join, Kind::Chat, Kind::Leave][..]),
        name in vec(1u8.., 0..=19),
        text in vec(1u8.., 0..=1023),
    ) {
        let packet = packet(kind, &name, &text);
        let bytes = packet.encode();
        prop_assert_eq!(Packet::decode(&bytes), Ok(packet));
    }
}
