package dev.sonde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One visit to the page, in a browser context of its own. Closing it fails the test where the page asked anything of
 * another origin, logged an error or threw.
 */
final class Visit implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Far above what any answer takes; what is waited for longer never comes. */
    private static final int PATIENCE_MILLIS = 15_000;

    private final BrowserContext context;
    private final Page page;
    private final String origin;
    private final List<String> faults = new ArrayList<>();

    /** What Chromium logs of an answer above 399, which a test of refusals wants. */
    private boolean refusalsExpected;

    Visit(Browser browser, String origin, Browser.NewContextOptions options) {
        this.origin = origin;
        // Of this machine's zone and language nothing may depend.
        context = browser.newContext(
                options.setTimezoneId("Europe/Berlin").setLocale("de-DE").setViewportSize(1400, 900));
        context.route("**/*", this::keepToOrigin);
        page = context.newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.onPageError(error -> faults.add("thrown: " + error));
        page.onConsoleMessage(message -> {
            boolean refusal = refusalsExpected && message.text().startsWith("Failed to load resource");
            if (message.type().equals("error") && !refusal) {
                faults.add("console: " + message.text());
            }
        });
    }

    private void keepToOrigin(Route route) {
        if (route.request().url().startsWith(origin + "/")) {
            route.resume();
        } else {
            faults.add("request to another origin: " + route.request().url());
            route.abort();
        }
    }

    Visit expectingRefusals() {
        refusalsExpected = true;
        return this;
    }

    /** Opens the page with this query string and waits for the time line and a flame graph with samples. */
    Visit open(String queryString) {
        page.navigate(origin + "/" + queryString);
        return awaiting("() => window.sondeView?.flame?.total > 0 && window.sondeView.timeLine !== null");
    }

    /** Opens the page without waiting for samples. */
    Visit openOnly(String queryString) {
        page.navigate(origin + "/" + queryString);
        return this;
    }

    /** Waits until a JavaScript function answers true. */
    Visit awaiting(String condition) {
        page.waitForFunction(condition);
        return this;
    }

    /** Waits until the frame of a name spans the width. */
    Visit awaitingZoom(String name) {
        page.waitForFunction("name => window.sondeView.flame.zoom === name", name);
        return this;
    }

    Page page() {
        return page;
    }

    /** What the page says it draws: a part of {@code window.sondeView}. */
    JsonNode model(String part) throws JsonProcessingException {
        return JSON.readTree((String) page.evaluate("part => JSON.stringify(window.sondeView[part])", part));
    }

    /** The widest box of a name. */
    JsonNode box(String name) throws JsonProcessingException {
        JsonNode widest = null;
        for (JsonNode box : model("flame").get("boxes")) {
            boolean wider = widest == null
                    || box.get("width").asDouble() > widest.get("width").asDouble();
            if (box.get("name").asText().equals(name) && wider) {
                widest = box;
            }
        }
        assertThat(widest).as("a box of %s", name).isNotNull();
        return widest;
    }

    /** Clicks a box in its middle. */
    Visit click(JsonNode box) {
        page.mouse().click(middleX(box), middleY(box));
        return this;
    }

    static double middleX(JsonNode box) {
        return box.get("x").asDouble() + box.get("width").asDouble() / 2;
    }

    static double middleY(JsonNode box) {
        return box.get("y").asDouble() + box.get("height").asDouble() / 2;
    }

    /** The colour on the screen at a point of the page, as {@code rgb(r, g, b)}, read from the canvas. */
    String pixel(double x, double y) {
        return (String) page.evaluate("""
                ({x, y}) => {
                  const canvas = document.querySelector('.flame-canvas');
                  const place = canvas.getBoundingClientRect();
                  const scale = canvas.width / place.width;
                  const [red, green, blue] = canvas.getContext('2d')
                      .getImageData(Math.round((x - place.left) * scale), Math.round((y - place.top) * scale), 1, 1).data;
                  return `rgb(${red}, ${green}, ${blue})`;
                }
                """, Map.of("x", x, "y", y));
    }

    @Override
    public void close() {
        context.close();
        assertThat(faults).as("what went wrong in the browser").isEmpty();
    }
}
