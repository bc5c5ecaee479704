/** The load balancer service as the mini-cloud takes it in. */
import { octaviaFault } from '../faults/octavia-fault.ts';
import type { Service } from '../service.ts';
import { balancerRoutes } from './routes.ts';
import { fixedSchedule, type BalancerScheduler } from './schedule.ts';

export interface BalancerOptions {
  /** How long changes take and whether they fail; a control API may put its own here. */
  readonly schedule?: BalancerScheduler;
}

export const loadBalancerService = ({ schedule = fixedSchedule() }: BalancerOptions = {}): Service => ({
  type: 'load-balancer',
  name: 'octavia',
  prefixes: ['/load-balancer'],
  catalogPath: '/load-balancer',
  fault: octaviaFault,
  routes: (service) => balancerRoutes({ service, schedule: service.steering.balancers(schedule) }),
});
