//! Doors that speak HTTP and WebSocket, and those that tell by the first bytes what is spoken.

#[path = "../support/mod.rs"]
mod support;

mod auto;
mod http;
mod looks;
mod origin;
mod wire;
mod words;

use support::{Server, Setup};

/// A server with a door for TCP, one for the page and one for WebSocket alone.
fn house() -> Setup {
    Setup::default()
        .door("addr = \"tcp://127.0.0.1:0\"")
        .door("addr = \"http://127.0.0.1:0\"")
        .door("addr = \"ws://127.0.0.1:0\"")
}

/// Sends a request as it stands here, and reads until the server closes.
fn ask(server: &Server, door: usize, request: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(server.addr(door)).expect("connected");
    stream.set_read_timeout(Some(support::PATIENCE)).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    // A reset at the end is an end as well.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of an answer.
fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}
