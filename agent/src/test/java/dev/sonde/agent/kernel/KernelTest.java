package dev.sonde.agent.kernel;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Marks tests that load programs into this kernel; where that is not allowed they are skipped, and say so. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("kernel")
@ExtendWith(KernelTest.Rights.class)
@interface KernelTest {
    /** Finds out before the first test of a class. */
    final class Rights implements BeforeAllCallback {
        /** CAP_SYS_ADMIN; CAP_PERFMON; CAP_BPF (include/uapi/linux/capability.h). */
        private static final long NEEDED = 1L << 21 | 1L << 38 | 1L << 39;

        @Override
        public void beforeAll(ExtensionContext context) throws IOException {
            if (!Files.exists(Path.of("/sys/kernel/btf/vmlinux"))) {
                skip(context, "this kernel has no BTF");
            }
            if ((capabilities() & NEEDED) == 0) {
                skip(context, "neither root nor CAP_BPF and CAP_PERFMON");
            }
        }

        private static void skip(ExtensionContext context, String reason) {
            System.err.println("SKIPPED " + context.getDisplayName() + ": " + reason);
            abort(reason);
        }

        private static long capabilities() throws IOException {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16);
                }
            }
            return 0;
        }
    }
}
