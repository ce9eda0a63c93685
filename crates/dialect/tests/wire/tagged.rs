//! Requests and replies of `tagged` byte for byte.

use std::net::{Ipv4Addr, SocketAddrV4};

use dialect::tagged::wire::{BLOCK, MOST, Reply, Request, Requests, ctime};
use proptest::collection::vec;
use proptest::prelude::*;

fn at(port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}

fn send(id: u32, text: &str) -> Request {
    Request::send(id, text.as_bytes())
}

fn nobody(written: &str, text: &str) -> Request {
    Request::Send { id: None, written: written.to_owned(), text: text.as_bytes().to_vec() }
}

fn asked(request: &Request) -> Vec<u8> {
    let mut bytes = Vec::new();
    request.encode(&mut bytes);
    bytes
}

fn replied(reply: Reply<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    reply.encode(&mut bytes);
    bytes
}

/// What these bytes make, from the beginning of a 1024-byte block.
fn block(begin: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut bytes = begin.to_vec();
    bytes.extend(rest.iter().cycle().take(BLOCK - begin.len()));
    bytes
}

/// All requests of one read.
fn read(requests: &mut Requests, mut bytes: &[u8]) -> Vec<Request> {
    std::iter::from_fn(|| requests.next(&mut bytes)).collect()
}

/// All requests of reads without a pause.
fn reads(reads: &[&[u8]]) -> Vec<Request> {
    let mut requests = Requests::default();
    reads.iter().flat_map(|bytes| read(&mut requests, bytes)).collect()
}

#[test]
fn requests_are_read_and_written_as_the_programs_do() {
    let hello = block(b"send#2#hello there", b"\0");
    for (request, bytes) in [
        (Request::Time, &b"time"[..]),
        (Request::Name, b"name"),
        (Request::List, b"list"),
        (send(2, "hello there"), &hello),
    ] {
        assert_eq!(asked(&request), bytes);
        assert_eq!(reads(&[bytes]), [request]);
    }
}

#[test]
fn words_may_run_together_be_padded_and_come_in_pieces() {
    use Request::{List, Name, Time};
    assert_eq!(reads(&[b"timename"]), [Time, Name]);
    assert_eq!(reads(&[b"time\0name\r\n list\0\0", b"\n\ttime"]), [Time, Name, List, Time]);
    assert_eq!(reads(&[&block(b"list", b"\0"), &block(b"time", b"\0")]), [List, Time]);
    assert_eq!(reads(&[b"ti", b"m", b"ena", b"me"]), [Time, Name]);
}

#[test]
fn anything_else_is_discarded_with_its_read() {
    assert_eq!(reads(&[b"timeX name", b"name"]), [Request::Time, Request::Name]);
    for junk in [&b"TIME"[..], b"hello time", b"tim\0list", b"\xff", b"listen"] {
        assert_eq!(reads(&[b"\0", junk, b"name"]).last(), Some(&Request::Name));
    }
    assert_eq!(reads(&[b"HELP", b"ti", b"list", b"list"]), [Request::List]);
}

#[test]
fn a_send_has_an_optional_mark_before_its_id() {
    assert_eq!(reads(&[b"send2#a#b\n"]), [send(2, "a#b")]);
    assert_eq!(reads(&[b"send 2#a\r\n"]), [send(2, "a")]);
    assert_eq!(reads(&[b"send#2# a \n"]), [send(2, " a ")]);
    assert_eq!(reads(&[b"send#4294967295#\n"]), [send(u32::MAX, "")]);
}

#[test]
fn what_is_no_id_is_kept_as_written() {
    assert_eq!(reads(&[b"send##hi\n"]), [nobody("", "hi")]);
    assert_eq!(reads(&[b"send#-1#hi\n"]), [nobody("-1", "hi")]);
    assert_eq!(reads(&[b"send#+1#hi\n"]), [nobody("+1", "hi")]);
    assert_eq!(reads(&[b"send#99999999999#hi\n"]), [nobody("99999999999", "hi")]);
    assert_eq!(reads(&[b"send#a\x1b\xffb#hi\n"]), [nobody("a\u{fffd}b", "hi")]);
    assert_eq!(
        reads(&[b"send#hello\n", b"send\n", b"send#\0"]),
        [nobody("hello", ""), nobody("", ""), nobody("", "")]
    );
    let long = [b"send#", &[b'9'; 900][..], b"#\n"].concat();
    assert_eq!(reads(&[&long]), [nobody(&"9".repeat(32), "")]);
}

#[test]
fn behind_a_nul_the_block_is_skipped_by_count() {
    let one = block(b"send#1#a\0", b"time\nlist\0send#2#b\n");
    let two = block(b"send#2#b\0", b"\0");
    let all = [&one[..], &two, b"name"].concat();
    let expected = [send(1, "a"), send(2, "b"), Request::Name];
    assert_eq!(reads(&[&all]), expected);
    for size in [1, 7, 500, 1023, 1025] {
        assert_eq!(reads(&all.chunks(size).collect::<Vec<_>>()), expected, "in reads of {size}");
    }
}

