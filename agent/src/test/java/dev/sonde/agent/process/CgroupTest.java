package dev.sonde.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class CgroupTest {

    private static final String ID = "0123456789abcdef".repeat(4);
    private static final String POD = "fedcba9876543210".repeat(4);

    private static Cgroup parse(String file) {
        return Cgroup.parse(file.getBytes(StandardCharsets.UTF_8));
    }

    @Example
    void containerIdsOfAllRuntimes() {
        for (String path : new String[] {
            "/docker/" + ID,
            "/system.slice/docker-" + ID + ".scope",
            "/kubepods/burstable/pod00000000-1111-2222-3333-444444444444/" + ID,
            "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + ID + ".scope",
            "/kubepods.slice/kubepods-pod1.slice/crio-" + ID + ".scope",
            "/machine.slice/libpod-" + ID + ".scope/container",
            "/docker/" + POD + "/docker/" + ID + "/init.scope",
            "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" + ID,
        }) {
            assertThat(parse("0::" + path + "\n")).isEqualTo(new Cgroup(path, ID));
        }
    }

    @Example
    void whatIsNoContainer() {
        for (String path : new String[] {
            "/",
            "/system.slice/ssh.service",
            "/x-" + ID + "0",
            "/x-" + ID.substring(1),
            "/x-" + ID.toUpperCase(java.util.Locale.ROOT),
            "/machine.slice/libpod-conmon-" + ID + ".scope",
        }) {
            assertThat(parse("0::" + path + "\n").containerId()).as(path).isEmpty();
        }
    }

    @Example
    void theUnifiedHierarchyElseTheLongestOfVersionOne() {
        assertThat(parse("4:memory:/a/b\n1:name=systemd:/a\n0::/u\n").path()).isEqualTo("/u");
        assertThat(parse("4:memory:/a/b\n1:name=systemd:/a\n0::/\n").path()).isEqualTo("/a/b");
        assertThat(parse("4:memory:/\n0::/\n").path()).isEqualTo("/");
        assertThat(parse("garbage\n::\n").path()).isEmpty();
    }

    @Property
    void anyBytesAreRead(@ForAll byte[] bytes) {
        assertThat(Cgroup.parse(bytes).containerId()).matches("|[0-9a-f]{64}");
    }
}
