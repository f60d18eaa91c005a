//! Arm MPS2 with the AN386 image (Cortex-M4F); QEMU's `mps2-an386`. The console is its first CMSDK UART.

use crate::sys::Register;

/// The processor's clock.
pub(crate) const CLOCK_HZ: u32 = 25_000_000;
/// RAM that the heap takes.
pub(crate) const HEAP_BYTES: usize = 3 * 1024 * 1024;

const UART_DATA: Register = Register::at(0x4000_4000);
const UART_STATE: Register = Register::at(0x4000_4004);
const UART_CONTROL: Register = Register::at(0x4000_4008);
const UART_DIVIDER: Register = Register::at(0x4000_4010);

const STATE_TRANSMIT_FULL: u32 = 1;
const STATE_RECEIVE_FULL: u32 = 1 << 1;
const CONTROL_TRANSMIT: u32 = 1;
const CONTROL_RECEIVE: u32 = 1 << 1;

const BAUD: u32 = 115_200;

/// The serial line to the user.
#[derive(Clone, Copy)]
pub(crate) struct Console(());

/// Brings up the clock and the console.
pub(crate) fn start() -> Console {
    UART_DIVIDER.write(CLOCK_HZ / BAUD);
    UART_CONTROL.write(CONTROL_TRANSMIT | CONTROL_RECEIVE);
    Console(())
}

impl Console {
    /// Sends a byte, waiting while the line is busy.
    pub(crate) fn write(self, byte: u8) {
        while UART_STATE.read() & STATE_TRANSMIT_FULL != 0 {}
        UART_DATA.write(u32::from(byte));
    }

    /// A received byte, if there is one.
    pub(crate) fn read(self) -> Option<u8> {
        (UART_STATE.read() & STATE_RECEIVE_FULL != 0).then(|| UART_DATA.read() as u8)
    }
}
