package dev.sonde.agent.mapping;

import java.util.Locale;

/** What is counted about mappings and addresses. */
public enum MappingEvent {
    /** {@code /proc/PID/maps} was read. */
    MAPS_READ,
    /** An address lay in no known range and the maps were read again because of it. */
    MAPS_REREAD,
    /** The same, but the process had just been read again: rate limited. */
    MAPS_REREAD_SUPPRESSED,
    /** The maps could not be read: the process is gone, or rights are missing. */
    MAPS_UNREADABLE,
    /** A mapping was learnt from a sample of a young process, before its maps were read. */
    LEARNT_FROM_SAMPLE,
    /** A line of maps was not of the documented form. */
    MAPS_LINE_MALFORMED,
    /** A process had more executable ranges, or longer maps, than are read. */
    MAPS_CUT,
    /** An executable file was read for its build id and load segments. */
    FILE_READ,
    /** A mapped file could not be opened: gone, or rights are missing. */
    FILE_UNREADABLE,
    /** A mapped file is no well-formed ELF: its frames stay by file offset. */
    FILE_MALFORMED,
    /** A known file was dropped to hold the cache's bound. */
    FILE_EVICTED,
    /** A file was not looked at: its file system, a network's or a program's, does not answer. */
    FILE_SYSTEM_SILENT,
    /** An address lay in a file, but in none of its load segments. */
    ADDRESS_OUTSIDE_SEGMENTS,
    /** An address lay in no executable range. */
    ADDRESS_UNMAPPED,
    /** An address of JIT code had a name. */
    JIT_NAMED,
    /** An address of JIT code had none. */
    JIT_UNNAMED,
    /** A perf-PID.map file was read. */
    PERF_MAP_READ,
    /** A perf-PID.map file was refused: not owned by the process's user or root, no regular file, its table too large. */
    PERF_MAP_REFUSED,
    /** Only the end of a perf-PID.map file was read: it is too large. */
    PERF_MAP_CUT,
    /** The names of a perf-PID.map file were forgotten to hold the bound of all together. */
    PERF_MAP_EVICTED,
    /** A line of a perf-PID.map file was not of the documented form. */
    PERF_MAP_LINE_MALFORMED;

    /** The event's word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
