//! What must stay true of the shapes of small dialects, and of text, for any bytes. Shared by the
//! property tests and the fuzz targets.

use super::Finding;
use crate::charset::{Charset, Reader, Setting};
use crate::group::wire as group;
use crate::packet::wire::{self as packet, Packet};
use crate::plain::wire as plain;
use crate::split::split;
use crate::tagged::wire::{self as tagged, Reply, Request, Requests};

/// Any datagram, and the same made as long as a packet: what is read is written in one form, with
/// nothing behind the NULs.
///
/// # Errors
/// What did not stay true.
pub fn packet(bytes: &[u8]) -> Finding {
    let mut fitted = bytes.to_vec();
    fitted.resize(packet::SIZE, 0);
    for datagram in [bytes, &fitted] {
        let Ok(packet) = Packet::decode(datagram) else { continue };
        let once = packet.encode();
        let again = Packet::decode(&once).map_err(|error| format!("{error:?}"))?;
        ensure(packet.name == again.name && packet.kind == again.kind, "a name or type changes")?;
        ensure(packet.text.starts_with(again.text), "a text changes")?;
        let cut = packet.text.len() > packet::MOST_TEXT;
        ensure(cut || packet == again && packet.is_leave() == again.is_leave(), "a text is cut")?;
        ensure(again.encode() == once, "there are two forms")?;
        let used = 4 + packet.name.len() + again.text.len();
        let zeros = once[4..].iter().filter(|&&byte| byte == 0).count();
        ensure(zeros == packet::SIZE - used, "there is something behind a NUL")?;
    }
    Ok(())
}

/// Any read, as both sides take it: it is written as it was meant, and only leaving is `exit;`.
///
/// # Errors
/// What did not stay true.
pub fn plain(bytes: &[u8]) -> Finding {
    let written = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut out = Vec::new();
        write(&mut out);
        out
    };
    let client = plain::ClientUnit::decode(bytes);
    let again = written(&|out| client.encode(out));
    ensure(plain::ClientUnit::decode(&again) == client, "a client's unit changes")?;
    let server = plain::ServerUnit::decode(bytes);
    let again = written(&|out| server.encode(out));
    ensure(plain::ServerUnit::decode(&again) == server, "a server's unit changes")?;
    let text = written(&|out| plain::ServerUnit::Text(bytes).encode(out));
    ensure(text != plain::EXIT && !text.contains(&0), "text makes a client end")
}

/// Any read: its units, written with a LF behind each that has no end, are the same units.
///
/// # Errors
/// What did not stay true.
pub fn group(bytes: &[u8]) -> Finding {
    let units: Vec<_> = group::ServerUnit::decode(bytes).collect();
    let (mut out, mut lookalike) = (Vec::new(), false);
    for (at, unit) in units.iter().enumerate() {
        unit.encode(&mut out);
        let endless = matches!(unit, group::ServerUnit::Chat { .. } | group::ServerUnit::Other(_));
        if endless && at + 1 < units.len() {
            out.push(b'\n');
            // Text that somebody has typed may read like a notice once a line feed stands behind it.
            let mut alone = Vec::new();
            unit.encode(&mut alone);
            alone.push(b'\n');
            lookalike |= group::ServerUnit::decode(&alone)
                .any(|unit| !matches!(unit, group::ServerUnit::Chat { .. } | group::ServerUnit::Other(_)));
        }
    }
    let again: Vec<_> = group::ServerUnit::decode(&out).collect();
    ensure(lookalike || units == again, "units change")?;
    let text = String::from_utf8_lossy(bytes);
    let guarded = group::guard_markup(&text);
    ensure(guarded.replace('\u{200b}', "") == text.replace('\u{200b}', ""), "a guard changes text")?;
    ensure(group::guard_markup(&guarded) == guarded, "a guard needs a guard")
}

