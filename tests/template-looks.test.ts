/**
 * `POST /validate` without server and cloud: on templates that people wrote it says what Heat said when it was asked, and whatever a generator of
 * good and broken requests thinks of, it answers and never fails.
 */
import { expect, it } from 'vitest';
import { knownTypes, ownLook } from '../tools/interop/templates-look.ts';
import { generatedCases } from '../tools/interop/templates-generator.ts';
import { realCases, recordedVerdicts } from '../tools/interop/templates-real.ts';
import { templatesFolder } from '../tools/test/needs.ts';
import { needs } from './requires.ts';

/** What the cloud lacked in which the verdicts were given. */
const LACKS = new Set(['blazar', 'magnum', 'monasca', 'zun', 'vpnaas']);

needs('templates')('templates that people wrote', () => {
  const folder = templatesFolder();
  const verdicts = recordedVerdicts(folder);
  const cases = realCases(folder);
  const look = ownLook(LACKS);

  it('every one has a verdict, and every verdict has one', () => {
    expect([...new Set(cases.map(({ name }) => name))].toSorted()).toEqual([...verdicts.keys()].toSorted());
    expect(verdicts.size).toBeGreaterThan(60);
  });

  it.each(cases.map((one) => [one.name, one.detail, one.body] as const))('%s %s', async (name, _detail, body) => {
    const verdict = verdicts.get(name);
    const { status, body: answer } = await (await look)(body);
    // Where Heat failed, the template is at fault.
    expect([status, answer]).toMatchObject([verdict?.status === 500 ? 400 : verdict?.status, {}]);
    if (verdict?.error === 'ResourceTypeUnavailable') expect(answer).toMatchObject({ error: { type: verdict.error } });
    if (verdict?.parameters !== undefined) expect(answer).toMatchObject({ Parameters: verdict.parameters });
  });
});

it('requests of every kind are answered, and none with 500', async () => {
  const look = await ownLook();
  const statuses = new Map<number, number>();
  for (const { name, detail, body } of generatedCases('looks', 600, knownTypes())) {
    const { status, body: answer } = await look(body);
    if (status >= 500) throw new Error(`${name} (${detail}): ${JSON.stringify(answer)}`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect([...statuses.keys()].toSorted()).toEqual([200, 400]);
  for (const count of statuses.values()) expect(count).toBeGreaterThan(100);
});
