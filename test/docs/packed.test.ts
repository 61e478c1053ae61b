// Who reads the pages of an installed package finds there what they link to.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(__dirname, '../..');

test('pages and pictures that a packed page links to are packed with it', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT });
  const [{ files }] = JSON.parse(output.toString()) as [{ files: { path: string }[] }];
  const packed = new Set(files.map(({ path }) => path));
  const links = [...packed].filter((path) => path.endsWith('.md')).flatMap(linksOf);
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter((path) => !packed.has(path))).toEqual([]);
});

/** Files that a page links to, by their paths from the root. A link that begins with a slash leads from the root, on the site and on GitHub. */
function linksOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
  const own = targets.filter((target) => !/^\w+:/.test(target));
  return own.map((target) => (target.startsWith('/') ? target.slice(1) : posix.join(posix.dirname(path), target)));
}
