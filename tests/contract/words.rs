//! What users read uses the field's words: documentation, messages, help, pages, the document and what is generated from it.

use std::fs;
use std::path::{Path, PathBuf};

/// Words that users need not learn, and what to write instead. Small letters; a blank is also a line break.
const WORDS: [(&str, &str); 25] = [
    ("answer", RESPONSE),
    ("answers", RESPONSE),
    ("answered", RESPONSE),
    ("answering", RESPONSE),
    ("unanswered", "without a response, or unverified"),
    ("mend", "fix"),
    ("mends", "fix"),
    ("mended", "fix"),
    ("mending", "fix"),
    ("fate", "outcome"),
    ("fates", "outcome"),
    ("became of", "the outcome of, or what happened to"),
    ("becomes of", "the outcome of, or what happens to"),
    ("told", REPORT),
    ("tells", REPORT),
    ("stands", "is, appears, or means"),
    ("stood", "was"),
    ("held against", COMPARE),
    ("holds against", COMPARE),
    ("broke off", CUT_OFF),
    ("breaks off", CUT_OFF),
    ("broken off", CUT_OFF),
    ("did not arrive whole", "is incomplete"),
    ("read whole", "read completely"),
    ("all the same", "anyway"),
];

const RESPONSE: &str = "response (noun), or returns, responds (verb)";
const REPORT: &str = "reports, says or shows; of values distinguishes, of an event identifies";
const COMPARE: &str = "compared with, or checked against";
const CUT_OFF: &str = "was cut off (a transfer), was interrupted (work)";

/// What users, curators and reviewers read.
const READ: [&str; 11] = [
    ".github",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "crates",
    "docs/coverage.md",
    "docs/maintaining.md",
    "spec",
    "xtask/src",
    "bench/src",
    "schemathesis.toml",
];

#[test]
fn what_users_read_has_the_words_of_the_field() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for path in READ {
        collect(&root.join(path), &mut paths);
    }
    assert!(paths.len() > 200, "{} files are too few: the directories have moved", paths.len());
    let mut found = Vec::new();
    for path in &paths {
        let name = path.strip_prefix(root).expect("below the root").to_str().expect("UTF-8").replace('\\', "/");
        let text = fs::read_to_string(path).expect("readable");
        for (line, word, instead) in problems(live(&name, &text)) {
            let source = text.lines().nth(line - 1).unwrap_or_default();
            found.push(format!("{name}:{line}: `{word}`: write {instead}\n    {}", source.trim()));
        }
    }
    assert!(found.is_empty(), "{} words that users need not learn:\n{}", found.len(), found.join("\n"));
}

#[test]
fn words_are_found_alone_and_across_lines_and_not_in_others() {
    let lines = |text: &'static str| {
        problems(text.lines().enumerate().map(|(at, line)| (at + 1, line))).map(|(line, word, _)| (line, word)).collect::<Vec<_>>()
    };
    assert_eq!(lines("x\n/// An Answer came\n"), [(2, "answer")]);
    assert_eq!(lines("/// what became\n/// of it"), [(1, "became of")]);
    assert_eq!(lines("- what it was held\n  against"), [(1, "held against")]);
    assert_eq!(lines("let answer = `no_answer`;"), [(1, "answer")]);
    assert_eq!(lines("recommended amended fateful understands retold Stands\u{fc} fold"), []);
}

/// The lines that hold today: of the changelog what is not released, without notes on renamed things, which have to have the old names.
fn live<'t>(name: &str, text: &'t str) -> impl Iterator<Item = (usize, &'t str)> + use<'t> {
    let is_log = name == "CHANGELOG.md";
    let mut sections = 0;
    let mut item = String::new();
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut pending: Vec<(usize, &str)> = Vec::new();
    let mut settle = |item: &mut String, pending: &mut Vec<(usize, &'t str)>| {
        if is_log && ["->", "(was ", "renamed"].iter().any(|mark| item.contains(mark)) {
            pending.clear();
        }
        lines.append(pending);
        item.clear();
    };
    for (at, line) in text.lines().enumerate() {
        sections += usize::from(is_log && line.starts_with("## "));
        if sections > 1 {
            break;
        }
        if line.trim_start().starts_with("- ") || line.is_empty() || line.starts_with('#') {
            settle(&mut item, &mut pending);
        }
        item.push_str(line);
        pending.push((at + 1, line));
    }
    settle(&mut item, &mut pending);
    lines.into_iter()
}

/// Line, word and what to write instead, for each word that should not be there.
fn problems<'t>(lines: impl Iterator<Item = (usize, &'t str)>) -> impl Iterator<Item = (usize, &'static str, &'static str)> {
    let lines: Vec<(usize, String)> = lines.map(|(at, line)| (at, bare(line).to_lowercase())).collect();
    let mut found = Vec::new();
    for (index, (at, line)) in lines.iter().enumerate() {
        let next = lines.get(index + 1).map_or("", |(_, next)| next);
        let both = format!("{line} {next}");
        for (word, instead) in WORDS {
            let is_here = both.match_indices(word).any(|(start, _)| {
                let (before, after) = (&both[..start], &both[start + word.len()..]);
                start < line.len() && !before.ends_with(is_of_a_word) && !after.starts_with(is_of_a_word)
            });
            if is_here {
                found.push((*at, word, instead));
            }
        }
    }
    found.into_iter()
}

fn is_of_a_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// A line without what makes it a comment.
fn bare(line: &str) -> &str {
    let line = line.trim();
    ["///", "//!", "//", "# ", "> "].iter().find_map(|mark| line.strip_prefix(mark)).unwrap_or(line).trim()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        let is_text =
            path.extension().is_some_and(|end| ["rs", "md", "yaml", "yml", "toml", "json", "html", "txt"].iter().any(|text| end == *text));
        files.extend(is_text.then(|| path.to_owned()));
        return;
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        // Tests are read by us alone, and what is built is no source.
        if !["tests", "target"].iter().any(|name| path.ends_with(name)) {
            collect(&path, files);
        }
    }
}
