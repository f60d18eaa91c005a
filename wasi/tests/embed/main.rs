//! Modules that an application embeds: plugins and reactors, called step by step as a manifest says.
//!
//! `WHIT_PROGRAMS` names the folder of the manifest, `WHIT_PROGRAMS_WASM` that of the modules; without them, nothing is
//! run. Modules that are not there are left out, and named.

mod proxy;
#[path = "../support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{Counting, TestClock, TestStream, TestWait};
use whit::{Config, Engine, Extern, ExternType, Instance, Linker, Module, Store, Val, ValType};
use whit_wasi::backend::{Answer, Clock, Handle, OpenOptions};
use whit_wasi::memfs::MemFs;
use whit_wasi::{ClockId, WasiCtx, add_imports_to_linker};

/// What is in the store.
struct State {
    wasi: WasiCtx,
    /// What a host of the module's own was asked for.
    calls: Vec<String>,
}

struct Program {
    store: Store<State>,
    instance: Instance,
    /// The name of its memory.
    memory: String,
    variables: HashMap<String, u64>,
    shown: Vec<u8>,
}

impl Program {
    fn new(bytes: &[u8], wasi: WasiCtx) -> Self {
        let engine = Engine::new(&Config::new()).unwrap();
        let module = Module::new(&engine, bytes).unwrap();
        let mut store = Store::new(&engine, State { wasi, calls: Vec::new() });
        let mut linker = Linker::new(&engine);
        add_imports_to_linker(&mut linker, &module, |state: &mut State| &mut state.wasi).unwrap();
        proxy::link(&mut linker, &module).unwrap();
        linker.define_unknown_imports_as_traps(&module).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let mut memories = module.exports().filter(|export| matches!(export.ty, ExternType::Memory(_)));
        let memory = memories.next().unwrap().name.to_owned();
        Self { store, instance, memory, variables: HashMap::new(), shown: Vec::new() }
    }

    /// A number, or a variable with a number added, shifted by or masked with.
    fn number(&self, value: &Value) -> u64 {
        let Some(text) = value.as_str() else { return value.as_i64().unwrap().cast_unsigned() };
        let end = text.find(['+', '>', '&']).unwrap_or(text.len());
        let variable = self.variables[&text[1..end]];
        let operand = text[end..].trim_start_matches(['+', '>', '&']);
        let operand = match operand.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).unwrap(),
            None => operand.parse().unwrap_or(0),
        };
        match text.as_bytes().get(end) {
            Some(b'+') => variable + operand,
            Some(b'>') => variable >> operand,
            Some(_) => variable & operand,
            None => variable,
        }
    }

    fn save(&mut self, step: &Value, value: u64) {
        if let Some(name) = step["ret"].as_str() {
            self.variables.insert(name.to_owned(), value);
        }
    }

    fn line(&mut self, text: &str) {
        self.shown.extend(text.as_bytes());
        self.shown.push(b'\n');
    }

    fn call(&mut self, name: &str, step: &Value) {
        let function = self.instance.get_func(&mut self.store, name).unwrap();
        let arguments = list(&step["args"]);
        let types = function.ty(&self.store).params().to_vec();
        let value = |(ty, argument): (&ValType, &Value)| match ty {
            ValType::I32 => Val::I32(self.number(argument) as i32),
            _ => Val::I64(self.number(argument).cast_signed()),
        };
        let parameters: Vec<_> = types.iter().zip(arguments).map(value).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        if let Err(error) = function.call(&mut self.store, &parameters, &mut results) {
            let status = error.exit_status().unwrap_or_else(|| panic!("{name}: {error}"));
            return self.line(&format!("{name}: exit {status}"));
        }
        let (text, bits) = match results.first() {
            Some(Val::I32(value)) => (value.to_string(), u64::from(value.cast_unsigned())),
            Some(Val::I64(value)) => (value.to_string(), value.cast_unsigned()),
            _ => return,
        };
        if step["show"] == true {
            self.line(&format!("{name} -> {text}"));
        }
        self.save(step, bits);
    }

    fn bytes(&mut self, at: u64, length: u64) -> &mut [u8] {
        let memory = self.instance.get_memory(&mut self.store, &self.memory).unwrap();
        &mut memory.data_mut(&mut self.store)[at as usize..][..length as usize]
    }

    fn globals(&mut self) {
        let exports = self.instance.exports(&self.store);
        let globals: Vec<_> =
            exports.filter_map(|(name, it)| Some((name.to_owned(), it.into_global()?))).collect();
        for (name, global) in globals {
            if let Ok(Val::I32(value)) = global.get(&mut self.store) {
                self.line(&format!("global {name} = {value}"));
            }
        }
    }

    fn step(&mut self, step: &Value) {
        if let Some(name) = step["call"].as_str() {
            self.call(name, step);
        } else if !step["write"].is_null() {
            let bytes = match step["hex"].as_str() {
                Some(digits) => unhex(digits),
                None => step["utf8"].as_str().unwrap().as_bytes().to_vec(),
            };
            let at = self.number(&step["write"]);
            self.bytes(at, bytes.len() as u64).copy_from_slice(&bytes);
        } else if !step["read"].is_null() {
            let (at, length) = (self.number(&step["read"]), self.number(&step["len"]));
            let bytes = self.bytes(at, length).to_vec();
            let bytes = if step["as"] == "hex" { hex(&bytes).into_bytes() } else { bytes };
            self.shown.extend(bytes);
            self.shown.push(b'\n');
        } else if !step["u32"].is_null() {
            let at = self.number(&step["u32"]);
            let value = u32::from_le_bytes(self.bytes(at, 4).try_into().unwrap());
            self.save(step, value.into());
        } else if let Some(name) = step["global"].as_str() {
            let Some(Extern::Global(global)) = self.instance.get_export(&self.store, name) else {
                panic!("{name}")
            };
            let Ok(Val::I32(value)) = global.get(&mut self.store) else { panic!("{name}") };
            self.save(step, u64::from(value.cast_unsigned()));
        } else if step["memhash"] == true {
            let memory = self.instance.get_memory(&mut self.store, &self.memory).unwrap();
            let data = memory.data(&self.store);
            let text =
                format!("memory {}: {} bytes sha256:{}", self.memory, data.len(), hex(&Sha256::digest(data)));
            self.line(&text);
            if step["globals"] == true {
                self.globals();
            }
        } else {
            panic!("a step of an unknown kind: {step}");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// A clock that moves a little whenever it is looked at: some wait for it in a loop.
#[derive(Clone, Default)]
struct Ticking(TestClock);

impl Clock for Ticking {
    fn now(&mut self, clock: ClockId) -> Answer<u64> {
        *self.0.0.lock().unwrap() += 1000;
        self.0.now(clock)
    }

    fn resolution(&mut self, clock: ClockId) -> Answer<u64> {
        self.0.resolution(clock)
    }
}

/// What the manifest gives `program`, on files in memory.
fn context(program: &Value, folder: &Path, stdout: &TestStream) -> WasiCtx {
    let clock = Ticking::default();
    let wait = TestWait(clock.0.clone(), Arc::default());
    let mut builder = WasiCtx::builder()
        .stdout(Box::new(stdout.clone()))
        .random(Box::new(Counting(0)))
        .clock(Box::new(clock))
        .wait(Box::new(wait))
        .arg(program["id"].as_str().unwrap());
    for argument in list(&program["args"]) {
        builder = builder.arg(argument.as_str().unwrap());
    }
    for directory in list(&program["dirs"]) {
        let mut files = MemFs::default();
        if let Some(host) = directory["host"].as_str() {
            copy(&folder.join(host), "", &mut files);
        }
        builder = builder.preopen(directory["guest"].as_str().unwrap(), Box::new(files), false);
    }
    builder.build().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Copies what is in the directory `from`.
fn copy(from: &Path, to: &str, files: &mut MemFs) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{to}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            copy(&path, &name, files);
        } else {
            files.add_file(&name, &std::fs::read(path).unwrap()).unwrap();
        }
    }
}

