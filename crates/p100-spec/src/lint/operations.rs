//! Rules about operations as a whole: ids, tags, pages, paths, retries, outcomes, security and servers.

use std::collections::BTreeMap;

use super::walk::{components, entries, key_position, owners};
use crate::document::{Method, Operation, Retry};
use crate::names::{self, rust_method, snake};
use crate::{Document, Node, Position, Problem};

/// Methods of several words that the client and the mock server have beside the operations.
const CLIENT_METHODS: [&str; 5] = ["base_url", "renew_fallback", "start_async", "with_corrections", "with_transport"];

/// The keys a path may have.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What is said of the second thing under the same key.
pub(super) fn repeated<K: Ord, T>(
    things: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
    complain: impl Fn(&T, &T) -> Problem,
) -> Vec<Problem> {
    let mut first: BTreeMap<K, T> = BTreeMap::new();
    let mut problems = Vec::new();
    for thing in things {
        match first.get(&key(&thing)) {
            Some(earlier) => problems.push(complain(earlier, &thing)),
            None => drop(first.insert(key(&thing), thing)),
        }
    }
    problems
}

/// Lower-case letters, then at least one further word. Two capitals in a row would be split in as many ways as there are tools.
pub(super) fn is_camel_case(id: &str) -> bool {
    let is_capital = |c: char| c.is_ascii_uppercase();
    let pairs = id.chars().zip(id.chars().skip(1));
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.contains(is_capital)
        && id.chars().all(|c| c.is_ascii_alphanumeric())
        && !pairs.into_iter().any(|(one, next)| is_capital(one) && is_capital(next))
}

fn id_position(operation: &Operation) -> Position {
    key_position(&operation.node, "operationId")
}

pub(super) fn ids(document: &Document) -> Vec<Problem> {
    let mut problems = repeated(
        document.operations(),
        |operation| rust_method(&operation.id),
        |first, second| {
            let message = format!("the Rust method `{}` is already that of `{}`; rename one of them", rust_method(&second.id), first.id);
            Problem::at(id_position(second), message).on(&second.id)
        },
    );
    for operation in document.operations() {
        let id = &operation.id;
        if !is_camel_case(id) {
            let message = "an operationId is a lower-case verb and a noun in camelCase, such as `createUser`";
            problems.push(Problem::at(id_position(operation), message).on(id));
        }
        if CLIENT_METHODS.contains(&rust_method(id).as_str()) {
            problems.push(Problem::at(id_position(operation), "the generated client has a method of this name; choose another").on(id));
        }
    }
    problems
}

pub(super) fn tags(document: &Document) -> Vec<Problem> {
    let declared: Vec<(&str, Position)> =
        document.root().get("tags").into_iter().flat_map(Node::items).filter_map(|tag| Some((tag.str("name")?, tag.position))).collect();
    let mut problems = repeated(
        declared.clone(),
        |(tag, _)| snake(tag),
        |(first, _), (second, position)| {
            Problem::at(*position, format!("the tags `{first}` and `{second}` give the same module; rename one of them"))
        },
    );
    for (tag, position) in &declared {
        if !names::is_module(&snake(tag)) {
            let message =
                format!("the tag `{tag}` gives no name of a module and a file of its own; start with a letter, or choose another word");
            problems.push(Problem::at(*position, message));
        }
    }
    for (subject, node) in owners(document) {
        let used: Vec<&str> = node.strings("tags").collect();
        let position = key_position(node, "tags");
        if used.is_empty() {
            problems.push(Problem::at(position, "it has no tag; the first one is its module, so add it").on(subject));
        }
        for tag in &used {
            if !declared.iter().any(|(name, _)| name == tag) {
                let message = format!("the tag `{tag}` is not declared in the `tags` of the document; declare it or fix the spelling");
                problems.push(Problem::at(position, message).on(subject));
            }
        }
        problems.extend(repeated(
            used,
            |tag| (*tag).to_owned(),
            |_, tag| Problem::at(position, format!("the tag `{tag}` is listed twice")).on(subject),
        ));
    }
    for operation in document.operations() {
        let events = document.webhooks().iter().filter_map(|event| event.tags.first());
        if operation.tags.first().is_some_and(|module| events.into_iter().any(|tag| tag == module)) {
            let message = format!("its first tag `{}` is the module of events; put the module of the operation first", operation.tags[0]);
            problems.push(Problem::at(key_position(&operation.node, "tags"), message).on(&operation.id));
        }
    }
    problems
}

