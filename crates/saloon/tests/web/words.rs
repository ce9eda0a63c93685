//! `irc` over WebSocket (`conformance` section 20): subprotocols, kinds of messages, lines and their limits.

use tungstenite::Message;

use crate::house;
use crate::support::Peer;
use crate::support::ws::{Sends, Visit, WsClient};

fn open(server: &crate::Server, protocols: &str) -> WsClient {
    WsClient::open(server.addr(2), &Visit { path: "/", protocols, ..Visit::default() }).expect("a WebSocket")
}

/// The next message that has this in it.
fn expect(client: &mut WsClient, text: &str) -> Message {
    loop {
        let message = client.message().unwrap_or_else(|| panic!("closed before {text}"));
        if String::from_utf8_lossy(&message.clone().into_data()).contains(text) {
            return message;
        }
    }
}

fn register(client: &mut WsClient, nick: &str) {
    client.say(Message::text(format!("NICK {nick}")));
    client.say(Message::text(format!("USER {nick} 0 * :{nick}")));
    expect(client, " 422 ");
}

#[test]
fn the_first_known_subprotocol_is_chosen_and_says_what_messages_are() {
    let server = house().start();
    for (asked, chosen, text) in [
        ("text.ircv3.net", Some("text.ircv3.net"), true),
        ("binary.ircv3.net", Some("binary.ircv3.net"), false),
        ("binary.ircv3.net, text.ircv3.net", Some("binary.ircv3.net"), false),
        ("", None, true),
    ] {
        let mut client = open(&server, asked);
        assert_eq!(client.protocol.as_deref(), chosen, "{asked}");
        register(&mut client, "ann");
        client.say(Message::text("PING here"));
        assert_eq!(expect(&mut client, "PONG").is_text(), text, "{asked}");
        client.say(Message::text("QUIT"));
        while client.message().is_some() {}
    }
}

#[test]
fn where_nothing_was_agreed_the_kind_of_the_client_is_used() {
    let server = house().start();
    let mut client = open(&server, "");
    client.say(Message::binary(&b"NICK ann"[..]));
    client.say(Message::text("USER ann 0 * :ann"));
    assert!(expect(&mut client, " 001 ").is_binary());
}

#[test]
fn the_other_kind_is_understood_as_well() {
    let server = house().start();
    let mut client = open(&server, "text.ircv3.net");
    client.say(Message::binary(&b"NICK ann"[..]));
    client.say(Message::binary(&b"USER ann 0 * :ann"[..]));
    assert!(expect(&mut client, " 001 ").is_text());
}

#[test]
fn everyone_is_in_the_same_room() {
    let server = house().start();
    let mut tcp = Peer::user(&server, "tom");
    let mut page = Peer::ws(server.addr(1), "/ws");
    let mut socket = Peer::ws(server.addr(2), "/any/path");
    page.register("pam");
    socket.register("sue");
    for peer in [&mut tcp, &mut page, &mut socket] {
        peer.join("#room");
    }
    page.send("PRIVMSG #room :from the page \u{4f60}\u{597d}");
    for peer in [&mut tcp, &mut socket] {
        assert!(peer.expect("from the page").starts_with(":pam!"));
    }
    tcp.send("PRIVMSG #room :from a terminal");
    for peer in [&mut page, &mut socket] {
        assert!(peer.expect("from a terminal").starts_with(":tom!"));
    }
}

#[test]
fn a_line_may_have_510_bytes_and_no_more() {
    let server = house().start();
    let mut client = open(&server, "text.ircv3.net");
    register(&mut client, "ann");
    let line = |length: usize| {
        let head = "PRIVMSG ann :";
        format!("{head}{}", "x".repeat(length - head.len()))
    };
    client.say(Message::text(line(511)));
    client.say(Message::text("PING 1"));
    let answer = client.message().expect("an answer").into_text().expect("text");
    assert!(answer.contains(" 417 ann "), "{answer}");
    expect(&mut client, "PONG");
    // It fits; whether it fits with the source in front is another question.
    client.say(Message::text(line(510).replace("PRIVMSG ann :", "PING aaaaaa :")));
    expect(&mut client, "PONG");
}

