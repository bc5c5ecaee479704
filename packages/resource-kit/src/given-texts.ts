/** Texts that a user may leave out: an explicit null in a template arrives as the empty text, which says no more than none at all. Pure. */

export const isSet = <T>(value: T): value is Exclude<T, null | undefined | ''> => value !== null && value !== undefined && value !== '';

export const orNull = (text: string | null | undefined): string | null => (isSet(text) ? text : null);

/** The name that a thing bears in its service: the one that was given, else the one that was made up. */
export const nameOr = (given: string | null | undefined, physicalName: string): string => (isSet(given) ? given : physicalName);
