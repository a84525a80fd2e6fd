//! Resolves the marks of substituted types and proves that each substitution asked for happened.

use std::collections::BTreeSet;

use syn::Path;
use syn::visit_mut::{self, VisitMut};

use crate::Position;
use crate::Problem;
use crate::lower::{Lowered, MARK};

/// Replaces `p100_mark::types::CardStatus` by `CardStatus`; remembers what it saw.
#[derive(Default)]
pub(crate) struct Substitute {
    pub(crate) seen: BTreeSet<String>,
}

impl VisitMut for Substitute {
    fn visit_path_mut(&mut self, path: &mut Path) {
        if path.segments.first().is_some_and(|first| first.ident == MARK) {
            let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.seen.insert(names.join("::"));
            path.leading_colon = None;
            path.segments = path.segments.iter().next_back().cloned().into_iter().collect();
        }
        visit_mut::visit_path_mut(self, path);
    }
}

/// The generator ignores the name of a replacement that it never meets. A schema that is used but was not replaced would be a
/// closed type, so that is an error here; `used` are the enum schemas that some struct refers to.
pub(crate) fn check(lowered: &Lowered, seen: &BTreeSet<String>, used: &BTreeSet<String>) -> Result<(), Problem> {
    for (schema, mark) in &lowered.replacements {
        if used.contains(schema) && !seen.contains(mark) {
            return Err(Problem::at(Position::default(), "the generator did not substitute the type of this schema").on(schema.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::visit_mut::VisitMut;

    use super::Substitute;

    #[test]
    fn a_mark_becomes_the_bare_name() {
        let mut ty: syn::Type = syn::parse_quote!(Option<p100_mark::types::Net>);
        let mut pass = Substitute::default();
        pass.visit_type_mut(&mut ty);
        assert_eq!(ty.to_token_stream().to_string(), "Option < Net >");
        assert!(pass.seen.contains("p100_mark::types::Net"));
    }
}
