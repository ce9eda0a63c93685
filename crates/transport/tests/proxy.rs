//! PROXY headers: what each says, and that no bytes and no cut can confuse the parser.

use std::net::SocketAddr;

use transport::proxy::{Header, MAX_HEADER, Parsed, ProxyError, parse};

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

#[test]
fn a_text_header_says_who_it_is() {
    for (line, source, destination) in [
        (
            "PROXY TCP4 192.0.2.1 203.0.113.9 56324 6667\r\n",
            Some("192.0.2.1:56324"),
            Some("203.0.113.9:6667"),
        ),
        ("PROXY TCP4 255.255.255.255 0.0.0.0 65535 0\r\n", Some("255.255.255.255:65535"), Some("0.0.0.0:0")),
        ("PROXY TCP6 2001:db8::1 ::1 1 2\r\n", Some("[2001:db8::1]:1"), Some("[::1]:2")),
        ("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", Some("192.0.2.1:1"), Some("[::1]:2")),
        ("PROXY UNKNOWN\r\n", None, None),
        ("PROXY UNKNOWN ffff::1 whatever 1 2 3\r\n", None, None),
    ] {
        assert_eq!(parse(line.as_bytes()), header(source, destination, line.len()), "{line:?}");
    }
}

#[test]
fn a_bad_text_header_is_not_guessed_at() {
    for (line, error) in [
        ("PROXY \r\n", ProxyError::Protocol),
        ("PROXY TCP\r\n", ProxyError::Protocol),
        ("PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n", ProxyError::Protocol),
        ("PROXY UNKNOWNX\r\n", ProxyError::Protocol),
        ("PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n", ProxyError::Protocol),
        ("PROXY TCP4\r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.1  192.0.2.2 1 2\r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", ProxyError::Address),
        ("PROXY TCP4 ::1 ::1 1 2\r\n", ProxyError::Address),
        ("PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", ProxyError::Address),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", ProxyError::Line),
    ] {
        assert_eq!(parse(line.as_bytes()), Parsed::Invalid(error), "{line:?}");
    }
}

#[test]
fn a_text_header_has_107_bytes_at_most() {
    let longest = format!("PROXY UNKNOWN {}\r\n", "x".repeat(107 - 16));
    assert_eq!(parse(longest.as_bytes()), header(None, None, 107));
    let longer = format!("PROXY UNKNOWN {}\r\n", "x".repeat(108 - 16));
    assert_eq!(parse(&longer.as_bytes()[..106]), Parsed::Incomplete);
    assert_eq!(parse(&longer.as_bytes()[..107]), Parsed::Invalid(ProxyError::Line));
    assert_eq!(parse(longer.as_bytes()), Parsed::Invalid(ProxyError::Line));
}

#[test]
fn a_binary_header_says_who_it_is() {
    let v4 = [192, 0, 2, 1, 203, 0, 113, 9, 0xdc, 0x04, 0x1a, 0x0b];
    let mut v6 = [0; 36];
    (v6[0], v6[1], v6[15], v6[31], v6[33], v6[35]) = (0x20, 0x01, 1, 2, 3, 4);
    let (v4_source, v4_destination) = (Some("192.0.2.1:56324"), Some("203.0.113.9:6667"));
    let (v6_source, v6_destination) = (Some("[2001::1]:3"), Some("[::2]:4"));
    for (command, family, body, source, destination) in [
        (0x21, 0x11, &v4[..], v4_source, v4_destination),
        (0x21, 0x12, &v4, v4_source, v4_destination),
        (0x21, 0x21, &v6, v6_source, v6_destination),
        (0x21, 0x22, &v6, v6_source, v6_destination),
        (0x21, 0x31, &[b'/'; 216], None, None),
        (0x21, 0x32, &[0; 216], None, None),
        (0x21, 0x00, &[], None, None),
        (0x21, 0x00, &[1, 2, 3], None, None),
        (0x20, 0x00, &[], None, None),
        (0x20, 0x11, &v4, None, None),
        (0x20, 0xff, &[9], None, None),
    ] {
        for tlvs in [&[][..], &[0x04, 0, 2, 1, 2], &[0xff]] {
            let bytes = binary(command, family, &[body, tlvs].concat());
            assert_eq!(parse(&bytes), header(source, destination, bytes.len()), "{bytes:?}");
        }
    }
}

