//! The sandbox through its front door: P100's API, the control plane and webhooks.

mod transfers;
