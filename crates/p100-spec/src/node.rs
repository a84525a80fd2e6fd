//! YAML (and therefore JSON) text as a tree that remembers where each value is and how it was written.
//!
//! Numbers stay text: an amount in an example keeps every digit.

use std::fmt;
use std::ops::Range;

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::problem::{Position, Problem};
use crate::text::is_visible;

/// A value and its place in the source.
#[derive(Clone, Debug)]
pub struct Node {
    /// What is there.
    pub kind: Kind,
    /// Where it starts.
    pub position: Position,
}

/// The forms a value can take.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `null`, a boolean, a number or an unquoted string: distinguished by [`Scalar`].
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in source order; the position is that of the key.
    Map(IndexMap<String, (Position, Node)>),
}

/// A scalar with the exact text of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A JSON number, as it was written.
    Number(String),
    /// A string.
    String(String),
}

/// A text that was read, with what its tree does not show.
pub(crate) struct Source {
    pub(crate) node: Node,
    /// Where comments start, in the order of the text.
    pub(crate) comments: Vec<Position>,
    /// Characters that cannot be seen, and plain words that some readers of YAML take for something else than others.
    pub(crate) unclear: Vec<Problem>,
}

impl Source {
    /// Reads one document, as [`Node::parse`] does.
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        let mut events = Events { parser: Parser::new_from_str(text), scalars: Vec::new(), unclear: Vec::new() };
        let node = events.document()?;
        let Events { scalars, mut unclear, .. } = events;
        let (mut comments, mut place) = (Vec::new(), Position { line: 1, column: 1 });
        let letters: Vec<char> = text.chars().collect();
        let mut scalars = scalars.into_iter().map(|(span, style)| span.start..end(&letters, &span, style)).peekable();
        let mut in_comment = false;
        let mut characters = text.chars().enumerate().peekable();
        while let Some((index, character)) = characters.next() {
            while scalars.next_if(|scalar| scalar.end <= index).is_some() {}
            let in_scalar = scalars.peek().is_some_and(|scalar| scalar.contains(&index));
            // What is in no scalar and no comment is YAML's own marks, of which none but the comment has this one.
            if character == '#' && !in_scalar && !in_comment {
                in_comment = true;
                comments.push(place);
            }
            if character == '%' && place.column == 1 && !in_scalar && !in_comment {
                return Err(Problem::at(place, "YAML directives are not used in this document: leave the line out"));
            }
            let ends_line = character == '\n' || character == '\r' && matches!(characters.peek(), Some((_, '\n')));
            if !ends_line && !is_visible(character) {
                unclear.push(Problem::at(place, format!("the character {} cannot be seen; {INVISIBLE}", named(character))));
            }
            place = if character == '\n' {
                Position { line: place.line + 1, column: 1 }
            } else {
                Position { column: place.column + 1, ..place }
            };
            in_comment &= character != '\n';
        }
        unclear.sort_by_key(|problem| problem.position);
        Ok(Self { node, comments, unclear })
    }
}

/// Where a scalar ends: the parser counts what follows the closing quote on its line to the scalar.
fn end(letters: &[char], span: &Range<usize>, style: ScalarStyle) -> usize {
    let quote = match style {
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        _ => return span.end,
    };
    let mut at = span.start + 1;
    while at < span.end {
        at += match (letters.get(at), letters.get(at + 1)) {
            (Some('\''), Some('\'')) if quote == '\'' => 2,
            (Some('\\'), _) if quote == '"' => 2,
            (Some(letter), _) if *letter == quote => break,
            _ => 1,
        };
    }
    span.end.min(at + 1)
}

/// What to do about a character that does not show.
const INVISIBLE: &str = "leave it out, or write the character that is meant";

