package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.FrameProblem;

/** A defect of one entry: it ends the entry, not the file. Without a stack trace, for hostile files are full of them. */
final class CfiFault extends Exception {

    private static final long serialVersionUID = 1L;

    private final FrameProblem problem;

    CfiFault(FrameProblem problem) {
        super(problem.name(), null, false, false);
        this.problem = problem;
    }

    FrameProblem problem() {
        return problem;
    }
}
