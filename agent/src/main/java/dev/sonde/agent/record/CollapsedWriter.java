package dev.sonde.agent.record;

import dev.sonde.pprof.Profile;
import java.util.Map;
import java.util.TreeMap;

/** Writes a profile as collapsed stacks: a line for each distinct stack, the root first, then its number of samples. */
final class CollapsedWriter {

    private static final int SAMPLES = 0;

    private final Profile profile;

    private CollapsedWriter(Profile profile) {
        this.profile = profile;
    }

    static String write(Profile profile) {
        return new CollapsedWriter(profile).write();
    }

    private String write() {
        Map<String, Long> lines = new TreeMap<>();
        for (int i = 0; i < profile.samples().count(); i++) {
            lines.merge(stack(i), profile.samples().value(i, SAMPLES), Long::sum);
        }
        StringBuilder text = new StringBuilder();
        lines.forEach(
                (stack, count) -> text.append(stack).append(' ').append(count).append('\n'));
        return text.toString();
    }

    private String stack(int sample) {
        StringBuilder line = new StringBuilder();
        Profile.Samples samples = profile.samples();
        for (int at = samples.stackStart()[sample + 1] - 1; at >= samples.stackStart()[sample]; at--) {
            if (!line.isEmpty()) {
                line.append(';');
            }
            appendLocation(line, samples.location()[at]);
        }
        return line.toString();
    }

    /** The lines of a location, the outermost call first. */
    private void appendLocation(StringBuilder line, int location) {
        Profile.Locations locations = profile.locations();
        int from = locations.lineStart()[location];
        int to = locations.lineStart()[location + 1];
        if (from == to) {
            line.append(frame(unnamed(location)));
        }
        for (int i = to - 1; i >= from; i--) {
            line.append(frame(profile.functions().name()[locations.lineFunction()[i]]));
            line.append(i > from ? ";" : "");
        }
    }

    private String unnamed(int location) {
        int mapping = profile.locations().mapping()[location];
        String file = mapping == Profile.NONE ? "" : profile.mappings().file()[mapping];
        String address = Long.toHexString(profile.locations().address()[location]);
        return "[" + file.substring(file.lastIndexOf('/') + 1) + "+0x" + address + "]";
    }

    /** A semicolon parts frames and a newline stacks: in a name they become what does not. */
    private static String frame(String name) {
        return name.replace(';', ':').replace('\n', ' ');
    }
}
