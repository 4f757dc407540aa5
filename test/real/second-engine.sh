#!/bin/bash
# Runs a second Dagger engine in the foreground, as root, that can be killed without any harm to the first one:
#
#   test/real/second-engine.sh ENGINE DIRECTORY [PORT…]
#   test/real/second-engine.sh /usr/local/bin/dagger-engine /var/tmp/second 5000
#
# It listens on DIRECTORY/engine.sock, and keeps its cache in DIRECTORY/state. PORTs of this machine's 127.0.0.1, such as
# a registry's, are there for it and its containers at 10.99.0.1. Killed, it takes its containers with it.
#
# Its own mounts, processes and network, because an engine of 0.21.7 listens on its default sockets too, whatever --addr
# says, and so takes away the first one's; and because the dnsmasq of both would bind port 53.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2; }
engine=$1 directory=$2
shift 2
mkdir -p "$directory"

if [ ! -e /run/netns/second ]; then
  ip netns add second
  ip link add second-engine type veth peer name eth0 netns second
  ip address add 10.99.0.1/30 dev second-engine
  ip link set second-engine up
  ip -n second address add 10.99.0.2/30 dev eth0
  ip -n second link set eth0 up
  ip -n second link set lo up
  ip -n second route add default via 10.99.0.1
  iptables -t nat -A POSTROUTING -s 10.99.0.0/30 -j MASQUERADE
  iptables -I FORWARD -s 10.99.0.0/30 -j ACCEPT
  iptables -I FORWARD -d 10.99.0.0/30 -j ACCEPT
  echo 1 >/proc/sys/net/ipv4/conf/second-engine/route_localnet
  for port; do
    iptables -t nat -A PREROUTING -i second-engine -p tcp -d 10.99.0.1 --dport "$port" -j DNAT --to-destination "127.0.0.1:$port"
  done
fi
{
  printf 'root = "%s/state"\n' "$directory"
  for port; do printf '[registry."10.99.0.1:%s"]\nhttp = true\ninsecure = true\n' "$port"; done
} >"$directory/engine.toml"

# nsenter, for `ip netns exec` mounts another /sys, which has no cgroups. The bridge of a killed engine is in the way of the next.
ip -n second link delete second0 2>/dev/null || true
exec nsenter --net=/run/netns/second unshare --mount --pid --fork --kill-child --mount-proc sh -euc '
  mkdir -p /run/dagger /run/buildkit /usr/local/share/ca-certificates
  for place in /run/dagger /run/buildkit /usr/local/share/ca-certificates; do mount -t tmpfs none "$place"; done
  rm -rf /run/containers/cni/dnsname/second
  exec "$0" --config "$1/engine.toml" --addr "unix://$1/engine.sock" --network-name second --network-cidr 10.88.0.0/16 \
    >>"$1/engine.log" 2>&1
' "$engine" "$directory"