#[test]
fn behind_a_lf_nothing_is_skipped() {
    assert_eq!(reads(&[b"send#1#a\nsend#2#b\ntime"]), [send(1, "a"), send(2, "b"), Request::Time]);
}

#[test]
fn a_pause_ends_a_block_if_a_request_follows() {
    let mut requests = Requests::default();
    assert_eq!(read(&mut requests, b"send#1#a\0"), [send(1, "a")]);
    assert!(requests.waiting());
    assert_eq!(requests.pause(), None);
    assert!(!requests.waiting());
    assert_eq!(read(&mut requests, b"list"), [Request::List]);
    assert!(!requests.waiting());
    assert_eq!(read(&mut requests, b"send#1#a\0junk"), [send(1, "a")]);
    assert_eq!(requests.pause(), None);
    assert_eq!(read(&mut requests, &vec![b'x'; BLOCK - 13]), [], "the rest was late");
    assert!(!requests.waiting());
    assert_eq!(read(&mut requests, b"time"), [Request::Time]);
}

#[test]
fn a_pause_ends_a_send_without_an_end() {
    let mut requests = Requests::default();
    assert_eq!(read(&mut requests, b"send#1#hel"), []);
    assert_eq!(read(&mut requests, b"lo"), []);
    assert!(requests.waiting());
    assert_eq!(requests.pause(), Some(send(1, "hello")));
    assert!(!requests.waiting());
    assert_eq!(requests.pause(), None);
    assert_eq!(read(&mut requests, b"time"), [Request::Time]);
}

#[test]
fn a_word_may_take_its_time_but_stands_in_nobodys_way() {
    let mut requests = Requests::default();
    assert_eq!(read(&mut requests, b"ti"), []);
    assert!(requests.waiting());
    assert_eq!(requests.pause(), None);
    assert_eq!(read(&mut requests, b"me"), [Request::Time]);
    assert_eq!(read(&mut requests, b"se"), []);
    assert_eq!(requests.pause(), None);
    assert_eq!(read(&mut requests, b"list"), [Request::List]);
}

#[test]
fn a_send_ends_after_1024_bytes() {
    let bytes = [b"send#1#", &[b'x'; 1 << 20][..]].concat();
    assert_eq!(reads(&[&bytes]), [send(1, &"x".repeat(BLOCK - 7))]);
    let exact = block(b"send#1#", b"x");
    assert_eq!(reads(&[&exact, b"time"]), [send(1, &"x".repeat(BLOCK - 7)), Request::Time]);
}

#[test]
fn a_send_is_1024_bytes_whatever_is_said() {
    assert_eq!(asked(&send(2, " \t a\nb")), block(b"send#2#a", b"\0"));
    assert_eq!(asked(&send(2, &"x".repeat(2000))), block(&[b"send#2#", &[b'x'; 1013][..]].concat(), b"\0"));
    assert_eq!(
        asked(&send(2, &"你".repeat(900))),
        block(&[b"send#2#", "你".repeat(337).as_bytes()].concat(), b"\0")
    );
    assert_eq!((Request::room(2), Request::room(u32::MAX)), (1013, 1007));
    assert_eq!(asked(&nobody(&"9".repeat(2000), "x")).len(), BLOCK);
}

#[test]
fn replies_are_read_and_written_as_the_programs_do() {
    let text = b"Fri Nov 20 20:37:14 2026";
    let long = block(b"TIMEFri Nov 20 20:37:14 2026\n", b"\0");
    for (reply, bytes) in [
        (Reply::Greeting, &b"Reply Message From Server!"[..]),
        (Reply::Time { text, long: true }, &long),
        (Reply::Time { text, long: false }, b"TIMEFri Nov 20 20:37:14 2026\n"),
        (Reply::Name(b"vm"), b"NAMEvm"),
        (Reply::List { id: 1, addr: at(51064) }, b"LISTID : 1, Address : 127.0.0.1, Port : 51064\n"),
        (Reply::List { id: 2, addr: at(51080) }, b"LISTID : 2, Address : 127.0.0.1, Port : 51080\n"),
        (
            Reply::Sent { id: 1, addr: at(51064), text: b"hello there" },
            b"SENDID: 1, Address: 127.0.0.1, Port: 51064 Sent A Message To You: hello there",
        ),
        (Reply::Other(b"nobody has the id 99"), b"nobody has the id 99"),
    ] {
        assert_eq!(replied(reply), bytes);
        assert_eq!(Reply::decode(bytes).collect::<Vec<_>>(), [reply]);
    }
    assert_eq!(replied(Reply::Time { text, long: false }).len(), 29);
}

