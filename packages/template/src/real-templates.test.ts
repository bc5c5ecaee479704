/**
 * Templates that people wrote, from the folder HEARTH_TEMPLATES (default ../shared/templates): each, HOT or CloudFormation, is read, bound, and
 * judged as Heat judged it wherever reading alone decides.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { diagnosticText, type Json, type JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from './binding/bind-definition.ts';
import { emptyEnvironment } from './environment/parse-environment.ts';
import { parseTemplate } from './parse-template.ts';
import { validateView } from './views/validate-view.ts';

const folder = resolve(process.cwd(), process.env['HEARTH_TEMPLATES'] ?? '../shared/templates');
interface Verdict {
  readonly status: number;
  readonly error?: string;
  readonly parameters?: JsonObject;
}

function textsIn(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? textsIn(path) : /\.(yaml|template)$/.test(name) ? [path] : [];
  });
}

/** `get_file` takes whatever was sent; here everything it names is there. */
const everyFile: Readonly<Record<string, string>> = new Proxy(
  {},
  { get: () => 'content', getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 'content' }) },
);

if (!existsSync(folder)) {
  test(`there is no folder of templates at ${folder}; name one in HEARTH_TEMPLATES`, (context) => context.skip());
} else {
  const verdicts = JSON.parse(readFileSync(join(folder, 'verdicts.json'), 'utf8')) as Record<string, Verdict>;
  const texts = textsIn(folder).map((path) => [relative(folder, path), readFileSync(path, 'utf8')] as const);
  const written = texts.filter(([, text]) => /^["'{ ]*(?:heat_template_version|(?:AWS|Heat)TemplateFormatVersion)/m.test(text));

  describe('real templates', () => {
    test('there are some', () => expect(written.length).toBeGreaterThan(60));
    test.each(written)('%s', (name, text) => {
      const verdict = verdicts[name];
      const parsed = parseTemplate(text);
      const bound =
        parsed.definition === null
          ? null
          : bindDefinition({
              definition: parsed.definition,
              environment: emptyEnvironment,
              pseudo: { stackId: 's', stackName: 'n', projectId: 'p' },
              files: everyFile,
              strict: false,
            });
      const problems = [...parsed.diagnostics, ...(bound?.diagnostics ?? [])];
      if (verdict?.status === 200) {
        expect(problems.map(diagnosticText)).toEqual([]);
        if (parsed.definition !== null && verdict.parameters !== undefined) {
          expect(validateView(parsed.definition, emptyEnvironment)['Parameters'] as Json).toMatchObject(verdict.parameters);
        }
        return;
      }
      // Refused by Heat or never asked: whatever we find must say where it is.
      for (const problem of problems) expect(problem.path.length + (problem.position?.line ?? 0)).toBeGreaterThan(0);
    });
    test.each(texts.filter(([name]) => !written.some(([other]) => other === name)))('no template: %s', (_name, text) => {
      const { definition, diagnostics } = parseTemplate(text);
      if (definition === null) expect(diagnostics.length).toBeGreaterThan(0);
    });
  });
}
