/** Whether Keystone answers, takes our login, and lists the services that stacks need; with HEARTH_KEYSTONE_* also the service user's login. */
import { accessFromVariables, askJson, type CloudAccess, openSession, type Session } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import { cloudAccess, type Where } from '../connect.ts';
import { systemTimers } from '../system-timers.ts';
import { fine, type Finding, problem } from './finding.ts';

const SERVICES = ['orchestration', 'compute', 'network', 'image'];
const TIMEOUT_MS = 5_000;

export async function checkCloud(where: Where): Promise<readonly Finding[]> {
  const findings = [...(await checkLogin('login', 'check --cloud, clouds.yaml or the OS_* variables', () => cloudAccess(where)))];
  if (process.env['HEARTH_KEYSTONE_AUTH_URL'] !== undefined) {
    findings.push(...(await checkLogin('service user', 'check the HEARTH_KEYSTONE_* variables', serviceUser)));
  }
  return findings;
}

/** The settings of the server, in the names that clients use. */
function serviceUser(): CloudAccess {
  const variable = (name: string): string | undefined => process.env[`HEARTH_KEYSTONE_${name}`];
  return accessFromVariables({
    OS_AUTH_URL: variable('AUTH_URL'),
    OS_USERNAME: variable('USERNAME'),
    OS_PASSWORD: variable('PASSWORD'),
    OS_PROJECT_NAME: variable('PROJECT_NAME'),
    OS_USER_DOMAIN_ID: variable('USER_DOMAIN_ID'),
    OS_PROJECT_DOMAIN_ID: variable('PROJECT_DOMAIN_ID'),
    OS_REGION_NAME: process.env['HEARTH_REGION'],
  });
}

async function checkLogin(what: string, remedy: string, read: () => CloudAccess): Promise<readonly Finding[]> {
  try {
    const access = read();
    await askJson({ method: 'GET', url: access.authUrl, timeoutMs: TIMEOUT_MS });
    const reachable = fine('Keystone', access.authUrl);
    const session = await attempt(() => openSession(access, systemTimers));
    if (session instanceof Failure) return [reachable, problem(what, session.message, remedy)];
    return [
      reachable,
      fine(what, `user ${access.username}, project ${access.projectName} (${session.projectId})`),
      checkCatalogue(session),
    ];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [
      problem(
        'Keystone',
        error.message,
        error.code === 'unavailable' ? 'start the server (npm start), or check the address in clouds.yaml or OS_AUTH_URL' : remedy,
      ),
    ];
  }
}

function checkCatalogue(session: Session): Finding {
  const missing = SERVICES.filter((service) => {
    try {
      return session.endpoint(service) === '';
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return fine('catalogue', SERVICES.join(', '));
  return problem(
    'catalogue',
    `lists no ${missing.join(', ')}`,
    'register the endpoints: openstack endpoint create --region REGION SERVICE public URL',
  );
}

async function attempt<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
