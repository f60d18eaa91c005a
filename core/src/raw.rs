//! Allocation that can fail and shared ownership: what the standard types offer only with an abort.
//!
//! The state of running code is the other place with `unsafe`: `exec/raw.rs`.

#![allow(unsafe_code)]

use alloc::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use alloc::boxed::Box;
use core::cell::UnsafeCell;
use core::ops::Deref;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering, fence};

use crate::error::Running;

/// Memory ran out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OutOfMemory;

/// Moves `value` to the heap.
pub(crate) fn try_box<T>(value: T) -> Result<Box<T>, OutOfMemory> {
    let layout = Layout::new::<T>();
    if layout.size() == 0 {
        return Ok(Box::new(value));
    }
    // SAFETY: the layout's size was just tested to be greater than zero.
    let pointer = unsafe { alloc(layout) }.cast::<T>();
    if pointer.is_null() {
        return Err(OutOfMemory);
    }
    // SAFETY: `alloc` gave memory of `T`'s layout, which `write` initialises before `Box` owns it.
    unsafe {
        pointer.write(value);
        Ok(Box::from_raw(pointer))
    }
}

/// A box, or none where there was no memory for one.
///
/// Unlike an `Option<Box<T>>` it is never zero: an `Option` or a `Result<(), _>` of it is one word too.
pub(crate) struct MaybeBox<T> {
    /// From a box, or [`Self::NOWHERE`].
    pointer: NonNull<T>,
}

/// No box is here.
static NONE: u8 = 0;

// SAFETY: it owns a box, or nothing.
unsafe impl<T: Send> Send for MaybeBox<T> {}
// SAFETY: as for `Send`.
unsafe impl<T: Sync> Sync for MaybeBox<T> {}

impl<T> MaybeBox<T> {
    /// Moves `value` to the heap if there is room.
    pub(crate) fn new(value: T) -> Self {
        try_box(value).map_or_else(
            |OutOfMemory| Self::none(),
            |boxed| Self { pointer: NonNull::from(Box::leak(boxed)) },
        )
    }

    /// No box.
    pub(crate) const fn none() -> Self {
        Self { pointer: Self::NOWHERE }
    }

    /// Where no box is, since something else is there.
    const NOWHERE: NonNull<T> = NonNull::from_ref(&NONE).cast();

    fn is_none(&self) -> bool {
        self.pointer == Self::NOWHERE
    }

    /// What the box holds.
    pub(crate) fn get(&self) -> Option<&T> {
        if self.is_none() {
            return None;
        }
        // SAFETY: the pointer is from a box, which `self` owns.
        Some(unsafe { self.pointer.as_ref() })
    }

    /// What the box holds, to change.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        if self.is_none() {
            return None;
        }
        // SAFETY: as in `get`; `self` is borrowed alone.
        Some(unsafe { self.pointer.as_mut() })
    }
}

impl<T> Drop for MaybeBox<T> {
    fn drop(&mut self) {
        if !self.is_none() {
            // SAFETY: the pointer is from a box, and nothing uses it any more.
            drop(unsafe { Box::from_raw(self.pointer.as_ptr()) });
        }
    }
}

struct Counted<T: ?Sized> {
    owners: AtomicUsize,
    value: T,
}

/// A value with several owners in any thread, dropped with the last of them.
pub(crate) struct Shared<T: ?Sized> {
    pointer: NonNull<Counted<T>>,
}

// SAFETY: an owner gives out `&T` in any thread and may drop `T` there, hence both bounds.
unsafe impl<T: Send + Sync + ?Sized> Send for Shared<T> {}
// SAFETY: as for `Send`.
unsafe impl<T: Send + Sync + ?Sized> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// Moves `value` to the heap, with one owner.
    pub(crate) fn try_new(value: T) -> Result<Self, OutOfMemory> {
        let boxed = try_box(Counted { owners: AtomicUsize::new(1), value })?;
        Ok(Self { pointer: NonNull::from(Box::leak(boxed)) })
    }

    /// Whether both own the same value.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.pointer == other.pointer
    }

    /// Whether there is no other owner.
    pub(crate) fn is_sole_owner(&self) -> bool {
        self.counted().owners.load(Ordering::Acquire) == 1
    }
}

