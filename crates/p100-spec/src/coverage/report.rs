//! How well the document is supported, and the questions worth asking P100: for a terminal and for scripts.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{Table, legend, tables};
use crate::evidence::{Fact, Subject, by_owner, counts, facts, questions};
use crate::{Document, Evidence, SPEC};

/// How many pages a question shows in a terminal; JSON has them all.
const PAGES: usize = 3;

/// For a terminal.
pub fn text(document: &Document) -> String {
    let mut out = format!("{SPEC}, version {}\n\n", document.version());
    for table in tables(document) {
        out.push_str(&aligned(&table));
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "Open questions\n{}\n", legend());
    for (number, question) in questions(document).iter().enumerate() {
        let factors = format!("{} x {} x {}", question.stake as usize, question.part as usize, question.doubt());
        let _ = writeln!(out, "{:>3}. {}", number + 1, question.text.replace('`', ""));
        let _ = writeln!(out, "     value {} = {factors}, settles {}", question.value(), question.settles);
        for page in question.pages.iter().take(PAGES) {
            let _ = writeln!(out, "     {}", page.address.as_ref().unwrap_or(&page.id));
        }
        if question.pages.len() > PAGES {
            let _ = writeln!(out, "     and {} more pages", question.pages.len() - PAGES);
        }
    }
    out
}

/// A table for a terminal, without the marks of Markdown.
fn aligned(table: &Table) -> String {
    let plain = |cell: &str| cell.replace(['`', '*'], "");
    let head = table.head.iter().map(|cell| plain(cell)).collect();
    let lines: Vec<Vec<String>> =
        std::iter::once(head).chain(table.rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect())).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..table.head.len()).map(width).collect();
    let mut out = format!("{}\n", table.title);
    if !table.about.is_empty() {
        out.push_str(&format!("{}\n", plain(table.about)));
    }
    for line in &lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        out.push_str(&format!("  {}\n", cells.join("  ").trim_end()));
    }
    out.push('\n');
    out
}

/// For scripts: the names of its members are stable.
pub fn to_json(document: &Document) -> Value {
    let facts = facts(document);
    let by_owner = by_owner(&facts);
    let of = |subject: Subject, owner: &str| -> Vec<Value> {
        let own = by_owner.get(owner).into_iter().flatten().filter(|fact| fact.subject == subject);
        own.map(|fact| json!({"name": fact.name, "evidence": fact.evidence.word()})).collect()
    };
    let operations = document.operations().iter().map(|operation| {
        json!({
            "id": operation.id,
            "method": operation.method.word(),
            "path": operation.path,
            "evidence": operation.evidence.word(),
            "parameters": of(Subject::Parameter, &operation.id),
            "success_statuses": of(Subject::Success, &operation.id),
            "error_codes": of(Subject::ErrorCode, &operation.id),
            "docs_pages": operation.docs_pages,
        })
    });
    let schemas = document.schemas().map(|schema| {
        json!({
            "name": schema.name,
            "members": of(Subject::Member, schema.name),
            "enum_values": of(Subject::Value, schema.name),
        })
    });
    let webhooks = document.webhooks().iter().map(|webhook| {
        json!({
            "id": webhook.id,
            "path": webhook.path,
            "path_evidence": webhook.path_evidence.word(),
            "payload": webhook.payload,
            "evidence": webhook.evidence.word(),
            "docs_pages": webhook.docs_pages,
        })
    });
    let asked = questions(document);
    let asked = asked.iter().enumerate().map(|(number, question)| {
        let pages = question.pages.iter().map(|page| json!({"id": page.id, "address": page.address}));
        json!({
            "rank": number + 1,
            "value": question.value(),
            "stake": question.stake as usize,
            "part": question.part as usize,
            "doubt": question.doubt(),
            "about": question.about,
            "question": question.text,
            "evidence": question.evidence.word(),
            "settles": question.settles,
            "docs_pages": pages.collect::<Vec<_>>(),
        })
    });
    json!({
        "version": document.version(),
        "totals": totals(&facts),
        "operations": operations.collect::<Vec<_>>(),
        "schemas": schemas.collect::<Vec<_>>(),
        "webhooks": webhooks.collect::<Vec<_>>(),
        "questions": asked.collect::<Vec<_>>(),
    })
}

fn totals(facts: &[Fact]) -> Value {
    let by_subject = Subject::ALL.map(|subject| {
        let counts = counts(facts.iter().filter(|fact| fact.subject == subject));
        let by_grade: Map<String, Value> =
            Evidence::ALL.iter().zip(counts).map(|(grade, count)| (grade.word().to_owned(), count.into())).collect();
        (subject.key().to_owned(), Value::Object(by_grade))
    });
    Value::Object(by_subject.into_iter().collect())
}
