//! Whole conversations of four IRC sessions around one hub; see `dialect::fuzzing` for how to write
//! one.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|script: &[u8]| {
    if let Err(finding) = dialect::fuzzing::trial(script) {
        panic!("{finding}");
    }
});
