//! The one canonical way to write the document, so that a diff shows only what changed.

mod emit;
mod order;

use crate::node::{Node, Source};
use crate::{Position, Problem};

/// Formats the text of the document. Comments are kept at the very top only.
///
/// # Errors
/// Text that is not valid YAML, or of which anything would be lost or would change for some reader: a comment below the top, characters
/// that cannot be seen, a plain word that is a string to some readers only.
pub fn format(text: &str) -> Result<String, Problem> {
    let source = Source::read(text)?;
    let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
    if let Some(place) = source.comments.iter().find(|place| place.line > head.len()) {
        let rest = text.lines().nth(place.line - 1).and_then(|line| line.char_indices().nth(place.column - 1).map(|(at, _)| &line[at..]));
        let message = match rest.filter(|comment| comment.starts_with("#/")) {
            Some(_) => "YAML takes this for a comment, so the reference is empty; write it in quotes: '#/components/...'",
            None => "comments are allowed only at the top of the document; say it in a description or in spec/CHANGES.md",
        };
        return Err(Problem::at(*place, message));
    }
    if let Some(unclear) = source.unclear.into_iter().next() {
        return Err(unclear);
    }
    let head: String = head.into_iter().map(|line| format!("{line}\n")).collect();
    let formatted = head.clone() + &write(source.node.clone());
    let again = Node::parse(&formatted).ok().filter(|again| again.same_json(&source.node));
    if again.is_some_and(|again| head + &write(again) == formatted) {
        Ok(formatted)
    } else {
        Err(Problem::at(Position::default(), "formatting would change the content of this document; nothing was written"))
    }
}

/// The text of a document that was read and changed, in canonical form.
pub fn write(root: Node) -> String {
    emit::emit(&order::order(root))
}

