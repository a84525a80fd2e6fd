//! One sandbox: its state behind a lock, its clock, and the courier that delivers webhooks.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use p100_raw::reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use p100_raw::reqwest::{self, redirect};
use tokio::sync::Notify;

use crate::deliveries::{Delivery, Outgoing};
use crate::settings::Receiver;
use crate::time::Time;
use crate::validation::Requests;
use crate::world::World;

/// How long the partner's server may take to answer a webhook, in real time. No page tells P100's limit.
const PATIENCE: Duration = Duration::from_secs(10);

/// Told about each call.
pub(crate) type OnCall = Box<dyn Fn(&CallLog) + Send + Sync>;

/// One call, as the log shows it: nothing of its path, query or bodies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallLog {
    /// Id of the operation, or a word for none.
    pub operation: &'static str,
    /// Status of the answer; none if the connection ends without one.
    pub status: Option<u16>,
    /// Error code of the answer, if it has one.
    pub code: Option<String>,
    /// How long it took, in real time.
    pub duration: Duration,
    /// What was made to go wrong.
    pub fault: Option<crate::FaultKind>,
}

pub(crate) struct Core {
    world: Mutex<World>,
    pace: Mutex<Pace>,
    pub(crate) requests: &'static Requests,
    pub(crate) on_call: Option<OnCall>,
    /// Made when the first webhook goes out: reading the certificates of the system takes longer than all the rest of a start.
    http: OnceLock<Result<reqwest::Client, String>>,
    /// Something has come due.
    due: Notify,
    /// Held by whoever moves the clock or delivers: one at a time, so that the order is always the same.
    driving: tokio::sync::Mutex<()>,
}

/// How the virtual clock follows the real one.
struct Pace {
    /// Virtual seconds in a real one; 0 stands still.
    speed: f64,
    anchor: (Instant, Time),
}

impl Core {
    pub(crate) fn new(world: World, speed: f64, requests: &'static Requests, on_call: Option<OnCall>) -> Self {
        let pace = Pace { speed, anchor: (Instant::now(), world.now) };
        Self {
            world: Mutex::new(world),
            pace: Mutex::new(pace),
            requests,
            on_call,
            http: OnceLock::new(),
            due: Notify::new(),
            driving: tokio::sync::Mutex::new(()),
        }
    }

    /// The state at the present time. What has come due by now has happened, except for deliveries.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let now = self.now();
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = now {
            world.catch_up(now);
        }
        world
    }

    /// Replaces the whole state, when no webhook is under way; the clock goes on from the time of the new one.
    pub(crate) async fn replace(&self, new: impl FnOnce(&World) -> World) {
        let _driving = self.driving.lock().await;
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        *world = new(&world);
        self.pace().anchor = (Instant::now(), world.now);
        self.due.notify_one();
    }

    /// Wakes the courier, if there is something for it: a webhook that is due, or a time to wait for.
    pub(crate) fn wake(&self, world: &World) {
        let ahead = || self.pace().speed > 0.0 && (world.deliveries.next().is_some() || world.schedule.next().is_some());
        if world.deliveries.next().is_some_and(|at| at <= world.now) || ahead() {
            self.due.notify_one();
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Virtual seconds in a real one.
    pub(crate) fn speed(&self) -> f64 {
        self.pace().speed
    }

    /// The virtual time, if the clock runs by itself.
    fn now(&self) -> Option<Time> {
        let pace = self.pace();
        let (real, time) = pace.anchor;
        (pace.speed > 0.0).then(|| time + real.elapsed().mul_f64(pace.speed))
    }

    /// Moves the clock forward: everything that is due on the way happens in its order, deliveries included.
    pub(crate) async fn advance(&self, time: Duration) {
        let _driving = self.driving.lock().await;
        let until = self.world().now + time;
        self.drive(until).await;
    }

    /// Delivers what is due now.
    pub(crate) async fn settle(&self) {
        let _driving = self.driving.lock().await;
        let now = self.world().now;
        self.drive(now).await;
    }

    /// Sends a webhook of the log once more, now. `None`: there is no such.
    pub(crate) async fn redeliver(&self, id: usize) -> Option<Delivery> {
        let _driving = self.driving.lock().await;
        let now = {
            let mut world = self.world();
            let now = world.now;
            if !world.deliveries.again(id, now) {
                return None;
            }
            now
        };
        self.drive(now).await;
        self.world().deliveries.log().get(id).cloned()
    }

    /// Carries on to `until`. The caller holds `driving`.
    async fn drive(&self, until: Time) {
        loop {
            let (outgoing, receiver) = {
                let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
                let outgoing = world.advance(until);
                if self.now().is_some_and(|now| now < world.now) {
                    self.pace().anchor = (Instant::now(), world.now);
                }
                (outgoing, world.settings.webhooks.clone())
            };
            let Some(outgoing) = outgoing else { return };
            let outcome = match &receiver {
                Some(receiver) => self.deliver(&outgoing, receiver).await,
                None => Err("no receiver is configured".to_owned()),
            };
            let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
            let now = world.now;
            world.deliveries.attempted(outgoing, outcome, now);
        }
    }

    async fn deliver(&self, outgoing: &Outgoing, receiver: &Receiver) -> Result<u16, String> {
        let http = self.http.get_or_init(|| {
            let client = reqwest::Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).no_proxy();
            client.build().map_err(|error| describe(&error))
        });
        let request = http
            .as_ref()
            .map_err(String::clone)?
            .post(format!("{}{}", receiver.url.trim_end_matches('/'), outgoing.path))
            .header(AUTHORIZATION, receiver.token.expose())
            .header(CONTENT_TYPE, "application/json")
            .body(outgoing.body.clone());
        match request.send().await {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) => Err(describe(&error.without_url())),
        }
    }

    /// Delivers webhooks as they come due, until it is dropped.
    pub(crate) async fn run_courier(&self) {
        loop {
            self.settle().await;
            let wait = self.until_next();
            let due = self.due.notified();
            match wait {
                Some(wait) => {
                    let _ = tokio::time::timeout(wait, due).await;
                }
                None => due.await,
            }
        }
    }

    /// Real time until something comes due by itself.
    fn until_next(&self) -> Option<Duration> {
        let speed = self.pace().speed;
        let world = self.world();
        let next = [world.deliveries.next(), world.schedule.next()].into_iter().flatten().min()?;
        let wait = (next.utc() - world.now.utc()).to_std().unwrap_or_default();
        (speed > 0.0).then(|| wait.div_f64(speed).max(Duration::from_millis(1)))
    }
}

/// An error with its causes, in one line.
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
