package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.file.FileService;

/**
 * The page, from the class path. Browsers ask again each time and get 304 while a file is the same, so that a new
 * version of the server never meets an old module of its page.
 */
public final class PageService {

    private static final String ROOT = "/dev/sonde/ui/";

    /** Nothing is loaded from elsewhere or stands in the page itself, and nothing frames it. */
    private static final String POLICY =
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; " + "frame-ancestors 'none'";

    private PageService() {}

    /** The service for the root: what no other path takes comes here. */
    public static HttpService create() {
        HttpService nothing = (ctx, request) -> {
            throw HttpStatusException.of(HttpStatus.NOT_FOUND);
        };
        HttpService files = files().orElse(nothing);
        return (ctx, request) -> {
            if (isGrpc(request)) {
                // To gRPC clients 404 means UNIMPLEMENTED: a call that this server does not have.
                throw HttpStatusException.of(HttpStatus.NOT_FOUND);
            }
            if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
                throw HttpStatusException.of(HttpStatus.METHOD_NOT_ALLOWED);
            }
            return files.serve(ctx, request);
        };
    }

    private static boolean isGrpc(HttpRequest request) {
        MediaType type = request.contentType();
        return type != null
                && type.type().equals("application")
                && type.subtype().startsWith("grpc");
    }

    private static FileService files() {
        return FileService.builder(PageService.class.getClassLoader(), ROOT)
                .setHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                .setHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .setHeader(HttpHeaderNames.REFERRER_POLICY, "same-origin")
                .cacheControl("no-cache")
                .build();
    }
}
