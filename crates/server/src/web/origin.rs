//! Where a request comes from: through which proxy, and from which page.

use std::net::{IpAddr, SocketAddr};

use transport::Cidr;
use transport::http::Request;

/// Who asks, once what a proxy says of it is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Its address; none on a Unix socket.
    pub ip: Option<IpAddr>,
    /// Whether nobody can listen to it, or at least not before the proxy.
    pub secure: bool,
    /// Whether a proxy that we know speaks for it.
    pub proxied: bool,
}

/// Who asks: the peer itself, or for whom it speaks if it is one of our proxies. Each proxy appends whom it has
/// heard from, so the last address that is none of them is the right one.
pub fn visitor(request: &Request, ip: Option<IpAddr>, secure: bool, proxies: &[Cidr]) -> Visitor {
    let ours = |ip: &IpAddr| proxies.iter().any(|net| net.contains(*ip));
    if !ip.is_some_and(|ip| ours(&ip)) {
        return Visitor { ip, secure, proxied: false };
    }
    let mut named = ip;
    for word in request.list("x-forwarded-for").rev() {
        let Some(next) = address(word) else { break };
        named = Some(next);
        if !ours(&next) {
            break;
        }
    }
    let secure =
        secure || request.field("x-forwarded-proto").is_some_and(|word| word.eq_ignore_ascii_case("https"));
    Visitor { ip: named, secure, proxied: true }
}

/// An address as proxies write it: with or without a port, brackets or quotes.
fn address(word: &str) -> Option<IpAddr> {
    let word = word.trim_matches('"');
    let bare = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word);
    let ip = bare.parse().ok().or_else(|| Some(word.parse::<SocketAddr>().ok()?.ip()))?;
    Some(IpAddr::to_canonical(&ip))
}

/// Whether a request may have come through anybody but the peer.
pub fn is_forwarded(request: &Request) -> bool {
    ["x-forwarded-for", "forwarded", "via", "x-real-ip"].iter().any(|name| request.field(name).is_some())
}

/// Whether a page may open a WebSocket here. Programs that are no browsers name no origin.
///
/// `allowed` are origins as browsers write them (`https://chat.example.org`), or `*`. If there are none, `own`
/// tells whether only pages of this very door may, or all.
pub fn may_open(request: &Request, allowed: &[String], own: bool, proxied: bool) -> bool {
    let Some(origin) = request.field("origin") else { return true };
    let same = |known: &String| known == "*" || known.trim_end_matches('/').eq_ignore_ascii_case(origin);
    if !allowed.is_empty() {
        return allowed.iter().any(same);
    }
    if !own {
        return true;
    }
    let host = request.field("x-forwarded-host").filter(|_| proxied).or_else(|| request.field("host"));
    let from = origin.split_once("://").map(|(_, authority)| authority);
    from.zip(host).is_some_and(|(from, host)| plain_port(from).eq_ignore_ascii_case(plain_port(host)))
}

/// Without the port that goes without saying.
fn plain_port(authority: &str) -> &str {
    authority.strip_suffix(":80").or_else(|| authority.strip_suffix(":443")).unwrap_or(authority)
}

