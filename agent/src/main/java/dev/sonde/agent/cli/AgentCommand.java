package dev.sonde.agent.cli;

import dev.sonde.agent.config.AgentConfig;
import dev.sonde.agent.config.AgentConfigLoader;
import dev.sonde.agent.config.ConfigException;
import dev.sonde.agent.config.Setting;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.wiring.Agent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code sonde agent}. Its flags are the settings of the configuration. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description =
                "Samples this machine and ships profiles to a server, until it is stopped. Each flag is also a key of"
                        + " the YAML file and a SONDE_ variable; the flag counts first, then the variable.")
final class AgentCommand implements Callable<Integer> {

    /** How long SIGTERM waits for the last window to be shipped or spooled. */
    private static final Duration ENDING = Duration.ofSeconds(10);

    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file. Default: what SONDE_CONFIG names, or none.")
    private Path config;

    @Option(names = "--label", paramLabel = "K=V", description = "A further label of every series; may be repeated.")
    private List<String> labels = List.of();

    private AgentCommand() {}

    static CommandSpec spec() {
        AgentCommand command = new AgentCommand();
        command.spec = CommandSpec.forAnnotatedObject(command);
        for (Setting setting : Setting.values()) {
            if (setting != Setting.LABELS) {
                command.spec.addOption(OptionSpec.builder(names(setting))
                        .type(String.class)
                        .paramLabel("VALUE")
                        .description(setting.description() + ". Default: " + defaultText(setting) + ".")
                        .build());
            }
        }
        return command.spec;
    }

    private static String[] names(Setting setting) {
        return switch (setting) {
            case SPOOL_DIR -> new String[] {setting.flag(), "--spool"};
            case LISTEN -> new String[] {setting.flag(), "--metrics-listen"};
            default -> new String[] {setting.flag()};
        };
    }

    private static String defaultText(Setting setting) {
        return setting.defaultText().isEmpty() ? "none" : setting.defaultText();
    }

    @Override
    public Integer call() throws SamplerException, IOException, InterruptedException {
        AgentConfig loaded = load();
        CountDownLatch ended = new CountDownLatch(1);
        try (Agent agent = Agent.start(loaded)) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                agent.stop();
                await(ended);
            }));
            System.err.println("sonde: sampling at " + loaded.hz() + " Hz for " + loaded.server()
                    + agent.metricsAddress()
                            .map(address -> ", own metrics at http://" + address.getHostString() + ":"
                                    + address.getPort() + "/metrics")
                            .orElse(""));
            agent.run();
        } finally {
            ended.countDown();
        }
        return 0;
    }

    private AgentConfig load() {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            OptionSpec option = spec.findOption(setting.flag());
            if (setting != Setting.LABELS && option.getValue() != null) {
                flags.put(setting, option.getValue());
            }
        }
        try {
            return new AgentConfigLoader(flags, labels, System.getenv()).load(Optional.ofNullable(config));
        } catch (ConfigException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void await(CountDownLatch ended) {
        try {
            boolean inTime = ended.await(ENDING.toNanos(), TimeUnit.NANOSECONDS);
            if (!inTime) {
                System.err.println("sonde: the agent did not end in time; what it had shipped or spooled is safe");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
