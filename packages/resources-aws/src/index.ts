/** @hearth/resources-aws: the types of the first CloudFormation templates, over OpenStack's services. */
export { awsTypes } from './registry.gen.ts';
