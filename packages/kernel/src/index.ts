/** @hearth/kernel: the words everything else is written in. Pure; imports nothing. */
export { canonicalJson, isJsonArray, isJsonObject, jsonEqual, MAX_JSON_DEPTH, type Json, type JsonObject } from './json.ts';
export {
  asId,
  isUuidLike,
  type CredentialId,
  type DefinitionId,
  type EventId,
  type HolderId,
  type Id,
  type ProjectId,
  type ResourceId,
  type PlanId,
  type SoftwareConfigId,
  type SnapshotId,
  type StackId,
  type UserId,
} from './ids.ts';
export { silentLog, type Cancel, type Clock, type Log, type Random, type Timers } from './ports.ts';
export { assert, Bug, Failure, messageOf, Refusal, unreachable, type FailureCode, type RefusalCode } from './errors.ts';
export { revealSecret, Secret } from './secret.ts';
export { diagnosticText, didYouMean, pathText, type Diagnostic, type Path, type Position } from './diagnostics.ts';
export { digestOf, digestOfSecret } from './digest.ts';
export { FairQueue } from './fair-queue.ts';
export { hmacSha256, sameText } from './keyed-hash.ts';
