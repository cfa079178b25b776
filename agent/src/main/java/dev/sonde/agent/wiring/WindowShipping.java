package dev.sonde.agent.wiring;

import dev.sonde.agent.aggregate.Clocks;
import dev.sonde.agent.aggregate.Window;
import dev.sonde.agent.aggregate.WindowProfile;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.ship.ProfileBatch;
import dev.sonde.pprof.PprofWriter;
import dev.sonde.pprof.Profile;
import java.util.function.Consumer;

/** Makes the profiles of a closed window and has them shipped, with the symbols of the files that they name. */
final class WindowShipping implements Consumer<Window<ProcessInfo>> {

    private static final String TYPE = "cpu";

    private final WindowProfile profiles;
    private final ProfileBatch batch;
    private final Consumer<ExecutableFile> files;
    private final Clocks clocks;

    WindowShipping(WindowProfile profiles, ProfileBatch batch, Consumer<ExecutableFile> files, Clocks clocks) {
        this.profiles = profiles;
        this.batch = batch;
        this.files = files;
        this.clocks = clocks;
    }

    @Override
    public void accept(Window<ProcessInfo> window) {
        // The last window of an agent ends before its time.
        long end = Math.min(window.endMonotonicNanos(), clocks.monotonicNanos());
        for (int series = 0; series < window.seriesCount(); series++) {
            Profile profile = profiles.ofSeries(window, series, end);
            batch.add(TYPE, window.series(series), PprofWriter.write(profile));
        }
        batch.flush();
        for (int i = 0; i < window.locationCount(); i++) {
            ExecutableFile file = window.location(i).unnamedIn();
            if (file != null) {
                files.accept(file);
            }
        }
    }
}
