package dev.sonde.server.symbols;

import dev.sonde.model.BuildId;
import dev.sonde.server.symbols.SymbolException.Kind;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.SymbolTable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes debuginfo in. A file counts once it was read as ELF, its own build id, where it has one, is the one claimed,
 * and its symbol tables are sound: what is not leaves no trace but a counter.
 */
final class DebuginfoStore {

    private final DebuginfoFiles files;
    private final Uploads uploads;
    private final Consumer<String> added;
    private final Clock clock;

    /**
     * A store.
     *
     * @param added told each build id that has debuginfo from now on
     */
    DebuginfoStore(DebuginfoFiles files, Uploads uploads, Consumer<String> added, Clock clock) {
        this.files = files;
        this.uploads = uploads;
        this.added = added;
        this.clock = clock;
    }

    /** Whether the debuginfo of a build id is wanted; with force also where some is here. */
    Uploads.Decision decide(String buildId, boolean force) throws SymbolException {
        checkBuildId(buildId);
        return uploads.decide(buildId, force);
    }

    /** Announces an upload and returns its id; with force it may replace what is here. */
    String announce(String buildId, BuildId.Type type, long sizeBytes, boolean force) throws SymbolException {
        checkBuildId(buildId);
        return uploads.announce(buildId, type, sizeBytes, force).id();
    }

    /** Begins to receive; empty when the file is here already, so that a repeated call does no harm. */
    Optional<Upload> begin(String uploadId, String buildId) throws SymbolException {
        checkBuildId(buildId);
        if (files.contains(buildId) && !uploads.isForced(uploadId, buildId)) {
            return Optional.empty();
        }
        Upload upload = uploads.get(uploadId, buildId);
        try {
            upload.begin(now());
        } catch (IOException e) {
            throw storage(e);
        }
        return Optional.of(upload);
    }

    Instant now() {
        return clock.instant();
    }

    /** Checks what came and takes it in, unless what is here has as many symbols. */
    void finish(String uploadId, String buildId) throws SymbolException {
        checkBuildId(buildId);
        if (files.contains(buildId) && !uploads.isForced(uploadId, buildId)) {
            return;
        }
        Upload upload = uploads.get(uploadId, buildId);
        upload.beginFinish();
        boolean usable = false;
        boolean better;
        try {
            int symbols = check(upload);
            better = symbols > symbolsHere(buildId);
            if (better) {
                files.add(buildId, upload.path());
            }
            usable = true;
        } catch (IOException e) {
            throw storage(e);
        } finally {
            close(upload, usable);
        }
        if (better) {
            added.accept(buildId);
        }
    }

    /** How many symbols the debuginfo of a build id has; -1 where there is none that can be read. */
    private int symbolsHere(String buildId) throws IOException {
        Optional<Path> here = files.use(buildId);
        if (here.isEmpty()) {
            return -1;
        }
        try (ElfFile file = ElfFile.open(here.get())) {
            return SymbolTable.read(file).size();
        } catch (ElfException | NoSuchFileException e) {
            // The disk lost it: any sound file is better.
            return -1;
        }
    }

    private void close(Upload upload, boolean usable) throws SymbolException {
        try {
            uploads.close(upload, usable);
        } catch (IOException e) {
            throw storage(e);
        }
    }

    /** How many symbols a sound upload has. */
    private static int check(Upload upload) throws SymbolException, IOException {
        try (ElfFile file = ElfFile.open(upload.path())) {
            Optional<BuildId> own = file.gnuBuildId();
            if (upload.type() == BuildId.Type.GNU
                    && own.isPresent()
                    && !own.get().hex().equals(upload.buildId())) {
                throw new SymbolException(
                        Kind.INVALID,
                        "build_id_mismatch",
                        "build_id: " + upload.buildId() + " (expected: "
                                + own.get().hex() + ", the file's own)");
            }
            return SymbolTable.read(file).size();
        } catch (ElfException e) {
            throw new SymbolException(
                    Kind.INVALID,
                    "elf_" + e.reason().name().toLowerCase(Locale.ROOT),
                    "debuginfo of " + upload.buildId() + ": " + e.getMessage(),
                    e);
        }
    }

    /** A build id becomes a file's name: nothing else may. */
    private static void checkBuildId(String buildId) throws SymbolException {
        if (!BuildId.isValid(buildId)) {
            String shown = buildId.length() <= 200 ? buildId : buildId.substring(0, 200) + "...";
            throw new SymbolException(
                    Kind.INVALID,
                    "build_id",
                    "build_id: '" + shown + "' (expected: 2 to " + BuildId.MAX_HEX_LENGTH
                            + " lower-case hexadecimal digits, an even number)");
        }
    }

    /** The refusal that a failure of the disk is. */
    static SymbolException storage(IOException e) {
        return new SymbolException(Kind.STORAGE, "symbol_storage", "debuginfo: " + e, e);
    }

    /** The file of a build id, if it is here. */
    Optional<Path> use(String buildId) {
        return files.use(buildId);
    }
}
