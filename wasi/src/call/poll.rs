//! Waiting for several things at once.

use alloc::vec::Vec;

use crate::Errno;
use crate::abi::Abi;
use crate::abi::guest::{Guest, Record};
use crate::abi::types::{ClockId, EventRwFlags, EventType, Rights, SubclockFlags};
use crate::backend::{Answer, Event, Failure, Files as _, Pause, Ready};
use crate::ctx::{Begun, WasiCtx};
use crate::fd::Object;

/// What the guest waits for.
struct Subscription {
    userdata: u64,
    event: EventType,
    subject: Result<Subject, Errno>,
}

#[derive(Clone, Copy)]
enum Subject {
    Clock { id: ClockId, timeout: u64, absolute: bool },
    Descriptor { fd: u32 },
}

/// Whether it has happened.
enum State {
    /// It has.
    Ready(Ready),
    /// A clock will get there in this many nanoseconds.
    After(u64),
    /// When this happens.
    Later(Event),
}

pub(crate) fn poll_oneoff(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    subscriptions: u32,
    events: u32,
    count: u32,
    happened: u32,
) -> Answer<()> {
    if count == 0 || count > ctx.limits.subscriptions {
        return Err(Errno::Inval.into());
    }
    guest.check(subscriptions, count.checked_mul(size(guest.abi())).ok_or(Errno::Fault)?)?;
    guest.check(events, count.checked_mul(EVENT).ok_or(Errno::Fault)?)?;
    guest.check(happened, 4)?;
    let call = [subscriptions, events, count];
    // A guest without a clock may still wait for descriptors.
    let now = ctx.clock.now(ClockId::Monotonic);
    let since = match ctx.begun.take() {
        Some(Begun::Poll { call: begun, since }) if begun == call => Ok(since),
        _ => now,
    };
    let answer = wait(ctx, guest, call, since, now);
    if answer == Err(Failure::NotReady) {
        ctx.begun = since.ok().map(|since| Begun::Poll { call, since });
    }
    Ok(guest.write_u32(happened, answer?)?)
}

/// Waits until something happens, writes what it is, and says how many events that are.
fn wait(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    [subscriptions, events, count]: [u32; 3],
    since: Answer<u64>,
    mut now: Answer<u64>,
) -> Answer<u32> {
    let mut awaited = Vec::new();
    let mut memory = ctx.memory.clone();
    loop {
        let mut number = 0;
        let mut shortest: Option<u64> = None;
        awaited.clear();
        for index in 0..count {
            let subscription = subscription(guest, subscriptions, index)?;
            let elapsed = now.and_then(|now| Ok(now.saturating_sub(since?)));
            let state = subscription.subject.map_err(Failure::from);
            match state.and_then(|subject| state_of(ctx, subscription.event, subject, elapsed)) {
                Ok(State::Ready(ready)) => write_event(guest, events, &mut number, &subscription, Ok(ready))?,
                Ok(State::After(nanoseconds)) => {
                    shortest = Some(shortest.map_or(nanoseconds, |other| other.min(nanoseconds)));
                }
                Ok(State::Later(event)) => {
                    memory.reserve(&mut awaited, 1)?;
                    awaited.push(event);
                }
                Err(Failure::Errno(errno)) => {
                    write_event(guest, events, &mut number, &subscription, Err(errno))?;
                }
                Err(Failure::NotReady) => return Err(Failure::NotReady),
            }
        }
        if number > 0 {
            return Ok(number);
        }
        let until = shortest.and_then(|nanoseconds| Some(now.ok()?.saturating_add(nanoseconds)));
        ctx.wait.pause(&Pause { until, for_nanoseconds: shortest, events: &awaited })?;
        now = ctx.clock.now(ClockId::Monotonic);
    }
}

