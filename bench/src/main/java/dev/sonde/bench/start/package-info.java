/** How long a new user waits. */
package dev.sonde.bench.start;
