/** CloudFormation's short tags, each with the key of the map that it stands for. */

const PLAIN = ['Ref', 'Condition'];
const FUNCTIONS = [
  ...[
    'Base64',
    'Cidr',
    'FindInMap',
    'GetAtt',
    'GetAZs',
    'If',
    'ImportValue',
    'Join',
    'Length',
    'MemberListToMap',
    'Replace',
    'ResourceFacade',
  ],
  ...['Select', 'Split', 'Sub', 'ToJsonString', 'Transform', 'And', 'Equals', 'Not', 'Or'],
  ...['Contains', 'EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll'],
];

/** By tag, the key that it stands for. */
export const LONG_NAMES: ReadonlyMap<string, string> = new Map([
  ...PLAIN.map((name) => [`!${name}`, name] as const),
  ...FUNCTIONS.map((name) => [`!${name}`, `Fn::${name}`] as const),
]);

export const SHORT_TAGS: ReadonlySet<string> = new Set(LONG_NAMES.keys());

export const longName = (tag: string | undefined): string | null => (tag === undefined ? null : (LONG_NAMES.get(tag) ?? null));