pub(super) fn docs_pages(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut pages = Vec::new();
    for (subject, node) in owners(document) {
        let list: Vec<&Node> = node.get("x-docs-pages").into_iter().flat_map(Node::items).collect();
        if list.is_empty() {
            problems.push(
                Problem::at(key_position(node, "x-docs-pages"), "`x-docs-pages` lists no page; name the pages that describe it")
                    .on(subject),
            );
        }
        for page in list {
            match page.as_str() {
                Some(id) => pages.push((id, page.position, subject)),
                None => {
                    let message =
                        format!("the page id {} is not a string: tools read digits around an `e` as a number; quote it", page.to_json());
                    problems.push(Problem::at(page.position, message).on(subject));
                }
            }
        }
        if node.at(&["externalDocs", "url"]).is_none() {
            let message = "`externalDocs.url` is missing; give the address of the first page";
            problems.push(Problem::at(key_position(node, "externalDocs"), message).on(subject));
        }
    }
    problems.extend(repeated(
        pages,
        |(id, ..)| *id,
        |(_, _, first), (id, position, subject)| {
            Problem::at(*position, format!("the page `{id}` already covers `{first}`; a page belongs to one operation or event"))
                .on(*subject)
        },
    ));
    problems
}

/// The template with its parameters made anonymous, or what is wrong with it.
fn template(path: &str) -> Result<String, &'static str> {
    let mut segments = path.split('/');
    if segments.next() != Some("") || path.contains("//") || path.ends_with('/') {
        return Err("a path starts with a slash, has no empty segment and does not end with a slash");
    }
    if path.split('/').any(|part| matches!(part, "." | "..")) {
        return Err("a path has no `.` and `..`: clients leave them out, and call another path");
    }
    let segment = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) if !name.is_empty() && !name.contains(['{', '}']) => Ok("{}".to_owned()),
        None if !part.contains(['{', '}', '?', '#']) => Ok(part.to_owned()),
        _ => Err("a `{parameter}` is a whole segment of the path, and queries do not belong into it"),
    };
    segments.map(segment).collect::<Result<Vec<_>, _>>().map(|parts| parts.join("/"))
}

pub(super) fn paths(document: &Document) -> Vec<Problem> {
    let paths: Vec<_> = entries(document.root().get("paths")).collect();
    let mut problems = Vec::new();
    for (path, position, item) in &paths {
        if let Err(message) = template(path) {
            problems.push(Problem::at(*position, message).on(*path));
        }
        for (key, position, _) in entries(Some(item)).filter(|(key, ..)| !METHODS.contains(key)) {
            let message =
                format!("`{key}` is not read: a path holds nothing but {}; what they share is written on each", METHODS.join(", "));
            problems.push(Problem::at(position, message).on(*path));
        }
    }
    problems.extend(repeated(
        paths,
        |(path, ..)| template(path).unwrap_or_else(|_| (*path).to_owned()),
        |(first, ..), (path, position, _)| {
            Problem::at(*position, format!("it is the same path as `{first}`, only its parameters are named differently; make it one"))
                .on(*path)
        },
    ));
    problems
}

