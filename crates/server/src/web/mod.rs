//! HTTP, where it is spoken: what is answered to a request, and when it becomes a WebSocket.

pub mod origin;
mod reply;
mod site;

use std::net::IpAddr;

use transport::http::{Request, Status};
use transport::ws::{self, Handshake, Kind, WebSocket};

pub use origin::Visitor;
pub use reply::Reply;
pub use site::Site;

use crate::config::Config;
use crate::monitor::token::Denied;
use crate::monitor::{Look, Shows, Which};

/// What stands between the bytes of a connection and its frames.
#[derive(Debug)]
pub struct Web {
    /// Our end.
    pub socket: WebSocket,
    /// What messages carry, once that is agreed, or the peer has sent one.
    pub kind: Option<Kind>,
    /// Whether nobody can listen to the peer before the proxy that speaks for it.
    pub secure: bool,
    /// Whether the last frame has been sent.
    pub closed: bool,
    /// Why it ends, if that is against the rules of WebSocket.
    pub fault: Option<ws::Code>,
}

/// A door at which HTTP is spoken.
#[derive(Debug)]
pub struct Place<'a> {
    /// Whether there is more to see than WebSocket.
    pub pages: bool,
    /// Origins that the configuration names.
    pub origins: &'a [String],
    /// The configuration in force.
    pub config: &'a Config,
    /// The files.
    pub site: &'a Site,
    /// Why nobody should be sent here now, if so.
    pub unready: Option<String>,
    /// Whether the metrics want a token.
    pub metrics_token: bool,
}

/// What becomes of a request.
pub enum Outcome {
    /// It is answered.
    Reply(Reply),
    /// The monitor is asked.
    Look(View),
    /// It becomes a WebSocket, for this visitor.
    Upgrade(Handshake, Visitor),
}

/// What the monitor is asked for.
pub struct View {
    /// What.
    pub look: Look,
    /// What was shown for it, if that is needed.
    pub shows: Option<Shows>,
    /// Whether the connection ends with the answer.
    pub closes: bool,
}

/// What a connection waited for.
#[derive(Debug)]
pub struct Page {
    /// The answer.
    pub reply: Reply,
    /// Whether only its head was asked for.
    pub head_only: bool,
}

/// Decides it.
pub fn answer(request: &Request, ip: Option<IpAddr>, secure: bool, place: &Place<'_>) -> Outcome {
    let visitor = origin::visitor(request, ip, secure, &place.config.http.proxies);
    let outcome = route(request, visitor, place).unwrap_or_else(Outcome::Reply);
    match outcome {
        Outcome::Reply(mut reply) => {
            reply.closes |= !request.keeps_open();
            let sts = &place.config.sts;
            if sts.enabled && visitor.secure {
                let value = format!("max-age={}", sts.duration.as_secs());
                reply = reply.with("Strict-Transport-Security", &value);
            }
            Outcome::Reply(reply)
        }
        Outcome::Look(view) => Outcome::Look(View { closes: !request.keeps_open(), ..view }),
        upgrade => upgrade,
    }
}

/// What is right, or else what is wrong.
fn route(request: &Request, visitor: Visitor, place: &Place<'_>) -> Result<Outcome, Reply> {
    let forbidden = |why: &str| Reply::text(Status::FORBIDDEN, why);
    if place.pages && !origin::is_for_us(request, &visitor, &place.config.server.name) {
        return Err(forbidden(
            "This name does not belong to this server. Behind a proxy, name the proxy in http.proxies.",
        ));
    }
    if ws::is_asked_for(request) && (!place.pages || request.path == "/ws") {
        if !origin::may_open(request, place.origins, place.pages, visitor.proxied) {
            return Err(forbidden("Pages of this origin may not connect here (allowed_origins)."));
        }
        let handshake = ws::accept(request).map_err(|(status, why)| {
            Reply::text(status, why).with("Sec-WebSocket-Version", "13").closing()
        })?;
        return Ok(Outcome::Upgrade(handshake, visitor));
    }
    if !place.pages {
        return Err(only_websocket());
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Err(Reply::text(Status::NOT_ALLOWED, "Only GET and HEAD.").with("Allow", "GET, HEAD"));
    }
    match request.path.as_str() {
        "/metrics" => metrics(request, visitor, place).map(Outcome::Look),
        "/status/status.json" => match bearer(request) {
            Some(token) => Ok(look(Look::Status, Some((Which::Admin, token)), visitor)),
            None => Err(unauthorized()),
        }
        .map(Outcome::Look),
        _ => page(request, place).map(Outcome::Reply),
    }
}

