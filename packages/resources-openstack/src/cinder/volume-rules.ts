/** Combinations of a volume's properties that the schema cannot refuse, in Heat's words. */
import type { Json } from '@hearth/kernel';

export interface VolumeSources {
  readonly size?: number | null;
  readonly backup_id?: string | null;
  readonly snapshot_id?: string | null;
  readonly source_volid?: string | null;
  readonly image?: string | null;
}

const isGiven = (value: Json | undefined): boolean => value !== null && value !== undefined && value !== '' && value !== 0;

export function volumeProblems(props: VolumeSources): readonly string[] {
  const { size, backup_id: backup, snapshot_id: snapshot, source_volid: source, image } = props;
  // What is not known yet may turn out either way.
  if ([size, backup, snapshot, source, image].includes(undefined)) return [];
  if (isGiven(backup)) return [];
  const sizeless = [...(isGiven(snapshot) ? ['snapshot_id'] : []), ...(isGiven(source) ? ['source_volid'] : [])];
  const sources = [...sizeless, ...(isGiven(image) ? ['image'] : [])];
  const shown = `[${sources.map((name) => `'${name}'`).join(', ')}]`;
  if (size === null && (sizeless.length !== 1 || sources.length !== 1))
    return [
      `If neither "backup_id" nor "size" is provided, one and only one of "source_volid", "snapshot_id" must be specified, but currently specified options: ${shown}.`,
    ];
  if (isGiven(size) && sources.length > 1)
    return [
      `If "size" is provided, only one of "image", "imageRef", "source_volid", "snapshot_id" can be specified, but currently specified options: ${shown}.`,
    ];
  return [];
}
