//! What P100 changed in its docs since the index of them was written.
//!
//! ```
//! use p100_spec::audit::{Index, Report};
//!
//! let index = Index::parse("source: https://docs.example/llms.txt\npages:\n  - {id: 101m0, title: Start, section: Shop, \
//!     address: 'https://docs.example/start-101m0.md', kind: guide, covers: guide}\n")?;
//! let list = b"# Shop API\n## Docs\n- Shop [Begin](https://docs.example/begin-101m0.md):\n";
//! let report = Report::new(index, list, false)?;
//! assert!(report.text().starts_with("renamed: 101m0 Begin\n"));
//! # Ok::<_, p100_spec::Problem>(())
//! ```

mod compare;
mod index;
mod published;
mod report;

use self::compare::Difference;
pub use self::index::Index;
use crate::Problem;

/// P100's published list against the index.
#[derive(Debug)]
pub struct Report {
    index: Index,
    /// How many pages the list has.
    published: usize,
    /// Those that matter most for the document first; a page may have several.
    differences: Vec<Difference>,
}

impl Report {
    /// Whether the index is as P100 publishes its docs.
    pub fn is_fresh(&self) -> bool {
        self.differences.is_empty()
    }

    /// Compares a list, P100's `llms.txt`, with the index. `is_complete` takes it as complete although it looks cut off.
    ///
    /// # Errors
    /// The list is malformed, or looks cut off; the place is in the list.
    pub fn new(index: Index, list: &[u8], is_complete: bool) -> Result<Self, Problem> {
        let text = str::from_utf8(list).map_err(|error| {
            let valid = String::from_utf8_lossy(&list[..error.valid_up_to()]);
            Problem::at(published::place(&valid, valid.len()), "not UTF-8 from here on; expected text")
        })?;
        let entries = published::parse(text, &|section| index.has_section(section))?;
        if let Some(reason) = compare::cut_off(&index, &entries).filter(|_| !is_complete) {
            let message = format!(
                "the list looks cut off here: {reason}. Expected {} pages. Fetch it again; if P100 does publish it so: --complete",
                index.pages.len()
            );
            return Err(Problem::at(published::place(text, text.trim_end().len()), message));
        }
        let differences = compare::compare(&index, &entries);
        Ok(Self { published: entries.len(), differences, index })
    }
}

#[cfg(test)]
mod tests {
    use super::{Index, Report};

    #[test]
    fn a_list_that_is_cut_off_anywhere_is_refused_or_differs() {
        let index = || Index::parse(include_str!("../tests/audit/docs-index.yaml")).expect("the index");
        let list = include_str!("../tests/audit/llms.txt");
        let (mut refused, mut reported) = (0, 0);
        for list in [list.trim_end().to_owned(), list.split_whitespace().collect::<Vec<_>>().join(" ")] {
            assert!(Report::new(index(), list.as_bytes(), false).is_ok_and(|report| report.is_fresh()));
            for end in 0..list.len() {
                match Report::new(index(), &list.as_bytes()[..end], false) {
                    Err(problem) => {
                        let expected = ["cut off", "the list ends", "the list is empty", "not a list of pages", "address"];
                        assert!(expected.iter().any(|words| problem.message.contains(words)), "{end}: {problem}");
                        refused += 1;
                    }
                    // It ends behind an entry, or within the last summary.
                    Ok(report) => {
                        assert!(!report.is_fresh(), "{end}");
                        reported += 1;
                    }
                }
            }
        }
        assert!(refused > 1000 && reported < 300, "{refused} {reported}");
    }
}
