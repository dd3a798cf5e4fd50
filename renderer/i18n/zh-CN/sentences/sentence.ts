/**
 * Templates of core's English sentences and their Chinese; `{0}`, `{1}` are numbered in the order of the English. The third, where
 * core's speaks of the command line, is what the window says in English.
 */
export type Sentences = readonly (readonly [english: string, chinese: string, inWindow?: string])[];
