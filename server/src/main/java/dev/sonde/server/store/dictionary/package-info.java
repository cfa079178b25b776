/**
 * Profiles by number: the dictionaries of a day, which give equal locations, stacks, labels and series one id, and the
 * columns of ids that a store writes down. Knows no files.
 */
package dev.sonde.server.store.dictionary;
