package dev.sonde.agent.doctor;

/**
 * One thing that was looked at.
 *
 * @param name one or two words
 * @param status what came of it
 * @param detail what was found
 * @param remedy what to do; empty where nothing is to be done
 */
public record Check(String name, Status status, String detail, String remedy) {
    /** What came of a check. */
    public enum Status {
        /** Works. */
        OK("ok"),
        /** Works in part, or could not be found out. */
        WARN("warn"),
        /** Sampling this machine, or reaching the server, does not work. */
        FAIL("fail");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /** For output. */
        public String word() {
            return word;
        }
    }

    static Check ok(String name, String detail) {
        return new Check(name, Status.OK, detail, "");
    }

    static Check warn(String name, String detail, String remedy) {
        return new Check(name, Status.WARN, detail, remedy);
    }

    static Check fail(String name, String detail, String remedy) {
        return new Check(name, Status.FAIL, detail, remedy);
    }

    /** A failure whose message tells the remedy behind a semicolon, as those of the kernel package do. */
    static Check fail(String name, Exception failure) {
        String message = failure.getMessage();
        int remedy = message.indexOf("; ");
        int end = message.indexOf('\n');
        if (remedy < 0 || (end >= 0 && remedy > end)) {
            return fail(name, message, "");
        }
        String rest = end < 0 ? "" : message.substring(end);
        String words = message.substring(remedy + 2, end < 0 ? message.length() : end);
        return fail(name, message.substring(0, remedy) + rest, words);
    }
}
