//! One sandbox: its state behind a lock, its clock, and the courier that delivers webhooks.

use std::collections::VecDeque;
use std::io;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use p100_raw::reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use p100_raw::reqwest::{self, redirect};
use tokio::sync::{Notify, watch};

use crate::access::Access;
use crate::background::Background;
use crate::deliveries::{Delivery, Outgoing};
use crate::settings::Receiver;
use crate::time::Time;
use crate::validation::Requests;
use crate::world::World;

/// How long the partner's server may take to respond to a webhook, in real time. No page shows P100's limit.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a call waits for the closure that hears of it. One that takes longer holds up nobody until it has caught up.
const HEARING: Duration = Duration::from_secs(1);

/// How many calls the closure may be behind before it misses some.
const BEHIND: usize = 1024;

/// Who hears of each call.
pub(crate) enum OnCall {
    /// A closure of the user, which may take its time.
    Apart { calls: Background<CallLog>, is_behind: AtomicBool },
    /// One that takes none.
    #[cfg(feature = "program")]
    AtOnce(Box<dyn Fn(&CallLog) + Send + Sync>),
}

impl OnCall {
    pub(crate) fn apart(mut on_call: impl FnMut(&CallLog) + Send + 'static) -> io::Result<Self> {
        let mut missed = 0;
        let calls = Background::start("p100-sandbox-calls", BEHIND, move |calls: VecDeque<CallLog>, dropped| {
            for mut call in calls {
                call.missed = std::mem::take(&mut missed);
                // The next calls are heard anyway; what went wrong has been printed.
                let _ = catch_unwind(AssertUnwindSafe(|| on_call(&call)));
            }
            missed += dropped;
        })?;
        Ok(Self::Apart { calls, is_behind: AtomicBool::new(false) })
    }

    fn report(&self, call: CallLog) {
        match self {
            #[cfg(feature = "program")]
            Self::AtOnce(on_call) => on_call(&call),
            Self::Apart { calls, is_behind } => {
                let waits = !is_behind.load(Ordering::Relaxed) || calls.wait(Duration::ZERO);
                calls.push(call);
                is_behind.store(!waits || !calls.wait(HEARING), Ordering::Relaxed);
            }
        }
    }

    /// Waits until all calls have been heard of, for a while.
    fn wait(&self, patience: Duration) {
        match self {
            #[cfg(feature = "program")]
            Self::AtOnce(_) => {}
            Self::Apart { calls, .. } => _ = calls.wait(patience),
        }
    }
}

/// Writes a state down for good.
pub(crate) type Keep = Arc<dyn Fn(&World) -> Result<(), String> + Send + Sync>;

/// One call, as the log shows it: nothing of its path, query or bodies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallLog {
    /// Id of the operation, or a word for none.
    pub operation: &'static str,
    /// Status of the response; none if the connection ends without one.
    pub status: Option<u16>,
    /// Error code of the response, if it has one.
    pub code: Option<String>,
    /// How long it took, in real time.
    pub duration: Duration,
    /// What was made to go wrong.
    pub fault: Option<crate::FaultKind>,
    /// How many calls before this one were not heard of, because [`on_call`](crate::SandboxBuilder::on_call) was too far behind.
    pub missed: u64,
}

/// What a sandbox has beside its state.
pub(crate) struct Surroundings {
    pub(crate) requests: &'static Requests,
    pub(crate) access: Access,
    pub(crate) on_call: Option<OnCall>,
    pub(crate) keep: Option<Keep>,
}

pub(crate) struct Core {
    world: Mutex<World>,
    pace: Mutex<Pace>,
    pub(crate) surroundings: Surroundings,
    /// The state has changed since it was kept.
    changed: AtomicBool,
    /// Held while the state is kept.
    keeping: tokio::sync::Mutex<()>,
    /// Without and with TLS, made when the first such webhook goes out: reading the certificates of the system takes longer than all the
    /// rest of a start.
    http: [OnceLock<Result<reqwest::Client, String>>; 2],
    /// Something has come due.
    due: Notify,
    /// The whole state is another now: whatever went on with the old one ends.
    replaced: watch::Sender<()>,
    /// Held by whoever advances the clock, to the end: two advances add up.
    advancing: tokio::sync::Mutex<()>,
    /// Held during a delivery: one at a time, so that the order is always the same.
    delivering: tokio::sync::Mutex<()>,
}

/// How the virtual clock follows the real one.
struct Pace {
    /// Virtual seconds in a real one; 0 is stopped.
    speed: f64,
    anchor: (Instant, Time),
}

impl Core {
    pub(crate) fn new(world: World, speed: f64, surroundings: Surroundings) -> Self {
        let pace = Pace { speed, anchor: (Instant::now(), world.now) };
        Self {
            world: Mutex::new(world),
            pace: Mutex::new(pace),
            surroundings,
            changed: AtomicBool::new(false),
            keeping: tokio::sync::Mutex::new(()),
            http: Default::default(),
            due: Notify::new(),
            replaced: watch::Sender::new(()),
            advancing: tokio::sync::Mutex::new(()),
            delivering: tokio::sync::Mutex::new(()),
        }
    }

