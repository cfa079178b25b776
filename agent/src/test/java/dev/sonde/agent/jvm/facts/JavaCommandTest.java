package dev.sonde.agent.jvm.facts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaCommandTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "com.shop.Main                    | com.shop.Main | \"\"",
                "com.shop.Main serve x.jar        | com.shop.Main | \"\"",
                "com.shop.Main /opt/x.jar y       | com.shop.Main | \"\"",
                "shop/com.shop.Main /opt/x.jar    | com.shop.Main | \"\"",
                "shop/com.shop.Main a             | com.shop.Main | \"\"",
                "shop.jar                         | \"\"          | shop.jar",
                "/opt/my shop/shop-1.jar --x a    | \"\"          | /opt/my shop/shop-1.jar",
                "/opt/shop.jar other.jar          | \"\"          | /opt/shop.jar",
                "\"\"                             | \"\"          | \"\"",
            })
    void whatRuns(String command, String mainClass, String jar) {
        assertThat(JavaCommand.parse(command)).isEqualTo(new JavaCommand(mainClass, jar));
    }
}
