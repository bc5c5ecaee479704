/** @hearth/template/testing: what random documents are made of and held to, and what reading costs at least. */
export { rewritten } from './rewritten.ts';
export { functionTables } from '../functions/tables.ts';
export { RULE_TABLE } from '../functions/cfn-tables.ts';
export { MAX_DOCUMENT_EXPANDED, MAX_PATTERN_STEPS, MAX_PRODUCED, MAX_PRODUCED_IN_ALL } from '../document/limits.ts';
export { evaluateYaql, parseYaql } from '../yaql/evaluate.ts';
export { standardLibrary } from '../yaql/standard-library.ts';
