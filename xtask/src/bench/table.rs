//! The table: one row for each thing measured, in Markdown that is aligned enough for a terminal.

use std::fmt::Write as _;

use anyhow::Result;

pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) measure: &'static str,
    /// The largest ratio that is good.
    pub(super) goal: Option<f64>,
    pub(super) outcome: Result<Figures>,
    pub(super) command: String,
}

/// What was measured, for one time.
pub(super) struct Figures {
    pub(super) p100: String,
    pub(super) baseline: String,
    pub(super) ratio: f64,
    /// What the ratio is between: how much the machine disturbs.
    pub(super) range: Option<(f64, f64)>,
}

const HEAD: [&str; 8] = ["what", "measure", "p100", "baseline", "ratio", "goal", "met", "command"];

pub(super) fn render(rows: &[Row]) -> String {
    let lines: Vec<[String; 8]> = std::iter::once(HEAD.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let widths: Vec<usize> = (0..HEAD.len()).map(|column| lines.iter().map(|line| line[column].len()).max().unwrap_or_default()).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(text, "| {cell:width$} ");
        }
        text.push_str("|\n");
        if number == 0 {
            widths.iter().for_each(|width| {
                let _ = write!(text, "|{}", "-".repeat(width + 2));
            });
            text.push_str("|\n");
        }
    }
    text
}

fn cells(row: &Row) -> [String; 8] {
    let none = || "-".to_owned();
    let goal = row.goal.map_or_else(none, |goal| format!("<= {goal:.2}"));
    let (p100, baseline, ratio, met) = match &row.outcome {
        Ok(figures) => {
            let range = figures.range.map(|(low, high)| format!(" [{low:.3}, {high:.3}]")).unwrap_or_default();
            let met = row.goal.map_or_else(none, |goal| if figures.ratio <= goal { "yes" } else { "NO" }.to_owned());
            (figures.p100.clone(), figures.baseline.clone(), format!("{:.3}{range}", figures.ratio), met)
        }
        // A table has no room for the lines of a backtrace.
        Err(error) => {
            let reason = format!("{error:#}");
            (none(), none(), format!("not measured: {}", reason.lines().next().unwrap_or_default()), none())
        }
    };
    [row.what.to_owned(), row.measure.to_owned(), p100, baseline, ratio, goal, met, row.command.clone()]
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::{Figures, Row, render};

    #[test]
    fn a_row_says_whether_its_goal_is_met_and_why_it_is_empty() {
        let row = |goal, outcome| Row { what: "GET", measure: "time", goal, outcome, command: "make it".to_owned() };
        let figures = |ratio| Ok(Figures { p100: "2 us".to_owned(), baseline: "1 us".to_owned(), ratio, range: Some((0.9, 1.2)) });
        let text = render(&[
            row(Some(1.05), figures(1.05)),
            row(Some(1.05), figures(1.0501)),
            row(None, figures(3.0)),
            row(Some(1.05), Err(anyhow!("valgrind is not installed\nnote: a backtrace"))),
        ]);
        let lines: Vec<String> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(lines[2], "| GET | time | 2 us | 1 us | 1.050 [0.900, 1.200] | <= 1.05 | yes | make it |");
        assert_eq!(lines[3], "| GET | time | 2 us | 1 us | 1.050 [0.900, 1.200] | <= 1.05 | NO | make it |");
        assert_eq!(lines[4], "| GET | time | 2 us | 1 us | 3.000 [0.900, 1.200] | - | - | make it |");
        assert_eq!(lines[5], "| GET | time | - | - | not measured: valgrind is not installed | <= 1.05 | - | make it |");
        let long = text.lines().map(str::len).collect::<Vec<_>>();
        assert!(long.iter().all(|length| *length == long[0]), "the columns are aligned: {text}");
    }
}
