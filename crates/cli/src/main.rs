//! The binary `cresset`.

fn main() {}
