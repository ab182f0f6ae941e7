//! What does the engine release in random worlds? One line of JSON for each world, for `conformance/rule` to compare with
//! what the rule's second implementation says.
//!
//! ```text
//! rule --cases 100000 --seed 1 | conformance/rule/compare.py
//! ```
#![expect(clippy::indexing_slicing, reason = "writes into JSON values that it made itself")]

mod answers;
mod declared;
mod markings;
mod objects;
mod random;
mod world;
mod written;

use std::io::{self, Write};

use random::Random;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut cases_min, mut seed) = (100_000, 1);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value: u64 = arguments.next().ok_or("an option without a number")?.parse()?;
        match name.as_str() {
            "--cases" => cases_min = value,
            "--seed" => seed = value,
            _ => return Err(format!("no such option: {name}").into()),
        }
    }
    let mut cases = 0;
    let mut number: u64 = 0;
    while cases < cases_min {
        let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number));
        let world = world::world(&mut random);
        let mut line = answers::answer(&world, &mut random).await?;
        line["world"] = format!("seed {seed}, world {number}").into();
        let added = line["claims"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|claim| claim["outcome"] == "added")
            .count();
        cases += u64::try_from(added * world.questions.len())?;
        number += 1;
        // Whoever reads may have seen enough.
        if writeln!(io::stdout(), "{line}").is_err() {
            break;
        }
    }
    Ok(())
}
