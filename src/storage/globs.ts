import { braceExpand, Minimatch } from 'minimatch';
import { invalidInput } from '../core/errors';
import { type ListingRules, RECORDS_FOLDER } from '../core/listing';
import { anyThat, readOption } from '../core/option-rules';

const MAX_LENGTH = 1_000;
const MOST_GLOBS = 100;
/** Most patterns that the braces of a glob may expand to. The library would leave out any beyond its own limit. */
const MOST_FORMS = 1_000;

const GLOBS = anyThat(
  `a glob, or a list of 1 to ${MOST_GLOBS}`,
  (value): value is string | string[] =>
    typeof value === 'string' || (Array.isArray(value) && value.length > 0 && value.length <= MOST_GLOBS),
);

const GLOB = anyThat(
  `a glob of at most ${MAX_LENGTH} characters for the path below the folder, such as **/*.pdf, without / at its start or end and without . or .. as a part`,
  (value): value is string => typeof value === 'string' && value.length <= MAX_LENGTH && isRelative(withoutMark(value)),
);

/**
 * Reads globs. A path matches if one of them matches it, and no glob that begins with `!` does. Parts of a path that begin with a dot match only if
 * the glob writes the dot.
 *
 * @param match undefined: every path
 * @throws UnstructuredValidationError naming the option and the value
 */
export function readGlobs(
  option: string,
  match: string | readonly string[] | undefined,
): Pick<ListingRules, 'matches' | 'takesRecords'> {
  const given = readOption(option, GLOBS, match ?? '**');
  const globs = typeof given === 'string' ? [given] : given;
  globs.forEach((glob, index) => checkGlob(typeof given === 'string' ? option : `${option}[${index}]`, glob));
  const excluded = globs.filter(isExclusion).map((glob) => compile(withoutMark(glob), true));
  const named = globs.filter((glob) => !isExclusion(glob));
  const included = (named.length > 0 ? named : ['**']).map((glob) => compile(glob, false));
  const fits = (path: string) => (glob: Minimatch) => glob.match(path);
  return {
    matches: (path) => included.some(fits(path)) && !excluded.some(fits(path)),
    takesRecords: named.some((glob) => glob.split('/').includes(RECORDS_FOLDER)),
  };
}

function checkGlob(option: string, glob: unknown): void {
  const forms = braceExpand(withoutMark(readOption(option, GLOB, glob)), { braceExpandMax: MOST_FORMS + 1 });
  if (forms.length > MOST_FORMS)
    throw invalidInput(
      `Option ${option}: the braces of ${JSON.stringify(glob)} stand for more than ${MOST_FORMS} forms.`,
    );
}

/** Whether a glob begins with `!`, but not with a group such as `!(a|b)`. */
function isExclusion(glob: string): boolean {
  return /^!(?!\()/.test(glob);
}

function withoutMark(glob: string): string {
  return isExclusion(glob) ? glob.slice(1) : glob;
}

function isRelative(glob: string): boolean {
  return glob !== '' && !/^\/|\/$|(^|\/)\.{1,2}(\/|$)/.test(glob);
}

/**
 * Uses a matcher that does not backtrack: a glob comes from an input, and a slow match would block the whole worker. Letters with accents match in
 * composed and decomposed form.
 */
function compile(glob: string, dot: boolean): Minimatch {
  const normalize = /[^\0-\x7f]/.test(glob);
  return new Minimatch(glob, { dot, normalize, nonegate: true, nocomment: true, platform: 'linux' });
}