#[test]
fn a_bad_binary_header_is_not_guessed_at() {
    for (bytes, error) in [
        (binary(0x11, 0x11, &[0; 12]), ProxyError::Version),
        (binary(0x22, 0x11, &[0; 12]), ProxyError::Version),
        (binary(0x21, 0x11, &[0; 11]), ProxyError::Address),
        (binary(0x21, 0x21, &[0; 35]), ProxyError::Address),
        (binary(0x21, 0x31, &[0; 215]), ProxyError::Address),
        (binary(0x21, 0x41, &[0; 36]), ProxyError::Family),
        (binary(0x21, 0x13, &[0; 36]), ProxyError::Family),
        (binary(0x21, 0x01, &[0; 36]), ProxyError::Family),
        (binary(0x21, 0x11, &[0; MAX_HEADER - 15]), ProxyError::Length),
    ] {
        assert_eq!(parse(&bytes), Parsed::Invalid(error), "{bytes:?}");
    }
    let longest = binary(0x21, 0x00, &[0; MAX_HEADER - 16]);
    assert_eq!(parse(&longest), header(None, None, MAX_HEADER));
}

#[test]
fn what_does_not_begin_like_a_header_is_the_peer_itself() {
    for start in ["NICK ann\r\n", "P", "PR", "PROXYED", "proxy TCP4", "\r\n\r\nNICK", "\x16\x03\x01", "\0"] {
        let expected = if "PROXY ".starts_with(start) { Parsed::Incomplete } else { Parsed::NotProxy };
        assert_eq!(parse(start.as_bytes()), expected, "{start:?}");
    }
    assert_eq!(parse(b""), Parsed::Incomplete);
}

#[test]
fn a_header_cut_anywhere_waits_for_the_rest_and_leaves_what_follows() {
    let mut random = Random(1);
    for _ in 0..400 {
        let whole = some_header(&mut random);
        let Parsed::Header(parsed) = parse(&whole) else { panic!("{whole:?} is a header") };
        assert_eq!(parsed.consumed, whole.len());
        for cut in 0..whole.len() {
            assert_eq!(parse(&whole[..cut]), Parsed::Incomplete, "{whole:?} cut at {cut}");
        }
        let followed = [&whole[..], &random.bytes(40)].concat();
        assert_eq!(parse(&followed), Parsed::Header(parsed));
    }
}

#[test]
fn no_bytes_panic_and_none_are_waited_for_without_end() {
    let mut random = Random(2);
    for _ in 0..100_000 {
        let mut bytes = match random.below(4) {
            0 => random.bytes(300),
            1 => [b"PROXY ", &random.bytes(150)[..]].concat(),
            2 => [SIGNATURE, &random.bytes(300)[..]].concat(),
            _ => some_header(&mut random),
        };
        for _ in 0..random.below(4) {
            let at = random.below(bytes.len().max(1));
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.next() as u8;
            }
        }
        match parse(&bytes) {
            Parsed::Header(header) => assert!((1..=bytes.len().min(MAX_HEADER)).contains(&header.consumed)),
            Parsed::Incomplete => {
                bytes.resize(MAX_HEADER, b'x');
                assert_ne!(parse(&bytes), Parsed::Incomplete);
            }
            Parsed::NotProxy | Parsed::Invalid(_) => {}
        }
    }
}

fn header(source: Option<&str>, destination: Option<&str>, consumed: usize) -> Parsed {
    let addr = |text: &str| text.parse::<SocketAddr>().expect("address");
    Parsed::Header(Header { source: source.map(addr), destination: destination.map(addr), consumed })
}

fn binary(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16).to_be_bytes();
    [SIGNATURE, &[command, family], &length, body].concat()
}

fn some_header(random: &mut Random) -> Vec<u8> {
    let end = |random: &mut Random| SocketAddr::from((random.next().to_be_bytes(), random.next() as u16));
    let (from, to) = (end(random), end(random));
    match random.below(4) {
        0 => format!("PROXY TCP4 {} {} {} {}\r\n", from.ip(), to.ip(), from.port(), to.port()).into_bytes(),
        1 => format!("PROXY UNKNOWN{}\r\n", " x".repeat(random.below(40))).into_bytes(),
        2 => binary(0x20, random.next() as u8, &random.bytes(64)),
        _ => {
            let (family, least) = [(0x11, 12), (0x22, 36), (0x31, 216), (0x00, 0)][random.below(4)];
            let tlvs = random.bytes(100);
            binary(0x21, family, &[&vec![7; least][..], &tlvs].concat())
        }
    }
}

/// The same numbers at every run (xorshift), so that a failure can be looked into.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as u32
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next() as u8).collect()
    }
}
