import { beforeAll, describe, expect, it } from 'vitest';
import { dirOf, mayImport, mayUse, readWalls, roomOf, type Walls } from './table';
import { arrows, type Arrow } from './tree';

/** Rooms of the package. */
const WITHIN = /^(src|activities|workflows)\b/;

/** What the table lets a room import. */
interface Entry {
  room: string;
  name: string;
  /** The imports that need it. */
  imports: Arrow[];
}

async function readEntries(): Promise<Entry[]> {
  const walls = await readWalls();
  const all = await arrows();
  return Object.entries(walls).flatMap(([room, { rooms = [], packages = [] }]) => {
    const own = all.filter(({ from }) => roomOf(walls, from) === room);
    const needing = (entry: Walls[string], may: (walls: Walls, arrow: Arrow) => boolean) =>
      own.filter((arrow) => may({ ...walls, [room]: entry }, arrow));
    return [
      ...rooms.map((name) => ({
        room,
        name,
        imports: needing({ rooms: [name] }, (only, { to, kind }) =>
          mayImport(only, room, { room: to in walls ? to : dirOf(to), path: to }, kind),
        ),
      })),
      ...packages.map((name) => ({
        room,
        name,
        imports: needing({ packages: [name] }, (only, { to, kind }) => mayUse(only, room, to, kind)),
      })),
    ];
  });
}

describe('the table', () => {
  let entries: Entry[];
  beforeAll(async () => {
    entries = await readEntries();
  });

  it('permits no import that no file has', () => {
    expect(namesOf(entries.filter(({ imports }) => imports.length === 0))).toEqual([]);
  });

  it('permits types alone where a room of the package imports nothing else', () => {
    const wide = entries.filter(
      ({ room, name, imports }) =>
        WITHIN.test(room) && !name.startsWith('types:') && imports.every(({ kind }) => kind === 'type'),
    );
    expect(namesOf(wide)).toEqual([]);
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

function namesOf(entries: Entry[]): string[] {
  return entries.map(({ room, name }) => `${room} → ${name}`);
}
