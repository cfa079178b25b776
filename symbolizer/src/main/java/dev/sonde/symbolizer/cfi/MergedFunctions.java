package dev.sonde.symbolizer.cfi;

import java.io.IOException;

/**
 * Two sources as one: Go programs have C code in them, C programs code that nobody describes.
 *
 * @param first the one that holds where both know a function
 * @param second the other
 */
public record MergedFunctions(FunctionSource first, FunctionSource second) implements FunctionSource {

    @Override
    public long size() {
        return first.size() + second.size();
    }

    @Override
    public long start() {
        return Math.min(first.start(), second.start());
    }

    @Override
    public void write(long limit, RowWriter rows) throws IOException {
        // Of two for one address the later written holds, and the earlier gets no room.
        if (second.start() <= first.start()) {
            second.write(Math.min(limit, first.start()), rows);
        } else {
            first.write(Math.min(limit, second.start()), rows);
        }
    }
}
