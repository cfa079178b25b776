# A database and its load, as a user without rights (it refuses root).
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
data=$(mktemp -d -p /tmp)
chown nobody "$data"
cd "$data" || exit 1
as_nobody() { setpriv --reuid=nobody --clear-groups "$@"; }
stop() { # its shared memory would stay after SIGKILL
    as_nobody "$bin/pg_ctl" -D "$data/db" -m immediate stop
    cd / && rm -rf "$data"
    exit
}
trap stop TERM
as_nobody "$bin/initdb" -D "$data/db" -A trust -U nobody
as_nobody "$bin/postgres" -D "$data/db" -k "$data" -c listen_addresses= -c dynamic_shared_memory_type=mmap -c fsync=off &
until as_nobody "$bin/pg_isready" -h "$data"; do sleep 0.1; done
as_nobody "$bin/pgbench" -h "$data" -U nobody -i -s 5 postgres
as_nobody "$bin/pgbench" -h "$data" -U nobody -c 2 -T 600 -S postgres &
wait
