#!/bin/bash
# A throw-away S3 server for tests: Ceph RADOS Gateway on 127.0.0.1, from the distribution's
# packages, unpacked into a folder and not installed. One monitor, one disk daemon, one gateway.
#
#   rgw.sh fetch <root>                download and unpack the packages (66 MB, 260 MB unpacked)
#   rgw.sh up    <root> <data> <port>  start; an empty <data> is initialised (about 9 s)
#   rgw.sh down  <data>                stop the daemons that `up` started, by their pids
#
# `up` prints `ready` when the gateway answers. Access key "testkey", secret key "testsecret".
# With WATCH_PID set, the daemons are stopped when that process is gone.
set -euo pipefail

command=${1:?fetch, up or down}

package_names() {
  apt-get install -s --no-install-recommends radosgw ceph-mon ceph-osd 2>/dev/null | awk '/^Inst/{print $2}'
}

fetch() {
  local root=$1 fresh
  [ -e "$root/complete" ] && return
  fresh=$(mktemp -d "$root.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$fresh'" EXIT
  mkdir "$fresh/debs"
  # apt drops to the user _apt for downloads when it runs as root.
  chmod 755 "$fresh" && chmod 777 "$fresh/debs"
  local names
  # A machine that has never asked for the lists of packages knows none.
  names=$(package_names) || { apt-get update -qq >/dev/null && names=$(package_names); }
  (cd "$fresh/debs" && apt-get download -qq $names >/dev/null)
  for deb in "$fresh"/debs/*.deb; do dpkg-deb -x "$deb" "$fresh"; done
  rm -rf "$fresh/debs"
  touch "$fresh/complete"
  # Two runs may fetch at once: whoever comes second throws its copy away.
  mv -T "$fresh" "$root" 2>/dev/null || [ -e "$root/complete" ]
}

pids() {
  local name
  for name in rgw osd mon; do [ -f "$1/run/$name.started" ] && cat "$1/run/$name.started"; done
  return 0
}

down() {
  local data=$1 pid
  for pid in $(pids "$data"); do kill "$pid" 2>/dev/null || true; done
  for _ in $(seq 1 50); do
    local alive=
    for pid in $(pids "$data"); do kill -0 "$pid" 2>/dev/null && alive=1; done
    [ -z "$alive" ] && return
    sleep 0.1
  done
  for pid in $(pids "$data"); do kill -9 "$pid" 2>/dev/null || true; done
}

configuration() {
  local data=$1 libraries=$2 port=$3 id=$4
  cat <<CONF
[global]
fsid = $id
mon host = v2:127.0.0.1:$((port + 1))/0
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
public network = 127.0.0.0/8
ms bind msgr1 = false
auth cluster required = none
auth service required = none
auth client required = none
ms cluster mode = crc
ms service mode = crc
ms client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
ms mon client mode = crc
run dir = $data/run
pid file = $data/run/\$type.\$id.pid
admin socket = $data/run/\$type.\$id.asok
log file = $data/log/\$type.\$id.log
log to stderr = false
keyring = $data/keyring
crash dir = $data/crash
plugin dir = $libraries/ceph
erasure code dir = $libraries/ceph/erasure-code
osd class dir = $libraries/rados-classes
paxos propose interval = 0.05
paxos min wait = 0.01
mon data = $data/mon
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 1
mon osd full ratio = .99
mon osd backfillfull ratio = .98
mon osd nearfull ratio = .97
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd data = $data/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd op num shards = 2
osd op num threads per shard = 2
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1 max_header_size=65536
rgw thread pool size = 64
rgw override bucket index max shards = 1
rgw dynamic resharding = false
rgw gc obj min wait = 60
CONF
}

# $1 = its name here, $2 = the data folder, the rest = the daemon.
start() {
  local name=$1 data=$2
  shift 2
  "$@" -f >"$data/log/$name.out" 2>&1 </dev/null &
  echo $! >"$data/run/$name.started"
}

up() {
  local root=$1 data=$2 port=$3 fresh=
  local libraries=$root/usr/lib/$(uname -m)-linux-gnu
  export CEPH_CONF=$data/ceph.conf PATH=$root/usr/bin:$PATH
  export LD_LIBRARY_PATH=$root/lib/$(uname -m)-linux-gnu:$libraries:$libraries/ceph
  if [ ! -f "$CEPH_CONF" ]; then
    fresh=1
    mkdir -p "$data"/{mon,osd,run,log,crash/posted}
    : >"$data/keyring"
    local id
    id=$(cat /proc/sys/kernel/random/uuid)
    configuration "$data" "$libraries" "$port" "$id" >"$CEPH_CONF"
    monmaptool --create --fsid "$id" --addv a "[v2:127.0.0.1:$((port + 1))]" "$data/monmap" >/dev/null
    # A ready-made map of one disk spares the Python tools that would register it.
    osdmaptool --createsimple 1 "$data/osdmap" --clobber >/dev/null 2>&1
    ceph-mon --mkfs -i a --monmap "$data/monmap" --osdmap "$data/osdmap" >/dev/null 2>&1
  fi
  start mon "$data" ceph-mon -i a
  if [ -n "$fresh" ]; then
    ceph-osd -i 0 --mkfs --osd-uuid "$(cat /proc/sys/kernel/random/uuid)" >"$data/log/mkfs.out" 2>&1
  fi
  start osd "$data" ceph-osd -i 0
  start rgw "$data" radosgw -n client.rgw.a
  if [ -n "${WATCH_PID:-}" ]; then watch "$data" "$WATCH_PID" </dev/null >/dev/null 2>&1 & fi
  for _ in $(seq 1 600); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      if [ -n "$fresh" ]; then
        radosgw-admin user create --uid=test --display-name=test \
          --access-key=testkey --secret-key=testsecret >/dev/null
      fi
      echo ready
      return
    fi
    if ! kill -0 "$(cat "$data/run/rgw.started")" 2>/dev/null; then
      echo "radosgw ended, see $data/log" >&2
      return 1
    fi
    sleep 0.1
  done
  echo 'radosgw did not come up in 60 s' >&2
  return 1
}

watch() {
  while kill -0 "$2" 2>/dev/null && kill -0 "$(cat "$1/run/rgw.started")" 2>/dev/null; do sleep 1; done
  down "$1"
  rm -rf "$1"
}

absolute() { mkdir -p "$1" && (cd "$1" && pwd); }

case $command in
  fetch) mkdir -p "$(dirname "$2")" && fetch "$(cd "$(dirname "$2")" && pwd)/$(basename "$2")" ;;
  up) up "$(absolute "$2")" "$(absolute "$3")" "${4:?a port}" ;;
  down) down "$(absolute "$2")" ;;
  *) echo 'fetch, up or down' >&2 && exit 2 ;;
esac
