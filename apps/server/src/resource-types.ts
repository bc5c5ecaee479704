/** Every resource type that this program knows. */
import type { Cloud } from '@hearth/cloud-openstack';
import { registryOf, type Registry, type ResourceType } from '@hearth/resource-kit';
import { awsTypes } from '@hearth/resources-aws';
import { coreTypes } from '@hearth/resources-core';
import { openstackTypes } from '@hearth/resources-openstack';

const cloudTypes: readonly ResourceType<Cloud>[] = [...openstackTypes, ...awsTypes];

export const allTypes = (): Registry<Cloud> => registryOf([...coreTypes, ...cloudTypes]);
/** Those of things that can be had from outside a stack. */
export const typesOfTheCloud = (): Registry<Cloud> => registryOf(cloudTypes);
