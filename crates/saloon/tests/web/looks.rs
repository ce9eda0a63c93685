//! What an operator sees over HTTP: readiness, metrics, status, and who may not.

use crate::support::server::saloon;
use crate::support::ws::{Visit, WsClient};
use crate::support::{Peer, eventually};
use crate::{Server, ask, house, status};

fn get(server: &Server, path: &str, fields: &str) -> String {
    ask(server, 1, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n"))
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// The token that the server has made up.
fn token(server: &Server) -> String {
    let file = server.setup.path("saloon.toml");
    let output = saloon(&["admin", "link", "--config"], Some(&file));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (page, token) = text.trim().split_once("#token=").unwrap_or_else(|| panic!("{output:?}"));
    assert!(page.ends_with("/status/"), "{page}");
    token.to_owned()
}

#[test]
fn metrics_are_for_this_machine_and_nobody_behind_a_proxy() {
    let server = house().start();
    let _tom = Peer::user(&server, "tom");
    let answer = get(&server, "/metrics", "");
    assert_eq!(status(&answer), "200", "{answer}");
    assert!(answer.contains("Content-Type: text/plain; version=0.0.4"), "{answer}");
    let sessions = "saloon_sessions{dialect=\"irc\",transport=\"tcp\"} 1";
    assert!(body(&answer).lines().any(|line| line == sessions), "{answer}");
    assert_eq!(status(&get(&server, "/metrics", "X-Forwarded-For: 192.0.2.1\r\n")), "403");
    assert_eq!(status(&get(&server, "/metrics", "Via: 1.1 proxy\r\n")), "403");
}

#[test]
fn metrics_may_want_a_token() {
    let server = house().set("http.metrics_token = \"plain:scrape-me\"").start();
    assert_eq!(status(&get(&server, "/metrics", "")), "401");
    assert_eq!(status(&get(&server, "/metrics", "Authorization: Bearer wrong\r\n")), "401");
    assert_eq!(status(&get(&server, "/metrics", "Authorization: bearer scrape-me\r\n")), "200");
}

#[test]
fn the_status_is_for_who_has_the_token() {
    let server = house().start();
    let _tom = Peer::user(&server, "tom");
    let mut page = Peer::ws(server.addr(1), "/ws");
    page.register("pam");
    let token = token(&server);
    assert_eq!(status(&get(&server, "/status/", "")), "200");
    for fields in ["", "Authorization: Bearer \r\n", "Authorization: Bearer nothing\r\n"] {
        let answer = get(&server, "/status/status.json", fields);
        assert_eq!(status(&answer), "401", "{answer}");
        assert!(answer.contains("WWW-Authenticate: Bearer"), "{answer}");
    }
    let answer = get(&server, "/status/status.json", &format!("Authorization: Bearer {token}\r\n"));
    assert_eq!(status(&answer), "200", "{answer}");
    let status: serde_json::Value = serde_json::from_str(body(&answer)).expect("JSON");
    assert_eq!(status["users"], 2, "{status}");
    assert_eq!(server.log_count(&token), 0);
}

#[test]
fn several_looks_on_one_connection_are_answered_in_order() {
    use std::io::{Read, Write};
    let server = house().start();
    let mut stream = std::net::TcpStream::connect(server.addr(1)).expect("connected");
    let asks = ["/metrics", "/healthz", "/metrics", "/nothing"].map(|path| {
        let close = if path == "/nothing" { "Connection: close\r\n" } else { "" };
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{close}\r\n")
    });
    stream.write_all(asks.concat().as_bytes()).expect("sent");
    stream.set_read_timeout(Some(crate::support::PATIENCE)).expect("a timeout");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("all");
    let kinds: Vec<_> = text.lines().filter(|line| line.starts_with("HTTP/1.1 ")).map(status).collect();
    assert_eq!(kinds, ["200", "200", "200", "404"], "{text}");
    let (first, second) = (text.find("saloon_users").expect("metrics"), text.find("ok\n").expect("health"));
    assert!(first < second && text.rfind("saloon_users").is_some_and(|last| last > second));
}

#[test]
fn a_server_that_is_being_drained_is_not_ready_and_takes_no_page() {
    let server = house().start();
    let mut page = Peer::ws(server.addr(1), "/ws");
    page.register("pam");
    let file = server.setup.path("saloon.toml");
    assert!(saloon(&["admin", "drain", "--for", "10m", "--config"], Some(&file)).status.success());
    page.expect("going down");
    eventually("it is not ready", || status(&get(&server, "/readyz", "")) == "503");
    assert_eq!(status(&get(&server, "/healthz", "")), "200");
    let visit = Visit { path: "/ws", ..Visit::default() };
    assert_eq!(WsClient::open(server.addr(1), &visit).err(), Some(503));
    // Who looks on does not keep it from ending.
    let mut server = server;
    page.quit();
    assert_eq!(server.wait().code, Some(0));
}
