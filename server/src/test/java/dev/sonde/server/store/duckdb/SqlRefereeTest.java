package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.SECOND;
import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.TestProfiles;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DuckDB's own SQL over the rows is the referee of what Java adds up. */
class SqlRefereeTest {

    @TempDir
    private Path folder;

    @Test
    void sqlAddsUpToTheSame() throws Exception {
        Random random = new Random(7);
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            for (int i = 0; i < 40; i++) {
                TestProfiles profile = TestProfiles.cpu();
                for (int s = 0; s < 50; s++) {
                    profile.sample(
                            "main;f" + random.nextInt(9) + ";g" + random.nextInt(9),
                            1 + random.nextInt(100),
                            "thread",
                            "t" + random.nextInt(3));
                }
                store.append(List.of(profile.at(DAY + i * 10L * SECOND, "cpu", "service", "s" + i % 4)));
            }
            StackTree all = store.merge(query("cpu.samples"));
            StackTree some = store.merge(query("cpu{service=\"s1\",thread=\"t2\"}"));
            store.close();

            assertThat(selfByLeaf(all))
                    .isEqualTo(sql("SELECT f.name, sum(v) FROM (SELECT unnest(stack) s, unnest(value_0) v FROM profile)"
                            + " JOIN stack ON stack.id = s JOIN line l ON l.location = stack.location"
                            + " JOIN function f ON f.id = l.function GROUP BY f.name"));
            assertThat(selfByLeaf(some))
                    .isEqualTo(sql("SELECT f.name, sum(v) FROM (SELECT series, unnest(stack) s, unnest(label_set) ls,"
                            + " unnest(value_1) v FROM profile) p"
                            + " JOIN series_label sl ON sl.series = p.series AND sl.name = 'service' AND sl.value = 's1'"
                            + " JOIN label_set ON label_set.id = ls AND label_set.name = 'thread'"
                            + " AND label_set.value = 't2'"
                            + " JOIN stack ON stack.id = s JOIN line l ON l.location = stack.location"
                            + " JOIN function f ON f.id = l.function GROUP BY f.name"));
        }
    }

    private static Map<String, Long> selfByLeaf(StackTree tree) {
        Map<String, Long> self = new TreeMap<>();
        for (int i = 0; i < tree.size(); i++) {
            if (tree.self()[i] > 0) {
                self.merge(
                        tree.locations()
                                .get(tree.location()[i])
                                .lines()
                                .getFirst()
                                .name(),
                        tree.self()[i],
                        Long::sum);
            }
        }
        return self;
    }

    private Map<String, Long> sql(String sql) throws SQLException {
        Map<String, Long> rows = new TreeMap<>();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("days/2026-11-21.duckdb"));
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.put(result.getString(1), result.getLong(2));
            }
        }
        return rows;
    }
}
