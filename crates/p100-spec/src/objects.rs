//! The objects of the document: which keys each has, in which order they are written, and what is under them.
//!
//! One table, three readers: `lint` refuses every other key and value, `fmt` takes its order, and messages name the objects by it.

pub(crate) mod check;

use crate::error_codes::{CLASSES, DENIALS, REASONS, TABLE};
use crate::evidence::OBSERVED;

/// A kind of mapping with known keys.
pub(crate) struct Object {
    /// As messages call it, e.g. `an operation`.
    pub(crate) name: &'static str,
    /// In the order in which they are written.
    pub(crate) keys: &'static [(&'static str, Value)],
}

/// What is under a key.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    Object(&'static Object),
    List(&'static Value),
    /// Entries of any number under names of one form.
    Map(&'static Form, &'static Value, Order),
    /// A mapping, or else `true` or `false`.
    Schema,
    /// Text of one line, in Markdown.
    Line,
    /// Text of any length, in Markdown.
    Prose,
    /// An address that starts with `https://`.
    Address,
    /// Text of a form.
    Name(&'static Form),
    /// Text of a form; that it is text, another rule says.
    Form(&'static Form),
    Word(&'static [&'static str]),
    Flag,
    /// An integer that is not negative.
    Count,
    Number,
    /// The address of a component.
    Reference,
    /// Data, such as an example.
    Data,
    /// Another rule says what is allowed here.
    Judged,
    /// A key of OpenAPI that nothing here reads, and what to do instead.
    Unread(&'static str),
}

/// How the entries of a map are put in order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    AsWritten,
    ByName,
    /// Paths: by the tag of their first operation.
    ByModule,
}

/// How names of one kind are spelt.
pub(crate) struct Form {
    /// E.g. `a tag is letters, digits and spaces`.
    pub(crate) what: &'static str,
    /// Characters that may be in it beside letters and digits of ASCII.
    pub(crate) marks: &'static str,
    /// In characters; names become names of files and types.
    pub(crate) longest: usize,
}

impl Form {
    pub(crate) fn fits(&self, name: &str) -> bool {
        let is_known = |character: char| character.is_ascii_alphanumeric() || self.marks.contains(character);
        let is_trimmed = name.trim() == name && !name.contains("  ");
        is_trimmed && (1..=self.longest).contains(&name.chars().count()) && name.chars().all(is_known)
    }
}

const fn form(what: &'static str, marks: &'static str, longest: usize) -> Form {
    Form { what, marks, longest }
}

static TAG: Form = form("a tag is letters, digits, spaces and &, at most 50", " &", 50);
static ID: Form = form("an id is letters and digits, at most 50", "_-.", 50);
static PAGE: Form = form("a page id is letters and digits, at most 40", "_-", 40);
static COMPONENT: Form = form("the name of a component is letters, digits and any of ._-, at most 60", "._-", 60);
static MEMBER: Form = form("the name of a member or parameter is letters, digits and any of _-.$@:[], at most 60", "_-.$@:[]", 60);
static VALUE: Form = form("a value is letters, digits, spaces and any of _-./:+&()', at most 80", " _-./:+&()',", 80);
static PATH: Form = form("a path is segments of letters, digits, any of -._~:@+=, and {parameters}, at most 200", "/{}-._~:@+=", 200);
static CODE: Form = form("an error code is letters and digits, at most 20", "_-", 20);
static CODE_NAME: Form = form("the name of an error is letters, digits and hyphens, at most 60", "-", 60);
static STATUS: Form = form("a status is three digits, or `default`", "", 7);
static MEDIA_TYPE: Form = form("a content type is two names with a slash between them", "/.+-*;= ", 80);
static HEADER: Form = form("the name of a header is letters, digits and hyphens, at most 60", "-", 60);
static VERSION: Form = form("a version is digits and letters with dots and hyphens, at most 40", ".-+", 40);
static RESOURCE: Form = form("a resource and its method are lower-case words with _, and a dot between them, at most 60", "_.", 60);
static KEY: Form = form("a key is letters, digits and hyphens", "_-.", 40);
static HASH: Form = form("the summary of a page is kept as a hash, such as `sha256:b2f1227de045a2c8`", ":", 80);

const GRADES: Value = Value::Judged;
const PAGES: Value = Value::List(&Value::Form(&PAGE));
const IDS: Value = Value::Name(&ID);
const MEMBERS: Value = Value::List(&Value::Name(&MEMBER));
const VALUES: Value = Value::List(&Value::Name(&VALUE));
const SECURITY: Value = Value::List(&Value::Map(&COMPONENT, &Value::List(&Value::Name(&COMPONENT)), Order::AsWritten));
const SCHEMAS: Value = Value::List(&Value::Schema);
const EXAMPLES: Value = Value::Map(&COMPONENT, &Value::Object(&EXAMPLE), Order::AsWritten);
const CONTENT: Value = Value::Map(&MEDIA_TYPE, &Value::Object(&MEDIA), Order::ByName);
const RESPONSES: Value = Value::Map(&STATUS, &Value::Object(&RESPONSE), Order::ByName);
const PARAMETERS: Value = Value::List(&Value::Object(&PARAMETER));
const SEEN: Value = Value::Judged;
const CALLED_BACK: Value = Value::Unread("calls from P100 to the partner are under `x-webhooks`");
const OWN_SERVER: Value = Value::Unread("every call goes to the servers of the document");

pub(crate) static DOCUMENT: Object = Object {
    name: "a document",
    keys: &[
        ("openapi", Value::Name(&VERSION)),
        ("info", Value::Object(&INFO)),
        ("externalDocs", Value::Object(&DOCS)),
        ("servers", Value::List(&Value::Object(&SERVER))),
        ("security", SECURITY),
        ("tags", Value::List(&Value::Object(&TAGS))),
        ("x-resources", Value::Map(&RESOURCE, &Value::Line, Order::AsWritten)),
        ("paths", Value::Map(&PATH, &Value::Object(&PATH_ITEM), Order::ByModule)),
        ("x-webhooks", Value::Map(&ID, &Value::Object(&EVENT_ITEM), Order::AsWritten)),
        ("components", Value::Object(&COMPONENTS)),
    ],
};

static INFO: Object = Object {
    name: "an info",
    keys: &[
        ("title", Value::Line),
        ("version", Value::Name(&VERSION)),
        ("description", Value::Prose),
        ("termsOfService", Value::Address),
        ("contact", Value::Object(&CONTACT)),
        ("license", Value::Object(&LICENSE)),
    ],
};

static CONTACT: Object = Object { name: "a contact", keys: &[("name", Value::Line), ("url", Value::Address), ("email", Value::Line)] };

static LICENSE: Object = Object { name: "a license", keys: &[("name", Value::Line), ("url", Value::Address)] };

static DOCS: Object = Object { name: "external docs", keys: &[("description", Value::Line), ("url", Value::Address)] };

static SERVER: Object = Object {
    name: "a server",
    keys: &[
        ("url", Value::Address),
        ("description", Value::Prose),
        ("variables", Value::Unread("a server is one fixed address; write it out")),
    ],
};

static TAGS: Object =
    Object { name: "a tag", keys: &[("name", Value::Name(&TAG)), ("description", Value::Prose), ("externalDocs", Value::Object(&DOCS))] };

static PATH_ITEM: Object = Object {
    name: "a path",
    keys: &[
        ("$ref", Value::Judged),
        ("summary", Value::Judged),
        ("description", Value::Judged),
        ("servers", Value::Judged),
        ("parameters", Value::Judged),
        ("get", Value::Object(&OPERATION)),
        ("post", Value::Object(&OPERATION)),
        ("put", Value::Object(&OPERATION)),
        ("patch", Value::Object(&OPERATION)),
        ("delete", Value::Object(&OPERATION)),
        ("options", Value::Judged),
        ("head", Value::Judged),
        ("trace", Value::Judged),
    ],
};

pub(crate) static OPERATION: Object = Object {
    name: "an operation",
    keys: &[
        ("operationId", IDS),
        ("tags", Value::List(&Value::Name(&TAG))),
        ("summary", Value::Line),
        ("description", Value::Prose),
        ("deprecated", Value::Flag),
        ("externalDocs", Value::Object(&DOCS)),
        ("x-resource", Value::Name(&RESOURCE)),
        ("x-by-hand", Value::Flag),
        ("x-docs-pages", PAGES),
        ("x-evidence", GRADES),
        (OBSERVED, SEEN),
        ("x-retry", Value::Word(&["safe", "never"])),
        ("x-outcome", Value::Object(&OUTCOME)),
        ("x-error-codes", Value::List(&Value::Object(&ERROR_CODE))),
        ("security", SECURITY),
        ("parameters", PARAMETERS),
        ("requestBody", Value::Object(&BODY)),
        ("responses", RESPONSES),
        ("callbacks", CALLED_BACK),
        ("servers", OWN_SERVER),
    ],
};

static OUTCOME: Object = Object {
    name: "an outcome",
    keys: &[
        ("details", IDS),
        ("event", IDS),
        ("id", Value::Name(&MEMBER)),
        ("status", Value::Name(&MEMBER)),
        ("terminal", VALUES),
        ("successful", VALUES),
    ],
};

static ERROR_CODE: Object =
    Object { name: "an error code", keys: &[("code", Value::Name(&CODE)), ("status", Value::Count), ("evidence", GRADES)] };

static CODE_ROW: Object = Object {
    name: "a row of the table of error codes",
    keys: &[("code", Value::Name(&CODE)), ("status", Value::Count), ("class", Value::Word(&CLASSES)), ("name", Value::Name(&CODE_NAME))],
};

static EVENT_ITEM: Object = Object { name: "the path of an event", keys: &[("post", Value::Object(&EVENT))] };

pub(crate) static EVENT: Object = Object {
    name: "an event",
    keys: &[
        ("operationId", Value::Judged),
        ("tags", Value::List(&Value::Name(&TAG))),
        ("summary", Value::Line),
        ("description", Value::Prose),
        ("deprecated", Value::Unread("nothing shows receivers that an event is deprecated; say it in the description")),
        ("externalDocs", Value::Object(&DOCS)),
        ("x-docs-pages", PAGES),
        ("x-evidence", GRADES),
        ("x-webhook", Value::Object(&WEBHOOK)),
        ("security", SECURITY),
        ("parameters", Value::Unread("receivers read the path and the token, no parameters; describe them in words")),
        ("requestBody", Value::Object(&BODY)),
        ("responses", RESPONSES),
        ("callbacks", CALLED_BACK),
        ("servers", Value::Unread("each partner has its own server")),
    ],
};

static WEBHOOK: Object = Object {
    name: "a webhook",
    keys: &[
        ("path", Value::Name(&PATH)),
        ("pathEvidence", GRADES),
        ("distinguishing", Value::Object(&DISTINGUISHING)),
        ("dedupe", MEMBERS),
    ],
};

static DISTINGUISHING: Object = Object {
    name: "what distinguishes an event",
    keys: &[("members", MEMBERS), ("values", Value::Map(&MEMBER, &VALUES, Order::AsWritten)), ("absent", MEMBERS)],
};

static PARAMETER: Object = Object {
    name: "a parameter",
    keys: &[
        ("$ref", Value::Reference),
        ("name", Value::Name(&MEMBER)),
        ("in", Value::Word(&["path", "query", "header", "cookie"])),
        ("description", Value::Prose),
        ("required", Value::Flag),
        ("deprecated", Value::Unread("a parameter that P100 dropped is left out; say so in the description of the operation")),
        ("x-evidence", GRADES),
        ("schema", Value::Schema),
        ("style", Value::Judged),
        ("explode", Value::Judged),
        ("allowReserved", Value::Judged),
        ("allowEmptyValue", Value::Judged),
        ("content", Value::Judged),
        ("example", Value::Data),
        ("examples", EXAMPLES),
    ],
};

static BODY: Object = Object {
    name: "a request body",
    keys: &[
        ("$ref", Value::Reference),
        ("description", Value::Prose),
        ("x-evidence", GRADES),
        ("required", Value::Flag),
        ("content", CONTENT),
    ],
};

static RESPONSE: Object = Object {
    name: "a response",
    keys: &[
        ("$ref", Value::Reference),
        ("description", Value::Prose),
        ("x-evidence", GRADES),
        (DENIALS, Value::Map(&CODE, &Value::Word(&REASONS), Order::AsWritten)),
        ("headers", Value::Map(&HEADER, &Value::Object(&HEADERS), Order::AsWritten)),
        ("content", CONTENT),
        ("links", Value::Map(&COMPONENT, &Value::Object(&LINK), Order::AsWritten)),
    ],
};

static HEADERS: Object = Object {
    name: "a header",
    keys: &[
        ("$ref", Value::Reference),
        ("description", Value::Prose),
        ("required", Value::Flag),
        ("deprecated", Value::Flag),
        ("x-evidence", GRADES),
        ("schema", Value::Schema),
        ("example", Value::Data),
        ("examples", EXAMPLES),
    ],
};

static LINK: Object = Object {
    name: "a link",
    keys: &[
        ("operationId", IDS),
        ("description", Value::Prose),
        ("parameters", Value::Map(&MEMBER, &Value::Data, Order::AsWritten)),
        ("operationRef", Value::Unread("name the operation with `operationId`")),
        ("requestBody", Value::Data),
        ("server", OWN_SERVER),
    ],
};

static MEDIA: Object = Object {
    name: "a media type",
    keys: &[
        ("schema", Value::Schema),
        ("encoding", Value::Map(&MEMBER, &Value::Object(&ENCODING), Order::AsWritten)),
        ("example", Value::Judged),
        ("examples", EXAMPLES),
    ],
};

static ENCODING: Object = Object {
    name: "an encoding",
    keys: &[
        ("contentType", Value::Name(&MEDIA_TYPES)),
        ("headers", Value::Unread("parts of a form have no headers of their own")),
        ("style", Value::Unread("files have no style")),
        ("explode", Value::Unread("files have no style")),
        ("allowReserved", Value::Unread("files have no style")),
    ],
};

static MEDIA_TYPES: Form = form("content types are names with slashes, and commas between them", "/.+-*;=, ", 200);

static EXAMPLE: Object = Object {
    name: "an example",
    keys: &[
        ("$ref", Value::Reference),
        ("summary", Value::Line),
        ("description", Value::Prose),
        ("value", Value::Data),
        ("externalValue", Value::Unread("an example is written out under `value`")),
    ],
};

static COMPONENTS: Object = Object {
    name: "the components",
    keys: &[
        ("securitySchemes", Value::Map(&COMPONENT, &Value::Object(&SECURITY_SCHEME), Order::ByName)),
        ("parameters", Value::Map(&COMPONENT, &Value::Object(&PARAMETER), Order::ByName)),
        ("responses", Value::Map(&COMPONENT, &Value::Object(&RESPONSE), Order::ByName)),
        ("examples", Value::Map(&COMPONENT, &Value::Object(&EXAMPLE), Order::ByName)),
        ("requestBodies", Value::Map(&COMPONENT, &Value::Object(&BODY), Order::ByName)),
        ("headers", Value::Map(&COMPONENT, &Value::Object(&HEADERS), Order::ByName)),
        ("schemas", Value::Map(&COMPONENT, &Value::Schema, Order::ByName)),
        ("links", Value::Unread("write the link where it is used")),
        ("callbacks", CALLED_BACK),
    ],
};

static SECURITY_SCHEME: Object = Object {
    name: "a security scheme",
    keys: &[
        ("description", Value::Prose),
        ("x-evidence", GRADES),
        ("type", Value::Word(&["apiKey", "http"])),
        ("scheme", Value::Name(&KEY)),
        ("bearerFormat", Value::Line),
        ("in", Value::Word(&["header", "query", "cookie"])),
        ("name", Value::Name(&HEADER)),
    ],
};

pub(crate) static SCHEMA: Object = Object {
    name: "a schema",
    keys: &[
        ("$ref", Value::Reference),
        ("title", Value::Line),
        ("description", Value::Prose),
        ("x-evidence", GRADES),
        (OBSERVED, SEEN),
        ("x-presence", PAGES),
        ("x-sensitive", Value::Judged),
        ("readOnly", Value::Flag),
        ("writeOnly", Value::Flag),
        ("deprecated", Value::Flag),
        ("type", Value::Judged),
        ("format", Value::Judged),
        ("nullable", Value::Flag),
        ("allOf", SCHEMAS),
        ("anyOf", SCHEMAS),
        ("oneOf", SCHEMAS),
        ("not", Value::Schema),
        ("discriminator", Value::Judged),
        ("enum", Value::List(&Value::Form(&VALUE))),
        ("x-extensible-enum", Value::List(&Value::Form(&VALUE))),
        ("x-enum-descriptions", Value::Map(&VALUE, &Value::Line, Order::AsWritten)),
        ("x-enum-evidence", Value::Map(&VALUE, &GRADES, Order::AsWritten)),
        (TABLE, Value::List(&Value::Object(&CODE_ROW))),
        ("default", Value::Judged),
        ("pattern", Value::Judged),
        ("minLength", Value::Count),
        ("maxLength", Value::Count),
        ("minimum", Value::Number),
        ("maximum", Value::Number),
        ("exclusiveMinimum", Value::Flag),
        ("exclusiveMaximum", Value::Flag),
        ("multipleOf", Value::Number),
        ("items", Value::Schema),
        ("minItems", Value::Count),
        ("maxItems", Value::Count),
        ("uniqueItems", Value::Flag),
        ("required", Value::List(&Value::Form(&MEMBER))),
        ("minProperties", Value::Count),
        ("maxProperties", Value::Count),
        ("properties", Value::Map(&MEMBER, &Value::Schema, Order::AsWritten)),
        ("additionalProperties", Value::Schema),
        ("example", Value::Data),
        ("externalDocs", Value::Object(&DOCS)),
        ("xml", Value::Unread("P100 speaks JSON")),
    ],
};

/// `spec/docs-index.yaml`.
pub(crate) static INDEX: Object = Object {
    name: "the index",
    keys: &[("source", Value::Address), ("generation", Value::Name(&KEY)), ("pages", Value::List(&Value::Object(&INDEX_PAGE)))],
};

static INDEX_PAGE: Object = Object {
    name: "a page of the index",
    keys: &[
        ("id", Value::Form(&PAGE)),
        ("title", Value::Line),
        ("section", Value::Line),
        ("address", Value::Address),
        ("kind", Value::Word(&["operation", "webhook", "guide"])),
        ("covers", Value::Form(&ID)),
        ("summary", Value::Name(&HASH)),
    ],
};

/// Every object of the document that has a key of this name, for advice about keys in the wrong place.
pub(crate) fn owners_of(key: &str) -> impl Iterator<Item = &'static Object> {
    const ALL: [&Object; 26] = [
        &OPERATION,
        &SCHEMA,
        &EVENT,
        &PARAMETER,
        &RESPONSE,
        &MEDIA,
        &BODY,
        &EXAMPLE,
        &HEADERS,
        &OUTCOME,
        &WEBHOOK,
        &DISTINGUISHING,
        &ERROR_CODE,
        &CODE_ROW,
        &DOCUMENT,
        &INFO,
        &TAGS,
        &SERVER,
        &COMPONENTS,
        &SECURITY_SCHEME,
        &ENCODING,
        &LINK,
        &DOCS,
        &CONTACT,
        &LICENSE,
        &PATH_ITEM,
    ];
    ALL.into_iter().filter(move |object| object.keys.iter().any(|(known, value)| *known == key && !matches!(value, Value::Unread(_))))
}
