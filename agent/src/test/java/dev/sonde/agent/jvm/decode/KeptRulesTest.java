package dev.sonde.agent.jvm.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.symbolizer.cfi.UnwindRule;
import org.junit.jupiter.api.Test;

class KeptRulesTest {

    private final KeptRules.Pool pool = new KeptRules.Pool();

    private static StableBlob blob(byte... code) {
        return new StableBlob(BlobKind.BUFFER, "a blob", 4096, code, 0);
    }

    private static UnwindRule rule(int number) {
        return new UnwindRule(number, 7);
    }

    @Test
    void whatIsKeptComesBack() {
        CodeRules rules = new CodeRules();
        rules.known(0, 3, rule(1));
        rules.padding(5);
        rules.unknown(8, 1, UnknownCode.NO_RULE);
        rules.unknown(9, 2, UnknownCode.NOT_REACHED);
        rules.known(StableCode.MAX_BLOB_BYTES - 1, 1, rule(1));
        StableBlob blob = blob((byte) 1, (byte) 2);
        KeptRules kept = KeptRules.of(blob, rules, pool);
        assertThat(kept.areOf(blob((byte) 1, (byte) 2))).isTrue();
        assertThat(kept.areOf(blob((byte) 1, (byte) 3))).isFalse();
        CodeRules back = kept.rules(pool);
        assertThat(back.rows()).isEqualTo(rules.rows());
        for (int i = 0; i < rules.rows(); i++) {
            assertThat(back.offset(i)).isEqualTo(rules.offset(i));
            assertThat(back.rule(i)).isEqualTo(rules.rule(i));
        }
        assertThat(back.bytes()).isEqualTo(rules.bytes());
    }

    @Test
    void aPoolThatIsFullTakesNoOtherRules() {
        int number = 0;
        while (!pool.isFull()) {
            assertThat(KeptRules.of(blob((byte) 1), CodeRules.whole(rule(number++), 1), pool))
                    .isNotNull();
        }
        assertThat(number).isEqualTo(4096);
        assertThat(KeptRules.of(blob((byte) 1), CodeRules.whole(rule(number), 1), pool))
                .isNull();
        assertThat(KeptRules.of(blob((byte) 1), CodeRules.whole(rule(7), 1), pool))
                .isNotNull();
    }
}
