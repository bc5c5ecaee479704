/** What is special about the types that keep software configs, and about the pause. */
import type { Json, JsonObject } from '@hearth/kernel';
import { silentLog } from '@hearth/kernel';
import { checkProperties, type Live, NO_SIGNALS, mimeDocument, mimeParts, type ResourceType } from '@hearth/resource-kit';
import { type MemoryConfigShelf, memoryConfigShelf } from '@hearth/resource-kit/testing';
import { loadDocument } from '@hearth/template';
import { seededRandom } from '@hearth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudConfig } from './cloud-config.ts';
import { delay } from './delay.ts';
import { multipartMime } from './multipart-mime.ts';
import { softwareConfig } from './software-config.ts';
import { structuredConfig } from './structured-config.ts';
import { yamlText } from './yaml-text.ts';

const shelf = (): MemoryConfigShelf => memoryConfigShelf({ clock: { now: () => 1_700_000_000_000 }, random: seededRandom(5) });

function live(type: ResourceType, raw: JsonObject, configs: MemoryConfigShelf, now = 0): Live {
  const { props, problems } = checkProperties(type, raw, { lenient: false, matchesPattern: () => true });
  expect(problems).toEqual([]);
  const cancel = { aborted: false, addEventListener() {}, removeEventListener() {} };
  const names = {
    physicalName: 's-config-abc',
    physicalId: 's-config-abc',
    stackId: 's',
    stackName: 's',
    projectId: 'p',
    rootStackId: 's',
    resourceName: 'config',
  };
  return {
    cloud: null,
    configs,
    signals: NO_SIGNALS,
    metadata: {},
    props,
    ...names,
    data: {},
    startedAt: 0,
    now,
    random: seededRandom(7),
    cancel,
    log: silentLog,
  };
}

async function made(type: ResourceType, raw: JsonObject, configs = shelf()) {
  const { physicalId } = await type.create(live(type, raw, configs));
  return { stored: await configs.get(physicalId), observed: await type.observe({ ...live(type, raw, configs), physicalId }) };
}

describe('a software config', () => {
  it('is kept under its physical name, entries without what nobody said', async () => {
    const { stored, observed } = await made(softwareConfig, {
      config: 'echo',
      inputs: [{ name: 'a' }, { name: 'b', type: 'Number', default: '3', replace_on_change: true, description: 'B' }],
      outputs: [{ name: 'o' }],
    });
    expect(stored).toMatchObject({
      name: 's-config-abc',
      group: 'Heat::Ungrouped',
      config: 'echo',
      inputs: [
        { name: 'a', type: 'String' },
        { name: 'b', type: 'Number', default: 3, replace_on_change: true, description: 'B' },
      ],
      outputs: [{ name: 'o', type: 'String', error_output: false }],
      options: {},
    });
    expect(observed).toMatchObject({ config: 'echo', show: { id: stored?.id, creation_time: '2023-11-14T22:13:20Z' } });
  });
  it('with a default that is not what its type says is refused', () => {
    const raw = { inputs: [{ name: 'a', type: 'Number', default: 'many' }] };
    const { problems } = checkProperties(softwareConfig, raw, { lenient: false, matchesPattern: () => true });
    expect(problems.map(({ message }) => message)).toEqual(["Property error: default: could not convert string to float: 'many'"]);
  });
  it('may be a structure', async () =>
    expect((await made(structuredConfig, { config: { a: [1] } })).observed).toMatchObject({ config: { a: [1] } }));
  it('that was deleted by somebody else is gone', async () => {
    const configs = shelf();
    const { stored } = await made(softwareConfig, {}, configs);
    await configs.delete(stored?.id as string);
    expect(await softwareConfig.observe({ ...live(softwareConfig, {}, configs), physicalId: stored?.id as string })).toBeNull();
  });
});

