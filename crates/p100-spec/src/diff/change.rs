//! One change between two documents: what it is, whom it breaks and where it is.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{Node, Position};

/// What a change means for those who use the API, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Code that calls P100 has to change.
    BreakingCallers,
    /// Code that receives webhooks has to change.
    BreakingReceivers,
    /// The wire stays as it was or allows more, but a Rust type or method changes.
    BreakingRust,
    /// What it does, a person has to judge.
    Unclassified,
    /// Something new, or something that is no longer demanded.
    Additive,
    /// A fact is less sure than before.
    EvidenceDowngraded,
    /// A fact is better known than before.
    EvidenceUpgraded,
    /// Words only.
    Documentation,
}

impl Class {
    /// Worst first.
    pub const ALL: [Self; 8] = [
        Self::BreakingCallers,
        Self::BreakingReceivers,
        Self::BreakingRust,
        Self::Unclassified,
        Self::Additive,
        Self::EvidenceDowngraded,
        Self::EvidenceUpgraded,
        Self::Documentation,
    ];

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::BreakingCallers => "Breaking for callers",
            Self::BreakingReceivers => "Breaking for receivers of webhooks",
            Self::BreakingRust => "Breaking in Rust only: the wire stays or allows more",
            Self::Unclassified => "Unclassified: judge by eye",
            Self::Additive => "Additive",
            Self::EvidenceDowngraded => "Evidence downgraded",
            Self::EvidenceUpgraded => "Evidence upgraded",
            Self::Documentation => "Documentation only",
        }
    }

    /// For programs; these words are stable.
    pub fn word(self) -> &'static str {
        match self {
            Self::BreakingCallers => "breaking-callers",
            Self::BreakingReceivers => "breaking-receivers",
            Self::BreakingRust => "breaking-rust",
            Self::Unclassified => "unclassified",
            Self::Additive => "additive",
            Self::EvidenceDowngraded => "evidence-downgraded",
            Self::EvidenceUpgraded => "evidence-upgraded",
            Self::Documentation => "documentation",
        }
    }

    /// Whether somebody's code has to change.
    pub fn is_breaking(self) -> bool {
        self <= Self::BreakingRust
    }
}

/// Who sends what a part of the document describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    /// A caller to P100.
    Request,
    /// P100 to a caller.
    Response,
    /// P100 to a receiver of webhooks.
    Event,
    /// The receiver, back to P100.
    Acknowledgement,
}

impl Direction {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Event => "event",
            Self::Acknowledgement => "acknowledgement",
        }
    }

    /// Whether the partner, who holds the code that must not break, reads it; otherwise the partner writes it.
    pub(super) fn is_read(self) -> bool {
        matches!(self, Self::Response | Self::Event)
    }

    pub(super) fn breaking(self) -> Class {
        match self {
            Self::Request | Self::Response => Class::BreakingCallers,
            Self::Event | Self::Acknowledgement => Class::BreakingReceivers,
        }
    }
}

/// What a change does in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Breaks,
    Adds,
    Words,
    Unknown,
}

impl Effect {
    /// Of a change after which fewer values are valid.
    pub(super) fn narrower(direction: Direction) -> Self {
        if direction.is_read() { Self::Adds } else { Self::Breaks }
    }

    /// Of a change after which more values are valid.
    pub(super) fn wider(direction: Direction) -> Self {
        if direction.is_read() { Self::Breaks } else { Self::Adds }
    }

    pub(super) fn class(self, direction: Direction) -> Class {
        match self {
            Self::Breaks => direction.breaking(),
            Self::Adds => Class::Additive,
            Self::Words => Class::Documentation,
            Self::Unknown => Class::Unclassified,
        }
    }
}

/// An operation or event by which a part of the document reaches the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) direction: Direction,
}

/// What a change belongs to. Those on the wire come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Operation(String),
    Event(String),
    /// Its kind, as in `components`, and its name.
    Component(String, String),
    Document,
}

impl Subject {
    /// For programs; these words are stable.
    pub(super) fn kind(&self) -> &str {
        match self {
            Self::Operation(_) => "operation",
            Self::Event(_) => "event",
            Self::Component(kind, _) => match kind.as_str() {
                "schemas" => "schema",
                "parameters" => "parameter",
                "responses" => "response",
                "requestBodies" => "request-body",
                "securitySchemes" => "security-scheme",
                "examples" => "example",
                "headers" => "header",
                "links" => "link",
                _ => "component",
            },
            Self::Document => "document",
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Operation(name) | Self::Event(name) | Self::Component(_, name) => name,
            Self::Document => "document",
        }
    }
}

/// One side of a change.
#[derive(Clone, Debug)]
pub(super) struct Excerpt {
    pub(super) position: Position,
    pub(super) node: Node,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    /// What it means for those who use the API.
    pub class: Class,
    pub(super) subject: Subject,
    /// Everything on the wire that it reaches with this class.
    pub(super) users: Vec<User>,
    /// Where in its subject, in words; empty for the subject itself.
    pub(super) place: String,
    /// What happened there, in words.
    pub what: String,
    /// Whether code that uses the Rust types or methods has to change.
    pub touches_rust: bool,
    /// A JSON pointer into the new document; into the old one if it is gone from the new one.
    pub pointer: String,
    pub(super) old: Option<Excerpt>,
    pub(super) new: Option<Excerpt>,
}

impl Change {
    /// Place and what happened, in words.
    pub fn message(&self) -> String {
        let place = if self.place.is_empty() { String::new() } else { format!("{}: ", self.place) };
        let rust = if self.class.is_breaking() && !self.touches_rust { " (on the wire only: Rust code compiles as before)" } else { "" };
        format!("{place}{}{rust}", self.what)
    }

    /// Whether it is of something that operations or events share, which then have to be named.
    pub(super) fn is_shared(&self) -> bool {
        !matches!(self.subject, Subject::Operation(_) | Subject::Event(_)) && !self.users.is_empty()
    }

    /// The users without their directions, each once.
    pub(super) fn user_ids(&self) -> Vec<&str> {
        self.users.iter().map(|user| user.id.as_str()).collect::<BTreeSet<_>>().into_iter().collect()
    }
}
