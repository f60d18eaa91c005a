//! What the system is asked for without the standard library between: this crate's only `unsafe`.

use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
use std::mem::MaybeUninit;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, fcntl_getfd};
use rustix::stdio::{stderr, stdin, stdout};

use crate::exit;

/// Bytes of the heap that short programs use: less than where the C library would ask the system for memory apart.
const HEAP: usize = 112 << 10;

/// Where the process begins: before the C library, which relocates the program and writes to most of its data for that.
///
/// Asks for the pages of that data as [`populate`] does, which spares a short program a fortieth of its time, and goes on
/// where programs begin. Where pages are larger than the linker knows, or Linux is older, nothing is asked for.
///
/// # Safety
/// For the system alone, which starts the process here.
#[cfg(whit_entry)]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn whit_entry() -> ! {
    // From the arrays of constructors, before which linkers put nothing that is relocated but others of the kind, to the
    // end of the data. The register that could name a function to call at exit (System V ABI, x86-64 3.4.1; the C library
    // reads `x0` likewise) says again that there is none.
    #[cfg(target_arch = "x86_64")]
    std::arch::naked_asm!(
        "lea rdi, [rip + __init_array_start]",
        "and rdi, -4096",
        "lea rsi, [rip + _end]",
        "sub rsi, rdi",
        "mov edx, {advice}",
        "mov eax, {madvise}",
        "syscall",
        "xor edx, edx",
        "jmp _start",
        advice = const libc::MADV_POPULATE_WRITE,
        madvise = const libc::SYS_madvise,
    );
    #[cfg(target_arch = "aarch64")]
    std::arch::naked_asm!(
        "adrp x0, __init_array_start",
        "adrp x1, _end",
        "add x1, x1, :lo12:_end",
        "sub x1, x1, x0",
        "mov x2, {advice}",
        "mov x8, {madvise}",
        "svc 0",
        "mov x0, 0",
        "b _start",
        advice = const libc::MADV_POPULATE_WRITE,
        madvise = const libc::SYS_madvise,
    );
}

/// Where the program begins: the C library calls what has this name.
///
/// The standard library's own beginning reads and parses the list of the process's mappings, to tell later whether a
/// fault is an overflow of the stack: with what belongs to it, a twentieth of what a short program takes. Here an
/// overflow is a fault without a message. Of the rest, closed streams are opened, `SIGPIPE` is ignored and panics are
/// caught; the main thread has no name in a panic's message, and where the C library is not glibc,
/// `std::env::args` gives nothing.
///
/// # Safety
/// As the C library calls it (C11, 5.1.2.2.1): `arguments` has `count` strings that stay for as long as the process
/// does.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[cfg_attr(test, allow(dead_code, reason = "the process begins in the harness of the tests"))]
unsafe extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    open_closed_streams();
    // What is given back to the allocator here is what it gives out next.
    let mut heap = Vec::<u8>::new();
    if heap.try_reserve_exact(HEAP).is_ok() {
        populate(heap.spare_capacity_mut());
        drop(heap);
    }
    // What is written to a pipe that nobody reads is an error that the guest gets, not the end of the process.
    // SAFETY: no other thread runs yet, and to ignore a signal needs no handler.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let arguments = (1..usize::try_from(count).unwrap_or(0)).map(|index| {
        // SAFETY: by this function's contract, `index` being below `count`.
        let argument = unsafe { CStr::from_ptr(*arguments.add(index)) };
        OsString::from(OsStr::from_bytes(argument.to_bytes()))
    });
    let status = std::panic::catch_unwind(|| crate::command(arguments)).unwrap_or(exit::PANICKED);
    // Writes out what standard output still holds.
    std::process::exit(status.into())
}

/// Opens `/dev/null` for every standard stream that is closed, since the next file opened would be taken for it.
fn open_closed_streams() {
    for stream in [stdin(), stdout(), stderr()] {
        if fcntl_getfd(stream) == Err(Errno::BADF) {
            // It gets the lowest number that is free, which is this stream's.
            let Ok(null) = rustix::fs::open("/dev/null", OFlags::RDWR, Mode::empty()) else {
                std::process::abort();
            };
            std::mem::forget(null);
        }
    }
}

/// Asks for the pages of `room`, all of which will be written to: at once takes less time than one by one. Linux can do
/// so since 5.14; where it cannot, they come one by one.
pub(crate) fn populate(room: &mut [MaybeUninit<u8>]) {
    // SAFETY: nothing but a number goes in and comes out.
    let Ok(page @ 1..) = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }) else { return };
    let Range { start, end } = room.as_mut_ptr_range();
    // Only whole pages have an address that can be named.
    let Some(first) = start.addr().checked_next_multiple_of(page) else { return };
    let len = end.addr().saturating_sub(first) / page * page;
    if len > 0 {
        // SAFETY: `first` is rounded up and `len` down, so that these pages are within `room`; they keep what they
        // hold.
        unsafe { libc::madvise(start.with_addr(first).cast(), len, libc::MADV_POPULATE_WRITE) };
    }
}
