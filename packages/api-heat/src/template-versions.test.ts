/** The lists of template versions and of their functions, as they are asked for over HTTP. */
import { readFileSync } from 'node:fs';
import type { JsonObject } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { testStacks } from '@hearth/stacks/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testApi, type TestApi } from './testing/test-api.ts';

interface VersionRow {
  readonly version: string;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly functions: readonly string[];
  readonly conditionFunctions: readonly string[];
}
const rows = JSON.parse(
  readFileSync(new URL('../../../testdata/template/template-versions.json', import.meta.url), 'utf8'),
) as readonly VersionRow[];

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await testDatabase();
  api = await testApi(testStacks({ database: db.database }));
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

test('the versions with their aliases', async () => {
  const { status, body } = await api.call('GET', '/template_versions');
  expect(status).toBe(200);
  expect(body).toEqual({ template_versions: rows.map(({ version, type, aliases }) => ({ version, type, aliases })) });
});

const functionsOf = async (version: string, query = ''): Promise<readonly string[]> => {
  const { status, body } = await api.call('GET', `/template_versions/${version}/functions${query}`);
  expect(status).toBe(200);
  const listed = (body as JsonObject)['template_functions'] as readonly { readonly functions: string; readonly description: string }[];
  for (const { description } of listed) expect(description).not.toBe('');
  return listed.map(({ functions }) => functions);
};

test.each(rows.map((row) => [row.version, row] as const))('the functions of %s', async (version, row) => {
  expect(await functionsOf(version)).toEqual(row.functions);
  expect(await functionsOf(version, '?with_condition_func=true')).toEqual([...row.functions, ...row.conditionFunctions].toSorted());
  for (const alias of row.aliases) expect(await functionsOf(alias)).toEqual(row.functions);
});

test('a version that is not there', async () => {
  expect(await api.call('GET', '/template_versions/heat_template_version.2012-12-12/functions')).toMatchObject({
    status: 404,
    body: { error: { type: 'NotFound' } },
  });
});
