//! The program as a whole, and what all calls have in common.

mod support;

use support::Guest;
use whit_wasi::backend::{Answer, Failure, Pause, Wait};
use whit_wasi::{Call, Errno, Outcome, WasiCtx};

#[test]
fn exit_takes_the_status_along() {
    let mut guest = Guest::new(WasiCtx::builder());
    assert_eq!(guest.outcome(Call::ProcExit, &[7]), Outcome::Exit(7));
    assert_eq!(guest.outcome(Call::ProcExit, &[0xffff_ffff]), Outcome::Exit(-1));
    assert_eq!(guest.call(Call::ProcRaise, &[6]), Err(Errno::Notsup));
}

/// Always wants to be resumed.
struct Never;

impl Wait for Never {
    fn pause(&mut self, _: &Pause<'_>) -> Answer<()> {
        Err(Failure::NotReady)
    }
}

#[test]
fn a_yield_suspends_once() {
    let mut guest = Guest::new(WasiCtx::builder().wait(Box::new(Never)));
    for _ in 0..2 {
        assert_eq!(guest.outcome(Call::SchedYield, &[]), Outcome::NotReady);
        assert_eq!(guest.outcome(Call::SchedYield, &[]), Outcome::Return(Ok(())));
    }
    assert_eq!(Guest::new(WasiCtx::builder()).call(Call::SchedYield, &[]), Ok(()));
}

#[test]
fn too_few_values_are_refused() {
    let mut guest = Guest::new(WasiCtx::builder());
    for call in Call::ALL.iter().copied().filter(|call| call.parameters().count() > 0) {
        assert_eq!(guest.call(call, &[]), Err(Errno::Inval), "{call:?}");
    }
}

/// Whatever numbers a guest passes, it gets an answer.
#[test]
fn no_argument_panics() {
    let interesting =
        [0, 1, 2, 3, 4, 5, 8, 255, 256, 65528, 65535, 65536, 0x7fff_ffff, 0xffff_fff8, 0xffff_ffff];
    let wide = [0, 1, 4, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, u64::MAX];
    let mut state = 1u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for abi in whit_wasi::abi::Abi::ALL {
        for call in Call::ALL.iter().copied().filter(|call| call.is_in(abi)) {
            let files = Box::new(support::files());
            let net = support::TestNet::default();
            net.callers.lock().unwrap().resize_with(3, Default::default);
            let builder = WasiCtx::builder().preopen("/", files, false).net(Box::new(net));
            let mut guest = Guest::new(builder);
            guest.call(Call::SockAccept, &[4, 0, 0]).unwrap();
            guest.abi = abi;
            for at in 0..guest.memory.len() {
                guest.memory[at] = random() as u8 & if at % 4 == 0 { 0xff } else { 0x03 };
            }
            guest.memory[..4].copy_from_slice(b"dir/");
            for _ in 0..2000 {
                let values: Vec<u64> = call
                    .parameters()
                    .map(|ty| match ty {
                        whit::ValType::I64 => wide[random() % wide.len()],
                        _ => interesting[random() % interesting.len()],
                    })
                    .collect();
                let _ = guest.outcome(call, &values);
            }
        }
    }
}
