package dev.sonde.server.query;

import java.util.List;

/**
 * A flame graph in columns: one entry a node, every parent before its children, siblings by name. Node 0 is the root
 * {@code all}. What was cut stands under its parent as one node of kind {@code rest}, so that {@code total} of a
 * node is always its {@code self} and its children's totals.
 *
 * @param unit unit of the values
 * @param names the names that {@code name} counts in
 * @param files the source files that {@code file} counts in
 * @param mappings the names of ELF files that {@code mapping} counts in
 * @param name index of each node's name
 * @param file index of each node's file
 * @param mapping index of the name of the ELF file that each node's code is in; empty for code that is in none
 * @param kind the word of each node's {@link dev.sonde.model.FrameKind}; {@code root} for node 0,
 *     {@code rest} for what was cut
 * @param inlined whether each node's frame was inlined
 * @param parent index of each node's parent; -1 for node 0
 * @param self what ended in each node
 * @param total what went through each node
 */
public record FlameColumns(
        String unit,
        List<String> names,
        List<String> files,
        List<String> mappings,
        int[] name,
        int[] file,
        int[] mapping,
        String[] kind,
        boolean[] inlined,
        int[] parent,
        long[] self,
        long[] total) {

    /** Name of node 0. */
    public static final String ROOT_NAME = "all";

    /** Kind of node 0. */
    public static final String ROOT_KIND = "root";

    /** Kind of a node that stands for all that was cut under its parent; no profile has it. */
    public static final String REST_KIND = "rest";

    public FlameColumns {
        names = List.copyOf(names);
        files = List.copyOf(files);
        mappings = List.copyOf(mappings);
    }

    /** How many nodes there are; at least 1. */
    public int size() {
        return parent.length;
    }

    /** Sum over everything selected. */
    public long totalValue() {
        return total[0];
    }
}
