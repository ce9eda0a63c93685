//! A client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without the server's own code.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

type Key = [u8; 32];

/// What the client answers to the server's first message, and what the server should say to that.
pub fn answer(header: &str, bare: &str, challenge: &str, password: &str) -> (String, String) {
    let field = |name: char| {
        let mut fields = challenge.split(',');
        fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('=')).expect("a field")
    };
    let salt = STANDARD.decode(field('s')).expect("a salt");
    let rounds: u32 = field('i').parse().expect("a number");
    let salted = stretch(password.as_bytes(), &salt, rounds);
    let client_key = mac(&salted, b"Client Key");
    let without_proof = format!("c={},r={}", STANDARD.encode(header), field('r'));
    let message = format!("{bare},{challenge},{without_proof}");
    let signature = mac(&Sha256::digest(client_key), message.as_bytes());
    let proof: Vec<u8> = client_key.iter().zip(signature).map(|(key, mask)| key ^ mask).collect();
    let verifier = mac(&mac(&salted, b"Server Key"), message.as_bytes());
    let proof = STANDARD.encode(proof);
    (format!("{without_proof},p={proof}"), format!("v={}", STANDARD.encode(verifier)))
}

fn mac(key: &[u8], message: &[u8]) -> Key {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// `Hi` of RFC 5802.
fn stretch(password: &[u8], salt: &[u8], rounds: u32) -> Key {
    let mut last = mac(password, &[salt, &[0, 0, 0, 1]].concat());
    let mut sum = last;
    for _ in 1..rounds {
        last = mac(password, &last);
        sum.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}

/// The example of RFC 7677 §3.
#[test]
fn the_client_answers_as_in_the_example() {
    let challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    let (answer, verifier) = answer("n,,", "n=user,r=rOprNGfwEbeRWgbNEkqO", challenge, "pencil");
    assert!(answer.ends_with(",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), "{answer}");
    assert_eq!(verifier, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}
