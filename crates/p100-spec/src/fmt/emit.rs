//! Writes a tree as YAML text: block style, short lists inline, long text folded at 110 columns.

use crate::node::{Kind, Node, Scalar, is_ambiguous};
use crate::text::is_visible;

const WIDTH: usize = 110;

pub(super) fn emit(root: &Node) -> String {
    let mut out = String::new();
    match inline(root).filter(|_| !breakable(root)) {
        Some(text) => out.push_str(&format!("{text}\n")),
        None => block(root, 0, &mut out),
    }
    out
}

/// Writes a collection as lines of its own, each ending with a line break.
fn block(node: &Node, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match &node.kind {
        Kind::Map(map) => {
            for (key, (_, value)) in map {
                let key = scalar(key, false);
                out.push_str(&format!("{pad}{key}:"));
                after_key(value, indent, pad.len() + key.chars().count() + 1, out);
            }
        }
        Kind::List(items) => {
            for item in items {
                item_of_list(item, indent, out);
            }
        }
        Kind::Scalar(value) => out.push_str(&format!("{pad}{}\n", inline_scalar(value, false))),
    }
}

fn after_key(value: &Node, indent: usize, used: usize, out: &mut String) {
    if let Some(text) = inline(value).filter(|text| used + 1 + text.chars().count() <= WIDTH || !breakable(value)) {
        out.push_str(&format!(" {text}\n"));
    } else if let Kind::Scalar(Scalar::String(text)) = &value.kind {
        block_text(text, indent + 2, out);
    } else {
        out.push('\n');
        block(value, indent + 2, out);
    }
}

fn item_of_list(item: &Node, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let flow = flow_map(item).filter(|text| indent + 2 + text.len() <= WIDTH);
    if let Some(text) = flow.or_else(|| inline(item)) {
        out.push_str(&format!("{pad}- {text}\n"));
        return;
    }
    if let Kind::Scalar(Scalar::String(text)) = &item.kind {
        out.push_str(&format!("{pad}-"));
        block_text(text, indent + 2, out);
        return;
    }
    let mut lines = String::new();
    block(item, indent + 2, &mut lines);
    out.push_str(&format!("{pad}- {}", lines.trim_start()));
}

/// The value on the line of its key, where that is a way to write it.
fn inline(value: &Node) -> Option<String> {
    match &value.kind {
        Kind::Scalar(Scalar::String(text)) if is_literal(text) => None,
        Kind::Scalar(value) => Some(inline_scalar(value, false)),
        Kind::List(items) => {
            let scalars: Option<Vec<String>> = items.iter().map(flow_scalar).collect();
            Some(format!("[{}]", scalars?.join(", ")))
        }
        Kind::Map(map) if map.is_empty() => Some("{}".to_owned()),
        Kind::Map(_) => None,
    }
}

fn flow_scalar(item: &Node) -> Option<String> {
    match &item.kind {
        Kind::Scalar(Scalar::String(text)) if text.contains('\n') => None,
        Kind::Scalar(value) => Some(inline_scalar(value, true)),
        _ => None,
    }
}

/// A map of up to four scalars on one line, for tables such as the error codes.
fn flow_map(value: &Node) -> Option<String> {
    let map = value.as_map().filter(|map| (2..=4).contains(&map.len()))?;
    let members: Option<Vec<String>> = map
        .iter()
        .map(|(key, (_, node))| match &node.kind {
            Kind::Scalar(Scalar::String(text)) if text.contains(char::is_whitespace) => None,
            Kind::Scalar(value) => Some(format!("{}: {}", scalar(key, true), inline_scalar(value, true))),
            _ => None,
        })
        .collect();
    Some(format!("{{{}}}", members?.join(", ")))
}

/// Whether the value can also be written on several lines.
fn breakable(value: &Node) -> bool {
    match &value.kind {
        Kind::Scalar(Scalar::String(text)) => foldable(text),
        Kind::Scalar(_) => false,
        Kind::List(items) => !items.is_empty(),
        Kind::Map(map) => !map.is_empty(),
    }
}

/// Whether a literal block gives the text back: lines that neither start nor end with white space of their own.
fn is_literal(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let has_lines = text.contains('\n') && !body.is_empty() && !body.starts_with([' ', '\n']) && !body.ends_with('\n');
    has_lines && body.split('\n').all(|line| line.trim_end() == line && line.chars().all(is_visible))
}

fn foldable(text: &str) -> bool {
    text.contains(' ') && text.trim() == text && !text.contains("  ") && text.chars().all(is_visible)
}

fn block_text(text: &str, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    if !text.contains('\n') {
        out.push_str(" >-\n");
        let mut line = String::new();
        for word in text.split(' ') {
            if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
                out.push_str(&format!("{pad}{line}\n"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        out.push_str(&format!("{pad}{line}\n"));
        return;
    }
    let (mark, body) = match text.strip_suffix('\n') {
        Some(body) if !body.ends_with('\n') => ("|", body),
        _ => ("|-", text),
    };
    out.push_str(&format!(" {mark}\n"));
    for line in body.split('\n') {
        out.push_str(format!("{pad}{line}").trim_end());
        out.push('\n');
    }
}

fn inline_scalar(value: &Scalar, flow: bool) -> String {
    match value {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(flag) => flag.to_string(),
        Scalar::Number(text) => text.clone(),
        Scalar::String(text) => scalar(text, flow),
    }
}

/// A string, quoted only where some YAML reader would take the plain form for something else.
pub(super) fn scalar(text: &str, flow: bool) -> String {
    if !text.chars().all(is_visible) {
        return serde_json::Value::from(text).to_string();
    }
    if is_plain(text, flow) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

fn is_plain(text: &str, flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let starts_syntax = "-?:,[]{}#&*!|>'\"%@`+.=".contains(first);
    let holds_syntax = text.contains(": ") || text.ends_with(':') || text.contains(" #");
    let ends_flow = flow && text.contains(['[', ']', '{', '}', ',']);
    !(text.trim() != text || starts_syntax || holds_syntax || ends_flow || is_ambiguous(text))
}
