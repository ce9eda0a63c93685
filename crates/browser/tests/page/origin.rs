//! Pages of somebody else's can do nothing with a server that only this machine can reach.

use browser::site::{Content, Site};
use browser::{Chromium, Options, Server, http};
use serde_json::{Value, json};

/// Asks for something and says what came of it: its text, or why not.
const FETCH: &str = "
    try {
      const answer = await fetch(arguments[0], { mode: arguments[1] });
      return { type: answer.type, text: await answer.text() };
    } catch (error) {
      return { failed: String(error) };
    }";

/// Opens a WebSocket and says whether it opened.
const CONNECT: &str = "
    return await new Promise(resolve => {
      const socket = new WebSocket(arguments[0]);
      socket.onopen = () => resolve('open');
      socket.onclose = event => resolve(`closed ${event.code}`);
    });";

#[test]
fn a_page_of_another_origin_can_neither_connect_nor_read() {
    let server = Server::start();
    let site = Site::open(Content::Page("<!doctype html><title>elsewhere</title>".to_owned()));
    let chromium = Chromium::start();
    let page = chromium.browser(&Options::default());
    // Being refused is told on the console.
    for part in ["WebSocket connection to", "CORS policy", "ERR_FAILED", "ERR_BLOCKED_BY_RESPONSE", "403"] {
        page.allow(part);
    }
    page.open(&site.url());

    let socket = json!(format!("ws://{}/ws", server.http()));
    assert_eq!(page.run_async(CONNECT, &[socket]), "closed 1006");
    for path in ["/client.json", "/status.json", "/", "/metrics"] {
        let url = format!("{}{path}", server.url());
        let read = page.run_async(FETCH, &[json!(url), json!("cors")]);
        assert!(read["failed"].is_string(), "{path}: {read}");
        // Nor can it have it without reading it, as a picture, say: the answer says whose it is.
        let opaque = page.run_async(FETCH, &[json!(url), json!("no-cors")]);
        assert!(opaque["failed"].is_string(), "{path}: {opaque}");
    }
}

#[test]
fn its_own_page_can_connect_and_read() {
    let server = Server::start();
    let chromium = Chromium::start();
    let page = chromium.browser(&Options::default());
    page.open(&server.url());

    assert_eq!(page.run_async(CONNECT, &[json!(format!("ws://{}/ws", server.http()))]), "open");
    let read = page.run_async(FETCH, &[json!("/client.json"), json!("cors")]);
    let about: Value = serde_json::from_str(read["text"].as_str().unwrap_or_default()).expect("JSON");
    assert_eq!((&about["network"], &about["room"]), (&json!("Saloon"), &json!("#lobby")));
}

#[test]
fn a_name_that_leads_here_is_not_ours() {
    let server = Server::start();
    for path in ["/", "/client.json", "/status.json", "/ws"] {
        let host = format!("evil.example:{}", server.http().port());
        let answer = http::ask(server.http(), "GET", path, &[("Host", &host)], b"").expect("an answer");
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
    }
}
