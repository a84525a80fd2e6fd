//! What nothing in P100's docs states, but the document says: the list that goes with the sandbox.

use std::fmt::Write;

use crate::evidence::{Fact, Subject, facts};
use crate::markdown::{code, words};
use crate::{Document, Evidence};

/// The whole list as Markdown.
pub fn page(document: &Document) -> String {
    let mut out = String::from(
        "What the sandbox does because the document says so, although no page of P100's docs does: everything graded `assumed`, from \
         spec/p100-partner-api.yaml. Expect P100 to differ here first.\n",
    );
    let facts: Vec<(&str, String, String)> = facts(document).iter().filter_map(|fact| line(document, fact)).collect();
    for title in ["Operations", "Bodies", "Webhooks"] {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "\n# {title}\n");
        let own: Vec<_> = facts.iter().filter(|(of, ..)| *of == title).collect();
        for group in own.chunk_by(|(_, one, _), (_, two, _)| one == two) {
            let reported: Vec<&str> = group.iter().map(|(.., what)| what.as_str()).collect();
            let _ = writeln!(out, "- {}: {}", words(&group[0].1), reported.join(", "));
        }
    }
    out
}

/// The section, the subject and the words for what is assumed.
fn line(document: &Document, fact: &Fact) -> Option<(&'static str, String, String)> {
    let operation = document.operations().iter().find(|operation| operation.id == fact.owner);
    let (title, what) = match fact.subject {
        _ if fact.evidence != Evidence::Assumed => return None,
        Subject::Path => ("Operations", format!("its path, {}", code(&fact.name))),
        // Path parameters are graded with their path.
        Subject::Parameter if operation?.parameters_in("query").all(|parameter| parameter.name != fact.name) => return None,
        Subject::Parameter => ("Operations", format!("the query parameter {}", code(&fact.name))),
        Subject::Success => ("Operations", format!("the status {}", fact.name)),
        Subject::ErrorCode => {
            let stated = operation?.error_codes.iter().find(|code| code.code == fact.name && code.evidence == fact.evidence)?;
            ("Operations", format!("the error {} with status {}", words(&fact.name), stated.status))
        }
        Subject::Member => ("Bodies", code(&fact.name)),
        Subject::Value => ("Bodies", format!("the value {}", code(&fact.name))),
        Subject::WebhookPath => ("Webhooks", format!("its default path, {}", code(&fact.name))),
        Subject::WebhookPayload => return None,
    };
    Some((title, fact.owner.clone(), what))
}

#[cfg(test)]
mod tests {
    use crate::Document;

    #[test]
    fn only_what_is_assumed_is_listed_with_what_it_inherits() {
        let text = include_str!("../../../spec/p100-partner-api.yaml");
        let page = super::page(&Document::load(text).expect("the document"));
        for line in ["- updateUser: its path, `PATCH /v1/user/{externalUserId}`, the status 200", "- exchangeStatus: its default path"] {
            assert!(page.contains(line), "{line} is missing in {page}");
        }
        assert!(!page.contains("- getRates:"), "{page}");
    }
}
