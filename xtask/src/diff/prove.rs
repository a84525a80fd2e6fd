//! `cargo xtask spec prove`: whether what `spec diff` calls additive is a minor change of p100-raw, and what it calls breaking is not.
//!
//! Each golden case of the comparison has a like in `tests/prove`: an edit of the real document, or a reason why there is none.

mod cases;
mod report;

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use p100_codegen::{File, GENERATED, render};
use p100_spec::diff::{Bump, Change, Items, compare as changes};
use p100_spec::{Document, Node, SPEC, lint};
use serde_json::Value;

use self::cases::{Case, Edit};
use crate::git;
use crate::semver::{self, Comparison, Verdict};
use crate::surface::Surface;
use crate::terminal::say;
use crate::workspace::{Repository, STALE, in_file};

const CRATE: &str = "p100-raw";

/// Rules about samples and their codes: what has no effect on types need not be fixed for a proof.
const WITHOUT: [&str; 4] = ["examples", "error-code-table", "error-codes", "presence"];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only edits of which Rust knows nothing, all in one build.
    #[arg(long)]
    pub(crate) additive: bool,
}

/// The outcome of a case.
struct Outcome {
    case: Case,
    judgement: Judgement,
}

enum Judgement {
    /// There is no such edit of the real document, for this reason.
    None(String),
    /// The edit with its effect on the public items, and what cargo-semver-checks says of them.
    Judged { edit: Judged, semver: Option<Semver> },
}

struct Judged {
    patch: Edit,
    changes: Vec<Change>,
    items: Items,
}

/// What cargo-semver-checks says about one edit.
enum Semver {
    Minor,
    /// It names an item of the edit.
    Major,
    /// It names none: only types changed, which it does not compare.
    TypesOnly,
}

pub(crate) fn run(repository: &Repository, options: &Options) -> Result<ExitCode> {
    let prover = Prover::new(repository)?;
    let mut outcomes = Vec::new();
    for case in cases::read(repository)? {
        let judgement = prover.judge(&case)?;
        outcomes.push(Outcome { case, judgement });
    }
    let (mut quiet, mut loud) = (Vec::new(), Vec::new());
    for outcome in &mut outcomes {
        if let Judgement::Judged { edit, semver } = &mut outcome.judgement {
            if edit.items.breaks() { loud.push((&*edit, semver)) } else { quiet.push((&*edit, semver)) }
        }
    }
    if options.additive {
        loud.clear();
    }
    let mut builds = prover.ask_all(quiet)?;
    builds += prover.ask_all(loud)?;
    let failures = report::write(&outcomes, builds, !options.additive);
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::from(STALE) })
}

struct Prover<'a> {
    repository: &'a Repository,
    original: Value,
    node: Node,
    /// Public items as generated now.
    surface: Surface,
}

impl<'a> Prover<'a> {
    fn new(repository: &'a Repository) -> Result<Self> {
        let written = in_file(Node::parse(&repository.read(SPEC)?), SPEC)?;
        let original = written.to_value();
        let node = cases::node(&original, Some(&written));
        Ok(Self { surface: surface(&rendered(&node)?, repository)?, node, original, repository })
    }

    fn judge(&self, case: &Case) -> Result<Judgement> {
        let patch = match &case.edit {
            Ok(patch) => patch.clone(),
            Err(reason) => return Ok(Judgement::None(reason.clone())),
        };
        let edited = patch.apply(&self.original).with_context(|| format!("the edit of {} does not fit the document", case.name))?;
        let edited = cases::node(&edited, Some(&self.node));
        let changes = changes(&self.node, &edited);
        match files(&edited) {
            Err(reason) => Ok(Judgement::None(reason)),
            Ok(files) => {
                let items = self.surface.changes(&surface(&files, self.repository)?);
                Ok(Judgement::Judged { edit: Judged { patch, changes, items }, semver: None })
            }
        }
    }

    /// Asks cargo-semver-checks about all edits, as many at once as are beside each other; returns how often.
    fn ask_all(&self, edits: Vec<(&Judged, &mut Option<Semver>)>) -> Result<usize> {
        let mut builds = 0;
        let mut left = edits;
        while !left.is_empty() {
            let (mut document, mut taken, mut later) = (self.original.clone(), Vec::new(), Vec::new());
            for (edit, semver) in left {
                match self.with(&document, edit) {
                    Some(next) => {
                        document = next;
                        taken.push((edit, semver));
                    }
                    None => later.push((edit, semver)),
                }
            }
            ensure!(!taken.is_empty(), "an edit does not fit the document");
            let verdict = self.ask(&document)?;
            builds += 1;
            if verdict.bump == Bump::Major && taken.iter().all(|(edit, _)| !edit.items.breaks()) {
                say!("{} edits that no public item should notice: {verdict}", taken.len());
            }
            for (edit, semver) in taken {
                *semver = Some(judgement(&verdict, edit));
            }
            left = later;
        }
        Ok(builds)
    }

