/**
 * The unwinder judged instruction by instruction: a program is stepped under ptrace(2) by a tracer that keeps a shadow
 * stack of its calls, and after each instruction the host build of the unwinder must name the true callers.
 *
 * <p>What is missed, on Debian 12 (glibc 2.36, gcc 12), and why:
 *
 * <ul>
 *   <li>{@code frame_dummy}, {@code register_tm_clones}: gcc's crtbegin.o has no frame information and keeps no frame
 *       pointers; 12 instructions of a program's start.
 *   <li>The arithmetic of glibc in assembly, which writes and reads floating-point numbers ({@code __mpn_mul_1},
 *       {@code __mpn_addmul_1} and others): it pushes registers, and its frame information does not say so.
 *   <li>{@code _Unwind_Resume}, {@code _Unwind_Resume_or_Rethrow}, {@code _Unwind_RaiseException}, in their last
 *       instructions: uw_install_context has overwritten the frame's own saved registers and return address with those
 *       of the landing's frame, so what is on the stack leads elsewhere.
 * </ul>
 */
package dev.sonde.bench.steps;
