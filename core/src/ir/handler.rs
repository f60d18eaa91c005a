//! Who catches exceptions: a table beside a function's code, which only throwing looks at.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::raw::{OutOfMemory, try_box};

/// What happens to exceptions that are thrown in a range of the code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    /// The range's first unit and the one behind it.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// How many blocks are around the one whose body the range is.
    pub(crate) level: u32,
    pub(crate) action: Action,
}

/// What a handler does with an exception.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Action {
    /// Catches it.
    Catch(Catch),
    /// Leaves it to the blocks that have no more blocks than this around them.
    Delegate(u32),
}

/// Which exceptions are caught, and where execution goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Catch {
    /// The module's tag; any if there is none.
    pub(crate) tag: Option<u32>,
    /// The unit at which execution goes on.
    pub(crate) target: u32,
    /// The first slot for what the exception carries.
    pub(crate) payload: u16,
    /// The slot for a reference to the exception, if it is wanted.
    pub(crate) reference: Option<u16>,
}

/// The handlers of a function: those of inner blocks first, those of one block in its order.
#[derive(Default)]
pub(crate) struct Handlers {
    list: Vec<Handler>,
}

impl Handlers {
    /// A copy of `list`; nothing where that is empty.
    pub(crate) fn copy_of(list: &[Handler]) -> Result<Option<Box<Self>>, OutOfMemory> {
        if list.is_empty() {
            return Ok(None);
        }
        let mut copy = Vec::new();
        copy.try_reserve_exact(list.len()).map_err(|_| OutOfMemory)?;
        copy.extend_from_slice(list);
        try_box(Self { list: copy }).map(Some)
    }

    /// The handlers.
    pub(crate) fn as_slice(&self) -> &[Handler] {
        &self.list
    }

    /// Who catches an exception that the instruction at unit `position` throws or lets through, if `has` holds for
    /// the tags of the module that are the exception's.
    pub(crate) fn find(&self, position: usize, has: impl Fn(u32) -> bool) -> Option<&Catch> {
        let mut most = u32::MAX;
        for handler in &self.list {
            let range = handler.start as usize..handler.end as usize;
            if handler.level > most || !range.contains(&position) {
                continue;
            }
            match &handler.action {
                Action::Delegate(level) => most = *level,
                Action::Catch(catch) if catch.tag.is_none_or(&has) => return Some(catch),
                Action::Catch(_) => {}
            }
        }
        None
    }

    /// Bytes of heap that the table occupies, its own struct included.
    pub(crate) fn footprint(&self) -> usize {
        size_of::<Self>() + self.list.capacity() * size_of::<Handler>()
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Catch, Handler, Handlers};

    fn catch(start: u32, end: u32, level: u32, tag: Option<u32>, target: u32) -> Handler {
        let action = Action::Catch(Catch { tag, target, payload: 0, reference: None });
        Handler { start, end, level, action }
    }

    #[test]
    fn the_innermost_handler_of_the_tag_catches_unless_it_delegates() {
        let list = [
            Handler { start: 4, end: 6, level: 4, action: Action::Delegate(2) },
            catch(3, 7, 3, None, 100),
            catch(2, 8, 2, Some(1), 101),
            catch(2, 8, 2, Some(2), 102),
            catch(0, 9, 1, None, 103),
        ];
        let handlers = Handlers::copy_of(&list).expect("memory is there").expect("it is not empty");
        let target = |position, tag| handlers.find(position, |of| of == tag).map(|catch| catch.target);
        assert_eq!(target(3, 1), Some(100));
        assert_eq!(target(4, 1), Some(101));
        assert_eq!(target(5, 2), Some(102));
        assert_eq!(target(6, 2), Some(100));
        assert_eq!(target(2, 3), Some(103));
        assert_eq!(target(9, 1), None);
    }
}
