//! HTTP (RFC 9110, RFC 9112): pages, connections that stay open, and requests that are none.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::peer::narrow;
use crate::support::ws::{Visit, WsClient};
use crate::support::{PATIENCE, Peer, eventually};
use crate::{Server, ask, house, status};

/// One answer from a connection that stays open: head and body.
fn answer(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("text");
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a number"))];
    stream.read_exact(&mut body).expect("a body");
    (head, body)
}

fn connect(server: &Server, door: usize) -> TcpStream {
    let stream = TcpStream::connect(server.addr(door)).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

#[test]
fn the_page_and_everything_that_it_names_is_there() {
    let server = house().start();
    let mut stream = connect(&server, 1);
    let mut get = |path: &str| {
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).expect("sent");
        answer(&mut stream)
    };
    let (head, body) = get("/");
    assert!(status(&head) == "200" && head.contains("Content-Security-Policy: default-src 'none'"), "{head}");
    let page = String::from_utf8(body).expect("text");
    let named: Vec<_> = page
        .split(['"', '\''])
        .filter(|word| word.starts_with("/v/") || word.ends_with(".webmanifest") || word.ends_with(".svg"))
        .collect();
    assert!(named.len() > 3, "{page}");
    for path in named {
        let (head, body) = get(path);
        assert!(status(&head) == "200" && !body.is_empty(), "{path}: {head}");
        assert_eq!(head.contains("immutable"), path.starts_with("/v/"), "{path}: {head}");
    }
}

#[test]
fn what_is_packed_is_the_same_when_unpacked() {
    let server = house().start();
    let mut stream = connect(&server, 1);
    let mut get = |fields: &str| {
        let request = format!("GET /vendor/preact.js HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        answer(&mut stream)
    };
    let (_, plain) = get("");
    let (head, packed) = get("Accept-Encoding: gzip, br\r\n");
    assert!(head.contains("Content-Encoding: gzip") && head.contains("Vary: Accept-Encoding"), "{head}");
    assert!(packed.len() * 2 < plain.len() && packed.starts_with(&[0x1f, 0x8b]));
    let tag = head.lines().find_map(|line| line.strip_prefix("ETag: ")).expect("a tag");
    let (head, body) = get(&format!("If-None-Match: {tag}\r\n"));
    assert_eq!((status(&head), body.len()), ("304", 0));
}

#[test]
fn several_requests_at_once_are_answered_in_order() {
    let server = house().start();
    let mut stream = connect(&server, 1);
    let paths = ["/healthz", "/readyz", "/nothing", "/client.json", "/healthz"];
    let requests: String =
        paths.iter().map(|path| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).collect();
    stream.write_all(requests.as_bytes()).expect("sent");
    let answers = paths.map(|_| answer(&mut stream));
    assert_eq!(answers.each_ref().map(|(head, _)| status(head)), ["200", "200", "404", "200", "200"]);
    assert_eq!(answers[0].1, b"ok\n");
    let about: serde_json::Value = serde_json::from_slice(&answers[3].1).expect("JSON");
    assert_eq!(about["room"], "#lobby");
}

#[test]
fn a_request_cut_anywhere_is_answered() {
    let server = house().start();
    let mut stream = connect(&server, 1);
    for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" {
        stream.write_all(&[*byte]).expect("sent");
    }
    assert_eq!(status(&answer(&mut stream).0), "200");
}

#[test]
fn what_is_no_request_gets_an_error_and_an_end() {
    let server = house().start();
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    for (request, expected) in [
        ("hello\r\n\r\n", "400"),
        ("\u{16}\u{3}\u{1}\0\0", "400"),
        ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n", "413"),
        ("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "505"),
        (&long, "431"),
        ("GET /healthz HTTP/1.0\r\n\r\n", "200"),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "200"),
    ] {
        let answer = ask(&server, 1, request);
        assert_eq!(status(&answer), expected, "{request:.40}: {answer}");
        assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
    }
}

