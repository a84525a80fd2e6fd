//! The loaded document: the tree with its positions, and typed views of what generation and tests ask about.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::names::{is_method, is_module, snake};
use crate::node::{Kind, Node, Scalar, Source, no_reference};
use crate::{Problem, error_codes, openapi};

/// The one schema every error response refers to.
pub const ERROR_SCHEMA: &str = "Error";

/// A document that parses as YAML and as OpenAPI 3.0.
#[derive(Debug)]
pub struct Document {
    root: Node,
    unclear: Vec<Problem>,
    operations: Vec<Operation>,
    webhooks: Vec<Webhook>,
}

/// How well a fact is supported by P100's docs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// A current page states it.
    Documented,
    /// Only the former docs state it.
    Legacy,
    /// It follows from documented siblings.
    Inferred,
    /// Our own consistent guess.
    Assumed,
}

impl Evidence {
    /// Best first.
    pub const ALL: [Self; 4] = [Self::Documented, Self::Legacy, Self::Inferred, Self::Assumed];

    /// The word used in the document.
    pub fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Legacy => "legacy",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }

    /// The `x-evidence` that is on this very node.
    pub fn of(node: &Node) -> Option<Self> {
        node.str("x-evidence")?.parse().ok()
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Evidence {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|grade| grade.word() == word).ok_or(())
    }
}

/// The HTTP methods the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Whether a request whose outcome is unknown may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It reads only.
    Safe,
    /// It creates, changes or consumes something.
    Never,
}

/// How the final result of an asynchronous operation becomes known.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Operation that reports it.
    pub details: Option<String>,
    /// Webhook that reports it.
    pub event: Option<String>,
    /// Member of the response that names the created resource.
    pub id: Option<String>,
    /// Member of the details and of the event that has the status.
    pub status: String,
    /// Statuses after which nothing changes.
    pub terminal: Vec<String>,
    /// Those of them that mean success.
    pub successful: Vec<String>,
}

/// A code an operation is known to return.
#[derive(Clone, Debug)]
pub struct ErrorCode {
    /// E.g. `P412`.
    pub code: String,
    /// HTTP status it comes with: that of the table, unless the entry states another.
    pub status: u16,
    /// How well this is supported.
    pub evidence: Evidence,
}

/// Where the ergonomic crate has an operation: `x-resource` and `x-by-hand`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceMethod {
    /// E.g. `payment_links`, the accessor of the client.
    pub resource: String,
    /// E.g. `create`.
    pub method: String,
    /// Whether the method does more than this call, and so is not generated.
    pub by_hand: bool,
}

impl ResourceMethod {
    /// `resource.method`, both words of Rust.
    fn parse(name: &str, by_hand: bool) -> Option<Self> {
        let (resource, method) = name.split_once('.')?;
        (is_module(resource) && is_method(method)).then(|| Self { resource: resource.to_owned(), method: method.to_owned(), by_hand })
    }
}

/// One operation of the API.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    pub tags: Vec<String>,
    pub docs_pages: Vec<String>,
    pub evidence: Evidence,
    pub retry: Retry,
    pub outcome: Option<Outcome>,
    pub error_codes: Vec<ErrorCode>,
    /// Whether the partner key goes with it.
    pub authenticated: bool,
    /// Whether P100's docs dropped it.
    pub deprecated: bool,
    /// Where the ergonomic crate has it.
    pub resource: Option<ResourceMethod>,
    pub parameters: Vec<ParameterNode>,
    pub body: Option<MediaNode>,
    pub responses: Vec<Response>,
    pub node: Node,
}

/// A resolved parameter.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ParameterNode {
    pub name: String,
    pub location: String,
    pub required: bool,
    pub node: Node,
}

/// A body in one content type.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct MediaNode {
    pub content_type: String,
    pub node: Node,
}

/// A resolved response.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Response {
    pub status: u16,
    pub body: Option<MediaNode>,
    pub node: Node,
}

/// One event P100 sends to the partner.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Webhook {
    pub id: String,
    pub path: String,
    pub path_evidence: Evidence,
    pub evidence: Evidence,
    pub docs_pages: Vec<String>,
    pub tags: Vec<String>,
    /// Component schema of the payload.
    pub payload: String,
    pub members: Vec<String>,
    pub values: BTreeMap<String, Vec<String>>,
    pub dedupe: Vec<String>,
    pub body: MediaNode,
    pub node: Node,
}

/// A component schema.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct SchemaNode<'a> {
    pub name: &'a str,
    pub node: &'a Node,
}

