/** What says the same in the other language, or in later versions of HOT. */

/** By CloudFormation's function, which the first HOT version has as well, the one of HOT. */
export const SUCCESSORS: Readonly<Record<string, string>> = {
  Ref: 'get_param or get_resource',
  'Fn::GetAtt': 'get_attr',
  'Fn::Join': 'list_join',
  'Fn::Split': 'str_split',
  'Fn::Replace': 'str_replace',
  'Fn::Sub': 'str_replace',
  'Fn::ResourceFacade': 'resource_facade',
  'Fn::Select': 'get_param or get_attr with a path, or yaql',
  'Fn::If': 'if',
  'Fn::Equals': 'equals',
  'Fn::Not': 'not',
  'Fn::And': 'and',
  'Fn::Or': 'or',
};
/** By HOT's function, that of CloudFormation. */
export const COUNTERPARTS: Readonly<Record<string, string>> = {
  get_param: 'Ref',
  get_resource: 'Ref',
  get_attr: 'Fn::GetAtt',
  list_join: 'Fn::Join',
  str_split: 'Fn::Split',
  str_replace: 'Fn::Replace or Fn::Sub',
  resource_facade: 'Fn::ResourceFacade',
  if: 'Fn::If',
  equals: 'Fn::Equals',
  not: 'Fn::Not',
  and: 'Fn::And',
  or: 'Fn::Or',
};