/// Whether a request from this machine names this machine. A page of somebody else's can have its own name
/// lead here, and would then be taken for ours ("DNS rebinding"); it cannot have the browser name us.
pub fn is_for_us(request: &Request, visitor: &Visitor, server: &str) -> bool {
    if visitor.proxied || !visitor.ip.is_some_and(|ip| ip.to_canonical().is_loopback()) {
        return true;
    }
    let Some(host) = request.field("host") else { return true };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok()
        || name.to_ascii_lowercase().ends_with(".localhost")
        || ["localhost", server].iter().any(|known| name.eq_ignore_ascii_case(known))
        || name.as_bytes().eq_ignore_ascii_case(rustix::system::uname().nodename().to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use transport::http::{Parsed, parse};

    fn request(fields: &str) -> Request {
        match parse(format!("GET /ws HTTP/1.1\r\n{fields}\r\n").as_bytes()) {
            Parsed::Request(request, _) => *request,
            other => panic!("{other:?}"),
        }
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn a_proxy_of_ours_is_believed_and_nobody_else() {
        let proxies = ["127.0.0.1".parse().expect("a net"), "10.0.0.0/8".parse().expect("a net")];
        let of = |peer: &str, fields: &str| {
            let visitor = visitor(&request(&format!("Host: x\r\n{fields}")), ip(peer), false, &proxies);
            (visitor.ip, visitor.secure)
        };
        let both = "X-Forwarded-For: 192.0.2.9, 198.51.100.7\r\nX-Forwarded-Proto: https\r\n";
        assert_eq!(of("203.0.113.5", both), (ip("203.0.113.5"), false));
        assert_eq!(of("127.0.0.1", both), (ip("198.51.100.7"), true));
        assert_eq!(
            of("127.0.0.1", "X-Forwarded-For: 198.51.100.7, 10.1.2.3\r\n"),
            (ip("198.51.100.7"), false)
        );
        assert_eq!(of("127.0.0.1", "X-Forwarded-For: 10.1.2.3\r\n"), (ip("10.1.2.3"), false));
        assert_eq!(of("127.0.0.1", "X-Forwarded-For: [2001:db8::1]:443\r\n"), (ip("2001:db8::1"), false));
        assert_eq!(of("127.0.0.1", "X-Forwarded-For: 198.51.100.7, unknown\r\n"), (ip("127.0.0.1"), false));
        assert_eq!(of("127.0.0.1", ""), (ip("127.0.0.1"), false));
    }

    #[test]
    fn a_page_of_another_origin_stays_outside() {
        let may = |fields: &str, allowed: &[&str], own: bool| {
            let allowed: Vec<_> = allowed.iter().map(|&origin| origin.to_owned()).collect();
            may_open(&request(fields), &allowed, own, false)
        };
        let here = "Host: chat.example.org:8067\r\nOrigin: http://chat.example.org:8067\r\n";
        let there = "Host: chat.example.org:8067\r\nOrigin: https://evil.example\r\n";
        assert!(may("Host: x\r\n", &[], true) && may(here, &[], true) && !may(there, &[], true));
        assert!(may("Host: a.example\r\nOrigin: https://A.example:443\r\n", &[], true));
        assert!(!may("Host: a.example\r\nOrigin: null\r\n", &[], true));
        assert!(!may("Host: a.example:1\r\nOrigin: http://a.example:2\r\n", &[], true));
        assert!(may(there, &[], false) && may(there, &["*"], true));
        assert!(may(there, &["https://EVIL.example/"], true) && !may(here, &["https://evil.example"], true));
    }

    #[test]
    fn a_name_that_was_made_to_lead_here_is_not_ours() {
        let from = |from: &str| Visitor { ip: ip(from), secure: false, proxied: false };
        let asks = |host: &str| request(&format!("Host: {host}\r\n"));
        let ours = |host: &str, peer: &str| is_for_us(&asks(host), &from(peer), "irc.example.org");
        for host in
            ["127.0.0.1:8067", "localhost:8067", "a.localhost", "[::1]:8067", "IRC.example.org", "[::1]"]
        {
            assert!(ours(host, "127.0.0.1"), "{host}");
        }
        assert!(!ours("evil.example:8067", "127.0.0.1") && !ours("evil.example", "::1"));
        assert!(ours("anything.example", "192.0.2.1"));
        let node = rustix::system::uname().nodename().to_string_lossy().to_ascii_uppercase();
        assert!(ours(&node, "127.0.0.1"));
        let behind_a_proxy = Visitor { proxied: true, ..from("127.0.0.1") };
        assert!(is_for_us(&asks("anything.example"), &behind_a_proxy, "irc.example.org"));
    }
}
