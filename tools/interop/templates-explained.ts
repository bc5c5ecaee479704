/** Differences between Heat's look at a template and ours that are meant, or defects of Heat's: each with its reason, for docs/compatibility.md. */
import { type Aspect, errorLine, errorType, type ExplainedTemplates, type TemplateDifference } from './templates-compare.ts';

type Predicate = (difference: TemplateDifference) => boolean;

const onlyOurs = ({ heat, ours }: TemplateDifference): boolean => heat.status === 200 && ours.status === 400;
const onlyHeat = ({ heat, ours }: TemplateDifference): boolean => heat.status === 400 && ours.status === 200;
const isDefect = ({ heat }: TemplateDifference): boolean => heat.status === 500;

/** We refuse, with such words. */
const weSay =
  (words: RegExp): Predicate =>
  (difference) =>
    onlyOurs(difference) && words.test(errorLine(difference.ours));
/** Heat refuses, with such a class of error and such words. */
const heatSays =
  (type: RegExp, words: RegExp): Predicate =>
  (difference) =>
    onlyHeat(difference) && type.test(errorType(difference.heat)) && words.test(errorLine(difference.heat));
/** Heat fails, and we refuse with such words. */
const heatFails =
  (words: RegExp): Predicate =>
  (difference) =>
    isDefect(difference) && difference.ours.status === 400 && words.test(errorLine(difference.ours));
/** Both accept, and everything that differs is of this kind. */
const shownAs =
  (differs: (aspect: Aspect) => boolean): Predicate =>
  ({ at }) =>
    at.length > 0 && at.every(differs);