#[test]
fn the_time_is_written_as_by_c() {
    assert_eq!(ctime(jiff::civil::date(2026, 11, 20).at(20, 37, 14, 0)), "Fri Nov 20 20:37:14 2026");
    assert_eq!(ctime(jiff::civil::date(2026, 11, 1).at(0, 7, 4, 9)), "Sun Nov  1 00:07:04 2026");
}

#[test]
fn replies_that_run_together_are_told_apart() {
    let (one, two) = (Reply::List { id: 1, addr: at(5) }, Reply::List { id: 2, addr: at(6) });
    let lines = b"LISTID : 1, Address : 127.0.0.1, Port : 5\nLISTID : 2, Address : 127.0.0.1, Port : 6\n";
    let time = Reply::Time { text: b"Fri Nov 20 20:37:14 2026", long: true };
    let read = [&lines[..], &replied(time)].concat();
    assert_eq!(Reply::decode(&read).collect::<Vec<_>>(), [one, two, time]);
    assert_eq!(Reply::decode(&read[..BLOCK]).collect::<Vec<_>>(), [one, two, time]);
    assert_eq!(Reply::decode(&read[BLOCK..]).count(), 0, "an empty connection packet");
    let table = b"LISTID : 1, Address : 127.0.0.1, Port : 5\nID : 2, Address : 127.0.0.1, Port : 6\n";
    assert_eq!(Reply::decode(table).collect::<Vec<_>>(), [one, two]);
    let glued = [b"Reply Message From Server!\nNAMEvm.example", &lines[..]].concat();
    let expected = [Reply::Greeting, Reply::Name(b"vm.example"), one, two];
    assert_eq!(Reply::decode(&glued).collect::<Vec<_>>(), expected);
    let name_time = b"NAMERUNTIME-1TIMEFri Nov 20 20:37:14 2026\n";
    assert_eq!(Reply::decode(name_time).next(), Some(Reply::Name(b"RUNTIME-1")));
}

#[test]
fn what_is_typed_is_nobody_elses_message() {
    let text = b"x SENDID: 2, Address: 127.0.0.1, Port: 5 Sent A Message To You: I am a fool";
    let sent = Reply::Sent { id: 1, addr: at(5), text };
    assert_eq!(Reply::decode(&replied(sent)).collect::<Vec<_>>(), [sent]);
}

#[test]
fn what_is_not_quite_a_reply_is_something_else() {
    for read in [
        &b"LISTID : x, Address : 127.0.0.1, Port : 5\n"[..],
        b"LISTID : 1, Address : 127.0.0.1, Port : 65536\n",
        b"ID : 1, Address : 127.0.0.1, Port : 5\n",
        b"SENDID: 1, Address: 127.0.0, Port: 5 Sent A Message To You: x",
        b"SEND",
        b"\xff\n",
    ] {
        assert_eq!(Reply::decode(read).collect::<Vec<_>>(), [Reply::Other(read)]);
    }
}

#[test]
fn a_reply_fits_into_one_read() {
    let text = "你".repeat(500);
    let sent = replied(Reply::Sent { id: 1, addr: at(51064), text: text.as_bytes() });
    assert_eq!(Reply::room(1, at(51064)), MOST - 66);
    assert_eq!(sent.len(), 66 + (MOST - 66) / 3 * 3);
    assert_eq!(replied(Reply::Name(&[b'x'; 200])).len(), 4 + 99);
    assert_eq!(replied(Reply::Other(&[b'x'; 2000])).len(), MOST);
    assert_eq!(replied(Reply::Other(b"a\0b")), b"ab");
}

fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        Just(Request::Time),
        Just(Request::Name),
        Just(Request::List),
        (any::<u32>(), "[!-~你好][ -~你好]{0,60}").prop_map(|(id, text)| send(id, &text)),
    ]
}

proptest! {
    #[test]
    fn requests_survive_any_reads(asks in vec(request(), 0..8), sizes in vec(1usize..2000, 1..9)) {
        let stream: Vec<u8> = asks.iter().flat_map(asked).collect();
        let (mut requests, mut left, mut heard) = (Requests::default(), &stream[..], Vec::new());
        for size in sizes.into_iter().cycle() {
            let (now, later) = left.split_at(size.min(left.len()));
            heard.extend(read(&mut requests, now));
            left = later;
            if left.is_empty() {
                break;
            }
        }
        prop_assert_eq!(heard, asks);
        prop_assert!(!requests.waiting());
    }

    #[test]
    fn messages_survive(id in any::<u32>(), ip in any::<[u8; 4]>(), port in any::<u16>(), text in vec(32u8.., 0..900)) {
        let addr = SocketAddrV4::new(ip.into(), port);
        for reply in [Reply::Sent { id, addr, text: &text }, Reply::List { id, addr }] {
            let bytes = replied(reply);
            prop_assert_eq!(Reply::decode(&bytes).collect::<Vec<_>>(), [reply]);
        }
    }
}
