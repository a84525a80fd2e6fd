//! The golden cases and their likes in the real document.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};
use p100_spec::{Kind, Node, Position, Scalar};
use serde_json::Value;

use crate::workspace::Repository;

const GOLDEN: &str = "crates/p100-spec/tests/diff";
const LIKES: &str = "xtask/tests/prove";

pub(super) struct Case {
    pub(super) name: String,
    /// Whether the golden verdict breaks somebody; otherwise it is additive.
    pub(super) is_breaking: bool,
    /// The edit of the real document, or why there is none.
    pub(super) edit: Result<Edit, String>,
}

#[derive(Clone)]
pub(super) struct Edit(json_patch::Patch);

impl Edit {
    pub(super) fn apply(&self, document: &Value) -> Result<Value> {
        let mut edited = document.clone();
        json_patch::patch(&mut edited, &self.0)?;
        Ok(edited)
    }
}

/// All cases that break or add something, by name.
pub(super) fn read(repository: &Repository) -> Result<Vec<Case>> {
    let mut likes = likes(repository)?;
    let mut cases = Vec::new();
    for (name, text) in files(repository, GOLDEN, "txt")? {
        let has = |word: &str| text.lines().any(|line| line.starts_with(word));
        let is_breaking = has("breaking-");
        if is_breaking || has("additive") {
            let edit = likes.remove(&name).with_context(|| format!("the golden case {name} has no like in {LIKES}, not even a reason"))?;
            cases.push(Case { name, is_breaking, edit });
        }
    }
    ensure!(likes.is_empty(), "{LIKES} names no golden case: {}", likes.into_keys().collect::<Vec<_>>().join(", "));
    Ok(cases)
}

fn likes(repository: &Repository) -> Result<BTreeMap<String, Result<Edit, String>>> {
    let mut found = BTreeMap::new();
    for (file, text) in files(repository, LIKES, "json")? {
        let all: BTreeMap<String, Value> =
            serde_json::from_str(&text).with_context(|| format!("{LIKES}/{file}.json is not as expected"))?;
        for (name, like) in all {
            let edit = match like.get("none").and_then(Value::as_str) {
                Some(reason) => Err(reason.to_owned()),
                None => {
                    let patch = serde_json::from_value(like["edit"].clone());
                    Ok(Edit(patch.with_context(|| format!("{LIKES}/{file}.json: {name} has neither an edit nor a reason"))?))
                }
            };
            found.insert(name, edit);
        }
    }
    Ok(found)
}

/// The files of a folder by their names without the ending.
fn files(repository: &Repository, folder: &str, ending: &str) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(repository.path(folder)).with_context(|| format!("cannot read {folder}"))? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.extension().is_some_and(|it| it == ending), path.file_stem()) {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            found.insert(name.to_string_lossy().into_owned(), text);
        }
    }
    Ok(found)
}

/// The tree of a value without positions, its keys in the order of `like`, and new ones behind them: the order of events is part of what
/// is generated.
pub(super) fn node(value: &Value, like: Option<&Node>) -> Node {
    let kind = match value {
        Value::Null => Kind::Scalar(Scalar::Null),
        Value::Bool(flag) => Kind::Scalar(Scalar::Bool(*flag)),
        Value::Number(number) => Kind::Scalar(Scalar::Number(number.to_string())),
        Value::String(text) => Kind::Scalar(Scalar::String(text.clone())),
        Value::Array(items) => {
            let likes = like.into_iter().flat_map(Node::items).map(Some).chain(std::iter::repeat(None));
            Kind::List(items.iter().zip(likes).map(|(item, like)| node(item, like)).collect())
        }
        Value::Object(members) => {
            let known = like.into_iter().flat_map(Node::members).map(|(key, _)| key).filter(|key| members.contains_key(*key));
            let is_new = |key: &&str| like.is_none_or(|like| like.get(key).is_none());
            let keys: Vec<&str> = known.chain(members.keys().map(String::as_str).filter(is_new)).collect();
            let member = |key: &str| (Position::default(), node(&members[key], like.and_then(|like| like.get(key))));
            Kind::Map(keys.into_iter().map(|key| (key.to_owned(), member(key))).collect())
        }
    };
    Node { kind, position: Position::default() }
}
