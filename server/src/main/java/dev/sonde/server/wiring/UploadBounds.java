package dev.sonde.server.wiring;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;

/** Uploads of debuginfo are streams: longer and larger than other requests, a chunk in memory at a time. */
final class UploadBounds implements DecoratingHttpServiceFunction {

    /** Frames and messages around the chunks take far less. */
    private static final long OVERHEAD_BYTES = 1 << 20;

    /** 512 MiB in this time are 0.9 MB/s. */
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final long maxUploadBytes;

    UploadBounds(long maxUploadBytes) {
        this.maxUploadBytes = maxUploadBytes;
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        ctx.setMaxRequestLength(maxUploadBytes + OVERHEAD_BYTES);
        ctx.setRequestTimeout(TIMEOUT);
        return delegate.serve(ctx, request);
    }
}
