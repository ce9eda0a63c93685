//! How many connections one address may have, and how fast it may make new ones.
//!
//! An address is an IPv4 address or an IPv6 /64: that is what one customer gets, and anybody with one can
//! use all of it. Nothing here has a clock: the time comes in as milliseconds of any clock that does not
//! go backwards.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use crate::cidr::Cidr;

/// What is allowed. [`Default`] is: nothing is limited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitSettings {
    /// Connections at a time from one address; `None` is any number.
    pub connections: Option<u32>,
    /// New connections from one address in a time; `None` is any number.
    pub throttle: Option<Throttle>,
    /// Networks that are never refused.
    pub exempt: Vec<Cidr>,
}

/// So many in such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// How many new connections.
    pub connections: u32,
    /// In how many milliseconds.
    pub window: u64,
}

/// Why a connection is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too many at a time.
    #[error("too many connections from your address (at most {limit} at a time)")]
    TooMany {
        /// How many are allowed.
        limit: u32,
    },
    /// Too many new ones.
    #[error(
        "too many new connections from your address (at most {limit} in {} s): try again in {} s",
        window.div_ceil(1000), wait.div_ceil(1000)
    )]
    TooFast {
        /// How many are allowed in a window.
        limit: u32,
        /// The window, in milliseconds.
        window: u64,
        /// Milliseconds after which another try succeeds, if none is made before.
        wait: u64,
    },
}

/// The connections of each address.
///
/// Memory: an entry for each address that has a connection, so that the limit on descriptors is its limit;
/// and for the throttle at most twice [`MAX_RECENT`] addresses. When more than that come in one window the
/// older ones are forgotten early: those are many addresses, and no throttle by address could stop them.
#[derive(Debug, Default)]
pub struct AddressLimits {
    settings: LimitSettings,
    open: HashMap<Network, u32>,
    recent: Recent,
}

/// How many addresses the throttle remembers of one window.
pub const MAX_RECENT: usize = 65_536;

impl AddressLimits {
    /// Nobody is here yet.
    pub fn new(settings: LimitSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Other rules from now on. Whoever is in stays in.
    pub fn set(&mut self, settings: LimitSettings) {
        self.settings = settings;
    }

    /// Lets a new connection from `ip` in at the time `now` (milliseconds), and counts it. Every `Ok` wants
    /// one [`release`](Self::release). A refused connection is not counted, neither here nor by the throttle.
    ///
    /// # Errors
    /// [`Refused`], whose message is meant for the peer.
    pub fn admit(&mut self, ip: IpAddr, now: u64) -> Result<(), Refused> {
        let network = Network::of(ip);
        self.recent.turn(self.settings.throttle, now);
        if !self.is_exempt(ip) {
            self.check(network, now)?;
        }
        // Those exempt are counted too: the list may change before they leave.
        *self.open.entry(network).or_default() += 1;
        if self.settings.throttle.is_some() {
            self.recent.add(network);
        }
        Ok(())
    }

    /// One connection from `ip` is over.
    pub fn release(&mut self, ip: IpAddr) {
        let network = Network::of(ip);
        if let Some(count) = self.open.get_mut(&network) {
            *count -= 1; // an entry is never zero
            if *count == 0 {
                self.open.remove(&network);
            }
        }
    }

    /// A connection admitted from `old`, a proxy, turns out to be from `new`: counts it there, and no
    /// longer here, as if it had come from there.
    ///
    /// # Errors
    /// As [`admit`](Self::admit); the connection is still counted at `old` then.
    pub fn transfer(&mut self, old: IpAddr, new: IpAddr, now: u64) -> Result<(), Refused> {
        let (from, to) = (Network::of(old), Network::of(new));
        if from == to {
            return Ok(());
        }
        self.admit(new, now)?;
        self.release(old);
        self.recent.take_back(from);
        Ok(())
    }

    /// How many connections the network of `ip` has.
    pub fn count(&self, ip: IpAddr) -> u32 {
        self.open.get(&Network::of(ip)).copied().unwrap_or(0)
    }

    fn is_exempt(&self, ip: IpAddr) -> bool {
        self.settings.exempt.iter().any(|network| network.contains(ip))
    }

    fn check(&self, network: Network, now: u64) -> Result<(), Refused> {
        let open = self.open.get(&network).copied().unwrap_or(0);
        if let Some(limit) = self.settings.connections.filter(|limit| open >= *limit) {
            return Err(Refused::TooMany { limit });
        }
        match self.settings.throttle {
            Some(throttle) => self.recent.check(network, throttle, now),
            None => Ok(()),
        }
    }
}

/// What shares one count: an IPv4 address, or the first 64 bits of an IPv6 one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Network(IpAddr);

impl Network {
    fn of(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
            v4 => v4,
        })
    }
}

