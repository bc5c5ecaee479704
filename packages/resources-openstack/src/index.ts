/** @hearth/resources-openstack: resource types over OpenStack's services. */
export { openstackTypes } from './registry.gen.ts';
