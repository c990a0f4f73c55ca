import type { Certificates } from './certificates.ts';

export interface NodePorts {
  readonly client: number;
  readonly inner: number;
  readonly controller: number;
}

export interface NodeSetup {
  readonly id: number;
  readonly ports: readonly NodePorts[];
  readonly logs: string;
  readonly certificates: Certificates | null;
  /** Whether clients must show a certificate. */
  readonly mutual: boolean;
  readonly user: { readonly name: string; readonly password: string } | null;
}

function security({ certificates, mutual, user }: NodeSetup): Record<string, string> {
  const protocol = (user === null ? '' : 'SASL_') + (certificates === null ? 'PLAINTEXT' : 'SSL');
  return {
    'listener.security.protocol.map': `CLIENT:${protocol},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    ...(certificates === null
      ? {}
      : {
          'listener.name.client.ssl.keystore.type': 'PEM',
          'listener.name.client.ssl.keystore.location': certificates.broker,
          'listener.name.client.ssl.truststore.type': 'PEM',
          'listener.name.client.ssl.truststore.location': certificates.ca,
          'listener.name.client.ssl.client.auth': mutual ? 'required' : 'none',
        }),
    ...(user === null
      ? {}
      : {
          'listener.name.client.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
          'listener.name.client.plain.sasl.jaas.config': [
            `org.apache.kafka.common.security.plain.PlainLoginModule required`,
            `user_${user.name}="${user.password}";`,
          ].join(' '),
          'listener.name.client.scram-sha-256.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
          'listener.name.client.scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
        }),
  };
}

/** `server.properties` of one node in KRaft mode: clients on one port, the other brokers on another, the controllers on a third. */
export function serverProperties(setup: NodeSetup, extra: Readonly<Record<string, string>>): string {
  const own = setup.ports[setup.id - 1]!;
  const replicas = String(setup.ports.length);
  const inSync = setup.ports.length > 1 ? '2' : '1';
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(setup.id),
    'controller.quorum.voters': setup.ports.map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller}`).join(','),
    listeners: `CLIENT://127.0.0.1:${own.client},INNER://127.0.0.1:${own.inner},CONTROLLER://127.0.0.1:${own.controller}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${own.client},INNER://127.0.0.1:${own.inner}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INNER',
    'log.dirs': setup.logs,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '4',
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'group.initial.rebalance.delay.ms': '0',
    // Tests are evicted within a second or two, not after the customary six.
    'group.min.session.timeout.ms': '500',
    // A node that was killed comes back as soon as its own absence is noticed.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    'auto.create.topics.enable': 'false',
    // Version 4 otherwise holds each commit back for some milliseconds; version 3 ignores it.
    'group.coordinator.append.linger.ms': '0',
    ...security(setup),
    ...extra,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
