import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { errorCode } from '../core/error-shape';
import { syncFile } from './sync-file';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A folder that is held open: what is done in it is done there, whatever takes its name meanwhile. Where the system can't name open folders,
 * its name is looked at before each step instead.
 */
export class OpenFolder implements AsyncDisposable {
  /** null where the system opens no folders. */
  readonly #handle: FileHandle | null;
  readonly #isNamed: boolean;

  private constructor(
    /** Where it was found, without links. */
    readonly path: string,
    handle: FileHandle | null,
    isNamed: boolean,
  ) {
    this.#handle = handle;
    this.#isNamed = isNamed;
  }

  /** Opens a folder that is there, by its path without links. @throws Error where there is a link by now */
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

  /** The folder of a path below this one, or this one again. Folders that are missing are made, one by one, and no link is followed. */
  async below(path: string): Promise<OpenFolder> {
    let folder = await OpenFolder.#at(this.path, this.entry('.'));
    for (const part of relative(this.path, path).split(sep).filter(Boolean)) {
      await using parent = folder;
      folder = await parent.make(part);
    }
    return folder;
  }

  /** A folder in this one, made where it is missing. */
  async make(name: string): Promise<OpenFolder> {
    await this.check();
    await mkdir(this.entry(name)).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    return this.enter(name);
  }

  /** A folder in this one that is there. @throws Error where it is a link, or no folder */
  enter(name: string): Promise<OpenFolder> {
    return OpenFolder.#at(join(this.path, name), this.entry(name));
  }

  /** A name in this folder, as functions of the file system take it. */
  entry(name: string): string {
    return `${this.#handle && this.#isNamed ? linkName(this.#handle) : this.path}${sep}${name}`;
  }

  /** @throws Error where its name leads elsewhere by now */
  async check(): Promise<void> {
    const where = this.#handle && this.#isNamed ? await readlink(linkName(this.#handle)) : await realpath(this.path);
    if (where !== this.path) throw new Error('The folder was moved, or something else took its place');
  }

  /** So that new names survive a power cut. Some systems can't. */
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
