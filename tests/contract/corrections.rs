//! Whatever the document calls something, it can be corrected at run time, and nothing else changes.

use std::sync::{Arc, Mutex};

use p100::webhooks::Paths;
use p100_raw::reqwest::header::HeaderMap;
use p100_raw::reqwest::{Body, Method, Request, StatusCode};
use p100_raw::webhooks::{ROUTES, WebhookKind};
use p100_raw::{
    Bytes, Call, Client, Corrections, Ending, EventCorrections, Operation as Row, OperationCorrections, RawResponse, Retry, Sending,
    Transport, operations,
};
use p100_spec::{Document, Node, Operation};
use serde_json::{Value, json};

use crate::DOCUMENT;
use crate::harness::{Arguments, assert_same_json, call, http};
use crate::samples::Sample;

/// Returns everything with one body, and keeps what was sent.
#[derive(Debug, Default)]
struct Echo {
    body: Bytes,
    sent: Mutex<Vec<(Request, Retry)>>,
}

impl Transport for Echo {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        Box::pin(async move {
            self.sent.lock().expect("not poisoned").push((call.request()?, call.retry()));
            Ok(RawResponse::new(StatusCode::OK, HeaderMap::new(), self.body.clone()))
        })
    }
}

/// A client with these corrections, each of whose calls gets the response `body`.
fn client(corrections: &Corrections, body: &str) -> (Client, Arc<Echo>) {
    let echo = Arc::new(Echo { body: body.to_owned().into(), sent: Mutex::default() });
    let client = Client::with_transport("http://127.0.0.1:1".parse().expect("a URL"), http(), echo.clone());
    (client.with_corrections(corrections).expect("fits the document"), echo)
}

impl Echo {
    fn sent(&self) -> (Request, Retry) {
        self.sent.lock().expect("not poisoned").pop().expect("a request")
    }
}

fn row(operation: &Operation) -> &'static Row {
    operations::ALL.iter().find(|row| row.id == operation.id).expect("every operation has a row")
}

fn correct(operation: &Operation, correct: impl FnOnce(OperationCorrections) -> OperationCorrections) -> Corrections {
    Corrections::new().operation(row(operation), correct)
}

/// A member: its path for corrections, the pointer to its object, and its name.
struct Member {
    path: String,
    object: String,
    name: String,
}