/// The digest of the file `path`, which lies in one of the directories of `program`.
fn digest(program: &Value, wasi: &mut WasiCtx, path: &str) -> String {
    let guests = list(&program["dirs"]).iter().map(|it| it["guest"].as_str().unwrap());
    let guest = guests.filter(|guest| path.starts_with(guest)).max_by_key(|guest| guest.len()).unwrap();
    let files = wasi.files_mut(guest).unwrap();
    let mut options = OpenOptions::default();
    options.read = true;
    let names = path[guest.len()..].split('/').filter(|name| !name.is_empty());
    let file = names.fold(Handle::ROOT, |dir, name| files.open(dir, name, &options).unwrap().handle);
    let mut bytes = vec![0; files.stat(file).unwrap().size as usize];
    assert_eq!(files.read_at(file, 0, &mut bytes), Ok(bytes.len()));
    hex(&Sha256::digest(bytes))
}

fn run(program: &Value, folder: &Path, module: &[u8]) {
    let stdout = TestStream::default();
    let mut running = Program::new(module, context(program, folder, &stdout));
    for step in list(&program["steps"]) {
        running.step(step);
    }
    let calls = std::mem::take(&mut running.store.data_mut().calls);
    if !calls.is_empty() {
        running.line("--- host calls");
        calls.iter().for_each(|call| running.line(call));
    }
    let printed = stdout.output.lock().unwrap().clone();
    if !printed.is_empty() {
        running.line("--- wasi stdout");
        running.shown.extend(printed);
    }
    let expected = std::fs::read(folder.join(program["expect"]["stdout_file"].as_str().unwrap())).unwrap();
    assert!(
        running.shown.trim_ascii_end() == expected.trim_ascii_end(),
        "{}:\n{}",
        program["id"],
        String::from_utf8_lossy(&running.shown)
    );
    for (path, expected) in program["expect"]["files"].as_object().into_iter().flatten() {
        let found = digest(program, &mut running.store.data_mut().wasi, path);
        assert_eq!(found, expected.as_str().unwrap(), "{}: {path}", program["id"]);
    }
}

#[test]
fn embedded_modules_give_the_expected_results() {
    let folders = ["WHIT_PROGRAMS", "WHIT_PROGRAMS_WASM"].map(std::env::var_os);
    let [Some(folder), Some(modules)] = folders.map(|folder| folder.map(PathBuf::from)) else {
        println!("skipped: WHIT_PROGRAMS and WHIT_PROGRAMS_WASM are not set");
        return;
    };
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let programs = list(&manifest["programs"]).iter().filter(|it| it["kind"] == "embed");
    let (mut passed, mut missing) = (0, 0);
    for program in programs {
        let id = program["id"].as_str().unwrap();
        let Ok(module) = std::fs::read(modules.join(program["wasm"].as_str().unwrap())) else {
            println!("not there: {id}");
            missing += 1;
            continue;
        };
        run(program, &folder, &module);
        println!("ok: {id}");
        passed += 1;
    }
    println!("{passed} embedded modules passed, {missing} were not there");
    assert!(passed > 0, "no module is there");
}
