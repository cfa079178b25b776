package load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps collectors busy: much dies young, some lives on. */
final class Garbage implements Work {

    private static final int KEPT = 20_000;

    private final Map<Integer, List<byte[]>> kept = new HashMap<>();

    @Override
    public synchronized long run(int turn) {
        long sum = 0;
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[100 + (i & 15) * 20];
            sum += keep(turn * 31 + i, bytes);
        }
        return sum;
    }

    private long keep(int number, byte[] bytes) {
        List<byte[]> list = kept.computeIfAbsent(Math.floorMod(number, KEPT), key -> new ArrayList<>());
        if (list.size() >= 4) {
            list.clear();
        }
        list.add(bytes);
        return list.size();
    }
}
