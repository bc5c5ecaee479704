/** `OS::Heat::MultipartMime`: several texts and configs as one multi-part document for cloud-init. */
import { isUuidLike, type Json } from '@hearth/kernel';
import { c, type Call, type ConfigShelf, mimeDocument, mimeParts, p, type MimePart, resourceTypes, subtypeOf } from '@hearth/resource-kit';
import { configAttribute, keepConfig, keptConfig, UNGROUPED } from './kept-config.ts';

interface PartProps {
  readonly config: string;
  readonly filename: string | null;
  readonly type: string;
  readonly subtype: string | null;
}

export const multipartMime = resourceTypes<unknown>()({
  name: 'OS::Heat::MultipartMime',
  doc: 'Scripts and settings for cloud-init as one document. It never changes: other parts are another document.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'heat',
  properties: {
    group: p.string('Which tool in the guest applies it.', { default: UNGROUPED }),
    parts: p.listOf(
      p.mapOf({
        config: p.string('The content: a text, or the id of a software config.', { required: true }),
        filename: p.string('Name of the part; its stem is the subtype unless one is given.'),
        type: p.string('`multipart`: the content is such a document itself, and its parts are added one by one.', {
          default: 'text',
          constraints: [c.oneOf('text', 'multipart')],
        }),
        subtype: p.string('What follows `text/`.'),
      })(''),
    )('The parts, in order.', { default: [] }),
  },
  attributes: { config: configAttribute },
  examples: [
    {
      name: 'a script and settings',
      props: { parts: [{ config: '#!/bin/sh\ntrue\n', subtype: 'x-shellscript', filename: 'run.sh' }, { config: '#cloud-config\n{}\n' }] },
      replacedBy: { parts: [] },
    },
  ],
  create: async (call) => keepConfig(call, { group: call.props.group, config: await assembled(call, call.props.parts) }),
  ...keptConfig,
});

async function assembled({ configs }: Call, parts: readonly PartProps[]): Promise<string> {
  const made: MimePart[] = [];
  for (const { config, filename, type, subtype } of parts) {
    const content = await contentOf(configs, config);
    if (type === 'multipart') made.push(...(mimeParts(content) ?? []));
    else made.push({ content, filename: filled(filename), subtype: filled(subtype) ?? subtypeOf(filename) });
  }
  return mimeDocument(made);
}

const filled = (text: string | null): string | null => (text === '' ? null : text);

/** What looks like an id but names no config is content like any other. */
async function contentOf(configs: ConfigShelf, config: string): Promise<string> {
  const stored = isUuidLike(config) ? await configs.get(config) : null;
  return stored === null ? config : textOf(stored.config);
}
const textOf = (config: Json): string => (typeof config === 'string' ? config : config === null ? '' : JSON.stringify(config));
