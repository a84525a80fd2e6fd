//! The pages of the sandbox's identity provider, for the browser of a user.

use p100_raw::types;

/// Lets one decide about a hosted KYC. `verification_id` and all else may hold any text.
pub(super) fn decision(verification_id: &str, name: &str, document_type: &types::KycDocumentType, country: &str) -> String {
    let (id, name) = (escape(verification_id), escape(name));
    let (document, country) = (escape(document_type.as_str()), escape(country));
    page(
        "Identity verification",
        &format!(
            r#"<dl><dt>Name</dt><dd>{name}</dd><dt>Document</dt><dd>{document}</dd><dt>Country</dt><dd>{country}</dd></dl>
<p>Nobody is identified here: decide how the verification ends. This page works once.</p>
<form method="post" action="/_sandbox/kyc/{id}">
<button name="decision" value="approve">Approve</button>
<button name="decision" value="reject" class="reject">Reject</button>
</form>"#
        ),
    )
}

/// Says something instead. `text` is shown as it is, not as HTML.
pub(crate) fn notice(text: &str) -> String {
    page("Identity verification", &format!("<p>{}</p>", escape(text)))
}

fn page(title: &str, content: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin">
<link rel="icon" href="data:,">
<title>{title} - P100 sandbox</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 3rem auto; padding: 0 1rem; color: #1c2733; }}
header {{ font-size: .85rem; color: #5b6875; border-bottom: 1px solid #d6dde3; padding-bottom: .5rem; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; overflow-wrap: anywhere; }}
dt {{ color: #5b6875; }}
dd {{ margin: 0; }}
button {{ font: inherit; padding: .5rem 1.5rem; margin-right: .5rem; border: 0; border-radius: .25rem; background: #17703f; color: #fff; cursor: pointer; }}
button.reject {{ background: #a8272b; }}
</style>
</head>
<body>
<header>Identity provider of the P100 sandbox: a imitation, not a real one</header>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"#
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use p100_raw::types::KycDocumentType;

    #[test]
    fn nothing_that_was_sent_becomes_html() {
        let evil = r#""><script>alert('1')</script>&"#;
        let page = super::decision(evil, evil, &KycDocumentType::Unknown(evil.to_owned()), evil) + &super::notice(evil);
        assert!(!page.contains("<script") && !page.contains("'1'") && !page.contains(r#""">"#), "{page}");
        assert_eq!(page.matches("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;").count(), 5);
    }
}
