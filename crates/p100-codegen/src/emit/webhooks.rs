//! The events P100 sends, as one enum of payloads and one routing table.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{evidence, words};
use crate::{Document, Webhook, docs, names};

pub(crate) fn emit(document: &Document) -> TokenStream {
    let webhooks = document.webhooks();
    let kinds: Vec<_> = webhooks.iter().map(|webhook| format_ident!("{}", names::pascal(&webhook.id))).collect();
    let payloads: Vec<_> = webhooks.iter().map(|webhook| names::ident(&webhook.payload)).collect();
    let about: Vec<TokenStream> = webhooks
        .iter()
        .map(|webhook| {
            let attributes = docs::attributes(&docs::webhook(document, webhook));
            quote!(#(#attributes)*)
        })
        .collect();
    let routes = webhooks.iter().map(route);
    quote! {
        #[allow(unused_imports)]
        use crate::Client;
        use crate::{Evidence, InvalidJson, WebhookRoute, json, types};

        /// Which event a webhook tells.
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

            /// Reads the flat JSON body of this event.
            ///
            /// # Errors
            /// The body is not the payload of this event; the error names the member.
            pub fn decode(self, body: &[u8]) -> Result<WebhookEvent, InvalidJson> {
                match self {
                    #(Self::#kinds => json::decode(body).map(|event| WebhookEvent::#kinds(Box::new(event))),)*
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

        /// An event with its payload. What each means is said at the variant of the same name of [`WebhookKind`].
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
                    #(Self::#kinds(event) => serde_json::to_string(event),)*
                }
            }
        }

        /// How each event is recognised, in the order of the document.
        pub static ROUTES: &[WebhookRoute] = &[#(#routes),*];
    }
}

fn route(webhook: &Webhook) -> TokenStream {
    let kind = format_ident!("{}", names::pascal(&webhook.id));
    let (id, path) = (&webhook.id, &webhook.path);
    let (path_evidence, grade) = (evidence(webhook.path_evidence), evidence(webhook.evidence));
    let (pages, members, absent) = (words(&webhook.docs_pages), words(&webhook.members), words(&webhook.absent));
    let values = webhook.values.iter().map(|(member, values)| {
        let values = words(values);
        quote!((#member, #values))
    });
    let dedupe = words(&webhook.dedupe);
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
            absent: #absent,
            dedupe: #dedupe,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::test_support::small;

    #[test]
    fn an_event_is_a_kind_a_payload_and_a_route() {
        let file: syn::File = syn::parse2(super::emit(&small())).expect("Rust");
        let text = prettyplease::unparse(&file);
        for expected in ["ThingStatus(Box<types::Thing>)", "path: \"/thing-webhook\"", "members: &[\"thingId\"]", "id: \"thingStatus\""] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
    }
}
