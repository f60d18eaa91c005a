//! One pass over a module's bytes: sections are validated as they are met and what they say is kept.

use alloc::vec::Vec;
use core::ops::Range;

use wasmparser::{BinaryReader, Chunk, FunctionBody, Parser, Payload, Validator};

use super::check::code::Code;
use super::check::types::Types;
use super::foreign::{enter, inside, refused};
use super::validate::{BodyValidator, LEAST_ROOM, Resources, features};
use super::{Body, Module, ModuleInner, Source, Span, sections};
use crate::config::CompilationMode;
use crate::engine::Engine;
use crate::error::Error;
use crate::limits::ModuleLimits;
use crate::raw::{OnceBox, Shared};

/// Loads the module in `source`.
pub(super) fn load(engine: &Engine, source: Source) -> Result<Module, Error> {
    let config = engine.config();
    let bytes = source.bytes();
    let limit = config.limits.module_size.min(u32::MAX as usize);
    if bytes.len() > limit {
        return Err(Error::limit("module size", limit, None));
    }
    let mut loader = Loader {
        bytes,
        limits: &config.limits,
        lazy: config.mode == CompilationMode::Lazy,
        validator: Validator::new_with_features(features(config)),
        room: 0,
        module: ModuleInner::empty(engine.clone()),
    };
    loader.run()?;
    let mut module = loader.module;
    module.source = source;
    module.sort_exports()?;
    module.footprint += module.own_footprint();
    let module = Module { inner: Shared::try_new(module)? };
    if config.mode == CompilationMode::Eager {
        module.translate_all()?;
    }
    Ok(module)
}

/// A module while it is loaded.
pub(super) struct Loader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) limits: &'a ModuleLimits,
    lazy: bool,
    pub(super) validator: Validator,
    /// Bytes that wasmparser may hold.
    room: usize,
    pub(super) module: ModuleInner,
}

impl<'a> Loader<'a> {
    fn run(&mut self) -> Result<(), Error> {
        let mut parser = Parser::new(0);
        parser.set_features(*self.validator.features());
        let mut rest = self.bytes;
        loop {
            let chunk = enter(LEAST_ROOM, || parser.parse(rest, true))?;
            let Chunk::Parsed { consumed, payload } = chunk else {
                return Err(Error::module(self.bytes.len(), format_args!("unexpected end of the module")));
            };
            rest = &rest[consumed..];
            if let Payload::CodeSectionStart { count, unchecked_range, size } = payload {
                let Some((section, behind)) = rest.split_at_checked(size as usize) else {
                    let text = format_args!("unexpected end of the code section");
                    return Err(Error::module(self.bytes.len(), text));
                };
                self.code(count, section, &unchecked_range)?;
                parser.skip_section();
                rest = behind;
                continue;
            }
            if self.payload(&payload)? {
                return Ok(());
            }
        }
    }

    /// Takes in one part of the module and tells whether it was the last.
    fn payload(&mut self, payload: &Payload<'a>) -> Result<bool, Error> {
        match payload {
            Payload::TypeSection(section) => sections::types(self, section)?,
            Payload::ImportSection(section) => sections::imports(self, section)?,
            Payload::FunctionSection(section) => sections::functions(self, section)?,
            Payload::TableSection(section) => sections::tables(self, section)?,
            Payload::MemorySection(section) => sections::memories(self, section)?,
            Payload::GlobalSection(section) => sections::globals(self, section)?,
            #[cfg(feature = "exceptions")]
            Payload::TagSection(section) => sections::tags(self, section)?,
            Payload::ExportSection(section) => sections::exports(self, section)?,
            Payload::ElementSection(section) => sections::elements(self, section)?,
            Payload::DataSection(section) => sections::data(self, section)?,
            Payload::StartSection { func, range } => {
                enter(LEAST_ROOM, || self.validator.start_section(*func, range))?;
                self.module.start = Some(*func);
            }
            Payload::DataCountSection { count, range } => {
                self.check("data segments", *count as usize, self.limits.data_segments, range)?;
                enter(LEAST_ROOM, || self.validator.data_count_section(*count, range))?;
            }
            Payload::CustomSection(section) if section.name() == "name" => {
                self.module.names =
                    super::names::function_names(section.data(), section.data_offset() as usize);
            }
            Payload::End(offset) => {
                enter(LEAST_ROOM + self.room, || self.validator.end(*offset))?;
                return Ok(true);
            }
            other => {
                enter(LEAST_ROOM, || self.validator.payload(other))?;
            }
        }
        Ok(false)
    }

    /// Fails when `count`, found in `range`, is over `limit`.
    pub(super) fn check(
        &self,
        name: &str,
        count: usize,
        limit: usize,
        range: &Range<u64>,
    ) -> Result<(), Error> {
        if count > limit { Err(Error::limit(name, limit, Some(range.start as usize))) } else { Ok(()) }
    }

