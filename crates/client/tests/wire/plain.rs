use client::{Conversation, Over, Plain, Show, Step, Words};

use crate::{said, sent, shown, steps, typed};

fn talk() -> Plain {
    Plain::new(None, None, Words::default())
}

#[test]
fn text_goes_out_as_it_is_and_exit_alone() {
    let mut plain = talk();
    assert!(steps(|steps| plain.start(steps)).is_empty());
    assert_eq!(typed(&mut plain, "hello all"), [b"hello all".to_vec()]);
    assert_eq!(typed(&mut plain, "exit;"), [b"exit; ".to_vec()], "said, not done");
    assert_eq!(sent(steps(|steps| plain.leave(steps))), [b"exit;".to_vec()]);
    assert_eq!(steps(|steps| plain.typed("/quit", steps)), [Step::Leave]);
}

#[test]
fn a_relay_says_who_spoke() {
    let bytes = b"from client ip=127.0.0.1 port=58266 hello all";
    assert_eq!(shown(&mut talk(), bytes), [said("127.0.0.1:58266", "hello all")]);
}

#[test]
fn relays_that_ran_together_are_taken_apart() {
    let bytes = b"from client ip=127.0.0.1 port=1 m1from client ip=127.0.0.1 port=2 m2m3";
    assert_eq!(shown(&mut talk(), bytes), [said("127.0.0.1:1", "m1"), said("127.0.0.1:2", "m2m3")]);
    let quoted = b"from client ip=127.0.0.1 port=1 he wrote: from client ip=x port=2 y";
    assert_eq!(shown(&mut talk(), quoted).len(), 1, "that is no relay");
}

#[test]
fn exit_ends_it_only_if_it_is_alone() {
    let ended = [Step::Over(Over::Ended)];
    assert_eq!(steps(|steps| talk().receive(b"exit;", steps)), ended);
    assert_eq!(steps(|steps| talk().receive(b"exit;\0junk", steps)), ended);
    for bytes in [&b"exit;\n"[..], b"from client ip=127.0.0.1 port=1 exit;"] {
        assert!(!steps(|steps| talk().receive(bytes, steps)).contains(&ended[0]));
    }
}

#[test]
fn the_endless_relays_of_a_dead_peer_are_not_shown() {
    let flood = b"from client ip=127.0.0.1 port=58266 ".repeat(1000);
    assert!(shown(&mut talk(), &flood).is_empty());
}

#[test]
fn a_cut_character_harms_only_itself() {
    let bytes = b"from client ip=127.0.0.1 port=58278 \xe6\x98\xaf\xe4\xba";
    assert_eq!(shown(&mut talk(), bytes), [said("127.0.0.1:58278", "是\u{fffd}")]);
    let gbk = b"from client ip=127.0.0.1 port=58278 \xc4\xe3\xba\xc3";
    assert_eq!(shown(&mut talk(), gbk), [said("127.0.0.1:58278", "你好")]);
}

#[test]
fn no_unit_ends_an_old_server() {
    let units = typed(&mut talk(), &"你".repeat(1000));
    assert!(units.len() > 1);
    // 42 is the longest prefix that a relay can have.
    assert!(units.iter().all(|unit| unit.len() + 42 <= 1022 && std::str::from_utf8(unit).is_ok()));
    assert_eq!(units.concat(), "你".repeat(1000).as_bytes());
}

#[test]
fn our_server_tells_more_than_relays() {
    assert_eq!(shown(&mut talk(), b"<bob> hi"), [said("bob", "hi")]);
    let joined = Show::Joined { who: "bob".into(), room: Some("#lobby".into()) };
    assert_eq!(shown(&mut talk(), b"-- bob has joined #lobby"), [joined]);
}
