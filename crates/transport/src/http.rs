//! HTTP/1.1 (RFC 9110, RFC 9112), as far as a door for browsers needs it: the head of a request is read, the
//! head of a response is written. No bodies are taken, so a request ends where its head does.

use std::fmt::Write as _;

/// Bytes that the head of a request may have.
pub const HEAD_LIMIT: usize = 8 * 1024;
/// Fields that it may have.
const FIELDS: usize = 64;

/// The head of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// The path, without what follows a question mark, as it was sent.
    pub path: String,
    /// Whether it is HTTP/1.0.
    old: bool,
    fields: Vec<(String, String)>,
}

/// What the bytes of a connection begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// The start of a head: wait for more.
    Incomplete,
    /// A request, and how many bytes it takes up.
    Request(Box<Request>, usize),
    /// None, and never will be: answer with this status and close.
    Bad(Status),
}

/// Status codes (RFC 9110 §15) and their phrases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u16, pub &'static str);

impl Status {
    /// 101
    pub const SWITCHING: Self = Self(101, "Switching Protocols");
    /// 200
    pub const OK: Self = Self(200, "OK");
    /// 304
    pub const NOT_MODIFIED: Self = Self(304, "Not Modified");
    /// 308
    pub const MOVED: Self = Self(308, "Permanent Redirect");
    /// 400
    pub const BAD_REQUEST: Self = Self(400, "Bad Request");
    /// 401
    pub const UNAUTHORIZED: Self = Self(401, "Unauthorized");
    /// 403
    pub const FORBIDDEN: Self = Self(403, "Forbidden");
    /// 404
    pub const NOT_FOUND: Self = Self(404, "Not Found");
    /// 405
    pub const NOT_ALLOWED: Self = Self(405, "Method Not Allowed");
    /// 413
    pub const TOO_LARGE: Self = Self(413, "Content Too Large");
    /// 426
    pub const UPGRADE_REQUIRED: Self = Self(426, "Upgrade Required");
    /// 429
    pub const TOO_MANY: Self = Self(429, "Too Many Requests");
    /// 431
    pub const HEAD_TOO_LARGE: Self = Self(431, "Request Header Fields Too Large");
    /// 503
    pub const UNAVAILABLE: Self = Self(503, "Service Unavailable");
    /// 505
    pub const VERSION: Self = Self(505, "HTTP Version Not Supported");
}

/// Reads the head of a request.
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut head = httparse::Request::new(&mut fields);
    match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length <= HEAD_LIMIT => take(&head, length),
        Ok(httparse::Status::Partial) if bytes.len() < HEAD_LIMIT => Parsed::Incomplete,
        Ok(_) | Err(httparse::Error::TooManyHeaders) => Parsed::Bad(Status::HEAD_TOO_LARGE),
        Err(httparse::Error::Version) => Parsed::Bad(Status::VERSION),
        Err(_) => Parsed::Bad(Status::BAD_REQUEST),
    }
}

fn take(head: &httparse::Request<'_, '_>, length: usize) -> Parsed {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: path(head.path.unwrap_or_default()).to_owned(),
        old: head.version == Some(0),
        fields: head
            .headers
            .iter()
            .map(|field| (field.name.to_ascii_lowercase(), text(field.value)))
            .collect(),
    };
    let hosts = request.all("host").count();
    if hosts > 1 || (hosts == 0 && !request.old) {
        return Parsed::Bad(Status::BAD_REQUEST); // RFC 9112 §3.2
    }
    if request.has_body() {
        return Parsed::Bad(Status::TOO_LARGE);
    }
    Parsed::Request(Box::new(request), length)
}

/// The path of a target, which may be a whole address (RFC 9112 §3.2.2).
fn path(target: &str) -> &str {
    let rest = match target.split_once("://") {
        Some((_, rest)) if !target.starts_with('/') => rest.find('/').map_or("/", |at| &rest[at..]),
        _ => target,
    };
    rest.split(['?', '#']).next().unwrap_or_default()
}

impl Request {
    /// The value of a field, by its name in small letters: the first, if there are several.
    pub fn field(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    /// Its values, one by one, where a field is a list (RFC 9110 §5.6.1).
    pub fn list(&self, name: &'static str) -> impl DoubleEndedIterator<Item = &str> {
        self.all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|item| !item.is_empty())
    }

