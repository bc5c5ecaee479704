/** Differences between Heat's nested stacks and ours that are meant, each with its reason; docs/compatibility.md tells them. */
import type { Meant } from './nested-compare.ts';

/** Nested stacks of groups and chains, and of groups in groups. */
const MEMBERS = String.raw`stacks › (\/.+)*\/[gc](\/\d+)?`;
const NOTHING_CHANGED =
  'Heat goes through an update of what is nested although nothing changes there; here nothing happens. What lies below keeps its state.';
const REPLACED = 'Heat first tells the end of an update of a resource that has to be replaced; here its new one and its end are told.';
const FAILED_ANEW =
  'Where an update makes a member anew and that fails, Heat loses its way: the path ends and the reason speaks of a creation. Here the path is whole.';
const ALL_FAILURES =
  'Of several members that fail Heat tells the first and may leave others as if nobody had begun; here all are told at once.';
const NO_RESOURCES = 'Heat lists no events of a nested stack while it has no resources, and tells them later.';
const NAMED_FAILURE =
  'A resource that asks for what is not there fails with the reason and its place; Heat fails the stack and leaves the resource as if nobody had begun.';

const untouched: readonly Meant[] = [
  { at: /stack_status(_reason)?$/, real: /^"(Stack )?UPDATE/, ours: /^"(Stack )?CREATE/, why: NOTHING_CHANGED },
  { at: /› updated$/, real: /^true$/, ours: /^false$/, why: NOTHING_CHANGED },
  { at: /› resource_status$/, real: /^"UPDATE_COMPLETE"$/, ours: /^"CREATE_COMPLETE"$/, why: NOTHING_CHANGED },
  { at: /› events › \/.*$/, real: /^\[\{"stack":\["UPDATE_IN.*"resources":\[.*\]\}\]$/, ours: /^\[\]$/, why: NOTHING_CHANGED },
  {
    at: /› events › .* › resources$/,
    real: /^\["\w+ UPDATE_COMPLETE: state changed","\w+ UPDATE_IN_PROGRESS/,
    ours: /^\[\]$/,
    why: NOTHING_CHANGED,
  },
  { scenario: /removed by name|members of a group/, at: /› events › \/g › 0 › resources$/, why: NOTHING_CHANGED },
];

export const meantNested: readonly Meant[] = [
  {
    at: new RegExp(`› ${MEMBERS} › (template › )?outputs( |$)`),
    ours: /^(\[\]|\(nothing\))$/,
    why: 'Groups of Heat put what is asked of them into outputs of their nested template; here the child is told what will be asked.',
  },
  {
    at: /› attributes › (refs|refs_map|value)$/,
    real: /^null$/,
    why: 'Heat shows these attributes only where an output of the nested template holds them; here they are always shown.',
  },
  {
    at: /› outputs › refs_map0 › output_value$/,
    why: 'Heat gives the whole map for a path into refs_map; here the path leads into it.',
  },
  {
    at: /› outputs › everything › output_/,
    why: 'With all attributes Heat gives what other outputs asked for too, and fails with them; here each answers for itself.',
  },
  {
    at: /output_error$/,
    real: /\('/,
    why: 'Heat writes what was asked for as its host language does; here names are joined by dots.',
  },
  {
    at: /output_error$/,
    real: /str_split/,
    why: 'The words for what a function cannot take are our own.',
  },
  {
    at: /› error › message$/,
    why: 'The way to the problem and what is wrong are told as Heat does; the words for values and files are our own, with every other problem added.',
  },
  {
    scenario: /missing property below|members lack a property|not there, below|is none/,
    at: /create$/,
    real: /^"accepted"$/,
    why: 'What cannot work is refused before anything is made, where Heat makes a stack that fails.',
  },
  {
    scenario: /reference to nobody below|a circle below|uses itself|one too deep|^by URL: refused/,
    at: /create › (status|error)/,
    why: 'Heat answers 500 here; a request that cannot be met is a bad request.',
  },
  {
    scenario: /numbers among items|a text, then a map/,
    at: /create$/,
    real: /^500$/,
    why: 'Heat fails on items that are no texts; here numbers become texts, and every item of a list with maps is a member of its own.',
  },
  {
    scenario: /a comma in an item/,
    at: /› outputs › a › output_value$/,
    why: 'Heat joins a list with commas and takes it apart again; here an item stays one.',
  },
  {
    scenario: /defaults of the environment/,
    at: /› template › parameters › a › default$/,
    why: "Heat writes the environment's defaults into the template it shows; here the template is as it was sent.",
  },
  {
    scenario: /turned from built-in to template/,
    at: /^[23] update/,
    why: 'A template cannot stand for a type with a property of any kind in Heat (an internal error); here it can.',
  },
  {
    at: /validate › body › Environment › resource_registry › \w+\.yaml$/,
    why: 'A file name used as a type maps itself in the environment that Heat shows; the user gave no such mapping, and none is shown here.',
  },
  {
    scenario: /^chain: all at once/,
    at: /› (depends_on|required_by)$/,
    why: 'Heat lets at most as many members of a concurrent chain be made at once as it has engines, by dependencies; here the limit of calls does that.',
  },
  {
    scenario: /removed in the order of texts/,
    at: /› (resource_status|resources)$/,
    ours: /UPDATE_COMPLETE/,
    why: 'An attribute that nobody asked for before is read by an update that changes nothing; Heat reads it when it is asked for.',
  },
  { at: /› (events|resources) ›/, real: /requires replacement/, why: REPLACED },
  { at: /./, real: /: Resource CREATE failed|UPDATE.*Resource CREATE failed|^"Resource CREATE failed/, ours: /UPDATE/, why: FAILED_ANEW },
  { at: /resource_status_reason|› resources › \d+$/, real: /resources\.\w+: Resource CREATE failed/, why: FAILED_ANEW },
  { scenario: /two members fail/, at: /reason|resource_status|events/, why: ALL_FAILURES },
  { at: /› events › \/.*$/, real: /^\[\]$/, why: NO_RESOURCES },
  { scenario: /attributes, up, down|nobody and nothing/, at: /› events › \/g$/, real: /"stack".*"stack"/, why: NO_RESOURCES },
  {
    at: /› events › \(root\) › 1 › stack › 0$/,
    real: /ROLLBACK_IN_PROGRESS: Stack ROLLBACK started"$/,
    why: 'The beginning of a rollback tells why.',
  },
  {
    scenario: /unknown output.*asked for|cannot be computed, used above/,
    at: /› (\(root\)|\/v) ›|› events › \(root\)/,
    ours: /FAILED|failed|resources\.v/,
    why: NAMED_FAILURE,
  },
  {
    scenario: /^outputs: the id is/,
    at: /› output_value$/,
    ours: /^"/,
    why: 'What stands for a resource is a text, be the output that says it a number or a map.',
  },
  ...untouched,
];