const FUNCTIONS =
  /^(?:(?:get_\w+|list_\w+|str_\w+|map_\w+|resource_facade|digest|repeat|yaql|filter|make_url|contains|equals|if|Ref|Fn::\w+)(?::| needs| cannot| has)|the function ")/;
const isBigInteger = (value: unknown): boolean => typeof value === 'number' && !Number.isSafeInteger(value);

/** As YAML has sets: a map of nothing but nulls. */
const isSet = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((one) => one === null);

/** Tried in this order. */
export const explainedTemplates: readonly ExplainedTemplates[] = [
  {
    what: 'Resources that depend on each other in a circle, or on themselves',
    heat: '500',
    ours: '400 `CircularDependencyException` with the circle',
    why: 'the template is wrong, and not the server',
    holds: heatFails(/^Circular Dependency Found/),
  },
  {
    what: 'An `allowed_pattern` or `AllowedPattern` that cannot be read',
    heat: '500',
    ours: '400 with what is wrong with the pattern',
    why: 'the template is wrong, and not the server',
    holds: heatFails(/^(?:allowed_pattern|AllowedPattern): /),
  },
  {
    what: 'Text that is no value of its YAML tag (`!!bool 5`), an alias inside what it names, an event sink without a known type, unknown restricted actions, environment files that were not sent, and everything else on which Heat fails itself',
    heat: '500',
    ours: '400 with place and reason',
    why: 'the request is wrong, and not the server',
    holds: heatFails(/./),
  },
  {
    what: 'A wildcard that leads to itself, `resources: null` in a registry, a deletion policy or other places where Heat loses its way',
    heat: '500',
    ours: '200',
    why: 'nothing in it keeps a stack from being made',
    holds: (difference) => isDefect(difference) && difference.ours.status === 200,
  },
  {
    what: 'A call that cannot succeed whatever the parameters are (`{digest: [md5]}`, `{str_split: [",", a, 5]}`)',
    heat: '200: arguments are looked at when the stack is made, those of outputs when they are shown',
    ours: '400 with the place',
    why: 'a mistake is told when it is made. Calls that hang on parameters are left alone, for their values may change',
    holds: weSay(FUNCTIONS),
  },
  {
    what: 'A parameter that nobody declares, a reference to nothing inside an output or a condition',
    heat: '200: found when the stack is made, or when the output is shown',
    ours: '400 with a suggestion',
    why: 'a slip of the pen is told when it is made',
    holds: weSay(/^(?:The Parameter \(|The specified reference)/),
  },
  {
    what: 'Conditions that nobody uses: one that can never be true or false, that names nobody, or that goes round',
    heat: '200: looked at when something hangs on them',
    ours: '400',
    why: 'every condition is looked at, used or not',
    holds: weSay(/^(?:a condition must be|Invalid condition|Circular definition for condition)/),
  },
  {
    what: 'A `custom_constraint` that is no text, `tags` that are no texts, an empty name of a resource, an empty `external_id` beside `depends_on`, `encrypted_param_names` that is no list',
    heat: '200, and no stack can be made of it, or nothing comes of it',
    ours: '400',
    why: 'it says nothing',
    holds: weSay(
      /^(?:custom_constraint must be|tags must be|the resource name "" must not|a resource with an external_id cannot|Environment not in valid format: the section "encrypted_param_names")/,
    ),
  },
  {
    what: 'An `external_id` computed from an attribute',
    heat: '200 or 400, by type',
    ours: '400',
    why: 'what is taken in must be known before anything is made',
    holds: weSay(/external_id\.(?:get_attr|Fn::GetAtt): /),
  },
  {
    what: 'A default of a json parameter, given as text, outside its length',
    heat: 'counts the characters of the text',
    ours: 'counts entries, as for values',
    why: 'the same default given as a map is judged alike',
    holds: weSay(/^the default is invalid: length/),
  },
  {
    what: 'Types of Senlin where there is no Senlin',
    heat: '200: it never asks whether that service is there',
    ours: '400 `ResourceTypeUnavailable`',
    why: 'as for all other services',
    holds: weSay(/^HEAT-E99001 Service senlin /),
  },
  {
    what: '`OS::Neutron::FloatingIPPortForward` where Neutron forwards ports',
    heat: '400 `ResourceTypeUnavailable`: it fails when it asks for the extension',
    ours: '200',
    why: 'the extension is there',
    holds: heatSays(/^ResourceTypeUnavailable$/, /OS::Neutron::FloatingIPPortForward/),
  },
  {
    what: 'A condition, deletion policy or `external_id` that hangs on a parameter without a value',
    heat: '400 `UserParameterMissing`',
    ours: '200',
    why: 'a look is how clients find out which values are wanted',
    holds: heatSays(/^UserParameterMissing$/, /./),
  },
  {
    what: 'Names of resources and attributes that are computed from parameters and fit no resource at the moment',
    heat: '400',
    ours: '200',
    why: 'values of parameters may change before a stack is made; then they are judged',
    holds: (difference) =>
      heatSays(/^(?:InvalidTemplateReference|HTTPBadRequest)$/, /(?:reference|Referenced Attribute)/)(difference) &&
      /"(?:get_resource|get_attr|Ref|Fn::GetAtt)":.*"(?:get_param|Ref)"/.test(difference.detail),
  },
  {
    what: '`properties` or an `update_policy` that a function gives (`{if: [c, {…}, {…}]}`), files that are no text, `parameters: null`, a description of a constraint that is no text',
    heat: '400 without a reason, or with the text of a `TypeError`',
    ours: '200',
    why: 'what was meant is plain',
    holds: heatSays(
      /^(?:HTTPBadRequest|TypeError)$/,
      /^(?:The server could not comply.*|TypeError: .*object is not iterable|.*\.update_policy\.get_attr: The Referenced Attribute.*)?$/,
    ),
  },
  {
    what: '`resource_facade` in a deletion policy or `external_id` of a template looked at by itself',
    heat: '400 without a reason: an `AttributeError` inside',
    ours: '200',
    why: 'a template that stands for a resource can be looked at alone',
    holds: heatSays(/^AttributeError$/, /^$/),
  },
  {
    what: 'Values that a type reads while it is put together (`type` of `OS::Heat::Value`, transports of `OS::Nova::Server`); an unknown YAML directive',
    heat: '400 without a reason: a `ValueError` inside',
    ours: '200; wrong values are told when the stack is made',
    why: 'a look does not judge values of properties, whichever they are',
    holds: heatSays(/^ValueError$/, /^$/),
  },
  {
    what: 'A file that was sent, is not used, and looks like a template of an unknown version',
    heat: '400 `InvalidTemplateVersion`',
    ours: '200',
    why: 'only files that are used count',
    holds: (difference) => heatSays(/^InvalidTemplateVersion$/, /./)(difference) && /"files":/.test(difference.detail),
  },
  {
    what: 'A number as default of a string with a length or pattern; numbers among the allowed values of a list; allowed values that are not of the type beside those that are',
    heat: '400: the default is invalid, in part with the text of a `TypeError`',
    ours: '200',
    why: 'a number is a string where one is wanted, as it is without the constraint; an allowed value that no value can be equal to does no harm',
    holds: heatSays(/^InvalidSchemaError$/, /Invalid default/),
  },
  {
    what: 'Short tags of CloudFormation (`!Ref`, `!GetAtt`, `!Sub` …)',
    heat: '400',
    ours: 'read, in CloudFormation templates',
    why: 'an addition; see below',
    holds: (difference) =>
      heatSays(/^HTTPBadRequest$/, /could not determine a constructor/)(difference) && /!(?:Ref|GetAtt)/.test(difference.detail),
  },
  {
    what: 'The sections `Rules` and `Transform` of CloudFormation',
    heat: '400',
    ours: 'read; macros are refused',
    why: 'an addition; see below',
    holds: heatSays(/^HTTPBadRequest$/, /The template section is invalid: (?:Rules|Transform)$/),
  },
  {
    what: '`!!set` where a map or a list must stand',
    heat: 'a list: no map',
    ours: 'a map of nulls: no list',
    why: 'JSON has no sets, and `{a, b}` means the same',
    holds: (difference) => (onlyOurs(difference) || onlyHeat(difference)) && /!!set/.test(difference.detail),
  },
  {
    what: 'NaN and infinities in an answer',
    heat: '`NaN`, `Infinity`: no JSON',
    ours: 'null',
    why: 'clients can read it',
    holds: (difference) => typeof difference.heat.body === 'string' && /NaN|Infinity/.test(difference.heat.body),
  },
  {
    what: '`Value` of a hidden parameter',
    heat: 'shown',
    ours: 'masked',
    why: 'it is hidden',
    holds: shownAs(({ path, ours }) => (path.endsWith('.Value') || path.startsWith('Environment.')) && ours === '******'),
  },
  {
    what: "Mappings for one resource in the answer's `resource_registry`",
    heat: 'shown as mappings for all resources, too',
    ours: 'as they were given',
    why: 'they hold for one resource alone',
    holds: shownAs(({ path, ours }) => path.startsWith('Environment.resource_registry.') && ours === undefined),
  },
  {
    what: 'Keys of YAML that Python takes for the same (`1`, `true`, `1.0`), U+0085 in YAML',
    heat: 'the last of them counts; a line break',
    ours: 'each counts, by its text; a character',
    why: 'JSON, in which templates travel, has it so',
    holds: (difference) => difference.at.length > 0 && /\{1: a, true: b|\u0085/.test(difference.detail),
  },
  {
    what: 'An integer beyond 2^53 where a text must stand, such as the default of a comma_delimited_list',
    heat: '400: it is no text',
    ours: 'taken, for its digits are text',
    why: 'numbers of JSON are exact that far; beyond, the digits are kept as text',
    holds: ({ heat, ours, detail }) => heat.status === 400 && ours.status === 200 && /(?<!\w)\d{17,}(?!\w)/.test(detail),
  },
  {
    what: 'Integers beyond 2^53, `true` as a bound, `!!set`',
    heat: 'the number, `true`, a list',
    ours: 'its digits as text, 1, a map',
    why: 'numbers of JSON are exact that far; what counts is the same',
    holds: shownAs(({ heat, ours }) => isBigInteger(heat) || (heat === true && ours === 1) || (Array.isArray(heat) && isSet(ours))),
  },
];

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** For the document: every entry, whatever a run has seen. */
export function explainedSection(): string {
  const rows = explainedTemplates.map(({ what, heat, ours, why }) => `| ${cell(what)} | ${cell(heat)} | ${cell(ours)} | ${cell(why)} |`);
  return ['| What | Heat 19 | Hearth | Why |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
