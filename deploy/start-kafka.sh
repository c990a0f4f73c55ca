#!/bin/sh
# Starts one Kafka broker in KRaft mode: writes its settings, formats the storage with the users the first time, and becomes the broker.
#
# Clients and the broker itself talk TLS and log in with SCRAM-SHA-512; the controller listens on loopback, with mutual TLS. Passwords come by
# environment, so the settings are written where only this container can read them.
set -eu
umask 077

home=${KAFKA_HOME:-/opt/kafka}
host=${BROKER_HOST:-kafka}
port=${BROKER_PORT:-9093}
controller_port=${BROKER_CONTROLLER_PORT:-9094}
data=${BROKER_DATA:-/var/lib/kafka/data}
certificates=${BROKER_CERTIFICATES:-/certificates/kafka}
settings=${BROKER_SETTINGS:-/tmp/broker}

# Letters and digits need no quoting: not in the settings, not in a connection string.
for name in BROKER_PASSWORD LEDGER_PASSWORD; do
  eval "value=\${$name:-}"
  case $value in
    '' | *[!A-Za-z0-9_-]*) echo "$name: letters, digits, - and _ are wanted; openssl rand -hex 24 makes a good one" >&2; exit 2 ;;
  esac
done

mkdir -p "$settings"
login() { echo "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"broker\" password=\"$BROKER_PASSWORD\";"; }

cat >"$settings/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller_port
listeners=SASL_SSL://0.0.0.0:$port,CONTROLLER://127.0.0.1:$controller_port
advertised.listeners=SASL_SSL://$host:$port
controller.listener.names=CONTROLLER
inter.broker.listener.name=SASL_SSL
listener.security.protocol.map=SASL_SSL:SASL_SSL,CONTROLLER:SSL
ssl.keystore.type=PEM
ssl.keystore.location=$certificates/server.pem
ssl.truststore.type=PEM
ssl.truststore.location=$certificates/ca.crt
listener.name.controller.ssl.client.auth=required
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=$(login)
log.dirs=$data
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.coordinator.append.linger.ms=0
END

# What the health check and an operator's tools log in with.
cat >"$settings/client.properties" <<END
security.protocol=SASL_SSL
ssl.truststore.type=PEM
ssl.truststore.location=$certificates/ca.crt
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=$(login)
END

if [ ! -f "$data/meta.properties" ]; then
  "$home/bin/kafka-storage.sh" format -t "$("$home/bin/kafka-storage.sh" random-uuid)" -c "$settings/server.properties" \
    --add-scram "SCRAM-SHA-512=[name=broker,password=$BROKER_PASSWORD]" --add-scram "SCRAM-SHA-512=[name=ledger,password=$LEDGER_PASSWORD]"
fi

exec "$home/bin/kafka-server-start.sh" "$settings/server.properties"
