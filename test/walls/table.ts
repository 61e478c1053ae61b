import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isFile, type Kind } from './tree';

export type Walls = Record<string, { rooms?: string[]; packages?: string[] }>;

export async function readWalls(): Promise<Walls> {
  const path = join(__dirname, '../../walls.config.mjs');
  return ((await import(pathToFileURL(path).href)) as { WALLS: Walls }).WALLS;
}

/** A file of each room, and each file that a room may import though not its whole room. */
export function filesOf(walls: Walls): { room: string; path: string }[] {
  const rooms = Object.keys(walls);
  const files = rooms.map((room) => ({ room, path: fileIn(room) }));
  for (const name of namedIn(walls).filter((name) => isFile(name) && !rooms.includes(name)))
    files.push({ room: dirOf(name), path: name });
  return files;
}

/** The room that a file belongs to. */
export function roomOf(walls: Walls, path: string): string | undefined {
  const rooms = Object.keys(walls);
  const around = rooms.filter((room) => room.endsWith('/**') && path.startsWith(room.slice(0, -2)));
  return [path, dirOf(path), ...around].find((room) => rooms.includes(room));
}

/** All packages of the table, one that no room names, and what Node has built in. */
export function packagesOf(walls: Walls): string[] {
  const names = Object.values(walls).flatMap(({ packages = [] }) => packages.map(bare));
  return [...new Set(names.filter((name) => !name.endsWith(':*'))), 'typescript', 'node:fs'];
}

/** Whether the table lets a room import a file of another. */
export function mayImport(walls: Walls, from: string, to: { room: string; path: string }, kind: Kind): boolean {
  return (walls[from]!.rooms ?? []).some((name) => {
    if (name.startsWith('types:') && kind === 'value') return false;
    const [, folder, deep] = /^(.*?)(\/\*\*)?$/.exec(bare(name))!;
    return [to.room, to.path].includes(folder!) || (deep !== undefined && to.path.startsWith(`${folder!}/`));
  });
}

/** Whether the table lets a room import a package. */
export function mayUse(walls: Walls, from: string, name: string, kind: Kind): boolean {
  const entries = [name, name.startsWith('node:') ? 'node:*' : 'npm:*'];
  const packages = walls[from]!.packages ?? [];
  return entries.some((entry) => packages.includes(entry) || (kind === 'type' && packages.includes(`types:${entry}`)));
}

function namedIn(walls: Walls): string[] {
  return [...new Set(Object.values(walls).flatMap(({ rooms = [] }) => rooms.map(bare)))];
}

function bare(name: string): string {
  return name.replace(/^types:/, '');
}

function fileIn(room: string): string {
  if (isFile(room)) return room;
  return posix.join(room.replace('/**', ''), 'one.ts');
}

export function dirOf(path: string): string {
  return path.includes('/') ? path.replace(/\/[^/]+$/, '') : '.';
}
