//! Hosts that show where people are from no more than is needed to tell them apart.
//!
//! An address becomes `A.B.C.ip`, where `A` stands for the address, `B` for its /24 (IPv6: /64) and `C`
//! for its /16 (/48). So a ban on `*.B.C.ip` still reaches a whole network. The parts are cut from an
//! HMAC-SHA-256 (RFC 2104) of the network: without the key nobody can compute or reverse them.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use smol_str::{SmolStr, format_smolstr};

use crate::config::IpCloaking;

/// Turns addresses into hosts.
#[derive(Clone, Debug)]
pub struct Cloak {
    key: Option<Vec<u8>>,
    suffix: String,
}

impl Cloak {
    /// As configured; without a configured secret, `random` is the key.
    pub fn new(settings: &IpCloaking, random: &[u8]) -> Self {
        let key = settings.secret.as_ref().map_or(random, |secret| secret.as_bytes());
        Self { key: settings.enabled.then(|| key.to_vec()), suffix: settings.suffix.clone() }
    }

    /// The host to show for an address; a process on the same machine has none.
    pub fn host(&self, ip: Option<IpAddr>) -> SmolStr {
        let Some(ip) = ip else { return SmolStr::new_static("localhost") };
        let Some(key) = &self.key else { return plain(ip) };
        let (wide, middle) = match ip {
            IpAddr::V4(ip) => (ip.octets()[..2].to_vec(), ip.octets()[..3].to_vec()),
            IpAddr::V6(ip) => (ip.octets()[..6].to_vec(), ip.octets()[..8].to_vec()),
        };
        let whole = match ip {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        };
        let [a, b, c] = [&whole, &middle, &wide].map(|part| digest(key, part));
        format_smolstr!("{a}.{b}.{c}.{}", self.suffix)
    }
}

/// The address as a host; one that begins with a colon gets a `0` in front, or it could not be a
/// parameter.
fn plain(ip: IpAddr) -> SmolStr {
    let text = ip.to_string();
    if text.starts_with(':') { format_smolstr!("0{text}") } else { SmolStr::new(text) }
}

/// Eight characters, 40 bits: enough to tell networks apart, short enough for a line.
fn digest(key: &[u8], part: &[u8]) -> SmolStr {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(part);
    let bytes = mac.finalize().into_bytes();
    let bits = bytes[..5].iter().fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
    (0..8).map(|place| DIGITS[(bits >> (place * 5)) as usize & 31] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(ip: &str) -> SmolStr {
        let cloak = Cloak { key: Some(b"key".to_vec()), suffix: "ip".into() };
        cloak.host(Some(ip.parse().expect("an address")))
    }

    #[test]
    fn neighbours_share_their_network_and_nothing_else() {
        let (one, two, other) = (host("192.0.2.1"), host("192.0.2.2"), host("192.0.3.1"));
        assert_ne!(one, two);
        assert_eq!(one.split_once('.').map(|p| p.1), two.split_once('.').map(|p| p.1));
        assert_ne!(two.split('.').nth(1), other.split('.').nth(1));
        assert_eq!(two.split('.').nth(2), other.split('.').nth(2));
        assert!(!one.contains("192"));
    }

    #[test]
    fn without_cloaking_the_address_is_the_host() {
        let cloak = Cloak { key: None, suffix: "ip".into() };
        assert_eq!(cloak.host(Some("::1".parse().expect("an address"))), "0::1");
        assert_eq!(cloak.host(None), "localhost");
    }
}
