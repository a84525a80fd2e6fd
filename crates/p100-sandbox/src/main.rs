//! `p100-sandbox`: a P100 on your own machine, as a program.

fn main() -> std::process::ExitCode {
    p100_sandbox::program::main()
}
