import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { recordsFolder } from '../../core/batch/records';
import { hashText } from '../../core/digest';
import type { Environment } from '../support/options';
import type { Place } from './places';

/**
 * The folder where the program's own Temporal keeps a batch, made where it is missing. It is for this batch alone: beside its manifest, where
 * listings leave it out, or, where outputs go to S3, in the user's folder for states (`$XDG_STATE_HOME` or `~/.local/state`).
 */
export async function openState(key: string, to: Place, env: Environment = process.env): Promise<string> {
  const folder = stateFolder(key, to, env);
  await mkdir(folder, { recursive: true });
  return folder;
}

function stateFolder(key: string, { url, folder }: Place, env: Environment): string {
  const records = recordsFolder(key);
  if (folder !== undefined) return join(folder, records);
  const xdg = env['XDG_STATE_HOME'];
  const base = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state');
  return join(base, 'temporal-unstructured', `${basename(records)}-${hashText(url)}`);
}
