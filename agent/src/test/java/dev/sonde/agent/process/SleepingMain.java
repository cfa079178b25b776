package dev.sonde.agent.process;

/** A Java program that says that it is ready and waits for the end of its input. */
public final class SleepingMain {

    private SleepingMain() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("ready");
        System.in.read();
    }
}
