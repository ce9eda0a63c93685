//! Opening a session: which dialect is spoken, and with whom.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hub::{Handle, Origin};
use smol_str::{SmolStr, format_smolstr};

use crate::charset::{Reader, Setting};
use crate::text::{Arrival, Person, TextSession, Variant};
use crate::{Dialect, Session, Settings, group, irc, line, packet, plain, tagged, unit};

/// A connection, as far as its session has to know it.
#[derive(Clone, Debug)]
pub struct Door {
    /// Where the peer comes from.
    pub origin: Origin,
    /// The peer's address; none on a Unix socket.
    pub peer: Option<SocketAddr>,
    /// Our address, as the peer reached it.
    pub local: Option<SocketAddr>,
    /// A small number that tells the peer from others without an address.
    pub serial: u32,
    /// How its bytes are to be read as text.
    pub encoding: Setting,
}

/// Begins a conversation.
pub fn open(dialect: Dialect, settings: &Settings, door: Door) -> Box<dyn Session> {
    if dialect == Dialect::Irc {
        return Box::new(irc::Irc::new(Arc::clone(&settings.irc), door.origin));
    }
    let Door { mut origin, peer, local, serial, encoding } = door;
    let number = peer.map_or(serial, |peer| peer.port().into());
    if let Some(addr) = peer.filter(|_| dialect != Dialect::Line) {
        origin.handle = Some(Handle { dialect: dialect.name(), addr });
    }
    let reader = Reader::new(encoding);
    let variant = Variant {
        ip: match local.map(|local| local.ip().to_canonical()) {
            Some(std::net::IpAddr::V4(ip)) => ip,
            _ => Ipv4Addr::UNSPECIFIED,
        },
        port: local.map_or(0, |local| local.port()),
        first_port: settings.text.first_port,
        charset: reader.charset(),
        rooms: false,
    };
    let person = Person::new(Arrival {
        settings: Arc::clone(&settings.text),
        origin,
        guest: format_smolstr!("guest{number}"),
        user: SmolStr::new_static(dialect.name()),
    });
    match dialect {
        Dialect::Irc => unreachable!("that was opened above"),
        Dialect::Line => Box::new(TextSession::new(person, reader, variant, line::Line::default())),
        Dialect::Packet => {
            Box::new(TextSession::new(person, reader, variant, packet::PacketClient::default()))
        }
        Dialect::Plain => Box::new(TextSession::new(person, reader, variant, plain::Plain::default())),
        Dialect::Group => Box::new(TextSession::new(person, reader, variant, group::Group)),
        Dialect::Tagged => Box::new(TextSession::new(person, reader, variant, tagged::Tagged::default())),
    }
}

/// What someone is sent who is not let in, in the dialect's own form. `full` tells whether there are too
/// many already.
pub fn refusal(dialect: Dialect, why: &str, full: bool) -> Vec<u8> {
    match dialect {
        Dialect::Irc => format!("ERROR :Closing link: {why}\r\n").into_bytes(),
        Dialect::Line => format!("-- {why}\r\n").into_bytes(),
        Dialect::Group if full => b"too many users\n".to_vec(),
        Dialect::Group => format!("{why}\n").into_bytes(),
        // Nothing else makes an unmodified client end.
        Dialect::Plain => b"exit;".to_vec(),
        Dialect::Tagged => why.as_bytes().to_vec(),
        Dialect::Packet => {
            let mut bytes = Vec::new();
            packet::notice(crate::charset::Charset::default(), why, &mut bytes);
            unit::split(&bytes, true).next().unwrap_or_default().to_vec()
        }
    }
}
