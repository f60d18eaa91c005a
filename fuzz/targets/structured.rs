#![no_main]
//! See [`whit_fuzz::structured`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| whit_fuzz::structured::run(data));
