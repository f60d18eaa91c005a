//! The table's rows for vectors: those of fixed-width SIMD and relaxed SIMD.
//!
//! `build.rs` reads the same rows. Vectors are in slots alone, two for each. Columns:
//!
//! - `unary`, `binary`, `ternary`, `shift`, `test`, `splat`: WebAssembly opcode after the prefix 0xFD (numbers from
//!   0x114 on are no instructions), name, identifier, types of operands and result as lanes, other instructions that
//!   are the same (`also`) or the same with their operands swapped (`swap`), and the semantics. Relaxed instructions
//!   do what the deterministic profile says.
//! - `extract`, `replace`: the row that reads or writes the lane as if it were in memory.
//! - `extend`, `load`: what memory holds, of `extend` each lane and how many there are, and by which scalar load and operations after it the same is done in another memory
//!   than the first.
//! - `load_lane`, `store_lane`: the scalar access, its type, and the row that replaces or extracts the lane.
//! - `plain`: identifier, name, handler, locations of the operands, what gets the result (`Slots` or `none`), immediates.

/// Calls the macro `$callback` with all rows.
macro_rules! for_each_vector_operation {
    ($callback:ident) => {
        $callback! {
            unary {
                0x4D "v128.not" V128Not u64x2 -> u64x2, |v| map(v, |v| !v);
                0x5E "f32x4.demote_f64x2_zero" F32x4DemoteF64x2Zero f64x2 -> f32x4, |v| [v[0] as f32, v[1] as f32, 0.0, 0.0];
                0x5F "f64x2.promote_low_f32x4" F64x2PromoteLowF32x4 f32x4 -> f64x2, |v| map_low(v, f64::from);
                0x60 "i8x16.abs" I8x16Abs i8x16 -> i8x16, |v| map(v, i8::wrapping_abs);
                0x61 "i8x16.neg" I8x16Neg i8x16 -> i8x16, |v| map(v, i8::wrapping_neg);
                0x62 "i8x16.popcnt" I8x16Popcnt u64x2 -> u64x2, |v| popcnt(v);
                0x67 "f32x4.ceil" F32x4Ceil f32x4 -> f32x4, |v| map(v, ceil_f32);
                0x68 "f32x4.floor" F32x4Floor f32x4 -> f32x4, |v| map(v, floor_f32);
                0x69 "f32x4.trunc" F32x4Trunc f32x4 -> f32x4, |v| map(v, trunc_f32);
                0x6A "f32x4.nearest" F32x4Nearest f32x4 -> f32x4, |v| map(v, nearest_f32);
                0x74 "f64x2.ceil" F64x2Ceil f64x2 -> f64x2, |v| map(v, ceil_f64);
                0x75 "f64x2.floor" F64x2Floor f64x2 -> f64x2, |v| map(v, floor_f64);
                0x7A "f64x2.trunc" F64x2Trunc f64x2 -> f64x2, |v| map(v, trunc_f64);
                0x7C "i16x8.extadd_pairwise_i8x16_s" I16x8ExtaddPairwiseI8x16S i8x16 -> i16x8, |v| pairs(v, |l, r| i16::from(l) + i16::from(r));
                0x7D "i16x8.extadd_pairwise_i8x16_u" I16x8ExtaddPairwiseI8x16U u8x16 -> u16x8, |v| pairs(v, |l, r| u16::from(l) + u16::from(r));
                0x7E "i32x4.extadd_pairwise_i16x8_s" I32x4ExtaddPairwiseI16x8S i16x8 -> i32x4, |v| pairs(v, |l, r| i32::from(l) + i32::from(r));
                0x7F "i32x4.extadd_pairwise_i16x8_u" I32x4ExtaddPairwiseI16x8U u16x8 -> u32x4, |v| pairs(v, |l, r| u32::from(l) + u32::from(r));
                0x80 "i16x8.abs" I16x8Abs i16x8 -> i16x8, |v| map(v, i16::wrapping_abs);
                0x81 "i16x8.neg" I16x8Neg i16x8 -> i16x8, |v| map(v, i16::wrapping_neg);
                0x87 "i16x8.extend_low_i8x16_s" I16x8ExtendLowI8x16S i8x16 -> i16x8, |v| map_low(v, i16::from);
                0x88 "i16x8.extend_high_i8x16_s" I16x8ExtendHighI8x16S i8x16 -> i16x8, |v| map_high(v, i16::from);
                0x89 "i16x8.extend_low_i8x16_u" I16x8ExtendLowI8x16U u8x16 -> u16x8, |v| map_low(v, u16::from);
                0x8A "i16x8.extend_high_i8x16_u" I16x8ExtendHighI8x16U u8x16 -> u16x8, |v| map_high(v, u16::from);
                0x94 "f64x2.nearest" F64x2Nearest f64x2 -> f64x2, |v| map(v, nearest_f64);
                0xA0 "i32x4.abs" I32x4Abs i32x4 -> i32x4, |v| map(v, i32::wrapping_abs);
                0xA1 "i32x4.neg" I32x4Neg i32x4 -> i32x4, |v| map(v, i32::wrapping_neg);
                0xA7 "i32x4.extend_low_i16x8_s" I32x4ExtendLowI16x8S i16x8 -> i32x4, |v| map_low(v, i32::from);
                0xA8 "i32x4.extend_high_i16x8_s" I32x4ExtendHighI16x8S i16x8 -> i32x4, |v| map_high(v, i32::from);
                0xA9 "i32x4.extend_low_i16x8_u" I32x4ExtendLowI16x8U u16x8 -> u32x4, |v| map_low(v, u32::from);
                0xAA "i32x4.extend_high_i16x8_u" I32x4ExtendHighI16x8U u16x8 -> u32x4, |v| map_high(v, u32::from);
                0xC0 "i64x2.abs" I64x2Abs i64x2 -> i64x2, |v| map(v, i64::wrapping_abs);
                0xC1 "i64x2.neg" I64x2Neg i64x2 -> i64x2, |v| map(v, i64::wrapping_neg);
                0xC7 "i64x2.extend_low_i32x4_s" I64x2ExtendLowI32x4S i32x4 -> i64x2, |v| map_low(v, i64::from);
                0xC8 "i64x2.extend_high_i32x4_s" I64x2ExtendHighI32x4S i32x4 -> i64x2, |v| map_high(v, i64::from);
                0xC9 "i64x2.extend_low_i32x4_u" I64x2ExtendLowI32x4U u32x4 -> u64x2, |v| map_low(v, u64::from);
                0xCA "i64x2.extend_high_i32x4_u" I64x2ExtendHighI32x4U u32x4 -> u64x2, |v| map_high(v, u64::from);
                0xE0 "f32x4.abs" F32x4Abs f32x4 -> f32x4, |v| map(v, abs_f32);
                0xE1 "f32x4.neg" F32x4Neg f32x4 -> f32x4, |v| map(v, |v| -v);
                0xE3 "f32x4.sqrt" F32x4Sqrt f32x4 -> f32x4, |v| map(v, sqrt_f32);
                0xEC "f64x2.abs" F64x2Abs f64x2 -> f64x2, |v| map(v, abs_f64);
                0xED "f64x2.neg" F64x2Neg f64x2 -> f64x2, |v| map(v, |v| -v);
                0xEF "f64x2.sqrt" F64x2Sqrt f64x2 -> f64x2, |v| map(v, sqrt_f64);
                0xF8 "i32x4.trunc_sat_f32x4_s" I32x4TruncSatF32x4S f32x4 -> i32x4 also 0x101, |v| map(v, |v| v as i32);
                0xF9 "i32x4.trunc_sat_f32x4_u" I32x4TruncSatF32x4U f32x4 -> u32x4 also 0x102, |v| map(v, |v| v as u32);
                0xFA "f32x4.convert_i32x4_s" F32x4ConvertI32x4S i32x4 -> f32x4, |v| map(v, |v| v as f32);
                0xFB "f32x4.convert_i32x4_u" F32x4ConvertI32x4U u32x4 -> f32x4, |v| map(v, |v| v as f32);
                0xFC "i32x4.trunc_sat_f64x2_s_zero" I32x4TruncSatF64x2SZero f64x2 -> i32x4 also 0x103, |v| [v[0] as i32, v[1] as i32, 0, 0];
                0xFD "i32x4.trunc_sat_f64x2_u_zero" I32x4TruncSatF64x2UZero f64x2 -> u32x4 also 0x104, |v| [v[0] as u32, v[1] as u32, 0, 0];
                0xFE "f64x2.convert_low_i32x4_s" F64x2ConvertLowI32x4S i32x4 -> f64x2, |v| map_low(v, f64::from);
                0xFF "f64x2.convert_low_i32x4_u" F64x2ConvertLowI32x4U u32x4 -> f64x2, |v| map_low(v, f64::from);
            }
            binary {
                0x0E "i8x16.swizzle" I8x16Swizzle u8x16 -> u8x16 also 0x100, |l, r| swizzle(l, r);
                0x23 "i8x16.eq" I8x16Eq i8x16 -> i8x16, |l, r| zip(l, r, |l, r| -i8::from(l == r));
                0x24 "i8x16.ne" I8x16Ne i8x16 -> i8x16, |l, r| zip(l, r, |l, r| -i8::from(l != r));
                0x27 "i8x16.gt_s" I8x16GtS i8x16 -> i8x16 swap 0x25, |l, r| zip(l, r, |l, r| -i8::from(l > r));
                0x28 "i8x16.gt_u" I8x16GtU u8x16 -> i8x16 swap 0x26, |l, r| zip(l, r, |l, r| -i8::from(l > r));
                0x2B "i8x16.ge_s" I8x16GeS i8x16 -> i8x16 swap 0x29, |l, r| zip(l, r, |l, r| -i8::from(l >= r));
                0x2C "i8x16.ge_u" I8x16GeU u8x16 -> i8x16 swap 0x2A, |l, r| zip(l, r, |l, r| -i8::from(l >= r));
                0x2D "i16x8.eq" I16x8Eq i16x8 -> i16x8, |l, r| zip(l, r, |l, r| -i16::from(l == r));
                0x2E "i16x8.ne" I16x8Ne i16x8 -> i16x8, |l, r| zip(l, r, |l, r| -i16::from(l != r));
                0x31 "i16x8.gt_s" I16x8GtS i16x8 -> i16x8 swap 0x2F, |l, r| zip(l, r, |l, r| -i16::from(l > r));
                0x32 "i16x8.gt_u" I16x8GtU u16x8 -> i16x8 swap 0x30, |l, r| zip(l, r, |l, r| -i16::from(l > r));
                0x35 "i16x8.ge_s" I16x8GeS i16x8 -> i16x8 swap 0x33, |l, r| zip(l, r, |l, r| -i16::from(l >= r));
                0x36 "i16x8.ge_u" I16x8GeU u16x8 -> i16x8 swap 0x34, |l, r| zip(l, r, |l, r| -i16::from(l >= r));
                0x37 "i32x4.eq" I32x4Eq i32x4 -> i32x4, |l, r| zip(l, r, |l, r| -i32::from(l == r));
                0x38 "i32x4.ne" I32x4Ne i32x4 -> i32x4, |l, r| zip(l, r, |l, r| -i32::from(l != r));
                0x3B "i32x4.gt_s" I32x4GtS i32x4 -> i32x4 swap 0x39, |l, r| zip(l, r, |l, r| -i32::from(l > r));
                0x3C "i32x4.gt_u" I32x4GtU u32x4 -> i32x4 swap 0x3A, |l, r| zip(l, r, |l, r| -i32::from(l > r));
                0x3F "i32x4.ge_s" I32x4GeS i32x4 -> i32x4 swap 0x3D, |l, r| zip(l, r, |l, r| -i32::from(l >= r));
                0x40 "i32x4.ge_u" I32x4GeU u32x4 -> i32x4 swap 0x3E, |l, r| zip(l, r, |l, r| -i32::from(l >= r));
                0x41 "f32x4.eq" F32x4Eq f32x4 -> i32x4, |l, r| zip(l, r, |l, r| -i32::from(l == r));
                0x42 "f32x4.ne" F32x4Ne f32x4 -> i32x4, |l, r| zip(l, r, |l, r| -i32::from(l != r));
                0x43 "f32x4.lt" F32x4Lt f32x4 -> i32x4 swap 0x44, |l, r| zip(l, r, |l, r| -i32::from(l < r));
                0x45 "f32x4.le" F32x4Le f32x4 -> i32x4 swap 0x46, |l, r| zip(l, r, |l, r| -i32::from(l <= r));
                0x47 "f64x2.eq" F64x2Eq f64x2 -> i64x2, |l, r| zip(l, r, |l, r| -i64::from(l == r));
                0x48 "f64x2.ne" F64x2Ne f64x2 -> i64x2, |l, r| zip(l, r, |l, r| -i64::from(l != r));
                0x49 "f64x2.lt" F64x2Lt f64x2 -> i64x2 swap 0x4A, |l, r| zip(l, r, |l, r| -i64::from(l < r));
                0x4B "f64x2.le" F64x2Le f64x2 -> i64x2 swap 0x4C, |l, r| zip(l, r, |l, r| -i64::from(l <= r));
                0x4E "v128.and" V128And u64x2 -> u64x2, |l, r| zip(l, r, |l, r| l & r);
                0x4F "v128.andnot" V128Andnot u64x2 -> u64x2, |l, r| zip(l, r, |l, r| l & !r);
                0x50 "v128.or" V128Or u64x2 -> u64x2, |l, r| zip(l, r, |l, r| l | r);
                0x51 "v128.xor" V128Xor u64x2 -> u64x2, |l, r| zip(l, r, |l, r| l ^ r);
                0x65 "i8x16.narrow_i16x8_s" I8x16NarrowI16x8S i16x8 -> i8x16, |l, r| join(l, r, |v| v.clamp(-0x80, 0x7F) as i8);
                0x66 "i8x16.narrow_i16x8_u" I8x16NarrowI16x8U i16x8 -> u8x16, |l, r| join(l, r, |v| v.clamp(0, 0xFF) as u8);
                0x6E "i8x16.add" I8x16Add i8x16 -> i8x16, |l, r| zip(l, r, i8::wrapping_add);
                0x6F "i8x16.add_sat_s" I8x16AddSatS i8x16 -> i8x16, |l, r| zip(l, r, i8::saturating_add);
                0x70 "i8x16.add_sat_u" I8x16AddSatU u8x16 -> u8x16, |l, r| zip(l, r, u8::saturating_add);
                0x71 "i8x16.sub" I8x16Sub i8x16 -> i8x16, |l, r| zip(l, r, i8::wrapping_sub);
                0x72 "i8x16.sub_sat_s" I8x16SubSatS i8x16 -> i8x16, |l, r| zip(l, r, i8::saturating_sub);
                0x73 "i8x16.sub_sat_u" I8x16SubSatU u8x16 -> u8x16, |l, r| zip(l, r, u8::saturating_sub);
                0x76 "i8x16.min_s" I8x16MinS i8x16 -> i8x16, |l, r| zip(l, r, |l, r| l.min(r));
                0x77 "i8x16.min_u" I8x16MinU u8x16 -> u8x16, |l, r| zip(l, r, |l, r| l.min(r));
                0x78 "i8x16.max_s" I8x16MaxS i8x16 -> i8x16, |l, r| zip(l, r, |l, r| l.max(r));
                0x79 "i8x16.max_u" I8x16MaxU u8x16 -> u8x16, |l, r| zip(l, r, |l, r| l.max(r));
                0x7B "i8x16.avgr_u" I8x16AvgrU u8x16 -> u8x16, |l, r| zip(l, r, |l, r| (u16::from(l) + u16::from(r) + 1 >> 1) as u8);
                0x82 "i16x8.q15mulr_sat_s" I16x8Q15mulrSatS i16x8 -> i16x8 also 0x111, |l, r| zip(l, r, q15mulr_sat);
                0x85 "i16x8.narrow_i32x4_s" I16x8NarrowI32x4S i32x4 -> i16x8, |l, r| join(l, r, |v| v.clamp(-0x8000, 0x7FFF) as i16);
                0x86 "i16x8.narrow_i32x4_u" I16x8NarrowI32x4U i32x4 -> u16x8, |l, r| join(l, r, |v| v.clamp(0, 0xFFFF) as u16);
                0x8E "i16x8.add" I16x8Add i16x8 -> i16x8, |l, r| zip(l, r, i16::wrapping_add);
                0x8F "i16x8.add_sat_s" I16x8AddSatS i16x8 -> i16x8, |l, r| zip(l, r, i16::saturating_add);
                0x90 "i16x8.add_sat_u" I16x8AddSatU u16x8 -> u16x8, |l, r| zip(l, r, u16::saturating_add);
                0x91 "i16x8.sub" I16x8Sub i16x8 -> i16x8, |l, r| zip(l, r, i16::wrapping_sub);
                0x92 "i16x8.sub_sat_s" I16x8SubSatS i16x8 -> i16x8, |l, r| zip(l, r, i16::saturating_sub);
                0x93 "i16x8.sub_sat_u" I16x8SubSatU u16x8 -> u16x8, |l, r| zip(l, r, u16::saturating_sub);
                0x95 "i16x8.mul" I16x8Mul i16x8 -> i16x8, |l, r| zip(l, r, i16::wrapping_mul);
                0x96 "i16x8.min_s" I16x8MinS i16x8 -> i16x8, |l, r| zip(l, r, |l, r| l.min(r));
                0x97 "i16x8.min_u" I16x8MinU u16x8 -> u16x8, |l, r| zip(l, r, |l, r| l.min(r));
                0x98 "i16x8.max_s" I16x8MaxS i16x8 -> i16x8, |l, r| zip(l, r, |l, r| l.max(r));
                0x99 "i16x8.max_u" I16x8MaxU u16x8 -> u16x8, |l, r| zip(l, r, |l, r| l.max(r));
                0x9B "i16x8.avgr_u" I16x8AvgrU u16x8 -> u16x8, |l, r| zip(l, r, |l, r| (u32::from(l) + u32::from(r) + 1 >> 1) as u16);
                0x9C "i16x8.extmul_low_i8x16_s" I16x8ExtmulLowI8x16S i8x16 -> i16x8, |l, r| zip_low(l, r, |l, r| i16::from(l) * i16::from(r));
                0x9D "i16x8.extmul_high_i8x16_s" I16x8ExtmulHighI8x16S i8x16 -> i16x8, |l, r| zip_high(l, r, |l, r| i16::from(l) * i16::from(r));
                0x9E "i16x8.extmul_low_i8x16_u" I16x8ExtmulLowI8x16U u8x16 -> u16x8, |l, r| zip_low(l, r, |l, r| u16::from(l) * u16::from(r));
                0x9F "i16x8.extmul_high_i8x16_u" I16x8ExtmulHighI8x16U u8x16 -> u16x8, |l, r| zip_high(l, r, |l, r| u16::from(l) * u16::from(r));
                0xAE "i32x4.add" I32x4Add i32x4 -> i32x4, |l, r| zip(l, r, i32::wrapping_add);
                0xB1 "i32x4.sub" I32x4Sub i32x4 -> i32x4, |l, r| zip(l, r, i32::wrapping_sub);
                0xB5 "i32x4.mul" I32x4Mul i32x4 -> i32x4, |l, r| zip(l, r, i32::wrapping_mul);
                0xB6 "i32x4.min_s" I32x4MinS i32x4 -> i32x4, |l, r| zip(l, r, |l, r| l.min(r));
                0xB7 "i32x4.min_u" I32x4MinU u32x4 -> u32x4, |l, r| zip(l, r, |l, r| l.min(r));
                0xB8 "i32x4.max_s" I32x4MaxS i32x4 -> i32x4, |l, r| zip(l, r, |l, r| l.max(r));
                0xB9 "i32x4.max_u" I32x4MaxU u32x4 -> u32x4, |l, r| zip(l, r, |l, r| l.max(r));
                0xBA "i32x4.dot_i16x8_s" I32x4DotI16x8S i16x8 -> i32x4, |l, r| dot(l, r);
                0xBC "i32x4.extmul_low_i16x8_s" I32x4ExtmulLowI16x8S i16x8 -> i32x4, |l, r| zip_low(l, r, |l, r| i32::from(l) * i32::from(r));
                0xBD "i32x4.extmul_high_i16x8_s" I32x4ExtmulHighI16x8S i16x8 -> i32x4, |l, r| zip_high(l, r, |l, r| i32::from(l) * i32::from(r));
                0xBE "i32x4.extmul_low_i16x8_u" I32x4ExtmulLowI16x8U u16x8 -> u32x4, |l, r| zip_low(l, r, |l, r| u32::from(l) * u32::from(r));
                0xBF "i32x4.extmul_high_i16x8_u" I32x4ExtmulHighI16x8U u16x8 -> u32x4, |l, r| zip_high(l, r, |l, r| u32::from(l) * u32::from(r));
                0xCE "i64x2.add" I64x2Add i64x2 -> i64x2, |l, r| zip(l, r, i64::wrapping_add);
                0xD1 "i64x2.sub" I64x2Sub i64x2 -> i64x2, |l, r| zip(l, r, i64::wrapping_sub);
                0xD5 "i64x2.mul" I64x2Mul i64x2 -> i64x2, |l, r| zip(l, r, i64::wrapping_mul);
                0xD6 "i64x2.eq" I64x2Eq i64x2 -> i64x2, |l, r| zip(l, r, |l, r| -i64::from(l == r));
                0xD7 "i64x2.ne" I64x2Ne i64x2 -> i64x2, |l, r| zip(l, r, |l, r| -i64::from(l != r));
                0xD9 "i64x2.gt_s" I64x2GtS i64x2 -> i64x2 swap 0xD8, |l, r| zip(l, r, |l, r| -i64::from(l > r));
                0xDB "i64x2.ge_s" I64x2GeS i64x2 -> i64x2 swap 0xDA, |l, r| zip(l, r, |l, r| -i64::from(l >= r));
                0xDC "i64x2.extmul_low_i32x4_s" I64x2ExtmulLowI32x4S i32x4 -> i64x2, |l, r| zip_low(l, r, |l, r| i64::from(l) * i64::from(r));
                0xDD "i64x2.extmul_high_i32x4_s" I64x2ExtmulHighI32x4S i32x4 -> i64x2, |l, r| zip_high(l, r, |l, r| i64::from(l) * i64::from(r));
                0xDE "i64x2.extmul_low_i32x4_u" I64x2ExtmulLowI32x4U u32x4 -> u64x2, |l, r| zip_low(l, r, |l, r| u64::from(l) * u64::from(r));
                0xDF "i64x2.extmul_high_i32x4_u" I64x2ExtmulHighI32x4U u32x4 -> u64x2, |l, r| zip_high(l, r, |l, r| u64::from(l) * u64::from(r));
                0xE4 "f32x4.add" F32x4Add f32x4 -> f32x4, |l, r| zip(l, r, |l, r| l + r);
                0xE5 "f32x4.sub" F32x4Sub f32x4 -> f32x4, |l, r| zip(l, r, |l, r| l - r);
                0xE6 "f32x4.mul" F32x4Mul f32x4 -> f32x4, |l, r| zip(l, r, |l, r| l * r);
                0xE7 "f32x4.div" F32x4Div f32x4 -> f32x4, |l, r| zip(l, r, |l, r| l / r);
                0xE8 "f32x4.min" F32x4Min f32x4 -> f32x4 also 0x10D, |l, r| zip(l, r, min_f32);
                0xE9 "f32x4.max" F32x4Max f32x4 -> f32x4 also 0x10E, |l, r| zip(l, r, max_f32);
                0xEA "f32x4.pmin" F32x4Pmin f32x4 -> f32x4, |l, r| zip(l, r, |l, r| if r < l { r } else { l });
                0xEB "f32x4.pmax" F32x4Pmax f32x4 -> f32x4, |l, r| zip(l, r, |l, r| if l < r { r } else { l });
                0xF0 "f64x2.add" F64x2Add f64x2 -> f64x2, |l, r| zip(l, r, |l, r| l + r);
                0xF1 "f64x2.sub" F64x2Sub f64x2 -> f64x2, |l, r| zip(l, r, |l, r| l - r);
                0xF2 "f64x2.mul" F64x2Mul f64x2 -> f64x2, |l, r| zip(l, r, |l, r| l * r);
                0xF3 "f64x2.div" F64x2Div f64x2 -> f64x2, |l, r| zip(l, r, |l, r| l / r);
                0xF4 "f64x2.min" F64x2Min f64x2 -> f64x2 also 0x10F, |l, r| zip(l, r, min_f64);
                0xF5 "f64x2.max" F64x2Max f64x2 -> f64x2 also 0x110, |l, r| zip(l, r, max_f64);
                0xF6 "f64x2.pmin" F64x2Pmin f64x2 -> f64x2, |l, r| zip(l, r, |l, r| if r < l { r } else { l });
                0xF7 "f64x2.pmax" F64x2Pmax f64x2 -> f64x2, |l, r| zip(l, r, |l, r| if l < r { r } else { l });
                0x112 "i16x8.relaxed_dot_i8x16_i7x16_s" I16x8RelaxedDotI8x16I7x16S i8x16 -> i16x8, |l, r| relaxed_dot(l, r);
            }
            ternary {
                0x52 "v128.bitselect" V128Bitselect u64x2 u64x2 -> u64x2 also 0x109 0x10A 0x10B 0x10C, |a, b, c| bitselect(a, b, c);
                0x105 "f32x4.relaxed_madd" F32x4RelaxedMadd f32x4 f32x4 -> f32x4, |a, b, c| zip(zip(a, b, |a, b| a * b), c, |a, b| a + b);
                0x106 "f32x4.relaxed_nmadd" F32x4RelaxedNmadd f32x4 f32x4 -> f32x4, |a, b, c| zip(zip(a, b, |a, b| -a * b), c, |a, b| a + b);
                0x107 "f64x2.relaxed_madd" F64x2RelaxedMadd f64x2 f64x2 -> f64x2, |a, b, c| zip(zip(a, b, |a, b| a * b), c, |a, b| a + b);
                0x108 "f64x2.relaxed_nmadd" F64x2RelaxedNmadd f64x2 f64x2 -> f64x2, |a, b, c| zip(zip(a, b, |a, b| -a * b), c, |a, b| a + b);
                0x113 "i32x4.relaxed_dot_i8x16_i7x16_add_s" I32x4RelaxedDotI8x16I7x16AddS i8x16 i32x4 -> i32x4, |a, b, c| relaxed_dot_add(a, b, c);
            }
            shift {
                0x6B "i8x16.shl" I8x16Shl u8x16, |v, n| map(v, |v| v.wrapping_shl(n));
                0x6C "i8x16.shr_s" I8x16ShrS i8x16, |v, n| map(v, |v| v.wrapping_shr(n));
                0x6D "i8x16.shr_u" I8x16ShrU u8x16, |v, n| map(v, |v| v.wrapping_shr(n));
                0x8B "i16x8.shl" I16x8Shl u16x8, |v, n| map(v, |v| v.wrapping_shl(n));
                0x8C "i16x8.shr_s" I16x8ShrS i16x8, |v, n| map(v, |v| v.wrapping_shr(n));
                0x8D "i16x8.shr_u" I16x8ShrU u16x8, |v, n| map(v, |v| v.wrapping_shr(n));
                0xAB "i32x4.shl" I32x4Shl u32x4, |v, n| map(v, |v| v.wrapping_shl(n));
                0xAC "i32x4.shr_s" I32x4ShrS i32x4, |v, n| map(v, |v| v.wrapping_shr(n));
                0xAD "i32x4.shr_u" I32x4ShrU u32x4, |v, n| map(v, |v| v.wrapping_shr(n));
                0xCB "i64x2.shl" I64x2Shl u64x2, |v, n| map(v, |v| v.wrapping_shl(n));
                0xCC "i64x2.shr_s" I64x2ShrS i64x2, |v, n| map(v, |v| v.wrapping_shr(n));
                0xCD "i64x2.shr_u" I64x2ShrU u64x2, |v, n| map(v, |v| v.wrapping_shr(n));
            }
            test {
                0x53 "v128.any_true" V128AnyTrue u64x2, |v| u32::from(v[0] | v[1] != 0);
                0x63 "i8x16.all_true" I8x16AllTrue i8x16, |v| all_true(v);
                0x64 "i8x16.bitmask" I8x16Bitmask u64x2, |v| bitmask8(v);
                0x83 "i16x8.all_true" I16x8AllTrue i16x8, |v| all_true(v);
                0x84 "i16x8.bitmask" I16x8Bitmask u64x2, |v| bitmask16(v);
                0xA3 "i32x4.all_true" I32x4AllTrue i32x4, |v| all_true(v);
                0xA4 "i32x4.bitmask" I32x4Bitmask u64x2, |v| bitmask32(v);
                0xC3 "i64x2.all_true" I64x2AllTrue i64x2, |v| all_true(v);
                0xC4 "i64x2.bitmask" I64x2Bitmask u64x2, |v| bitmask64(v);
            }
            splat {
                0x0F "i8x16.splat" I8x16Splat u32 -> u8x16, |v| [v as u8; 16];
                0x10 "i16x8.splat" I16x8Splat u32 -> u16x8, |v| [v as u16; 8];
                0x11 "i32x4.splat" I32x4Splat u32 -> u32x4, |v| [v; 4];
                0x12 "i64x2.splat" I64x2Splat u64 -> u64x2, |v| [v; 2];
                0x13 "f32x4.splat" F32x4Splat f32 -> f32x4, |v| [v; 4];
                0x14 "f64x2.splat" F64x2Splat f64 -> f64x2, |v| [v; 2];
                0x114 "v128.low" V128Low u64 -> u64x2, |v| [v, 0];
            }
            extract {
                0x15 "i8x16.extract_lane_s" I8x16ExtractLaneS I32Load8S I32;
                0x16 "i8x16.extract_lane_u" I8x16ExtractLaneU Load8 I32;
                0x18 "i16x8.extract_lane_s" I16x8ExtractLaneS I32Load16S I32;
                0x19 "i16x8.extract_lane_u" I16x8ExtractLaneU Load16 I32;
                0x1B "i32x4.extract_lane" I32x4ExtractLane Load32 I32;
                0x1D "i64x2.extract_lane" I64x2ExtractLane Load64 I64;
                0x1F "f32x4.extract_lane" F32x4ExtractLane F32Load F32;
                0x21 "f64x2.extract_lane" F64x2ExtractLane F64Load F64;
            }
            replace {
                0x17 "i8x16.replace_lane" I8x16ReplaceLane Store8;
                0x1A "i16x8.replace_lane" I16x8ReplaceLane Store16;
                0x1C "i32x4.replace_lane" I32x4ReplaceLane Store32;
                0x1E "i64x2.replace_lane" I64x2ReplaceLane Store64;
                0x20 "f32x4.replace_lane" F32x4ReplaceLane F32Store;
                0x22 "f64x2.replace_lane" F64x2ReplaceLane F64Store;
            }
            extend {
                0x01 "v128.load8x8_s" V128Load8x8S i8 -> i16 8 by Load64 V128Low I16x8ExtendLowI8x16S;
                0x02 "v128.load8x8_u" V128Load8x8U u8 -> u16 8 by Load64 V128Low I16x8ExtendLowI8x16U;
                0x03 "v128.load16x4_s" V128Load16x4S i16 -> i32 4 by Load64 V128Low I32x4ExtendLowI16x8S;
                0x04 "v128.load16x4_u" V128Load16x4U u16 -> u32 4 by Load64 V128Low I32x4ExtendLowI16x8U;
                0x05 "v128.load32x2_s" V128Load32x2S i32 -> i64 2 by Load64 V128Low I64x2ExtendLowI32x4S;
                0x06 "v128.load32x2_u" V128Load32x2U u32 -> u64 2 by Load64 V128Low I64x2ExtendLowI32x4U;
            }
            load {
                0x07 "v128.load8_splat" V128Load8Splat u8 -> u8x16 by Load8 I8x16Splat, |v| [v; 16];
                0x08 "v128.load16_splat" V128Load16Splat u16 -> u16x8 by Load16 I16x8Splat, |v| [v; 8];
                0x09 "v128.load32_splat" V128Load32Splat u32 -> u32x4 by Load32 I32x4Splat, |v| [v; 4];
                0x0A "v128.load64_splat" V128Load64Splat u64 -> u64x2 by Load64 I64x2Splat, |v| [v; 2];
                0x5C "v128.load32_zero" V128Load32Zero u32 -> u64x2 by Load32 V128Low, |v| [u64::from(v), 0];
                0x5D "v128.load64_zero" V128Load64Zero u64 -> u64x2 by Load64 V128Low, |v| [v, 0];
            }
            load_lane {
                0x54 "v128.load8_lane" Load8 I32 I8x16ReplaceLane;
                0x55 "v128.load16_lane" Load16 I32 I16x8ReplaceLane;
                0x56 "v128.load32_lane" Load32 I32 I32x4ReplaceLane;
                0x57 "v128.load64_lane" Load64 I64 I64x2ReplaceLane;
            }
            store_lane {
                0x58 "v128.store8_lane" Store8 I32 I8x16ExtractLaneU;
                0x59 "v128.store16_lane" Store16 I32 I16x8ExtractLaneU;
                0x5A "v128.store32_lane" Store32 I32 I32x4ExtractLane;
                0x5B "v128.store64_lane" Store64 I64 I64x2ExtractLane;
            }
            plain {
                /// `dst = src, with the canonical NaN for lanes that are one`
                F32x4Canonical "f32x4.canonical" [simd::Canonical<f32, 4>] (s s) -> Slots ();
                /// `dst = src, with the canonical NaN for lanes that are one`
                F64x2Canonical "f64x2.canonical" [simd::Canonical<f64, 2>] (s s) -> Slots ();
                /// `dst = src`
                V128Copy "v128.copy" [simd::Copy] (s s) -> Slots ();
                /// `dst = constant`
                V128Const "v128.const" [simd::Const] (s) -> Slots (u64 u64);
                /// `dst = cond != 0 ? lhs : rhs`
                V128Select "v128.select" [simd::Select] (as_ s s s) -> Slots ();
                /// `dst = the lanes of lhs and rhs that the immediates name`
                I8x16Shuffle "i8x16.shuffle" [simd::Shuffle] (s s s) -> Slots (u64 u64);
                /// `dst = memory[addr + offset]`
                V128Load "v128.load" [simd::Load128] (int s) -> Slots (u32);
                /// `dst = the global's cells`
                V128GlobalGet "v128.global.get" [simd::GlobalGet] (s) -> Slots (u32);
                /// `dst = the imported global`
                V128GlobalGetImported "v128.global.get_imported" [simd::GlobalGetImported] (s) -> Slots (u32);
                /// `memory[addr + offset] = src`
                V128Store "v128.store" [simd::Store128] (int s) -> none (u32);
                /// `the global's cells = src`
                V128GlobalSet "v128.global.set" [simd::GlobalSet] (s) -> none (u32);
                /// `the imported global = src`
                V128GlobalSetImported "v128.global.set_imported" [simd::GlobalSetImported] (s) -> none (u32);
            }
        }
    };
}
