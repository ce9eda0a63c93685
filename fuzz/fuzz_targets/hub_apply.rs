//! Any log of commands, applied to a hub and to a replica of it; see `hub::fuzzing`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|log: &[u8]| {
    if let Err(finding) = hub::fuzzing::trial(log) {
        panic!("{finding}");
    }
});
