/** `hearth doctor`: one line for each thing that must be right, and what to do about each that is not. */
import type { Where } from '../connect.ts';
import type { Console } from '../console.ts';
import { checkCloud } from './cloud-checks.ts';
import type { Finding } from './finding.ts';
import { checkMachine } from './machine-checks.ts';
import { checkServer } from './server-checks.ts';

/** Exit code 0 when nothing is wrong. */
export async function doctor(where: Where, console: Console): Promise<number> {
  const findings: Finding[] = [];
  for (const check of [checkMachine, checkServer, checkCloud]) {
    for (const finding of await check(where)) {
      findings.push(finding);
      console.line(`${finding.ok ? 'ok     ' : 'PROBLEM'}  ${finding.what.padEnd(14)} ${finding.saw}`);
      if (finding.remedy !== null) console.line(`         ${''.padEnd(14)} → ${finding.remedy}`);
    }
  }
  const problems = findings.filter((finding) => !finding.ok).length;
  console.line(problems === 0 ? '\nNothing is wrong.' : `\n${problems} ${problems === 1 ? 'problem' : 'problems'}.`);
  console.result({ problems, findings: findings.map((finding) => ({ ...finding })) });
  return problems === 0 ? 0 : 1;
}
