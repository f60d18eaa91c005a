//! Types as bytes, so that comparing them is comparing bytes.

use alloc::vec::Vec;

use crate::ops::Type;
use crate::raw::{OutOfMemory, Shared};
use crate::types::defined::DefinedType;
use crate::types::{FuncType, RefType, ValType};

pub(super) const I32: u8 = 0x7F;
pub(super) const I64: u8 = 0x7E;
pub(super) const F32: u8 = 0x7D;
pub(super) const F64: u8 = 0x7C;
pub(super) const FUNCREF: u8 = 0x70;
pub(super) const EXTERNREF: u8 = 0x6F;
/// An operand of code that cannot be reached: it has whichever type is asked for.
pub(super) const ANY: u8 = 0;

/// Value types, each of which is a list of one value.
const SINGLE: [u8; 6] = [I32, I64, F32, F64, FUNCREF, EXTERNREF];

/// The byte of a value type, which is how modules write it; nothing for types that are not checked here.
#[cfg_attr(whit_wide, inline(always))]
pub(super) const fn byte_of(ty: ValType) -> Option<u8> {
    match ty {
        ValType::I32 => Some(I32),
        ValType::I64 => Some(I64),
        ValType::F32 => Some(F32),
        ValType::F64 => Some(F64),
        ValType::FUNCREF => Some(FUNCREF),
        ValType::EXTERNREF => Some(EXTERNREF),
        _ => None,
    }
}

/// The byte of the type of numbers that an instruction takes or gives; nothing for the others.
#[cfg_attr(whit_wide, inline(always))]
pub(super) const fn byte_of_number(ty: Type) -> Option<u8> {
    match ty {
        Type::I32 => Some(I32),
        Type::I64 => Some(I64),
        Type::F32 => Some(F32),
        Type::F64 => Some(F64),
        Type::V128 | Type::Ref => None,
    }
}

/// The byte of a type of references.
pub(super) fn byte_of_ref(ty: RefType) -> Option<u8> {
    byte_of(ValType::Ref(ty))
}

/// Whether `byte` is a value type.
#[cfg_attr(whit_wide, inline(always))]
pub(super) fn is_value(byte: u8) -> bool {
    is_number(byte) || is_reference(byte)
}

/// Whether `byte` is the type of a number.
#[cfg_attr(whit_wide, inline(always))]
pub(super) fn is_number(byte: u8) -> bool {
    matches!(byte, F64..=I32)
}

/// Whether `byte` is a type of references.
#[cfg_attr(whit_wide, inline(always))]
pub(super) fn is_reference(byte: u8) -> bool {
    matches!(byte, EXTERNREF | FUNCREF)
}

/// What a function or block takes and gives: parts of a list of types.
#[derive(Clone, Copy, Default)]
pub(super) struct Signature {
    start: u32,
    params: u16,
    results: u16,
}

impl Signature {
    /// Neither parameters nor results.
    pub(super) const NOTHING: Self = Self { start: 0, params: 0, results: 0 };

    /// The results of `ty`, from nothing.
    pub(super) fn of_results(ty: Self) -> Self {
        Self { start: ty.start + u32::from(ty.params), params: 0, results: ty.results }
    }

    /// One result of type `byte`.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn single(byte: u8) -> Option<Self> {
        let start = SINGLE.iter().position(|single| *single == byte)? as u32;
        Some(Self { start, params: 0, results: 1 })
    }
}

/// The signatures of a module's function types.
pub(crate) struct Types {
    /// What signatures are parts of.
    bytes: Vec<u8>,
    /// Nothing for types that are not checked here.
    signatures: Vec<Option<Signature>>,
    widest: usize,
}

impl Types {
    /// The signatures of `types`.
    pub(in crate::module) fn new(types: &[Shared<DefinedType>]) -> Result<Self, OutOfMemory> {
        let mut this = Self { bytes: Vec::new(), signatures: Vec::new(), widest: 0 };
        this.signatures.try_reserve_exact(types.len()).map_err(|_| OutOfMemory)?;
        let functions = || types.iter().map(|ty| ty.func_type());
        let values = functions().map(|ty| ty.params().len() + ty.results().len()).sum::<usize>();
        this.bytes.try_reserve_exact(SINGLE.len() + values).map_err(|_| OutOfMemory)?;
        this.bytes.extend_from_slice(&SINGLE);
        for ty in types {
            let func = ty.func_type();
            this.widest = this.widest.max(func.params().len()).max(func.results().len());
            let signature = ty.as_func().and_then(|ty| this.append(ty));
            this.signatures.push(signature);
        }
        Ok(this)
    }

    /// Appends the values of `ty`, for which there is room.
    fn append(&mut self, ty: &FuncType) -> Option<Signature> {
        let start = u32::try_from(self.bytes.len()).ok()?;
        for value in ty.params().iter().chain(ty.results()) {
            self.bytes.push(byte_of(*value)?);
        }
        let params = u16::try_from(ty.params().len()).ok()?;
        let results = u16::try_from(ty.results().len()).ok()?;
        Some(Signature { start, params, results })
    }

    /// Bytes on the heap.
    pub(in crate::module) fn footprint(&self) -> usize {
        self.bytes.capacity() + self.signatures.capacity() * size_of::<Option<Signature>>()
    }

    /// The most parameters or results that a type has.
    pub(in crate::module) fn widest(&self) -> usize {
        self.widest
    }

    /// The signature of type `index`.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn get(&self, index: u32) -> Option<Signature> {
        *self.signatures.get(index as usize)?
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn params(&self, signature: Signature) -> &[u8] {
        let start = signature.start as usize;
        self.bytes.get(start..start + usize::from(signature.params)).unwrap_or(&[])
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn results(&self, signature: Signature) -> &[u8] {
        let start = signature.start as usize + usize::from(signature.params);
        self.bytes.get(start..start + usize::from(signature.results)).unwrap_or(&[])
    }
}
