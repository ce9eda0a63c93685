//! What is said, and how it is shown to others.

use dialect::fuzzing::text::Stage;
use dialect::packet::wire::Packet;

use super::played::{arrived, drain, gbk, play, said, shown, words};

#[test]
fn what_is_said_is_shown_in_the_way_of_each_dialect() {
    for (speaker, plain, group, tagged) in [
        ('l', SAID, "from 127.0.0.1:21000: guest50001: hello", "SEND 1 127.0.0.1:21000 <guest50001> hello"),
        ('p', SAID, "from 127.0.0.1:21003: guest50001: hello", "SEND 4 127.0.0.1:21003 <guest50001> hello"),
        (
            'a',
            PLAIN_SAID,
            "from 127.0.0.1:21000: guest50001: hello",
            "SEND 1 127.0.0.1:21000 <guest50001> hello",
        ),
        ('g', SAID, GROUP_CHAT, "SEND 4 127.0.0.1:21003 <guest50001> hello"),
        ('t', SAID, "from 127.0.0.1:21000: guest50001: hello", "SEND 1 192.0.2.1:50001 hello"),
    ] {
        let mut stage = arrived(&format!("{speaker}lpagt"));
        play(&mut stage, "0\"hello");
        for (at, seen) in [SAID, "2 guest50001: hello", plain, group, tagged].into_iter().enumerate() {
            assert_eq!(shown(&mut stage, at + 1), [seen], "{speaker} to seat {at}");
        }
        let own = shown(&mut stage, 0);
        assert_eq!(
            own.first().map(String::as_str),
            (speaker == 'g').then_some(GROUP_CHAT),
            "{speaker} itself"
        );
    }
}

#[test]
fn a_name_that_cannot_be_a_nick_is_shown_to_packet_users_only() {
    let mut stage = Stage::new("ppl".as_bytes()).expect("everyone connects");
    play(&mut stage, "0p1bob=\n0!");
    drain(&mut stage, 3);
    play(&mut stage, "1p1张三=\n1p2张三=你好");
    assert_eq!(shown(&mut stage, 0), ["1 张三: ", "2 张三: 你好"]);
    assert_eq!(words('l', &mut stage, 2), ["guest50002 has joined #lobby", "<guest50002> 你好"]);
    play(&mut stage, "1\"/nick zhang");
    assert_eq!(shown(&mut stage, 0), ["3 张三: 张三 离开了聊天", "1 zhang: "]);
    play(&mut stage, "1p1李四=\n1p2zhang=好");
    assert_eq!(shown(&mut stage, 0), ["2 李四: 好"]);
    play(&mut stage, "1p3bob=bob 离开了聊天");
    assert_eq!(shown(&mut stage, 0), ["3 李四: 李四 离开了聊天"]);
}

#[test]
fn who_is_in_two_rooms_is_told_which_is_which() {
    for (dialect, lobby, dev, told) in [
        ('l', "[#lobby] <guest50002> hi", "[#dev] <guest50002> yo", "guest50002 has joined #dev"),
        ('p', "2 guest50002: [#lobby] hi", "2 guest50002: [#dev] yo", "2 saloon: guest50002 has joined #dev"),
        ('a', "[#lobby] <guest50002> hi", "[#dev] <guest50002> yo", "-- guest50002 has joined #dev"),
        (
            'g',
            "from 127.0.0.1:21000: [#lobby] guest50002: hi",
            "from 127.0.0.1:21000: [#dev] guest50002: yo",
            "-- guest50002 has joined #dev",
        ),
        (
            't',
            "SEND 2 127.0.0.1:21001 [#lobby] <guest50002> hi",
            "SEND 2 127.0.0.1:21001 [#dev] <guest50002> yo",
            "SEND 0 127.0.0.1:6670 -- guest50002 has joined #dev",
        ),
    ] {
        let mut stage = arrived(&format!("{dialect}l"));
        play(&mut stage, "0\"/join dev\n1\"hi");
        let hears = |stage: &mut Stage| match dialect {
            'l' => words('l', stage, 0),
            _ => shown(stage, 0),
        };
        assert_eq!(hears(&mut stage).pop().as_deref(), Some(lobby));
        play(&mut stage, "1\"/join dev\n1\"yo");
        assert_eq!(hears(&mut stage), [told, dev], "{dialect}");
        // It speaks where it went last, and where it is told to.
        drain(&mut stage, 2);
        play(&mut stage, "0\"one\n0\"/join lobby\n0\"two\n0\"/part lobby\n0\"three");
        let heard = words('l', &mut stage, 1);
        let said: Vec<_> = heard.iter().filter(|line| line.starts_with('[')).collect();
        assert_eq!(
            said,
            ["[#dev] <guest50001> one", "[#lobby] <guest50001> two", "[#dev] <guest50001> three"]
        );
    }
}

