package dev.sonde.agent.label;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JarNameTest {

    @ParameterizedTest
    @CsvSource({
        "/srv/shop-api-1.4.2.jar, shop-api.jar",
        "/srv/my%20shop-7.jar, my shop.jar",
        "file:/srv/app.jar!/BOOT-INF/lib/guava-33.2.1-jre.jar!/, guava.jar",
        "nested:/srv/app-2.jar/!BOOT-INF/lib/guava-33.2.1-jre.jar!/, guava.jar",
        "nested:/srv/app-2.jar/!BOOT-INF/classes/!/, app.jar",
        "/srv/classes/, ''",
        "/srv/a.jarred/classes/, ''",
        "'', ''"
    })
    void theJarOfALocation(String url, String jar) {
        assertThat(JarName.inLocation(url)).isEqualTo(jar);
    }
}
