//! Follows a plan in Whit.

use whit::{
    CallState, Config, Engine, Error, ErrorKind, Extern, ExternRef, ExternType, Func, Global, HeapType,
    Instance, Memory, Module, RefType, Store, StoreLimits, Suspension, Table, Trap, Val, ValType,
};

use crate::plan::{Fuel, Host, Plan};
use crate::trace::{Event, Stop, Type, Value, hash, mix};

/// How often one call is resumed in slices before it gets all the fuel it wants.
const SLICES: usize = 200;

/// What Whit does with `bytes`.
pub(crate) fn follow(bytes: &[u8], plan: &Plan) -> Vec<Event> {
    let mut config = Config::new();
    config.compilation_mode(plan.mode).consume_fuel(plan.fuel != Fuel::Off).fuse_instructions(plan.fusion);
    let engine = Engine::new(&config).expect("an engine can be made");
    let module = match Module::new(&engine, bytes) {
        Ok(module) => module,
        Err(error) => panic!("a valid module is refused: {error}"),
    };
    let mut limits = StoreLimits::default();
    limits.budget = 1 << 30;
    limits.value_stack = 8 << 20;
    let mut store = Store::with_limits(&engine, Host::new(plan.seed), limits);
    store.data_mut().events.push(Event::Loaded(true));
    let instance = instantiate(&mut store, &module, plan);
    let outcome = instance.as_ref().map(|_| ()).map_err(stop);
    store.data_mut().events.push(Event::Instantiated(outcome));
    if let Ok(instance) = instance {
        let names: Vec<String> = module.exports().map(|export| export.name.to_owned()).collect();
        for name in &names {
            if let Some(Extern::Func(func)) = instance.get_export(&store, name) {
                let outcome = call(&mut store, func, plan);
                let exhausted = matches!(outcome, Err(Stop::Exhausted));
                store.data_mut().events.push(Event::Called(name.clone(), outcome));
                if exhausted {
                    break;
                }
                observe(&mut store, &instance, &names);
            }
        }
    }
    store.into_data().events
}

/// The names of what `bytes` exports, in order, if it is a module.
pub(crate) fn export_names(bytes: &[u8]) -> Vec<String> {
    let engine = Engine::new(&Config::new()).expect("an engine can be made");
    Module::new(&engine, bytes)
        .map(|module| module.exports().map(|export| export.name.to_owned()).collect())
        .unwrap_or_default()
}

fn give_fuel(store: &mut Store<Host>, plan: &Plan, fuel: u64) {
    if plan.fuel != Fuel::Off {
        store.set_fuel(fuel).expect("the engine consumes fuel");
    }
}

fn instantiate(store: &mut Store<Host>, module: &Module, plan: &Plan) -> Result<Instance, Error> {
    give_fuel(store, plan, u64::MAX >> 1);
    let mut imports = Vec::new();
    for import in module.imports() {
        imports.push(match import.ty {
            ExternType::Func(ty) => host_func(store, ty.try_clone()?)?.into(),
            ExternType::Global(ty) => {
                let value = store.data_mut().source.value(type_of(ty.content));
                let value = to_val(store, value);
                Extern::from(Global::new(&mut *store, ty, value)?)
            }
            ExternType::Table(ty) => {
                let null = to_val(store, null(type_of(ValType::Ref(ty.element))));
                Table::new(&mut *store, ty, null)?.into()
            }
            ExternType::Memory(ty) => Memory::new(&mut *store, ty)?.into(),
            other => panic!("no import of this type is generated: {other}"),
        });
    }
    Instance::new(store, module, &imports)
}

fn host_func(store: &mut Store<Host>, ty: whit::FuncType) -> Result<Func, Error> {
    let types: Vec<Type> = ty.results().iter().map(|ty| type_of(*ty)).collect();
    Func::new(store, ty, move |mut caller, arguments, results| {
        let arguments = arguments.iter().map(|value| from_val(&caller, *value)).collect();
        let Some(answer) = caller.data_mut().answer(arguments, &types) else {
            return Err(Error::with_message(ErrorKind::Usage, "the host function fails"));
        };
        for (result, value) in results.iter_mut().zip(answer) {
            *result = to_val(&mut caller, value);
        }
        Ok(())
    })
}

fn call(store: &mut Store<Host>, func: Func, plan: &Plan) -> Result<Vec<Value>, Stop> {
    let (params, results) = {
        let ty = func.ty(store);
        let types = |types: &[ValType]| types.iter().map(|ty| type_of(*ty)).collect::<Vec<_>>();
        (types(ty.params()), types(ty.results()))
    };
    let values: Vec<_> = params.iter().map(|ty| store.data_mut().source.value(*ty)).collect();
    let arguments: Vec<_> = values.into_iter().map(|value| to_val(store, value)).collect();
    let mut results: Vec<_> = results.iter().map(|ty| to_val(store, null(*ty))).collect();
    let outcome = match plan.fuel {
        Fuel::Off => func.call(&mut *store, &arguments, &mut results),
        Fuel::Plenty => {
            give_fuel(store, plan, u64::MAX >> 1);
            func.call(&mut *store, &arguments, &mut results)
        }
        Fuel::Slices(slice) => call_in_slices(store, func, &arguments, &mut results, slice),
    };
    match outcome {
        Ok(()) => Ok(results.iter().map(|value| from_val(&*store, *value)).collect()),
        Err(error) => Err(stop(&error)),
    }
}