fn resolved(schema: &'static Node) -> &'static Node {
    Document::reference(schema).map_or(schema, |name| resolved(DOCUMENT.schema(name).expect("resolves")))
}

/// Every member of `value` that the schema has, at every depth; of lists and maps, those of the first entry.
fn members(schema: &'static Node, value: &Value, path: &str, pointer: &str) -> Vec<Member> {
    let schema = resolved(schema);
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let entries = schema.get("additionalProperties").or_else(|| schema.get("items"));
    match (value, entries) {
        (Value::Object(map), Some(entries)) => map
            .iter()
            .next()
            .map(|(key, value)| members(entries, value, &format!("{path}[]"), &format!("{pointer}/{key}")))
            .unwrap_or_default(),
        (Value::Array(list), Some(entries)) => {
            list.first().map(|value| members(entries, value, &format!("{path}[]"), &format!("{pointer}/0"))).unwrap_or_default()
        }
        (Value::Object(map), None) => {
            let properties = schema.get("properties").into_iter().flat_map(Node::members);
            let there = properties.filter_map(|(name, property)| Some((name, property, map.get(name)?)));
            there
                .flat_map(|(name, property, value)| {
                    let own = Member { path: join(name), object: pointer.to_owned(), name: name.to_owned() };
                    let mut all = members(property, value, &join(name), &format!("{pointer}/{name}"));
                    all.push(own);
                    all
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

const CORRECTED: &str = "corrected \"name\"";

/// The value with the member under its corrected name.
fn renamed(value: &Value, member: &Member) -> Value {
    let mut value = value.clone();
    let object = value.pointer_mut(&member.object).and_then(Value::as_object_mut).expect("an object");
    let content = object.remove(&member.name).expect("it is there");
    object.insert(CORRECTED.to_owned(), content);
    value
}

fn response_schema(operation: &'static Operation) -> Option<&'static Node> {
    let body = operation.successes().find_map(|response| response.body.as_ref())?;
    if operation.returns_raw() { None } else { body.node.get("schema") }
}

#[tokio::test]
async fn each_operation_is_called_with_another_method_and_path_and_other_parameters() {
    for operation in DOCUMENT.operations() {
        let arguments = Arguments::of(operation, "x");
        let method = if operation.method.word() == "POST" { Method::PUT } else { Method::POST };
        let path = format!("/corrected{}", operation.path.replace('{', "{new-"));
        let mut corrections = correct(operation, |own| own.method(method.clone()).path(&path));
        for parameter in &operation.parameters {
            corrections = corrections.operation(row(operation), |own| own.parameter(&parameter.name, format!("new-{}", parameter.name)));
        }
        let (client, echo) = client(&corrections, "{}");
        drop(call(&client, &operation.id, &arguments).await);
        let (request, retry) = echo.sent();
        let segments = operation.path.split('/').map(|part| part.trim_matches(['{', '}']));
        let expected: Vec<_> = segments.map(|part| arguments.values.get(part).map_or(part, String::as_str)).collect();
        assert_eq!(
            (request.method(), request.url().path()),
            (&method, format!("/corrected{}", expected.join("/")).as_str()),
            "{}",
            operation.id
        );
        assert_eq!(retry, Retry::Never, "{}: what is not the method of a read is not sent again", operation.id);
        let query: Vec<_> = request.url().query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let expected: Vec<_> = operation
            .parameters_in("query")
            .filter_map(|parameter| Some((format!("new-{}", parameter.name), arguments.values.get(&parameter.name)?.clone())))
            .collect();
        assert_eq!(query, expected, "{}", operation.id);
    }
}

#[tokio::test]
async fn each_member_of_each_response_is_read_under_another_name_at_every_depth() {
    let mut all = 0;
    for operation in DOCUMENT.operations() {
        let Some(schema) = response_schema(operation) else { continue };
        let name = Document::reference(schema).expect("a component");
        let sample = Sample::default().of(name);
        let arguments = Arguments::of(operation, "x");
        let (plain, _) = client(&Corrections::new(), &sample.to_string());
        let expected = call(&plain, &operation.id, &arguments).await.expect("a response");
        for member in members(schema, &sample, "", "") {
            let what = format!("{} {}", operation.id, member.path);
            let body = renamed(&sample, &member).to_string();
            let (client, _) = client(&correct(operation, |own| own.response(&member.path, CORRECTED)), &body);
            let response = call(&client, &operation.id, &arguments).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_same_json(&response.text, &expected.text, &what);
            assert_eq!((response.deviations.len(), response.raw), (0, body), "{what}: the raw body is what arrived");
            all += 1;
        }
    }
    assert!(all > 300, "{all}");
}

#[tokio::test]
async fn each_member_of_each_request_is_sent_under_another_name_at_every_depth() {
    let mut all = 0;
    for operation in DOCUMENT.operations().iter().filter(|operation| operation.body.is_some() && operation.upload().is_none()) {
        let schema = operation.body.as_ref().and_then(|body| body.node.get("schema")).expect("a schema");
        for arguments in Arguments::all(operation, "x") {
            let example: Value = serde_json::from_str(&arguments.body).expect("JSON");
            for member in members(schema, &example, "", "") {
                let what = format!("{} {}", operation.id, member.path);
                let (client, echo) = client(&correct(operation, |own| own.request(&member.path, CORRECTED)), "{}");
                drop(call(&client, &operation.id, &arguments).await);
                let (request, _) = echo.sent();
                assert_eq!(request.headers()["content-type"], "application/json", "{what}");
                let sent = request.body().and_then(Body::as_bytes).expect("a body");
                assert_same_json(std::str::from_utf8(sent).expect("text"), &renamed(&example, &member).to_string(), &what);
                all += 1;
            }
        }
    }
    assert!(all > 100, "{all}");
}

#[tokio::test]
async fn each_part_of_each_form_is_sent_under_another_name() {
    let mut all = 0;
    for operation in DOCUMENT.operations() {
        let Some(form) = operation.upload() else { continue };
        let schema = DOCUMENT.schema(form.schema().expect("a component")).expect("resolves");
        for (part, _) in schema.get("properties").into_iter().flat_map(Node::members) {
            let server = crate::wire::recorder().await;
            let client = Client::new(server.0.base_url().parse().expect("a URL"), "key").expect("a client");
            let client = client.with_corrections(&correct(operation, |own| own.request(part, "new-part"))).expect("fits the document");
            drop(call(&client, &operation.id, &Arguments::of(operation, "x")).await);
            let requests = server.1.lock().expect("not poisoned");
            let body = String::from_utf8_lossy(requests[0].body_ref()).into_owned();
            assert!(body.contains("name=\"new-part\"") && !body.contains(&format!("name=\"{part}\"")), "{} {part}: {body}", operation.id);
            all += 1;
        }
    }
    assert!(all > 3, "{all}");
}

#[test]
fn each_member_of_each_event_is_read_under_another_name_and_its_path_is_another() {
    let mut all = 0;
    for (webhook, route) in DOCUMENT.webhooks().iter().zip(ROUTES) {
        let schema = webhook.body.node.get("schema").expect("a schema");
        let sample = Sample::default().of(&webhook.payload);
        let expected = route.kind.decode(sample.to_string().as_bytes()).expect("a payload").value;
        let plain = Paths::default().recognise(route.path, sample.to_string());
        let correct = |correct: &dyn Fn(EventCorrections) -> EventCorrections| {
            let corrections = Corrections::new().event(route.kind, correct);
            Paths::default().corrections(&corrections).expect("fits the document")
        };
        for member in members(schema, &sample, "", "") {
            let what = format!("{} {}", webhook.id, member.path);
            let body = renamed(&sample, &member).to_string();
            let paths = correct(&|own| own.path("/corrected/path/").member(&member.path, CORRECTED));
            let event = paths.recognise("/corrected/path", body.clone());
            assert_eq!((event.known(), event.deviations.total()), (Some(&expected), 0), "{what}: {event:?}");
            assert_eq!((&event.raw.bytes()[..], &event.raw.data()[..]), (body.as_bytes(), body.as_bytes()), "{what}");
            assert_eq!(event.dedupe_key(), plain.dedupe_key(), "{what}");
            let enveloped = paths.recognise("/corrected/path", format!(r#"{{"event_type":"a.b","data":{body}}}"#));
            assert_eq!(enveloped.known(), Some(&expected), "{what}");
            all += 1;
        }
    }
    assert!(all > 80, "{all}");
}

#[test]
fn an_event_that_its_members_report_is_reported_by_their_corrected_names() {
    let mut reported = 0;
    for route in ROUTES.iter().filter(|route| !route.members.is_empty()) {
        let sample = Sample::default().of(&DOCUMENT.webhooks()[route.kind as usize].payload);
        if Paths::default().recognise("/shared", sample.to_string()).kind != Some(route.kind) {
            continue;
        }
        let (mut corrections, mut body) = (Corrections::new(), sample.clone());
        for name in route.members {
            corrections = corrections.event(route.kind, |own| own.member(*name, format!("new-{name}")));
            let members = body.as_object_mut().expect("an object");
            let value = members.remove(*name).expect("it is there");
            members.insert(format!("new-{name}"), value);
        }
        let paths = Paths::default().corrections(&corrections).expect("fits the document");
        assert_eq!(paths.recognise("/shared", body.to_string()).kind, Some(route.kind), "{body}");
        assert_ne!(paths.recognise("/shared", sample.to_string()).kind, Some(route.kind), "the old names report it no more");
        assert_eq!(Paths::default().recognise("/shared", body.to_string()).kind, None, "{body}");
        reported += 1;
    }
    assert!(reported >= 3, "{reported}");
}

#[test]
fn corrected_words_end_each_outcome_and_its_event() {
    let mut ended = 0;
    for row in operations::ALL.iter().filter(|row| row.outcome.is_some()) {
        let corrections = Corrections::new().operation(row, |own| own.success([" Won "]).failure(["lost"]));
        let checked = corrections.check().expect("fits the document");
        assert_eq!(checked.ending(row, "WON"), Some(Ending::Success), "{}", row.id);
        assert_eq!(checked.ending(row, " Lost"), Some(Ending::Failure), "{}", row.id);
        assert_eq!((checked.ending(row, "open"), row.ending("won")), (None, None), "{}", row.id);
        let outcome = row.outcome.as_ref().expect("filtered");
        for word in outcome.terminal {
            let ending = if outcome.successful.contains(word) { Ending::Success } else { Ending::Failure };
            assert_eq!((row.ending(word), checked.ending(row, word)), (Some(ending), Some(ending)), "{} {word}", row.id);
            let opposite = Corrections::new()
                .operation(row, |own| if ending == Ending::Success { own.failure([*word]) } else { own.success([*word]) });
            assert_ne!(opposite.check().expect("fits the document").ending(row, word), Some(ending), "{} {word}", row.id);
        }
        if let Some(kind) = outcome.event {
            assert_eq!(checked.ending_of_event(kind, "won"), Some(Ending::Success), "{}", row.id);
            ended += 1;
        }
    }
    assert!(ended > 3, "{ended}");
}

/// What is wrong, as a file, and the beginning of the error.
const MISTAKES: &[(&str, &str)] = &[
    (r#"{"operations": {"updateUsers": {}}}"#, "operations.updateUsers: the document has no operation of this id"),
    (r#"{"operations": {"updateUser": {"method": "FETCH"}}}"#, "operations.updateUser.method: `FETCH` is none of"),
    (r#"{"operations": {"updateUser": {"method": "get"}}}"#, "operations.updateUser.method: `get` is none of"),
    (r#"{"operations": {"updateUser": {"path": "/v1/user"}}}"#, "operations.updateUser.path: the path `/v1/user` must have the parameters"),
    (r#"{"operations": {"updateUser": {"path": "/v1/user/{userId}"}}}"#, "operations.updateUser.path: the path"),
    (
        r#"{"operations": {"updateUser": {"path": "v1/user/{externalUserId}"}}}"#,
        "operations.updateUser.path: \"v1/user/{externalUserId}\" is no path",
    ),
    (r#"{"operations": {"updateUser": {"path": "/../{externalUserId}"}}}"#, "operations.updateUser.path: `/../{externalUserId}` has a dot"),
    (
        r#"{"operations": {"updateUser": {"parameters": {"userId": "id"}}}}"#,
        "operations.updateUser.parameters.userId: there is no such parameter, but externalUserId",
    ),
    (
        r#"{"operations": {"getRates": {"parameters": {"a": "b"}}}}"#,
        "operations.getRates.parameters.a: there is no such parameter, but none",
    ),
    (
        r#"{"operations": {"updateUser": {"parameters": {"externalUserId": "id"}}}}"#,
        "operations.updateUser.parameters.externalUserId: it is in the path",
    ),
    (
        r#"{"operations": {"getUserTransactions": {"parameters": {"month": "year"}}}}"#,
        "operations.getUserTransactions.parameters.month: `year` has the same name",
    ),
    (
        r#"{"operations": {"getUserTransactions": {"parameters": {"month": ""}}}}"#,
        "operations.getUserTransactions.parameters.month: `` is no name",
    ),
    (
        r#"{"operations": {"createTransfer": {"request": {"amonut": "sum"}}}}"#,
        "operations.createTransfer.request.amonut: there is no such member, but",
    ),
    (r#"{"operations": {"createTransfer": {"request": {"": "sum"}}}}"#, "operations.createTransfer.request.: there is no such member"),
    (r#"{"operations": {"createTransfer": {"request": {"amount": " "}}}}"#, "operations.createTransfer.request.amount: ` ` is no name"),
    (
        r#"{"operations": {"createTransfer": {"request": {"amount": "a\nb"}}}}"#,
        "operations.createTransfer.request.amount: `a\\nb` is no name",
    ),
    (
        r#"{"operations": {"createTransfer": {"request": {"amount": "currency"}}}}"#,
        "operations.createTransfer.request.amount: `currency` of the same object",
    ),
    (
        r#"{"operations": {"createTransfer": {"request": {"amount": "x", "currency": "x"}}}}"#,
        "operations.createTransfer.request.amount: `currency` of the same object",
    ),
    (
        r#"{"operations": {"createTransfer": {"request": {"amount.value": "x"}}}}"#,
        "operations.createTransfer.request.amount.value: there is no such member",
    ),
    (r#"{"operations": {"createTransfer": {"request": {"amount[]": "x"}}}}"#, "operations.createTransfer.request.amount[]: `[]` means"),
    (r#"{"operations": {"getRates": {"request": {"a": "x"}}}}"#, "operations.getRates.request.a: there is no such body"),
    (
        r#"{"operations": {"getUserTransactions": {"response": {"transactions.amount": "x"}}}}"#,
        "operations.getUserTransactions.response.transactions.amount: before `amount` is a list",
    ),
    (
        r#"{"operations": {"getUserTransactions": {"response": {"transactions[]": "x"}}}}"#,
        "operations.getUserTransactions.response.transactions[]: the path must end",
    ),
    (
        r#"{"operations": {"getUserTransactions": {"response": {"transactions[].amount": "currency"}}}}"#,
        "operations.getUserTransactions.response.transactions[].amount: `currency` of",
    ),
    (r#"{"operations": {"getRates": {"success": ["DONE"]}}}"#, "operations.getRates.success: the operation has no outcome"),
    (r#"{"operations": {"createTransfer": {"failure": [" "]}}}"#, "operations.createTransfer.failure: a word is not empty"),
    (
        r#"{"operations": {"createTransfer": {"success": ["Done"], "failure": ["done "]}}}"#,
        "operations.createTransfer.success: `Done` is a word of `failure` too",
    ),
    (r#"{"events": {"transfer": {}}}"#, "events.transfer: the document has no event of this id"),
    (r#"{"events": {"transferStatus": {"path": "hook"}}}"#, "events.transferStatus.path: a path starts with `/`"),
    (r#"{"events": {"transferStatus": {"path": "/hook?x=1"}}}"#, "events.transferStatus.path: a path starts with `/`"),
    (r#"{"events": {"transferStatus": {"members": {"ids": "x"}}}}"#, "events.transferStatus.members.ids: there is no such member"),
    (r#"{"events": {"transferStatus": {"members": {"id": "status"}}}}"#, "events.transferStatus.members.id: `status` of the same object"),
    (r#"{"codes": {" ": "refusal"}}"#, "codes. : an error code is not empty"),
    (r#"{"codes": {"P499": "refusal", "p499 ": "server_fault"}}"#, "codes.p499 : the same code is corrected twice"),
    (r#"{"webhooks": {"token_header": "a b"}}"#, "webhooks.token_header: `a b` is no name of a header"),
    (r#"{"webhooks": {"token_form": "Bearer"}}"#, "webhooks.token_form: it has `{token}` once"),
    (r#"{"webhooks": {"token_form": "{token}{token}"}}"#, "webhooks.token_form: it has `{token}` once"),
    (r#"{"webhooks": {"token_form": "Bearer {token} "}}"#, "webhooks.token_form: it has `{token}` once"),
];

#[test]
fn each_mistake_has_an_error_that_names_its_entry() {
    for (text, expected) in MISTAKES {
        let corrections = Corrections::from_json(text).unwrap_or_else(|error| panic!("{error}"));
        let error = corrections.check().expect_err(text);
        assert!(error.to_string().starts_with(expected), "{error}\nis not\n{expected}");
        assert!(expected.starts_with(error.entry()), "{error:?}");
        let error = p100::Client::builder().base_url("http://127.0.0.1:1").api_key("key").corrections(corrections).build().expect_err(text);
        let cause = std::error::Error::source(&error).expect("the entry").to_string();
        assert!(cause.starts_with(expected), "{cause}");
    }
    for (text, expected) in [
        ("{", "corrections in JSON: EOF while parsing an object at line 1 column 1"),
        ("{\n\"operation\": {}}", "corrections in JSON: unknown field `operation`, expected one of"),
        ("{\"operations\": {\"getRates\": {\n\"metod\": \"GET\"}}}", "corrections in JSON: unknown field `metod`, expected one of"),
        ("{\"codes\": {\"P1\": \"refusal\",\n\"P1\": \"refusal\"}}", "corrections in JSON: `P1` is corrected twice at line 2"),
        ("{\"codes\": {\"P1\": \"maybe\"}}", "corrections in JSON: unknown variant `maybe`"),
    ] {
        let error = Corrections::from_json(text).expect_err(text).to_string();
        assert!(error.starts_with(expected) && error.contains(" at line "), "{error}");
    }
    let error = Corrections::from_toml("[operations.getRates]\nmetod = \"GET\"\n").expect_err("misspelt").to_string();
    assert!(error.starts_with("corrections in TOML: unknown field `metod`") && error.ends_with("at line 2"), "{error}");
}

#[test]
fn code_json_and_toml_say_the_same() {
    let code = Corrections::new()
        .operation(&operations::CREATE_WITHDRAWAL, |own| {
            own.method(Method::PUT).path("/v2/withdrawal").request("walletAddress", "address").success(["DONE"]).failure(["REJECTED"])
        })
        .operation(&operations::GET_USER_TRANSACTIONS, |own| own.parameter("month", "m").response("transactions[].createdAt", "time"))
        .event(WebhookKind::TransferStatus, |own| own.path("/transfers").member("id", "transferId"))
        .refusal("P499")
        .server_fault("E17")
        .token_header("X-Token")
        .token_form("Bearer {token}");
    let json = json!({
        "operations": {
            "createWithdrawal": {
                "method": "PUT", "path": "/v2/withdrawal", "request": {"walletAddress": "address"}, "success": ["DONE"], "failure": ["REJECTED"]
            },
            "getUserTransactions": {"parameters": {"month": "m"}, "response": {"transactions[].createdAt": "time"}}
        },
        "events": {"transferStatus": {"path": "/transfers", "members": {"id": "transferId"}}},
        "codes": {"P499": "refusal", "E17": "server_fault"},
        "webhooks": {"token_header": "X-Token", "token_form": "Bearer {token}"}
    });
    assert_eq!(Corrections::from_json(&json.to_string()).expect("JSON"), code);
    let toml = toml::to_string(&json).expect("TOML");
    assert_eq!(Corrections::from_toml(&toml).expect("TOML"), code);
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("own.toml", toml), ("own.json", json.to_string())] {
        let path = folder.path().join(name);
        std::fs::File::create(&path).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes())).expect("writes");
        assert_eq!(Corrections::from_file(&path).expect(name), code);
    }
    let missing = Corrections::from_file(folder.path().join("none.toml")).expect_err("no file");
    assert!(missing.entry().ends_with("none.toml"), "{missing}");
    code.check().expect("fits the document");
}

#[test]
fn the_environment_names_the_file() {
    const OWN: &str = "P100_CORRECTIONS";
    if let Some(path) = std::env::var_os(OWN) {
        let read = Corrections::from_env();
        match std::path::Path::new(&path).file_stem().is_some_and(|name| name == "good") {
            true => assert_eq!(read.expect("a file"), Corrections::new().refusal("P499")),
            false => assert!(read.expect_err("no file").entry().starts_with("P100_CORRECTIONS: "), "the variable is named"),
        }
        return;
    }
    assert_eq!(Corrections::from_env().expect("none"), Corrections::new());
    let folder = tempfile::tempdir().expect("a folder");
    let good = folder.path().join("good.toml");
    std::fs::File::create(&good)
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"codes = { P499 = 'refusal' }"))
        .expect("writes");
    for path in [good, folder.path().join("none.json")] {
        // A variable is that of a process: this one must not set it.
        let mut own = std::process::Command::new(std::env::current_exe().expect("this program"));
        let run = own.args(["--exact", "corrections::the_environment_names_the_file"]).env(OWN, path).output().expect("runs");
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(run.status.success() && text.contains("1 passed"), "{text}");
    }
}
