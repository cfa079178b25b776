/**
 * HotSpot's stable code, as far as it is x86-64: from the bytes of the interpreter, stubs and adapters to rules that tell
 * each instruction's caller, in the same form as tables of .eh_frame ({@link dev.sonde.symbolizer.cfi}).
 *
 * <p>{@link dev.sonde.agent.jvm.decode.JvmCodeReader} reads the code from outside, {@link
 * dev.sonde.agent.jvm.decode.StableCode} makes the table. In between, {@link dev.sonde.agent.jvm.decode.flow.CodeFlow} follows
 * the flow of control from the entries that are known ({@link dev.sonde.agent.jvm.decode.InterpreterCode}, {@link
 * dev.sonde.agent.jvm.decode.StubCode}) and keeps before each instruction what is known of registers and stack slots
 * ({@link dev.sonde.agent.jvm.decode.flow.FrameState}). What is not known stays without a rule, and is counted by its reason.
 */
package dev.sonde.agent.jvm.decode;