pub(super) fn retry(document: &Document) -> Vec<Problem> {
    let is_noise = |operation: &&Operation| {
        let default = if operation.method == Method::Get { Retry::Safe } else { Retry::Never };
        ["safe", "never"].map(Some).contains(&operation.node.str("x-retry")) && operation.retry == default
    };
    let complain = |operation: &Operation| {
        let message = format!("`x-retry` says what holds for every {} anyway; leave it out", operation.method.word());
        Problem::at(key_position(&operation.node, "x-retry"), message).on(&operation.id)
    };
    document.operations().iter().filter(is_noise).map(complain).collect()
}

pub(super) fn resource(document: &Document) -> Vec<Problem> {
    let listed: Vec<(&str, Position, &Node)> = entries(document.root().get("x-resources")).collect();
    let position = |operation: &Operation| key_position(&operation.node, "x-resource");
    let mut problems: Vec<Problem> = listed
        .iter()
        .filter(|(name, ..)| !names::is_module(name) || snake(name) != *name)
        .map(|(name, position, _)| {
            Problem::at(*position, format!("`{name}` is no name of a resource: write it in snake_case, such as `payment_links`"))
        })
        .collect();
    let is_used = |name: &str| {
        let named = document.operations().iter().filter_map(|operation| operation.node.str("x-resource"));
        named.into_iter().any(|method| method.split('.').next() == Some(name))
    };
    let unused = listed.iter().filter(|(name, ..)| !is_used(name));
    problems.extend(
        unused.map(|(name, position, _)| Problem::at(*position, format!("no `x-resource` names the resource `{name}`; leave it out"))),
    );
    for operation in document.operations() {
        let message = match (operation.node.get("x-resource"), &operation.resource) {
            (None, _) => "`x-resource` is missing: name the method that calls it, such as `users.balances`".to_owned(),
            (Some(_), None) => "`x-resource` is a resource and its method, both in snake_case, such as `users.balances`".to_owned(),
            (_, Some(method)) if !listed.iter().any(|(name, ..)| *name == method.resource) => {
                format!("`x-resources` does not list `{}`: correct the name, or list it with what it is about", method.resource)
            }
            _ => continue,
        };
        problems.push(Problem::at(position(operation), message).on(&operation.id));
    }
    // A create that is followed has a second method, for ids of earlier ones.
    let methods = document.operations().iter().filter_map(|operation| Some((operation, operation.resource.as_ref()?)));
    let methods = methods.flat_map(|(operation, method)| {
        let names = std::iter::once(method.method.clone()).chain(operation.pending_method());
        names.map(move |name| (operation, format!("{}.{name}", method.resource)))
    });
    problems.extend(repeated(
        methods,
        |(_, method)| method.clone(),
        |(first, method), (second, _)| {
            Problem::at(position(second), format!("`{method}` is already that of `{}`; rename one of them", first.id)).on(&second.id)
        },
    ));
    problems
}

