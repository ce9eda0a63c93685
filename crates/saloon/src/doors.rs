//! What a person who has just started the server needs: how to walk in, or why nobody can.

use std::fmt::Write as _;
use std::io;

use dialect::Dialect;
use server::config::{Config, Listen, Speaks};

/// Every open door, each with lines to paste into a shell.
///
/// The addresses of `config.listen` must be those that were bound, so that port 0 has become a
/// number. `program` is what starts this program from the reader's shell.
pub fn doors(config: &Config, program: &str) -> String {
    let mut text = format!("{} is open. To walk in, paste one of these lines:\n", config.network.name);
    for listen in &config.listen {
        let _ = writeln!(text, "\n{}", title(listen));
        for line in ways_in(listen, config.server.password.is_some(), program) {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn title(listen: &Listen) -> String {
    let own = listen.takes_tls() && listen.tls.is_none();
    let certificate = if own { ", with a certificate of its own making" } else { "" };
    let reach = match listen.addr.endpoint().map(|endpoint| endpoint.host.ip()) {
        Some(ip) if ip.is_unspecified() => ", for every machine that reaches this one",
        _ => "",
    };
    format!("{} ({}{certificate}{reach})", listen.addr, listen.dialect)
}

fn ways_in(listen: &Listen, password: bool, program: &str) -> Vec<String> {
    if listen.proxy_protocol {
        return vec!["only through the proxy in front of it (proxy_protocol = true)".into()];
    }
    match listen.dialect {
        _ if listen.addr.is_web() => ways_in_by_web(listen),
        Speaks::One(Dialect::Irc) => ways_in_by_irc(listen, password),
        Speaks::One(dialect) => ways_in_by_hand(listen, dialect, program),
        Speaks::Auto => ways_in_by_any(listen, password, program),
    }
}

fn ways_in_by_web(listen: &Listen) -> Vec<String> {
    let websocket = || Some(format!("websocat {}://{}/", listen.addr.scheme(), listen.reachable()?));
    Vec::from_iter(in_a_browser(listen).or_else(websocket))
}

fn in_a_browser(listen: &Listen) -> Option<String> {
    listen.page().map(|page| format!("{page} in a browser"))
}

/// Who speaks what is told by what comes first.
fn ways_in_by_any(listen: &Listen, password: bool, program: &str) -> Vec<String> {
    let mut ways = Vec::from_iter(in_a_browser(listen));
    ways.extend(ways_in_by_irc(listen, password));
    ways.extend(ways_in_by_hand(listen, Dialect::Line, program));
    ways
}

/// Every other dialect can be spoken by our own clients, and `line` by anything that carries lines.
fn ways_in_by_hand(listen: &Listen, dialect: Dialect, program: &str) -> Vec<String> {
    let program = shell_word(program);
    let addr = match listen.reachable() {
        Some(at) => format!("{dialect}+{}://{at}", listen.addr.scheme()),
        None => shell_word(&format!("{dialect}+{}", listen.addr)),
    };
    let ours = match dialect {
        Dialect::Tagged => format!("{program} menu {addr}"),
        Dialect::Packet => format!("{program} chat '{addr}?nick=you'"),
        _ => format!("{program} chat {addr}"),
    };
    let theirs = (dialect == Dialect::Line).then(|| match listen.reachable() {
        Some(at) if listen.addr.is_tls() => format!("openssl s_client -quiet -connect {at}"),
        Some(at) => format!("nc {} {}", at.ip(), at.port()),
        None => format!("nc -U {}", shell_word(listen.addr.to_string().trim_start_matches("unix://"))),
    });
    theirs.into_iter().chain([ours]).collect()
}

fn ways_in_by_irc(listen: &Listen, password: bool) -> Vec<String> {
    let hello = if password { "echo PASS PASSWORD; " } else { "" };
    let hello = format!("({hello}echo NICK me; echo USER me 0 x me; cat)");
    let Some(at) = listen.reachable() else {
        let addr = listen.addr.to_string();
        let path = shell_word(addr.strip_prefix("unix://").unwrap_or(&addr));
        return vec![format!("{hello} | nc -U {path}"), format!("{hello} | socat - UNIX-CONNECT:{path}")];
    };
    let (host, port) = (at.ip(), at.port());
    let secret = if password { " -w PASSWORD" } else { "" };
    let weechat_secret = if password { " -password=PASSWORD" } else { "" };
    if listen.addr.is_tls() {
        let trust = if listen.tls.is_none() { " -notls_verify" } else { "" };
        return vec![
            format!("irssi -c '-tls{trust} {host}' -p {port} -n you{secret}"),
            format!("{hello} | openssl s_client -quiet -connect {at}"),
        ];
    }
    vec![
        format!("irssi -c {host} -p {port} -n you{secret}"),
        format!(
            "weechat -r '/server add saloon {host}/{port} -temp -notls{weechat_secret}' -r '/connect saloon'"
        ),
        format!("{hello} | nc {host} {port}"),
    ]
}

fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Why a door could not be opened, and by what option to choose another.
pub fn door_refused(addr: &str, error: &io::Error) -> String {
    let (scheme, place) = addr.split_once("://").unwrap_or(("tcp", addr));
    let port = place.rsplit_once(':').filter(|_| scheme != "unix").map(|(_, port)| port);
    match (error.kind(), port) {
        (io::ErrorKind::AddrInUse, Some(port)) => format!(
            "port {port} is taken: another program, perhaps another saloon, listens on {addr}\n{}",
            other_port(scheme, place)
        ),
        (io::ErrorKind::AddrInUse, None) => format!(
            "{place} is taken: another program, perhaps another saloon, listens there\n\
             choose another file with --listen unix://PATH, or with addr under [[listen]] in the configuration"
        ),
        (io::ErrorKind::PermissionDenied, Some(port)) => format!(
            "port {port} is not allowed: ports below 1024 need a privilege ({error})\n{}",
            other_port(scheme, place)
        ),
        (io::ErrorKind::AddrNotAvailable, Some(_)) => format!(
            "{addr} cannot be opened: this machine has no such address\n\
             choose one it has with --listen ADDR, or with addr under [[listen]] in the configuration"
        ),
        _ => format!("{addr} cannot be opened: {error}"),
    }
}

fn other_port(scheme: &str, place: &str) -> String {
    let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
    format!(
        "choose another with `saloon serve --listen {scheme}://{host}:PORT`, or with addr under [[listen]] \
         in the configuration"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn shown(text: &str) -> String {
        doors(&Config::parse(text, Path::new("")).expect("a configuration"), "saloon")
    }

    #[test]
    fn the_default_doors_are_shown_with_lines_to_paste() {
        assert_eq!(
            shown(""),
            "\
Saloon is open. To walk in, paste one of these lines:

http://127.0.0.1:8067 (irc)
  http://127.0.0.1:8067/ in a browser

tcp://127.0.0.1:6667 (irc)
  irssi -c 127.0.0.1 -p 6667 -n you
  weechat -r '/server add saloon 127.0.0.1/6667 -temp -notls' -r '/connect saloon'
  (echo NICK me; echo USER me 0 x me; cat) | nc 127.0.0.1 6667

tls://127.0.0.1:6697 (irc, with a certificate of its own making)
  irssi -c '-tls -notls_verify 127.0.0.1' -p 6697 -n you
  (echo NICK me; echo USER me 0 x me; cat) | openssl s_client -quiet -connect 127.0.0.1:6697

tcp://127.0.0.1:6670 (line)
  nc 127.0.0.1 6670
  saloon chat line+tcp://127.0.0.1:6670

udp://127.0.0.1:30104 (packet)
  saloon chat 'packet+udp://127.0.0.1:30104?nick=you'

tcp://127.0.0.1:8080 (plain)
  saloon chat plain+tcp://127.0.0.1:8080

tcp://127.0.0.1:6671 (group)
  saloon chat group+tcp://127.0.0.1:6671

tcp://127.0.0.1:3677 (tagged)
  saloon menu tagged+tcp://127.0.0.1:3677
"
        );
    }

    #[test]
    fn a_door_for_all_shows_all() {
        let text = shown("[[listen]]\naddr = \"tcp://0.0.0.0:6667\"\ndialect = \"auto\"");
        for way in [
            "http://127.0.0.1:6667/ in",
            "irssi -c 127.0.0.1 -p 6667",
            "nc 127.0.0.1 6667\n",
            "chat line+tcp",
        ] {
            assert!(text.contains(way), "{way}: {text}");
        }
        assert!(shown("[[listen]]\naddr = \"wss://[::]:8443\"").contains("websocat wss://[::1]:8443/"));
    }

    #[test]
    fn an_address_for_everyone_is_reached_from_here_by_loopback() {
        let text = shown("[[listen]]\naddr = \"tls://[::]:7000\"\n[[listen]]\naddr = \"tcp://0.0.0.0:7001\"");
        assert!(
            text.contains("tls://[::]:7000 (irc, with a certificate of its own making, for every"),
            "{text}"
        );
        assert!(text.contains("-connect [::1]:7000\n"), "{text}");
        assert!(text.contains("irssi -c 127.0.0.1 -p 7001 -n you\n"), "{text}");
    }

    #[test]
    fn a_socket_file_is_quoted_for_the_shell() {
        let text = shown("[[listen]]\naddr = \"unix:///tmp/it's here\"");
        assert!(text.contains(r"| nc -U '/tmp/it'\''s here'"), "{text}");
        assert!(shown("[[listen]]\naddr = \"unix:///run/s.sock\"").contains("| nc -U /run/s.sock\n"));
    }

    #[test]
    fn a_password_is_asked_for_and_not_shown() {
        let text = shown("server.password = \"plain:letmein\"");
        assert!(text.contains("-n you -w PASSWORD\n") && text.contains("(echo PASS PASSWORD; echo NICK me"));
        assert!(!text.contains("letmein"));
    }

    #[test]
    fn a_door_behind_a_proxy_has_no_line_to_paste() {
        let text = shown("[[listen]]\naddr = \"tcp://127.0.0.1:7\"\nproxy_protocol = true");
        assert!(text.contains("only through the proxy") && !text.contains("irssi"), "{text}");
    }

    #[test]
    fn a_port_that_is_taken_is_named_with_the_option_to_change_it() {
        let taken = io::Error::from(io::ErrorKind::AddrInUse);
        let text = door_refused("tcp://127.0.0.1:6667", &taken);
        assert!(text.starts_with("port 6667 is taken"), "{text}");
        assert!(text.contains("`saloon serve --listen tcp://127.0.0.1:PORT`"), "{text}");
        assert!(text.contains("addr under [[listen]]"), "{text}");
        assert!(door_refused("tls://[::1]:6697", &taken).contains("--listen tls://[::1]:PORT"));
        assert!(door_refused("unix:///run/a:b", &taken).starts_with("/run/a:b is taken"));
    }

    #[test]
    fn other_reasons_are_told_as_well() {
        let told = |addr, kind| door_refused(addr, &io::Error::from(kind));
        assert!(told("tcp://0.0.0.0:80", io::ErrorKind::PermissionDenied).contains("below 1024"));
        assert!(told("tcp://192.0.2.1:7", io::ErrorKind::AddrNotAvailable).contains("no such address"));
        assert!(told("unix:///a/b", io::ErrorKind::NotFound).starts_with("unix:///a/b cannot be opened"));
    }
}
