//! The legacy exception instructions in folded text: the text format's parser knows them unfolded alone.

use std::borrow::Cow;

/// What an open parenthesis belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `(try`; whether it has ended with `(delegate`.
    Try {
        delegates: bool,
    },
    /// `(do`, `(catch`, `(catch_all` or `(delegate` of a `(try`.
    Part,
    Other,
}

/// `text` with every `(try … (do …) (catch …) …)` as `try … catch … end`. Lines stay where they are.
pub(crate) fn unfold(text: Cow<'static, str>) -> Cow<'static, str> {
    if !text.contains("(try ") && !text.contains("(try\n") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut open = Vec::new();
    let mut rest = &*text;
    while let Some(first) = rest.chars().next() {
        let length = token(rest, first);
        let (token, after) = rest.split_at(length);
        rest = after;
        match first {
            '(' if !token.starts_with("(;") => {
                let word = word(rest);
                let inside = matches!(open.last(), Some(Open::Try { .. }));
                let this = match word {
                    "try" => Open::Try { delegates: false },
                    "do" | "catch" | "catch_all" | "delegate" if inside => Open::Part,
                    _ => Open::Other,
                };
                if word == "delegate" && inside {
                    open.pop();
                    open.push(Open::Try { delegates: true });
                }
                if this == Open::Part && word == "do" {
                    rest = &rest[word.len()..];
                }
                out.push_str(if this == Open::Other { "(" } else { " " });
                open.push(this);
            }
            ')' => out.push_str(match open.pop() {
                Some(Open::Try { delegates: false }) => " end ",
                Some(Open::Try { delegates: true } | Open::Part) => " ",
                _ => ")",
            }),
            _ => out.push_str(token),
        }
    }
    Cow::Owned(out)
}

/// The length of what cannot be taken apart at the start of `text`: a string, a comment or one character.
fn token(text: &str, first: char) -> usize {
    if first == '"' {
        let mut escaped = false;
        let end = text.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        return end.map_or(text.len(), |(at, _)| at + 1);
    }
    if text.starts_with(";;") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("(;") {
        return text.find(";)").map_or(text.len(), |at| at + 2);
    }
    first.len_utf8()
}

/// The keyword at the start of `text`.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::unfold;

    fn unfolded(text: &'static str) -> String {
        unfold(text.into()).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tries_are_unfolded() {
        let text = "(func (try $l (result i32)\n (do (i32.const 1)) ;; (do\n (catch $e \")\\\"\") (catch_all (nop))))";
        assert_eq!(
            unfolded(text),
            "(func try $l (result i32) (i32.const 1) ;; (do catch $e \")\\\"\" catch_all (nop) end )"
        );
        assert_eq!(unfold(text.into()).lines().count(), text.lines().count());
        assert_eq!(unfolded("(try (do (try (do nop) (delegate 0))) )"), "try try nop delegate 0 end");
        assert_eq!(unfolded("(try_table (catch 0 0))"), "(try_table (catch 0 0))");
    }
}
