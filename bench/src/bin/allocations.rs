//! Counts heap allocations of a case on the thread that does it; the server has another one. Meant for `cargo xtask bench`:
//! `allocations CASE` prints `<p100> <by hand> <bytes of p100> <bytes by hand>`, each for one time.
#![allow(clippy::print_stdout, reason = "this is a command-line program")]

use std::env;

use p100_bench::{Repeat, case, server};

/// Enough to see what only happens every other time.
const COUNT: usize = 100;

fn main() {
    let name = env::args().nth(1).expect("allocations CASE");
    let server = server::start().expect("a server");
    let mut case = case(&name, server).expect("a case of this name");
    let (p100, by_hand) = (count(&mut case.p100), count(&mut case.by_hand));
    println!("{} {} {} {}", p100.0, by_hand.0, p100.1, by_hand.1);
}

/// Allocations and bytes; growing a buffer counts as a new allocation of its new size.
fn count(work: &mut Repeat) -> (f64, f64) {
    work(COUNT);
    let info = allocation_counter::measure(|| work(COUNT));
    let each = |total: u64| total as f64 / COUNT as f64;
    (each(info.count_total), each(info.bytes_total))
}
