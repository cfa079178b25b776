/**
 * Rust names: the v0 scheme (RFC 2603, "Symbol Mangling" in the rustc book) and the legacy one that borrows C++'s form.
 * Hashes are dropped, so that a function keeps its name from build to build.
 */
package dev.sonde.symbolizer.demangle.rust;