/// An example and where it is.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct MediaExample {
    pub name: String,
    pub value: Node,
}

impl Document {
    /// Reads the text of a document.
    ///
    /// # Errors
    /// The first thing that keeps it from being an OpenAPI 3.0 document of ours, with its position.
    pub fn load(text: &str) -> Result<Self, Problem> {
        let Source { node: root, unclear, .. } = Source::read(text)?;
        match root.str("openapi") {
            Some(version) if version.starts_with("3.0.") => {}
            _ => return Err(Problem::at(root.position, "not an OpenAPI 3.0 document: the key `openapi` must say 3.0.x")),
        }
        openapi::check(&root)?;
        let mut document = Self { root, unclear, operations: Vec::new(), webhooks: Vec::new() };
        document.operations = document.read_operations()?;
        document.webhooks = document.read_webhooks()?;
        Ok(document)
    }

    /// The tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// What the text has that readers cannot see or read in more than one way.
    pub(crate) fn unclear(&self) -> &[Problem] {
        &self.unclear
    }

    /// `info.version`.
    pub fn version(&self) -> &str {
        self.root.at(&["info", "version"]).and_then(Node::as_str).unwrap_or_default()
    }

    /// All operations, in document order.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// All webhooks, in document order.
    pub fn webhooks(&self) -> &[Webhook] {
        &self.webhooks
    }

