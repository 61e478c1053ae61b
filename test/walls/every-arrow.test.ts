import { describe, expect, it } from 'vitest';
import { sample } from '../support/breadth';
import { filesOf, mayImport, mayUse, packagesOf, readWalls, type Walls } from './table';
import { importOf, refusedIn, type Kind } from './tree';

/** A file of each room that imports one of each other room, and each package. */
function everyArrow(walls: Walls, kind: Kind): { files: Record<string, string>; forbidden: string[] } {
  const files: Record<string, string> = {};
  const forbidden: string[] = [];
  const all = filesOf(walls);
  for (const { room, path } of all) {
    if (!path.endsWith('.ts')) continue;
    const lines: string[] = [];
    for (const to of all) {
      if (to.path === path) continue;
      lines.push(importOf(path, to.path, kind));
      if (to.room !== room && !mayImport(walls, room, to, kind)) forbidden.push(`${path} → ${to.path}`);
    }
    for (const name of packagesOf(walls)) {
      lines.push(importOf(path, name, kind));
      if (!mayUse(walls, room, name, kind)) forbidden.push(`${path} → ${name}`);
    }
    files[path] = lines.join('');
  }
  return { files, forbidden };
}

describe.each(sample(['value', 'type'], 1))('an import of a %s', (kind) => {
  it('passes where the table has its arrow, and is refused everywhere else', { timeout: 300_000 }, async () => {
    const { files, forbidden } = everyArrow(await readWalls(), kind);
    const refused = (await refusedIn(files))
      .filter((line) => line.startsWith('not-in-allowed: '))
      .map((line) => line.replace('not-in-allowed: ', ''));
    expect(forbidden.length).toBeGreaterThan(1000);
    expect(refused.sort()).toEqual(forbidden.sort());
  });
});
