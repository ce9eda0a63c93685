//! Answers to requests.

use transport::http::{self, Request, Status};

use super::site::{Keeps, Page};
use crate::piece::Piece;

/// What a page may do: what is ours, and nothing else (Content Security Policy, Level 3).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// For every answer: what it is taken for, where it may be used, and what it tells others.
const GUARDS: [(&str, &str); 6] = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
];

/// An answer that is yet to be addressed.
#[derive(Debug)]
pub struct Reply {
    status: Status,
    fields: Vec<(&'static str, String)>,
    body: Option<Piece>,
    /// Whether the connection ends with it.
    pub closes: bool,
}

impl Reply {
    /// One without a body.
    pub fn empty(status: Status) -> Self {
        Self { status, fields: Vec::new(), body: None, closes: false }
    }

    /// A line for people.
    pub fn text(status: Status, text: &str) -> Self {
        Self::of("text/plain; charset=utf-8", &format!("{text}\n")).with_status(status)
    }

    /// A text of some type, which is not to be kept.
    pub fn of(kind: &str, text: &str) -> Self {
        let fields = vec![("Content-Type", kind.to_owned()), ("Cache-Control", "no-store".to_owned())];
        Self { status: Status::OK, fields, body: Some(Piece::from(text.as_bytes())), closes: false }
    }

    /// A file: packed if the asker takes that, and only that it is the same if the asker has it (RFC 9110 §13.1.2).
    pub fn page(page: &Page, keeps: Keeps, request: &Request) -> Self {
        let cache = match keeps {
            Keeps::No => "no-cache",
            Keeps::Always => "public, max-age=31536000, immutable",
        };
        let mut reply = Self::empty(Status::OK).with("Cache-Control", cache).with("ETag", page.tag);
        let known = |tag: &str| tag == "*" || tag.trim_start_matches("W/") == page.tag;
        if request.list("if-none-match").any(known) {
            return reply.with_status(Status::NOT_MODIFIED);
        }
        reply = reply.with("Content-Type", page.kind);
        if page.kind.starts_with("text/html") {
            reply = reply.with("Content-Security-Policy", POLICY);
        }
        if page.gzip.is_some() {
            reply = reply.with("Vary", "Accept-Encoding");
        }
        match page.gzip.as_ref().filter(|_| request.takes_gzip()) {
            Some(gzip) => Self { body: Some(gzip.clone()), ..reply.with("Content-Encoding", "gzip") },
            None => Self { body: Some(page.plain.clone()), ..reply },
        }
    }

    /// The same with one more field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(self, status: Status) -> Self {
        Self { status, ..self }
    }

    /// The same, and the connection ends.
    #[must_use]
    pub fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    /// What is sent: a head, and the body unless only the head was asked for.
    pub fn pieces(self, date: &str, head_only: bool) -> impl Iterator<Item = Piece> {
        let length = self.body.as_ref().map_or(0, |body| body.len()).to_string();
        let mut fields: Vec<_> = vec![("Date", date)];
        fields.extend(self.fields.iter().map(|(name, value)| (*name, value.as_str())));
        // An answer without content has no length either (RFC 9110 §8.6).
        if self.status != Status::NOT_MODIFIED {
            fields.push(("Content-Length", &length));
        }
        fields.extend(GUARDS);
        if self.closes {
            fields.push(("Connection", "close"));
        }
        let head = Piece::from(&http::head(self.status, &fields)[..]);
        [Some(head), self.body.filter(|_| !head_only)].into_iter().flatten()
    }
}