impl<T: ?Sized> Shared<T> {
    fn counted(&self) -> &Counted<T> {
        // SAFETY: the allocation lives until `drop` has counted the last owner, and `self` is one.
        unsafe { self.pointer.as_ref() }
    }
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.counted().value
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        let before = self.counted().owners.fetch_add(1, Ordering::Relaxed);
        assert!(before <= usize::MAX / 2, "too many owners of a shared value");
        Self { pointer: self.pointer }
    }
}

impl<T: ?Sized> Drop for Shared<T> {
    fn drop(&mut self) {
        if self.counted().owners.fetch_sub(1, Ordering::Release) == 1 {
            fence(Ordering::Acquire);
            // SAFETY: no owner is left but `self`, and `try_new` made the pointer from a box.
            drop(unsafe { Box::from_raw(self.pointer.as_ptr()) });
        }
    }
}

impl<T: Running + 'static> From<Shared<T>> for Shared<dyn Running> {
    fn from(shared: Shared<T>) -> Self {
        // This owner goes over to the result.
        let shared = core::mem::ManuallyDrop::new(shared);
        Self { pointer: shared.pointer }
    }
}

/// A value that one thread at a time can reach. Others wait actively: what is done with it is short.
#[derive(Default)]
pub(crate) struct Lock<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `lock` gives `&mut T` to one thread at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    /// Waits for the value and takes it.
    pub(crate) fn lock(&self) -> Locked<'_, T> {
        while self.taken.swap(true, Ordering::Acquire) {
            core::hint::spin_loop();
        }
        Locked { lock: self }
    }
}

/// The value of a lock that has been taken, until it is dropped.
pub(crate) struct Locked<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Deref for Locked<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is taken as long as `self` lives.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> core::ops::DerefMut for Locked<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is taken as long as `self` lives, and `self` is borrowed alone.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Locked<'_, T> {
    fn drop(&mut self) {
        self.lock.taken.store(false, Ordering::Release);
    }
}

/// Zeroed bytes at an address that changes only when they grow: a linear memory.
pub(crate) struct Bytes {
    pointer: NonNull<u8>,
    len: usize,
}

// SAFETY: `Bytes` owns its allocation alone.
unsafe impl Send for Bytes {}
// SAFETY: shared access only reads.
unsafe impl Sync for Bytes {}

impl Bytes {
    /// Alignment of the first byte: enough for any scalar.
    const ALIGN: usize = 16;

    fn layout(len: usize) -> Result<Layout, OutOfMemory> {
        Layout::from_size_align(len, Self::ALIGN).map_err(|_| OutOfMemory)
    }

    /// `len` zero bytes.
    pub(crate) fn zeroed(len: usize) -> Result<Self, OutOfMemory> {
        let layout = Self::layout(len)?;
        if len == 0 {
            return Ok(Self { pointer: NonNull::<u128>::dangling().cast(), len });
        }
        // SAFETY: the size was just tested to be greater than zero.
        let pointer = unsafe { alloc_zeroed(layout) };
        NonNull::new(pointer).map(|pointer| Self { pointer, len }).ok_or(OutOfMemory)
    }

    /// Makes it `len` bytes long, which is no less than before; the added ones are zero.
    pub(crate) fn grow(&mut self, len: usize) -> Result<(), OutOfMemory> {
        if self.len == 0 {
            *self = Self::zeroed(len)?;
            return Ok(());
        }
        if len <= self.len {
            return Ok(());
        }
        let old = Self::layout(self.len)?;
        Self::layout(len)?;
        // SAFETY: the allocation was made with layout `old`; the new size was just tested to make a layout.
        let pointer = unsafe { realloc(self.pointer.as_ptr(), old, len) };
        let pointer = NonNull::new(pointer).ok_or(OutOfMemory)?;
        // SAFETY: `realloc` gave `len` bytes, of which the first `self.len` are initialised.
        unsafe { pointer.add(self.len).write_bytes(0, len - self.len) };
        self.pointer = pointer;
        self.len = len;
        Ok(())
    }

    /// The address of the first byte.
    pub(crate) fn as_mut_ptr(&mut self) -> *mut u8 {
        self.pointer.as_ptr()
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `pointer` is good for `len` initialised bytes.
        unsafe { core::slice::from_raw_parts(self.pointer.as_ptr(), self.len) }
    }
}

