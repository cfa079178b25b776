package load;

/** Some microseconds of one kind of work. */
interface Work {
    long run(int turn);
}
