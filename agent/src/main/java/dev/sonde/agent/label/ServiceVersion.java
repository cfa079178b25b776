package dev.sonde.agent.label;

/**
 * Who a process is, as far as one source says.
 *
 * @param service its service; empty when the source does not say
 * @param version its version; empty when the source does not say
 */
record ServiceVersion(String service, String version) {

    static final ServiceVersion UNKNOWN = new ServiceVersion("", "");

    /** This, with what is missing taken from a source that counts less. */
    ServiceVersion orElse(ServiceVersion other) {
        return new ServiceVersion(
                service.isEmpty() ? other.service : service, version.isEmpty() ? other.version : version);
    }

    boolean isComplete() {
        return !service.isEmpty() && !version.isEmpty();
    }
}
