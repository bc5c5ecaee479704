/** What reading one CloudFormation document shares: its version, the functions of that version, and the problems found. */
import type { Path } from '@hearth/kernel';
import type { LanguageKeys } from '../definition/definition.ts';
import type { Problems } from '../definition/problems.ts';
import type { FunctionTable } from '../functions/contract.ts';
import type { CfnVersion } from './versions.ts';

export interface CfnContext {
  readonly version: CfnVersion;
  readonly table: FunctionTable;
  readonly problems: Problems;
}

export const CFN_KEYS: LanguageKeys = {
  parameters: 'Parameters',
  conditions: 'Conditions',
  type: 'Type',
  properties: 'Properties',
  metadata: 'Metadata',
  dependsOn: 'DependsOn',
  deletionPolicy: 'DeletionPolicy',
  updatePolicy: 'UpdatePolicy',
  externalId: 'ExternalId',
  condition: 'Condition',
  value: 'Value',
};

export function wrong(context: CfnContext, code: string, message: string, path: Path, hint: string | null = null): void {
  context.problems.add({ type: 'StackValidationFailed', code, message, path, hint });
}
