//! The one canonical way to write the document, so that a diff shows only what changed.

mod emit;
mod order;

use crate::node::{Kind, Node, Scalar};
use crate::{Position, Problem};

/// Formats the text of the document. Comments are kept at the very top only.
///
/// # Errors
/// Text that is not valid YAML, or a comment below the top: formatting would lose it.
pub fn format(text: &str) -> Result<String, Problem> {
    let node = Node::parse(text)?;
    let head: String = text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    refuse_comments(text, head.lines().count(), &node)?;
    let formatted = head + &write(node.clone());
    if Node::parse(&formatted).is_ok_and(|again| again.same_json(&node)) {
        Ok(formatted)
    } else {
        Err(Problem::at(Position::default(), "formatting would change the content of this document; nothing was written"))
    }
}

/// The text of a document that was read and changed, in canonical form.
#[must_use]
pub fn write(root: Node) -> String {
    emit::emit(&order::order(root))
}

fn refuse_comments(text: &str, head: usize, node: &Node) -> Result<(), Problem> {
    let mut words = Vec::new();
    collect_text(node, &mut words);
    for (index, line) in text.lines().enumerate().skip(head) {
        let comment = line.match_indices('#').find(|(at, _)| *at == 0 || line[..*at].ends_with([' ', '\t']));
        if let Some((at, _)) = comment {
            let rest = line[at..].trim_end_matches(['\'', '"', ']', '}', ',']).trim_end();
            if !words.iter().any(|word| word.contains(rest)) {
                let place = Position { line: index + 1, column: at + 1 };
                return Err(Problem::at(
                    place,
                    "comments stand only at the top of the document; say it in a description or in spec/CHANGES.md",
                ));
            }
        }
    }
    Ok(())
}

fn collect_text<'a>(node: &'a Node, words: &mut Vec<&'a str>) {
    match &node.kind {
        Kind::Scalar(Scalar::String(text)) => words.push(text),
        Kind::Scalar(_) => {}
        Kind::List(items) => items.iter().for_each(|item| collect_text(item, words)),
        Kind::Map(map) => {
            for (key, (_, node)) in map {
                words.push(key);
                collect_text(node, words);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::format;

    const SMALL: &str = "info:
  version: 1.0.0
  title: T
openapi: 3.0.3
components:
  schemas:
    B:
      properties:
        z: {type: string, description: 'a: b'}
        a:
          type: number
          description: >-
            some words
            that go on
      required: [z]
      type: object
    A: {type: string, enum: ['1', 'no', x]}
";

    #[test]
    fn keys_get_their_order_and_properties_keep_theirs() {
        let expected = "openapi: 3.0.3
info:
  title: T
  version: 1.0.0
components:
  schemas:
    A:
      type: string
      enum: ['1', 'no', x]
    B:
      type: object
      required: [z]
      properties:
        z:
          description: 'a: b'
          type: string
        a:
          description: some words that go on
          type: number
";
        let once = format(SMALL).expect("valid");
        assert_eq!(once, expected);
        assert_eq!(format(&once).expect("valid"), once);
    }

    #[test]
    fn a_comment_in_the_middle_is_refused_with_its_place() {
        let problem = format("a: 1\nb: 2 # why\n").expect_err("comment");
        assert!(problem.to_string().starts_with("2:6: comments stand only at the top"), "{problem}");
        assert_eq!(format("# top\na: 'x # y'\n").expect("valid"), "# top\na: 'x # y'\n");
    }

    #[test]
    fn long_text_is_folded_and_paragraphs_stay() {
        let long = "word ".repeat(40);
        let text = format!("a: {}\nb: |-\n  one\n\n  two\n", long.trim());
        let formatted = format(&text).expect("valid");
        assert!(formatted.starts_with("a: >-\n  word word"), "{formatted}");
        assert!(formatted.ends_with("b: |-\n  one\n\n  two\n"), "{formatted}");
        assert!(formatted.lines().all(|line| line.len() <= 110));
        assert_eq!(format(&formatted).expect("valid"), formatted);
    }
}
