//! The shapes of `plain`: any read, as both sides take it; see `dialect::fuzzing::wire`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = dialect::fuzzing::wire::plain(bytes) {
        panic!("{finding}");
    }
});
