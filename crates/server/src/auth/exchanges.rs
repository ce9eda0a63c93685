//! The SCRAM exchanges that wait for a client's proof: at most one of each connection.

use std::collections::HashMap;

use hub::SessionId;
use smol_str::SmolStr;

use super::scram::Exchange;

/// Most exchanges at once. One more is refused.
const MOST: usize = 10_000;
/// Milliseconds a client may take for its proof. Until then it also stays here if the connection is gone.
const PATIENCE: u64 = 120_000;

/// An exchange and whose it is.
#[derive(Debug)]
pub struct Open {
    /// Where it stands.
    pub exchange: Exchange,
    /// The account, as registered; none if there is none that could log in this way, and every proof is wrong.
    pub account: Option<SmolStr>,
    /// By what the account's tries are counted.
    pub name: SmolStr,
    /// The verifier it began with: a proof is worth nothing when the password has been changed meanwhile.
    pub verifier: Option<SmolStr>,
}

/// Exchanges by connection.
#[derive(Debug, Default)]
pub struct Exchanges(HashMap<SessionId, (u64, Open)>);

impl Exchanges {
    /// Remembers one, instead of the one before of that connection. Whether there was room.
    pub fn put(&mut self, session: SessionId, open: Open, now: u64) -> bool {
        if self.0.len() >= MOST && !self.0.contains_key(&session) {
            self.0.retain(|_, (begun, _)| now.saturating_sub(*begun) < PATIENCE);
            if self.0.len() >= MOST {
                return false;
            }
        }
        self.0.insert(session, (now, open));
        true
    }

    /// Takes out that of a connection, if it is there in time.
    pub fn take(&mut self, session: SessionId, now: u64) -> Option<Open> {
        let (begun, open) = self.0.remove(&session)?;
        (now.saturating_sub(begun) < PATIENCE).then_some(open)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scram::{Opening, Verifier};
    use super::*;

    fn open() -> Open {
        let opening = Opening::decode(b"n,,n=ann,r=x").expect("a message");
        let (exchange, _) = Exchange::begin(&opening, Verifier::decoy(b"", "ann", 1)).expect("random bytes");
        Open { exchange, account: None, name: "ann".into(), verifier: None }
    }

    #[test]
    fn an_exchange_is_taken_once_and_in_time() {
        let mut exchanges = Exchanges::default();
        assert!(exchanges.put(SessionId(1), open(), 0));
        assert!(exchanges.take(SessionId(2), 0).is_none());
        assert!(exchanges.take(SessionId(1), 1).is_some());
        assert!(exchanges.take(SessionId(1), 1).is_none());
        assert!(exchanges.put(SessionId(1), open(), 0));
        assert!(exchanges.take(SessionId(1), PATIENCE).is_none());
    }

    #[test]
    fn there_is_one_of_each_connection_and_a_bound_on_all() {
        let mut exchanges = Exchanges::default();
        let one = open();
        for session in (0..MOST as u64).chain([0, 1]) {
            let again = Open {
                exchange: one.exchange.clone(),
                name: one.name.clone(),
                account: None,
                verifier: None,
            };
            assert!(exchanges.put(SessionId(session), again, 0));
        }
        assert_eq!(exchanges.0.len(), MOST);
        assert!(!exchanges.put(SessionId(u64::MAX), open(), PATIENCE - 1));
        assert!(exchanges.put(SessionId(u64::MAX), open(), PATIENCE), "the old ones are forgotten then");
        assert_eq!(exchanges.0.len(), 1);
    }
}
