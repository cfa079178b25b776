package dev.sonde.agent.label;

import dev.sonde.model.Labels;

/**
 * Gives processes their series labels {@code service}, {@code version}, {@code comm} and {@code host}, and the further
 * ones of the configuration. Service and version come, each for itself, from the first of these sources that says it:
 *
 * <ol>
 *   <li>the process's environment ({@link EnvironmentLabels}),
 *   <li>the first {@link LabelRule} that applies,
 *   <li>for a Java process the jar or main class, and the jar's version,
 *   <li>the executable's name, and the first 12 digits of its build id as version.
 * </ol>
 *
 * Java processes have {@code jvm_version}, {@code jvm_vendor}, {@code gc}, {@code main_class} and {@code jar}, too, as far
 * as their JVM tells. Threads of the kernel have the service {@code [kernel]} and its release as version.
 */
public final class ProcessLabels {

    private static final int VERSION_HEX_DIGITS = 12;

    private final Rules rules;
    private final Labels extra;
    private final String host;
    private final String kernelRelease;

    /**
     * @param extra labels of every series; they do not replace the ones named above
     * @param host value of {@code host}
     * @param kernelRelease as {@code uname -r} prints it
     */
    public ProcessLabels(Rules rules, Labels extra, String host, String kernelRelease) {
        this.rules = rules;
        this.extra = extra;
        this.host = host;
        this.kernelRelease = kernelRelease;
    }

    /** The series labels of a process. */
    public Labels of(ProcessFacts facts) {
        ServiceVersion who =
                facts.kernelThread() ? new ServiceVersion("[kernel]", kernelRelease) : serviceVersion(facts);
        Labels labels = extra.with("host", LabelText.value(host))
                .with("comm", LabelText.value(facts.comm()))
                .with("service", LabelText.value(who.service()))
                .with("version", LabelText.value(who.version()));
        return facts.java().map(java -> with(labels, java)).orElse(labels);
    }

    private static Labels with(Labels labels, JavaFacts java) {
        return labels.with("jvm_version", LabelText.value(java.jvmVersion()))
                .with("jvm_vendor", LabelText.value(java.jvmVendor()))
                .with("gc", LabelText.value(java.gc()))
                .with("main_class", LabelText.value(java.mainClass()))
                .with("jar", LabelText.value(java.jar()));
    }

    /** Whether the include and exclude rules leave a process out. */
    public boolean excludes(ProcessFacts facts, Labels labels) {
        if (rules.include().isEmpty() && rules.exclude().isEmpty()) {
            return false;
        }
        String service = labels.get("service");
        boolean included = rules.include().isEmpty()
                || rules.include().stream().anyMatch(rule -> rule.matches(service, facts.comm(), facts.cgroup()));
        return !included
                || rules.exclude().stream().anyMatch(rule -> rule.matches(service, facts.comm(), facts.cgroup()));
    }

    private ServiceVersion serviceVersion(ProcessFacts facts) {
        ServiceVersion who = EnvironmentLabels.of(facts.environment());
        if (!who.isComplete()) {
            who = who.orElse(byRules(facts));
        }
        return who.isComplete() ? who : who.orElse(byProgram(facts));
    }

    private ServiceVersion byRules(ProcessFacts facts) {
        for (LabelRule rule : rules.labels()) {
            var named = rule.apply(facts);
            if (named.isPresent()) {
                return named.get();
            }
        }
        return ServiceVersion.UNKNOWN;
    }

    private static ServiceVersion byProgram(ProcessFacts facts) {
        ServiceVersion java = byJava(facts);
        if (!java.service().isEmpty()) {
            // The build id is the JDK's and says nothing of the application's version.
            return java;
        }
        String version = facts.executableBuildId()
                .map(id -> id.hex()
                        .substring(0, Math.min(VERSION_HEX_DIGITS, id.hex().length())))
                .orElse("");
        return new ServiceVersion(facts.executable().isEmpty() ? facts.comm() : facts.executableName(), version);
    }

    /** The command line, which is there from the start, before what the JVM tells; both call an application the same. */
    private static ServiceVersion byJava(ProcessFacts facts) {
        JavaFacts java = facts.java().orElse(JavaFacts.UNKNOWN);
        ServiceVersion byCommand = JavaCommandLine.isJava(facts)
                ? JavaCommandLine.application(facts.commandLine())
                : ServiceVersion.UNKNOWN;
        String service = byCommand.service().isEmpty() ? java.application() : byCommand.service();
        return new ServiceVersion(service, java.version().isEmpty() ? byCommand.version() : java.version());
    }
}
