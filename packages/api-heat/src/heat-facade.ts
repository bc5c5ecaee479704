/** Heat's native API v1 as a façade for the listener: routes, faults and body rule. No SQL, no decisions. */
import type { Facade, Route, TokenVerifier } from '@hearth/http-kit';
import type { StackUseCases } from '@hearth/stacks';
import { routesOf } from './action.ts';
import { CATALOGUE_ACTIONS } from './catalogue-actions.ts';
import { heatFault } from './faults.ts';
import { LOOKUP_ACTIONS } from './lookup-actions.ts';
import { readHeatBody } from './read-body.ts';
import { PREVIEW_ACTIONS } from './preview-actions.ts';
import { RESOURCE_ACTIONS } from './resource-actions.ts';
import { SERVICE_ACTIONS } from './service-actions.ts';
import { SNAPSHOT_ACTIONS } from './snapshot-actions.ts';
import { SOFTWARE_CONFIG_ACTIONS } from './software-config-actions.ts';
import { STACK_ACTIONS } from './stack-actions.ts';
import { UNAVAILABLE_ACTIONS } from './unavailable-actions.ts';
import { VISIT_ACTIONS } from './visit-actions.ts';
import { versions } from './versions.ts';

export interface HeatFacadeOptions {
  readonly stacks: StackUseCases;
  readonly verifier: TokenVerifier;
  /** Keystone's public URL, for `WWW-Authenticate`. */
  readonly authUri: string;
  /** Where it is mounted; default: the root. */
  readonly prefixes?: readonly string[];
  /** Default 1 MiB, as in Heat. */
  readonly maxBodyBytes?: number;
}

export function heatFacade(options: HeatFacadeOptions): Facade {
  const actions = [
    ...STACK_ACTIONS,
    ...PREVIEW_ACTIONS,
    ...RESOURCE_ACTIONS,
    ...CATALOGUE_ACTIONS,
    ...SOFTWARE_CONFIG_ACTIONS,
    ...SERVICE_ACTIONS,
    ...LOOKUP_ACTIONS,
    ...VISIT_ACTIONS,
    ...SNAPSHOT_ACTIONS,
    ...UNAVAILABLE_ACTIONS,
  ];
  const versionRoutes = ['/', '/versions'].map((path): Route => ({ method: 'GET', path, access: 'public', handle: versions }));
  return {
    name: 'heat',
    prefixes: options.prefixes ?? [''],
    routes: [...versionRoutes, ...routesOf(actions, options.stacks)],
    fault: heatFault(options.authUri),
    verifier: options.verifier,
    readBody: readHeatBody,
    maxBodyBytes: options.maxBodyBytes ?? 1024 * 1024,
    // Our faults answer 401 themselves where the version list is not what is asked for.
    hidesRoutes: false,
  };
}
