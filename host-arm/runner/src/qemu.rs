//! QEMU: the machine, and the three streams between it and the user.

use std::error::Error;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use defmt_decoder::{DecodeError, Table};

const QEMU: &str = "qemu-system-arm";
/// Exit status when the time was up, as of `timeout`.
const EXIT_TIME_IS_UP: u8 = 124;
/// Tells the firmware that the input has ended, as a terminal's Ctrl-D does.
const END_OF_INPUT: u8 = 4;

/// Runs the firmware at `path` for `limit` at most and gives its exit status.
pub(crate) fn run(
    board: &str,
    path: &str,
    table: &Table,
    arguments: &[String],
    limit: Option<Duration>,
) -> Result<u8, Box<dyn Error>> {
    // QEMU's standard output belongs to the log, so the console has a line of its own.
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut child = start(board, path, arguments, listener.local_addr()?.port())?;
    let log = child.stdout.take().ok_or("QEMU has no standard output")?;
    let console = accept(&listener, &mut child)?;
    let child = Arc::new(Mutex::new(child));
    if let Some(limit) = limit {
        kill_after(limit, Arc::clone(&child));
    }

    let from_board = console.try_clone()?;
    let output = thread::spawn(move || copy(from_board, io::stdout()));
    print_log(log, table, console)?;
    let status = child.lock().unwrap_or_else(PoisonError::into_inner).wait()?;
    output.join().map_err(|_| "the console's thread panicked")??;
    match (status.code(), limit) {
        (Some(status), _) => Ok(u8::try_from(status).unwrap_or(u8::MAX)),
        (None, Some(limit)) => {
            eprintln!("whit-arm-runner: no end in {} s", limit.as_secs());
            Ok(EXIT_TIME_IS_UP)
        }
        (None, None) => Err("QEMU was killed".into()),
    }
}

fn start(board: &str, path: &str, arguments: &[String], console: u16) -> Result<Child, String> {
    let mut semihosting = String::from("enable=on,target=native,arg=whit-arm");
    for argument in arguments {
        semihosting.push_str(",arg=");
        semihosting.push_str(&argument.replace(',', ",,"));
    }
    Command::new(QEMU)
        .args(["-machine", board, "-display", "none", "-monitor", "none"])
        .args(["-chardev", &format!("socket,id=console,host=127.0.0.1,port={console},nodelay=on")])
        .args(["-serial", "chardev:console", "-semihosting-config", &semihosting, "-kernel", path])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| {
            format!(
                "cannot start {QEMU}: {error}\nInstall QEMU for Arm; on Debian and Ubuntu: apt install {QEMU}"
            )
        })
}

/// Waits until QEMU has connected the console.
fn accept(listener: &TcpListener, child: &mut Child) -> Result<TcpStream, Box<dyn Error>> {
    listener.set_nonblocking(true)?;
    loop {
        match listener.accept() {
            Ok((console, _)) => {
                console.set_nonblocking(false)?;
                return Ok(console);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(status) = child.try_wait()? {
            return Err(format!("{QEMU} did not start the board: {status}").into());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn kill_after(limit: Duration, child: Arc<Mutex<Child>>) {
    thread::spawn(move || {
        thread::sleep(limit);
        // An error means that QEMU has ended by itself.
        let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
    });
}

/// Prints the log to its end. Its first message tells that the board is up, and starts the input: a board that is not
/// up may drop what it is sent.
fn print_log(mut log: ChildStdout, table: &Table, console: TcpStream) -> Result<(), Box<dyn Error>> {
    let mut console = Some(console);
    let mut decoder = table.new_stream_decoder();
    let mut buffer = [0; 1024];
    loop {
        let length = log.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        decoder.received(&buffer[..length]);
        loop {
            match decoder.decode() {
                Ok(frame) => eprintln!("{}", frame.display(false)),
                Err(DecodeError::UnexpectedEof) => break,
                Err(DecodeError::Malformed) if table.encoding().can_recover() => {}
                Err(DecodeError::Malformed) => return Err("the log cannot be decoded".into()),
            }
            if let Some(console) = console.take() {
                thread::spawn(move || send_input(console));
            }
        }
    }
}

fn send_input(mut console: TcpStream) -> io::Result<()> {
    copy(io::stdin(), &console)?;
    console.write_all(&[END_OF_INPUT])
}

/// Copies piece by piece as they come, until the end or until QEMU is gone.
fn copy(mut from: impl Read, mut to: impl Write) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(()),
            Err(error) => return Err(error),
            Ok(length) => {
                to.write_all(&buffer[..length])?;
                to.flush()?;
            }
        }
    }
}
