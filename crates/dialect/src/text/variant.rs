//! What makes a difference in how a text dialect tells things to a peer.

use std::net::{Ipv4Addr, SocketAddrV4};

use hub::Identity;

use crate::charset::Charset;
use crate::{Dialect, Rendering};

/// How a peer of a text dialect is told things. Fits into the features of a
/// [`Rendering`](crate::Rendering).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The server's address as the peer reached it; 0.0.0.0 where that is no IPv4 address.
    pub ip: Ipv4Addr,
    /// And its port.
    pub port: u16,
    /// The first port of the virtual addresses.
    pub first_port: u16,
    /// How the peer writes and reads text.
    pub charset: Charset,
    /// Whether it is in other rooms than the one where everyone lands, so that rooms have to be named.
    pub rooms: bool,
}

impl Variant {
    /// As a rendering of a dialect.
    pub fn rendering(self, dialect: Dialect) -> Rendering {
        let features = u64::from(self.ip.to_bits())
            | u64::from(self.first_port) << 32
            | u64::from(self.charset.index()) << 48
            | u64::from(self.rooms) << 56;
        Rendering { dialect, port: self.port, features, ..Rendering::default() }
    }

    /// From what [`rendering`](Self::rendering) made.
    pub fn of(rendering: Rendering) -> Self {
        let bits = rendering.features;
        Self {
            ip: Ipv4Addr::from_bits(bits as u32),
            port: rendering.port,
            first_port: (bits >> 32) as u16,
            charset: Charset::from_index((bits >> 48) as u8).unwrap_or_default(),
            rooms: bits >> 56 & 1 == 1,
        }
    }

    /// The server itself, as the peer reached it.
    pub fn server(self) -> SocketAddrV4 {
        SocketAddrV4::new(self.ip, self.port)
    }

    /// The address by which peers of this dialect know a user: the true one if it came the same way, else
    /// one that the server answers for. Port 0 if there is none.
    pub fn address(self, dialect: &str, who: &Identity) -> SocketAddrV4 {
        match &who.handle {
            Some(handle) if handle.dialect == dialect => match handle.addr {
                std::net::SocketAddr::V4(addr) => addr,
                std::net::SocketAddr::V6(addr) => SocketAddrV4::new(self.ip, addr.port()),
            },
            _ => SocketAddrV4::new(self.ip, self.virtual_port(who)),
        }
    }

    fn virtual_port(self, who: &Identity) -> u16 {
        who.place.seat.and_then(|seat| self.first_port.checked_add(seat)).unwrap_or(0)
    }
}

/// Whether a user came by this dialect.
pub fn came_by(dialect: &str, who: &Identity) -> bool {
    who.handle.as_ref().is_some_and(|handle| handle.dialect == dialect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_comes_out_of_its_rendering_as_it_went_in() {
        let variant = Variant {
            ip: Ipv4Addr::new(192, 0, 2, 200),
            port: 3677,
            first_port: 21_000,
            charset: Charset::named("gb18030").expect("a charset"),
            rooms: true,
        };
        assert_eq!(Variant::of(variant.rendering(Dialect::Tagged)), variant);
        let plain = Variant { rooms: false, charset: Charset::default(), ..variant };
        assert_eq!(Variant::of(plain.rendering(Dialect::Line)), plain);
    }
}
