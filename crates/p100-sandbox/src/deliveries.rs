//! The log of webhooks: what was sent, what came back, and what is to be sent again.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use p100_raw::Timestamp;
use p100_raw::webhooks::WebhookKind;
use serde::{Deserialize, Serialize};

use crate::time::Time;

/// Waits before the second to fifth attempt, each counted from the failure before.
const WAITS: [Duration; 4] = [Duration::from_secs(8), Duration::from_secs(16), Duration::from_secs(32), Duration::from_secs(64)];

/// One webhook and its outcome.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// Number in the log, from 0.
    pub id: usize,
    /// Id of the event in the document, e.g. `transferStatus`.
    pub event: String,
    /// Path below the partner's base address.
    pub path: String,
    /// The body, as it is sent.
    pub body: String,
    /// When it was caused, on the sandbox's clock.
    pub created_at: Timestamp,
    /// Its outcome.
    pub state: DeliveryState,
    /// What was tried.
    pub attempts: Vec<DeliveryAttempt>,
    /// How many of the attempts were made before it was sent once more by hand.
    pub earlier_attempts: usize,
}

/// The outcome of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DeliveryState {
    /// It is to be sent, for the first time or again.
    Waiting,
    /// It got 200.
    Delivered,
    /// It failed five times; P100's docs say nothing about later.
    GivenUp,
    /// No receiver was configured when it was to be sent. It can be sent later.
    NoReceiver,
}

/// One attempt of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeliveryAttempt {
    /// When it began, on the sandbox's clock.
    pub at: Timestamp,
    /// The status that came back.
    pub status: Option<u16>,
    /// Why none came back.
    pub error: Option<String>,
}

/// All deliveries, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Deliveries {
    log: Vec<Delivery>,
    due: BTreeSet<(Time, usize)>,
}

/// A delivery that is to be attempted now.
pub(crate) struct Outgoing {
    /// When it was due.
    at: Time,
    pub(crate) id: usize,
    pub(crate) path: String,
    pub(crate) body: String,
}

impl fmt::Debug for Delivery {
    /// Not the body: it may carry a one-time code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("id", &self.id)
            .field("event", &self.event)
            .field("path", &self.path)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .field("created_at", &self.created_at)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("earlier_attempts", &self.earlier_attempts)
            .finish()
    }
}

impl Delivery {
    fn outgoing(&self, at: Time) -> Outgoing {
        Outgoing { at, id: self.id, path: self.path.clone(), body: self.body.clone() }
    }
}

impl Deliveries {
    pub(crate) fn log(&self) -> &[Delivery] {
        &self.log
    }

    /// What is wrong with the log, if it was written by somebody else.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some(index) = self.log.iter().enumerate().position(|(index, delivery)| delivery.id != index) {
            return Err(format!("deliveries.log[{index}].id must be {index}"));
        }
        if let Some(index) = self.log.iter().position(|delivery| delivery.earlier_attempts > delivery.attempts.len()) {
            return Err(format!("deliveries.log[{index}].earlierAttempts is more than there are attempts"));
        }
        let waits = |id: usize| self.log.get(id).is_some_and(|delivery| delivery.state == DeliveryState::Waiting);
        match self.due.iter().find(|(_, id)| !waits(*id)) {
            Some((_, id)) => Err(format!("deliveries.due names {id}, which does not wait")),
            None => Ok(()),
        }
    }

    /// Enters an event, to be sent now if somebody receives.
    pub(crate) fn add(&mut self, kind: WebhookKind, body: String, now: Time, receiver: bool) {
        let id = self.log.len();
        let route = kind.route();
        self.log.push(Delivery {
            id,
            event: route.id.to_owned(),
            path: route.path.to_owned(),
            body,
            created_at: now.into(),
            state: if receiver { DeliveryState::Waiting } else { DeliveryState::NoReceiver },
            attempts: Vec::new(),
            earlier_attempts: 0,
        });
        if receiver {
            self.due.insert((now, id));
        }
    }

    /// Sends a delivery once more, with all its attempts before it.
    pub(crate) fn again(&mut self, id: usize, now: Time) -> Option<Outgoing> {
        let delivery = self.log.get_mut(id)?;
        delivery.state = DeliveryState::Waiting;
        delivery.earlier_attempts = delivery.attempts.len();
        self.due.retain(|(_, other)| *other != id);
        self.due.insert((now, id));
        Some(delivery.outgoing(now))
    }

    /// When the next attempt is due.
    pub(crate) fn next(&self) -> Option<Time> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The next attempt that is due at `until` or before. It stays due until [`attempted`](Self::attempted) reports how it went:
    /// one that is interrupted is made again.
    pub(crate) fn outgoing(&self, until: Time) -> Option<Outgoing> {
        let (at, id) = self.due.first().copied().filter(|(at, _)| *at <= until)?;
        self.log.get(id).map(|delivery| delivery.outgoing(at))
    }

    /// Keeps a delivery in the log only: nobody receives it.
    pub(crate) fn keep(&mut self, outgoing: &Outgoing) {
        self.due.remove(&(outgoing.at, outgoing.id));
        if let Some(delivery) = self.log.get_mut(outgoing.id) {
            delivery.state = DeliveryState::NoReceiver;
        }
    }

    /// Notes what came back at the end of an attempt. Anything but 200 is a failure.
    pub(crate) fn attempted(&mut self, outgoing: &Outgoing, outcome: Result<u16, String>, begin: Time, end: Time) {
        self.due.remove(&(outgoing.at, outgoing.id));
        let Some(delivery) = self.log.get_mut(outgoing.id) else { return };
        let done = outcome == Ok(200);
        let (status, error) = outcome.map_or_else(|error| (None, Some(error)), |status| (Some(status), None));
        delivery.attempts.push(DeliveryAttempt { at: begin.into(), status, error });
        delivery.state = match WAITS.get((delivery.attempts.len() - delivery.earlier_attempts).saturating_sub(1)) {
            _ if done => DeliveryState::Delivered,
            None => DeliveryState::GivenUp,
            Some(wait) => {
                self.due.insert((end + *wait, outgoing.id));
                DeliveryState::Waiting
            }
        };
    }
}
