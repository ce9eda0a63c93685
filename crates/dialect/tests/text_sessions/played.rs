//! Playing a scene and reading what came of it.

use dialect::fuzzing::text::{Stage, unescaped};
use dialect::packet::wire::Packet;
use dialect::tagged::wire::Reply;

/// Plays steps; see `fuzzing::text`.
pub fn play(stage: &mut Stage, steps: &str) {
    for step in steps.lines().map(str::as_bytes) {
        assert_eq!(stage.step(step[0], step[1], &unescaped(&step[2..])), Ok(()), "{steps}");
    }
}

/// What a user of this dialect does to come in.
pub fn enter(dialect: char) -> String {
    if dialect == 'p' { "0p1guest50001=".to_owned() } else { "0~".to_owned() }
}

/// Everyone has come in, in this order, under names that begin with `guest`, and has read that.
pub fn arrived(letters: &str) -> Stage {
    let mut stage = Stage::new(letters.as_bytes()).expect("everyone connects");
    let seats: Vec<char> = letters.chars().filter(char::is_ascii_lowercase).collect();
    for (at, dialect) in seats.iter().enumerate() {
        match dialect {
            'p' => play(&mut stage, &format!("{at}p1guest{}=\n{at}!", 50_001 + at)),
            _ => play(&mut stage, &format!("{at}~\n{at}!")),
        }
    }
    drain(&mut stage, seats.len());
    stage
}

pub fn drain(stage: &mut Stage, seats: usize) {
    (0..seats).for_each(|at| drop(stage.heard(at).expect("all stays true")));
}

/// The lines a seat was told, without what its dialect puts around the server's own words.
pub fn words(dialect: char, stage: &mut Stage, seat: usize) -> Vec<String> {
    let units = stage.heard(seat).expect("all stays true");
    let text = |unit: &Vec<u8>| match dialect {
        'p' => Packet::decode(unit).map(|packet| utf8(packet.text)).unwrap_or_default(),
        't' => match Reply::decode(unit).next() {
            Some(Reply::Sent { text, .. }) => utf8(text),
            _ => String::new(),
        },
        _ => utf8(unit),
    };
    let text: Vec<String> = units.iter().map(text).collect();
    let lines = text.iter().flat_map(|text| text.lines()).filter(|line| !line.is_empty());
    lines.map(|line| line.strip_prefix("-- ").unwrap_or(line).to_owned()).collect()
}

/// What a seat was sent, each unit in one form.
pub fn shown(stage: &mut Stage, seat: usize) -> Vec<String> {
    let units = stage.heard(seat).expect("all stays true");
    units.iter().map(|unit| form(unit).trim_end_matches(['\r', '\n']).to_owned()).collect()
}

pub fn form(unit: &[u8]) -> String {
    if let Ok(Packet { kind, name, text }) = Packet::decode(unit) {
        return format!("{} {}: {}", kind as i32, utf8(name), utf8(text));
    }
    match Reply::decode(unit).next() {
        Some(Reply::Sent { id, addr, text }) => format!("SEND {id} {addr} {}", utf8(text)),
        Some(Reply::List { id, addr }) => format!("LIST {id} {addr}"),
        Some(Reply::Time { text, .. }) => format!("TIME {}", utf8(text)),
        Some(Reply::Name(host)) => format!("NAME {}", utf8(host)),
        _ => utf8(unit),
    }
}

/// The words of one unit of somebody else's, whatever its dialect.
pub fn said(unit: &[u8], gbk: bool) -> String {
    let text = match (Packet::decode(unit), Reply::decode(unit).next()) {
        (Ok(packet), _) => packet.text,
        (_, Some(Reply::Sent { text, .. })) => text,
        _ if unit.starts_with(b"from ") => &unit[b"from 127.0.0.1:21000: ".len()..],
        _ => unit,
    };
    if gbk { charset().decode(text).into_owned() } else { utf8(text) }
}

pub fn charset() -> dialect::charset::Charset {
    dialect::charset::Charset::named("gbk").expect("there is one")
}

pub fn gbk(text: &str) -> Vec<u8> {
    charset().encode(text).into_owned()
}

pub fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
