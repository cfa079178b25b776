package dev.sonde.agent.aggregate;

import dev.sonde.agent.jvm.thread.ThreadRole;
import dev.sonde.agent.kallsyms.VdsoSymbols;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ResolvedAddress;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.model.FrameKind;
import dev.sonde.model.Labels;
import dev.sonde.symbolizer.elf.LoadSegment;
import java.util.function.Consumer;

/**
 * Resolves samples by what the agent knows of processes and the kernel. What cannot be resolved is a frame that says so;
 * it never takes the name of a neighbour.
 */
public final class ProcessResolver implements SampleResolver<ProcessInfo> {

    private static final String UNKNOWN = "[unknown]";

    private static final CodeMapping JIT = CodeMapping.ofKind(FrameKind.JIT);
    private static final CodeMapping VDSO = CodeMapping.ofKind(FrameKind.VDSO);
    private static final CodeLocation UNNAMED_JIT = CodeLocation.ofName(JIT, UNKNOWN);
    private static final CodeLocation UNNAMED_VDSO = CodeLocation.ofName(VDSO, UNKNOWN);
    private static final CodeLocation UNMAPPED = CodeLocation.ofName(CodeMapping.ofPath(""), "[unknown: unmapped]");
    private static final CodeLocation GONE = CodeLocation.ofName(CodeMapping.ofPath(""), "[unknown: process gone]");

    private final KernelSymbols kernel;
    private final VdsoSymbols vdso;
    private final Consumer<ExecutableFile> files;
    private final ResolvedAddress resolved = new ResolvedAddress();

    /**
     * @param files is told of the file of each native frame, while its process most likely still runs
     */
    public ProcessResolver(KernelSymbols kernel, VdsoSymbols vdso, Consumer<ExecutableFile> files) {
        this.kernel = kernel;
        this.vdso = vdso;
        this.files = files;
    }

    @Override
    public Labels series(ProcessInfo process) {
        return process.seriesLabels();
    }

    @Override
    public CodeMapping program(ProcessInfo process) {
        ExecutableFile file = process.executableFile().orElse(null);
        if (file == null) {
            return null;
        }
        for (LoadSegment segment : file.segments()) {
            if (segment.executable()) {
                return CodeMapping.ofSegment(file, segment);
            }
        }
        return null;
    }

    @Override
    public SampleLabels labels(ProcessInfo process, RawSample sample) {
        ThreadRole role =
                sample.isInJvm() && !sample.isVirtual() ? ThreadRole.ofName(sample.threadName()) : ThreadRole.APP;
        return sample.labels(role.word());
    }

    @Override
    public CodeLocation kernel(long address) {
        return kernel.of(address);
    }

    @Override
    public CodeLocation user(ProcessInfo process, long address) {
        process.addressSpace().resolve(address, resolved);
        if (resolved.kind() == null) {
            return resolved.unknown() == ResolvedAddress.Unknown.PROCESS_GONE ? GONE : UNMAPPED;
        }
        return switch (resolved.kind()) {
            case NATIVE -> inFile();
            case VDSO -> inVdso();
            default -> resolved.name() == null ? UNNAMED_JIT : CodeLocation.ofName(JIT, resolved.name());
        };
    }

    private CodeLocation inFile() {
        ExecutableFile file = resolved.file();
        if (file == null) {
            return CodeLocation.ofName(CodeMapping.ofPath(resolved.name()), UNKNOWN);
        }
        if (resolved.segment() == null) {
            // The offset in the file is no address that symbols are found by.
            return CodeLocation.ofName(CodeMapping.ofPath(file.path()), UNKNOWN);
        }
        files.accept(file);
        return CodeLocation.ofAddress(CodeMapping.ofSegment(file, resolved.segment()), resolved.elfAddress());
    }

    private CodeLocation inVdso() {
        String name = vdso.name(resolved.elfAddress());
        return name == null ? UNNAMED_VDSO : CodeLocation.ofName(VDSO, name);
    }
}