/// With the token that the configuration wants; without one, for programs on this machine, for whom nobody else
/// speaks.
fn metrics(request: &Request, visitor: Visitor, place: &Place<'_>) -> Result<View, Reply> {
    if place.metrics_token {
        let token = bearer(request).ok_or_else(unauthorized)?;
        return Ok(look(Look::Metrics, Some((Which::Metrics, token)), visitor));
    }
    let near = visitor.ip.is_none_or(|ip| ip.to_canonical().is_loopback());
    if near && !visitor.proxied && !origin::is_forwarded(request) {
        return Ok(look(Look::Metrics, None, visitor));
    }
    Err(Reply::text(
        Status::FORBIDDEN,
        "The metrics are shown to this machine only, unless http.metrics_token is set.",
    ))
}

fn look(look: Look, token: Option<(Which, &str)>, visitor: Visitor) -> View {
    let shows = token.map(|(which, token)| Shows { which, token: token.into(), from: visitor.ip });
    View { look, shows, closes: false }
}

/// The token in a request (RFC 6750 §2.1).
fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.field("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn only_websocket() -> Reply {
    let reply = Reply::text(Status::UPGRADE_REQUIRED, "WebSocket is spoken here.");
    reply.with("Upgrade", "websocket").with("Connection", "Upgrade")
}

fn unauthorized() -> Reply {
    Reply::text(Status::UNAUTHORIZED, "Show a token: Authorization: Bearer …")
        .with("WWW-Authenticate", "Bearer")
}

/// What the monitor has said, or that the token was wrong.
pub fn shown(look: Look, text: Result<&str, Denied>, closes: bool) -> Reply {
    let kind = match look {
        Look::Metrics => "text/plain; version=0.0.4; charset=utf-8",
        Look::Status => "application/json",
    };
    let reply = match text {
        Ok(text) => Reply::of(kind, text),
        Err(Denied::Wrong) => unauthorized(),
        Err(Denied::Busy) => refusal("Too many tokens are tried; try again in a minute.", true),
    };
    if closes { reply.closing() } else { reply }
}

fn page(request: &Request, place: &Place<'_>) -> Result<Reply, Reply> {
    match request.path.as_str() {
        "/ws" => Err(only_websocket()),
        "/healthz" => Ok(Reply::text(Status::OK, "ok")),
        "/readyz" => match &place.unready {
            None => Ok(Reply::text(Status::OK, "ready")),
            Some(why) => Err(Reply::text(Status::UNAVAILABLE, why)),
        },
        // Whatever stands in that folder is named from there.
        "/status" => Ok(Reply::empty(Status::MOVED).with("Location", "status/")),
        "/client.json" if place.config.http.client => Ok(Reply::of("application/json", &about(place.config))),
        path if place.config.http.client || path.starts_with("/status/") || path.contains("/status/") => {
            file(request, path, place)
        }
        _ => Err(Reply::text(Status::NOT_FOUND, "There is no web client here (http.client).")),
    }
}

fn file(request: &Request, path: &str, place: &Place<'_>) -> Result<Reply, Reply> {
    let (page, keeps) =
        place.site.page(path).ok_or_else(|| Reply::text(Status::NOT_FOUND, "There is nothing here."))?;
    Ok(Reply::page(page, keeps, request))
}

/// What the page has to know before it connects.
fn about(config: &Config) -> String {
    serde_json::json!({
        "network": config.network.name,
        "room": config.server.default_room,
        "password": config.server.password.is_some(),
    })
    .to_string()
}

