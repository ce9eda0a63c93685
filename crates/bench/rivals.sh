#!/bin/sh
# Starts Debian's InspIRCd and ngIRCd on loopback for `saloon bench` to be compared with, and stops them.
#
#   rivals.sh start [DIR]   write the configuration into DIR (default /tmp/saloon-rivals), start both
#   rivals.sh specs [DIR]   print the --server options for `saloon bench`
#   rivals.sh stop  [DIR]   stop the two processes whose ids DIR holds, and nothing else
#   rivals.sh restart-inspircd [DIR], restart-ngircd [DIR]   stop and start just that one
#
# Needs: apt-get install inspircd ngircd. INSPIRCD_PORT (7667) and NGIRCD_PORT (7668) choose the ports,
# RIVALS_FILES (20000) how many descriptors each may open.
# Both run as one process in the foreground of a background job, with flood limits off, send queues of
# 1 MiB, no DNS or ident lookups, and room for 16,000 connections.
set -eu

action=${1:-help}
dir=${2:-/tmp/saloon-rivals}
saloon=${SALOON:-target/release/saloon}
saloon_port=${SALOON_PORT:-7669}
inspircd_port=${INSPIRCD_PORT:-7667}
ngircd_port=${NGIRCD_PORT:-7668}
files=${RIVALS_FILES:-20000}

write_saloon() {
    cat >"$dir/saloon.toml" <<CONF
[server]
name = "saloon.bench.test"
workers = 1
[[listen]]
addr = "tcp://127.0.0.1:$saloon_port"
[limits]
max_connections = 16000
sendq = 1048576
[ip_limits]
count = false
throttle = false
[fakelag]
enabled = false
CONF
}

write_inspircd() {
    cat >"$dir/inspircd.conf" <<CONF
<server name="inspircd.bench.test" description="bench" network="Bench">
<admin name="bench" nick="bench" email="bench@bench.test">
<bind address="127.0.0.1" port="$inspircd_port" type="clients">
<connect name="main" allow="*" timeout="60" pingfreq="10m" maxchans="20" limit="16000"
         localmax="16000" globalmax="16000" resolvehostnames="no" useident="no" maxconnwarn="no"
         fakelag="no" threshold="100000000" commandrate="100000000"
         hardsendq="1M" softsendq="1M" recvq="64K">
<performance netbuffersize="10240" somaxconn="1024" softlimit="16000" clonesonconnect="no">
<options defaultmodes="nt">
<security hidesplits="no" maxtargets="20">
<cidr ipv4clone="32" ipv6clone="128">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="$dir/inspircd.log">
<pid file="$dir/inspircd.own-pid">
CONF
}

# ngIRCd has no switch for its flood limit but MaxPenaltyTime, and its send queue is compiled in.
write_ngircd() {
    cat >"$dir/ngircd.conf" <<CONF
[Global]
Name = ngircd.bench.test
AdminInfo1 = bench
Info = bench
Listen = 127.0.0.1
Ports = $ngircd_port
MotdPhrase = bench
ServerUID = nobody
ServerGID = nogroup
[Limits]
MaxConnections = 16000
MaxConnectionsIP = 0
MaxJoins = 20
MaxNickLength = 16
MaxPenaltyTime = 0
PingTimeout = 600
PongTimeout = 60
[Options]
DNS = no
Ident = no
PAM = no
CONF
}

# Waits until a port of 127.0.0.1 listens: in hexadecimal, state 0A of /proc/net/tcp.
wait_for_port() {
    hex=$(printf '0100007F:%04X 00000000:0000 0A' "$1")
    for _ in $(seq 100); do
        grep -q "$hex" /proc/net/tcp && return 0
        sleep 0.1
    done
    echo "nothing listens on port $1; see $dir/*.log" >&2
    return 1
}

start_saloon() {
    write_saloon
    "$saloon" serve --config "$dir/saloon.toml" >/dev/null 2>"$dir/saloon.log" </dev/null &
    echo $! >"$dir/saloon.pid"
    wait_for_port "$saloon_port"
}

start_inspircd() {
    write_inspircd
    : >"$dir/inspircd.log"
    /usr/sbin/inspircd --config="$dir/inspircd.conf" --nofork --runasroot \
        >"$dir/inspircd.out" 2>&1 </dev/null &
    echo $! >"$dir/inspircd.pid"
    wait_for_port "$inspircd_port"
}

# In the foreground it writes three lines a connection: to /dev/null, or they would be measured, too.
start_ngircd() {
    write_ngircd
    /usr/sbin/ngircd --nodaemon --config "$dir/ngircd.conf" >/dev/null 2>"$dir/ngircd.log" </dev/null &
    echo $! >"$dir/ngircd.pid"
    wait_for_port "$ngircd_port"
}

prepare() {
    mkdir -p "$dir"
    chmod 755 "$dir"
    ulimit -n "$files"
}

start() {
    prepare
    start_saloon
    start_inspircd
    start_ngircd
    specs
}

# The command that restarts one goes into a file, so that the options have no spaces and $(…) takes them whole.
specs() {
    for name in saloon inspircd ngircd; do
        eval "port=\$${name}_port"
        {
            echo '#!/bin/sh'
            echo "export SALOON='$(realpath "$saloon")' SALOON_PORT=$saloon_port"
            echo "export INSPIRCD_PORT=$inspircd_port NGIRCD_PORT=$ngircd_port RIVALS_FILES=$files"
            echo "exec '$(realpath "$0")' restart-$name '$dir'"
        } >"$dir/restart-$name"
        chmod +x "$dir/restart-$name"
        echo "--server $name=127.0.0.1:$port,pidfile=$dir/$name.pid,restart=$dir/restart-$name"
    done
}

# Only an id that we wrote down, and only while it still is what we started; then waits for its end.
stop_one() {
    [ -f "$dir/$1.pid" ] || return 0
    pid=$(cat "$dir/$1.pid")
    rm -f "$dir/$1.pid"
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ] || return 0
    kill "$pid"
    for _ in $(seq 100); do
        [ -d "/proc/$pid" ] || return 0
        sleep 0.05
    done
    echo "$1 ($pid) does not stop" >&2
    return 1
}

stop() {
    stop_one saloon
    stop_one inspircd
    stop_one ngircd
}

restart_one() {
    prepare
    stop_one "$1"
    "start_$1"
}

case $action in
start | specs | stop) "$action" ;;
restart-saloon) restart_one saloon ;;
restart-inspircd) restart_one inspircd ;;
restart-ngircd) restart_one ngircd ;;
*) sed -n '2,14s/^# \{0,1\}//p' "$0" ;;
esac
