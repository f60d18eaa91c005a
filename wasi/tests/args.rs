//! Arguments and environment.

mod support;

use support::Guest;
use whit_wasi::{Call, Errno, WasiCtx};

#[test]
fn arguments_are_pointers_to_texts() {
    let mut guest = Guest::new(WasiCtx::builder().arg("prog").arg("").arg("häh").env("K", "V=W"));
    guest.call(Call::ArgsSizesGet, &[0, 4]).unwrap();
    assert_eq!((guest.u32_at(0), guest.u32_at(4)), (3, 11));
    guest.call(Call::ArgsGet, &[16, 100]).unwrap();
    assert_eq!([16, 20, 24].map(|at| guest.u32_at(at)), [100, 105, 106]);
    assert_eq!(&guest.memory[100..111], "prog\0\0häh\0".as_bytes());

    guest.call(Call::EnvironSizesGet, &[0, 4]).unwrap();
    assert_eq!((guest.u32_at(0), guest.u32_at(4)), (1, 6));
    guest.call(Call::EnvironGet, &[16, 100]).unwrap();
    assert_eq!(&guest.memory[100..106], b"K=V=W\0");
}

#[test]
fn none_take_no_room() {
    let mut guest = Guest::new(WasiCtx::builder());
    guest.call(Call::ArgsSizesGet, &[0, 4]).unwrap();
    assert_eq!((guest.u32_at(0), guest.u32_at(4)), (0, 0));
    guest.call(Call::ArgsGet, &[65536, 65536]).unwrap();
}

#[test]
fn bad_pointers_are_faults() {
    let mut guest = Guest::new(WasiCtx::builder().arg("prog").arg("x"));
    for values in [[65535, 0], [0, 65532], [u64::from(u32::MAX), 0], [0, u64::from(u32::MAX)], [65532, 0]] {
        assert_eq!(guest.call(Call::ArgsGet, &values), Err(Errno::Fault), "{values:?}");
    }
    assert_eq!(guest.call(Call::ArgsSizesGet, &[65533, 0]), Err(Errno::Fault));
}

#[test]
fn a_nul_in_a_text_is_refused() {
    assert!(WasiCtx::builder().arg("a\0b").build().is_err());
    assert!(WasiCtx::builder().env("a", "\0").build().is_err());
}
