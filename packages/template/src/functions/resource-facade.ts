/** `resource_facade`: data of the parent's resource for which a nested template stands. */
import { eager, wrongCall, wrongValue, type TemplateFunction } from './contract.ts';

function facade(name: string, keys: ReadonlyMap<string, string>): TemplateFunction {
  return eager(name, 'Data of the resource in the parent template for which this template stands.', (args, scope) => {
    const key = typeof args === 'string' ? keys.get(args) : undefined;
    if (key === undefined) throw wrongCall(`${name} needs one of ${[...keys.keys()].join(', ')}`);
    const value = scope.facadeValue(key);
    if (value === undefined) throw wrongValue(`${name} has a meaning only in a template that is used as a resource of another one`);
    return value;
  });
}

export const resourceFacade = facade(
  'resource_facade',
  new Map([
    ['metadata', 'metadata'],
    ['deletion_policy', 'deletion_policy'],
    ['update_policy', 'update_policy'],
  ]),
);
export const fnResourceFacade = facade(
  'Fn::ResourceFacade',
  new Map([
    ['Metadata', 'metadata'],
    ['DeletionPolicy', 'deletion_policy'],
    ['UpdatePolicy', 'update_policy'],
  ]),
);
