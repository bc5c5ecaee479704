/** Where a definition names an attribute of a resource in so many words, so that a wrong name is found before anything is made. */
import { isJsonArray, type Path } from '@hearth/kernel';
import type { Expression } from '@hearth/template';

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
