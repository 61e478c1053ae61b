import { expect, it } from 'vitest';
import { filesOf, mayImport, mayUse, packagesOf, readWalls, type Walls } from './table';
import { importOf, refusedIn, type Kind } from './tree';

const KINDS: Kind[] = ['value', 'type'];

/**
 * By kind, a file of each room that imports one of each other room, and each package. All are in one repository: each run of the linter costs
 * seconds. So what is one file imports both kinds, but values alone of what is one thing itself.
 */
function everyArrow(walls: Walls): { files: Record<string, string>; forbidden: string[] } {
  const files: Record<string, string> = {};
  const forbidden: string[] = [];
  const all = filesOf(walls).filter(({ path }) => path.endsWith('.ts'));
  for (const { room, path: name } of all)
    for (const kind of KINDS) {
      const path = named(name, `${kind}s`);
      const isOneFile = path === name;
      for (const { room: other, path: otherName } of all) {
        const to = { room: other, path: named(otherName, kind) };
        files[to.path] ??= '';
        if (to.path === path || (isOneFile && kind === 'type' && to.path === otherName)) continue;
        files[path] = (files[path] ?? '') + importOf(path, to.path, kind);
        if (other !== room && !mayImport(walls, room, to, kind)) forbidden.push(`${path} → ${to.path}`);
      }
      if (isOneFile && kind === 'type') continue;
      for (const packageName of packagesOf(walls)) {
        files[path] = (files[path] ?? '') + importOf(path, packageName, kind);
        if (!mayUse(walls, room, packageName, kind)) forbidden.push(`${path} → ${packageName}`);
      }
    }
  return { files, forbidden };
}

/** The path of a file that stands for its whole room, with another name; any other as it is. */
function named(path: string, name: string): string {
  return path.replace(/\bone\.ts$/, `${name}.ts`);
}

it('passes where the table has its arrow, and is refused everywhere else', { timeout: 300_000 }, async () => {
  const { files, forbidden } = everyArrow(await readWalls());
  const refused = (await refusedIn(files))
    .filter((line) => line.startsWith('not-in-allowed: '))
    .map((line) => line.replace('not-in-allowed: ', ''));
  expect(forbidden.length).toBeGreaterThan(2000);
  expect(refused.sort()).toEqual(forbidden.sort());
});
