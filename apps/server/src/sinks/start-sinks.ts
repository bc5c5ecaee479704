/** The sinks' part of an engine process: users' queues and URLs, and the operator's notifications. */
import { hostname } from 'node:os';
import type { Cloud } from '@hearth/cloud-openstack';
import { createOutbound } from '@hearth/outbound';
import { type CredentialRecord, type SecretBox, settleOperatorSink, type StackRecord } from '@hearth/store';
import type { TurnGround } from '../due-turns.ts';
import { systemLog } from '../system-ports.ts';
import { deliver } from './deliver.ts';
import { type NotificationTarget, outletOf, type OutletPorts } from './outlets.ts';
import { runSinks } from './run-sinks.ts';

interface SinkSettings {
  readonly notifications: NotificationTarget | null;
  readonly outboundAllow: readonly string[];
}
interface StartSinksOptions extends TurnGround {
  readonly settings: SinkSettings;
  readonly secretBox: SecretBox;
  readonly cloudFor: (stack: StackRecord, credential: CredentialRecord | null) => Promise<Cloud>;
}

const DAY_MS = 24 * 60 * 60_000;

export async function startSinks(options: StartSinksOptions): Promise<{ stop(): Promise<void> }> {
  const { settings, database, secretBox, timers, log } = options;
  const { notifications, outboundAllow } = settings;
  const outbound = createOutbound({ log, timers, allow: outboundAllow, allowSetting: 'HEARTH_OUTBOUND_ALLOW' });
  if (notifications !== null) await settleOperatorSink(database, secretBox);
  const ports: OutletPorts = {
    database,
    secretBox,
    cloudFor: options.cloudFor,
    outbound,
    // The operator may name what is inside.
    operatorOutbound:
      notifications?.kind === 'webhook'
        ? createOutbound({
            log,
            timers,
            allow: [...outboundAllow, new URL(notifications.url).hostname.replace(/^\[|\]$/g, '')],
            allowSetting: 'HEARTH_OUTBOUND_ALLOW',
          })
        : outbound,
    notifications,
    timers,
    // Whoever wants them in the log wants them at every level of it.
    log: systemLog('info'),
    publisher: `orchestration.${hostname()}`,
  };
  const delivery = {
    database,
    secretBox,
    timers,
    log,
    giveUpAfterMs: DAY_MS,
    outletOf: (sink: Parameters<typeof outletOf>[0]) => outletOf(sink, ports),
  };
  return runSinks({ ...options, deliver: (claim) => deliver(claim, delivery) });
}