    /// The document with one more edit, if everything it does alone it does beside the others too.
    fn with(&self, document: &Value, edit: &Judged) -> Option<Value> {
        let next = edit.patch.apply(document).ok()?;
        let node = cases::node(&next, Some(&self.node));
        let before = changes(&self.node, &cases::node(document, Some(&self.node)));
        let after = changes(&self.node, &node);
        let has = |all: &[Change], wanted: &Change| all.iter().any(|it| it.what == wanted.what && it.pointer == wanted.pointer);
        let is_whole = before.iter().chain(&edit.changes).all(|change| has(&after, change));
        (is_whole && files(&node).is_ok()).then_some(next)
    }

    fn ask(&self, document: &Value) -> Result<Verdict> {
        let copy = git::copy(self.repository)?;
        let root = Repository::new(Some(copy.path().to_owned()));
        let files = rendered(&cases::node(document, Some(&self.node)))?;
        for file in &files {
            root.write(&file.path, &file.contents)?;
        }
        match semver::check(self.repository, CRATE, &self.repository.path(""), copy.path())? {
            Comparison::Done(verdict) => Ok(verdict),
            Comparison::Impossible(reason) => bail!("{CRATE} cannot be compared: {reason}"),
            Comparison::Broken(errors) => bail!("{CRATE} does not compile after an edit: {errors}"),
        }
    }
}

/// What is generated of an edited document, or why nothing is.
fn files(document: &Node) -> Result<Vec<File>, String> {
    let document = Document::load(&document.to_json()).map_err(|problem| problem.message)?;
    let problem = lint(&document).into_iter().find(|problem| !problem.rule.is_some_and(|rule| WITHOUT.contains(&rule)));
    match problem {
        Some(problem) => Err(format!("lint refuses it: {}", problem.message)),
        None => render(&document).map_err(|problem| format!("the generator refuses it: {}", problem.message)),
    }
}

fn rendered(document: &Node) -> Result<Vec<File>> {
    files(document).map_err(anyhow::Error::msg)
}

/// The public items of p100-raw with these generated files.
fn surface(files: &[File], repository: &Repository) -> Result<Surface> {
    let source = |path: &str| {
        let path = format!("crates/{CRATE}/src/{path}");
        let generated = files.iter().find(|file| file.path == path).map(|file| file.contents.clone());
        if path.starts_with(GENERATED[0]) { generated } else { repository.read(&path).ok() }
    };
    Surface::read(&source)
}

fn judgement(verdict: &Verdict, edit: &Judged) -> Semver {
    let broken = edit.items.vanished.iter().map(|(path, _)| path).chain(edit.items.changed.iter().map(|(path, ..)| path));
    let mut words = broken.map(|path| path.split([':', '.']).filter(|word| !word.is_empty()).rev().take(2).collect::<Vec<_>>());
    let items: Vec<&str> = verdict
        .findings
        .iter()
        .filter(|finding| finding.bump == Bump::Major)
        .flat_map(|finding| &finding.items)
        .map(String::as_str)
        .collect();
    let names = |item: &str, word: &str| item.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|it| it == word);
    if words.any(|words| items.iter().any(|item| words.iter().all(|word| names(item, word)))) {
        Semver::Major
    } else if edit.items.breaks() {
        Semver::TypesOnly
    } else if verdict.bump == Bump::Major {
        // No item of its own is named, but the build may hold no break at all.
        Semver::Major
    } else {
        Semver::Minor
    }
}

#[cfg(test)]
mod tests {
    use super::{Judgement, Prover, cases, changes};
    use crate::workspace::Repository;

    #[test]
    fn every_golden_case_has_its_like_in_the_real_document_or_a_reason() {
        let repository = Repository::new(None);
        let Prover { original, node: before, .. } = Prover::new(&repository).expect("renders");
        let mut faults = Vec::new();
        for case in cases::read(&repository).expect("complete") {
            let Ok(edit) = &case.edit else { continue };
            let edited = edit.apply(&original).unwrap_or_else(|error| panic!("{}: {error:#}", case.name));
            let found = changes(&before, &cases::node(&edited, Some(&before)));
            let is_breaking = found.iter().any(|change| change.class.is_breaking());
            let lines: Vec<String> = found.iter().map(|change| format!("{:?} {}", change.class, change.message())).collect();
            if found.is_empty() || is_breaking != case.is_breaking {
                faults.push(format!("{}: {}", case.name, lines.join("\n")));
            }
        }
        assert!(faults.is_empty(), "not like the golden cases:\n{}", faults.join("\n"));
    }

    #[test]
    fn a_new_optional_member_of_any_form_leaves_every_item_and_builder_as_it_was() {
        let repository = Repository::new(None);
        let prover = Prover::new(&repository).expect("renders");
        let mut forms = Vec::new();
        for case in cases::read(&repository).expect("complete") {
            if !case.name.starts_with("member.") || !case.name.contains("added-optional") {
                continue;
            }
            let Judgement::Judged { edit, .. } = prover.judge(&case).expect("fits") else { panic!("{} has no like", case.name) };
            assert!(edit.items.appeared.iter().any(|(path, _)| path.contains(".extra") || path.contains(".more")), "{}", case.name);
            assert!(!edit.items.breaks(), "{}: {:?}", case.name, edit.items);
            forms.push(case.name);
        }
        assert!(["list", "map", "files"].iter().all(|form| forms.iter().any(|name| name.ends_with(form))), "{forms:?}");
    }
}
