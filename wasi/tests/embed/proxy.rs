//! The host of a proxy's plugins, as far as they are tested here: it has the same answer to every question, and notes
//! what it is asked. Answers lie in memory that the plugin allocates when the host calls it back.

use whit::{Caller, Error, ExternType, FuncType, Linker, Module, Val};

use crate::State;

/// What every call answers that succeeds.
const OK: i32 = 0;

/// The functions that answer with bytes, and with which. The last two parameters say where their address and length go.
const ANSWERS: [(&str, &str); 4] = [
    ("proxy_get_buffer_bytes", r#"{"routeNameHeader":"x-route-name","clusterNameHeader":"x-cluster"}"#),
    // The level of its log: everything.
    ("proxy_call_foreign_function", "\0\0\0\0"),
    ("proxy_get_property", "set-header-plugin"),
    ("proxy_get_header_map_value", "a value!"),
];

/// Gives `linker` the functions of the host that `module` imports.
pub(crate) fn link(linker: &mut Linker<State>, module: &Module) -> Result<(), Error> {
    for import in module.imports().filter(|import| import.name.starts_with("proxy_")) {
        let ExternType::Func(ty) = &import.ty else { continue };
        let ty = FuncType::new(ty.params().iter().copied(), ty.results().iter().copied())?;
        let (place, name) = (import.module.to_owned(), import.name.to_owned());
        linker.func_new(import.module, import.name, ty, move |mut caller, parameters, results| {
            let parameters: Vec<_> = parameters.iter().map(number).collect();
            let note = answer(&mut caller, &name, &parameters)?;
            caller.data_mut().calls.push(format!("{place}.{name}{note}"));
            results.fill(Val::I32(OK));
            Ok(())
        })?;
    }
    Ok(())
}

/// Answers a call, and says what is to be noted about it.
fn answer(caller: &mut Caller<'_, State>, name: &str, parameters: &[u32]) -> Result<String, Error> {
    if name == "proxy_log" {
        return Ok(format!(": {}", text(caller, parameters[1], parameters[2])));
    }
    let Some((_, answer)) = ANSWERS.iter().find(|(function, _)| *function == name) else {
        return Ok(String::new());
    };
    let key = match name {
        "proxy_get_header_map_value" => text(caller, parameters[1], parameters[2]),
        _ => String::new(),
    };
    let allocate = caller.get_func("proxy_on_memory_allocate").expect("an allocator");
    let mut address = [Val::I32(0)];
    allocate.call(&mut *caller, &[Val::I32(answer.len() as i32)], &mut address)?;
    let address = number(&address[0]);
    let [.., to_address, to_length] = parameters else { panic!("{name}: {parameters:?}") };
    write(caller, address, answer.as_bytes());
    write(caller, *to_address, &address.to_le_bytes());
    write(caller, *to_length, &(answer.len() as u32).to_le_bytes());
    Ok(format!(" {key} <- {} bytes", answer.len()))
}

/// All parameters and results here are 32-bit numbers.
fn number(value: &Val) -> u32 {
    let Val::I32(number) = value else { panic!("{value:?}") };
    number.cast_unsigned()
}

fn text(caller: &mut Caller<'_, State>, at: u32, length: u32) -> String {
    let memory = caller.get_memory("memory").expect("a memory");
    String::from_utf8_lossy(&memory.data(&*caller)[at as usize..][..length as usize]).into_owned()
}

fn write(caller: &mut Caller<'_, State>, at: u32, bytes: &[u8]) {
    let memory = caller.get_memory("memory").expect("a memory");
    memory.data_mut(&mut *caller)[at as usize..][..bytes.len()].copy_from_slice(bytes);
}
