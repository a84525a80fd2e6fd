//! Work that must not hold up anybody: on a thread of its own, behind a queue with an end that counts what it drops.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

pub(crate) struct Background<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    queue: Mutex<Queue<T>>,
    changed: Condvar,
    /// How many may wait.
    capacity: usize,
}

struct Queue<T> {
    waiting: VecDeque<T>,
    /// How many were dropped since the last ones were taken.
    dropped: u64,
    is_busy: bool,
    is_closed: bool,
}

impl<T: Send + 'static> Background<T> {
    /// Starts the thread. `work` gets all that waits, oldest first, and how many were dropped after them.
    pub(crate) fn start(name: &str, capacity: usize, work: impl FnMut(VecDeque<T>, u64) + Send + 'static) -> io::Result<Self> {
        let queue = Queue { waiting: VecDeque::new(), dropped: 0, is_busy: false, is_closed: false };
        let shared = Arc::new(Shared { queue: Mutex::new(queue), changed: Condvar::new(), capacity });
        thread::Builder::new().name(name.to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.run(work)
        })?;
        Ok(Self { shared })
    }

    /// Has it done soon, or drops it if too much waits already.
    pub(crate) fn push(&self, item: T) {
        let mut queue = self.shared.lock();
        if queue.waiting.len() < self.shared.capacity {
            queue.waiting.push_back(item);
            self.shared.changed.notify_all();
        } else {
            queue.dropped += 1;
        }
    }

    /// Waits until everything is done, but no longer than `patience`. False: something is left.
    pub(crate) fn wait(&self, patience: Duration) -> bool {
        let left = |queue: &mut Queue<T>| !queue.waiting.is_empty() || queue.dropped > 0 || queue.is_busy;
        let waited = self.shared.changed.wait_timeout_while(self.shared.lock(), patience, left);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl<T> Drop for Background<T> {
    /// What waits is still done, if the process lives that long.
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut work: impl FnMut(VecDeque<T>, u64)) {
        let mut queue = self.lock();
        loop {
            queue.is_busy = false;
            self.changed.notify_all();
            let idle = |queue: &mut Queue<T>| queue.waiting.is_empty() && queue.dropped == 0 && !queue.is_closed;
            queue = self.changed.wait_while(queue, idle).unwrap_or_else(PoisonError::into_inner);
            if queue.waiting.is_empty() && queue.dropped == 0 {
                return;
            }
            queue.is_busy = true;
            let (items, dropped) = (std::mem::take(&mut queue.waiting), std::mem::take(&mut queue.dropped));
            drop(queue);
            work(items, dropped);
            queue = self.lock();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::Background;

    #[test]
    fn what_does_not_fit_is_counted_and_nobody_waits() {
        let (open, gate) = mpsc::channel::<()>();
        let (reported, reporting) = mpsc::channel();
        let background = Background::start("test", 3, move |items, dropped| {
            gate.recv().unwrap();
            reported.send((Vec::from(items), dropped)).unwrap();
        })
        .unwrap();
        background.push(0);
        // The first is being worked on before the others come.
        while !background.shared.lock().is_busy {
            std::thread::yield_now();
        }
        (1..=5).for_each(|number| background.push(number));
        assert!(!background.wait(Duration::from_millis(1)));
        open.send(()).unwrap();
        open.send(()).unwrap();
        assert!(background.wait(Duration::from_secs(30)));
        assert_eq!(reporting.iter().take(2).collect::<Vec<_>>(), [(vec![0], 0), (vec![1, 2, 3], 2)]);
        drop(background);
        assert!(reporting.recv().is_err(), "the thread ends");
    }
}
