//! Recovery codes: random words that replace a lost password, each once.
//!
//! A code has 60 random bits, far more than anybody can try, so that a plain hash over a salt keeps it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use smol_str::{SmolStr, format_smolstr};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// The digits of a code: no letter that looks like another, or like a digit.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Digits of a code, each of 5 bits.
const LENGTH: usize = 12;
/// Digits between two hyphens.
const GROUP: usize = 4;
const SALT: usize = 16;

/// A new code, in the form its owner is shown, and its hash.
///
/// # Errors
/// The system has no random bytes.
pub fn make() -> Result<(String, SmolStr), getrandom::Error> {
    let mut random = Zeroizing::new([0; LENGTH]);
    getrandom::fill(random.as_mut_slice())?;
    let digits = Zeroizing::new(random.map(|byte| DIGITS[usize::from(byte & 31)]));
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt)?;
    let groups: Vec<_> = digits.chunks(GROUP).map(String::from_utf8_lossy).collect();
    let hash = digest(&salt, digits.as_slice());
    Ok((groups.join("-"), format_smolstr!("{}${}", BASE64.encode(salt), BASE64.encode(hash))))
}

/// The hash of the code that was given, if it is one of these. Looks at all of them, so that time does not
/// tell which it is.
pub fn find<'a>(hashes: &'a [SmolStr], given: &[u8]) -> Option<&'a SmolStr> {
    let digits = normal(given)?;
    let (mut found, mut place) = (Choice::from(0), 0_u64);
    for (index, hash) in (0..).zip(hashes) {
        let right = matches(hash, &digits);
        place.conditional_assign(&index, right);
        found |= right;
    }
    bool::from(found).then(|| &hashes[place as usize])
}

fn matches(hash: &str, digits: &[u8]) -> Choice {
    let parts = hash.split_once('$').and_then(|(salt, hash)| {
        Some((BASE64.decode(salt).ok()?, <[u8; 32]>::try_from(BASE64.decode(hash).ok()?).ok()?))
    });
    parts.map_or(Choice::from(0), |(salt, hash)| digest(&salt, digits).ct_eq(&hash))
}

fn digest(salt: &[u8], digits: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(digits).finalize().into()
}

/// The digits of what somebody typed; none if it can't be a code. Case, hyphens and spaces don't matter, nor
/// that somebody reads a 0 as an o, or a 1 as an i or l.
fn normal(given: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let typed = given.iter().filter(|byte| !b"- ".contains(byte));
    let digits: Zeroizing<Vec<u8>> = Zeroizing::new(
        typed
            .take(LENGTH + 1)
            .map(|byte| match byte.to_ascii_lowercase() {
                b'o' => b'0',
                b'i' | b'l' => b'1',
                digit => digit,
            })
            .collect(),
    );
    (digits.len() == LENGTH && digits.iter().all(|digit| DIGITS.contains(digit))).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_among_the_hashes_by_its_own_alone() {
        let (codes, hashes): (Vec<_>, Vec<_>) = (0..8).map(|_| make().expect("random bytes")).unzip();
        for (code, hash) in codes.iter().zip(&hashes) {
            assert_eq!(find(&hashes, code.as_bytes()), Some(hash));
        }
        let (stranger, _) = make().expect("random bytes");
        assert_eq!(find(&hashes, stranger.as_bytes()), None);
        assert_eq!(find(&[], codes[0].as_bytes()), None);
    }

    #[test]
    fn a_code_has_three_groups_of_four_and_sixty_bits() {
        let (code, _) = make().expect("random bytes");
        let groups: Vec<_> = code.split('-').map(str::len).collect();
        assert_eq!(groups, [4, 4, 4]);
        assert_eq!(DIGITS.len().ilog2() as usize * LENGTH, 60);
        assert_ne!(make().expect("random bytes").0, make().expect("random bytes").0);
    }

    #[test]
    fn a_code_may_be_typed_in_other_ways() {
        assert_eq!(normal(b"K7F2-9QDW-M3XE").expect("a code").as_slice(), b"k7f29qdwm3xe");
        assert_eq!(normal(b"k7f2 9qdwo1il").expect("a code").as_slice(), b"k7f29qdw0111");
        for none in [b"".as_slice(), b"k7f2-9qdw-m3x", b"k7f2-9qdw-m3xee", b"k7f2-9qdw-m3xu", &[0xff; 12]] {
            assert!(normal(none).is_none(), "{none:?}");
        }
    }

    #[test]
    fn the_hash_does_not_hold_the_code() {
        let (code, hash) = make().expect("random bytes");
        assert!(!hash.contains(&code) && !hash.contains(&code.replace('-', "")));
        assert_ne!(hash, make().expect("random bytes").1);
    }

    #[test]
    fn what_is_no_hash_matches_nothing() {
        let hashes = ["", "$", "a$b", "!!$!!"].map(SmolStr::new_static);
        assert_eq!(find(&hashes, b"k7f2-9qdw-m3xe"), None);
    }
}
