//! Links the binary such that it starts quickly.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    println!("cargo::rustc-check-cfg=cfg(whit_entry)");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        let linker = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
        let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a directory"));
        pack_relocations(&linker);
        link_statically(&linker, &out);
    }
}

/// The file that `linker`, a C compiler, links as `name`.
fn library(linker: &str, name: &str) -> Option<PathBuf> {
    let output = Command::new(linker).arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    // What is not found is printed as it was asked for.
    (path.is_absolute() && path.exists()).then_some(path)
}

/// Packs the addresses that are adjusted when the program starts: 170 KB less to read, most of it for the table of
/// handlers. C libraries that know the format, glibc 2.36 of 2022 and later, say so.
fn pack_relocations(linker: &str) {
    let library = library(linker, "libc.so.6").and_then(|path| fs::read(path).ok()).unwrap_or_default();
    let version = b"GLIBC_ABI_DT_RELR";
    if library.windows(version.len()).any(|bytes| bytes == version) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Links the C library into the program, which spares a short one a tenth of its time and of its memory. The target
/// feature `crt-static` would do it, but can be set only for a whole build, and then procedural macros cannot be built.
///
/// Where the static libraries are not installed, the program is linked as others are.
fn link_statically(linker: &str, out: &Path) {
    let (Some(libc), Some(unwinder)) = (library(linker, "libc.a"), library(linker, "libgcc_eh.a")) else {
        return;
    };
    // The standard library asks for these two by name. Found first, they are the ones.
    for (name, target) in [("libc.a", &libc), ("libgcc_s.a", &unwinder)] {
        let link = out.join(name);
        if fs::symlink_metadata(&link).is_ok() {
            fs::remove_file(&link).expect("an old link can be removed");
        }
        std::os::unix::fs::symlink(target, &link).expect("a link can be made");
    }
    println!("cargo::rustc-link-arg-bins=-L{}", out.display());
    // No loader would find what a weak symbol stands for. The libraries need each other, which some linkers want told.
    let arguments = ["-static-pie", "-Wl,-z,nodynamic-undefined-weak"];
    let libraries = ["-Wl,--start-group", "-lgcc_s", "-lgcc", "-lc", "-Wl,--end-group"];
    for argument in arguments.iter().chain(&libraries) {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    // Linked so, the program relocates itself, which its entry prepares.
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| matches!(&*arch, "x86_64" | "aarch64")) {
        println!("cargo::rustc-cfg=whit_entry");
        println!("cargo::rustc-link-arg-bins=-Wl,--entry=whit_entry");
    }
}
