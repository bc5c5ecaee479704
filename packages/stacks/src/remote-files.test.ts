/** What is fetched for a definition and what is not; bounds; and failures that say where the URL stands without telling its secrets. */
import { Failure, type Json, type JsonObject, Refusal } from '@hearth/kernel';
import { emptyEnvironment } from '@hearth/template';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkInputSizes } from './definition-limits.ts';
import { DEFAULT_STACK_LIMITS, NO_GLOBAL_ENVIRONMENT, type GlobalEnvironment, type StackLimits, type StackPorts } from './ports.ts';
import { fetchedTemplate, withRemoteFiles } from './remote-files.ts';
import { NOTHING_SENT } from './testing/index.ts';

const KNOWN = new Set(['OS::Heat::None', 'OS::Heat::ResourceGroup', 'OS::Heat::ResourceChain']);
/** A type whose properties name its template. */
const STACK = 'AWS::CloudFormation::Stack';
const templateFile = ({ TemplateURL: url }: JsonObject): string | null => (typeof url === 'string' ? url : null);
const typeOf = (type: string) => (type === STACK ? { composite: { templateFile } } : KNOWN.has(type) ? {} : null);

interface World {
  readonly web?: Readonly<Record<string, string>>;
  readonly limits?: Partial<StackLimits>;
  readonly globalEnvironment?: GlobalEnvironment;
}

function worldOf({ web = {}, limits = {}, globalEnvironment = NO_GLOBAL_ENVIRONMENT }: World) {
  const fetched: string[] = [];
  const asked: string[] = [];
  const get = (type: string) => {
    asked.push(type);
    return typeOf(type);
  };
  const ports = {
    registry: { get },
    clock: { now: () => 0 },
    limits: { ...DEFAULT_STACK_LIMITS, ...limits },
    globalEnvironment,
    remote: {
      async fetchText(url: string, { maxBytes }: { maxBytes: number }) {
        fetched.push(url);
        const text = web[url];
        if (text === undefined) throw new Failure('not-found', `${shown(url)} was answered with HTTP 404.`);
        if (text.length > maxBytes)
          throw new Refusal('too-large', 'OutboundTooLarge', `What ${shown(url)} gives is larger than the ${maxBytes} bytes allowed.`);
        return text;
      },
      shownUrl: shown,
      containerFiles: async () => null,
    },
  } as unknown as StackPorts;
  return { ports, fetched, asked };
}
const shown = (url: string): string => url.replace(/\/\/.*@/, '//').replace(/\?.*/, '?…');

const template = (resources: JsonObject): JsonObject => ({ heat_template_version: '2018-08-31', resources });
const text = (resources: JsonObject): string => JSON.stringify(template(resources));
const LEAF = text({});
const A = 'http://web/a.yaml';
const B = 'https://web/b.yaml';

const gather = (world: World, resources: JsonObject, registry: JsonObject = {}, files: Record<string, string> = {}) => {
  const { ports, fetched, asked } = worldOf(world);
  const environment = { ...emptyEnvironment, resourceRegistry: registry, globalRegistry: ports.globalEnvironment.resourceRegistry };
  return withRemoteFiles(ports, template(resources), environment, files, 'store').then((all) => ({ all, fetched, asked }));
};

