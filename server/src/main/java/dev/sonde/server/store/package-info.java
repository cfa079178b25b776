/** Where profiles are kept: one interface, {@link dev.sonde.server.store.ProfileStore}, and its implementations. */
package dev.sonde.server.store;
