/**
 * Names for addresses: takes debuginfo of files by build id from agents, and keeps every name found with it, so that a
 * name stays when the debuginfo goes.
 */
package dev.sonde.server.symbols;
