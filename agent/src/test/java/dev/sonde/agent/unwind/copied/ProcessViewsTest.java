package dev.sonde.agent.unwind.copied;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.kernel.code.ProcessCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessViewsTest {

    private final ProcessViews views = new ProcessViews();

    private static ProcessView view(int areas) {
        List<MappedArea> all = new ArrayList<>();
        for (int i = 0; i < areas; i++) {
            all.add(new MappedArea(4096L * i, 4096L * i + 4096, 0, FileId.NONE));
        }
        return new ProcessView(new ProcessCode(5, 0, all), 50);
    }

    @Test
    void processesWithManyAreasPushOthersOut() {
        int large = ProcessViews.MAX_AREAS / 8;
        for (int pid = 1; pid <= 8; pid++) {
            views.put(pid, view(large));
        }
        assertThat(views.get(1)).as("used just now").isNotNull();
        views.put(9, view(1));
        assertThat(views.get(2)).as("the least recently used").isNull();
        assertThat(views.get(1)).isNotNull();
        assertThat(views.get(3)).isNotNull();
        assertThat(views.get(9)).isNotNull();
    }

    @Test
    void theNewestStaysHoweverLarge() {
        views.put(1, view(10));
        views.put(2, view(ProcessViews.MAX_AREAS + 1));
        assertThat(views.get(1)).isNull();
        assertThat(views.get(2)).isNotNull();
    }

    @Test
    void smallOnesAreBoundedByTheirNumber() {
        for (int pid = 0; pid <= ProcessViews.MAX_PROCESSES; pid++) {
            views.put(pid, view(1));
        }
        assertThat(views.get(0)).isNull();
        assertThat(views.get(1)).isNotNull();
    }
}
