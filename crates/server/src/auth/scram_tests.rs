//! The example of RFC 7677 §3, a client made from RFC 5802 §3, and what is refused.

use super::*;

const CLIENT_FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const SERVER_FIRST: &str =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const CLIENT_FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                            p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SERVER_FINAL: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

fn opening(text: &str) -> Opening {
    Opening::decode(text.as_bytes()).unwrap_or_else(|| panic!("{text}"))
}

/// The exchange of the RFC, up to the proof.
fn exchange() -> Exchange {
    let salt = BASE64.decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("base64");
    let verifier = Verifier::of(b"pencil", &salt, 4096);
    let (exchange, first) = Exchange::with_nonce(&opening(CLIENT_FIRST), verifier, SERVER_NONCE);
    assert_eq!(String::from_utf8(first).expect("text"), SERVER_FIRST);
    exchange
}

#[test]
fn the_example_of_the_rfc_comes_out_to_the_letter() {
    let last = exchange().prove(CLIENT_FINAL.as_bytes()).expect("the proof is right");
    assert_eq!(String::from_utf8(last).expect("text"), SERVER_FINAL);
}

#[test]
fn any_other_last_message_proves_nothing() {
    let wrong = [
        CLIENT_FINAL.replace("p=dH", "p=eH"),
        CLIENT_FINAL.replace("c=biws", "c=eSws"),
        CLIENT_FINAL.replace("r=rOpr", "r=rOps"),
        CLIENT_FINAL.replace("k0,p=", "k0x,p="),
        CLIENT_FINAL.replace("p=", "p=="),
        CLIENT_FINAL.replace(",p=", ",q="),
        CLIENT_FINAL.replace("VQ=", "VQ=x"),
        "c=biws".to_owned(),
        "e=other-error".to_owned(),
        String::new(),
    ];
    for message in wrong {
        assert_eq!(exchange().prove(message.as_bytes()), None, "{message}");
    }
    assert_eq!(exchange().prove(&[0xff, b',', b'p', b'=']), None);
}

#[test]
fn the_first_message_says_who_and_as_whom() {
    let plain = opening(CLIENT_FIRST);
    assert_eq!((plain.name.as_str(), plain.acting, plain.header.as_str()), ("user", None, "n,,"));
    let acting = opening("y,a=a=2Cb,n=c=3Dd,r=x,ext=1");
    assert_eq!((acting.name.as_str(), acting.acting.as_deref()), ("c=d", Some("a,b")));
    assert_eq!((acting.header.as_str(), acting.nonce.as_str()), ("y,a=a=2Cb,", "x"));
}

#[test]
fn a_first_message_that_is_none_or_wants_more_than_we_do_is_refused() {
    let wrong = [
        "",
        "n",
        "n,,",
        "n,,n=user",
        "n,,n=user,r=",
        "n,,n=,r=x",
        "n,,n=us=2Der,r=x",
        "n,,n=user=,r=x",
        "n,,n=user,r=a b",
        "n,b=x,n=user,r=x",
        "x,,n=user,r=x",
        "p=tls-unique,,n=user,r=x",
        "n,,m=ext,n=user,r=x",
        "n,,r=x,n=user",
        "n,,n=u\0ser,r=x",
    ];
    for text in wrong {
        assert_eq!(Opening::decode(text.as_bytes()), None, "{text}");
    }
    assert_eq!(Opening::decode(b"n,,n=\xff,r=x"), None);
}

#[test]
fn a_client_that_knows_the_password_proves_it_and_any_other_does_not() {
    let verifier = Verifier::make("pässwörd".as_bytes(), 4096).expect("random bytes");
    for (password, header) in [("pässwörd", "n,,"), ("pässwörd", "y,a=ann,"), ("password", "n,,")] {
        let opening = opening(&format!("{header}n=ann,r=abc"));
        let (exchange, first) = Exchange::begin(&opening, verifier.clone()).expect("random bytes");
        let (message, expected) = client(header, "n=ann,r=abc", &first, password);
        let last = exchange.prove(message.as_bytes());
        let right = password == "pässwörd";
        assert_eq!(last, right.then(|| expected.into_bytes()), "{password} {header}");
    }
}

#[test]
fn no_nonce_is_used_twice() {
    let verifier = Verifier::decoy(b"key", "ann", 4096);
    let begin = || Exchange::begin(&opening(CLIENT_FIRST), verifier.clone()).expect("random bytes").1;
    assert_ne!(begin(), begin());
}

#[test]
fn a_verifier_reads_back_what_it_wrote() {
    let verifier = Verifier::make(b"x", 5000).expect("random bytes");
    let text = verifier.to_string();
    assert!(text.starts_with("SCRAM-SHA-256$5000:"), "{text}");
    assert_eq!(text.parse(), Ok(verifier));
    for wrong in ["", "SCRAM-SHA-1$4096:YQ==$YQ==:YQ==", "SCRAM-SHA-256$0:YQ==$YQ==:YQ==", &text[..40]] {
        assert_eq!(wrong.parse::<Verifier>(), Err(NotAVerifier), "{wrong}");
    }
}

#[test]
fn a_decoy_looks_like_a_verifier_and_stays_the_same() {
    let decoy = Verifier::decoy(b"key", "ann", 4096);
    assert_eq!(decoy, Verifier::decoy(b"key", "ann", 4096));
    assert_ne!(decoy.salt, Verifier::decoy(b"key", "bob", 4096).salt);
    assert_ne!(decoy.salt, Verifier::decoy(b"kez", "ann", 4096).salt);
    assert_eq!(decoy.salt.len(), Verifier::make(b"x", 4096).expect("random bytes").salt.len());
}

#[test]
fn nothing_secret_is_printed() {
    let printed = format!("{:?} {:?}", exchange(), exchange().verifier);
    assert_eq!(printed, "Exchange Verifier");
}

/// What a client answers to a first message, and what it wants to hear then (RFC 5802 §3).
pub fn client(header: &str, bare: &str, first: &[u8], password: &str) -> (String, String) {
    let first = str::from_utf8(first).expect("text");
    let mut fields = first.split(',');
    let mut field = |name: &str| fields.next().and_then(|field| field.strip_prefix(name)).expect("a field");
    let (nonce, salt, count) = (field("r="), field("s="), field("i="));
    let salt = BASE64.decode(salt).expect("base64");
    let mut salted = mac(password.as_bytes(), &[&salt[..], &[0, 0, 0, 1]].concat());
    let mut block = salted;
    for _ in 1..count.parse::<u32>().expect("a count") {
        block = mac(password.as_bytes(), &block);
        salted.iter_mut().zip(block).for_each(|(sum, byte)| *sum ^= byte);
    }
    let unproved = format!("c={},r={nonce}", BASE64.encode(header));
    let said = format!("{bare},{first},{unproved}");
    let client_key = mac(&salted, b"Client Key");
    let signature = mac(&Sha256::digest(client_key), said.as_bytes());
    let proof: Vec<u8> = client_key.iter().zip(signature).map(|(byte, mask)| byte ^ mask).collect();
    let expected = mac(&mac(&salted, b"Server Key"), said.as_bytes());
    (format!("{unproved},p={}", BASE64.encode(proof)), format!("v={}", BASE64.encode(expected)))
}
