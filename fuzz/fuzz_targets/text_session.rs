//! Whole conversations of sessions in all dialects around one hub; see `dialect::fuzzing::text` for how to
//! write one.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|script: &[u8]| {
    if let Err(finding) = dialect::fuzzing::text::trial(script) {
        panic!("{finding}");
    }
});