#[test]
fn line_ends_in_a_message_are_line_ends_and_no_way_to_forge_lines() {
    let server = house().start();
    let mut tom = Peer::user(&server, "tom");
    tom.join("#room");
    let mut client = open(&server, "text.ircv3.net");
    client.say(Message::text("NICK ann\r\nUSER ann 0 * :ann\r\n"));
    expect(&mut client, " 422 ");
    client.say(Message::text("JOIN #room\n\n"));
    client.say(Message::text("PRIVMSG #room :one\r\n:tom PRIVMSG #room :two\nPRIVMSG #room :three\r"));
    for word in ["one", "two", "three"] {
        let line = tom.expect(&format!("PRIVMSG #room :{word}"));
        assert!(line.starts_with(":ann!") && line.ends_with(word), "{line}");
    }
}

#[test]
fn text_never_carries_what_is_no_text() {
    let server = house().set("server.utf8_only = false").start();
    let mut text = open(&server, "text.ircv3.net");
    let mut binary = open(&server, "binary.ircv3.net");
    for (client, nick) in [(&mut text, "tex"), (&mut binary, "bin")] {
        register(client, nick);
        client.say(Message::text("JOIN #room"));
        expect(client, " 366 ");
    }
    let mut tom = Peer::user(&server, "tom");
    tom.join("#room");
    tom.raw(b"PRIVMSG #room :caf\xe9\r\n");
    let line = expect(&mut text, "PRIVMSG #room").into_text().expect("text");
    assert!(line.ends_with("caf\u{fffd}"), "{line}");
    assert!(expect(&mut binary, "PRIVMSG #room").into_data().ends_with(b"caf\xe9"));
}

#[test]
fn a_reader_that_is_slow_is_told_everything_and_in_whole_messages() {
    let server = house().set("limits.sendq = 65536").set("history.channel_length = 100000").start();
    let mut tom = Peer::user(&server, "tom");
    tom.join("#room");
    let mut slow = Peer::ws(server.addr(1), "/ws");
    slow.register("ann");
    slow.join("#room");
    let count = 20_000;
    let filler = "x".repeat(200);
    for number in 0..count {
        tom.raw(format!("PRIVMSG #room :{number} {filler}\r\n").as_bytes());
    }
    tom.sync();
    for number in 0..count {
        let line = slow.expect("PRIVMSG #room");
        assert!(line.contains(&format!(" :{number} ")), "{number}: {line}");
    }
    server.logged("it falls behind", 1);
    slow.sync();
}

#[test]
fn an_echo_and_the_last_words_come_before_the_close() {
    let server = house().start();
    let mut client = open(&server, "text.ircv3.net");
    client.say(Message::text("CAP REQ echo-message"));
    register_behind_cap(&mut client);
    client.say(Message::text("PRIVMSG ann :to me"));
    client.say(Message::text("QUIT :bye"));
    expect(&mut client, "PRIVMSG ann :to me");
    expect(&mut client, "ERROR :");
    assert_eq!(client.message(), None);
    assert_eq!(client.closed.map(|frame| u16::from(frame.code)), Some(1000));
}

fn register_behind_cap(client: &mut WsClient) {
    client.say(Message::text("NICK ann"));
    client.say(Message::text("USER ann 0 * :ann"));
    client.say(Message::text("CAP END"));
    expect(client, " 422 ");
    client.sends = Sends::Text;
}

#[test]
fn other_doors_carry_other_dialects() {
    let server = house().door("addr = \"ws://127.0.0.1:0\"\ndialect = \"line\"").start();
    let mut tom = Peer::user(&server, "tom");
    tom.join("#lobby");
    let mut client = WsClient::open(server.addr(3), &Visit::default()).expect("a WebSocket");
    expect(&mut client, "Welcome");
    client.say(Message::text("hello from a page"));
    assert!(tom.expect("hello from a page").contains("PRIVMSG #lobby"));
    tom.send("PRIVMSG #lobby :and back");
    expect(&mut client, "<tom> and back");
}

#[test]
fn who_speaks_group_in_a_browser_has_no_port_for_what_is_private() {
    let server = house().door("addr = \"ws://127.0.0.1:0\"\ndialect = \"group\"").start();
    let mut tom = Peer::user(&server, "tom");
    tom.join("#lobby");
    let mut old = WsClient::open(server.addr(3), &Visit::default()).expect("a WebSocket");
    let joined = tom.expect(" JOIN ");
    let nick = joined.trim_start_matches(':').split('!').next().expect("a nick");
    tom.send(&format!("PRIVMSG {nick} :psst"));
    expect(&mut old, "psst");
}
