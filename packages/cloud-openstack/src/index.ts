/** @hearth/cloud-openstack: sessions with an OpenStack cloud and typed clients of its services. */
export { CloudFailure, isNotFound } from './cloud-failure.ts';
export { endpointOf, type EndpointWish, type ServiceType } from './catalogue.ts';
export { createTransport, type HttpAnswer, type Transport, type TransportOptions } from './transport.ts';
export { openSession, type CloudRequest, type Session, type SessionOptions } from './session.ts';
export type { Auth, PasswordLogin, ProjectScope, TokenFacts } from './token.ts';
export { cloudOf, type Cloud } from './cloud.ts';
export { keystoneOf, type Keystone, type TrustWish } from './keystone.ts';
export type { Nova } from './nova.ts';
export { newSshKeyPair, type SshKeyPair } from './ssh-key-pair.ts';
export type { Neutron, NeutronKind } from './neutron.ts';
export type { Glance, ImageChange, ImageTask } from './glance.ts';
export type { Swift, SwiftHeaders } from './swift.ts';
export type { Attempt, Octavia, OctaviaKind, OctaviaPlace } from './octavia.ts';
export { createTokenVerifier, type VerifiedToken, type VerifierOptions } from './token-verifier.ts';
export { createDelegation, type DelegationOptions, type Delegator, type TrustRecord } from './delegation.ts';
export { createConstraintChecker, type ConstraintCheckerOptions } from './constraint-checker.ts';
export { localConstraintProblem } from './local-constraints.ts';
