//! What a browser could send: the head of a request, and what comes inside a WebSocket, cut anywhere.

#![no_main]

use libfuzzer_sys::fuzz_target;
use transport::WebSocket;
use transport::http::{Parsed, parse};

const LIMIT: usize = 4096;

fuzz_target!(|bytes: &[u8]| {
    let Some((&step, bytes)) = bytes.split_first() else { return };
    if let Parsed::Request(request, length) = parse(bytes) {
        assert!(length <= bytes.len() && !request.method.is_empty());
        let _ = transport::ws::accept(&request).map(|handshake| assert!(handshake.answer.ends_with(b"\r\n\r\n")));
        let _ = (request.keeps_open(), request.takes_gzip());
    }
    // However the bytes are cut, the same messages come of them.
    let take = |step: usize| {
        let (mut socket, mut answers, mut messages) = (WebSocket::new(LIMIT), Vec::new(), Vec::new());
        let mut over = false;
        for part in bytes.chunks(step.max(1)) {
            over = socket.receive(part, &mut answers, |_, message| messages.push(message.to_vec())).is_err();
            if over {
                break;
            }
        }
        assert!(messages.iter().all(|message| message.len() <= LIMIT));
        (messages, over)
    };
    assert_eq!(take(usize::from(step)), take(bytes.len()));
});
