//! What the rows for vectors mean: semantics, and which operation does which instruction.

use super::lanes::*;
use super::{Access, LoadOp, Op, Type};

/// Makes a vector, or something of a vector.
pub(crate) trait VectorUnary {
    /// Type of the operand.
    type In;
    /// Type of the result.
    type Out;
    /// Computes the result.
    fn eval(v: Self::In) -> Self::Out;
}

/// An operation on two vectors.
pub(crate) trait VectorBinary {
    /// Type of both operands.
    type In;
    /// Type of the result.
    type Out;
    /// Computes the result.
    fn eval(l: Self::In, r: Self::In) -> Self::Out;
}

/// An operation on three vectors.
pub(crate) trait VectorTernary {
    /// Type of the first two operands.
    type In;
    /// Type of the last operand.
    type Last;
    /// Type of the result.
    type Out;
    /// Computes the result.
    fn eval(a: Self::In, b: Self::In, c: Self::Last) -> Self::Out;
}

/// A shift of all lanes, by a count modulo their width.
pub(crate) trait VectorShift {
    /// Type of vector and result.
    type In;
    /// Computes the result.
    fn eval(v: Self::In, n: u32) -> Self::In;
}

/// An instruction on vectors: how it is done.
#[derive(Clone, Copy)]
pub(crate) enum Vector {
    /// By an operation with the instruction's operands.
    Plain { op: Op, result: Type },
    /// The same with the first two operands swapped.
    Swapped { op: Op },
    /// By an operation with the number of a lane behind its operands.
    Lane { op: Op, result: Type },
    /// A load; in a memory other than the first, a scalar load and operations on what it loads.
    Load { op: Op, scalar: Access, then: [Option<Op>; 2] },
    /// A scalar load, whose result replaces a lane.
    LoadLane { scalar: Access, op: Op },
    /// A scalar store of a lane.
    StoreLane { op: Op, scalar: Access },
}

macro_rules! scalar {
    (u8) => {
        Type::I32
    };
    (u16) => {
        Type::I32
    };
    (u32) => {
        Type::I32
    };
    ($other:ident) => {
        Type::I64
    };
}

macro_rules! second {
    () => {
        None
    };
    ($ident:ident) => {
        Some(Op::$ident)
    };
}