    /// All component schemas, in document order.
    pub fn schemas(&self) -> impl Iterator<Item = SchemaNode<'_>> {
        let schemas = self.root.at(&["components", "schemas"]);
        schemas.into_iter().flat_map(Node::members).map(|(name, node)| SchemaNode { name, node })
    }

    /// The resources of the ergonomic crate with what they are about, in document order.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &str)> {
        let resources = self.root.get("x-resources").into_iter().flat_map(Node::members);
        resources.filter(|(name, _)| is_module(name)).map(|(name, about)| (name, about.as_str().unwrap_or_default()))
    }

    /// The component schema `name`.
    pub fn schema(&self, name: &str) -> Option<&Node> {
        self.root.at(&["components", "schemas", name])
    }

    /// Follows one `$ref` into this document; a node without one is itself.
    ///
    /// # Errors
    /// A reference that leads nowhere.
    pub fn resolve<'a>(&'a self, node: &'a Node) -> Result<&'a Node, Problem> {
        let Some(target) = node.get("$ref") else { return Ok(node) };
        let address = target.as_str().ok_or_else(|| Problem::at(target.position, no_reference(target)))?;
        let steps: Vec<&str> = address.strip_prefix("#/").unwrap_or_default().split('/').collect();
        self.root.at(&steps).ok_or_else(|| Problem::at(target.position, format!("`$ref: {address}` leads nowhere in this document")))
    }

    /// The examples of a media type, resolved.
    ///
    /// # Errors
    /// A reference that leads nowhere.
    pub fn examples(&self, media: &Node) -> Result<Vec<MediaExample>, Problem> {
        let mut found = Vec::new();
        for (name, example) in media.get("examples").into_iter().flat_map(Node::members) {
            let example = self.resolve(example)?;
            let value = example.get("value").ok_or_else(|| Problem::at(example.position, format!("example `{name}` has no value")))?;
            found.push(MediaExample { name: name.to_owned(), value: value.clone() });
        }
        Ok(found)
    }

    /// The single-reference form of a schema: the name behind `$ref` or `allOf: [$ref]`.
    pub fn reference(schema: &Node) -> Option<&str> {
        let direct = schema.str("$ref").or_else(|| {
            let mut members = schema.get("allOf")?.items();
            let only = members.next()?.str("$ref");
            members.next().is_none().then_some(only).flatten()
        });
        direct?.strip_prefix("#/components/schemas/")
    }

    /// The values of a string enum, complete or extensible; `None` for any other schema.
    pub fn enum_values(schema: &Node) -> Option<Vec<&str>> {
        let values = schema.get("enum").or_else(|| schema.get("x-extensible-enum"))?;
        Some(values.items().filter_map(Node::as_str).collect())
    }

    fn read_operations(&self) -> Result<Vec<Operation>, Problem> {
        let mut operations = Vec::new();
        for (path, item) in self.root.get("paths").into_iter().flat_map(Node::members) {
            for method in Method::ALL {
                if let Some(node) = item.get(&method.word().to_ascii_lowercase()) {
                    operations.push(self.read_operation(method, path, node)?);
                }
            }
        }
        Ok(operations)
    }

    fn read_operation(&self, method: Method, path: &str, node: &Node) -> Result<Operation, Problem> {
        let Some(id) = node.str("operationId") else {
            return Err(Problem::at(node.position, format!("{} {path} has no operationId", method.word())));
        };
        let fail = |position, message: &str| Err(Problem::at(position, message.to_owned()).on(id));
        let at = |node: &Node, key: &str| node.get(key).map_or(node.position, |value| value.position);
        let Some(evidence) = Evidence::of(node) else {
            return fail(at(node, "x-evidence"), "`x-evidence` must be documented, legacy, inferred or assumed");
        };
        let retry = match node.str("x-retry") {
            Some("safe") => Retry::Safe,
            None if node.get("x-retry").is_none() && method == Method::Get => Retry::Safe,
            // Another word is refused by lint; until then nothing is sent again because of it.
            _ => Retry::Never,
        };
        let outcome = node.get("x-outcome").map(|outcome| Outcome {
            details: outcome.str("details").map(str::to_owned),
            event: outcome.str("event").map(str::to_owned),
            id: outcome.str("id").map(str::to_owned),
            status: outcome.str("status").unwrap_or("status").to_owned(),
            terminal: outcome.strings("terminal").map(str::to_owned).collect(),
            successful: outcome.strings("successful").map(str::to_owned).collect(),
        });
        let mut error_codes = Vec::new();
        for entry in node.get("x-error-codes").into_iter().flat_map(Node::items) {
            let code = entry.str("code").map(str::to_owned);
            let evidence = entry.str("evidence").and_then(|word| word.parse().ok());
            let (Some(code), Some(evidence)) = (code, evidence) else {
                return fail(entry.position, "an entry of `x-error-codes` needs code and evidence");
            };
            let own = entry.get("status").and_then(status_code);
            let Some(status) = own.or_else(|| error_codes::status_of(&self.root, &code)) else {
                return fail(entry.position, "`x-error-code-table` of the schema ErrorCode does not say with which status the code comes");
            };
            error_codes.push(ErrorCode { code, status, evidence });
        }
        let mut parameters = Vec::new();
        for parameter in node.get("parameters").into_iter().flat_map(Node::items) {
            let parameter = self.resolve(parameter).map_err(|problem| problem.on(id))?;
            parameters.push(ParameterNode {
                name: parameter.str("name").unwrap_or_default().to_owned(),
                location: parameter.str("in").unwrap_or_default().to_owned(),
                required: parameter.flag("required"),
                node: parameter.clone(),
            });
        }
        let mut responses = Vec::new();
        for (status, (position, response)) in node.get("responses").and_then(Node::as_map).into_iter().flatten() {
            let Ok(status) = status.parse() else {
                return fail(
                    *position,
                    &format!(
                        "the response `{status}` is not a status code; list each status, the generator cannot distinguish a success from an error otherwise"
                    ),
                );
            };
            let response = self.resolve(response).map_err(|problem| problem.on(id))?;
            responses.push(Response { status, body: response.get("content").and_then(media), node: response.clone() });
        }
        Ok(Operation {
            id: id.to_owned(),
            method,
            path: path.to_owned(),
            tags: node.strings("tags").map(str::to_owned).collect(),
            docs_pages: node.strings("x-docs-pages").map(str::to_owned).collect(),
            evidence,
            retry,
            outcome,
            error_codes,
            authenticated: node.get("security").or_else(|| self.root.get("security")).is_some_and(|list| list.items().next().is_some()),
            deprecated: node.flag("deprecated"),
            resource: node.str("x-resource").and_then(|name| ResourceMethod::parse(name, node.flag("x-by-hand"))),
            parameters,
            body: node.at(&["requestBody", "content"]).and_then(media),
            responses,
            node: node.clone(),
        })
    }

    fn read_webhooks(&self) -> Result<Vec<Webhook>, Problem> {
        let events = self.root.get("x-webhooks").into_iter().flat_map(Node::members);
        events.map(|(id, item)| read_webhook(id, item).map_err(|problem| problem.on(id))).collect()
    }
}

