//! Whatever comes: the same that the fuzz targets check, and a megabyte of it.

use dialect::fuzzing::wire;
use proptest::collection::vec;
use proptest::prelude::*;

/// Bytes with words of the dialects in them.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<&'static [u8]> = vec![
        b"\x01\0\0\0",
        b"\x02\0\0\0",
        b"ann\0",
        b"exit;",
        b"from client ip=1.2.3.4 port=5 ",
        b"\n",
        b"\0",
        b"1.2.3.4:5 is online\n",
        b"a user left\n1.2.3.4:5 is offline\n",
        b"from 1.2.3.4:5: ",
        b"<b>",
        b"&lt;",
        b"too many users\n",
        b"time",
        b"name",
        b"list",
        b"send#",
        b"2#",
        b"LISTID : 1, Address : 1.2.3.4, Port : 5\n",
        b"SENDID: 1, Address: 1.2.3.4, Port: 5 Sent A Message To You: ",
        b"TIMEFri Nov 20 20:37:14 2026\n",
        b"NAME",
        b"\xe4\xbd",
        b"\xa0",
        b"\xc4\xe3",
        b"\xd5\x66",
        b"\x81\x30\x81",
        b"\x8f\xa2",
        b" ",
        b"12",
        b"\r",
    ];
    let word = prop_oneof![
        3 => proptest::sample::select(words).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..5),
        1 => "[a-z你好 ]{0,9}".prop_map(String::into_bytes),
    ];
    vec(word, 0..12).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn what_must_stay_true_stays_true(bytes in bytes(), first in 0u8..36, second in any::<u8>()) {
        for trial in [wire::packet, wire::plain, wire::group, wire::tagged, wire::charset] {
            prop_assert_eq!(trial(&bytes), Ok(()));
        }
        let led = [&[first, second], &bytes[..]].concat();
        prop_assert_eq!(wire::charset(&led), Ok(()));
        prop_assert_eq!(wire::tagged(&led), Ok(()));
    }
}

#[test]
fn a_megabyte_without_an_end_does_no_harm() {
    for unit in
        [&b"a"[..], b"\0", b"\n", b"\xff", b"<", b"\x81\x30", b"from 1.2.3.4:5: ", b"LIST\0", b"NAMETIME"]
    {
        let bytes = unit.repeat((1 << 20) / unit.len());
        for trial in [wire::packet, wire::plain, wire::group, wire::tagged, wire::charset] {
            assert_eq!(trial(&bytes), Ok(()));
        }
    }
}
