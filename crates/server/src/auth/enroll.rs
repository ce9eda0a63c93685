//! A new password: whether it is good enough, and the verifiers made of it.
//!
//! A password is bytes, used as they were given: nothing is normalised. A program that normalises what is
//! typed before it makes a SCRAM proof (SASLprep, RFC 4013) does nothing to ASCII, and next to nothing to
//! what keyboards produce.

use dialect::Codes;
use hub::Credentials;
use smol_str::SmolStr;

use super::{recovery, scram};
use crate::config::{Accounts, Mechanism};
use crate::password;

/// Why there are no verifiers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrollError {
    /// The password is not good enough: what is wrong with it.
    #[error("{0}")]
    Unacceptable(&'static str),
    /// The system or the hash function declined.
    #[error(transparent)]
    Hash(#[from] password::HashError),
}

impl From<getrandom::Error> for EnrollError {
    fn from(error: getrandom::Error) -> Self {
        Self::Hash(password::HashError::NoRandomness(error.to_string()))
    }
}

/// Verifiers of a password, and recovery codes if the account is new. Takes tens of milliseconds and 19 MiB.
///
/// # Errors
/// See [`EnrollError`].
pub fn enroll(
    config: &Accounts,
    account: &str,
    secret: &[u8],
    new: bool,
) -> Result<(Credentials, Codes), EnrollError> {
    acceptable(config, account, secret).map_err(EnrollError::Unacceptable)?;
    let password = Some(SmolStr::new(password::hash(secret)?));
    let scram = match config.offers(Mechanism::ScramSha256) {
        true => Some(SmolStr::new(scram::Verifier::make(secret, config.scram_iterations)?.to_string())),
        false => None,
    };
    let count = if new { config.recovery_codes } else { 0 };
    let made = (0..count).map(|_| recovery::make()).collect::<Result<Vec<_>, _>>()?;
    let (codes, recovery) = made.into_iter().unzip();
    Ok((Credentials { password, scram, recovery, certificates: Vec::new() }, Codes(codes)))
}

/// The rules for passwords. There are few: a rule that people work around helps nobody.
fn acceptable(config: &Accounts, account: &str, secret: &[u8]) -> Result<(), &'static str> {
    if secret.is_empty() {
        return Err("the password is empty");
    }
    if secret.len() > config.max_password_bytes {
        return Err("the password is too long");
    }
    if secret.iter().any(|byte| b"\0\r\n".contains(byte)) {
        return Err("the password has a line break in it");
    }
    if secret == account.as_bytes() {
        return Err("the password is the name of the account");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::Secret;

    fn refused(secret: &[u8]) -> bool {
        matches!(enroll(&Accounts::default(), "ann", secret, true), Err(EnrollError::Unacceptable(_)))
    }

    #[test]
    fn a_password_is_neither_empty_nor_too_long_nor_the_name_of_the_account() {
        for wrong in [b"".as_slice(), b"ann", &[b'x'; 1025], b"a\nb", b"a\0b"] {
            assert!(refused(wrong), "{wrong:?}");
        }
        for right in [b"x".as_slice(), b"Ann", "pässwörd".as_bytes(), &[b'x'; 1024], &[0xff, 0xfe]] {
            assert!(acceptable(&Accounts::default(), "ann", right).is_ok(), "{right:?}");
        }
    }

    #[test]
    fn a_new_account_has_verifiers_and_codes() {
        let (credentials, codes) =
            enroll(&Accounts::default(), "ann", b"sesame", true).expect("a good password");
        let password: Secret = credentials.password.expect("a hash").parse().expect("a whole one");
        assert!(password.is_slow() && password.verify(b"sesame"));
        let scram: scram::Verifier = credentials.scram.expect("a verifier").parse().expect("a whole one");
        assert_eq!(scram.iterations(), 4096);
        assert_eq!((codes.0.len(), credentials.recovery.len()), (8, 8));
        assert_eq!(
            recovery::find(&credentials.recovery, codes.0[3].as_bytes()),
            Some(&credentials.recovery[3])
        );
    }

    #[test]
    fn another_password_brings_no_codes() {
        let (credentials, codes) =
            enroll(&Accounts::default(), "ann", b"sesame", false).expect("a good password");
        assert!(codes.0.is_empty() && credentials.recovery.is_empty());
    }

    #[test]
    fn a_scram_verifier_is_weaker_than_the_hash_and_not_kept_for_nothing() {
        let config = Accounts { sasl_mechanisms: vec![Mechanism::Plain], ..Accounts::default() };
        let (credentials, _) = enroll(&config, "ann", b"sesame", false).expect("a good password");
        assert_eq!(credentials.scram, None);
    }
}
