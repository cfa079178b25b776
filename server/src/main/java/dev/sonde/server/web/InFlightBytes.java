package dev.sonde.server.web;

import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import dev.sonde.server.ingest.OverloadedException;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Bounds the bytes of all bodies that are held while requests are under way. A body that would go over is refused with
 * 429 or RESOURCE_EXHAUSTED while it arrives.
 */
public final class InFlightBytes {

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

    /** The service, with its bodies counted. */
    public HttpService around(HttpService service) {
        return new Counted(service);
    }

    private final class Counted extends SimpleDecoratingHttpService {
        Counted(HttpService service) {
            super(service);
        }

        /** Otherwise Armeria gathers the bodies of unary calls before anything of ours is asked. */
        @Override
        public ExchangeType exchangeType(RoutingContext routing) {
            return ExchangeType.BIDI_STREAMING;
        }

        @Override
        public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) throws Exception {
            AtomicLong ofRequest = new AtomicLong();
            var _ = ctx.log().whenComplete().thenAccept(log -> held.addAndGet(-ofRequest.getAndSet(0)));
            // A publisher of our own: Armeria's peekData waits for the last byte where the body is gathered.
            Publisher<HttpObject> counted = subscriber -> request.subscribe(new Counter(subscriber, ofRequest));
            HttpRequest wrapped = HttpRequest.of(request.headers(), counted);
            ctx.updateRequest(wrapped);
            return unwrap().serve(ctx, wrapped);
        }
    }

    /** Counts what passes by. */
    private final class Counter implements Subscriber<HttpObject> {

        private final Subscriber<? super HttpObject> downstream;
        private final AtomicLong ofRequest;
        private Subscription subscription;
        private boolean refused;

        Counter(Subscriber<? super HttpObject> downstream, AtomicLong ofRequest) {
            this.downstream = downstream;
            this.ofRequest = ofRequest;
        }

        @Override
        public void onSubscribe(Subscription upstream) {
            subscription = upstream;
            downstream.onSubscribe(upstream);
        }

        @Override
        public void onNext(HttpObject object) {
            if (refused) {
                return;
            }
            if (object instanceof HttpData data) {
                ofRequest.addAndGet(data.length());
                if (held.addAndGet(data.length()) > maxBytes) {
                    refused = true;
                    data.close();
                    subscription.cancel();
                    downstream.onError(new OverloadedException(
                            "body: bodies under way hold " + maxBytes + " bytes already (expected: come again later)"));
                    return;
                }
            }
            downstream.onNext(object);
        }

        @Override
        public void onError(Throwable failure) {
            if (!refused) {
                downstream.onError(failure);
            }
        }

        @Override
        public void onComplete() {
            if (!refused) {
                downstream.onComplete();
            }
        }
    }
}
