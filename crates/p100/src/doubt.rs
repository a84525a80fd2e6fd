//! Why a list that P100 sent does not prove that something is not in it.

use std::fmt;

use crate::ClockSkew;
use crate::raw::reqwest::StatusCode;
use crate::raw::reqwest::header::HeaderMap;
use crate::raw::{Deviations, OneLine, Response};

/// Headers by which servers say that a list has further pages.
const PAGING: [&str; 9] =
    ["content-range", "link", "x-has-more", "x-next-cursor", "x-next-page", "x-page", "x-per-page", "x-total-count", "x-total-pages"];

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
    /// No response told the time by P100's clock, so nobody knows when the attempt was by that clock.
    ClockSkewUnknown,
    /// The clocks are, or since the attempt were, further apart than the [tolerance](crate::Attempt::with_tolerance) allows, so the times of
    /// the attempt may be wrong. Set this machine's clock.
    ClockSkew(ClockSkew),
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
    let is_there = |name: &&str| match (*name, headers.get(*name)) {
        // Links lead anywhere.
        ("link", Some(link)) => String::from_utf8_lossy(link.as_bytes()).to_ascii_lowercase().contains("next"),
        (_, header) => header.is_some(),
    };
    partial.into_iter().chain(PAGING.into_iter().filter(is_there).map(str::to_owned).collect::<Vec<_>>())
}