describe('fetched', () => {
  test.each<[string, JsonObject, JsonObject, Record<string, string>, readonly string[]]>([
    ['nothing where nothing is named', { r: { type: 'OS::Heat::None', properties: { url: A } } }, {}, {}, []],
    ['a type that is a URL', { r: { type: A } }, {}, {}, [A]],
    ['once, however often it is named', { r: { type: A }, q: { type: A } }, {}, {}, [A]],
    ['not what was sent', { r: { type: A } }, {}, { [A]: LEAF }, []],
    ['a mapping that is used', { r: { type: 'My::X' } }, { 'My::X': A, 'My::Y': B }, {}, [A]],
    [
      'a mapping for one resource',
      { r: { type: 'My::X' }, q: { type: 'My::X' } },
      { 'My::X': A, resources: { q: { 'My::X': B } } },
      {},
      [A, B],
    ],
    ['an alias of a template', { r: { type: 'My::X' } }, { 'My::X': 'My::Y', 'My::Y': A }, {}, [A]],
    [
      'what get_file names',
      { r: { type: 'OS::Heat::None', properties: { x: [{ get_file: 'http://web/x.sh' }] } } },
      {},
      {},
      ['http://web/x.sh'],
    ],
    ['members of groups', { g: { type: 'OS::Heat::ResourceGroup', properties: { resource_def: { type: A } } } }, {}, {}, [A]],
    ['links of chains', { c: { type: 'OS::Heat::ResourceChain', properties: { resources: ['My::X'] } } }, { 'My::X': B }, {}, [B]],
    ['the template of a stack', { s: { type: STACK, properties: { TemplateURL: A } } }, {}, {}, [A]],
    [
      'the templates of stacks in a group',
      { g: { type: 'OS::Heat::ResourceGroup', properties: { resource_def: { type: STACK, properties: { TemplateURL: A } } } } },
      {},
      {},
      [A],
    ],
    ['no such property of another type', { s: { type: 'OS::Heat::None', properties: { TemplateURL: A } } }, {}, {}, []],
    ['no computed URL', { s: { type: STACK, properties: { TemplateURL: { list_join: ['', [A]] } } } }, {}, {}, []],
    ['no URL of a parameter without a value', { s: { type: STACK, properties: { TemplateURL: { get_param: 'url' } } } }, {}, {}, []],
    ['what a file that was sent names', { r: { type: 'n.yaml' } }, {}, { 'n.yaml': text({ in: { type: A } }) }, [A]],
    ['nothing that a file names which nobody uses', { r: { type: 'OS::Heat::None' } }, {}, { 'n.yaml': text({ in: { type: A } }) }, []],
    [
      'what a template says in the other language',
      { r: { type: 'n.template' } },
      {},
      { 'n.template': '{"Resources": {"R": {"Type": "http://web/a.yaml"}}}' },
      [A],
    ],
  ])('%s', async (_name, resources, registry, files, wanted) => {
    const { all, fetched } = await gather({ web: { [A]: LEAF, [B]: LEAF, 'http://web/x.sh': 'true' } }, resources, registry, files);
    expect([...fetched].sort()).toEqual([...wanted].sort());
    expect(Object.keys(all).sort()).toEqual([...new Set([...Object.keys(files), ...wanted])].sort());
  });

  test('a template whose URL is a parameter', async () => {
    const root = (call: JsonObject, parameters: JsonObject = {}) => ({
      ...template({ s: { type: STACK, properties: { TemplateURL: call } } }),
      parameters,
    });
    const gathered = async (from: JsonObject, parameters: JsonObject = {}) => {
      const { ports, fetched } = worldOf({ web: { [A]: LEAF, [B]: LEAF } });
      await withRemoteFiles(ports, from, { ...emptyEnvironment, parameters }, {}, 'store');
      return fetched;
    };
    expect(await gathered(root({ get_param: 'url' }), { url: A })).toEqual([A]);
    expect(await gathered(root({ Ref: 'url' }, { url: { type: 'string', default: B } }))).toEqual([B]);
    expect(await gathered(root({ Ref: 'url' }, { url: { type: 'string', default: B } }), { url: A })).toEqual([A]);
  });

  test('for a look, templates and not files', async () => {
    const { ports, fetched } = worldOf({
      web: { [A]: text({ in: { type: B, properties: { x: { get_file: 'http://web/x.sh' } } } }), [B]: LEAF },
    });
    await withRemoteFiles(ports, template({ r: { type: A } }), emptyEnvironment, {}, 'look');
    expect(fetched).toEqual([A, B]);
  });

  test('level by level, as deep as stacks may be; templates that use each other end', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`http://web/${n}.yaml`, text({ r: { type: `http://web/${n + 1}.yaml` } })]),
    );
    expect((await gather({ web: chain }, { r: { type: 'http://web/0.yaml' } })).fetched).toHaveLength(6);
    const circle = { [A]: text({ r: { type: B } }), [B]: text({ r: { type: A } }) };
    expect((await gather({ web: circle }, { r: { type: A } })).fetched).toEqual([A, B]);
  });

  test('no template makes it throw', async () => {
    const key = fc.constantFrom('resources', 'Resources', 'type', 'Type', 'properties', 'get_file', 'a', '__proto__');
    const { any } = fc.letrec<{ any: Json }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Json>(null, 1, true, 'x', A, 'n.yaml', 'My::X'),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, any, { maxKeys: 4 }), any, async (root, inner) => {
        const { ports } = worldOf({ web: { [A]: JSON.stringify(inner) } });
        const environment = { ...emptyEnvironment, resourceRegistry: { 'My::X': A } };
        const files = { 'n.yaml': JSON.stringify(inner) };
        const all = await withRemoteFiles(ports, root as JsonObject, environment, files, 'store');
        expect(Object.keys(all).every((name) => name === A || name === 'n.yaml')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('of a large template each resource is looked at once, and a file that it names a thousand times once in all', async () => {
    const count = 20_000;
    const resources = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`r${n}`, { type: n % 2 === 0 ? 'n.yaml' : 'OS::Heat::None' }]),
    );
    const { asked } = await gather({}, resources, { 'X*': 'Y*', 'My::X': A }, { 'n.yaml': text({ in: { type: 'OS::Heat::None' } }) });
    expect(asked.length).toBeLessThanOrEqual(3 * count);
  });

  test("the operator's templates come along where they are used", async () => {
    const globalEnvironment = {
      resourceRegistry: { 'My::X': 'global:x.yaml', 'My::Y': 'global:y.yaml' },
      files: { 'global:x.yaml': LEAF, 'global:y.yaml': LEAF },
    };
    expect(Object.keys((await gather({ globalEnvironment }, { r: { type: 'My::X' } })).all)).toEqual(['global:x.yaml']);
    expect((await gather({ globalEnvironment }, { r: { type: 'My::X' } }, { 'My::X': 'OS::Heat::None' })).all).toEqual({});
  });
});

