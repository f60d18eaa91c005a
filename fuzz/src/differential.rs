//! Modules made by wasm-smith, in Whit and in wasmi.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

use crate::plan::Plan;
use crate::{on_wasmi, on_whit, trace};

/// How many blocks and functions one instance may enter.
const STEPS: u32 = 1_000;

/// Makes a module from `data` and compares what the engines do with it.
///
/// # Panics
/// When they differ.
pub fn run(data: &[u8]) {
    if let Some((module, plan)) = make(data) {
        compare(&module, &plan);
    }
}

pub(crate) fn compare(module: &[u8], plan: &Plan) {
    if let Some(path) = std::env::var_os("WHIT_FUZZ_SAVE") {
        std::fs::write(path, module).expect("the module is written where WHIT_FUZZ_SAVE says");
    }
    let names = on_whit::export_names(module);
    let expected = on_wasmi::follow(module, &names, plan);
    let actual = on_whit::follow(module, plan);
    trace::compare(&actual, &expected);
}

fn make(data: &[u8]) -> Option<(Vec<u8>, Plan)> {
    let mut input = Unstructured::new(data);
    let plan = Plan::new(input.arbitrary().ok()?, input.arbitrary().ok()?);
    let config = config(&mut input).ok()?;
    let mut module = Module::new(config, &mut input).ok()?;
    module.ensure_termination(STEPS).ok()?;
    Some((module.to_bytes(), plan))
}

/// What Whit implements, and sizes at which no engine runs into a limit of its own.
fn config(input: &mut Unstructured<'_>) -> arbitrary::Result<Config> {
    Ok(Config {
        // What bits a NaN has differs between engines otherwise.
        allow_floats: true,
        canonicalize_nans: true,
        disallow_traps: input.ratio(1, 2)?,
        export_everything: true,
        bulk_memory_enabled: true,
        extended_const_enabled: input.arbitrary()?,
        multi_value_enabled: true,
        reference_types_enabled: true,
        saturating_float_to_int_enabled: true,
        sign_extension_ops_enabled: true,
        tail_call_enabled: input.arbitrary()?,
        acquire_release_atomics_enabled: false,
        compact_imports_enabled: false,
        custom_descriptors_enabled: false,
        custom_page_sizes_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        multibyte_array_access_enabled: false,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        min_funcs: 1,
        max_funcs: 12,
        max_globals: 8,
        max_imports: 6,
        max_instructions: input.int_in_range(20..=600)?,
        max_memories: input.int_in_range(0..=3)?,
        max_memory32_bytes: 3 << 16,
        max_tables: 3,
        max_table_elements: 100,
        memory_max_size_required: true,
        table_max_size_required: true,
        ..Config::default()
    })
}