macro_rules! define_vector_operations {
    (
        unary { $($ucode:literal $uname:literal $uident:ident $uin:ident -> $uout:ident $(also $ualso:literal)?,
            |$uv:ident| $uexpr:expr;)* }
        binary { $($bcode:literal $bname:literal $bident:ident $bin:ident -> $bout:ident $(also $balso:literal)?
            $(swap $bswap:literal)?, |$bl:ident, $br:ident| $bexpr:expr;)* }
        ternary { $($tcode:literal $tname:literal $tident:ident $tin:ident $tlast:ident -> $tout:ident
            $(also $($talso:literal)*)?, |$ta:ident, $tb:ident, $tc:ident| $texpr:expr;)* }
        shift { $($hcode:literal $hname:literal $hident:ident $hin:ident, |$hv:ident, $hn:ident| $hexpr:expr;)* }
        test { $($ecode:literal $ename:literal $eident:ident $ein:ident, |$ev:ident| $eexpr:expr;)* }
        splat { $($pcode:literal $pname:literal $pident:ident $pin:ident -> $pout:ident, |$pv:ident| $pexpr:expr;)* }
        extract { $($xcode:literal $xname:literal $xident:ident $xload:ident $xtype:ident;)* }
        replace { $($rcode:literal $rname:literal $rident:ident $rstore:ident;)* }
        extend { $($wcode:literal $wname:literal $wident:ident $win:ident -> $wout:ident $wcount:literal
            by $wscalar:ident $wfirst:ident $wsecond:ident;)* }
        load { $($lcode:literal $lname:literal $lident:ident $lin:ident -> $lout:ident
            by $lscalar:ident $lfirst:ident $($lsecond:ident)?, |$lv:ident| $lexpr:expr;)* }
        load_lane { $($llcode:literal $llname:literal $llscalar:ident $lltype:ident $llreplace:ident;)* }
        store_lane { $($slcode:literal $slname:literal $slscalar:ident $sltype:ident $slextract:ident;)* }
        plain { $($_plain:tt)* }
    ) => {
        define_vector_operations!(@unary
            $($uname $uident $uin $uout $uv $uexpr;)*
            $($ename $eident $ein u32 $ev $eexpr;)*
            $($pname $pident $pin $pout $pv $pexpr;)*
            $($lname $lident $lin $lout $lv $lexpr;)*
        );
        $(
            #[doc = $wname]
            pub(crate) struct $wident;
            impl LoadOp for $wident {
                type Memory = $win;
                type Out = $wout;
                #[inline(always)]
                fn widen(v: $win) -> $wout {
                    $wout::from(v)
                }
            }
        )*
        $(
            #[doc = $bname]
            pub(crate) struct $bident;
            impl VectorBinary for $bident {
                type In = $bin;
                type Out = $bout;
                #[inline(always)]
                fn eval($bl: $bin, $br: $bin) -> $bout {
                    $bexpr
                }
            }
        )*
        $(
            #[doc = $tname]
            pub(crate) struct $tident;
            impl VectorTernary for $tident {
                type In = $tin;
                type Last = $tlast;
                type Out = $tout;
                #[inline(always)]
                fn eval($ta: $tin, $tb: $tin, $tc: $tlast) -> $tout {
                    $texpr
                }
            }
        )*
        $(
            #[doc = $hname]
            pub(crate) struct $hident;
            impl VectorShift for $hident {
                type In = $hin;
                #[inline(always)]
                fn eval($hv: $hin, $hn: u32) -> $hin {
                    $hexpr
                }
            }
        )*

        /// The instructions after the prefix 0xFD, but for those that have an opcode of their own in `translate`.
        pub(crate) static VECTOR: [Option<Vector>; 0x114] = {
            let mut table = [None; 0x114];
            $(
                table[$ucode] = Some(Vector::Plain { op: Op::$uident, result: Type::V128 });
                $(table[$ualso] = table[$ucode];)?
            )*
            $(
                table[$bcode] = Some(Vector::Plain { op: Op::$bident, result: Type::V128 });
                $(table[$balso] = table[$bcode];)?
                $(table[$bswap] = Some(Vector::Swapped { op: Op::$bident });)?
            )*
            $(
                table[$tcode] = Some(Vector::Plain { op: Op::$tident, result: Type::V128 });
                $($(table[$talso] = table[$tcode];)*)?
            )*
            $(table[$hcode] = Some(Vector::Plain { op: Op::$hident, result: Type::V128 });)*
            $(table[$ecode] = Some(Vector::Plain { op: Op::$eident, result: Type::I32 });)*
            $(
                if $pcode < table.len() {
                    table[$pcode & 0xFF] = Some(Vector::Plain { op: Op::$pident, result: Type::V128 });
                }
            )*
            $(table[$xcode] = Some(Vector::Lane { op: Op::$xident, result: Type::$xtype });)*
            $(table[$rcode] = Some(Vector::Lane { op: Op::$rident, result: Type::V128 });)*
            $(
                table[$wcode] = Some(Vector::Load {
                    op: Op::$wident,
                    scalar: Access { op: Op::$wscalar, value: Type::I64 },
                    then: [Some(Op::$wfirst), Some(Op::$wsecond)],
                });
            )*
            $(
                table[$lcode] = Some(Vector::Load {
                    op: Op::$lident,
                    scalar: Access { op: Op::$lscalar, value: scalar!($lin) },
                    then: [Some(Op::$lfirst), second!($($lsecond)?)],
                });
            )*
            $(
                table[$llcode] = Some(Vector::LoadLane {
                    scalar: Access { op: Op::$llscalar, value: Type::$lltype },
                    op: Op::$llreplace,
                });
            )*
            $(
                table[$slcode] = Some(Vector::StoreLane {
                    op: Op::$slextract,
                    scalar: Access { op: Op::$slscalar, value: Type::$sltype },
                });
            )*
            table
        };
    };
    (@unary $($name:literal $ident:ident $in:ident $out:ident $v:ident $expr:expr;)*) => {$(
        #[doc = $name]
        pub(crate) struct $ident;
        impl VectorUnary for $ident {
            type In = $in;
            type Out = $out;
            #[inline(always)]
            #[allow(clippy::redundant_closure)]
            fn eval($v: $in) -> $out {
                $expr
            }
        }
    )*};
}

for_each_vector_operation!(define_vector_operations);
