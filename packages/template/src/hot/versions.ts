/** The HOT versions, their aliases, and what each allows beside functions. */

export interface HotVersion {
  readonly date: string;
  readonly alias: string | null;
  /** `conditions`, `condition`, `external_id`, lower-case deletion policies. */
  readonly conditions: boolean;
  readonly modulo: boolean;
  readonly tags: boolean;
}

function since(date: string, alias: string | null): HotVersion {
  return { date, alias, conditions: date >= '2016-10-14', modulo: date >= '2017-02-24', tags: date >= '2018-03-02' };
}

export const HOT_VERSION_KEY = 'heat_template_version';

export const HOT_VERSIONS: readonly HotVersion[] = [
  since('2013-05-23', null),
  since('2014-10-16', null),
  since('2015-04-30', null),
  since('2015-10-15', null),
  since('2016-04-08', null),
  since('2016-10-14', 'newton'),
  since('2017-02-24', 'ocata'),
  since('2017-09-01', 'pike'),
  since('2018-03-02', 'queens'),
  since('2018-08-31', 'rocky'),
  since('2021-04-16', 'wallaby'),
];
