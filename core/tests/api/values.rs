//! Values: conversions, references, several results.

use whit::{ExternRef, Func, Val, ValType};

use super::instance;

#[test]
fn all_types_pass_unchanged() {
    let (mut store, instance) = instance(
        r#"(module
            (func (export "run") (param i32 i64 f32 f64 funcref externref)
                (result externref funcref f64 f32 i64 i32)
                (local.get 5) (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0)))"#,
    );
    let value = ExternRef::new(&mut store, String::from("host")).expect("a reference");
    let func = instance.get_func(&store, "run").expect("a function");
    let signalling = 0x7fa0_0001;
    let args = [
        Val::I32(-1),
        Val::I64(i64::MIN),
        Val::F32(signalling),
        Val::F64(0x7ff4_0000_0000_0001),
        Val::FuncRef(Some(func)),
        Val::ExternRef(Some(value)),
    ];
    let mut results = [Val::I32(0); 6];
    func.call(&mut store, &args, &mut results).expect("no trap");
    let [Val::ExternRef(Some(a)), Val::FuncRef(Some(b)), Val::F64(c), Val::F32(d), Val::I64(e), Val::I32(f)] =
        results
    else {
        panic!("other types: {results:?}");
    };
    assert_eq!((a, b, c, d, e, f), (value, func, 0x7ff4_0000_0000_0001, signalling, i64::MIN, -1));
    let text = a.data(&store).and_then(|data| data.downcast_ref::<String>());
    assert_eq!(text.map(String::as_str), Some("host"));

    let mut nulls = args;
    (nulls[4], nulls[5]) = (Val::FuncRef(None), Val::ExternRef(None));
    func.call(&mut store, &nulls, &mut results).expect("no trap");
    assert!(matches!(results[..2], [Val::ExternRef(None), Val::FuncRef(None)]));
}

#[test]
fn typed_functions_take_single_values_and_tuples() {
    let (mut store, instance) = instance(
        r#"(module
            (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
            (func (export "same") (param f32) (result f32) (local.get 0))
            (func (export "none"))
            (func (export "self") (result funcref) (ref.func 0))
            (elem declare func 0))"#,
    );
    let swap = instance.get_typed_func::<(u32, i64), (i64, u32)>(&store, "swap").expect("its type");
    assert_eq!(swap.call(&mut store, (u32::MAX, -5)).expect("no trap"), (-5, u32::MAX));
    let same = instance.get_typed_func::<f32, f32>(&store, "same").expect("its type");
    assert_eq!(same.call(&mut store, 1.5).expect("no trap"), 1.5);
    let same = instance.get_typed_func::<(f32,), (f32,)>(&store, "same").expect("its type");
    assert_eq!(same.call(&mut store, (2.5,)).expect("no trap"), (2.5,));
    instance
        .get_typed_func::<(), ()>(&store, "none")
        .expect("its type")
        .call(&mut store, ())
        .expect("no trap");
    let itself = instance.get_typed_func::<(), Option<Func>>(&store, "self").expect("its type");
    assert_eq!(itself.call(&mut store, ()).expect("no trap"), instance.get_func(&store, "swap"));
    let error = instance.get_typed_func::<i32, ()>(&store, "same").expect_err("another type");
    assert!(error.to_string().contains("[f32] -> [f32]"), "{error}");
    assert!(instance.get_typed_func::<(), ()>(&store, "nothing").is_err());
}

#[test]
fn values_convert() {
    assert_eq!(Val::from(u32::MAX).i32(), Some(-1));
    assert_eq!(Val::from(1.5f32).f32(), Some(1.5));
    assert_eq!(Val::from(5u64).i64(), Some(5));
    assert_eq!(Val::from(7u128).v128(), Some(7));
    assert_eq!(Val::from(1i32).i64(), None);
    assert_eq!(Val::default_for(ValType::F64).f64(), Some(0.0));
    assert_eq!(Val::FuncRef(None).func_ref(), Some(None));
    assert_eq!(Val::ExternRef(None).ty(), ValType::EXTERNREF);
}
