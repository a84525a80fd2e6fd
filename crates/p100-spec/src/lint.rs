//! The conventions of the document as rules, each reported with its place, its operation or schema, and what to do.

mod error_codes;
mod evidence;
mod examples;
mod operations;
mod parameters;
mod presence;
mod references;
mod responses;
mod schemas;
mod shapes;
mod walk;
mod webhooks;

use crate::objects::check::{Concern, check};
use crate::objects::{DOCUMENT, INDEX};
use crate::{Document, Problem};

/// A convention and how it is checked.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// As it is in brackets behind each problem, e.g. `one-error-schema`.
    pub name: &'static str,
    /// What the document must keep to, in one sentence.
    pub summary: &'static str,
    check: fn(&Document) -> Vec<Problem>,
}

const fn rule(name: &'static str, summary: &'static str, check: fn(&Document) -> Vec<Problem>) -> Rule {
    Rule { name, summary, check }
}

/// Every rule, grouped by what it looks at.
pub const RULES: &[Rule] = &[
    rule("clear-text", "Every character can be seen, and every plain word is the same to all readers of YAML.", |document| {
        document.unclear().to_vec()
    }),
    rule("known-keys", "Every key belongs to its object, and its value is of the right kind.", |document| table(document, Concern::Keys)),
    rule(
        "names",
        "Tags, ids, paths, values and other names are spelt with the characters of their kind, and are not too long.",
        |document| table(document, Concern::Names),
    ),
    rule(
        "plain-text",
        "Text holds paragraphs, lists, emphasis, code and links to https: no HTML, no image, nothing that runs.",
        |document| table(document, Concern::Text),
    ),
    rule("operation-id", "Operation ids are camelCase, a verb and a noun, and give distinct Rust methods.", operations::ids),
    rule("tags", "Each operation and event has declared tags, and the first one of an operation is its module.", operations::tags),
    rule(
        "docs-pages",
        "Each operation and event names its pages and their address, and no page covers two of them.",
        operations::docs_pages,
    ),
    rule("paths", "A path is a well-formed template with nothing but GET, POST, PUT, PATCH and DELETE on it.", operations::paths),
    rule("retry", "`x-retry` is stated only where it differs from the default of the method.", operations::retry),
    rule("resource", "`x-resource` names a method of a resource that `x-resources` lists, each once.", operations::resource),
    rule("outcome", "`x-outcome` names an operation, an event and a member that exist.", operations::outcome),
    rule("security", "Each operation and event is secured by declared schemes, or openly by none.", operations::security),
    rule("servers", "There are two servers, staging and production.", operations::servers),
    rule("parameters", "Parameters are scalars in the path or the query, and path parameters match the template.", parameters::parameters),
    rule("status-codes", "Responses are listed by exact registered status: no `default`, no range, no redirect.", responses::status_codes),
    rule("one-success-schema", "All success responses of an operation have the same body.", responses::one_success_schema),
    rule("one-error-schema", "Every error response has a JSON body that is a `$ref` to the schema Error.", responses::one_error_schema),
    rule(
        "error-code-table",
        "The table on ErrorCode has a row for each code, which contradicts neither itself nor its status.",
        error_codes::table,
    ),
    rule("error-codes", "`x-error-codes`, responses, examples and prose agree with the table on ErrorCode.", error_codes::of_operations),
    rule("media-types", "A body has one content type, one the generator knows, and a schema that fits it.", responses::media_types),
    rule("dangling-ref", "Every `$ref` leads straight to a component of the right kind in this document.", references::dangling),
    rule("ref-siblings", "Nothing is beside a `$ref`, since tools ignore it there.", references::siblings),
    rule("unused-component", "Every component is referred to, in the end from a path or an event.", references::unused),
    rule("schema-name", "Component schemas are named in PascalCase, as their Rust types.", schemas::names),
    rule("property-names", "The properties of an object give distinct Rust fields.", schemas::property_names),
    rule("required-known", "`required` lists properties of its object, each once.", schemas::required_known),
    rule("enum-values", "An enum is a string schema whose values give distinct Rust variants.", schemas::enum_values),
    rule("decimals", "Every `type: number` is a decimal, and decimals are numbers or strings.", schemas::decimals),
    rule("integers", "Integers say how wide they are.", schemas::integers),
    rule("formats", "Formats are words the generator knows, on strings.", schemas::formats),
    rule("sensitive", "Secrets and identity numbers carry `x-sensitive: true`, which goes with strings only.", schemas::sensitive),
    rule("named-types", "Objects and enums are component schemas, and JSON bodies refer to one.", shapes::named_types),
    rule("no-composition", "Schemas are flat: no composition except the three forms the conventions name.", shapes::no_composition),
    rule("unsupported-keywords", "No keyword that the generator refuses or turns into something else.", shapes::unsupported_keywords),
    rule("evidence", "Every operation, component schema and event has a grade, and grades are the four known words.", evidence::grades),
    rule(
        "presence",
        "In responses and events only what is certain is `required`: ids of creates, statuses of outcomes, members of two samples.",
        presence::presence,
    ),
    rule("observed", "`x-observed` lists by day, such as '2026-02-14', what its operation or schema has, each once.", evidence::observed),
    rule("descriptions", "Every operation, event, parameter, property and component schema is described.", evidence::descriptions),
    rule("examples", "Every request, success and event body has examples, and examples fit their schemas.", examples::examples),
    rule("webhooks", "Events have their own path, a payload object, and distinguish themselves by its members.", webhooks::webhooks),
    rule("recognition", "What distinguishes an event is at least inferred, and no other event brings it.", webhooks::recognition),
];

/// What breaks the table of objects.
fn table(document: &Document, concern: Concern) -> Vec<Problem> {
    check(&DOCUMENT, document.root()).into_iter().filter(|(own, _)| *own == concern).map(|(_, problem)| problem).collect()
}

/// Everything in the index of pages that no reader of it knows.
pub fn lint_index(text: &str) -> Vec<Problem> {
    match crate::node::Source::read(text) {
        Ok(source) => {
            let mut problems = source.unclear;
            problems.extend(check(&INDEX, &source.node).into_iter().map(|(_, problem)| problem));
            problems.sort_by_key(|problem| problem.position);
            problems
        }
        Err(problem) => vec![problem],
    }
}

/// Everything in the document that breaks a rule, in the order of the document.
pub fn lint(document: &Document) -> Vec<Problem> {
    let mut problems: Vec<Problem> = RULES
        .iter()
        .flat_map(|rule| (rule.check)(document).into_iter().map(|problem| Problem { rule: Some(rule.name), ..problem }))
        .collect();
    problems.sort_by(|a, b| (a.position, a.rule, &a.subject, &a.message).cmp(&(b.position, b.rule, &b.subject, &b.message)));
    // A shared example is looked at once for each body that refers to it.
    problems.dedup();
    problems
}
