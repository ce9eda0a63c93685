//! The shape of a packet: any datagram; see `dialect::fuzzing::wire`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = dialect::fuzzing::wire::packet(bytes) {
        panic!("{finding}");
    }
});
