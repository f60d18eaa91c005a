//! Real directories through a real program, and every way out of them that a guest could try.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use crate::{Outcome, Temporary, program, run, whit};

const DQUOT: Option<i32> = Some(19);
const EXIST: Option<i32> = Some(20);
const ISDIR: Option<i32> = Some(31);
const LOOP: Option<i32> = Some(32);
const MFILE: Option<i32> = Some(33);
const NOENT: Option<i32> = Some(44);
const NOTDIR: Option<i32> = Some(54);
const NOTEMPTY: Option<i32> = Some(55);
const ROFS: Option<i32> = Some(69);
const NOTCAPABLE: Option<i32> = Some(76);

/// `outside` beside `inside`, which is what the guest gets.
struct Tree(Temporary);

impl Tree {
    fn new(test: &str) -> Self {
        let temporary = Temporary::new(test);
        fs::create_dir_all(temporary.path().join("inside/sub")).expect("a directory");
        temporary.file("outside", "secret");
        temporary.file("inside/file", "content");
        Self(temporary)
    }

    fn inside(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join("inside").join(name)
    }

    fn link(&self, target: &str, name: &str) {
        symlink(target, self.inside(name)).expect("a link");
    }

    fn guest(&self, suffix: &str, args: &[&str]) -> Outcome {
        let mount = format!("{}/inside::/{suffix}", self.0.text());
        let mut all = vec!["run", "--dir", &mount];
        let path = program("files");
        all.push(&path);
        all.extend(args);
        run(&all)
    }

    fn errno(&self, args: &[&str]) -> Option<i32> {
        let outcome = self.guest("", args);
        assert_eq!(outcome.stderr, "", "{args:?}");
        outcome.status
    }

    fn output(&self, args: &[&str]) -> String {
        let outcome = self.guest("", args);
        assert_eq!(outcome.status, Some(0), "{args:?} {outcome:?}");
        outcome.stdout
    }
}

#[test]
fn a_guest_works_with_files() {
    let tree = Tree::new("work");
    assert_eq!(tree.output(&["r", "file"]), "content");
    assert_eq!(tree.output(&["w", "sub/new"]), "");
    assert_eq!(fs::read(tree.inside("sub/new")).expect("the file"), b"text");
    assert_eq!(tree.output(&["v", "sub/new", "moved"]), "");
    assert_eq!(tree.output(&["l", "moved", "second"]), "");
    assert_eq!(tree.output(&["r", "sub/../second"]), "text");
    assert_eq!(fs::metadata(tree.inside("moved")).expect("the file").nlink(), 2);
    assert_eq!(tree.output(&["m", "made"]), "");
    assert_eq!(tree.errno(&["m", "made"]), EXIST);
    assert_eq!(tree.output(&["s", "../file", "made/link"]), "");
    assert_eq!(tree.output(&["k", "made/link"]), "../file");
    assert_eq!(tree.output(&["r", "made/link"]), "content");
    assert_eq!(tree.errno(&["x", "made"]), NOTEMPTY);
    assert_eq!(tree.errno(&["u", "made"]), ISDIR);
    assert_eq!(tree.output(&["u", "made/link"]), "");
    assert_eq!(tree.output(&["x", "made"]), "");
    assert_eq!(tree.errno(&["r", "made"]), NOENT);
    assert_eq!(tree.errno(&["r", "file/x"]), NOTDIR);
    let mut listed: Vec<_> = tree.output(&["d", "."]).lines().map(str::to_owned).collect();
    listed.retain(|name| name != "." && name != "..");
    listed.sort();
    assert_eq!(listed, ["file", "moved", "second", "sub"]);
}

#[test]
fn attributes_are_the_real_ones() {
    let tree = Tree::new("attributes");
    tree.link("file", "link");
    let stat = |operation: &str, name: &str| {
        let mount = format!("{}/inside::/", tree.0.text());
        let output =
            whit(["run", "--dir", &mount, &program("files"), operation, name]).output().expect("it runs");
        assert!(output.status.success());
        let field = |at: usize| u64::from_le_bytes(output.stdout[at..at + 8].try_into().expect("8 bytes"));
        // Inode, type, links, size, modification time.
        (field(8), output.stdout[16], field(24), field(32), field(48))
    };
    let expected = |name: &str, kind: u8| {
        let real = fs::symlink_metadata(tree.inside(name)).expect("attributes");
        let modified = real.mtime() as u64 * 1_000_000_000 + real.mtime_nsec() as u64;
        (real.ino(), kind, real.nlink(), real.size(), modified)
    };
    assert_eq!(stat("t", "file"), expected("file", 4));
    assert_eq!(stat("t", "sub"), expected("sub", 3));
    assert_eq!(stat("t", "link"), expected("link", 7));
    assert_eq!(stat("i", "link"), expected("file", 4));
}

