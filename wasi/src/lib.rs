//! WASI preview 1 for Whit.
#![no_std]
#![forbid(unsafe_code)]
extern crate alloc;
