package dev.sonde.bench.steps;

import dev.sonde.agent.unwind.host.HostCode;
import dev.sonde.agent.unwind.host.HostJvm;
import dev.sonde.agent.unwind.host.HostMapping;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostTable;
import dev.sonde.bench.snapshot.SnapshotTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a stepped program has mapped, by the text of its {@code /proc/PID/maps} (man 5 proc_pid_maps). */
public final class SteppedCode {

    /** Fields before the path: range, permissions, offset, device, inode. */
    private static final int FIELDS = 6;

    private final Map<String, SteppedFile> files;
    private final List<HostMapping> mappings = new ArrayList<>();
    private final List<SteppedFile> fileOf = new ArrayList<>();
    private final List<HostMemory> text = new ArrayList<>();
    private final List<HostTable> tables = new ArrayList<>();
    private final Map<String, Integer> tableOf = new HashMap<>();
    private final HostCode code;
    private final long startStack;

    /** @param files those read before, by their path; grows */
    public SteppedCode(String maps, long startStack, Map<String, SteppedFile> files) throws IOException {
        this.files = files;
        this.startStack = startStack;
        for (String line : maps.split("\n", -1)) {
            if (!line.isEmpty() && !line.endsWith("[vsyscall]")) {
                add(line.split(" +", FIELDS));
            }
        }
        code = new HostCode(mappings, tables, startStack);
    }

    private void add(String[] fields) throws IOException {
        int dash = fields[0].indexOf('-');
        long start = Long.parseUnsignedLong(fields[0], 0, dash, 16);
        long end = Long.parseUnsignedLong(fields[0], dash + 1, fields[0].length(), 16);
        long offset = Long.parseUnsignedLong(fields[2], 16);
        boolean executable = fields[1].charAt(2) == 'x';
        String path = fields.length == FIELDS ? fields[FIELDS - 1] : "";
        SteppedFile file = executable && (path.startsWith("/") || path.equals("[vdso]")) ? file(path) : null;
        mappings.add(new HostMapping(
                start, end, offset, executable, file == null ? HostMapping.NO_TABLE : table(path, file)));
        fileOf.add(file);
        if (file != null) {
            long bytes = Math.min(end - start, file.content().byteSize() - offset);
            text.add(new HostMemory(start, file.content().asSlice(offset, bytes)));
        }
    }

    private SteppedFile file(String path) throws IOException {
        SteppedFile known = files.get(path);
        if (known == null) {
            known = SteppedFile.read(path);
            files.put(path, known);
        }
        return known;
    }

    private int table(String path, SteppedFile file) {
        if (file.table().isEmpty()) {
            return HostMapping.NO_TABLE;
        }
        return tableOf.computeIfAbsent(path, key -> {
            tables.add(file.table().get());
            return tables.size() - 1;
        });
    }

    HostCode code() {
        return code;
    }

    /** The same of a JVM. */
    public HostCode code(HostJvm jvm) {
        return new HostCode(mappings, tables, startStack, jvm);
    }

    /**
     * A part of what is mapped.
     *
     * @param mappings ascending, their tables numbered as {@code tables} are
     * @param tables as far as the part needs them
     */
    public record Piece(List<HostMapping> mappings, List<SnapshotTable> tables) {}

    /**
     * What the stack of these addresses needs.
     *
     * @param addresses leaf first
     * @param others in areas that are needed without a table
     */
    public Piece piece(long[] addresses, List<Long> others) throws IOException {
        Map<Integer, List<Long>> offsets = new TreeMap<>();
        for (int i = 0; i < addresses.length; i++) {
            long pc = i == 0 ? addresses[i] : addresses[i] - 1;
            int at = mappingAt(pc);
            List<Long> inFile = offsets.computeIfAbsent(at, key -> new ArrayList<>());
            if (fileOf.get(at) != null && fileOf.get(at).table().isPresent()) {
                inFile.add(pc - mappings.get(at).start() + mappings.get(at).fileOffset());
            }
        }
        others.forEach(address -> offsets.putIfAbsent(mappingAt(address), List.of()));
        Piece piece = new Piece(new ArrayList<>(), new ArrayList<>());
        for (Map.Entry<Integer, List<Long>> used : offsets.entrySet()) {
            HostMapping whole = mappings.get(used.getKey());
            boolean hasTable = !used.getValue().isEmpty();
            piece.mappings.add(new HostMapping(
                    whole.start(),
                    whole.end(),
                    whole.fileOffset(),
                    whole.executable(),
                    hasTable ? piece.tables.size() : HostMapping.NO_TABLE));
            if (hasTable) {
                piece.tables.add(fileOf.get(used.getKey()).tableAt(used.getValue()));
            }
        }
        return piece;
    }

    /** The code itself, as the files have it. */
    List<HostMemory> text() {
        return text;
    }

    /**
     * The miss of a frame's caller.
     *
     * @param found the caller found, 0 for none
     * @param expected the true one, 0 for none
     */
    StepMiss miss(long pc, String reason, boolean leaf, long found, long expected) {
        int at = fileAt(pc);
        String name = at < 0 ? "" : fileOf.get(at).name();
        long address = at < 0 ? pc : elfAddress(at, pc);
        String function = at < 0 ? "" : fileOf.get(at).function(address);
        return new StepMiss(name, address, function, reason, leaf, caller(found), caller(expected));
    }

    /** What code an address is in, in words. */
    public String place(long address) {
        int at = fileAt(address);
        if (at < 0) {
            return StepMiss.hex(address);
        }
        String function = fileOf.get(at).function(elfAddress(at, address));
        return (function.isEmpty() ? StepMiss.hex(elfAddress(at, address)) : function) + " of "
                + fileOf.get(at).name();
    }

    private String caller(long caller) {
        if (caller == 0) {
            return StepMiss.NONE;
        }
        int at = fileAt(caller);
        return at < 0
                ? StepMiss.hex(caller)
                : StepMiss.hex(elfAddress(at, caller)) + " of " + fileOf.get(at).name();
    }

    /** All areas, ascending. */
    List<HostMapping> mappings() {
        return mappings;
    }

    /** The file of a mapping of code. */
    SteppedFile file(int mapping) {
        return fileOf.get(mapping);
    }

    /** Index of the mapping of an address, where it is a file's code, or -1. */
    int fileAt(long address) {
        int at = mappingAt(address);
        return at < 0 || fileOf.get(at) == null ? -1 : at;
    }

    /** Index of the mapping of an address, or -1. */
    int mappingAt(long address) {
        for (int i = 0; i < mappings.size(); i++) {
            HostMapping mapping = mappings.get(i);
            if (address >= mapping.start() && address < mapping.end()) {
                return i;
            }
        }
        return -1;
    }

    private long elfAddress(int at, long address) {
        HostMapping mapping = mappings.get(at);
        return fileOf.get(at).elfAddress(address - mapping.start() + mapping.fileOffset());
    }
}
