/** Ways out over HTTP and on the command line, on the whole program: a server that will not come, and one that will not go. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { runHearth } from './hearth-command.ts';

const resource = (value: string, more: object = {}) => ({ type: 'OS::Heat::TestResource', properties: { value, ...more } });
const template = (resources: object) => ({ heat_template_version: '2018-08-31', resources });
const FAILING = template({ good: resource('1'), bad: resource('2', { fail: true }), last: { ...resource('3'), depends_on: 'bad' } });

describe('ways out', () => {
  const folder = temporaryFolder('recovery');
  let server: ServerProcess;
  let rest: Rest;
  let stacks = '';
  let own = '';
  beforeAll(async () => {
    server = await startServer({ dataDir: `${folder}/data` });
    rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
    stacks = `${rest.endpoint('orchestration')}/stacks`;
    own = stacks.replace(/\/v1\/.*/, `/hearth/v1/${rest.projectId}/stacks`);
  });
  afterAll(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  async function create(name: string, body: object): Promise<string> {
    const answer = await rest.call<{ stack: { id: string } }>('POST', stacks, { stack_name: name, template: body, disable_rollback: true });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return `${stacks}/${name}/${answer.body.stack.id}`;
  }
  const hearth = (...args: readonly string[]) => runHearth([...args, '--data', server.dataDir]);

  it('why, continue, versions, rollback, force-delete', { timeout: 120_000 }, async () => {
    const url = await create('web', FAILING);
    expect((await untilSettled(rest, url, 60_000)).stack_status).toBe('CREATE_FAILED');

    const told = await hearth('why', 'web');
    expect(told.code, told.err).toBe(0);
    expect(told.out).toContain('web is CREATE_FAILED');
    expect(told.out).toContain('bad has failed');
    expect(told.out).toContain('hearth stack continue web --skip bad');
    expect(told.out).toContain('last comes after bad.');
    const one = await rest.call<{ findings: { cause: string; waits_for: string[] }[] }>('GET', `${own}/web/resources/last/explain`);
    expect(one.body.findings).toMatchObject([{ cause: 'requires', waits_for: ['bad'] }]);

    const again = await rest.call('POST', `${own}/web/retry`);
    expect(again.status).toBe(202);
    expect((await untilSettled(rest, url, 60_000)).stack_status).toBe('CREATE_FAILED');
    const gone = await hearth('stack', 'continue', 'web', '--skip', 'bad', '--wait');
    expect(gone.code, gone.out + gone.err).toBe(0);
    expect((await untilSettled(rest, url, 60_000)).stack_status).toBe('CREATE_COMPLETE');
    expect((await rest.call('POST', `${own}/web/retry`)).status).toBe(409);

    expect((await rest.call('PUT', url, { template: template({ good: resource('5') }) })).status).toBe(202);
    expect((await untilSettled(rest, url, 60_000)).stack_status).toBe('UPDATE_COMPLETE');
    const versions = await rest.call<{ versions: { number: number; changes: object | null }[] }>('GET', `${own}/web/versions`);
    expect(versions.body.versions).toMatchObject([
      { number: 2, is_present: true, changes: { removed: ['bad', 'last'], changed: ['good'] } },
      { number: 1, made_by: expect.any(String), changes: null },
    ]);
    expect((await hearth('stack', 'versions', 'web')).out).toContain('-bad, -last, ~good');
    expect((await rest.call('GET', `${own}/web/versions/2`)).body).toMatchObject({ version: { template: { resources: { good: {} } } } });
    expect((await rest.call('POST', `${own}/web/versions/2/rollback`)).status).toBe(202);
    expect((await untilSettled(rest, url, 60_000)).stack_status).toBe('UPDATE_COMPLETE');
    expect((await rest.call('POST', `${own}/web/versions/77/rollback`)).status).toBe(404);

    const forced = await rest.call<{ stack: object }>('POST', `${own}/web/force-delete`, { retain: ['good'], force: false });
    expect(forced.body).toMatchObject({ stack: { action: 'DELETE', retained: ['good'] } });
    expect((await untilSettled(rest, url, 60_000)).stack_status).toBe('DELETE_COMPLETE');
    const left = await rest.call('GET', own.replace(/stacks$/, 'leftovers'));
    expect(left.body).toMatchObject({ leftovers: [{ resource_name: 'good', reason: 'it was to be retained', stack_name: 'web' }] });
    expect((await hearth('stack', 'leftovers')).out).toContain('good');
  });

  it('cancels what lasts, whatever it is', { timeout: 60_000 }, async () => {
    const url = await create('slow', template({ slow: resource('1', { action_wait_secs: { create: 600 } }) }));
    expect((await rest.call('POST', `${own}/slow/cancel`, { rollback: false })).status).toBe(202);
    expect((await untilSettled(rest, url, 30_000)).stack_status).toBe('CREATE_FAILED');
    expect((await rest.call('POST', `${own}/slow/cancel`, {})).status).toBe(400);
    const forced = await hearth('stack', 'force-delete', 'slow', '--wait');
    expect(forced.code, forced.err).toBe(0);
    expect(forced.out).toContain('slow is gone');
  });

  it('refuses with what is wrong', { timeout: 60_000 }, async () => {
    await create('odd', template({ a: resource('1') }));
    for (const [path, body, words] of [
      ['continue', { skip: 'a' }, '"skip" must be a list'],
      ['continue', { skp: [] }, 'There is no "skp" in the body; there is skip.'],
      ['force-delete', { retain: ['nosuch'] }, 'There is no resource nosuch in stack odd: odd has a.'],
      ['force-delete', { timeout_mins: 0 }, '"timeout_mins" must be'],
      ['versions/x/rollback', {}, 'The number of a version'],
    ] as const) {
      const answer = await rest.call<{ error: { message: string } }>('POST', `${own}/odd/${path}`, body);
      expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(words)]);
    }
    expect((await rest.call('GET', `${own}/nosuch/explain`)).status).toBe(404);
  });
});
