/** `hearth cloud objects`: what there is in the mini-cloud besides what was there from the start. */
import { isJsonArray, isJsonObject, type JsonObject } from '@hearth/kernel';
import type { Where } from '../../connect.ts';
import type { Console } from '../../console.ts';
import { tableLines } from '../stack-text.ts';
import { connectControl } from './control-client.ts';

export interface ObjectFlags extends Where {
  readonly project?: string;
  readonly service?: string;
}

export async function cloudObjects({ project, service, ...where }: ObjectFlags, console: Console): Promise<number> {
  const filters = new URLSearchParams({ ...(project === undefined ? {} : { project }), ...(service === undefined ? {} : { service }) });
  const query = filters.size === 0 ? '' : `?${filters}`;
  const answer = await (await connectControl(where)).ask('GET', `/objects${query}`);
  const objects = isJsonObject(answer) && isJsonArray(answer.objects ?? null) ? (answer.objects as readonly JsonObject[]) : [];
  if (objects.length === 0) console.line('There is nothing besides what was there from the start.');
  else {
    const fields = ['service', 'collection', 'name', 'mark', 'project', 'created', 'id'];
    const rows = objects.map((one) => fields.map((field) => (one[field] === null ? '' : String(one[field]))));
    for (const line of tableLines(
      fields.map((field) => field.toUpperCase()),
      rows,
    ))
      console.line(line);
  }
  console.result(answer);
  return 0;
}
