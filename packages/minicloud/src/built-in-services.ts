/** The services the mini-cloud brings along besides identity. */
import { blockStorage, type BlockStorageOptions } from './cinder/service.ts';
import type { ComputeDriver } from './drivers/driver.ts';
import { createSimulatedDriver, defaultSimulatedOptions, type SimulatedDriverOptions } from './drivers/simulated.ts';
import { glance, type GlanceOptions } from './glance/service.ts';
import { networkService } from './neutron/service.ts';
import { computeService } from './nova/service.ts';
import { loadBalancerService, type BalancerOptions } from './octavia/service.ts';
import type { Service } from './service.ts';
import { swift, type SwiftOptions } from './swift/service.ts';

/** Times of simulated guests, or a driver of one's own. A build delay that is given is exact; null and absent take the default. */
export interface ComputeOptions {
  readonly buildDelayMs?: number | null;
  readonly deleteDelayMs?: number | null;
  readonly actionDelayMs?: number | null;
  readonly faultOf?: SimulatedDriverOptions['faultOf'];
  readonly driver?: ComputeDriver;
}

export function builtInServices(
  options: ComputeOptions &
    GlanceOptions &
    SwiftOptions & { readonly balancers?: BalancerOptions; readonly storage?: BlockStorageOptions } = {},
): readonly Service[] {
  const driver = options.driver ?? createSimulatedDriver(simulatedOptions(options));
  return [
    glance(options),
    swift(options),
    networkService(),
    computeService(driver, options.storage?.schedule),
    loadBalancerService(options.balancers),
    blockStorage(options.storage),
  ];
}

function simulatedOptions({ buildDelayMs, deleteDelayMs, actionDelayMs, faultOf }: ComputeOptions): SimulatedDriverOptions {
  const standard = defaultSimulatedOptions;
  return {
    buildDelayMs: buildDelayMs ?? standard.buildDelayMs,
    buildJitterMs: buildDelayMs === undefined || buildDelayMs === null ? standard.buildJitterMs : 0,
    deleteDelayMs: deleteDelayMs ?? standard.deleteDelayMs,
    actionDelayMs: actionDelayMs ?? standard.actionDelayMs,
    ...(faultOf === undefined ? {} : { faultOf }),
  };
}
