package dev.sonde.agent.mapping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tells one state of one file from all others (stat(2)). A file changed in place gets another key.
 *
 * @param device st_dev
 * @param inode st_ino
 * @param modifiedNanos st_mtim, Unix nanoseconds
 * @param sizeBytes st_size
 */
record FileKey(long device, long inode, long modifiedNanos, long sizeBytes) {

    private static final int TYPE_MASK = 0xf000;
    private static final int TYPE_REGULAR = 0x8000;

    /**
     * The key of the file that a path leads to, links followed.
     *
     * @throws IOException when there is none, it may not be read, or it is no regular file (a device or a FIFO could
     *     block whoever opens it)
     */
    static FileKey of(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino,lastModifiedTime,size,mode");
        int mode = (Integer) attributes.get("mode");
        if ((mode & TYPE_MASK) != TYPE_REGULAR) {
            throw new IOException(path + ": mode 0" + Integer.toOctalString(mode) + " (expected: a regular file)");
        }
        return new FileKey(
                (Long) attributes.get("dev"),
                (Long) attributes.get("ino"),
                ((FileTime) attributes.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS),
                (Long) attributes.get("size"));
    }
}
