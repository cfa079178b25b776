package load;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Streams and lambdas: own code called by the library's. */
final class Streams implements Work {

    @Override
    public long run(int turn) {
        List<String> words = IntStream.range(0, 60)
                .filter(i -> (i + turn) % 3 != 0)
                .mapToObj(Streams::word)
                .sorted()
                .collect(Collectors.toList());
        return words.stream().mapToLong(Streams::weight).sum();
    }

    static String word(int i) {
        return "word" + (i * 7919 % 101);
    }

    static long weight(String word) {
        return word.length() * 31L + word.charAt(word.length() - 1);
    }
}
