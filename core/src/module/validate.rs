//! Validation of function bodies.

use wasmparser::{
    BinaryReader, FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody, ValidatorResources,
    WasmFeatures,
};

use super::check::types::Types;
use super::check::{Checker, Scope};
use super::foreign::{inside, probe, refused};
use super::{ModuleInner, Span, work};
use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::limits::ModuleLimits;
use crate::translate::Pins;

/// What validating a body needs to know of its module.
pub(crate) struct Resources {
    pub(super) foreign: ValidatorResources,
    pub(super) types: Types,
}

/// The proposals that Whit implements and `config` does not turn off.
pub(super) fn features(config: &Config) -> WasmFeatures {
    let mut features = WasmFeatures::FLOATS
        | WasmFeatures::GC_TYPES
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::REFERENCE_TYPES;
    features.set(WasmFeatures::TAIL_CALL, config.tail_call);
    features.set(WasmFeatures::EXTENDED_CONST, config.extended_const);
    features.set(WasmFeatures::MULTI_MEMORY, config.multi_memory);
    features.set(WasmFeatures::WIDE_ARITHMETIC, config.wide_arithmetic);
    features.set(WasmFeatures::THREADS, config.threads);
    features.set(WasmFeatures::MEMORY64, config.memory64);
    features.set(WasmFeatures::FUNCTION_REFERENCES, config.function_references);
    features.set(WasmFeatures::GC, config.function_references && config.gc);
    features.set(WasmFeatures::CUSTOM_PAGE_SIZES, config.custom_page_sizes);
    features.set(WasmFeatures::EXCEPTIONS, config.exceptions);
    features.set(WasmFeatures::LEGACY_EXCEPTIONS, config.exceptions && config.legacy_exceptions);
    #[cfg(feature = "simd")]
    {
        features.set(WasmFeatures::SIMD, config.simd);
        features.set(WasmFeatures::RELAXED_SIMD, config.simd && config.relaxed_simd);
    }
    features
}

/// Bytes that a validator needs per operand and per label, growth of the lists that they are in included.
const OPERAND_ROOM: usize = 3 * 8;
const LABEL_ROOM: usize = 3 * 64;
const LOCALS_ROOM: usize = 3 * 16;
/// Bytes for an error and lists that are short.
pub(super) const LEAST_ROOM: usize = 2048;

/// Validates bodies one after another with the same allocations.
pub(super) struct BodyValidator<'m> {
    limits: &'m ModuleLimits,
    resources: &'m Resources,
    checker: Checker,
    allocations: FuncValidatorAllocations,
    /// The most results that any function type has, hence the most operands that one instruction pushes.
    most_results: usize,
    /// Operands and labels for which room was probed.
    operands: usize,
    labels: usize,
    /// Whether a type is so wide that its use must be bounded, and how many values may yet be handled.
    wide: bool,
    values: usize,
}

impl<'m> BodyValidator<'m> {
    /// Validates bodies of a module of `size` bytes.
    pub(super) fn new(limits: &'m ModuleLimits, resources: &'m Resources, size: usize) -> Self {
        // A block also pushes its parameters.
        let most_results = resources.types.widest().max(2);
        Self {
            limits,
            resources,
            checker: Checker::default(),
            allocations: FuncValidatorAllocations::default(),
            most_results,
            operands: 0,
            labels: 0,
            wide: most_results > work::NARROW,
            values: limits.values_per_byte.saturating_mul(size.saturating_add(1 << 14)),
        }
    }

    /// Validates function `body` (counted without imports) of `module`, whose bytes are `bytes`; finds which of its locals
    /// to pin.
    pub(super) fn validate(&mut self, module: &ModuleInner, body: u32, bytes: &[u8]) -> Result<Pins, Error> {
        let index = module.imported_funcs + body;
        let ty = module.func_types[index as usize];
        let Span { start, end } = module.bodies[body as usize].span;
        let bytes = &bytes[start as usize..end as usize];
        let Resources { foreign, types } = self.resources;
        let scope = Scope::new(module, foreign, types);
        // Where types are wide, what they cost is counted.
        let accepted = match self.wide {
            true => None,
            false => self.checker.check(&scope, self.limits, self.most_results, ty, bytes)?,
        };
        if let (Some(pins), false) = (accepted, cfg!(debug_assertions)) {
            return Ok(pins);
        }
        let features = features(module.engine.config());
        let func = FuncToValidate { resources: foreign.clone(), index, ty, features };
        let body = FunctionBody::new(BinaryReader::new_features(bytes, u64::from(start), features));
        let result = self.validate_foreign(func, &body);
        if let Err(error) = &result {
            let invalid = matches!(error.kind(), ErrorKind::Module | ErrorKind::Limit);
            debug_assert!(accepted.is_none() || !invalid, "a body was accepted that has {error:?}");
        }
        result.map(|()| accepted.unwrap_or(Pins::UNKNOWN))
    }

