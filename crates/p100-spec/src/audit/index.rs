//! `spec/docs-index.yaml`: the pages that the document was written from, and what each covers.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{Node, Problem, fmt, lint_index};

use serde::Serialize;

use super::published::Page;
use crate::owners::owners;

/// A page and what the document makes of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Known {
    #[serde(flatten)]
    pub(super) page: Page,
    /// `operation`, `webhook` or `guide`.
    pub(super) kind: String,
    /// The operation or event; `guide` for guides.
    pub(super) covers: String,
}

/// The index of P100's docs.
#[derive(Debug)]
pub struct Index {
    /// Where P100 publishes its list.
    pub(super) source: String,
    pub(super) pages: Vec<Known>,
    /// Pages that the document names, by id: the kind and name of what they describe. Some are known before any list has them.
    pub(super) named: BTreeMap<String, (&'static str, String)>,
}

impl Index {
    /// Reads the index.
    ///
    /// # Errors
    /// It is malformed, or has keys that nobody knows.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let root = Node::parse(text)?;
        let missing = |node: &Node, what: &str| Problem::at(node.position, what);
        let source = root.str("source").ok_or_else(|| missing(&root, "the key `source` is missing"))?.to_owned();
        let mut pages: Vec<Known> = Vec::new();
        for node in root.get("pages").into_iter().flat_map(Node::items) {
            let text = |key: &str| {
                let text = node.str(key).map(str::to_owned);
                text.ok_or_else(|| missing(node, &format!("a page without the text `{key}`; ids that look like numbers want quotes")))
            };
            let (id, kind) = (text("id")?, text("kind")?);
            if pages.iter().any(|known| known.page.id == id) {
                return Err(missing(node, &format!("the page {id} is repeated here")));
            }
            if !["operation", "webhook", "guide"].contains(&kind.as_str()) {
                return Err(missing(node, &format!("the kind of {id} is `{kind}`; expected operation, webhook or guide")));
            }
            let summary = node.str("summary").map(str::to_owned);
            let page = Page { id, title: text("title")?, section: text("section")?, address: text("address")?, summary };
            let covers = text("covers")?;
            if covers.is_empty() {
                return Err(missing(node, &format!("`covers` of {} is empty; name the operation or event it describes", page.id)));
            }
            pages.push(Known { page, kind, covers });
        }
        if pages.is_empty() {
            return Err(missing(&root, "no page is listed under the key `pages`"));
        }
        if let Some(problem) = lint_index(text).into_iter().next() {
            return Err(problem);
        }
        Ok(Self { source, pages, named: BTreeMap::new() })
    }

    /// The index together with what the document, by its root, says of pages.
    pub fn with_document(mut self, root: &Node) -> Self {
        for (kind, id, node) in owners(root) {
            let pages = node.strings("x-docs-pages");
            self.named.extend(pages.map(|page| (page.to_owned(), (kind, id.to_owned()))));
        }
        self
    }

    pub(super) fn page(&self, id: &str) -> Option<&Known> {
        self.pages.iter().find(|known| known.page.id == id)
    }

    /// Whether pages are, or were, in this section or below it.
    pub(super) fn has_section(&self, section: &str) -> bool {
        let is_or_holds = |own: &str| own.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with(" > "));
        !section.is_empty() && self.pages.iter().any(|known| is_or_holds(&known.page.section))
    }
}

/// The lines of a page, as they are in the index.
pub(super) fn lines(known: &Known) -> String {
    let Page { id, title, section, address, summary } = &known.page;
    let mut out = String::new();
    let fields =
        [("id", id), ("title", title), ("section", section), ("address", address), ("kind", &known.kind), ("covers", &known.covers)];
    for (number, (key, value)) in fields.into_iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {} {key}: {}", if number == 0 { "-" } else { " " }, fmt::quoted(value));
    }
    if let Some(summary) = summary {
        let _ = writeln!(out, "    summary: {}", fmt::quoted(summary));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Index, lines};
    use crate::INDEX;

    #[test]
    fn the_lines_of_a_page_are_read_back_as_they_were() {
        let text = include_str!("../../../../spec/docs-index.yaml");
        let index = Index::parse(text).expect("the index");
        let written: String = index.pages.iter().map(lines).collect();
        let again = Index::parse(&format!("source: {}\npages:\n{written}", index.source)).expect("the same");
        assert_eq!(format!("{index:?}"), format!("{again:?}"));
        // The one long line of the file is folded there.
        assert_eq!(written.lines().filter(|line| !text.contains(line)).count(), 1, "{written}");
    }

    #[test]
    fn a_broken_index_is_reported_with_its_place() {
        let page = "  - {id: '1e0', title: A, section: S, address: a, kind: guide, covers: guide}\n";
        for (text, expected) in [
            ("pages: []\n".to_owned(), "spec/docs-index.yaml:1:1: the key `source` is missing"),
            ("source: x\npages: []\n".to_owned(), "spec/docs-index.yaml:1:1: no page is listed"),
            (format!("source: x\npages:\n{page}{page}"), "spec/docs-index.yaml:4:5: the page 1e0 is repeated here"),
            (format!("source: x\npages:\n{}", page.replace("'1e0'", "1e0")), "spec/docs-index.yaml:3:5: a page without the text `id`"),
            (
                format!("source: x\npages:\n{}", page.replace("covers: guide", "covers: ''")),
                "spec/docs-index.yaml:3:5: `covers` of 1e0 is empty",
            ),
            (format!("source: x\npages:\n{}", page.replace("kind: guide", "kind: other")), "spec/docs-index.yaml:3:5: the kind of 1e0"),
            ("source: [\n".to_owned(), "spec/docs-index.yaml:"),
            (
                format!("source: https://a.test\npages:\n{}", page.replace("address: a", "address: https://a.test/1, adress: x")),
                "spec/docs-index.yaml:3:66: `adress` is no key of a page of the index; did you mean `address`?",
            ),
        ] {
            let error = Index::parse(&text).expect_err(expected).in_file(INDEX);
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
