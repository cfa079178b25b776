package dev.sonde.server.web.health;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Head;
import com.linecorp.armeria.server.annotation.Path;
import dev.sonde.server.web.Answers;
import java.nio.charset.StandardCharsets;

/** {@code /healthz}: the process answers. {@code /readyz}: it also takes requests; 503 from the start of a stop. */
public final class HealthResource {

    private final Readiness readiness;

    public HealthResource(Readiness readiness) {
        this.readiness = readiness;
    }

    @Get
    @Head
    @Path("/healthz")
    public HttpResponse health() {
        return text("ok\n");
    }

    @Get
    @Head
    @Path("/readyz")
    public HttpResponse ready() {
        return readiness.isReady()
                ? text("ready\n")
                : HttpResponse.of(HttpStatus.SERVICE_UNAVAILABLE, MediaType.PLAIN_TEXT_UTF_8, "not ready\n");
    }

    private static HttpResponse text(String words) {
        return Answers.of(MediaType.PLAIN_TEXT_UTF_8, words.getBytes(StandardCharsets.UTF_8));
    }
}