#[test]
fn big_directories_are_listed_through_small_buffers() {
    let tree = Tree::new("listing");
    let mut expected: Vec<_> = (0..2000).map(|number| format!("entry {number}")).collect();
    for name in &expected {
        fs::write(tree.inside("sub").join(name), "").expect("a file");
    }
    let mut listed: Vec<_> = tree.output(&["d", "sub"]).lines().map(str::to_owned).collect();
    listed.retain(|name| name != "." && name != "..");
    expected.sort();
    listed.sort();
    assert_eq!(listed, expected);
}

#[test]
fn nothing_leads_out() {
    let tree = Tree::new("escape");
    tree.link("../outside", "up");
    tree.link(&format!("{}/outside", tree.0.text()), "absolute");
    tree.link("..", "parent");
    tree.link("/", "root");
    tree.link("sub/../../outside", "detour");
    tree.link("loop", "loop");
    tree.link("ping", "pong");
    tree.link("pong", "ping");
    let outside = format!("{}/outside", tree.0.text());
    for path in [
        "../outside",
        "sub/../../outside",
        "up",
        "absolute",
        "parent/outside",
        "root/etc/passwd",
        "detour",
        &outside,
    ] {
        for operation in ["r", "w", "i"] {
            let outcome = tree.guest("", &[operation, path]);
            assert!(matches!(outcome.status, NOTCAPABLE | Some(63)), "{operation} {path} {outcome:?}");
            assert_eq!(outcome.stdout, "", "{operation} {path}");
        }
    }
    for path in ["../new", "parent/new", "sub/../../new", "root/tmp/whit-escape"] {
        for args in
            [&["w", path][..], &["m", path], &["s", "x", path], &["v", "file", path], &["l", "file", path]]
        {
            assert!(matches!(tree.errno(args), NOTCAPABLE | Some(63)), "{args:?}");
        }
    }
    for args in [["v", "../outside", "in"], ["l", "../outside", "in"], ["v", "parent/outside", "in"]] {
        assert!(matches!(tree.errno(&args), NOTCAPABLE | Some(63)), "{args:?}");
    }
    for args in
        [["u", "../outside"], ["u", "parent/outside"], ["x", "../inside"], ["d", ".."], ["d", "parent"]]
    {
        assert!(matches!(tree.errno(&args), NOTCAPABLE | Some(63)), "{args:?}");
    }
    assert_eq!(tree.errno(&["r", "loop"]), LOOP);
    assert_eq!(tree.errno(&["r", "ping"]), LOOP);
    assert_eq!(fs::read(tree.0.path().join("outside")).expect("still there"), b"secret");
    assert_eq!(fs::read_dir(tree.0.path()).expect("a directory").count(), 2);
}

#[test]
fn a_read_only_directory_is_not_changed() {
    let tree = Tree::new("read-only");
    tree.link("file", "link");
    let errno = |args: &[&str]| tree.guest(":ro", args).status;
    assert_eq!(tree.guest(":ro", &["r", "link"]).stdout, "content");
    for args in [
        &["w", "file"][..],
        &["w", "new"],
        &["m", "new"],
        &["x", "sub"],
        &["u", "file"],
        &["s", "file", "new"],
        &["l", "file", "new"],
        &["v", "file", "new"],
    ] {
        assert!(matches!(errno(args), ROFS | NOTCAPABLE), "{args:?} {:?}", errno(args));
    }
    assert_eq!(fs::read(tree.inside("file")).expect("still there"), b"content");
    assert_eq!(fs::read_dir(tree.inside("")).expect("a directory").count(), 3);
}

#[test]
fn quotas_hold_on_a_real_directory() {
    let tree = Tree::new("quotas");
    let mount = format!("{}/inside::/", tree.0.text());
    let files = program("files");
    let guest = |option: &str, number: &str, args: &[&str]| {
        let mut all = vec!["run", "--dir", &mount, option, number, &files];
        all.extend(args);
        run(&all).status
    };
    assert_eq!(guest("--max-entries", "0", &["m", "new"]), DQUOT);
    assert_eq!(guest("--max-entries", "0", &["w", "new"]), DQUOT);
    assert_eq!(guest("--max-entries", "0", &["w", "file"]), Some(0));
    assert_eq!(guest("--max-entries", "1", &["m", "new"]), Some(0));
    assert_eq!(guest("--max-written", "0", &["w", "file"]), DQUOT);
    assert_eq!(guest("--max-written", "4", &["w", "file"]), Some(0));
    assert_eq!(guest("--max-open", "4", &["r", "file"]), MFILE);
    assert_eq!(guest("--max-open", "5", &["r", "file"]), Some(0));
    assert_eq!(fs::read(tree.inside("file")).expect("the file"), b"text");
}

#[test]
fn a_directory_without_a_guest_path_keeps_its_own() {
    let tree = Tree::new("same");
    let inside = format!("{}/inside", tree.0.text());
    let outcome = run(&["run", "--dir", &inside, &program("files"), "r", "file"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), "content"));
    // A host path cannot be a file.
    let file = format!("{inside}/file");
    let outcome = run(&["run", "--dir", &file, &program("files"), "r", "file"]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stderr.contains("file: Not a directory"), "{outcome:?}");
}
