package dev.sonde.agent.jvm.layout;

/**
 * One field of a type, as VMStructs lists it.
 *
 * @param type the C++ type of the field, as text; may be empty
 * @param isStatic whether it stands once, at {@code position}
 * @param position the address in the process of a static field, else the offset in its object, bytes
 */
record VmField(String type, boolean isStatic, long position) {}
