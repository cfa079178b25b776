package dev.sonde.server.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import dev.sonde.server.query.AnswerTooLargeException;
import java.io.IOException;

/** Answers that went well. None may be cached: the same question has another answer ten seconds later. */
public final class Answers {

    private static final JsonMapper JSON = new JsonMapper();

    private Answers() {}

    /** Anything that Jackson writes. */
    static HttpResponse json(Object value) {
        try {
            return of(MediaType.JSON, JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("writing JSON to memory", e);
        }
    }

    /**
     * Anything that Jackson writes, up to the bound of the buffer.
     *
     * @throws AnswerTooLargeException when it is larger: a list is refused, never cut without a word
     */
    static HttpResponse json(Object value, AnswerBuffer buffer) throws IOException {
        JSON.writeValue(buffer, value);
        return of(MediaType.JSON, buffer.toByteArray());
    }

    /** Bytes as they are. */
    public static HttpResponse of(MediaType type, byte[] body) {
        ResponseHeaders headers = ResponseHeaders.builder(HttpStatus.OK)
                .contentType(type)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .build();
        return HttpResponse.of(headers, HttpData.wrap(body));
    }
}
