//! Peers with old Chinese consoles, and those beside them: each reads the others in its own encoding.

use crate::clients::Plain;
use crate::house::House;
use crate::stream::find;

const UTF8: &[u8] = b"\xe4\xbd\xa0\xe5\xa5\xbd"; // 你好
const GBK: &[u8] = b"\xc4\xe3\xba\xc3";
const UTF8_ANSWER: &[u8] = b"\xe4\xb8\xad\xe6\x96\x87"; // 中文
const GBK_ANSWER: &[u8] = b"\xd6\xd0\xce\xc4";

fn relay(from: &Plain, text: &[u8]) -> Vec<u8> {
    let port = from.stream.local().port();
    [format!("from client ip=127.0.0.1 port={port} ").as_bytes(), text].concat()
}

#[test]
fn a_gbk_client_and_a_utf_8_client_read_each_other() {
    let house = House::open();
    let [mut old, mut new] = house.plains();
    old.say(GBK);
    new.stream.take(relay(&old, UTF8));
    new.say(UTF8_ANSWER);
    old.stream.take(relay(&new, GBK_ANSWER));
    // An answer in ASCII changes nothing.
    old.say("ok");
    new.stream.take(relay(&old, b"ok"));
    new.say(UTF8);
    old.stream.take(relay(&new, GBK));
}

#[test]
fn every_stream_of_text_may_be_in_gbk() {
    for dialect in ["line", "plain", "tagged"] {
        // A lobby where nothing has been said: what is told of that comes in UTF-8.
        let house = House::open();
        let mut watcher = house.irc("watcher");
        let mut stream = house.stream(dialect, "tcp");
        watcher.arrival();
        match dialect {
            "tagged" => stream.send(crate::clients::send_request(0, GBK)),
            _ => stream.send([GBK, b"\n"].concat()),
        }
        watcher.expect("PRIVMSG #lobby :\u{4f60}\u{597d}");
        watcher.send("PRIVMSG #lobby :\u{4e2d}\u{6587}");
        stream.until(GBK_ANSWER);
        assert_eq!(find(stream.heard(), UTF8_ANSWER), None, "{dialect}");
    }
}

#[test]
fn bytes_that_look_like_ascii_may_be_half_a_character() {
    let house = House::with(&[], &[("plain", "encoding = \"gbk\"\n")]);
    let mut watcher = house.irc("watcher");
    let mut old = house.plain();
    watcher.arrival();
    old.say(b"\xd5\x66");
    watcher.expect("PRIVMSG #lobby :\u{8aaa}");
    // A slash or a semicolon that is none.
    old.say(b"\xd5\x66/quit exit;\xd5\x5c");
    watcher.expect("PRIVMSG #lobby :\u{8aaa}/quit exit;");
}

#[test]
fn a_character_in_two_reads_is_one_in_either_encoding() {
    for (keys, bytes) in [("", UTF8), ("encoding = \"gbk\"\n", GBK)] {
        let house = House::with(&[], &[("plain", keys), ("line", keys)]);
        let mut watcher = house.irc("watcher");
        let (mut plain, mut line) = (house.plain(), house.line());
        watcher.arrival();
        watcher.arrival();
        for cut in 1..bytes.len() {
            // The line has an end, so there is no hurry.
            line.stream.send(&bytes[..cut]);
            line.stream.is_read();
            line.stream.send([&bytes[cut..], b"\r\n"].concat());
            watcher.expect("PRIVMSG #lobby :\u{4f60}\u{597d}");
        }
        // The first half is held back for a moment only, in which a busy machine may miss the second.
        let whole = (0..10).any(|_| {
            let end = bytes.len() / 2 + 1;
            plain.say(&bytes[..end]);
            plain.say(&bytes[end..]);
            let last = loop {
                let line = watcher.expect("PRIVMSG #lobby ");
                if line.contains(['\u{597d}', '\u{fffd}']) {
                    break line;
                }
            };
            last.contains('\u{597d}')
        });
        assert!(whole, "the character was never put together: {keys}");
    }
}

