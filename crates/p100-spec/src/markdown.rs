//! Text of the document as Markdown that formats, links and runs nothing but what a description may hold.
//!
//! A description is parsed, and written anew from what was parsed: paragraphs, lists, emphasis, code, links to https. What a description
//! may not hold, `lint` refuses; should it get here anyway, it is shown letter by letter.

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::text::Line;

/// Blocks of code are of no language: rustdoc would compile and run them.
const FENCE: &str = "text";

/// The extensions of rustdoc, so that we see what it sees. It turns quotes, too, which changes no structure.
fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// An address of the web that means the same to everybody who reads it.
pub(crate) fn is_address(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"'`\\^{|}()[]*".contains(&byte));
    let url = || url::Url::parse(text).ok().filter(|url| url.scheme() == "https" && url.username().is_empty() && url.password().is_none());
    // What the parser would have to fix is read in other ways by others.
    is_plain && url().is_some_and(|url| url.as_str().trim_end_matches('/') == text.trim_end_matches('/'))
}

/// What a description holds that it may not, in words, each with what is there.
pub(crate) fn faults(text: &str) -> Vec<String> {
    let parser = Parser::new_ext(text, options());
    let mut faults = Vec::new();
    let mut complain = |range: Range<usize>, message: &str| {
        let found: String = text.get(range).unwrap_or_default().trim().chars().take(40).collect();
        faults.push(format!("{message}: `{}`", Line(&found)));
    };
    for (_, definition) in parser.reference_definitions().iter() {
        complain(definition.span.clone(), "the address of a link is apart from it; write [text](https://...)");
    }
    for (event, range) in parser.into_offset_iter() {
        let message = match event {
            Event::Html(_) | Event::InlineHtml(_) => "HTML is not shown; write it in backticks or leave it out",
            Event::Start(Tag::Image { .. }) => "an image is not shown; link to it or leave it out",
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => match link_type {
                LinkType::Inline | LinkType::Autolink if is_address(&dest_url) && title.is_empty() => continue,
                _ => "a link is [text](https://...) with a well-formed address and no title",
            },
            other if is_known(&other) => continue,
            _ => "text has paragraphs, lists, emphasis, code and links, nothing else",
        };
        complain(range, message);
    }
    faults
}

fn is_known(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => {
            matches!(tag, Tag::Paragraph | Tag::List(_) | Tag::Item | Tag::Emphasis | Tag::Strong | Tag::CodeBlock(_) | Tag::Link { .. })
        }
        Event::End(_) | Event::Text(_) | Event::Code(_) | Event::SoftBreak | Event::HardBreak => true,
        // Reported with the tag that holds them.
        _ => false,
    }
}

/// The text of a description for rustdoc and other readers of Markdown.
pub fn rendered(text: &str) -> String {
    if !faults(text).is_empty() {
        return plain(text);
    }
    let events: Vec<Event<'_>> = Parser::new_ext(text, options()).collect();
    let written = Writer { events: events.into_iter().peekable() }.blocks().join("\n");
    if structure(&written) == structure(text) { written } else { plain(text) }
}

/// The same of one line, to be between words of ours.
pub fn inline(text: &str) -> String {
    let written = rendered(&Line(text.trim()).to_string());
    if is_paragraph(&written) { written } else { plain(text).replace('\n', " ") }
}

/// Whether this is one paragraph, or nothing.
pub fn is_paragraph(text: &str) -> bool {
    let shapes = structure(text);
    let is_block =
        |shape: &Shape| matches!(shape, Shape::Start(kind) if ["Paragraph", "CodeBlock"].contains(&&**kind) || kind.starts_with("List"));
    shapes.is_empty()
        || shapes.first() == Some(&Shape::Start("Paragraph".to_owned())) && shapes.iter().filter(|shape| is_block(shape)).count() == 1
}

/// Text of one line, such as a tag, between words of ours.
pub fn words(text: &str) -> String {
    let line = Line(text).to_string();
    let written = escape(&line);
    let is_plain =
        |shape: &[Shape]| matches!(shape, [Shape::Start(start), Shape::Text(shown), Shape::End] if start == "Paragraph" && *shown == line);
    if is_plain(&structure(&written)) { written } else { plain(&line) }
}

