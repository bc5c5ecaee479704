/** The versions of CloudFormation templates, and what sets them apart beside their functions. */

export interface CfnVersion {
  /** The key that names the version at the top of the template. */
  readonly key: string;
  readonly date: string;
  /** `Conditions`, `Condition`, and what newer templates have: `Rules`, exports, loops. */
  readonly conditions: boolean;
}

export const CFN_VERSIONS: readonly CfnVersion[] = [
  { key: 'AWSTemplateFormatVersion', date: '2010-09-09', conditions: true },
  { key: 'HeatTemplateFormatVersion', date: '2012-12-12', conditions: false },
];
