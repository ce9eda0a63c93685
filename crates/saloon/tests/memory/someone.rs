//! Someone who asks for what was said.

use std::collections::BTreeMap;

use crate::support::{Peer, Server};

/// Everything a client needs in order to know what it has been told.
pub const CAPS: &str = "batch echo-message message-tags server-time";

/// A client that negotiates.
pub fn someone(server: &Server, nick: &str, caps: &str) -> Peer {
    let mut peer = Peer::tcp(server.addr(0));
    peer.send("CAP LS 302");
    peer.send(&format!("CAP REQ :{caps}"));
    peer.send("CAP END");
    peer.register(nick);
    peer
}

/// A client that logs in before it registers.
pub fn owner(server: &Server, nick: &str, account: &str, password: &str, caps: &str) -> Peer {
    let mut peer = Peer::tcp(server.addr(0));
    log_in(&mut peer, account, password, caps);
    peer.send("CAP END");
    peer.register(nick);
    peer
}

/// Negotiates, and logs in by SASL PLAIN.
pub fn log_in(peer: &mut Peer, account: &str, password: &str, caps: &str) {
    peer.send("CAP LS 302");
    peer.send(&format!("CAP REQ :sasl {caps}"));
    peer.send("AUTHENTICATE PLAIN");
    peer.until("AUTHENTICATE +");
    let secret = base64(format!("\0{account}\0{password}").as_bytes());
    peer.send(&format!("AUTHENTICATE {secret}"));
    peer.until(" 903 ");
}

/// RFC 4648 §4.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().chain(&[0, 0]).take(3).fold(0_u32, |word, &byte| word << 8 | u32::from(byte));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place)) as usize & 63] as char;
            text.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

/// A line that somebody said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    pub tags: BTreeMap<String, String>,
    pub nick: String,
    pub target: String,
    pub text: String,
}

/// Reads a PRIVMSG.
pub fn said(line: &str) -> Option<Said> {
    let (tags, line) = match line.strip_prefix('@') {
        Some(rest) => rest.split_once(' ')?,
        None => ("", line),
    };
    let tags = tags.split(';').filter(|tag| !tag.is_empty());
    let tags = tags.map(|tag| tag.split_once('=').unwrap_or((tag, "")));
    let (source, rest) = line.strip_prefix(':')?.split_once(' ')?;
    let (target, text) = rest.strip_prefix("PRIVMSG ")?.split_once(" :")?;
    Some(Said {
        tags: tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        nick: source.split('!').next().unwrap_or_default().to_owned(),
        target: target.to_owned(),
        text: text.to_owned(),
    })
}

/// The newest messages of a room, oldest first.
pub fn history(peer: &mut Peer, target: &str, most: usize) -> Vec<Said> {
    peer.send(&format!("CHATHISTORY LATEST {target} * {most}"));
    let opened = peer.expect(" chathistory ");
    let name = opened.split_once("BATCH +").and_then(|(_, rest)| rest.split(' ').next()).expect("a batch");
    let lines = peer.until(&format!("BATCH -{name}"));
    lines.iter().filter_map(|line| said(line)).collect()
}

/// The words alone.
pub fn texts(said: &[Said]) -> Vec<&str> {
    said.iter().map(|said| said.text.as_str()).collect()
}
