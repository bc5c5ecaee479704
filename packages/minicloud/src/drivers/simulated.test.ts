/** The simulated driver's promises: exact delays, jitter that is the same every time, and faults for what does not fit. */
import { describe, expect, test } from 'vitest';
import type { GuestSpec } from './driver.ts';
import { createSimulatedDriver, defaultSimulatedOptions } from './simulated.ts';

const guest: GuestSpec = {
  serverId: 'server-1',
  projectId: 'p',
  userId: 'u',
  name: 'web',
  hostname: 'web',
  imageId: 'image-1',
  vcpus: 1,
  memoryMb: 64,
  diskGb: 1,
  userData: 'aGVsbG8=',
  metadata: {},
  keyName: 'testkey',
  publicKey: null,
  configDrive: false,
  launchedAtMs: 1000,
  disks: [{ bootIndex: 0, source: 'image', sourceId: 'image-1', volumeId: null, sizeGb: 1, deviceName: '/dev/vda' }],
  ports: [{ portId: 'port-1', networkId: 'n', macAddress: 'fa:16:3e:00:00:01', addresses: [{ ip: '10.0.0.5', subnetId: 's' }] }],
};

describe('schedules', () => {
  test('a delay without jitter is exact', () => {
    const driver = createSimulatedDriver({ ...defaultSimulatedOptions, buildDelayMs: 700, buildJitterMs: 0 });
    expect(driver.schedule('spawn', guest, 5000)).toEqual({ doneAtMs: 5700, fault: null });
    expect(driver.schedule('destroy', guest, 5000)).toEqual({ doneAtMs: 5500, fault: null });
  });
  test('jitter differs between servers, stays in its bounds and is repeatable', () => {
    const driver = createSimulatedDriver();
    const delays = Array.from({ length: 50 }, (_, i) => driver.schedule('spawn', { ...guest, serverId: `server-${i}` }, 0).doneAtMs ?? -1);
    expect(new Set(delays).size).toBeGreaterThan(25);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(2000);
    expect(driver.schedule('spawn', { ...guest, serverId: 'server-7' }, 0).doneAtMs).toBe(delays[7]);
  });
  test('a guest larger than the host finds no host, nor does one the options single out', () => {
    const driver = createSimulatedDriver({
      ...defaultSimulatedOptions,
      host: { memoryMb: 512 },
      faultOf: (deed, one) => (deed === 'spawn' && one.metadata.fail === 'yes' ? 'told to fail' : null),
    });
    expect(driver.schedule('spawn', { ...guest, memoryMb: 1024 }, 0).fault).toMatch(/No valid host/);
    expect(driver.schedule('stop', { ...guest, memoryMb: 1024 }, 0).fault).toBeNull();
    expect(driver.schedule('spawn', { ...guest, metadata: { fail: 'yes' } }, 0).fault).toBe('told to fail');
  });
});

describe('the console', () => {
  const driver = createSimulatedDriver();
  test('tells what the guest is, and no secrets', async () => {
    const text = await driver.consoleLog(guest, null, 2000);
    expect(text).toContain('eth0: fa:16:3e:00:00:01 10.0.0.5');
    expect(text).toContain('web login:');
    expect(text).not.toContain('aGVsbG8=');
  });
  test('is cut to its last lines, and empty before the guest runs', async () => {
    expect((await driver.consoleLog(guest, 1, 2000)).trim()).toBe('web login:');
    expect(await driver.consoleLog(guest, 0, 2000)).toBe('');
    expect(await driver.consoleLog({ ...guest, launchedAtMs: null }, null, 2000)).toBe('');
    expect(await driver.consoleLog(guest, null, 500)).toBe('');
  });
});
