//! Clocks.

mod support;

use support::{Guest, TestClock};
use whit_wasi::{Call, Errno, WasiCtx};

#[test]
fn clocks_are_the_backends() {
    let clock = TestClock::default();
    *clock.0.lock().unwrap() = 77;
    let mut guest = Guest::new(WasiCtx::builder().clock(Box::new(clock)));
    guest.call(Call::ClockTimeGet, &[1, 0, 8]).unwrap();
    assert_eq!(guest.u64_at(8), 77);
    guest.call(Call::ClockTimeGet, &[0, 1000, 8]).unwrap();
    assert_eq!(guest.u64_at(8), 1_000_077);
    guest.call(Call::ClockResGet, &[1, 8]).unwrap();
    assert_eq!(guest.u64_at(8), 1);
    assert_eq!(guest.call(Call::ClockTimeGet, &[2, 0, 8]), Err(Errno::Inval));
    assert_eq!(guest.call(Call::ClockTimeGet, &[4, 0, 8]), Err(Errno::Inval));
    assert_eq!(guest.call(Call::ClockTimeGet, &[1, 0, 65530]), Err(Errno::Fault));
}

#[test]
fn without_a_clock_there_is_no_time() {
    let mut guest = Guest::new(WasiCtx::builder());
    assert_eq!(guest.call(Call::ClockTimeGet, &[1, 0, 8]), Err(Errno::Inval));
    assert_eq!(guest.call(Call::ClockResGet, &[0, 8]), Err(Errno::Inval));
}
