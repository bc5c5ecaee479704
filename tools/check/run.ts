/**
 * `npm run check [-- WORDS]`: types, formatting and lint, layers, rules of the house, unused code, generated files. Words choose checks by name.
 * Prints each with its time, and what to do about the first thing that is wrong.
 */
import { CHECKS, type Check } from './checks.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const chosen = words.length === 0 ? CHECKS : CHECKS.filter((check) => words.some((word) => check.name.includes(word)));

if (chosen.length === 0) {
  console.error(`check: nothing is called ${words.join(' or ')}; there are: ${CHECKS.map((check) => check.name).join(', ')}`);
  process.exitCode = 2;
} else {
  process.exitCode = await runAll(chosen);
}

/** Two at a time: most of them start a program of their own. */
async function runAll(checks: readonly Check[]): Promise<number> {
  const begunAt = Date.now();
  const waiting = [...checks];
  const failed: Check[] = [];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) if (!(await runOne(check))) failed.push(check);
  };
  await Promise.all([worker(), worker()]);
  const seconds = ((Date.now() - begunAt) / 1000).toFixed(1);
  if (failed.length === 0) {
    console.log(`\nAll is well (${seconds} s).${words.length === 0 ? ' Next: npm test' : ''}`);
    return 0;
  }
  const next = checks.find((check) => failed.includes(check)) as Check;
  console.log(
    `\n${failed.map((check) => check.name).join(', ')}: not in order (${seconds} s). Next: ${next.next}; then: npm run check -- ${next.name}`,
  );
  return 1;
}

async function runOne(check: Check): Promise<boolean> {
  const begunAt = Date.now();
  const outcome = await check.run();
  console.log(
    `${outcome.ok ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(9)} ${((Date.now() - begunAt) / 1000).toFixed(1).padStart(5)} s  ${check.what}`,
  );
  if (!outcome.ok) console.log(outcome.text.trimEnd().replaceAll(/^/gm, '        '));
  return outcome.ok;
}
