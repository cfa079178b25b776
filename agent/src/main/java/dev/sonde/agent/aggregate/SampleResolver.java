package dev.sonde.agent.aggregate;

import dev.sonde.model.Labels;

/**
 * What a window asks about a sample whose stack it has not seen before.
 *
 * @param <P> a process as the resolver knows it; two are the same when they are equal
 */
public interface SampleResolver<P> {

    /** The series that the process's samples belong to. */
    Labels series(P process);

    /** The process's own program, null where it has none or it is not known. */
    CodeMapping program(P process);

    /** The labels of a sample: what its thread is called and what its role is in its process. */
    SampleLabels labels(P process, RawSample sample);

    /** The location of an address of the kernel. */
    CodeLocation kernel(long address);

    /** The location of an address of a process. */
    CodeLocation user(P process, long address);
}
