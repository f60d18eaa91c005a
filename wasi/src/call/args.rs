//! Arguments and environment.

use crate::Errno;
use crate::abi::guest::Guest;
use crate::backend::Answer;
use crate::ctx::{Texts, WasiCtx};

pub(crate) fn args_get(ctx: &mut WasiCtx, guest: &mut Guest<'_>, argv: u32, buffer: u32) -> Answer<()> {
    write(guest, &ctx.arguments, argv, buffer)
}

pub(crate) fn args_sizes_get(ctx: &mut WasiCtx, guest: &mut Guest<'_>, count: u32, size: u32) -> Answer<()> {
    write_sizes(guest, &ctx.arguments, count, size)
}

pub(crate) fn environ_get(ctx: &mut WasiCtx, guest: &mut Guest<'_>, environ: u32, buffer: u32) -> Answer<()> {
    write(guest, &ctx.environment, environ, buffer)
}

pub(crate) fn environ_sizes_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    count: u32,
    size: u32,
) -> Answer<()> {
    write_sizes(guest, &ctx.environment, count, size)
}

/// Writes all texts to `buffer`, and pointers to them to `pointers`.
fn write(guest: &mut Guest<'_>, texts: &Texts, pointers: u32, buffer: u32) -> Answer<()> {
    guest.write(buffer, &texts.bytes)?;
    let (mut entry, mut text_at) = (pointers, buffer);
    for text in texts.bytes.split_inclusive(|byte| *byte == 0) {
        guest.write_u32(entry, text_at)?;
        // Neither sum overflows where the next write succeeds; where it wraps, nothing more is written.
        entry = entry.wrapping_add(4);
        text_at = text_at.wrapping_add(u32::try_from(text.len()).map_err(|_| Errno::Overflow)?);
    }
    Ok(())
}

fn write_sizes(guest: &mut Guest<'_>, texts: &Texts, count: u32, size: u32) -> Answer<()> {
    guest.write_u32(count, texts.count)?;
    guest.write_u32(size, u32::try_from(texts.bytes.len()).map_err(|_| Errno::Overflow)?)?;
    Ok(())
}