describe('refused', () => {
  test.each<[string, World, JsonObject, Record<string, string>, RegExp, string]>([
    [
      'a URL that gives nothing, by name and place, without what is secret in it',
      {},
      { r: { type: 'http://me:sesame@web/x.yaml?t=sesame.yaml' } },
      {},
      /^Could not fetch remote template "http:\/\/web\/x\.yaml\?…", named in the template at resources\.r\.type: http:\/\/web\/x\.yaml\?… was answered with HTTP 404\. Check the URL, or send the content in "files"/,
      'StackValidationFailed',
    ],
    [
      'a file that a nested template names',
      {},
      { r: { type: 'n.yaml' } },
      { 'n.yaml': text({ in: { type: 'OS::Heat::None', properties: { x: { get_file: 'http://web/x.sh' } } } }) },
      /^Could not fetch remote file "http:\/\/web\/x\.sh", named in "n\.yaml" at resources\.in\.properties\.x\.get_file: /,
      'StackValidationFailed',
    ],
    [
      'one that is too large',
      { web: { [A]: LEAF }, limits: { templateSize: 10 } },
      { r: { type: A } },
      {},
      /larger than the 10 bytes allowed/,
      'StackValidationFailed',
    ],
    [
      'too many',
      { limits: { fetchedCount: 1 } },
      { r: { type: A }, q: { type: B } },
      {},
      /^Request limit exceeded: more than 1 files would have to be fetched/,
      'RequestLimitExceeded',
    ],
    [
      'too many bytes',
      { web: { [A]: LEAF }, limits: { filesSize: 60 } },
      { r: { type: A } },
      {},
      /Total size of files \(\d+ bytes\) exceeds/,
      'RequestLimitExceeded',
    ],
    [
      'a nested template that is too large',
      { limits: { templateSize: 10 } },
      { r: { type: 'n.yaml' } },
      { 'n.yaml': LEAF },
      /^Request limit exceeded: Template size of "n\.yaml" \(\d+ bytes\) exceeds maximum allowed size \(10 bytes\)\.$/,
      'RequestLimitExceeded',
    ],
  ])('%s', async (_name, world, resources, files, message, type) => {
    await expect(gather(world, resources, {}, files)).rejects.toMatchObject({
      code: 'invalid',
      type,
      message: expect.stringMatching(message),
    });
    await expect(gather(world, resources, {}, files)).rejects.not.toThrow(/sesame/);
  });

  test('a template by URL, with what to do', async () => {
    const { ports } = worldOf({});
    await expect(fetchedTemplate(ports, 'http://u:sesame@web/t.yaml')).rejects.toMatchObject({
      type: 'HTTPBadRequest',
      message:
        'Could not retrieve template: http://web/t.yaml was answered with HTTP 404. Check "template_url", or send the template itself in "template".',
    });
  });

  test.each<[string, object, RegExp]>([
    ['an environment', { environment: 'x'.repeat(101) }, /Environment size \(101 bytes\) exceeds maximum allowed size \(100 bytes\)/],
    ['the number of files', { files: { a: '', b: '', c: '' } }, /3 files are more than the 2 that a stack may have/],
    [
      'the size of files',
      { files: { a: 'x'.repeat(300) } },
      /Total size of files \(301 bytes\) exceeds maximum allowed size \(200 bytes\)/,
    ],
    ['the number of environment files', { environmentFiles: ['a', 'a', 'a'] }, /3 environment files/],
  ])('before any work: %s', (_name, more, message) => {
    const limits = { ...DEFAULT_STACK_LIMITS, environmentSize: 100, filesCount: 2, filesSize: 200 };
    const input = { ...NOTHING_SENT, ...more };
    expect(() => checkInputSizes(limits, input)).toThrow(
      expect.objectContaining({ type: 'RequestLimitExceeded', message: expect.stringMatching(message) }),
    );
  });
});
