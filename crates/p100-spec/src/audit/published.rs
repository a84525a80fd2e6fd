//! P100's own list of its pages, `llms.txt`: entries `- Section > Sub [Title](address): summary`, on one line or on many.

use std::collections::BTreeMap;

use crate::{Position, Problem};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What P100 publishes about one page. Its summary is kept as a hash only: the text is P100's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) section: String,
    pub(super) address: String,
    pub(super) summary: Option<String>,
}

/// A page where it is in the list.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) page: Page,
    /// The heading above it, without the number signs.
    pub(super) heading: String,
}

/// In bytes, of a section or a title. What is longer is prose.
const LONGEST: usize = 300;

const SHAPE: &str = "`- Section > Sub [Title](https://.../name-<id>.md): summary`";

/// The pages in their order. `is_section` identifies sections that the index knows: there, what is nearly an entry is a broken one, while
/// elsewhere it is a part of somebody's summary.
pub(super) fn parse(text: &str, is_section: &dyn Fn(&str) -> bool) -> Result<Vec<Entry>, Problem> {
    let reader = Reader { text, is_section };
    let body = text.trim_start_matches('\u{feff}').trim_start();
    let start = text.len() - body.len();
    if body.is_empty() {
        return Err(reader.fault(0, format!("the list is empty; expected `# ` with the name of the API, then entries {SHAPE}")));
    }
    if !body.starts_with("# ") {
        let page = if body.starts_with('<') { ", this looks like HTML" } else { "" };
        return Err(reader.fault(start, format!("not a list of pages{page}; expected `# ` with the name of the API")));
    }
    let links = reader.links(start)?;
    let Some(first) = links.first() else {
        return Err(reader.fault(text.len(), format!("the list ends without an entry; expected {SHAPE}")));
    };
    let mut heading = match split_heading(&text[start..first.start], true).1 {
        Some(name) => name,
        None => return Err(reader.fault(first.start, "an entry without a heading above it; expected `## Docs` or `## API Docs` before")),
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, link) in links.iter().enumerate() {
        if let Some(earlier) = seen.insert(&link.page.id, link.start) {
            let Position { line, column } = reader.position(earlier);
            let message = format!("the page {} is repeated here, after {line}:{column}; expected one entry a page", link.page.id);
            return Err(reader.fault(link.start, message));
        }
        let next = links.get(number + 1).map(|next| next.start);
        let (summary, below) = split_heading(&text[link.end..next.unwrap_or(text.len())], next.is_some());
        let summary = one_line(summary);
        let page = Page { summary: hash(&summary), ..link.page.clone() };
        entries.push(Entry { page, heading: heading.clone() });
        heading = below.unwrap_or(heading);
    }
    Ok(entries)
}

/// As in `spec/docs-index.yaml`; none of an empty text. White space does not count: the list comes on one line or on many.
pub(super) fn hash(summary: &str) -> Option<String> {
    let summary = one_line(summary);
    let digest = Sha256::digest(summary.as_bytes());
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    (!summary.is_empty()).then(|| format!("sha256:{digits}"))
}

/// Words with one space between them. What would steer a terminal is made visible.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace(char::is_control, "\u{fffd}")
}

/// The line and column of an offset.
pub(super) fn place(text: &str, offset: usize) -> Position {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |found| found + 1);
    Position { line: before.matches('\n').count() + 1, column: before[line_start..].trim_start_matches('\u{feff}').chars().count() + 1 }
}

