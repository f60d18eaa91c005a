//! Connections from other processes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::{program, run, whit};

/// The program `echo`, and where it listens.
fn server(options: &[&str]) -> (Child, SocketAddr) {
    let mut args = vec!["run", "--tcp-listen", "127.0.0.1:0"];
    args.extend(options);
    let path = program("echo");
    args.push(&path);
    let mut child = whit(args).stderr(Stdio::piped()).spawn().expect("the command starts");
    let mut line = String::new();
    BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let address = line.trim_end().strip_prefix("whit: listening at ").expect("an address");
    (child, address.parse().expect("an address"))
}

#[test]
fn a_program_serves_a_connection() {
    let (mut child, address) = server(&[]);
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("an option");
    for (text, echo) in [(b"one", b"ONE"), (b"two", b"TWO")] {
        stream.write_all(text).expect("it receives");
        let mut bytes = [0; 3];
        stream.read_exact(&mut bytes).expect("it sends");
        assert_eq!(&bytes, echo);
    }
    stream.shutdown(Shutdown::Write).expect("an end");
    assert_eq!(stream.read(&mut [0; 1]).expect("an end"), 0);
    assert_eq!(child.wait().expect("the command ends").code(), Some(6));
}

#[test]
fn an_end_that_is_gone_is_an_errno_to_the_guest() {
    let (mut child, address) = server(&[]);
    let stream = TcpStream::connect(address).expect("it listens");
    // Closed with bytes that it has not read, a connection is reset.
    (&stream).write_all(b"a").expect("it receives");
    stream.peek(&mut [0; 1]).expect("it sends");
    (&stream).write_all(&[b'b'; 100_000]).expect("it receives");
    drop(stream);
    // `connreset` or `pipe`, depending on what the guest does first.
    assert!(matches!(child.wait().expect("the command ends").code(), Some(15 | 64)));
}

#[test]
fn listeners_stand_behind_directories() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let (mut child, _) = server(&["--dir", directory]);
    // Descriptor 3 is not a socket then.
    assert_eq!(child.wait().expect("the command ends").code(), Some(57));
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for address in [address.as_str(), "127.0.0.1"] {
        let outcome = run(&["run", "--tcp-listen", address, &program("echo")]);
        assert_eq!(outcome.status, Some(1));
        assert!(outcome.stderr.starts_with(&format!("whit: {address}: ")), "{outcome:?}");
    }
}
