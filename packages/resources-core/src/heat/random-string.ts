/** `OS::Heat::RandomString`: a secret text, made once and kept; `get_resource` yields it. */
import type { JsonObject, Random } from '@hearth/kernel';
import { a, c, done, p, resourceTypes } from '@hearth/resource-kit';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const CLASSES: Readonly<Record<string, string>> = {
  lettersdigits: LETTERS + LETTERS.toUpperCase() + DIGITS,
  letters: LETTERS + LETTERS.toUpperCase(),
  lowercase: LETTERS,
  uppercase: LETTERS.toUpperCase(),
  digits: DIGITS,
  hexdigits: `${DIGITS}abcdefABCDEF`,
  octdigits: '01234567',
};

interface Source {
  readonly characters: string;
  readonly min: number;
}

export const randomString = resourceTypes<unknown>()({
  name: 'OS::Heat::RandomString',
  doc: 'A random text, for passwords and names. It stays the same until one of the properties changes.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  virtual: true,
  properties: {
    length: p.integer('How many characters.', { default: 32, constraints: [c.range(1, 512)] }),
    character_classes: p.listOf(
      p.mapOf({
        class: p.string('Which characters.', { default: 'lettersdigits', constraints: [c.oneOf(...Object.keys(CLASSES))] }),
        min: p.integer('At least so many of them.', { default: 1, constraints: [c.range(1, 512)] }),
      })(''),
    )('Classes of characters to draw from, with the least number of each.', { default: [{ class: 'lettersdigits', min: 1 }] }),
    character_sequences: p.listOf(
      p.mapOf({
        sequence: p.string('The characters, as a text.', { required: true }),
        min: p.integer('At least so many of them.', { default: 1, constraints: [c.range(1, 512)] }),
      })(''),
    )('Sets of characters of your own to draw from, with the least number of each.'),
    sequence: p.string('Older way to name one class; the only one to draw from then.', {
      constraints: [c.oneOf(...Object.keys(CLASSES))],
      support: { status: 'HIDDEN', since: '5.0.0', message: 'use character_classes' },
    }),
    salt: p.string('Anything; another value asks for a new text.'),
  },
  attributes: {
    value: a.string('The text.'),
  },
  examples: [
    { name: 'defaults', props: {}, replacedBy: { length: 12 } },
    {
      name: 'classes and sequences',
      props: { length: 10, character_classes: [{ class: 'digits', min: 4 }], character_sequences: [{ sequence: '#%', min: 2 }] },
    },
  ],
  validate({ length, character_classes, character_sequences, sequence }) {
    if (length === undefined || character_classes === undefined || character_sequences === undefined || sequence === undefined) return [];
    const least = [...classesOf(character_classes, sequence), ...(character_sequences ?? [])].reduce(
      (sum, source) => sum + (source?.min ?? 0),
      0,
    );
    return least > length ? ['Length property cannot be smaller than combined character class and character sequence minimums'] : [];
  },
  referenceId: ({ physicalName, data }) => textOf(data) ?? physicalName,
  find: async () => [],
  async create({ props, physicalName, random }) {
    const classes: Source[] = classesOf(props.character_classes, props.sequence).map((entry) => ({
      characters: CLASSES[entry.class] as string,
      min: entry.min,
    }));
    const sequences = (props.character_sequences ?? []).map((entry) => ({ characters: entry.sequence, min: entry.min }));
    const sources = [...classes, ...sequences].filter((source) => source.characters.length > 0);
    const value = draw(random, props.length, sources.length > 0 ? sources : [{ characters: CLASSES.lettersdigits as string, min: 1 }]);
    return done({ physicalId: physicalName, data: { value } });
  },
  delete: async () => done(),
  observe: async ({ data }) => ({ value: textOf(data) }),
});

interface CharacterClass {
  readonly class: string;
  readonly min: number;
}
const classesOf = (classes: readonly CharacterClass[], sequence: string | null): readonly CharacterClass[] =>
  sequence === null || sequence === '' ? classes : [{ class: sequence, min: 1 }];

const textOf = (data: JsonObject): string | null => (typeof data.value === 'string' ? data.value : null);

function draw(random: Random, length: number, sources: readonly Source[]): string {
  const pick = (text: string): string => text[below(random, text.length)] as string;
  const chosen = sources.flatMap((source) => Array.from({ length: source.min }, () => pick(source.characters)));
  while (chosen.length < length) chosen.push(pick((sources[below(random, sources.length)] as Source).characters));
  for (let i = chosen.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [chosen[i], chosen[j]] = [chosen[j] as string, chosen[i] as string];
  }
  return chosen.join('');
}

/** Uniform in 0 … limit-1, from the strong source: 32 bits, refusing the uneven rest. */
function below(random: Random, limit: number): number {
  const usable = Math.floor(2 ** 32 / limit) * limit;
  for (;;) {
    const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = random.bytes(4);
    const drawn = b0 * 2 ** 24 + b1 * 2 ** 16 + b2 * 2 ** 8 + b3;
    if (drawn < usable) return drawn % limit;
  }
}