/// What is before a heading at the end of a text, and the heading. A summary may have headings of its own: one that ends the text
/// before an entry, and is as short as a name, is taken as a heading of the list.
fn split_heading(text: &str, before_entry: bool) -> (&str, Option<String>) {
    let starts_heading = |at: &usize| text[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let Some(at) = text.match_indices("## ").map(|(at, _)| at).filter(starts_heading).last() else { return (text, None) };
    let name = one_line(&text[at + 3..]);
    let is_name = name.len() <= 40 && name.split(' ').count() <= 4 && !name.contains(['.', ':', '`', '[', ']', '(', ')']);
    let known = ["Docs", "API Docs"].contains(&name.as_str());
    if known || (before_entry && is_name && !name.is_empty()) { (&text[..at], Some(name)) } else { (text, None) }
}

/// The part of an entry before its summary.
struct Link {
    start: usize,
    end: usize,
    page: Page,
}

/// Where the title of an entry ends.
enum Title {
    /// Before `](http`, at this offset.
    Linked(usize),
    /// Before `](`, with something else behind it.
    Elsewhere(usize),
    /// No address follows.
    Alone(usize),
}

struct Reader<'a> {
    text: &'a str,
    is_section: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    fn position(&self, offset: usize) -> Position {
        place(self.text, offset)
    }

    fn fault(&self, offset: usize, message: impl Into<String>) -> Problem {
        Problem::at(self.position(offset), message)
    }

    fn links(&self, from: usize) -> Result<Vec<Link>, Problem> {
        let mut links: Vec<Link> = Vec::new();
        for (start, _) in self.text.match_indices("- ").filter(|(start, _)| *start > from) {
            let within = links.last().is_some_and(|link| start < link.end);
            if !within && self.text[..start].ends_with(char::is_whitespace) {
                links.extend(self.link(start)?);
            }
        }
        Ok(links)
    }

    /// The link that starts with the dash at `start`; none if that is no entry.
    fn link(&self, start: usize) -> Result<Option<Link>, Problem> {
        let Some((section, open)) = self.section(start) else { return Ok(None) };
        let known = (self.is_section)(&section);
        let broken = |offset: usize, message: String| if known { Err(self.fault(offset, message)) } else { Ok(None) };
        let close = match self.title(open) {
            Title::Linked(close) => close,
            Title::Elsewhere(close) => return broken(close + 2, "this is no address of a page; expected `https://`".to_owned()),
            Title::Alone(close) => return broken(close, format!("an entry without address; expected {SHAPE}")),
        };
        let Some(length) = address_length(&self.text[close + 2..]) else {
            return Err(self.fault(close + 2, "this address does not end, the list is cut off or broken; expected `)` behind it"));
        };
        let address = &self.text[close + 2..close + 2 + length];
        let Some(id) = page_id(address) else {
            return broken(close + 2, format!("the address `{}` names no page; expected one that ends in `-<id>.md`", one_line(address)));
        };
        let behind = close + 2 + length + 1;
        let rest = &self.text[behind..];
        let end = match rest.trim_start_matches(' ').strip_prefix(':') {
            Some(summary) => self.text.len() - summary.len(),
            None if rest.is_empty() || rest.starts_with(['\n', '\r']) => behind,
            None => return broken(behind, "expected `:` between the address and the summary".to_owned()),
        };
        let title = one_line(&self.text[open + 1..close]).replace("\\[", "[").replace("\\]", "]");
        if title.is_empty() {
            return broken(open, format!("an entry without title; expected {SHAPE}"));
        }
        let page = Page { id: id.to_owned(), title, section, address: address.to_owned(), summary: None };
        Ok(Some(Link { start, end, page }))
    }

    /// The section of the entry that may start at `start`, and where its title opens.
    fn section(&self, start: usize) -> Option<(String, usize)> {
        let rest = &self.text[start + 2..];
        let open = rest.bytes().take(LONGEST).position(|byte| byte == b'[')?;
        let text = &rest[..open];
        let section = text.split('>').map(one_line).collect::<Vec<_>>().join(" > ");
        // A nearer dash is more likely the start, unless this one starts the line.
        let starts_line = self.text[..start].ends_with('\n');
        let is_wrapped = text.contains('\n') && !(self.is_section)(&section);
        let is_list = text.contains("\n- ") || (!starts_line && text.contains(" - "));
        let is_other = is_wrapped || is_list || text.contains([']', '(', ')']);
        (!is_other).then_some((section, start + 2 + open))
    }

    /// Whether the bracket at `at` is that of another entry, which starts behind `from`.
    fn opens_entry(&self, from: usize, at: usize) -> bool {
        let dash = self.text[from..at].rfind("- ");
        dash.is_some_and(|dash| self.section(from + dash).is_some_and(|(section, _)| (self.is_section)(&section)))
    }

    /// Titles may have brackets, even unbalanced ones.
    fn title(&self, open: usize) -> Title {
        let mut depth = 1;
        let mut first = None;
        let mut characters = self.text[open + 1..].char_indices().map(|(at, character)| (open + 1 + at, character));
        while let Some((at, character)) = characters.next() {
            match character {
                _ if at - open > LONGEST => break,
                '\\' => drop(characters.next()),
                '[' if depth == 0 || self.opens_entry(open + 1, at) => break,
                '[' => depth += 1,
                ']' => {
                    depth = usize::saturating_sub(depth, 1);
                    let behind = &self.text[at + 1..];
                    if behind.starts_with("(https://") || behind.starts_with("(http://") {
                        return Title::Linked(at);
                    }
                    if behind.starts_with('(') && behind.len() > 1 && depth == 0 {
                        return Title::Elsewhere(at);
                    }
                    first.get_or_insert(at + 1);
                }
                '\n' if depth == 0 || self.text[at + 1..].starts_with("- ") => break,
                '-' if depth == 0 && self.text[at + 1..].starts_with(' ') => break,
                _ => {}
            }
        }
        Title::Alone(first.unwrap_or(open))
    }
}