#[test]
fn a_private_message_reaches_one_and_is_answered() {
    for (dialect, told) in [
        ('l', "*guest50002* psst"),
        ('p', "2 guest50002: (private) psst"),
        ('a', "*guest50002* psst"),
        ('t', "SEND 2 127.0.0.1:21001 <guest50002> psst"),
    ] {
        let mut stage = arrived(&format!("{dialect}ll"));
        play(&mut stage, "1\"/msg guest50001 psst");
        assert_eq!(shown(&mut stage, 0), [told]);
        play(&mut stage, "0\"/msg guest50002 yes");
        assert_eq!(words('l', &mut stage, 1), ["*guest50001* yes"], "{dialect}");
        assert_eq!(shown(&mut stage, 0), [""; 0]);
        assert_eq!(shown(&mut stage, 2), [""; 0], "nobody else hears it");
    }
}

#[test]
fn a_group_client_is_told_in_a_datagram_and_answers_with_one() {
    let mut stage = arrived("glg");
    play(&mut stage, "1\"/msg guest50001 私聊\n0@0yes");
    assert_eq!(words('l', &mut stage, 1), ["*guest50001* yes"]);
    assert_eq!(stage.datagrams(0), [(0, "私聊".as_bytes().to_vec())]);
    // One of its own kind it reaches by itself; what comes through the server is marked.
    play(&mut stage, "2\"/msg guest50001 hi");
    assert_eq!(shown(&mut stage, 0), ["from 192.0.2.3:50003: (private) hi"]);
    play(&mut stage, "0@9nobody");
    assert_eq!(shown(&mut stage, 0), ["-- nobody here is called 9: /who shows who is"]);
}

#[test]
fn a_tagged_client_reaches_one_by_number_and_the_room_by_none() {
    let mut stage = arrived("tlt");
    for (sent, aloud, private) in [
        ("send#0#hello", Some("<guest50001> hello"), None),
        ("send#3#你好", None, Some("SEND 1 192.0.2.1:50001 你好")),
        ("send1#to myself", None, None),
        ("send#3#a#b", None, Some("SEND 1 192.0.2.1:50001 a#b")),
    ] {
        play(&mut stage, &format!("0:{sent}\\0\n0~"));
        assert_eq!(words('l', &mut stage, 1).pop().as_deref(), aloud, "{sent}");
        let heard = shown(&mut stage, 2).pop();
        let aloud = aloud.map(|_| "SEND 1 192.0.2.1:50001 hello");
        assert_eq!(heard.as_deref(), private.or(aloud), "{sent}");
    }
    drain(&mut stage, 1);
    for (sent, answer) in [
        ("send#99#x", "nobody has the id 99"),
        ("send#-1#x", "nobody has the id -1"),
        ("send#99999999999#x", "nobody has the id 99999999999"),
        ("send#x", "nobody has the id x"),
        ("send##x", "to whom? send#ID#text; list shows the ids"),
    ] {
        play(&mut stage, &format!("0:{sent}\\n\n0~"));
        assert_eq!(shown(&mut stage, 0), [format!("SEND 0 127.0.0.1:6670 {answer}")], "{sent}");
    }
    play(&mut stage, "0:list\\0\\0timename");
    let told = shown(&mut stage, 0);
    let lists = [
        "LIST 0 127.0.0.1:6670",
        "LIST 1 192.0.2.1:50001",
        "LIST 2 127.0.0.1:21001",
        "LIST 3 192.0.2.3:50003",
    ];
    assert_eq!(told[..4], lists);
    assert!(told[4].starts_with("TIME Tue Nov 14 22:13:2") && told[5..] == ["NAME localhost"], "{told:?}");
}

#[test]
fn long_texts_come_whole_in_units_of_each_dialect() {
    for (letters, most) in [("lpagt", [1023, 1022, 9000, 1023]), ("lpagtG", [1023, 1022, 9000, 1023])] {
        let mut stage = arrived(letters);
        let text = "你好世界".repeat(300);
        let line = if letters.contains('G') { gbk(&text) } else { text.clone().into_bytes() };
        assert_eq!(stage.step(b'0', b':', &line), Ok(()));
        for (at, most) in (1..5).zip(most) {
            let units = stage.heard(at).expect("all stays true");
            let fits =
                |unit: &Vec<u8>| Packet::decode(unit).map_or(unit.len(), |packet| packet.text.len()) <= most;
            assert!(units.iter().all(fits), "{letters} {at}");
            let whole: String = units.iter().map(|unit| said(unit, letters.contains('G'))).collect();
            assert_eq!(
                whole.trim_start_matches("guest50001: ").replace("<guest50001> ", ""),
                text,
                "{letters} {at}"
            );
        }
    }
}

#[test]
fn who_writes_gbk_is_answered_in_it() {
    for dialect in ["l", "a", "g"] {
        let mut stage = arrived(&format!("{dialect}l"));
        assert_eq!(stage.step(b'0', b':', &gbk("你好吗")), Ok(()));
        assert_eq!(words('l', &mut stage, 1), ["<guest50001> 你好吗"]);
        drain(&mut stage, 1);
        play(&mut stage, "1\"很好");
        let told = stage.heard(0).expect("all stays true").concat();
        assert!(told.windows(4).any(|bytes| bytes == gbk("很好")), "{dialect}: {told:?}");
    }
}

const SAID: &str = "<guest50001> hello";
const PLAIN_SAID: &str = "from client ip=192.0.2.1 port=50001 hello";
const GROUP_CHAT: &str = "from 192.0.2.1:50001: hello";
