//! The events P100 sends, as one enum of payloads and one routing table.

use proc_macro2::TokenStream;
use quote::quote;

use super::{evidence, words};
use crate::{Document, Evidence, Node, Webhook, docs, names};

pub(crate) fn emit(document: &Document) -> TokenStream {
    let webhooks = document.webhooks();
    let kinds: Vec<_> = webhooks.iter().map(|webhook| names::ident(&names::pascal(&webhook.id))).collect();
    let payloads: Vec<_> = webhooks.iter().map(|webhook| names::ident(&webhook.payload)).collect();
    let about: Vec<TokenStream> = webhooks
        .iter()
        .map(|webhook| {
            let attributes = docs::attributes(&docs::webhook(document, webhook));
            quote!(#(#attributes)*)
        })
        .collect();
    let routes = webhooks.iter().map(|webhook| route(document, webhook));
    quote! {

        #[allow(unused_imports)]
        use crate::Client;
        use crate::{Decoded, Evidence, InvalidJson, WebhookMember, WebhookRoute, json, types};

        /// Which event a webhook reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum WebhookKind {
            #(#about #kinds,)*
        }

        impl WebhookKind {
            /// Every event the document knows.
            pub const ALL: &'static [Self] = &[#(Self::#kinds),*];

            /// How the event is recognised.
            #[must_use]
            pub fn route(self) -> &'static WebhookRoute {
                &ROUTES[self as usize]
            }

            /// Reads the flat JSON body of this event. What of it does not fit the document is set aside.
            ///
            /// # Errors
            /// The body is not the payload of this event at all; the error names the member.
            pub fn decode(self, body: &[u8]) -> Result<Decoded<WebhookEvent>, InvalidJson> {
                match self {
                    #(Self::#kinds => json::event(body, WebhookEvent::#kinds),)*
                }
            }
        }

        impl std::fmt::Display for WebhookKind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.route().id)
            }
        }

        impl std::str::FromStr for WebhookKind {
            type Err = UnknownWebhook;

            fn from_str(id: &str) -> Result<Self, UnknownWebhook> {
                ROUTES.iter().find(|route| route.id == id).map(|route| route.kind).ok_or(UnknownWebhook)
            }
        }

        /// The document knows no event of this id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct UnknownWebhook;

        impl std::fmt::Display for UnknownWebhook {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the document knows no webhook of this id")
            }
        }

        impl std::error::Error for UnknownWebhook {}

        /// An event with its payload. What each means is said at the variant of the same name of [`WebhookKind`](WebhookKind).
        #[allow(missing_docs)]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum WebhookEvent {
            #(#kinds(Box<types::#payloads>),)*
        }

        impl WebhookEvent {
            /// Which event it is.
            #[must_use]
            pub fn kind(&self) -> WebhookKind {
                match self {
                    #(Self::#kinds(_) => WebhookKind::#kinds,)*
                }
            }

            /// The payload as flat JSON.
            ///
            /// # Errors
            /// None in practice: every payload can be written.
            pub fn to_json(&self) -> Result<String, serde_json::Error> {
                match self {
                    #(Self::#kinds(event) => serde_json::to_string(&crate::Wire(event)),)*
                }
            }
        }

        /// How each event is recognised, in the order of the document.
        pub static ROUTES: &[WebhookRoute] = &[#(#routes),*];
    }
}

fn route(document: &Document, webhook: &Webhook) -> TokenStream {
    let kind = names::ident(&names::pascal(&webhook.id));
    let (id, path) = (&webhook.id, &webhook.path);
    let (path_evidence, grade) = (evidence(webhook.path_evidence), evidence(webhook.evidence));
    let (pages, members) = (words(&webhook.docs_pages), words(&webhook.members));
    let values = webhook.values.iter().map(|(member, values)| {
        let values = words(values);
        quote!((#member, #values))
    });
    let dedupe = words(&webhook.dedupe);
    let mut known = Vec::new();
    if let Some(payload) = document.schema(&webhook.payload) {
        payload_members(document, payload, webhook.evidence, &mut known);
    }
    let payload = known.iter().map(|Member { name, grade, values }| {
        let grade = evidence(*grade);
        quote!(WebhookMember::new(#name, #grade, &[#(#values),*]))
    });
    quote! {
        WebhookRoute {
            kind: WebhookKind::#kind,
            id: #id,
            path: #path,
            path_evidence: #path_evidence,
            evidence: #grade,
            docs_pages: #pages,
            members: #members,
            values: &[#(#values),*],
            dedupe: #dedupe,
            payload: &[#(#payload),*],
        }
    }
}

/// A member of a payload, with the values that the document knows of it.
struct Member<'a> {
    name: &'a str,
    grade: Evidence,
    values: Vec<&'a str>,
}

/// The members of a payload at any of its forms, each once. A grade is inherited downwards.
fn payload_members<'a>(document: &'a Document, schema: &'a Node, inherited: Evidence, known: &mut Vec<Member<'a>>) {
    let Ok(schema) = document.resolve(schema) else { return };
    let inherited = Evidence::of(schema).unwrap_or(inherited);
    for (name, node) in schema.get("properties").into_iter().flat_map(Node::members) {
        if known.iter().any(|member| member.name == name) {
            continue;
        }
        let target = Document::reference(node).and_then(|target| document.schema(target)).unwrap_or(node);
        let values = Document::enum_values(target).unwrap_or_default();
        known.push(Member { name, grade: Evidence::of(node).unwrap_or(inherited), values });
    }
    for form in ["allOf", "oneOf", "anyOf"].iter().filter_map(|key| schema.get(key)).flat_map(Node::items) {
        payload_members(document, form, inherited, known);
    }
}

#[cfg(test)]
mod tests {
    use crate::test_support::small;

    #[test]
    fn an_event_is_a_kind_a_payload_and_a_route() {
        let file: syn::File = syn::parse2(super::emit(&small())).expect("Rust");
        let text = prettyplease::unparse(&file);
        for expected in [
            "ThingStatus(Box<types::Thing>)",
            "path: \"/thing-webhook\"",
            "members: &[\"thingId\"]",
            "WebhookMember::new(\"thingId\", Evidence::",
            "id: \"thingStatus\"",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
    }
}
