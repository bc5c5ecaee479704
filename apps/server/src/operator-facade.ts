/** `/healthcheck` for load balancers and `/metrics` for Prometheus: no token, no tenant's data. */
import type { CallCount, EndpointFigures } from '@hearth/cloud-openstack';
import { type Facade, json, type Route } from '@hearth/http-kit';
import { type Database, type IntegrityReport, lastIntegrityReport, pingDatabase } from '@hearth/store';
import type { Histogram } from './histogram.ts';

interface OperatorPorts {
  readonly database: Database;
  readonly cloudCalls: () => readonly CallCount[];
  /** By service endpoint. */
  readonly pressures: () => Readonly<Record<string, EndpointFigures>>;
  /** How soon the engine of this process acts on an answer of the cloud. */
  readonly reactions: Histogram;
}

export function operatorFacades(ports: OperatorPorts): readonly Facade[] {
  return [
    facade('/healthcheck', async () => {
      await pingDatabase(ports.database);
      return { status: 200, body: 'OK' };
    }),
    facade('/metrics', async () => ({
      status: 200,
      headers: { 'Content-Type': 'text/plain; version=0.0.4' },
      body: metricsText(ports, await lastReport(ports.database)),
    })),
  ];
}

const facade = (path: string, handle: Route['handle']): Facade => ({
  name: 'operator',
  prefixes: [path],
  routes: [{ method: 'GET', path: '', access: 'public', handle }],
  fault: (problem) => {
    if (problem.kind === 'failure') return json(503, { error: problem.failure.message });
    if (problem.kind === 'method-not-allowed') return json(405, { error: 'only GET' });
    return problem.kind === 'no-route'
      ? json(404, { error: 'there is nothing here' })
      : json(500, { error: 'internal error; see the log' });
  },
});

/** The other figures are told without a database too. */
const lastReport = (database: Database): Promise<IntegrityReport | null> => lastIntegrityReport(database).catch(() => null);

const PRESSURES = [
  ['limit', 'limit', 'Calls that a service endpoint bears at once, as found out by this process.'],
  ['in_flight', 'inFlight', 'Calls under way to a service endpoint.'],
  ['waiting', 'waiting', 'Calls that wait for their turn at a service endpoint.'],
] as const;

const labelText = (text: string): string => text.replace(/["\\\n]/g, '_');

function metricsText({ database, cloudCalls, pressures, reactions }: OperatorPorts, integrity: IntegrityReport | null): string {
  const metric = (kind: string, name: string, help: string, lines: readonly string[]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...lines,
  ];
  const counter = (name: string, help: string, lines: readonly string[]) => metric('counter', name, help, lines);
  const gauge = (name: string, help: string, value: number) => metric('gauge', name, help, [`${name} ${value}`]);
  return `${[
    ...counter('hearth_database_statements_total', 'Statements sent to the database.', [
      `hearth_database_statements_total ${database.counters.statements}`,
    ]),
    ...counter('hearth_database_commits_total', 'Transactions committed.', [`hearth_database_commits_total ${database.counters.commits}`]),
    ...counter(
      'hearth_cloud_calls_total',
      'Calls made to the cloud, by service and method.',
      cloudCalls().map(({ service, method, count }) => `hearth_cloud_calls_total{service="${service}",method="${method}"} ${count}`),
    ),
    ...PRESSURES.flatMap(([name, key, help]) =>
      metric(
        'gauge',
        `hearth_cloud_endpoint_${name}`,
        help,
        Object.entries(pressures()).map(
          ([endpoint, figures]) => `hearth_cloud_endpoint_${name}{endpoint="${labelText(endpoint)}"} ${figures[key]}`,
        ),
      ),
    ),
    ...metric(
      'histogram',
      'hearth_engine_reaction_seconds',
      'From an answer that allowed a step to the moment its call began.',
      reactions.lines('hearth_engine_reaction_seconds'),
    ),
    ...(integrity === null
      ? []
      : [
          ...gauge('hearth_orphaned_rows', 'Rows of the database that point nowhere, when last looked at.', integrity.orphans),
          ...gauge('hearth_integrity_check_seconds', 'When that was, in seconds since 1970.', Math.floor(integrity.checkedAt / 1000)),
        ]),
  ].join('\n')}\n`;
}
