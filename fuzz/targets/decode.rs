#![no_main]
//! See [`whit_fuzz::decode`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| whit_fuzz::decode::run(data));
