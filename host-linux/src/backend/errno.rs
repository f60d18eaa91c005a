//! Linux's error numbers as preview 1's.

use rustix::io::Errno as System;
use whit_wasi::Errno;
use whit_wasi::backend::Failure;

macro_rules! rows {
    ($($system:ident $wasi:ident,)*) => {
        /// The guest's error for the system's; what preview 1 has no number for is an I/O error. What would have to
        /// wait is not ready.
        pub(super) fn translate(error: System) -> Failure {
            Failure::Errno(match error {
                System::AGAIN => return Failure::NotReady,
                $(System::$system => Errno::$wasi,)*
                _ => Errno::Io,
            })
        }
    };
}

rows! {
    ACCESS Acces,
    BADF Badf,
    BUSY Busy,
    CONNABORTED Connaborted,
    CONNRESET Connreset,
    DQUOT Dquot,
    EXIST Exist,
    FAULT Fault,
    FBIG Fbig,
    HOSTUNREACH Hostunreach,
    INTR Intr,
    INVAL Inval,
    IO Io,
    ISDIR Isdir,
    LOOP Loop,
    MFILE Mfile,
    MLINK Mlink,
    NAMETOOLONG Nametoolong,
    NETDOWN Netdown,
    NETUNREACH Netunreach,
    NFILE Nfile,
    NOBUFS Nobufs,
    NODEV Nodev,
    NOENT Noent,
    NOLCK Nolck,
    NOMEM Nomem,
    NOSPC Nospc,
    NOSYS Nosys,
    NOTCONN Notconn,
    NOTDIR Notdir,
    NOTEMPTY Notempty,
    NOTSOCK Notsock,
    NOTTY Notty,
    NXIO Nxio,
    OPNOTSUPP Notsup,
    OVERFLOW Overflow,
    PERM Perm,
    PIPE Pipe,
    RANGE Range,
    ROFS Rofs,
    SPIPE Spipe,
    STALE Stale,
    TIMEDOUT Timedout,
    TOOBIG TooBig,
    TXTBSY Txtbsy,
    XDEV Xdev,
}
