package dev.sonde.agent.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import dev.sonde.model.BuildId;
import dev.sonde.model.Labels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessLabelsTest {

    private static final BuildId BUILD_ID = new BuildId(BuildId.Type.GNU, "0123456789abcdef0123456789abcdef01234567");

    private static ProcessFacts facts(String executable, String commandLine, Map<String, String> environment) {
        return new ProcessFacts(
                "worker",
                executable,
                List.of(commandLine.split(" ", -1)),
                "/system.slice/shop.service",
                environment,
                Optional.of(BUILD_ID),
                false);
    }

    private static ProcessLabels labels(LabelRule... rules) {
        return new ProcessLabels(
                new Rules(List.of(rules), List.of(), List.of()), Labels.of("region", "eu"), "box", "6.18.0");
    }

    private static LabelRule rule(String executable, String commandLine, String service, String version) {
        return new LabelRule(
                Optional.ofNullable(executable).map(Pattern::compile),
                Optional.ofNullable(commandLine).map(Pattern::compile),
                Optional.empty(),
                service,
                version);
    }

    @Test
    void withoutAnythingElseTheExecutableAndItsBuildId() {
        assertThat(labels().of(facts("/opt/shop/bin/api", "api --x", Map.of())))
                .isEqualTo(Labels.of(
                        "comm", "worker", "host", "box", "region", "eu", "service", "api", "version", "0123456789ab"));
    }

    @Test
    void aJavaProcessIsItsApplicationAndHasNotTheVersionOfItsJdk() {
        Labels labels = labels().of(facts("/usr/lib/jvm/bin/java", "java -jar /opt/shop.jar", Map.of()));
        assertThat(labels.get("service")).isEqualTo("shop");
        assertThat(labels.get("version")).isEmpty();
        assertThat(labels().of(facts("/usr/bin/java", "java @file", Map.of())).get("service"))
                .isEqualTo("java");
    }

    @Test
    void whatAJvmTellsOfItselfAndItsApplication() {
        JavaFacts told =
                new JavaFacts("25.0.3+9-LTS", "Eclipse Adoptium", "G1", "com.shop.Main", "shop-1.4.jar", "1.4.2");
        Labels labels = labels().of(
                        facts("/usr/bin/java", "java -jar /opt/shop-1.4.jar", Map.of("SONDE_SERVICE", "orders"))
                                .withJava(told));
        assertThat(labels)
                .isEqualTo(labels().of(facts("/usr/bin/java", "java -jar /opt/shop-1.4.jar", Map.of()))
                        .with("service", "orders")
                        .with("version", "1.4.2")
                        .with("jvm_version", "25.0.3+9-LTS")
                        .with("jvm_vendor", "Eclipse Adoptium")
                        .with("gc", "G1")
                        .with("main_class", "com.shop.Main")
                        .with("jar", "shop-1.4.jar"));
    }

    @Test
    void anApplicationThatTheCommandLineDoesNotNameIsNamedByItsJvm() {
        JavaFacts mainClass = new JavaFacts("17", "", "", "com.shop.Main", "", "");
        assertThat(labels().of(facts("/usr/bin/java", "java @file", Map.of()).withJava(mainClass))
                        .get("service"))
                .isEqualTo("com.shop.Main");
        Labels launcher =
                labels().of(facts("/opt/shop/bin/shop", "shop", Map.of()).withJava(mainClass));
        assertThat(launcher.get("service")).isEqualTo("com.shop.Main");
        assertThat(launcher.get("version")).isEmpty();
        Labels embedded =
                labels().of(facts("/opt/shop/bin/shop", "shop", Map.of()).withJava(JavaFacts.UNKNOWN));
        assertThat(embedded.get("service")).isEqualTo("shop");
        assertThat(embedded.get("version")).isEqualTo("0123456789ab");
    }

    @Test
    void theEnvironmentComesBeforeRulesAndEachValueForItself() {
        ProcessLabels labels = labels(rule("api$", null, "by-rule", "7"));
        Labels both = labels.of(facts("/bin/api", "api", Map.of("OTEL_SERVICE_NAME", "by-environment")));
        assertThat(both.get("service")).isEqualTo("by-environment");
        assertThat(both.get("version")).isEqualTo("7");
    }

    @Test
    void theFirstRuleThatAppliesCountsAndItsGroupsAreFilledIn() {
        ProcessLabels labels = labels(
                rule("^/opt/([^/]+)/bin/", "--release=(\\S+)", "$1-$$", "v$2"),
                rule("^/opt/", null, "second", ""),
                rule(".", null, "third", "3"));
        Labels first = labels.of(facts("/opt/shop/bin/api", "api --release=1.4 --x", Map.of()));
        assertThat(first.get("service")).isEqualTo("shop-$");
        assertThat(first.get("version")).isEqualTo("v1.4");
        Labels second = labels.of(facts("/opt/shop/bin/api", "api", Map.of()));
        assertThat(second.get("service")).isEqualTo("second");
        assertThat(second.get("version")).isEqualTo("0123456789ab");
    }

    @Test
    void aRuleThatAsksForAGroupThereIsNotIsRefused() {
        assertThatThrownBy(() -> rule("(a)", null, "$2", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("service: '$2' at character 1 (expected: $$ or $1 to $1)");
        assertThatThrownBy(() -> rule("a", null, "", "x$")).hasMessageContaining("version: 'x$' at character 2");
        assertThatThrownBy(() -> rule(null, null, "x", "")).hasMessageContaining("no pattern");
        assertThatThrownBy(() -> rule("a", null, "", "")).hasMessageContaining("no result");
    }

    @Test
    void kernelThreadsAreOneService() {
        Labels labels = labels().of(new ProcessFacts("kworker", "", List.of(), "/", Map.of(), Optional.empty(), true));
        assertThat(labels.get("service")).isEqualTo("[kernel]");
        assertThat(labels.get("version")).isEqualTo("6.18.0");
        assertThat(labels.get("comm")).isEqualTo("kworker");
    }

    @Test
    void hostileNamesAreBoundedAndPrintable() {
        Labels labels = labels().of(facts("/a", "a", Map.of("SONDE_SERVICE", "x\n".repeat(5000))));
        assertThat(labels.get("service")).startsWith("x\ufffdx\ufffd").hasSizeLessThanOrEqualTo(1024);
    }

    @Test
    void includeAndExclude() {
        FilterRule shops = new FilterRule(Optional.of(new Glob("shop-*")), Optional.empty(), Optional.empty());
        FilterRule worker = new FilterRule(
                Optional.empty(), Optional.of(new Glob("work*")), Optional.of(new Glob("/system.slice/*")));
        ProcessFacts facts = facts("/bin/api", "api", Map.of());
        assertThat(excludes(List.of(), List.of(), facts, "x")).isFalse();
        assertThat(excludes(List.of(shops), List.of(), facts, "shop-api")).isFalse();
        assertThat(excludes(List.of(shops), List.of(), facts, "other")).isTrue();
        assertThat(excludes(List.of(shops), List.of(worker), facts, "shop-api")).isTrue();
        assertThat(excludes(List.of(), List.of(shops), facts, "other")).isFalse();
    }

    private static boolean excludes(
            List<FilterRule> include, List<FilterRule> exclude, ProcessFacts facts, String service) {
        return new ProcessLabels(new Rules(List.of(), include, exclude), Labels.empty(), "box", "6")
                .excludes(facts, Labels.of("service", service));
    }
}