/// Text as it is, in a span of code that no backtick within it ends.
pub fn code(text: &str) -> String {
    let text = Line(text).to_string();
    let fence = fence(&text, 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Backticks between which Markdown shows `text` as it is: a longer run than any within it, and at least so many.
pub(crate) fn fence(text: &str, least: usize) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    "`".repeat((longest + 1).max(least))
}

/// Text of others for the issue or comment of a forge: it neither formats, nor links, nor calls anybody.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in Line(text).to_string().chars() {
        match character {
            // A backslash does not keep names from being called.
            '@' | '#' | '&' | '<' | '>' => out.push_str(&format!("&#{};", u32::from(character))),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => out.extend(['\\', character]),
            other => out.push(other),
        }
    }
    out
}

/// In bytes, the longest comment or issue that is safe to post: forges take 65,536 characters.
pub(crate) const LONGEST_COMMENT: usize = 60_000;

/// A link, or only its words where the address is none.
pub fn link(text: &str, address: &str) -> String {
    if is_address(address) { format!("[{}]({address})", words(text)) } else { words(text) }
}

/// A link to an item of Rust.
pub struct Link {
    target: String,
    shown: String,
}

impl Link {
    /// To the item `path`, of which the last name is shown. The path is made of identifiers.
    pub fn to(path: String) -> Self {
        let last = path.rsplit("::").next().unwrap_or(&path);
        Self { shown: last.strip_prefix("r#").unwrap_or(last).to_owned(), target: path }
    }

    /// To a method of the type `owner` in `module`, shown with both names. All are identifiers.
    pub fn to_method(module: &str, owner: &str, method: &str) -> Self {
        let shown = format!("{owner}::{method}");
        Self { target: format!("{module}{shown}"), shown }
    }
}

/// `markdown` with the links that `find` gives to its names: to spans of code, and to the first name in a word of its text. It reads as
/// before apart from them, or it stays as it is.
pub fn linked(markdown: &str, find: impl Fn(&str, bool) -> Option<Link>) -> String {
    let mut out = String::new();
    let mut links = Vec::new();
    let (mut done, mut depth) = (0, 0_usize);
    let mut put = |range: Range<usize>, name: Shape, link: Link| {
        out.push_str(&markdown[done..range.start]);
        out.push_str(&format!("[`{}`]({})", link.shown, link.target));
        done = range.end;
        links.push((Shape::Start(format!("link {}", link.target)), name));
    };
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => depth += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => depth = depth.saturating_sub(1),
            Event::Code(name) if depth == 0 => {
                if let Some(link) = find(&name, true) {
                    put(range, Shape::Code(name.to_string()), link);
                }
            }
            Event::Text(_) if depth == 0 => {
                for name in names(markdown, range) {
                    if let Some(link) = find(&markdown[name.clone()], false) {
                        put(name.clone(), Shape::Text(markdown[name].to_owned()), link);
                    }
                }
            }
            _ => {}
        }
    }
    out.push_str(&markdown[done..]);
    if without(structure(&out), links) == structure(markdown) { out } else { markdown.to_owned() }
}