describe('settings for cloud-init', () => {
  it('are YAML under the line that cloud-init looks for', async () => {
    const cloud_config = { users: [{ name: 'me', groups: [] }], runcmd: [['ls', '-l'], 'echo on'], package_update: true, write: 'a: b' };
    expect((await made(cloudConfig, { cloud_config })).stored?.config).toBe(
      [
        '#cloud-config',
        'package_update: true',
        'runcmd:',
        '- - ls',
        '  - "-l"',
        '- echo on',
        'users:',
        '- groups: []',
        '  name: me',
        'write: "a: b"',
        '',
      ].join('\n'),
    );
  });
  it('of several lines stay so', () =>
    expect(yamlText({ content: '#!/bin/sh\n  echo "x"\n\n', more: 'a\nb' })).toBe(
      'content: |+\n  #!/bin/sh\n    echo "x"\n\nmore: |-\n  a\n  b\n',
    ));
  it('are read back as what they were', () => {
    const words = fc.constantFrom(
      'yes',
      'on',
      '012',
      '1_000',
      '0x1f',
      '1:30',
      '2020-01-01',
      '.5',
      '~',
      '- a',
      'a: b',
      '#x',
      'a\n b\n',
      ' \n',
      '...',
    );
    const json = fc.jsonValue({ stringUnit: 'grapheme', depthSize: 'small' }) as fc.Arbitrary<Json>;
    const value = fc.dictionary(fc.oneof(fc.string(), words), fc.oneof(json, words)) as fc.Arbitrary<JsonObject>;
    // Whole numbers beyond 2^53 are read as texts, so that no digit is lost.
    const isPlain = (text: string) => !/__proto__|\d{16}/.test(text);
    fc.assert(
      fc.property(
        value.filter((given) => isPlain(JSON.stringify(given))),
        (given) => void expect(loadDocument(yamlText(given)).value).toEqual(JSON.parse(JSON.stringify(given))),
      ),
    );
  });
});

describe('a multi-part document', () => {
  it('is made of texts, kept configs and the parts of other documents', async () => {
    const configs = shelf();
    const kept = await configs.create('other', { name: null, group: null, config: 'kept', inputs: [], outputs: [], options: {} });
    const inner = mimeDocument([{ content: 'ünner', subtype: 'x-shellscript', filename: 'in.sh' }]);
    const unknown = '12345678-1234-1234-1234-123456789012';
    const { stored } = await made(
      multipartMime,
      {
        group: 'g',
        parts: [
          { config: kept, filename: 'cloud-config.txt' },
          { config: 'text', subtype: 'x-include-url' },
          { config: inner, type: 'multipart' },
          { config: 'no document', type: 'multipart' },
          { config: unknown },
        ],
      },
      configs,
    );
    expect(stored?.group).toBe('g');
    expect(mimeParts(stored?.config as string)).toEqual([
      { content: 'kept', subtype: 'cloud-config', filename: 'cloud-config.txt' },
      { content: 'text', subtype: 'x-include-url', filename: null },
      { content: 'ünner', subtype: 'x-shellscript', filename: 'in.sh' },
      { content: unknown, subtype: 'plain', filename: null },
    ]);
  });
});

describe('a pause', () => {
  const at = (now: number, raw: JsonObject) => live(delay, raw, shelf(), now);
  it('ends at a time that its token remembers', async () => {
    expect(await delay.create(at(1_000, { min_wait: 5 }))).toMatchObject({ kind: 'wait', token: 6_000, afterMs: 5_000 });
    expect(await delay.checkCreate?.(at(5_950, { min_wait: 5 }), 6_000)).toMatchObject({ kind: 'wait', afterMs: 100 });
    expect(await delay.checkCreate?.(at(6_000, { min_wait: 5 }), 6_000)).toEqual({ kind: 'done' });
  });
  it('adds a random part up to its limit', async () => {
    const begun = await delay.create(at(0, { min_wait: 1, max_jitter: 2, jitter_multiplier: 10 }));
    const endsAt = begun.kind === 'wait' ? (begun.token as number) : 0;
    expect(endsAt).toBeGreaterThan(1_000);
    expect(endsAt).toBeLessThanOrEqual(21_000);
  });
  it('is only for the actions that were named', async () => {
    expect(await delay.create(at(0, { min_wait: 5, actions: ['DELETE'] }))).toMatchObject({ kind: 'done' });
    expect(await delay.delete(at(0, { min_wait: 5, actions: ['DELETE'] }))).toMatchObject({ kind: 'wait', token: 5_000 });
  });
  it('longer than any stack may take is refused', () =>
    expect(
      checkProperties(delay, { min_wait: 90_000 }, { lenient: false, matchesPattern: () => true }).problems.map(({ message }) => message),
    ).toEqual(['OS::Heat::Delay maximum delay 90000s exceeds stack timeout.']));
});
