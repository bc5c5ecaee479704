/** Which functions each template version has. A version is the one before it with some functions replaced, added or removed. */
import { removed } from './absent.ts';
import { CFN_TABLES } from './cfn-tables.ts';
import { fnBase64, fnGetAzs, fnMemberListToMap, fnSelect, ref } from './cloudformation.ts';
import { and, equals, ifThen, ifThenElse, not, or } from './conditions.ts';
import type { FunctionTable, TemplateFunction } from './contract.ts';
import { digest } from './digest.ts';
import { getAttrOrAll, getAttrThenPath, getAttrWithPath } from './get-attr.ts';
import { getFile } from './get-file.ts';
import { getParam } from './get-param.ts';
import { getResource } from './get-resource.ts';
import { fnJoin, listJoinMany, listJoinSingle } from './list-join.ts';
import { contains, filter, listConcat, listConcatUnique } from './lists.ts';
import { makeUrl } from './make-url.ts';
import { mapMerge, mapReplace } from './maps.ts';
import { repeatLists, repeatMaps, repeatZipped } from './repeat.ts';
import { fnResourceFacade, resourceFacade } from './resource-facade.ts';
import { fnReplace, strReplace, strReplacePlain, strReplaceStrict, strReplaceVstrict } from './str-replace.ts';
import { fnSplit, strSplit } from './str-split.ts';
import { yaql } from './yaql.ts';

interface Change {
  readonly date: string;
  readonly functions?: readonly TemplateFunction[];
  readonly removes?: readonly string[];
  readonly conditions?: readonly TemplateFunction[];
}

const HOT_CHANGES: readonly Change[] = [
  {
    date: '2013-05-23',
    functions: [
      getParam,
      getResource,
      getAttrThenPath,
      getFile,
      resourceFacade,
      listJoinSingle,
      strReplacePlain,
      ref,
      fnGetAzs,
      fnJoin,
      fnSplit,
      fnReplace,
      fnBase64,
      fnMemberListToMap,
      fnResourceFacade,
      fnSelect,
    ],
  },
  {
    date: '2014-10-16',
    functions: [getAttrWithPath],
    removes: ['Ref', 'Fn::GetAZs', 'Fn::Join', 'Fn::Split', 'Fn::Replace', 'Fn::Base64', 'Fn::MemberListToMap', 'Fn::ResourceFacade'],
  },
  { date: '2015-04-30', functions: [digest, repeatLists] },
  { date: '2015-10-15', functions: [strSplit, listJoinMany, strReplace, getAttrOrAll], removes: ['Fn::Select'] },
  { date: '2016-04-08', functions: [mapMerge] },
  {
    date: '2016-10-14',
    functions: [yaql, mapReplace, ifThenElse, repeatMaps],
    conditions: [getParam, equals, not, and, or],
  },
  { date: '2017-02-24', functions: [filter, strReplaceStrict] },
  {
    date: '2017-09-01',
    functions: [makeUrl, listConcat, listConcatUnique, contains, strReplaceVstrict, repeatZipped],
    conditions: [yaql, contains],
  },
  { date: '2018-03-02' },
  { date: '2018-08-31' },
  { date: '2021-04-16', functions: [ifThen] },
];

function hotTables(): ReadonlyMap<string, FunctionTable> {
  const tables = new Map<string, FunctionTable>();
  let functions: ReadonlyMap<string, TemplateFunction> = new Map();
  let conditionFunctions: ReadonlyMap<string, TemplateFunction> = new Map();
  for (const change of HOT_CHANGES) {
    const version = `heat_template_version.${change.date}`;
    functions = new Map([
      ...functions,
      ...(change.functions ?? []).map((entry) => [entry.name, entry] as const),
      ...(change.removes ?? []).map((name) => [name, removed(name)] as const),
    ]);
    conditionFunctions = new Map([...conditionFunctions, ...(change.conditions ?? []).map((entry) => [entry.name, entry] as const)]);
    tables.set(version, { version, functions, conditionFunctions });
  }
  return tables;
}

/** By the whole name of the version, `heat_template_version.2018-08-31`. */
export const functionTables: ReadonlyMap<string, FunctionTable> = new Map([
  ...hotTables(),
  ...CFN_TABLES.map((table) => [table.version, table] as const),
]);
