/** @hearth/graph: order and cycles. Pure; knows nothing of resources. */
export { dependencyOrder, findCycle, type GraphNode } from './order.ts';
