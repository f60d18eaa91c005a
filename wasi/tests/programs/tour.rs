//! What Rust's standard library does with WASI: each part by its name, checked by the program itself.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime};

fn main() {
    let part = std::env::args().nth(1).expect("a part");
    match part.as_str() {
        "files" => files(),
        "directories" => directories(),
        "listing" => listing(),
        "environment" => environment(),
        "time" => time(),
        "random" => random(),
        "copy" => copy(),
        part => panic!("no part {part}"),
    }
    println!("{part} ok");
}

fn files() {
    let mut file = File::create("/file").unwrap();
    file.write_all(b"one two three").unwrap();
    file.sync_all().unwrap();
    assert_eq!(fs::read_to_string("/file").unwrap(), "one two three");
    let mut file = OpenOptions::new().read(true).write(true).open("/file").unwrap();
    file.seek(SeekFrom::Start(4)).unwrap();
    file.write_all(b"TWO").unwrap();
    file.seek(SeekFrom::End(-5)).unwrap();
    let mut end = String::new();
    file.read_to_string(&mut end).unwrap();
    assert_eq!(end, "three");
    file.set_len(7).unwrap();
    let mut log = OpenOptions::new().append(true).open("/file").unwrap();
    log.write_all(b"!").unwrap();
    assert_eq!(fs::read("/file").unwrap(), b"one TWO!");
    let attributes = fs::metadata("/file").unwrap();
    assert!(attributes.is_file() && attributes.len() == 8);
    fs::hard_link("/file", "/second").unwrap();
    fs::rename("/second", "/third").unwrap();
    fs::remove_file("/file").unwrap();
    assert_eq!(fs::read("/third").unwrap().len(), 8);
    let error = File::open("/file").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert!(File::options().write(true).create_new(true).open("/third").is_err());
}

fn directories() {
    fs::create_dir_all("/a/b/c").unwrap();
    fs::write("/a/b/file", "x").unwrap();
    assert!(fs::remove_dir("/a").is_err());
    assert!(fs::metadata("/a/b/../b/c").unwrap().is_dir());
    assert!(fs::metadata("/a/../../etc").is_err());
    fs::rename("/a/b", "/moved").unwrap();
    assert_eq!(fs::read_dir("/moved").unwrap().count(), 2);
    fs::remove_dir_all("/moved").unwrap();
    fs::remove_dir("/a").unwrap();
}

fn listing() {
    fs::create_dir("/many").unwrap();
    for number in 0..10_000 {
        File::create(format!("/many/entry number {number}")).unwrap();
    }
    let names: HashSet<_> = fs::read_dir("/many").unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 10_000);
    // Removed while it is read.
    for entry in fs::read_dir("/many").unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    fs::remove_dir("/many").unwrap();
}

fn environment() {
    assert_eq!(std::env::var("NAME").unwrap(), "välue=1");
    assert_eq!(std::env::vars().count(), 2);
    assert_eq!(std::env::args().skip(2).collect::<Vec<_>>(), ["", "--flag", "ä b"]);
}

fn time() {
    let (start, began) = (Instant::now(), SystemTime::now());
    std::thread::sleep(Duration::from_millis(20));
    assert!(start.elapsed() >= Duration::from_millis(20));
    assert!(began.elapsed().unwrap() >= Duration::from_millis(19));
    assert!(began > SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000));
}

/// The standard library seeds each map's hasher by random bytes.
fn random() {
    use std::hash::{BuildHasher, RandomState};
    let hashes: HashSet<_> = (0..2).map(|_| RandomState::new().hash_one(1)).collect();
    assert_eq!(hashes.len(), 2);
    print!("{:?} ", RandomState::new().hash_one(1));
}

fn copy() {
    let length = fs::copy("/in", "/out").unwrap();
    assert_eq!(length, 100_000_000);
}
