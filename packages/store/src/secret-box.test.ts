/** The secret box: what goes in comes out, for the right key alone, and a key that is gone is noticed at start. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, type Json } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSecretBox } from './keys/key-ring.ts';
import { loadOrCreateKeys } from './keys/key-source.ts';
import { createSecretBox } from './secret-box.ts';

describe('a box', () => {
  const box = createSecretBox(randomBytes(32));

  test('gives back any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false } as never), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(box.open(box.seal(plain))).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  test('shows nothing and repeats nothing', () => {
    const value = { password: 'correct horse battery staple' };
    const [first, second] = [box.seal(value), box.seal(value)];
    expect(first.toString('latin1')).not.toContain('horse');
    expect(first.equals(second)).toBe(false);
  });

  test('every single byte is guarded', () => {
    const sealed = box.seal({ a: 1 });
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => box.open(changed), `byte ${at}`).toThrowError(/secret column/i);
    }
    expect(() => box.open(sealed.subarray(0, sealed.length - 1))).toThrowError(/damaged/);
    expect(() => box.open(Buffer.alloc(0))).toThrowError(/damaged/);
  });

  test('another key says so', () => {
    expect(() => createSecretBox(randomBytes(32)).open(box.seal(1))).toThrowError(/another key/);
  });

  test.each([0, 16, 31, 33])('a key of %i bytes is refused', (length) => {
    expect(() => createSecretBox(randomBytes(length))).toThrowError(/needs 32/);
  });
});

describe('the key of a database', () => {
  let home: TestDatabase;
  let dataDir: string;
  beforeEach(async () => {
    home = await testDatabase();
    dataDir = mkdtempSync(join(tmpdir(), 'hearth-key-'));
  });
  afterEach(async () => {
    rmSync(dataDir, { recursive: true, force: true });
    await home.drop();
  });
  const fromFolder = () => openSecretBox(home.database, { kind: 'data-folder', dataDir });
  const keyFile = () => join(dataDir, 'secret.key');

  test('is made once, for its owner alone, and opens what it sealed after a restart', async () => {
    const first = await fromFolder();
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    chmodSync(keyFile(), 0o644);
    expect((await fromFolder()).open(first.seal({ a: 1 }))).toEqual({ a: 1 });
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  });

  test('lost: a clear message, and no other key is put in its place', async () => {
    await fromFolder();
    rmSync(keyFile());
    await expect(fromFolder()).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/secret\.key is missing.*[Rr]estore/),
    });
    expect(existsSync(keyFile())).toBe(false);
  });

  test('exchanged: a clear message', async () => {
    await fromFolder();
    writeFileSync(keyFile(), `${randomBytes(32).toString('base64')}\n`);
    await expect(fromFolder()).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/does not belong to this database/),
    });
  });

  test('damaged: a clear message without what the file holds', async () => {
    writeFileSync(keyFile(), 'only half of a k');
    const error = await fromFolder().catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining(keyFile()) });
    expect((error as Error).message).not.toContain('only half');
  });

  test('given by the operator: the same one works, another does not, and no file is made', async () => {
    const given = (text: string) => openSecretBox(home.database, { kind: 'given', key: new Secret(text) });
    const text = randomBytes(32).toString('base64');
    const first = await given(text);
    expect((await given(text)).open(first.seal('x'))).toBe('x');
    await expect(given(randomBytes(32).toString('base64'))).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('HEARTH_SECRET_KEY'),
    });
    await expect(given('short')).rejects.toMatchObject({ code: 'configuration' });
    expect(existsSync(keyFile())).toBe(false);
  });

  test('made by many at once, it is one', async () => {
    const keys = await Promise.all(
      Array.from({ length: 8 }, async () =>
        loadOrCreateKeys(dataDir)
          .map((key) => key.toString('hex'))
          .join(),
      ),
    );
    expect(new Set(keys).size).toBe(1);
    const boxes = await Promise.all(Array.from({ length: 8 }, () => fromFolder()));
    expect(new Set(boxes.map((box) => box.fingerprint)).size).toBe(1);
    expect(readFileSync(keyFile(), 'utf8').trim()).toBe(Buffer.from(keys[0] as string, 'hex').toString('base64'));
  });
});
