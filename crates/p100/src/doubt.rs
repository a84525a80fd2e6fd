//! Why a list that P100 sent does not prove that something is not in it.

use std::fmt;

use crate::ClockSkew;
use crate::raw::reqwest::StatusCode;
use crate::raw::reqwest::header::{HeaderMap, HeaderName};
use crate::raw::{Deviations, OneLine, Response};

/// Parts of the names of headers by which servers say that a list has further pages.
const PAGING: [&str; 8] = ["content-range", "continu", "cursor", "has-more", "next", "page", "paginat", "total"];

/// Why what was read does not prove that something is not there: [`Verdict::Unclear`](crate::Verdict::Unclear) and
/// [`Issued`](crate::Issued) carry the reasons, for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// Parts of the response could not be read, so what they hold is not known.
    Deviations(Deviations),
    /// Beside the list there are members or headers of these names, such as `hasMore` or `nextCursor`. The document knows none, so the list
    /// may be one page of several.
    MayHaveMore(Vec<String>),
    /// The response has no list.
    NoList,
    /// No response reported the time by P100's clock, so nobody knows when the attempt was by that clock.
    ClockSkewUnknown,
    /// The clocks are, or since the attempt were, further apart than the [tolerance](crate::Attempt::with_tolerance) allows, so the times of
    /// the attempt may be wrong. Set this machine's clock.
    ClockSkew(ClockSkew),
    /// The history could not be read to the end.
    NotRead,
    /// So many acknowledged payments of the account have no entry, not even one that may be theirs with its fee: the history is behind.
    AcknowledgedNotListed(usize),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deviations(deviations) => {
                f.write_str("not all of the response could be read:")?;
                deviations.iter().try_for_each(|deviation| write!(f, " `{}`", OneLine(&deviation.path)))?;
                match deviations.total() - deviations.len() {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::MayHaveMore(names) => {
                f.write_str("the list may be one page of several, for the response has also:")?;
                names.iter().try_for_each(|name| write!(f, " `{}`", OneLine(name)))
            }
            Self::NoList => f.write_str("the response has no list"),
            Self::ClockSkewUnknown => f.write_str("P100's clock is unknown: no response had a date"),
            Self::ClockSkew(skew) => write!(
                f,
                "P100's clock is {} s ahead of this machine's, give or take {} s: more than the tolerance",
                skew.ahead().num_seconds(),
                skew.uncertainty().num_seconds()
            ),
            Self::NotRead => f.write_str("the history could not be read to the end"),
            Self::AcknowledgedNotListed(count) => write!(f, "the history is behind: it does not list {count} acknowledged payments"),
        }
    }
}

impl Doubt {
    /// What keeps `response` from being the whole list, which is its member `name`.
    pub(crate) fn of<T>(response: &Response<T>, name: &str, is_there: bool) -> Vec<Self> {
        let mut doubts = Vec::new();
        if !response.deviations().is_empty() {
            doubts.push(Self::Deviations(response.deviations().clone()));
        }
        let mut beside = crate::raw::member_names(response.raw_body().expose());
        beside.retain(|member| member != name);
        beside.extend(paging(response.status(), response.headers()));
        if !beside.is_empty() {
            doubts.push(Self::MayHaveMore(beside));
        }
        if !is_there {
            doubts.push(Self::NoList);
        }
        doubts
    }
}

fn paging(status: StatusCode, headers: &HeaderMap) -> impl Iterator<Item = String> {
    let partial = (status == StatusCode::PARTIAL_CONTENT).then(|| "status 206".to_owned());
    let speaks_of_pages = |name: &str| match (name, headers.get(name)) {
        // Links lead anywhere.
        ("link", Some(link)) => {
            let link = String::from_utf8_lossy(link.as_bytes()).to_ascii_lowercase();
            ["next", "last"].iter().any(|relation| link.contains(relation))
        }
        _ => PAGING.iter().any(|part| name.contains(part)),
    };
    let found: Vec<String> = headers.keys().map(HeaderName::as_str).filter(|name| speaks_of_pages(name)).map(str::to_owned).collect();
    partial.into_iter().chain(found)
}
