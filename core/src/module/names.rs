//! The name section. Nobody validates it, so what makes no sense counts as absent.

use super::Span;
use super::reader::Reader;

/// Number of the subsection of function names.
const FUNCTION_NAMES: u8 = 1;

/// Where the function names are in `section`, the contents of a name section at `offset`.
pub(super) fn function_names(section: &[u8], offset: usize) -> Span {
    let mut reader = Reader::new(section);
    while let (Some(id), Some(contents)) = (reader.byte(), reader.sized()) {
        if id == FUNCTION_NAMES {
            let end = offset + section.len() - reader.remaining();
            return Span { start: (end - contents.len()) as u32, end: end as u32 };
        }
    }
    Span::default()
}

/// The name of function `index` in `names`, the contents of a subsection of function names.
pub(super) fn find(names: &[u8], index: u32) -> Option<&str> {
    let mut reader = Reader::new(names);
    for _ in 0..reader.u32()? {
        let named = reader.u32()?;
        let name = reader.sized()?;
        if named >= index {
            // Names are in the order of their indices.
            return if named == index { core::str::from_utf8(name).ok() } else { None };
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{find, function_names};

    #[test]
    fn finds_names() {
        let names = [2, 0, 1, b'a', 7, 2, b'b', b'c'];
        assert_eq!(find(&names, 0), Some("a"));
        assert_eq!(find(&names, 7), Some("bc"));
        assert_eq!(find(&names, 3), None);
        assert_eq!(find(&names[..6], 7), None);
        assert_eq!(find(&[], 0), None);
    }

    #[test]
    fn finds_the_subsection() {
        let section = [0, 2, 1, b'm', 1, 3, 1, 0, 0];
        let span = function_names(&section, 100);
        assert_eq!((span.start, span.end), (106, 109));
        let span = function_names(&section[..6], 100);
        assert_eq!(span.start, span.end);
    }
}