/// Where the first name of each word is, if it does in this part of the text. A word behind `!` would be an image.
fn names(markdown: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in markdown.split(char::is_whitespace) {
        let before = word.find(|c: char| c.is_alphanumeric()).unwrap_or(word.len());
        let length = word[before..].find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len() - before);
        let name = at + before..at + before + length;
        let is_inside = part.start <= name.start && name.end <= part.end;
        if is_inside && !name.is_empty() && !word[..before].ends_with('!') && !word.contains("://") {
            found.push(name);
        }
        at += word.len() + markdown[at + word.len()..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// The shapes with each of `links`, in this order, taken back to the name that it means.
fn without(shapes: Vec<Shape>, links: Vec<(Shape, Shape)>) -> Vec<Shape> {
    let mut out = Vec::new();
    let mut links = links.into_iter().peekable();
    let mut shapes = shapes.into_iter();
    while let Some(shape) = shapes.next() {
        match links.next_if(|(link, _)| *link == shape) {
            // Its words and its end go with it.
            Some((_, name)) if matches!((shapes.next(), shapes.next()), (Some(Shape::Code(_)), Some(Shape::End))) => add(&mut out, name),
            _ => add(&mut out, shape),
        }
    }
    out
}

/// Markdown in a cell of a table.
pub fn cell(markdown: &str) -> String {
    markdown.replace(['\n', '\r'], " ").replace('|', "\\|")
}

/// Every letter as itself.
fn plain(text: &str) -> String {
    let escaped = |line: &str| {
        let line = Line(line.trim()).to_string();
        line.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect::<String>()
    };
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// Escapes what means something within a line, and at its start.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let letters: Vec<char> = text.chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let near = |at: Option<usize>| at.and_then(|at| letters.get(at)).copied().unwrap_or(' ');
        let (before, after) = (near(index.checked_sub(1)), near(Some(index + 1)));
        let is_first = index == 0;
        let starts_number = || letters[..index].iter().all(char::is_ascii_digit) && !is_first && after.is_whitespace();
        let is_mark = match letter {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' => true,
            '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
            '&' => after.is_alphanumeric() || after == '#',
            '~' => true,
            '#' | '+' | '-' | '=' | ':' => is_first,
            '.' | ')' => starts_number(),
            _ => false,
        };
        out.extend(is_mark.then_some('\\'));
        out.push(*letter);
    }
    out
}

/// A text in which bare addresses become links, as rustdoc wants them.
fn prose(text: &str) -> String {
    let word = |word: &str| {
        let end = word.trim_end_matches(['.', ',', ')', ';', ':']).len();
        if is_address(&word[..end]) { format!("<{}>{}", &word[..end], escape_inner(&word[end..])) } else { String::new() }
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("https://").filter(|at| *at == 0 || rest[..*at].ends_with([' ', '('])) {
        let end = rest[at..].find(' ').map_or(rest.len(), |length| at + length);
        let linked = word(&rest[at..end]);
        out.push_str(&escape_part(&rest[..at], out.is_empty()));
        out.push_str(&if linked.is_empty() { escape_inner(&rest[at..end]) } else { linked });
        rest = &rest[end..];
    }
    out.push_str(&escape_part(rest, out.is_empty()));
    out
}

fn escape_part(text: &str, starts_line: bool) -> String {
    if starts_line { escape(text) } else { escape_inner(text) }
}

/// The same behind something else on the line.
fn escape_inner(text: &str) -> String {
    escape(&format!("a{text}"))[1..].to_owned()
}

/// Writes what was parsed.
struct Writer<'a> {
    events: Peekable<IntoIter<Event<'a>>>,
}

impl Writer<'_> {
    /// The lines of blocks up to the end of what holds them.
    fn blocks(&mut self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        while let Some(event) = self.events.peek() {
            let block = match event {
                Event::End(_) => break,
                Event::Start(Tag::Paragraph) => {
                    self.events.next();
                    self.inline()
                }
                Event::Start(Tag::List(first)) => {
                    let first = *first;
                    self.events.next();
                    self.list(first)
                }
                Event::Start(Tag::CodeBlock(_)) => {
                    self.events.next();
                    self.block_of_code()
                }
                // The text of an item without paragraphs.
                _ => {
                    let text = self.inline_until_block();
                    // What cannot be written is skipped; who asked compares the structure.
                    if text.iter().all(String::is_empty) {
                        self.events.next();
                    }
                    text
                }
            };
            if !lines.is_empty() && !self.is_tight_list(&block) {
                lines.push(String::new());
            }
            lines.extend(block);
        }
        self.events.next();
        lines
    }

    /// A list within an item follows its text at once.
    fn is_tight_list(&mut self, block: &[String]) -> bool {
        block.first().is_some_and(|line| line.starts_with("- ")) && matches!(self.events.peek(), Some(Event::End(TagEnd::Item)))
    }

    fn list(&mut self, first: Option<u64>) -> Vec<String> {
        let mut lines = Vec::new();
        let mut number = first;
        let mut is_loose = false;
        let mut items = Vec::new();
        while let Some(Event::Start(Tag::Item)) = self.events.next() {
            is_loose |= matches!(self.events.peek(), Some(Event::Start(Tag::Paragraph)));
            items.push(self.blocks());
        }
        for (index, item) in items.iter().enumerate() {
            let mark = number.map_or("- ".to_owned(), |number| format!("{number}. "));
            number = number.map(|number| number + 1);
            if is_loose && index > 0 {
                lines.push(String::new());
            }
            for (index, line) in item.iter().enumerate() {
                let start = if index == 0 { mark.clone() } else { " ".repeat(mark.len()) };
                lines.push(format!("{start}{line}").trim_end().to_owned());
            }
            if item.is_empty() {
                lines.push(mark.trim_end().to_owned());
            }
        }
        lines
    }

    fn block_of_code(&mut self) -> Vec<String> {
        let mut code = String::new();
        while let Some(Event::Text(text)) = self.events.next() {
            code.push_str(&text);
        }
        let fence = fence(&code, 3);
        let lines = code.lines().map(str::to_owned);
        std::iter::once(format!("{fence}{FENCE}")).chain(lines).chain([fence.clone()]).collect()
    }

    /// Up to the end of the paragraph.
    fn inline(&mut self) -> Vec<String> {
        let text = self.inline_until_block();
        self.events.next();
        text
    }

    fn inline_until_block(&mut self) -> Vec<String> {
        let mut out = String::new();
        let mut text = String::new();
        loop {
            if let Some(Event::Text(part)) = self.events.peek() {
                text.push_str(part);
                self.events.next();
                continue;
            }
            let starts_line = out.is_empty() || out.ends_with('\n');
            let shown = if starts_line { prose(&text) } else { prose(&format!("a{text}"))[1..].to_owned() };
            out.push_str(&shown);
            text.clear();
            match self.events.peek() {
                Some(Event::Code(part)) => out.push_str(&code(part)),
                Some(Event::SoftBreak) => out.push('\n'),
                Some(Event::HardBreak) => out.push_str("\\\n"),
                Some(Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis)) => out.push('*'),
                Some(Event::Start(Tag::Strong) | Event::End(TagEnd::Strong)) => out.push_str("**"),
                Some(Event::Start(Tag::Link { link_type, dest_url, .. })) => {
                    let (kind, address) = (*link_type, dest_url.to_string());
                    self.events.next();
                    let words = self.inline_until_block().join(" ");
                    out.push_str(&if kind == LinkType::Autolink { format!("<{address}>") } else { format!("[{words}]({address})") });
                }
                _ => break,
            }
            self.events.next();
        }
        out.split('\n').map(str::to_owned).collect()
    }
}

