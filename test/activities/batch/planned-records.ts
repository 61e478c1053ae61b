import type { RecordsPort } from '../../../activities/batch/records';
import type { ManifestLine } from '../../../src/core/batch/manifest-lines';
import type { Manifest } from '../../../src/core/batch/manifest';
import { parseLines, partName, planParts, recordsFolder, toLines } from '../../../src/core/batch/records';

export const PLACE = { to: 's3://out', key: 'nightly' };
const FOLDER = recordsFolder(PLACE.key);

/** A storage with a plan of three jobs, and the manifest's part of the first. */
export function plannedRecords() {
  const texts = new Map<string, string>();
  const plan = (part: number, documents: object[]) =>
    texts.set(FOLDER + planParts('id') + partName(part), toLines(documents));
  for (const part of [1, 2, 3]) plan(part, [{ ref: `s3://in/${part}`, identity: `s3://in/${part}` }]);
  const tell = (part: number, line: object) => texts.set(`${FOLDER}manifest/${partName(part)}`, toLines([line]));
  const begin = (part: number, runId: string, workflowId = `nightly/${part}`) =>
    texts.set(`${FOLDER}begun/${partName(part)}`, toLines([{ workflowId, runId }]));
  tell(1, { status: 'ok', identity: 's3://in/1', runId: 'first' });
  const storage: RecordsPort = {
    readRecord: (_to, path) => Promise.resolve(texts.has(path) ? Buffer.from(texts.get(path)!) : undefined),
    writeRecord: (to, path, text) => {
      texts.set(path, text);
      return Promise.resolve({ location: `${to}/${path}`, bytes: text.length, sha256: '' });
    },
  };
  const linesOf = (part: number) =>
    parseLines(texts.get(`${FOLDER}manifest/${partName(part)}`) ?? '') as ManifestLine[];
  return {
    storage,
    linesOf,
    plan,
    tell,
    begin,
    begunOf: (part: number) => parseLines(texts.get(`${FOLDER}begun/${partName(part)}`) ?? '')[0],
    manifest: () => JSON.parse(texts.get(`${FOLDER}manifest.json`) ?? '') as Manifest,
  };
}
