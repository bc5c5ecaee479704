/** Who may call what: Heat's personas, from the roles in the token. */
import { Refusal } from '@hearth/kernel';
import { STACK_USER_ROLE as STACK_USER } from './caller.ts';

/** `stack-user`: also users that live inside a stack. */
export type Persona = 'reader' | 'member' | 'stack-user' | 'admin';

function mayAct(persona: Persona, roles: readonly string[]): boolean {
  if (roles.includes('admin')) return true;
  switch (persona) {
    case 'admin':
      return false;
    case 'stack-user':
      return roles.length > 0;
    // Any role of a project gives access, as in Heat's older rules, but a user of a stack's inside sees only what is meant for it …
    case 'reader':
      return roles.length > 0 && !roles.includes(STACK_USER);
    // … and one who may only read changes nothing.
    case 'member':
      return !roles.includes(STACK_USER) && roles.some((role) => role !== 'reader');
  }
}

export function requirePersona(persona: Persona, roles: readonly string[], rule: string): void {
  if (!mayAct(persona, roles)) throw new Refusal('forbidden', 'Forbidden', `You are not authorized to use ${rule}.`);
}
