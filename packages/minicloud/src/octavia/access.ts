/** Who may do what with load balancers: the service's own roles, as its default policy has them. */
import { Refusal } from '@hearth/kernel';
import { hasRole, isAdmin, type Identity } from '@hearth/http-kit';

const forbidden = (): Refusal => new Refusal('forbidden', 'Client', 'Policy does not allow this request to be performed.');

const isBalancerAdmin = (identity: Identity): boolean => isAdmin(identity) || hasRole(identity, 'load-balancer_admin');
const isGlobalReader = (identity: Identity): boolean => isBalancerAdmin(identity) || hasRole(identity, 'load-balancer_global_observer');
const owns = (identity: Identity, projectId: string | null): boolean => projectId !== null && identity.projectId === projectId;

export function mayRead(identity: Identity, projectId: string | null): void {
  const isReader = hasRole(identity, 'load-balancer_member') || hasRole(identity, 'load-balancer_observer');
  if (!isGlobalReader(identity) && !(isReader && owns(identity, projectId))) throw forbidden();
}
export function mayWrite(identity: Identity, projectId: string | null): void {
  if (!isBalancerAdmin(identity) && !(hasRole(identity, 'load-balancer_member') && owns(identity, projectId))) throw forbidden();
}
export function mayAdminister(identity: Identity): void {
  if (!isBalancerAdmin(identity)) throw forbidden();
}
export function mayReadQuota(identity: Identity, projectId: string): void {
  if (!hasRole(identity, 'load-balancer_quota_admin')) mayRead(identity, projectId);
}
export function maySetQuota(identity: Identity): void {
  if (!isBalancerAdmin(identity) && !hasRole(identity, 'load-balancer_quota_admin')) throw forbidden();
}
/** The project a list is about; null: all of them. */
export function listedProject(identity: Identity, asked: string | null): string | null {
  if (isGlobalReader(identity)) return asked;
  const projectId = asked ?? identity.projectId;
  mayRead(identity, projectId);
  return projectId;
}
