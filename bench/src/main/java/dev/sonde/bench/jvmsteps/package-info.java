/**
 * The unwinder judged in running JVMs: one thread is stepped in bursts while the others stand still, and after each
 * instruction the host build of the unwinder, which reads the living process, must name the caller that the code then
 * returns to.
 *
 * <p>What code returns to is known from a shadow stack of its calls, kept by the values that calls push and returns go
 * to, for HotSpot's interpreter jumps where others call and return, and its adapters move return addresses. A frame that
 * was there before the burst is judged when it returns. Where the shadow stack says another caller than the unwinder, the
 * shadow's must be returned to before it counts as a miss: exceptions and deoptimisation leave frames otherwise.
 */
package dev.sonde.bench.jvmsteps;
