//! The shapes of `group`: any read, as a client takes it; see `dialect::fuzzing::wire`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = dialect::fuzzing::wire::group(bytes) {
        panic!("{finding}");
    }
});
