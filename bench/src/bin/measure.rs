//! Times a case, or does it under somebody else's eyes. Meant for `cargo xtask bench`:
//!
//! ```text
//! measure wall CASE                              prints `<p100> <by hand> <ratio> <lower quartile> <upper quartile>`, times in ns
//! measure run CASE p100|by-hand COUNT ADDRESS    does it COUNT times, for callgrind; calls go to ADDRESS
//! measure serve                                  prints an address, and serves there until its standard input ends
//! ```
#![allow(clippy::print_stdout, reason = "this is a command-line program")]

use std::env;
use std::io;
use std::time::{Duration, Instant};

use p100_bench::{Case, Repeat, case, server};

const ROUNDS: usize = 1001;

/// Long enough that neither the clock nor the start of a runtime counts, short enough that most batches are not interrupted.
const BATCH: Duration = Duration::from_micros(500);

/// Before instructions are counted: connections, pools, buffers.
const WARM_UP: usize = 2;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["wall", name] => {
            let server = server::start().expect("a server");
            wall(case(name, server).expect("a case of this name"));
        }
        ["run", name, side, count, address] => {
            let case = case(name, address.parse().expect("an address")).expect("a case of this name");
            let mut work = if side == "p100" { case.p100 } else { case.by_hand };
            work(WARM_UP);
            work(count.parse().expect("a number"));
        }
        ["serve"] => {
            println!("{}", server::start().expect("a server"));
            io::copy(&mut io::stdin(), &mut io::sink()).expect("standard input");
        }
        _ => panic!("measure wall CASE | run CASE p100|by-hand COUNT ADDRESS | serve"),
    }
}

/// Both sides take turns, and each goes first every other time: what slows the machine down slows both.
fn wall(mut case: Case) {
    let batch = batch(&mut case.by_hand);
    time(&mut case.p100, batch);
    let rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|round| {
            if round % 2 == 0 {
                let p100 = time(&mut case.p100, batch);
                (p100, time(&mut case.by_hand, batch))
            } else {
                let by_hand = time(&mut case.by_hand, batch);
                (time(&mut case.p100, batch), by_hand)
            }
        })
        .collect();
    let sorted = |value: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (p100, by_hand, ratio) = (sorted(|round| round.0), sorted(|round| round.1), sorted(|round| round.0 / round.1));
    let half = ROUNDS / 2;
    println!("{} {} {} {} {}", p100[half], by_hand[half], ratio[half], ratio[ROUNDS / 4], ratio[ROUNDS - 1 - ROUNDS / 4]);
}

/// How often the work is done between two looks at the clock.
fn batch(work: &mut Repeat) -> usize {
    let mut batch = 1;
    loop {
        let begin = Instant::now();
        work(batch);
        if begin.elapsed() >= BATCH {
            return batch;
        }
        batch *= 2;
    }
}

/// Nanoseconds for each time.
fn time(work: &mut Repeat, count: usize) -> f64 {
    let begin = Instant::now();
    work(count);
    begin.elapsed().as_secs_f64() * 1e9 / count as f64
}
