package dev.sonde.agent.kernel.ffi;

import java.lang.foreign.MemorySegment;

/**
 * libbpf, as far as it is used. Objects, programs, maps and links are addresses in C's memory; a negative result is the
 * negated errno.
 *
 * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">libbpf API</a>
 */
public interface LibBpf {
    /**
     * The library's version, for example {@code v1.1}.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">libbpf_version_string</a>
     */
    String version();

    /**
     * What libbpf has said since the last call: with a failed load the verifier's log. Bounded.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">libbpf_set_print</a>
     */
    String takeLog();

    /**
     * Parses an ELF object.
     *
     * @return the object's address
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_object__open_mem</a>
     */
    long openObject(byte[] elf);

    /**
     * Creates the maps, relocates and loads the programs.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_object__load</a>
     */
    int loadObject(long object);

    /**
     * Frees an object with its maps and programs.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_object__close</a>
     */
    void closeObject(long object);

    /**
     * The program's address.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_object__find_program_by_name</a>
     */
    long findProgram(long object, String name);

    /**
     * The file descriptor of a loaded program.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_program__fd</a>
     */
    int programFd(long program);

    /**
     * Whether loading the object loads this program.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_program__set_autoload</a>
     */
    int setAutoload(long program, boolean load);

    /**
     * Attaches a program to what its section names.
     *
     * @return the link's address
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_program__attach</a>
     */
    long attach(long program);

    /**
     * Attaches an iterator over tasks.
     *
     * @param tid the only thread to visit, or 0 for all; Linux 6.1
     * @return the link's address
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_program__attach_iter</a>
     */
    long attachIterator(long program, int tid);

    /**
     * Detaches.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_link__destroy</a>
     */
    int destroyLink(long link);

    /**
     * The map's address.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_object__find_map_by_name</a>
     */
    long findMap(long object, String name);

    /**
     * The file descriptor of a created map.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_map__fd</a>
     */
    int mapFd(long map);

    /**
     * Sets the size of a map that is not created yet: entries, or bytes for a ring buffer.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_map__set_max_entries</a>
     */
    int setMaxEntries(long map, int entries);

    /**
     * Sets the content of a data section's map that is not created yet.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_map__set_initial_value</a>
     */
    int setInitialValue(long map, MemorySegment value);

    /**
     * Reads a value; of a per-CPU map, one after the other for all possible CPUs.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_map_lookup_elem</a>
     */
    int lookup(int mapFd, MemorySegment key, MemorySegment value);

    /**
     * Writes a value, whether the key is there or not.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_map_update_elem</a>
     */
    int update(int mapFd, MemorySegment key, MemorySegment value);

    /**
     * Removes a key.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_map_delete_elem</a>
     */
    int delete(int mapFd, MemorySegment key);

    /**
     * Creates a map whose keys are 4 bytes, outside of any object.
     *
     * @param type BPF_MAP_TYPE_* (include/uapi/linux/bpf.h)
     * @param flags BPF_F_*
     * @return its file descriptor
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_map_create</a>
     */
    int createMap(int type, String name, int valueBytes, int entries, int flags);

    /**
     * Opens what an attached iterator program writes.
     *
     * @return a file descriptor to read from
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">bpf_iter_create</a>
     */
    int openIterator(long link);

    /**
     * How many CPUs this machine can have: the number of values in a per-CPU map.
     *
     * @see <a href="https://libbpf.readthedocs.io/en/latest/api.html">libbpf_num_possible_cpus</a>
     */
    int possibleCpus();
}
