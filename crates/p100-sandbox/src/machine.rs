//! State machines as tables: from a state, by a cause, to a state.

/// The state that `cause` leads to; `None` when it leads nowhere from here.
pub(crate) fn next<S: Copy + PartialEq, C: Copy + PartialEq>(table: &[(S, C, S)], from: S, cause: C) -> Option<S> {
    table.iter().find(|(state, by, _)| *state == from && *by == cause).map(|(_, _, to)| *to)
}
