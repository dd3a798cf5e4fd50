import type { PreprocessingFlags } from '../images/resolve-preprocessing.ts';

export interface CommentFinding {
  readonly line: number;
  /** Without its #. */
  readonly text: string;
  readonly suggests: PreprocessingFlags;
}

const number = String.raw`\d*\.?\d+(?:[eE]-?\d+)?`;
const meanPattern = new RegExp(String.raw`mean\w*\W{0,6}(${number}(?:[\s,;]+${number}){2})`, 'i');
const normPattern = new RegExp(
  String.raw`(?:scale|norm\w*|std)\W{0,6}(1\s*\/\s*${number}|${number})(?![\s,;]+\d)`,
  'i',
);
const topic = /\bmean|\bscale|\bnormali[sz]|\bstd\b|\bbgr\b|\brgb\b|\/\s*255|127\.5|0\.017|0\.0078/i;

/** Comments of a prototxt that speak of preprocessing, with what they seem to say. */
export function readComments(prototxt: string): readonly CommentFinding[] {
  return prototxt.split(/\r?\n/).flatMap((whole, index) => {
    const comment = commentOf(whole);
    if (comment === undefined || !topic.test(comment)) return [];
    return [{ line: index + 1, text: comment, suggests: suggestionsOf(comment) }];
  });
}

/** What follows a # outside of quotes. */
function commentOf(line: string): string | undefined {
  const start = line.replace(/"[^"]*"|'[^']*'/g, (quoted) => ' '.repeat(quoted.length)).indexOf('#');
  const text = start < 0 ? '' : line.slice(start).replace(/^#+/, '').trim();
  return text === '' ? undefined : text;
}

function suggestionsOf(comment: string): PreprocessingFlags {
  const mean = meanPattern
    .exec(comment)?.[1]
    .split(/[\s,;]+/)
    .map(Number);
  const norm = normPattern.exec(comment.replace(meanPattern, ''))?.[1];
  const isBgr = /\bbgr\b/i.test(comment);
  const isRgb = /\brgb\b/i.test(comment);
  return {
    ...(mean === undefined ? {} : { mean }),
    ...(norm === undefined ? {} : { norm: valueOf(norm) }),
    // A comment that names both speaks of a conversion: which way is for a person to read.
    ...(isBgr === isRgb ? {} : { channels: isBgr ? ('bgr' as const) : ('rgb' as const) }),
  };
}

/** `0.017` or `1/255`. */
function valueOf(text: string): number {
  const [numerator, denominator = '1'] = text.split('/');
  return Number(numerator) / Number(denominator);
}
