/** `hearth cloud time [--advance SECONDS | --factor N]`: what time it is in the mini-cloud; a leap forward, a faster pace. */
import { isJsonObject, type Json } from '@hearth/kernel';
import type { Where } from '../../connect.ts';
import type { Console } from '../../console.ts';
import { numbersIn } from './behaviour.ts';
import { connectControl } from './control-client.ts';

export interface TimeFlags extends Where {
  readonly advance?: string;
  readonly factor?: string;
}

export async function cloudTime(flags: TimeFlags, console: Console): Promise<number> {
  const { advance, ...factor } = numbersIn({ advance: flags.advance, factor: flags.factor });
  const wish = { ...factor, ...(advance === undefined ? {} : { advanceSeconds: advance }) };
  const control = await connectControl(flags);
  const answer = Object.keys(wish).length === 0 ? await control.ask('GET', '/time') : await control.ask('POST', '/time', wish);
  const time: Json = isJsonObject(answer) ? (answer.time ?? null) : null;
  if (isJsonObject(time)) {
    console.line(`${String(time.now)} in the mini-cloud`);
    console.line(`${String(time.aheadSeconds)} s ahead of the real time, ${String(time.factor)} of its seconds in a real one`);
  }
  console.result(time);
  return 0;
}
