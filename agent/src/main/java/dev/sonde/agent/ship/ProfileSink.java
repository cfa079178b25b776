package dev.sonde.agent.ship;

import dev.sonde.wire.profilestore.WriteRawRequest;
import java.time.Duration;

/** Where profiles are written to. */
interface ProfileSink {

    /**
     * Returns when the server has acknowledged all profiles of the request.
     *
     * @throws io.grpc.StatusRuntimeException when it has not, or not within the deadline
     */
    void write(WriteRawRequest request, Duration deadline);
}