fn read_webhook(id: &str, item: &Node) -> Result<Webhook, Problem> {
    let node = item.get("post").ok_or_else(|| Problem::at(item.position, "a webhook is a POST: the key `post` is missing"))?;
    let fail = |message: &str| Problem::at(node.position, message.to_owned());
    let fail_at = |node: &Node, key: &str, message: &str| Problem::at(node.get(key).map_or(node.position, |value| value.position), message);
    let route = node.get("x-webhook").ok_or_else(|| fail("`x-webhook` is missing"))?;
    let shape = route
        .get("distinguishing")
        .ok_or_else(|| fail("`x-webhook.distinguishing` is missing; write {} when only the path identifies it"))?;
    let body = node.at(&["requestBody", "content"]).and_then(media).ok_or_else(|| fail("the payload is missing: requestBody.content"))?;
    let payload =
        body.node.get("schema").and_then(Document::reference).ok_or_else(|| fail("the payload schema must be a `$ref` to a component"))?;
    let words = |list: &str| shape.strings(list).map(str::to_owned).collect();
    Ok(Webhook {
        id: id.to_owned(),
        path: route.str("path").ok_or_else(|| fail("`x-webhook.path` is missing"))?.to_owned(),
        path_evidence: route
            .str("pathEvidence")
            .and_then(|word| word.parse().ok())
            .ok_or_else(|| fail_at(route, "pathEvidence", "`x-webhook.pathEvidence` must be documented, legacy, inferred or assumed"))?,
        evidence: Evidence::of(node)
            .ok_or_else(|| fail_at(node, "x-evidence", "`x-evidence` must be documented, legacy, inferred or assumed"))?,
        docs_pages: node.strings("x-docs-pages").map(str::to_owned).collect(),
        tags: node.strings("tags").map(str::to_owned).collect(),
        payload: payload.to_owned(),
        members: words("members"),
        values: shape
            .get("values")
            .into_iter()
            .flat_map(Node::members)
            .map(|(member, values)| (member.to_owned(), values.items().filter_map(Node::as_str).map(str::to_owned).collect()))
            .collect(),
        dedupe: route.strings("dedupe").map(str::to_owned).collect(),
        body: body.clone(),
        node: node.clone(),
    })
}

impl Operation {
    /// Method and path, e.g. `GET /v1/exchange/get-rate`.
    pub fn call(&self) -> String {
        format!("{} {}", self.method.word(), self.path)
    }

    /// Responses with a status of 200 to 299.
    pub fn successes(&self) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(|response| (200..300).contains(&response.status))
    }

    /// All other responses.
    pub fn failures(&self) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(|response| !(200..300).contains(&response.status))
    }

    /// The multipart body, if this is an upload.
    pub fn upload(&self) -> Option<&MediaNode> {
        self.body.as_ref().filter(|body| body.content_type == "multipart/form-data")
    }

    /// Whether the success body is something other than JSON.
    pub fn returns_raw(&self) -> bool {
        self.successes().any(|response| response.body.as_ref().is_some_and(|body| body.content_type != "application/json"))
    }

    /// The method of its resource that follows what was created earlier, by its id: `pending` beside `create`, `pending_exchange` for what
    /// `getExchange` shows beside any other.
    pub fn pending_method(&self) -> Option<String> {
        let (method, outcome) = (self.resource.as_ref()?, self.outcome.as_ref()?);
        let details = snake(outcome.id.as_ref().and(outcome.details.as_ref())?);
        let what = match method.method.strip_prefix("create") {
            Some(what) => what,
            None => details.find('_').map_or("", |at| &details[at..]),
        };
        Some(format!("pending{what}"))
    }

    /// Whether its success is an id and no more: its outcome is asked for with that id.
    pub fn returns_only_an_id(&self, document: &Document) -> bool {
        let response = self.successes().find_map(|response| document.schema(response.body.as_ref()?.schema()?)?.get("properties"));
        let id = self.outcome.as_ref().and_then(|outcome| outcome.id.as_deref());
        id.is_some() && response.is_some_and(|members| members.members().map(|(name, _)| name).eq(id))
    }

    /// Parameters that are in `location` (`path` or `query`).
    pub fn parameters_in<'a>(&'a self, location: &'a str) -> impl Iterator<Item = &'a ParameterNode> {
        self.parameters.iter().filter(move |parameter| parameter.location == location)
    }
}

impl MediaNode {
    /// The component schema of the body.
    pub fn schema(&self) -> Option<&str> {
        self.node.get("schema").and_then(Document::reference)
    }
}

fn media(content: &Node) -> Option<MediaNode> {
    content.members().next().map(|(content_type, node)| MediaNode { content_type: content_type.to_owned(), node: node.clone() })
}

pub(crate) fn status_code(node: &Node) -> Option<u16> {
    match &node.kind {
        Kind::Scalar(Scalar::Number(text) | Scalar::String(text)) => text.parse().ok(),
        _ => None,
    }
}