    /// The state at the present time. What has come due by now has happened, except for deliveries.
    pub(crate) fn world(&self) -> Held<'_> {
        let now = self.now();
        let mut world = self.hold();
        if let Some(now) = now {
            if world.schedule.next().is_some_and(|at| at <= now) {
                world.catch_up(now);
            } else {
                // That time passes is no change.
                world.world.catch_up(now);
            }
        }
        world
    }

    fn hold(&self) -> Held<'_> {
        Held { world: self.world.lock().unwrap_or_else(PoisonError::into_inner), changed: &self.changed }
    }

    /// The state at the present time, to be written without holding up anybody.
    pub(crate) fn snapshot(&self) -> World {
        self.world().clone()
    }

    /// Says that a call has ended.
    pub(crate) fn report(&self, call: CallLog) {
        if let Some(on_call) = &self.surroundings.on_call {
            on_call.report(call);
        }
    }

    /// Waits for the closure that hears of calls, but not for ever.
    pub(crate) fn all_told(&self, patience: Duration) {
        if let Some(on_call) = &self.surroundings.on_call {
            on_call.wait(patience);
        }
    }

    /// Keeps the state where it is kept, whether it has changed or not. `None`: it is kept nowhere.
    pub(crate) async fn keep(self: &Arc<Self>) -> Option<Result<(), String>> {
        let keep = Arc::clone(self.surroundings.keep.as_ref()?);
        let _keeping = self.keeping.lock().await;
        self.changed.store(false, Ordering::SeqCst);
        let core = Arc::clone(self);
        let kept = tokio::task::spawn_blocking(move || keep(&core.snapshot())).await;
        let kept = kept.unwrap_or_else(|_| Err("saving it failed: this is a defect of the sandbox, please report it".to_owned()));
        if kept.is_err() {
            self.changed.store(true, Ordering::SeqCst);
        }
        Some(kept)
    }

    /// Whether there is something to keep.
    #[cfg(feature = "program")]
    pub(crate) fn has_changed(&self) -> bool {
        self.changed.load(Ordering::SeqCst)
    }

    /// Replaces the whole state; the clock goes on from the time of the new one. A webhook that is under way is interrupted.
    pub(crate) fn replace(&self, new: impl FnOnce(&World) -> World) {
        let mut world = self.hold();
        *world = new(&world);
        self.pace().anchor = (Instant::now(), world.now);
        self.replaced.send_replace(());
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
        let _advancing = self.advancing.lock().await;
        self.drive(time).await;
    }

    /// Delivers what is due now.
    pub(crate) async fn settle(&self) {
        self.drive(Duration::ZERO).await;
    }

    /// Sends a webhook of the log once more, now. `None`: there is no such.
    pub(crate) async fn redeliver(&self, id: usize) -> Option<Delivery> {
        self.attempt(&mut self.replaced.subscribe(), |world| world.deliveries.again(id, world.now)).await;
        self.world().deliveries.log().get(id).cloned()
    }

    /// Carries on for `time`, unless the state is replaced on the way.
    async fn drive(&self, time: Duration) {
        let mut replaced = self.replaced.subscribe();
        let until = self.world().now + time;
        while self.attempt(&mut replaced, |world| world.advance(until)).await {}
    }

    /// Makes the delivery that `next` names. False: it names none, or the state was replaced.
    async fn attempt(&self, replaced: &mut watch::Receiver<()>, next: impl FnOnce(&mut World) -> Option<Outgoing>) -> bool {
        let is_replaced = |replaced: &watch::Receiver<()>| replaced.has_changed().unwrap_or(true);
        let _delivering = self.delivering.lock().await;
        let (outgoing, receiver, begin) = {
            let mut world = self.world();
            if is_replaced(replaced) {
                return false;
            }
            let outgoing = next(&mut world);
            if self.now().is_some_and(|now| now < world.now) {
                self.pace().anchor = (Instant::now(), world.now);
            }
            let Some(outgoing) = outgoing else { return false };
            let Some(receiver) = world.settings.webhooks.clone() else {
                world.deliveries.keep(&outgoing);
                return true;
            };
            (outgoing, receiver, world.now)
        };
        let outcome = tokio::select! {
            outcome = self.deliver(&outgoing, &receiver) => outcome,
            _ = replaced.changed() => return false,
        };
        // The time goes on while a receiver thinks, and the next wait counts from the end of that.
        let mut world = self.world();
        if is_replaced(replaced) {
            return false;
        }
        let end = world.now;
        world.deliveries.attempted(&outgoing, outcome, begin, end);
        true
    }

    async fn deliver(&self, outgoing: &Outgoing, receiver: &Receiver) -> Result<u16, String> {
        let tls = receiver.url.starts_with("https:");
        let http = self.http[usize::from(tls)].get_or_init(|| {
            let client = reqwest::Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).no_proxy();
            let client = if tls { client } else { client.tls_certs_only([]) };
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
            Ok(response) => Ok(response.status().as_u16()),
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

/// The state, as long as nobody else has it. Whoever takes it to change it marks it as changed.
pub(crate) struct Held<'a> {
    world: MutexGuard<'a, World>,
    changed: &'a AtomicBool,
}

impl Deref for Held<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut World {
        self.changed.store(true, Ordering::SeqCst);
        &mut self.world
    }
}

/// An error with its causes, in one line.
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
