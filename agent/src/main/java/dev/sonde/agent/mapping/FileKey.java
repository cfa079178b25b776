package dev.sonde.agent.mapping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * Tells one state of one file from all others (stat(2)). A file changed in place gets another key.
 *
 * @param file st_dev and st_ino
 * @param modifiedNanos st_mtim, Unix nanoseconds
 * @param sizeBytes st_size
 */
record FileKey(Object file, long modifiedNanos, long sizeBytes) {

    /**
     * The key of the file that a path leads to, links followed.
     *
     * @throws IOException when there is none, it may not be read, or it is no regular file (a device or a FIFO could
     *     block whoever opens it)
     */
    static FileKey of(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new IOException(path + ": no regular file (expected: one)");
        }
        return new FileKey(
                attributes.fileKey(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size());
    }
}
