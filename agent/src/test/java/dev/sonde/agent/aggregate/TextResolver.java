package dev.sonde.agent.aggregate;

import dev.sonde.model.FrameKind;
import dev.sonde.model.Labels;

/** Names every address by its number; a process is its service's name, and {@code name#1} another of the service. */
class TextResolver implements SampleResolver<String> {

    private int resolved;

    int resolved() {
        return resolved;
    }

    @Override
    public Labels series(String process) {
        return Labels.of("service", process.replaceAll("#.*", ""));
    }

    @Override
    public CodeMapping program(String process) {
        return null;
    }

    @Override
    public SampleLabels labels(String process, RawSample sample) {
        return sample.labels("app");
    }

    @Override
    public CodeLocation kernel(long address) {
        return CodeLocation.ofName(CodeMapping.ofKind(FrameKind.KERNEL), "k" + address);
    }

    @Override
    public CodeLocation user(String process, long address) {
        resolved++;
        return CodeLocation.ofName(CodeMapping.ofPath("/bin/" + series(process).get("service")), "u" + address);
    }
}
