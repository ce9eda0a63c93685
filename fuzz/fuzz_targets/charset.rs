//! Text in any encoding, in reads of any size; see `dialect::fuzzing::wire`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = dialect::fuzzing::wire::charset(bytes) {
        panic!("{finding}");
    }
});