    /// Fails when a section in `range` is over `limit`, or too short for the `count` items that it announces: a
    /// count alone must make nobody allocate.
    pub(super) fn announced(
        &self,
        name: &str,
        count: usize,
        limit: usize,
        range: &Range<u64>,
    ) -> Result<(), Error> {
        self.check(name, count, limit, range)?;
        if count as u64 > range.end - range.start {
            return Err(Error::module(
                range.end as usize,
                format_args!("unexpected end: {count} {name} announced"),
            ));
        }
        Ok(())
    }

    /// Lets `validate` run where there is `room` for what wasmparser keeps.
    pub(super) fn section(
        &mut self,
        room: usize,
        validate: impl FnOnce(&mut Validator) -> wasmparser::Result<()>,
    ) -> Result<(), Error> {
        self.room = self.room.saturating_add(room);
        enter(room.saturating_add(LEAST_ROOM), || validate(&mut self.validator))
    }

    /// Takes in the code section, which is in `range`: `count` bodies in the bytes `section`.
    ///
    /// Not piece by piece from wasmparser, for which room would have to be probed for each of thousands of bodies.
    fn code(&mut self, count: u32, section: &'a [u8], range: &Range<u64>) -> Result<(), Error> {
        enter(LEAST_ROOM + self.room, || self.validator.code_section_start(range))?;
        let declared = self.module.func_types.len() - self.module.imported_funcs as usize;
        if count as usize != declared {
            let text = format_args!("function and code section have inconsistent lengths");
            return Err(Error::module(range.start as usize, text));
        }
        self.module.bodies.try_reserve_exact(declared)?;
        let mut code = Code::new(section);
        let end = self.span(section).end as usize;
        for _ in 0..count {
            let at = end - code.remaining();
            let Some(body) = code.u32().and_then(|len| code.take(len as usize)) else {
                let text = format_args!("malformed size of a function, or unexpected end of the section");
                return Err(Error::module(at, text));
            };
            let most = self.limits.function_size;
            if body.len() > most {
                return Err(Error::limit("function size", most, Some(self.span(body).start as usize)));
            }
            self.module.bodies.push(Body { span: self.span(body), code: OnceBox::new() });
        }
        if !code.is_at_end() {
            let text = format_args!("trailing bytes at end of section");
            return Err(Error::module(end - code.remaining(), text));
        }
        self.validate_bodies()
    }

    /// Validates the bodies, or keeps what that takes for when they are called first.
    fn validate_bodies(&mut self) -> Result<(), Error> {
        let Some(Body { span, .. }) = self.module.bodies.first() else { return Ok(()) };
        // wasmparser gives what it knows of the module with a body, of which it only wants to know where it is: an
        // empty one has no size that could be too large for it.
        let none = FunctionBody::new(BinaryReader::new(&[], u64::from(span.start)));
        let foreign = enter(LEAST_ROOM, || self.validator.code_section_entry(&none))?.resources;
        let resources = Resources { foreign, types: Types::new(&self.module.types)? };
        if self.lazy {
            self.module.footprint = self.room + resources.types.footprint();
            self.module.resources = Some(resources);
            return Ok(());
        }
        let mut validator = BodyValidator::new(self.limits, &resources, self.bytes.len());
        if cfg!(whit_wide) {
            self.module.pins.try_reserve_exact(self.module.bodies.len())?;
        }
        for body in 0..self.module.bodies.len() {
            let pins = validator.validate(&self.module, body as u32, self.bytes)?;
            if cfg!(whit_wide) {
                self.module.pins.push(pins);
            }
        }
        Ok(())
    }

    /// Where `part`, which is part of the module's bytes, is.
    pub(super) fn span(&self, part: &[u8]) -> Span {
        // The length was tested to fit 32 bits.
        let start = (part.as_ptr().addr() - self.bytes.as_ptr().addr()) as u32;
        Span { start, end: start + part.len() as u32 }
    }
}

/// The next of `items`, which have been validated.
pub(super) fn next<T>(items: &mut impl Iterator<Item = wasmparser::Result<T>>) -> Result<Option<T>, Error> {
    inside(|| items.next().transpose()).map_err(|error| refused(&error))
}

/// The same where reading an item may allocate up to `room` bytes.
pub(super) fn next_within<T>(
    room: usize,
    items: &mut impl Iterator<Item = wasmparser::Result<T>>,
) -> Result<Option<T>, Error> {
    super::foreign::probe(room)?;
    next(items)
}

/// Appends `item` to `list`.
pub(super) fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), Error> {
    list.try_reserve(1)?;
    list.push(item);
    Ok(())
}