/// Up to the parenthesis that closes it; none if there is white space or the end first.
fn address_length(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ if character.is_whitespace() || character.is_control() => return None,
            _ => {}
        }
    }
    None
}

/// Digits, a letter for the kind of page, digits: `19558021e0`. The name before it may be empty or begin with a dash.
fn page_id(address: &str) -> Option<&str> {
    let id = address.strip_suffix(".md")?.rsplit(['-', '/']).next()?;
    let rest = id.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let version = rest.strip_prefix(|letter: char| letter.is_ascii_lowercase())?;
    let is_version = !version.is_empty() && version.bytes().all(|digit| digit.is_ascii_digit());
    (rest.len() < id.len() && is_version).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::{Entry, hash, parse};

    fn read(text: &str) -> Result<Vec<Entry>, String> {
        let known = |section: &str| ["Shop", "Shop > Orders"].contains(&section);
        parse(text, &known).map_err(|fault| fault.to_string())
    }

    fn shown(text: &str) -> Vec<String> {
        let entries = read(text).unwrap_or_else(|fault| panic!("{fault} in {text}"));
        entries.iter().map(|Entry { page, heading, .. }| format!("{heading}|{}|{}|{}", page.section, page.title, page.id)).collect()
    }

    const LINES: &str = "# Shop API\n\n## Docs\n\n- Shop [Start](https://docs.example/start-11m0.md):\n- [All](https://docs.example/all-12f0.md):\n\n\
        ## API Docs\n- Shop > Orders [List](https://docs.example/list-13e0.md): Lists orders.\n  - the [old](https://example.com/old) ones\n  - the new ones\n\
        - Shop > Orders [Drop](https://docs.example/-drop-14e0.md): Drops\none.\n";

    #[test]
    fn one_line_many_lines_and_carriage_returns_say_the_same() {
        let expected = ["Docs|Shop|Start|11m0", "Docs||All|12f0", "API Docs|Shop > Orders|List|13e0", "API Docs|Shop > Orders|Drop|14e0"];
        let one_line = LINES.split_whitespace().collect::<Vec<_>>().join(" ");
        let wrapped = one_line.replace(" > Orders [", "\n  > Orders\n  [").replace(": ", ":\n");
        for text in [LINES, one_line.as_str(), &LINES.replace('\n', "\r\n"), LINES.trim_end(), &format!("\u{feff}{LINES}"), &wrapped] {
            assert_eq!(shown(text), expected, "{text}");
            let summaries: Vec<_> = read(text).expect("read").into_iter().map(|entry| entry.page.summary).collect();
            let list = hash("Lists orders. - the [old](https://example.com/old) ones - the new ones");
            assert_eq!(summaries, [None, None, list, hash("Drops one.")], "{text}");
        }
    }

    #[test]
    fn a_hash_is_that_of_the_index() {
        // printf 'Lists orders.' | sha256sum | cut -c 1-16
        assert_eq!(hash(" Lists\r\n orders. ").as_deref(), Some(EXPECTED));
        assert_eq!(hash(" \n"), None);
    }

    const EXPECTED: &str = "sha256:db635e0e6cc3a8c5";

    #[test]
    fn unusual_titles_addresses_and_headings_are_read() {
        let entry = |entry: &str| format!("# A\n## Docs\n{entry}\n");
        for (text, expected) in [
            ("- Shop [List [beta]](https://docs.example/list-1e0.md): x", "Docs|Shop|List [beta]|1e0"),
            ("- Shop [List[]](https://docs.example/list-1e0.md): x", "Docs|Shop|List[]|1e0"),
            ("- Shop [a] or b](https://docs.example/list-1e0.md): x", "Docs|Shop|a] or b|1e0"),
            (r"- Shop [a \[b](https://docs.example/list-1e0.md): x", "Docs|Shop|a [b|1e0"),
            (
                "- Shop [Preise \u{20ac} - l\u{e4}nger ](https://docs.example/pr\u{e4}-1e0.md): \u{fc}",
                "Docs|Shop|Preise \u{20ac} - l\u{e4}nger|1e0",
            ),
            ("- Shop [A](https://docs.example/-1e0.md): x", "Docs|Shop|A|1e0"),
            ("- Shop [A](https://docs.example/--a-1e0.md)", "Docs|Shop|A|1e0"),
            ("- Shop [A](https://docs.example/a-(b)-1e0.md): x", "Docs|Shop|A|1e0"),
            ("- Elsewhere - or not [A](https://docs.example/a-1e0.md): x", "Docs|Elsewhere - or not|A|1e0"),
        ] {
            assert_eq!(shown(&entry(text)), [expected]);
        }
        let text =
            "# A ## Docs - Shop [A](https://docs.example/a-1e0.md): x - see [b - Shop > Orders [B](https://docs.example/b-2e0.md): y";
        assert_eq!(shown(text), ["Docs|Shop|A|1e0", "Docs|Shop > Orders|B|2e0"]);
        let text = "# A\n## Docs\n- Shop [A](https://docs.example/a-1m0.md): x\n## Schemas\n- Shop [B](https://docs.example/b-2d0.md): y\n";
        assert_eq!(shown(text), ["Docs|Shop|A|1m0", "Schemas|Shop|B|2d0"]);
    }

    #[test]
    fn malformed_lists_are_refused_with_place_and_expectation() {
        for (text, expected) in [
            ("", "1:1: the list is empty"),
            (" \n\n", "1:1: the list is empty"),
            ("\n <!DOCTYPE html>", "2:2: not a list of pages, this looks like HTML; expected `# `"),
            ("Not found", "1:1: not a list of pages; expected `# `"),
            ("# A\n## Docs\n", "3:1: the list ends without an entry"),
            ("# A\n- Shop [A](https://docs.example/a-1e0.md): x", "2:1: an entry without a heading above it; expected `## Docs`"),
            ("# A\n## Docs\n- Shop [A]: x\n- Shop [B](https://docs.example/b-2e0.md): y", "3:11: an entry without address"),
            ("# A ## Docs - Shop [A]: x - Shop [B](https://docs.example/b-2e0.md): y", "1:23: an entry without address"),
            ("# A\n## Docs\n- Shop [A](): x", "3:12: this is no address of a page"),
            ("# A\n## Docs\n- Shop [](https://docs.example/b-2e0.md): x", "3:8: an entry without title"),
            ("# A\n## Docs\n- Shop [A](https://docs.example/a.md): x", "3:12: the address `https://docs.example/a.md` names no page"),
            ("# A\n## Docs\n- Shop [A](https://docs.example/a-1e0.md) x", "3:42: expected `:`"),
            ("# A\n## Docs\n- Shop [A](https://docs.example/a-1e0", "3:12: this address does not end, the list is cut off"),
            ("# A\n## Docs\n- Shop [\u{e4}\u{e4}", "3:8: an entry without address"),
            (
                "# A\n## Docs\n- Shop [A](https://docs.example/a-1e0.md): x\n- New [\u{e4}](https://docs.example/b-1e0.md):",
                "4:1: the page 1e0 is repeated here, after 3:1",
            ),
        ] {
            let fault = read(text).expect_err(text);
            assert!(fault.starts_with(expected), "{fault} of {text}");
            assert!(fault.contains("expected"), "{fault} of {text}");
        }
    }
}
