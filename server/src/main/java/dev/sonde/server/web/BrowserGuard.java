package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sonde.server.web.refusal.BadRequestException;
import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Set;

/**
 * Keeps web pages of others from using a reader's browser as a way in, for nothing authenticates:
 *
 * <ul>
 *   <li>A request that writes and has an Origin other than this server is refused.
 *   <li>A server on loopback answers only to {@code localhost}, to IP addresses and to names it was told: a page whose
 *       own host name was re-pointed at 127.0.0.1 (DNS rebinding) still sends that name as Host.
 * </ul>
 */
public final class BrowserGuard implements DecoratingHttpServiceFunction {

    private final boolean anyHost;
    private final Set<String> hosts;

    /**
     * A guard.
     *
     * @param anyHost whether every Host is served, as on an address that others reach by names of their own
     * @param hosts further names that are served, in lower case
     */
    public BrowserGuard(boolean anyHost, Set<String> hosts) {
        this.anyHost = anyHost;
        this.hosts = Set.copyOf(hosts);
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        RequestHeaders headers = request.headers();
        String authority =
                headers.authority() == null ? "" : headers.authority().toLowerCase(Locale.ROOT);
        if (!anyHost && !isServed(host(authority))) {
            throw new BadRequestException(
                    BadRequestException.Reason.HOST,
                    "host: '" + Parameters.quoted(authority)
                            + "' (expected: localhost, an IP address, or a name given by --allow-host)");
        }
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null && writes(headers.method()) && !isSame(origin, authority)) {
            throw new BadRequestException(
                    BadRequestException.Reason.ORIGIN,
                    "origin: '" + Parameters.quoted(origin) + "' (expected: none, or this server's own)");
        }
        return delegate.serve(ctx, request);
    }

    private static boolean writes(HttpMethod method) {
        return method != HttpMethod.GET && method != HttpMethod.HEAD && method != HttpMethod.OPTIONS;
    }

    private static boolean isSame(String origin, String authority) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return lower.equals("http://" + authority) || lower.equals("https://" + authority);
    }

    private boolean isServed(String host) {
        return host.equals("localhost")
                || NetUtil.isValidIpV4Address(host)
                || NetUtil.isValidIpV6Address(host)
                || hosts.contains(host);
    }

    /** The host of {@code host:port}; without the brackets of IPv6. */
    private static String host(String authority) {
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            boolean whole = end > 0 && (end + 1 == authority.length() || authority.charAt(end + 1) == ':');
            return whole ? authority.substring(1, end) : authority;
        }
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }
}