fn named(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

impl Node {
    /// Parses one document. Anchors, aliases, tags, directives and duplicate keys are refused: other tools read them differently.
    ///
    /// # Errors
    /// The first syntax error, with its position.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Source::read(text).map(|source| source.node)
    }

    /// The member `key` of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key).map(|(_, node)| node)
    }

    /// Follows keys of mappings and indices of sequences.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, step| match &node.kind {
            Kind::Map(map) => map.get(*step).map(|(_, node)| node),
            Kind::List(items) => items.get(step.parse::<usize>().ok()?),
            Kind::Scalar(_) => None,
        })
    }

    /// The mapping, if this is one.
    pub fn as_map(&self) -> Option<&IndexMap<String, (Position, Node)>> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The members of a mapping; none for anything else.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.as_map().into_iter().flatten().map(|(key, (_, node))| (key.as_str(), node))
    }

    /// The items of a sequence; none for anything else.
    pub fn items(&self) -> impl Iterator<Item = &Node> {
        let items: &[Node] = match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        };
        items.iter()
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Scalar::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The string member `key`.
    pub fn str(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// Whether the member `key` is `true`.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.get(key).map(|node| &node.kind), Some(Kind::Scalar(Scalar::Bool(true))))
    }

    /// The strings of the sequence member `key`; none when it is absent.
    pub fn strings(&self, key: &str) -> impl Iterator<Item = &str> {
        self.get(key).into_iter().flat_map(Node::items).filter_map(Node::as_str)
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Scalar(Scalar::Null))
    }

    /// The value for tools that take `serde_json`. Numbers pass through a float here: never use it to judge digits.
    pub fn to_value(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.kind {
            Kind::Scalar(Scalar::Null) => Value::Null,
            Kind::Scalar(Scalar::Bool(flag)) => Value::Bool(*flag),
            Kind::Scalar(Scalar::Number(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
            Kind::Scalar(Scalar::String(text)) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_value).collect()),
            Kind::Map(map) => Value::Object(map.iter().map(|(key, (_, node))| (key.clone(), node.to_value())).collect()),
        }
    }

    /// Compact JSON text with the digits of the source.
    pub fn to_json(&self) -> String {
        Json(self).to_string()
    }

    /// Equal as JSON: the order of members does not count, each digit of a number does.
    pub fn same_json(&self, other: &Node) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Scalar(one), Kind::Scalar(two)) => one == two,
            (Kind::List(one), Kind::List(two)) => one.len() == two.len() && one.iter().zip(two).all(|(a, b)| a.same_json(b)),
            (Kind::Map(one), Kind::Map(two)) => {
                one.len() == two.len() && one.iter().all(|(key, (_, a))| two.get(key).is_some_and(|(_, b)| a.same_json(b)))
            }
            _ => false,
        }
    }
}

struct Json<'a>(&'a Node);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match &self.0.kind {
            Kind::Scalar(Scalar::Null) => f.write_str("null"),
            Kind::Scalar(Scalar::Bool(flag)) => write!(f, "{flag}"),
            Kind::Scalar(Scalar::Number(text)) => f.write_str(text),
            Kind::Scalar(Scalar::String(text)) => f.write_str(&quoted(text)),
            Kind::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{}", if index > 0 { "," } else { "" }, Json(item))?;
                }
                f.write_str("]")
            }
            Kind::Map(map) => {
                f.write_str("{")?;
                for (index, (key, (_, node))) in map.iter().enumerate() {
                    write!(f, "{}{}:{}", if index > 0 { "," } else { "" }, quoted(key), Json(node))?;
                }
                f.write_str("}")
            }
        }
    }
}

struct Events<'input> {
    parser: Parser<'input, saphyr_parser::StrInput<'input>>,
    /// Where the scalars are, in characters from the start of the text.
    scalars: Vec<(Range<usize>, ScalarStyle)>,
    unclear: Vec<Problem>,
}

impl<'input> Events<'input> {
    fn document(&mut self) -> Result<Node, Problem> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) => {}
                Event::StreamEnd => return Err(Problem::at(position(&span), "the document is empty")),
                event => {
                    let node = self.node(event, &span)?;
                    return match self.next()? {
                        (Event::DocumentEnd, _) => match self.next()? {
                            (Event::StreamEnd, _) => Ok(node),
                            (_, span) => Err(Problem::at(position(&span), "a second YAML document starts here; only one is allowed")),
                        },
                        (_, span) => Err(Problem::at(position(&span), "unexpected content after the document")),
                    };
                }
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'input>, Span), Problem> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                if let Event::Scalar(text, style, ..) = &event {
                    self.scalars.push((span.start.index()..span.end.index(), *style));
                    self.note(text, *style, position(&span));
                }
                Ok((event, span))
            }
            Some(Err(error)) => {
                let place = Position { line: error.marker().line(), column: error.marker().col() + 1 };
                Err(Problem::at(place, format!("not valid YAML: {}", error.info())))
            }
            None => Err(Problem::at(Position::default(), "not valid YAML: the text ends too early")),
        }
    }

    /// Notes what a reader may see otherwise in a scalar: an escape that shows nothing, a plain word with a meaning of its own.
    fn note(&mut self, text: &str, style: ScalarStyle, place: Position) {
        if style == ScalarStyle::Plain && matches!(scalar(text, style), Scalar::String(_)) && is_ambiguous(text) {
            let message = format!("some readers of YAML take the plain `{text}` for no string; write it in quotes, or what is meant");
            self.unclear.push(Problem::at(place, message));
        }
        let hidden = text.chars().find(|character| *character != '\n' && !is_visible(*character));
        if let Some(character) = hidden.filter(|_| style == ScalarStyle::DoubleQuoted) {
            let message = format!("the text holds {}, which cannot be seen; {INVISIBLE}", named(character));
            self.unclear.push(Problem::at(place, message));
        }
    }

    fn node(&mut self, event: Event<'input>, span: &Span) -> Result<Node, Problem> {
        let place = position(span);
        let kind = match event {
            Event::Scalar(text, style, 0, None) => Kind::Scalar(scalar(&text, style)),
            Event::SequenceStart(0, None) => self.list()?,
            Event::MappingStart(0, None) => self.map()?,
            Event::Alias(_) | Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) => {
                return Err(Problem::at(
                    place,
                    "YAML anchors, aliases and tags are not used in this document: write the value out or use $ref",
                ));
            }
            other => return Err(Problem::at(place, format!("unexpected {other:?}"))),
        };
        Ok(Node { kind, position: place })
    }

    fn list(&mut self) -> Result<Kind, Problem> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::List(items)),
                (event, span) => items.push(self.node(event, &span)?),
            }
        }
    }

    fn map(&mut self) -> Result<Kind, Problem> {
        let mut map = IndexMap::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Kind::Map(map));
            }
            let place = position(&span);
            let key = match event {
                Event::Scalar(key, style, 0, None) => {
                    if !matches!(scalar(&key, style), Scalar::String(_)) {
                        self.unclear
                            .push(Problem::at(place, format!("the key `{key}` is no string to readers of YAML; write it in quotes")));
                    }
                    key
                }
                Event::Scalar(..) => return Err(Problem::at(place, "a key has no YAML anchor or tag in this document; write it alone")),
                _ => return Err(Problem::at(place, "a key must be plain text")),
            };
            let (event, span) = self.next()?;
            let value = self.node(event, &span)?;
            if let Some((first, _)) = map.insert(key.to_string(), (place, value)) {
                return Err(Problem::at(place, format!("the key `{key}` is repeated here; the first is on line {}", first.line)));
            }
        }
    }
}

