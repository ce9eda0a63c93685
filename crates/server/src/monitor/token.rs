//! What whoever wants to see the server from inside must show.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::auth::tries::{Rate, Tries, network};
use crate::clock::Stopwatch;
use crate::password::Secret;

/// Wrong tries from one network.
const WRONG: Rate = Rate { most: 10, window: 60_000 };
/// Checks that take long, from all networks together: each keeps a processor busy for tens of milliseconds.
const SLOW: Rate = Rate { most: 30, window: 60_000 };

/// Why nothing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The token is not the right one.
    Wrong,
    /// Too many are tried; this one was not looked at.
    Busy,
}

/// A token that is asked for: the one of the configuration, or one that was made at the start.
pub struct Token(Mutex<Inner>);

struct Inner {
    /// What holds where the configuration has none, if anything does.
    made: Option<String>,
    secret: Option<Secret>,
    /// The hash of what was right once, so that it need not be checked for long again.
    right: Option<[u8; 32]>,
    wrong: Tries<Option<IpAddr>>,
    slow: Tries<()>,
    watch: Stopwatch,
}

impl Token {
    /// The one of the configuration, or else 128 random bits.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn or_made(secret: Option<&Secret>) -> Result<Self, getrandom::Error> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits)?;
        let made = bits.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self::with(secret, Some(made)))
    }

    /// The one of the configuration, or else nothing is right.
    pub fn configured(secret: Option<&Secret>) -> Self {
        Self::with(secret, None)
    }

    fn with(secret: Option<&Secret>, made: Option<String>) -> Self {
        Self(Mutex::new(Inner {
            made,
            secret: secret.cloned(),
            right: None,
            wrong: Tries::default(),
            slow: Tries::default(),
            watch: Stopwatch::start(),
        }))
    }

    /// The configuration was read again.
    pub fn configure(&self, secret: Option<&Secret>) {
        let mut inner = self.lock();
        if inner.secret.as_ref() != secret {
            inner.secret = secret.cloned();
            inner.right = None;
        }
    }

    /// Whether the configuration has one.
    pub fn is_configured(&self) -> bool {
        self.lock().secret.is_some()
    }

    /// The one that was made, if it is that which holds: to be shown to whoever may use the control socket.
    pub fn made(&self) -> Option<String> {
        let inner = self.lock();
        inner.made.clone().filter(|_| inner.secret.is_none())
    }

    /// Whether that is the token, shown by whoever is at this address. Takes tens of milliseconds where the
    /// configuration has a hash, until it was right once.
    ///
    /// # Errors
    /// It is wrong; or there were too many wrong ones from that network, and nothing is right from there for a while;
    /// or too many are tried by all together.
    pub fn check(&self, from: Option<IpAddr>, given: &[u8]) -> Result<(), Denied> {
        let from = from.map(network);
        let mut inner = self.lock();
        let now = inner.watch.millis();
        inner.wrong.count(from, WRONG, now).map_err(|_| Denied::Wrong)?;
        let hash = digest(given);
        let secret = match (inner.knows(&hash), &inner.secret) {
            (true, _) => {
                inner.wrong.take_back(&from);
                return Ok(());
            }
            (false, None) => return Err(Denied::Wrong),
            (false, Some(secret)) => secret.clone(),
        };
        if secret.is_slow() && inner.slow.count((), SLOW, now).is_err() {
            // It was not looked at, so it counts for nothing.
            inner.wrong.take_back(&from);
            return Err(Denied::Busy);
        }
        drop(inner);
        let is_right = secret.verify(given);
        let mut inner = self.lock();
        // It may have been replaced meanwhile.
        if is_right && inner.secret.as_ref() == Some(&secret) {
            inner.right = Some(hash);
            inner.wrong.take_back(&from);
            return Ok(());
        }
        Err(Denied::Wrong)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Whether something with this hash is right, as far as that is known at once.
    fn knows(&self, hash: &[u8; 32]) -> bool {
        let expected = match (&self.secret, &self.made) {
            (Some(_), _) => self.right,
            (None, made) => made.as_ref().map(|made| digest(made.as_bytes())),
        };
        expected.is_some_and(|expected| expected.as_slice().ct_eq(hash.as_slice()).into())
    }
}

/// Without anything of it.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::hash;

    fn secret(text: &str) -> Secret {
        text.parse().expect("a secret")
    }

    fn is_right(token: &Token, given: &[u8]) -> bool {
        token.check(None, given).is_ok()
    }

    #[test]
    fn one_that_is_made_is_new_each_time_and_only_it_is_right() {
        let (one, other) = [(); 2].map(|()| Token::or_made(None).expect("random bytes")).into();
        let made = one.made().expect("it was made");
        assert_eq!(made.len(), 32);
        assert!(is_right(&one, made.as_bytes()) && !is_right(&other, made.as_bytes()));
        assert!(!is_right(&one, b"") && !is_right(&one, &made.as_bytes()[..31]));
    }

    #[test]
    fn the_one_of_the_configuration_replaces_it_and_is_never_told() {
        let token = Token::or_made(Some(&secret("plain:sesame"))).expect("random bytes");
        assert!(is_right(&token, b"sesame") && !is_right(&token, b"plain:sesame") && token.made().is_none());
        token.configure(Some(&secret("plain:other")));
        assert!(!is_right(&token, b"sesame") && is_right(&token, b"other"));
        token.configure(None);
        assert!(
            !is_right(&token, b"other") && is_right(&token, token.made().expect("it was made").as_bytes())
        );
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn without_any_nothing_is_right() {
        let token = Token::configured(None);
        assert!(!is_right(&token, b"") && !token.is_configured());
    }

    #[test]
    fn a_hash_takes_long_only_once() {
        let token = Token::configured(Some(&secret(&hash(b"sesame").expect("a hash"))));
        assert!(is_right(&token, b"sesame"));
        for _ in 0..1000 {
            assert!(is_right(&token, b"sesame"), "what is right never counts as a try");
        }
    }

    #[test]
    fn after_wrong_tries_nothing_is_right_from_there() {
        let token = Token::configured(Some(&secret("plain:sesame")));
        let [near, far] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().ok());
        for _ in 0..WRONG.most {
            assert_eq!(token.check(near, b"wrong"), Err(Denied::Wrong));
        }
        assert_eq!(token.check(near, b"sesame"), Err(Denied::Wrong));
        assert_eq!(token.check(far, b"sesame"), Ok(()));
    }

    #[test]
    fn who_was_not_looked_at_was_not_wrong() {
        let token = Token::configured(Some(&secret(&hash(b"sesame").expect("a hash"))));
        for number in 0..SLOW.most {
            let from = format!("198.51.{number}.1").parse().ok();
            assert_eq!(token.check(from, b"wrong"), Err(Denied::Wrong));
        }
        let here = "192.0.2.1".parse().ok();
        for _ in 0..2 * WRONG.most {
            assert_eq!(token.check(here, b"sesame"), Err(Denied::Busy));
        }
        token.configure(Some(&secret("plain:sesame")));
        assert_eq!(token.check(here, b"sesame"), Ok(()));
    }
}
