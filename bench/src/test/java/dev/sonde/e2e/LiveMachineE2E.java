package dev.sonde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kernel to pixels: the agent samples this machine, ships to a server, and the page shows it. Leaves the pictures
 * {@code target/screenshot.png} and {@code target/screenshot-dark.png}.
 */
class LiveMachineE2E {

    /** Enough for a few windows of ten seconds, so that the time line has bars. */
    private static final int LEAST_BARS = 3;

    private static final int HERTZ = 99;

    private static final int PATIENCE_MILLIS = 90_000;

    @Test
    void whatTheMachineDoesIsShown(@TempDir Path folder) throws Exception {
        AgentProcess.assumeRights();
        Chromium.assumeInstalled();
        try (Chromium chromium = Chromium.start();
                ServerProcess server = ServerProcess.start(folder);
                AgentProcess agent = AgentProcess.start(folder, server, HERTZ)) {
            watch(chromium, server, ColorScheme.LIGHT, "screenshot.png");
            watch(chromium, server, ColorScheme.DARK, "screenshot-dark.png");
        }
    }

    private static void watch(Chromium chromium, ServerProcess server, ColorScheme scheme, String picture)
            throws IOException {
        Browser.NewContextOptions options =
                new Browser.NewContextOptions().setColorScheme(scheme).setDeviceScaleFactor(2);
        try (Visit visit = new Visit(chromium.browser(), server.url(), options).openOnly("?from=-1m&live=1")) {
            visit.page().setDefaultTimeout(PATIENCE_MILLIS);
            visit.awaiting("() => window.sondeView?.flame?.total > 0");
            visit.awaiting(
                    "() => window.sondeView.timeLine.values.filter((value) => value > 0).length >= " + LEAST_BARS);
            visit.awaiting("() => document.querySelector('#content').getAttribute('aria-busy') === 'false'");
            JsonNode drawn = visit.model("flame");
            assertThat(drawn.get("boxes").size()).isGreaterThan(20);
            boolean kernel = false;
            for (JsonNode box : drawn.get("boxes")) {
                kernel |= box.get("kind").asText().equals("kernel");
            }
            assertThat(kernel).as("a frame of the kernel among what is drawn").isTrue();
            visit.page().screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", picture)));
        }
    }
}
