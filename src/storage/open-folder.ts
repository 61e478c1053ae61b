import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { errorCode } from '../core/error-shape';
import { syncFile } from './sync-file';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A folder that is held open. Operations take place in this folder, even if another one takes its name in the meantime. If the operating system
 * cannot name open folders, the folder's path is checked before each step instead.
 */
export class OpenFolder implements AsyncDisposable {
  /** null if the operating system cannot open folders. */
  readonly #handle: FileHandle | null;
  readonly #isNamed: boolean;

  private constructor(
    /** The path at which it was found, without links. */
    readonly path: string,
    handle: FileHandle | null,
    isNamed: boolean,
  ) {
    this.#handle = handle;
    this.#isNamed = isNamed;
  }

  /** Opens an existing folder by its path without links. @throws Error if there is a link at the path by now */
  static open(path: string): Promise<OpenFolder> {
    return OpenFolder.#at(path, path);
  }

  static async #at(path: string, way: string): Promise<OpenFolder> {
    const handle = process.platform === 'win32' ? null : await open(way, FOLDER);
    const isNamed = handle !== null && (await readlink(linkName(handle)).catch(() => undefined)) !== undefined;
    const folder = new OpenFolder(path, handle, isNamed);
    try {
      await folder.check();
      return folder;
    } catch (error) {
      await handle?.close();
      throw error;
    }
  }

  /** Opens the folder at a path below this one, or this folder again. Missing folders are created one by one, and no link is followed. */
  async below(path: string): Promise<OpenFolder> {
    let folder = await OpenFolder.#at(this.path, this.entry('.'));
    for (const part of relative(this.path, path).split(sep).filter(Boolean)) {
      await using parent = folder;
      folder = await parent.make(part);
    }
    return folder;
  }

  /** Opens a folder in this one, and creates it if it is missing. */
  async make(name: string): Promise<OpenFolder> {
    await this.check();
    await mkdir(this.entry(name)).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    return this.enter(name);
  }

  /** Opens an existing folder in this one. @throws Error if it is a link, or not a folder */
  enter(name: string): Promise<OpenFolder> {
    return OpenFolder.#at(join(this.path, name), this.entry(name));
  }

  /** A name in this folder, as functions of the file system expect it. */
  entry(name: string): string {
    return `${this.#handle && this.#isNamed ? linkName(this.#handle) : this.path}${sep}${name}`;
  }

  /** @throws Error if the folder's path leads elsewhere by now */
  async check(): Promise<void> {
    const where = this.#handle && this.#isNamed ? await readlink(linkName(this.#handle)) : await realpath(this.path);
    if (where !== this.path) throw new Error('The folder was moved, or something else took its place');
  }

  /** Makes new names survive a power cut. Not possible on some systems. */
  async sync(): Promise<void> {
    if (this.#handle) await syncFile(this.#handle).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
  }
}

function linkName({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`;
}
