/** Reading who logs in where from clouds.yaml and OS_* variables. */
import { revealSecret } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { accessFromClouds, accessFromVariables } from './cloud-access.ts';

const auth = { auth_url: 'http://127.0.0.1:5000/v3', username: 'demo', password: 'p4ss', project_name: 'demo' };

describe('clouds.yaml', () => {
  it('gives login, project and region', () => {
    const access = accessFromClouds(
      { clouds: { hearth: { auth: { ...auth, user_domain_id: 'd1' }, region_name: 'RegionOne' } } },
      'hearth',
      'clouds.yaml',
    );
    expect(access).toMatchObject({
      authUrl: auth.auth_url,
      username: 'demo',
      projectName: 'demo',
      userDomain: { id: 'd1' },
      projectDomain: { id: 'default' },
      region: 'RegionOne',
    });
    expect(revealSecret(access.password)).toBe('p4ss');
    expect(JSON.stringify(access)).not.toContain('p4ss');
  });

  it('names the clouds there are when the wanted one is missing', () => {
    expect(() => accessFromClouds({ clouds: { a: {}, b: {} } }, 'c', 'clouds.yaml')).toThrow('clouds.yaml has no cloud "c"; it has: a, b');
    expect(() => accessFromClouds(null, 'c', 'clouds.yaml')).toThrow('it has: none');
  });

  it('names every missing setting at once', () => {
    expect(() => accessFromClouds({ clouds: { a: { auth: { username: 'x' } } } }, 'a', 'clouds.yaml')).toThrow(
      'cloud "a" in clouds.yaml: auth_url, password, project_name missing',
    );
  });
});

describe('OS_* variables', () => {
  it('adds the version to Keystone and takes domains by name', () => {
    const access = accessFromVariables({
      OS_AUTH_URL: 'http://k:5000/',
      OS_USERNAME: 'u',
      OS_PASSWORD: 'p',
      OS_PROJECT_NAME: 'x',
      OS_USER_DOMAIN_NAME: 'Users',
    });
    expect(access).toMatchObject({ authUrl: 'http://k:5000/v3', userDomain: { name: 'Users' }, region: null });
  });

  it('names what is missing', () => {
    expect(() => accessFromVariables({})).toThrow('the OS_* variables: auth_url, username, password, project_name missing');
  });
});