/// A string on a line of its own, quoted where some reader of YAML would take the plain form for something else.
pub fn quoted(text: &str) -> String {
    emit::scalar(text, false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::format;
    use crate::{Kind, Node, Position, Scalar};

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
        assert!(problem.to_string().starts_with("2:6: comments are allowed only at the top"), "{problem}");
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

    /// Documents and what keeps them from being formatted; an empty text if nothing does.
    #[test]
    fn nothing_is_lost_and_nothing_changes_its_meaning() {
        for (text, refusal) in [
            ("a:\n  $ref: #/components/schemas/B\nb: '#/components/schemas/B'\n", "2:9: YAML takes this for a comment, so the reference"),
            ("a: [{$ref: #/components/schemas/B\n  }]\n", "1:12: YAML takes this for a comment"),
            ("a: x # x\n", "1:6: comments are allowed only at the top"),
            ("a: x\n# x\n", "2:1: comments are allowed only at the top"),
            ("a:\n  # x\n  b: x\n", "2:3: comments are allowed only at the top"),
            ("a: | # x\n  x\n", "1:6: comments are allowed only at the top"),
            ("a: [x, # x\n  y]\n", "1:8: comments are allowed only at the top"),
            ("a: 'x' # x\n", "1:8: comments are allowed only at the top"),
            ("a: ['it''s # x', \"\\\" # x\"] # x\n", "1:28: comments are allowed only at the top"),
            ("a: '' # x\n", "1:7: comments are allowed only at the top"),
            ("\n# x\na: x\n", "2:1: comments are allowed only at the top"),
            ("a: x\n...\n# x\n", "3:1: comments are allowed only at the top"),
            ("'a#b': |\n  x # y\n  # z\nb: x#y\nc: \"x # y\n  # z\"\nd: >-\n  x\n  # y\n", ""),
            ("a: no\n", "1:4: some readers of YAML take the plain `no`"),
            ("a: Off\n", "1:4: some readers"),
            ("a: TRUE\n", "1:4: some readers"),
            ("a: 0x10\n", "1:4: some readers"),
            ("a: 0o17\n", "1:4: some readers"),
            ("a: 007\n", "1:4: some readers"),
            ("a: 1_000\n", "1:4: some readers"),
            ("a: 2026-02-14\n", "1:4: some readers"),
            ("a: 2026-02-14 10:00:00\n", "1:4: some readers"),
            ("a: 12:30\n", "1:4: some readers"),
            ("a: .5\n", "1:4: some readers"),
            ("a: +1\n", "1:4: some readers"),
            ("a: -.inf\n", "1:4: some readers"),
            ("a: .NaN\n", "1:4: some readers"),
            ("a: Null\n", "1:4: some readers"),
            ("no: x\n", "1:1: some readers"),
            ("200: x\n", "1:1: the key `200` is no string"),
            ("~: x\n", "1:1: the key `~` is no string"),
            ("a:\n  <<: {b: x}\n", "2:3: some readers of YAML take the plain `<<`"),
            ("a: 1e3\nb: 1.50\nc: ~\nd:\ne: true\nf: -0.10\ng: 2026.2.0\nh: 'no'\n", ""),
            ("a: &x b\n", "1:4: YAML anchors"),
            ("&x a: b\n", "1:1: a key has no YAML anchor"),
            ("a: !!str 1\n", "1:4: YAML anchors"),
            ("a: x\n---\nb: x\n", "2:1: a second YAML document"),
            ("%YAML 1.1\n---\na: x\n", "1:1: YAML directives"),
            ("a: x\na: y\n", "2:1: the key `a` is repeated here"),
            ("\u{feff}a: x\n", "1:1: the character U+FEFF cannot be seen"),
            ("a: x\ty\n", "1:5: the character U+0009 cannot be seen"),
            ("a: \"x\\ty\"\n", "1:4: the text holds U+0009"),
            ("a: \"x\\u202ey\"\n", "1:4: the text holds U+202E"),
            ("a: x\u{a0}y\n", "1:5: the character U+00A0"),
            ("a: x\r\nb: |\r\n  y\r\n  z\r\n", ""),
            ("# top\r\na: x\r\n", ""),
            ("a: |+\n  x\n\n\nb: |2-\n    x\n  y\nc: \"x \\n y\"\nd: \"\\n\"\ne: ' x '\nf: ''\n", ""),
            ("'a: b': x\n'- c': x\n'': x\n'1e3': x\n\"d\\ne\": x\n", ""),
        ] {
            let formatted = format(text);
            if !refusal.is_empty() {
                let problem = formatted.expect_err(text).to_string();
                assert!(problem.starts_with(refusal), "{text:?}: {problem}");
                continue;
            }
            let formatted = formatted.unwrap_or_else(|problem| panic!("{text:?}: {problem}"));
            let read = |text: &str| crate::Node::parse(text).expect("valid");
            assert!(read(&formatted).same_json(&read(text)), "{text:?}: {formatted:?}");
            assert_eq!(format(&formatted).expect("valid"), formatted);
            assert_eq!(formatted.matches('#').count(), text.matches('#').count(), "{text:?}: {formatted:?}");
        }
    }

    /// Scalars that are hard to write, in maps and lists.
    fn trees() -> impl Strategy<Value = Node> {
        let text = "[a-z#:\\-'\"\\\\,\\[\\]{}&*!|>%@`~<=.?0-9eExot_TZ+ \n]{0,14}";
        let words = proptest::sample::select(vec![
            "no",
            "1e3",
            "0x10",
            "~",
            "2026-02-14",
            "007",
            "<<",
            "",
            "null",
            "12:30",
            ".inf",
            "a\n",
            "# x",
            "x #",
        ]);
        let string = prop_oneof![text.prop_map(String::from), words.prop_map(str::to_owned)];
        let number = prop_oneof![Just("0.10"), Just("-1e3"), Just("12345678901234567890.10")];
        let scalar = prop_oneof![
            string.clone().prop_map(Scalar::String),
            Just(Scalar::Null),
            any::<bool>().prop_map(Scalar::Bool),
            number.prop_map(|text| Scalar::Number(text.to_owned())),
        ];
        let node = |kind| Node { kind, position: Position::default() };
        let leaf = scalar.prop_map(move |scalar| node(Kind::Scalar(scalar)));
        leaf.prop_recursive(4, 24, 5, move |inner| {
            let member = (string.clone(), inner.clone());
            prop_oneof![
                proptest::collection::vec(inner, 0..5).prop_map(move |items| node(Kind::List(items))),
                proptest::collection::vec(member, 0..5).prop_map(move |members| {
                    node(Kind::Map(members.into_iter().map(|(key, value)| (key, (Position::default(), value))).collect()))
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_is_read_back_and_written_again_the_same(tree in trees()) {
            let written = super::write(tree.clone());
            let read = Node::parse(&written).unwrap_or_else(|problem| panic!("{problem} in {written:?}"));
            prop_assert!(read.same_json(&tree), "{written:?} is not {}", tree.to_json());
            prop_assert_eq!(format(&written).expect("it is clear"), written);
        }

        #[test]
        fn what_is_formatted_is_what_was_read(text in "([a-c$]: ?|[#] |'|\"|- |\n|\n  |no|1e3|x|[|>]-?\n  |[\\[\\]{},]|\t|\r\n|&x |%| #)+") {
            if let Ok(formatted) = format(&text) {
                let read = |text: &str| Node::parse(text).expect("valid");
                prop_assert!(read(&formatted).same_json(&read(&text)), "{:?} is not {:?}", formatted, text);
                prop_assert_eq!(formatted.matches('#').count(), text.matches('#').count());
            }
        }
    }
}
