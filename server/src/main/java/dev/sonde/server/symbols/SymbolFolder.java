package dev.sonde.server.symbols;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Where things lie below one folder: {@code debuginfo/ab/abcd...} whole and checked, {@code names/ab/abcd...}, and
 * {@code incoming/} for what is still arriving, emptied at every start. Only a rename moves a file between them.
 *
 * @param root the folder
 */
record SymbolFolder(Path root) {

    /** Opens the folder; what an earlier process left half-done goes. */
    static SymbolFolder open(Path root) throws IOException {
        SymbolFolder folder = new SymbolFolder(root);
        Files.createDirectories(folder.debuginfo());
        Files.createDirectories(folder.names());
        Files.createDirectories(folder.incoming());
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder.incoming())) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
        return folder;
    }

    Path debuginfo() {
        return root.resolve("debuginfo");
    }

    Path names() {
        return root.resolve("names");
    }

    Path incoming() {
        return root.resolve("incoming");
    }

    /** The place of a build id's debuginfo. The id was checked: it is hexadecimal and nothing else. */
    Path debuginfo(String buildId) {
        return inShard(debuginfo(), buildId);
    }

    /** The place of a build id's names. */
    Path names(String buildId) {
        return inShard(names(), buildId);
    }

    private static Path inShard(Path folder, String buildId) {
        return folder.resolve(buildId.substring(0, 2)).resolve(buildId);
    }

    /** Moves a file so that after a crash either none or all of it is there. */
    static void moveDurably(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        sync(from, StandardOpenOption.WRITE);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(to.getParent(), StandardOpenOption.READ);
        sync(to.getParent().getParent(), StandardOpenOption.READ);
    }

    /** fsync(2), which for a folder makes the names in it durable. */
    private static void sync(Path path, StandardOpenOption mode) throws IOException {
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }
}
