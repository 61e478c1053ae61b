import type { JobState } from './job/job-state';

/** One input file of a job, as its answers tell of it. */
export interface JobFile {
  fileId: string;
  name: string;
  /** Why it failed; undefined where it did not. */
  error: string | undefined;
  /** Of what was uploaded, or of the name where nothing was. */
  sha256: string | null;
  bytes: number | null;
}

export function filesOf({ facts, spec }: JobState): JobFile[] {
  return facts.fileIds.map((fileId, index) => {
    const name = facts.names[index] ?? fileId;
    const upload = facts.uploads[index];
    return {
      fileId,
      name,
      error: reasonOf(spec.failedFiles, fileId, name),
      sha256: upload?.sha256 ?? null,
      bytes: upload?.bytes ?? null,
    };
  });
}

/** By file id, by name, or by what follows a start's token in the name. */
function reasonOf(failed: Readonly<Record<string, string>>, fileId: string, name: string): string | undefined {
  const keys = [fileId, name, name.replace(/^[0-9a-z]+-\d+-/, '')];
  const key = keys.find((candidate) => Object.hasOwn(failed, candidate));
  return key === undefined ? undefined : failed[key];
}