    /// Whether a list has this word, in any case of letters.
    pub fn lists(&self, name: &'static str, word: &str) -> bool {
        self.list(name).any(|item| item.eq_ignore_ascii_case(word))
    }

    /// Whether the connection is to stay open for another request (RFC 9112 §9.3).
    pub fn keeps_open(&self) -> bool {
        !self.lists("connection", "close") && (!self.old || self.lists("connection", "keep-alive"))
    }

    /// Whether the answer may be packed with gzip (RFC 9110 §12.5.3).
    pub fn takes_gzip(&self) -> bool {
        self.list("accept-encoding").any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let gzip = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
            gzip && !parts
                .any(|part| part.strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty()))
        })
    }

    fn has_body(&self) -> bool {
        self.field("transfer-encoding").is_some()
            || self.all("content-length").any(|length| length.trim() != "0")
    }

    fn all(&self, name: &'static str) -> impl DoubleEndedIterator<Item = &str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }
}

/// Writes the head of a response: status, fields, the empty line.
pub fn head(status: Status, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", status.0, status.1);
    for (name, value) in fields {
        // Values are ours, but one with a line feed in it must not make a head of two.
        let value = value.replace(['\r', '\n'], " ");
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    head.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Request {
        match parse(text.as_bytes()) {
            Parsed::Request(request, length) => {
                assert_eq!(length, text.len());
                *request
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_is_read() {
        let request = request("GET /a/b?c=d HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br, GZIP;q=0.5\r\n\r\n");
        assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/a/b"));
        assert!(request.takes_gzip() && request.keeps_open());
        assert_eq!(request.field("host"), Some("x"));
    }

    #[test]
    fn a_target_may_be_a_whole_address() {
        for (target, path) in
            [("http://x/y?z", "/y"), ("http://x", "/"), ("*", "*"), ("/a://b", "/a://b"), ("/#a", "/")]
        {
            assert_eq!(request(&format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")).path, path, "{target}");
        }
    }

    #[test]
    fn a_head_cut_anywhere_is_waited_for() {
        let text = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        for cut in 0..text.len() {
            assert_eq!(parse(&text[..cut]), Parsed::Incomplete, "{cut}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused_with_the_right_status() {
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(100));
        let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(9000));
        for (text, status) in [
            ("NICK bob\r\nUSER\r\n", Status::BAD_REQUEST),
            ("GET / HTTP/1.1\r\n\r\n", Status::BAD_REQUEST),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Status::BAD_REQUEST),
            ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", Status::VERSION),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", Status::TOO_LARGE),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", Status::TOO_LARGE),
            (&many, Status::HEAD_TOO_LARGE),
            (&long, Status::HEAD_TOO_LARGE),
            (&long[..8500], Status::HEAD_TOO_LARGE),
        ] {
            assert_eq!(parse(text.as_bytes()), Parsed::Bad(status), "{text:.40}");
        }
    }

    #[test]
    fn a_connection_stays_open_as_the_version_says() {
        let keeps = |text: &str| request(text).keeps_open();
        assert!(keeps("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert!(!keeps("GET / HTTP/1.1\r\nHost: x\r\nConnection: a, Close\r\n\r\n"));
        assert!(!keeps("GET / HTTP/1.0\r\n\r\n"));
        assert!(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    }

    #[test]
    fn gzip_is_taken_only_if_it_is_welcome() {
        let takes = |value: &str| {
            request(&format!("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {value}\r\n\r\n")).takes_gzip()
        };
        assert!(takes("gzip") && takes("deflate, gzip; q=1.0") && takes("gzip;q=0.1"));
        assert!(!takes("gzip;q=0") && !takes("gzip;q=0.000") && !takes("identity") && !takes(""));
    }

    #[test]
    fn a_value_cannot_become_a_field() {
        let head = head(Status::OK, &[("A", "b\r\nC: d")]);
        assert_eq!(String::from_utf8_lossy(&head), "HTTP/1.1 200 OK\r\nA: b  C: d\r\n\r\n");
    }
}
