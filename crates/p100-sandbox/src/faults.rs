//! Misbehaviour on demand.

use p100_raw::operations;
use serde::{Deserialize, Serialize};

/// What goes wrong with the next calls of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Id of the operation, e.g. `createTransfer`.
    pub operation: String,
    /// How many calls it hits: 1.
    #[serde(default = "once")]
    pub times: u32,
    /// Whether the call is carried out all the same, and only its response goes wrong. With `delay` and `truncate` it always is: they need
    /// its response.
    #[serde(default)]
    pub takes_effect: bool,
    /// What the caller sees.
    pub kind: FaultKind,
}

/// What the caller of a faulty operation sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// An error with this code of P100's, and the status it comes with.
    Code(String),
    /// A response of this status without a body that P100 would write, as from a proxy in front of it.
    Status(u16),
    /// The response, but this many real milliseconds late.
    Delay(u64),
    /// The connection ends without a response.
    Reset,
    /// The connection ends in the middle of the response's body.
    Truncate,
}

impl Fault {
    /// What is wrong with it, naming the member.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !operations::ALL.iter().any(|operation| operation.id == self.operation) {
            return Err(format!("operation: there is no `{}`; it is an operationId such as `createTransfer`", self.operation));
        }
        if self.times == 0 {
            return Err("times must be at least 1".to_owned());
        }
        match &self.kind {
            FaultKind::Status(status) if !(300..=599).contains(status) => Err("kind.status must be from 300 to 599".to_owned()),
            FaultKind::Code(code) if code.is_empty() => Err("kind.code should not be empty".to_owned()),
            _ => Ok(()),
        }
    }
}

fn once() -> u32 {
    1
}

/// Takes the fault that hits this call of `operation`.
pub(crate) fn take(faults: &mut Vec<Fault>, operation: &str) -> Option<Fault> {
    let index = faults.iter().position(|fault| fault.operation == operation && fault.times > 0)?;
    let fault = faults.get_mut(index)?;
    fault.times -= 1;
    let taken = fault.clone();
    faults.retain(|fault| fault.times > 0);
    Some(taken)
}