fn state_of(ctx: &mut WasiCtx, event: EventType, subject: Subject, elapsed: Answer<u64>) -> Answer<State> {
    match subject {
        Subject::Clock { id, timeout, absolute } => {
            let rest = if absolute {
                timeout.saturating_sub(ctx.clock.now(id)?)
            } else {
                // All relative times are measured by the clock that is never set.
                ctx.clock.resolution(id)?;
                timeout.saturating_sub(elapsed?)
            };
            Ok(if rest == 0 { State::Ready(Ready::bytes(0)) } else { State::After(rest) })
        }
        Subject::Descriptor { fd } => {
            let descriptor = *ctx.descriptors.get(fd)?;
            descriptor.require(Rights::POLL_FD_READWRITE)?;
            let reads = event == EventType::FdRead;
            descriptor.require(if reads { Rights::FD_READ } else { Rights::FD_WRITE })?;
            match descriptor.object {
                Object::Stream(stream) => {
                    let event = if reads { Event::Readable(stream) } else { Event::Writable(stream) };
                    Ok(ctx.happened(event).map_or(State::Later(event), State::Ready))
                }
                Object::Directory { .. } => Err(Errno::Badf.into()),
                Object::File { mount, handle, position, .. } if reads => {
                    let files = &mut ctx.mounts.get_mut(mount).ok_or(Errno::Badf)?.files;
                    let rest = files.stat(handle)?.size.saturating_sub(position);
                    Ok(State::Ready(Ready::bytes(rest)))
                }
                Object::File { .. } => Ok(State::Ready(Ready::bytes(1))),
            }
        }
    }
}

/// Bytes of an event.
const EVENT: u32 = 32;

/// Bytes of a subscription: snapshot 0 has one more field for clocks.
const fn size(abi: Abi) -> u32 {
    match abi {
        Abi::Preview1 => 48,
        Abi::Unstable => 56,
    }
}

/// Reads subscription `index`.
fn subscription(guest: &Guest<'_>, list: u32, index: u32) -> Result<Subscription, Errno> {
    let at = index
        .checked_mul(size(guest.abi()))
        .and_then(|offset| list.checked_add(offset))
        .ok_or(Errno::Fault)?;
    let field = |offset: u32| at.checked_add(offset).ok_or(Errno::Fault);
    let userdata = guest.u64(at)?;
    let event = EventType::from_number(u32::from(guest.u8(field(8)?)?)).ok_or(Errno::Inval)?;
    let subject = if event == EventType::Clock {
        let clock = match guest.abi() {
            Abi::Preview1 => 16,
            Abi::Unstable => 24,
        };
        let id = ClockId::from_number(guest.u32(field(clock)?)?).ok_or(Errno::Inval);
        let timeout = guest.u64(field(clock + 8)?)?;
        let flags = SubclockFlags::from_bits(guest.u16(field(clock + 24)?)?).ok_or(Errno::Inval);
        match (id, flags) {
            (Ok(id), Ok(flags)) => {
                Ok(Subject::Clock { id, timeout, absolute: flags.contains(SubclockFlags::ABSTIME) })
            }
            (Err(errno), _) | (_, Err(errno)) => Err(errno),
        }
    } else {
        Ok(Subject::Descriptor { fd: guest.u32(field(16)?)? })
    };
    Ok(Subscription { userdata, event, subject })
}

/// Writes the next event.
fn write_event(
    guest: &mut Guest<'_>,
    events: u32,
    number: &mut u32,
    subscription: &Subscription,
    result: Result<Ready, Errno>,
) -> Result<(), Errno> {
    let mut record = Record::<{ EVENT as usize }>::new();
    record.u64(0, subscription.userdata);
    record.u16(8, result.err().map_or(0, Errno::number)).u8(10, subscription.event as u8);
    if subscription.event != EventType::Clock {
        let ready = result.unwrap_or(Ready::bytes(0));
        let flags = if ready.hung_up { EventRwFlags::FD_READWRITE_HANGUP } else { EventRwFlags::NONE };
        record.u64(16, ready.bytes).u16(24, flags.0);
    }
    let at = number.checked_mul(EVENT).and_then(|offset| events.checked_add(offset)).ok_or(Errno::Fault)?;
    guest.write(at, &record.0)?;
    *number += 1;
    Ok(())
}
