import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { recordsFolder } from '../../core/batch/records';
import { hashText } from '../../core/digest';
import { errorCode } from '../../core/error-shape';
import { CliError, reasonText } from '../support/errors';
import { makeFolder } from '../support/make-folder';
import type { Environment } from '../support/options';
import type { Place } from './places';

/**
 * Opens the folder in which the program's own Temporal server keeps a batch, and creates it if it is missing. The folder is for this batch only. It
 * is next to the batch's manifest, where listings skip it. If outputs go to S3, it is in the user's state folder (`$XDG_STATE_HOME` or
 * `~/.local/state`).
 * @throws CliError if the folder cannot be created
 */
export async function openState(key: string, to: Place, env: Environment = process.env): Promise<string> {
  const folder = stateFolder(key, to, env);
  try {
    await makeFolder(folder);
    return folder;
  } catch (error) {
    const reason = ['ENOTDIR', 'EEXIST'].includes(errorCode(error) ?? '')
      ? 'it is a file, or below one'
      : reasonText(error);
    const message =
      to.folder === undefined
        ? `The state of the batch can't be kept in ${folder}: ${reason}.`
        : `--to is ${to.folder}, where no folder can be made: ${reason}.`;
    throw new CliError(message, 2, { cause: error });
  }
}

function stateFolder(key: string, { url, folder }: Place, env: Environment): string {
  const records = recordsFolder(key);
  if (folder !== undefined) return join(folder, records);
  const xdg = env['XDG_STATE_HOME'];
  const base = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state');
  return join(base, 'temporal-unstructured', `${basename(records)}-${hashText(url)}`);
}
