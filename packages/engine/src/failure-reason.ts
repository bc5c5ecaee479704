/**
 * Reasons of failures as users read them: `Type: resources.group.resources[0]: message`. Each level adds the name of its own resource in front;
 * several failures stand one after the other with semicolons. Pure.
 */

/** What begins with a path inside the resource goes on in the same path. */
const GOES_ON = /^(resources[.[]|(properties|Properties|metadata|Metadata)\b)/;
/** Only where the next failure with its path begins: messages may have semicolons of their own. */
const BETWEEN = /; (?=\w+: resources[.[])/;
const TYPED = /^(\w+): (.*)$/s;

/** Of a resource of this name. */
export const reasonAt = (name: string, reason: string): string =>
  reason
    .split(BETWEEN)
    .map((one) => {
      const typed = TYPED.exec(one);
      return typed === null ? under(name, one) : `${typed[1]}: ${under(name, typed[2] as string)}`;
    })
    .join('; ');

/** Members have numbers for names. */
const under = (name: string, what: string): string =>
  `${/^\d+$/.test(name) ? `resources[${name}]` : `resources.${name}`}${GOES_ON.test(what) ? '.' : ': '}${what}`;

/** Without what a stack's reason begins with: the failures below, or why the stack itself could not go on. */
export const failuresBelow = (reason: string): string => reason.replace(/^Resource [A-Z]+ failed: /, '');

/** Guests were not awaited any more: no failure of its own, and not told as one of the stack. */
export const GIVEN_UP = 'Aborted: it waited for signals, and something else has failed';
export const isGivenUp = (reason: string): boolean => reason.endsWith(GIVEN_UP.slice('Aborted: '.length));
