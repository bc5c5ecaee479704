/** `get_attr` in its forms: a path is required to be at least [resource, attribute], or may be [resource] alone in later versions. */
import { isJsonArray, type Json } from '@hearth/kernel';
import { eager, wrongCall, wrongType, type Scope, type TemplateFunction } from './contract.ts';
import { exactPath } from './paths.ts';

const DOC = 'The value of an attribute of a resource; further arguments lead into a map or list.';

function attributeAt(resource: Json | undefined, attribute: Json | undefined, path: readonly Json[], scope: Scope): Json {
  if (typeof resource !== 'string') throw wrongType('get_attr needs the name of a resource as its first argument');
  if (typeof attribute !== 'string' && typeof attribute !== 'number')
    throw wrongType('get_attr needs the name of an attribute as its second argument');
  return scope.attribute(resource, String(attribute), path);
}

/** In 2013-05-23: the path leads into the whole attribute; groups are not told of it. */
export const getAttrThenPath: TemplateFunction = eager('get_attr', DOC, (args, scope) => {
  if (!isJsonArray(args) || args.length < 2) throw wrongCall('get_attr needs a list [resource, attribute, path…]');
  const [resource, attribute, ...path] = args;
  return exactPath(attributeAt(resource, attribute, [], scope), path) ?? null;
});

/** From 2014-10-16: resource and attribute, then a path. */
export const getAttrWithPath: TemplateFunction = eager('get_attr', DOC, (args, scope) => {
  if (!isJsonArray(args) || args.length < 2) throw wrongCall('get_attr needs a list [resource, attribute, path…]');
  const [resource, attribute, ...path] = args;
  return attributeAt(resource, attribute, path, scope);
});

/** From 2015-10-15: [resource] alone is a map of all attributes but `show`. */
export const getAttrOrAll: TemplateFunction = eager(
  'get_attr',
  `${DOC} With a resource alone: a map of all its attributes.`,
  (args, scope) => {
    if (!isJsonArray(args) || args.length < 1) throw wrongCall('get_attr needs a list [resource, attribute, path…]');
    const [resource, attribute, ...path] = args;
    if (args.length > 1 && attribute !== null) return attributeAt(resource, attribute, path, scope);
    if (typeof resource !== 'string') throw wrongType('get_attr needs the name of a resource as its first argument');
    return scope.allAttributes(resource);
  },
);
