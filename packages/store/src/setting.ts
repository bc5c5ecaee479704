/** Facts about a database that it carries itself, by name. */
import type { Queryable } from './database.ts';

export async function readSetting(db: Queryable, name: string): Promise<string | null> {
  const [row] = await db.query<{ value: string }>({
    name: 'setting-read',
    text: 'select value from setting where name = $1',
    values: [name],
  });
  return row?.value ?? null;
}

/** Sets it unless it is there; gives the value that holds afterwards. */
export async function settleSetting(db: Queryable, name: string, value: string): Promise<string> {
  await db.query({ text: 'insert into setting (name, value) values ($1, $2) on conflict (name) do nothing', values: [name, value] });
  return (await readSetting(db, name)) ?? value;
}

export async function writeSetting(db: Queryable, name: string, value: string): Promise<void> {
  await db.query({
    text: 'insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
    values: [name, value],
  });
}
