/** What servers boot with, by format; and that the scripts among it are programs. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@hearth/kernel';
import { mimeDocument, mimeParts } from '@hearth/resource-kit';
import { describe, expect, it } from 'vitest';
import { BOOT_HOOK, PART_HANDLER, RUN_USER_DATA } from './guest-scripts.ts';
import { type UserData, userDataDocument } from './user-data.ts';

const documentOf = (given: Partial<UserData>): string =>
  userDataDocument({ format: 'HEAT_CFNTOOLS', text: '#!/bin/sh\n', metadata: {}, cfnUrl: null, ...given });
const partsOf = (given: Partial<UserData>) => (mimeParts(documentOf(given)) ?? []).map(({ subtype, filename }) => `${subtype} ${filename}`);
const contentOf = (given: Partial<UserData>, filename: string) =>
  mimeParts(documentOf(given))?.find((part) => part.filename === filename)?.content;

const COMMON = ['cloud-config cloud-config', 'cloud-boothook boothook.sh', 'part-handler part-handler.py'];

describe('RAW', () => {
  it.each(['', '#!/bin/sh\n', 'Content-Type: multipart/mixed; boundary="x"'])('%j stays as it is', (text) =>
    expect(documentOf({ format: 'RAW', text, metadata: { a: 1 } })).toBe(text),
  );
});

describe('HEAT_CFNTOOLS', () => {
  it('has the user data as a file, and what runs it', () => {
    expect(partsOf({})).toEqual([...COMMON, 'x-cfninitdata cfn-userdata', 'x-shellscript loguserdata.sh']);
    expect(contentOf({ text: 'echo ü' }, 'cfn-userdata')).toBe('echo ü');
  });
  it('has metadata and where to ask, when there are such', () => {
    const given = { metadata: { 'AWS::CloudFormation::Init': { config: {} } }, cfnUrl: 'https://heat.example.org:8000/v1/' };
    expect(partsOf(given).slice(5)).toEqual([
      'x-cfninitdata cfn-init-data',
      'x-cfninitdata cfn-metadata-server',
      'x-cfninitdata cfn-boto-cfg',
    ]);
    expect(JSON.parse(contentOf(given, 'cfn-init-data') ?? '')).toEqual(given.metadata);
    expect(contentOf(given, 'cfn-metadata-server')).toBe(given.cfnUrl);
    expect(contentOf(given, 'cfn-boto-cfg')?.split('\n')).toEqual([
      '[Boto]',
      'debug = 0',
      'is_secure = 1',
      'https_validate_certificates = 1',
      'cfn_region_name = heat',
      'cfn_region_endpoint = heat.example.org',
    ]);
  });
});

describe('SOFTWARE_CONFIG', () => {
  const format = 'SOFTWARE_CONFIG';
  const metadata: JsonObject = { deployments: [], 'os-collect-config': { collectors: ['local'] } };
  it('has a text as a part of no kind', () => expect(partsOf({ format })).toEqual([...COMMON, 'plain ']));
  it('has the parts of a document of the user, and the metadata', () => {
    const text = mimeDocument([
      { content: 'a', subtype: 'x-shellscript', filename: 'a.sh' },
      { content: 'b', subtype: 'cloud-config', filename: null },
    ]);
    expect(partsOf({ format, text, metadata })).toEqual([
      ...COMMON,
      'x-shellscript a.sh',
      'cloud-config null',
      'x-cfninitdata cfn-init-data',
    ]);
  });
  it('puts the metadata into a document of Ignition as files', () => {
    const text = JSON.stringify({ ignition: { version: '2.2.0' }, storage: { files: [{ path: '/own' }] } });
    const { storage } = JSON.parse(documentOf({ format, text, metadata })) as {
      storage: { files: { path: string; contents?: { source: string } }[] };
    };
    expect(storage.files.map(({ path }) => path)).toEqual([
      '/own',
      '/var/lib/heat-cfntools/cfn-init-data',
      '/var/lib/cloud/data/cfn-init-data',
    ]);
    expect(JSON.parse(decodeURIComponent(storage.files[1]?.contents?.source.slice('data:,'.length) ?? ''))).toEqual(metadata);
    expect(documentOf({ format, text })).toBe(text);
  });
  it.each([
    ['{"ignition": {"version": "2.2.0"}, "storage": []}', 'Ignition "storage" section must be a map'],
    ['{"ignition": {"version": "2.2.0"}, "storage": {"files": {}}}', 'Ignition "files" section must be a list'],
  ])('%s is refused', (text, message) => expect(() => documentOf({ format, text, metadata })).toThrow(message));
  it.each(['{"ignition": {}}', '{"a": 1}', '{broken'])('%s is a text like any other', (text) =>
    expect(partsOf({ format, text })).toEqual([...COMMON, 'plain ']),
  );
});

describe('the scripts', () => {
  const inFolder = (act: (folder: string) => void): void => {
    const folder = mkdtempSync(join(tmpdir(), 'guest-'));
    try {
      act(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  /** Runs the user data as a guest would, below another folder. */
  const provision = (folder: string, userData: string): number => {
    writeFileSync(join(folder, 'cfn-userdata'), userData);
    const script = RUN_USER_DATA.replaceAll('/var/lib/heat-cfntools', folder).replaceAll('/var/log', folder);
    writeFileSync(join(folder, 'run.sh'), script);
    try {
      execFileSync('sh', [join(folder, 'run.sh')], { stdio: 'pipe' });
      return 0;
    } catch (error) {
      return (error as { status: number }).status;
    }
  };
  it('run the user data, keep what they print, and say that they are done', () =>
    inFolder((folder) => {
      expect(provision(folder, '#!/bin/sh\necho out; echo err >&2\n')).toBe(0);
      expect(readFileSync(join(folder, 'heat-provision.log'), 'utf8')).toMatch(/begins\nout\nerr\n.*ends/);
      expect(existsSync(join(folder, 'provision-finished'))).toBe(true);
    }));
  it('fail as the user data do', () =>
    inFolder((folder) => {
      expect(provision(folder, '#!/bin/sh\nexit 7\n')).toBe(7);
      expect(existsSync(join(folder, 'provision-finished'))).toBe(false);
    }));
  it.each(['', 'just text'])('%j as user data is no failure', (text) =>
    inFolder((folder) => {
      expect(provision(folder, text)).toBe(0);
      expect(existsSync(join(folder, 'provision-finished'))).toBe(true);
    }),
  );
  it('let the boot go on whatever happens', () =>
    inFolder((folder) => {
      writeFileSync(join(folder, 'hook.sh'), BOOT_HOOK);
      chmodSync(join(folder, 'hook.sh'), 0o700);
      expect(() => execFileSync(join(folder, 'hook.sh'), { stdio: 'pipe', env: { PATH: '/usr/bin:/bin' } })).not.toThrow();
    }));
  it('keep parts of their type as files, in their folders only', () =>
    inFolder((folder) => {
      const handler = PART_HANDLER.replaceAll('/var/lib', folder).replaceAll('/var/log', folder);
      const use = `${handler}
handle_part(None, '__begin__', None, None)
handle_part(None, 'text/x-cfninitdata', '../../evil', 'text')
handle_part(None, 'text/x-cfninitdata', 'bytes', b'\\xff')
handle_part(None, '__end__', None, None)
`;
      writeFileSync(join(folder, 'handler.py'), use);
      execFileSync('/usr/bin/python3', [join(folder, 'handler.py')], { stdio: 'pipe' });
      expect(readFileSync(join(folder, 'heat-cfntools/evil'), 'utf8')).toBe('text');
      expect([...readFileSync(join(folder, 'cloud/data/bytes'))]).toEqual([0xff]);
      expect(existsSync(join(folder, '../evil'))).toBe(false);
    }));
});
