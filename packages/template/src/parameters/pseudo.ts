/** The parameters every template has, in its language's words. */
import type { PseudoParameters } from '../definition/bound.ts';
import type { Definition } from '../definition/definition.ts';

/** Heat always names this one, whatever its region is called. */
const CFN_REGION = 'ap-southeast-1';

const quoted = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The name of a stack as CloudFormation's interface knows it. */
const stackArn = ({ projectId, stackName, stackId }: PseudoParameters): string =>
  `arn:openstack:heat::${quoted(projectId)}:stacks/${quoted(stackName)}/${quoted(stackId)}`;

type Pseudo = readonly (readonly [name: string, read: (pseudo: PseudoParameters) => string])[];

const PSEUDO: Readonly<Record<Definition['language'], Pseudo>> = {
  hot: [
    ['OS::stack_name', (pseudo) => pseudo.stackName],
    ['OS::stack_id', (pseudo) => pseudo.stackId],
    ['OS::project_id', (pseudo) => pseudo.projectId],
  ],
  cfn: [
    ['AWS::StackId', stackArn],
    ['AWS::StackName', (pseudo) => pseudo.stackName],
    ['AWS::Region', () => CFN_REGION],
  ],
};

export function pseudoValues(language: Definition['language'], pseudo: PseudoParameters): readonly (readonly [string, string])[] {
  return PSEUDO[language].map(([name, read]) => [name, read(pseudo)]);
}

export const pseudoNames = (language: Definition['language']): readonly string[] => PSEUDO[language].map(([name]) => name);
