/** Scenarios: stacks made from templates at URLs. Heat fetches them from this machine; here they are sent along under their URLs. */
import { createServer } from 'node:http';
import { attr, hot } from './nested-groups.ts';
import type { Scenario } from './nested-run.ts';

const PORT = 18_099;
const at = (name: string): string => `http://127.0.0.1:${PORT}/${name}`;
const value = (given: unknown) => ({ type: 'OS::Heat::Value', properties: { value: given } });

/** What there is to fetch, by URL. */
const files: Readonly<Record<string, string>> = {
  [at('inner.yaml')]: JSON.stringify(
    hot(
      { v: value({ get_param: 'text' }) },
      { said: attr('v', 'value'), list: { get_param: 'list' }, 'dotted.name': 'dot' },
      { parameters: { text: { type: 'string', default: 'unsaid' }, list: { type: 'comma_delimited_list', default: 'a,b' } } },
    ),
  ),
  [at('other.yaml')]: JSON.stringify(hot({ w: value('other') }, { said: attr('w', 'value') })),
  [at('fails.yaml')]: JSON.stringify(hot({ f: { type: 'OS::Heat::TestResource', properties: { value: 'x', fail: true } } })),
  [at('text.yaml')]: 'just a text',
};

const stack = (name: string, more: object = {}) => ({ type: 'AWS::CloudFormation::Stack', properties: { TemplateURL: at(name), ...more } });
const asked = {
  said: attr('s', 'Outputs.said'),
  list0: attr('s', 'Outputs.list', 0),
  dotted: attr('s', 'Outputs.dotted.name'),
  nothing: attr('s', 'Outputs.nothing'),
  plain: attr('s', 'said'),
  id: { get_resource: 's' },
};
const given = (Parameters: object) => hot({ s: stack('inner.yaml', { Parameters }), v: value(attr('s', 'Outputs.said')) }, asked);

export const byUrlScenarios: readonly Scenario[] = [
  {
    name: 'by URL: made, changed, another template',
    steps: [
      { kind: 'create', template: given({ text: 'first', list: 'x,y' }), files, shown: ['/s'] },
      { kind: 'update', template: given({ text: 'second', list: ['p', 'q'] }), files },
      { kind: 'update', template: hot({ s: stack('other.yaml') }, { said: attr('s', 'Outputs.said') }), files },
      { kind: 'delete' },
    ],
  },
  {
    name: 'by URL: in CloudFormation, with minutes',
    steps: [
      {
        kind: 'create',
        template: {
          AWSTemplateFormatVersion: '2010-09-09',
          Resources: { s: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: at('inner.yaml'), TimeoutInMinutes: 3 } } },
          Outputs: { said: { Value: { 'Fn::GetAtt': ['s', 'Outputs.said'] } }, id: { Value: { Ref: 's' } } },
        },
        files,
      },
    ],
  },
  { name: 'by URL: fails below', steps: [{ kind: 'create', template: hot({ s: stack('fails.yaml') }), files }] },
  {
    name: 'by URL: members of a group',
    steps: [
      {
        kind: 'create',
        template: hot(
          {
            g: {
              type: 'OS::Heat::ResourceGroup',
              properties: { count: 2, resource_def: stack('inner.yaml', { Parameters: { text: 't%index%' } }) },
            },
          },
          {
            said: attr('g', 'Outputs.said'),
            one: attr('g', 'resource.1', 'Outputs.said'),
            by_name: attr('g', 'attributes', 'Outputs.said'),
          },
        ),
        files,
      },
    ],
  },
  { name: 'by URL: refused for a parameter that is not there', steps: [{ kind: 'create', template: given({ nobody: 'x' }), files }] },
  { name: 'by URL: refused for a template that is a text', steps: [{ kind: 'create', template: hot({ s: stack('text.yaml') }), files }] },
];

/** For a Heat that fetches; gives what ends it. */
export async function serveTemplates(): Promise<() => Promise<void>> {
  const server = createServer((request, reply) => {
    const text = files[at((request.url ?? '').slice(1))];
    reply.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(PORT, '127.0.0.1', resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}
