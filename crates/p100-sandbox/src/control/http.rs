//! The control plane over HTTP, below `/_sandbox/`.

use std::sync::Arc;

use axum::Router;

use crate::core::Core;

pub(crate) fn routes(_core: &Arc<Core>) -> Router {
    Router::new()
}
