//! Randomness.

mod support;

use support::{Counting, Guest};
use whit_wasi::{Call, Errno, WasiCtx};

#[test]
fn fills_exactly_the_buffer() {
    let mut guest = Guest::new(WasiCtx::builder().random(Box::new(Counting(1))));
    guest.call(Call::RandomGet, &[100, 3]).unwrap();
    assert_eq!(guest.memory[99..104], [0, 1, 2, 3, 0]);
    guest.call(Call::RandomGet, &[65536, 0]).unwrap();
    for values in [[65535, 2], [65537, 0], [0, 65537], [u64::from(u32::MAX), u64::from(u32::MAX)]] {
        assert_eq!(guest.call(Call::RandomGet, &values), Err(Errno::Fault), "{values:?}");
    }
}

#[test]
fn never_made_up() {
    assert_eq!(Guest::new(WasiCtx::builder()).call(Call::RandomGet, &[0, 8]), Err(Errno::Nosys));
}
