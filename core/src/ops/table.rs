//! **The** table of operations: every fact about an operation is one row here.
//!
//! `build.rs` reads the same rows: it numbers every operation at every allowed combination of operand locations
//! and writes the handler table and the match loop. Columns:
//!
//! - `binary`, `unary`: WebAssembly opcode, name, identifier, class, operand and result types, the comparison or
//!   operation that means the same with operands swapped (`swap`) or the opposite (`not`), and the semantics.
//! - `load`, `store`: what memory holds and what the slot holds.
//! - `access`: the WebAssembly loads and stores, each with the row above that does it.
//! - `plain`: identifier, name, handler, locations of the operands, what gets the result (an accumulator, `none`, or
//!   `moved` for a value or constant that is only moved, which translation follows by itself), immediates. Where there
//!   are no locations, no accumulator is overwritten.

/// Calls the macro `$callback` with all rows.
macro_rules! for_each_operation {
    ($callback:ident) => {
        $callback! {
            binary {
                /// `dst = lhs == rhs`
                0x46 "i32.eq" I32Eq compare u32 -> bool swap I32Eq not I32Ne, |l, r| l == r;
                /// `dst = lhs != rhs`
                0x47 "i32.ne" I32Ne compare u32 -> bool swap I32Ne not I32Eq, |l, r| l != r;
                /// `dst = lhs < rhs, signed`
                0x48 "i32.lt_s" I32LtS compare u32 -> bool swap I32GtS not I32GeS, |l, r| (l as i32) < r as i32;
                /// `dst = lhs < rhs, unsigned`
                0x49 "i32.lt_u" I32LtU compare u32 -> bool swap I32GtU not I32GeU, |l, r| l < r;
                /// `dst = lhs > rhs, signed`
                0x4A "i32.gt_s" I32GtS compare u32 -> bool swap I32LtS not I32LeS, |l, r| (l as i32) > r as i32;
                /// `dst = lhs > rhs, unsigned`
                0x4B "i32.gt_u" I32GtU compare u32 -> bool swap I32LtU not I32LeU, |l, r| l > r;
                /// `dst = lhs <= rhs, signed`
                0x4C "i32.le_s" I32LeS compare u32 -> bool swap I32GeS not I32GtS, |l, r| l as i32 <= r as i32;
                /// `dst = lhs <= rhs, unsigned`
                0x4D "i32.le_u" I32LeU compare u32 -> bool swap I32GeU not I32GtU, |l, r| l <= r;
                /// `dst = lhs >= rhs, signed`
                0x4E "i32.ge_s" I32GeS compare u32 -> bool swap I32LeS not I32LtS, |l, r| l as i32 >= r as i32;
                /// `dst = lhs >= rhs, unsigned`
                0x4F "i32.ge_u" I32GeU compare u32 -> bool swap I32LeU not I32LtU, |l, r| l >= r;
                /// `dst = lhs + rhs`
                0x6A "i32.add" I32Add alu u32 -> u32 swap I32Add, |l, r| l.wrapping_add(r);
                /// `dst = lhs - rhs`
                0x6B "i32.sub" I32Sub alu u32 -> u32, |l, r| l.wrapping_sub(r);
                /// `dst = lhs * rhs`
                0x6C "i32.mul" I32Mul alu_rare u32 -> u32 swap I32Mul, |l, r| l.wrapping_mul(r);
                /// `dst = lhs / rhs, signed`
                0x6D "i32.div_s" I32DivS cold u32 -> u32, |l, r| num::div_s32(l, r);
                /// `dst = lhs / rhs, unsigned`
                0x6E "i32.div_u" I32DivU cold u32 -> u32, |l, r| num::div_u32(l, r);
                /// `dst = lhs % rhs, signed`
                0x6F "i32.rem_s" I32RemS cold u32 -> u32, |l, r| num::rem_s32(l, r);
                /// `dst = lhs % rhs, unsigned`
                0x70 "i32.rem_u" I32RemU cold u32 -> u32, |l, r| num::rem_u32(l, r);
                /// `dst = lhs & rhs`
                0x71 "i32.and" I32And alu u32 -> u32 swap I32And, |l, r| l & r;
                /// `dst = lhs | rhs`
                0x72 "i32.or" I32Or alu_rare u32 -> u32 swap I32Or, |l, r| l | r;
                /// `dst = lhs ^ rhs`
                0x73 "i32.xor" I32Xor alu u32 -> u32 swap I32Xor, |l, r| l ^ r;
                /// `dst = lhs << rhs`
                0x74 "i32.shl" I32Shl alu u32 -> u32, |l, r| l.wrapping_shl(r as u32);
                /// `dst = lhs >> rhs, signed`
                0x75 "i32.shr_s" I32ShrS alu u32 -> u32, |l, r| (l as i32).wrapping_shr(r as u32) as u32;
                /// `dst = lhs >> rhs, unsigned`
                0x76 "i32.shr_u" I32ShrU alu u32 -> u32, |l, r| l.wrapping_shr(r as u32);
                /// `dst = lhs rotated left by rhs`
                0x77 "i32.rotl" I32Rotl alu_rare u32 -> u32, |l, r| l.rotate_left(r as u32 & 31);
                /// `dst = lhs rotated right by rhs`
                0x78 "i32.rotr" I32Rotr alu_rare u32 -> u32, |l, r| l.rotate_right(r as u32 & 31);
                /// `dst = lhs == rhs`
                0x51 "i64.eq" I64Eq compare u64 -> bool swap I64Eq not I64Ne, |l, r| l == r;
                /// `dst = lhs != rhs`
                0x52 "i64.ne" I64Ne compare u64 -> bool swap I64Ne not I64Eq, |l, r| l != r;
                /// `dst = lhs < rhs, signed`
                0x53 "i64.lt_s" I64LtS compare u64 -> bool swap I64GtS not I64GeS, |l, r| (l as i64) < r as i64;
                /// `dst = lhs < rhs, unsigned`
                0x54 "i64.lt_u" I64LtU compare u64 -> bool swap I64GtU not I64GeU, |l, r| l < r;
                /// `dst = lhs > rhs, signed`
                0x55 "i64.gt_s" I64GtS compare u64 -> bool swap I64LtS not I64LeS, |l, r| (l as i64) > r as i64;
                /// `dst = lhs > rhs, unsigned`
                0x56 "i64.gt_u" I64GtU compare u64 -> bool swap I64LtU not I64LeU, |l, r| l > r;
                /// `dst = lhs <= rhs, signed`
                0x57 "i64.le_s" I64LeS compare u64 -> bool swap I64GeS not I64GtS, |l, r| l as i64 <= r as i64;
                /// `dst = lhs <= rhs, unsigned`
                0x58 "i64.le_u" I64LeU compare u64 -> bool swap I64GeU not I64GtU, |l, r| l <= r;
                /// `dst = lhs >= rhs, signed`
                0x59 "i64.ge_s" I64GeS compare u64 -> bool swap I64LeS not I64LtS, |l, r| l as i64 >= r as i64;
                /// `dst = lhs >= rhs, unsigned`
                0x5A "i64.ge_u" I64GeU compare u64 -> bool swap I64LeU not I64LtU, |l, r| l >= r;
                /// `dst = lhs + rhs`
                0x7C "i64.add" I64Add alu u64 -> u64 swap I64Add, |l, r| l.wrapping_add(r);
                /// `dst = lhs - rhs`
                0x7D "i64.sub" I64Sub alu_rare u64 -> u64, |l, r| l.wrapping_sub(r);
                /// `dst = lhs * rhs`
                0x7E "i64.mul" I64Mul alu_rare u64 -> u64 swap I64Mul, |l, r| l.wrapping_mul(r);
                /// `dst = lhs / rhs, signed`
                0x7F "i64.div_s" I64DivS cold u64 -> u64, |l, r| num::div_s64(l, r);
                /// `dst = lhs / rhs, unsigned`
                0x80 "i64.div_u" I64DivU cold u64 -> u64, |l, r| num::div_u64(l, r);
                /// `dst = lhs % rhs, signed`
                0x81 "i64.rem_s" I64RemS cold u64 -> u64, |l, r| num::rem_s64(l, r);
                /// `dst = lhs % rhs, unsigned`
                0x82 "i64.rem_u" I64RemU cold u64 -> u64, |l, r| num::rem_u64(l, r);
                /// `dst = lhs & rhs`
                0x83 "i64.and" I64And alu_rare u64 -> u64 swap I64And, |l, r| l & r;
                /// `dst = lhs | rhs`
                0x84 "i64.or" I64Or alu_rare u64 -> u64 swap I64Or, |l, r| l | r;
                /// `dst = lhs ^ rhs`
                0x85 "i64.xor" I64Xor alu u64 -> u64 swap I64Xor, |l, r| l ^ r;
                /// `dst = lhs << rhs`
                0x86 "i64.shl" I64Shl alu_rare u64 -> u64, |l, r| l.wrapping_shl(r as u32);
                /// `dst = lhs >> rhs, signed`
                0x87 "i64.shr_s" I64ShrS alu_rare u64 -> u64, |l, r| (l as i64).wrapping_shr(r as u32) as u64;
                /// `dst = lhs >> rhs, unsigned`
                0x88 "i64.shr_u" I64ShrU alu_rare u64 -> u64, |l, r| l.wrapping_shr(r as u32);
                /// `dst = lhs rotated left by rhs`
                0x89 "i64.rotl" I64Rotl alu_rare u64 -> u64, |l, r| l.rotate_left(r as u32 & 63);
                /// `dst = lhs rotated right by rhs`
                0x8A "i64.rotr" I64Rotr alu_rare u64 -> u64, |l, r| l.rotate_right(r as u32 & 63);
                /// `dst = lhs == rhs`
                0x5B "f32.eq" F32Eq compare_float f32 -> bool swap F32Eq, |l, r| l == r;
                /// `dst = lhs != rhs`
                0x5C "f32.ne" F32Ne compare_float f32 -> bool swap F32Ne, |l, r| l != r;
                /// `dst = lhs < rhs`
                0x5D "f32.lt" F32Lt compare_float f32 -> bool swap F32Gt, |l, r| l < r;
                /// `dst = lhs > rhs`
                0x5E "f32.gt" F32Gt compare_float f32 -> bool swap F32Lt, |l, r| l > r;
                /// `dst = lhs <= rhs`
                0x5F "f32.le" F32Le compare_float f32 -> bool swap F32Ge, |l, r| l <= r;
                /// `dst = lhs >= rhs`
                0x60 "f32.ge" F32Ge compare_float f32 -> bool swap F32Le, |l, r| l >= r;
                /// `dst = lhs + rhs`
                0x92 "f32.add" F32Add float f32 -> f32 swap F32Add, |l, r| l + r;
                /// `dst = lhs - rhs`
                0x93 "f32.sub" F32Sub float f32 -> f32, |l, r| l - r;
                /// `dst = lhs * rhs`
                0x94 "f32.mul" F32Mul float f32 -> f32 swap F32Mul, |l, r| l * r;
                /// `dst = lhs / rhs`
                0x95 "f32.div" F32Div float f32 -> f32, |l, r| l / r;
                /// `dst = the lesser of lhs and rhs`
                0x96 "f32.min" F32Min float f32 -> f32, |l, r| num::min_f32(l, r);
                /// `dst = the greater of lhs and rhs`
                0x97 "f32.max" F32Max float f32 -> f32, |l, r| num::max_f32(l, r);
                /// `dst = lhs with the sign of rhs`
                0x98 "f32.copysign" F32Copysign float f32 -> f32, |l, r| num::copysign_f32(l, r);
                /// `dst = lhs == rhs`
                0x61 "f64.eq" F64Eq compare_float f64 -> bool swap F64Eq, |l, r| l == r;
                /// `dst = lhs != rhs`
                0x62 "f64.ne" F64Ne compare_float f64 -> bool swap F64Ne, |l, r| l != r;
                /// `dst = lhs < rhs`
                0x63 "f64.lt" F64Lt compare_float f64 -> bool swap F64Gt, |l, r| l < r;
                /// `dst = lhs > rhs`
                0x64 "f64.gt" F64Gt compare_float f64 -> bool swap F64Lt, |l, r| l > r;
                /// `dst = lhs <= rhs`
                0x65 "f64.le" F64Le compare_float f64 -> bool swap F64Ge, |l, r| l <= r;
                /// `dst = lhs >= rhs`
                0x66 "f64.ge" F64Ge compare_float f64 -> bool swap F64Le, |l, r| l >= r;
                /// `dst = lhs + rhs`
                0xA0 "f64.add" F64Add double f64 -> f64 swap F64Add, |l, r| l + r;
                /// `dst = lhs - rhs`
                0xA1 "f64.sub" F64Sub double f64 -> f64, |l, r| l - r;
                /// `dst = lhs * rhs`
                0xA2 "f64.mul" F64Mul double f64 -> f64 swap F64Mul, |l, r| l * r;
                /// `dst = lhs / rhs`
                0xA3 "f64.div" F64Div double f64 -> f64, |l, r| l / r;
                /// `dst = the lesser of lhs and rhs`
                0xA4 "f64.min" F64Min double f64 -> f64, |l, r| num::min_f64(l, r);
                /// `dst = the greater of lhs and rhs`
                0xA5 "f64.max" F64Max double f64 -> f64, |l, r| num::max_f64(l, r);
                /// `dst = lhs with the sign of rhs`
                0xA6 "f64.copysign" F64Copysign double f64 -> f64, |l, r| num::copysign_f64(l, r);
            }
            unary {
                /// `dst = count of leading zeros`
                0x67 "i32.clz" I32Clz unary u32 -> u32, |v| v.leading_zeros();
                /// `dst = count of trailing zeros`
                0x68 "i32.ctz" I32Ctz unary u32 -> u32, |v| v.trailing_zeros();
                /// `dst = count of ones`
                0x69 "i32.popcnt" I32Popcnt unary u32 -> u32, |v| v.count_ones();
                /// `dst = count of leading zeros`
                0x79 "i64.clz" I64Clz unary u64 -> u64, |v| v.leading_zeros() as u64;
                /// `dst = count of trailing zeros`
                0x7A "i64.ctz" I64Ctz unary u64 -> u64, |v| v.trailing_zeros() as u64;
                /// `dst = count of ones`
                0x7B "i64.popcnt" I64Popcnt unary u64 -> u64, |v| v.count_ones() as u64;
                /// `dst = abs(src)`
                0x8B "f32.abs" F32Abs unary f32 -> f32, |v| num::abs_f32(v);
                /// `dst = neg(src)`
                0x8C "f32.neg" F32Neg unary f32 -> f32, |v| -v;
                /// `dst = ceil(src)`
                0x8D "f32.ceil" F32Ceil unary f32 -> f32, |v| num::ceil_f32(v);
                /// `dst = floor(src)`
                0x8E "f32.floor" F32Floor unary f32 -> f32, |v| num::floor_f32(v);
                /// `dst = trunc(src)`
                0x8F "f32.trunc" F32Trunc unary f32 -> f32, |v| num::trunc_f32(v);
                /// `dst = nearest(src)`
                0x90 "f32.nearest" F32Nearest unary f32 -> f32, |v| num::nearest_f32(v);
                /// `dst = sqrt(src)`
                0x91 "f32.sqrt" F32Sqrt unary f32 -> f32, |v| num::sqrt_f32(v);
                /// `dst = abs(src)`
                0x99 "f64.abs" F64Abs unary f64 -> f64, |v| num::abs_f64(v);
                /// `dst = neg(src)`
                0x9A "f64.neg" F64Neg unary f64 -> f64, |v| -v;
                /// `dst = ceil(src)`
                0x9B "f64.ceil" F64Ceil unary f64 -> f64, |v| num::ceil_f64(v);
                /// `dst = floor(src)`
                0x9C "f64.floor" F64Floor unary f64 -> f64, |v| num::floor_f64(v);
                /// `dst = trunc(src)`
                0x9D "f64.trunc" F64Trunc unary f64 -> f64, |v| num::trunc_f64(v);
                /// `dst = nearest(src)`
                0x9E "f64.nearest" F64Nearest unary f64 -> f64, |v| num::nearest_f64(v);
                /// `dst = sqrt(src)`
                0x9F "f64.sqrt" F64Sqrt unary f64 -> f64, |v| num::sqrt_f64(v);
                /// `dst = src modulo 2^32`
                0xA7 "i32.wrap_i64" I32WrapI64 unary_hot u64 -> u32, |v| v as u32;
                /// `dst = src sign-extended`
                0xAC "i64.extend_i32_s" I64ExtendI32S unary_hot u32 -> u64, |v| v as i32 as u64;
                /// `dst = src converted`
                0xA8 "i32.trunc_f32_s" I32TruncF32S unary f32 -> u32, |v| num::trunc_f32_i32(v);
                /// `dst = src converted`
                0xA9 "i32.trunc_f32_u" I32TruncF32U unary f32 -> u32, |v| num::trunc_f32_u32(v);
                /// `dst = src converted`
                0xAA "i32.trunc_f64_s" I32TruncF64S unary f64 -> u32, |v| num::trunc_f64_i32(v);
                /// `dst = src converted`
                0xAB "i32.trunc_f64_u" I32TruncF64U unary f64 -> u32, |v| num::trunc_f64_u32(v);
                /// `dst = src converted`
                0xAE "i64.trunc_f32_s" I64TruncF32S unary f32 -> u64, |v| num::trunc_f32_i64(v);
                /// `dst = src converted`
                0xAF "i64.trunc_f32_u" I64TruncF32U unary f32 -> u64, |v| num::trunc_f32_u64(v);
                /// `dst = src converted`
                0xB0 "i64.trunc_f64_s" I64TruncF64S unary f64 -> u64, |v| num::trunc_f64_i64(v);
                /// `dst = src converted`
                0xB1 "i64.trunc_f64_u" I64TruncF64U unary f64 -> u64, |v| num::trunc_f64_u64(v);
                /// `dst = src converted`
                0xB2 "f32.convert_i32_s" F32ConvertI32S unary u32 -> f32, |v| v as i32 as f32;
                /// `dst = src converted`
                0xB3 "f32.convert_i32_u" F32ConvertI32U unary u32 -> f32, |v| v as f32;
                /// `dst = src converted`
                0xB4 "f32.convert_i64_s" F32ConvertI64S unary u64 -> f32, |v| v as i64 as f32;
                /// `dst = src converted`
                0xB5 "f32.convert_i64_u" F32ConvertI64U unary u64 -> f32, |v| v as f32;
                /// `dst = src converted`
                0xB6 "f32.demote_f64" F32DemoteF64 unary f64 -> f32, |v| v as f32;
                /// `dst = src converted`
                0xB7 "f64.convert_i32_s" F64ConvertI32S unary u32 -> f64, |v| v as i32 as f64;
                /// `dst = src converted`
                0xB8 "f64.convert_i32_u" F64ConvertI32U unary u32 -> f64, |v| v as f64;
                /// `dst = src converted`
                0xB9 "f64.convert_i64_s" F64ConvertI64S unary u64 -> f64, |v| v as i64 as f64;
                /// `dst = src converted`
                0xBA "f64.convert_i64_u" F64ConvertI64U unary u64 -> f64, |v| v as f64;
                /// `dst = src converted`
                0xBB "f64.promote_f32" F64PromoteF32 unary f32 -> f64, |v| v as f64;
                /// `dst = the bits of src`
                0xBC "i32.reinterpret_f32" I32ReinterpretF32 unary f32 -> u32, |v| v.to_bits();
                /// `dst = the bits of src`
                0xBD "i64.reinterpret_f64" I64ReinterpretF64 unary f64 -> u64, |v| v.to_bits();
                /// `dst = the bits of src`
                0xBE "f32.reinterpret_i32" F32ReinterpretI32 unary u32 -> f32, |v| f32::from_bits(v);
                /// `dst = the bits of src`
                0xBF "f64.reinterpret_i64" F64ReinterpretI64 unary u64 -> f64, |v| f64::from_bits(v);
                /// `dst = low bits of src sign-extended`
                0xC0 "i32.extend8_s" I32Extend8S unary u32 -> u32, |v| v as i8 as u32;
                /// `dst = low bits of src sign-extended`
                0xC1 "i32.extend16_s" I32Extend16S unary u32 -> u32, |v| v as i16 as u32;
                /// `dst = low bits of src sign-extended`
                0xC2 "i64.extend8_s" I64Extend8S unary u64 -> u64, |v| v as i8 as u64;
                /// `dst = low bits of src sign-extended`
                0xC3 "i64.extend16_s" I64Extend16S unary u64 -> u64, |v| v as i16 as u64;
                /// `dst = low bits of src sign-extended`
                0xC4 "i64.extend32_s" I64Extend32S unary u64 -> u64, |v| v as i32 as u64;
                /// `dst = src converted, saturating`
                0xFC00 "i32.trunc_sat_f32_s" I32TruncSatF32S unary f32 -> u32, |v| v as i32 as u32;
                /// `dst = src converted, saturating`
                0xFC01 "i32.trunc_sat_f32_u" I32TruncSatF32U unary f32 -> u32, |v| v as u32;
                /// `dst = src converted, saturating`
                0xFC02 "i32.trunc_sat_f64_s" I32TruncSatF64S unary f64 -> u32, |v| v as i32 as u32;
                /// `dst = src converted, saturating`
                0xFC03 "i32.trunc_sat_f64_u" I32TruncSatF64U unary f64 -> u32, |v| v as u32;
                /// `dst = src converted, saturating`
                0xFC04 "i64.trunc_sat_f32_s" I64TruncSatF32S unary f32 -> u64, |v| v as i64 as u64;
                /// `dst = src converted, saturating`
                0xFC05 "i64.trunc_sat_f32_u" I64TruncSatF32U unary f32 -> u64, |v| v as u64;
                /// `dst = src converted, saturating`
                0xFC06 "i64.trunc_sat_f64_s" I64TruncSatF64S unary f64 -> u64, |v| v as i64 as u64;
                /// `dst = src converted, saturating`
                0xFC07 "i64.trunc_sat_f64_u" I64TruncSatF64U unary f64 -> u64, |v| v as u64;
            }
            load {
                Load8 "load8_u" load u8 -> u64;
                Load16 "load16_u" load u16 -> u64;
                Load32 "load32_u" load u32 -> u64;
                Load64 "load64" load u64 -> u64;
                I32Load8S "i32.load8_s" load i8 -> u32;
                I32Load16S "i32.load16_s" load i16 -> u32;
                I64Load8S "i64.load8_s" load i8 -> u64;
                I64Load16S "i64.load16_s" load i16 -> u64;
                I64Load32S "i64.load32_s" load i32 -> u64;
                F32Load "f32.load" load_float f32 -> f32;
                F64Load "f64.load" load_float f64 -> f64;
            }
            store {
                Store8 "store8" store u64 -> u8;
                Store16 "store16" store u64 -> u16;
                Store32 "store32" store u64 -> u32;
                Store64 "store64" store u64 -> u64;
                F32Store "f32.store" store_float f32 -> f32;
                F64Store "f64.store" store_float f64 -> f64;
            }
            access {
                0x28 "i32.load" I32 Load32;
                0x29 "i64.load" I64 Load64;
                0x2A "f32.load" F32 F32Load;
                0x2B "f64.load" F64 F64Load;
                0x2C "i32.load8_s" I32 I32Load8S;
                0x2D "i32.load8_u" I32 Load8;
                0x2E "i32.load16_s" I32 I32Load16S;
                0x2F "i32.load16_u" I32 Load16;
                0x30 "i64.load8_s" I64 I64Load8S;
                0x31 "i64.load8_u" I64 Load8;
                0x32 "i64.load16_s" I64 I64Load16S;
                0x33 "i64.load16_u" I64 Load16;
                0x34 "i64.load32_s" I64 I64Load32S;
                0x35 "i64.load32_u" I64 Load32;
                0x36 "i32.store" I32 Store32;
                0x37 "i64.store" I64 Store64;
                0x38 "f32.store" F32 F32Store;
                0x39 "f64.store" F64 F64Store;
                0x3A "i32.store8" I32 Store8;
                0x3B "i32.store16" I32 Store16;
                0x3C "i64.store8" I64 Store8;
                0x3D "i64.store16" I64 Store16;
                0x3E "i64.store32" I64 Store32;
            }
            plain {
                /// `continue at the target`
                Br "br" [control::Br] () (rel);
                /// `continue at the target if src is not zero`
                BrIfNez "br_if_nez" [control::BrIf] (int) -> none (near);
                /// `continue at the target if src is zero`
                BrIfEqz "br_if_eqz" [control::BrUnless] (int) -> none (near);
                /// `continue at target number src, or the last one; the targets follow, relative to the unit before the immediate`
                BrTable "br_table" [control::BrTable] (int) -> none (u32);
                /// `trap`
                Unreachable "unreachable" [control::Unreachable] () ();
                /// `charge fuel, or stop before doing anything else`
                Fuel "fuel" [control::Fuel] () (u32);
                /// `make a frame: slots of locals, the first of them to zero, slots the frame needs, homes of the pinned locals`
                Enter0 "enter0" [call::Enter<0>] () (u16 slot u16 slot slot);
                /// `the same with some slots to zero, at most as many as a header has`
                EnterFew "enter_few" [call::Enter<{ HEADER }>] () (u16 slot u16 slot slot);
                /// `the same with any number of slots to zero`
                EnterMany "enter" [call::Enter<{ usize::MAX }>] () (u16 slot u16 slot slot);
                /// `call the module's function: its body's number, first slot of the arguments`
                Call0 "call" [call::Call<0>] () (u32 u16);
                /// `the same, keeping one pinned local`
                Call1 "call1" [call::Call<1>] () (u32 u16);
                /// `the same, keeping two pinned locals`
                Call2 "call2" [call::Call<2>] () (u32 u16);
                /// `call the imported function: its number, first slot of the arguments`
                CallImport "call_import" [call::CallImport] () (u32 u16);
                /// `call through a table: type, table, first slot of the arguments`
                CallIndirect0 "call_indirect" [call::CallIndirect<0>] (int) -> none (u32 u16 u16);
                /// `the same, keeping one pinned local`
                CallIndirect1 "call_indirect1" [call::CallIndirect<1>] (int) -> none (u32 u16 u16);
                /// `the same, keeping two pinned locals`
                CallIndirect2 "call_indirect2" [call::CallIndirect<2>] (int) -> none (u32 u16 u16);
                /// `call in place of this frame: body number, first slot and slots of the arguments, slots of this frame's locals`
                ReturnCall "return_call" [call::ReturnCall] () (u32 u16 u16 u16);
                /// `call an import in place of this frame`
                ReturnCallImport "return_call_import" [call::ReturnCallImport] () (u32 u16 u16 u16);
                /// `call through a table in place of this frame`
                ReturnCallIndirect "return_call_indirect" [call::ReturnCallIndirect] (as_) -> none (u32 u16 u16 u16 u16);
                /// `call a function by reference: first slot of the arguments`
                CallRef0 "call_ref" [reference::CallRef<0>] (as_) -> none (u16);
                /// `the same, keeping one pinned local`
                CallRef1 "call_ref1" [reference::CallRef<1>] (as_) -> none (u16);
                /// `the same, keeping two pinned locals`
                CallRef2 "call_ref2" [reference::CallRef<2>] (as_) -> none (u16);
                /// `call by reference in place of this frame`
                ReturnCallRef "return_call_ref" [reference::ReturnCallRef] (as_) -> none (u16 u16 u16);
                /// `trap if src is null`
                RefAsNonNull "ref.as_non_null" [reference::AsNonNull] (as_) -> none ();
                /// `dst = the field so many bytes behind the start of the struct`
                StructGet8S "struct.get8_s" [object::Get<object::Signed8>] (as_ a) -> Int (u32);
                /// `the same for another kind of field`
                StructGet8U "struct.get8_u" [object::Get<object::Bits8>] (as_ a) -> Int (u32);
                /// `the same for another kind of field`
                StructGet16S "struct.get16_s" [object::Get<object::Signed16>] (as_ a) -> Int (u32);
                /// `the same for another kind of field`
                StructGet16U "struct.get16_u" [object::Get<object::Bits16>] (as_ a) -> Int (u32);
                /// `the same for another kind of field`
                StructGet32 "struct.get32" [object::Get<object::Bits32>] (as_ as_) -> Int (u32);
                /// `the same for another kind of field`
                StructGet64 "struct.get64" [object::Get<object::Bits64>] (as_ as_) -> Int (u32);
                /// `the same for another kind of field`
                StructGetRef "struct.get_ref" [object::Get<object::Reference>] (as_ as_) -> Int (u32);
                /// `the field so many bytes behind the start of the struct = src`
                StructSet8 "struct.set8" [object::Set<u8>] (as_ asi) -> none (u32);
                /// `the same for another size`
                StructSet16 "struct.set16" [object::Set<u16>] (as_ asi) -> none (u32);
                /// `the same for another size`
                StructSet32 "struct.set32" [object::Set<u32>] (as_ asi) -> none (u32);
                /// `the same for another size`
                StructSet64 "struct.set64" [object::Set<u64>] (as_ asi) -> none (u32);
                /// `dst = the array's element`
                ArrayGet8S "array.get8_s" [object::GetElement<object::Signed8>] (s int a) -> Int ();
                /// `the same for another kind of element`
                ArrayGet8U "array.get8_u" [object::GetElement<object::Bits8>] (s int a) -> Int ();
                /// `the same for another kind of element`
                ArrayGet16S "array.get16_s" [object::GetElement<object::Signed16>] (s int a) -> Int ();
                /// `the same for another kind of element`
                ArrayGet16U "array.get16_u" [object::GetElement<object::Bits16>] (s int a) -> Int ();
                /// `the same for another kind of element`
                ArrayGet32 "array.get32" [object::GetElement<object::Bits32>] (s int as_) -> Int ();
                /// `the same for another kind of element`
                ArrayGet64 "array.get64" [object::GetElement<object::Bits64>] (s int as_) -> Int ();
                /// `the same for another kind of element`
                ArrayGetRef "array.get_ref" [object::GetElement<object::Reference>] (s int as_) -> Int ();
                /// `the array's element = src`
                ArraySet8 "array.set8" [object::SetElement<u8>] (s int as_) -> none ();
                /// `the same for another size`
                ArraySet16 "array.set16" [object::SetElement<u16>] (s int as_) -> none ();
                /// `the same for another size`
                ArraySet32 "array.set32" [object::SetElement<u32>] (s int as_) -> none ();
                /// `the same for another size`
                ArraySet64 "array.set64" [object::SetElement<u64>] (s int as_) -> none ();
                /// `dst = the array's length`
                ArrayLen "array.len" [object::Length] (as_ a) -> Int ();
                /// `dst = whether src is of a type: what to ask for, the module's type`
                RefTest "ref.test" [object::Test] (s a) -> Int (u16 u32);
                /// `trap unless src is of a type`
                RefCast "ref.cast" [object::Cast] (s) -> none (u16 u32);
                /// `dst = a reference to 31 bits`
                RefI31 "ref.i31" [object::MakeI31] (as_ a) -> Int ();
                /// `dst = the 31 bits of src, sign-extended`
                I31GetS "i31.get_s" [object::GetI31<true>] (as_ a) -> Int ();
                /// `dst = the 31 bits of src`
                I31GetU "i31.get_u" [object::GetI31<false>] (as_ a) -> Int ();
                /// `throw an exception: the module's tag, first slot of what it carries`
                Throw "throw" [exception::Throw] () (u32 slot);
                /// `throw the exception that a slot refers to`
                ThrowRef "throw_ref" [exception::Throw] () (slot);
                /// `return nothing`
                Return "return" [call::Return] () ();
                /// `return several values: their first slot, how many slots, slots of locals`
                ReturnMany "return_many" [call::ReturnMany] () (slot u16 u16);
                /// `return an integer or reference in the accumulator`
                ReturnInt "return_int" [call::ReturnValue<u64>] (int) -> none ();
                /// `return a float in its accumulator`
                ReturnF32 "return_f32" [call::ReturnValue<f32>] (as_) -> none ();
                /// `return a float in its accumulator`
                ReturnF64 "return_f64" [call::ReturnValue<f64>] (as_) -> none ();
                /// `return from the outermost frame`
                Finish "finish" [call::Finish] () ();
                /// `return to another instance`
                ReturnForeign "return_foreign" [call::ReturnForeign] () ();
                /// `translate the function that is being called`
                Translate "translate" [call::Translate] () ();
                /// `dst = src`
                Copy "copy" [variable::Copy<u64>] (int dst) -> moved ();
                /// `dst = src`
                CopyF32 "copy_f32" [variable::Copy<f32>] (as_ as_) -> moved ();
                /// `dst = src`
                CopyF64 "copy_f64" [variable::Copy<f64>] (as_ as_) -> moved ();
                /// `dst = the immediate`
                Const16 "i32.const16" [variable::Const<variable::Short32>] (dst) -> moved (u16);
                /// `dst = the immediate, sign-extended`
                Const16S "i64.const16" [variable::Const<variable::Short64>] (dst) -> moved (u16);
                /// `dst = the immediate`
                Const32 "i32.const" [variable::Const<variable::Long32>] (dst) -> moved (u32);
                /// `dst = the immediate, sign-extended`
                Const32S "i64.const32" [variable::Const<variable::Long32Signed>] (dst) -> moved (u32);
                /// `dst = the immediate`
                Const64 "i64.const" [variable::Const<variable::Long64>] (dst) -> moved (u64);
                /// `dst = the immediate`
                ConstF32 "f32.const" [variable::Const<variable::Float32>] (a) -> moved (u32);
                /// `dst = the immediate`
                ConstF64 "f64.const" [variable::Const<variable::Float64>] (a) -> moved (u64);
                /// `two slots = lhs + rhs: halves of 128 bits, low ones first`
                I64Add128 "i64.add128" [numeric::Wide<numeric::Add128>] (s s s s) -> none (slot);
                /// `two slots = lhs - rhs`
                I64Sub128 "i64.sub128" [numeric::Wide<numeric::Sub128>] (s s s s) -> none (slot);
                /// `two slots = lhs * rhs, signed`
                I64MulWideS "i64.mul_wide_s" [numeric::MulWide<numeric::Signed>] (s s) -> none (slot);
                /// `two slots = lhs * rhs, unsigned`
                I64MulWideU "i64.mul_wide_u" [numeric::MulWide<numeric::Unsigned>] (s s) -> none (slot);
                /// `dst = src, or the canonical NaN if src is one`
                CanonicalF32 "f32.canonical" [numeric::Canonical<f32>] (a as_) -> F32 ();
                /// `dst = src, or the canonical NaN if src is one`
                CanonicalF64 "f64.canonical" [numeric::Canonical<f64>] (a as_) -> F64 ();
                /// `dst = cond != 0 ? lhs : rhs`
                Select "select" [variable::Select<Bits>] (as_ ints ints dst) -> Int ();
                /// `dst = cond != 0 ? lhs : rhs`
                SelectF32 "select_f32" [variable::Select<f32>] (as_ s s as_) -> F32 ();
                /// `dst = cond != 0 ? lhs : rhs`
                SelectF64 "select_f64" [variable::Select<f64>] (as_ s s as_) -> F64 ();
                /// `dst = the global's cell`
                GlobalGet "global.get" [variable::GlobalGet] (dst) -> Int (u16);
                /// `the global's cell = src`
                GlobalSet "global.set" [variable::GlobalSet] (int) -> none (u16);
                /// `dst = the imported global`
                GlobalGetImported "global.get_imported" [variable::GlobalGetImported] (as_) -> Int (u16);
                /// `the imported global = src`
                GlobalSetImported "global.set_imported" [variable::GlobalSetImported] (as_) -> none (u16);
                /// `dst = pages of 64 KiB of the first memory`
                MemorySize "memory.size" [memory::Size] (as_) -> Int ();
                /// `copy bytes in the first memory: destination, source, count in three slots`
                MemoryCopy "memory.copy" [memory::Copy] () (slot);
                /// `fill bytes of the first memory: destination, value, count in three slots`
                MemoryFill "memory.fill" [memory::Fill] () (slot);
                /// `dst = src, or 2^32 - 1 if it is greater: an index that no table has`
                TableIndexFar "table.index_far" [numeric::Saturate] (as_ a) -> Int ();
                /// `dst = the table's element`
                TableGet "table.get" [table::Get] (as_ a) -> Int (u16);
                /// `the table's element = src`
                TableSet "table.set" [table::Set] (s as_) -> none (u16);
                /// `dst = elements of the table`
                TableSize "table.size" [table::Size] (a) -> Int (u16);
                /// `dst = a reference to a function of the module's own`
                RefFunc "ref.func" [table::RefFunc] (a) -> Int (u32);
                /// `dst = a reference to an imported function`
                RefFuncImported "ref.func_imported" [table::RefFuncImported] (a) -> Int (u32);
                /// `make a struct: type; fields in slots`
                StructNew "struct.new" [control::Cold] () (u32 slot);
                /// `make a struct of zeros`
                StructNewDefault "struct.new_default" [control::Cold] () (u32 slot);
                /// `make an array: type; element and length in slots`
                ArrayNew "array.new" [control::Cold] () (u32 slot);
                /// `make an array of zeros: type; length in a slot`
                ArrayNewDefault "array.new_default" [control::Cold] () (u32 slot);
                /// `make an array of elements in slots: type, length`
                ArrayNewFixed "array.new_fixed" [control::Cold] () (u32 u32 slot);
                /// `make an array from a data segment: type, segment`
                ArrayNewData "array.new_data" [control::Cold] () (u32 u32 slot);
                /// `make an array from an element segment: type, segment`
                ArrayNewElem "array.new_elem" [control::Cold] () (u32 u32 slot);
                /// `fill elements: type`
                ArrayFill "array.fill" [control::Cold] () (u32 slot);
                /// `copy elements: type`
                ArrayCopy "array.copy" [control::Cold] () (u32 slot);
                /// `copy from a data segment: type, segment`
                ArrayInitData "array.init_data" [control::Cold] () (u32 u32 slot);
                /// `copy from an element segment: type, segment`
                ArrayInitElem "array.init_elem" [control::Cold] () (u32 u32 slot);
                /// `read a field that is a vector`
                StructGetVector "struct.get128" [control::Cold] () (u32 slot);
                /// `write a field that is a vector`
                StructSetVector "struct.set128" [control::Cold] () (u32 slot);
                /// `read an element that is a vector: type`
                ArrayGetVector "array.get128" [control::Cold] () (u32 slot);
                /// `write an element that is a vector: type`
                ArraySetVector "array.set128" [control::Cold] () (u32 slot);
                /// `slot = the global`, one of so many that 16 bits do not tell which
                GlobalGetFar "global.get_far" [control::Cold] () (u32 slot);
                /// `the global = slot`, one of so many that 16 bits do not tell which
                GlobalSetFar "global.set_far" [control::Cold] () (u32 slot);
                /// `pages of another memory`
                MemorySizeOther "memory.size_other" [control::Cold] () (u16 slot);
                /// `grow a memory by slot, result in the same slot`
                MemoryGrow "memory.grow" [control::Cold] () (u16 slot);
                /// `copy bytes between memories`
                MemoryCopyBetween "memory.copy_between" [control::Cold] () (u16 u16 slot);
                /// `fill bytes of a memory`
                MemoryFillOther "memory.fill_other" [control::Cold] () (u16 slot);
                /// `copy from a data segment: segment, memory`
                MemoryInit "memory.init" [control::Cold] () (u32 u16 slot);
                /// `drop a data segment`
                DataDrop "data.drop" [control::Cold] () (u32);
                /// `atomic instruction: its opcode after the prefix, memory, offset`
                Atomic "atomic" [control::Cold] () (u16 u16 u64 slot);
                /// `grow a table`
                TableGrow "table.grow" [control::Cold] () (u16 slot);
                /// `fill elements of a table`
                TableFill "table.fill" [control::Cold] () (u16 slot);
                /// `copy elements between tables`
                TableCopy "table.copy" [control::Cold] () (u16 u16 slot);
                /// `copy from an element segment: segment, table`
                TableInit "table.init" [control::Cold] () (u32 u16 slot);
                /// `drop an element segment`
                ElemDrop "elem.drop" [control::Cold] () (u32);
            }
        }
    };
}
