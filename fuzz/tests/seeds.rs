//! Replays the seeds and what the targets have found before.

use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        run(&std::fs::read(&path).unwrap());
        count += 1;
    }
    assert!(count > 0, "there are no seeds in {}", directory.display());
}

#[test]
fn decode() {
    replay("decode", whit_fuzz::decode::run);
}

#[test]
fn differential() {
    replay("differential", whit_fuzz::differential::run);
}

#[test]
fn structured() {
    replay("structured", whit_fuzz::structured::run);
}
