/** Other kernels than the machine's own, in a virtual machine. */
package dev.sonde.bench.kernel;
