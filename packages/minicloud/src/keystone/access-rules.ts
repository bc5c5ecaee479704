/** Services mind what an application credential is limited to: requests that none of its rules names are refused, as by their middleware. */
import { Refusal } from '@hearth/kernel';
import type { Route } from '@hearth/http-kit';
import type { AccessRuleBody } from './state.ts';
import type { TokenCheck } from './token-check.ts';

/** Whether a rule names this request. In its path `*` stands for one part, `**` for any number, `{name}` for one part. */
export function allows(
  rule: AccessRuleBody,
  request: { readonly service: string; readonly method: string; readonly path: string },
): boolean {
  if (rule.service !== request.service || rule.method !== request.method) return false;
  const wanted = rule.path.split('/');
  const parts = request.path.split('/');
  return matches(wanted, parts);
}

/** Iterative matching with one place to come back to: `**` is tried with ever more parts. */
function matches(wanted: readonly string[], parts: readonly string[]): boolean {
  let [at, part] = [0, 0];
  let star: { readonly at: number; part: number } | null = null;
  while (part < parts.length) {
    const mark = wanted[at];
    if (mark === '**') {
      star = { at, part };
      at++;
    } else if (mark !== undefined && (mark === '*' || /^\{[^}]*\}$/.test(mark) || mark === parts[part])) {
      at++;
      part++;
    } else if (star !== null) {
      star.part++;
      at = star.at + 1;
      part = star.part;
    } else return false;
  }
  return wanted.slice(at).every((mark) => mark === '**');
}

/** The same routes, closed to tokens whose access rules do not name the request. Identity itself stays open, as Keystone does. */
export function withAccessRules(service: string, routes: readonly Route[], tokens: TokenCheck): readonly Route[] {
  return routes.map((route) => ({
    ...route,
    async handle(request) {
      const token = request.identityOrNull?.token;
      const rules = token === undefined ? null : ((await tokens.holder(token))?.accessRules ?? null);
      if (rules === null) return route.handle(request);
      const path = request.path.slice(request.prefix.length);
      if (!rules.some((rule) => allows(rule.body, { service, method: request.method, path })))
        throw new Refusal('unauthorized', 'Unauthorized', 'The request you have made requires authentication.');
      return route.handle(request);
    },
  }));
}
