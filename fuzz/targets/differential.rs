#![no_main]
//! See [`whit_fuzz::differential`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| whit_fuzz::differential::run(data));
