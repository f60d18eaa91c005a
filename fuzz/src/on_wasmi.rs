//! Follows a plan in wasmi, the oracle.

use wasmi::{
    AsContext, AsContextMut, Config, Engine, Error, Extern, ExternRef, ExternType, Func, Global, Instance,
    Memory, Module, Ref, Store, Table, TrapCode, Val, ValType,
};

use crate::plan::{Host, Plan};
use crate::trace::{Event, Stop, Type, Value, hash, mix};

/// What wasmi does with `bytes`; `names` are its exports in order.
pub(crate) fn follow(bytes: &[u8], names: &[String], plan: &Plan) -> Vec<Event> {
    let mut config = Config::default();
    config.set_max_recursion_depth(200_000).set_max_stack_height(64 << 20);
    let engine = Engine::new(&config);
    let module = match Module::new(&engine, bytes) {
        Ok(module) => module,
        Err(error) => panic!("the oracle refuses a module: {error}"),
    };
    let mut store = Store::new(&engine, Host::new(plan.seed));
    store.data_mut().events.push(Event::Loaded(true));
    let instance = instantiate(&mut store, &module);
    let outcome = instance.as_ref().map(|_| ()).map_err(stop);
    store.data_mut().events.push(Event::Instantiated(outcome));
    if let Ok(instance) = instance {
        for name in names {
            if let Some(Extern::Func(func)) = instance.get_export(&store, name) {
                let outcome = call(&mut store, func);
                let exhausted = matches!(outcome, Err(Stop::Exhausted));
                store.data_mut().events.push(Event::Called(name.clone(), outcome));
                if exhausted {
                    break;
                }
                observe(&mut store, &instance, names);
            }
        }
    }
    store.into_data().events
}

fn instantiate(store: &mut Store<Host>, module: &Module) -> Result<Instance, Error> {
    let mut imports = Vec::new();
    for import in module.imports() {
        imports.push(match import.ty() {
            ExternType::Func(ty) => Extern::Func(host_func(store, ty.clone())),
            ExternType::Global(ty) => {
                let value = store.data_mut().source.value(type_of(ty.content()));
                let value = to_val(&mut *store, value);
                Extern::Global(Global::new(&mut *store, value, ty.mutability()))
            }
            ExternType::Table(ty) => Extern::Table(Table::new(&mut *store, *ty, Val::default(ty.element()))?),
            ExternType::Memory(ty) => Extern::Memory(Memory::new(&mut *store, *ty)?),
        });
    }
    Instance::new(store, module, &imports)
}

fn host_func(store: &mut Store<Host>, ty: wasmi::FuncType) -> Func {
    let types: Vec<Type> = ty.results().iter().map(|ty| type_of(*ty)).collect();
    Func::new(store, ty, move |mut caller, arguments, results| {
        let arguments = arguments.iter().map(|value| from_val(&caller, value)).collect();
        let Some(answer) = caller.data_mut().answer(arguments, &types) else {
            return Err(Error::i32_exit(1));
        };
        for (result, value) in results.iter_mut().zip(answer) {
            *result = to_val(&mut caller, value);
        }
        Ok(())
    })
}

fn call(store: &mut Store<Host>, func: Func) -> Result<Vec<Value>, Stop> {
    let ty = func.ty(&*store);
    let values: Vec<_> = ty.params().iter().map(|ty| store.data_mut().source.value(type_of(*ty))).collect();
    let arguments: Vec<_> = values.into_iter().map(|value| to_val(&mut *store, value)).collect();
    let mut results: Vec<_> = ty.results().iter().map(|ty| Val::default(*ty)).collect();
    match func.call(&mut *store, &arguments, &mut results) {
        Ok(()) => Ok(results.iter().map(|value| from_val(&*store, value)).collect()),
        Err(error) => Err(stop(&error)),
    }
}

/// Records what the exported globals, memories and tables hold.
fn observe(store: &mut Store<Host>, instance: &Instance, names: &[String]) {
    for name in names {
        let event = match instance.get_export(&*store, name) {
            Some(Extern::Global(global)) => {
                let value = global.get(&*store);
                Event::Global(name.clone(), from_val(&*store, &value))
            }
            Some(Extern::Memory(memory)) => {
                Event::Memory(name.clone(), memory.size(&*store), hash(memory.data(&*store)))
            }
            Some(Extern::Table(table)) => {
                let size = table.size(&*store);
                let elements = (0..size).filter_map(|index| table.get(&*store, index));
                let hash = elements.fold(0, |hash, value| mix(hash, from_val(&*store, &value).bits()));
                Event::Table(name.clone(), size, hash)
            }
            _ => continue,
        };
        store.data_mut().events.push(event);
    }
}

fn stop(error: &Error) -> Stop {
    use wasmi::errors::{ErrorKind, InstantiationError};
    match error.as_trap_code() {
        Some(TrapCode::UnreachableCodeReached) => Stop::Unreachable,
        Some(TrapCode::MemoryOutOfBounds) => Stop::MemoryOutOfBounds,
        Some(TrapCode::TableOutOfBounds) => Stop::TableOutOfBounds,
        Some(TrapCode::IndirectCallToNull) => Stop::NullElement,
        Some(TrapCode::IntegerDivisionByZero) => Stop::DivideByZero,
        Some(TrapCode::IntegerOverflow) => Stop::Overflow,
        Some(TrapCode::BadConversionToInteger) => Stop::BadConversion,
        Some(TrapCode::BadSignature) => Stop::SignatureMismatch,
        Some(_) => Stop::Exhausted,
        None => match error.kind() {
            ErrorKind::I32ExitStatus(_) => Stop::Host,
            ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. }) => {
                Stop::TableOutOfBounds
            }
            _ => Stop::Other,
        },
    }
}

fn type_of(ty: ValType) -> Type {
    match ty {
        ValType::I32 => Type::I32,
        ValType::I64 => Type::I64,
        ValType::F32 => Type::F32,
        ValType::F64 => Type::F64,
        ValType::FuncRef => Type::Func,
        ValType::ExternRef => Type::Extern,
        ValType::V128 => panic!("no vectors are generated"),
    }
}

fn to_val(mut store: impl AsContextMut, value: Value) -> Val {
    match value {
        Value::I32(bits) => Val::I32(bits as i32),
        Value::I64(bits) => Val::I64(bits as i64),
        Value::F32(bits) => Val::F32(wasmi::F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(wasmi::F64::from_bits(bits)),
        Value::Func(_) => Val::FuncRef(Ref::Null),
        Value::Extern(None) => Val::ExternRef(Ref::Null),
        Value::Extern(Some(number)) => Val::ExternRef(Ref::Val(ExternRef::new(&mut store, number))),
    }
}

fn from_val(store: impl AsContext, value: &Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(*value as u32),
        Val::I64(value) => Value::I64(*value as u64),
        Val::F32(value) => Value::f32(value.to_bits()),
        Val::F64(value) => Value::f64(value.to_bits()),
        Val::FuncRef(func) => Value::Func(!func.is_null()),
        Val::ExternRef(Ref::Null) => Value::Extern(None),
        Val::ExternRef(Ref::Val(reference)) => {
            let data = reference.data(store.as_context());
            Value::Extern(Some(
                *data.downcast_ref::<u32>().expect("the host makes references to numbers only"),
            ))
        }
        Val::V128(_) => panic!("no vectors are generated"),
    }
}