#[test]
fn a_fixed_encoding_is_spoken_from_the_first_word() {
    let house = House::with(&[], &[("plain", "encoding = \"gbk\"\n"), ("line", "encoding = \"utf-8\"\n")]);
    let mut watcher = house.irc("watcher");
    let (mut plain, mut line) = (house.plain(), house.line());
    watcher.arrival();
    watcher.arrival();
    watcher.say("\u{4e2d}\u{6587}");
    plain.stream.until(GBK_ANSWER);
    line.stream.until(UTF8_ANSWER);
    // What is no UTF-8 is not guessed at where that is fixed.
    line.stream.send([GBK, b" guess\n"].concat());
    let guess = watcher.expect(" guess");
    assert!(guess.contains('\u{fffd}') && !guess.contains('\u{4f60}'), "{guess}");
    // And where GBK is fixed, UTF-8 is GBK too.
    plain.say(UTF8);
    watcher.expect("PRIVMSG #lobby :\u{6d63}\u{72b2}\u{30bd}");
}

#[test]
fn another_fallback_may_be_set() {
    let house = House::with(&[], &[("line", "encoding = \"auto\"\nfallback = \"big5\"\n")]);
    let mut watcher = house.irc("watcher");
    let mut line = house.line();
    watcher.arrival();
    line.stream.send(b"\xa7\x41\xa6\x6e\n");
    watcher.expect("PRIVMSG #lobby :\u{4f60}\u{597d}");
    watcher.say("\u{4e2d}\u{6587}");
    line.stream.until(b"\xa4\xa4\xa4\xe5");
}

#[test]
fn what_an_encoding_lacks_ends_nothing() {
    let house = House::with(&[], &[("line", "encoding = \"gbk\"\n")]);
    let mut watcher = house.irc("watcher");
    let (mut fixed, mut auto) = (house.line(), house.plain());
    watcher.arrival();
    watcher.arrival();
    auto.say(GBK);
    watcher.expect("PRIVMSG #lobby :\u{4f60}\u{597d}");
    watcher.send("PRIVMSG #lobby :smile \u{1f600} \u{4e2d}");
    fixed.stream.until([b" ".as_slice(), &GBK_ANSWER[..2]].concat());
    assert_eq!(find(fixed.stream.heard(), b"\xf0\x9f\x98\x80"), None);
    // GB18030, the fallback of `auto`, has all of Unicode.
    auto.stream.until(b"smile \x94\x39\xfc\x36 \xd6\xd0");
}

#[test]
fn long_texts_are_split_at_characters_of_the_encoding() {
    let house = House::open();
    let mut group = house.group();
    let mut old = house.plain();
    old.say(GBK);
    group.stream.until("\u{4f60}\u{597d}");
    group.say("\u{4e2d}\u{6587}".repeat(1500) + "$");
    let heard = old.stream.until("$");
    let end = find(&heard, b"> ").expect("a nick") + 2;
    let nick = heard[find(&heard, b"<").expect("a nick")..end].to_vec();
    let text = [GBK_ANSWER.repeat(1500), b"$".to_vec()].concat();
    let mut rest = heard.as_slice();
    let mut told = Vec::new();
    while let Some(at) = find(rest, &nick) {
        told.extend_from_slice(&rest[..at]);
        rest = &rest[at + nick.len()..];
    }
    told.extend_from_slice(rest);
    assert!(told.ends_with(&text), "nothing is lost");
}

#[test]
fn packets_may_be_in_gbk_too() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut old = house.stranger(b"\xd0\xa1\xc3\xf7");
    old.join();
    let nick = watcher.arrival();
    old.say_at_once(GBK);
    let line = watcher.expect("PRIVMSG #lobby :\u{4f60}\u{597d}");
    assert!(line.starts_with(&format!(":{nick}!")), "{line}");
    watcher.say("\u{4e2d}\u{6587}");
    let mut datagram = [0; 2048];
    while find(&datagram[24..], GBK_ANSWER) != Some(0) {
        datagram.fill(0);
        old.socket().recv(&mut datagram).expect("an answer in its own encoding");
    }
}