/// New connections of each network, in this window and the one before.
///
/// The count in the last `window` milliseconds is estimated as this window's plus that share of the last
/// one's which still lies in reach: exact when arrivals are even, and two counters instead of a list of times.
#[derive(Debug, Default)]
struct Recent {
    started: u64,
    current: HashMap<Network, u32>,
    previous: HashMap<Network, u32>,
}

impl Recent {
    /// Begins a new window when this one is over or full.
    fn turn(&mut self, throttle: Option<Throttle>, now: u64) {
        let Some(Throttle { window, .. }) = throttle else {
            *self = Self::default();
            return;
        };
        let passed = now.saturating_sub(self.started);
        if passed >= window.saturating_mul(2) {
            *self = Self { started: now, ..Self::default() };
        } else if passed >= window {
            self.previous = std::mem::take(&mut self.current);
            self.started += window;
        } else if self.current.len() >= MAX_RECENT {
            self.previous = std::mem::take(&mut self.current);
            self.started = now;
        }
    }

    fn check(&self, network: Network, throttle: Throttle, now: u64) -> Result<(), Refused> {
        let Throttle { connections: limit, window } = throttle;
        let of = |counts: &HashMap<Network, u32>| u64::from(counts.get(&network).copied().unwrap_or(0));
        let (current, previous) = (of(&self.current), of(&self.previous));
        let passed = now.saturating_sub(self.started).min(window);
        let left = window - passed;
        if current + share(previous, left, window) < u64::from(limit) {
            return Ok(());
        }
        Err(Refused::TooFast { limit, window, wait: wait(current, previous, left, throttle) })
    }

    fn add(&mut self, network: Network) {
        let count = self.current.entry(network).or_default();
        *count = count.saturating_add(1);
    }

    fn take_back(&mut self, network: Network) {
        if let Some(count) = self.current.get_mut(&network) {
            *count = count.saturating_sub(1);
        }
    }
}