/// What someone is told who is not let in.
pub fn refusal(why: &str, full: bool) -> Reply {
    let status = if full { Status::UNAVAILABLE } else { Status::TOO_MANY };
    Reply::text(status, why).with("Retry-After", "10").closing()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use transport::http::{Parsed, parse};

    const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                           Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    /// The answer to a request, as text; `upgraded` for a WebSocket.
    fn asked(config: &str, pages: bool, request: &str) -> String {
        let config = Config::parse(config, Path::new("")).expect("a configuration");
        let site = Site::new();
        let local = Some(IpAddr::from([127, 0, 0, 1]));
        let place =
            Place { pages, origins: &[], config: &config, site: &site, unready: None, metrics_token: false };
        let Parsed::Request(request, _) = parse(format!("{request}\r\n").as_bytes()) else {
            panic!("{request}")
        };
        match answer(&request, local, false, &place) {
            Outcome::Upgrade(..) => "upgraded".to_owned(),
            Outcome::Look(View { look, shows, .. }) => format!("looks {look:?} {}", shows.is_some()),
            Outcome::Reply(reply) => {
                let bytes: Vec<u8> =
                    reply.pieces("now", request.method == "HEAD").flat_map(|piece| piece.to_vec()).collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
        }
    }

    fn status(answer: &str) -> &str {
        answer.split(' ').nth(1).unwrap_or(answer)
    }

    #[test]
    fn the_page_comes_with_a_strict_policy() {
        let answer = asked("", true, "GET / HTTP/1.1\r\nHost: localhost:8067\r\n");
        assert_eq!(status(&answer), "200");
        for field in [
            "Content-Security-Policy: default-src 'none'; script-src 'self'",
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "Cache-Control: no-cache",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(answer.contains(&format!("\r\n{field}")), "{field}: {answer}");
        }
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let first = asked("", true, "GET / HTTP/1.1\r\nHost: localhost\r\n");
        let tag = first.lines().find_map(|line| line.strip_prefix("ETag: ")).expect("a tag");
        let again = asked(
            "",
            true,
            &format!("GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: W/\"x\", {tag}\r\n"),
        );
        assert!(
            status(&again) == "304" && again.ends_with("\r\n\r\n") && !again.contains("Content-Length"),
            "{again}"
        );
    }

    #[test]
    fn a_head_has_the_length_and_no_body() {
        let answer = asked("", true, "HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n");
        assert!(answer.contains("Content-Length: 3\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
    }

    #[test]
    fn each_address_answers_as_it_should() {
        let host = "Host: localhost\r\n";
        for (config, pages, request, expected) in [
            ("", true, format!("GET /healthz HTTP/1.1\r\n{host}"), "200"),
            ("", true, format!("GET /readyz HTTP/1.1\r\n{host}"), "200"),
            ("", true, format!("GET /client.json HTTP/1.1\r\n{host}"), "200"),
            ("", true, format!("GET /status HTTP/1.1\r\n{host}"), "308"),
            ("", true, format!("GET /nothing HTTP/1.1\r\n{host}"), "404"),
            ("", true, format!("GET /ws HTTP/1.1\r\n{host}"), "426"),
            ("", true, format!("GET /metrics HTTP/1.1\r\n{host}"), "Metrics"),
            ("", true, format!("GET /metrics HTTP/1.1\r\n{host}X-Forwarded-For: 192.0.2.1\r\n"), "403"),
            ("", true, format!("GET /status/status.json HTTP/1.1\r\n{host}"), "401"),
            (
                "",
                true,
                format!("GET /status/status.json HTTP/1.1\r\n{host}Authorization: Bearer x\r\n"),
                "Status",
            ),
            (
                "",
                true,
                format!("GET /status/status.json HTTP/1.1\r\n{host}Authorization: Basic x\r\n"),
                "401",
            ),
            ("", true, format!("DELETE / HTTP/1.1\r\n{host}"), "405"),
            ("", true, format!("GET /ws HTTP/1.1\r\n{host}{UPGRADE}"), "upgraded"),
            ("", true, format!("GET /elsewhere HTTP/1.1\r\n{host}{UPGRADE}"), "404"),
            ("", true, format!("GET /ws HTTP/1.1\r\n{host}Origin: http://evil.example\r\n{UPGRADE}"), "403"),
            ("", true, "GET / HTTP/1.1\r\nHost: evil.example\r\n".to_owned(), "403"),
            ("http.client = false", true, format!("GET / HTTP/1.1\r\n{host}"), "404"),
            ("http.client = false", true, format!("GET /client.json HTTP/1.1\r\n{host}"), "404"),
            ("http.client = false", true, format!("GET /ws HTTP/1.1\r\n{host}{UPGRADE}"), "upgraded"),
            ("", false, format!("GET /any/path HTTP/1.1\r\nHost: any\r\n{UPGRADE}"), "upgraded"),
            ("", false, format!("GET / HTTP/1.1\r\n{host}"), "426"),
        ] {
            assert_eq!(status(&asked(config, pages, &request)), expected, "{request}");
        }
    }

    #[test]
    fn transport_security_is_told_over_tls_only() {
        let config = Config::parse("sts.enabled = true\nhttp.proxies = [\"127.0.0.1\"]", Path::new(""))
            .expect("it loads");
        let site = Site::new();
        let ip = Some(IpAddr::from([127, 0, 0, 1]));
        let place = Place {
            pages: true,
            origins: &[],
            config: &config,
            site: &site,
            unready: None,
            metrics_token: false,
        };
        let told = |fields: &str| {
            let text = format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
            let Parsed::Request(request, _) = parse(text.as_bytes()) else { panic!("{text}") };
            let Outcome::Reply(reply) = answer(&request, ip, false, &place) else { panic!("{text}") };
            let head = reply.pieces("now", true).next().expect("a head");
            String::from_utf8_lossy(&head).contains("Strict-Transport-Security: max-age=2592000")
        };
        assert!(told("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n") && !told(""));
    }
}