#[test]
fn a_door_for_websocket_alone_says_so() {
    let server = house().start();
    let answer = ask(&server, 2, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(status(&answer) == "426" && answer.contains("WebSocket is spoken here"), "{answer}");
}

#[test]
fn who_only_reads_the_page_is_no_user() {
    let server = house().start();
    let mut tom = Peer::user(&server, "tom");
    let mut stream = connect(&server, 1);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
    answer(&mut stream);
    tom.send("LUSERS");
    let counts = tom.sync().join("\n");
    assert!(counts.contains(" 253 tom 0 "), "{counts}");
}

#[test]
fn who_reads_nothing_of_what_was_asked_is_read_no_more() {
    let server = house().start();
    let before = server.memory();
    let mut stream = connect(&server, 1);
    stream.set_write_timeout(Some(std::time::Duration::from_millis(500))).expect("a timeout");
    let requests = "GET /vendor/preact.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000);
    for _ in 0..200 {
        if stream.write_all(requests.as_bytes()).is_err() {
            break;
        }
    }
    Peer::user(&server, "tom").quit();
    assert!(server.memory() < before + 8 * 1024, "{} KiB more", server.memory() - before);
}

#[test]
fn much_asked_at_once_is_answered_as_it_is_read() {
    let server = house().start();
    let before = server.memory();
    let requests = "GET /client.json HTTP/1.1\r\nHost: x.localhost\r\n\r\n".repeat(320);
    let mut impatient: Vec<_> = (0..60)
        .map(|_| {
            let mut stream = narrow(server.addr(1));
            stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
            stream.write_all(requests.as_bytes()).expect("sent");
            stream
        })
        .collect();
    Peer::user(&server, "tom").quit();
    assert!(server.memory() < before + 6 * 1024, "{} KiB more", server.memory() - before);
    // And none of it is lost, though the peer has nothing more to say.
    impatient[0].shutdown(std::net::Shutdown::Write).expect("half closed");
    for _ in 0..320 {
        assert_eq!(status(&answer(&mut impatient[0]).0), "200");
    }
    assert_eq!(impatient[0].read(&mut [0]).expect("an end"), 0);
}

#[test]
fn who_asks_byte_by_byte_has_no_more_time_than_others() {
    let server = house().set("server.timeouts.registration = \"1s\"").start();
    let mut stream = connect(&server, 1);
    stream.set_read_timeout(Some(std::time::Duration::from_millis(50))).expect("a timeout");
    stream.write_all(b"GET /healthz HTTP/1.1\r\nX: ").expect("sent");
    eventually("it is over", || {
        stream.write_all(b"x").is_err() || stream.read(&mut [0]).is_ok_and(|count| count == 0)
    });
}

#[test]
fn the_page_can_be_left_out() {
    let server = house().set("http.client = false").start();
    for (path, expected) in [("/", "404"), ("/client.json", "404"), ("/app.js", "404"), ("/healthz", "200")] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assert_eq!(status(&ask(&server, 1, &request)), expected, "{path}");
    }
    Peer::ws(server.addr(1), "/ws").register("ann");
}

#[test]
fn too_many_from_one_address_are_told_so() {
    let setup = house().set("ip_limits.count = true").set("ip_limits.max_connections = 2");
    let server = setup.set("ip_limits.exempt = []").start();
    let _first = Peer::user(&server, "one");
    let mut second = Peer::ws(server.addr(1), "/ws");
    second.register("two");
    let visit = crate::support::ws::Visit { path: "/ws", ..Default::default() };
    let refused = crate::support::ws::WsClient::open(server.addr(1), &visit).err();
    assert_eq!(refused, Some(429));
    eventually("that is counted", || {
        let answer = ask(&server, 1, "GET /metrics HTTP/1.0\r\n\r\n");
        answer.contains("\nsaloon_connections_refused_total 1\n")
    });
    // Pages are still read, and there is room again when somebody leaves.
    assert_eq!(status(&ask(&server, 1, "GET /healthz HTTP/1.0\r\n\r\n")), "200");
    second.quit();
    Peer::ws(server.addr(1), "/ws").register("three");
}

#[test]
fn the_page_comes_over_tls_as_well() {
    let server = house().door("addr = \"https://127.0.0.1:0\"").start();
    let mut stream = crate::support::tls::connect(server.addr(3));
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(status(&answer) == "200" && answer.contains("<title>Saloon</title>"), "{answer}");
    let visit = Visit { path: "/ws", lines: true, encrypted: true, ..Visit::default() };
    let mut peer = Peer::new(WsClient::open(server.addr(3), &visit).expect("a WebSocket"));
    peer.register("ann");
    peer.send("WHOIS ann");
    assert!(peer.until(" 318 ").iter().any(|line| line.contains(" 671 ")));
}
