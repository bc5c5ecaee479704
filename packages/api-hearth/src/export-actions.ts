/** `GET …/exports`: what the stacks of a project export to each other. */
import { json, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { JsonObject } from '@hearth/kernel';
import type { Caller, ExportView, StackUseCases } from '@hearth/stacks';
import { limitOf, refuseUnknown } from './request-values.ts';

const PARAMETERS: ReadonlySet<string> = new Set(['after', 'limit']);

export async function answerExports(stacks: Pick<StackUseCases, 'listExports'>, caller: Caller, { query }: ApiRequest): Promise<Answer> {
  refuseUnknown(query, PARAMETERS);
  const limit = limitOf(query);
  // One more than is shown tells whether there are more.
  const found = await stacks.listExports(caller, { limit: limit + 1, after: query.get('after') });
  const shown = found.slice(0, limit);
  return json(200, { exports: shown.map(shownExport), after: shown.at(-1)?.name ?? null, more: found.length > limit });
}

const shownExport = ({ name, output, stack, value, isSecret, importedBy }: ExportView): JsonObject => ({
  name,
  value: isSecret ? '******' : value,
  stack: { ...stack },
  output,
  imported_by: importedBy.map((one) => ({ ...one })),
});
