# What the machine must have, found or installed; sourced by ./sonde. POSIX sh.
# Uses say, die and $jdk_version of the launcher; sets JAVA_HOME.

is_jdk() { # DIR: is it a JDK, new enough?
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    [ "${version:-0}" -ge "$jdk_version" ]
}

find_jdk() {
    on_path=$(command -v javac || true)
    [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for dir in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /usr/local/lib/jvm/* /opt/java/* /opt/jdk* \
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
        if [ -n "$dir" ] && is_jdk "$dir"; then
            JAVA_HOME=$dir
            export JAVA_HOME
            return 0
        fi
    done
    return 1
}

require_jdk() {
    find_jdk && return
    package=openjdk-$jdk_version-jdk-headless
    # A fresh machine knows no packages before its first update.
    [ "$(id -u)" != 0 ] || apt-get -qq update >/dev/null 2>&1 || true
    if command -v apt-cache >/dev/null && [ -n "$(apt-cache policy "$package" 2>/dev/null | grep 'Candidate: [0-9]')" ]; then
        install_packages "$package"
        find_jdk && return
    fi
    die "no JDK $jdk_version or newer in JAVA_HOME, on the PATH or in the usual places.
       Install one (this distribution has no $package; Eclipse Temurin has packages for it: https://adoptium.net)
       and set JAVA_HOME to its folder."
}

install_packages() { # PACKAGE...
    command -v apt-get >/dev/null || die "missing: $* (Debian's names). Install them with this system's packages."
    [ "$(id -u)" = 0 ] || die "missing: $*. Run: sudo apt-get update && sudo apt-get install -y $*"
    say "installing $*"
    log=$(mktemp)
    if ! { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"; } \
        >"$log" 2>&1; then
        tail -5 "$log" >&2
        die "apt-get could not install $* (everything it said: $log)"
    fi
    rm -f "$log"
}

has_library() { # NAME: is a shared library of this name known to the loader?
    ldconfig=$(command -v ldconfig || echo /sbin/ldconfig)
    "$ldconfig" -p 2>/dev/null | grep -q "$1"
}

require() { # run|build|test: the packages of what is missing for it, installed together
    missing=''
    tool() { command -v "$1" >/dev/null || missing="$missing $2"; }
    file() { [ -e "$1" ] || missing="$missing $2"; }
    if [ "$1" != build ]; then has_library libbpf.so.1 || missing=' libbpf1'; fi
    if [ "$1" != run ]; then
        tool mvn maven && tool clang clang && tool llvm-strip llvm
        file /usr/include/bpf/bpf_helpers.h libbpf-dev && file /usr/include/linux/bpf.h linux-libc-dev
    fi
    if [ "$1" = test ]; then
        tool cc gcc && tool c++ g++ && tool readelf binutils && tool clang-format clang-format
        # What clang's sanitizers link, which clang's package only recommends.
        file "$(clang -print-resource-dir 2>/dev/null)/lib/linux/libclang_rt.asan-$(uname -m).a" libclang-rt-dev
        tool perf linux-perf && tool chromium chromium && tool go golang-go && tool node nodejs
    fi
    # shellcheck disable=SC2086 # a list of words
    [ -z "$missing" ] || install_packages $missing
}