/// What a text is to a reader of Markdown, apart from line breaks and from whether an address is linked.
#[derive(Debug, PartialEq, Eq)]
pub enum Shape {
    /// Something that holds others begins, of this kind.
    Start(String),
    /// Text.
    Text(String),
    /// A span of code.
    Code(String),
    /// What began last ends.
    End,
}

/// The text as its readers see it: two texts of one structure read the same.
pub fn structure(text: &str) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    let mut autolinks = Vec::new();
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Text(text) => add(&mut shapes, Shape::Text(text.to_string())),
            Event::SoftBreak => add(&mut shapes, Shape::Text(" ".to_owned())),
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                autolinks.push(link_type == LinkType::Autolink);
                if link_type != LinkType::Autolink {
                    shapes.push(Shape::Start(format!("link {dest_url}")));
                }
            }
            Event::End(TagEnd::Link) if autolinks.pop() == Some(true) => {}
            Event::Start(Tag::CodeBlock(_)) => shapes.push(Shape::Start("CodeBlock".to_owned())),
            Event::Start(tag) => shapes.push(Shape::Start(format!("{tag:?}"))),
            Event::End(_) => shapes.push(Shape::End),
            Event::Code(text) => shapes.push(Shape::Code(text.to_string())),
            other => shapes.push(Shape::Start(format!("{other:?}"))),
        }
    }
    shapes
}

/// Adds a shape; text behind text is one.
fn add(shapes: &mut Vec<Shape>, shape: Shape) {
    match (shapes.last_mut(), shape) {
        (Some(Shape::Text(last)), Shape::Text(text)) => last.push_str(&text),
        (_, shape) => shapes.push(shape),
    }
}

/// What would be live in a page of rustdoc or on a forge: HTML, images, links that are not to https, code that would run. Links to items
/// of Rust count unless their target is one of `own`.
pub fn live(text: &str, own: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut names = Vec::new();
    let mut callback = |link: BrokenLink<'_>| {
        names.push(format!("a name in brackets: {}", link.reference));
        None
    };
    for event in Parser::new_with_broken_link_callback(text, options(), Some(&mut callback)) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => found.push(format!("HTML: {text}")),
            Event::Start(Tag::Image { dest_url, .. }) => found.push(format!("an image: {dest_url}")),
            Event::Start(Tag::Link { dest_url, .. }) if !is_address(&dest_url) && !own.iter().any(|own| dest_url.starts_with(own)) => {
                found.push(format!("a link: {dest_url}"));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => found.push("indented code".to_owned()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language != FENCE => {
                found.push(format!("code of the language `{language}`"));
            }
            _ => {}
        }
    }
    found.extend(names);
    found
}
