/** Where a definition names an attribute of a resource in so many words, so that a wrong name is found before anything is made. */
import { isJsonArray, type Path } from '@hearth/kernel';
import { namesInSub, type Expression } from '@hearth/template';

export interface AttributeReference {
  readonly resource: string;
  readonly attribute: string;
  readonly path: Path;
}

const ATTRIBUTE_FUNCTIONS: ReadonlySet<string> = new Set(['get_attr', 'Fn::GetAtt']);

/** Iterative: expressions are as deep as users make them. References whose parts are computed are left out. */
export function attributeReferences(roots: Iterable<Expression>): readonly AttributeReference[] {
  const found: AttributeReference[] = [];
  const open: Expression[] = [...roots];
  for (let expression = open.pop(); expression !== undefined; expression = open.pop()) {
    switch (expression.kind) {
      case 'data':
        break;
      case 'list':
        for (const item of expression.items) open.push(item);
        break;
      case 'map':
        for (const [, value] of expression.entries) open.push(value);
        break;
      case 'call': {
        const [resource, attribute] = ATTRIBUTE_FUNCTIONS.has(expression.name) ? literalItems(expression.args) : [];
        if (typeof resource === 'string' && typeof attribute === 'string') found.push({ resource, attribute, path: expression.path });
        if (expression.name === 'Fn::Sub') found.push(...referencesInText(expression.args, expression.path));
        open.push(expression.args);
      }
    }
  }
  return found;
}

function literalItems(args: Expression): readonly unknown[] {
  if (args.kind === 'data') return isJsonArray(args.value) ? args.value : [];
  return args.kind === 'list' ? args.items.map((item) => (item.kind === 'data' ? item.value : undefined)) : [];
}

/** `${resource.attribute}` in a text; names that the call gives values of its own are none. */
function referencesInText(args: Expression, path: Path): readonly AttributeReference[] {
  const [first, second] = literalItems(args);
  const text = args.kind === 'data' && typeof args.value === 'string' ? args.value : first;
  if (typeof text !== 'string') return [];
  const own = args.kind === 'list' ? namesOf(args.items[1]) : Object.keys(second ?? {});
  return namesInSub(text).flatMap((name): AttributeReference[] => {
    const dot = name.indexOf('.');
    if (dot <= 0 || own.includes(name)) return [];
    return [{ resource: name.slice(0, dot), attribute: name.slice(dot + 1), path }];
  });
}

function namesOf(map: Expression | undefined): readonly string[] {
  if (map?.kind === 'map') return map.entries.map(([name]) => name);
  return map?.kind === 'data' ? Object.keys(map.value ?? {}) : [];
}
