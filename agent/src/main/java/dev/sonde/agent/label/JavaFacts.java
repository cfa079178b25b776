package dev.sonde.agent.label;

/**
 * What a JVM tells of itself and its application. Empty texts where it does not.
 *
 * @param jvmVersion of the virtual machine: {@code 25.0.3+9-LTS}
 * @param jvmVendor who built it: {@code Eclipse Adoptium}
 * @param gc the garbage collector by the name of its flag: {@code G1}, {@code Parallel}, {@code Serial}, {@code ZGC},
 *     {@code Shenandoah}, {@code Epsilon}
 * @param mainClass the class whose main method runs
 * @param jar the file that {@code java -jar} runs, without its folder
 * @param version of the application, by its jar
 */
public record JavaFacts(String jvmVersion, String jvmVendor, String gc, String mainClass, String jar, String version) {

    /** A JVM that has told nothing. */
    public static final JavaFacts UNKNOWN = new JavaFacts("", "", "", "", "", "");

    /** What to call the application: by its jar, else by its main class; empty where neither is known. */
    String application() {
        return jar.isEmpty() ? mainClass : JarName.of(jar).artifact();
    }
}
