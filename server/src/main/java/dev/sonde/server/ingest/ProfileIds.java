package dev.sonde.server.ingest;

import dev.sonde.server.store.NewProfile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/** Ids of profiles: the first 16 bytes of a SHA-256 over the sorted labels, each with its length, and the raw bytes. */
final class ProfileIds {

    private ProfileIds() {}

    static NewProfile.Id of(Map<String, String> sortedLabels, byte[] pprof) {
        MessageDigest digest = sha256();
        sortedLabels.forEach((name, value) -> {
            update(digest, name);
            update(digest, value);
        });
        // A length that no label has ends them: without it, the bytes could pass for one more label.
        digest.update(new byte[] {-1, -1, -1, -1});
        ByteBuffer hash = ByteBuffer.wrap(digest.digest(pprof));
        return new NewProfile.Id(hash.getLong(), hash.getLong());
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256, which every JDK has, is missing", e);
        }
    }
}
