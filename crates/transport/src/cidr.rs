//! A network of IP addresses, for lists of who may do something.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// All addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or one address.
///
/// Bits behind the prefix are dropped (`10.1.2.3/8` is `10.0.0.0/8`), and IPv4 inside IPv6 is IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    ip: IpAddr,
    prefix: u8,
}

/// A text that is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a network: expected an address with an optional prefix length, as in 127.0.0.0/8, 192.0.2.1 or 2001:db8::/32"
)]
pub struct CidrError(String);

impl Cidr {
    /// The network of the first `prefix` bits of `ip`; `None` for more bits than an address has.
    pub fn new(ip: IpAddr, prefix: u8) -> Option<Self> {
        match (ip, ip.to_canonical()) {
            (IpAddr::V4(v4), _) if prefix <= 32 => Some(Self::v4(v4, prefix)),
            (IpAddr::V6(_), IpAddr::V4(v4)) if (96..=128).contains(&prefix) => {
                Some(Self::v4(v4, prefix - 96))
            }
            (IpAddr::V6(v6), _) if prefix <= 128 => Some(Self::v6(v6, prefix)),
            _ => None,
        }
    }

    fn v4(ip: Ipv4Addr, prefix: u8) -> Self {
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
        Self { ip: Ipv4Addr::from_bits(ip.to_bits() & mask).into(), prefix }
    }

    fn v6(ip: Ipv6Addr, prefix: u8) -> Self {
        let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
        Self { ip: Ipv6Addr::from_bits(ip.to_bits() & mask).into(), prefix }
    }

    /// Whether `ip` is in it. IPv4 inside IPv6 counts as IPv4; otherwise the two never meet.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.ip, ip.to_canonical()) {
            (IpAddr::V4(_), IpAddr::V4(v4)) => Self::v4(v4, self.prefix) == *self,
            (IpAddr::V6(_), IpAddr::V6(v6)) => Self::v6(v6, self.prefix) == *self,
            _ => false,
        }
    }
}

impl From<IpAddr> for Cidr {
    fn from(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(v4) => Self::v4(v4, 32),
            IpAddr::V6(v6) => Self::v6(v6, 128),
        }
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let bad = || CidrError(text.into());
        let Some((ip, prefix)) = text.split_once('/') else {
            return text.parse::<IpAddr>().map(Self::from).map_err(|_| bad());
        };
        // `u8::from_str` also takes a plus sign.
        if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        let (ip, prefix) = (ip.parse().map_err(|_| bad())?, prefix.parse().map_err(|_| bad())?);
        Self::new(ip, prefix).ok_or_else(bad)
    }
}

impl fmt::Display for Cidr {
    /// One address without its prefix, a network with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ip, self.prefix) {
            (IpAddr::V4(_), 32) | (IpAddr::V6(_), 128) => self.ip.fmt(f),
            (ip, prefix) => write!(f, "{ip}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_network_begins_like_it() {
        for (network, inside, outside) in [
            ("127.0.0.0/8", "127.255.255.255", "128.0.0.0"),
            ("10.1.2.3/8", "10.0.0.0", "11.0.0.0"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.128/25", "192.0.2.128", "192.0.2.127"),
            ("0.0.0.0/0", "255.1.2.3", "::1"),
            ("::/0", "ffff::", "1.2.3.4"),
            ("::1", "::1", "::2"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("10.0.0.0/8", "::ffff:10.1.1.1", "::ffff:11.1.1.1"),
            ("::ffff:10.0.0.0/104", "10.2.2.2", "11.2.2.2"),
        ] {
            let network: Cidr = network.parse().expect(network);
            let contains = |ip: &str| network.contains(ip.parse().expect(ip));
            assert!(contains(inside) && !contains(outside), "{network} {inside} {outside}");
        }
    }

    #[test]
    fn a_network_is_printed_as_one_would_write_it() {
        for (text, shown) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3/32", "10.1.2.3"),
            ("2001:DB8::/32", "2001:db8::/32"),
            ("::1/128", "::1"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
        ] {
            assert_eq!(text.parse::<Cidr>().expect(text).to_string(), shown);
        }
    }

    #[test]
    fn what_is_not_a_network_is_refused() {
        for text in [
            "",
            "/",
            "10.0.0.0/",
            "10.0.0.0/33",
            "::/129",
            "10/8",
            "1.2.3.4/+8",
            "1.2.3.4/8/8",
            "localhost",
            "1.2.3.4 /8",
        ] {
            assert_eq!(text.parse::<Cidr>(), Err(CidrError(text.into())));
        }
    }
}
