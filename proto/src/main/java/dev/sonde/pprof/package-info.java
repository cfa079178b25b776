/**
 * The pprof format (github.com/google/pprof, proto/profile.proto) as columns of primitives: read, built and written
 * without an object per sample.
 */
package dev.sonde.pprof;
