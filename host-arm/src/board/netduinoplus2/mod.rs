//! Netduino Plus 2 (STM32F405RG, Cortex-M4F, 25 MHz crystal); QEMU's `netduinoplus2`. The console is USART1: PA9 sends,
//! PA10 receives.

use crate::sys::Register;

/// The processor's clock.
pub(crate) const CLOCK_HZ: u32 = 168_000_000;
/// RAM that the heap takes; what is left of 128 KB holds statics and the stack.
pub(crate) const HEAP_BYTES: usize = 116 * 1024;

const RCC_CR: Register = Register::at(0x4002_3800);
const RCC_PLLCFGR: Register = Register::at(0x4002_3804);
const RCC_CFGR: Register = Register::at(0x4002_3808);
const RCC_AHB1ENR: Register = Register::at(0x4002_3830);
const RCC_APB2ENR: Register = Register::at(0x4002_3844);
const FLASH_ACR: Register = Register::at(0x4002_3C00);
const GPIOA_MODER: Register = Register::at(0x4002_0000);
const GPIOA_AFRH: Register = Register::at(0x4002_0024);
const USART_SR: Register = Register::at(0x4001_1000);
const USART_DR: Register = Register::at(0x4001_1004);
const USART_BRR: Register = Register::at(0x4001_1008);
const USART_CR1: Register = Register::at(0x4001_100C);

const HSE_ON: u32 = 1 << 16;
const HSE_READY: u32 = 1 << 17;
const PLL_ON: u32 = 1 << 24;
const PLL_READY: u32 = 1 << 25;
/// 25 MHz / 25 × 336 / 2 = 168 MHz, and / 7 = 48 MHz for USB.
const PLL_168_MHZ: u32 = 25 | 336 << 6 | 1 << 22 | 7 << 24;
/// Run from the PLL; APB1 at a quarter, APB2 at half of the processor's clock.
const CLOCK_FROM_PLL: u32 = 0b10 | 0b101 << 10 | 0b100 << 13;
/// Five wait states, prefetch and both caches.
const FLASH_168_MHZ: u32 = 5 | 0b111 << 8;
/// How often a clock is asked whether it is ready: QEMU's has no ready bits.
const READY_ATTEMPTS: u32 = 10_000;

const STATUS_RECEIVE_FULL: u32 = 1 << 5;
const STATUS_TRANSMIT_EMPTY: u32 = 1 << 7;
/// USART on, sender and receiver on.
const USART_ON: u32 = 1 << 13 | 1 << 3 | 1 << 2;

const BAUD: u32 = 115_200;

/// The serial line to the user.
#[derive(Clone, Copy)]
pub(crate) struct Console(());

/// Brings up the clock and the console.
pub(crate) fn start() -> Console {
    set(RCC_CR, HSE_ON);
    wait_for(HSE_READY);
    RCC_PLLCFGR.write(PLL_168_MHZ);
    set(RCC_CR, PLL_ON);
    wait_for(PLL_READY);
    FLASH_ACR.write(FLASH_168_MHZ);
    RCC_CFGR.write(CLOCK_FROM_PLL);

    set(RCC_AHB1ENR, 1);
    set(RCC_APB2ENR, 1 << 4);
    // PA9 and PA10: alternate function 7.
    set(GPIOA_MODER, 0b10_10 << 18);
    set(GPIOA_AFRH, 0x77 << 4);
    USART_BRR.write(CLOCK_HZ / 2 / BAUD);
    USART_CR1.write(USART_ON);
    Console(())
}

/// Sets `bits` of a register, and leaves the others as they are.
fn set(register: Register, bits: u32) {
    register.write(register.read() | bits);
}

fn wait_for(ready: u32) {
    for _ in 0..READY_ATTEMPTS {
        if RCC_CR.read() & ready != 0 {
            return;
        }
    }
}

impl Console {
    /// Sends a byte, waiting while the line is busy.
    pub(crate) fn write(self, byte: u8) {
        while USART_SR.read() & STATUS_TRANSMIT_EMPTY == 0 {}
        USART_DR.write(u32::from(byte));
    }

    /// A received byte, if there is one.
    pub(crate) fn read(self) -> Option<u8> {
        (USART_SR.read() & STATUS_RECEIVE_FULL != 0).then(|| USART_DR.read() as u8)
    }
}
