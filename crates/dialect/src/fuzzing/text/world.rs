//! Who sits where in a trial, and what the server is like.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use hub::{Limits, Origin};
use jiff::tz::TimeZone;

use crate::charset::{Charset, Setting};
use crate::{Dialect, Door, irc, text};

/// Most connections at a time.
const MOST: usize = 8;
/// Where everyone has connected to.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1));

/// Chosen by letters: a small one is a seat in its dialect, a capital one turns something on.
pub(super) struct World {
    pub seats: Vec<Dialect>,
    /// `P`: the server has a password, `letmein`.
    password: bool,
    /// `S`: checking it takes long.
    pub slow: bool,
    /// `G`: everyone writes GBK.
    gbk: bool,
    /// `M`: limits are small.
    small: bool,
    /// `C`: `tagged` tells the time in a few bytes.
    compact: bool,
    /// `L`: an IRC user has opened the lobby, and written its name in capitals.
    loud: bool,
    /// `U`: peers have no addresses.
    unix: bool,
    /// `V`: peers have addresses of version 6.
    six: bool,
    /// `H`: what is said is kept.
    pub history: bool,
    /// `N`: all peers have the same port, and so the same name at first.
    same: bool,
}

impl World {
    pub fn new(letters: &[u8]) -> Self {
        let has = |letter| letters.contains(&letter);
        let mut seats: Vec<_> = letters.iter().copied().filter_map(dialect).take(MOST).collect();
        if seats.is_empty() {
            seats = b"lpagti".iter().copied().filter_map(dialect).collect();
        }
        Self {
            seats,
            password: has(b'P'),
            slow: has(b'S'),
            gbk: has(b'G'),
            small: has(b'M'),
            compact: has(b'C'),
            loud: has(b'L'),
            unix: has(b'U'),
            six: has(b'V'),
            history: has(b'H'),
            same: has(b'N'),
        }
    }

    /// What an IRC client says to come in.
    pub fn introduction(&self, seat: usize) -> Vec<String> {
        let lobby = if self.loud { "#LOBBY" } else { "#lobby" };
        vec![
            "PASS letmein".to_owned(),
            format!("NICK irc{seat}"),
            format!("USER irc{seat} 0 * :someone on IRC"),
            format!("JOIN {lobby}"),
        ]
    }

    pub fn door(&self, seat: usize) -> Door {
        let last = u8::try_from(seat).unwrap_or(0) + 1;
        let ip = match self.six {
            true => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last.into())),
            false => IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)),
        };
        let port = if self.same { 50_000 } else { 50_000 + u16::from(last) };
        let gbk = Charset::named("gbk").map(Setting::Fixed);
        Door {
            origin: Origin { ip: Some(ip), host: format!("host{last}").into(), ..Origin::default() },
            peer: (!self.unix).then_some(SocketAddr::new(ip, port)),
            local: (!self.unix).then_some(SocketAddr::new(HERE, 6670)),
            serial: if self.same { 1 } else { last.into() },
            encoding: gbk.filter(|_| self.gbk).unwrap_or_default(),
        }
    }

    pub fn hub(&self) -> hub::Settings {
        let small = Limits { rooms_per_user: 3, rooms: 5, members: 4, ..Limits::default() };
        let limits = if self.small { small } else { Limits::default() };
        hub::Settings {
            limits,
            seats: if self.small { 2 } else { 1000 },
            history: self.history,
            // Of what is kept elsewhere the hub itself keeps nothing.
            recent: if self.history { 0 } else { 10 },
            ..hub::Settings::default()
        }
    }

    pub fn dialects(&self) -> crate::Settings {
        let text = text::Settings {
            password: self.password,
            nicklen: if self.small { 6 } else { 32 },
            message: if self.small { 64 } else { 4096 },
            compact_time: self.compact,
            history_most: if self.history { 100 } else { 0 },
            replay: if self.history { 10 } else { 0 },
            zone: TimeZone::UTC,
            ..text::Settings::default()
        };
        crate::Settings { irc: Arc::new(irc::Settings::new(self.options())), text: Arc::new(text) }
    }

    fn options(&self) -> irc::Options {
        let mut options = crate::fuzzing::world::World::new(b"").options();
        options.password = self.password;
        options
    }
}

fn dialect(letter: u8) -> Option<Dialect> {
    Some(match letter {
        b'i' => Dialect::Irc,
        b'l' => Dialect::Line,
        b'p' => Dialect::Packet,
        b'a' => Dialect::Plain,
        b'g' => Dialect::Group,
        b't' => Dialect::Tagged,
        _ => return None,
    })
}
