package dev.sonde.agent.jvm.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.aggregate.CodeLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StableNamesTest {

    @ParameterizedTest
    @CsvSource({
        "com/example/Foo, com/example/Foo",
        "com/example/Foo$Bar, com/example/Foo$Bar",
        "com/example/Foo$1, com/example/Foo$1",
        // JDK 17, 25, the default CDS archive's, 8 to 14.
        "Foo$$Lambda$26+0x00007fdf340564f0, Foo$$Lambda",
        "a/Foo$$Lambda+0x000000000b01b9a8, a/Foo$$Lambda",
        "java/util/regex/Pattern$$Lambda+0x800000027, java/util/regex/Pattern$$Lambda",
        "a/Foo$$Lambda$26/0x0000000800c01000, a/Foo$$Lambda",
        "a/Foo$$Lambda$26/1234567, a/Foo$$Lambda",
        "a/Foo$$Lambda$7, a/Foo$$Lambda",
        "java/lang/invoke/LambdaForm$MH+0x00007fdf34018800, java/lang/invoke/LambdaForm$MH",
        "java/lang/invoke/LambdaForm$DMH/0x0000000800c03000, java/lang/invoke/LambdaForm$DMH",
        "java/lang/String$$StringConcat+0x000000000b043000, java/lang/String$$StringConcat",
        "$Proxy0, $Proxy",
        "jdk/proxy2/$Proxy17, jdk/proxy/$Proxy",
        "com/sun/proxy/$Proxy3, com/sun/proxy/$Proxy",
        "jdk/internal/reflect/GeneratedMethodAccessor12, jdk/internal/reflect/GeneratedMethodAccessor",
        "sun/reflect/GeneratedConstructorAccessor3, sun/reflect/GeneratedConstructorAccessor",
    })
    void whatDiffersFromRunToRunIsLeftOut(String name, String stable) {
        assertThat(StableNames.ofClass(name)).isEqualTo(stable);
        assertThat(StableNames.ofClass(stable)).as("once is enough").isEqualTo(stable);
    }

    @ParameterizedTest
    @CsvSource({
        "com/example/Route66, com/example/Route66",
        "com/example/0xcafe, com/example/0xcafe",
        "$ProxyFactory, $ProxyFactory",
        "my/$Proxy, my/$Proxy",
        "my/proxy7/Foo, my/proxy7/Foo",
        "a/Foo$$LambdaFactory, a/Foo$$LambdaFactory",
        "reflect/GeneratedMethodAccessorX, reflect/GeneratedMethodAccessorX",
        "x, x",
        "0x1, 0x1",
    })
    void namesOfProgramsStay(String name, String same) {
        assertThat(StableNames.ofClass(name)).isEqualTo(same);
    }

    @Test
    void theNameToShowHasDotsAndNoSignature() {
        assertThat(MethodNames.function("com/example/Foo.bar(ILjava/lang/String;)V", "Foo.java"))
                .isEqualTo(new CodeLocation.Function(
                        "com.example.Foo.bar", "com/example/Foo.bar(ILjava/lang/String;)V", "Foo.java"));
        assertThat(MethodNames.function("Foo.<init>()V", "").name()).isEqualTo("Foo.<init>");
    }

    @Test
    void thePathIsThatInAnArchiveOfSources() {
        assertThat(MethodNames.path("java/util/HashMap", "HashMap.java", "java.base"))
                .isEqualTo("java.base/java/util/HashMap.java");
        assertThat(MethodNames.path("Foo", "Foo.java", "shop.jar")).isEqualTo("shop.jar/Foo.java");
        assertThat(MethodNames.path("a/Foo", "Foo.java", "")).isEqualTo("Foo.java");
        assertThat(MethodNames.path("a/Foo", "", "java.base")).isEqualTo("java.base");
    }
}
