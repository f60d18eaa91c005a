//! What the compiler cannot check: the heap, device registers and the fault handler.

#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use cortex_m_rt::STACK_PAINT_VALUE;

use crate::board::HEAP_BYTES;

/// The heap's memory, outside of what start-up zeroes.
#[repr(C, align(16))]
struct Region(UnsafeCell<MaybeUninit<[u8; HEAP_BYTES]>>);

// SAFETY: only `init_heap` takes the region's address, and hands it to the heap, which has its own lock.
unsafe impl Sync for Region {}

// SAFETY: `.uninit` is a section of RAM in cortex-m-rt's `link.x`; a `MaybeUninit` needs no initial value.
#[unsafe(link_section = ".uninit.heap")]
static REGION: Region = Region(UnsafeCell::new(MaybeUninit::uninit()));

/// The heap, with a count of the bytes asked of it.
struct CountingHeap {
    heap: embedded_alloc::LlffHeap,
    used: AtomicUsize,
    peak: AtomicUsize,
}

#[global_allocator]
static HEAP: CountingHeap = CountingHeap {
    heap: embedded_alloc::LlffHeap::empty(),
    used: AtomicUsize::new(0),
    peak: AtomicUsize::new(0),
};

// SAFETY: every request goes to `LlffHeap`, which keeps the trait's promises; counting touches no memory of it.
unsafe impl GlobalAlloc for CountingHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, passed on.
        let pointer = unsafe { self.heap.alloc(layout) };
        if !pointer.is_null() {
            let used = self.used.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
            self.peak.fetch_max(used, Ordering::Relaxed);
        }
        pointer
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.used.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise, passed on.
        unsafe { self.heap.dealloc(pointer, layout) };
    }
}

/// Gives the heap its memory; before this every allocation fails. Panics when called twice.
pub(crate) fn init_heap() {
    // SAFETY: `REGION` is `HEAP_BYTES` long, lives forever and is used by nothing else; `init` panics on a second call.
    unsafe { HEAP.heap.init(REGION.0.get() as usize, HEAP_BYTES) };
}

/// The most bytes that were allocated at one time.
pub(crate) fn heap_peak() -> usize {
    HEAP.peak.load(Ordering::Relaxed)
}

unsafe extern "C" {
    /// The stack's first word, which it reaches last: `link.x` gives the address.
    static _stack_end: u32;
    /// Behind the stack's last word.
    static _stack_start: u32;
}

/// The most bytes of stack that were in use, and how many there are.
pub(crate) fn stack_peak() -> (usize, usize) {
    let (end, start) = (&raw const _stack_end, &raw const _stack_start);
    let words = (start.addr() - end.addr()) / size_of::<u32>();
    // SAFETY: the words up to `_stack_start` are RAM that no Rust object but the stack's uses; those read here first
    // are the paint, and none is written meanwhile but by interrupts, which make no object of ours.
    let is_paint = |index: &usize| unsafe { end.add(*index).read_volatile() } == STACK_PAINT_VALUE;
    let untouched = (0..words).take_while(is_paint).count();
    ((words - untouched) * size_of::<u32>(), words * size_of::<u32>())
}

/// A device register of 32 bits.
#[derive(Clone, Copy)]
pub(crate) struct Register(u32);

impl Register {
    /// The register at `address`, which must lie in the processor's peripheral region: a constant elsewhere does not
    /// compile.
    pub(crate) const fn at(address: u32) -> Self {
        assert!(address >= 0x4000_0000 && address < 0x6000_0000, "outside the peripheral region");
        assert!(address.is_multiple_of(4), "not aligned");
        Self(address)
    }

    /// Reads the register.
    pub(crate) fn read(self) -> u32 {
        // SAFETY: `at` saw to it that the address is aligned and in the peripheral region, where no Rust object lives.
        unsafe { ptr::read_volatile(self.0 as *const u32) }
    }

    /// Writes the register.
    pub(crate) fn write(self, value: u32) {
        // SAFETY: as in `read`; the boards give no device an address of memory to write to.
        unsafe { ptr::write_volatile(self.0 as *mut u32, value) };
    }
}

// SAFETY: the handler never returns and touches nothing that the interrupted code was writing, but the log.
#[cortex_m_rt::exception]
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    defmt::error!("hard fault at {=u32:#x}", frame.pc());
    semihosting::process::exit(crate::EXIT_CRASH)
}
