//! Every limit, in one place: what a module may look like and what a store may use.

/// The bytes of one page of linear memory, unless the module chooses another size.
pub const PAGE_SIZE: u64 = 65536;

macro_rules! module_limits {
    ($($(#[$doc:meta])* $name:ident: $text:literal = $default:expr,)*) => {
        /// Limits on the shape of a module, checked while it is loaded.
        ///
        /// The defaults are those of the WebAssembly JavaScript interface's implementation limits, where it has one.
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub struct ModuleLimits {
            $($(#[$doc])* pub $name: usize,)*
        }

        impl Default for ModuleLimits {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl ModuleLimits {
            /// Name (in words) and value of every limit.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize)> {
                [$(($text, self.$name),)*].into_iter()
            }
        }
    };
}

module_limits! {
    /// Bytes of a whole module.
    module_size: "module size" = 1 << 30,
    /// Types.
    types: "types" = 1_000_000,
    /// Functions, imported ones included.
    functions: "functions" = 1_000_000,
    /// Imports.
    imports: "imports" = 1_000_000,
    /// Exports.
    exports: "exports" = 1_000_000,
    /// Globals, imported ones included.
    globals: "globals" = 1_000_000,
    /// Tables, imported ones included.
    tables: "tables" = 100,
    /// Memories, imported ones included.
    memories: "memories" = 100,
    /// Tags, imported ones included.
    tags: "tags" = 1_000_000,
    /// Element segments.
    element_segments: "element segments" = 10_000_000,
    /// Data segments.
    data_segments: "data segments" = 100_000,
    /// Bytes of one function's body.
    function_size: "function size" = 7_654_321,
    /// Parameters of one function type.
    params: "parameters" = 1_000,
    /// Results of one function type.
    results: "results" = 1_000,
    /// Slots that the parameters and locals of one function occupy.
    locals: "locals" = 30_000,
    /// Operands on the stack of one function at the same time.
    operands: "operands" = 60_000,
    /// Blocks of one function within one another.
    labels: "labels" = 60_000,
    /// Values of wide types (of more than 64 values) that calls, blocks and branches handle, per byte of the module:
    /// bounds the time that it takes to load a module.
    values_per_byte: "values handled per byte" = 64,
}

/// Limits on what a [`Store`](crate::Store) may use at run time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StoreLimits {
    /// Bytes that the store may use in all: memories, tables, stacks, module metadata and translated code of
    /// what it instantiates, memory kept for translation, and host-side state held for the guest.
    pub budget: usize,
    /// Bytes of one linear memory.
    pub memory_size: usize,
    /// Bytes of the heap of objects: structs, arrays and exceptions.
    pub heap_size: usize,
    /// Elements of one table.
    pub table_elements: usize,
    /// Memories in the store.
    pub memories: usize,
    /// Tables in the store.
    pub tables: usize,
    /// Instances in the store.
    pub instances: usize,
    /// Bytes of one value stack.
    pub value_stack: usize,
    /// Nested calls of WebAssembly functions in one value stack.
    pub call_depth: usize,
    /// Nested calls from WebAssembly to the host and back, which do use the native stack.
    pub host_depth: usize,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            budget: usize::MAX,
            memory_size: usize::MAX,
            heap_size: usize::MAX,
            table_elements: 10_000_000,
            memories: 10_000,
            tables: 10_000,
            instances: 10_000,
            value_stack: 4 << 20,
            call_depth: 100_000,
            host_depth: 100,
        }
    }
}
