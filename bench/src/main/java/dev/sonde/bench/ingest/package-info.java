/** How fast the server takes profiles, and what each sample costs it. */
package dev.sonde.bench.ingest;
