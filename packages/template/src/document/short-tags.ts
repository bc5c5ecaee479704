/**
 * CloudFormation's short tags in YAML: `!Ref a` for `{Ref: a}`, `!GetAtt a.b` for `{"Fn::GetAtt": [a, b]}`. Heat's loader refuses every such tag;
 * here they are read in CloudFormation templates alone.
 */
import { defineMappingTag, defineScalarTag, defineSequenceTag, EVENT_ID, getScalarValue, type Event, type Schema } from 'js-yaml';
import { LONG_NAMES } from './tag-names.ts';
import { heatYamlSchema, mapTag } from './yaml-schema.ts';

const never = (): boolean => false;

/** The resource and the attribute, whose name may have more dots; a text without a dot stays as it is, and is refused as a call. */
function scalarArgument(name: string, text: string): string | readonly string[] {
  const dot = name === 'Fn::GetAtt' ? text.indexOf('.') : -1;
  return dot < 0 ? text : [text.slice(0, dot), text.slice(dot + 1)];
}

const schema: Schema = heatYamlSchema.withTags(
  [...LONG_NAMES].flatMap(([tag, name]) => [
    defineScalarTag(tag, { resolve: (text) => ({ [name]: scalarArgument(name, text) }), identify: never }),
    defineSequenceTag<unknown[], unknown>(tag, {
      create: () => [],
      addItem: (carrier, item) => {
        carrier.push(item);
      },
      finalize: (carrier) => ({ [name]: carrier }),
      identify: never,
    }),
    defineMappingTag<Record<string, unknown>, unknown>(tag, {
      create: mapTag.create,
      addPair: mapTag.addPair,
      has: mapTag.has,
      keys: () => [],
      get: () => null,
      finalize: (carrier) => ({ [name]: carrier }),
      identify: never,
    }),
  ]),
);

const VERSION_KEY = /^(?:AWS|Heat)TemplateFormatVersion$/;

/** The schema for a document: with short tags when one of its top keys names a version of CloudFormation. */
export function schemaFor(text: string, events: readonly Event[]): { readonly schema: Schema; readonly hasShortTags: boolean } {
  return isCloudFormation(text, events) ? { schema, hasShortTags: true } : { schema: heatYamlSchema, hasShortTags: false };
}

function isCloudFormation(text: string, events: readonly Event[]): boolean {
  let depth = 0;
  let isKey = true;
  for (const event of events) {
    const isTop = depth === 2;
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        depth++;
        break;
      case EVENT_ID.POP:
        depth--;
        // What ends here stood at the top: it was a key or a value as a whole.
        if (depth === 2) isKey = !isKey;
        break;
      case EVENT_ID.SCALAR:
        if (isTop && isKey && VERSION_KEY.test(getScalarValue(text, event))) return true;
        if (isTop) isKey = !isKey;
        break;
      case EVENT_ID.ALIAS:
        if (isTop) isKey = !isKey;
        break;
    }
  }
  return false;
}
