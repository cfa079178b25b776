package dev.sonde.agent.label;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaCommandLineTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "java -jar /opt/shop/shop-api.jar serve          | shop-api",
                "java -Xmx1g -jar -Dx=y shop.jar                 | shop",
                "java -cp a.jar:b.jar com.example.Main -jar x    | com.example.Main",
                "java --class-path x -XX:+UseSerialGC a.B        | a.B",
                "java --class-path=x a.B                         | a.B",
                "java --add-opens java.base/java.lang=ALL-UNNAMED -p mods -m app/com.example.App arg | com.example.App",
                "java -p mods --module=app                       | app",
                "java --module app/x.Y                           | x.Y",
                "java --source 25 /tmp/Tool.java arg             | Tool",
                "java -jar service                               | service",
                "java -jar .jar                                  | .jar",
                "java @options a.B                               | \"\"",
                "java -version                                   | \"\"",
                "java -cp                                        | \"\"",
                "java -m                                         | \"\"",
                "java                                            | \"\"",
            })
    void theApplication(String commandLine, String expected) {
        assertThat(JavaCommandLine.application(List.of(commandLine.split(" ", -1))))
                .isEqualTo(new ServiceVersion(expected, ""));
    }

    /** The version goes into a label of its own, so that a service keeps its name from deploy to deploy. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop.jar                           | shop       | ''",
                "/opt/shop/shop-api-1.4.2.jar       | shop-api   | 1.4.2",
                "shop-1.4.2-SNAPSHOT.jar            | shop       | 1.4.2-SNAPSHOT",
                "shop-2.jar                         | shop       | 2",
                "log4j-1.2-api-2.20.0.jar           | log4j      | 1.2-api-2.20.0",
                "shop-v2.jar                        | shop-v2    | ''",
                "shop-2nd.jar                       | shop-2nd   | ''",
                "shop-                              | shop-      | ''",
                "a-b-3x-4.jar                       | a-b-3x     | 4",
            })
    void aJarsNameIsPartedBeforeItsVersion(String file, String artifact, String version) {
        assertThat(JarName.of(file)).isEqualTo(new JarName(artifact, version));
        assertThat(JavaCommandLine.application(List.of("java", "-jar", file)))
                .isEqualTo(new ServiceVersion(artifact, version));
    }
}