fn position(span: &Span) -> Position {
    Position { line: span.start.line(), column: span.start.col() + 1 }
}

/// YAML's JSON-compatible core: what JSON reads as a number, a boolean or null is one, all else is a string.
fn scalar(text: &str, style: ScalarStyle) -> Scalar {
    if style != ScalarStyle::Plain {
        return Scalar::String(text.to_owned());
    }
    match text {
        "" | "null" | "~" => Scalar::Null,
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        number if is_number(number) => Scalar::Number(number.to_owned()),
        other => Scalar::String(other.to_owned()),
    }
}

/// Whether some reader of YAML takes the plain text for something else than a string: a boolean, a number, a date, a merge.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    const WORDS: [&str; 14] = ["null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "<<", "="];
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let word = unsigned.strip_prefix('.').unwrap_or(unsigned).to_ascii_lowercase();
    // Dates, times, numbers to base 60, 16, 8 and 2, digits in groups, exponents.
    let number_like = |c: char| c.is_ascii_hexdigit() || "_.:-+xobtzTZ ".contains(c);
    let starts_number = unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|c: char| c.is_ascii_digit());
    let has_only_tens = || unsigned.chars().all(|c| c.is_ascii_digit() || "_.:-+eE tTzZ".contains(c));
    let is_based = ["0x", "0b", "0o"].iter().any(|base| unsigned.starts_with(base)) && unsigned.chars().all(number_like);
    WORDS.contains(&word.as_str()) || is_number(text) || starts_number && (has_only_tens() || is_based) && !is_version(text)
}

/// `3.0.3` and `2025.8.0` are strings to every reader.
fn is_version(text: &str) -> bool {
    text.split('.').count() == 3 && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Whether `text` is a number in JSON's grammar.
pub(crate) fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) && serde_json::from_str::<serde_json::Number>(text).is_ok()
}

/// What to say of a `$ref` that is no text.
pub(crate) fn no_reference(node: &Node) -> String {
    format!(
        "`$ref` is {}; it must be the address of a component in quotes, such as '#/components/schemas/User': without quotes, YAML takes it for a comment",
        shown(node)
    )
}

/// A value in a message.
pub(crate) fn shown(node: &Node) -> String {
    match &node.kind {
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "a mapping".to_owned(),
        Kind::Scalar(_) => {
            let text: String = node.to_json().chars().take(60).collect();
            format!("`{text}`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[test]
    fn digits_and_quotes_survive_the_way_to_json() {
        let node = Node::parse("a: '0.00'\nb: 0.00005\nc: [1, null, true]\nd: 12345678901234567890.10\n").expect("valid");
        assert_eq!(node.to_json(), r#"{"a":"0.00","b":0.00005,"c":[1,null,true],"d":12345678901234567890.10}"#);
    }

    #[test]
    fn a_duplicate_key_names_both_lines() {
        let problem = Node::parse("a: 1\nb: 2\na: 3\n").expect_err("duplicate");
        assert_eq!(problem.to_string(), "3:1: the key `a` is repeated here; the first is on line 1");
    }

    #[test]
    fn json_equality_ignores_order_but_not_digits() {
        let parse = |text| Node::parse(text).expect("valid");
        assert!(parse(r#"{"a":1,"b":"x"}"#).same_json(&parse(r#"{"b":"x","a":1}"#)));
        assert!(!parse(r#"{"a":1.0}"#).same_json(&parse(r#"{"a":1}"#)));
        assert!(!parse(r#"{"a":"1"}"#).same_json(&parse(r#"{"a":1}"#)));
    }
}