/// Calls `func` with `slice` fuel at a time.
fn call_in_slices(
    store: &mut Store<Host>,
    func: Func,
    arguments: &[Val],
    results: &mut [Val],
    slice: u64,
) -> Result<(), Error> {
    store.set_fuel(slice)?;
    let mut state = func.call_resumable(&mut *store, arguments, results)?;
    for round in 1.. {
        let suspended = match state {
            CallState::Done => break,
            CallState::Suspended(suspended) => suspended,
        };
        assert!(matches!(suspended.reason(), Suspension::OutOfFuel), "only fuel interrupts");
        // A block may cost more than a slice: later ones are larger.
        let fuel = if round < SLICES { slice + round as u64 } else { u64::MAX >> 1 };
        store.set_fuel(fuel)?;
        state = suspended.resume(&mut *store, results)?;
    }
    Ok(())
}

/// Records what the exported globals, memories and tables hold.
fn observe(store: &mut Store<Host>, instance: &Instance, names: &[String]) {
    for name in names {
        let event = match instance.get_export(&*store, name) {
            Some(Extern::Global(global)) => {
                let value = global.get(&mut *store).expect("no objects are made");
                Event::Global(name.clone(), from_val(&*store, value))
            }
            Some(Extern::Memory(memory)) => {
                Event::Memory(name.clone(), memory.size(&*store), hash(memory.data(store)))
            }
            Some(Extern::Table(table)) => {
                let size = table.size(&*store);
                let mut hash = 0;
                for index in 0..size {
                    let element = table.get(&mut *store, index).expect("no objects are made");
                    hash = element.map_or(hash, |value| mix(hash, from_val(&*store, value).bits()));
                }
                Event::Table(name.clone(), size, hash)
            }
            _ => continue,
        };
        store.data_mut().events.push(event);
    }
}

fn stop(error: &Error) -> Stop {
    match error.kind() {
        ErrorKind::Trap(trap) => match trap {
            Trap::Unreachable => Stop::Unreachable,
            Trap::MemoryOutOfBounds => Stop::MemoryOutOfBounds,
            Trap::TableOutOfBounds | Trap::UndefinedElement => Stop::TableOutOfBounds,
            Trap::UninitializedElement => Stop::NullElement,
            Trap::IndirectCallTypeMismatch => Stop::SignatureMismatch,
            Trap::IntegerDivideByZero => Stop::DivideByZero,
            Trap::IntegerOverflow => Stop::Overflow,
            Trap::InvalidConversionToInteger => Stop::BadConversion,
            Trap::CallStackExhausted | Trap::OutOfMemory => Stop::Exhausted,
            other => panic!("there is no reason for this trap: {other}"),
        },
        ErrorKind::OutOfMemory | ErrorKind::Limit => Stop::Exhausted,
        ErrorKind::Usage => Stop::Host,
        _ => panic!("there is no reason for this error: {error}"),
    }
}

fn null(ty: Type) -> Value {
    match ty {
        Type::I32 => Value::I32(0),
        Type::I64 => Value::I64(0),
        Type::F32 => Value::F32(0),
        Type::F64 => Value::F64(0),
        Type::Func => Value::Func(false),
        Type::Extern => Value::Extern(None),
    }
}

fn type_of(ty: ValType) -> Type {
    match ty {
        ValType::I32 => Type::I32,
        ValType::I64 => Type::I64,
        ValType::F32 => Type::F32,
        ValType::F64 => Type::F64,
        ValType::Ref(RefType { heap: HeapType::Func, .. }) => Type::Func,
        ValType::Ref(_) => Type::Extern,
        ValType::V128 => panic!("no vectors are generated"),
    }
}

fn to_val(store: &mut impl whit::AsContextMut, value: Value) -> Val {
    match value {
        Value::I32(bits) => Val::from(bits),
        Value::I64(bits) => Val::from(bits),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
        Value::Func(_) => Val::FuncRef(None),
        Value::Extern(number) => {
            let make = |number| ExternRef::new(store, number).expect("there is memory for a reference");
            Val::ExternRef(number.map(make))
        }
    }
}

fn from_val(store: &impl whit::AsContext, value: Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(value as u32),
        Val::I64(value) => Value::I64(value as u64),
        Val::F32(bits) => Value::f32(bits),
        Val::F64(bits) => Value::f64(bits),
        Val::FuncRef(func) => Value::Func(func.is_some()),
        Val::ExternRef(reference) => Value::Extern(reference.map(|reference| {
            let data = reference.data(store).expect("the reference belongs to the store");
            *data.downcast_ref::<u32>().expect("the host makes references to numbers only")
        })),
        other => panic!("no {other:?} is generated"),
    }
}
