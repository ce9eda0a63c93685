use client::{Conversation, Kind, PacketChat, Show, Step, Words};

use crate::{joined, left, padded, said, sent, shown, steps, typed};

const SUFFIX: &[u8] = b"\x20\xe7\xa6\xbb\xe5\xbc\x80\xe4\xba\x86\xe8\x81\x8a\xe5\xa4\xa9";

fn talk(name: &str, kind: Kind) -> PacketChat {
    PacketChat::new(name, None, kind, Words::default())
}

fn packet(kind: u8, name: &[u8], text: &[u8]) -> Vec<u8> {
    [vec![kind, 0, 0, 0], padded(name, 20), padded(text, 1024)].concat()
}

#[test]
fn a_group_client_joins_says_and_leaves_byte_for_byte() {
    let mut ann = talk("ann", Kind::Group);
    assert_eq!(sent(steps(|steps| ann.start(steps))), [packet(1, b"ann", b"")]);
    assert_eq!(typed(&mut ann, "hello"), [packet(2, b"ann", b"hello")]);
    let leave = packet(3, b"ann", &[b"ann", SUFFIX].concat());
    assert_eq!(sent(steps(|steps| ann.leave(steps))), [leave]);
}

#[test]
fn a_pair_client_leaves_with_a_word_of_chat() {
    let mut ann = talk("ann", Kind::Pair);
    let leave = packet(2, b"ann", &[b"ann", SUFFIX].concat());
    assert_eq!(sent(steps(|steps| ann.leave(steps))), [leave]);
}

#[test]
fn whoever_waits_says_its_name_to_whoever_comes() {
    let mut bob = PacketChat::waiting("bob", Words::default());
    assert!(steps(|steps| bob.start(steps)).is_empty());
    let refused = steps(|steps| bob.typed("hello", steps));
    assert!(matches!(refused[..], [Step::Show(Show::Failed(_))]));
    assert!(steps(|steps| bob.leave(steps)).is_empty(), "to nobody");

    let met = steps(|steps| bob.met("127.0.0.1:4000".parse().expect("an address"), steps));
    assert_eq!(sent(met), [packet(1, b"bob", b"")]);
    assert_eq!(shown(&mut bob, &packet(1, b"ann", b"")), [joined("ann")]);
    assert_eq!(typed(&mut bob, "hello"), [packet(2, b"bob", b"hello")]);
}

#[test]
fn what_stands_behind_a_nul_is_not_there() {
    let mut ann = talk("ann", Kind::Group);
    let mut packet = packet(2, b"bob", b"x\0rld");
    packet[4 + 4..4 + 20].fill(b'?');
    assert_eq!(shown(&mut ann, &packet), [said("bob", "x")]);
}

#[test]
fn both_ways_to_leave_are_leaving() {
    let mut ann = talk("ann", Kind::Group);
    let text = [b"bob", SUFFIX].concat();
    assert_eq!(shown(&mut ann, &packet(3, b"bob", &text)), [left("bob")]);
    assert_eq!(shown(&mut ann, &packet(2, b"bob", &text)), [left("bob")]);
}

#[test]
fn what_is_no_packet_is_not_shown() {
    let mut ann = talk("ann", Kind::Group);
    let endless = [vec![2, 0, 0, 0], vec![b'n'; 20], padded(b"hi", 1024)].concat();
    for bytes in
        [&b""[..], b"short", &[0; 1049], &packet(9, b"bob", b"hi"), &endless, &packet(2, b"bob", b"")]
    {
        assert!(shown(&mut ann, bytes).is_empty());
    }
}

#[test]
fn long_text_is_several_packets_and_a_long_name_is_cut_between_characters() {
    let mut ann = talk("一二三四五六七", Kind::Group);
    let packets = typed(&mut ann, &"你".repeat(500));
    assert_eq!(packets.len(), 2);
    for packet in &packets {
        assert_eq!(packet.len(), 1048);
        assert_eq!(packet[4..24], padded("一二三四五六".as_bytes(), 20));
    }
}

#[test]
fn our_server_speaks_under_its_own_name() {
    let mut ann = talk("ann", Kind::Group);
    let notice = shown(&mut ann, &packet(2, b"saloon", b"you are ann"));
    assert_eq!(notice, [Show::Notice("you are ann".into())]);
    let private = shown(&mut ann, &packet(2, b"bob", b"(private) psst"));
    assert_eq!(private, [crate::private("bob", "psst")]);
    let elsewhere = Show::Said { who: "bob".into(), room: Some("#dev".into()), text: "hi".into() };
    assert_eq!(shown(&mut ann, &packet(2, b"bob", b"[#dev] hi")), [elsewhere]);
}

#[test]
fn a_sign_of_life_is_of_a_type_that_nobody_relays() {
    let mut ann = talk("ann", Kind::Group);
    assert_eq!(sent(steps(|steps| ann.keep_alive(steps))), [vec![0; 1048]]);
    assert!(steps(|steps| talk("ann", Kind::Pair).keep_alive(steps)).is_empty());
}
