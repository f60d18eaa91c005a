//! const_expr
