package dev.sonde.server.store;

import java.util.Map;

/**
 * What a store did since it was opened, for metrics.
 *
 * @param profilesStored profiles kept
 * @param profilesKnown profiles left out because they were there already
 * @param samplesStored samples kept, after equal stacks with equal labels of a profile were added up
 * @param numberLabelsDropped number labels of samples, which are not kept
 * @param commits transactions written
 * @param refused appends refused, by the word of the {@link StoreException.Reason}
 * @param brokenDays days whose files were found broken and moved aside
 * @param diskBytes bytes on disk now
 */
public record StoreStatistics(
        long profilesStored,
        long profilesKnown,
        long samplesStored,
        long numberLabelsDropped,
        long commits,
        Map<String, Long> refused,
        long brokenDays,
        long diskBytes) {
    public StoreStatistics {
        refused = Map.copyOf(refused);
    }
}
