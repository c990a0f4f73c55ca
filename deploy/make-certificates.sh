#!/bin/sh
# Makes a private certificate authority and the certificates of the servers, as PEM files below the folder given:
#
#   authority/   ca.key, ca.crt       the authority: for this script only
#   eventstore/  node.key, node.crt, ca/ca.crt
#   kafka/       server.pem (key and certificate), ca.crt
#   public/      ca.crt               what clients verify servers with
#
# What is there and good for 30 more days is left as it is, so it can run before every start. Each folder is meant to be a volume of its own:
# no server sees another's key, and none that of the authority.
set -eu
umask 022

root=${1:?usage: make-certificates.sh FOLDER}
authority=$root/authority
renewal_seconds=2592000

mkdir -p "$authority" "$root/eventstore/ca" "$root/kafka" "$root/public"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fresh() { [ -s "$1" ] && openssl x509 -in "$1" -noout -checkend "$renewal_seconds" >/dev/null; }
signed() { openssl verify -CAfile "$authority/ca.crt" "$1" >/dev/null 2>&1; }
# A server may read while this writes: files appear whole, keys readable by their owner only.
place() { cp "$1" "$2.new" && chmod "$3" "$2.new" && mv "$2.new" "$2"; }

if ! fresh "$authority/ca.crt" || [ ! -s "$authority/ca.key" ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 1825 -subj '/O=sleeve-ledger/CN=sleeve-ledger authority' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$work/ca.key" -out "$work/ca.crt" 2>/dev/null
  place "$work/ca.key" "$authority/ca.key" 600
  place "$work/ca.crt" "$authority/ca.crt" 644
  echo 'made a certificate authority'
fi

# issue NAME COMMON_NAME ALTERNATIVE_NAMES: leaves $work/NAME.key and $work/NAME.crt
issue() {
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' "$3" >"$work/$1.ext"
  openssl req -newkey rsa:3072 -nodes -sha256 -subj "/O=sleeve-ledger/CN=$2" -keyout "$work/$1.key" -out "$work/$1.csr" 2>/dev/null
  openssl x509 -req -sha256 -days 397 -in "$work/$1.csr" -CA "$authority/ca.crt" -CAkey "$authority/ca.key" -set_serial "0x$(openssl rand -hex 16)" -extfile "$work/$1.ext" -out "$work/$1.crt" 2>/dev/null
  echo "issued a certificate for $1"
}

# EventStoreDB wants this common name of its nodes, and reads keys in the older PEM form in every version.
if ! fresh "$root/eventstore/node.crt" || ! signed "$root/eventstore/node.crt"; then
  issue eventstore eventstoredb-node 'DNS:eventstore,DNS:localhost,IP:127.0.0.1'
  openssl rsa -in "$work/eventstore.key" -traditional -out "$work/eventstore.rsa.key" 2>/dev/null
  place "$work/eventstore.rsa.key" "$root/eventstore/node.key" 600
  place "$work/eventstore.crt" "$root/eventstore/node.crt" 644
fi

if ! fresh "$root/kafka/server.pem" || ! signed "$root/kafka/server.pem"; then
  issue kafka kafka 'DNS:kafka,DNS:localhost,IP:127.0.0.1'
  cat "$work/kafka.key" "$work/kafka.crt" >"$work/kafka.pem"
  place "$work/kafka.pem" "$root/kafka/server.pem" 600
fi

for folder in eventstore/ca kafka public; do place "$authority/ca.crt" "$root/$folder/ca.crt" 644; done
