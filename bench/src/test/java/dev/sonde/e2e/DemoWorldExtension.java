package dev.sonde.e2e;

import dev.sonde.bench.harness.ScratchFolder;
import java.io.IOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands tests one {@link DemoWorld}, started for the first that asks and stopped after the last of all classes. */
final class DemoWorldExtension implements BeforeAllCallback, ParameterResolver {

    @Override
    public void beforeAll(ExtensionContext context) {
        Chromium.assumeInstalled();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == DemoWorld.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(DemoWorldExtension.class))
                .computeIfAbsent(DemoWorld.class, key -> Held.start(), Held.class)
                .world;
    }

    /** The world with its folder; JUnit closes it with its store. */
    private static final class Held implements AutoCloseable {

        private final ScratchFolder folder;
        private final DemoWorld world;

        private Held(ScratchFolder folder, DemoWorld world) {
            this.folder = folder;
            this.world = world;
        }

        static Held start() {
            try {
                ScratchFolder folder = new ScratchFolder();
                return new Held(folder, DemoWorld.start(folder.path()));
            } catch (IOException e) {
                throw new IllegalStateException("the server or the browser did not start", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while starting", e);
            }
        }

        @Override
        public void close() throws IOException, InterruptedException {
            world.stop();
            folder.close();
        }
    }
}
