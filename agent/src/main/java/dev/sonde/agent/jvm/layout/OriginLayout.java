package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.Map;

/**
 * What leads from a class to where it came from (oops/klass.hpp, classfile/moduleEntry.hpp, classfile/javaClasses.hpp).
 * VMStructs lacks packages and modules: their fields are found by what stands in java.base's.
 *
 * @param javaBaseModule address of ModuleEntryTable::_javabase_module, a pointer, from libjvm's symbols; ABSENT_ADDRESS
 *     where unknown
 * @param objectKlass address of the pointer to java.lang.Object's InstanceKlass; ABSENT_ADDRESS where unknown
 * @param klassBytes size of InstanceKlass
 * @param layoutHelper Klass::_layout_helper, an int: the size of instances, bytes; its lowest bit says that they are made in
 *     a slow way
 * @param mirror Klass::_java_mirror: an OopHandle, or ABSENT
 * @param mirrorKlass where a java.lang.Class has the pointer to its Klass: java_lang_Class::_klass_offset, or ABSENT
 * @param protectionDomain java_lang_Class::_protection_domain_offset, from libjvm's symbols, or ABSENT
 * @param safepointCounter address of SafepointSynchronize::_safepoint_counter, 64 bits, odd from a safepoint's begin to its
 *     end (runtime/safepoint.cpp); ABSENT_ADDRESS where unknown
 */
public record OriginLayout(
        long javaBaseModule,
        long objectKlass,
        int klassBytes,
        int layoutHelper,
        int mirror,
        int mirrorKlass,
        int protectionDomain,
        long safepointCounter) {

    static OriginLayout read(VmStructs s, SymbolValues symbols) throws VmLayoutException, ProcessReadException {
        boolean handle =
                s.has("Klass::_java_mirror") && s.typeOf("Klass::_java_mirror").equals("OopHandle");
        long mirrorKlass = s.staticAddressOrAbsent("java_lang_Class::_klass_offset");
        int mirrorKlassOffset = mirrorKlass == VmLayout.ABSENT_ADDRESS
                ? VmLayout.ABSENT
                : s.pages().i32(mirrorKlass);
        return new OriginLayout(
                symbols.address("_ZN16ModuleEntryTable16_javabase_moduleE"),
                objectKlass(s),
                s.size("InstanceKlass"),
                s.offset("Klass::_layout_helper"),
                handle ? s.offset("Klass::_java_mirror") : VmLayout.ABSENT,
                mirrorKlassOffset > 0 ? mirrorKlassOffset : VmLayout.ABSENT,
                symbols.offset("_ZN15java_lang_Class25_protection_domain_offsetE"),
                symbols.address("_ZN20SafepointSynchronize18_safepoint_counterE"));
    }

    /** An element of an array whose elements VMStructs lists by their indices' names. */
    private static long objectKlass(VmStructs s) {
        for (Map.Entry<String, Long> each : s.statics("vmClasses").entrySet()) {
            if (each.getKey().contains("::Object_klass")) {
                return each.getValue();
            }
        }
        return VmLayout.ABSENT_ADDRESS;
    }
}
