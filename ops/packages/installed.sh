# Sourced by ops/test-packages and ops/test-fleet, in a mount and process namespace of their own: a folder $root with a minimal Debian and PostgreSQL, in
# which packages are installed and their programs run.
work=$(mktemp -d)
root=$work/root

cleanup() {
    local status=$?
    if [ $status != 0 ]; then tail -n 15 "$work"/*.log 2>/dev/null >&2 || true; fi
    umount -R "$root/proc" "$root/dev" 2>/dev/null || true
    rm -rf "$work"
    exit $status
}
trap cleanup EXIT

step() { echo "$(basename "$0"): $1" >&2; }
fail() { echo "$(basename "$0"): $1" >&2; exit 1; }
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
packages() { inside apt-get -qq --yes --no-install-recommends "$@" >"$work/apt.log" 2>&1 || fail "apt-get $1 failed"; }

# Lays the folder, and PostgreSQL's own in it, whose accounts have passwords.
lay_root() {
    ops/debian-root "$root" postgresql
    mount --rbind --make-rslave /dev "$root/dev"
    mount -t proc proc "$root/proc"
    packages update
    mkdir "$root/packages"
    sed -i 's/^local *all *all .*/local all all scram-sha-256/' "$root/etc/postgresql/15/main/pg_hba.conf"
    # No test waits for the disk.
    printf 'fsync = off\nmax_connections = 80\n' >>"$root/etc/postgresql/15/main/postgresql.conf"
}

# The packages of folder $1 under the lower number 0.0.1, in folder $2: the version before.
make_version_before() {
    local package version
    mkdir "$2"
    for package in "$1"/*.deb; do
        dpkg-deb -R "$package" "$work/repacked"
        version=$(sed -n 's/^Version: //p' "$work/repacked/DEBIAN/control")
        sed -i "s/^Version: .*/Version: 0.0.1/; s/(= $version)/(= 0.0.1)/" "$work/repacked/DEBIAN/control"
        echo '# a comment of the version before' >>"$(find "$work/repacked/etc" -name '*.conf')"
        dpkg-deb --root-owner-group --build -Zgzip -z1 "$work/repacked" "$2/$(basename "$package")" >/dev/null
        rm -rf "$work/repacked"
    done
}

# Installs the packages of folder $1.
install_packages() {
    rm -f "$root"/packages/*
    cp "$1"/*.deb "$root/packages/"
    packages install -o Dpkg::Options::=--force-confold --reinstall $(cd "$root" && printf '/%s ' packages/*.deb)
}

sql() { inside su postgres -s /bin/sh -c "psql -qtAX -d ${2:-postgres}" <<<"$1"; }

# A database as roles.sql makes it, whose accounts have the password `r`.
make_database() {
    inside su postgres -s /bin/sh -c "psql -qX --set=owner=evalctl_admin --set=database=evalctl --file=/usr/share/evalctl/database/roles.sql postgres"
    local account
    for account in evalctl_admin evalctl_worker_login evalctl_coordinator_login; do sql "ALTER ROLE $account PASSWORD 'r'"; done
}

# Credentials as systemd would hand them to a daemon: $1 is its name, $2 its database's address.
credentials() {
    mkdir -p -m 0750 "$root/run/credentials-$1"
    echo "$2" >"$root/run/credentials-$1/evalctl_database"
    inside chown -R evalctl:evalctl "/run/credentials-$1"
}

# daemon NAME [VARIABLE=VALUE…]: starts a daemon with its installed configuration, as the unit does; $! is its process. THROUGH may name a command before it.
daemon() {
    local name=$1; shift
    env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/nonexistent CREDENTIALS_DIRECTORY="/run/credentials-$name" EVALCTL_CONFIG="/etc/evalctl/$name.conf" \
        EVALCTL_CACHE_DIR=/var/cache/evalctl "$@" ${THROUGH:-} chroot --userspec=evalctl:evalctl "$root" "eval-$name" 2>>"$work/$name.log" &
}

# Until run $1 has stored images, all of which are $2.
wait_for_images() {
    local stored
    for _ in $(seq 1200); do
        stored=$(sql "SELECT count(*) FROM predictions WHERE run_id = $1" evalctl)
        [ "$stored" -lt "$2" ] || return 0
        sleep 0.05
    done
    fail "run $1 has stored $stored images, and not $2"
}
