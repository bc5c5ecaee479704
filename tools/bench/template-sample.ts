/** A HOT template as users write large ones, in blocks of ten resources: chains and fans of references, attributes, parameters, groups. */

export const BLOCK = 10;
/** Blocks whose servers one value looks at. */
const FAN = 8;

/** As YAML. `resources` is a multiple of ten. */
export function sampleTemplate(resources: number): string {
  const blocks = Array.from({ length: resources / BLOCK }, (_, index) => index);
  return `${HEAD}resources:\n${blocks.map(block).join('')}outputs:\n${blocks.map(output).join('')}`;
}

const HEAD = `heat_template_version: 2018-08-31
description: Many resources that refer to each other.
parameters:
  image: {type: string, default: testimage}
  flavor: {type: string, default: m1.tiny}
  prefix: {type: string, default: web, constraints: [{allowed_pattern: '[a-z][a-z0-9-]*'}]}
  length: {type: number, default: 16, constraints: [{range: {min: 1, max: 512}}]}
`;

const last = (index: number, reach: number): readonly number[] =>
  Array.from({ length: Math.min(index + 1, reach) }, (_, back) => index - back);

/** All floating IPs hang on the one router of the first block, which takes the place of that block's second port. */
function block(i: number): string {
  return `  net_${i}:
    type: OS::Neutron::Net
    properties: {name: {list_join: ['-', [{get_param: prefix}, net, '${i}']]}}
  subnet_${i}:
    type: OS::Neutron::Subnet
    properties:
      network: {get_resource: net_${i}}
      cidr: 10.${Math.floor(i / 250)}.${i % 250}.0/24
  face_${i}:
    type: OS::Neutron::RouterInterface
    properties: {router: {get_resource: router}, subnet: {get_resource: subnet_${i}}}
  port_${i}:
    type: OS::Neutron::Port
    properties:
      network: {get_resource: net_${i}}
      fixed_ips: [{subnet: {get_resource: subnet_${i}}}]
  ${i === 0 ? ROUTER : secondPort(i)}
  server_${i}:
    type: OS::Nova::Server
    properties:
      name: {str_replace: {template: PREFIX-${i}, params: {PREFIX: {get_param: prefix}}}}
      image: {get_param: image}
      flavor: {get_param: flavor}
      networks: [{port: {get_resource: port_${i}}}]
      user_data_format: RAW
      user_data:
        str_replace:
          template: |
            #!/bin/sh
            echo $address of $name > /etc/issue
          params: {$address: {get_attr: [port_${i}, fixed_ips, 0, ip_address]}, $name: {get_param: prefix}}
    metadata: {block: ${i}, shared: {get_attr: [chain_0, value]}}
  fip_${i}:
    type: OS::Neutron::FloatingIP
    properties: {floating_network: public, port_id: {get_resource: port_${i}}}
  chain_${i}:
    type: OS::Heat::Value
    properties: {value: ${i === 0 ? 'start' : `{list_join: ['-', [{get_attr: [chain_${i - 1}, value]}, x]]}`}}
  fan_${i}:
    type: OS::Heat::Value
    properties:
      type: comma_delimited_list
      value: [${last(i, FAN)
        .map((other) => `{get_attr: [server_${other}, first_address]}`)
        .join(', ')}]
  group_${i}:
    type: OS::Heat::ResourceGroup
    depends_on: [server_${i}, fip_${i}]
    properties:
      count: 10
      resource_def:
        type: OS::Heat::RandomString
        properties: {length: {get_param: length}, salt: 'member %index% of ${i}'}
`;
}

const ROUTER = `router:
    type: OS::Neutron::Router
    properties: {external_gateway_info: {network: public}}`;

const secondPort = (i: number): string => `spare_${i}:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net_${i}}, fixed_ips: [{subnet: {get_resource: subnet_${i}}}], name: spare-${i}}`;

const output = (i: number): string => `  address_${i}: {value: {get_attr: [fip_${i}, floating_ip_address]}}\n`;