pub(super) fn outcome(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for operation in document.operations() {
        let (Some(outcome), Some(node)) = (&operation.outcome, operation.node.get("x-outcome")) else { continue };
        let mut complain = |key: &str, message: String| problems.push(Problem::at(key_position(node, key), message).on(&operation.id));
        if outcome.details.is_none() && outcome.event.is_none() {
            complain("", "`x-outcome` names neither `details` nor `event`; leave it out".to_owned());
        }
        if let Some(details) = outcome.details.as_ref().filter(|id| !document.operations().iter().any(|other| other.id == **id)) {
            complain("details", format!("`x-outcome.details` names `{details}`, which is no operation"));
        }
        if let Some(event) = outcome.event.as_ref().filter(|id| !document.webhooks().iter().any(|event| event.id == **id)) {
            complain("event", format!("`x-outcome.event` names `{event}`, which is no event under x-webhooks"));
        }
        let response = operation.successes().find_map(|response| document.schema(response.body.as_ref()?.schema()?)?.get("properties"));
        if let Some(id) = outcome.id.as_ref().filter(|id| response.is_none_or(|properties| properties.get(id).is_none())) {
            complain("id", format!("`x-outcome.id` names `{id}`, which is no member of the success body"));
        }
        let details = document.operations().iter().filter(|other| outcome.details.as_ref() == Some(&other.id));
        let details = details.flat_map(Operation::successes).filter_map(|response| response.body.as_ref()?.schema());
        let event =
            document.webhooks().iter().filter(|event| outcome.event.as_ref() == Some(&event.id)).map(|event| event.payload.as_str());
        let shapes: Vec<&Node> = details.chain(event).filter_map(|schema| document.schema(schema)?.get("properties")).collect();
        let statuses: Vec<&Node> = shapes.iter().filter_map(|properties| properties.get(&outcome.status)).collect();
        if statuses.is_empty() && !shapes.is_empty() {
            complain("status", format!("`x-outcome.status` names `{}`, which neither details nor event have", outcome.status));
        }
        // A word that no status has never ends anything: a payment that failed would be waited for.
        let values = |status: &Node| {
            let target = Document::reference(status).and_then(|name| document.schema(name)).unwrap_or(status);
            Document::enum_values(target).map(|values| values.into_iter().map(str::to_owned).collect::<Vec<_>>())
        };
        let known: Vec<String> = statuses.into_iter().filter_map(values).flatten().collect();
        for status in outcome.terminal.iter().filter(|status| !known.is_empty() && !known.contains(status)) {
            complain("terminal", format!("`{status}` is no value of `{}`, which has {}", outcome.status, known.join(", ")));
        }
        for status in outcome.successful.iter().filter(|status| !outcome.terminal.contains(status)) {
            complain("successful", format!("`{status}` is in `x-outcome.successful` but not in `terminal`; list it in both"));
        }
    }
    problems
}

pub(super) fn security(document: &Document) -> Vec<Problem> {
    let declared: Vec<&str> = components(document, "securitySchemes").map(|(name, ..)| name).collect();
    let root = document.root();
    let mut problems = Vec::new();
    let mut check = |subject: Option<&str>, node: &Node| {
        let complain = |message: String| {
            let problem = Problem::at(key_position(node, "security"), message);
            subject.map_or(problem.clone(), |subject| problem.on(subject))
        };
        for requirement in node.get("security").into_iter().flat_map(Node::items) {
            for (scheme, _) in requirement.members().filter(|(scheme, _)| !declared.contains(scheme)) {
                problems.push(complain(format!("the security scheme `{scheme}` is not declared under components.securitySchemes")));
            }
        }
        if node.get("security").or_else(|| root.get("security")).is_none() {
            problems.push(complain(
                "it says nothing of security, and neither does the document; write `security: []` if it is open".to_owned(),
            ));
        }
    };
    if root.get("security").is_some() {
        check(None, root);
    }
    owners(document).for_each(|(subject, node)| check(Some(subject), node));
    problems
}

pub(super) fn servers(document: &Document) -> Vec<Problem> {
    let root = document.root();
    let urls: Vec<&str> = root.get("servers").into_iter().flat_map(Node::items).filter_map(|server| server.str("url")).collect();
    let good = urls.len() == 2 && urls[0] != urls[1] && urls.iter().all(|url| !url.ends_with('/'));
    let message = "the document needs two servers, staging first and production second, both without a slash at the end";
    if good { Vec::new() } else { vec![Problem::at(key_position(root, "servers"), message)] }
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_operation_can_be_called_like_a_method_written_by_hand() {
        let sources = [include_str!("../../../p100-raw/src/client.rs"), include_str!("../../../p100-httpmock/src/server.rs")];
        let methods = sources.iter().flat_map(|source| source.lines()).filter_map(|line| {
            let rest = line.strip_prefix("    ")?.split_once("fn ")?.1;
            rest.split(['(', '<']).next().filter(|name| name.contains('_'))
        });
        let mut methods: Vec<&str> = methods.collect();
        methods.sort_unstable();
        methods.dedup();
        assert_eq!(methods, super::CLIENT_METHODS);
    }
}
