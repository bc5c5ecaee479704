/** The way to declare a resource type of this package. */
import type { Cloud } from '@hearth/cloud-openstack';
import { resourceTypes } from '@hearth/resource-kit';

export const openstackType = resourceTypes<Cloud>();