/// How many of the `previous` window's are still in reach, rounded down, with `left` milliseconds of this
/// window to go.
fn share(previous: u64, left: u64, window: u64) -> u64 {
    let share = u128::from(previous) * u128::from(left) / u128::from(window.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// Milliseconds until another one is let in: in this window when enough of the previous one will be out of
/// reach, else in the next, when this one's begin to be.
fn wait(current: u64, previous: u64, left: u64, throttle: Throttle) -> u64 {
    let Throttle { connections, window } = throttle;
    let limit = u64::from(connections);
    if limit == 0 {
        return window;
    }
    // The most time that may be left of a window for `count` of the one before to weigh less than `room`.
    let most_left = |count: u64, room: u64| match u128::from(count) {
        0 => window,
        count => {
            let left = (u128::from(room) * u128::from(window)).div_ceil(count).saturating_sub(1);
            u64::try_from(left).unwrap_or(u64::MAX).min(window)
        }
    };
    if current < limit {
        left.saturating_sub(most_left(previous, limit - current))
    } else {
        left.saturating_add(window - most_left(current, limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "192.0.2.1";
    const B: &str = "192.0.2.2";

    #[test]
    fn one_address_gets_so_many_and_no_more() {
        let mut limits = limits(Some(2), None);
        assert_eq!(limits.admit(ip(A), 0), Ok(()));
        assert_eq!(limits.admit(ip("::ffff:192.0.2.1"), 0), Ok(()));

        assert_eq!(limits.admit(ip(A), 0), Err(Refused::TooMany { limit: 2 }));
        assert_eq!(limits.admit(ip(B), 0), Ok(()));
        limits.release(ip(A));
        assert_eq!(limits.admit(ip(A), 0), Ok(()));
        assert_eq!(limits.count(ip(A)), 2);
    }

    #[test]
    fn one_ipv6_customer_is_a_64() {
        let mut limits = limits(Some(1), None);
        assert_eq!(limits.admit(ip("2001:db8:0:1::1"), 0), Ok(()));
        assert_eq!(limits.admit(ip("2001:db8:0:1:ffff::2"), 0), Err(Refused::TooMany { limit: 1 }));
        assert_eq!(limits.admit(ip("2001:db8:0:2::1"), 0), Ok(()));
    }

    #[test]
    fn new_connections_are_counted_in_time() {
        let mut limits = limits(None, Some((3, 1000)));
        for now in [10_000, 10_010, 10_020] {
            assert_eq!(limits.admit(ip(A), now), Ok(()));
            limits.release(ip(A));
        }

        let refused = limits.admit(ip(A), 10_030);

        // All three count as arriving over the whole window that began at 10000. The next begins at 11000;
        // a millisecond later less than three of them are in reach.
        let wait = 11_001 - 10_030;
        assert_eq!(refused, Err(Refused::TooFast { limit: 3, window: 1000, wait }));
        assert!(limits.admit(ip(A), 10_030 + wait - 1).is_err());
        assert_eq!(limits.admit(ip(B), 10_030), Ok(()));
        assert_eq!(limits.admit(ip(A), 10_030 + wait), Ok(()));
    }

    #[test]
    fn the_time_to_wait_is_the_shortest_that_helps() {
        for limit in 0..5 {
            for window in [1, 7, 1000] {
                let mut limits = limits(None, Some((limit, window)));
                let mut now = 5_000;
                for _ in 0..40 {
                    now += window / 7;
                    let Err(Refused::TooFast { wait, .. }) = limits.admit(ip(A), now) else { continue };
                    if limit == 0 {
                        continue;
                    }
                    assert!(
                        wait > 0 && limits.admit(ip(A), now + wait - 1).is_err(),
                        "{limit} {window} {now}"
                    );
                    now += wait;
                    assert_eq!(limits.admit(ip(A), now), Ok(()), "{limit} {window} {now}");
                }
            }
        }
    }

    #[test]
    fn a_refused_connection_does_not_lengthen_the_wait() {
        let mut limits = limits(None, Some((1, 1000)));
        assert_eq!(limits.admit(ip(A), 0), Ok(()));
        for now in 1..=1000 {
            assert!(limits.admit(ip(A), now).is_err());
        }
        assert_eq!(limits.admit(ip(A), 1001), Ok(()));
    }

    #[test]
    fn the_exempt_are_never_refused_and_always_counted() {
        let mut limits = limits(Some(1), Some((1, 1000)));
        limits.set(LimitSettings {
            exempt: vec!["192.0.2.0/24".parse().expect("net")],
            ..limits.settings.clone()
        });
        for _ in 0..5 {
            assert_eq!(limits.admit(ip(A), 0), Ok(()));
        }
        assert_eq!(limits.count(ip(A)), 5);
        limits.set(LimitSettings { exempt: vec![], ..limits.settings.clone() });
        (0..5).for_each(|_| limits.release(ip(A)));
        assert_eq!(limits.count(ip(A)), 0);
        assert!(limits.open.is_empty());
    }

    #[test]
    fn a_connection_through_a_proxy_counts_at_its_own_address() {
        let mut limits = limits(Some(1), Some((1, 1000)));
        let proxy = ip("127.0.0.1");
        assert_eq!(limits.admit(proxy, 0), Ok(()));
        assert_eq!(limits.transfer(proxy, ip(A), 0), Ok(()));
        assert_eq!((limits.count(proxy), limits.count(ip(A))), (0, 1));

        assert_eq!(limits.admit(proxy, 0), Ok(()));
        assert_eq!(limits.transfer(proxy, ip(A), 0), Err(Refused::TooMany { limit: 1 }));

        assert_eq!((limits.count(proxy), limits.count(ip(A))), (1, 1));
        assert_eq!(limits.transfer(proxy, proxy, 0), Ok(()));
    }

    #[test]
    fn letting_go_of_what_was_never_held_changes_nothing() {
        let mut limits = limits(Some(1), None);
        limits.release(ip(A));
        assert_eq!(limits.admit(ip(A), 0), Ok(()));
        assert_eq!(limits.count(ip(A)), 1);
    }

    #[test]
    fn many_addresses_take_bounded_memory() {
        let mut limits = limits(None, Some((1, 1_000_000)));
        for n in 0..3 * MAX_RECENT as u32 {
            let ip = IpAddr::from(n.to_be_bytes());
            assert_eq!(limits.admit(ip, 0), Ok(()));
            limits.release(ip);
        }
        assert!(limits.open.is_empty());
        assert!(limits.recent.current.len() + limits.recent.previous.len() <= 2 * MAX_RECENT);
    }

    #[test]
    fn a_refusal_tells_the_peer_what_to_do() {
        assert_eq!(
            Refused::TooFast { limit: 10, window: 60_000, wait: 1_001 }.to_string(),
            "too many new connections from your address (at most 10 in 60 s): try again in 2 s"
        );
    }

    fn limits(connections: Option<u32>, throttle: Option<(u32, u64)>) -> AddressLimits {
        let throttle = throttle.map(|(connections, window)| Throttle { connections, window });
        AddressLimits::new(LimitSettings { connections, throttle, exempt: vec![] })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("address")
    }
}
