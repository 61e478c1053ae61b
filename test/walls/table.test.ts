import { describe, expect, it } from 'vitest';
import { dirOf, mayImport, mayUse, readWalls, roomOf } from './table';
import { arrows, type Arrow } from './tree';

/** Rooms of the package. */
const WITHIN = /^(src|activities|workflows)\b/;

/** Whether an import needs what a room may import by this entry of the table. */
function needs(room: string, entry: { rooms: string[] } | { packages: string[] }, { to, kind }: Arrow) {
  const alone = { [room]: entry };
  return 'rooms' in entry ? mayImport(alone, room, { room: dirOf(to), path: to }, kind) : mayUse(alone, room, to, kind);
}

describe('the table', () => {
  it('permits no import that no file has', async () => {
    const walls = await readWalls();
    const all = new Map<string | undefined, Arrow[]>();
    for (const arrow of await arrows()) {
      const room = roomOf(walls, arrow.from);
      all.set(room, [...(all.get(room) ?? []), arrow]);
    }
    const unused = Object.entries(walls).flatMap(([room, { rooms = [], packages = [] }]) => {
      const own = all.get(room) ?? [];
      const entries = [
        ...rooms.map((name) => ({ name, entry: { rooms: [name] } })),
        ...packages.map((name) => ({ name, entry: { packages: [name] } })),
      ];
      return entries
        .filter(({ entry }) => !own.some((arrow) => needs(room, entry, arrow)))
        .map(({ name }) => `${room} → ${name}`);
    });
    expect(unused).toEqual([]);
  });

  it('names each room that a room of the package may import', async () => {
    const wide = Object.entries(await readWalls())
      .filter(([room]) => WITHIN.test(room))
      .flatMap(([room, { rooms = [] }]) =>
        rooms.filter((name) => name.includes('*')).map((name) => `${room} → ${name}`),
      );
    expect(wide).toEqual([]);
  });

  it('lets no two rooms import each other', async () => {
    const walls = await readWalls();
    const imports = (from: string, to: string) =>
      mayImport(walls, from, { room: to, path: to }, 'type') && WITHIN.test(from) && WITHIN.test(to);
    const rooms = Object.keys(walls);
    const mutual = rooms.flatMap((one, index) =>
      rooms
        .slice(index + 1)
        .filter((other) => imports(one, other) && imports(other, one))
        .map((other) => `${one} ⇄ ${other}`),
    );
    expect(mutual).toEqual([]);
  });
});