/// Any stream, in reads as long as the first byte says: requests stay small, and what is asked is
/// asked the same when written again. And any read as a client takes it.
///
/// # Errors
/// What did not stay true.
pub fn tagged(bytes: &[u8]) -> Finding {
    let Some((&size, stream)) = bytes.split_first() else { return Ok(()) };
    let mut requests = Requests::default();
    for mut read in stream.chunks(usize::from(size).max(1) * 4) {
        while let Some(request) = requests.next(&mut read) {
            request_again(&request)?;
        }
        ensure(read.is_empty(), "something is left of a read")?;
        if size % 3 == 0 && requests.waiting() {
            requests.pause().as_ref().map_or(Ok(()), request_again)?;
            ensure(!requests.waiting(), "a pause decides nothing")?;
        }
    }
    Reply::decode(bytes).try_for_each(|reply| reply_again(&reply))
}

fn request_again(request: &Request) -> Finding {
    let Request::Send { id: Some(id), written, text } = request else { return Ok(()) };
    ensure(text.len() < tagged::BLOCK && written.chars().count() <= 32, "a request is too long")?;
    let mut bytes = Vec::new();
    Request::send(*id, text).encode(&mut bytes);
    ensure(bytes.len() == tagged::BLOCK, "a send has another size")?;
    let again = Requests::default().next(&mut &bytes[..]);
    let Some(Request::Send { id: Some(same), text: kept, .. }) = again else {
        return Err("a send is none any more".to_owned());
    };
    let fits = text.len() <= Request::room(*id);
    let text = text.trim_ascii_start();
    let whole = kept == text.strip_suffix(b"\r").unwrap_or(text);
    ensure(same == *id && (whole || !fits), "a send changes")
}

fn reply_again(reply: &Reply<'_>) -> Finding {
    let mut bytes = Vec::new();
    reply.encode(&mut bytes);
    let long = matches!(reply, Reply::Time { long: true, .. });
    ensure(bytes.len() <= if long { tagged::BLOCK } else { tagged::MOST }, "a reply is too long")?;
    match (reply, Reply::decode(&bytes).next()) {
        (Reply::Sent { text, .. }, again) if again != Some(*reply) => match again {
            Some(Reply::Sent { text: kept, .. }) => ensure(text.starts_with(kept), "a text changes"),
            _ => Err("a message is none any more".to_owned()),
        },
        (Reply::List { .. } | Reply::Greeting, again) => ensure(again == Some(*reply), "a reply changes"),
        _ => Ok(()),
    }
}

/// Any text in any encoding, in reads: the first byte chooses the encoding, the second the size of
/// the reads. Where reads are cut makes no difference.
///
/// # Errors
/// What did not stay true.
pub fn charset(bytes: &[u8]) -> Finding {
    let [index, size, stream @ ..] = bytes else { return Ok(()) };
    let Some(charset) = Charset::from_index(*index) else { return Ok(()) };
    let size = usize::from(*size).max(1);
    let whole = charset.decode(stream);
    let mut fixed = Reader::new(Setting::Fixed(charset));
    ensure(in_reads(&mut fixed, stream, size) == whole, "reads make another text")?;
    let mut auto = Reader::new(Setting::Auto { fallback: charset });
    let guessed = in_reads(&mut auto, stream, size);
    if let Ok(text) = std::str::from_utf8(stream) {
        ensure(guessed == text && auto.charset() == Charset::UTF_8, "UTF-8 is taken for something else")?;
    }
    pieces(&whole, charset, size)
}

fn in_reads(reader: &mut Reader, stream: &[u8], size: usize) -> String {
    let mut text: String = stream.chunks(size).map(|bytes| reader.read(bytes)).collect();
    text.push_str(&reader.flush());
    text
}

fn pieces(text: &str, charset: Charset, most: usize) -> Finding {
    let mut together = String::new();
    for piece in split(text, most, charset) {
        let fits = charset.encode(piece).len() <= most || piece.chars().count() == 1;
        ensure(fits && !piece.is_empty(), "a piece has the wrong size")?;
        together.push_str(piece);
    }
    ensure(together == text, "pieces lose something")?;
    let has = |bytes: &[u8], byte| bytes.contains(&byte);
    let sound = |byte| has(text.as_bytes(), byte) == has(&charset.encode(text), byte);
    ensure(sound(0) && sound(b'\n') && sound(b'\r'), "an encoding makes control characters")
}

fn ensure(holds: bool, finding: &str) -> Finding {
    if holds { Ok(()) } else { Err(finding.to_owned()) }
}
