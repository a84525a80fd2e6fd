//! Which names the document has, for corrections: the types of a generated table.

/// The names of one operation.
pub(crate) struct OperationShape {
    pub(crate) id: &'static str,
    pub(crate) parameters: &'static [(&'static str, Location)],
    /// The body of its request: JSON, or the parts of a form.
    pub(crate) request: Option<&'static Shape>,
    /// The JSON of its success.
    pub(crate) response: Option<&'static Shape>,
}

/// Where a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "the document decides which parameters there are")]
pub(crate) enum Location {
    Path,
    Query,
}

/// One member of an object.
pub(crate) struct MemberShape {
    pub(crate) name: &'static str,
    pub(crate) below: &'static Shape,
}

impl MemberShape {
    pub(crate) const fn new(name: &'static str, below: &'static Shape) -> Self {
        Self { name, below }
    }
}

/// One JSON value.
pub(crate) enum Shape {
    /// An object with these members.
    Object(&'static [MemberShape]),
    /// A list, or a map of any names; of each entry.
    Each(&'static Shape),
    /// Neither.
    Value,
}
