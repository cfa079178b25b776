package dev.sonde.server.store.dictionary;

import dev.sonde.server.store.NewProfile;

/**
 * One profile as the database has it. Samples are in the order of (stack, label set), each pair once.
 *
 * @param stack leaf node of each sample
 * @param labelSet label set of each sample; empty when no sample has labels
 * @param values one array for each sample type of the shape
 */
public record EncodedProfile(
        NewProfile.Id id,
        int series,
        int shape,
        long timeNanos,
        long durationNanos,
        long period,
        int[] stack,
        int[] labelSet,
        long[][] values) {}
