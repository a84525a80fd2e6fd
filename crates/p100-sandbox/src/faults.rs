//! Misbehaviour on demand.

use std::time::Duration;

use p100_raw::types::ErrorCode;
use p100_raw::{Operation, operations};
use serde::{Deserialize, Serialize};

/// What goes wrong with the next calls of an operation.
///
/// ```
/// use p100_raw::operations;
/// use p100_sandbox::Fault;
///
/// // Two payouts happen, and their responses get lost.
/// let fault = Fault::reset(&operations::CREATE_PARTNER_SEPA_TRANSFER).after_effect().times(2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// Id of the operation, e.g. `createTransfer`.
    pub operation: String,
    /// How many calls it hits: 1.
    #[serde(default = "once")]
    pub times: u32,
    /// Whether the call is carried out anyway, and only its response goes wrong. With `delay` and `truncate` it always is: they need
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
    Code(ErrorCode),
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
    /// The next call of `operation` goes wrong like this, without taking effect.
    #[must_use]
    pub fn new(operation: &Operation, kind: FaultKind) -> Self {
        Self { operation: operation.id.to_owned(), times: once(), takes_effect: false, kind }
    }

    /// The connection ends without a response.
    #[must_use]
    pub fn reset(operation: &Operation) -> Self {
        Self::new(operation, FaultKind::Reset)
    }

    /// The response is an error with this code, and the status it comes with.
    #[must_use]
    pub fn code(operation: &Operation, code: ErrorCode) -> Self {
        Self::new(operation, FaultKind::Code(code))
    }

    /// The response has this status (300 to 599) and an HTML page, as from a proxy in front of P100.
    #[must_use]
    pub fn status(operation: &Operation, status: u16) -> Self {
        Self::new(operation, FaultKind::Status(status))
    }

    /// The response is this much real time late, in milliseconds. The call takes effect.
    #[must_use]
    pub fn delay(operation: &Operation, time: Duration) -> Self {
        Self::new(operation, FaultKind::Delay(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)))
    }

    /// The connection ends in the middle of the response's body. The call takes effect.
    #[must_use]
    pub fn truncate(operation: &Operation) -> Self {
        Self::new(operation, FaultKind::Truncate)
    }

    /// The call is carried out anyway, and only its response goes wrong.
    #[must_use]
    pub fn after_effect(self) -> Self {
        Self { takes_effect: true, ..self }
    }

    /// It hits so many calls.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

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
            FaultKind::Code(code) if code.as_str().is_empty() => Err("kind.code should not be empty".to_owned()),
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
