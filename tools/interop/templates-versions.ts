/** The two families of template languages as the generator needs them: versions, names of sections, keys and kinds. */

export interface Language {
  readonly family: 'hot' | 'cfn';
  readonly versionKey: string;
  readonly version: string;
  readonly hasConditions: boolean;
  /** Sections. */
  readonly description: string;
  readonly parameters: string;
  readonly conditions: string;
  readonly resources: string;
  readonly outputs: string;
  /** Keys of resources and outputs. */
  readonly type: string;
  readonly properties: string;
  readonly metadata: string;
  readonly dependsOn: string;
  readonly deletionPolicy: string;
  readonly updatePolicy: string;
  readonly condition: string;
  readonly value: string;
  readonly pseudo: readonly string[];
}

const HOT_NAMES = {
  family: 'hot',
  versionKey: 'heat_template_version',
  description: 'description',
  parameters: 'parameters',
  conditions: 'conditions',
  resources: 'resources',
  outputs: 'outputs',
  type: 'type',
  properties: 'properties',
  metadata: 'metadata',
  dependsOn: 'depends_on',
  deletionPolicy: 'deletion_policy',
  updatePolicy: 'update_policy',
  condition: 'condition',
  value: 'value',
  pseudo: ['OS::stack_id', 'OS::stack_name', 'OS::project_id'],
} as const;

const CFN_NAMES = {
  family: 'cfn',
  description: 'Description',
  parameters: 'Parameters',
  conditions: 'Conditions',
  resources: 'Resources',
  outputs: 'Outputs',
  type: 'Type',
  properties: 'Properties',
  metadata: 'Metadata',
  dependsOn: 'DependsOn',
  deletionPolicy: 'DeletionPolicy',
  updatePolicy: 'UpdatePolicy',
  condition: 'Condition',
  value: 'Value',
  pseudo: ['AWS::StackId', 'AWS::StackName', 'AWS::Region'],
} as const;

const WITHOUT_CONDITIONS = ['2013-05-23', '2014-10-16', '2015-04-30', '2015-10-15', '2016-04-08'];
const WITH_CONDITIONS = ['2016-10-14', '2017-02-24', '2017-09-01', '2018-03-02', '2018-08-31', '2021-04-16'];
const CODE_NAMES = ['newton', 'ocata', 'pike', 'queens', 'rocky', 'wallaby'];

const hot =
  (hasConditions: boolean) =>
  (version: string): Language => ({ ...HOT_NAMES, version, hasConditions });

export const LANGUAGES: readonly Language[] = [
  ...WITHOUT_CONDITIONS.map(hot(false)),
  ...[...WITH_CONDITIONS, ...CODE_NAMES].map(hot(true)),
  { ...CFN_NAMES, versionKey: 'AWSTemplateFormatVersion', version: '2010-09-09', hasConditions: true },
  { ...CFN_NAMES, versionKey: 'HeatTemplateFormatVersion', version: '2012-12-12', hasConditions: false },
];