impl core::ops::DerefMut for Bytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`, and `self` is borrowed alone.
        unsafe { core::slice::from_raw_parts_mut(self.pointer.as_ptr(), self.len) }
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if let (true, Ok(layout)) = (self.len > 0, Self::layout(self.len)) {
            // SAFETY: the allocation was made with this layout.
            unsafe { dealloc(self.pointer.as_ptr(), layout) };
        }
    }
}

/// 64-bit cells at an address that changes only when they grow, read and written through raw pointers alone, so
/// that running code may hold that address: globals, tables, value stacks.
pub(crate) struct Cells {
    pointer: NonNull<u64>,
    len: usize,
}

// SAFETY: `Cells` owns its allocation alone.
unsafe impl Send for Cells {}
// SAFETY: shared access only reads.
unsafe impl Sync for Cells {}

impl Cells {
    fn layout(len: usize) -> Result<Layout, OutOfMemory> {
        Layout::array::<u64>(len).map_err(|_| OutOfMemory)
    }

    /// `len` cells of zero.
    pub(crate) fn zeroed(len: usize) -> Result<Self, OutOfMemory> {
        let layout = Self::layout(len)?;
        if len == 0 {
            return Ok(Self { pointer: NonNull::dangling(), len });
        }
        // SAFETY: the size was just tested to be greater than zero.
        let pointer = unsafe { alloc_zeroed(layout) };
        NonNull::new(pointer.cast()).map(|pointer| Self { pointer, len }).ok_or(OutOfMemory)
    }

    /// Makes it `len` cells long, if that is more than before; the added ones hold `value`.
    pub(crate) fn grow(&mut self, len: usize, value: u64) -> Result<(), OutOfMemory> {
        if len <= self.len {
            return Ok(());
        }
        let new = Self::layout(len)?;
        let pointer = if self.len == 0 {
            // SAFETY: `len` is greater than `self.len`, hence not zero.
            unsafe { alloc(new) }
        } else {
            let old = Self::layout(self.len)?;
            // SAFETY: the allocation was made with layout `old`, and `new` is a layout of the same alignment.
            unsafe { realloc(self.pointer.as_ptr().cast(), old, new.size()) }
        };
        let pointer = NonNull::new(pointer.cast::<u64>()).ok_or(OutOfMemory)?;
        for index in self.len..len {
            // SAFETY: the allocation holds `len` cells.
            unsafe { pointer.add(index).write(value) };
        }
        self.pointer = pointer;
        self.len = len;
        Ok(())
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The cell at `index`, if there is one.
    pub(crate) fn get(&self, index: usize) -> Option<u64> {
        // SAFETY: the index is below the length, and every cell is initialised.
        (index < self.len).then(|| unsafe { self.pointer.add(index).read() })
    }

    /// Sets the cell at `index` and tells whether there is one.
    #[must_use]
    pub(crate) fn set(&mut self, index: usize, value: u64) -> bool {
        if index < self.len {
            // SAFETY: the index is below the length, and `self` is borrowed alone.
            unsafe { self.pointer.add(index).write(value) };
        }
        index < self.len
    }

    /// The values of all cells.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    pub(crate) fn values(&self) -> impl Iterator<Item = u64> {
        // SAFETY: the indices are below the length, and every cell is initialised.
        (0..self.len).map(|index| unsafe { self.pointer.add(index).read() })
    }

    /// The cells as a slice.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u64] {
        // SAFETY: the allocation holds `len` initialised cells, and `self` is borrowed alone.
        unsafe { core::slice::from_raw_parts_mut(self.pointer.as_ptr(), self.len) }
    }

    /// The address of the first cell.
    pub(crate) fn as_ptr(&self) -> *mut u64 {
        self.pointer.as_ptr()
    }
}

impl Drop for Cells {
    fn drop(&mut self) {
        if let (true, Ok(layout)) = (self.len > 0, Self::layout(self.len)) {
            // SAFETY: the allocation was made with this layout.
            unsafe { dealloc(self.pointer.as_ptr().cast(), layout) };
        }
    }
}

/// The part of a value stack that is in use, for the collector: which slots hold references is not known.
///
/// It is read only as long as the stack neither moves nor goes: the driver names a running stack for the time of one
/// operation, and one that waits for the host for the time of that call.
#[cfg(any(feature = "gc", feature = "exceptions"))]
#[derive(Clone, Copy)]
pub(crate) struct LiveSlots {
    first: *const u64,
    len: usize,
}

// SAFETY: what is read is a stack of the store that is borrowed.
#[cfg(any(feature = "gc", feature = "exceptions"))]
unsafe impl Send for LiveSlots {}
// SAFETY: as for `Send`.
#[cfg(any(feature = "gc", feature = "exceptions"))]
unsafe impl Sync for LiveSlots {}

#[cfg(any(feature = "gc", feature = "exceptions"))]
impl LiveSlots {
    /// No slots.
    pub(crate) const NONE: Self = Self { first: core::ptr::null(), len: 0 };

    /// The first `len` of `cells`.
    pub(crate) fn new(cells: &Cells, len: usize) -> Self {
        Self { first: cells.as_ptr(), len: len.min(cells.len()) }
    }

    /// The values, without those of stacks that have moved or gone: see [`LiveSlots`].
    pub(crate) fn values(self) -> impl Iterator<Item = u64> {
        // SAFETY: the driver takes back what it has named before the stack moves or goes, and a stack's cells are
        // initialised.
        (0..self.len).map(move |index| unsafe { self.first.add(index).read() })
    }
}

/// Address of a global's cell.
#[derive(Clone, Copy)]
pub(crate) struct CellPointer(pub(crate) *mut u64);

/// Address of an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct CodePointer(pub(crate) *const u16);

// SAFETY: only running code, which has the store to itself, follows the address.
unsafe impl Send for CellPointer {}
// SAFETY: as for `Send`.
unsafe impl Sync for CellPointer {}
// SAFETY: code is immutable, and whoever has its address holds its module.
unsafe impl Send for CodePointer {}
// SAFETY: as for `Send`.
unsafe impl Sync for CodePointer {}

impl CellPointer {
    /// Cell number `index` of `cells`.
    pub(crate) fn new(cells: &Cells, index: usize) -> Self {
        assert!(index < cells.len(), "a global's cell exists");
        Self(cells.as_ptr().wrapping_add(index))
    }
}

impl CodePointer {
    /// The first of `units`.
    pub(crate) fn new(units: &[u16]) -> Self {
        Self(units.as_ptr())
    }

    /// The address as a number.
    #[cfg(feature = "exceptions")]
    pub(crate) fn address(self) -> usize {
        self.0 as usize
    }
}

/// A place for a boxed value that is set at most once, by any thread.
pub(crate) struct OnceBox<T> {
    pointer: AtomicPtr<T>,
}

impl<T> OnceBox<T> {
    /// An empty place.
    pub(crate) const fn new() -> Self {
        Self { pointer: AtomicPtr::new(core::ptr::null_mut()) }
    }

    /// The value, if it has been set.
    pub(crate) fn get(&self) -> Option<&T> {
        // SAFETY: a pointer that is not null came from a box in `set` and lives until `self` is dropped.
        unsafe { self.pointer.load(Ordering::Acquire).as_ref() }
    }

    /// Sets the value, unless another was set before; gives the one that stands.
    pub(crate) fn set(&self, value: Box<T>) -> &T {
        let pointer = Box::into_raw(value);
        let null = core::ptr::null_mut();
        match self.pointer.compare_exchange(null, pointer, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: the pointer came from a box and lives until `self` is dropped.
            Ok(_) => unsafe { &*pointer },
            Err(standing) => {
                // SAFETY: the pointer came from the box above and was not published.
                drop(unsafe { Box::from_raw(pointer) });
                // SAFETY: the standing pointer is not null, so it came from a box in an earlier `set`.
                unsafe { &*standing }
            }
        }
    }
}

impl<T> Drop for OnceBox<T> {
    fn drop(&mut self) {
        let pointer = *self.pointer.get_mut();
        if !pointer.is_null() {
            // SAFETY: the pointer came from a box in `set`, and nobody else has `self`.
            drop(unsafe { Box::from_raw(pointer) });
        }
    }
}
