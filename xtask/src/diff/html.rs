//! The report as one page.

use super::report::Report;

pub(crate) fn write(report: &Report) -> String {
    report.sum()
}
