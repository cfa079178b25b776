package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sonde.server.ingest.OverloadedException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes of all bodies that are held while requests are under way. A body that would go over is refused with
 * 429 or RESOURCE_EXHAUSTED while it arrives.
 */
public final class InFlightBytes implements DecoratingHttpServiceFunction {

    private final long maxBytes;
    private final AtomicLong held = new AtomicLong();

    public InFlightBytes(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** An eighth of the heap, for reading them takes several times as much; one and a half bodies at least. */
    public static InFlightBytes forHeap(long maxHeapBytes, long maxBodyBytes) {
        return new InFlightBytes(Math.max(maxHeapBytes / 8, maxBodyBytes + maxBodyBytes / 2));
    }

    /** Bytes held now. */
    public long heldBytes() {
        return held.get();
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        AtomicLong ofRequest = new AtomicLong();
        var _ = ctx.log().whenComplete().thenAccept(log -> held.addAndGet(-ofRequest.getAndSet(0)));
        HttpRequest counted = request.peekData(data -> {
            ofRequest.addAndGet(data.length());
            if (held.addAndGet(data.length()) > maxBytes) {
                throw new CompletionException(new OverloadedException(
                        "body: bodies under way hold " + maxBytes + " bytes already (expected: come again later)"));
            }
        });
        ctx.updateRequest(counted);
        return delegate.serve(ctx, counted);
    }
}
