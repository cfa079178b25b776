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
                .isEqualTo(expected);
    }
}
