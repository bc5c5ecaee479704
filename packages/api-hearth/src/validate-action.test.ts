/** `POST …/validate` over HTTP: what is told, what is refused, and for whom. */
import type { Json } from '@hearth/kernel';
import type { TestStacks } from '@hearth/stacks/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OTHER_PROJECT, PROJECT, testApi, type TestApi } from './testing/test-api.ts';

let api: TestApi;
let world: TestStacks;
let base: string;

beforeAll(async () => {
  api = await testApi();
  ({ world, base } = api);
});
afterAll(() => api.close());

async function validate(body: Json, token = 'demo', project = PROJECT): Promise<{ readonly status: number; readonly body: Json }> {
  const response = await fetch(`${base}/${project}/validate`, {
    method: 'POST',
    headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

const TEMPLATE = `heat_template_version: 2018-08-31
parameters:
  flavor: { type: string }
  lost: { type: string, default: '' }
resources:
  a:
    type: Test::Thing
    properties: { flavor: { get_param: flavor }, nam: x }
`;

describe('what is told', () => {
  test('errors and remarks with their places', async () => {
    const { status, body } = await validate({ template: TEMPLATE });
    expect(status).toBe(200);
    expect(body).toEqual({
      valid: false,
      errors: 1,
      warnings: 1,
      omitted: 0,
      diagnostics: [
        {
          severity: 'warning',
          code: 'unused-parameter',
          type: 'StackValidationFailed',
          message: 'the parameter "lost" is not used',
          hint: 'remove it, or use it',
          file: null,
          line: 4,
          column: 3,
          path: ['parameters', 'lost'],
        },
        {
          severity: 'error',
          code: 'unknown-property',
          type: 'StackValidationFailed',
          message: 'Unknown Property nam',
          hint: 'did you mean "name"?',
          file: null,
          line: 8,
          column: 50,
          path: ['resources', 'a', 'properties', 'nam'],
        },
      ],
    });
  });

  test('values are demanded in strict mode, judged by the cloud, and told where they were given', async () => {
    expect((await validate({ template: TEMPLATE, mode: 'strict' })).body).toMatchObject({
      errors: 2,
      diagnostics: [{ code: 'missing-parameter', line: 3 }, {}, {}],
    });
    const files = { 'env.yaml': 'parameters:\n  lost: x\n  flavour: small\n' };
    const given = { template: TEMPLATE, files, environment_files: ['env.yaml'], parameters: { flavor: 'huge' } };
    expect((await validate(given)).body).toMatchObject({
      diagnostics: [
        { code: 'unused-parameter' },
        { code: 'custom-constraint', path: ['resources', 'a', 'properties', 'flavor'], line: 8 },
        { code: 'unknown-property' },
        // Heat takes what a file says for no parameter as an error only where nothing else gives values.
        { code: 'unused-value', file: 'env.yaml', line: 3, column: 3, hint: 'did you mean "flavor"?' },
      ],
    });
    expect(world.asked.length).toBeGreaterThan(0);
    const asked = world.asked.length;
    await validate({ ...given, offline: true });
    expect(world.asked.length).toBe(asked);
  });

  test('at most so many', async () => {
    expect((await validate({ template: TEMPLATE, limit: 1 })).body).toMatchObject({
      omitted: 1,
      diagnostics: [{ severity: 'error' }],
    });
  });

  test('a sound template', async () => {
    const template = 'heat_template_version: 2018-08-31\nresources: { a: { type: Test::Thing } }\n';
    expect((await validate({ template })).body).toEqual({ valid: true, errors: 0, warnings: 0, omitted: 0, diagnostics: [] });
  });
});

test.each<[string, Json, string, number]>([
  ['no template', {}, 'demo', 400],
  ['no map', [], 'demo', 400],
  ['an unknown key', { template: TEMPLATE, strict: true }, 'demo', 400],
  ['a mode that is none', { template: TEMPLATE, mode: 'harsh' }, 'demo', 400],
  ['a limit that is none', { template: TEMPLATE, limit: 0 }, 'demo', 400],
  ['offline, a template by URL', { template_url: 'http://example.org/t', offline: true }, 'demo', 400],
  ['a template that is too large', { template: 'x'.repeat(600_000) }, 'demo', 400],
  ['one who may only read', { template: TEMPLATE }, 'reader', 403],
  ["a user of a stack's inside", { template: TEMPLATE }, 'stackuser', 403],
  ['no token', { template: TEMPLATE }, 'nobody', 401],
])('refused: %s', async (_what, body, token, status) => {
  expect((await validate(body, token)).status).toBe(status);
});

test("another project's address is as if it were not there", async () => {
  expect((await validate({ template: TEMPLATE }, 'demo', OTHER_PROJECT)).status).toBe(404);
});
