package dev.sonde.agent.label;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class EnvironmentLabelsTest {

    private static final String ATTRIBUTES = "deployment=prod, service.name = shop%2Dapi ,service.version=1.2%20beta";

    @Example
    void sondeVariablesCountMostThenTheServiceNameThenTheAttributes() {
        Map<String, String> all = Map.of(
                "SONDE_SERVICE",
                "a",
                "SONDE_VERSION",
                "1",
                "OTEL_SERVICE_NAME",
                "b",
                "OTEL_RESOURCE_ATTRIBUTES",
                ATTRIBUTES);
        assertThat(EnvironmentLabels.of(all)).isEqualTo(new ServiceVersion("a", "1"));
        assertThat(EnvironmentLabels.of(Map.of("OTEL_SERVICE_NAME", "b", "OTEL_RESOURCE_ATTRIBUTES", ATTRIBUTES)))
                .isEqualTo(new ServiceVersion("b", "1.2 beta"));
        assertThat(EnvironmentLabels.of(Map.of("OTEL_RESOURCE_ATTRIBUTES", ATTRIBUTES)))
                .isEqualTo(new ServiceVersion("shop-api", "1.2 beta"));
        assertThat(EnvironmentLabels.of(Map.of())).isEqualTo(ServiceVersion.UNKNOWN);
        assertThat(EnvironmentLabels.of(Map.of("SONDE_SERVICE", ""))).isEqualTo(ServiceVersion.UNKNOWN);
    }

    @Example
    void malformedAttributesAreReadAsFarAsTheyGo() {
        assertThat(EnvironmentLabels.resourceAttribute(",,=x,novalue,service.name=y", "service.name"))
                .isEqualTo("y");
        assertThat(EnvironmentLabels.resourceAttribute("myservice.name=x", "service.name"))
                .isEmpty();
        assertThat(EnvironmentLabels.resourceAttribute("service.name=a=b", "service.name"))
                .isEqualTo("a=b");
        assertThat(EnvironmentLabels.percentDecode("100%,%zz%4")).isEqualTo("100%,%zz%4");
        assertThat(EnvironmentLabels.percentDecode("%C3%A9%2c%")).isEqualTo("é,%");
    }

    @Property
    void anyTextIsRead(@ForAll String text) {
        assertThat(EnvironmentLabels.resourceAttribute(text, "service.name").length())
                .isLessThanOrEqualTo(text.length());
    }
}