    /// Lets wasmparser validate the body.
    fn validate_foreign(
        &mut self,
        func: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
    ) -> Result<(), Error> {
        let offset = body.range().start as usize;
        probe(LEAST_ROOM)?;
        let allocations = core::mem::take(&mut self.allocations);
        let mut validator = inside(|| func.into_validator(allocations));
        let mut reader = body.get_binary_reader();
        self.locals(&mut validator, &mut reader)?;
        reader.set_features(*validator.features());
        while !reader.eof() {
            self.make_room(&validator, reader.original_position() as usize)?;
            if self.wide {
                let at = reader.original_position() as usize;
                let handled = work::values(&validator, body.as_bytes().get(at - offset..).unwrap_or(&[]));
                let left = self.values.checked_sub(handled);
                let limit = self.limits.values_per_byte;
                self.values = left.ok_or_else(|| Error::limit("values handled per byte", limit, Some(at)))?;
            }
            inside(|| self.instructions(&mut validator, &mut reader)).map_err(|error| refused(&error))?;
        }
        inside(|| reader.finish_expression(&validator.visitor(reader.original_position())))
            .map_err(|error| refused(&error))?;
        self.allocations = validator.into_allocations();
        Ok(())
    }

    fn locals(
        &mut self,
        validator: &mut FuncValidator<ValidatorResources>,
        reader: &mut BinaryReader<'_>,
    ) -> Result<(), Error> {
        let foreign = |error: wasmparser::Error| refused(&error);
        let mut slots = validator.len_locals() as usize;
        let groups = inside(|| reader.read_var_u32()).map_err(foreign)?;
        let room = (groups as usize).min(reader.bytes_remaining() / 2 + 1).min(self.limits.locals);
        probe(LEAST_ROOM + room * LOCALS_ROOM)?;
        for _ in 0..groups {
            let offset = reader.original_position();
            let (count, ty) = inside(|| Ok((reader.read::<u32>()?, reader.read::<wasmparser::ValType>()?)))
                .map_err(foreign)?;
            let width = if ty == wasmparser::ValType::V128 { 2 } else { 1 };
            slots = slots.saturating_add(count as usize * width);
            if slots > self.limits.locals {
                return Err(Error::limit("locals", self.limits.locals, Some(offset as usize)));
            }
            inside(|| validator.define_locals(offset, count, ty)).map_err(foreign)?;
        }
        Ok(())
    }

    /// Validates instructions as long as there is room for what the next one may push; where types are wide, just one.
    fn instructions(
        &self,
        validator: &mut FuncValidator<ValidatorResources>,
        reader: &mut BinaryReader<'_>,
    ) -> wasmparser::Result<()> {
        while !reader.eof() && self.has_room(validator) {
            reader.visit_operator(&mut validator.visitor(reader.original_position())).flatten()?;
            if self.wide {
                break;
            }
        }
        Ok(())
    }

    fn has_room(&self, validator: &FuncValidator<ValidatorResources>) -> bool {
        let (operands, labels) = self.needed(validator);
        operands <= self.operands && labels <= self.labels
    }

    /// Operands and labels after the next instruction, at most.
    fn needed(&self, validator: &FuncValidator<ValidatorResources>) -> (usize, usize) {
        let operands = validator.operand_stack_height() as usize + self.most_results;
        (operands, validator.control_stack_height() as usize + 1)
    }

    /// Probes room for what the next instruction may push.
    fn make_room(
        &mut self,
        validator: &FuncValidator<ValidatorResources>,
        offset: usize,
    ) -> Result<(), Error> {
        let (operands, labels) = self.needed(validator);
        if operands > self.limits.operands {
            return Err(Error::limit("operands", self.limits.operands, Some(offset)));
        }
        if labels > self.limits.labels {
            return Err(Error::limit("labels", self.limits.labels, Some(offset)));
        }
        let grown = |room: usize, needed: usize, limit: usize| {
            if needed > room { needed.max(2 * room).max(32).min(limit) } else { room }
        };
        let operands = grown(self.operands, operands, self.limits.operands);
        let labels = grown(self.labels, labels, self.limits.labels);
        probe(LEAST_ROOM + operands * OPERAND_ROOM + labels * LABEL_ROOM)?;
        (self.operands, self.labels) = (operands, labels);
        Ok(())
    }
}

/// Validates function `body` (counted without imports) of a module whose bodies are validated when first called.
///
/// Does nothing where that has been done while the module was loaded.
pub(crate) fn validate_body(module: &ModuleInner, body: u32) -> Result<(), Error> {
    let Some(resources) = &module.resources else { return Ok(()) };
    let bytes = module.source.bytes();
    BodyValidator::new(&module.engine.config().limits, resources, bytes.len())
        .validate(module, body, bytes)
        .map(|_| ())
}
