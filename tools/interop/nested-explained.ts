/** Differences between Heat's nested stacks and ours that are meant, each with its reason; docs/compatibility.md tells them. */
import type { Meant } from './nested-compare.ts';

export const meantNested: readonly Meant[] = [
  {
    at: /› (template › )?outputs$/,
    ours: /^(\[\]|\(nothing\))$/,
    why: 'Groups of Heat put what is asked of them into outputs of their nested template; here the child is told what will be asked.',
  },
  {
    at: /› attributes › (refs|refs_map)$/,
    real: /^null$/,
    why: 'Heat shows these attributes only where an output of the nested template holds them; here they are always shown.',
  },
  {
    at: /› error › message$/,
    why: 'The way to the problem and what is wrong are told as Heat does; the words for values and files are our own, with every other problem added.',
  },
  {
    scenario: /missing property below|members lack a property|not there, below|is none/,
    at: /create$/,
    real: /^"accepted"$/,
    why: 'What cannot work is refused before anything is made, where Heat makes a stack that fails.',
  },
  {
    scenario: /reference to nobody below|a circle below|uses itself/,
    at: /create › (status|error)/,
    why: 'Heat answers 500 here; a request that cannot be met is a bad request.',
  },
  {
    at: /validate › body › Environment › resource_registry › \w+\.yaml$/,
    why: 'A file name used as a type maps itself in the environment that Heat shows; the user gave no such mapping, and none is shown here.',
  },
];
